"""The lesson builder on a tiny course: it needs kernels but never TensorFlow."""

import asyncio
import base64
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from queue import Empty

import nbformat
import numpy as np
import pytest
from PIL import Image

TOOLS = Path(__file__).parents[1] / "tools"
sys.path.insert(0, str(TOOLS))

import lesson_outputs  # noqa: E402
import lesson_run  # noqa: E402
from lesson_course import read_course  # noqa: E402
from lesson_format import all_cells, render  # noqa: E402
from lesson_rules import style_problems  # noqa: E402
from lesson_source import (  # noqa: E402
    LessonError,
    cut_solution,
    read_lesson,
    read_lessons,
)

import notebooks  # noqa: E402

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)
SOURCE = """\
# ---
# title: A tiny lesson
# minutes: 1
# teaching: 5
# prerequisites: none
# ---

# %% [markdown]
# ## Questions
#
# What does a build do? Adjust nothing: `just` read, just-in-time.

# %% [markdown]
# ## Setup

# %% tags=["setup"]
import base64
import os
import sys

from IPython.display import Image, display

# %% [markdown]
# ## Settings

# %%
class settings:
    @staticmethod
    def budget(**sizes):
        return sizes[os.environ["GAN_BUDGET"]]


steps = settings.budget(fast="f", laptop="l", full="F")

# %% [markdown]
# ## A picture

# %% tags=["nbval-check-output"]
# copy the weights: a comment that must stay one
print(steps)

# %%
print("before the noise")
print("noise", file=sys.stderr)
print("after the noise")

# %% tags=["nbval-check-output"]
2 + 3

# %%
class plt:
    @staticmethod
    def show():
        display(Image(base64.b64decode(PNG)))


PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)

# %%
plt.show()

# %% [markdown]
# **Figure 1.1.** *One* [pixel](x.md),
# $a/b$ high.
#
# Nothing follows.

# %% [markdown]
# ## What goes wrong

# %% [markdown]
# ## Key points

# %% tags=["nbval-check-output"]
print("the end")

# %% [markdown]
# ## Exercises

# %% tags=["solution"]
def double(x):
    # BEGIN SOLUTION
    # STUB: result = None  # your code here
    result = 2 * x
    # END SOLUTION
    return result

# %% [markdown] tags=["solution"]
# Doubling is multiplying by two.

# %% tags=["check"]
print("○ not attempted yet" if double(1) is None else "✓ two")

# %% tags=["solution"]
# BEGIN SOLUTION
answer = 42
# END SOLUTION

# %% tags=["check"]
print("✓ answered" if "answer" in dir() else "○ not attempted yet")
print("in", os.path.basename(os.getcwd()))

# %% [markdown]
# ## References
"""
NAME = "01_tiny"
LEARNER, SOLVED = f"notebooks/{NAME}.ipynb", f"notebooks/solutions/{NAME}.ipynb"


def write_course(root: Path, sources: dict[str, str]) -> Path:
    folder = root / "notebooks" / "source"
    folder.mkdir(parents=True)
    for name, text in sources.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    (root / "pyproject.toml").write_text(
        '[project]\nversion = "1.2.0"\n[project.urls]\nRepository = "'
        'https://github.com/an-owner/a-repo"\n'
    )
    # Were they missing, the first cell would install the course.
    (root / "gan_helpers").mkdir()
    (root / "gan_helpers" / "__init__.py").touch()
    (root / "gan_helpers" / "environment.py").write_text("def prepare():\n    pass\n")
    return root


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    root = write_course(tmp_path_factory.mktemp("course"), {NAME: SOURCE})
    assert notebooks.main(["build"], root=root) == 0
    return root


@pytest.fixture
def course(built, tmp_path) -> Path:
    """A copy of the built course, to be changed."""
    return Path(shutil.copytree(built, tmp_path / "course"))


