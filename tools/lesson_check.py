"""Compares the saved notebooks with their sources; executes nothing."""

import re
from collections.abc import Mapping
from pathlib import Path

import nbformat
from lesson_format import BUDGET, build_command, notebook_path
from lesson_outputs import (
    compared_problems,
    is_executed,
    keep_outputs,
    normalise,
    output_problems,
    read_notebook,
    text_of,
    to_text,
)
from lesson_rules import CAPTION, style_problems
from lesson_source import Lesson
from lesson_taught import module_path, stale_modules

PAGES = ("README.md", "CONTRIBUTING.md", "data/README.md", "benchmarks/RESULTS.md")
EDIT_FIRST = ("size", "machine-path", "compared", "attempt")


def source_problems(root: Path, lesson: Lesson) -> list[str]:
    """The style rules that the lesson's source breaks, one line each."""
    name = lesson.path.relative_to(root).as_posix()
    mend = f"edit {name}, then: {build_command(lesson.number)}"
    lines = []
    for cell, rule, text in style_problems(lesson):
        where = f"cell {cell.number} (line {cell.line}): " if cell else ""
        lines.append(f"{name}: {where}{rule}: {text}. Mend: {mend}")
    return lines


def reference_problems(root: Path, lessons: list[Lesson]) -> list[str]:
    """Words such as "lesson 12" or "Figure 3.9" that lead nowhere, one line each.

    Sources of lessons, the package and the pages in Markdown are read.
    """
    numbers = {lesson.number for lesson in lessons}
    figures = {
        f"{int(lesson.number)}.{figure}"
        for lesson in lessons
        for cell in lesson.cells
        for _, figure in CAPTION.findall(cell.source)
    }
    paths = [lesson.path for lesson in lessons]
    paths += sorted((root / "gan_helpers").rglob("*.py"))
    paths += [path for name in PAGES if (path := root / name).is_file()]
    paths += sorted((root / "docs").rglob("*.md"))
    lines = []
    for path in paths:
        # A comment's or a quotation's new line may part the words from the number.
        text = re.sub(r"\n[ \t]*(?:# ?|> ?)?", " ", path.read_text(encoding="utf-8"))
        found = [f"lesson {n}" for n in _lessons_named(text) if n not in numbers]
        found += [f"Figure {n}" for n in _figures_named(text) if n not in figures]
        name = path.relative_to(root).as_posix()
        lines += [
            f"{name}: {one} does not exist. Mend: edit {name}"
            for one in dict.fromkeys(found)
        ]
    return lines


def _lessons_named(text: str) -> list[str]:
    lists = re.findall(r"\b[Ll]essons? (\d\d(?:(?:, | and | to |-|–)\d\d)*)\b", text)
    return [number for one in lists for number in re.findall(r"\d\d", one)]


def _figures_named(text: str) -> list[str]:
    lists = re.findall(r"\bFigures? (\d+\.\d+(?:(?:, | and | to )\d+\.\d+)*)", text)
    return [number for one in lists for number in re.findall(r"\d+\.\d+", one)]


def orphan_problems(root: Path, lessons: list[Lesson]) -> list[str]:
    """The notebooks that no source stands behind, one line each."""
    known = [
        notebook_path(root, lesson, solved=solved)
        for lesson in lessons
        for solved in (False, True)
    ]
    folder = root / "notebooks"
    found = sorted([*folder.glob("*.ipynb"), *folder.glob("solutions/*.ipynb")])
    names = [path.relative_to(root).as_posix() for path in found if path not in known]
    return [f"{name}: orphan: it has no source. Mend: git rm {name}" for name in names]


def taught_problems(root: Path, texts: Mapping[str, str]) -> list[str]:
    """The generated modules that are not what the lessons teach, one line each."""
    lines = []
    for topic in stale_modules(root, texts):
        name = module_path(root, topic).relative_to(root).as_posix()
        if topic in texts:
            text = "it differs from what its lesson teaches. Mend: make lessons"
        else:
            text = f"orphan: no lesson has this topic. Mend: git rm {name}"
        lines.append(f"{name}: {text}")
    return lines


