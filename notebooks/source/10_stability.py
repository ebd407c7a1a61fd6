# ---
# title: Stability, and better losses
# minutes: 2
# teaching: 85
# prerequisites: Lessons 01 (the one-point GAN), 08 (R1) and 09 (measures).
# taught: stability
# ---

# %% [markdown]
# ## Setup

# %% tags=["setup"]
import keras
import tensorflow as tf
from keras import layers

from gan_helpers import training

# %% [markdown]
# ## Settings


# %% tags=["taught"]
def largest_singular_value(kernel, u):
    """The singular value that u (n_out,) is drawn to, and u one iteration later."""
    v = tf.math.l2_normalize(tf.linalg.matvec(kernel, u))
    u = tf.math.l2_normalize(tf.linalg.matvec(kernel, v, transpose_a=True))
    u, v = tf.stop_gradient(u), tf.stop_gradient(v)  # sigma's gradient is then v uᵀ
    return tf.tensordot(v, tf.linalg.matvec(kernel, u), 1), u


# %% tags=["taught"]
@keras.saving.register_keras_serializable("gan_course")
class SpectralDense(layers.Dense):
    """A dense layer whose kernel is divided by its largest singular value."""

    def build(self, input_shape):
        super().build(input_shape)
        self.u = self.add_weight(
            shape=(self.units,), initializer="random_normal", trainable=False
        )

    def call(self, x, training=False):
        sigma, u = largest_singular_value(self.kernel, self.u)
        if training:
            self.u.assign(u)
        return tf.matmul(x, self.kernel / sigma) + self.bias


# %% tags=["taught"]
NOISE = 4  # numbers in one noise vector
WIDTH = 48  # units of a hidden layer
BATCH_SIZE = 128


def make_generator():
    """Noise (n, 4) to points (n, 2)."""
    return keras.Sequential(
        [
            keras.Input((NOISE,)),
            layers.Dense(WIDTH, activation="relu"),
            layers.Dense(WIDTH, activation="relu"),
            layers.Dense(2),
        ],
        name="generator",
    )


def make_discriminator(dense=layers.Dense):
    """Points (n, 2) to logits (n, 1), of layers of the kind `dense`."""
    return keras.Sequential(
        [
            keras.Input((2,)),
            dense(WIDTH),
            layers.LeakyReLU(negative_slope=0.2),
            dense(WIDTH),
            layers.LeakyReLU(negative_slope=0.2),
            dense(1),
        ],
        name="discriminator",
    )


# %% tags=["taught"]
def make_optimizers():
    """Adam for points in the plane: (G's, D's)."""
    return tuple(keras.optimizers.Adam(rate, beta_1=0.5) for rate in (2e-3, 5e-3))


def make_train_step(networks, optimizers, draw, both, penalty=None, weight=0.0):
    """A step of D by `both` and weight * penalty, then one of G; pairs are (G's, D's).

    draw(k) gives real points and noise, the same for the same number k.
    """
    (generator, discriminator), (g_optimizer, d_optimizer) = networks, optimizers
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def train_step(iteration):
        real_points, noise = draw(2 * iteration)
        fake_points = generator(noise)
        with tf.GradientTape() as tape:
            real_logits = discriminator(real_points, training=True)
            fake_logits = discriminator(fake_points, training=True)
            d_loss, _ = both(real_logits, fake_logits)
            total = d_loss
            if penalty is not None:
                seed = [3, iteration]
                total += weight * penalty(discriminator, real_points, fake_points, seed)
        training.update(d_optimizer, tape, total, discriminator)
        real_points, noise = draw(2 * iteration + 1)
        with tf.GradientTape() as tape:
            fake_logits = discriminator(generator(noise))
            _, g_loss = both(discriminator(real_points), fake_logits)
        training.update(g_optimizer, tape, g_loss, generator)
        return d_loss, g_loss

    return train_step
