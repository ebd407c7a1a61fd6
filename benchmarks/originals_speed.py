"""Sections F, S, L and H: milliseconds of a step of the original networks.

The networks and steps are the lessons' own, at the original tutorials' size; data are
random numbers, which cost as much. In turn with them the machine's ceiling is measured:
the best of several matrix products and convolutions.
"""

from functools import partial
from statistics import median

import ceiling
import keras
import machine
import numpy as np
import peers
import tensorflow as tf
from network_spec import spec_of
from originals_networks import LOSSES, ORIGINALS, Original, random_batches
from rendering import Goal, goals, table
from sections import Key, Results, Section, alternate, in_turn
from spread import ratio, show, show_spread

from gan_helpers import training

SECONDS, REPEATS = 5.0, 5
KERAS = "Keras train_on_batch + predict"
TAPE = "GradientTape, called from Python"
OURS = "this course: training.fit's loop"
HALF = "the same in mixed bfloat16"
CEILING, HALF_CEILING = "ceiling, float32", "ceiling, bfloat16"
READ_OFF = (
    " What limits a way is read off its share of that, not profiled; below, too. "
    "PyTorch runs as it comes, without `torch.compile`. In mixed bfloat16 logits are "
    "rounded, too: lesson 12 keeps the last layers in float32."
)


def step_work(original: Original, generator, discriminator) -> float:
    """Operations of the products of one iteration, as `ceiling.forward_work` counts.

    G forward, D forward and back to its weights on real and generated pictures, then
    for each G step G forward and back to its weights and D forward and back to its
    input. The slope of a first layer's input is asked for in the last case only.
    """
    (g, g_first), (d, d_first) = map(ceiling.forward_work, (generator, discriminator))
    d_step = g + 2 * (3 * d - d_first)
    g_step = 3 * g - g_first + 2 * d
    return original.batch * (d_step + original.g_updates * g_step)


def timed_step(run, steps: int, seconds: float, work: float):
    """A function that measures one step by `run()`, which does `steps`."""

    def measure():
        spent = ceiling.repeat_for(run, seconds) / steps
        return {"ms": 1e3 * spent, "gflops": work / spent / 1e9}

    return measure


def by_tapes(original: Original, seconds: float, *, compiled=True, half=False, steps=0):
    """The lesson's step: in a compiled loop, `steps` a call, or called from Python."""
    if half:
        keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        generator, discriminator, optimizers = original.make()
    finally:
        keras.config.set_dtype_policy("float32")
    work = step_work(original, generator, discriminator)
    networks = [generator, discriminator]
    if half:  # losses are float32, pictures too
        to_float = partial(keras.layers.Activation, "linear", dtype="float32")
        networks = [keras.Sequential([one, to_float()]) for one in networks]
    step = original.make_step(*networks, optimizers, original.batch)
    if not compiled:
        number = tf.constant(0)
        return timed_step(lambda: step(number), 1, seconds, work)
    run = training.compile_loop(step, max_steps=20)
    steps = steps or (10 if work < 50e9 else 1)
    return timed_step(lambda: run(0, steps), steps, seconds, work)


def by_keras(original: Original, seconds: float):
    """`train_on_batch` of D and of the stack, as the old tutorials have it."""
    generator, discriminator, (g_optimizer, d_optimizer) = original.make()
    work = step_work(original, generator, discriminator)
    loss, batch = LOSSES[original.answers], original.batch
    discriminator.compile(d_optimizer, loss, jit_compile=False)
    stacked = keras.Sequential([generator, discriminator])
    stacked.compile(g_optimizer, loss, jit_compile=False)
    real = np.repeat(np.float32([1, 0]), batch)[:, None]
    if original.answers == "columns":
        real = np.concatenate([1 - real, real], axis=1)
    rng, batch_at = np.random.default_rng(0), random_batches(batch, original.shape)

    def iterate():
        noise = rng.normal(size=(batch, original.latent)).astype("float32")
        fake_images = generator.predict(noise, batch_size=batch, verbose=0)
        discriminator.trainable = True
        mixed = np.concatenate([batch_at(0), fake_images])
        discriminator.train_on_batch(mixed, real)
        discriminator.trainable = False
        for _ in range(original.g_updates):
            stacked.train_on_batch(noise, real[:batch])

    return timed_step(iterate, 1, seconds, work)


