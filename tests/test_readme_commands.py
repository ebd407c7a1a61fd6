"""The README's commands for machines without make do what it says, on Linux."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bare_python import clean_environment, packages_without_course
from serving import free_port, names_served, options, serving

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def on_linux(line: str) -> str:
    return line.replace(".venv\\Scripts\\python", ".venv/bin/python")


def commands(title: str) -> list[str]:
    """The lines of the first code block after these words, in their Linux spelling."""
    block = README.partition(f"**{title}")[2].split("```")[1]
    assert block.count("python") >= 3
    return [on_linux(line) for line in block.strip().splitlines()]


@pytest.fixture
def course(tmp_path):
    """A fresh copy of the course, without an environment."""
    for name in ("data", "gan_helpers", "notebooks", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for path in ROOT.glob("*.*"):
        if path.is_file():
            shutil.copy(path, tmp_path)
    shutil.copy(ROOT / "LICENSE", tmp_path)
    return tmp_path


@pytest.fixture
def environment(tmp_path_factory):
    """No network; what pip is asked for lies on the path of every Python."""
    places = packages_without_course(tmp_path_factory.mktemp("packages"))
    path = [str(Path(sys.executable).parent), os.environ["PATH"]]
    return clean_environment(
        PYTHONPATH=os.pathsep.join(map(str, places)), PATH=os.pathsep.join(path)
    )


def execute(lines, course, environment):
    for line in lines:
        run = ["bash", "-c", line]
        done = subprocess.run(
            run,
            cwd=course,
            env=environment,
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def test_the_lines_for_windows_open_the_lessons(course, environment):
    *install, start = commands("Windows**")
    execute(install, course, environment)
    port = free_port()
    command = ["bash", "-c", f"exec {start} {options(port)}"]
    with serving(command, port, folder=course, environment=environment) as address:
        assert "02_quadratic_gan.ipynb" in names_served(address)
    code = "import gan_helpers; print(gan_helpers.__file__)"
    whose = f"cd data && ../.venv/bin/python -c '{code}' | grep '^{course}/'"
    [reset] = re.findall(r"`(\S+ tools/my_notebooks.py reset 02)`", README)
    execute([whose, on_linux(reset)], course, environment)


def test_the_lines_for_intel_macs_write_the_folder_for_colab(course, environment):
    lines = commands("Macs with an Intel")
    assert not any("requirements" in line for line in lines)
    execute(lines, course, environment)
    assert list((course / "build/colab").glob("*.whl"))
