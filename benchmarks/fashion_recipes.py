"""Recipes for Fashion-MNIST, by the course and by others, each from its settings.

A recipe takes the training pictures (n, 28, 28, 1) and a seed; it returns its step, a
function from noise to pictures in [-1, 1], and a function that draws n noise vectors.
"""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from gan_helpers import training
from gan_helpers.taught import fashion


class Trained(NamedTuple):
    """What a recipe returns: its step, its pictures (n, 28, 28, 1) of noise (n, k)."""

    step: training.Step
    draw: Callable[[np.ndarray], np.ndarray]
    sample: Callable[[np.random.Generator, int], np.ndarray]


def normal(latent: int):
    return lambda rng, n: rng.normal(size=(n, latent)).astype("float32")


def lesson_recipe(images, seed: int, d_filters, rate: float, decay: float) -> Trained:
    """Lesson 05's networks and step."""
    generator = fashion.make_generator()
    average = training.make_average(generator)
    step = fashion.make_train_step(
        generator,
        fashion.make_discriminator(d_filters),
        average,
        training.make_batches(images, fashion.BATCH_SIZE, seed=seed),
        fashion.make_optimizers(rate),
        decay=decay,
    )
    draw = lambda noise: training.generate(average, noise)  # noqa: E731
    return Trained(step, draw, normal(fashion.LATENT))


def course_recipe(images, seed: int) -> Trained:
    """Lesson 05's laptop version."""
    chosen = fashion.D_FILTERS, fashion.RATE, fashion.DECAY
    return lesson_recipe(images, seed, *chosen)


def earlier_recipe(images, seed: int) -> Trained:
    """Lesson 05's laptop version until November 2026 (commit c657ad8)."""
    return lesson_recipe(images, seed, (16, 64), 1e-3, 0.996)


def original_recipe(images, seed: int) -> Trained:
    """Recipe F: the original at its own size and settings."""
    generator = fashion.make_original_generator()
    discriminator = fashion.make_original_discriminator()
    batch_at = training.make_batches(images, 64, seed=seed)
    optimizers = fashion.make_original_optimizers()
    step = fashion.make_original_step(generator, discriminator, batch_at, optimizers)
    draw = lambda noise: training.generate(generator, noise)  # noqa: E731
    return Trained(step, draw, normal(fashion.LATENT))


def tutorial_recipe(images, seed: int) -> Trained:
    """The networks and settings of TensorFlow's DCGAN tutorial."""
    generator, discriminator = tutorial_networks()
    batch_at = training.make_batches(images, 256, seed=seed)
    optimizers = keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4)
    for optimizer, network in zip(optimizers, (generator, discriminator), strict=True):
        optimizer.build(network.trainable_variables)

    def step(iteration):
        noise = tf.random.stateless_normal((256, 100), [1, iteration])
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_images = generator(noise, training=True)
            real_logits = discriminator(batch_at(iteration), training=True)
            fake_logits = discriminator(fake_images, training=True)
            g_loss = fashion.cross_entropy(fake_logits, 1)
            d_loss = fashion.cross_entropy(real_logits, 1)
            d_loss += fashion.cross_entropy(fake_logits, 0)
        training.update(optimizers[0], g_tape, g_loss, generator)
        training.update(optimizers[1], d_tape, d_loss, discriminator)
        return d_loss, g_loss

    draw = lambda noise: training.generate(generator, noise)  # noqa: E731
    return Trained(step, draw, normal(100))


def tutorial_networks():
    """Dense 7·7·256, transposed convolutions 128, 64, 1; convolutions 64, 128."""

    def grow(filters, stride):
        return layers.Conv2DTranspose(
            filters, 5, strides=stride, padding="same", use_bias=False
        )

    generator = keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(7 * 7 * 256, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.Reshape((7, 7, 256)),
            grow(128, 1),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            grow(64, 2),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            grow(1, 2),
            layers.Activation("tanh"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 5, strides=2, padding="same"),
            layers.LeakyReLU(),
            layers.Dropout(0.3),
            layers.Conv2D(128, 5, strides=2, padding="same"),
            layers.LeakyReLU(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    return generator, discriminator


def collection_recipe(images, seed: int) -> Trained:
    """The GAN of hwalsuklee/tensorflow-generative-model-collections for this data set.

    InfoGAN's networks, pictures in [0, 1], noise of 62 uniform numbers, batches of 64,
    Adam with β1 0.5 at 1e-3 for G and 2e-4 for D, both steps on the same batch.
    Batches are shuffled anew each epoch here; its own come in one order.
    """
    generator, discriminator = collection_networks()
    batch_at = training.make_batches(images, 64, seed=seed)
    g_optimizer, d_optimizer = (
        keras.optimizers.Adam(rate, beta_1=0.5) for rate in (1e-3, 2e-4)
    )
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def step(iteration):
        real_images = (batch_at(iteration) + 1) / 2
        noise = tf.random.stateless_uniform((64, 62), [1, iteration], -1.0, 1.0)
        fake_images = generator(noise, training=True)
        with tf.GradientTape() as tape:
            real_logits = discriminator(real_images, training=True)
            fake_logits = discriminator(fake_images, training=True)
            d_loss = fashion.cross_entropy(real_logits, 1)
            d_loss += fashion.cross_entropy(fake_logits, 0)
        training.update(d_optimizer, tape, d_loss, discriminator)
        with tf.GradientTape() as tape:
            fake_images = generator(noise, training=True)
            g_loss = fashion.cross_entropy(discriminator(fake_images, training=True), 1)
        training.update(g_optimizer, tape, g_loss, generator)
        return d_loss, g_loss

    def draw(noise):
        return 2 * training.generate(generator, noise) - 1

    return Trained(
        step, draw, lambda rng, n: rng.uniform(-1, 1, (n, 62)).astype("float32")
    )


def collection_networks():
    """InfoGAN's networks for 28×28 pictures in [0, 1], without its code."""
    start = keras.initializers.RandomNormal(stddev=0.02)
    grow = {"kernel_size": 4, "strides": 2, "padding": "same"}

    def dense(units):
        return layers.Dense(units, kernel_initializer=start)

    def normalise():
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)

    def leaky():
        return layers.LeakyReLU(negative_slope=0.2)

    generator = [keras.Input((62,)), dense(1024), normalise(), layers.ReLU()]
    generator += [dense(7 * 7 * 128), normalise(), layers.ReLU()]
    generator += [layers.Reshape((7, 7, 128))]
    generator += [layers.Conv2DTranspose(64, kernel_initializer=start, **grow)]
    generator += [normalise(), layers.ReLU()]
    generator += [layers.Conv2DTranspose(1, kernel_initializer=start, **grow)]
    generator += [layers.Activation("sigmoid")]
    discriminator = [keras.Input((28, 28, 1))]
    discriminator += [layers.Conv2D(64, kernel_initializer=start, **grow), leaky()]
    discriminator += [layers.Conv2D(128, kernel_initializer=start, **grow)]
    discriminator += [normalise(), leaky(), layers.Flatten()]
    discriminator += [dense(1024), normalise(), leaky(), dense(1)]
    return keras.Sequential(generator), keras.Sequential(discriminator)
