"""Toy point sets against their formulas."""

import numpy as np
import pytest

from gan_helpers.data import points

ALL = (
    points.quadratic,
    points.two_curves,
    points.ring_of_8,
    points.grid_of_25,
    points.two_moons,
    points.spiral,
    points.one_gaussian,
)


@pytest.mark.parametrize("make", ALL)
@pytest.mark.parametrize("n", [1, 7, 1000])
def test_shape_type_and_seed(make, n):
    first = make(n, np.random.default_rng(5))
    assert first.shape == (n, 2)
    assert first.dtype == np.float32
    assert np.isfinite(first).all()
    np.testing.assert_array_equal(first, make(n, np.random.default_rng(5)))


def test_quadratic():
    x, y = points.quadratic(20_000, np.random.default_rng(0)).T.astype(float)
    np.testing.assert_allclose(y, 10 + x**2, rtol=1e-5)
    assert x.min() >= -50
    assert x.max() <= 50
    assert abs(x.mean()) < 1
    assert abs(x.std() - 100 / np.sqrt(12)) < 0.5


def test_two_curves_are_half_each():
    x, y = points.two_curves(1000, np.random.default_rng(0)).T.astype(float)
    np.testing.assert_allclose(np.abs(y), 10 + x**2, rtol=1e-5)
    assert (y < 0).sum() == 500


def test_ring_of_8():
    ring = points.ring_of_8(8000, np.random.default_rng(0)).astype(float)
    angle = np.arange(8) * np.pi / 4
    centres = 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    offsets = ring[:, None] - centres
    nearest = np.linalg.norm(offsets, axis=2).argmin(axis=1)
    assert np.bincount(nearest, minlength=8).min() > 850
    assert abs(offsets[range(8000), nearest].std() - 0.02) < 0.001
    np.testing.assert_allclose(points.CENTRES["ring of 8"], centres)


def test_grid_of_25():
    grid = points.grid_of_25(5000, np.random.default_rng(0))
    centres = 2 * np.round(grid / 2)
    assert len(np.unique(centres, axis=0)) == 25
    assert np.abs(centres).max() == 4
    assert abs((grid - centres).std() - 0.05) < 0.003
    assert np.array_equal(points.CENTRES["grid of 25"], np.unique(centres, axis=0))


def test_two_moons_and_spiral_stay_near_their_curves():
    moons = points.two_moons(2000, np.random.default_rng(0))
    upper = np.abs(np.hypot(*moons.T) - 1)
    lower = np.abs(np.hypot(*(moons - (1, 0.5)).T) - 1)
    assert np.minimum(upper, lower).max() < 0.3
    radius = np.hypot(*points.spiral(2000, np.random.default_rng(0)).T)
    assert radius.max() < 2.2
    assert 0.9 < radius.mean() < 1.5
