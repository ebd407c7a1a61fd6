"""Two-dimensional points for the first lessons, the clinic and the live lab.

Every function takes the number of points `n` and a NumPy generator, and returns
float32 (n, 2): column 0 is x, column 1 is y.
"""

import numpy as np

_ANGLES = np.arange(8) * np.pi / 4
CENTRES = {  # by the name that `point_sets` uses, float64 (k, 2)
    "ring of 8": 2 * np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1),
    "grid of 25": 2.0 * np.indices((5, 5)).reshape(2, 25).T - 4,
}


def quadratic(n: int, rng: np.random.Generator) -> np.ndarray:
    """Points on the parabola y = 10 + x², x uniform on [-50, 50)."""
    x = rng.uniform(-50, 50, n)
    return _stack(x, 10 + x**2)


def two_curves(n: int, rng: np.random.Generator) -> np.ndarray:
    """Points on y = 10 + x² or y = -(10 + x²), half each, x uniform on [-50, 50)."""
    points = quadratic(n, rng)
    # Exactly half, in random places: a batch then always shows both curves.
    points[rng.permutation(n) < n // 2, 1] *= -1
    return points


def ring_of_8(n: int, rng: np.random.Generator) -> np.ndarray:
    """Eight Gaussians of standard deviation 0.02, evenly on a circle of radius 2."""
    centres = CENTRES["ring of 8"][rng.integers(8, size=n)].astype(np.float32)
    return centres + rng.normal(0, 0.02, (n, 2)).astype(np.float32)


def grid_of_25(n: int, rng: np.random.Generator) -> np.ndarray:
    """Gaussians of standard deviation 0.05 on the grid {-4, -2, 0, 2, 4}²."""
    centres = 2 * rng.integers(-2, 3, size=(n, 2))
    return (centres + rng.normal(0, 0.05, (n, 2))).astype(np.float32)


def two_moons(n: int, rng: np.random.Generator) -> np.ndarray:
    """Two interleaved half circles of radius 1 with noise of deviation 0.05."""
    angle = rng.uniform(0, np.pi, n)
    lower = rng.permutation(n) < n // 2
    x = np.where(lower, 1 - np.cos(angle), np.cos(angle))
    y = np.where(lower, 0.5 - np.sin(angle), np.sin(angle))
    return _stack(x, y) + rng.normal(0, 0.05, (n, 2)).astype(np.float32)


def spiral(n: int, rng: np.random.Generator) -> np.ndarray:
    """One arm of two turns out to radius 2, with noise of deviation 0.03."""
    # The square root spreads the points evenly along the arm's length.
    turn = np.sqrt(rng.uniform(0, 1, n))
    angle = 4 * np.pi * turn
    points = _stack(2 * turn * np.cos(angle), 2 * turn * np.sin(angle))
    return points + rng.normal(0, 0.03, (n, 2)).astype(np.float32)


def one_gaussian(n: int, rng: np.random.Generator) -> np.ndarray:
    """The simplest data of all: one standard normal distribution."""
    return rng.normal(size=(n, 2)).astype(np.float32)


def _stack(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.stack([x, y], axis=1).astype(np.float32)
