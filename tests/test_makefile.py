"""`make` as a newcomer meets it; nothing here leaves this machine."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from serving import free_port, names_served, open_directly, options, serving

ROOT = Path(__file__).resolve().parents[1]
STAMPS = (".created", ".installed", ".tools")
PYTHONS = ["python3", "python3.13", "python3.12", "python3.11", "python"]


def clean_environment(**more):
    """This environment without what a `make` that runs the tests passes down."""
    dropped = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "PYTHON"}
    return {k: v for k, v in os.environ.items() if k not in dropped} | more


def make(*arguments, folder=ROOT, **environment):
    return subprocess.run(
        ["make", *map(str, arguments)],
        cwd=folder,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        timeout=60,
    )


def write_program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def project(tmp_path):
    """A folder with what `make` reads; the environment's Python notes its calls."""
    for path in (ROOT / "Makefile", ROOT / "pyproject.toml", *ROOT.glob("*.lock")):
        shutil.copy(path, tmp_path)
    write_program(tmp_path / "env/bin/python", 'echo "$*" >> calls.txt')
    (tmp_path / "env/.created").touch()
    return tmp_path


def mark_installed(project):
    for stamp in STAMPS:
        (project / "env" / stamp).touch()


def calls(project):
    log = project / "calls.txt"
    return log.read_text().splitlines() if log.exists() else []


def make_with_pythons(project, **programs):
    """`make` a new environment where every Python is a fake; the rest answer 127."""
    for name in PYTHONS:
        text = programs.get(name.replace(".", "_"), "exit 127")
        write_program(project / "fake" / name, text)
    path = f"{project / 'fake'}{os.pathsep}{os.environ['PATH']}"
    return make("VENV=new", "new/.installed", folder=project, PATH=path)


def reports(version, *, fits):
    """A fake Python of this version, able to do nothing else."""
    return f"""case "$2" in
    *version_info*) exit {0 if fits else 1} ;;
    *ensurepip*) exit 1 ;;
esac
echo Python {version}"""


def test_help_is_the_default_and_lists_every_target():
    shown = make()
    text = (ROOT / "Makefile").read_text()
    targets = set(" ".join(re.findall(r"^\.PHONY: (.*)", text, re.MULTILINE)).split())
    assert (
        set(re.findall(r"^make ([a-z-]+) +\w", shown.stdout, re.MULTILINE)) == targets
    )
    assert make("help").stdout == shown.stdout


@pytest.mark.parametrize("version", ["3.10.13", "3.14.0"])
def test_python_too_old_or_too_new(project, version):
    run = make_with_pythons(project, python3=reports(version, fits=False))
    said = run.stderr.splitlines()
    assert run.returncode != 0
    assert said[0] == (
        f"The course needs Python 3.11, 3.12 or 3.13; python3 is Python {version}."
    )
    assert "PYTHON=" in said[1]


def test_no_python(project):
    run = make_with_pythons(project)
    assert run.returncode != 0
    assert "python3 is not installed." in run.stderr


def test_python_without_venv(project):
    run = make_with_pythons(project, python3=reports("3.11.2", fits=True))
    said = run.stderr.splitlines()
    assert run.returncode != 0
    assert said[0].startswith("python3 cannot make a virtual environment")
    assert "apt install python3-venv" in said[1]


def test_first_python_that_fits_makes_the_environment(project):
    run = make_with_pythons(
        project,
        python3=reports("3.10.13", fits=False),
        python3_13="exit 127",
        python3_12='echo "3.12: $1 $2 $3" >> calls.txt; test "$2" != venv',
        python3_11='echo "3.11" >> calls.txt',
    )
    assert run.returncode != 0
    assert calls(project)[-1] == "3.12: -m venv new"
    assert "3.11" not in calls(project)
    assert not (project / "new/.created").exists()