@pytest.fixture
def never_execute(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("executed, and nothing asked for it")

    monkeypatch.setattr(notebooks, "execute", refuse)


def edit_source(root: Path, old: str, new: str) -> None:
    path = root / "notebooks" / "source" / f"{NAME}.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def read(root: Path, name: str):
    return nbformat.read(root / name, as_version=4)


def check(root: Path, capsys) -> str:
    """What `check` prints; it must fail exactly when it reports a problem."""
    capsys.readouterr()
    status = notebooks.main(["check"], root=root)
    text = capsys.readouterr().out
    assert (status == 0) == ("all in order" in text)
    return text


# --- what a build writes


def test_built_course_is_in_order(built, capsys):
    assert "Lessons: 1, notebooks: 2, all in order" in check(built, capsys)


def test_exercises_are_open_for_learners_and_solved_for_the_others(built):
    learner = "\n".join(cell.source for cell in read(built, LEARNER).cells)
    solved = "\n".join(cell.source for cell in read(built, SOLVED).cells)
    assert "    result = None  # your code here\n    return result" in learner
    assert "\n...  # your code here\n" in learner
    assert "2 * x" not in learner and "answer = 42" not in learner
    assert "by two" not in learner
    assert "    result = 2 * x\n    return result" in solved
    assert "\nanswer = 42\n" in solved and "by two" in solved
    assert "your code here" not in solved
    for text in (learner, solved):
        assert "SOLUTION" not in text and "STUB" not in text
        assert "\n# copy the weights" in text


def test_outputs_are_normalised(built):
    notebook = read(built, LEARNER)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert {output.get("name", "stdout") for output in outputs} == {"stdout"}
    assert "before the noise\nafter the noise\n" in [one.get("text") for one in outputs]
    pictures = [one.data for one in outputs if "image/png" in one.get("data", {})]
    assert [list(data) for data in pictures] == [["image/png"]]
    [figure] = [one for one in outputs if "image/png" in one.get("data", {})]
    assert figure.metadata["image/png"] == {"alt": "Figure 1.1. One pixel, a/b high."}
    kept = {"gan_course", "kernelspec", "language_info", "license"}
    assert set(notebook.metadata) == kept
    assert "version" not in notebook.metadata.language_info
    assert notebook.metadata.gan_course.budget == "laptop"
    assert (
        code[-1].outputs[0].text.startswith("python {}.{}\n".format(*sys.version_info))
    )


def png_output(pixels, **options):
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG", **options)
    data = {"image/png": base64.b64encode(target.getvalue()).decode()}
    return nbformat.v4.new_output("display_data", data)


def normalised_png(output):
    cell = nbformat.v4.new_code_cell(outputs=[output])
    lesson_outputs.normalise(nbformat.v4.new_notebook(cells=[cell]))
    return base64.b64decode(cell.outputs[0].data["image/png"])


def test_large_pictures_get_a_palette_and_keep_their_look():
    y, x = np.mgrid[0:240, 0:240]
    noise = np.random.default_rng(0).integers(0, 8, (240, 240, 3))
    pixels = (np.stack([x, y, 240 - x], axis=-1) + noise).astype("uint8")
    before = png_output(pixels)
    size = len(base64.b64decode(before.data["image/png"]))
    after = normalised_png(before)
    assert size > lesson_outputs.LARGE_PNG and len(after) < size / 2
    shown = np.asarray(Image.open(io.BytesIO(after)).convert("RGB"), int)
    assert np.abs(shown - pixels).mean() < 8  # of 255


def test_small_and_moving_pictures_stay_as_they_are():
    small = np.zeros((20, 20, 3), "uint8")
    rng = np.random.default_rng(0)
    frames = [Image.fromarray(rng.integers(0, 256, (200, 200), "uint8")) for _ in "ab"]
    moving = png_output(np.asarray(frames[0]), save_all=True, append_images=frames[1:])
    for output in (png_output(small), moving):
        before = base64.b64decode(output.data["image/png"])
        assert normalised_png(output) == before


def test_exercises_run_in_the_folder_of_their_version(built):
    for name, folder in ((LEARNER, "notebooks"), (SOLVED, "solutions")):
        [check] = [c for c in read(built, name).cells if "getcwd" in c.source]
        assert check.outputs[0].text.endswith(f"\nin {folder}\n")


def test_what_both_versions_share_runs_once(course):
    edit_source(
        course, "print(steps)\n", 'print(steps)\nopen("runs", "a").write("x")\n'
    )
    assert notebooks.main(["build"], root=course) == 0
    assert [path.read_text() for path in course.rglob("runs")] == ["x"]
    for name in (LEARNER, SOLVED):
        [cell] = [c for c in read(course, name).cells if "(steps)" in c.source]
        assert cell.outputs[0].text == "l\n"


def run_tests_of_lessons(root):
    """What `make test-lessons` does with a course, and what pytest prints."""
    assert notebooks.main(["join", str(root / "joined")], root=root) == 0
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--nbval-lax"]
    command += ["--nbval-current-env", "joined"]
    environment = {**os.environ, "GAN_BUDGET": "laptop", "PYTHONPATH": str(root)}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True
    )
    return done.returncode, done.stdout


