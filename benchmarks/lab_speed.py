"""Section: the live lab, in JupyterLab with its kernel, and on the page without one.

Kernel, server and browser share this machine's cores.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from rendering import Goal, goals, table
from sections import Key, Results, Section, alternate, in_turn
from spread import show_spread

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # tools has a lab_page, too
from browser import (  # noqa: E402
    open_browser,
    open_notebook,
    run_up_to,
    serve,
    write_notebook,
)
from lab_page import LabPage, show_lab  # noqa: E402
from page_lab import open_lab_page  # noqa: E402

SECONDS, REPEATS = 20.0, 5
PRESSES = 10
N_FRAMES = 20_000
KERNEL, PAGE = "with a kernel, in JupyterLab", "the page without a kernel"
MEMORY = "the kernel's memory"
CELLS = [
    "import tensorflow\nfrom gan_helpers import lab\nprint('imported')",
    "points = lab.PointLab()\npoints.show()",
]
# For a key on a slider: ms until a frame that was trained with the new value is drawn.
WATCH = """root => {
  window.effects = [];
  const field = root.querySelector("[data-setting=d_rate]");
  field.addEventListener("keydown", ({ timeStamp }) => {
    const before = field.dataset.confirmed;
    let confirmed = null;
    const look = () => {
      const { iteration } = root.dataset;
      const arrived = field.dataset.confirmed !== before;
      if (arrived) confirmed ??= iteration;
      if (arrived && iteration !== confirmed) {
        window.effects.push(performance.now() - timeStamp);
      } else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, true);
}"""
COUNT = """root => [
  performance.now() / 1000, Number(root.dataset.drawn), Number(root.dataset.iteration)
]"""
GROWTH = """
import psutil
from gan_helpers import lab
from gan_helpers.lab.messages import handle
points = lab.PointLab()
memory = psutil.Process().memory_info
for k in range({n_frames} + 10):
    if k == 10:  # everything is compiled
        start = memory().rss
    handle(points, {{"type": "frame", "ms": 1}})
print((memory().rss - start) / 2**20)
"""
# Shown, limit and whether it is a lower one, what limits it.
ROWS = {
    "frames": ("frames/s while playing", 20, True, "drawing, and a frame's training"),
    "iterations": ("iterations/s with them", 1000, True, "the drawing's share"),
    "effect": ("a slider's key to its effect, ms", 150, False, "about three frames"),
    "slowest effect": ("the slowest of the presses, ms", None, False, "the same"),
    "first frame": (
        "first frame, s",
        5,
        False,
        "making the networks; the page: loading itself",
    ),
    "first trained frame": (
        "Play to a trained frame, s",
        None,
        False,
        "compiling; the page, which compiles nothing: some frames",
    ),
}


def measure_kernel() -> dict[str, float]:
    """What a student at the lab feels, as {name: value}.

    "first frame": seconds from running the lab's cell to its picture; "first trained
    frame": from pressing Play, the compilation included; "frames" and "iterations": a
    second while playing at the default settings; "effect": median milliseconds from a
    key on a slider to the picture of a frame that was trained with the new value.
    """
    with tempfile.TemporaryDirectory() as place, open_browser() as browser:
        folder, home = Path(place, "notebooks"), Path(place, "home")
        folder.mkdir()
        home.mkdir()
        write_notebook(folder / "points.ipynb", *CELLS)
        with serve(folder, home) as server:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            open_notebook(page, server, "points.ipynb")
            run_up_to(page, CELLS[0])
            page.wait_for_selector(".jp-OutputArea-output :text-is('imported')")
            lab, start = LabPage(page), time.perf_counter()
            show_lab(lab, "points")
            return measure_lab(lab, time.perf_counter() - start)


def measure_page() -> dict[str, float]:
    """The same of docs/lab.html; its first frame counts from opening the file."""
    with open_browser() as browser:
        start = time.perf_counter()
        lab = open_lab_page(browser)
        return measure_lab(lab, time.perf_counter() - start)


def measure_lab(lab: LabPage, first: float) -> dict[str, float]:
    """The same for a lab that shows its first frame and has not trained."""
    before, start = lab.iteration, time.perf_counter()
    lab.button("play").click()
    lab.wait(lambda lab: lab.iteration > before, "a trained frame", 60)
    first_trained = time.perf_counter() - start
    time.sleep(min(3.0, SECONDS))  # until the code is optimised
    early = lab.root.evaluate(COUNT)
    time.sleep(SECONDS)
    late = lab.root.evaluate(COUNT)
    seconds, frames, iterations = (b - a for a, b in zip(early, late, strict=True))
    effects = measure_effects(lab)
    return {
        "first frame": first,
        "first trained frame": first_trained,
        "frames": frames / seconds,
        "iterations": iterations / seconds,
        "effect": median(effects),
        "slowest effect": max(effects),
    }


def measure_effects(lab: LabPage) -> list[float]:
    """Milliseconds from a key on a slider to its effect, of each press."""
    lab.root.evaluate(WATCH)
    lab.control("d_rate").focus()
    for press in range(PRESSES):
        lab.page.keyboard.press("ArrowDown")
        seen = "count => window.effects.length > count"
        lab.page.wait_for_function(seen, arg=press)
        time.sleep(0.3)
    return lab.page.evaluate("window.effects")


def measure_growth() -> dict[str, float]:
    """MB by which a kernel's memory grows over N_FRAMES frames, after compiling."""
    done = subprocess.run(
        [sys.executable, "-c", GROWTH.format(n_frames=N_FRAMES)],
        capture_output=True,
        text=True,
        check=True,
    )
    return {"growth": float(done.stdout.split()[-1])}


WAYS: dict[str, Callable] = {
    KERNEL: lambda: measure_kernel,
    PAGE: lambda: measure_page,
    MEMORY: lambda: measure_growth,
}


def keys(quick: bool) -> list[Key]:
    turns = alternate((KERNEL, PAGE), 1 if quick else REPEATS)
    return turns if quick else turns + alternate([MEMORY], 3)


def measure(quick: bool, missing: list[Key]):
    return in_turn(WAYS, missing)


def report(results: Results) -> str:
    """Both labs side by side, the goals of the kernel's, and GAN Lab's line."""
    rows = [
        (shown, *(cell(results, what, name) for what in (KERNEL, PAGE)), limit)
        for name, (shown, _, _, limit) in ROWS.items()
    ]
    text = (
        "Points, default settings, headless Chromium; kernel, server and browser share "
        f"the cores. The effect is the median of {PRESSES} presses.\n\n"
    )
    text += table(("what", KERNEL, PAGE, "limited by"), rows)
    text += (
        "\nGAN Lab (poloclub/ganlab): not run. Its code is published as sources "
        "of 2018 that must be fetched and built; this script fetches nothing.\n"
    )
    if results.has(KERNEL):
        found = [
            Goal(shown, limit, median(results.values(KERNEL, name)), at_least)
            for name, (shown, limit, at_least, _) in ROWS.items()
            if limit
        ]
        if growth := results.values(MEMORY, "growth"):
            what = f"growth of a kernel over {N_FRAMES:,} frames, no browser, MB"
            found.append(Goal(what, 50, max(growth), at_least=False))
        text += "\nGoals, of the lab with a kernel:\n\n" + goals(found)
    return text


def cell(results: Results, what: str, name: str) -> str:
    """A value's spread; nothing where it was not measured."""
    values = results.values(what, name)
    return show_spread(values) if values else ""


SECTIONS = {
    "lab": Section("The live lab", 10, keys, measure, report),
}
