"""What the measures share: checked arrays, and pairwise distances in blocks."""

from collections.abc import Iterator

import numpy as np
from scipy.spatial.distance import cdist

BLOCK = 256  # rows of a pairwise matrix in memory at once


def check_finite_rows(values: np.ndarray, name: str) -> None:
    """Raise a ValueError naming the first row that has a NaN or an infinity."""
    finite = np.isfinite(values).reshape(len(values), -1).all(axis=1)
    if not finite.all():
        raise ValueError(
            f"{name} has a value that is not finite in row {int(finite.argmin())}. "
            "Check the generator for a diverged run."
        )


def as_samples(
    values: np.ndarray, name: str, *, at_least: int = 1, columns: int | None = None
) -> np.ndarray:
    """`values` as float64 (n, d), n >= `at_least`, d == `columns` if that is given.

    Raises:
        ValueError: Wrong shape, or a value that is not finite; `name` says whose.
    """
    values = np.asarray(values, dtype=np.float64)
    fits = values.ndim == 2 and len(values) >= at_least and values.shape[1] > 0
    if not fits or columns not in (None, values.shape[1]):
        raise ValueError(
            f"{name} has shape {values.shape}, expected (n, {columns or 'd'}), n at "
            f"least {at_least}."
        )
    check_finite_rows(values, name)
    return values


def as_pair(
    real: np.ndarray, fake: np.ndarray, *, at_least: int = 1, columns: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """`real` and `fake` as float64 (n, d) and (m, d), see `as_samples`.

    Raises:
        ValueError: As in `as_samples`, or the two have different numbers of features.
    """
    real = as_samples(real, "real", at_least=at_least, columns=columns)
    fake = as_samples(fake, "fake", at_least=at_least, columns=columns)
    check_same_features(real.shape[1], fake.shape[1])
    return real, fake


def check_same_features(n_real: int, n_fake: int) -> None:
    """Raise a ValueError if the real and the fake samples have unequal features."""
    if n_real != n_fake:
        raise ValueError(
            f"real has {n_real} features and fake {n_fake}, expected the same number. "
            "Take both from the same feature extractor."
        )


def distance_blocks(
    first: np.ndarray, second: np.ndarray
) -> Iterator[tuple[slice, np.ndarray]]:
    """Rows of `first` and their Euclidean distances (rows, m) from all of `second`.

    From differences, not from |a|² + |b|² - 2ab: a sample and its copy are then at 0,
    and a distance is the same number in whichever block it is computed.
    """
    for start in range(0, len(first), BLOCK):
        rows = slice(start, start + BLOCK)
        yield rows, cdist(first[rows], second)
