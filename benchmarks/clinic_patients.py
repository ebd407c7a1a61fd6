"""GANs on which the clinic's thresholds were not set: networks, steps and runs.

Nothing here is the clinic's own but its `Watch`, which takes the readings, as it does
for anyone's GAN. clinic_wide.py says which of them are trained.
"""

import dataclasses
import functools

import keras
import numpy as np
import tensorflow as tf
from clinic_setting import (
    N_FAKE,
    NOISE,
    WITH_LABELS,
    Setting,
    real_samples,
    training_samples,
)
from keras import layers

from gan_helpers import clinic, losses, settings, training
from gan_helpers.clinic.watching import LOOKS
from gan_helpers.training import call_quietly, update

LOSSES = {
    "saturating": losses.minimax,
    "non-saturating": losses.non_saturating,
    "hinge": losses.hinge,
    "least squares": losses.least_squares,
    "Wasserstein": losses.wasserstein,
    "relativistic": losses.relativistic,
}


def make_generator(setting: Setting):
    """Noise (n, 8) to samples."""
    if setting.pictures:
        w = setting.width
        half = (1 - setting.low) / 2  # tanh's -1 to 1 becomes low to 1
        maps = [
            layers.Dense(7 * 7 * 2 * w, activation="relu"),
            layers.Reshape((7, 7, 2 * w)),
            layers.Conv2DTranspose(w, 4, 2, padding="same", activation="relu"),
            layers.Conv2DTranspose(1, 4, 2, padding="same", activation="tanh"),
            layers.Rescaling(half, 1 - half),
        ]
        return keras.Sequential([keras.Input((NOISE,)), *maps], name="generator")
    hidden = [layers.Dense(setting.width, activation="relu") for _ in range(2)]
    last = layers.Dense(real_samples(setting.data)[0].shape[1])
    unit = layers.Rescaling(setting.unit)
    return keras.Sequential([keras.Input((NOISE,)), *hidden, last, unit], name="G")


