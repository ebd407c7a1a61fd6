"""A notebook by itself, where nobody installed the course and no network answers."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from bare_python import errors, make_python, printed, run
from lesson_course import Course, install_code, read_course

ROOT = Path(__file__).resolve().parents[1]
COURSE = read_course(ROOT)
HOSTED = Course("1.2.3", "https://github.com/an-owner/a-repo")
AFTER = 'print("went on")'
# In the place of pip: writes down what it is asked for, and installs nothing.
FAKE_PIP = "import sys\nopen('asked.txt', 'a').write(' '.join(sys.argv[1:]))\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The helpers of the course as they are now, built."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return folder / COURSE.wheel


@pytest.fixture
def python(tmp_path) -> Path:
    return make_python(tmp_path)


@pytest.fixture
def folder(tmp_path) -> Path:
    """Where the notebook lies, alone. People put blanks into such names."""
    place = tmp_path / "my course"
    place.mkdir()
    return place


def test_a_wheel_beside_the_notebook_is_enough(python, folder, wheel):
    (folder / wheel.name).symlink_to(wheel)
    bundled = "from gan_helpers import data\nprint(data.load_flags().images.shape)"
    place = "print(data.__file__)"
    cells = run(python, folder, install_code(COURSE), bundled, place)
    assert errors(cells) == []
    assert int(re.findall(r"\d+", printed(cells[1]))[0]) > 200  # of the bundled flags
    assert Path(printed(cells[2]).strip()).is_relative_to(python.parents[1])


@pytest.mark.parametrize("place", ["..", "named"])
def test_the_wheel_may_lie_above_or_in_a_named_folder(python, folder, wheel, place):
    shelf = folder / place
    shelf.mkdir(exist_ok=True)
    (shelf / wheel.name).symlink_to(wheel)
    named = {"GAN_COURSE_DIR": str(shelf)} if place == "named" else {}
    cells = run(python, folder, install_code(COURSE), AFTER, **named)
    assert (errors(cells), printed(cells[1])) == ([], "went on\n")


@pytest.mark.parametrize("damaged", [False, True])
def test_without_helpers_two_sentences_say_what_to_do(python, folder, damaged):
    if damaged:  # as half a download is
        (folder / COURSE.wheel).write_text("PK")
    cells = run(python, folder, install_code(COURSE), AFTER)
    [shown] = errors(cells)
    assert shown == (
        "The helpers of the course were not found, or could not be installed. Put "
        f"{COURSE.wheel} beside this notebook and run this cell again."
    )
    assert cells[1].execution_count is None  # the notebook stopped
    assert ("ERROR" in printed(cells[0])) == damaged  # pip's reason stands above


@pytest.mark.parametrize(
    ("course", "wheels", "asked"),
    [
        (HOSTED, [], f"{HOSTED.repository}/archive/refs/tags/v1.2.3.zip"),
        (HOSTED, [HOSTED.wheel], f"./{HOSTED.wheel}"),
        (HOSTED, ["gan_course-1.2.2-py3-none-any.whl"], "/tags/v1.2.3.zip"),
        (COURSE, [], ""),
    ],
    ids=["online", "wheel first", "wheel of another release", "no address"],
)
def test_what_is_asked_of_pip(python, folder, course, wheels, asked):
    [site] = python.parents[1].glob("lib/python*/site-packages")
    (site / "pip").mkdir()
    (site / "pip" / "__init__.py").touch()
    (site / "pip" / "__main__.py").write_text(FAKE_PIP)
    for name in wheels:
        (folder / name).touch()
    run(python, folder, install_code(course))
    log = folder / "asked.txt"
    words = log.read_text() if log.exists() else ""
    assert words.endswith(asked) and bool(words) == bool(asked)


def test_installed_helpers_are_taken_and_made_ready(python, folder):
    [site] = python.parents[1].glob("lib/python*/site-packages")
    (site / "gan_helpers").mkdir()
    (site / "gan_helpers" / "__init__.py").touch()
    (site / "gan_helpers" / "environment.py").write_text(
        "def prepare():\n    print('ready')\n"
    )
    (folder / HOSTED.wheel).touch()  # pip would fail on it
    cells = run(python, folder, install_code(HOSTED))
    assert (errors(cells), printed(cells[0])) == ([], "ready\n")


@pytest.mark.parametrize("course", [COURSE, HOSTED])
def test_the_first_cell_can_be_read(course):
    lines = install_code(course).splitlines()
    assert len(lines) <= 20 and max(map(len, lines)) <= 88
    assert lines[-2:] == [
        "from gan_helpers import environment",
        "environment.prepare()",
    ]
