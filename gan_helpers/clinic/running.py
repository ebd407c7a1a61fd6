"""Trains the clinic's patients, and looks at both networks on the way."""

import dataclasses
import functools

import keras
import numpy as np
import tensorflow as tf

from gan_helpers import environment, settings, training
from gan_helpers.clinic.chart import Reading
from gan_helpers.clinic.recipes import (
    N_NOISE,
    Recipe,
    make_patient_discriminator,
    make_patient_generator,
    point_set,
)
from gan_helpers.clinic.steps import losses_of, make_keras_step, make_patient_step

READINGS = 60  # about so many in one training, evenly spread
N_PROBE = 512  # real points in a reading, and as many generated ones
N_FINAL = 4096  # generated points at the end


@dataclasses.dataclass
class ClinicHistory(training.History):
    """A `training.History` whose snapshots are readings, and what to compare with.

    Attributes:
        loss: The recipe's loss.
        real_points: (N_PROBE, 2) the real points of the readings.
        fake_points: (N_FINAL, 2) from the generator as it is at the end.
    """

    snapshots: list[tuple[int, Reading]]
    loss: str
    real_points: np.ndarray
    fake_points: np.ndarray


def train(
    recipe: Recipe, *, seed: int = 0, iterations: int | None = None
) -> ClinicHistory:
    """Train a new patient; stops early when a loss is no longer finite.

    A recipe is compiled once and serves all seeds, so the first run takes longer.

    Args:
        seed: Decides the first weights, the batches and the noise.
        iterations: Instead of the recipe's own number.

    Returns:
        A `ClinicHistory`.

    Raises:
        ValueError: Keras' global policy is not float32.
    """
    environment.check_policy()
    n_steps = recipe.iterations if iterations is None else iterations
    if recipe.loop == "tape":
        patient = _compiled(recipe, jit_compile=n_steps >= training.WORTH_COMPILING)
    else:
        patient = _Patient(recipe)
    patient.reset(seed)
    every = max(1, min(100, n_steps // READINGS))
    losses, snapshots = [np.zeros((0, 2))], []
    for start in range(0, n_steps, every):
        snapshots.append((start, patient.read()))
        losses.append(patient.run(start, min(every, n_steps - start)))
        if not np.isfinite(losses[-1]).all():
            break
    d_loss, g_loss = np.concatenate(losses).T
    snapshots.append((len(d_loss), patient.read()))
    return ClinicHistory(
        iteration=np.arange(len(d_loss)),
        d_loss=d_loss,
        g_loss=g_loss,
        snapshots=snapshots,
        loss=recipe.loss,
        real_points=patient.real_points,
        fake_points=patient.generate(),
    )


class _Patient:
    """Two networks, their optimizers and their compiled step."""

    def __init__(self, recipe: Recipe, *, jit_compile: bool = False):
        self.recipe = recipe
        self.generator = make_patient_generator()
        self.discriminator = make_patient_discriminator(recipe)
        self.seed = tf.Variable(0)
        self.real_points = point_set(recipe.data).points[:N_PROBE]
        rng = np.random.default_rng(1)
        self.noise = rng.normal(size=(N_FINAL, N_NOISE)).astype(np.float32)
        self.optimizers = [
            keras.optimizers.Adam(rate, beta_1=recipe.momentum)
            for rate in (recipe.g_rate, recipe.d_rate)
        ]
        self.examine = tf.function(self._examine)
        make_step = make_patient_step if recipe.loop == "tape" else make_keras_step
        networks = self.generator, self.discriminator
        step = make_step(recipe, *networks, self.optimizers, self.seed)
        if recipe.loop != "tape":
            self.run = lambda start, n: np.array([step(start + i) for i in range(n)])
            return
        for optimizer, network in zip(self.optimizers, networks, strict=True):
            optimizer.build(network.trainable_variables)
        self.run = training.compile_loop(step, jit_compile=jit_compile)

    def reset(self, seed: int) -> None:
        """New weights by the seed, and optimizers as they were at the start."""
        settings.set_seed(seed)
        self.seed.assign(seed)
        self.generator.set_weights(make_patient_generator().get_weights())
        self.discriminator.set_weights(
            make_patient_discriminator(self.recipe).get_weights()
        )
        for optimizer in self.optimizers:
            for variable in optimizer.variables:
                if variable is not optimizer._learning_rate:
                    variable.assign(tf.zeros_like(variable))
        self._weights = self._copy_weights()

    def read(self) -> Reading:
        fields = [tensor.numpy() for tensor in self.examine()]
        before, self._weights = self._weights, self._copy_weights()
        g_moved, d_moved = (
            float(np.linalg.norm(new - old))
            for old, new in zip(before, self._weights, strict=True)
        )
        fields[6:6] = [d_moved, g_moved]
        return Reading(*fields)

    def generate(self) -> np.ndarray:
        return self.generator(self.noise).numpy()

    def _copy_weights(self) -> list[np.ndarray]:
        # By layer: a frozen network's `trainable_variables` would be empty.
        return [
            np.concatenate(
                [w.numpy().ravel() for w in network.weights if "moving" not in w.name]
            )
            for network in (self.generator, self.discriminator)
        ]

    def _examine(self) -> tuple[tf.Tensor, ...]:
        fake_points = self.generator(self.noise[:N_PROBE])
        real_logits = training.call_quietly(self.discriminator, self.real_points)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(fake_points)
            fake_logits = training.call_quietly(self.discriminator, fake_points)
            _, g_loss = losses_of(self.recipe, real_logits, fake_logits)
            g_loss *= N_PROBE
        slope, pull = (
            tf.norm(tape.gradient(target, fake_points), axis=1)
            for target in (fake_logits, g_loss)
        )
        mixed = tf.concat([fake_points, self.real_points], axis=0)
        both = training.call_quietly(self.discriminator, mixed)
        mixed_logits, mixed_real = both[:N_PROBE], both[N_PROBE:]
        logits = [x[:, 0] for x in (real_logits, fake_logits, mixed_logits)]
        return fake_points, *logits, slope, pull, mixed_real[:, 0]


@functools.cache
def _compiled(recipe: Recipe, *, jit_compile: bool) -> _Patient:
    return _Patient(recipe, jit_compile=jit_compile)
