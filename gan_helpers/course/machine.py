"""What this machine has: versions, data, live views, and its speed."""

import json
import platform
import queue
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from gan_helpers import settings
from gan_helpers.data.fetch import DataUnavailable, cache_dir, find_files
from gan_helpers.data.imageset import DataError
from gan_helpers.data.registry import REGISTRY

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

# All tests ran on these: those of requirements.lock, and those that Google Colab had in
# August 2026.
TESTED = {
    "python": ("3.11", "3.13"),
    "tensorflow": ("2.21.0", "2.20.0"),
    "keras": ("3.15.1", "3.13.2"),
    "numpy": ("2.4.6", "2.1.3"),
    "matplotlib": ("3.11.2", "3.10.0"),
    "ipywidgets": ("8.1.9", "7.7.1"),
    "anywidget": ("0.11.0", "0.9.21"),
}
# What lesson needs the files, the keys of the files, and what replaces them.
DATA = {
    "SVHN": ("04", ("svhn-train", "svhn-test"), "synthetic house numbers"),
    "Fashion-MNIST": (
        "05",
        ("fashion-train-images", "fashion-train-labels"),
        "its 10,000 test pictures",
    ),
    "CIFAR-10": ("07", ("cifar10",), "synthetic ships"),
}
# Seconds of the two workloads in measure_speed on two cores without a GPU, the machine
# on which the minutes of the lessons were taken.
REFERENCE = {"dense": 0.065, "convolution": 0.115}
# The browser's half of show_live_check.
LIVE_CHECK = """
export default {
  render({ model, el }) {
    const line = document.createElement("p");
    line.setAttribute("role", "status");
    line.textContent = "… asked the kernel; it answers when no cell is running.";
    model.on("msg:custom", () => {
      line.textContent = "✓ Live views work: your browser and the kernel talk.";
    });
    el.append(line);
    model.send({});
  },
};
"""


def check_versions() -> list[tuple[str, str, str]]:
    """(package, version found, verdict) of Python and of the packages in `TESTED`."""
    limits = _limits()
    rows = []
    for name, tested in TESTED.items():
        try:
            found = _version(name)
        except metadata.PackageNotFoundError:
            found = "missing"
        rows.append((name, found, _judge(name, found, tested, limits.get(name))))
    return rows


def _version(name: str) -> str:
    if name == "python":
        return ".".join(platform.python_version_tuple()[:2])
    return metadata.version(name)


def _limits() -> dict:
    """The versions that the installed course asks for, as specifiers by name."""
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

    try:
        course = metadata.metadata("gan-course")
    except metadata.PackageNotFoundError:  # used from a folder, without installing
        return {}
    lines = [Requirement(line) for line in course.get_all("Requires-Dist", [])]
    limits = {line.name: line.specifier for line in lines if line.marker is None}
    return limits | {"python": SpecifierSet(course["Requires-Python"])}


def _judge(
    name: str, found: str, tested: tuple[str, ...], limit: "SpecifierSet | None"
) -> str:
    if found in tested:
        return "tested"
    if found != "missing" and (limit is None or limit.contains(found)):
        return f"should work; tested: {' and '.join(tested)}"
    wanted = f"{name}{limit or ''}"
    if name == "python":
        return f"does not fit: install {wanted} and make the environment anew"
    return f'does not fit: run  %pip install "{wanted}"  and restart the kernel'


def find_data(*, wait: float = 2.0) -> list[tuple[str, str, str]]:
    """(data set, its lesson, where the files are), without downloading any.

    Looks in the folder of GAN_DATA_DIR, in Debian's and in the cache. For what is in
    none of them it asks the hosts, all at once, for `wait` seconds at most.

    Raises:
        DataError: GAN_DATA_DIR names something that is not a folder.
    """
    places = {key: _find_place(key) for _, keys, _ in DATA.values() for key in keys}
    sizes = _ask_hosts([key for key, place in places.items() if not place], wait)
    rows = []
    for name, (lesson, keys, instead) in DATA.items():
        missing = [key for key in keys if not places[key]]
        if not missing:
            where = " and ".join(sorted({places[key] for key in keys}))
        elif all(key in sizes for key in missing):
            size = sum(sizes[key] for key in missing) / 1e6
            where = f"can be downloaded ({size:,.0f} MB)"
        else:
            where = f"not here, no answer from its host: {instead} will stand in"
        rows.append((name, lesson, where))
    return [*rows, ("flags", "06", "bundled")]


