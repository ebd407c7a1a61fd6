"""The tool that seeds faults finds them, and says rightly which the tests catch."""

import csv
from pathlib import Path

import pytest
import seed_faults
import wrong_drawings

PACKAGE = Path(__file__).resolve().parents[1] / "gan_helpers"

PYTHON = '''\
"""Sums: 1 + 1."""


def area(width, height=2, *, deep=False):
    # 3 + 4 in a comment
    return [width, height] if deep else width * height
'''
SCRIPT = """\
// 1 + 1
const name = "2 + 2", more = (a) => a + 1; // and so on
"""


def changed(text, found):
    return {
        (text[:start] + after + text[start + len(before) :])
        for start, before, after in found
    }


def test_faults_of_python_are_single_and_parse():
    found = list(seed_faults.python_faults(PYTHON))
    assert {(before, after) for _, before, after in found} == {
        ("2", "3"),
        ("False", "True"),
        ("*", "/"),
        ("width, height", "height, width"),
    }
    assert all(PYTHON[start:].startswith(before) for start, before, _ in found)
    wanted = PYTHON.replace("width * height", "width / height")
    assert wanted in changed(PYTHON, found)


def test_faults_of_scripts_leave_comments_strings_and_arrows_alone():
    found = list(seed_faults.script_faults(SCRIPT))
    assert changed(SCRIPT, found) == {
        SCRIPT.replace("a + 1", "a - 1"),
        SCRIPT.replace("a + 1", "a + 2"),
    }


def test_a_fault_changes_something():
    [(_, before, after)] = seed_faults.python_faults("x = 0.0\n")
    assert (before, after) == ("0.0", "1.0")


def test_the_tests_of_a_module_look_for_its_faults():
    for path in [*PACKAGE.glob("*.py"), *PACKAGE.glob("lab/web/page/*.js")]:
        own = f"tests/test_{path.stem}.py"
        file = path.relative_to(PACKAGE.parent).as_posix()
        if (PACKAGE.parent / own).is_file():
            assert own in seed_faults.tests_of(PACKAGE.parent, file), file


@pytest.fixture
def course(tmp_path):
    for folder in ("gan_helpers", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "gan_helpers" / "__init__.py").touch()
    (tmp_path / "gan_helpers" / "checks.py").write_text(
        "def double(x, unused=5):\n    return 2 * x\n\n\n"
        "def first(table: dict[str, int]) -> str:\n    return next(iter(table))\n"
    )
    (tmp_path / "tests" / "test_checks.py").write_text(
        "from gan_helpers.checks import double\n\n\n"
        "def test_double():\n    assert double(3) == 6\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (tmp_path / "mypy.ini").write_text("[mypy]\npackages = gan_helpers\n")
    return tmp_path


def test_survivors_are_told_and_a_second_call_goes_on(course):
    table = course / "faults.csv"
    for count in (1, 4, 4):
        arguments = [str(count), "--table", str(table)]
        seed_faults.main(arguments, root=course)
        assert len(table.read_text().splitlines()) == count
    rows = {tuple(row) for row in csv.reader(table.read_text().splitlines())}
    file, test = "gan_helpers/checks.py", "tests/test_checks.py::test_double"
    assert rows == {
        (file, "1", "5", "6", ""),
        (file, "2", "2", "3", test),
        (file, "2", "*", "/", test),
        (file, "5", "str, int", "int, str", "mypy itself"),
    }
    assert "2 * x" in (course / "gan_helpers" / "checks.py").read_text()


def test_each_wrong_drawing_is_an_edit_of_the_file_as_it_is():
    root = PACKAGE.parent
    edits = list(wrong_drawings.read_edits(root))
    assert len(edits) == 16
    for _, fault in edits:
        assert seed_faults.tests_of(root, fault.file)
        assert fault.after != fault.before


def test_an_edit_of_what_is_no_longer_there_says_so(course):
    edit = 'name = "x"\nfile = "gan_helpers/checks.py"\nbefore = "3 * x"\nafter = "x"'
    (course / "tests" / "wrong_drawings.toml").write_text(f"[[edit]]\n{edit}\n")
    with pytest.raises(ValueError, match="stands 0 times in gan_helpers/checks.py"):
        list(wrong_drawings.read_edits(course))
