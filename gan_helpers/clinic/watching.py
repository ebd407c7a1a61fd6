"""Watching anyone's GAN: readings of its networks, also while it is trained."""

import dataclasses
import time
from collections.abc import Callable
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf

from gan_helpers.clinic.chart import Reading
from gan_helpers.training import History, call_quietly

LOOKS = 12  # in a watched run
LOOK_SHARE = 0.1  # of the training's time, at most, once both are compiled
N_LOOKED_AT = 256

Network = Callable  # of a batch; a Keras model is one
Samples = np.ndarray | Callable[[int], np.ndarray]


class GanLike(Protocol):
    """What `examine` asks of a GAN. `Gan` is one; anything with these names will do.

    Attributes:
        generator, discriminator: Called on a batch; D gives (n, 1), logits or scores,
            or what a last sigmoid or softmax makes of them.
        real, noise: Arrays (n, ...), or functions of n that return them.
    """

    @property
    def generator(self) -> Network: ...
    @property
    def discriminator(self) -> Network: ...
    @property
    def real(self) -> Samples: ...
    @property
    def noise(self) -> Samples: ...


@dataclasses.dataclass
class Gan:
    """Networks, samplers and, if the clinic should watch, a training step.

    Attributes:
        held_out: Real samples (m, ...) on which D is not trained.
        step: As for `training.fit`, best a `tf.function`; returns (d_loss, g_loss).
    """

    generator: Network
    discriminator: Network
    real: Samples
    noise: Samples
    held_out: Samples | None = None
    step: Callable | None = None


class Watch:
    """Takes a `Reading` of a GAN at each call; may be the `snapshot` of a training."""

    def __init__(self, gan: GanLike):
        self.gan = gan
        self.real = draw_samples(gan.real, N_LOOKED_AT, "real")
        self.noise = draw_samples(gan.noise, N_LOOKED_AT, "noise")
        self.held_out = getattr(gan, "held_out", None)
        if self.held_out is not None:
            self.held_out = draw_samples(self.held_out, N_LOOKED_AT, "held_out")
        self._look = tf.function(self._look_at)
        self._draw_fake(1)
        gan.discriminator(tf.constant(self.real[:1]))  # both have weights from now on
        self._weights = self._copy_weights()

    def __call__(self) -> Reading:
        fake = self._draw_fake(len(self.noise))
        tensors = self._look(tf.constant(self.real), tf.constant(fake))
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

    def _draw_fake(self, n: int) -> np.ndarray:
        fake = self.gan.generator(tf.constant(self.noise[:n]))
        shape = getattr(fake, "shape", None)
        if shape is None or tuple(shape) != (n, *self.real.shape[1:]):
            raise ValueError(
                f"The generator made {shape or type(fake).__name__} of {n} noise "
                f"vectors, expected {(n, *self.real.shape[1:])} as the real samples "
                "have. Pass a function that returns the samples alone."
            )
        return np.asarray(fake, np.float32)

    def _look_at(self, real: tf.Tensor, fake: tf.Tensor) -> dict[str, tf.Tensor]:
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

    def _answer(self, samples: tf.Tensor) -> tf.Tensor:
        return as_logits(self.gan.discriminator(samples), self.gan.discriminator)

    def _in_training(self, samples: tf.Tensor) -> tf.Tensor:
        answers = call_quietly(self.gan.discriminator, samples)
        return as_logits(answers, self.gan.discriminator)

    def _copy_weights(self) -> list[np.ndarray | None]:
        return [
            np.concatenate([np.ravel(w.numpy()) for w in weights]) if weights else None
            for weights in (
                [w for w in _weights_of(network) if _is_trained(w)]
                for network in (self.gan.generator, self.gan.discriminator)
            )
        ]


def _weights_of(network: Network) -> list:
    return getattr(network, "weights", None) or getattr(network, "variables", [])


def _is_trained(weight: keras.Variable | tf.Variable) -> bool:
    # By name: a frozen network's `trainable_variables` would be empty.
    return "moving" not in weight.name and "seed" not in weight.name


def looks_at_the_batch(network: Network) -> bool:
    """Whether D has a layer that normalises by the batch."""
    layers: list = getattr(network, "_flatten_layers", list)()
    return any(type(layer).__name__ == "BatchNormalization" for layer in layers)


def as_logits(answers: tf.Tensor, network: Network) -> tf.Tensor:
    """D's answers (n, 1), or (n, 2) for generated and real, as logits (n,)."""
    answers = tf.cast(answers, tf.float32)  # 1 - 1e-7 is 1 in half precision
    layers: list = [network]
    while getattr(layers[-1], "layers", None):
        layers = layers[-1].layers
    activation = getattr(getattr(layers[-1], "activation", None), "__name__", "")
    if activation in ("sigmoid", "softmax"):
        answers = tf.math.log(tf.clip_by_value(answers, 1e-7, 1 - 1e-7))
        if activation == "sigmoid":
            answers -= tf.math.log(-tf.math.expm1(answers))
    if len(answers.shape) == 2 and answers.shape[1] == 2:
        return answers[:, 1] - answers[:, 0]
    axes = list(range(1, len(answers.shape)))  # a patch D gives many answers
    return tf.reduce_mean(answers, axis=axes) if axes else answers


def draw_samples(source: Samples, n: int, name: str) -> np.ndarray:
    """n samples of an array, evenly over it, or of a function of n; float32."""
    samples = np.asarray(source(n) if callable(source) else source)
    if not np.isfinite(samples.astype(np.float64)).all():
        raise ValueError(f"{name} has values that are not finite. Mend the data first.")
    if samples.ndim and len(samples) > n:  # the first ones may be of one class
        samples = samples[np.linspace(0, len(samples) - 1, n).astype(int)]
    if samples.ndim < 2 or not len(samples):
        raise ValueError(
            f"{name} has shape {samples.shape}, expected (n, ...) with n from 1. "
            "Pass an array of samples, or a function of n that returns one."
        )
    return samples.astype(np.float32)


def watch_training(watch: Watch, step: Callable, iterations: int) -> History:
    """Train `iterations` steps, with at most `LOOKS` looks and `LOOK_SHARE` of time."""
    every = max(1, iterations // LOOKS)
    losses, snapshots, trained, looked = [], [(0, watch())], 0.0, 0.0
    for i in range(iterations):
        start = time.perf_counter()
        losses.append(both_losses(step(tf.constant(i))))
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
    return History(np.arange(len(d_loss)), d_loss, g_loss, snapshots)


def both_losses(losses: Any) -> list[float]:
    """What a step returned, as D's loss and G's."""
    pair = [float(loss) for loss in losses] if np.iterable(losses) else []
    if len(pair) != 2:
        raise ValueError(
            f"The step returned {type(losses).__name__} of {len(pair)}, expected a "
            "pair (d_loss, g_loss), as for `training.fit`."
        )
    return pair
