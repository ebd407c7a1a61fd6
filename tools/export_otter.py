"""A lesson's exercises for otter-grader: a master notebook for `otter assign`.

    make export-otter LESSON=02    # writes build/otter/02_quadratic_gan.ipynb

Each exercise with a check is a question of one point. Its test is the course's own
check, and passes where that prints its ✓. `otter assign` makes the student's notebook
of it, which is the course's open one, and the autograder.
"""

import argparse
import ast
import sys

import nbformat
from lesson_code import ROOT, all_lessons, find_numbered
from lesson_course import read_course
from lesson_exercises import numbers_in
from lesson_format import METADATA, all_cells, notebook_path
from lesson_source import (
    BEGIN,
    END,
    STUB,
    Cell,
    Lesson,
    LessonError,
    cut_solution,
)
from marks import find_check, output_of
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

POINTS = 1  # for each exercise
ASSIGNMENT = """\
# ASSIGNMENT CONFIG
name: "{name}"
init_cell: false
export_cell: false
tests:
  files: true
"""
QUESTION = """\
# BEGIN QUESTION
name: exercise_{name}
points: {points}
check_cell: false
"""
# What an answer prints does not count, nor which `checks` it left behind.
TEST = """\
import contextlib
import io
from gan_helpers import checks
with contextlib.redirect_stdout(io.StringIO()) as said:
    pass
print([line for line in said.getvalue().splitlines() if line[:1] in tuple('✓✗○')][-1])
"""


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status, 0 when a notebook was written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", help="its number, such as 02")
    options = parser.parse_args(arguments)
    try:
        lesson = find_numbered(options.lesson)
        master = make_master(lesson)
    except (LookupError, LessonError) as error:
        print(error, file=sys.stderr)
        return 1
    path = ROOT / "build" / "otter" / f"{lesson.name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(master, path)
    print(f"Written: {path.relative_to(ROOT)}")
    return 0


def make_master(lesson: Lesson):
    """The master notebook of a lesson, in the format of Otter Assign.

    Raises:
        LessonError: The saved solved notebook is not the source's.
    """
    solved = nbformat.read(notebook_path(ROOT, lesson, solved=True), as_version=4)
    title, install = all_cells(lesson, all_lessons(), read_course(ROOT), solved=False)[
        :2
    ]
    cells = [
        new_raw_cell(ASSIGNMENT.format(name=lesson.name)),
        new_markdown_cell(title.source.splitlines()[0]),  # its links show solutions
        new_code_cell(install.source),
    ]
    own = [c for c in lesson.cells if c.kind == "code" or "solution" not in c.tags]
    checks = _checks_by_answer(own)
    for place, cell in enumerate(own):
        if cell.kind == "markdown":
            cells.append(new_markdown_cell(cell.source))
        elif place in checks:
            cells += _question(cell, checks[place], solved)
        else:
            cells.append(new_code_cell(cut_solution(cell.source, solved=False)))
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def _checks_by_answer(cells: list[Cell]) -> dict[int, Cell]:
    """The check of each exercise, by the place of the cell for its answer."""
    found, answer = {}, 0
    for place, cell in enumerate(cells):
        if cell.kind == "code" and "solution" in cell.tags:
            answer = place
        elif numbers_in(cell):
            found[answer] = cell
    return found


def _question(answer: Cell, check: Cell, solved) -> list:
    """The cells of one exercise: its answer, with what the student gets, and its test.

    The course's check stays in the notebook, too, where it stands.
    """
    [number] = numbers_in(check)
    place = find_check(solved, number)
    if place is None or solved.cells[place].source != check.source:
        raise LessonError(
            f"The solved notebook is not the source's: {number}. Build it."
        )
    test = new_code_cell(_test(check.source))
    test.outputs = [
        new_output("stream", name="stdout", text=output_of(solved.cells[place]) + "\n")
    ]
    name = number.replace(".", "_")
    return [
        new_raw_cell(QUESTION.format(name=name, points=POINTS)),
        new_raw_cell("# BEGIN SOLUTION"),
        new_code_cell(_with_prompts(answer.source)),
        new_raw_cell("# END SOLUTION"),
        new_raw_cell("# BEGIN TESTS"),
        test,
        new_raw_cell("# END TESTS"),
        new_raw_cell("# END QUESTION"),
    ]


def _test(check: str) -> str:
    """A check as a test: it prints the verdict, and nothing else."""
    tree = ast.parse(TEST)
    [block] = [node for node in tree.body if isinstance(node, ast.With)]
    block.body = ast.parse(check).body
    return ast.unparse(tree)


def _with_prompts(source: str) -> str:
    """A cell with its solutions in Otter's marks, their stubs as Otter's prompts."""
    lines: list[str] = []
    for line in source.splitlines():
        text = line.strip()
        indent = line[: len(line) - len(line.lstrip())]
        if text == BEGIN:
            begin, stub = len(lines), []
            lines.append(line)
        elif text.startswith(STUB):
            stub.append(indent + text.removeprefix(STUB).removeprefix(" "))
        else:
            lines.append(line)
        if text == END and stub:
            prompt = [f'{indent}""" # BEGIN PROMPT', *stub, f'{indent}""" # END PROMPT']
            lines[begin : begin + 1] = [*prompt, f"{indent}{BEGIN} NO PROMPT"]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