def test_the_tests_of_lessons_pass_on_what_a_build_writes(built):
    status, printed = run_tests_of_lessons(built)
    assert status == 0, printed
    code = [read(built, name).cells for name in (LEARNER, SOLVED)]
    learner, solved = ([c for c in one if c.cell_type == "code"] for one in code)
    # One cell stands between the two: it sets the seed.
    first = next(k for k, cell in enumerate(solved) if "result = 2 * x" in cell.source)
    assert f"{len(learner) + 1 + len(solved) - first} passed" in printed


def spoil(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_tests_of_lessons_see_a_fault_in_either_version(course):
    learner, solved = course / LEARNER, course / SOLVED
    spoil(learner, "result = None", "result = unknown")
    spoil(solved, "answer = 42", "answer = 1 / 0")
    for path in (learner, solved):
        spoil(path, "the end\\n", "an end\\n")
    status, printed = run_tests_of_lessons(course)
    # The stub, its check, the solution, and what is compared.
    assert status == 1 and "3 failed" in printed


def test_versions_that_show_something_else_in_a_compared_cell_are_not_joined(
    course, capsys
):
    spoil(course / SOLVED, "the end\\n", "an end\\n")
    assert notebooks.main(["join", str(course / "joined")], root=course) == 1
    said = capsys.readouterr().err
    assert (
        "shows something else in each notebook" in said and "build 01 --force" in said
    )


def test_tags_reach_the_notebook(built):
    tags = [tuple(cell.metadata.get("tags", ())) for cell in read(built, SOLVED).cells]
    assert tags.count(("nbval-check-output",)) == 3
    assert tags.count(("check",)) == 2


def test_forced_build_repeats_byte_for_byte(course, capsys):
    before = (course / LEARNER).read_bytes(), (course / SOLVED).read_bytes()
    assert notebooks.main(["build", "1", "--force"], root=course) == 0
    assert capsys.readouterr().out.count("executed in ") == 2
    assert ((course / LEARNER).read_bytes(), (course / SOLVED).read_bytes()) == before


def test_title_cell_links_neighbours_and_colab(tmp_path):
    names = ("00_zero", "01_one", "02_two")
    root = write_course(tmp_path, dict.fromkeys(names, SOURCE))
    lessons, course = read_lessons(root), read_course(root)
    title = all_cells(lessons[1], lessons, course, solved=False)[0].source
    assert title.startswith("# 01 · A tiny lesson\n")
    colab = "colab.research.google.com/github/an-owner/a-repo/blob/v1.2.0/notebooks"
    assert f"{colab}/01_one.ipynb" in title
    assert "(00_zero.ipynb)" in title and "(02_two.ipynb)" in title
    assert "(solutions/01_one.ipynb)" in title
    solved = all_cells(lessons[1], lessons, course, solved=True)[0].source
    assert f"{colab}/solutions/01_one.ipynb" in solved
    assert "(../01_one.ipynb)" in solved
    first = all_cells(lessons[0], lessons, course, solved=False)[0].source
    assert first.count(".ipynb)") == 3  # Colab, solved, next


def test_ids_are_unique_even_for_equal_cells(tmp_path):
    text = SOURCE.replace("# ## Key points", "# ## What goes wrong")
    root = write_course(tmp_path, {NAME: text})
    lessons = read_lessons(root)
    cells = all_cells(lessons[0], lessons, read_course(root), solved=True)
    ids = [cell.id for cell in render(cells, {}).cells]
    assert len(set(ids)) == len(ids)
    assert sum(one.endswith("-2") for one in ids) == 1


# --- when a build executes


def test_second_build_leaves_the_files_alone(course, never_execute, capsys):
    assert notebooks.main(["build"], root=course) == 0
    assert capsys.readouterr().out.count(": unchanged\n") == 2


def test_a_missing_licence_is_told_and_written_without_a_run(
    course, never_execute, capsys
):
    notebook = read(course, LEARNER)
    del notebook.metadata["license"]
    nbformat.write(notebook, course / LEARNER)
    assert notebooks.main(["check"], root=course) == 1
    assert "its metadata lack 'MIT AND CC-BY-4.0'" in capsys.readouterr().out
    assert notebooks.main(["build"], root=course) == 0
    assert read(course, LEARNER).metadata.license == "MIT AND CC-BY-4.0"


def test_markdown_change_keeps_outputs_and_other_ids(course, never_execute, capsys):
    before = read(course, SOLVED)
    edit_source(course, "# ## A picture", "# ## A picture of one pixel")
    assert notebooks.main(["build"], root=course) == 0
    assert capsys.readouterr().out.count("text only, outputs kept") == 2
    after = read(course, SOLVED)
    assert after.metadata == before.metadata
    changed = [
        (old.cell_type, new.source)
        for old, new in zip(before.cells, after.cells, strict=True)
        if old.id != new.id or old != new
    ]
    assert changed == [("markdown", "## A picture of one pixel")]


def test_what_other_budgets_give_changes_text_and_executes_nothing(
    course, never_execute, capsys
):
    edit_source(course, 'fast="f", laptop="l", full="F"', 'laptop="l", full=0, fast=1')
    assert "not-executed" not in check(course, capsys)
    assert notebooks.main(["build"], root=course) == 0
    assert "all in order" in check(course, capsys)
    sources = [cell.source for cell in read(course, LEARNER).cells]
    assert any('budget(laptop="l", full=0, fast=1)' in source for source in sources)


def test_what_our_budget_gives_asks_for_a_run(course, capsys):
    edit_source(course, 'laptop="l"', 'laptop="longer"')
    assert check(course, capsys).count("not-executed: executed with other code") == 2


def test_code_change_executes_only_the_version_it_is_in(course, capsys):
    learner = (course / LEARNER).read_bytes()
    old_ids = [cell.id for cell in read(course, SOLVED).cells]
    edit_source(course, "result = 2 * x", "result = x + x")
    assert notebooks.main(["build"], root=course) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{LEARNER}: unchanged"
    assert lines[1].startswith(f"{SOLVED}: executed in ")
    assert (course / LEARNER).read_bytes() == learner
    new_ids = [cell.id for cell in read(course, SOLVED).cells]
    assert sum(old != new for old, new in zip(old_ids, new_ids, strict=True)) == 1
    assert "all in order" in check(course, capsys)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("answer = 1 / 0", "cell 22: ZeroDivisionError: division by zero"),
        ("answer = os._exit(3)", "the code cell after it: Kernel died"),
        ("print(os.getcwd())", "names this machine"),
    ],
)
def test_failing_lesson_is_named_and_not_written(course, capsys, line, expected):
    before = (course / LEARNER).read_bytes(), (course / SOLVED).read_bytes()
    edit_source(course, "answer = 42", line)
    assert notebooks.main(["build"], root=course) == 1
    error = capsys.readouterr().err
    assert f"{SOLVED}: cell " in error and expected in error
    assert "python tools/notebooks.py build 01" in error
    assert ((course / LEARNER).read_bytes(), (course / SOLVED).read_bytes()) == before
    assert not list(course.rglob("*.tmp"))


