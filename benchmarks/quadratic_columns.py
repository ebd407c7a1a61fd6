"""Lesson 02's two updates with samples in columns, written out by hand.

What the arithmetic of the lesson costs when each product runs along the batch, which
lies last in memory: XLA's loops over 256 samples are vectors then. Keras' layers want
samples in rows, so the course cannot train this way; it is here for comparison.
"""

import tensorflow as tf

from gan_helpers.taught.quadratic import cross_entropy

RATE, RHO, EPSILON = 0.001, 0.9, 1e-7  # of Keras' RMSprop


def make_steps(generator, discriminator):
    """d_step(points, noise) and g_step(noise), and a function that reads the weights.

    The weights begin as those of the two Keras networks, which are not trained; they
    are read in the order and in the shapes of `get_weights`, G's first.
    """
    weights = [
        [tf.Variable(columns(w)) for w in network.get_weights()]
        for network in (generator, discriminator)
    ]
    squares = [[tf.Variable(tf.zeros_like(w)) for w in own] for own in weights]
    g, d = weights

    def descend(k, tape, loss):
        slopes = tape.gradient(loss, weights[k])
        for w, square, slope in zip(weights[k], squares[k], slopes, strict=True):
            square.assign(RHO * square + (1 - RHO) * slope**2)
            w.assign_sub(RATE * slope / tf.sqrt(square + EPSILON))

    def d_step(points, noise):
        fake_points = apply(g, tf.transpose(noise), linear=1)
        with tf.GradientTape() as tape:
            loss = cross_entropy(apply(d, tf.transpose(points), linear=2), 1)
            loss += cross_entropy(apply(d, fake_points, linear=2), 0)
        descend(1, tape, loss)
        return loss

    def g_step(noise):
        with tf.GradientTape() as tape:
            fake_points = apply(g, tf.transpose(noise), linear=1)
            loss = cross_entropy(apply(d, fake_points, linear=2), 1)
        descend(0, tape, loss)
        return loss

    def read():
        return [rows(w.numpy(), k) for own in weights for k, w in enumerate(own)]

    return (d_step, g_step), read


def columns(w):
    """A kernel (n, m) as (m, n), a bias (m,) as (m, 1)."""
    return w.T if w.ndim == 2 else w[:, None]


def rows(w, k: int):
    """The same backwards; every second one, k = 1, 3, …, is a bias."""
    return w[:, 0] if k % 2 else w.T


def apply(weights, x, *, linear: int):
    """Dense layers on columns (n, batch), the last `linear` without leaky ReLU."""
    depth = len(weights) // 2
    for k in range(depth):
        x = weights[2 * k] @ x + weights[2 * k + 1]
        if k < depth - linear:
            x = tf.nn.leaky_relu(x, 0.2)
    return x
