"""Measures of how close a generator is to its data. NumPy arrays in, numbers out."""

import numpy as np


def gaussian_of(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (d,) and covariance (d, d) of `features` (n, d), n > 1.

    Raises:
        ValueError: Wrong shape, or a value that is not finite.
    """
    features = np.asarray(features, dtype=np.float64)
    if features.ndim != 2 or len(features) < 2:
        raise ValueError(
            f"features has shape {features.shape}, expected (n, d), n at least 2."
        )
    if not np.isfinite(features).all():
        bad = int(np.argwhere(~np.isfinite(features))[0, 0])
        raise ValueError(
            f"features has a value that is not finite in row {bad}. "
            "Check the generator for a diverged run."
        )
    return features.mean(axis=0), np.atleast_2d(np.cov(features, rowvar=False))


def frechet_distance(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]
) -> float:
    """Squared Fréchet distance of two Gaussians, each a (mean, covariance) pair.

    |μ₁ - μ₂|² + tr(Σ₁ + Σ₂ - 2 (Σ₁^½ Σ₂ Σ₁^½)^½). Zero for equal Gaussians, in squared
    units of the features; it may be compared only over the same features and number of
    samples. Source: Dowson and Landau, "The Fréchet distance between multivariate
    normal distributions", 1982.

    Raises:
        ValueError: The two have different numbers of features.
    """
    (mean_1, covariance_1), (mean_2, covariance_2) = first, second
    if np.shape(mean_1) != np.shape(mean_2):
        raise ValueError(
            f"The means have shapes {np.shape(mean_1)} and {np.shape(mean_2)}, "
            "expected equal ones. Use the same features for both sets."
        )
    # Symmetric throughout, so that eigh serves and no complex square root appears.
    values, vectors = np.linalg.eigh(covariance_1)
    root = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    cross = np.linalg.eigvalsh(root @ covariance_2 @ root).clip(min=0)
    spread = np.trace(covariance_1) + np.trace(covariance_2) - 2 * np.sqrt(cross).sum()
    return float(np.sum((mean_1 - mean_2) ** 2) + spread)


def class_shares(probabilities: np.ndarray) -> np.ndarray:
    """Share of samples that fall into each class, (classes,), from (n, classes)."""
    winners = np.argmax(probabilities, axis=1)
    return np.bincount(winners, minlength=probabilities.shape[1]) / len(winners)


def nearest_neighbours(
    queries: np.ndarray, candidates: np.ndarray, *, block: int = 256
) -> tuple[np.ndarray, np.ndarray]:
    """For each query the nearest candidate: index (n,) and Euclidean distance (n,).

    Pictures are compared pixel by pixel. Works in blocks of `block` queries, so that
    10,000 against 60,000 pictures of 784 pixels stay under 1 GB.
    """
    flat = candidates.reshape(len(candidates), -1).astype(np.float32)
    asked = queries.reshape(len(queries), -1).astype(np.float32)
    if flat.shape[1] != asked.shape[1]:
        raise ValueError(
            f"queries have {asked.shape[1]} values each and candidates "
            f"{flat.shape[1]}, expected the same number."
        )
    norms = np.sum(flat**2, axis=1)
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
    mixed as if drawn from one distribution. Source: Schilling, "Multivariate two-sample
    tests based on nearest neighbors", 1986.

    Args:
        real, fake: (n, d) each, with the same n, since unequal numbers shift the 1/2.
    """
    from scipy.spatial import cKDTree

    if np.shape(real) != np.shape(fake):
        raise ValueError(
            f"real has shape {np.shape(real)} and fake {np.shape(fake)}, "
            "expected equal shapes."
        )
    points = np.concatenate([real, fake])
    is_real = np.arange(len(points)) < len(real)
    # The nearest point of each is itself, the second nearest its neighbour.
    _, neighbours = cKDTree(points).query(points, k=2)
    return float(np.mean(is_real != is_real[neighbours[:, 1]]))
