"""Measures that ask which samples lie near which."""

import numpy as np
from scipy.spatial import cKDTree

from gan_helpers.metrics._arrays import as_pair, check_finite_rows, distance_blocks


def nearest_neighbours(
    queries: np.ndarray, candidates: np.ndarray, *, block: int = 256
) -> tuple[np.ndarray, np.ndarray]:
    """For each query the nearest candidate: index (n,) and Euclidean distance (n,).

    Pictures are compared pixel by pixel. Works in blocks of `block` queries, so that
    10,000 against 60,000 pictures of 784 pixels take less than 1 GB.

    Raises:
        ValueError: Pictures of different sizes, or a value that is not finite.
    """
    # float32 would round away, in the sums below, what tells neighbours apart that lie
    # near one another and far from 0.
    flat = candidates.reshape(len(candidates), -1).astype(np.float64)
    asked = queries.reshape(len(queries), -1).astype(np.float64)
    if flat.shape[1] != asked.shape[1]:
        raise ValueError(
            f"queries have {asked.shape[1]} values each and candidates "
            f"{flat.shape[1]}, expected the same number."
        )
    check_finite_rows(asked, "queries")
    check_finite_rows(flat, "candidates")
    norms = np.einsum("ij,ij->i", flat, flat)  # flat**2 would be as large as flat
    indices = []
    for start in range(0, len(asked), block):
        # |a - b|² = |a|² + |b|² - 2ab; |a|² does not change which b is nearest.
        part = norms - 2 * asked[start : start + block] @ flat.T
        indices.append(part.argmin(axis=1))
    index = np.concatenate(indices)
    return index, np.linalg.norm(asked - flat[index], axis=1)


def neighbour_mixing(real: np.ndarray, fake: np.ndarray) -> float:
    """Share of points whose nearest neighbour is of the other kind.

    For two sets of n points each: 0 when the sets lie apart, about 1/2 when they are
    mixed as if drawn from one distribution, and up to 1 when one set was copied from
    the other. Source: Schilling, "Multivariate two-sample tests based on nearest
    neighbors", 1986.

    Args:
        real, fake: (n, d) each, with the same n, since unequal numbers shift the 1/2.

    Raises:
        ValueError: Unequal or wrong shapes, or a value that is not finite.
    """
    if np.shape(real) != np.shape(fake):
        raise ValueError(
            f"real has shape {np.shape(real)} and fake {np.shape(fake)}, "
            "expected equal shapes."
        )
    real, fake = as_pair(real, fake)
    points = np.concatenate([real, fake])
    is_real = np.arange(len(points)) < len(real)
    _, (first, second) = (part.T for part in cKDTree(points).query(points, k=2))
    # The nearest point of each is itself, unless it has a copy.
    neighbour = np.where(first == np.arange(len(points)), second, first)
    return float(np.mean(is_real != is_real[neighbour]))


def precision_recall(
    real: np.ndarray, fake: np.ndarray, *, k: int = 3
) -> tuple[float, float]:
    """Precision and recall, 0 to 1 each: how good, and how varied.

    Around each sample of a set lies a ball that reaches to its k-th nearest neighbour
    in that set. Precision is the share of generated samples in a real ball, recall that
    of real samples in a generated ball. Both depend on the number of samples; one
    outlier, with its large ball, can raise them. Source: Kynkäänniemi, Karras, Laine,
    Lehtinen and Aila, "Improved precision and recall metric for assessing generative
    models", 2019.

    The balls are open, as in Naeem et al.'s package prdc, so a sample with k copies in
    its own set has an empty ball. Discrete data can therefore score near 0 for two sets
    of one distribution: two times 1,000 points on 10 x 10 places get below 0.05.

    Args:
        real, fake: (n, d) and (m, d), finite; best n = m.
        k: 1 to the smaller of n and m, less 1.

    Raises:
        ValueError: Wrong shape, unequal d, a value that is not finite, or k too large.
    """
    real, fake = as_pair(real, fake, at_least=2)
    real_radius, fake_radius = _ball_radius(real, k), _ball_radius(fake, k)
    good = np.zeros(len(fake), bool)
    found = np.zeros(len(real), bool)
    for rows, distance in distance_blocks(real, fake):
        good |= (distance < real_radius[rows, None]).any(axis=0)
        found[rows] = (distance < fake_radius).any(axis=1)
    return float(good.mean()), float(found.mean())


def density_coverage(
    real: np.ndarray, fake: np.ndarray, *, k: int = 5
) -> tuple[float, float]:
    """Density, from 0 and 1 on average when all is well, and coverage, 0 to 1.

    With balls as in `precision_recall`, empty ones of discrete data too, around real
    samples only. Density is the mean number of real balls that hold a generated sample,
    over k; an outlier's ball counts as one of many. Coverage is the share of real balls
    that hold any generated sample; for two sets of n from one distribution it is about
    1 - 2⁻ᵏ. Source: Naeem, Oh, Uh, Choi and Yoo, "Reliable fidelity and diversity
    metrics for generative models", 2020.

    Args:
        real, fake: (n, d) and (m, d), finite; coverage grows with m.
        k: 1 to n - 1.

    Raises:
        ValueError: Wrong shape, unequal d, a value that is not finite, or k too large.
    """
    real, fake = as_pair(real, fake, at_least=2)
    radius = _ball_radius(real, k)
    held = np.zeros(len(real), int)
    for rows, distance in distance_blocks(real, fake):
        held[rows] = (distance < radius[rows, None]).sum(axis=1)
    return float(held.sum() / (k * len(fake))), float(np.mean(held > 0))


def _ball_radius(samples: np.ndarray, k: int) -> np.ndarray:
    """Distance of each sample (n, d) from its k-th nearest other one, (n,)."""
    if not 1 <= k < len(samples):
        raise ValueError(
            f"k is {k}, expected 1 to {len(samples) - 1} for {len(samples)} samples."
        )
    radius = np.empty(len(samples))
    for rows, distance in distance_blocks(samples, samples):
        # Each sample is its own nearest, so the k-th other one has index k.
        distance.partition(k, axis=1)
        radius[rows] = distance[:, k]
    return radius
