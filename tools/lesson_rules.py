"""The style rules of a lesson, as far as a program can judge them.

Each rule is a function from the lesson's number and its cells to the problems found:
(cell or None, rule's name, what is wrong). Generated cells are not judged.
"""

import ast
import re
from collections.abc import Iterator
from statistics import median

from lesson_source import OPTIONAL, Cell, Lesson, version_cells

MAX_LINES, MAX_COLUMNS, MAX_MEDIAN = 30, 88, 6
CELL_COUNT, MAX_CORE = range(15, 116), 90
MIN_POINTS, MAX_INCHES = 10, 7
MIN_COMPARED, MIN_CHECKS = 3, 2
HEADINGS = (
    "## Questions",
    "## Setup",
    "## Settings",
    "## What goes wrong",
    "## Key points",
    "## Exercises",
    "## References",
)
# "just-in-time" is a term, "just" alone belittles what a reader finds hard.
BANNED = re.compile(r"\b(just|simply|obviously)\b(?!-)", re.IGNORECASE)
CAPTION = re.compile(r"\*\*Figure (\d+)\.(\d+)\.\*\*")

Problem = tuple[Cell | None, str, str]


def style_problems(lesson: Lesson) -> list[Problem]:
    """The rules broken in the learner's or the solved version, each cell's once."""
    found: dict[tuple, Problem] = {}
    for solved in (True, False):
        cells = version_cells(lesson, solved=solved)
        # The learner's version is the lesson; its solutions only add to it.
        for rule in RULES if solved else (*RULES, cells_are_many_and_small):
            for problem in rule(lesson.number, cells):
                cell, name, _ = problem
                found.setdefault((cell.number if cell else 0, name), problem)
    return [found[key] for key in sorted(found, key=lambda key: key[0])]


