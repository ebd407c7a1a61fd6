"""`examine`: findings on anyone's GAN: its losses, its networks, a watched run."""

import dataclasses
import time
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from gan_helpers.clinic.chart import Chart, Finding, Reading, as_losses
from gan_helpers.clinic.symptoms import read_chart
from gan_helpers.training import call_quietly

LOOKS = 12  # in a watched run
LOOK_SHARE = 0.1  # of the training's time, at most, once both are compiled
N_LOOKED_AT = 256


class GanLike(Protocol):
    """What `examine` asks of a GAN. `Gan` is one; anything with these names will do.

    Attributes:
        generator, discriminator: Called on a batch; D gives (n, 1), logits or scores,
            or what a last sigmoid or softmax makes of them.
        real, noise: Arrays (n, ...), or functions of n that return them.
    """

    generator: Any
    discriminator: Any
    real: Any
    noise: Any


@dataclasses.dataclass
class Gan:
    """Networks, samplers and, if the clinic should watch, a training step.

    Attributes:
        held_out: Real samples (m, ...) on which D is not trained.
        step: As for `training.fit`, best a `tf.function`; returns (d_loss, g_loss).
    """

    generator: Any
    discriminator: Any
    real: Any
    noise: Any
    held_out: Any = None
    step: Any = None


@dataclasses.dataclass(frozen=True)
class Examination:
    """What `examine` found, and in words what it could not judge."""

    findings: list[Finding]
    not_judged: dict[str, str]

    def __str__(self) -> str:
        lines = [f"- {finding}" for finding in self.findings] or ["- nothing found"]
        by_reason: dict[str, list[str]] = {}
        for name, reason in self.not_judged.items():
            by_reason.setdefault(reason, []).append(name)
        lines += [f"? {', '.join(n)}: {reason}" for reason, n in by_reason.items()]
        return "\n".join(lines)

    __repr__ = __str__


class Watch:
    """Takes a `Reading` of a GAN at each call; may be the `snapshot` of a training."""

    def __init__(self, gan: GanLike):
        self.gan: Any = gan
        self.real = draw(gan.real, N_LOOKED_AT, "real")
        self.noise = draw(gan.noise, N_LOOKED_AT, "noise")
        self.held_out = getattr(gan, "held_out", None)
        if self.held_out is not None:
            self.held_out = draw(self.held_out, N_LOOKED_AT, "held_out")
        self._look = tf.function(self._look_at)
        self._weights = self._copy_weights()

    def __call__(self) -> Reading:
        tensors = self._look(tf.constant(self.real), tf.constant(self.noise))
        found = {name: tensor.numpy() for name, tensor in tensors.items()}
        before, self._weights = self._weights, self._copy_weights()
        moved = [
            None if new is None else float(np.linalg.norm(new - old))
            for old, new in zip(before, self._weights, strict=True)
        ]
        if self.held_out is not None:
            held_out = self._answer(tf.constant(self.held_out))
            found["held_out_logits"] = held_out.numpy()
        return Reading(**found, g_moved=moved[0], d_moved=moved[1])

    def _look_at(self, real, noise):
        fake = tf.cast(self.gan.generator(noise), real.dtype)
        with tf.GradientTape() as tape:
            tape.watch(fake)
            fake_logits = self._answer(fake)
        slope = tape.gradient(fake_logits, fake)
        found = {
            "fake_points": fake,
            "real_logits": self._answer(real),
            "fake_logits": fake_logits,
        }
        if slope is not None:
            flat = tf.reshape(slope, (tf.shape(slope)[0], -1))
            found["slope"] = tf.norm(flat, axis=1)
        if looks_at_the_batch(self.gan.discriminator):
            both = self._in_training(tf.concat([fake, real], axis=0))
            found["mixed_logits"], found["mixed_real_logits"] = (
                both[: tf.shape(fake)[0]],
                both[tf.shape(fake)[0] :],
            )
            found["fake_logits"] = self._in_training(fake)
            found["real_logits"] = self._in_training(real)
        else:
            found["mixed_logits"] = found["fake_logits"]
        return found

    def _answer(self, samples):
        return as_logits(self.gan.discriminator(samples), self.gan.discriminator)

    def _in_training(self, samples):
        answers = call_quietly(self.gan.discriminator, samples)
        return as_logits(answers, self.gan.discriminator)

    def _copy_weights(self):
        return [
            np.concatenate([np.ravel(w.numpy()) for w in weights]) if weights else None
            for weights in (
                [w for w in getattr(network, "weights", []) if _is_trained(w)]
                for network in (self.gan.generator, self.gan.discriminator)
            )
        ]


def _is_trained(weight) -> bool:
    # By name: a frozen network's `trainable_variables` would be empty.
    return "moving" not in weight.name and "seed" not in weight.name


def looks_at_the_batch(network) -> bool:
    """Whether D has a layer that normalises by the batch."""
    layers: list = getattr(network, "_flatten_layers", list)()
    return any(type(layer).__name__ == "BatchNormalization" for layer in layers)


def as_logits(answers, network):
    """D's answers (n, 1), or (n, 2) for generated and real, as logits (n,)."""
    layers: list = getattr(network, "layers", None) or [network]
    activation = getattr(getattr(layers[-1], "activation", None), "__name__", "")
    if activation in ("sigmoid", "softmax"):
        answers = tf.math.log(tf.clip_by_value(answers, 1e-7, 1 - 1e-7))
        if activation == "sigmoid":
            answers -= tf.math.log(-tf.math.expm1(answers))
    if len(answers.shape) == 2 and answers.shape[1] == 2:
        return answers[:, 1] - answers[:, 0]
    axes = list(range(1, len(answers.shape)))  # a patch D gives many answers
    return tf.reduce_mean(answers, axis=axes) if axes else answers


