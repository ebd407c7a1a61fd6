"""Compiled training loops, what they record, batches and averaged weights.

A lesson writes the training step, because that is what it teaches: a function of the
iteration number that trains both networks once and returns `(d_loss, g_loss)`. The
functions here run it many times without returning to Python in between. Checkpoints,
for long runs, are in `gan_helpers.checkpoints`, averaged networks in
`gan_helpers.copying`, and both are known here by the same names.
"""

import dataclasses
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tqdm.auto import tqdm

from gan_helpers import environment
from gan_helpers.checkpoints import Checkpoint as Checkpoint
from gan_helpers.checkpoints import Log
from gan_helpers.checkpoints import restore_checkpoint as restore_checkpoint
from gan_helpers.checkpoints import save_checkpoint as save_checkpoint
from gan_helpers.copying import make_average as make_average
from gan_helpers.copying import update_average as update_average
from gan_helpers.pixels import scale_bytes
from gan_helpers.stopping import hold_stop

Step = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]
LOOP_STEPS = 100  # iterations in one call of a compiled loop, unless one asks for more
WORTH_COMPILING = 300  # iterations; for fewer, XLA's own compilation takes longer
_NO_XLA = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError)


@dataclasses.dataclass
class History:
    """What `fit` recorded.

    Attributes:
        iteration: (n,) the iteration number of each logged loss.
        d_loss, g_loss: (n,) the losses at these iterations.
        snapshots: pairs of iteration number and what the snapshot function returned.
    """

    iteration: np.ndarray
    d_loss: np.ndarray
    g_loss: np.ndarray
    snapshots: list[tuple[int, Any]]


def compile_loop(
    step: Step,
    *,
    max_steps: int = LOOP_STEPS,
    values: int = 2,
    jit_compile: bool = False,
    dtype: str = "float32",
) -> Callable[[int, int], np.ndarray]:
    """Compile up to `max_steps` iterations of `step` into one call.

    Small networks spend their time on the way between Python and TensorFlow, not on
    arithmetic; a loop inside the compiled function saves that way. `jit_compile` hands
    the loop to XLA: right for small dense networks, wrong for convolutions on a CPU,
    where it is some twenty times slower. Where XLA lacks an operation, as it may for a
    student's own layers, TensorFlow's own compiler takes over. `values` is how many
    numbers `step` returns: two, the losses, unless it measures something else; all of
    them are of the float type `dtype`.

    Returns:
        `run(start, n)`, which performs iterations start to start + n - 1 (n from 0 to
        `max_steps`) and returns what they returned as an (n, values) array. All is
        compiled before the first run.

    Raises:
        ValueError: Keras' global policy is not float32.
    """
    environment.check_policy()

    @tf.function(jit_compile=jit_compile)
    def loop(start: tf.Tensor, n: tf.Tensor) -> tf.Tensor:
        results = tf.TensorArray(dtype, max_steps, element_shape=(values,))
        i = tf.constant(0)
        while i < n:  # XLA would compile tf.range(n) again for every new n
            results = results.write(i, tf.stack(step(start + i)))
            i += 1
        return results.stack()

    number = tf.TensorSpec((), tf.int32)
    compiled = loop.get_concrete_function(number, number)

    def run(start: int, n: int) -> np.ndarray:
        if not 0 <= n <= max_steps:
            raise ValueError(f"n is {n}, expected 0 to max_steps, {max_steps}.")
        return compiled(tf.constant(start), tf.constant(n)).numpy()[:n]

    if jit_compile:
        try:
            run(0, 0)  # XLA compiles at the first call; none of these trains
        except _NO_XLA:
            return compile_loop(step, max_steps=max_steps, values=values, dtype=dtype)
    return run


def update(
    optimizer: keras.Optimizer,
    tape: tf.GradientTape,
    loss: tf.Tensor,
    network: keras.Model,
) -> None:
    """Move the trainable weights of `network`, and no others, down the loss.

    Raises:
        ValueError: The network has none, so that nothing would ever move.
    """
    variables = network.trainable_variables
    if not variables:
        raise ValueError(
            f"The network {network.name!r} has no trainable weights, expected some to "
            "move. Set its `trainable` to True before the step is made."
        )
    gradients = tape.gradient(loss, variables)
    # TensorFlow's graph optimizer drops "read before you write" for a bias before a
    # leaky ReLU whose gradient is taken twice, as a slope penalty does: on a busy
    # machine D was then read after its step, which moved a loss by up to 0.01.
    finished = [loss, *(part for part in gradients if part is not None)]
    with tf.control_dependencies(finished):
        optimizer.apply(gradients, variables)


def call_quietly(model: keras.Model, inputs: tf.Tensor | np.ndarray) -> tf.Tensor:
    """`model(inputs, training=True)` without its side effects.

    Running statistics of batch normalisation and the seeds of dropout stay as they are,
    so that a step of one network leaves the other one untouched. Gradients flow.
    """
    outputs, _ = model.stateless_call(
        [variable.value for variable in model.trainable_variables],
        [variable.value for variable in model.non_trainable_variables],
        inputs,
        training=True,
    )
    return outputs


