"""A class's marks: every exercise in a folder of students' notebooks, judged anew.

    make marks FOLDER=handed-in          # writes handed-in/marks.csv, and prints it

Of a student's notebook only the answers count: each is run against this course's own
check, in another process, with a limit of time. So a check that was changed, or an
output that was typed in, earns nothing; both are told. The answers are run: use a
machine on which a stranger's code may do no harm.
"""

import argparse
import contextlib
import csv
import io
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

LIMIT_S = 120  # for the answers of one notebook
MARKS = {"✓": "right", "✗": "wrong", "○": "open"}
TABLE = "marks.csv"


class Row(NamedTuple):
    """One exercise of one notebook.

    Attributes:
        notebook: The file, from the folder.
        mark: "right", "wrong", "open", "missing" (no cell with this check is left), or
            "stopped" (the answers took too long, or ended the process).
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
    parser.add_argument("folder", type=Path, help="with the notebooks, at any depth")
    parser.add_argument("--limit", type=float, default=LIMIT_S, help="seconds each")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        judge_notebook(options.folder)
        return 0
    paths = sorted(
        path
        for path in options.folder.rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    )
    if not paths:
        print(
            f"There is no notebook in {options.folder}, expected the students' .ipynb "
            "files. Name their folder: make marks FOLDER=path.",
            file=sys.stderr,
        )
        return 1
    rows = []
    for path in paths:
        found = mark_notebook(path, options.folder, options.limit)
        rows += found
        right = sum(row.mark == "right" for row in found)
        print(f"{path.relative_to(options.folder)}: {right} of {len(found)} right")
        for row in found:
            if row.mark != "right" or row.remark:
                print("   ", *filter(None, (row.exercise, row.mark, row.remark)))
    print(f"Written: {write_table(options.folder / TABLE, rows)}")
    return 0


def mark_notebook(path: Path, folder: Path, limit_s: float = LIMIT_S) -> list[Row]:
    """The rows of one notebook; it is judged in another process."""
    name = str(path.relative_to(folder))
    try:
        notebook = nbformat.read(path, as_version=4)
        lesson = find_lesson_of(notebook)
    except Exception as error:  # whatever a file called .ipynb may hold
        return [Row(name, "", "missing", "", f"no lesson's notebook: {error}"[:200])]
    said = judge_apart(path, limit_s)
    return [
        mark_exercise(name, lesson, number, notebook, said)
        for slug, number in exercises()
        if slug == lesson.slug
    ]


def mark_exercise(name, lesson, number, notebook, said: dict[str, str]) -> Row:
    """One row, from what the course's check said of each answer."""
    place = find_check(notebook, number)
    if place is None:
        return Row(name, number, "missing", "", "")
    says = said.get(number, "")
    mark = MARKS.get(says[:1], "stopped")
    cell = notebook.cells[place]
    remark = ""
    if cell.source.strip() != check_cell(lesson, number).source.strip():
        remark = "check changed"
    elif (shown := output_of(cell)) and says and shown != says:
        remark = "output differs"
    return Row(name, number, mark, says, remark)


def judge_apart(path: Path, limit_s: float) -> dict[str, str]:
    """What the checks say, by exercise, of those that were reached in time."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"GAN_OUTPUT_DIR": folder}
        command = [sys.executable, __file__, "--one", str(path.resolve())]
        with (Path(folder) / "said").open("w+", encoding="utf-8") as file:
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
            lines = [line for line in file if line.startswith('["')]
    return dict(json.loads(line) for line in lines if line.endswith("]\n"))


def judge_notebook(path: Path) -> None:
    """Print a line of JSON for each exercise of a notebook: its number, the verdict."""
    notebook = nbformat.read(path, as_version=4)
    lesson = find_lesson_of(notebook)
    for slug, number in exercises():
        if slug != lesson.slug or find_check(notebook, number) is None:
            continue
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # an answer may print, too
                said = judge(slug, number, answer_in(notebook, number))[0]
        except Exception as error:  # any mistake in a student's answer ends up here
            said = f"✗ Exercise {number}: {type(error).__name__}: {error}"
        print(f"\n{json.dumps([number, said])}", flush=True)


def find_lesson_of(notebook) -> Lesson:
    """The lesson whose title a notebook has; a LookupError without one."""
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    for lesson in all_lessons():
        if re.search(rf"^# {re.escape(lesson.heading)}\b", text, flags=re.M):
            return lesson
    raise LookupError("none of its headings is a lesson's title")


def find_check(notebook, number: str) -> int | None:
    """Where the cell stands that checks this exercise, None without one."""
    call = re.compile(rf"\bchecks\.check\(\s*[\"']{re.escape(number)}[\"']")
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and call.search(cell.source):
            return place
    return None


def answer_in(notebook, number: str) -> str:
    """The code between an exercise's text, or else the last text, and its check."""
    place = find_check(notebook, number)
    before = notebook.cells[:place]
    texts = [i for i, cell in enumerate(before) if cell.cell_type == "markdown"]
    heads = [i for i in texts if f"**{number} " in before[i].source]
    first = (heads or texts or [0])[-1]
    code = [cell.source for cell in before[first:] if cell.cell_type == "code"]
    return "\n\n".join(code)


def output_of(cell) -> str:
    """The line with a check's verdict that a cell shows, "" where it shows none."""
    text = "".join(output.get("text", "") for output in cell.get("outputs", []))
    lines = [line for line in text.splitlines() if line[:1] in MARKS]
    return lines[-1] if lines else ""


def write_table(path: Path, rows: list[Row]) -> Path:
    """Write the rows as CSV, whole or not at all."""
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(Row._fields)
        table.writerows(rows)
    unfinished.replace(path)
    return path


if __name__ == "__main__":
    sys.exit(main())
