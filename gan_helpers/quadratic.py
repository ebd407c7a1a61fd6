"""The 2-D quadratic GAN, as lesson 02 builds it and later lessons use it.

Each function here is also written out in lesson 02; a test keeps the two the same.
Networks and settings follow the original tutorial: hidden layers of 16 leaky ReLU
units, RMSProp at 0.001, batches of 256, noise uniform on [-1, 1).
"""

import keras
import tensorflow as tf
from keras import layers

BATCH_SIZE = 256


def sample_points(n, seed):
    """n points (n, 2) with x uniform on [-50, 50) and y = 10 + x²; seed is a pair."""
    x = tf.random.stateless_uniform((n, 1), seed, -50.0, 50.0, alg="philox")
    return tf.concat([x, 10.0 + x**2], axis=1)


def sample_noise(n, seed):
    """n noise vectors (n, 2), uniform on [-1, 1); seed is a pair of integers."""
    return tf.random.stateless_uniform((n, 2), seed, -1.0, 1.0, alg="philox")


def make_generator():
    """Noise (n, 2) to points (n, 2)."""
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(16),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(16),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(2),
        ],
        name="generator",
    )


def make_discriminator():
    """Points (n, 2) to logits (n, 1); the layer "features" has 2 linear units."""
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(16),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(16),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(2, name="features"),
            layers.Dense(1, name="logit"),
        ],
        name="discriminator",
    )


def cross_entropy(logits, label):
    """Mean of -log σ(logit) for label 1 and of -log(1 - σ(logit)) for label 0."""
    labels = tf.fill(tf.shape(logits), float(label))
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    return tf.reduce_mean(losses)


def make_steps(generator, discriminator, learning_rate=0.001):
    """Two functions that train one network each: d_step and g_step."""
    d_optimizer = keras.optimizers.RMSprop(learning_rate)
    g_optimizer = keras.optimizers.RMSprop(learning_rate)
    d_optimizer.build(discriminator.trainable_variables)
    g_optimizer.build(generator.trainable_variables)

    def d_step(real_points, noise):
        fake_points = generator(noise)
        with tf.GradientTape() as tape:
            d_loss = cross_entropy(discriminator(real_points), 1)
            d_loss += cross_entropy(discriminator(fake_points), 0)
        gradients = tape.gradient(d_loss, discriminator.trainable_variables)
        d_optimizer.apply(gradients, discriminator.trainable_variables)
        return d_loss

    def g_step(noise):
        with tf.GradientTape() as tape:
            g_loss = cross_entropy(discriminator(generator(noise)), 1)
        gradients = tape.gradient(g_loss, generator.trainable_variables)
        g_optimizer.apply(gradients, generator.trainable_variables)
        return g_loss

    return d_step, g_step


def make_train_step(d_step, g_step, repeats=1, sample=sample_points):
    """One iteration: `repeats` D steps, then as many G steps, on one batch."""

    def train_step(iteration):
        real_points = sample(BATCH_SIZE, [1, iteration])
        noise = sample_noise(BATCH_SIZE, [2, iteration])
        for _ in range(repeats):
            d_loss = d_step(real_points, noise)
        for _ in range(repeats):
            g_loss = g_step(noise)
        return d_loss, g_loss

    return train_step
