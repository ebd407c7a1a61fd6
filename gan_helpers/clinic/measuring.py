"""How good a patient's points are, and the table of how well the symptoms work."""

import csv
from typing import NamedTuple

import numpy as np

from gan_helpers import metrics
from gan_helpers.clinic.recipes import Recipe, point_set
from gan_helpers.clinic.running import ClinicHistory
from gan_helpers.data.bundled import bundled_dir


def measure(recipe: Recipe, history: ClinicHistory) -> float:
    """Grid divergence of the final points from the data: 0 to ln 2; NaN after NaN.

    Source and details: `metrics.grid_divergence`, here with 20 cells along each axis.
    """
    if not np.isfinite(history.fake_points).all():
        return float("nan")
    real = point_set(recipe.data).points
    return metrics.grid_divergence(real, history.fake_points, bins=20)


def modes_of(recipe: Recipe, history: ClinicHistory) -> int | None:
    """Number of modes that the final points hit; None for data without modes.

    Raises:
        ValueError: The final points are not finite.
    """
    data = point_set(recipe.data)
    if data.centres is None:
        return None
    shares = metrics.mode_shares(history.fake_points, data.centres, radius=data.radius)
    return metrics.modes_hit(shares)


class Result(NamedTuple):
    """One training of data/clinic.csv.

    Attributes:
        case: A name in `CASES` or `HEALTHY`.
        condition: "faulty", "cured", "healthy" or a name in `PARTS`.
        seed: What the training started from.
        findings: Names of what was found, none for a silent run.
        divergence: What `measure` returned, to three digits.
        modes: What `modes_of` returned, None for data without modes or after NaN.
    """

    case: str
    condition: str
    seed: int
    findings: tuple[str, ...]
    divergence: float
    modes: int | None


def load_results() -> list[Result]:
    """The rows of data/clinic.csv, which benchmarks/clinic.py wrote."""
    path = bundled_dir() / "clinic.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Result(
                row["case"],
                row["condition"],
                int(row["seed"]),
                tuple(row["findings"].split("; ")) if row["findings"] else (),
                float(row["divergence"]),
                int(row["modes"]) if row["modes"] else None,
            )
            for row in csv.DictReader(file)
        ]
