"""A class's marks: every exercise in a folder of students' notebooks, judged anew.

    make marks FOLDER=handed-in          # writes handed-in/marks.csv, and prints it

Of a student's notebook only the answers count: each is run against this course's own
check, in another process, with a limit of time. So a check that was changed, or an
output that was typed in, earns nothing; both are told. The answers are run: use a
machine on which a stranger's code may do no harm. What is not there: a fence against an
answer written to deceive this program.
"""

import argparse
import ast
import contextlib
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import nbformat
from lesson_code import all_lessons
from lesson_exercises import check_cell, exercises, judge
from lesson_source import Lesson

LIMIT_S = 60  # in which a process has to judge at least one answer
MARKS = {"✓": "right", "✗": "wrong", "○": "open"}
TABLE = "marks.csv"


class Row(NamedTuple):
    """One exercise of one notebook.

    Attributes:
        notebook: The file, from the folder.
        mark: "right", "wrong", "open", "missing" (no cell with this check is left), or
            "stopped" (the answer took too long, or ended the process).
        says: What this course's check says of the answer.
        remark: "check changed" or "output differs", where the notebook is not what its
            answers make of it; else "".
    """

    notebook: str
    exercise: str
    mark: str
    says: str
    remark: str


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status, 0 when a table was written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="with the notebooks, at any depth")
    parser.add_argument("--only", nargs="+", help=argparse.SUPPRESS)  # in a child
    options = parser.parse_args(arguments)
    folder = Path(options.folder)
    if options.only:
        judge_notebook(folder, options.only)
        return 0
    paths = find_notebooks(options.folder)
    if not paths:
        print(
            f"There is no notebook in {options.folder!r}, expected the students' "
            ".ipynb files. Name their folder: make marks FOLDER=path.",
            file=sys.stderr,
        )
        return 1
    rows = []
    for path in paths:
        found = mark_notebook(path, folder)
        rows += found
        right = sum(row.mark == "right" for row in found)
        print(f"{name_in(path, folder)}: {right} of {len(found)} right")
        for row in found:
            if row.mark != "right" or row.remark:
                print("   ", *filter(None, (row.exercise, row.mark, row.remark)))
    print(f"Written: {write_table(folder / TABLE, rows)}")
    return 0


def find_notebooks(folder: str) -> list[Path]:
    """The notebooks that were handed in; none in a folder that was not named."""
    paths = sorted(Path(folder).rglob("*.ipynb")) if folder else []
    return [path for path in paths if ".ipynb_checkpoints" not in path.parts]


def name_in(path: Path, folder: Path) -> str:
    """A file as it is named in tables; what is no letter in UTF-8, as its number."""
    name = str(path.relative_to(folder)).encode(errors="backslashreplace")
    return name.decode()


def mark_notebook(path: Path, folder: Path, limit_s: float = LIMIT_S) -> list[Row]:
    """The rows of one notebook; it is judged in another process."""
    name = name_in(path, folder)
    try:
        notebook = nbformat.read(path, as_version=4)
        lesson = find_lesson_of(notebook)
    except Exception as error:  # whatever a file called .ipynb may hold
        return [Row(name, "", "missing", "", f"no lesson's notebook: {error}"[:200])]
    numbers = [number for slug, number in exercises() if slug == lesson.slug]
    there = [n for n in numbers if find_check(notebook, n) is not None]
    said = judge_apart(path, there, limit_s)
    return [mark_exercise(name, lesson, n, notebook, said) for n in numbers]


def mark_exercise(name, lesson, number, notebook, said: dict[str, str]) -> Row:
    """One row, from what the course's check said of each answer."""
    place = find_check(notebook, number)
    if place is None:
        return Row(name, number, "missing", "", "")
    says = said.get(number, "")
    mark = MARKS.get(says[:1], "stopped")
    cell = notebook.cells[place]
    remark = ""
    if cell.source.splitlines() != check_cell(lesson, number).source.splitlines():
        remark = "check changed"
    elif (shown := output_of(cell)) and says and shown != says:
        remark = "output differs"
    return Row(name, number, mark, says, remark)


