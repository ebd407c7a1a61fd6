"""Sections: what lessons take in seconds and memory, a cold start, and `make test`."""

import functools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import originals_speed
from rendering import table
from sections import Key, Results, Section, alternate
from spread import show, show_spread

from gan_helpers.course.lessons import LESSONS

ROOT = Path(__file__).resolve().parents[1]
IMPORT = "import gan_helpers"
MEMORY = "The peak is of the kernel; the workers that lesson 12 starts come on top."
FULL_STEPS = 20
LETTERS = {"04": "S", "05": "F", "06": "L", "07": "H"}  # the lesson of an original
FULL = [f"full {letter}" for letter in "FSLH"]
PARTS = ("check", "test-package", "test-browser", "test-colab", "test-lessons")
# By a lesson's work; at `fast` by the seconds of each cell: a training of a few steps
# takes one to three, whatever it trains.
FAST_LIMITS = {"dense": "tracing, compiling", "convolution": "tracing, pictures"}
LAPTOP_LIMITS = {"dense": "compiling, small steps", "convolution": "convolutions"}
COLD = ("git clone", "make .venv/.installed", "lesson 00 to its first figure")
COLD_REPEATS = 3
# Set by the make that runs the benchmark: its own targets and variables are not ours.
OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "ARGS", "VENV")
MEASURED = """
import resource, sys, time
start = time.perf_counter()
{code}
seconds = time.perf_counter() - start
print(seconds, resource.getrusage(resource.{who}).ru_maxrss / 2**10)
"""
RUN_NOTEBOOK = """
import nbformat
from nbclient import NotebookClient
NotebookClient(nbformat.read({path!r}, 4), timeout=None, kernel_name="python3").execute(
    cwd={folder!r}
)
"""
FIRST_FIGURE = """
import nbformat
from nbclient import NotebookClient
book = nbformat.read({path!r}, 4)
client = NotebookClient(book, timeout=None, kernel_name="python3")
with client.setup_kernel(cwd={folder!r}):
    for k, cell in enumerate(book.cells):
        cell = client.execute_cell(cell, k) if cell.cell_type == "code" else cell
        if any("image/png" in one.get("data", "") for one in cell.get("outputs", [])):
            break
    else:
        raise SystemExit("The lesson shows no figure.")
"""


def run_python(
    code: str, *, who: str, environment=None, python: str = sys.executable
) -> dict[str, float]:
    """Seconds and peak MB of `code`, run in a new interpreter.

    Raises:
        RuntimeError: It fails; the message ends with what it wrote.
    """
    script = MEASURED.format(code=code, who=who)
    done = subprocess.run(
        [python, "-c", script],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"A measured program failed:\n{done.stderr[-2000:]}")
    seconds, megabytes = done.stdout.split()[-2:]
    return {"seconds": float(seconds), "MB": float(megabytes)}


def notebooks() -> dict[str, Path]:
    """The lessons as students get them, by name."""
    return {path.stem: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}


def measure_lesson(notebook: Path, budget: str) -> dict[str, float]:
    """Seconds and peak MB of the kernel of one notebook at this budget."""
    with tempfile.TemporaryDirectory() as outputs:
        code = RUN_NOTEBOOK.format(path=str(notebook), folder=str(notebook.parent))
        environment = {"GAN_BUDGET": budget, "GAN_OUTPUT_DIR": outputs}
        return run_python(code, who="RUSAGE_CHILDREN", environment=environment)


