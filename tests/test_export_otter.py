"""A lesson for otter-grader: its form, its points, and what the student gets of it.

otter-grader itself is not installed here: it brings eleven more packages, pandas among
them, and runs a whole lesson for a verdict. What it made of these notebooks stands in
docs/teaching/assessment.md.
"""

import ast
import contextlib
import io

import export_otter
import nbformat
import pytest
import yaml
from lesson_code import all_lessons, find_lesson
from lesson_exercises import check_cell, exercises
from lesson_source import LessonError, version_cells

LESSONS = [lesson.slug for lesson in all_lessons()]
MASTERS = {slug: export_otter.make_master(find_lesson(slug)) for slug in LESSONS}


def numbers_of(slug):
    return [number for other, number in exercises() if other == slug]


def in_blocks(master):
    """(the open blocks, the cell) of each cell but the raw ones, which mark blocks."""
    inside: list[str] = []
    for cell in master.cells:
        if cell.cell_type != "raw":
            yield tuple(inside), cell
            continue
        _, word, block, *_ = cell.source.split()
        if word == "BEGIN":
            inside.append(block)
        elif word == "END":
            assert inside.pop() == block
    assert inside == []


def given_out(source):
    """A solution cell as Otter documents it: prompts stay, what is solved goes."""
    lines, solved = [], False
    for line in source.splitlines():
        mark = line.strip().strip('"').strip()
        if mark.startswith("# BEGIN SOLUTION"):
            solved = True
            if not mark.endswith("NO PROMPT"):
                lines.append(line.split("#")[0] + "...")
        elif mark == "# END SOLUTION":
            solved = False
        elif not solved and mark not in ("# BEGIN PROMPT", "# END PROMPT"):
            lines.append(line)
    return "\n".join(lines)


@pytest.mark.parametrize("slug", LESSONS)
def test_the_student_gets_the_open_lesson(slug):
    given = []
    for inside, cell in in_blocks(MASTERS[slug]):
        if inside == ("QUESTION", "SOLUTION"):
            assert "# END SOLUTION" in cell.source
            given.append(given_out(cell.source))
        elif inside in ((), ("QUESTION",)):
            assert "SOLUTION" not in cell.source
            given.append(cell.source)
    lesson = find_lesson(slug)
    heading, helpers, *own = given
    assert heading == f"# {lesson.heading}" and "gan_helpers" in helpers
    assert own == [cell.source for cell in version_cells(lesson, solved=False)]


@pytest.mark.parametrize("slug", LESSONS)
def test_each_exercise_is_a_question_of_one_point(slug):
    master = MASTERS[slug]
    nbformat.validate(master)
    raw = [cell.source for cell in master.cells if cell.cell_type == "raw"]
    config = yaml.safe_load(raw[0])
    assert raw[0].startswith("# ASSIGNMENT CONFIG\n") and config["init_cell"] is False
    questions = [yaml.safe_load(one) for one in raw if "BEGIN QUESTION" in one]
    names = [f"exercise_{number.replace('.', '_')}" for number in numbers_of(slug)]
    assert [one["name"] for one in questions] == names
    assert [one["points"] for one in questions] == [1] * len(names)


@pytest.mark.parametrize("slug", LESSONS)
def test_each_test_is_the_courses_check(slug):
    tests = [cell for inside, cell in in_blocks(MASTERS[slug]) if "TESTS" in inside]
    assert len(tests) == len(numbers_of(slug))
    for number, cell in zip(numbers_of(slug), tests, strict=True):
        check = ast.parse(check_cell(find_lesson(slug), number).source)
        [block] = [n for n in ast.parse(cell.source).body if isinstance(n, ast.With)]
        assert ast.dump(ast.Module(block.body, [])) == ast.dump(check)
        [output] = cell.outputs
        assert output.text.startswith(f"✓ Exercise {number}: all ")
        assert output.text.endswith(" checks pass\n")


CHECK = 'checks.check("1.1", double, {"2 x": lambda f: f(2) == 4})'
RIGHT = "def double(x):\n    return 2 * x"
PASSED = "✓ Exercise 1.1: all 1 checks pass\n"


@pytest.mark.parametrize(
    ("answer", "passes"),
    [
        (RIGHT, True),
        (RIGHT.replace("    ", "    print('✗ no', x)\n    "), True),
        (RIGHT + "\nchecks = None", True),
        (RIGHT.replace("2 *", "3 *"), False),
        (RIGHT.replace("2 * x", "..."), False),
        ("double = None", False),
    ],
)
def test_the_verdict_is_what_a_test_prints(answer, passes):
    scope: dict = {}
    exec(answer, scope)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(export_otter._test(CHECK), scope)
    assert (printed.getvalue() == PASSED) == passes
    assert printed.getvalue().count("\n") == 1


def test_a_solved_notebook_that_is_old_is_refused():
    notebook = nbformat.v4.new_notebook()
    with pytest.raises(LessonError, match="make lessons ARGS=01"):
        export_otter._end_question(check_cell(find_lesson(LESSONS[1]), "1.1"), notebook)


def test_the_notebook_is_written_where_it_is_said(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(export_otter, "BUILD", tmp_path / "otter")
    assert export_otter.main(["1"]) == 0
    [path] = (tmp_path / "otter").iterdir()
    assert path.name in capsys.readouterr().out
    written = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    assert written == [cell.source for cell in MASTERS[LESSONS[1]].cells]


@pytest.mark.parametrize("lesson", ["", "77"])
def test_an_unknown_lesson_is_refused(lesson, capsys):
    assert export_otter.main([lesson]) == 1
    assert f"no lesson {lesson!r}" in capsys.readouterr().err
