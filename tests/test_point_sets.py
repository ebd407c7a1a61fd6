"""Named, drawn and given point sets: standardised, and with modes or parts."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from gan_helpers.data import point_sets, points


@pytest.mark.parametrize("name", point_sets.NAMES)
def test_named_sets_are_their_points_standardised(name):
    made = point_sets.make_named(name, n=5000)
    raw = getattr(points, name.lower().replace(" ", "_"))
    raw = raw(5000, np.random.default_rng(0)).astype(float)
    expected = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    assert made.points.dtype == np.float32
    np.testing.assert_allclose(made.points, expected, rtol=1e-6, atol=1e-6)
    assert made is point_sets.make_named(name, n=5000)
    single = point_sets.make_named(name, n=5000, dtype=np.float32)
    np.testing.assert_allclose(single.points, expected, atol=1e-4)
    assert not np.array_equal(single.points, made.points)


@pytest.mark.parametrize(("name", "k"), [("ring of 8", 8), ("grid of 25", 25)])
def test_modes_hold_all_points_and_no_point_is_at_two(name, k):
    made = point_sets.make_named(name, n=5000)
    assert (made.parts, made.centres.shape) == ("modes", (k, 2))
    near = cdist(made.points, made.centres) <= made.radius
    assert (near.sum(axis=1) == 1).all()
    assert near.any(axis=0).all()


def test_sets_without_modes_have_no_centres_and_unknown_ones_are_refused():
    made = point_sets.make_named("two moons", n=100)
    assert (made.centres, made.radius, made.parts) == (None, 0.0, None)
    with pytest.raises(ValueError, match="'ring_of_8', expected one of quadratic, two"):
        point_sets.make_named("ring_of_8", n=100)


def test_extent_and_cells_cover_the_points_with_a_margin():
    made = point_sets.PointSet(np.float32([[0, 0], [7, 14]]))
    np.testing.assert_allclose(made.extent, [-1, 8, -2, 16], rtol=1e-6)
    cells = made.cells(3)
    np.testing.assert_allclose(cells[:4], [[0.5, 1], [3.5, 1], [6.5, 1], [0.5, 7]])
    assert cells.shape == (9, 2) and cells.dtype == np.float32


def test_parts_of_four_far_clusters_are_the_clusters():
    rng = np.random.default_rng(0)
    corners = np.float32([[0, 0], [0, 9], [9, 0], [9, 9]])
    pool = np.repeat(corners, 50, axis=0) + rng.normal(0, 0.1, (200, 2))
    parts = point_sets.find_parts(pool[rng.permutation(200)], 4)
    gaps = np.linalg.norm(corners[:, None] - parts, axis=2)
    assert gaps.min(axis=0).max() < 0.1
    assert gaps.min(axis=1).max() < 0.1


@pytest.mark.filterwarnings("error")  # k-means warns of a part without points
def test_few_and_repeated_points_make_as_many_parts_as_asked_each_with_points():
    for seed in range(100):
        rng = np.random.default_rng(seed)
        sample = rng.integers(0, 4, (7, 2)).astype(np.float32)
        n = rng.integers(1, len(np.unique(sample, axis=0)), endpoint=True)
        parts = point_sets.find_parts(sample, n)
        assert len(parts) == n
        assert set(cdist(sample, parts).argmin(axis=1)) == set(range(n))


def test_points_of_ones_own_are_covered_by_their_parts():
    sample = np.random.default_rng(0).uniform(-3, 5, (2000, 2)).astype(np.float32)
    made = point_sets.cut_into_parts(sample)
    assert made.points is sample and made.parts == "parts"
    assert made.centres.shape == (point_sets.N_PARTS, 2)
    assert np.mean(cdist(sample, made.centres).min(axis=1) <= made.radius) > 0.5
    two = point_sets.cut_into_parts(np.float32([[0, 0], [0, 0], [3, 4]]))
    np.testing.assert_allclose(np.sort(two.centres, axis=0), [[0, 0], [3, 4]])
    assert two.radius == 2.5


def test_a_drawing_is_blurred_by_the_size_of_its_panel():
    """On axes as unlike as lesson 03's, a level line stays a thin level line."""
    line = [[x, 1000.0] for x in np.linspace(-50, 50, 200)]
    drawn = point_sets.make_drawn(line, (-60, 60, -400, 2900), n=8000)
    x, y = (drawn.points - [0, 1000]).T
    assert np.abs(x).max() < 50 + 5 * 0.6
    assert y.std() == pytest.approx(0.005 * 3300, rel=0.05)
