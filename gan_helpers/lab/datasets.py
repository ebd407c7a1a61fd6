"""Point sets and noise of the 2-D lab, ready to be sampled inside a compiled step."""

import dataclasses
import functools

import numpy as np
import tensorflow as tf

from gan_helpers.data import points

POOL_SIZE = 8192
N_PARTS = 20
MAX_DRAWN = 10_000

_MAKERS = {
    "quadratic": points.quadratic,
    "two curves": points.two_curves,
    "ring of 8": points.ring_of_8,
    "grid of 25": points.grid_of_25,
    "two moons": points.two_moons,
    "spiral": points.spiral,
}
NAMES = tuple(_MAKERS)
NOISES = ("uniform", "normal")


@dataclasses.dataclass(frozen=True)
class PointSet:
    """Real points and what is needed to show and to judge them.

    Attributes:
        pool: (n, 2) float32, in random order; batches are drawn from it.
        centres: (k, 2) the modes, or the middles of `N_PARTS` parts of the points.
        radius: How near a point must be to a centre to count for it.
        parts: "modes" for sets with known modes, else "parts".
    """

    pool: np.ndarray
    centres: np.ndarray
    radius: float
    parts: str

    @functools.cached_property
    def extent(self) -> list[float]:
        """[x0, x1, y0, y1], the points' range and a seventh of it on each side."""
        low, high = self.pool.min(axis=0), self.pool.max(axis=0)
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
def make_named(name: str) -> PointSet:
    """One of `NAMES`, each coordinate scaled to mean 0 and standard deviation 1."""
    raw = _MAKERS[name](POOL_SIZE, np.random.default_rng(0)).astype(np.float64)
    mean, std = raw.mean(axis=0), raw.std(axis=0)
    pool = ((raw - mean) / std).astype(np.float32)
    centres = points.CENTRES.get(name.replace(" ", "_"))
    if centres is None:
        return make_from_points(pool)
    centres = ((centres - mean) / std).astype(np.float32)
    # A quarter of the way to the next mode: strict enough to tell modes apart, and
    # wide enough for a generator that has found a mode but not yet its width.
    return PointSet(pool, centres, _neighbour_gap(centres) / 4, "modes")


def make_from_points(pool: np.ndarray) -> PointSet:
    """Any points (n, 2), at least 2 different ones, judged by up to `N_PARTS` parts."""
    n_parts = min(N_PARTS, len(np.unique(pool, axis=0)))
    centres = find_parts(pool, n_parts)
    return PointSet(pool, centres, _neighbour_gap(centres) / 2, "parts")


def make_drawn(drawn, extent) -> PointSet:
    """A set from hand-drawn points: resampled, each with a little Gaussian noise.

    Args:
        drawn: (n, 2) numbers in data units, n from 2 to `MAX_DRAWN`, at least two of
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
    pool = drawn[rng.integers(len(drawn), size=POOL_SIZE)]
    noise = rng.normal(0, 0.005, pool.shape) * [x1 - x0, y1 - y0]
    return make_from_points((pool + noise).astype(np.float32))


def find_parts(pool: np.ndarray, n: int) -> np.ndarray:
    """Middles (n, 2) of n parts of similar width that together cover points (m, 2).

    Starts from points that are far apart (Gonzalez, "Clustering to minimize the maximum
    intercluster distance", 1985), then moves each to the middle of the points nearest
    to it (Lloyd, "Least squares quantization in PCM", 1982), a few times.
    """
    chosen = [int(np.linalg.norm(pool - pool.mean(axis=0), axis=1).argmax())]
    gap = np.full(len(pool), np.inf)
    while len(chosen) < n:
        gap = np.minimum(gap, np.linalg.norm(pool - pool[chosen[-1]], axis=1))
        chosen.append(int(gap.argmax()))
    middles = pool[chosen]
    for _ in range(5):
        nearest = np.linalg.norm(pool[:, None] - middles, axis=2).argmin(axis=1)
        held = np.unique(nearest)  # a part may lose its last point
        middles = np.stack([pool[nearest == k].mean(axis=0) for k in held])
    return middles


def _neighbour_gap(centres: np.ndarray) -> float:
    """Median distance from a centre to the nearest other one."""
    gaps = np.linalg.norm(centres[:, None] - centres, axis=2)
    np.fill_diagonal(gaps, np.inf)
    return float(np.median(gaps.min(axis=1)))


def sample_pool(pool, n: int, seed):
    """n points (n, 2) from a pool (m, 2), with replacement; seed is a pair."""
    size = tf.shape(pool)[0]
    rows = tf.random.stateless_uniform((n,), seed, 0, size, tf.int32, alg="philox")
    return tf.gather(pool, rows)


def sample_noise(n: int, size: int, seed, kind: str):
    """n noise vectors (n, size), "uniform" on [-1, 1) or standard "normal"."""
    if kind == "normal":
        return tf.random.stateless_normal((n, size), seed, alg="philox")
    return tf.random.stateless_uniform((n, size), seed, -1.0, 1.0, alg="philox")
