"""Section Q: iterations per second of the quadratic GAN, this course beside its peers.

Every way trains the same networks with batches of 256, one D and one G step an
iteration, and draws its own samples.
"""

from functools import partial

import ceiling
import keras
import numpy as np
import peers
import quadratic_columns
import quadratic_limits as limits
import tensorflow as tf
from network_spec import spec_of
from original_loop import make_graph_loop, sample_in_python
from rendering import Goal, goals, table
from sections import Key, Results, Section, alternate, in_turn
from spread import ratio, show, show_spread

from gan_helpers import settings, training
from gan_helpers.taught import quadratic

BATCH = quadratic.BATCH_SIZE
SECONDS, REPEATS = 8.0, 5
N_COMPARED = 20  # iterations of the loop and of a tape, from the same weights
GRAPH = "the original's graph-mode loop"
KERAS = "Keras train_on_batch + predict"
OURS = "this course: training.fit's loop"
FRESH = "the same, a fresh batch for each update"
COLUMNS = "written out by hand, samples in columns"
PRODUCTS = "its matrix products alone, compiled likewise"
DRAWING = "drawing its batches alone, compiled likewise"
EQUAL = "the loop beside a tape's steps, fresh batches"
CACHE, MEMORY = 200_000, 200_000_000  # bytes


def fresh_step(d_step, g_step):
    """One iteration whose two updates see other noise."""

    def step(iteration):
        d_loss = d_step(
            quadratic.sample_points(BATCH, [1, iteration]),
            quadratic.sample_noise(BATCH, [2, iteration]),
        )
        return d_loss, g_step(quadratic.sample_noise(BATCH, [3, iteration]))

    return step


def make_networks():
    """(G, D) and a step of the lesson's two updates on one batch."""
    networks = quadratic.make_generator(), quadratic.make_discriminator()
    return networks, quadratic.make_steps(*networks)


def timed(run, iterations: int, seconds: float):
    """A function that measures how often a second `run()` does its iterations."""
    return lambda: {"iterations": iterations / ceiling.repeat_for(run, seconds)}


def compiled_loop(seconds: float, *, make_step=quadratic.make_train_step):
    """One call of the loop that `training.fit` makes."""
    _, steps = make_networks()
    run = training.compile_loop(make_step(*steps), jit_compile=True)
    return timed(lambda: run(0, training.LOOP_STEPS), training.LOOP_STEPS, seconds)


def column_loop(seconds: float):
    """The same with samples in columns, and a fresh batch for each update."""
    steps, _ = quadratic_columns.make_steps(*make_networks()[0])
    run = training.compile_loop(fresh_step(*steps), jit_compile=True)
    return timed(lambda: run(0, training.LOOP_STEPS), training.LOOP_STEPS, seconds)


def from_python(seconds: float, *, compiled: bool):
    """The lesson's step, called once an iteration."""
    step, number = quadratic.make_train_step(*make_networks()[1]), tf.constant(0)
    if compiled:
        step = tf.function(step)
    return timed(lambda: step(number), 1, seconds)


def train_on_batch(seconds: float):
    """Two compiled Keras models, one stacked on the other."""
    generator, discriminator = make_networks()[0]
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

    return timed(iterate, 1, seconds)


def drawing(seconds: float):
    """A compiled loop that draws what an iteration needs, and does nothing else."""

    def step(iteration):
        points = quadratic.sample_points(BATCH, [1, iteration])
        noise = quadratic.sample_noise(BATCH, [2, iteration])
        return tf.reduce_mean(points), tf.reduce_mean(noise)

    run = training.compile_loop(step, jit_compile=True)
    return timed(lambda: run(0, training.LOOP_STEPS), training.LOOP_STEPS, seconds)


def compare_with_tape():
    """How far N_COMPARED iterations of the loop are from as many with eager tapes.

    Both get the same batches, one for each update: XLA draws others than TensorFlow.
    """
    draws = quadratic.sample_points, quadratic.sample_noise, quadratic.sample_noise
    points, noise, g_noise = (
        tf.stack([draw(BATCH, [seed, i]) for i in range(N_COMPARED)])
        for seed, draw in enumerate(draws, 1)
    )

    def train(*, compiled=True, by_columns=False):
        settings.set_seed(0)
        networks, (d_step, g_step) = make_networks()
        if by_columns:
            (d_step, g_step), read = quadratic_columns.make_steps(*networks)

        def step(i):
            return d_step(points[i], noise[i]), g_step(g_noise[i])

        if compiled:
            training.compile_loop(step, jit_compile=True)(0, N_COMPARED)
        else:
            for i in range(N_COMPARED):
                step(i)
        return read() if by_columns else [w for n in networks for w in n.get_weights()]

    def far(found):
        return max(np.abs(a - b).max() for a, b in zip(found, taped, strict=True))

    taped = train(compiled=False)
    return {
        "difference": float(far(train())),
        "columns": float(far(train(by_columns=True))),
    }


def peer(name: str, script: str, seconds: float):
    """PyTorch's or JAX's own program."""
    networks = dict(
        zip(("generator", "discriminator"), make_networks()[0], strict=True)
    )
    task = {key: spec_of(network) for key, network in networks.items()}
    task |= {"answers": "logits", "optimizer": "rmsprop", "g_updates": 1}
    task |= {"latent": 2, "shape": [2], "batch": BATCH, "seconds": seconds}
    return lambda: peers.measure(name, script, task)


