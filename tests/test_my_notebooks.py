"""A student's copy of the lessons: what an update does to it, and how it opens."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import my_notebooks
import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
LEARNER, SOLVED = "02_b.ipynb", "solutions/02_b.ipynb"


def write(path: Path, *sources: str, output: str = "") -> None:
    """A notebook with these code cells, the last of which has printed `output`."""
    cells = [
        nbformat.v4.new_code_cell(source, id=f"c{len(source)}") for source in sources
    ]
    cells[-1].outputs = [nbformat.v4.new_output("stream", text=output)]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


@pytest.fixture
def course(tmp_path) -> Path:
    """A course of two lessons, as the repository holds it."""
    for name in ("01_a.ipynb", LEARNER):
        write(tmp_path / "notebooks" / name, "open = 1")
        write(tmp_path / "notebooks/solutions" / name, "solved = 1")
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*.ipynb")
    }


def said(course: Path) -> str:
    return "\n".join(my_notebooks.copy_missing(course))


def test_the_copy_is_made_and_ignored_by_git(course):
    words = said(course)
    assert files(course / "my-notebooks") == files(course / "notebooks")
    assert "New" not in words and "newer" not in words
    asked = ["git", "check-ignore", "my-notebooks/02_b.ipynb"]
    assert subprocess.run(asked, cwd=ROOT, capture_output=True).returncode == 0


def test_an_update_touches_no_work_and_names_what_is_newer(course):
    said(course)
    work = course / "my-notebooks" / LEARNER
    write(work, "my answer")
    before = files(course / "my-notebooks")
    write(course / "notebooks" / LEARNER, "open = 2")  # the update
    write(course / "notebooks" / "03_c.ipynb", "a new lesson")
    words = said(course)
    after = files(course / "my-notebooks")
    assert after.pop("03_c.ipynb") == files(course / "notebooks")["03_c.ipynb"]
    assert after == before
    lines = words.splitlines()
    assert lines[1] == "New: 03."
    assert len(lines) == 3 and "newer version of: 02. " in lines[2]
    assert "make reset LESSON=02" in lines[2]
    assert "newer version of: 02. " in said(course)  # and again, until it is taken


def test_work_alone_is_not_taken_for_a_newer_version(course):
    said(course)
    write(course / "my-notebooks" / LEARNER, "my answer")
    assert "newer" not in said(course)


def test_other_outputs_are_no_newer_version(course):
    said(course)
    write(course / "notebooks" / LEARNER, "open = 1", output="0.123")
    assert "newer" not in said(course)


def test_a_deleted_notebook_comes_back(course):
    said(course)
    (course / "my-notebooks" / LEARNER).unlink()
    assert "New: 02." in said(course)
    assert files(course / "my-notebooks") == files(course / "notebooks")


def test_a_lost_record_costs_no_work(course):
    said(course)
    write(course / "my-notebooks" / LEARNER, "my answer")
    before = files(course / "my-notebooks")
    (course / "my-notebooks" / my_notebooks.RECORD).write_text("{damaged")
    assert "newer version of: 02." in said(course)  # it cannot know better
    assert files(course / "my-notebooks") == before


def test_reset_takes_the_new_version_and_keeps_the_old_beside_it(course, capsys):
    said(course)
    copy = course / "my-notebooks"
    write(copy / LEARNER, "my answer")
    work = (copy / LEARNER).read_bytes()
    write(course / "notebooks" / LEARNER, "open = 2")
    assert my_notebooks.main(["reset", "2"], root=course) == 0
    assert (copy / LEARNER).read_bytes() == files(course / "notebooks")[LEARNER]
    [kept] = copy.glob("02_b.*.ipynb")
    assert re.fullmatch(r"02_b\.\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.ipynb", kept.name)
    assert kept.read_bytes() == work
    assert f"Yours is now my-notebooks/{kept.name}." in capsys.readouterr().out
    assert "newer" not in said(course)
    assert not list((copy / "solutions").glob("02_b.*.ipynb"))  # nobody worked there


def test_reset_twice_in_a_second_loses_nothing(course, capsys, monkeypatch):
    said(course)
    monkeypatch.setattr(my_notebooks, "now", lambda: "2026-11-28_18-00-00")
    target = course / "my-notebooks" / LEARNER
    for answer, status in (("mine", 0), ("mine too", 1)):
        write(target, answer)
        assert my_notebooks.main(["reset", "02"], root=course) == status
    assert "mine too" in target.read_text()
    assert "Wait a second" in capsys.readouterr().err


@pytest.mark.parametrize("number", ["", "7", "two", "0"])
def test_reset_of_no_lesson_is_explained(course, capsys, number):
    assert my_notebooks.main(["reset", number], root=course) == 1
    assert "name one of 01, 02" in capsys.readouterr().err
    assert not (course / "my-notebooks").exists()


def test_links_and_pictures_work_in_the_copy(tmp_path):
    shutil.copytree(
        ROOT / "notebooks", tmp_path / "notebooks", ignore=lambda *_: ["source"]
    )
    said(tmp_path)
    targets = []
    for path in (tmp_path / "my-notebooks").rglob("*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            if cell["cell_type"] == "markdown":
                text = "".join(cell["source"])
                links = re.findall(
                    r"\]\(([^)#:\s]+\.\w+)(?:#\S*)?\)|src=\"([^\":]+)\"", text
                )
                targets += [path.parent / (a or b) for a, b in links]
    assert len(targets) > 40  # each notebook leads to its neighbours and its other half
    assert [str(target) for target in targets if not target.exists()] == []


@pytest.mark.parametrize("command", ["open", "originals"])
def test_what_is_meant_for_jupyterlab_reaches_it(course, monkeypatch, command):
    started = []
    monkeypatch.setattr(my_notebooks, "open_lab", lambda *given: started.append(given))
    options = ["--ip", "0.0.0.0", "--no-browser", "--port=8899"]
    assert my_notebooks.main([command, *options], root=course) == 0
    folder = "my-notebooks" if command == "open" else "notebooks"
    assert started == [(course / folder, 8899, options[:3])]
