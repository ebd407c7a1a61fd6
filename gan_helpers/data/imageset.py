"""One record for every set of pictures in the course."""

from dataclasses import dataclass, replace

import numpy as np

from gan_helpers.pixels import scale_bytes

PROVENANCES = ("local", "cached", "downloaded", "bundled", "synthetic")


class DataError(Exception):
    """Data that is missing, damaged or not what was asked for; says what to do next."""


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Pictures, what they show, and where they came from.

    Attributes:
        images: uint8 (N, height, width, channels), channels 1 (grey) or 3 (red, green,
            blue), at least one picture.
        labels: int64 (N,), indices into `class_names`; None without classes.
        class_names: the name of each class; empty without classes.
        name: what the pictures are, e.g. "Fashion-MNIST".
        provenance: "local", "cached", "downloaded", "bundled" or "synthetic".
        licence: the terms under which the pictures may be used.
        stands_in_for: the data these pictures replace; None for the real thing.

    Raises:
        DataError: any of the above does not hold.
    """

    images: np.ndarray
    labels: np.ndarray | None
    class_names: tuple[str, ...]
    name: str
    provenance: str
    licence: str
    stands_in_for: str | None = None

    def __post_init__(self) -> None:
        self._check_images()
        if self.labels is not None:
            self._check_labels()
        if self.provenance not in PROVENANCES:
            raise DataError(
                f"{self.name}: provenance is {self.provenance!r}, expected one of "
                f"{', '.join(PROVENANCES)}."
            )

    def _check_images(self) -> None:
        images = self.images
        if not isinstance(images, np.ndarray) or images.dtype != np.uint8:
            found = getattr(images, "dtype", type(images).__name__)
            raise DataError(
                f"{self.name}: images are {found}, expected a uint8 array with values "
                "0 to 255. Convert them first, e.g. images.astype('uint8')."
            )
        if images.ndim != 4 or images.shape[-1] not in (1, 3) or 0 in images.shape:
            raise DataError(
                f"{self.name}: images have shape {images.shape}, expected (N, height, "
                "width, channels) with at least one picture and 1 or 3 channels. "
                "Grey pictures need a last axis: images[..., None]."
            )

    def _check_labels(self) -> None:
        labels, count = self.labels, len(self.images)
        if not isinstance(labels, np.ndarray) or labels.dtype != np.int64:
            found = getattr(labels, "dtype", type(labels).__name__)
            raise DataError(
                f"{self.name}: labels are {found}, expected an int64 array or None. "
                "Convert them first, e.g. labels.astype('int64')."
            )
        if labels.shape != (count,):
            raise DataError(
                f"{self.name}: labels have shape {labels.shape}, expected ({count},), "
                "one for each picture."
            )
        wrong = labels[(labels < 0) | (labels >= len(self.class_names))]
        if wrong.size:
            raise DataError(
                f"{self.name}: label {wrong[0]} found, expected 0 to "
                f"{len(self.class_names) - 1} for {len(self.class_names)} class names."
            )

    def __len__(self) -> int:
        return len(self.images)

    @property
    def title(self) -> str:
        """A short text for figure titles; it says so when the set is a stand-in."""
        if self.stands_in_for is None:
            return self.name
        return f"{self.name}, standing in for {self.stands_in_for}"

    def describe(self) -> str:
        """One sentence: what, how many, which size, from where, under which licence."""
        count, height, width, channels = self.images.shape
        classes = f", {len(self.class_names)} classes" if self.class_names else ""
        return (
            f"{self.title}: {count:,} pictures of {height}x{width}x{channels}{classes} "
            f"({self.provenance}; {self.licence})"
        )

    def scaled(self) -> np.ndarray:
        """The images as float32 (N, height, width, channels) in [-1, 1]."""
        return scale_bytes(self.images)

    def of_class(self, class_name: str) -> "ImageSet":
        """The pictures of one class, as a set of its own.

        Raises:
            DataError: the set has no such class, or no picture of it.
        """
        if self.labels is None:
            raise DataError(
                f"{self.name} has no labels, so no class {class_name!r}. Use it whole."
            )
        check_class_name(class_name, self.class_names, self.name)
        chosen = self.labels == self.class_names.index(class_name)
        if not chosen.any():
            raise DataError(
                f"{self.name} holds no picture of class {class_name!r}. "
                "Choose another class, or load more pictures."
            )
        return replace(
            self,
            images=self.images[chosen],
            labels=self.labels[chosen],
            name=f"{self.name}, {class_name}",
        )


def check_class_name(class_name: str, known: tuple[str, ...], set_name: str) -> None:
    """Raise a DataError listing the `known` classes unless `class_name` is one."""
    if class_name not in known:
        raise DataError(
            f"{set_name} has no class {class_name!r}. "
            f"Choose one of: {', '.join(known)}."
        )