def ways(seconds: float) -> dict:
    """Each way by name: a function that makes it ready and returns its measure."""
    found = {
        GRAPH: lambda: timed(make_graph_loop(), 1, seconds),
        KERAS: lambda: train_on_batch(seconds),
        "GradientTape, called from Python": lambda: from_python(
            seconds, compiled=False
        ),
        "tf.function, a step a call": lambda: from_python(seconds, compiled=True),
        OURS: lambda: compiled_loop(seconds),
        FRESH: lambda: compiled_loop(seconds, make_step=fresh_step),
        COLUMNS: lambda: column_loop(seconds),
        "PyTorch": lambda: peer("PyTorch", "peer_torch.py", seconds),
        "JAX, 100 steps a call": lambda: peer("JAX", "peer_jax.py", seconds),
        PRODUCTS: lambda: timed(*limits.make_products(BATCH), seconds),
        DRAWING: lambda: drawing(seconds),
        "ceiling": lambda: partial(measure_ceiling, seconds),
        EQUAL: lambda: compare_with_tape,
    }
    return {
        name: way
        for name, way in found.items()
        if name.split(",")[0] not in peers.PEERS or peers.find(name.split(",")[0])
    }


def measure_ceiling(seconds: float) -> dict[str, float]:
    """GFLOP/s of the best product, GB/s in the cache and in memory."""
    return {
        "product": ceiling.best_speed("float32", seconds / 2)["product"],
        "cache": ceiling.stream_speed(CACHE, seconds / 4),
        "memory": ceiling.stream_speed(MEMORY, seconds / 4),
    }


def sizes(quick: bool) -> tuple[float, int]:
    """Seconds of a reading, and repeats."""
    return (1.0, 2) if quick else (SECONDS, REPEATS)


def keys(quick: bool) -> list[Key]:
    seconds, repeats = sizes(quick)
    return alternate(ways(seconds), repeats)


def measure(quick: bool, missing: list[Key]):
    return in_turn(ways(sizes(quick)[0]), missing)


def report(results: Results) -> str:
    """The table, the goals, and where an iteration's time goes."""
    rows, ours = [], results.values(OURS, "iterations")
    for what in dict.fromkeys(what for what, _ in results.readings):
        speeds = results.values(what, "iterations")
        if speeds and what not in (PRODUCTS, DRAWING):
            times = f"{ratio(ours, speeds):.1f} ×" if ours else ""
            limit = limits.LIMITS.get(what.split(",")[0], limits.LIMITS["compiled"])
            name = peers.with_version(what, results.notes)
            rows.append((name, show_spread(speeds, digits=4), times, limit))
    rows += [
        (name, "", "", found)
        for name, found in results.notes.items()
        if found == "not installed"
    ]
    text = "Batch 256, one D and one G step an iteration, float32.\n\n"
    text += table(("way", "iterations/s", "this course is as fast", "limited by"), rows)
    if not results.has(GRAPH, KERAS, FRESH, EQUAL):
        return text
    fresh, graph, keras_ = (
        results.values(what, "iterations") for what in (FRESH, GRAPH, KERAS)
    )
    found = [
        Goal("by the original's loop", 10, ratio(fresh, graph), unit=" ×"),
        Goal("by Keras", 400, ratio(fresh, keras_), unit=" ×"),
        Goal(
            f"largest difference of a weight from tapes, {N_COMPARED} steps",
            1e-5,
            max(results.values(EQUAL, "difference")),
            at_least=False,
        ),
    ]
    text += (
        "\nGoals, ours with a fresh batch for each update; the other ways use a step's "
        "noise twice, as the original does. That draws more and is quicker: the "
        "lesson's own step stands in two compiled loops, for several steps of D and G, "
        "which cost more (in a trial 60 of 238 µs).\n\n"
    ) + goals(found)
    return text + explain(results)


def explain(results: Results) -> str:
    """What arithmetic and memory would allow, and where the time goes, in µs."""
    if not results.has("ceiling", PRODUCTS, DRAWING, OURS):
        return ""

    def microseconds(what):
        return 1e6 / np.median(results.values(what, "iterations"))

    speed, cache, memory = (
        np.median(results.values("ceiling", name))
        for name in ("product", "cache", "memory")
    )
    whole, work, traffic = (
        microseconds(OURS),
        limits.count_work(BATCH),
        limits.count_bytes(BATCH),
    )
    rest = whole - microseconds(PRODUCTS) - microseconds(DRAWING)
    n_products = limits.count_products()
    best = f"at the {speed:.0f} GFLOP/s of the best product"
    moved = f"at the cache's {cache:.0f} GB/s (memory: {memory:.0f})"
    rows = [
        (f"its {work / 1e6:.2f} MFLOP {best}", show(work / speed / 1e3)),
        (f"its {traffic / 1e6:.1f} MB {moved}", show(traffic / cache / 1e3)),
        (f"{PRODUCTS} ({n_products} of them)", show(microseconds(PRODUCTS))),
        (DRAWING, show(microseconds(DRAWING))),
        ("the rest: activations, losses, RMSProp, the loop itself", show(rest)),
        ("the whole iteration", show(whole)),
    ]
    each = microseconds(PRODUCTS) / n_products
    return (
        "\nWhere an iteration's time goes; the first two lines are counted:\n\n"
        + table(("part", "µs"), rows, numbers=0)
        + f"\nSo a product takes {show(each)} µs, whatever its size: it waits neither "
        "for arithmetic nor for memory.\n"
    )


TITLE = "Q: the quadratic GAN, beside its peers"
SECTIONS = {"Q": Section(TITLE, 10, keys, measure, report, peers.versions)}