def draw(source, n: int, name: str) -> np.ndarray:
    """n samples of an array or a function of n, float32."""
    samples = np.asarray(source(n) if callable(source) else source)[:n]
    if samples.ndim < 2 or not len(samples):
        raise ValueError(
            f"{name} has shape {samples.shape}, expected (n, ...) with n from 1. "
            "Pass an array of samples, or a function of n that returns one."
        )
    return samples.astype(np.float32)


def examine(run=None, gan: GanLike | None = None, *, features=None, iterations=1000):
    """What ails a GAN, with evidence; and in words what cannot be judged without more.

    `examine(history)` reads the losses, and snapshots if they are generated samples or
    the readings of a `Watch`. `examine(history, gan)` looks at the networks as well.
    `examine(gan=gan)` with a `step` trains the GAN, and looks a few times on the way.

    Args:
        run: A `training.History`, or a pair (d_loss, g_loss) of losses in any number
            type; anything may be missing, empty, or not finite.
        gan: A `Gan` or anything like it.
        features: Samples (n, ...) to features (n, d), or to those and class
            probabilities (n, k), as `classifiers.classify` gives them.
        iterations: For how long to watch a GAN that has a step.

    Returns:
        An `Examination`.

    Raises:
        ValueError: There is neither a run nor a GAN, or its losses are no numbers.
    """
    if run is None and gan is None:
        raise ValueError("Nothing to examine: pass a History, a clinic.Gan, or both.")
    watch = None if gan is None else Watch(gan)
    if run is None and watch and getattr(gan, "step", None) is not None:
        run = watch_training(watch, iterations)
    chart = make_chart(run, None if watch is None else watch.real)
    if watch is not None:
        end = int(chart.iteration[-1]) + 1 if len(chart.iteration) else 0
        if not chart.readings or chart.readings[-1][1].real_logits is None:
            last = dataclasses.replace(watch(), d_moved=None, g_moved=None)
            chart.readings.append((end, last))
        if features is not None:
            add_features(chart, features)
    return Examination(*read_chart(chart))


def make_chart(run, real=None) -> Chart:
    """A chart of a history, a pair of losses, or nothing."""
    losses: Any
    snapshots: list = []
    if run is None:
        losses, iteration = ([], []), None
    elif hasattr(run, "d_loss"):
        losses, iteration = (run.d_loss, run.g_loss), getattr(run, "iteration", None)
        snapshots = getattr(run, "snapshots", None) or []
    else:
        losses, iteration = run, None
    d_loss, g_loss = map(as_losses, losses)
    n = min(len(d_loss), len(g_loss))
    numbers = np.arange(n) if iteration is None else np.ravel(iteration)[:n]
    if len(numbers) < n:
        numbers = np.arange(n)
    if real is None:
        real = getattr(run, "real_points", None)
    readings = [
        (int(number), reading)
        for number, reading in ((i, as_reading(one, real)) for i, one in snapshots)
        if reading is not None
    ]
    return Chart(numbers, d_loss[:n], g_loss[:n], readings, real)


def as_reading(snapshot, real) -> Reading | None:
    """A snapshot as a reading: one already, or generated samples like the real ones."""
    if isinstance(snapshot, Reading):
        return snapshot
    shape = getattr(snapshot, "shape", None)
    if real is None or shape is None or len(shape) != real.ndim:
        return None
    if tuple(shape[1:]) != real.shape[1:]:
        return None
    return Reading(fake_points=np.asarray(snapshot, np.float32))


def add_features(chart: Chart, features) -> None:
    """Features and class shares of the real samples and of the last generated ones."""
    found = [features(some) for some in (chart.real, chart.values("fake_points")[-1])]
    if isinstance(found[0], tuple):
        shares = [
            np.bincount(np.argmax(p, axis=1), minlength=p.shape[1]) / len(p)
            for _, p in found
        ]
        chart.classes = (shares[0], shares[1])
        found = [one for one, _ in found]
    chart.features = (np.asarray(found[0]), np.asarray(found[1]))


@dataclasses.dataclass
class Watched:
    """A watched run, as a history."""

    iteration: np.ndarray
    d_loss: np.ndarray
    g_loss: np.ndarray
    snapshots: list


def watch_training(watch: Watch, iterations: int) -> Watched:
    """Train `iterations` steps, with at most `LOOKS` looks and `LOOK_SHARE` of time."""
    every = max(1, iterations // LOOKS)
    losses, snapshots, trained, looked = [], [(0, watch())], 0.0, 0.0
    for i in range(iterations):
        start = time.perf_counter()
        losses.append([float(loss) for loss in watch.gan.step(tf.constant(i))])
        trained += time.perf_counter() - start
        if not np.isfinite(losses[-1]).all():
            break
        if (i + 1) % every == 0 and looked <= LOOK_SHARE * trained:
            start = time.perf_counter()
            snapshots.append((i + 1, watch()))
            looked += time.perf_counter() - start
    if snapshots[-1][0] < len(losses):
        snapshots.append((len(losses), watch()))
    d_loss, g_loss = np.reshape(losses, (-1, 2)).T
    return Watched(np.arange(len(d_loss)), d_loss, g_loss, snapshots)


def diagnose(history) -> list[Finding]:
    """The findings on a history whose snapshots are readings; see `examine`."""
    return read_chart(make_chart(history))[0]
