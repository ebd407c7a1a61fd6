"""The stacked GANs of flags and of ships, as lesson 06 builds and trains them.

Each function here is also written out in lesson 06; a test keeps the two the same.
`width` scales the number of filters of every layer: 1 is the original tutorial's size.
A sampler gives what one iteration needs: real pictures (batch, h, w, c), noise
(2, batch, latent) for D's turn and for G's, and the labels of both turns.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from gan_helpers import training
from gan_helpers.fashion import BatchSpread

BATCH_SIZE = 32


def make_flag_generator(width=1, dropout=0.5):
    """Noise (n, 100) to pictures (n, 64, 64, 1) in [0, 1]."""
    maps, first, second = (round(n * width) for n in (100, 64, 32))
    return keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(16 * 16 * maps, kernel_initializer="glorot_normal"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Reshape((16, 16, maps)),
            layers.UpSampling2D(4),
            layers.Dropout(dropout),
            layers.Conv2D(first, 3, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(dropout),
            layers.Conv2D(second, 3, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(dropout),
            layers.Conv2D(1, 1, activation="sigmoid"),
        ],
        name="generator",
    )


def random_shift(share):
    """A layer that moves each picture by up to `share` of its size, in training."""
    options = {"fill_mode": "constant", "fill_value": 1.0, "interpolation": "nearest"}
    return layers.RandomTranslation(share, share, **options)


def make_flag_discriminator(
    width=1,
    filters=(128, 64, 32),
    kernel_size=5,
    strides=1,
    activation="relu",
    few_pictures=False,
):
    """Pictures (n, 64, 64, 1) to two probabilities (n, 2): generated, real."""
    first, second, units = (round(n * width) for n in filters)
    options = {"strides": strides, "padding": "same", "activation": activation}
    return keras.Sequential(
        [
            keras.Input((64, 64, 1)),
            *([random_shift(4 / 64)] if few_pictures else []),
            layers.Conv2D(first, kernel_size, **options),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.25),
            layers.Conv2D(second, kernel_size, **options),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.25),
            *([BatchSpread()] if few_pictures else []),
            layers.Flatten(),
            layers.Dense(units),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.25),
            layers.Dense(2, activation="softmax"),
        ],
        name="discriminator",
    )


def make_ship_generator(width=1, kernel_size=5):
    """Noise (n, 128) to pictures (n, 32, 32, 3) in [-1, 1]."""
    maps, filters = round(128 * width), round(256 * width)
    return keras.Sequential(
        [
            keras.Input((128,)),
            layers.Dense(16 * 16 * maps),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Reshape((16, 16, maps)),
            layers.Conv2D(filters, kernel_size, padding="same"),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2DTranspose(filters, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2D(filters, kernel_size, padding="same"),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2D(filters, kernel_size, padding="same"),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2D(3, 7, padding="same", activation="tanh"),
        ],
        name="generator",
    )


def make_ship_discriminator(width=1, few_pictures=False):
    """Pictures (n, 32, 32, 3) to the probability (n, 1) that they are real."""
    filters = round(128 * width)
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            *([random_shift(3 / 32)] if few_pictures else []),
            layers.Conv2D(filters, 3),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2D(filters, 4, strides=2),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2D(filters, 4, strides=2),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Conv2D(filters, 4, strides=2),
            layers.LeakyReLU(negative_slope=0.3),
            layers.Flatten(),
            layers.Dropout(0.4),
            *([BatchSpread()] if few_pictures else []),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="discriminator",
    )


def check_labels(labels):
    """The labels as they are; ValueError if one lies outside [0, 1]."""
    low, high = np.min(labels), np.max(labels)
    if not 0 <= low <= high <= 1:
        raise ValueError(
            f"Labels go from {low:g} to {high:g}, expected [0, 1]: the cross-entropy "
            "has no minimum for others. Add noise to a 0, subtract it from a 1."
        )
    return labels


def check_images(images, discriminator):
    """ValueError if pictures (n, h, w, c) are not of the size that D takes."""
    found, expected = tuple(images.shape[1:]), discriminator.input_shape[1:]
    if found != expected:
        color = "grey" if expected[-1] == 1 else "colour"
        raise ValueError(
            f"One picture has shape {found}, but the discriminator takes {expected}. "
            f"Load the pictures with size={expected[0]} and in {color}."
        )


def make_flag_sampler(images, batch_size=BATCH_SIZE, real_label=1.0):
    """Batches for the flags; labels have two columns: generated, real."""
    batch_at = training.make_batches(images, batch_size, seed=0)
    real = check_labels(np.repeat([real_label, 0, 1], batch_size))
    labels = np.stack([1 - real, real], axis=1).astype("float32")

    def sample(iteration):
        noise = tf.random.stateless_uniform((2, batch_size, 100), [2, iteration])
        return batch_at(iteration), noise, labels[:-batch_size], labels[-batch_size:]

    return sample


def make_ship_sampler(
    images, batch_size=BATCH_SIZE, real_labels=(0.95, 1.0), fake_labels=(0.0, 0.05)
):
    """Batches for the ships; each picture's label is drawn from its kind's range."""
    batch_at = training.make_batches(images, batch_size, seed=0)
    low, high = check_labels(np.transpose([real_labels, fake_labels]))
    low, high = (np.float32(ends).repeat(batch_size)[:, None] for ends in (low, high))

    def sample(iteration):
        noise = tf.random.stateless_normal((2, batch_size, 128), [2, iteration])
        label_noise = tf.random.stateless_uniform(low.shape, [3, iteration])
        d_labels = low + (high - low) * label_noise
        return batch_at(iteration), noise, d_labels, tf.ones((batch_size, 1))

    return sample


def make_ship_optimizers():
    """RMSprop as in the original: (G's, D's)."""
    return tuple(keras.optimizers.RMSprop(rate, clipvalue=1.0) for rate in (4e-4, 8e-4))


def make_keras_step(generator, discriminator, optimizers, loss, sample):
    """One iteration by train_on_batch; optimizers is (G's, D's)."""
    check_images(sample(0)[0], discriminator)
    discriminator.compile(optimizers[1], loss)
    stacked = keras.Sequential([generator, discriminator], name="stacked")
    stacked.compile(optimizers[0], loss)

    def keras_step(iteration):
        real_images, noise, d_labels, g_labels = sample(iteration)
        fake_images = generator.predict_on_batch(noise[0])
        mixed = np.concatenate([real_images, fake_images])
        discriminator.trainable = True
        d_loss = discriminator.train_on_batch(mixed, d_labels)
        discriminator.trainable = False
        g_loss = stacked.train_on_batch(noise[1], g_labels)
        return d_loss, g_loss

    return keras_step


def make_tape_step(generator, discriminator, optimizers, loss, sample):
    """The same iteration with explicit tapes; optimizers is (G's, D's)."""
    check_images(sample(0)[0], discriminator)
    g_optimizer, d_optimizer = optimizers
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def tape_step(iteration):
        real_images, noise, d_labels, g_labels = sample(iteration)
        fake_images = generator(noise[0], training=False)
        mixed = tf.concat([real_images, fake_images], axis=0)
        with tf.GradientTape() as tape:
            d_loss = loss(d_labels, discriminator(mixed, training=True))
        gradients = tape.gradient(d_loss, discriminator.trainable_variables)
        d_optimizer.apply(gradients, discriminator.trainable_variables)
        with tf.GradientTape() as tape:
            fake_images = generator(noise[1], training=True)
            g_loss = loss(g_labels, discriminator(fake_images, training=True))
        gradients = tape.gradient(g_loss, generator.trainable_variables)
        g_optimizer.apply(gradients, generator.trainable_variables)
        return d_loss, g_loss

    return tape_step


def make_look(generator, discriminator, d_optimizer, noise, real_images):
    """A snapshot function: (pictures, share of pictures that D is right about)."""

    def look():
        fake_images = generator(noise).numpy()
        real = discriminator(real_images).numpy()[:, -1] > 0.5
        fake = discriminator(fake_images).numpy()[:, -1] < 0.5
        share = np.concatenate([real, fake]).mean()
        if share >= 0.95:
            d_optimizer.learning_rate = d_optimizer.learning_rate / 2
        return fake_images, share

    return look


def make_laptop_step(generator, discriminator, average, optimizers, loss, sample):
    """One generated batch for both losses, and the average of G's weights."""
    check_images(sample(0)[0], discriminator)
    g_optimizer, d_optimizer = optimizers
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def laptop_step(iteration):
        real_images, noise, d_labels, g_labels = sample(iteration)
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake_images = generator(noise[0], training=True)
            real_answers = discriminator(real_images, training=True)
            fake_answers = discriminator(fake_images, training=True)
            d_loss = loss(d_labels, tf.concat([real_answers, fake_answers], axis=0))
            g_loss = loss(g_labels, fake_answers)
        d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
        g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
        d_optimizer.apply(d_gradients, discriminator.trainable_variables)
        g_optimizer.apply(g_gradients, generator.trainable_variables)
        if iteration % 4 == 0:
            training.update_average(average, generator, iteration, decay=0.996)
        return d_loss, g_loss

    return laptop_step
