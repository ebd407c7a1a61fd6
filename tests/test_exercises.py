"""Each exercise against right and wrong answers: the table is in tests/answers."""

from collections import Counter

import pytest
from exercise_code import ANSWERS, read_answers
from lesson_exercises import exercises, judge, own_answer

EXERCISES = exercises()
TABLE = [
    answer for path in sorted(ANSWERS.glob("*.py")) for answer in read_answers(path)
]


@pytest.fixture(autouse=True)
def outputs(tmp_path, monkeypatch):
    """A check may write small files where a lesson does."""
    monkeypatch.setenv("GAN_OUTPUT_DIR", str(tmp_path))


def named(rows):
    return {"argvalues": rows, "ids": [" ".join(map(str, row)) for row in rows]}


def test_every_exercise_has_four_right_and_four_wrong_answers():
    rows = Counter((one.slug, one.exercise, one.right) for one in TABLE)
    few = {
        (slug, number, right): rows[slug, number, right]
        for slug, number in EXERCISES
        for right in (True, False)
        if rows[slug, number, right] < 4
    }
    assert few == {}
    assert {(slug, number) for slug, number, _ in rows} == set(EXERCISES)


@pytest.mark.parametrize("answer", TABLE, ids=str)
def test_the_table_is_judged_rightly(answer):
    first, *rest = judge(answer.slug, answer.exercise, answer.code)
    assert first.startswith("✓" if answer.right else "✗")
    if answer.right:
        assert rest == []
    else:  # a hint, or the error that the answer raised
        assert rest or "raised" in first
        assert answer.hint in "\n".join([first, *rest])


@pytest.mark.parametrize(("slug", "exercise"), **named(EXERCISES))
def test_the_stub_is_open_and_the_solution_is_right(slug, exercise):
    [stub] = judge(slug, exercise, own_answer(slug, exercise, solved=False))
    assert stub == f"○ Exercise {exercise}: not attempted yet"
    [solved] = judge(slug, exercise, own_answer(slug, exercise, solved=True))
    assert solved.startswith(f"✓ Exercise {exercise}: all ")