def notebook_problems(
    root: Path, lesson: Lesson, expected: nbformat.NotebookNode, *, solved: bool
) -> list[str]:
    """What is not in order with one saved notebook, one line each.

    `expected` is the one that the source gives, without outputs.
    """
    path = notebook_path(root, lesson, solved=solved)
    saved = read_notebook(path)
    name = path.relative_to(root).as_posix()
    if saved is None:
        reason = "cannot be read" if path.is_file() else "does not exist"
        found = [(0, "missing", f"the notebook {reason}")]
    else:
        found = [
            *_drift(expected, saved),
            *_execution(expected, saved),
            *output_problems(saved, root),
            *compared_problems(saved),
            *_attempts(saved, solved=solved),
        ] or _form(expected, saved, path)
    lines = []
    for number, rule, text in found:
        where = f"cell {number}: " if number else ""
        mend = build_command(lesson.number, force=rule in ("error-output", "attempt"))
        if rule in EDIT_FIRST:
            mend = f"edit notebooks/source/{lesson.path.name}, then: {mend}"
        lines.append(f"{name}: {where}{rule}: {text}. Mend: {mend}")
    return lines


def _drift(
    expected: nbformat.NotebookNode, saved: nbformat.NotebookNode
) -> list[tuple]:
    """Where the notebook and its source first differ."""
    if saved.metadata.get("license") != expected.metadata.license:
        return [(0, "drift", f"its metadata lack {expected.metadata.license!r}")]
    for number, (new, old) in enumerate(
        zip(expected.cells, saved.cells, strict=False), start=1
    ):
        for key in ("cell_type", "source", "metadata", "id"):
            if new[key] != old.get(key):
                what = "tags" if key == "metadata" else key.removeprefix("cell_")
                text = f"the notebook and its source differ in the {what}"
                return [(number, "drift", text)]
    new_count, old_count = len(expected.cells), len(saved.cells)
    if new_count != old_count:
        text = f"the notebook has {old_count} cells, its source gives {new_count}"
        return [(min(new_count, old_count) + 1, "drift", text)]
    return []


def _execution(expected: nbformat.NotebookNode, saved) -> list[tuple]:
    """Why the saved outputs are not those of the source's code at our budget."""
    if is_executed(saved, expected):
        return []
    record = saved.metadata.get("gan_course", {})
    code = expected.metadata.gan_course.code_sha256
    if record.get("budget") != BUDGET:
        text = f"executed with budget {record.get('budget')}, expected {BUDGET}"
    elif record.get("code_sha256") != code:
        text = "executed with other code than the source's and what it imports"
    elif any(cell.get("execution_count", 1) is None for cell in saved.cells):
        text = "not all code cells are executed"
    else:
        text = "saved by another program, which may also have executed it"
    return [(0, "not-executed", text)]


def _attempts(saved: nbformat.NotebookNode, *, solved: bool) -> list[tuple]:
    """The exercises' checks that do not say what they should.

    In the solved notebook each says ✓; in the learner's, that nobody has tried yet.
    """
    found = []
    for number, cell in enumerate(saved.cells, start=1):
        if cell.cell_type != "code" or "check" not in cell.metadata.get("tags", ()):
            continue
        text = "".join(map(text_of, cell.outputs))
        if solved:
            good = "✓" in text and "✗" not in text and "not attempted" not in text
            wanted = "✓, and neither ✗ nor 'not attempted'"
        else:
            good, wanted = "not attempted" in text, "'not attempted'"
        if not good:
            message = f"the check printed {text[:60]!r}, expected {wanted}"
            found.append((number, "attempt", message))
    return found


def _form(expected: nbformat.NotebookNode, saved, path: Path) -> list[tuple]:
    """Whether the file is, byte for byte, what a build would write."""
    keep_outputs(expected, saved)
    normalise(expected)
    if to_text(expected) == path.read_text(encoding="utf-8"):
        return []
    return [(0, "form", "not in the form in which build writes it")]
