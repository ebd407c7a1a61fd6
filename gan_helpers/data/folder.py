"""Load a folder of pictures of one's own."""

import sys
from pathlib import Path

import numpy as np

from gan_helpers.data.imageset import DataError, ImageSet

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp")


def load_image_folder(
    folder: str | Path, *, size: int = 32, grey: bool = False
) -> ImageSet:
    """Every picture in a folder, cropped to its middle square and resized.

    Sub-folders become the classes where there are any; pictures beside them are then
    skipped. A picture that cannot be read is skipped. Both are counted on stderr.
    Transparent parts become white; of an animation the first picture is taken.

    Args:
        folder: where the .jpg, .png, .webp, .gif and .bmp files lie.
        size: height and width of the result in pixels.
        grey: one channel in place of three.

    Returns:
        An ImageSet of uint8 (N, size, size, 3), or 1 in grey, sorted by path; labels
        are None without sub-folders.

    Raises:
        DataError: there is no such folder, or no picture in it that can be read.
    """
    folder = Path(folder).expanduser()
    if size < 1:
        raise DataError(f"size is {size}, expected at least 1 pixel.")
    paths, class_names = _list_pictures(folder)
    pictures = _read_pictures(paths, size, grey)
    labels = None
    if class_names:
        names = [path.relative_to(folder).parts[0] for path in pictures]
        labels = np.array([class_names.index(name) for name in names], np.int64)
    return ImageSet(
        images=np.stack(list(pictures.values())),
        labels=labels,
        class_names=class_names,
        name=folder.resolve().name,
        provenance="local",
        licence="your own pictures",
    )


def _list_pictures(folder: Path) -> tuple[list[Path], tuple[str, ...]]:
    if not folder.is_dir():
        raise DataError(
            f"{folder} is not a folder. Give the path of a folder with pictures."
        )
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        # macOS leaves hidden "._name.jpg" files that are no pictures.
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    if not found:
        raise DataError(
            f"{folder} holds no picture, expected files ending in "
            f"{', '.join(SUFFIXES)}. Put some there, or give another folder."
        )
    loose = [path for path in found if path.parent == folder]
    in_classes = [path for path in found if path.parent != folder]
    if not in_classes:
        return loose, ()
    if loose:
        _warn(f"{len(loose)} lie beside the sub-folders, so they have no class")
    names = {path.relative_to(folder).parts[0] for path in in_classes}
    return in_classes, tuple(sorted(names))


def _read_pictures(paths: list[Path], size: int, grey: bool) -> dict[Path, np.ndarray]:
    """Those of the pictures that can be read, by path."""
    pictures, troubles = {}, []
    for path in paths:
        try:
            pictures[path] = _read_picture(path, size, grey)
        # Pillow's readers fail on damaged files in many ways, with no common exception.
        except Exception as error:
            troubles.append(f"{path} ({error})")
    if not pictures:
        raise DataError(
            f"None of the {len(paths)} pictures found can be read; the first is "
            f"{troubles[0]}. Check that the files open in a picture viewer."
        )
    if troubles:
        _warn(f"{len(troubles)} of {len(paths)} cannot be read, e.g. {troubles[0]}")
    return pictures


def _warn(text: str) -> None:
    print(f"Pictures skipped: {text}", file=sys.stderr, flush=True)


def _read_picture(path: Path, size: int, grey: bool) -> np.ndarray:
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        # Lets the JPEG reader skip detail that the small result cannot show.
        picture.draft(None, (2 * size, 2 * size))
        upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):  # 16-bit grey; convert() would clip it to white
        upright = upright.point(lambda value: value * (1 / 257)).convert("L")
    if upright.has_transparency_data:
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright.convert("RGBA"))
    plain = upright.convert("RGB").convert("L" if grey else "RGB")
    square = ImageOps.fit(plain, (size, size), Image.Resampling.LANCZOS)
    return np.asarray(square).reshape(size, size, -1)
