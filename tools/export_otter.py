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

BUILD = ROOT / "build" / "otter"
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
    path = BUILD / f"{lesson.name}.ipynb"
    BUILD.mkdir(parents=True, exist_ok=True)
    nbformat.write(master, path)
    print(f"Written: {path}")
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
    answers = _answers(own)
    for place, cell in enumerate(own):
        if cell.kind == "markdown":
            cells.append(new_markdown_cell(cell.source))
        elif place in answers:
            cells += _begin_question(answers[place], cell)
        else:
            cells.append(new_code_cell(cut_solution(cell.source, solved=False)))
            if numbers_in(cell):
                cells += _end_question(cell, solved)
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def _answers(cells: list[Cell]) -> dict[int, str]:
    """The number of each exercise, by the place of the cell for its answer."""
    found, answer = {}, 0
    for place, cell in enumerate(cells):
        if cell.kind == "code" and "solution" in cell.tags:
            answer = place
        elif numbers := numbers_in(cell):
            [found[answer]] = numbers
    return found


def _begin_question(number: str, answer: Cell) -> list:
    """The first cells of an exercise: its answer, with what the student gets."""
    name = number.replace(".", "_")
    return [
        new_raw_cell(QUESTION.format(name=name, points=POINTS)),
        new_raw_cell("# BEGIN SOLUTION"),
        new_code_cell(_with_prompts(answer.source)),
        new_raw_cell("# END SOLUTION"),
    ]


def _end_question(check: Cell, solved) -> list:
    """The last cells of an exercise, after its check: that once more, as the test."""
    [number] = numbers_in(check)
    place = find_check(solved, number)
    if place is None or solved.cells[place].source != check.source:
        raise LessonError(
            f"Exercise {number} has another check in the solved notebook than in the "
            f"source. Build it: make lessons ARGS={int(number.split('.')[0]):02}"
        )
    test = new_code_cell(_test(check.source))
    said = output_of(solved.cells[place]) + "\n"
    test.outputs = [new_output("stream", name="stdout", text=said)]
    return [
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