def test_new_repository_address_changes_text_and_executes_nothing(
    course, never_execute, capsys
):
    project = course / "pyproject.toml"
    project.write_text(project.read_text().replace("a-repo", "b-repo"))
    assert "drift" in check(course, capsys)
    assert notebooks.main(["build"], root=course) == 0
    assert "b-repo" in read(course, LEARNER).cells[1].source
    assert "all in order" in check(course, capsys)


def test_no_text_is_kept_beside_a_picture():
    data = {"image/png": PNG, "text/plain": "<PIL.Image.Image image mode=RGB>"}
    output = nbformat.v4.new_output("display_data", data=data)
    cell = nbformat.v4.new_code_cell("x", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    lesson_outputs.normalise(notebook)
    assert list(cell.outputs[0].data) == ["image/png"]


def test_compared_cell_may_not_show_a_picture(course, never_execute, capsys):
    before = (course / LEARNER).read_bytes()
    tagged = '# %% tags=["nbval-check-output"]\nplt.show()'
    edit_source(course, "# %%\nplt.show()", tagged)
    assert notebooks.main(["build"], root=course) == 1
    message = (
        "cell 13: tagged nbval-check-output, it may only print; it gives image/png"
    )
    assert message in capsys.readouterr().err
    assert (course / LEARNER).read_bytes() == before


def test_compared_cell_may_not_write_to_stderr():
    outputs = [
        nbformat.v4.new_output("stream", name=name, text="a")
        for name in ("stdout", "stderr")
    ]
    tags = {"tags": ["nbval-check-output"]}
    cell = nbformat.v4.new_code_cell("x", outputs=outputs, metadata=tags)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    problem = "tagged nbval-check-output, it may only print; it gives stderr"
    assert lesson_outputs.compared_problems(notebook) == [(1, "compared", problem)]


def test_too_large_a_notebook_is_not_written(
    course, never_execute, monkeypatch, capsys
):
    before = (course / LEARNER).read_bytes()
    edit_source(course, "# ## A picture", "# ## A large picture")
    monkeypatch.setattr(lesson_outputs, "MAX_BYTES", 2000)
    assert notebooks.main(["build"], root=course) == 1
    assert "bytes, at most 2,000" in capsys.readouterr().err
    assert (course / LEARNER).read_bytes() == before


# --- what check finds


def test_check_sees_an_edited_source(course, capsys):
    edit_source(course, "follows.", "follows, really.")
    text = check(course, capsys)
    assert f"{LEARNER}: cell 14: drift: " in text
    assert f"{SOLVED}: cell 14: drift: " in text
    assert "Mend: python tools/notebooks.py build 01" in text


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("see lesson 07", ["lesson 07"]),
        ("of lessons\n# 01 and 03", ["lesson 03"]),
        ("as in Figure 1.2", ["Figure 1.2"]),
        ("Figures 1.1 and\n# 2.4", ["Figure 2.4"]),
        ("see lesson 01, Figure 1.1", []),
    ],
)
def test_check_sees_a_reference_that_leads_nowhere(course, capsys, words, missing):
    edit_source(course, "follows.", f"follows, {words}.")
    lines = [line for line in check(course, capsys).splitlines() if "not exist" in line]
    name = f"notebooks/source/{NAME}.py"
    assert lines == [f"{name}: {m} does not exist. Mend: edit {name}" for m in missing]
    (course / "README.md").write_text("<!-- badge --><!-- end of badge --> lesson 09")
    assert "README.md: lesson 09 does not exist" in check(course, capsys)
    guide = course / "docs" / "teaching" / "lesson_01.md"
    guide.parent.mkdir(parents=True)
    guide.write_text("| start | Figure 1.9 |")
    said = "docs/teaching/lesson_01.md: Figure 1.9 does not exist"
    assert said in check(course, capsys)


