"""What an iteration of the quadratic GAN computes and moves; what its parts take."""

from statistics import median

import keras
import tensorflow as tf
from rendering import table
from sections import Results
from spread import show

from gan_helpers.taught import quadratic

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


def products(batch: int):
    """A step with the products of an iteration and little else.

    The networks without activations and without RMSProp, on one batch; each iteration
    moves the weights a little, so that none can be left out.
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

    return step


def drawing(batch: int):
    """A step that draws the points and the two noises of an iteration."""

    def step(iteration):
        points = quadratic.sample_points(batch, [1, iteration])
        noise, g_noise = (
            quadratic.sample_noise(batch, [seed, iteration]) for seed in (2, 3)
        )
        return tf.reduce_mean(points), tf.reduce_mean(noise) + tf.reduce_mean(g_noise)

    return step


def updates(batch: int):
    """A step with the two updates by RMSProp, of slopes that are at hand."""
    moved = []
    for network in (quadratic.make_generator(), quadratic.make_discriminator()):
        optimizer = keras.optimizers.RMSprop(0.001)
        optimizer.build(network.trainable_variables)
        moved.append((optimizer, network.trainable_variables))

    def step(iteration):
        for optimizer, variables in moved:
            optimizer.apply([0.1 * w for w in variables], variables)
        return [tf.reduce_sum(variables[0]) for _, variables in moved]

    return step


def nothing(batch: int):
    """A step of no work: what the loop takes by itself."""
    return lambda iteration: (tf.cast(iteration, tf.float32), 0.0)


LOOP = "the loop itself"
# What is measured alone, each in a compiled loop: makes a step for a batch.
PARTS = {
    "its matrix products": products,
    "RMSProp's two updates": updates,
    "drawing its batches": drawing,
    LOOP: nothing,
}


def explain(results: Results, whole: str, batch: int) -> str:
    """What arithmetic and memory would allow, and where the time goes, in µs."""
    if not results.has("ceiling", whole, *PARTS):
        return ""

    def microseconds(what):
        return 1e6 / median(results.values(what, "iterations"))

    loop = microseconds(LOOP)
    alone = {name: microseconds(name) - loop for name in PARTS if name != LOOP}
    rest = microseconds(whole) - loop - sum(alone.values())
    rows = [
        *((f"{name}, alone", show(spent)) for name, spent in alone.items()),
        (LOOP, show(loop)),
        ("the rest: activations, losses, their slopes", show(rest)),
        ("the whole iteration", show(microseconds(whole))),
    ]
    each = next(iter(alone.values())) / count_products()
    return (
        f"\n{tell_allowed(results, batch)} Where the time goes, each part in a "
        "compiled loop of its own, less what the loop takes:\n\n"
        + table(("part", "µs"), rows, numbers=0)
        + f"\nSo each of the {count_products()} products takes {show(each)} µs, "
        "whatever its size: it waits neither for arithmetic nor for memory.\n"
    )


def tell_allowed(results: Results, batch: int) -> str:
    """How many iterations a second the products would allow, counted."""
    speed, cache, memory = (
        median(results.values("ceiling", name))
        for name in ("product", "cache", "memory")
    )
    work, traffic = count_work(batch), count_bytes(batch)
    by_work, by_traffic = work / speed / 1e3, traffic / cache / 1e3
    return (
        f"An iteration's products are {work / 1e6:.2f} MFLOP, {show(by_work)} µs at "
        f"the {speed:.0f} GFLOP/s of the best product, and move "
        f"{traffic / 1e6:.1f} MB, {show(by_traffic)} µs at the cache's {cache:.0f} "
        f"GB/s (memory: {memory:.0f}): these would allow "
        f"{show(1e6 / max(by_work, by_traffic))} iterations a second."
    )