def by_torch(original: Original, seconds: float):
    """PyTorch's own program."""
    generator, discriminator, _ = original.make()
    work = step_work(original, generator, discriminator)
    height, width, channels = original.shape
    task = {"generator": spec_of(generator), "discriminator": spec_of(discriminator)}
    task |= {name: getattr(original, name) for name in
             ("batch", "latent", "answers", "optimizer", "g_updates")}  # fmt: skip
    task |= {"shape": [channels, height, width], "seconds": seconds}

    def measure():
        spent = 1 / peers.measure("PyTorch", "peer_torch.py", task)["iterations"]
        return {"ms": 1e3 * spent, "gflops": work / spent / 1e9}

    return measure


def ways(letter: str, seconds: float) -> dict:
    """Each way by name: a function that makes it ready and returns its measure."""
    original = ORIGINALS[letter]
    found = {
        KERAS: lambda: by_keras(original, seconds),
        TAPE: lambda: by_tapes(original, seconds, compiled=False),
        OURS: lambda: by_tapes(original, seconds),
        CEILING: lambda: partial(ceiling.best_speed, "float32", seconds),
    }
    if machine.has_bfloat16(machine.describe()):
        found[HALF] = lambda: by_tapes(original, seconds, half=True)
        found[HALF_CEILING] = lambda: partial(ceiling.best_speed, "bfloat16", seconds)
    if peers.find("PyTorch"):
        found["PyTorch"] = lambda: by_torch(original, seconds)
    return found


def keys(letter: str, quick: bool) -> list[Key]:
    return alternate(ways(letter, SECONDS), 2 if quick else REPEATS)


def measure(letter: str, quick: bool, missing: list[Key]):
    return in_turn(ways(letter, 1.0 if quick else SECONDS), missing)


def best(results: Results, what: str) -> float:
    """Median GFLOP/s of the better of products and convolutions."""
    return max(
        (median(results.values(what, kind)) for kind in ("product", "convolution")),
    )


def report(letter: str, results: Results) -> str:
    """The table and the goals."""
    rows, ours = [], results.values(OURS, "ms")
    for what in (KERAS, TAPE, OURS, HALF, "PyTorch"):
        spent = results.values(what, "ms")
        top = HALF_CEILING if what == HALF else CEILING
        if spent and ours and results.has(top):
            share = median(results.values(what, "gflops")) / best(results, top)
            rows.append((peers.with_version(what, results.notes),
                         show_spread(spent), f"{ratio(spent, ours):.2f} ×",
                         show(median(results.values(what, "gflops"))),
                         f"{100 * share:.0f} %", limit_of(share)))  # fmt: skip
        elif spent:
            rows.append((what, show_spread(spent), "", "", "", "no ceiling yet"))
        elif what == "PyTorch":
            rows.append((what, "not installed", "", "", "", ""))
    text = f"Batch {ORIGINALS[letter].batch}. {describe_ceilings(results)}"
    if letter == "F":  # the first one in RESULTS.md
        text += READ_OFF
    head = ("way", "ms a step", "of this course's", "GFLOP/s", "of the ceiling")
    text += "\n\n" + table((*head, "limited by"), rows)
    if not results.has(OURS, CEILING):
        return text
    share = median(results.values(OURS, "gflops")) / best(results, CEILING)
    found = [Goal("share of the machine's ceiling, %", 60, 100 * share, unit=" %")]
    if results.has(HALF):
        gain = ratio(ours, results.values(HALF, "ms"))
        found.append(Goal("what bfloat16 makes faster", 1.3, gain, unit=" ×"))
    return text + "\n" + goals(found)


def describe_ceilings(results: Results) -> str:
    """The best speeds seen, in a sentence."""
    parts = [
        f"{what.removeprefix('ceiling, ')} {best(results, what):.0f} GFLOP/s"
        for what in (CEILING, HALF_CEILING)
        if results.has(what)
    ]
    return f"The machine at its best, in turn: {', '.join(parts) or 'not yet'}."


def limit_of(share: float) -> str:
    """What limits a way that reaches this share of the ceiling."""
    if share >= 0.6:
        return "arithmetic"
    if share >= 0.3:
        return "arithmetic of layers too small for the best products"
    return "all that is not a product: copies, activations, calls"


SECTIONS = {
    letter: Section(
        original.title,
        minutes,
        partial(keys, letter),
        partial(measure, letter),
        partial(report, letter),
        peers.versions,
    )
    for (letter, original), minutes in zip(
        ORIGINALS.items(), (5, 6, 9, 11), strict=True
    )
}
