"""Makes Keras, Matplotlib and TensorFlow what the lessons need, whatever was set up.

Every lesson calls `prepare` first. Importing this module loads none of the three.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

KERAS = {
    "backend": "tensorflow",
    "floatx": "float32",
    "image_data_format": "channels_last",
}
# They end Keras' own training early, wherever it is called.
KERAS_LIMITS = ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH")
INLINE = "module://matplotlib_inline.backend_inline"
NOTEBOOK_BACKENDS = ("inline", "ipympl", "nbagg", "notebook", "widget")


def prepare() -> None:
    """Set what lessons need in this process; print a line on each setting changed.

    For Keras that is the backend TensorFlow, float32 and channels last, whatever
    `keras.json` and the environment say; in a notebook a Matplotlib backend that shows
    figures there. A GPU's memory is taken as needed, so that two notebooks fit. Files
    and other processes keep their settings.

    Raises:
        RuntimeError: Keras is already running on another backend.
    """
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    keras_lines = _mend_keras() if "keras" in sys.modules else _prepare_keras()
    for line in (*keras_lines, *_prepare_matplotlib()):
        print(line)


def check_policy() -> None:
    """See that Keras' global policy is float32, which all training loops compute in.

    Raises:
        ValueError: It is another, such as "mixed_float16".
    """
    from keras import config

    policy = config.dtype_policy().name
    if policy != KERAS["floatx"]:
        raise ValueError(
            f"Keras' global policy is {policy!r}, expected 'float32', in which the "
            "course trains. Run keras.config.set_dtype_policy('float32'), and make the "
            "networks anew."
        )


def _prepare_keras() -> Iterator[str]:
    """Before Keras is imported: what it will read is put right."""
    for name in KERAS_LIMITS:
        if os.environ.pop(name, ""):
            yield f"Keras: {name} would cut training short; ignored here."
    backend = os.environ.get("KERAS_BACKEND", "")
    if backend not in ("", KERAS["backend"]):
        os.environ["KERAS_BACKEND"] = KERAS["backend"]
        yield f"Keras: KERAS_BACKEND is {backend!r}; this notebook uses 'tensorflow'."
    path = Path(os.environ.get("KERAS_HOME", "~/.keras"), "keras.json")
    wrong = _wrong_settings(path)
    if wrong:
        os.environ["KERAS_HOME"] = _right_home()
        yield f"Keras: {path} says {wrong}; this notebook uses {_say(KERAS)}."


def _wrong_settings(path: Path) -> str:
    """What in this `keras.json` does not fit, in words; "" for nothing."""
    try:
        text = path.expanduser().read_text(encoding="utf-8")
    except (OSError, RuntimeError, UnicodeDecodeError):  # no file, or no home folder
        return ""
    try:
        found = json.loads(text)
    except ValueError:
        return ""  # Keras ignores what is no JSON
    if not isinstance(found, dict) or not isinstance(found.get("epsilon", 0.1), float):
        return "what Keras cannot read"
    return _say({k: found[k] for k in KERAS if found.get(k, KERAS[k]) != KERAS[k]})


def _say(values: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _right_home() -> str:
    """A new folder with a `keras.json` that fits."""
    folder = tempfile.mkdtemp(prefix="keras-")
    text = json.dumps({**KERAS, "epsilon": 1e-7})
    Path(folder, "keras.json").write_text(text, encoding="utf-8")
    return folder


def _mend_keras() -> Iterator[str]:
    """After Keras was imported: what can still be changed is."""
    from keras import config

    if config.backend() != KERAS["backend"]:
        raise RuntimeError(
            f"Keras is running on {config.backend()!r}, expected 'tensorflow'. Restart "
            "the kernel, and run this cell before any other."
        )
    for name, value, change in (
        ("floatx", config.floatx(), config.set_floatx),
        (
            "image_data_format",
            config.image_data_format(),
            config.set_image_data_format,
        ),
    ):
        if value != KERAS[name]:
            change(KERAS[name])
            yield f"Keras: {name} was {value}; now {KERAS[name]}."
    policy = config.dtype_policy().name
    if policy != KERAS["floatx"]:
        config.set_dtype_policy(KERAS["floatx"])
        yield f"Keras: the policy was {policy}; now {KERAS['floatx']}."


def _prepare_matplotlib() -> Iterator[str]:
    """In a notebook: a backend that shows figures in it."""
    from IPython import get_ipython

    shell = get_ipython()
    if not hasattr(shell, "kernel"):  # a script, or a terminal
        return
    loaded = sys.modules.get("matplotlib")
    backend = loaded.get_backend() if loaded else os.environ.get("MPLBACKEND", "")
    if not backend or backend in NOTEBOOK_BACKENDS or backend.startswith("module://"):
        return
    os.environ["MPLBACKEND"] = INLINE
    if loaded:
        shell.run_line_magic("matplotlib", "inline")
    yield f"Matplotlib: the backend {backend!r} shows no figures here; now 'inline'."
