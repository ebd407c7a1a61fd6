"""Renders the learner's and the solved notebook from a lesson's source."""

import ast
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import nbformat
from lesson_course import Course, badges, install_code
from lesson_imports import taught_texts
from lesson_source import Cell, Lesson, version_cells

BUDGET = "laptop"  # what committed notebooks are executed with
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "name": "python"},
    "license": "MIT AND CC-BY-4.0",  # of the code, of the text
}
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


def notebook_path(root: Path, lesson: Lesson, *, solved: bool) -> Path:
    """Where the learner's or the solved notebook of `lesson` is written."""
    folder = root / "notebooks"
    return (folder / "solutions" if solved else folder) / f"{lesson.name}.ipynb"


def all_cells(
    lesson: Lesson, lessons: list[Lesson], course: Course, *, solved: bool
) -> list[Cell]:
    """Every cell of a notebook: the generated ones around the lesson's own."""
    return [
        Cell("markdown", _title_text(lesson, lessons, course, solved)),
        Cell("code", install_code(course), ("setup",)),
        *version_cells(lesson, solved=solved),
        Cell("markdown", VERSIONS_TEXT),
        Cell("code", VERSIONS.strip(), ("setup",)),
    ]


def render(cells: list[Cell], taught: Mapping[str, str]) -> nbformat.NotebookNode:
    """The notebook of `cells`, without outputs; ids follow from what a cell holds.

    Its metadata say what its outputs depend on: the budget, and the code, that of the
    `taught` modules (text by topic) included which it uses, itself or by the package.
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
    sources += taught_texts(sources, taught)
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def executed_sources(cells: list) -> list[str]:
    """The code of a notebook's cells, without what changes none of its outputs.

    That is the first cell, which finds the helpers (it names the course's version and
    address), and what `settings.budget` gives at other budgets.
    """
    sources = [cell.source for cell in cells if cell.cell_type == "code"][1:]
    return [_at_our_budget(source) for source in sources]


def _at_our_budget(source: str) -> str:
    """`source` with the value at BUDGET for each call of `settings.budget`."""
    if "settings.budget(" not in source:
        return source
    ours = source
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "settings.budget":
            whole = ast.get_source_segment(source, call)
            for word in call.keywords:
                if word.arg == BUDGET:
                    value = ast.get_source_segment(source, word.value)
                    ours = ours.replace(whole, value)
    return ours


def _title_text(
    lesson: Lesson, lessons: list[Lesson], course: Course, solved: bool
) -> str:
    """The title cell: heading, badge, times, prerequisites, links to neighbours."""
    folder = "notebooks/solutions" if solved else "notebooks"
    index = [other.number for other in lessons].index(lesson.number)
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
    return "\n\n".join(
        [
            f"# {lesson.heading}" + (" (solved)" if solved else ""),
            *badges(course, folder, lesson.name),
            _time_text(lesson),
            f"**Prerequisites:** {lesson.prerequisites}",
            " | ".join(links),
        ]
    )


def _time_text(lesson: Lesson) -> str:
    """What the lesson asks of a class and of a laptop."""
    optional = f", {lesson.optional} more with what is optional" * bool(lesson.optional)
    unit = "minute" if lesson.minutes == 1 else "minutes"
    return (
        f"**Time:** about {lesson.teaching} minutes to teach{optional}; its cells run "
        f"for {lesson.minutes} {unit} on a laptop without a GPU"
    )