def make_discriminator(setting: Setting):
    """Samples to logits (n, 1)."""
    shape = real_samples(setting.data)[0].shape[1:]
    hidden: list = []
    for k in (1, 2):
        hidden.append(
            layers.Conv2D(setting.width // 2 * k, 4, 2, padding="same")
            if setting.pictures
            else layers.Dense(setting.width)
        )
        if setting.batch_norm:
            hidden.append(layers.BatchNormalization())
        hidden.append(layers.LeakyReLU(negative_slope=0.2))
    if setting.pictures:
        hidden.append(layers.Flatten())
    if setting.dead:
        off = keras.initializers.Constant(-1e3)
        hidden.append(layers.Dense(16, activation="relu", bias_initializer=off))
    start = "zeros" if setting.zero_start else "glorot_uniform"
    last = layers.Dense(1, kernel_initializer=start)
    unit = layers.Rescaling(1 / setting.unit)
    return keras.Sequential([keras.Input(shape), unit, *hidden, last], name="D")


def make_optimizer(setting: Setting, rate: float):
    if setting.optimizer == "SGD":
        return keras.optimizers.SGD(20 * rate, momentum=setting.momentum)
    return keras.optimizers.Adam(rate, beta_1=setting.momentum)


def losses_of(setting: Setting, real_logits, fake_logits):
    label = [setting.real_label] if setting.loss in WITH_LABELS else []
    return LOSSES[setting.loss](real_logits, fake_logits, *label)


def make_draw(setting: Setting, seed):
    """A function of (iteration, turn) that gives real samples and noise."""
    samples, shape = tf.constant(training_samples(setting)), (setting.batch, NOISE)

    def draw(iteration, turn):
        pair = [seed, iteration * 100 + turn]
        rows = tf.random.stateless_uniform(
            shape[:1], pair, 0, len(samples), tf.int32, alg="philox"
        )
        noise = tf.random.stateless_normal(shape, pair, alg="philox")
        return setting.unit * tf.gather(samples, rows), noise

    return draw


def penalty_of(setting: Setting, discriminator, real, fake, pair):
    """The weighed penalty, of D's slope in the data's deviation, not in its unit."""
    penalise = losses.PENALTIES[setting.penalises]
    if setting.penalises == "gradient penalty" and not setting.safe_root:
        penalise = functools.partial(penalise, epsilon=0.0)
    return setting.penalty * penalise(
        lambda some: call_quietly(discriminator, setting.unit * some),
        real / setting.unit,
        fake / setting.unit,
        pair,
    )


def make_step(setting: Setting, networks, optimizers, seed):
    """One iteration; pairs are (G's, D's), `seed` is a variable."""
    (generator, discriminator), (g_optimizer, d_optimizer) = networks, optimizers
    draw = make_draw(setting, seed)

    def d_step(iteration, turn):
        real, noise = draw(iteration, turn)
        fake = generator(noise)
        with tf.GradientTape() as tape:
            if setting.mixed:
                both = discriminator(tf.concat([real, fake], axis=0), training=True)
                logits = tf.split(both, 2)
            else:
                logits = [discriminator(some, training=True) for some in (real, fake)]
            d_loss, _ = losses_of(setting, *logits)
            total = d_loss
            if setting.penalty:
                pair = [seed, iteration * 100 + 99]
                total += penalty_of(setting, discriminator, real, fake, pair)
        if not setting.frozen:
            update(d_optimizer, tape, total, discriminator)
        return d_loss

    def g_step(iteration, turn):
        real, noise = draw(iteration, 50 + turn)
        with tf.GradientTape() as tape:
            fake_logits = call_quietly(discriminator, generator(noise))
            real_logits = call_quietly(discriminator, real)
            _, g_loss = losses_of(setting, real_logits, fake_logits)
        update(g_optimizer, tape, g_loss, generator)
        return g_loss

    def step(iteration):
        for turn in range(setting.d_steps):
            d_loss = d_step(iteration, turn)
        for turn in range(setting.g_steps):
            g_loss = g_step(iteration, turn)
        return d_loss, g_loss

    return step


class Patient:
    """Two networks and a compiled step, which serve all seeds of a setting."""

    def __init__(self, setting: Setting):
        self.setting, self.seed = setting, tf.Variable(0)
        self.make = lambda: (make_generator(setting), make_discriminator(setting))
        self.networks = self.make()
        rates = setting.g_rate, setting.d_rate
        self.optimizers = [make_optimizer(setting, rate) for rate in rates]
        for optimizer, network in zip(self.optimizers, self.networks, strict=True):
            optimizer.build(network.trainable_variables)
        self.start = [[v.numpy() for v in o.variables] for o in self.optimizers]
        step = make_step(setting, self.networks, self.optimizers, self.seed)
        # XLA is wrong for convolutions on a CPU.
        self.run = training.compile_loop(step, jit_compile=not setting.pictures)

    def reset(self, seed: int) -> None:
        """Everything that a run depends on."""
        settings.set_seed(seed)
        self.seed.assign(seed)
        for network, new in zip(self.networks, self.make(), strict=True):
            network.set_weights(new.get_weights())
        for optimizer, values in zip(self.optimizers, self.start, strict=True):
            for variable, value in zip(optimizer.variables, values, strict=True):
                variable.assign(value)

    def watch(self) -> clinic.Watch:
        """As its owner would have it watched: the whole data set, and some held out."""
        setting = self.setting
        whole, held_out = real_samples(setting.data)
        shown = training_samples(setting) if setting.n_train else whole
        noise = np.random.default_rng(1).normal(size=(N_FAKE, NOISE))
        return clinic.Watch(
            clinic.Gan(
                *self.networks,
                setting.unit * shown,
                noise.astype(np.float32),
                held_out=setting.unit * held_out,
            )
        )


make_patient = functools.cache(Patient)  # compiling takes longer than many a run


@dataclasses.dataclass
class Watched(training.History):
    """A watched run.

    Attributes:
        real_points: The real samples of the readings, as `clinic.examine` wants them.
        fake: (n, ...) generated at the end, in units of the data's deviation.
        d_right: (3,) share of training, of held-out and of generated samples that D
            takes for what they are: real above its loss's middle.
    """

    real_points: np.ndarray
    fake: np.ndarray
    d_right: np.ndarray


def train(setting: Setting, seed: int) -> Watched:
    """One run, which ends where a loss is not finite."""
    patient = make_patient(setting)
    patient.reset(seed)
    watch = patient.watch()
    every = max(1, setting.iterations // LOOKS)
    found, snapshots = [], [(0, watch())]
    for start in range(0, setting.iterations, every):
        n = min(every, setting.iterations - start)
        for begin in range(0, n, training.LOOP_STEPS):
            some = min(training.LOOP_STEPS, n - begin)
            found.append(patient.run(start + begin, some))
        if not np.isfinite(found[-1]).all():
            break
        snapshots.append((start + n, watch()))
    d_loss, g_loss = np.concatenate(found).T
    generator, discriminator = patient.networks
    n_fake = 1000 if setting.pictures else N_FAKE
    fake = generator(watch.gan.noise[:n_fake]).numpy()
    samples = training_samples(setting)[:1000], real_samples(setting.data)[1][:1000]
    middle = 0.5 if setting.loss == "least squares" else 0.0
    signs = [
        np.mean(discriminator(some).numpy() > middle)
        for some in (*(setting.unit * one for one in samples), fake[:1000])
    ]
    return Watched(
        np.arange(len(d_loss)),
        d_loss,
        g_loss,
        snapshots,
        watch.real,
        fake / setting.unit,
        np.array([*signs[:2], 1 - signs[2]]),
    )
