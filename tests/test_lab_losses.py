"""The lab's losses and gradient penalties against NumPy and closed forms."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_helpers.lab import losses
from gan_helpers.training import call_quietly

RNG = np.random.default_rng(0)
REAL = RNG.normal(1, 2, (64, 1)).astype(np.float32)
FAKE = RNG.normal(-1, 2, (64, 1)).astype(np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x.astype(np.float64)))


def in_numpy(name):
    """(d_loss, g_loss) of REAL and FAKE, written as in the papers."""
    real, fake = sigmoid(REAL), sigmoid(FAKE)
    classic = -np.log(real).mean() - np.log(1 - fake).mean()
    difference = sigmoid(REAL - FAKE)
    return {
        "minimax": (classic, np.log(1 - fake).mean()),
        "non-saturating": (classic, -np.log(fake).mean()),
        "hinge": (
            np.maximum(0, 1 - REAL).mean() + np.maximum(0, 1 + FAKE).mean(),
            -FAKE.mean(),
        ),
        "wasserstein-gp": (FAKE.mean() - REAL.mean(), -FAKE.mean()),
        "relativistic": (-np.log(difference).mean(), -np.log(1 - difference).mean()),
    }[name]


@pytest.mark.parametrize("name", losses.LOSSES)
def test_losses_equal_their_formulas(name):
    found = losses.LOSSES[name].both(tf.constant(REAL), tf.constant(FAKE))
    np.testing.assert_allclose([x.numpy() for x in found], in_numpy(name), rtol=1e-5)


@pytest.mark.parametrize("name", losses.LOSSES)
def test_levels_are_those_of_an_undecided_discriminator(name):
    loss, logits = losses.LOSSES[name], tf.zeros((8, 1))
    d_loss, g_loss = loss.both(logits, logits)
    assert math.isclose(d_loss, loss.d_level, abs_tol=1e-6)
    if loss.g_level is not None:
        assert math.isclose(g_loss, loss.g_level, abs_tol=1e-6)
    # Where G has no level, an equally good D gives it another loss.
    shifted = loss.both(logits + 0.5, logits + 0.5)
    moved = loss.g_level is None and math.isclose(shifted[0], d_loss, abs_tol=1e-6)
    assert moved == (name in ("hinge", "wasserstein-gp"))


def test_losses_and_gradients_stay_finite_for_extreme_logits():
    logits = tf.constant([[-1e4], [0.0], [1e4]])
    for loss in losses.LOSSES.values():
        with tf.GradientTape() as tape:
            tape.watch(logits)
            total = tf.add_n(loss.both(logits, logits[::-1]))
        assert np.isfinite(total)
        assert np.isfinite(tape.gradient(total, logits)).all()


def linear(weights):
    slope = tf.constant(weights, shape=(len(weights), 1))
    return lambda samples: tf.reshape(samples, (len(samples), -1)) @ slope


def test_gradient_penalty_of_a_linear_critic():
    real, fake = tf.random.stateless_normal((2, 32, 2), [1, 2])
    for weights, expected in (
        ([3.0, 4.0], 16.0),
        ([0.6, 0.8], 0.0),
        ([0.0, 0.5], 0.25),
    ):
        found = losses.gradient_penalty(linear(weights), real, fake, [0, 1])
        np.testing.assert_allclose(found, expected, atol=1e-5)
    # A picture's slope is over all of its pixels: here 12 of them, each with 0.5.
    real, fake = tf.random.stateless_normal((2, 8, 2, 2, 3), [1, 2])
    found = losses.gradient_penalty(linear([0.5] * 12), real, fake, [0, 1])
    np.testing.assert_allclose(found, (math.sqrt(12 * 0.25) - 1) ** 2, rtol=1e-5)


def test_gradient_penalty_is_taken_between_real_and_generated_samples():
    seen = []

    def discriminate(samples):
        seen.append(samples.numpy())
        return tf.reduce_sum(samples, axis=1, keepdims=True)

    real, fake = tf.zeros((500, 2)), tf.ones((500, 2)) * [2.0, 4.0]
    losses.gradient_penalty(discriminate, real, fake, [3, 4])
    x, y = seen[0].T
    np.testing.assert_allclose(y, 2 * x, rtol=1e-6)
    assert 0 <= x.min() < 0.1
    assert 1.9 < x.max() <= 2
    assert abs(x.mean() - 1) < 0.1


def test_r1_r2_penalty_of_linear_and_quadratic_critics():
    real, fake = tf.random.stateless_normal((2, 32, 2), [1, 2])
    found = losses.r1_r2_penalty(linear([3.0, 4.0]), real, fake)
    np.testing.assert_allclose(found, 25.0, rtol=1e-5)
    # D = |x|²/2 has the slope x, so R1 is half the mean of |x|².
    found = losses.r1_r2_penalty(
        lambda x: 0.5 * tf.reduce_sum(x**2, axis=1, keepdims=True), real, fake
    )
    squares = [np.sum(x.numpy() ** 2, axis=1).mean() for x in (real, fake)]
    np.testing.assert_allclose(found, sum(squares) / 2, rtol=1e-5)


@pytest.mark.parametrize("name", ["gradient_penalty", "r1_r2_penalty"])
def test_penalties_have_finite_gradients_where_the_critic_is_flat(name):
    critic = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    critic.set_weights([np.zeros((2, 1)), np.zeros(1)])
    real, fake = tf.ones((4, 2)), tf.zeros((4, 2))
    with tf.GradientTape() as tape:
        value = getattr(losses, name)(
            lambda x: call_quietly(critic, x), real, fake, [0, 1]
        )
    gradient = tape.gradient(value, critic.trainable_variables[0].value)
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()


def test_penalties_reach_the_critics_weights():
    # For D = w·x the gradient penalty is (|w| - 1)², its slope 2 (|w| - 1) w / |w|.
    critic = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    critic.set_weights([np.array([[3.0], [4.0]]), np.zeros(1)])
    real, fake = tf.ones((4, 2)), tf.zeros((4, 2))
    with tf.GradientTape() as tape:
        value = losses.gradient_penalty(
            lambda x: call_quietly(critic, x), real, fake, [0, 1]
        )
    gradient = tape.gradient(value, critic.trainable_variables[0].value)
    np.testing.assert_allclose(gradient, [[8 * 0.6], [8 * 0.8]], rtol=1e-5)


def test_one_function_serves_all_losses_with_the_same_penalty():
    real, fake = tf.constant(REAL), tf.constant(FAKE)
    for penalty in {loss.penalty for loss in losses.LOSSES.values()}:
        index = tf.Variable(0)
        both = losses.choose_losses(penalty, index)
        for place, name in enumerate(losses.loss_group(penalty)):
            index.assign(place)
            np.testing.assert_allclose(both(real, fake), in_numpy(name), rtol=1e-5)