def test_check_sees_an_edited_notebook(course, capsys):
    path = course / LEARNER
    path.write_text(path.read_text().replace("follows.", "follows, really."))
    text = check(course, capsys)
    assert f"{LEARNER}: cell 14: drift: " in text and SOLVED not in text


def _last_cell(notebook) -> dict:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"][-1]


def _add_output(notebook, **output) -> None:
    _last_cell(notebook)["outputs"].append(output)


def _replace(notebook, old: str, new: str) -> None:
    text = json.dumps(notebook, ensure_ascii=False)
    assert old in text
    notebook |= json.loads(text.replace(old, new))


DAMAGES = {
    "stderr": lambda nb: _add_output(
        nb, output_type="stream", name="stderr", text=["a warning"]
    ),
    "error-output": lambda nb: _add_output(
        nb, output_type="error", ename="ValueError", evalue="no", traceback=[]
    ),
    "mime-type": lambda nb: _add_output(
        nb, output_type="display_data", data={"text/html": ["<b>"]}, metadata={}
    ),
    "machine-path": lambda nb: _add_output(
        nb, output_type="stream", name="stdout", text=["at /home/someone/gan\n"]
    ),
    "widget-state": lambda nb: nb["metadata"].update(widgets={}),
    "execution-count": lambda nb: _last_cell(nb).update(execution_count=99),
    "not-executed: not all": lambda nb: _last_cell(nb).update(execution_count=None),
    "not-executed: executed with budget fast": lambda nb: nb["metadata"][
        "gan_course"
    ].update(budget="fast"),
    "not-executed: executed with other code": lambda nb: nb["metadata"][
        "gan_course"
    ].update(code_sha256="0"),
    "not-executed: saved by another": lambda nb: nb["metadata"]["language_info"].update(
        version="3.12.1"
    ),
    "drift": lambda nb: nb["cells"][0].pop("id"),
    "attempt: the check printed '✗": lambda nb: _replace(nb, "✓ two\\n", "✗ three"),
    "attempt: the check printed '○": lambda nb: _replace(
        nb, "✓ two", "○ not attempted"
    ),
    "form": lambda nb: nb.update(nbformat_minor=4),
}


