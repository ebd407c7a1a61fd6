"""What a patient of the clinic is made of: a recipe, its data and its two networks."""

import dataclasses

import keras
import numpy as np
from keras import layers

from gan_helpers.data import point_sets

N_NOISE = 8  # dimensions of the noise, standard normal
N_UNITS = 64  # units of a hidden layer
N_BATCH = 256  # real points in a step, and as many generated ones
N_POINTS = 20_000


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How a GAN on 2-D points is built and trained. The default one is healthy.

    Attributes:
        data: Which points: one of `point_sets.NAMES`.
        loss: "minimax", "non-saturating" or "wasserstein".
        d_rate, g_rate: Learning rates of Adam.
        momentum: Adam's beta_1, from 0 to below 1.
        d_steps, g_steps: Steps of each network in one iteration.
        real_label: What D should answer for real points; smoothing makes it 0.9.
        penalty: Weight of the penalty on D's slope: the gradient penalty for the
            Wasserstein loss, R1 for the others. 0 leaves it out.
        safe_root: Whether the square root in |slope| is kept away from 0.
        zero_start: Whether the kernel of D's last layer starts at 0.
        normalise: What normalises D's hidden layers: None, "batch" or "layer".
        mixed: Whether D trains on real and generated points in one batch.
        loop: "tape"; or Keras' stacked models, "frozen" (as in most old tutorials) or
            "toggled" (`trainable` set around every call).
        iterations: How long it trains.
    """

    data: str = "ring of 8"
    loss: str = "non-saturating"
    d_rate: float = 2e-3
    g_rate: float = 1e-3
    momentum: float = 0.5
    d_steps: int = 1
    g_steps: int = 1
    real_label: float = 1.0
    penalty: float = 0.1
    safe_root: bool = True
    zero_start: bool = False
    normalise: str | None = None
    mixed: bool = False
    loop: str = "tape"
    iterations: int = 3000


def point_set(name: str) -> point_sets.PointSet:
    """The standardised points called `name`, always the same."""
    # float32, because with it data/clinic.csv was measured.
    return point_sets.make_named(name, n=N_POINTS, dtype=np.float32)


def make_patient_generator() -> keras.Model:
    """Noise (n, 8) to points (n, 2)."""
    return keras.Sequential(
        [
            keras.Input((N_NOISE,)),
            layers.Dense(N_UNITS, activation="relu"),
            layers.Dense(N_UNITS, activation="relu"),
            layers.Dense(2),
        ],
        name="generator",
    )


def make_patient_discriminator(recipe: Recipe) -> keras.Model:
    """Points (n, 2) to logits (n, 1)."""
    normalisation = {
        None: list,
        "batch": lambda: [layers.BatchNormalization()],
        "layer": lambda: [layers.LayerNormalization()],
    }[recipe.normalise]
    hidden = []
    for _ in range(2):
        hidden += [layers.Dense(N_UNITS), *normalisation()]
        hidden.append(layers.LeakyReLU(negative_slope=0.2))
    start = "zeros" if recipe.zero_start else "glorot_uniform"
    last = layers.Dense(1, kernel_initializer=start)
    return keras.Sequential([keras.Input((2,)), *hidden, last], name="discriminator")
