"""What follows from the version and the address of the course, in notebooks and README.

The course has no address before it is hosted: then there are no badges, and nothing
leads to a place that does not exist.
"""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from lesson_source import LessonError

ADDRESS = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+")
COLAB = "https://colab.research.google.com"
# The first code cell of each notebook; the words in capitals are filled in.
INSTALL = """\
# Find the helpers of the course: installed, or in a wheel beside this notebook.
import importlib.util
import os

wheel = "WHEEL"
if importlib.util.find_spec("gan_helpers") is None:
    places = [".", "..", os.environ.get("GAN_COURSE_DIR", ".")]
    sources = [path for place in places if os.path.isfile(path := f"{place}/{wheel}")]
    sources.append("REPOSITORY/archive/refs/tags/TAG.zip")
    if sources:
        %pip install -q "{sources[0]}"
        importlib.invalidate_caches()
if importlib.util.find_spec("gan_helpers") is None:
    words = "The helpers of the course were not found, or could not be installed. "
    words += f"Put {wheel} beside this notebook and run this cell again."
    error = ImportError(words)
    error._render_traceback_ = lambda: [words]  # and nothing else
    raise error
from gan_helpers import environment
environment.prepare()
"""
# What stands between these two comments in the README.
IN_README = re.compile(r"(<!-- badge -->)(.*?)(<!-- end of badge -->)", re.DOTALL)
BADGE_WORDS = """
Or open a lesson below on GitHub and press its **Open in Colab** badge: the first cell
installs the helpers.
"""


class Course(NamedTuple):
    """What `pyproject.toml` says of the course.

    Attributes:
        version: of the helpers that the notebooks are written for.
        repository: https://github.com/OWNER/REPO; None until the course is hosted.
    """

    version: str
    repository: str | None

    @property
    def tag(self) -> str:
        """The name of this release in the repository."""
        return f"v{self.version}"

    @property
    def wheel(self) -> str:
        """The file name of this release's helpers."""
        return f"gan_course-{self.version}-py3-none-any.whl"


def read_course(root: Path) -> Course:
    """The version and the address in `pyproject.toml` under `root`."""
    path = root / "pyproject.toml"
    try:
        project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        version = project["version"]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise LessonError(
            f'{path}: no version under [project] ({error!r}). Add: version = "0.1.0"'
        ) from error
    repository = project.get("urls", {}).get("Repository")
    repository = repository and repository.rstrip("/")
    if repository is not None and not ADDRESS.fullmatch(repository):
        raise LessonError(
            f"{path}: Repository is {repository!r}, expected "
            "https://github.com/OWNER/REPO, which the Colab links are made of. "
            "Correct it, or leave it out."
        )
    return Course(version, repository)


def install_code(course: Course) -> str:
    """The first code cell: it finds the helpers, or stops and says what to do."""
    lines = (
        INSTALL.replace("WHEEL", course.wheel).replace("TAG", course.tag).splitlines()
    )
    if not course.repository:
        lines = [line for line in lines if "REPOSITORY" not in line]
    return "\n".join(lines).replace("REPOSITORY", course.repository or "")


def badges(course: Course, folder: str, name: str) -> list[str]:
    """The badge that opens notebook `name` on Colab; an empty list without an address.

    It opens the release whose helpers the first cell installs.
    """
    if not course.repository:
        return []
    owner_repo = course.repository.removeprefix("https://github.com/")
    place = f"{COLAB}/github/{owner_repo}/blob/{course.tag}/{folder}/{name}.ipynb"
    return [f"[![Open in Colab]({COLAB}/assets/colab-badge.svg)]({place})"]


def readme_text(root: Path, course: Course) -> str | None:
    """What the README has to be: it speaks of badges where there are any.

    None where it is already so, or where there is no README.
    """
    path = root / "README.md"
    if not path.is_file():
        return None
    old = path.read_text(encoding="utf-8")
    words = BADGE_WORDS if course.repository else ""
    new, count = IN_README.subn(rf"\1{words}\3", old)
    if count != 1:
        raise LessonError(
            f"{path}: {count} places for the words about badges, expected one. "
            "Write: <!-- badge --><!-- end of badge -->"
        )
    return None if new == old else new
