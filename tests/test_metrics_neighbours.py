"""Measures of nearness against `prdc`, brute force and values derived by hand."""

import numpy as np
import pytest
from prdc import compute_prdc
from scipy.spatial.distance import cdist

from gan_helpers import metrics


def test_nearest_neighbours_match_brute_force():
    rng = np.random.default_rng(2)
    queries, candidates = rng.normal(size=(40, 5, 5, 1)), rng.normal(size=(70, 5, 5, 1))
    distances = cdist(queries.reshape(40, -1), candidates.reshape(70, -1))
    index, distance = metrics.nearest_neighbours(queries, candidates, block=7)
    np.testing.assert_array_equal(index, distances.argmin(1))
    np.testing.assert_allclose(distance, distances.min(1), rtol=1e-4)
    with pytest.raises(ValueError, match="25 values"):
        metrics.nearest_neighbours(queries, np.zeros((3, 2, 2, 1)))
    queries[3, 1, 2] = np.nan
    with pytest.raises(ValueError, match="queries .* row 3"):
        metrics.nearest_neighbours(queries, candidates)


def test_nearest_neighbours_far_from_zero_are_those_of_brute_force():
    rng = np.random.default_rng(3)
    queries, candidates = (1e4 + rng.normal(size=(n, 16)) for n in (100, 1000))
    index, _ = metrics.nearest_neighbours(queries, candidates)
    np.testing.assert_array_equal(index, cdist(queries, candidates).argmin(1))


def test_neighbour_mixing_matches_brute_force_and_its_limits():
    rng = np.random.default_rng(3)
    real, fake = rng.normal(size=(60, 2)), rng.normal(size=(60, 2)) + 0.5
    points = np.concatenate([real, fake])
    distances = cdist(points, points) + np.diag(np.full(120, np.inf))
    kind = np.repeat([0, 1], 60)
    expected = np.mean(kind != kind[distances.argmin(1)])
    assert metrics.neighbour_mixing(real, fake) == pytest.approx(expected)
    assert metrics.neighbour_mixing(real, real + 100) == 0
    assert metrics.neighbour_mixing(real, real[::-1]) == 1
    same = rng.normal(size=(4000, 2))
    assert metrics.neighbour_mixing(same[:2000], same[2000:]) == pytest.approx(
        0.5, abs=0.03
    )
    with pytest.raises(ValueError, match="equal shapes"):
        metrics.neighbour_mixing(real, fake[:10])


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize(("n", "m", "d"), [(700, 700, 64), (90, 1200, 2), (600, 40, 8)])
def test_precision_recall_density_coverage_match_prdc(n, m, d, k):
    rng = np.random.default_rng(14)
    real, fake = rng.normal(size=(n, d)), rng.normal(size=(m, d)) * 1.2 + 0.1
    expected = compute_prdc(real, fake, nearest_k=k)
    assert 0 < expected["precision"] < 1
    found = metrics.precision_recall(real, fake, k=k)
    assert found == pytest.approx(
        (expected["precision"], expected["recall"]), rel=1e-12
    )
    found = metrics.density_coverage(real, fake, k=k)
    assert found == pytest.approx(
        (expected["density"], expected["coverage"]), rel=1e-12
    )


def test_precision_recall_density_coverage_by_hand():
    real = np.array([[0.0], [1.0], [3.0], [10.0]])  # radii with k = 1: 1, 1, 2, 7
    fake = np.array([[0.5], [3.5], [11.0], [30.0]])  # radii with k = 1: 3, 3, 7.5, 19
    # Real balls: (-1, 1), (0, 2), (1, 5) and (3, 17). 0.5 is in two of them, 3.5 in
    # two, 11 in one, 30 in none. Generated ones: (-2.5, 3.5), (0.5, 6.5), (3.5, 18.5)
    # and (11, 49): 0, 1, 3 and 10 are all in one.
    assert metrics.precision_recall(real, fake, k=1) == (3 / 4, 1)
    # Each real ball has at least one generated sample in it.
    assert metrics.density_coverage(real, fake, k=1) == (5 / 4, 1)
    # Only the last of the balls' owners, 10, is near 11 and 12.
    assert metrics.density_coverage(real, [[11.0], [12.0]], k=1) == (1, 1 / 4)
    assert metrics.precision_recall(real, [[11.0], [12.0]], k=1) == (1, 0)
    # -1 lies on the edge of a ball, which is open, and -9 nowhere near one.
    assert metrics.precision_recall(real, [[-1.0], [-9.0]], k=1) == (0, 3 / 4)


def test_identical_sets_are_perfect_and_distant_ones_have_nothing():
    x = np.random.default_rng(15).normal(size=(1100, 16))
    shuffled = x[::-1]
    assert metrics.precision_recall(x, shuffled) == (1, 1)
    # An open ball of k neighbours holds its owner's copy and k - 1 others.
    assert metrics.density_coverage(x, shuffled) == (1, 1)
    assert metrics.precision_recall(x, x + 100) == (0, 0)
    assert metrics.density_coverage(x, x + 100) == (0, 0)


def test_two_samples_of_one_distribution_have_density_1_and_the_known_coverage():
    n, k = 2000, 5
    real, fake = np.random.default_rng(16).normal(size=(2, n, 2))
    density, coverage = metrics.density_coverage(real, fake, k=k)
    assert density == pytest.approx(1, abs=0.06)
    # Naeem et al.: the k nearest of 2n - 1 others are all real.
    i = np.arange(1, k + 1)
    assert coverage == pytest.approx(1 - np.prod((n - i) / (2 * n - i)), abs=0.015)


def test_discrete_data_with_many_ties_have_empty_balls():
    real, fake = np.random.default_rng(17).integers(10, size=(2, 1000, 2))
    assert max(metrics.precision_recall(real, fake)) < 0.05
    assert max(metrics.density_coverage(real, fake)) < 0.1
    expected = compute_prdc(real, fake, nearest_k=3)
    assert expected["precision"] < 0.05 and expected["recall"] < 0.05


def test_lost_modes_cost_recall_and_bad_samples_cost_precision():
    rng = np.random.default_rng(17)
    centres = np.array([[0, 0], [0, 10], [10, 0], [10, 10]])
    real, fake = np.repeat(centres, 250, axis=0) + rng.normal(size=(2, 1000, 2))
    precision, recall = metrics.precision_recall(real, fake[:500])
    assert precision > 0.9
    assert recall == pytest.approx(0.5, abs=0.05)
    assert metrics.density_coverage(real, fake[:500])[1] == pytest.approx(0.5, abs=0.05)
    fake[:500] += 100
    precision, recall = metrics.precision_recall(real, fake)
    assert precision == pytest.approx(0.5, abs=0.05)
    assert recall == pytest.approx(0.5, abs=0.05)


def test_a_generator_of_one_picture_has_no_recall():
    real = np.random.default_rng(18).normal(size=(300, 4))
    fake = np.repeat(real[:1], 300, axis=0)
    assert metrics.precision_recall(real, fake) == (1, 0)


@pytest.mark.parametrize(
    "measure", [metrics.precision_recall, metrics.density_coverage]
)
def test_k_must_fit_the_number_of_samples(measure):
    real, fake = np.random.default_rng(19).normal(size=(2, 6, 3))
    measure(real, fake, k=5)
    with pytest.raises(ValueError, match="k is 6, expected 1 to 5 for 6 samples"):
        measure(real, fake, k=6)
    with pytest.raises(ValueError, match="k is 0"):
        measure(real, fake, k=0)
