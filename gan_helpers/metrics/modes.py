"""Which modes a generator covers, and how far its 2-D points are from the data's."""

import numpy as np
from scipy.spatial import cKDTree
from scipy.special import rel_entr

from gan_helpers.metrics._arrays import as_pair, as_samples


def class_shares(probabilities: np.ndarray) -> np.ndarray:
    """Share of samples that fall into each class, (classes,), from (n, classes).

    Raises:
        ValueError: Wrong shape, or a value that is not finite.
    """
    winners = np.argmax(as_samples(probabilities, "probabilities"), axis=1)
    return np.bincount(winners, minlength=np.shape(probabilities)[1]) / len(winners)


def mode_shares(
    points: np.ndarray, centres: np.ndarray, *, radius: float
) -> np.ndarray:
    """Share of all points that lie at each mode, (k,).

    A point counts for its nearest centre, and only when it is no farther from it than
    `radius`; so the sum is the share of points at any mode at all.

    Args:
        points: (n, 2), finite.
        centres: (k, 2), the modes of the data.
        radius: In the units of the points, more than 0; three standard deviations of
            a 2-D Gaussian mode hold 98.9 % of it.

    Raises:
        ValueError: Wrong shape, a value that is not finite, or `radius` not positive.
    """
    points = as_samples(points, "points", columns=2)
    centres = as_samples(centres, "centres", columns=2)
    if not radius > 0:
        raise ValueError(f"radius is {radius}, expected more than 0.")
    distance, nearest = cKDTree(centres).query(points)
    counts = np.bincount(nearest[distance <= radius], minlength=len(centres))
    return counts / len(points)


def modes_hit(shares: np.ndarray, *, at_least: float = 0.25) -> int:
    """Number of modes that have at least `at_least` of their fair share 1/k.

    Args:
        shares: (k,), from `mode_shares` or `class_shares`.
        at_least: Fraction of the fair share, more than 0.

    Raises:
        ValueError: `shares` is not (k,) of shares, or `at_least` not positive.
    """
    if not at_least > 0:
        raise ValueError(f"at_least is {at_least}, expected more than 0.")
    shares = _checked_shares(shares)
    return int(np.sum(shares * len(shares) >= at_least))


def mode_balance(shares: np.ndarray) -> float:
    """How evenly the modes are covered, 0 to 1: entropy of the shares over log k.

    -Σ pᵢ ln pᵢ / ln k with pᵢ the shares divided by their sum: 1 when all k modes have
    the same share, 0 when one mode has everything, or no mode has anything. Points that
    lie at no mode do not count. Source: Pielou, "The measurement of diversity in
    different types of biological collections", 1966 (evenness).

    Args:
        shares: (k,), k at least 2, from `mode_shares` or `class_shares`.

    Raises:
        ValueError: `shares` is not (k,) of shares, k at least 2.
    """
    shares = _checked_shares(shares)
    if len(shares) < 2:
        raise ValueError(f"shares has {len(shares)} modes, expected at least 2.")
    p = shares[shares > 0] / shares.sum()
    # Minus an entropy of exactly 0 would print as -0.0.
    return abs(float(np.sum(p * np.log(p)) / np.log(len(shares))))


def grid_divergence(real: np.ndarray, fake: np.ndarray, *, bins: int = 30) -> float:
    """Jensen-Shannon divergence of two 2-D histograms, in nats: 0 to ln 2 = 0.693.

    ½ Σ p ln(p/m) + ½ Σ q ln(q/m), m = (p + q)/2, over the cells of one grid that spans
    the real points. All generated points outside share one more cell; how it is divided
    would change nothing, since no real point is in it. 0 for equal histograms, ln 2 for
    histograms without a common cell. Two samples of one distribution have more than 0,
    the more the fewer points fall into a cell: compare with real against real.
    Source: Lin, "Divergence measures based on the Shannon entropy", 1991.

    Args:
        real, fake: (n, 2) and (m, 2), finite.
        bins: Cells along each axis, at least 1.

    Raises:
        ValueError: Wrong shape, a value that is not finite, or `bins` below 1.
    """
    real, fake = as_pair(real, fake, columns=2)
    if bins < 1:
        raise ValueError(f"bins is {bins}, expected at least 1.")
    limits = list(zip(real.min(axis=0), real.max(axis=0), strict=True))
    p, q = (_cell_shares(points, bins, limits) for points in (real, fake))
    middle = (p + q) / 2
    return float(rel_entr(p, middle).sum() + rel_entr(q, middle).sum()) / 2


def _checked_shares(shares: np.ndarray) -> np.ndarray:
    shares = np.asarray(shares, dtype=np.float64)
    # A little above 1, since shares are often float32.
    if shares.ndim != 1 or not (shares >= 0).all() or shares.sum() > 1.001:
        raise ValueError(
            f"shares is {shares}, expected (k,) of values from 0 that sum to at most "
            "1. Use what mode_shares or class_shares returns."
        )
    return shares


def _cell_shares(
    points: np.ndarray, bins: int, limits: list[tuple[float, float]]
) -> np.ndarray:
    x, y = points.T
    inside = np.histogram2d(x, y, bins=bins, range=limits)[0].ravel()
    return np.append(inside, len(points) - inside.sum()) / len(points)