@pytest.mark.parametrize("rule", DAMAGES)
def test_check_sees_damage_and_names_the_cure(course, capsys, rule):
    path = course / SOLVED
    notebook = json.loads(path.read_text(encoding="utf-8"))
    DAMAGES[rule](notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    text = check(course, capsys)
    lines = [line for line in text.splitlines() if f": {rule}" in line]
    assert lines, text
    assert lines[0].startswith(f"{SOLVED}: ")
    assert "python tools/notebooks.py build 01" in lines[0]


@pytest.mark.parametrize("rule", ["stderr", "mime-type", "execution-count", "form"])
def test_build_mends_damage_without_executing(course, never_execute, capsys, rule):
    path = course / SOLVED
    good = path.read_bytes()
    notebook = json.loads(good)
    DAMAGES[rule](notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert notebooks.main(["build"], root=course) == 0
    assert path.read_bytes() == good


def test_check_wants_open_exercises_in_the_learners_notebook(course, capsys):
    path = course / LEARNER
    path.write_text(path.read_text().replace("○ not attempted yet\\n", "✓ two\\n"))
    assert f"{LEARNER}: cell 20: attempt: " in check(course, capsys)


def test_check_sees_missing_large_and_orphan_notebooks(course, capsys, monkeypatch):
    (course / LEARNER).rename(course / "notebooks" / "03_gone.ipynb")
    monkeypatch.setattr(lesson_outputs, "MAX_BYTES", 2000)
    text = check(course, capsys)
    assert f"{LEARNER}: missing: " in text
    assert "notebooks/03_gone.ipynb: orphan: " in text
    assert "git rm notebooks/03_gone.ipynb" in text
    assert f"{SOLVED}: size: " in text


# --- normalisation, output by output


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"text/plain": "5"}, {"text/plain": "5"}),
        (
            {"text/plain": "<Figure size 640x480 with 1 Axes>", "image/png": PNG},
            {"image/png": PNG},
        ),
        (
            {"text/plain": "  a\n0 1", "text/html": "<td>"},
            {"text/plain": "  a\n0 1"},
        ),
        (
            {"text/plain": "<IPython.core.display.HTML object>", "text/html": "<b>"},
            None,
        ),
        (
            {
                "text/plain": "VBox(children=())",
                "application/vnd.jupyter.widget-view+json": {"model_id": "1"},
            },
            None,
        ),
    ],
)
def test_only_text_and_png_are_kept(data, kept):
    output = nbformat.v4.new_output("display_data", data, metadata={"isolated": True})
    cell = nbformat.v4.new_code_cell("x", outputs=[output])
    lesson_outputs.normalise(nbformat.v4.new_notebook(cells=[cell]))
    assert [one.data for one in cell.outputs] == ([] if kept is None else [kept])
    assert all(one.metadata.keys() <= {"image/png"} for one in cell.outputs)