@functools.cache
def make_full(letter: str):
    """A function that measures FULL_STEPS steps of an original network."""
    original = originals_speed.ORIGINALS[letter]
    return originals_speed.by_tapes(original, 0.0, steps=FULL_STEPS // 2)


def fast_keys(quick: bool) -> list[Key]:
    found = list(notebooks())
    return alternate([IMPORT, *(found[:1] if quick else found)], 1 if quick else 5)


def measure_fast(quick: bool, missing: list[Key]) -> Iterator[tuple[Key, dict]]:
    for key in missing:
        if key[0] == IMPORT:
            yield key, run_python(IMPORT, who="RUSAGE_SELF")
        else:
            yield key, measure_lesson(notebooks()[key[0]], "fast")


def full_keys(quick: bool) -> list[Key]:
    """Five readings of the steps that take less than a minute, three of H's."""
    turns = alternate(FULL, 1 if quick else 5)
    return [(what, repeat) for what, repeat in turns if what != "full H" or repeat < 3]


def measure_full(quick: bool, missing: list[Key]) -> Iterator[tuple[Key, dict]]:
    for key in missing:
        yield key, make_full(key[0].removeprefix("full "))()


def laptop_keys(quick: bool) -> list[Key]:
    return alternate(list(notebooks())[: 1 if quick else None], 1)


def measure_laptop(quick: bool, missing: list[Key]) -> Iterator[tuple[Key, dict]]:
    for key in missing:
        yield key, measure_lesson(notebooks()[key[0]], "laptop")


def lesson_rows(
    results: Results, limit: float, limited_by: dict[str, str]
) -> list[tuple[str, ...]]:
    """A row a notebook: seconds, peak MB, whether it keeps within `limit` seconds.

    What limits it is by its work, "dense" or "convolution".
    """
    rows = []
    for name in notebooks():
        if not results.has(name):
            continue
        seconds = results.values(name, "seconds")
        memory = show_spread(results.values(name, "MB"))
        late = "" if median(seconds) <= limit else "**missed**"
        works = next((one.work for one in LESSONS if name.startswith(one.number)), "")
        limits = limited_by[works]
        rows.append((name, show_spread(seconds), memory, late or "met", limits))
    return rows


def report_fast(results: Results) -> str:
    head = ("notebook", "seconds", "peak MB", "30 s", "limited by")
    text = f"{MEMORY}\n\n" + table(head, lesson_rows(results, 30, FAST_LIMITS))
    if results.has(IMPORT):
        spent = show_spread(results.values(IMPORT, "seconds"))
        text = (
            f"`{IMPORT}`: {spent} s in a new interpreter, since its parts load on "
            f"first use.\n\n{text}"
        )
    return text


def report_full(results: Results) -> str:
    rows = []
    for number, letter in LETTERS.items():
        if spent := results.values(f"full {letter}", "ms"):
            steps = originals_speed.ORIGINALS[letter].steps
            hours = steps * median(spent) / 3.6e6
            shown = f"{show(hours)} h" if hours >= 1 else f"{show(60 * hours)} min"
            row = (f"{number}, {letter}", f"{steps:,}", show_spread(spent), shown)
            rows.append((*row, "convolutions: see its section above"))
    what = f"ms a step, from {FULL_STEPS}"
    head = ("lesson", "steps", what, "estimated", "limited by")
    return "The lessons' other trainings are not estimated.\n\n" + table(head, rows)


def report_laptop(results: Results) -> str:
    head = ("notebook", "seconds", "peak MB", "5 minutes", "limited by")
    return (
        f"One reading each: three would take more than an hour. {MEMORY}\n\n"
        + table(head, lesson_rows(results, 300, LAPTOP_LIMITS))
    )


def measure_cold(quick: bool, missing: list[Key]) -> Iterator[tuple[Key, dict]]:
    """A cold start for each repeat that misses a part."""
    for repeat in sorted({repeat for _, repeat in missing}):
        yield from start_cold(repeat)


def start_cold(repeat: int) -> Iterator[tuple[Key, dict]]:
    """A clone, its environment without pip's cache, and its first figure, in order."""
    with tempfile.TemporaryDirectory() as place:
        course = Path(place, "course")
        lesson = str(course / "notebooks/00_start_here.ipynb")
        python = str(course / ".venv/bin/python")
        code = FIRST_FIGURE.format(path=lesson, folder=str(course / "notebooks"))
        commands = (
            ["git", "clone", "-q", str(ROOT), str(course)],
            ["make", "-C", str(course), ".venv/.installed"],
            [python, "-c", code],
        )
        environment = os.environ | {"PIP_NO_CACHE_DIR": "1", "GAN_OUTPUT_DIR": place}
        for name, command in zip(COLD, commands, strict=True):
            yield (name, repeat), timed_command(command, environment)


def timed_command(command: list[str], environment=None) -> dict[str, float]:
    """Seconds that a command takes.

    Raises:
        RuntimeError: It fails; the message ends with what it wrote.
    """
    given = os.environ if environment is None else environment
    kept = {name: value for name, value in given.items() if name not in OF_MAKE}
    start = time.perf_counter()
    done = subprocess.run(command, env=kept, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode:
        said = done.stdout[-2000:] + done.stderr[-1000:]
        raise RuntimeError(f"{' '.join(command[:3])} failed:\n{said}")
    return {"seconds": seconds}


def report_cold(results: Results) -> str:
    limits = ("the disk", "the network: 0.75 GB", "importing TensorFlow, compiling")
    rows = [
        (name, show_spread(results.values(name, "seconds")), limit)
        for name, limit in zip(COLD, limits, strict=True)
        if results.has(name)
    ]
    whole = sum(median(results.values(name, "seconds")) for name, *_ in rows)
    rows.append(("all together", show(whole), "the network"))
    return (
        "Without pip's cache. The clone is of a folder on the same disk: from afar its "
        "size counts.\n\n" + table(("part", "seconds", "limited by"), rows)
    )


def measure_tests(quick: bool, missing: list[Key]) -> Iterator[tuple[Key, dict]]:
    """Each part; all are handed on at the end.

    A file of unfinished readings would change RESULTS.md, and a test compares that.
    """
    make = ["make", "-C", str(ROOT), f"VENV={sys.prefix}"]
    found = [timed_command([*make, name]) for name, _ in missing]
    yield from zip(missing, found, strict=True)


def report_tests(results: Results) -> str:
    limits = {
        "check": "reading every lesson",
        "test-package": "two at a time: short trainings, TensorFlow's import",
        "test-browser": "one after the other: answers are timed",
        "test-colab": "two at a time: TensorFlow's import",
        "test-lessons": "two at a time: the lessons at the budget `fast`",
    }
    rows = [
        (f"make {name}", show(results.values(name, "seconds")[0]), limits[name])
        for name in PARTS
        if results.has(name)
    ]
    whole = sum(v["seconds"] for v in results.readings.values())
    rows.append(("make test", show(whole), "the short trainings of tests and lessons"))
    return "Once each: three would take more than an hour.\n\n" + table(
        ("part", "seconds", "limited by"), rows
    )


SECTIONS = {
    "lessons": Section(
        "Lessons at the budget fast", 30, fast_keys, measure_fast, report_fast
    ),
    "full": Section(
        "The originals at the budget full, estimated", 10,
        full_keys, measure_full, report_full,
    ),
    "laptop": Section(
        "Lessons at the budget laptop", 45, laptop_keys, measure_laptop, report_laptop
    ),
    "start": Section(
        "A cold start: from git clone to the first figure", 4,
        lambda quick: [(name, k) for k in range(COLD_REPEATS) for name in COLD],
        measure_cold, report_cold,
    ),
    "tests": Section(
        "make test, by part", 50,
        lambda quick: alternate(PARTS, 1), measure_tests, report_tests,
    ),
}  # fmt: skip
