"""Where the data lie that come with the course."""

import hashlib
from pathlib import Path

import numpy as np

from gan_helpers.data.formats import read_npz
from gan_helpers.data.imageset import DataError


def bundled_dir() -> Path:
    """The folder with the data that comes with the course.

    It is `data/` in a clone of the course, and a part of the package once installed.
    """
    package = Path(__file__).parents[1]
    inside = package / "bundled"
    return inside if inside.is_dir() else package.parent / "data"


def read_bundled(path: Path, sha256: str) -> dict[str, np.ndarray]:
    """The arrays of an .npz file that comes with the course; nothing is unpickled.

    Raises:
        DataError: The file is missing, or not the one with this SHA-256.
    """
    if not path.is_file():
        raise DataError(f"{path} is missing. Restore it from the course's repository.")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise DataError(
            f"{path} has SHA-256 {found}, expected {sha256}. "
            "Restore it from the course's repository."
        )
    return read_npz(path)
