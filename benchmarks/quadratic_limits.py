"""What an iteration of the quadratic GAN has to compute and to move, counted."""

import tensorflow as tf

from gan_helpers import training

GENERATOR, DISCRIMINATOR = (2, 16, 16, 2), (2, 16, 16, 2, 1)
# What limits a way, by the beginning of its name.
LIMITS = {
    "the original's graph-mode loop": "two session calls; 256 points made one by one",
    "Keras train_on_batch + predict": "Python around four calls of Keras",
    "GradientTape": "Python: some 200 operations called one by one",
    "tf.function": "starting some 200 operations for each step",
    "PyTorch": "Python: some 200 operations called one by one",
    "written out by hand": "small operations, but products run along the batch",
    "JAX": "the same small operations, in one compiled loop",
    "compiled": "small operations: see below",
}


def pairs(widths):
    return list(zip(widths, widths[1:], strict=False))


def forward(widths) -> int:
    """Operations of one sample's way through dense layers of these widths."""
    return sum(2 * n * m for n, m in pairs(widths))


def count_work(batch: int) -> float:
    """Operations of the matrix products of one D and one G step.

    G forward; D forward and back to its weights, for real and generated samples; G
    forward and back to its weights, and D forward and back to its input. The way back
    takes as much as the way forward for the weights and as much again for the inputs,
    but nobody asks for the slope of a first layer's input.
    """
    g, d = forward(GENERATOR), forward(DISCRIMINATOR)
    d_first, g_first = (2 * w[0] * w[1] for w in (DISCRIMINATOR, GENERATOR))
    d_step = g + 2 * (3 * d - d_first)
    g_step = 3 * g - g_first + 2 * d
    return batch * float(d_step + g_step)


def count_products() -> int:
    """How many matrix products the same two steps have."""
    g, d = len(pairs(GENERATOR)), len(pairs(DISCRIMINATOR))
    d_step = g + 2 * (d + d + d - 1)  # forward, to the weights, to the inputs
    g_step = g + d + d + g + g - 1
    return d_step + g_step


def count_bytes(batch: int) -> float:
    """Bytes that the same products read and write, each array once a product."""
    total = 0
    for widths, samples, backwards in (
        (GENERATOR, batch, ()),
        (DISCRIMINATOR, 2 * batch, ("weights", "inputs")),
        (GENERATOR, batch, ("weights", "inputs")),
        (DISCRIMINATOR, batch, ("inputs",)),
    ):
        for n, m in pairs(widths):  # each product has all three arrays of a layer
            total += (1 + len(backwards)) * (samples * (n + m) + n * m)
    return 4.0 * total


def make_products(batch: int):
    """A compiled loop with the products of an iteration and little else.

    The networks without activations and without RMSProp, on one batch; each iteration
    moves the weights a little, so that none can be left out. Returns the call, and how
    many iterations it does.
    """
    networks = [
        [
            tf.Variable(tf.random.stateless_normal(s, [k, s[0]]) / 4)
            for s in pairs(widths)
        ]
        for k, widths in enumerate((GENERATOR, DISCRIMINATOR))
    ]
    points, noise = (tf.random.stateless_normal((batch, 2), [3, k]) for k in range(2))

    def apply(network, x):
        for weights in network:
            x = x @ weights
        return x

    def descend(tape, loss, network):
        for weights, slope in zip(network, tape.gradient(loss, network), strict=True):
            weights.assign_sub(1e-6 * slope)

    def step(iteration):
        generator, discriminator = networks
        fake_points = apply(generator, noise)
        with tf.GradientTape() as tape:
            d_loss = tf.reduce_mean(apply(discriminator, points) ** 2)
            d_loss += tf.reduce_mean(apply(discriminator, fake_points) ** 2)
        descend(tape, d_loss, discriminator)
        with tf.GradientTape() as tape:
            fake_points = apply(generator, noise)
            g_loss = tf.reduce_mean(apply(discriminator, fake_points) ** 2)
        descend(tape, g_loss, generator)
        return d_loss, g_loss

    run = training.compile_loop(step, jit_compile=True)
    return lambda: run(0, training.LOOP_STEPS), training.LOOP_STEPS
