"""Iterations per second of the quadratic GAN: this course beside its peers.

Every way trains the same networks with batches of 256, one D and one G step an
iteration, and draws its own samples.
"""

import time

import keras
import numpy as np
import tensorflow as tf

from gan_helpers import training
from gan_helpers.taught import quadratic

SECONDS = 8.0
BATCH = quadratic.BATCH_SIZE


def measure() -> dict[str, float]:
    """Iterations per second of each way, by its name."""
    ways = {
        "the original's graph-mode loop": graph_mode(),
        "Keras train_on_batch + predict": train_on_batch(),
        "GradientTape, called from Python": from_python(compiled=False),
        "tf.function, a step a call": from_python(compiled=True),
        "this course: training.fit's loop": compiled_loop(),
    }
    return {name: per_second(*way) for name, way in ways.items()}


def per_second(run, iterations: int) -> float:
    """How often a second `run()` does its `iterations`, after one call to warm up."""
    run()
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        run()
        done += iterations
    return done / (time.perf_counter() - start)


def sample_in_python() -> tuple[np.ndarray, np.ndarray]:
    """A batch of points, made one by one as the original does, and of noise."""
    x = 100 * (np.random.random_sample(BATCH) - 0.5)
    points = [[value, 10 + value * value] for value in x]
    return np.array(points, np.float32), np.random.uniform(-1, 1, (BATCH, 2))


def compiled_loop():
    """One call of the loop that `training.fit` makes."""
    networks = quadratic.make_generator(), quadratic.make_discriminator()
    step = quadratic.make_train_step(*quadratic.make_steps(*networks))
    run = training.compile_loop(step, jit_compile=True)
    return lambda: run(0, 100), 100


def from_python(*, compiled: bool):
    """The lesson's step, called once an iteration."""
    networks = quadratic.make_generator(), quadratic.make_discriminator()
    step = quadratic.make_train_step(*quadratic.make_steps(*networks))
    if compiled:
        step = tf.function(step)
    number = tf.constant(0)
    return lambda: step(number), 1


def train_on_batch():
    """Two compiled Keras models, one stacked on the other."""
    generator, discriminator = (
        quadratic.make_generator(),
        quadratic.make_discriminator(),
    )
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    discriminator.compile(keras.optimizers.RMSprop(0.001), loss)
    stacked = keras.Sequential([keras.Input((2,)), generator, discriminator])
    stacked.compile(keras.optimizers.RMSprop(0.001), loss)
    ones, zeros = np.ones((BATCH, 1)), np.zeros((BATCH, 1))

    def iterate():
        points, noise = sample_in_python()
        fake_points = generator.predict(noise, verbose=0)
        discriminator.trainable = True
        discriminator.train_on_batch(points, ones)
        discriminator.train_on_batch(fake_points, zeros)
        discriminator.trainable = False
        stacked.train_on_batch(noise, ones)

    return iterate, 1


def graph_mode():
    """The original's way: a graph of TensorFlow 1, a session, and fed arrays."""
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

    return iterate, 1


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
