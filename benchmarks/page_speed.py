"""How fast docs/lab.html trains and draws at its default settings, and what limits it.

Run `python benchmarks/page_speed.py` on a quiet machine: two cores are busy, one with
the engine's worker and one with the page's drawing.
"""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests"))

from browser import open_browser  # noqa: E402
from page_lab import open_lab_page  # noqa: E402

SECONDS = 8
PARTS = """() => {
  const { Lab } = ganEngine;
  const lab = new Lab();
  lab.step(600);
  const { game, scene } = lab;
  const time = (call, n = 60) => {
    const times = Array.from({ length: 7 }, () => {
      const start = performance.now();
      for (let k = 0; k < n; k++) call();
      return ((performance.now() - start) / n) * 1000;
    });
    return Math.min(...times);
  };
  return {
    "one iteration": time(() => lab.advance()),
    "D's step": time(() => game.dStep(scene.real, scene.noise, scene.share)),
    "G's step": time(() => game.gStep(scene.real, scene.noise)),
    "one look (a frame)": time(() => lab.look(), 20),
  };
}"""


def main() -> None:
    with open_browser() as browser:
        start = time.perf_counter()
        lab = open_lab_page(browser)
        print(f"first picture after {time.perf_counter() - start:.2f} s")
        lab.button("play").click()
        time.sleep(3)  # until the engine's code is optimised
        before = lab.iteration, int(lab.data("drawn")), time.perf_counter()
        time.sleep(SECONDS)
        after = lab.iteration, int(lab.data("drawn")), time.perf_counter()
        seconds = after[2] - before[2]
        rates = [(b - a) / seconds for a, b in zip(before[:2], after[:2], strict=True)]
        print(f"{rates[0]:.0f} iterations/s with {rates[1]:.0f} frames/s")
        lab.pause()
        lab.page.add_script_tag(content=lab.page.evaluate('textOf("engine")'))
        for name, microseconds in lab.page.evaluate(PARTS).items():
            print(f"{name}: {microseconds:.0f} µs at best")


if __name__ == "__main__":
    main()
