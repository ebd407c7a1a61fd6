"""Distances between two sets of features: Fréchet, kernel and sliced Wasserstein."""

import warnings
from typing import NamedTuple

import numpy as np

from gan_helpers.metrics._arrays import (
    BLOCK,
    as_pair,
    as_samples,
    check_same_features,
)


class Gaussian(NamedTuple):
    """A fitted Gaussian: `mean` (d,) and `covariance` (d, d)."""

    mean: np.ndarray
    covariance: np.ndarray


def fit_gaussian(features: np.ndarray) -> Gaussian:
    """Mean and covariance of `features` (n, d), n > 1.

    Warns:
        UserWarning: No more samples than features: the covariance cannot have full
            rank, and a distance computed from it says more about n than about the data.

    Raises:
        ValueError: Wrong shape, or a value that is not finite.
    """
    return _fit(features, "features")


def frechet_distance(real: np.ndarray | Gaussian, fake: np.ndarray | Gaussian) -> float:
    """Squared Fréchet distance of the Gaussians fitted to two sets of features.

    |μ₁ - μ₂|² + tr(Σ₁ + Σ₂ - 2 (Σ₁^½ Σ₂ Σ₁^½)^½). Zero for equal Gaussians, in squared
    units of the features; it may be compared only over the same features and number of
    samples. Source: Dowson and Landau, "The Fréchet distance between multivariate
    normal distributions", 1982.

    Args:
        real, fake: (n, d) and (m, d), finite, n and m at least 2; or a `Gaussian` in
            place of either, which saves fitting it again.

    Warns:
        UserWarning: As `fit_gaussian`.

    Raises:
        ValueError: Wrong shape, unequal d, or a value that is not finite.
    """
    mean_1, covariance_1 = _as_gaussian(real, "real")
    mean_2, covariance_2 = _as_gaussian(fake, "fake")
    check_same_features(len(mean_1), len(mean_2))
    # The last trace is the sum of the singular values of Σ₁^½ Σ₂^½. Taken so, no square
    # root is drawn of a rounding error, which features that never vary would turn into
    # an error of 1e-6.
    product = _square_root(covariance_1) @ _square_root(covariance_2)
    shared = np.linalg.svd(product, compute_uv=False).sum()
    spread = np.trace(covariance_1) + np.trace(covariance_2) - 2 * shared
    return max(float(np.sum((mean_1 - mean_2) ** 2) + spread), 0.0)


def kernel_distance(real: np.ndarray, fake: np.ndarray) -> tuple[float, float]:
    """Squared kernel distance (unbiased MMD²) and its standard error.

    mean k(x, x') + mean k(y, y') - 2 mean k(x, y) over all pairs of different samples,
    with the kernel k(x, y) = (x·y/d + 1)³. It has no bias at any n: it is 0 on average
    when both sets come from one distribution, and then often negative (more than half
    the time, since its distribution has a longer tail above 0 than below).

    The error is the jackknife's, leaving out one sample at a time. On average it is
    never too small; far from 0 it is right, near 0 it is up to √2 times too large.

    Sources: Bińkowski, Sutherland, Arbel and Gretton, "Demystifying MMD GANs", 2018,
    for the kernel (they average over subsets, this takes all pairs at once); Gretton
    et al., "A kernel two-sample test", 2012, for the estimator; Efron and Stein, "The
    jackknife estimate of variance", 1981, for the error.

    Args:
        real, fake: (n, d) and (m, d), finite, n and m at least 3.

    Raises:
        ValueError: Wrong shape, unequal d, or a value that is not finite.
    """
    real, fake = as_pair(real, fake, at_least=3)
    n, m = len(real), len(fake)
    # For each sample, the sum of its kernels with the others of its set or with all of
    # the other set.
    rr = _kernel_sums(real, real)[0] - _kernel(np.mean(real**2, axis=1))
    ff = _kernel_sums(fake, fake)[0] - _kernel(np.mean(fake**2, axis=1))
    rf, fr = _kernel_sums(real, fake)
    value = _mmd(n, rr.sum(), m, ff.sum(), rf.sum())
    # Each sample is in two of the ordered pairs within its set, hence the 2.
    without_real = _mmd(n - 1, rr.sum() - 2 * rr, m, ff.sum(), rf.sum() - rf)
    without_fake = _mmd(n, rr.sum(), m - 1, ff.sum() - 2 * ff, rf.sum() - fr)
    variance = (n - 1) * without_real.var() + (m - 1) * without_fake.var()
    return float(value), float(np.sqrt(variance))


