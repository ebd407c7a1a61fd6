"""The package's dependencies, lists, layers and wheel agree with one another."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import gan_helpers

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
# Each lock, and the extras of the package that it is for.
LOCKS = {"requirements.lock": ("lab",), "requirements-dev.lock": ("lab", "dev")}

# Google Colab in August 2026.
COLAB = {
    "python": "3.13",
    "tensorflow": "2.20.0",
    "keras": "3.13.2",
    "ipywidgets": "7.7.1",
    "numpy": "2.1.3",
    "matplotlib": "3.10.0",
    "pooch": "1.9.0",
    "anywidget": "0.9.21",
    "bokeh": "3.7",
    "dask": "2025.1",
    "distributed": "2025.1",
}

# A module imports only from the layers above its own in this list.
LAYERS = [
    {"animation", "array_files", "environment", "pixels", "roles", "settings"}
    | {"stopping", "sweeps"},
    {"checkpoints", "copying", "data", "plotting", "metrics"},
    {"losses", "training", "classifiers", "diagrams"},
    {"taught"},
    {"clinic", "generators"},
    {"checks", "lab", "course", "quiz"},
]


def ranges(lines):
    """{name: set of version limits} of requirement lines, each name once."""
    requirements = [Requirement(line) for line in lines]
    names = [canonicalize_name(requirement.name) for requirement in requirements]
    assert len(names) == len(set(names)), f"a name comes twice: {sorted(names)}"
    return dict(zip(names, (one.specifier for one in requirements), strict=True))


def project_ranges(extras=("lab", "dev")):
    optional = PROJECT["optional-dependencies"]
    return ranges(
        PROJECT["dependencies"] + [line for extra in extras for line in optional[extra]]
    )


def locked(lock):
    """(name, version, text of the entry) of each entry of a lock."""
    text = (ROOT / lock).read_text()
    entries = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    return [
        (*re.match(r"([\w.-]+)==([^\s;]+)", entry).groups(), entry) for entry in entries
    ]


def test_conda_asks_for_the_same_ranges_as_the_package():
    lines = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    *conda, pip = lines
    assert pip["pip"][-1] == "-e ."
    asked = ranges(conda + pip["pip"][:-1])
    assert (
        asked.pop("python") == Requirement(f"x{PROJECT['requires-python']}").specifier
    )
    del asked["pip"]
    assert asked == project_ranges()


def test_ranges_admit_colab():
    specifiers = project_ranges()
    specifiers["python"] = Requirement(f"x{PROJECT['requires-python']}").specifier
    refused = [
        name for name, version in COLAB.items() if version not in specifiers[name]
    ]
    assert refused == []


def test_the_colab_lock_has_colabs_versions():
    lock = (ROOT / "requirements-colab.lock").read_text()
    versions = dict(re.findall(r"^([\w-]+)==(\S+)", lock, re.MULTILINE))
    asked = PYPROJECT["dependency-groups"]["colab"]
    assert versions == dict(line.split("==") for line in asked), "run: make lock"
    assert versions.items() >= {
        (name, COLAB[name]) for name in ("anywidget", "ipywidgets", "keras")
    }
    assert lock.count("--hash=sha256:") >= len(versions)


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_is_within_the_ranges(lock):
    versions = {}
    for name, version, _ in locked(lock):
        versions.setdefault(canonicalize_name(name), []).append(version)
    wrong = {
        name: versions.get(name)
        for name, specifier in project_ranges(LOCKS[lock]).items()
        if not all(version in specifier for version in versions.get(name, ["missing"]))
    }
    assert wrong == {}, "run: make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_says_how_it_is_made_and_names_no_index_or_file(lock):
    text = (ROOT / lock).read_text()
    assert "make lock" in text.partition("\n\n")[0][:200]
    assert not re.search(r"://|file:|--(extra-)?index|--find-links| @ ", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash(lock):
    entries = locked(lock)
    assert len(entries) > 100
    bare = [name for name, _, text in entries if "--hash=sha256:" not in text]
    assert bare == []


def test_tests_run_on_the_versions_that_students_have():
    lessons, all_ = (
        {(name, version) for name, version, _ in locked(lock)} for lock in LOCKS
    )
    assert lessons < all_


def test_the_lessons_lock_has_no_tool_of_the_tests():
    names = {canonicalize_name(name) for name, *_ in locked("requirements.lock")}
    tools = {"pytest", "nbval", "ruff", "mypy", "playwright", "pot", "uv", "jupytext"}
    assert tools <= set(project_ranges()) and names.isdisjoint(tools)


def imports(path):
    """The dotted names that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: write the import from gan_helpers in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules():
    """{module or subpackage of gan_helpers: the files it consists of}"""
    found = {}
    for path in sorted((ROOT / "gan_helpers").rglob("*.py")):
        name = path.relative_to(ROOT / "gan_helpers").parts[0].removesuffix(".py")
        found.setdefault(name, []).append(path)
    del found["__init__"]
    return found


@pytest.mark.parametrize("module", modules())
def test_modules_import_one_way(module):
    level = [number for number, layer in enumerate(LAYERS) if module in layer]
    assert level, f"add gan_helpers/{module} to one of LAYERS in {Path(__file__).name}"
    allowed = set().union({module}, *LAYERS[: level[0]])
    used = {
        name.split(".")[1]
        for path in modules()[module]
        for name in imports(path)
        if name.startswith("gan_helpers.")
    }
    assert used - allowed == set()


@pytest.mark.parametrize("module", ["data", "metrics", "pixels", "plotting"])
def test_data_pictures_and_measures_need_no_tensorflow(module):
    used = {name.split(".")[0] for path in modules()[module] for name in imports(path)}
    assert used.isdisjoint({"tensorflow", "keras"})


def test_the_package_says_the_version_of_its_wheel():
    assert gan_helpers.__version__ == PROJECT["version"]


def test_wheel_holds_the_package_and_the_bundled_data(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    run = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    data = {
        f"gan_helpers/bundled/{path.name}" for path in (ROOT / "data").glob("*.npz")
    }
    code = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "gan_helpers").rglob("*.py")
    }
    assert data
    assert data | code <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "gan_helpers",
        "gan_course",
    }
