"""Load the course's data sets, from wherever they can be had."""

import sys
from contextlib import suppress
from dataclasses import replace

import numpy as np

from gan_helpers.data.bundled import bundled_dir
from gan_helpers.data.fetch import DataUnavailable, find_files
from gan_helpers.data.formats import (
    read_cifar_binary,
    read_idx,
    read_npz,
    read_svhn_mat,
)
from gan_helpers.data.house_numbers import DIGITS, make_house_numbers
from gan_helpers.data.imageset import DataError, ImageSet, check_class_name
from gan_helpers.data.ships import make_ships

FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
CIFAR_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)


def load_fashion_mnist(*, split: str = "train", source: str | None = None) -> ImageSet:
    """Fashion-MNIST: grey pictures of clothes, 28x28x1, ten classes.

    Args:
        split: "train" (60,000 pictures) or "test" (10,000).
        source: None looks for the files on this machine, in the cache and on the
            network, and falls back on the bundled 10,000 test pictures. "local",
            "cached", "download" or "bundled" accepts that source only.

    Returns:
        An ImageSet; when test pictures replace the training pictures it says so, and
        unless they were asked for so does a printed line.

    Raises:
        DataError: `source` cannot be had, or a file found is damaged.
    """
    _check_choice("split", split, ("train", "test"))
    _check_choice("source", source, (None, "local", "cached", "download", "bundled"))
    if source is None and split == "test":
        # The bundled files are the official ones: no need to download them.
        for place in ("local", "cached"):
            with suppress(DataUnavailable):
                return _fashion_from_files(split, place)
        source = "bundled"
    training = "Fashion-MNIST's 60,000 training pictures"
    if source != "bundled":
        try:
            return _fashion_from_files(split, source)
        except DataUnavailable as error:
            if source is not None:
                raise
            _announce(f"{training} are", "the 10,000 official test pictures", error)
    return replace(
        _bundled_fashion(), stands_in_for=training if split == "train" else None
    )


def load_svhn(*, split: str = "train", source: str | None = None) -> ImageSet:
    """SVHN: colour pictures of house numbers, 32x32x3, ten classes, the middle digit.

    Args:
        split: "train" (73,257 pictures), "test" (26,032) or "all" (both, train first).
        source: None looks for the files on this machine, in the cache and on the
            network, and falls back on synthetic house numbers, 10,000 for each of train
            and test. "local", "cached", "download" or "synthetic" accepts that source
            only.

    Returns:
        An ImageSet; when synthetic pictures replace SVHN it says so, and unless they
        were asked for so does a printed line.

    Raises:
        DataError: `source` cannot be had, or a file found is damaged.
    """
    _check_choice("split", split, ("train", "test", "all"))
    _check_choice("source", source, (None, "local", "cached", "download", "synthetic"))
    if source != "synthetic":
        try:
            return _svhn_from_files(split, source)
        except DataUnavailable as error:
            if source is not None:
                raise
            _announce("SVHN is", "synthetic house numbers", error)
    # Another seed for "test", so that it shares no picture with "train".
    seeds = {"train": (0,), "test": (1,), "all": (0, 1)}[split]
    parts = [make_house_numbers(seed=seed) for seed in seeds]
    return replace(
        parts[0],
        images=np.concatenate([part.images for part in parts]),
        labels=np.concatenate([part.labels for part in parts]),
        stands_in_for="SVHN",
    )


def load_cifar10(*, class_name: str, source: str | None = None) -> ImageSet:
    """The 6,000 pictures of one CIFAR-10 class, train and test, 32x32x3, no labels.

    Args:
        class_name: airplane, automobile, bird, cat, deer, dog, frog, horse, ship or
            truck.
        source: None looks for the file on this machine, in the cache and on the
            network, and for ships falls back on synthetic ones. "local", "cached",
            "download" or "synthetic" (ships only) accepts that source only.

    Returns:
        An ImageSet; when synthetic ships replace the pictures it says so, and unless
        they were asked for so does a printed line.

    Raises:
        DataError: no such class, `source` cannot be had, or the file is damaged; for
            another class than ship also when nothing can be had at all.
    """
    check_class_name(class_name, CIFAR_CLASSES, "CIFAR-10")
    _check_choice("source", source, (None, "local", "cached", "download", "synthetic"))
    plural = "deer" if class_name == "deer" else f"{class_name}s"
    if source == "synthetic" and class_name != "ship":
        raise DataError(
            f"There are no synthetic {plural}, only ships. Choose class_name='ship', "
            "or another source."
        )
    if source != "synthetic":
        try:
            (path,), provenance = find_files(("cifar10",), source=source)
        except DataUnavailable as error:
            if source is not None:
                raise
            if class_name != "ship":
                raise DataUnavailable(
                    f"{error} Of CIFAR-10's classes only the ships have a stand-in: "
                    f"choose class_name='ship', or get the file for its {plural}."
                ) from error
            _announce("CIFAR-10 is", "synthetic ships", error)
        else:
            images, labels = read_cifar_binary(path)
            return ImageSet(
                images=images[labels == CIFAR_CLASSES.index(class_name)],
                labels=None,
                class_names=(),
                name=f"CIFAR-10 {plural}",
                provenance=provenance,
                licence="no licence stated",
            )
    return replace(
        make_ships(), stands_in_for="CIFAR-10 ships", labels=None, class_names=()
    )


