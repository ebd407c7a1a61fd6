"""Sets of 2-D points, standardised, with what is needed to show and to judge them."""

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gan_helpers.data import points

N_PARTS = 20
MAX_DRAWN = 10_000

_MAKERS = {
    "quadratic": points.quadratic,
    "two curves": points.two_curves,
    "ring of 8": points.ring_of_8,
    "grid of 25": points.grid_of_25,
    "two moons": points.two_moons,
    "spiral": points.spiral,
    "one Gaussian": points.one_gaussian,
}
NAMES = tuple(_MAKERS)


@dataclasses.dataclass(frozen=True)
class PointSet:
    """Real points, and where generated ones should be found.

    Attributes:
        points: (n, 2) float32, in random order.
        centres: (k, 2) float32, the modes or the middles of parts; None for neither.
        radius: How near a point must be to a centre to count for it, and for no other.
        parts: What the centres are, "modes" or "parts"; None without centres.
    """

    points: np.ndarray
    centres: np.ndarray | None = None
    radius: float = 0.0
    parts: str | None = None

    @functools.cached_property
    def extent(self) -> list[float]:
        """[x0, x1, y0, y1], the points' range and a seventh of it on each side."""
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        margin = np.maximum((high - low) / 7, 0.1)
        low, high = low - margin, high + margin
        return [float(v) for v in (low[0], high[0], low[1], high[1])]

    def cells(self, n: int) -> np.ndarray:
        """Middles of n by n cells of the extent, (n², 2), rows from the bottom up."""
        x0, x1, y0, y1 = self.extent
        place = (np.arange(n) + 0.5) / n
        x, y = np.meshgrid(x0 + (x1 - x0) * place, y0 + (y1 - y0) * place)
        return np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float32)


@functools.cache
def make_named(name: str, *, n: int, dtype: type = np.float64) -> PointSet:
    """n points of one of `NAMES`, always the same, with the modes if it has any.

    Each coordinate is scaled to mean 0 and standard deviation 1, as lesson 02 advises.

    Args:
        dtype: In which mean and deviation are computed. float32 is off by up to 1e-5.

    Raises:
        ValueError: There is no such set.
    """
    if name not in _MAKERS:
        raise ValueError(
            f"There is no point set {name!r}, expected one of {', '.join(NAMES)}."
        )
    raw: np.ndarray = _MAKERS[name](n, np.random.default_rng(0)).astype(dtype)
    mean, std = raw.mean(axis=0), raw.std(axis=0)
    standardised = ((raw - mean) / std).astype(np.float32)
    if name not in points.CENTRES:
        return PointSet(standardised)
    centres = ((points.CENTRES[name] - mean) / std).astype(np.float32)
    # A quarter of the way to the next mode: strict enough to tell modes apart, and
    # wide enough for a generator that has found a mode but not yet its width.
    return PointSet(standardised, centres, _neighbour_gap(centres) / 4, "modes")


def cut_into_parts(sample: np.ndarray) -> PointSet:
    """Any points (n, 2), at least 2 different ones, judged by up to `N_PARTS` parts."""
    n_parts = min(N_PARTS, len(np.unique(sample, axis=0)))
    centres = find_parts(sample, n_parts)
    return PointSet(sample, centres, _neighbour_gap(centres) / 2, "parts")


def make_drawn(drawn: ArrayLike, extent: Sequence[float], *, n: int) -> PointSet:
    """n points from hand-drawn ones: resampled, each with a little Gaussian noise.

    Args:
        drawn: (m, 2) numbers in data units, m from 2 to `MAX_DRAWN`, at least two of
            them different.
        extent: (x0, x1, y0, y1) of the panel they were drawn on; the noise has half a
            percent of its width and of its height.

    Raises:
        ValueError: Anything else.
    """
    try:
        drawn = np.asarray(drawn, dtype=np.float32)
    except (TypeError, ValueError):
        drawn = np.zeros(0)
    if drawn.ndim != 2 or drawn.shape[1] != 2 or not np.isfinite(drawn).all():
        raise ValueError("A drawing is a list of finite points [x, y].")
    if len(drawn) > MAX_DRAWN:
        raise ValueError(
            f"The drawing has {len(drawn)} points, expected at most {MAX_DRAWN}."
        )
    if len(np.unique(drawn, axis=0)) < 2:
        raise ValueError(
            "The drawing has one point, expected at least 2 different ones. "
            "Draw a line or several dots."
        )
    rng = np.random.default_rng(0)
    x0, x1, y0, y1 = extent
    sample = drawn[rng.integers(len(drawn), size=n)]
    noise = rng.normal(0, 0.005, sample.shape) * [x1 - x0, y1 - y0]
    return cut_into_parts((sample + noise).astype(np.float32))


def find_parts(sample: np.ndarray, n: int) -> np.ndarray:
    """Middles (n, 2) of n parts of similar width that together cover points (m, 2).

    A few rounds of k-means, from points that are far apart. Source of the start:
    Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985.
    """
    from scipy.cluster.vq import kmeans2  # not needed by those who only load data

    chosen = [int(np.linalg.norm(sample - sample.mean(axis=0), axis=1).argmax())]
    gap = np.full(len(sample), np.inf)
    while len(chosen) < n:
        gap = np.minimum(gap, np.linalg.norm(sample - sample[chosen[-1]], axis=1))
        chosen.append(int(gap.argmax()))
    middles, _ = kmeans2(sample, sample[chosen], iter=5, minit="matrix")
    return middles


def _neighbour_gap(centres: np.ndarray) -> float:
    """Median distance from a centre to the nearest other one."""
    gaps = np.linalg.norm(centres[:, None] - centres, axis=2)
    np.fill_diagonal(gaps, np.inf)
    return float(np.median(gaps.min(axis=1)))