def test_streams_merge_across_dropped_stderr():
    outputs = [
        nbformat.v4.new_output("stream", name=name, text=text)
        for name, text in [("stdout", "a"), ("stderr", "b"), ("stdout", "c")]
    ]
    cell = nbformat.v4.new_code_cell("x", outputs=outputs)
    lesson_outputs.normalise(nbformat.v4.new_notebook(cells=[cell]))
    assert [output.text for output in cell.outputs] == ["ac"]


# --- sources


@pytest.mark.parametrize(
    ("learner", "solved", "source"),
    [
        ("a\n...  # your code here", "a\nb", "a\n# BEGIN SOLUTION\nb\n# END SOLUTION"),
        (
            "if a:\n    b = 0\n    c = 0\nd",
            "if a:\n    b = 1\nd",
            "if a:\n    # BEGIN SOLUTION\n    # STUB: b = 0\n    # STUB: c = 0\n"
            "    b = 1\n    # END SOLUTION\nd",
        ),
        (
            "    ...  # your code here",
            "    for x in y:\n        x()",
            "    # BEGIN SOLUTION\n    for x in y:\n        x()\n    # END SOLUTION",
        ),
    ],
)
def test_solution_is_cut_both_ways(learner, solved, source):
    assert cut_solution(source, solved=False) == learner
    assert cut_solution(source, solved=True) == solved


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# title: A tiny lesson\n", "", "the header lacks title"),
        ("# minutes: 1", "# minutes: few", "minutes is 'few'"),
        ("# teaching: 5\n", "", "the header lacks teaching"),
        ("# teaching: 5", "# teaching: 5\n# optional: 5", r"end in \(optional\)"),
        ("## A picture", "## A picture (optional)", r"end in \(optional\)"),
        ("# title: A", "# title: A: b", "not valid YAML"),
        ("# ---\n\n", "# ---\n\nx = 1\n\n", "nothing between the header"),
        ("answer = 42\n# END SOLUTION", "answer = 42", "without an '# END SOLUTION'"),
        ("2 + 3", "2 + 3\n# STUB: 2", "outside a solution"),
        ('# %% tags=["solution"]\ndef', "# %%\ndef", "has the tag solution and"),
        ("# %% [markdown]\n# ## Key", "# %% [raw]\n# ## Key", "empty or raw"),
    ],
)
def test_malformed_source_is_explained(tmp_path, old, new, message):
    path = tmp_path / f"{NAME}.py"
    path.write_text(SOURCE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LessonError, match=message):
        read_lesson(path)


def test_what_stands_under_an_optional_heading_is_tagged(tmp_path):
    source = SOURCE.replace("# teaching: 5", "# teaching: 5\n# optional: 3").replace(
        "# **Figure 1.1.**", "# Words.\n#\n# ### More (optional)\n#\n# **Figure 1.1.**"
    )
    path = tmp_path / f"{NAME}.py"
    path.write_text(source, encoding="utf-8")
    lesson = read_lesson(path)
    assert lesson.optional == 3
    tagged = [cell.source for cell in lesson.cells if "optional" in cell.tags]
    assert len(tagged) == 1 and tagged[0].startswith("Words.")
    deeper = source.replace("## What goes wrong", "#### What goes wrong")
    path.write_text(deeper, encoding="utf-8")
    tagged = [cell for cell in read_lesson(path).cells if "optional" in cell.tags]
    assert [cell.source[:4] for cell in tagged] == ["Word", "####"]


