"""Measures against closed forms, SciPy and brute force."""

import numpy as np
import pytest
import scipy.linalg
from scipy.spatial.distance import cdist

from gan_helpers import metrics


def random_gaussian(rng, d=6):
    a = rng.normal(size=(d, 2 * d))
    return rng.normal(size=d), a @ a.T


def test_frechet_distance_matches_the_textbook_formula():
    rng = np.random.default_rng(0)
    for _ in range(5):
        (m1, c1), (m2, c2) = random_gaussian(rng), random_gaussian(rng)
        expected = np.sum((m1 - m2) ** 2) + np.trace(
            c1 + c2 - 2 * scipy.linalg.sqrtm(c1 @ c2).real
        )
        found = metrics.frechet_distance((m1, c1), (m2, c2))
        assert found == pytest.approx(expected, rel=1e-8)


def test_frechet_distance_of_shifted_and_scaled_gaussians():
    identity = np.eye(4)
    shifted = metrics.frechet_distance(
        (np.zeros(4), identity), (np.full(4, 3.0), identity)
    )
    assert shifted == pytest.approx(4 * 9)
    # Equal means, standard deviations 1 and 3: (3 - 1)² per dimension.
    scaled = metrics.frechet_distance(
        (np.zeros(4), identity), (np.zeros(4), 9 * identity)
    )
    assert scaled == pytest.approx(4 * 4)


def test_frechet_distance_of_a_degenerate_covariance():
    flat = np.diag([1.0, 0.0, 4.0])
    mean = np.zeros(3)
    assert metrics.frechet_distance((mean, flat), (mean, flat)) == pytest.approx(0)
    # A zero variance against 1 costs 1.
    full = np.diag([1.0, 1.0, 4.0])
    assert metrics.frechet_distance((mean, flat), (mean, full)) == pytest.approx(1)


def test_frechet_distance_refuses_unequal_features():
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        metrics.frechet_distance((np.zeros(2), np.eye(2)), (np.zeros(3), np.eye(3)))


def test_gaussian_of_matches_numpy_and_names_the_bad_row():
    x = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    mean, covariance = metrics.gaussian_of(x)
    np.testing.assert_allclose(mean, x.mean(0), rtol=1e-5)
    np.testing.assert_allclose(covariance, np.cov(x.T), rtol=1e-5)
    x[7, 2] = np.nan
    with pytest.raises(ValueError, match="row 7"):
        metrics.gaussian_of(x)
    with pytest.raises(ValueError, match=r"\(4,\)"):
        metrics.gaussian_of(np.zeros(4))


def test_class_shares():
    probabilities = np.eye(4)[[0, 0, 1, 3]]
    np.testing.assert_array_equal(
        metrics.class_shares(probabilities), [0.5, 0.25, 0, 0.25]
    )


def test_nearest_neighbours_match_brute_force():
    rng = np.random.default_rng(2)
    queries, candidates = rng.normal(size=(40, 5, 5, 1)), rng.normal(size=(70, 5, 5, 1))
    distances = cdist(queries.reshape(40, -1), candidates.reshape(70, -1))
    index, distance = metrics.nearest_neighbours(queries, candidates, block=7)
    np.testing.assert_array_equal(index, distances.argmin(1))
    np.testing.assert_allclose(distance, distances.min(1), rtol=1e-4)
    with pytest.raises(ValueError, match="25 values"):
        metrics.nearest_neighbours(queries, np.zeros((3, 2, 2, 1)))


def test_neighbour_mixing_matches_brute_force_and_its_limits():
    rng = np.random.default_rng(3)
    real, fake = rng.normal(size=(60, 2)), rng.normal(size=(60, 2)) + 0.5
    points = np.concatenate([real, fake])
    distances = cdist(points, points) + np.diag(np.full(120, np.inf))
    kind = np.repeat([0, 1], 60)
    expected = np.mean(kind != kind[distances.argmin(1)])
    assert metrics.neighbour_mixing(real, fake) == pytest.approx(expected)
    assert metrics.neighbour_mixing(real, real + 100) == 0
    same = rng.normal(size=(4000, 2))
    assert metrics.neighbour_mixing(same[:2000], same[2000:]) == pytest.approx(
        0.5, abs=0.03
    )
    with pytest.raises(ValueError, match="equal shapes"):
        metrics.neighbour_mixing(real, fake[:10])
