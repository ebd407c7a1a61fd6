"""Medians with their spread, ratios, and how fast a cost grows: numbers to texts."""

import math
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

import numpy as np


def show(value: float, *, digits: int = 3) -> str:
    """A number with `digits` significant digits, thousands apart, never 1e+03."""
    if not math.isfinite(value):
        return str(value)
    if not value:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, places):,.{max(0, places)}f}"


def show_spread(values: Sequence[float], *, digits: int = 3) -> str:
    """The median, and in brackets the least and the largest where there are several."""
    middle = show(median(values), digits=digits)
    if len(values) < 2:
        return middle
    low, high = (show(end(values), digits=digits) for end in (min, max))
    return f"{middle} ({low} to {high})"


def ratio(values: Sequence[float], others: Sequence[float]) -> float:
    """The median of one by the median of the other."""
    return median(values) / median(others)


class Growth(NamedTuple):
    """cost = factor · size ^ exponent; `off` is the largest cost by the fitted one."""

    exponent: float
    factor: float
    off: float


def fit_growth(sizes: Sequence[float], costs: Sequence[float]) -> Growth:
    """Least squares through the logarithms of sizes and costs.

    `off` is at least 1: by what factor the worst of the costs misses the line, upwards
    or downwards.

    Raises:
        ValueError: Fewer than two different sizes, or one that is not positive.
    """
    x, y = np.asarray(sizes, float), np.asarray(costs, float)
    if len(set(x)) < 2 or not (x > 0).all() or not (y > 0).all():
        raise ValueError(
            f"Sizes {sizes} and costs {costs}, expected two different sizes or more, "
            "and all above 0."
        )
    exponent, start = np.polyfit(np.log(x), np.log(y), 1)
    misses = np.log(y) - (start + exponent * np.log(x))
    off = math.exp(np.abs(misses).max())
    return Growth(float(exponent), math.exp(start), off)