def test_installs_once_and_again_when_the_lock_or_the_package_changes(project):
    build = ["VENV=env", "env/.installed"]
    assert make(*build, folder=project).returncode == 0
    assert "--require-hashes" in calls(project)[0]  # nothing but what is locked
    assert len(calls(project)) == 2
    make(*build, folder=project)
    assert len(calls(project)) == 2
    later = time.time() + 5
    for count, name in ((4, "requirements.lock"), (6, "pyproject.toml")):
        os.utime(project / name, (later, later))
        make(*build, folder=project)
        assert len(calls(project)) == count
        os.utime(project / name, (0, 0))


def installed_locks(project):
    """The locks that pip was given, in order."""
    return re.findall(r"-r (\S+)", "\n".join(calls(project)))


def test_the_lessons_are_installed_without_the_tools_of_the_tests(project):
    assert make("VENV=env", "lab", folder=project).returncode == 0
    assert installed_locks(project) == ["requirements.lock"]
    assert make("VENV=env", "lessons", folder=project).returncode == 0
    assert installed_locks(project) == ["requirements.lock", "requirements-dev.lock"]
    assert all("--require-hashes" in one for one in calls(project) if ".lock" in one)
    make("VENV=env", "lab", folder=project)
    make("VENV=env", "check", folder=project)
    assert len(installed_locks(project)) == 2


@pytest.mark.parametrize("older", [False, True], ids=["finished", "before an update"])
def test_an_environment_of_the_one_lock_goes_on(project, older):
    """Its stamp said that all of requirements.lock was there, tests' tools included."""
    (project / "env/.installed").touch()
    if older:
        os.utime(project / "env/.installed", (1, 1))
    assert make("VENV=env", "lab", folder=project).returncode == 0
    lessons = ["requirements.lock"] if older else []
    assert installed_locks(project) == lessons
    assert make("VENV=env", "test-package", folder=project).returncode == 0
    assert installed_locks(project) == [*lessons, "requirements-dev.lock"]


def test_interrupted_install_is_not_done(project):
    write_program(
        project / "env/bin/python",
        'echo "$*" >> calls.txt; case "$*" in *--editable*) exit 1 ;; esac',
    )
    for count in (2, 4):
        assert make("VENV=env", "lab", folder=project).returncode != 0
        assert len(calls(project)) == count
    assert not (project / "env/.installed").exists()


APT = 'echo "apt-get $*" >> calls.txt'


def make_browser(project, *, user="0", named="", **programs):
    """`make browser` where `programs` are all that is on the PATH."""
    mark_installed(project)
    for name, text in {"id": f"echo {user}", **programs}.items():
        write_program(project / "bin" / name.replace("_", "-"), text)
    environment = clean_environment(PATH=str(project / "bin"), CHROMIUM=str(named))
    return subprocess.run(
        [shutil.which("make"), "VENV=env", "browser"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("name", ["chromium", "chromium_browser", "google_chrome"])
def test_a_browser_that_is_there_is_taken(project, name):
    run = make_browser(project, apt_get=APT, **{name: ""})
    assert (run.returncode, calls(project)) == (0, [])


def test_a_named_browser_is_taken(project):
    write_program(project / "own/browser", "")
    run = make_browser(project, apt_get=APT, named=project / "own/browser")
    assert (run.returncode, calls(project)) == (0, [])


def test_root_installs_the_browser_with_apt(project):
    assert make_browser(project, apt_get=APT).returncode == 0
    assert [call.split()[0] for call in calls(project)] == ["apt-get", "apt-get"]


@pytest.mark.parametrize(
    "machine",
    [{"apt_get": APT, "user": "1000"}, {}, {"apt_get": "exit 100"}],
    ids=["not root", "no apt", "apt without chromium"],
)
def test_elsewhere_playwright_installs_the_browser(project, machine):
    assert make_browser(project, **machine).returncode == 0
    [call] = calls(project)
    assert "playwright install" in call


def test_no_browser_and_no_way_to_install_one(project):
    write_program(project / "env/bin/python", "exit 1")
    run = make_browser(project)
    assert run.returncode != 0
    assert "CHROMIUM=" in run.stderr


def given_files(project, *arguments, **environment):
    """The test files that `make` gives to pytest, of these six; "tests" is all."""
    write_program(project / "env/bin/python", 'echo "$PYTHONPATH $*" >> calls.txt')
    write_program(project / "bin/chromium", "")
    mark_installed(project)
    pages = "lab_drawings", "lab_numbers"
    for name in ("lab_view", "lab_browser", *pages, "metrics", "quiz"):
        write_program(project / f"tests/test_{name}.py", "")
    path = f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}"
    run = make("VENV=env", *arguments, folder=project, PATH=path, **environment)
    assert run.returncode == 0, run.stderr
    return re.findall(r"tests\S*", calls(project)[-1])


def test_browser_tests_run_by_themselves(project):
    assert given_files(project, "test-browser") == ["tests/test_lab_browser.py"]
    assert given_files(project, "test-package") == ["tests"]
    assert "--ignore-glob=*_browser.py" in calls(project)[-1]


def test_colab_versions_come_first_and_no_browser_is_tested(project):
    files = given_files(project, "test-colab", PYTHONPATH="")
    chosen = ["lab_view", "colab_folder", "quiz"]
    assert files == [f"tests/test_{name}.py" for name in chosen]
    place = project / "env/colab"
    install, test = calls(project)
    assert "--require-hashes" in install and f"--target {place}" in install
    assert test.split()[0] == str(place)


def test_a_failing_test_fails_make(project):
    mark_installed(project)
    (project / "env/colab").touch()
    write_program(project / "env/bin/python", "exit 1")
    write_program(project / "bin/chromium", "")
    path = f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}"
    for part in ("package", "browser", "colab", "lessons"):
        run = make("VENV=env", f"test-{part}", folder=project, PATH=path)
        assert run.returncode != 0