def _find_place(key: str) -> str:
    """ "local" or "cached"; empty if the file is not on this machine."""
    for source in ("local", "cached"):
        with suppress(DataUnavailable):
            return find_files((key,), source=source)[1]
    return ""


def _ask_hosts(keys: list[str], wait: float) -> dict[str, int]:
    """The size in bytes of each file whose host answers in time."""
    import requests

    answers: queue.SimpleQueue = queue.SimpleQueue()

    def ask(key: str, url: str) -> None:
        size = None
        with suppress(OSError, ValueError):  # no answer, or a nonsensical one
            reply = requests.head(url, timeout=wait, allow_redirects=True)
            size = int(reply.headers.get("Content-Length", 0)) if reply.ok else None
        answers.put((key, size))

    pairs = [(key, url) for key in keys for url in REGISTRY[key].urls]
    for pair in pairs:
        # A name can take long to look up: late threads are left behind.
        threading.Thread(target=ask, args=pair, daemon=True).start()
    sizes, deadline = {}, time.monotonic() + wait
    with suppress(queue.Empty):
        for _ in pairs:
            key, size = answers.get(timeout=max(0, deadline - time.monotonic()))
            if size is not None:
                sizes[key] = size
    return sizes


def measure_speed() -> dict[str, float]:
    """How many times as long as the reference machine this one takes, by kind of work.

    "dense" is timed on 200 iterations of lesson 02's training, "convolution" on ten of
    lesson 05's. What was found is kept for `known_speed`.
    """
    import numpy as np

    from gan_helpers import training
    from gan_helpers.taught import fashion, quadratic

    networks = quadratic.make_generator(), quadratic.make_discriminator()
    steps = quadratic.make_steps(*networks)
    dense = training.compile_loop(quadratic.make_train_step(*steps), max_steps=200)
    generator = fashion.make_generator()
    black = np.zeros((fashion.BATCH_SIZE, 28, 28, 1), np.uint8)
    step = fashion.make_train_step(
        generator,
        fashion.make_discriminator(),
        training.make_average(generator),
        training.make_batches(black, len(black), seed=0),
        fashion.make_optimizers(),
    )
    convolution = training.compile_loop(step, max_steps=10)
    seconds = {
        "dense": settings.seconds_per_call(lambda: dense(0, 200)),
        "convolution": settings.seconds_per_call(lambda: convolution(0, 10)),
    }
    speed = {work: seconds[work] / REFERENCE[work] for work in REFERENCE}
    # Where nothing can be kept, nothing is known later.
    with suppress(OSError, DataError):
        path = _speed_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(speed), encoding="utf-8")
        part.replace(path)
    return speed


def known_speed() -> dict[str, float] | None:
    """What `measure_speed` found here the last time; None if it never ran."""
    try:
        found = json.loads(_speed_path().read_text(encoding="utf-8"))
        return {work: float(found[work]) for work in REFERENCE}
    except (OSError, DataError, ValueError, KeyError, TypeError):  # none, or damaged
        return None


def _speed_path() -> Path:
    return cache_dir() / "speed.json"


def show_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Show a table in a notebook. What a build saves leaves it out.

    It is for what belongs to the machine: files, times. Cells are text.
    """
    from IPython.display import Markdown, display

    lines = [header, ["---"] * len(header), *rows]
    texts = [[str(cell).replace("|", "\\|") for cell in line] for line in lines]
    display(Markdown("\n".join(f"| {' | '.join(line)} |" for line in texts)))


def show_live_check() -> None:
    """Show a line that says whether views in the browser reach the kernel."""
    import anywidget
    from IPython.display import display

    view = type("LiveCheck", (anywidget.AnyWidget,), {"_esm": LIVE_CHECK})()
    view.on_msg(lambda widget, content, buffers: widget.send({}))
    display(view)
