"""How the lab offers the course's losses, which test_losses.py tests."""

import numpy as np
import pytest
import tensorflow as tf

from gan_helpers import lab, losses
from gan_helpers.lab import steps


def test_the_lab_offers_the_courses_losses():
    assert lab.LOSSES is losses.LOSSES
    assert lab.Loss is losses.Loss


@pytest.mark.parametrize(
    "usual",
    # In an order: two processes have to collect the same tests.
    dict.fromkeys(loss.penalty for loss in losses.LOSSES.values()),
    ids=lambda penalty: getattr(penalty, "__name__", "none"),
)
def test_one_function_serves_all_losses_that_come_with_one_penalty(usual):
    real, fake = tf.random.stateless_normal((2, 64, 1), [1, 2])
    index = tf.Variable(0)
    both = steps.choose_losses(usual, index)
    for place, name in enumerate(steps.loss_group(usual)):
        index.assign(place)
        expected = losses.LOSSES[name].both(real, fake)
        np.testing.assert_allclose(both(real, fake), expected, rtol=1e-6)


def linear_logits(samples):
    return samples @ [[3.0], [4.0]]


@pytest.mark.parametrize(
    "kind, expected",
    # D's slope is (3, 4) everywhere, of length 5.
    [("R1", 12.5), ("R2", 12.5), ("R1 + R2", 25.0), ("gradient penalty", 16.0)],
)
def test_each_kind_of_penalty_on_a_linear_d(kind, expected):
    real, fake = tf.random.stateless_normal((2, 8, 2), [1, 2])
    penalty = steps.chosen_penalty("hinge", kind)
    found = penalty(linear_logits, real, fake, [0, 0])
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_r1_looks_at_real_samples_and_r2_at_generated_ones():
    def logits(samples):
        return samples**2 / 2  # of slope x at x

    real, fake = tf.fill((4, 1), 3.0), tf.fill((4, 1), 2.0)
    found = [
        float(steps.chosen_penalty("hinge", kind)(logits, real, fake, [0, 0]))
        for kind in ("R1", "R2", "R1 + R2")
    ]
    np.testing.assert_allclose(found, [4.5, 2.0, 6.5], rtol=1e-6)


def test_the_usual_penalty_is_the_losss_own_and_none_is_none():
    for name, loss in losses.LOSSES.items():
        assert steps.chosen_penalty(name, steps.USUAL) is loss.penalty
        assert steps.chosen_penalty(name, "none") is None