@pytest.fixture
def course(tmp_path):
    """A copy of the course with this test's environment, marked as installed."""
    for name in ("notebooks", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for path in (ROOT / "Makefile", ROOT / "pyproject.toml", *ROOT.glob("*.lock")):
        shutil.copy(path, tmp_path)
    venv = tmp_path / "env"
    venv.mkdir()
    for entry in Path(sys.prefix).iterdir():
        if entry.name not in STAMPS:
            (venv / entry.name).symlink_to(entry)
    for stamp in STAMPS:
        (venv / stamp).touch()
    return tmp_path


def served(course, target):
    """JupyterLab as `make` of this target serves it."""
    port = free_port()
    command = ["make", target, "VENV=env", f"ARGS={options(port)}"]
    return serving(command, port, folder=course, environment=clean_environment())


def test_lab_opens_lesson_00_of_the_students_copy(course):
    with served(course, "lab") as address:
        names = names_served(address)
        with open_directly(address.removesuffix("api"), timeout=20) as answer:
            assert answer.url.endswith("/lab/tree/00_start_here.ipynb")
    assert "02_quadratic_gan.ipynb" in names and "source" not in names
    copied = {path.name for path in (course / "my-notebooks").glob("*.ipynb")}
    assert copied == names - {"solutions", "pictures"}


def test_contributors_open_the_originals(course):
    with served(course, "lab-originals") as address:
        assert {"source", "02_quadratic_gan.ipynb"} <= names_served(address)
    assert not (course / "my-notebooks").exists()


@pytest.mark.parametrize("target", ["lab", "lab-originals"])
def test_a_port_that_is_taken_is_said_in_one_line(course, target):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = make(target, "VENV=env", f"ARGS=--port={port}", folder=course)
    assert run.returncode != 0
    said = [line for line in run.stderr.splitlines() if not line.startswith("make")]
    assert len(said) == 1
    assert f"Port {port} " in said[0] and f"--port={port + 1}" in said[0]


def test_a_lesson_is_reset(course):
    for arguments, status in ((["LESSON=2"], 0), ([], 2)):
        run = make("reset", "VENV=env", *arguments, folder=course)
        assert run.returncode == status
    assert (course / "my-notebooks/02_quadratic_gan.ipynb").exists()
    assert "for example make reset LESSON=02" in run.stderr
