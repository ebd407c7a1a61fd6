"""Keras and Matplotlib set up by others: what a lesson's first cell does about it."""

import json
import os
import subprocess
import sys
import textwrap

import keras
import nbformat
import pytest
from lesson_code import ROOT
from nbclient import NotebookClient

from gan_helpers import clinic, environment, lab, training

RIGHT = "tensorflow float32 channels_last float32"
SHOW = """
import keras
c = keras.config
print(c.backend(), c.floatx(), c.image_data_format(), c.dtype_policy().name)
"""


def run(code, **variables):
    """The lines that a fresh Python prints, and the last line of its errors."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KERAS", "MPL"))}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**kept, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )
    errors = done.stderr.strip().splitlines()
    return done.stdout.splitlines(), errors[-1] if done.returncode else ""


PREPARE = "from gan_helpers import environment; environment.prepare()\n"


@pytest.mark.parametrize(
    ("file", "variables", "words"),
    [
        (
            {
                "floatx": "float64",
                "backend": "jax",
                "image_data_format": "channels_first",
            },
            {"KERAS_BACKEND": "torch", "KERAS_MAX_EPOCHS": "1"},
            [
                "MAX_EPOCHS",
                "'torch'",
                "floatx float64, image_data_format channels_first",
            ],
        ),
        ({"floatx": "float8", "epsilon": 1}, {}, ["what Keras cannot read"]),
        ("[]", {"KERAS_BACKEND": "theano"}, ["'theano'", "what Keras cannot read"]),
        ({"epsilon": 1e-7}, {"KERAS_BACKEND": "tensorflow"}, []),
    ],
)
def test_keras_starts_as_the_lessons_need_it(tmp_path, file, variables, words):
    text = file if isinstance(file, str) else json.dumps(file)
    path = tmp_path / "keras.json"
    path.write_text(text)
    lines, error = run(PREPARE + SHOW, KERAS_HOME=str(tmp_path), **variables)
    assert not error
    *said, settings = lines
    assert settings == RIGHT
    assert len(said) == len(words)
    assert all(word in line for word, line in zip(words, said, strict=True))
    assert path.read_text() == text  # other programs keep their settings


def test_a_keras_at_work_is_changed_where_that_is_possible():
    before = """
    import keras
    keras.config.set_floatx("float64")
    keras.config.set_image_data_format("channels_first")
    keras.config.set_dtype_policy("mixed_float16")
    """
    lines, _ = run(textwrap.dedent(before) + PREPARE + SHOW)
    *said, settings = lines
    assert settings == RIGHT
    assert [line.split(" was ")[1] for line in said] == [
        "float64; now float32.",
        "channels_first; now channels_last.",
        "mixed_float16; now float32.",
    ]


def test_a_keras_on_another_backend_asks_for_a_new_kernel(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    with pytest.raises(RuntimeError, match="'torch', expected 'tensorflow'. Restart"):
        environment.prepare()


def test_nothing_is_loaded_and_nothing_said_where_all_is_well(tmp_path):
    lines, _ = run(
        PREPARE
        + "import sys; print({'keras', 'tensorflow', 'matplotlib'} & {*sys.modules})",
        KERAS_HOME=str(tmp_path),
        HOME="/nowhere",
    )
    assert lines == ["set()"]


def play(cells, **variables):
    """The outputs of cells in a kernel of their own: a list for each."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KERAS", "MPL"))}
    NotebookClient(notebook, timeout=120).execute(
        env={**kept, "PYTHONPATH": str(ROOT), **variables}
    )
    return [cell.outputs for cell in notebook.cells]


FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"


def shows_a_figure(outputs):
    return any("image/png" in output.get("data", {}) for output in outputs)


@pytest.mark.parametrize(
    ("backend", "loaded"), [("Agg", ""), ("pdf", "import matplotlib.pyplot as plt\n")]
)
def test_figures_show_whatever_the_backend_was(backend, loaded):
    setting = f"%env MPLBACKEND={backend}"
    _, said, figure = play([setting, loaded + PREPARE, FIGURE])
    assert f"'{backend.lower()}'" in said[0].text.lower()
    assert shows_a_figure(figure)


def test_lesson_00_says_what_is_wrong_in_a_line_each(tmp_path):
    """Its first two cells, as they stand in the notebook, on a badly set up machine."""
    [path] = (ROOT / "notebooks").glob("00_*.ipynb")
    cells = [c for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
    (tmp_path / "keras.json").write_text('{"image_data_format": "channels_first"}')
    first, second, *_ = play(
        [cell.source for cell in cells[:2]],
        KERAS_HOME=str(tmp_path),
        KERAS_BACKEND="jax",
    )
    lines = "".join(output.text for output in first).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["Keras", "Keras"]
    assert "'jax'" in lines[0] and "channels_first" in lines[1]
    assert "tensorflow" in "".join(output.text for output in second)


@pytest.fixture
def mixed():
    keras.config.set_dtype_policy("mixed_float16")
    yield
    keras.config.set_dtype_policy("float32")


def test_loops_and_labs_refuse_a_mixed_policy_in_words(mixed):
    words = "policy is 'mixed_float16', expected 'float32'"
    with pytest.raises(ValueError, match=words):
        training.compile_loop(lambda i: (0.0, 0.0))
    with pytest.raises(ValueError, match=words):
        lab.PointLab()
    with pytest.raises(ValueError, match=words):
        clinic.train(clinic.Recipe(loop="frozen"), iterations=1)
