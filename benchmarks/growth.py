"""Section: how cost grows with batch, width, pictures, modes, points and workers.

Each cost is measured at several sizes, in turn, and a power of the size is fitted.
"""

import importlib.util
import math
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

import growth_costs as costs
from rendering import table
from sections import Key, Results, Section, alternate, in_turn
from spread import fit_growth, show

REPEATS = 3


Sentences = tuple[tuple[float, str], ...]  # up to which exponent each one holds

BATCH: Sentences = (
    (0.6, "Most of a step does not depend on the batch: larger ones are cheap."),
    (
        0.9,
        "A part of a step does not depend on the batch: twice the samples take less "
        "than twice as long.",
    ),
    (math.inf, "Arithmetic is the limit: twice the samples take twice as long."),
)
WIDTH: Sentences = (
    (
        1.2,
        "Weights grow with the square of the width, time far less: the limit is all "
        "that is not a product.",
    ),
    (
        1.8,
        "Between the activations, which grow with the width, and the products, which "
        "grow with its square.",
    ),
    (math.inf, "The products are the limit: they grow with the square of the width."),
)
SIDE: Sentences = (
    (
        1.8,
        "Pixels grow with the square of the side, time less: each layer that larger "
        "pictures add has half the maps of the one before.",
    ),
    (math.inf, "As the pixels, or faster: the activations' memory adds to arithmetic."),
)
MODES: Sentences = (
    (1.0, "More modes take longer to find, but each costs less than the first ones."),
    (math.inf, "Each further mode costs as much as the ones before, or more."),
)
POINT_BY_POINT: Sentences = (
    (0.8, "A part does not depend on the points: fits and roots of matrices."),
    (1.3, "About in proportion: each point is touched a fixed number of times."),
    (math.inf, "Faster than in proportion: many points no longer fit the cache."),
)
PAIRS: Sentences = (
    (1.7, "The pairs of points begin to count: at larger sizes they decide."),
    (
        math.inf,
        "All pairs of points: ten times the points take a hundred times as long.",
    ),
)
WORKERS: Sentences = (
    (-0.7, "Nearly in proportion: runs do not wait for one another."),
    (
        math.inf,
        "Workers share the machine's cores: beyond their number nothing is won.",
    ),
)


def sentence(sentences: Sentences, exponent: float) -> str:
    """What an exponent means, and what limits the cost."""
    return next(text for limit, text in sentences if exponent < limit)


class Cost(NamedTuple):
    """Something whose cost grows.

    Attributes:
        what: grows with what, for the table.
        unit: of the cost.
        sizes: where it is measured.
        make: makes a function that measures the cost at one size.
        says: what an exponent means, and so what limits it.
    """

    what: str
    unit: str
    sizes: tuple[int, ...]
    make: Callable[[int], Callable[[], float]]
    says: Sentences


POINTS = (1_000, 3_162, 10_000, 31_623, 100_000)
BATCHES = (32, 64, 128, 256, 512, 1024)
STEP, DENSE, FILTERS = "µs a step", (16, 32, 64, 128, 256, 512), (16, 32, 64, 128)
COSTS = {
    "batch, points": Cost(
        "batch of the quadratic GAN", STEP, BATCHES, costs.points_by_batch, BATCH
    ),
    "batch, pictures": Cost(
        "batch of lesson 05's recipe", STEP, BATCHES, costs.pictures_by_batch, BATCH
    ),
    "width": Cost(
        "width of dense layers, batch 256", STEP, DENSE, costs.points_by_width, WIDTH
    ),
    "filters": Cost(
        "filters, 32×32 in colour", STEP, FILTERS, costs.pictures_by_filters, WIDTH
    ),
    "side": Cost(
        "side of a picture in colour", STEP, FILTERS, costs.pictures_by_side, SIDE
    ),
    "modes": Cost(
        "modes on a grid",
        "iterations to hit 80 %",
        (9, 16, 25, 49, 100),
        costs.iterations_by_modes,
        MODES,
    ),
    **{
        name: Cost(f"points in {name}", "s", POINTS, make, says)
        for says, measures in (
            (POINT_BY_POINT, costs.MEASURES),
            (PAIRS, costs.MEASURES_OF_PAIRS),
        )
        for name, make in measures.items()
    },
}
if importlib.util.find_spec("gan_helpers.sweeps"):
    COSTS["workers"] = Cost(
        "workers of a sweep, 16 runs",
        "s",
        (1, 2, 4, 8),
        costs.sweep_by_workers,
        WORKERS,
    )
QUICK = ("batch, points", "Fréchet distance")


def plan(quick: bool) -> dict[str, tuple[int, ...]]:
    """The sizes of each cost."""
    if quick:
        return {name: COSTS[name].sizes[:3] for name in QUICK}
    return {name: cost.sizes for name, cost in COSTS.items()}


def keys(quick: bool) -> list[Key]:
    whats = [f"{name}: {n}" for name, sizes in plan(quick).items() for n in sizes]
    return alternate(whats, 1 if quick else REPEATS)


def ways() -> dict:
    """Each cost at each size: makes it ready, returns a function that measures it."""

    def make(cost: Cost, size: int):
        measure = cost.make(size)
        return lambda: {"size": size, "cost": measure()}

    return {
        f"{name}: {size}": lambda cost=cost, size=size: make(cost, size)
        for name, cost in COSTS.items()
        for size in cost.sizes
    }


def measure(quick: bool, missing: list[Key]):
    return in_turn(ways(), missing)


def report(results: Results) -> str:
    """The fitted exponents with a sentence each."""
    rows = []
    for name, cost in COSTS.items():
        found = {
            size: results.values(f"{name}: {size}", "cost")
            for size in cost.sizes
            if results.has(f"{name}: {size}")
        }
        if len(found) < 2:
            continue
        middle = {size: median(values) for size, values in found.items()}
        growth = fit_growth(list(middle), list(middle.values()))
        ends = min(found), max(found)
        rows.append(
            (
                cost.what,
                f"{ends[0]:,} to {ends[1]:,}",
                f"{show(middle[ends[0]])} to {show(middle[ends[1]])} {cost.unit}",
                f"{growth.exponent:.2f}",
                f"{growth.off:.2f} ×",
                sentence(cost.says, growth.exponent),
            )
        )
    head = ("what grows", "from, to", "cost", "exponent", "worst fit", "that is")
    text = (
        "Medians of each size's readings; cost = factor · size ^ exponent. The worst "
        "fit is the factor by which a size misses that line.\n\n"
    )
    text += table(head, rows)
    if "workers" not in COSTS:
        text += (
            "\nRuns on several workers: not measured, there is no gan_helpers.sweeps.\n"
        )
    return text


SECTIONS = {"growth": Section("How cost grows", 45, keys, measure, report)}
