"""Where the data lie that come with the course."""

from pathlib import Path


def bundled_dir() -> Path:
    """The folder with the data that comes with the course.

    It is `data/` in a clone of the course, and a part of the package once installed.
    """
    package = Path(__file__).parents[1]
    inside = package / "bundled"
    return inside if inside.is_dir() else package.parent / "data"
