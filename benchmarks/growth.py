"""Sections: how cost grows with batch, width, pictures, modes, workers, and points.

Each cost is measured at several sizes, in turn, and a power of the size is fitted.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import NamedTuple

import growth_costs as costs
from rendering import table
from sections import Key, Results, Section, alternate
from spread import fit_growth, show, show_spread

REPEATS, SLOW_REPEATS = 5, 3
# A repeat of these takes about a minute or more.
SLOW = ("kernel distance: 100000", "workers:")

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
    (
        math.inf,
        "Faster than in proportion, probably since it sorts and outgrows the cache.",
    ),
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
    (math.inf, "Less than in proportion: runs at the same time slow one another."),
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
        make: makes a function of the repeat that measures the cost at one size.
        says: what an exponent means, and so what limits it.
    """

    what: str
    unit: str
    sizes: tuple[int, ...]
    make: Callable[[int], Callable[[int], float]]
    says: Sentences


POINTS = (1_000, 3_162, 10_000, 31_623, 100_000)
# A reading at 100,000 would take eight minutes, by its exponent.
SLOW_POINTS = {"precision and recall": POINTS[:-1]}
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
        (8, 16, 25, 49, 100),
        costs.iterations_by_modes,
        MODES,
    ),
    "workers": Cost(
        "workers of a sweep, 16 runs",
        "s",
        (1, 2, 4, 8),
        costs.sweep_by_workers,
        WORKERS,
    ),
    **{
        name: Cost(f"points in {name}", "s", SLOW_POINTS.get(name, POINTS), make, says)
        for says, measures in (
            (POINT_BY_POINT, costs.MEASURES),
            (PAIRS, costs.MEASURES_OF_PAIRS),
        )
        for name, make in measures.items()
    },
}
OF_POINTS = (*costs.MEASURES, *costs.MEASURES_OF_PAIRS)
OF_TRAINING = tuple(name for name in COSTS if name not in OF_POINTS)


def keys(names: tuple[str, ...], quick: bool) -> list[Key]:
    """Each cost at each of its sizes, in turn; quick, the first at its first three."""
    plan = {name: COSTS[name].sizes for name in names}
    if quick:
        plan = {names[0]: plan[names[0]][:3]}
    whats = [f"{name}: {n}" for name, sizes in plan.items() for n in sizes]
    turns = alternate(whats, 1 if quick else REPEATS)
    return [
        (what, repeat)
        for what, repeat in turns
        if repeat < SLOW_REPEATS or not what.startswith(SLOW)
    ]


def measure(quick: bool, missing: list[Key]) -> Iterator[tuple[Key, dict]]:
    """Each cost at each size, in the order of the keys; made ready when needed."""
    ready: dict[str, Callable[[int], float]] = {}
    for what, repeat in missing:
        name, size = what.rsplit(": ", 1)
        if what not in ready:
            ready[what] = COSTS[name].make(int(size))
        yield (what, repeat), {"size": int(size), "cost": ready[what](repeat)}


def report(results: Results) -> str:
    """The fitted exponents with a sentence each."""
    rows, cores = [], int(results.described["cores"])
    for name, cost in COSTS.items():
        found = {
            size: results.values(f"{name}: {size}", "cost")
            for size in cost.sizes
            if results.has(f"{name}: {size}") and (name != "workers" or size <= cores)
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
    return text + tell_modes(results) + tell_workers(results) + tell_points(results)


def tell_modes(results: Results) -> str:
    """How many trainings never found their modes: they count as the most they had."""
    found = [
        cost
        for size in COSTS["modes"].sizes
        for cost in results.values(f"modes: {size}", "cost")
    ]
    if not found:
        return ""
    given_up = found.count(costs.MAX_ITERATIONS)
    return (
        f"\nOf {len(found)} trainings on modes {given_up} had not hit 80 % after "
        f"{costs.MAX_ITERATIONS:,} iterations, and count as these.\n"
    )


def tell_workers(results: Results) -> str:
    """What more workers than cores bring: no power of their number is fitted to it."""
    spent = [
        f"{show_spread(results.values(f'workers: {size}', 'cost'))} s on {size}"
        for size in COSTS["workers"].sizes
        if results.has(f"workers: {size}")
    ]
    if not spent:
        return ""
    return (
        f"\nThe sweep took {', '.join(spent)} workers; the exponent is of those that "
        f"have a core each, on this machine {results.described['cores']}.\n"
    )


def tell_points(results: Results) -> str:
    """Which measures stop before the others, and why."""
    return "".join(
        f"\n{name.capitalize()} stops at {max(sizes):,} points: {max(POINTS):,} would "
        "take too long for this section.\n"
        for name, sizes in SLOW_POINTS.items()
        if results.has(f"{name}: {max(sizes)}")
    )


SECTIONS = {
    "growth": Section(
        "How cost grows", 25, partial(keys, OF_TRAINING), measure, report
    ),
    "points": Section(
        "How a measure's cost grows", 20, partial(keys, OF_POINTS), measure, report
    ),
}
