"""What lesson 10 teaches and the package exports: spectral layers, and the step."""

import numpy as np
import pytest
import tensorflow as tf
from lesson_code import from_lesson

from gan_helpers import losses, settings
from gan_helpers.taught import stability

POINTS = tf.random.stateless_normal((64, 2), [1, 1])


def settled(layer, inputs, calls=300):
    for _ in range(calls):
        layer(inputs, training=True)
    return layer


def test_the_spectral_layer_divides_by_numpys_largest_singular_value():
    settings.set_seed(0)
    layer = settled(stability.SpectralDense(5), POINTS)
    layer.bias.assign([1.0, 2.0, 3.0, 4.0, 5.0])
    sigma = np.linalg.svd(layer.kernel.numpy(), compute_uv=False)[0]
    expected = POINTS.numpy() @ layer.kernel.numpy() / sigma + [1, 2, 3, 4, 5]
    np.testing.assert_allclose(layer(POINTS), expected, rtol=1e-4, atol=1e-5)


def test_its_vector_moves_in_training_only_and_its_size_has_no_gradient():
    layer = stability.SpectralDense(5)
    layer(POINTS)
    before = layer.u.numpy()
    layer(POINTS)
    np.testing.assert_array_equal(layer.u.numpy(), before)
    layer(POINTS, training=True)
    assert np.abs(layer.u.numpy() - before).max() > 1e-3
    settled(layer, POINTS)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(POINTS) ** 2)
    gradient = tape.gradient(loss, layer.kernel)
    along = np.sum(gradient * layer.kernel)
    assert abs(along) < 1e-4 * np.linalg.norm(gradient) * np.linalg.norm(layer.kernel)


def test_a_spectral_discriminator_has_a_slope_of_at_most_one():
    settings.set_seed(0)
    discriminator = settled(
        stability.make_discriminator(stability.SpectralDense), POINTS
    )
    pairs = tf.random.stateless_normal((2, 500, 2), [2, 2]) * 5
    logits = [discriminator(points).numpy()[:, 0] for points in pairs]
    ways = np.linalg.norm(pairs[0] - pairs[1], axis=1)
    assert (np.abs(logits[0] - logits[1]) <= ways * (1 + 1e-3)).all()


def draw(k):
    return POINTS, tf.random.stateless_normal((64, stability.NOISE), [3, k])


@pytest.mark.parametrize("name", losses.LOSSES)
def test_one_step_is_adam_on_ds_penalised_loss_and_then_on_gs(name):
    both, penalty = losses.LOSSES[name].both, losses.r1_r2_penalty

    def new():
        settings.set_seed(0)
        return stability.make_generator(), stability.make_discriminator()

    generator, discriminator = new()
    optimizers = stability.make_optimizers()
    step = stability.make_train_step(
        (generator, discriminator), optimizers, draw, both, penalty, 0.3
    )
    found = step(tf.constant(4))
    expected = by_hand(*new(), both, penalty)
    np.testing.assert_allclose(found, expected[:2], rtol=1e-4, atol=1e-5)
    weights = [w for n in (generator, discriminator) for w in n.get_weights()]
    for ours, other in zip(weights, expected[2], strict=True):
        np.testing.assert_allclose(ours, other, atol=2e-5)


def by_hand(generator, discriminator, both, penalty):
    """Both losses and all weights after Adam's first step, nearly rate * sign."""

    def move(network, rate, gradients):
        for variable, slope in zip(network.trainable_variables, gradients, strict=True):
            step = slope / (np.abs(slope) + 1e-7 / np.sqrt(1 - 0.999))
            variable.assign_sub(rate * step)

    real, noise = draw(8)
    fake = generator(noise)
    with tf.GradientTape() as tape:
        d_loss, _ = both(discriminator(real), discriminator(fake))
        total = d_loss + 0.3 * penalty(discriminator, real, fake, [3, 4])
    move(discriminator, 5e-3, tape.gradient(total, discriminator.trainable_variables))
    real, noise = draw(9)
    with tf.GradientTape() as tape:
        _, g_loss = both(discriminator(real), discriminator(generator(noise)))
    move(generator, 2e-3, tape.gradient(g_loss, generator.trainable_variables))
    weights = [w for n in (generator, discriminator) for w in n.get_weights()]
    return d_loss, g_loss, weights


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("state", [(0.7, -0.3), (-1.0, 0.2)])
def test_the_lessons_velocity_is_that_of_the_saturating_game_with_r1(state, gamma):
    lesson = from_lesson("stability", "velocity", "velocity_of")
    found = lesson.velocity(state, gamma)
    by_tape = lesson.velocity_of(
        tf.constant(state, tf.float64), losses.minimax, losses.r1_penalty, gamma
    )
    np.testing.assert_allclose(found, by_tape, rtol=1e-12)
