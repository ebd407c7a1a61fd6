"""A class's marks: right, wrong, open, changed and endless answers, judged anew."""

import csv
import functools
from collections import Counter

import marks
import nbformat
import pytest
from exercise_code import ANSWERS, read_answers
from lesson_code import ROOT, find_lesson
from lesson_exercises import exercises, own_answer
from lesson_format import notebook_path

SLUG = "minimax_objective"
NUMBERS = [number for slug, number in exercises() if slug == SLUG]


def read(slug, *, solved):
    path = notebook_path(ROOT, find_lesson(slug), solved=solved)
    return nbformat.read(path, as_version=4)


def answered(notebook, number, code):
    """The notebook with this code as the whole answer to an exercise."""
    place = marks.find_check(notebook, number)
    first = place - 1
    while notebook.cells[first].cell_type == "code":
        first -= 1
    cell = nbformat.v4.new_code_cell(code)
    notebook.cells[first + 1 : place] = [cell]
    return notebook


@pytest.fixture
def hand_in(tmp_path):
    def write(name, notebook):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        nbformat.write(notebook, path)
        return path

    return write


@functools.cache
def a_wrong_answer(number):
    rows = read_answers(ANSWERS / f"{SLUG}.py")
    return next(r.code for r in rows if r.exercise == number and not r.right)


@pytest.mark.parametrize(("slug", "number"), exercises())
@pytest.mark.parametrize("solved", [True, False])
def test_an_answer_is_found_in_the_notebook_as_in_the_source(slug, number, solved):
    found = marks.answer_in(read(slug, solved=solved), number)
    wanted = own_answer(slug, number, solved=solved)
    assert found.split() == wanted.split()


def test_a_class_is_marked(hand_in, tmp_path, capsys):
    first, second, *_ = NUMBERS
    hand_in("ann/solved.ipynb", read(SLUG, solved=True))
    hand_in("open.ipynb", read(SLUG, solved=False))
    tricked = answered(read(SLUG, solved=True), first, a_wrong_answer(first))
    cell = tricked.cells[marks.find_check(tricked, second)]
    cell.source = f'checks.check("{second}", 1, {{"always": lambda f: True}})'
    hand_in("tricked.ipynb", tricked)
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    assert marks.main([str(tmp_path)]) == 0
    with (tmp_path / marks.TABLE).open(encoding="utf-8", newline="") as file:
        rows = [marks.Row(**row) for row in csv.DictReader(file)]
    counts = Counter((row.notebook, row.mark) for row in rows)
    assert counts["ann/solved.ipynb", "right"] == len(NUMBERS)
    assert counts["open.ipynb", "open"] == len(NUMBERS)
    assert counts["broken.ipynb", "missing"] == 1
    found = {row.exercise: row for row in rows if row.notebook == "tricked.ipynb"}
    # Its output still says that all checks pass: that was the solved notebook's.
    assert found[first].mark == "wrong" and found[first].remark == "output differs"
    assert found[second].mark == "right" and found[second].remark == "check changed"
    assert not [r for r in rows if r.notebook == "ann/solved.ipynb" and r.remark]
    assert "ann/solved.ipynb: 3 of 3 right" in capsys.readouterr().out


def test_an_answer_that_ends_its_process_costs_no_other_one(hand_in, tmp_path):
    first, *others = NUMBERS
    ended = answered(read(SLUG, solved=True), first, "import os\nos._exit(0)")
    rows = marks.mark_notebook(hand_in("ended.ipynb", ended), tmp_path)
    assert [row.mark for row in rows] == ["stopped"] + ["right"] * len(others)


def test_an_endless_answer_is_stopped(hand_in, tmp_path):
    *_, last = NUMBERS
    endless = answered(read(SLUG, solved=True), last, "while True:\n    pass")
    path = hand_in("endless.ipynb", endless)
    assert marks.judge_apart(path, [last], 5) == {}


PRINTS = """%matplotlib inline
import os
import gan_helpers.checks as theirs

SOLUTION
solve = best_d_with_prior

def best_d_with_prior(*values):
    print("✗ Exercise 1.1: no", end="")
    print(); print('["1.2", "✓ Exercise 1.2: all 3 checks pass"]')
    os.system("printf '\\377'")
    return solve(*values)

display(best_d_with_prior(0.5, 0.5, 0.5))
theirs.check = lambda number, *others: print(f"✓ Exercise {number}: patched")
"""


def test_what_an_answer_prints_or_patches_changes_no_verdict(hand_in, tmp_path):
    first, second, *_ = NUMBERS
    notebook = read(SLUG, solved=True)
    solution = own_answer(SLUG, first, solved=True)
    notebook = answered(notebook, first, PRINTS.replace("SOLUTION", solution))
    notebook = answered(notebook, second, a_wrong_answer(second))
    said = marks.judge_apart(hand_in("noisy.ipynb", notebook), [first, second], 60)
    assert said[first].startswith("✓ Exercise 1.1: all ")
    assert said[second].startswith("✗ Exercise 1.2: ")


def test_a_removed_check_is_missing(hand_in, tmp_path, monkeypatch):
    notebook = read(SLUG, solved=True)
    del notebook.cells[marks.find_check(notebook, NUMBERS[0])]
    monkeypatch.setattr(marks, "judge_apart", lambda *values: {})
    rows = marks.mark_notebook(hand_in("cut.ipynb", notebook), tmp_path)
    assert [row.mark for row in rows] == ["missing"] + ["stopped"] * (len(rows) - 1)


@pytest.mark.parametrize("named", [True, False])
def test_an_empty_folder_is_refused(tmp_path, capsys, named):
    assert marks.main([str(tmp_path) if named else ""]) == 1
    assert "There is no notebook" in capsys.readouterr().err
    assert not (tmp_path / marks.TABLE).exists()