def judge_apart(path: Path, numbers: list[str], limit_s: float) -> dict[str, str]:
    """What the checks say, by exercise; of an answer that stops its process, nothing.

    After such an answer another process goes on with the next exercise.
    """
    said: dict[str, str] = {}
    left = numbers
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"GAN_OUTPUT_DIR": folder}
        while left:
            command = [sys.executable, __file__, str(path.resolve()), "--only", *left]
            with (Path(folder) / "said").open("w+", errors="replace") as file:
                # What was judged before a time-out stands in the file.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    subprocess.run(
                        command,
                        stdout=file,
                        stderr=subprocess.DEVNULL,
                        stdin=subprocess.DEVNULL,
                        cwd=folder,
                        env=environment,
                        timeout=limit_s,
                        check=False,
                    )
                file.seek(0)
                found = dict(json.loads(line) for line in file if line.endswith("]\n"))
            said |= found
            left = [number for number in left if number not in found]
            left = left if found else left[1:]  # whoever was cut off may try alone
    return said


def judge_notebook(path: Path, numbers: list[str]) -> None:
    """Print a line of JSON for each of these exercises: its number, the verdict."""
    # An answer, and what it starts, may print: not among these lines.
    lines = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    notebook = nbformat.read(path, as_version=4)
    lesson = find_lesson_of(notebook)
    for number in numbers:
        try:
            printed = judge(lesson.slug, number, answer_in(notebook, number))
            verdict = rf"[✓✗○] Exercise {re.escape(number)}: "
            said = [line for line in printed if re.match(verdict, line)][-1]
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # any mistake in an answer ends up here
            said = f"✗ Exercise {number}: {type(error).__name__}: {error}"
        print(json.dumps([number, said]), file=lines, flush=True)


def find_lesson_of(notebook) -> Lesson:
    """The lesson whose title a notebook has; a LookupError without one."""
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    for lesson in all_lessons():
        if re.search(rf"^# {re.escape(lesson.heading)}\b", text, flags=re.M):
            return lesson
    raise LookupError("none of its headings is a lesson's title")


def find_check(notebook, number: str) -> int | None:
    """Where the cell stands that checks this exercise, None without one."""
    call = re.compile(rf"^checks\.check\(\s*[\"']{re.escape(number)}[\"']", flags=re.M)
    places = [
        place
        for place, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and call.search(cell.source)
    ]
    return places[-1] if places else None


def answer_in(notebook, number: str) -> str:
    """The code between an exercise's text, or else the last text, and its check."""
    place = find_check(notebook, number)
    before = notebook.cells[:place]
    texts = [i for i, cell in enumerate(before) if cell.cell_type == "markdown"]
    heads = [i for i in texts if f"**{number} " in before[i].source]
    first = (heads or texts or [0])[-1]
    code = [cell.source for cell in before[first:] if cell.cell_type == "code"]
    return "\n\n".join(map(without_magics, code))


def without_magics(source: str) -> str:
    """A cell as Python: lines such as `%matplotlib inline` and `!pip` do nothing."""
    try:
        ast.parse(source)
    except SyntaxError:
        return re.sub(r"^(\s*)[%!].*$", r"\1pass", source, flags=re.M)
    return source


def output_of(cell) -> str:
    """The line with a check's verdict that a cell shows, "" where it shows none."""
    text = "".join(output.get("text", "") for output in cell.get("outputs", []))
    lines = [line for line in text.splitlines() if line[:1] in MARKS]
    return lines[-1] if lines else ""


def write_table(path: Path, rows: list) -> Path:
    """Write named tuples of one kind as CSV, whole or not at all."""
    unfinished = path.with_suffix(".unfinished")
    options = {"encoding": "utf-8", "errors": "backslashreplace", "newline": ""}
    with unfinished.open("w", **options) as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(rows[0]._fields)
        table.writerows(rows)
    unfinished.replace(path)
    return path


if __name__ == "__main__":
    sys.exit(main())
