"""The README's four numbers, from the readings, so that they cannot go stale."""

from pathlib import Path
from statistics import median

from sections import Results, paths, read
from spread import ratio, show

BEGIN, END = "<!-- measured numbers -->", "<!-- end of numbers -->"


def speed(results: Results) -> str:
    ours, graph = (
        results.values(name, "iterations")
        for name in (
            "this course: training.fit's loop",
            "the original's graph-mode loop",
        )
    )
    return (
        f"The quadratic GAN trains {show(median(ours), digits=2)} iterations a second, "
        f"{show(ratio(ours, graph), digits=2)} times as many as the original's loop"
    )


def ceiling(results: Results) -> str:
    spent = median(results.values("this course: training.fit's loop", "ms"))
    speed = median(results.values("this course: training.fit's loop", "gflops"))
    best = max(
        median(results.values("ceiling, float32", kind))
        for kind in ("product", "convolution")
    )
    return (
        f"A step of the original DCGAN on Fashion-MNIST takes {spent:.0f} ms: "
        f"{100 * speed / best:.0f} % of what the processor can do"
    )


def quality(results: Results) -> str:
    ours, original = (
        results.values(name, "distance 90")
        for name in ("this course's laptop version", "recipe F, the original")
    )
    return (
        f"After 90 seconds of one core lesson 05's clothes have "
        f"{show(ratio(ours, original), digits=2)} times the original's Fréchet distance"
    )


def lab(results: Results) -> str:
    name = "with a kernel, in JupyterLab"
    frames, iterations = (
        median(results.values(name, what)) for what in ("frames", "iterations")
    )
    return (
        f"The live lab draws {frames:.0f} frames a second while it trains "
        f"{show(iterations, digits=2)} iterations"
    )


NUMBERS = {"Q": speed, "F": ceiling, "fashion": quality, "lab": lab}


def render(folder: Path) -> str:
    """A line of Markdown for each number that was measured, with its command."""
    lines = []
    for name, tell in NUMBERS.items():
        if results := read(paths(folder, name)[0]):
            lines.append(f"- {tell(results)}: `make bench ARGS={name}`.")
    return "\n".join(lines)
