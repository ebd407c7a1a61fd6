"""The DCGAN on 32×32 colour pictures, as lesson 04 builds it and later lessons use it.

Each function here is also written out in lesson 04; a test keeps the two the same.
Pictures are (n, 32, 32, 3) in [-1, 1], noise is (n, 100) uniform on [-1, 1).
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from gan_helpers.quadratic import cross_entropy

LATENT = 100


def pad_to_32(images):
    """Pictures (n, h, w, 1 or 3) in [-1, 1], up to 32×32, on black: (n, 32, 32, 3)."""
    height, width, channels = images.shape[1:]
    if max(height, width) > 32:
        raise ValueError(
            f"The pictures are {height}×{width}, expected at most 32×32. "
            "Shrink them first; data.load_image_folder does it with size=32."
        )
    top, left = (32 - height) // 2, (32 - width) // 2
    borders = ((0, 0), (top, 32 - height - top), (left, 32 - width - left), (0, 0))
    padded = np.pad(images, borders, constant_values=-1)
    return padded if channels == 3 else np.repeat(padded, 3, axis=-1)


def check_pictures(images):
    """Raise a ValueError unless the pictures are (n, 32, 32, 3)."""
    found = tuple(images.shape[1:])
    if found != (32, 32, 3):
        raise ValueError(
            f"The pictures have shape {found}, expected (32, 32, 3). "
            "Pad them first, in [-1, 1], with pad_to_32."
        )


def sample_noise(n, seed):
    """n noise vectors (n, 100), uniform on [-1, 1); seed is a pair of integers."""
    return tf.random.stateless_uniform((n, LATENT), seed, -1.0, 1.0)


def make_generator(filters=(512, 256, 128), kernel=5):
    """Noise (n, 100) to pictures (n, 32, 32, 3); the original's size by default."""
    shape = {"kernel_size": kernel, "strides": 2, "padding": "same"}
    start = keras.initializers.RandomNormal(stddev=0.02)
    network = keras.Sequential([keras.Input((LATENT,))], name="generator")
    network.add(layers.Dense(4 * 4 * filters[0], kernel_initializer=start))
    network.add(layers.Reshape((4, 4, filters[0])))
    for maps in (*filters[1:], 3):
        network.add(layers.BatchNormalization(momentum=0.9, epsilon=1e-5))
        network.add(layers.ReLU())
        network.add(layers.Conv2DTranspose(maps, **shape, kernel_initializer=start))
    network.add(layers.Activation("tanh"))
    return network


def make_discriminator(filters=(64, 128, 256), kernel=5, slope=0.2, normalise=True):
    """Pictures (n, 32, 32, 3) to logits (n, 1); the original's size by default."""
    shape = {"kernel_size": kernel, "strides": 2, "padding": "same"}
    start = keras.initializers.RandomNormal(stddev=0.02)
    network = keras.Sequential([keras.Input((32, 32, 3))], name="discriminator")
    for i, maps in enumerate(filters):
        network.add(layers.Conv2D(maps, **shape, kernel_initializer=start))
        if normalise and i > 0:  # the first layer sees the colours as they are
            network.add(layers.BatchNormalization(momentum=0.9, epsilon=1e-5))
        network.add(layers.LeakyReLU(negative_slope=slope))
    network.add(layers.Flatten())
    network.add(layers.Dense(1, kernel_initializer=start))
    return network


def make_train_step(generator, discriminator, batch_at, g_updates=2, rate=2e-4):
    """One D update, then `g_updates` G updates on the same noise."""
    check_pictures(batch_at(0))
    d_optimizer = keras.optimizers.Adam(rate, beta_1=0.5)
    g_optimizer = keras.optimizers.Adam(rate, beta_1=0.5)
    d_optimizer.build(discriminator.trainable_variables)
    g_optimizer.build(generator.trainable_variables)

    def train_step(iteration):
        real_images = batch_at(iteration)
        noise = sample_noise(len(real_images), [1, iteration])
        fake_images = generator(noise, training=True)
        with tf.GradientTape() as tape:
            d_loss = cross_entropy(discriminator(real_images, training=True), 0.9)
            d_loss += cross_entropy(discriminator(fake_images, training=True), 0)
        gradients = tape.gradient(d_loss, discriminator.trainable_variables)
        d_optimizer.apply(gradients, discriminator.trainable_variables)
        for _ in range(g_updates):
            with tf.GradientTape() as tape:
                fake_images = generator(noise, training=True)
                g_loss = cross_entropy(discriminator(fake_images, training=True), 1)
            gradients = tape.gradient(g_loss, generator.trainable_variables)
            g_optimizer.apply(gradients, generator.trainable_variables)
        return d_loss, g_loss

    return train_step
