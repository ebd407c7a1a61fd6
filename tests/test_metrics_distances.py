"""Fréchet, kernel and sliced Wasserstein distance against closed forms."""

import os
import warnings

import numpy as np
import pytest
import scipy.linalg

from gan_helpers import metrics
from gan_helpers.metrics import Gaussian

# POT loads every machine learning library it finds; here it only sees NumPy arrays.
os.environ["POT_BACKEND_DISABLE_TENSORFLOW"] = "1"
import ot  # noqa: E402


def random_gaussian(rng, d=6):
    a = rng.normal(size=(d, 2 * d))
    return Gaussian(rng.normal(size=d), a @ a.T)


def frechet_by_matrix_root(first, second):
    """The usual reference implementation's formula, with SciPy's matrix root."""
    (m1, c1), (m2, c2) = first, second
    root = scipy.linalg.sqrtm(c1 @ c2).real
    return np.sum((m1 - m2) ** 2) + np.trace(c1 + c2 - 2 * root)


def frechet_by_eigenvalues(first, second):
    """The trace of (Σ₁Σ₂)^½ is the sum of the roots of the eigenvalues of Σ₁Σ₂."""
    (m1, c1), (m2, c2) = first, second
    shared = np.sqrt(np.linalg.eigvals(c1 @ c2).real).sum()
    return np.sum((m1 - m2) ** 2) + np.trace(c1) + np.trace(c2) - 2 * shared


def frechet_by_pot(first, second):
    """POT's, which calls it the Bures-Wasserstein distance and takes its root."""
    (m1, c1), (m2, c2) = first, second
    return ot.gaussian.bures_wasserstein_distance(m1, m2, c1, c2) ** 2


@pytest.mark.parametrize(
    "reference", [frechet_by_pot, frechet_by_matrix_root, frechet_by_eigenvalues]
)
@pytest.mark.parametrize("d", [1, 2, 6, 64])
def test_frechet_distance_matches_reference_implementations(d, reference):
    """The packages named after the score of pictures all need PyTorch or an Inception
    network; POT is the published implementation of this formula that does not."""
    rng = np.random.default_rng(0)
    for _ in range(5):
        first, second = random_gaussian(rng, d), random_gaussian(rng, d)
        expected = reference(first, second)
        found = metrics.frechet_distance(first, second)
        assert found == pytest.approx(expected, rel=1e-9)


def test_frechet_distance_of_two_by_two_matrices_by_hand():
    # For 2 x 2 matrices (tr √M)² = tr M + 2 √det M. With Σ₁ = diag(4, 1) and
    # Σ₂ = [[2, 1], [1, 2]]: tr Σ₁Σ₂ = 10, det Σ₁Σ₂ = 4 · 3, so that tr (Σ₁Σ₂)^½ is
    # √(10 + 2 √12); the traces are 5 and 4, and the means 3 and 4 apart.
    first = Gaussian(np.zeros(2), np.diag([4.0, 1.0]))
    second = Gaussian(np.array([3.0, 4.0]), np.array([[2.0, 1.0], [1.0, 2.0]]))
    expected = 25 + 5 + 4 - 2 * np.sqrt(10 + 2 * np.sqrt(12))
    assert metrics.frechet_distance(first, second) == pytest.approx(expected, rel=1e-12)


def test_frechet_distance_of_close_gaussians_with_features_that_never_vary():
    # Along the same axes it is Σ (√λ₁ - √λ₂)². It is 1e-5 of the traces here, so that a
    # rounding error under a square root, 1e-8 of a trace, would show.
    rng = np.random.default_rng(5)
    axes, _ = np.linalg.qr(rng.normal(size=(64, 64)))
    deviations = rng.uniform(1, 5, size=64)
    deviations[40:] = 0
    others = deviations * 1.003
    first, second = (
        Gaussian(np.zeros(64), (axes * scales**2) @ axes.T)
        for scales in (deviations, others)
    )
    expected = np.sum((deviations - others) ** 2)
    assert metrics.frechet_distance(first, second) == pytest.approx(expected, rel=1e-8)


def test_frechet_distance_of_shifted_and_scaled_gaussians():
    identity = np.eye(4)
    shifted = metrics.frechet_distance(
        Gaussian(np.zeros(4), identity), Gaussian(np.full(4, 3.0), identity)
    )
    assert shifted == pytest.approx(4 * 9)
    # Equal means, standard deviations 1 and 3: (3 - 1)² per dimension.
    scaled = metrics.frechet_distance(
        Gaussian(np.zeros(4), identity), Gaussian(np.zeros(4), 9 * identity)
    )
    assert scaled == pytest.approx(4 * 4)


