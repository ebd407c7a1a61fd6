"""Lesson 06's flags of few colours: the mixing, its generator, and the paired step."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_helpers import training
from gan_helpers.taught import pictures

RNG = np.random.default_rng(0)
SHAPE = (16, 24, 3)


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


def random_noise(n):
    return RNG.normal(size=(n, 32)).astype("float32")


def test_pixels_are_shares_of_the_pictures_colours_darkened():
    noise, maps = keras.Input((32,)), keras.Input((4, 6, 4))
    model = keras.Model([noise, maps], pictures.mix_colors(noise, maps, 3))
    z, given = random_noise(5), 3 * RNG.normal(size=(5, 4, 6, 4)).astype("float32")
    found = model([z, given]).numpy()

    first, first_bias, second, second_bias = (
        w.astype(float) for w in model.get_weights()
    )
    colors = np.maximum(z @ first + first_bias, 0) @ second + second_bias
    colors = np.tanh(colors).reshape(5, 1, 1, 3, 3)
    shares = np.exp(given[..., :3].astype(float))
    shares /= shares.sum(axis=-1, keepdims=True)
    light = 1 - 1 / (1 + np.exp(3 - given[..., 3:].astype(float)))
    mixed = (shares[..., None] * colors).sum(axis=3)
    # From -1, which is black, to the mixed colour.
    np.testing.assert_allclose(found, -1 + light * (mixed + 1), atol=1e-5)


def test_a_sure_share_paints_a_field_of_one_colour():
    noise, maps = keras.Input((32,)), keras.Input((4, 6, 4))
    model = keras.Model([noise, maps], pictures.mix_colors(noise, maps, 3))
    given = np.full((1, 4, 6, 4), -50, "float32")  # no shadow
    given[:, :, :3, 0], given[:, :, 3:, 1] = 50, 50
    [image] = model([random_noise(1), given]).numpy()
    assert np.ptp(image[:, :3], axis=(0, 1)) == pytest.approx(0, abs=1e-6)
    assert np.ptp(image[:, 3:], axis=(0, 1)) == pytest.approx(0, abs=1e-6)
    assert np.abs(image[0, 0] - image[0, 5]).max() > 0.01


def test_the_generator_ends_in_mixed_colours_and_not_in_the_plain_ones_layer():
    plain = pictures.make_picture_generator(SHAPE, 16)
    generator = pictures.make_palette_generator(SHAPE, 16, n_colors=5)
    images = generator(10 * random_noise(4)).numpy()
    assert images.shape == (4, *SHAPE)
    assert -1 <= images.min() < images.max() <= 1
    # 5 shares and a shadow by a 3×3 convolution; 64 numbers, then 5 colours.
    body = plain.count_params() - plain.layers[-1].count_params()
    maps = plain.layers[-2].output.shape[-1]
    own = (9 * maps + 1) * 6 + 33 * 64 + 65 * 15
    assert generator.count_params() == body + own


def make_gan():
    """Thin networks, their average, and SGD: its steps are plain gradients."""
    generator = pictures.make_palette_generator(SHAPE, 8)
    discriminator = pictures.make_picture_discriminator(SHAPE, 8)
    rates = 0.5, 0.25
    return {
        "generator": generator,
        "discriminator": discriminator,
        "average": training.make_average(generator),
        "optimizers": [keras.optimizers.SGD(rate) for rate in rates],
    }


@pytest.mark.parametrize("iteration", [8, 9])
def test_a_step_follows_the_relativistic_loss_and_every_eighth_r1(iteration):
    gan, real = make_gan(), RNG.uniform(-1, 1, (4, *SHAPE)).astype("float32")
    generator, discriminator = gan["generator"], gan["discriminator"]
    copies = [keras.models.clone_model(one) for one in (generator, discriminator)]
    for copy, one in zip(copies, (generator, discriminator), strict=True):
        copy.set_weights(one.get_weights())
    g, d = copies
    z = tf.random.stateless_normal((4, 32), [1, iteration])
    with tf.GradientTape(persistent=True) as tape:
        with tf.GradientTape() as inner:
            inner.watch(x := tf.constant(real))
            answers = tf.reduce_sum(d(x))
        slopes = tf.reduce_sum(inner.gradient(answers, x) ** 2, axis=(1, 2, 3))
        gap = d(real) - d(g(z, training=True))
        pairs = -tf.reduce_mean(tf.math.log_sigmoid(gap))
        d_loss = pairs + (8 * 0.1 / 2 * tf.reduce_mean(slopes) if iteration == 8 else 0)
        g_loss = -tf.reduce_mean(tf.math.log_sigmoid(-gap))
    expected = [
        [w - rate * tape.gradient(loss, w) for w in network.trainable_variables]
        for network, loss, rate in ((g, g_loss, 0.5), (d, d_loss, 0.25))
    ]

    step = pictures.make_paired_step(
        **gan, batch_at=lambda iteration: tf.constant(real)
    )
    found = tf.function(step)(tf.constant(iteration))
    np.testing.assert_allclose(found, [pairs, g_loss], rtol=1e-5)
    for network, weights in zip((generator, discriminator), expected, strict=True):
        for new, old in zip(network.trainable_variables, weights, strict=True):
            np.testing.assert_allclose(new, old, rtol=1e-3, atol=1e-6)


def test_the_average_follows_at_every_fourth_step():
    gan, real = make_gan(), tf.constant(RNG.uniform(-1, 1, (4, *SHAPE)), "float32")
    step = pictures.make_paired_step(**gan, batch_at=lambda iteration: real)
    average = gan["average"]
    for iteration, moves in ((5, False), (8, True)):
        before = average.get_weights()
        step(tf.constant(iteration))
        pairs = zip(before, average.get_weights(), strict=True)
        assert any(not np.array_equal(a, b) for a, b in pairs) == moves
