"""Reads the sources of the lessons: percent scripts, `notebooks/source/NN_slug.py`."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import jupytext
import yaml

HEADER_KEYS = ("title", "minutes", "teaching", "prerequisites")
OPTIONAL = "optional"  # the header's key, and the tag of what is under such headings
TAUGHT = "taught"  # the header's key for a topic, and the tag of the cells it takes
# Jupytext would otherwise turn a comment such as "# copy the weights" into a magic.
PERCENT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
BEGIN, END, STUB = "# BEGIN SOLUTION", "# END SOLUTION", "# STUB:"
NO_STUB = "...  # your code here"


class LessonError(Exception):
    """Something in a lesson that its author must change; the message says what."""


@dataclass(frozen=True)
class Cell:
    """One cell; `number` and `line` place it in the source, 0 where generated."""

    kind: str
    source: str
    tags: tuple[str, ...] = ()
    number: int = 0
    line: int = 0


@dataclass(frozen=True)
class Lesson:
    """One lesson's source, read: its header's values and its cells as written.

    `minutes` is what it runs for on a laptop, `teaching` what a class needs for it and
    `optional` what the parts marked so need on top. `topic` names the module of what
    it teaches, None where it leaves none behind.
    """

    path: Path
    number: str
    slug: str
    title: str
    minutes: int
    teaching: int
    optional: int
    prerequisites: str
    topic: str | None
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        return f"{self.number}_{self.slug}"

    @property
    def heading(self) -> str:
        return f"{self.number} · {self.title}"


def read_lessons(root: Path) -> list[Lesson]:
    """All lessons under `root`, in the order of their numbers."""
    folder = root / "notebooks" / "source"
    lessons = [read_lesson(path) for path in sorted(folder.glob("*.py"))]
    if not lessons:
        raise LessonError(f"{folder}: no lesson source, expected files NN_slug.py.")
    for first, second in zip(lessons, lessons[1:], strict=False):
        if first.number == second.number:
            raise LessonError(
                f"{first.path.name} and {second.path.name} share the number "
                f"{first.number}. Rename one of them."
            )
    return lessons


def read_lesson(path: Path) -> Lesson:
    """The lesson in the percent script `path`, named NN_slug.py.

    Raises:
        LessonError: the file's name, its header or a cell is not as expected.
    """
    match = re.fullmatch(r"(\d\d)_([a-z0-9_]+)\.py", path.name)
    if not match:
        raise LessonError(
            f"{path}: expected a name like 02_quadratic_gan.py. Rename it."
        )
    text = path.read_text(encoding="utf-8")
    nodes = jupytext.reads(text, fmt=PERCENT).cells
    header = _read_header(path, nodes)
    lines = [
        index
        for index, line in enumerate(text.splitlines(), start=1)
        if re.match(r"# ?%%", line)
    ]
    if len(lines) != len(nodes) - 1:
        raise LessonError(
            f"{path}: {len(nodes) - 1} cells but {len(lines)} '# %%' markers. Put "
            "nothing between the header and the first marker."
        )
    cells = [
        _read_cell(path, node, number, line)
        for number, (node, line) in enumerate(zip(nodes[1:], lines, strict=True), 1)
    ]
    marked = any(TAUGHT in cell.tags for cell in cells)
    if marked != (header["topic"] is not None):
        raise LessonError(
            f"{path}: cells tagged {TAUGHT} and a line '# {TAUGHT}: topic' in the "
            "header go together. Add what is missing."
        )
    cells = _tag_optional(cells)
    if any(OPTIONAL in cell.tags for cell in cells) != (header[OPTIONAL] > 0):
        raise LessonError(
            f"{path}: headings that end in (optional) and a line '# {OPTIONAL}: 10', "
            "their teaching minutes, in the header go together. Add what is missing."
        )
    return Lesson(path, *match.groups(), **header, cells=tuple(cells))


def _tag_optional(cells: list[Cell]) -> list[Cell]:
    """The cells, with a tag on those in a section whose heading says (optional).

    A cell in which one section ends and another begins belongs to the other.
    """
    tagged, level = [], 0  # of the heading that opened the optional section
    for cell in cells:
        text = cell.source if cell.kind == "markdown" else ""
        for marks, words in re.findall(r"^(##+) (.*)", text, flags=re.MULTILINE):
            if not level or len(marks) <= level:
                level = len(marks) if words.endswith("(optional)") else 0
        tagged.append(replace(cell, tags=(*cell.tags, OPTIONAL)) if level else cell)
    return tagged


def _read_header(path: Path, nodes: list) -> dict:
    """Title, minutes, prerequisites and topic, from the YAML that opens the source."""
    raw = nodes[0].source if nodes and nodes[0].cell_type == "raw" else ""
    try:
        header = yaml.safe_load(raw.strip().strip("-"))
    except yaml.YAMLError as error:
        raise LessonError(f"{path}: the header is not valid YAML: {error}") from error
    header = header if isinstance(header, dict) else {}
    missing = [key for key in HEADER_KEYS if not header.get(key)]
    if missing:
        raise LessonError(
            f"{path}: the header lacks {', '.join(missing)}. Begin the file with "
            "'# ---', '# title: …', '# minutes: 5' (on a laptop), '# teaching: 45' (in "
            "class), '# prerequisites: …', '# ---'."
        )
    header.setdefault(OPTIONAL, 0)
    for key in ("minutes", "teaching", OPTIONAL):
        if not isinstance(header[key], int):
            raise LessonError(
                f"{path}: {key} is {header[key]!r}, expected a whole number of minutes."
            )
    prerequisites = header["prerequisites"]
    if isinstance(prerequisites, list):
        prerequisites = ", ".join(str(item) for item in prerequisites)
    topic = header.get(TAUGHT)
    if topic is not None and not re.fullmatch("[a-z][a-z_]*", str(topic)):
        raise LessonError(
            f"{path}: the topic {topic!r} cannot name a module. After '{TAUGHT}:' "
            "write small letters and underscores, no number of a lesson."
        )
    texts = {"title": str(header["title"]), "prerequisites": str(prerequisites)}
    numbers = {key: header[key] for key in ("minutes", "teaching", OPTIONAL)}
    return {**texts, **numbers, "topic": topic}


def _read_cell(path: Path, node, number: int, line: int) -> Cell:
    where = f"{path}: cell {number} (line {line})"
    source = node.source.strip("\n")
    tags = tuple(node.metadata.get("tags", ()))
    if node.cell_type not in ("code", "markdown") or not source.strip():
        raise LessonError(f"{where} is empty or raw, expected code or Markdown.")
    if node.cell_type == "code":
        marked = any(line.strip() in (BEGIN, END) for line in source.splitlines())
        if marked != ("solution" in tags):
            raise LessonError(
                f"{where}: a code cell has the tag solution and '{BEGIN}' … '{END}' "
                "lines, or neither. Add what is missing."
            )
        try:
            cut_solution(source, solved=False)
        except LessonError as error:
            raise LessonError(f"{where}: {error}") from None
    return Cell(node.cell_type, source, tags, number, line)


def cut_solution(source: str, *, solved: bool) -> str:
    """A code cell without its marker lines: with its solutions, or with their stubs."""
    kept: list[str] = []
    stub: list[str] | None = None  # of the open block; None outside one
    for line in source.splitlines():
        text = line.strip()
        indent = line[: len(line) - len(line.lstrip())]
        if text == BEGIN:
            if stub is not None:
                raise LessonError(f"'{BEGIN}' inside a solution. Close it first.")
            stub, block_indent = [], indent
        elif text == END:
            if stub is None:
                raise LessonError(f"'{END}' without a '{BEGIN}' before it.")
            if not solved:
                kept += stub or [block_indent + NO_STUB]
            stub = None
        elif text.startswith(STUB):
            if stub is None:
                raise LessonError(f"'{text}' outside a solution: move it into one.")
            stub.append((indent + text.removeprefix(STUB).removeprefix(" ")).rstrip())
        elif solved or stub is None:
            kept.append(line)
    if stub is not None:
        raise LessonError(f"'{BEGIN}' without an '{END}' after it.")
    return "\n".join(kept)


def version_cells(lesson: Lesson, *, solved: bool) -> list[Cell]:
    """The lesson's own cells as they stand in the solved or the learner's notebook."""
    cells = []
    for cell in lesson.cells:
        if cell.kind == "markdown":
            if solved or "solution" not in cell.tags:
                cells.append(cell)
        else:
            cells.append(replace(cell, source=cut_solution(cell.source, solved=solved)))
    return cells