def load_flags(
    *, size: int = 64, grey: bool = False, source: str | None = None
) -> ImageSet:
    """258 flags, size x size x 3, or x 1 in grey; each is the only one of its class.

    Args:
        size: height and width in pixels; the bundled pictures have 64.
        grey: one channel in place of three.
        source: None or "bundled": the flags come with the course.

    Returns:
        An ImageSet whose class names are two-letter country codes: `of_class("NP")`.

    Raises:
        DataError: `size` or `source` is not one of these, or the bundled file is
            damaged.
    """
    _check_choice("source", source, (None, "bundled"))
    if size < 1:
        raise DataError(f"size is {size}, expected at least 1 pixel.")
    arrays = _read_bundled("flags.npz", ("images", "codes"))
    images = np.stack([_resize(image, size, grey) for image in arrays["images"]])
    return ImageSet(
        images=images,
        labels=np.arange(len(images)),
        class_names=tuple(code.decode("ascii") for code in arrays["codes"]),
        name="flags",
        provenance="bundled",
        licence="Apache 2.0, from a font under the SIL OFL 1.1",
    )


def _resize(image: np.ndarray, size: int, grey: bool) -> np.ndarray:
    from PIL import Image

    picture = Image.fromarray(image).convert("L" if grey else "RGB")
    if picture.size != (size, size):
        picture = picture.resize((size, size), Image.Resampling.LANCZOS)
    return np.asarray(picture).reshape(size, size, -1)


def _svhn_from_files(split: str, source: str | None) -> ImageSet:
    splits = ("train", "test") if split == "all" else (split,)
    keys = tuple(f"svhn-{name}" for name in splits)
    paths, provenance = find_files(keys, source=source)
    parts = [read_svhn_mat(path) for path in paths]
    return ImageSet(
        images=np.concatenate([images for images, _ in parts]),
        labels=np.concatenate([labels for _, labels in parts]),
        class_names=DIGITS,
        name="SVHN",
        provenance=provenance,
        licence="non-commercial use only",
    )


def _fashion_from_files(split: str, source: str | None) -> ImageSet:
    keys = (f"fashion-{split}-images", f"fashion-{split}-labels")
    paths, provenance = find_files(keys, source=source)
    images, labels = (read_idx(path) for path in paths)
    if images.shape[1:] != (28, 28) or labels.shape != images.shape[:1]:
        raise DataError(
            f"{paths[0]} has shape {images.shape} and {paths[1]} {labels.shape}, "
            "expected (N, 28, 28) and (N,). Take both files from one source."
        )
    if len(labels) and labels.max() > 9:
        raise DataError(
            f"{paths[1]} holds label {labels.max()}, expected 0 to 9. "
            "Replace it with the file as published."
        )
    return _fashion(images, labels, split, provenance)


def _bundled_fashion() -> ImageSet:
    arrays = _read_bundled("fashion_mnist_test.npz", ("images", "labels"))
    return _fashion(arrays["images"], arrays["labels"], "test", "bundled")


def _fashion(
    images: np.ndarray, labels: np.ndarray, split: str, provenance: str
) -> ImageSet:
    test_name = "Fashion-MNIST's official test pictures"
    return ImageSet(
        images=images[..., None],
        labels=labels.astype(np.int64),
        class_names=FASHION_CLASSES,
        name=test_name if split == "test" else "Fashion-MNIST",
        provenance=provenance,
        licence="MIT",
    )


def _read_bundled(file: str, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    path = bundled_dir() / file
    arrays = read_npz(path)
    for name in names:
        if name not in arrays:
            raise DataError(
                f"{path} has no array {name!r}. "
                "Restore it from the course's repository."
            )
    return arrays


def _check_choice(name: str, value: object, choices: tuple) -> None:
    if value not in choices:
        raise DataError(
            f"{name} is {value!r}, expected one of "
            f"{', '.join(repr(choice) for choice in choices)}."
        )


def _announce(what: str, instead: str, reason: DataUnavailable) -> None:
    """Say in words that a stand-in is used; why goes to stderr, with its paths."""
    print(
        f"{what} neither on this machine nor downloadable here: "
        f"using {instead} instead."
    )
    print(f"Why: {reason}", file=sys.stderr, flush=True)
