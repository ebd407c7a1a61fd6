"""What a student reads under an exercise."""

import pytest

from gan_helpers import checks

TESTS = {
    "a list": lambda answer: isinstance(answer, list),
    "three long": lambda answer: len(answer) == 3,
}


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (None, "○ Exercise 2.1: not attempted yet"),
        (..., "○ Exercise 2.1: not attempted yet"),
        ([1, 2, 3], "✓ Exercise 2.1: all 2 checks pass"),
        ([1], "✗ Exercise 2.1: check 2 of 2 fails. Expected: three long"),
        ((1, 2, 3), "✗ Exercise 2.1: check 1 of 2 fails. Expected: a list"),
    ],
)
def test_check_says_what_holds(answer, line, capsys):
    checks.check("2.1", answer, TESTS)
    assert capsys.readouterr().out == line + "\n"


def test_check_reports_an_error_instead_of_raising_it(capsys):
    checks.check("1.2", 5, {"three long": lambda answer: len(answer) == 3})
    line = capsys.readouterr().out
    assert line.startswith("✗ Exercise 1.2: check 1 of 1, 'three long', raised TypeErr")
