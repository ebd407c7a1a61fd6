"""Modes and the grid divergence against counts and closed forms."""

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from gan_helpers import metrics
from gan_helpers.data import points


def test_class_shares():
    probabilities = np.eye(4)[[0, 0, 1, 3]]
    np.testing.assert_array_equal(
        metrics.class_shares(probabilities), [0.5, 0.25, 0, 0.25]
    )
    probabilities[2] = np.nan
    with pytest.raises(ValueError, match="probabilities .* row 2"):
        metrics.class_shares(probabilities)


def test_mode_shares_by_hand():
    centres = [[0, 0], [10, 0], [0, 10]]
    seen = [[0, 0], [0, 1], [0, 1.01], [9.5, 0], [50, 50]]
    # The second lies at the radius and counts, the third beyond it, the last nowhere.
    shares = metrics.mode_shares(np.array(seen), np.array(centres), radius=1)
    np.testing.assert_array_equal(shares, [2 / 5, 1 / 5, 0])


def test_mode_shares_count_a_point_for_its_nearest_centre_only():
    centres = np.array([[0.0, 0.0], [1.0, 0.0]])
    shares = metrics.mode_shares(np.array([[0.6, 0.0]]), centres, radius=5)
    np.testing.assert_array_equal(shares, [0, 1])


def test_three_standard_deviations_hold_nearly_all_of_a_grid():
    grid = points.grid_of_25(20_000, np.random.default_rng(20))
    axis = np.arange(-4, 5, 2)
    centres = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    shares = metrics.mode_shares(grid, centres, radius=3 * 0.05)
    # Rayleigh: 1 - exp(-9/2) of a 2-D Gaussian lies within three of its σ.
    assert shares.sum() == pytest.approx(1 - np.exp(-4.5), abs=0.004)
    assert metrics.modes_hit(shares) == 25
    assert metrics.mode_balance(shares) > 0.999


def test_modes_hit_counts_from_a_quarter_of_the_fair_share():
    assert metrics.modes_hit([0.25, 0.25, 0.25, 0.25]) == 4
    assert metrics.modes_hit([0.8, 0.0625, 0.0624, 0]) == 2
    assert metrics.modes_hit([0.8, 0.0625, 0.0624, 0], at_least=0.01) == 3
    assert metrics.modes_hit(np.zeros(8)) == 0


def test_mode_balance_of_known_shares():
    assert metrics.mode_balance(np.full(8, 1 / 8)) == pytest.approx(1)
    # Points away from any mode do not count.
    assert metrics.mode_balance(np.full(8, 1 / 80)) == pytest.approx(1)
    # Half of the modes, evenly: ln 4 over ln 8.
    assert metrics.mode_balance([0.25, 0] * 4) == pytest.approx(2 / 3)
    assert str(metrics.mode_balance([0, 1, 0])) == "0.0"
    assert metrics.mode_balance(np.zeros(3)) == 0


@pytest.mark.parametrize(
    "shares", [[0.5, np.nan], [0.5, -0.1], [[0.5, 0.5]], [20, 30], [np.inf, 0]]
)
def test_shares_must_be_shares(shares):
    for measure in (metrics.modes_hit, metrics.mode_balance):
        with pytest.raises(ValueError, match="mode_shares or class_shares"):
            measure(shares)


def test_modes_refuse_bad_limits():
    with pytest.raises(ValueError, match="radius is -1"):
        metrics.mode_shares(np.zeros((5, 2)), np.zeros((3, 2)), radius=-1)
    with pytest.raises(ValueError, match="at_least is 0"):
        metrics.modes_hit([0.5, 0.5], at_least=0)
    with pytest.raises(ValueError, match="1 modes"):
        metrics.mode_balance([1.0])
    with pytest.raises(ValueError, match="bins is 0"):
        metrics.grid_divergence(np.zeros((5, 2)), np.zeros((5, 2)), bins=0)


def test_grid_divergence_matches_scipy_on_a_grid_that_holds_both_sets():
    rng = np.random.default_rng(21)
    real = np.concatenate([rng.uniform(-1, 1, size=(900, 2)), [[-1, -1], [1, 1]]])
    fake = rng.uniform(-1, 1, size=(500, 2)) ** 3
    edges = np.linspace(-1, 1, 13)
    p, q = (np.histogram2d(*s.T, bins=[edges, edges])[0].ravel() for s in (real, fake))
    found = metrics.grid_divergence(real, fake, bins=12)
    # SciPy's is the square root, the Jensen-Shannon distance.
    assert found == pytest.approx(jensenshannon(p, q) ** 2, rel=1e-10)


def test_grid_divergence_of_known_sets():
    rng = np.random.default_rng(22)
    real = rng.normal(size=(1000, 2))
    assert metrics.grid_divergence(real, real[::-1]) == 0
    assert metrics.grid_divergence(real, real + 100) == pytest.approx(np.log(2))
    # Half of the mass moved out of sight: p against p/2 on the grid, 1/2 outside.
    half = np.concatenate([real, real + 100])
    expected = (np.log(4 / 3) + np.log(2 / 3) / 2 + np.log(2) / 2) / 2
    assert metrics.grid_divergence(real, half) == pytest.approx(expected)
    # How far outside does not matter.
    far = np.concatenate([real, real + 1e6])
    assert metrics.grid_divergence(real, far) == metrics.grid_divergence(real, half)


def test_grid_divergence_of_two_samples_falls_with_their_number():
    rng = np.random.default_rng(23)
    few, many = (
        metrics.grid_divergence(*rng.uniform(size=(2, n, 2))) for n in (1000, 50_000)
    )
    assert few > 10 * many > 0
