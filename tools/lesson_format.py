"""Renders the learner's and the solved notebook from a lesson's source."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import nbformat
from lesson_source import Cell, Lesson, LessonError, version_cells
from lesson_taught import imported_texts

BUDGET = "laptop"  # what committed notebooks are executed with
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "name": "python"},
}
INSTALL = """\
# On Colab: install the helpers of the course where they are missing.
import importlib.util

if importlib.util.find_spec("gan_helpers") is None:
    %pip install -q "git+{repository}"
"""
VERSIONS_TEXT = """\
## Versions

The outputs above come from these versions; others may differ in the last digits."""
VERSIONS = """\
import platform
from importlib.metadata import version

print("python", ".".join(platform.python_version_tuple()[:2]))
for package in ("tensorflow", "keras", "numpy"):
    print(package, version(package))
"""


def build_command(number: str, *, force: bool = False) -> str:
    """The command that mends a notebook of lesson `number`."""
    return f"python tools/notebooks.py build {number}" + (" --force" if force else "")


def repository_url(root: Path) -> str:
    """The address of the course's repository, from `pyproject.toml` under `root`."""
    path = root / "pyproject.toml"
    try:
        project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        url = project["urls"]["Repository"].rstrip("/")
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise LessonError(
            f"{path}: no Repository address under [project.urls] ({error!r}). "
            'Add: Repository = "https://github.com/OWNER/REPO"'
        ) from error
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", url):
        raise LessonError(
            f"{path}: Repository is {url!r}, expected https://github.com/OWNER/REPO, "
            "which the Colab links are made of."
        )
    return url


def notebook_path(root: Path, lesson: Lesson, *, solved: bool) -> Path:
    """Where the learner's or the solved notebook of `lesson` is written."""
    folder = root / "notebooks"
    return (folder / "solutions" if solved else folder) / f"{lesson.name}.ipynb"


def all_cells(
    lesson: Lesson, lessons: list[Lesson], repository: str, *, solved: bool
) -> list[Cell]:
    """Every cell of a notebook: the generated ones around the lesson's own."""
    return [
        Cell("markdown", _title_text(lesson, lessons, repository, solved)),
        Cell("code", INSTALL.format(repository=repository).strip(), ("setup",)),
        *version_cells(lesson, solved=solved),
        Cell("markdown", VERSIONS_TEXT),
        Cell("code", VERSIONS.strip(), ("setup",)),
    ]


def render(cells: list[Cell], taught: Mapping[str, str]) -> nbformat.NotebookNode:
    """The notebook of `cells`, without outputs; ids follow from what a cell holds.

    Its metadata say what its outputs depend on: the budget, and the code, that of the
    `taught` modules (text by topic) which it imports included.
    """
    notebook = nbformat.v4.new_notebook()
    seen: dict[str, int] = {}
    for cell in cells:
        digest = hashlib.sha256(f"{cell.kind}\n{cell.source}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        cell_id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        new_cell = getattr(nbformat.v4, f"new_{cell.kind}_cell")
        metadata = {"tags": list(cell.tags)} if cell.tags else {}
        notebook.cells.append(new_cell(cell.source, id=cell_id, metadata=metadata))
    record = {"budget": BUDGET, "code_sha256": _code_hash(notebook.cells, taught)}
    notebook.metadata = nbformat.from_dict({**METADATA, "gan_course": record})
    return notebook


def _code_hash(cells: list, taught: Mapping[str, str]) -> str:
    """SHA-256 of all that decides whether outputs are still good."""
    sources = executed_sources(cells)
    sources += imported_texts(sources, taught)
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def executed_sources(cells: list) -> list[str]:
    """The code of a notebook's cells, without the install cell.

    That one changes no output: it names the address of the repository.
    """
    install = INSTALL.splitlines()[0]
    return [
        cell.source
        for cell in cells
        if cell.cell_type == "code" and not cell.source.startswith(install)
    ]


def _title_text(
    lesson: Lesson, lessons: list[Lesson], repository: str, solved: bool
) -> str:
    """The title cell: heading, badge, minutes, prerequisites, links to neighbours."""
    index = [other.number for other in lessons].index(lesson.number)
    owner_repo = repository.removeprefix("https://github.com/")
    where = "notebooks/solutions" if solved else "notebooks"
    colab = "https://colab.research.google.com"
    badge = (
        f"[![Open in Colab]({colab}/assets/colab-badge.svg)]"
        f"({colab}/github/{owner_repo}/blob/main/{where}/{lesson.name}.ipynb)"
    )
    links = [
        f"[Back to the exercises](../{lesson.name}.ipynb)"
        if solved
        else f"[Exercises solved](solutions/{lesson.name}.ipynb)"
    ]
    if index > 0:
        before = lessons[index - 1]
        links.insert(0, f"[← {before.heading}]({before.name}.ipynb)")
    if index + 1 < len(lessons):
        after = lessons[index + 1]
        links.append(f"[{after.heading} →]({after.name}.ipynb)")
    unit = "minute" if lesson.minutes == 1 else "minutes"
    return "\n\n".join(
        [
            f"# {lesson.heading}" + (" (solved)" if solved else ""),
            badge,
            f"**Time:** about {lesson.minutes} {unit} on a laptop without a GPU",
            f"**Prerequisites:** {lesson.prerequisites}",
            " | ".join(links),
        ]
    )