def _code(cells: list[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.kind == "code"]


def _tree(cell: Cell) -> ast.Module:
    """The cell's syntax tree, empty for a cell that is not valid Python."""
    try:
        return ast.parse(cell.source)
    except SyntaxError:
        return ast.Module([], [])


def _prose(cell: Cell) -> str:
    """A Markdown cell without its code: neither fenced blocks nor code spans."""
    text = re.sub(r"^(```|~~~).*?^\1", "", cell.source, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(`+).+?\1", "", text, flags=re.DOTALL)


def _headings(cell: Cell) -> list[str]:
    """The second-level headings of a Markdown cell; none for code."""
    if cell.kind == "code":
        return []
    return re.findall(r"^## .*\S", _prose(cell), flags=re.MULTILINE)


def code_is_short(number: str, cells: list[Cell]) -> Iterator[Problem]:
    """Length and width of code cells, and that they are Python at all."""
    for cell in _code(cells):
        lines = cell.source.splitlines()
        if len(lines) > MAX_LINES:
            text = f"{len(lines)} lines of code, at most {MAX_LINES}"
            yield cell, "cell-length", text
        widest = max(lines, key=len)
        if len(widest) > MAX_COLUMNS:
            text = f"{len(widest)} columns, at most {MAX_COLUMNS}"
            yield cell, "line-width", f"{text}: '{widest.strip()[:40]}…'"
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            text = f"line {error.lineno} of the cell is not plain Python: {error.msg}"
            yield cell, "syntax", text


def cells_are_many_and_small(number: str, cells: list[Cell]) -> Iterator[Problem]:
    """How many cells there are, and the median length of the code cells."""
    if len(cells) not in CELL_COUNT:
        low, high = CELL_COUNT[0], CELL_COUNT[-1]
        yield None, "cell-count", f"{len(cells)} cells, expected {low} to {high}"
    elif (core := sum(OPTIONAL not in cell.tags for cell in cells)) > MAX_CORE:
        text = f"{core} cells that are not optional, expected {MAX_CORE} at most"
        yield None, "core-count", text
    lengths = [_count_lines(cell.source) for cell in _code(cells)]
    if lengths and median(lengths) > MAX_MEDIAN:
        text = f"half of the code cells have {median(lengths):g} lines or more, "
        yield None, "median-length", text + f"expected a median of {MAX_MEDIAN} at most"


def _count_lines(source: str) -> int:
    """Lines that say something: no docstring, comment, or brackets on their own."""
    code = re.sub(r'""".*?"""', "", source, flags=re.DOTALL)
    return sum(bool(re.search(r"\w", line.split("#")[0])) for line in code.splitlines())


def imports_are_in_setup(number: str, cells: list[Cell]) -> Iterator[Problem]:
    """No `import *`; any import in a cell tagged `setup`."""
    for cell in _code(cells):
        for node in ast.walk(_tree(cell)):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            line = ast.unparse(node)
            if any(alias.name == "*" for alias in node.names):
                yield cell, "import-star", f"'{line}', expected the names"
            if "setup" not in cell.tags:
                text = f"'{line}' outside the cells tagged setup"
                yield cell, "import-outside-setup", text


def words_are_kind(number: str, cells: list[Cell]) -> Iterator[Problem]:
    """No word that tells a reader that something is easy."""
    for cell in cells:
        match = BANNED.search(_prose(cell)) if cell.kind == "markdown" else None
        if match:
            yield cell, "banned-word", f"'{match.group()}', expected no such word"


def figures_have_captions(number: str, cells: list[Cell]) -> Iterator[Problem]:
    """A numbered caption after each figure, counting from 1 through the lesson."""
    count = 0
    for cell, after in zip(cells, [*cells[1:], None], strict=True):
        first_line = after.source.splitlines()[0] if after else ""
        captioned = after and after.kind == "markdown" and CAPTION.match(first_line)
        if cell.kind == "code" and _shows_figure(_tree(cell)) and not captioned:
            expected = f"**Figure {int(number)}.{count + 1}.**"
            text = f"a figure without a Markdown cell after it that begins {expected}"
            yield cell, "caption", text
        match = CAPTION.match(cell.source) if cell.kind == "markdown" else None
        if match:
            count += 1
            expected = f"**Figure {int(number)}.{count}.**"
            if match.group() != expected:
                text = f"the caption says {match.group()}, expected {expected}"
                yield cell, "caption-number", text


def _shows_figure(node: ast.AST) -> bool:
    """Whether running this code shows a figure (defining a function does not)."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        return False
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        if name == "plt.show" or name.split(".")[-1] == "show_animation":
            return True
    return any(map(_shows_figure, ast.iter_child_nodes(node)))


def figures_can_be_read(number: str, cells: list[Cell]) -> Iterator[Problem]:
    """No letters too small for a projector, no figure wider than a page."""
    for cell in _code(cells):
        for node in ast.walk(_tree(cell)):
            if not isinstance(node, ast.keyword):
                continue
            try:
                value = ast.literal_eval(node.value)
            except ValueError:
                continue
            if node.arg == "fontsize" and value < MIN_POINTS:
                text = f"letters of {value} points, expected {MIN_POINTS} or more"
                yield cell, "small-letters", text
            if node.arg == "figsize" and value[0] > MAX_INCHES:
                text = f"a figure {value[0]} inches wide, at most {MAX_INCHES}"
                yield cell, "wide-figure", text


def headings_are_in_order(number: str, cells: list[Cell]) -> Iterator[Problem]:
    """Each heading that every lesson has, in the one order; others may be between."""
    wanted = list(HEADINGS)
    present = [
        (heading, cell)
        for cell in cells
        for heading in _headings(cell)
        if heading in wanted
    ]
    for heading in wanted:
        if heading not in [found for found, _ in present]:
            yield None, "heading-missing", f"no Markdown heading '{heading}'"
            return
    for (heading, cell), expected in zip(present, [*wanted, None], strict=False):
        if heading != expected:
            text = f"'{heading}' where '{expected or 'no more of these'}' was expected"
            yield cell, "heading-order", text
            return


def budget_is_in_settings(number: str, cells: list[Cell]) -> Iterator[Problem]:
    """`budget(…)` is called in the Settings section and nowhere else."""
    section = ""
    for cell in cells:
        section = [section, *_headings(cell)][-1]
        if cell.kind == "markdown" or section == "## Settings":
            continue
        calls = [node for node in ast.walk(_tree(cell)) if isinstance(node, ast.Call)]
        if any(ast.unparse(call.func).split(".")[-1] == "budget" for call in calls):
            text = "budget(…) called outside the section '## Settings'"
            yield cell, "budget-outside-settings", text


def tags_are_enough(number: str, cells: list[Cell]) -> Iterator[Problem]:
    """Enough outputs compared by the tests, and enough exercises with a check."""
    for tag, least in (("nbval-check-output", MIN_COMPARED), ("check", MIN_CHECKS)):
        count = sum(tag in cell.tags for cell in _code(cells))
        if count < least:
            text = f"{count} code cells have the tag {tag}, expected {least} or more"
            yield None, f"few-{tag}", text


RULES = (
    code_is_short,
    imports_are_in_setup,
    words_are_kind,
    figures_have_captions,
    figures_can_be_read,
    headings_are_in_order,
    budget_is_in_settings,
    tags_are_enough,
)
