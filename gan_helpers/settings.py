"""How large a lesson runs, on which seed, where it writes, and how long it will take.

Importing this module loads neither TensorFlow nor matplotlib.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

BUDGETS = ("fast", "laptop", "full")
Value = TypeVar("Value")


def budget_name() -> str:
    """The budget in force: `GAN_BUDGET`, else "laptop", with a GPU or without.

    Raises:
        ValueError: `GAN_BUDGET` is set to something other than fast, laptop or full.
    """
    name = os.environ.get("GAN_BUDGET", "").strip() or "laptop"
    if name not in BUDGETS:
        raise ValueError(
            f"GAN_BUDGET is {name!r}, expected one of {', '.join(BUDGETS)}. "
            "Set it to one of these, or unset it."
        )
    return name


def budget(*, fast: Value, laptop: Value, full: Value) -> Value:
    """The one of three values that fits this run.

    `fast` is what continuous integration runs (under a minute a lesson), `laptop` gives
    a result worth looking at within five minutes on two cores, `full` is the size of
    the original tutorial. Values may be of any type; a dict holds several settings.
    """
    return {"fast": fast, "laptop": laptop, "full": full}[budget_name()]


def set_seed(seed: int) -> None:
    """Seed Python's, NumPy's and TensorFlow's generators (`seed`: 0 to 2**32 - 1).

    Runs repeat on one machine; another processor may differ in the last digits, and
    training makes such differences grow.
    """
    import keras

    random.seed(seed)
    keras.utils.set_random_seed(seed)


def output_dir(lesson: str) -> Path:
    """The folder for what a lesson writes (checkpoints, animations), made if missing.

    `GAN_OUTPUT_DIR` names its parent. The default is `outputs` in the working folder;
    where that cannot be written, `gan-course-outputs` in the user's own, and a line
    says so. A solved notebook, in the folder `solutions`, has one of its own.

    Raises:
        OSError: No folder can be written, or not the one that was named.
    """
    if Path.cwd().name == "solutions":  # or both versions would resume each other's run
        lesson += "_solved"
    own = os.environ.get("GAN_OUTPUT_DIR", "").strip()
    parents = [Path(own)] if own else [Path("outputs"), _home() / "gan-course-outputs"]
    for parent in parents:
        try:
            (parent / lesson).mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=parent / lesson).close()
        except OSError as error:
            trouble = f"{parent.absolute()}: {error.strerror or error}"
            continue
        if parent != parents[0]:
            print(f"This folder cannot be written, so outputs go to {parent}.")
        return parent / lesson
    raise OSError(
        f"Outputs cannot be written ({trouble}). Set GAN_OUTPUT_DIR to a folder where "
        "they can."
    )


def _home() -> Path:
    return Path(os.path.expanduser("~"))  # "~" itself where there is no home


def seconds_per_call(function: Callable[[], object], *, calls: int = 3) -> float:
    """Median wall-clock seconds of `function()`, after one call to warm up."""
    function()
    seconds = []
    for _ in range(calls):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)[len(seconds) // 2]


def announce_time(what: str, seconds: float) -> None:
    """Say how long `what` will take on this machine, in the reader's units.

    Written to stderr, like a progress bar: a saved notebook keeps neither, because
    the number belongs to the machine and not to the lesson.
    """
    if seconds < 90:
        time_text = f"{max(1, round(seconds))} s"
    else:
        time_text = f"{seconds / 60:.0f} min"
    print(f"{what}: about {time_text} on this machine", file=sys.stderr, flush=True)