def test_frechet_distance_of_a_degenerate_covariance():
    flat = Gaussian(np.zeros(3), np.diag([1.0, 0.0, 4.0]))
    assert metrics.frechet_distance(flat, flat) == pytest.approx(0)
    # A zero variance against 1 costs 1.
    full = Gaussian(np.zeros(3), np.diag([1.0, 1.0, 4.0]))
    assert metrics.frechet_distance(flat, full) == pytest.approx(1)
    # All samples on one line that no axis follows, at equal and at double length.
    line = np.full((64, 64), 1.0)
    along, twice = Gaussian(np.zeros(64), line), Gaussian(np.zeros(64), 4 * line)
    assert 0 <= metrics.frechet_distance(along, along) < 1e-10
    assert metrics.frechet_distance(along, twice) == pytest.approx(64, rel=1e-9)


def test_frechet_distance_of_identical_sets_is_zero_and_never_below():
    x = np.random.default_rng(6).normal(size=(100, 64)) @ np.diag(np.arange(64.0))
    assert 0 <= metrics.frechet_distance(x, x) < 1e-10 * np.trace(np.cov(x.T))


@pytest.mark.parametrize("d", [1, 6])
def test_frechet_distance_is_the_same_of_samples_and_of_their_gaussians(d):
    rng = np.random.default_rng(14)
    real, fake = rng.normal(size=(50, d)), rng.normal(1, 2, size=(40, d))
    fitted = metrics.fit_gaussian(real), metrics.fit_gaussian(fake)
    expected = frechet_by_pot(*fitted)
    for pair in [(real, fake), (real, fitted[1]), (fitted[0], fake), fitted]:
        assert metrics.frechet_distance(*pair) == pytest.approx(expected, rel=1e-9)


def test_frechet_distance_refuses_unequal_features():
    real, fake = Gaussian(np.zeros(2), np.eye(2)), Gaussian(np.zeros(3), np.eye(3))
    with pytest.raises(ValueError, match="real has 2 features and fake 3"):
        metrics.frechet_distance(real, fake)


def test_frechet_distance_names_what_is_not_a_gaussian():
    good = Gaussian(np.zeros(3), np.eye(3))
    for bad, words in [
        ((np.array([0, np.nan, 0]), np.eye(3)), "mean has 1 values .* first nan"),
        ((np.zeros(3), np.full((3, 3), np.nan)), "covariance has 9 values .* nan"),
        ((np.zeros(3), np.diag([1, np.inf, 1])), "covariance has 1 .* first inf"),
        ((np.zeros(3), np.eye(4)), r"mean .*\(3,\) and its covariance \(4, 4\)"),
        ((np.zeros(3), np.ones(3)), r"mean .* covariance \(3,\), expected \(d,\) and"),
        ((np.zeros((1, 3)), np.eye(3)), r"mean has shape \(1, 3\)"),
        ((0.0, 1.0), r"mean has shape \(\) and its covariance \(\)"),
    ]:
        with pytest.raises(ValueError, match=f"The fake {words}"):
            metrics.frechet_distance(good, Gaussian(*bad))
        with pytest.raises(ValueError, match=f"The real {words}"):
            metrics.frechet_distance(Gaussian(*bad), good)
    with pytest.raises(ValueError, match=r"fake is a tuple of 2, .*Gaussian\("):
        metrics.frechet_distance(good, tuple(good))


def test_fit_gaussian_matches_numpy_and_names_the_bad_row():
    x = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    mean, covariance = metrics.fit_gaussian(x)
    np.testing.assert_allclose(mean, x.mean(0), rtol=1e-5)
    np.testing.assert_allclose(covariance, np.cov(x.T), rtol=1e-5)
    x[7, 2] = np.nan
    with pytest.raises(ValueError, match="row 7"):
        metrics.fit_gaussian(x)
    with pytest.raises(ValueError, match=r"\(4,\)"):
        metrics.fit_gaussian(np.zeros(4))


def test_fit_gaussian_warns_of_fewer_samples_than_features():
    x = np.random.default_rng(1).normal(size=(21, 20))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        metrics.fit_gaussian(x)
    with pytest.warns(UserWarning, match=r"20 samples of 20 features.*at least 200"):
        _, covariance = metrics.fit_gaussian(x[:20])
    assert np.linalg.matrix_rank(covariance) == 19


def kernel(x, y):
    return (np.dot(x, y) / len(x) + 1) ** 3


def kernel_distance_by_loops(real, fake):
    within = [
        np.mean(
            [kernel(x, y) for i, x in enumerate(s) for y in np.delete(s, i, axis=0)]
        )
        for s in (real, fake)
    ]
    return sum(within) - 2 * np.mean([kernel(x, y) for x in real for y in fake])


def test_kernel_distance_matches_its_definition_and_the_jackknife():
    rng = np.random.default_rng(7)
    real, fake = rng.normal(size=(14, 3)), rng.normal(size=(11, 3)) + 0.3
    without_real = [
        kernel_distance_by_loops(np.delete(real, i, axis=0), fake) for i in range(14)
    ]
    without_fake = [
        kernel_distance_by_loops(real, np.delete(fake, i, axis=0)) for i in range(11)
    ]
    variance = 13 * np.var(without_real) + 10 * np.var(without_fake)
    value, error = metrics.kernel_distance(real, fake)
    assert value == pytest.approx(kernel_distance_by_loops(real, fake), rel=1e-10)
    assert error == pytest.approx(np.sqrt(variance), rel=1e-10)


