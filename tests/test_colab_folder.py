"""The folder for Colab: all that is needed lies in it, at Colab's versions too."""

import shutil
import zipfile
from pathlib import Path

import colab_folder
import nbformat
import pytest
from bare_python import errors, make_python, printed, run
from lesson_course import read_course
from lesson_format import all_cells, render
from lesson_source import read_lessons

ROOT = Path(__file__).resolve().parents[1]
COURSE = read_course(ROOT)
# In the place of Colab's own module: a Drive that opens where it is asked to.
FAKE_COLAB = """
import pathlib, sys, types
def mount(path):
    (pathlib.Path(path) / "MyDrive").symlink_to(pathlib.Path(path).parent / "a drive")
drive = types.SimpleNamespace(mount=mount)
sys.modules["google.colab"] = types.SimpleNamespace(drive=drive)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """build/colab of the present sources, whose notebooks nobody has executed."""
    root = tmp_path_factory.mktemp("course")
    for name in ("gan_helpers", "data"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, root)
    (root / "notebooks" / "solutions").mkdir(parents=True)
    lessons = read_lessons(ROOT)
    for lesson in lessons:
        for solved, folder in ((False, ""), (True, "solutions")):
            notebook = render(all_cells(lesson, lessons, COURSE, solved=solved), {})
            path = root / "notebooks" / folder / f"{lesson.name}.ipynb"
            nbformat.write(notebook, path)
    (root / "build/colab").mkdir(parents=True)
    (root / "build/colab/gan_course-0.0.1-py3-none-any.whl").touch()  # of an old run
    assert colab_folder.main(root=root) == 0
    return root / "build" / "colab"


def sources(path: Path, count: int) -> list[str]:
    """The first code cells of a notebook."""
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"][:count]


def test_the_folder_has_wheel_notebooks_and_page(built):
    names = {path.relative_to(built).as_posix() for path in built.rglob("*.*")}
    lessons = [f"{lesson.name}.ipynb" for lesson in read_lessons(ROOT)]
    solved = [f"solutions/{name}" for name in lessons]
    assert names == {COURSE.wheel, "how_to_open.html", *lessons, *solved}
    with zipfile.ZipFile(built / COURSE.wheel) as wheel:
        inside = set(wheel.namelist())
    data = {f"gan_helpers/bundled/{path.name}" for path in (ROOT / "data").glob("*")}
    assert data - {"gan_helpers/bundled/README.md"} <= inside


def test_notebooks_differ_from_the_course_by_the_cell_that_opens_the_drive(built):
    for path in built.rglob("*.ipynb"):
        original = built.parents[1] / "notebooks" / path.relative_to(built)
        cells = nbformat.read(path, as_version=4).cells
        nbformat.validate(nbformat.read(path, as_version=4))
        assert cells[1].source == colab_folder.DRIVE.strip()
        assert cells[:1] + cells[2:] == nbformat.read(original, as_version=4).cells


def test_a_lone_notebook_and_the_wheel_run_the_first_cells(built, tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    for name in (COURSE.wheel, "00_start_here.ipynb"):
        shutil.copy(built / name, folder)
    first = sources(folder / "00_start_here.ipynb", 6)
    assert "check_versions" in first[2] and "import tensorflow" in first[3]
    python = make_python(tmp_path)
    cells = run(python, folder, *first, GAN_BUDGET="fast")
    assert errors(cells) == []
    versions = printed(cells[2])
    assert "missing" not in versions and "does not fit" not in versions
    assert "budget: fast" in printed(cells[4])


def test_on_colab_the_helpers_come_from_the_drive(built, tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "a drive").mkdir()
    (tmp_path / "a drive" / "colab").symlink_to(built)
    python = make_python(tmp_path)
    [site] = python.parents[1].glob("lib/python*/site-packages")
    (site / "sitecustomize.py").write_text(FAKE_COLAB)
    first = sources(built / "00_start_here.ipynb", 2)
    assert first[0].count("/content/drive") == 2
    first[0] = first[0].replace("/content/drive", str(tmp_path / "content"))
    cells = run(python, tmp_path, *first, "import gan_helpers")
    assert errors(cells) == []


def test_the_page_names_what_is_there(built):
    page = (built / "how_to_open.html").read_text(encoding="utf-8")
    assert "00_start_here.ipynb" in page and "<code>solutions</code>" in page
    assert "/MyDrive/colab/" in page and "/MyDrive/colab" in colab_folder.DRIVE


def test_a_wheel_that_cannot_be_built_is_explained(tmp_path, capsys):
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    assert colab_folder.main(root=tmp_path) == 1
    assert "The wheel could not be built" in capsys.readouterr().err
