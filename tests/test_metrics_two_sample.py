"""The classifier two-sample test against exact binomials and its error rate."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from gan_helpers import metrics
from gan_helpers.data import points


@pytest.mark.parametrize(("correct", "asked"), [(0, 5), (5, 5), (7, 10), (60, 100)])
def test_chance_p_value_is_the_binomial_tail(correct, asked):
    tail = sum(comb(asked, i) for i in range(correct, asked + 1))
    expected = float(Fraction(tail, 2**asked))
    assert metrics.chance_p_value(correct, asked) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("correct", "asked"), [(6, 5), (-1, 5), (0, 0)])
def test_chance_p_value_refuses_impossible_counts(correct, asked):
    with pytest.raises(ValueError, match=f"{correct} correct of {asked} asked"):
        metrics.chance_p_value(correct, asked)


def test_distant_sets_are_told_apart():
    x = np.random.default_rng(24).normal(size=(100, 5))
    accuracy, p_value = metrics.classifier_two_sample_test(x, x + 100)
    assert accuracy == 1
    # 50 held-out samples of each set, all of them right.
    assert p_value == pytest.approx(2.0**-100)


def test_accuracy_reaches_the_best_possible_on_shifted_gaussians():
    rng = np.random.default_rng(25)
    real, fake = rng.normal(size=(2, 4000, 2))
    # Means 2 apart: the best classifier is right with probability Φ(1) = 0.841.
    accuracy, p_value = metrics.classifier_two_sample_test(real, fake + (2, 0))
    assert accuracy == pytest.approx(0.841, abs=0.025)
    assert p_value < 1e-100


def test_lost_modes_that_leave_mean_and_variance_alone_are_seen():
    real = points.ring_of_8(2000, np.random.default_rng(26))
    fake = points.ring_of_8(4000, np.random.default_rng(27))
    angle = np.arctan2(fake[:, 1], fake[:, 0])
    fake = fake[np.round(angle / (np.pi / 4)) % 2 == 0]
    # Best possible: 1 on the half of the real points at lost modes; at the others
    # generated ones are twice as many: 3/4 in all.
    accuracy, p_value = metrics.classifier_two_sample_test(real, fake)
    assert accuracy == pytest.approx(0.75, abs=0.03)
    assert p_value < 1e-50


@pytest.mark.parametrize(("n", "m"), [(60, 60), (61, 300), (300, 61)])
def test_equal_distributions_are_refused_at_the_stated_rate_at_most(n, m):
    rng = np.random.default_rng(28)
    results = np.array(
        [
            metrics.classifier_two_sample_test(
                rng.normal(size=(n, 3)), rng.normal(size=(m, 3))
            )
            for _ in range(600)
        ]
    )
    assert results[:, 0].mean() == pytest.approx(0.5, abs=0.01)
    # At 0.05 and 600 trials, three standard deviations above are 0.077.
    assert np.mean(results[:, 1] < 0.05) < 0.077


def test_the_order_of_the_samples_does_not_matter():
    real, fake = np.random.default_rng(30).normal(size=(2, 1000, 1))
    accuracy, _ = metrics.classifier_two_sample_test(np.sort(real, axis=0), fake)
    assert accuracy == pytest.approx(0.5, abs=0.05)


def test_the_split_is_set_by_the_seed_and_identical_sets_are_not_told_apart():
    x = np.random.default_rng(29).normal(size=(400, 3))
    first = metrics.classifier_two_sample_test(x, x)
    assert first == metrics.classifier_two_sample_test(x, x, seed=0)
    assert first != metrics.classifier_two_sample_test(x, x, seed=1)
    assert first[1] > 0.05