def test_kernel_distance_works_in_blocks():
    rng = np.random.default_rng(8)
    real, fake = rng.normal(size=(1100, 5)), rng.normal(size=(600, 5)) + 0.2
    rr, ff, rf = (
        (a @ b.T / 5 + 1) ** 3 for a, b in [(real, real), (fake, fake), (real, fake)]
    )
    expected = (
        (rr.sum() - np.trace(rr)) / (1100 * 1099)
        + (ff.sum() - np.trace(ff)) / (600 * 599)
        - 2 * rf.mean()
    )
    value, _ = metrics.kernel_distance(real, fake)
    assert value == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_kernel_distance_is_unbiased_and_its_error_is_honest(shift):
    # For N(0, 1) and N(shift, 1) the moments differ by s, s² and s³ + 3s, and
    # (xy + 1)³ = 1 + 3xy + 3(xy)² + (xy)³.
    exact = 3 * shift**2 + 3 * shift**4 + (shift**3 + 3 * shift) ** 2
    rng = np.random.default_rng(9)
    runs = np.array(
        [
            metrics.kernel_distance(
                rng.normal(size=(200, 1)), rng.normal(shift, size=(150, 1))
            )
            for _ in range(600)
        ]
    )
    values, errors = runs.T
    spread = values.std()
    assert values.mean() == pytest.approx(exact, abs=4 * spread / np.sqrt(600))
    # Efron and Stein: the variance is right far from 0, at most doubled at 0.
    ratio = np.sqrt(np.mean(errors**2)) / spread
    assert 0.9 < ratio < (1.1 if shift else 1.1 * np.sqrt(2))


def wasserstein_by_repetition(real, fake):
    """Of 1-D samples: each repeated until both sets are equally large, then sorted."""
    size = np.lcm(len(real), len(fake))
    first, second = (np.sort(np.repeat(s, size // len(s))) for s in (real, fake))
    return np.sqrt(np.mean((first - second) ** 2))


@pytest.mark.parametrize("m", [40, 31, 60])
def test_sliced_wasserstein_in_one_dimension_is_the_wasserstein_distance(m):
    rng = np.random.default_rng(10)
    real, fake = rng.normal(size=40), rng.exponential(size=m)
    found = metrics.sliced_wasserstein(real[:, None], fake[:, None], projections=3)
    assert found == pytest.approx(wasserstein_by_repetition(real, fake), rel=1e-10)


@pytest.mark.parametrize("m", [300, 420])
def test_sliced_wasserstein_matches_pot_along_the_same_directions(m):
    rng = np.random.default_rng(12)
    real, fake = rng.normal(size=(300, 8)), rng.normal(size=(m, 8)) * 1.5 + 0.3
    directions = np.random.default_rng(4).normal(size=(8, 50))
    directions /= np.linalg.norm(directions, axis=0)
    expected = ot.sliced_wasserstein_distance(real, fake, projections=directions)
    found = metrics.sliced_wasserstein(real, fake, projections=50, seed=4)
    assert found == pytest.approx(expected, rel=1e-10)


def test_sliced_wasserstein_matches_the_mean_over_the_circle():
    rng = np.random.default_rng(11)
    real, fake = rng.normal(size=(50, 2)), rng.normal(size=(50, 2)) * (1, 3) + 1
    angles = np.linspace(0, np.pi, 2000, endpoint=False)
    squares = [
        wasserstein_by_repetition(real @ direction, fake @ direction) ** 2
        for direction in np.stack([np.cos(angles), np.sin(angles)], axis=1)
    ]
    found = metrics.sliced_wasserstein(real, fake, projections=20_000)
    assert found == pytest.approx(np.sqrt(np.mean(squares)), rel=0.02)


def test_sliced_wasserstein_of_shifted_scaled_and_identical_sets():
    x = np.random.default_rng(12).normal(size=(300, 64))
    shift = np.zeros(64)
    shift[5] = 16
    found = metrics.sliced_wasserstein(x, x + shift, projections=4000)
    assert found == pytest.approx(16 / np.sqrt(64), rel=0.05)
    # Doubled, each projection moves by its own size, whose mean square is that of x.
    doubled = metrics.sliced_wasserstein(x, 2 * x, projections=4000)
    assert doubled == pytest.approx(np.sqrt(np.mean(x**2)), rel=0.02)
    assert metrics.sliced_wasserstein(x, x[::-1]) == 0


def test_sliced_wasserstein_is_set_by_its_seed():
    first, second = np.random.default_rng(13).normal(size=(2, 100, 3))
    default = metrics.sliced_wasserstein(first, second)
    assert default == metrics.sliced_wasserstein(first, second, seed=0)
    other = metrics.sliced_wasserstein(first, second, seed=1)
    assert default != other
    assert default == pytest.approx(other, rel=0.3)
    with pytest.raises(ValueError, match="projections is 0"):
        metrics.sliced_wasserstein(first, second, projections=0)
