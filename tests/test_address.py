"""The course's address stands in one place; without one, nothing points anywhere."""

import re
import shutil
from pathlib import Path

import pytest
from lesson_course import read_course
from lesson_format import all_cells
from lesson_source import LessonError, read_lessons

import notebooks

ROOT = Path(__file__).resolve().parents[1]
ADDRESS = "https://github.com/an-owner/a-repo"
README = (
    "# A course\n\n<!-- badge -->\nold words\n<!-- end of badge -->\n\n## Lessons\n"
)


def project(address: str | None) -> str:
    urls = f'[project.urls]\nRepository = "{address}"\n' if address else ""
    return f'[project]\nversion = "1.2.3"\n{urls}'


@pytest.fixture
def course(tmp_path):
    """The sources of the lessons with a README, to be changed; no notebooks."""
    shutil.copytree(ROOT / "notebooks/source", tmp_path / "notebooks/source")
    shutil.copytree(ROOT / "gan_helpers/taught", tmp_path / "gan_helpers/taught")
    (tmp_path / "README.md").write_text(README)
    return tmp_path


def generated(root: Path) -> str:
    """Title and first code cell of every notebook, one below the other."""
    lessons, course = read_lessons(root), read_course(root)
    return "\n".join(
        cell.source
        for lesson in lessons
        for solved in (False, True)
        for cell in all_cells(lesson, lessons, course, solved=solved)[:2]
    )


def test_without_an_address_nothing_points_anywhere(course):
    (course / "pyproject.toml").write_text(project(None))
    text = generated(course)
    assert "01 · The minimax objective" in text
    assert not re.search(r"://|olab|badge|REPO|TAG", text)


def test_an_address_reaches_badges_and_install_lines(course):
    (course / "pyproject.toml").write_text(project(ADDRESS))
    text = generated(course)
    notebooks_ = 2 * len(read_lessons(course))
    place = "colab.research.google.com/github/an-owner/a-repo/blob/v1.2.3/notebooks/"
    assert text.count(f"({'https://'}{place}") == notebooks_
    assert f"{place}solutions/01_minimax_objective.ipynb)" in text
    archive = f'    sources.append("{ADDRESS}/archive/refs/tags/v1.2.3.zip")\n'
    assert text.count(archive) == notebooks_


@pytest.mark.parametrize("address", [None, ADDRESS, f"{ADDRESS}/"])
def test_the_readme_speaks_of_badges_where_there_are_any(course, capsys, address):
    (course / "pyproject.toml").write_text(project(address))
    assert notebooks.main(["check", "01"], root=course) == 1
    assert "README.md: its words about badges differ" in capsys.readouterr().out
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notebooks, "execute", lambda *args, **more: ("", ["no", "no"]))
        notebooks.main(["build", "01"], root=course)
    text = (course / "README.md").read_text()
    assert text.startswith("# A course\n") and text.endswith("\n## Lessons\n")
    assert ("**Open in Colab**" in text) == bool(address)
    assert "old words" not in text
    capsys.readouterr()
    notebooks.main(["check", "01"], root=course)
    assert "README" not in capsys.readouterr().out


def test_a_readme_without_the_place_is_explained(course, capsys):
    (course / "pyproject.toml").write_text(project(ADDRESS))
    (course / "README.md").write_text("# A course\n")
    assert notebooks.main(["check", "01"], root=course) == 1
    assert "Write: <!-- badge --><!-- end of badge -->" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no version under"),
        (project("https://example.org/x"), "'https://example.org/x', expected"),
    ],
)
def test_a_useless_pyproject_is_explained(tmp_path, text, message):
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(LessonError, match=message):
        read_course(tmp_path)


def test_the_course_points_to_its_address_or_nowhere():
    course = read_course(ROOT)
    text = (ROOT / "README.md").read_text() + generated(ROOT)
    assert ("github.com" in text) == bool(course.repository)
    assert ("**Open in Colab**" in text) == bool(course.repository)
