"""The quadratic GAN as the original runs it: a graph, a session, fed arrays."""

import numpy as np
import tensorflow as tf

from gan_helpers.taught import quadratic

BATCH = quadratic.BATCH_SIZE


def sample_in_python() -> tuple[np.ndarray, np.ndarray]:
    """A batch of points, made one by one as the original does, and of noise."""
    x = 100 * (np.random.random_sample(BATCH) - 0.5)
    points = [[value, 10 + value * value] for value in x]
    return np.array(points, np.float32), np.random.uniform(-1, 1, (BATCH, 2))


def make_graph_loop():
    """A function that does one iteration of the original's loop."""
    v1 = tf.compat.v1
    graph = tf.Graph()
    with graph.as_default():
        points, noise = (v1.placeholder(tf.float32, (None, 2)) for _ in range(2))
        with v1.variable_scope("generator"):
            fake_points = dense_layers(noise, (16, 16, 2), linear=1)
        with v1.variable_scope("discriminator"):
            real_logits = dense_layers(points, (16, 16, 2, 1), linear=2)
        with v1.variable_scope("discriminator", reuse=True):
            fake_logits = dense_layers(fake_points, (16, 16, 2, 1), linear=2)
        d_loss = cross_entropy(real_logits, 1) + cross_entropy(fake_logits, 0)
        g_loss = cross_entropy(fake_logits, 1)
        steps = [
            v1.train.RMSPropOptimizer(0.001).minimize(
                loss, var_list=v1.trainable_variables(scope)
            )
            for loss, scope in ((d_loss, "discriminator"), (g_loss, "generator"))
        ]
        session = v1.Session()
        session.run(v1.global_variables_initializer())

    def iterate():
        real, z = sample_in_python()
        session.run([steps[0], d_loss], {points: real, noise: z})
        session.run([steps[1], g_loss], {noise: z})

    return iterate


def dense_layers(x, widths, *, linear: int):
    """Dense layers with leaky ReLU between, the last `linear` of them without."""
    v1 = tf.compat.v1
    for k, width in enumerate(widths):
        weights = v1.get_variable(f"weights_{k}", (x.shape[1], width))
        bias = v1.get_variable(f"bias_{k}", width, initializer=tf.zeros_initializer())
        x = x @ weights + bias
        if k < len(widths) - linear:
            x = tf.nn.leaky_relu(x, 0.2)
    return x


def cross_entropy(logits, label: int):
    """Mean sigmoid cross-entropy of logits against one label."""
    labels = tf.fill(tf.shape(logits), float(label))
    return tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    )