LONG_CELL = "\n".join(f"x{i} = {i}" for i in range(31))
STYLE = {
    "cell-length": ("2 + 3", LONG_CELL),
    "line-width": ("2 + 3", "2 + 3  # " + "x" * 80),
    "syntax": ("2 + 3", "2 +"),
    "cell-count": ("# ## A picture", "# ## A picture\n" + "\n# %%\n1\n" * 106),
    "core-count": ("# ## A picture", "# ## A picture\n" + "\n# %%\n1\n" * 80),
    "small-letters": ("2 + 3", "print(fontsize=9)"),
    "wide-figure": ("2 + 3", "print(figsize=(7.5, 2))"),
    "median-length": (
        "# ## A picture",
        "# ## A picture\n" + ("\n# %%\n" + "y = 1\n" * 7) * 12,
    ),
    "import-star": ("import sys", "from sys import *"),
    "import-outside-setup": ("2 + 3", "import math\n\nmath.pi"),
    "banned-word": ("a/b$ high.", "a/b$ high, obviously."),
    "caption": ("# **Figure 1.1.** *One*", "# One"),
    "caption-number": ("Figure 1.1.", "Figure 2.1."),
    "heading-missing": ("## Key points", "## Points"),
    "heading-order": ("## Settings", "## Key points\n#\n# ## Settings"),
    "budget-outside-settings": ("2 + 3", "budget(fast=1, laptop=2, full=3)"),
    "few-nbval-check-output": ('# %% tags=["nbval-check-output"]\n2', "# %%\n2"),
    "few-check": ('# %% tags=["check"]\nprint("✓', '# %%\nprint("✓'),
}


@pytest.mark.parametrize("rule", STYLE)
def test_style_rule_catches_its_breach_and_nothing_else(tmp_path, rule):
    old, new = STYLE[rule]
    assert old in SOURCE
    path = tmp_path / f"{NAME}.py"
    path.write_text(SOURCE.replace(old, new, 1), encoding="utf-8")
    assert [found for _, found, _ in style_problems(read_lesson(path))] == [rule]


def test_style_problem_is_printed_with_its_place(course, capsys):
    edit_source(course, "2 + 3", "import math")
    text = check(course, capsys)
    expected = f"notebooks/source/{NAME}.py: cell 9 (line 47): import-outside-setup: "
    assert expected in text
    assert f"edit notebooks/source/{NAME}.py, then: python tools/not" in text


# --- the command line


def test_list_as_json(built, capsys):
    assert notebooks.main(["list", "--json"], root=built) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "number": "01",
            "slug": "tiny",
            "title": "A tiny lesson",
            "minutes": 1,
            "teaching": 5,
            "optional": 0,
            "prerequisites": "none",
            "source": f"notebooks/source/{NAME}.py",
            "notebook": LEARNER,
            "solutions": SOLVED,
        }
    ]


def test_unknown_lesson_is_refused(built, capsys):
    assert notebooks.main(["build", "7"], root=built) == 1
    assert "No lesson 07. There are: 01." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "no lesson source"),
        (["tiny"], "Rename it"),
        (["01_a", "01_b"], "01_a.py and 01_b.py share the number 01"),
    ],
)
def test_misnamed_sources_are_refused(tmp_path, capsys, names, message):
    root = write_course(tmp_path, dict.fromkeys(names, SOURCE))
    assert notebooks.main(["check"], root=root) == 1
    assert message in capsys.readouterr().err


def test_script_starts_from_any_folder(tmp_path):
    command = [sys.executable, str(TOOLS / "notebooks.py"), "build", "--help"]
    environment = {**os.environ, "PYTHONPATH": ""}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True)
    assert done.returncode == 0 and b"--force" in done.stdout


class DeafSocket:
    """Says at the third look that a message has come."""

    def __init__(self):
        self.looks = []

    async def poll(self, milliseconds):
        self.looks.append(milliseconds)
        return len(self.looks) == 3


def test_a_build_looks_again_for_a_message_that_it_was_not_told_of(monkeypatch):
    async def receive(channel):
        return {"content": "here"}

    channel = lesson_run._PolledChannel.__new__(lesson_run._PolledChannel)
    channel.socket = DeafSocket()
    monkeypatch.setattr(lesson_run._PolledChannel, "_recv", receive)
    assert asyncio.run(channel.get_msg()) == {"content": "here"}
    assert channel.socket.looks == [1000 * lesson_run.POLL_SECONDS] * 3
    with pytest.raises(Empty):  # who asks for a limit gets it
        asyncio.run(channel.get_msg(0.5))