def fit(
    step: Step,
    n_steps: int,
    *,
    start: int = 0,
    log_every: int = 1,
    snapshot: Callable[[], object] | None = None,
    snapshot_every: int = 1000,
    jit_compile: bool = False,
    checkpoint: Checkpoint | None = None,
) -> History:
    """Run iterations start to start + n_steps - 1 of `step` behind a progress bar.

    The stop button (or Ctrl-C) ends the run between two iterations, within about a
    second: what was recorded so far is returned, and a line says how to go on. A second
    press ends the cell at once.

    Args:
        step: Trains both networks once; takes the iteration, returns (d_loss, g_loss).
        n_steps: How many iterations to run; fewer than WORTH_COMPILING do without XLA.
        start: The first iteration's number, above 0 after a restored checkpoint.
        log_every: Losses are kept at the iterations that this number divides.
        snapshot: Called before each iteration that `snapshot_every` divides and once
            at the end; its results are kept.
        jit_compile: As in `compile_loop`.
        checkpoint: Saves the run, and may resume it: iterations that it holds are not
            run again, and their losses and snapshots come from it.

    Raises:
        FloatingPointError: A loss is no longer finite; names the loss and iteration.
        ValueError: The checkpoint was written by other networks or optimizers.
    """
    longest = min(LOOP_STEPS, snapshot_every if snapshot else LOOP_STEPS)
    by_xla = jit_compile and n_steps >= WORTH_COMPILING
    run = compile_loop(step, max_steps=longest, jit_compile=by_xla)
    stop, at_once = start + n_steps, 1  # then as many as run in about a second
    log = checkpoint.begin(start) if checkpoint else Log(start)
    bar = tqdm(total=n_steps, initial=log.next - start, unit="it", file=sys.stderr)
    with hold_stop() as stopped, bar:
        while log.next < stop and not stopped():
            i = log.next
            if snapshot and i % snapshot_every == 0:
                log.snapshots.append((i, snapshot()))
            n = min(at_once, longest, stop - i)
            if snapshot:
                n = min(n, snapshot_every - i % snapshot_every)
            before = time.perf_counter()
            losses = run(i, n)
            at_once = max(1, int(n / (time.perf_counter() - before)))
            check_finite(losses, first_iteration=i)
            log.losses.append(losses)
            bar.update(len(losses))
            if checkpoint:
                checkpoint.save_when_due(log)
    if checkpoint:
        checkpoint.save(log)
    if snapshot:
        log.snapshots.append((log.next, snapshot()))
    if log.next < stop:
        _say_stopped(log.next, stop, checkpoint)
    iterations = np.arange(log.start, log.next)
    kept = iterations % log_every == 0
    d_loss, g_loss = log.all_losses()[kept].T
    return History(iterations[kept], d_loss, g_loss, log.snapshots)


def _say_stopped(iteration: int, stop: int, checkpoint: Checkpoint | None) -> None:
    how = f"training.fit(…, {stop - iteration}, start={iteration})"
    if checkpoint:
        how = "set RESUME = True in Settings, run that cell, then this one again"
    print(
        f"Stopped at iteration {iteration:,} of {stop:,}; the history ends there. "
        f"To go on: {how}.",
        file=sys.stderr,
        flush=True,
    )


def check_finite(losses: np.ndarray, *, first_iteration: int = 0) -> None:
    """Raise FloatingPointError if a loss in `losses` (n, 2) is NaN or infinite."""
    bad = np.argwhere(~np.isfinite(losses))
    if len(bad):
        row, column = bad[0]
        raise FloatingPointError(
            f"The {('discriminator', 'generator')[column]}'s loss is "
            f"{losses[row, column]} at iteration {first_iteration + row}. "
            "Rebuild the networks, then lower the learning rate or check the "
            "range of the data."
        )


def make_batches(
    images: np.ndarray, batch_size: int, *, seed: int | tf.Variable
) -> Callable[[int | tf.Tensor], tf.Tensor]:
    """Shuffled batches as a function of the iteration, so that training can resume.

    Each epoch visits the pictures in an order of its own, and the order follows from
    `seed` and the iteration alone. A last incomplete batch is left out.

    Args:
        images: (n, height, width, channels) uint8, or float32 in [-1, 1].

    Returns:
        `batch_at(iteration)`, a float32 tensor (batch_size, height, width, channels)
        in [-1, 1].
    """
    n = len(images)
    if n < batch_size:
        raise ValueError(
            f"{n} images do not fill one batch of {batch_size}. "
            f"Use a batch_size of at most {n}, or more images."
        )
    with tf.device("CPU"):  # a GPU's memory is for training, its kernels lack uint8
        data = tf.constant(images)
    per_epoch = n // batch_size

    def batch_at(iteration: int | tf.Tensor) -> tf.Tensor:
        epoch = iteration // per_epoch
        first = iteration % per_epoch * batch_size
        with tf.device("CPU"):
            rows = tf.random.experimental.index_shuffle(
                first + tf.range(batch_size), seed=[seed, epoch], max_index=n - 1
            )
            batch = tf.gather(data, rows)
        if data.dtype == tf.uint8:
            batch = scale_bytes(tf.cast(batch, tf.float32))
        return batch

    return batch_at


def generate(
    generator: keras.Model,
    noise: np.ndarray | tf.Tensor | Sequence[np.ndarray | tf.Tensor],
    *,
    batch_size: int = 100,
) -> np.ndarray:
    """What `generator` makes of all of `noise` (n, k), n at least 1: float32 (n, ...).

    `noise` may be a list of all its inputs, such as noise and labels, n of each. In
    batches, since the layers of a convolutional generator take far more memory than
    the pictures. Nothing is trained, and batch normalisation uses its running
    statistics.
    """
    parts = []
    for start in range(0, len(tf.nest.flatten(noise)[0]), batch_size):
        rows = slice(start, start + batch_size)
        some = tf.nest.map_structure(lambda x, rows=rows: x[rows], noise)
        parts.append(generator(some, training=False))
    return np.concatenate(parts)
