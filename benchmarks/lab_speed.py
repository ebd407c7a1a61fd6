"""The live lab in Chromium and JupyterLab: its rates, its delays and its memory.

Kernel, server and browser share this machine's cores.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests"))
from browser import (  # noqa: E402
    open_browser,
    open_notebook,
    run_up_to,
    serve,
    write_notebook,
)
from lab_page import LabPage, show_lab  # noqa: E402

SECONDS = 20.0
PRESSES = 10
N_FRAMES = 20_000
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


def measure_view() -> dict[str, float | list[float]]:
    """What a student at the lab feels, as {name: value}.

    "first frame": seconds from running the lab's cell to its picture; "first trained
    frame": from pressing Play, the compilation included; "frames" and "iterations": a
    second while playing at the default settings; "effects": milliseconds from a key on
    a slider to the picture of a frame that was trained with the new value.
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
            return measure_lab(LabPage(page))


def measure_lab(lab: LabPage) -> dict[str, float | list[float]]:
    """The same for the lab in the page's second cell, which has not run yet."""
    start = time.perf_counter()
    show_lab(lab, "points")
    first = time.perf_counter() - start
    lab.button("play").click()
    start = time.perf_counter()
    lab.wait(lambda lab: lab.iteration > 0, "a trained frame", 60)
    first_trained = time.perf_counter() - start
    time.sleep(3)
    before = lab.root.evaluate(COUNT)
    time.sleep(SECONDS)
    after = lab.root.evaluate(COUNT)
    seconds, frames, iterations = (b - a for a, b in zip(before, after, strict=True))
    return {
        "first frame": first,
        "first trained frame": first_trained,
        "frames": frames / seconds,
        "iterations": iterations / seconds,
        "effects": measure_effects(lab),
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


def measure_growth() -> float:
    """MB by which a kernel's memory grows over N_FRAMES frames, after compiling."""
    done = subprocess.run(
        [sys.executable, "-c", GROWTH.format(n_frames=N_FRAMES)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.split()[-1])
