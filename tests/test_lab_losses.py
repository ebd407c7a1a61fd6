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
    "penalty",
    # In an order: two processes have to collect the same tests.
    dict.fromkeys(loss.penalty for loss in losses.LOSSES.values()),
    ids=lambda penalty: getattr(penalty, "__name__", "none"),
)
def test_one_function_serves_all_losses_with_the_same_penalty(penalty):
    real, fake = tf.random.stateless_normal((2, 64, 1), [1, 2])
    index = tf.Variable(0)
    both = steps.choose_losses(penalty, index)
    for place, name in enumerate(steps.loss_group(penalty)):
        index.assign(place)
        expected = losses.LOSSES[name].both(real, fake)
        np.testing.assert_allclose(both(real, fake), expected, rtol=1e-6)
