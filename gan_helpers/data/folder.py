"""Load a folder of pictures of one's own."""

import importlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from gan_helpers.data.imageset import DataError, ImageSet

# Photos of phones. Pillow reads them once pillow-heif is installed.
HEIF = (".heic", ".heif")
# Pillow would start another program for these, or asks for one that is not there.
NOT_READ = ("BUFR", "EPS", "FITS", "GRIB", "HDF5", "MPEG", "WMF")
JPEG = (".jpg", ".jpeg", ".jpe", ".jfif")
LITTER = ("desktop.ini", "thumbs.db")  # left by Windows


def load_image_folder(
    folder: str | Path, *, size: int | tuple[int, int] = 32, grey: bool = False
) -> ImageSet:
    """Every picture in a folder, cropped to its middle and resized.

    Sub-folders become the classes where there are any, below a single outer folder as
    well; pictures beside them are then skipped. So are pictures that cannot be read and
    files that are none. All are counted on stderr. Transparent parts become white; of
    an animation the first picture is taken.

    Args:
        folder: where the files lie: all kinds that Pillow reads, among them .jpg, .png,
            .webp, .avif and .tif; with pillow-heif also .heic, as phones write.
        size: height and width of the result in pixels; one number for a square.
        grey: one channel in place of three.

    Returns:
        An ImageSet of uint8 (N, height, width, 3), or 1 in grey, sorted by path; labels
        are None without sub-folders.

    Raises:
        DataError: there is no such folder, or no picture in it that can be read.
    """
    folder = Path(folder).expanduser()
    height, width = (size, size) if isinstance(size, int) else size
    if min(height, width) < 1:
        raise DataError(f"size is {size}, expected at least 1 pixel.")
    root, paths, class_names = _list_pictures(folder)
    pictures = _read_pictures(paths, (height, width), grey)
    labels = None
    if class_names:
        names = [path.relative_to(root).parts[0] for path in pictures]
        labels = np.array([class_names.index(name) for name in names], np.int64)
    return ImageSet(
        images=np.stack(list(pictures.values())),
        labels=labels,
        class_names=class_names,
        name=folder.resolve().name,
        provenance="local",
        licence="your own pictures",
    )


def _list_pictures(folder: Path) -> tuple[Path, list[Path], tuple[str, ...]]:
    """The folder that holds the classes, the pictures in it, and the classes' names."""
    if not folder.is_dir():
        raise DataError(
            f"{folder} is not a folder. Give the path of a folder with pictures."
        )
    suffixes = _suffixes()
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.name.lower() not in LITTER
        # macOS leaves hidden "._name.jpg" files that are no pictures.
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    found = [path for path in files if path.suffix.lower() in suffixes]
    others = Counter(path.suffix.lower() or "no ending" for path in files)
    others = Counter({kind: n for kind, n in others.items() if kind not in suffixes})
    listed = ", ".join(f"{n} {kind}" for kind, n in others.most_common(5))
    if not found:
        raise DataError(
            f"{folder} holds no picture, expected files such as .jpg and .png"
            f"{'; found ' + listed if listed else ''}. Put some there, or give another "
            "folder."
        )
    if others:
        _warn(f"{others.total()} files are of no kind that is read ({listed})")
    root = _root_of_classes(folder, found)
    loose = [path for path in found if path.parent == root]
    in_classes = [path for path in found if path.parent != root]
    if not in_classes:
        return root, loose, ()
    if loose:
        _warn(f"{len(loose)} lie beside the sub-folders, so they have no class")
    names = {path.relative_to(root).parts[0] for path in in_classes}
    return root, in_classes, tuple(sorted(names))


def _suffixes() -> set[str]:
    """The endings of the files to read, in small letters."""
    from PIL import Image

    kinds = Image.registered_extensions()
    return {*HEIF} | {
        suffix
        for suffix, kind in kinds.items()
        if kind in Image.OPEN and kind not in NOT_READ
    }


def _root_of_classes(folder: Path, paths: Sequence[Path]) -> Path:
    """`folder`, or the only folder in it as long as that holds nothing but folders.

    A zip often unpacks into one folder more than the classes need.
    """
    while True:
        parts = [path.relative_to(folder).parts for path in paths]
        if any(len(part) < 3 for part in parts) or len({p[0] for p in parts}) > 1:
            return folder
        folder = folder / parts[0][0]


def _read_pictures(
    paths: list[Path], size: tuple[int, int], grey: bool
) -> dict[Path, np.ndarray]:
    """Those of the pictures that can be read, by path."""
    pictures, troubles = {}, []
    _read_heif()
    for path in paths:
        try:
            pictures[path] = _read_picture(path, size, grey)
        # Pillow's readers fail on damaged files in many ways, with no common exception.
        except Exception as error:
            troubles.append(f"{path} ({error})")
    phone = any(path.suffix.lower() in HEIF for path in paths if path not in pictures)
    advice = "For .heic files run  %pip install pillow-heif  and try again. " * phone
    if not pictures:
        raise DataError(
            f"None of the {len(paths)} pictures found can be read; the first is "
            f"{troubles[0]}. {advice}Check that the files open in a picture viewer."
        )
    if troubles:
        text = f"{len(troubles)} of {len(paths)} cannot be read, e.g. {troubles[0]}"
        _warn(f"{text}. {advice}".strip())
    return pictures


def _warn(text: str) -> None:
    print(f"Pictures skipped: {text}", file=sys.stderr, flush=True)


def _read_heif() -> None:
    """Let Pillow read photos of phones, where pillow-heif is installed."""
    with suppress(ImportError):
        importlib.import_module("pillow_heif").register_heif_opener()


def _read_picture(path: Path, size: tuple[int, int], grey: bool) -> np.ndarray:
    from PIL import Image, ImageOps

    with _any_size(path), Image.open(path) as picture:
        # Lets the JPEG reader skip detail that the small result cannot show.
        picture.draft(None, (2 * max(size), 2 * max(size)))
        upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):  # 16-bit grey; convert() would clip it to white
        upright = upright.point(lambda value: value * (1 / 257)).convert("L")
    if upright.has_transparency_data:
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright.convert("RGBA"))
    plain = upright.convert("RGB").convert("L" if grey else "RGB")
    fitted = ImageOps.fit(plain, size[::-1], Image.Resampling.LANCZOS)
    return np.asarray(fitted).reshape(*size, -1)


@contextmanager
def _any_size(path: Path) -> Iterator[None]:
    """Pillow refuses huge pictures; of a JPEG only a small version will be read."""
    from PIL import Image

    limit = Image.MAX_IMAGE_PIXELS
    if path.suffix.lower() in JPEG:
        Image.MAX_IMAGE_PIXELS = None
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = limit
