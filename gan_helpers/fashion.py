"""The Fashion-MNIST DCGANs, as lesson 05 builds them and later lessons use them.

Each function here is also written out in lesson 05; a test keeps the two the same.
Pictures are (n, 28, 28, 1) in [-1, 1], noise is (n, 32) standard normal.
"""

import keras
import tensorflow as tf
from keras import layers

from gan_helpers.quadratic import cross_entropy
from gan_helpers.training import update_average

LATENT = 32
BATCH_SIZE = 24  # of the laptop version


def make_original_generator():
    """Noise (n, 32) to pictures (n, 28, 28, 1), at the original tutorial's size."""
    return keras.Sequential(
        [
            keras.Input((LATENT,)),
            layers.Dense(7 * 7 * 128),
            layers.Reshape((7, 7, 128)),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(64, 5, strides=2, padding="same", activation="selu"),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh"),
        ],
        name="original_generator",
    )


def make_original_discriminator():
    """Pictures (n, 28, 28, 1) to logits (n, 1), at the original tutorial's size."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 5, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.3),
            layers.Conv2D(128, 5, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.4),
            layers.Flatten(),
            layers.Dense(1),
        ],
        name="original_discriminator",
    )


def make_original_step(generator, discriminator, batch_at, batch_size=64):
    """The original's training step, as a function of the iteration."""
    g_optimizer, d_optimizer = keras.optimizers.RMSprop(), keras.optimizers.RMSprop()
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def train_step(iteration):
        noise = tf.random.stateless_normal((2, batch_size, LATENT), [1, iteration])
        fake_images = generator(noise[0], training=True)
        mixed = tf.concat([fake_images, batch_at(iteration)], axis=0)
        with tf.GradientTape() as tape:
            fake_logits, real_logits = tf.split(discriminator(mixed, training=True), 2)
            d_loss = cross_entropy(fake_logits, 0) + cross_entropy(real_logits, 1)
            d_loss /= 2
        gradients = tape.gradient(d_loss, discriminator.trainable_variables)
        d_optimizer.apply(gradients, discriminator.trainable_variables)
        with tf.GradientTape() as tape:
            fake_images = generator(noise[1], training=True)
            g_loss = cross_entropy(discriminator(fake_images, training=True), 1)
        gradients = tape.gradient(g_loss, generator.trainable_variables)
        g_optimizer.apply(gradients, generator.trainable_variables)
        return d_loss, g_loss

    return train_step


def make_generator():
    """Noise (n, 32) to pictures (n, 28, 28, 1), thin enough for a laptop."""
    return keras.Sequential(
        [
            keras.Input((LATENT,)),
            layers.Dense(7 * 7 * 64, use_bias=False),
            layers.Reshape((7, 7, 64)),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2DTranspose(32, 4, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ],
        name="generator",
    )


class BatchSpread(layers.Layer):
    """Adds a feature map that says how much the batch varies: (n, h, w, c + 1)."""

    def call(self, x):
        variance = tf.math.reduce_variance(x, axis=0)
        spread = tf.reduce_mean(tf.sqrt(variance + 1e-8))  # no slope of infinity at 0
        return tf.concat([x, spread * tf.ones_like(x[..., :1])], axis=-1)


def make_discriminator():
    """Pictures (n, 28, 28, 1) to logits (n, 1), thin enough for a laptop."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(64, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            BatchSpread(),
            layers.Flatten(),
            layers.Dense(1),
        ],
        name="discriminator",
    )


def make_train_step(generator, discriminator, average, batch_at, optimizers):
    """One step of both networks on one generated batch; optimizers is (G's, D's)."""
    g_optimizer, d_optimizer = optimizers
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def train_step(iteration):
        real_images = batch_at(iteration)
        noise = tf.random.stateless_normal((len(real_images), LATENT), [1, iteration])
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake_images = generator(noise, training=True)
            real_logits = discriminator(real_images, training=True)
            fake_logits = discriminator(fake_images, training=True)
            d_loss = cross_entropy(real_logits, 0.9) + cross_entropy(fake_logits, 0)
            g_loss = cross_entropy(fake_logits, 1)
        d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
        g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
        d_optimizer.apply(d_gradients, discriminator.trainable_variables)
        g_optimizer.apply(g_gradients, generator.trainable_variables)
        if iteration % 4 == 0:  # at every step it would cost a sixth of the time
            update_average(average, generator, iteration, decay=0.996)
        return d_loss, g_loss

    return train_step


def make_optimizers():
    """Adam with little momentum, because the opponent keeps moving: (G's, D's)."""
    return tuple(keras.optimizers.Adam(1e-3, beta_1=0.5) for _ in range(2))