def sliced_wasserstein(
    real: np.ndarray, fake: np.ndarray, *, projections: int = 256, seed: int = 0
) -> float:
    """Sliced Wasserstein distance of power 2, its root taken: in units of the features.

    √ mean over directions θ of ∫₀¹ (F⁻¹(u) - G⁻¹(u))² du, F⁻¹ and G⁻¹ the quantile
    functions of the two sets projected on θ. A shift by δ gives |δ|/√d. Directions are
    uniform on the sphere and set by `seed`, so two generators are compared along the
    same ones; 256 directions leave about 5 % of chance in it. Source: Bonneel, Rabin,
    Peyré and Pfister, "Sliced and Radon Wasserstein barycenters of measures", 2015.

    Args:
        real, fake: (n, d) and (m, d), finite.
        projections: Number of directions, at least 1.

    Raises:
        ValueError: Wrong shape, unequal d, a value that is not finite, or
            `projections` below 1.
    """
    real, fake = as_pair(real, fake)
    if projections < 1:
        raise ValueError(f"projections is {projections}, expected at least 1.")
    n, m = len(real), len(fake)
    rng = np.random.default_rng(seed)
    directions = rng.normal(size=(real.shape[1], projections))
    directions /= np.linalg.norm(directions, axis=0)
    # Both quantile functions are constant between two neighbouring levels.
    levels = np.union1d(np.arange(n + 1) / n, np.arange(m + 1) / m)
    widths = np.diff(levels)
    middles = levels[:-1] + widths / 2
    gaps = np.sort(real @ directions, axis=0)[(middles * n).astype(int)]
    gaps -= np.sort(fake @ directions, axis=0)[(middles * m).astype(int)]
    return float(np.sqrt(np.mean(widths @ gaps**2)))


def _fit(features: np.ndarray, name: str) -> Gaussian:
    features = as_samples(features, name, at_least=2)
    n, d = features.shape
    if n <= d:
        warnings.warn(
            f"{n} samples of {d} features have a covariance without full rank, and "
            f"their Fréchet distance depends on n most of all. Use at least {10 * d}.",
            stacklevel=3,
        )
    covariance = np.cov(features, rowvar=False)
    return Gaussian(features.mean(axis=0), np.atleast_2d(covariance))


def _as_gaussian(given: np.ndarray | Gaussian, name: str) -> Gaussian:
    """`given`, fitted if it is samples, or a ValueError that says whose is wrong."""
    if not isinstance(given, Gaussian):
        if isinstance(given, tuple):
            raise ValueError(
                f"{name} is a tuple of {len(given)}, expected samples (n, d), or a "
                "metrics.Gaussian(mean, covariance)."
            )
        return _fit(given, name)
    mean, covariance = (np.asarray(part, dtype=np.float64) for part in given)
    if mean.ndim != 1 or covariance.shape != (len(mean), len(mean)):
        raise ValueError(
            f"The {name} mean has shape {mean.shape} and its covariance "
            f"{covariance.shape}, expected (d,) and (d, d). Use fit_gaussian."
        )
    for values, part in ((mean, "mean"), (covariance, "covariance")):
        if not np.isfinite(values).all():
            bad = values[~np.isfinite(values)]
            raise ValueError(
                f"The {name} {part} has {len(bad)} values that are not finite, the "
                f"first {bad[0]}, expected none. Check the features it was taken from."
            )
    return Gaussian(mean, covariance)


def _square_root(covariance: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(values.clip(min=0))) @ vectors.T


def _kernel(products: np.ndarray) -> np.ndarray:
    shifted = products + 1
    return shifted * shifted * shifted  # ten times faster than ** 3


def _kernel_sums(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Σⱼ k(xᵢ, yⱼ), (n,), and Σᵢ k(xᵢ, yⱼ), (m,), in blocks of rows."""
    over_y, over_x = np.empty(len(x)), np.zeros(len(y))
    for start in range(0, len(x), BLOCK):
        rows = slice(start, start + BLOCK)
        kernels = _kernel(x[rows] / x.shape[1] @ y.T)
        over_y[rows] = kernels.sum(axis=1)
        over_x += kernels.sum(axis=0)
    return over_y, over_x


def _mmd(
    n: int,
    within_real: np.ndarray | np.float64,
    m: int,
    within_fake: np.ndarray | np.float64,
    across: np.ndarray | np.float64,
) -> np.ndarray | np.float64:
    within = within_real / (n * (n - 1)) + within_fake / (m * (m - 1))
    return within - 2 * across / (n * m)
