"""What a GAN of clinic_wide.py is made of: its setting and its samples."""

import dataclasses
import functools

import numpy as np

from gan_helpers import data
from gan_helpers.data import point_sets
from gan_helpers.pixels import scale_bytes

NOISE = 8
N_TRAIN, N_HELD_OUT, N_FAKE = 16_000, 4_000, 4_000
N_PICTURES = 8_000  # of the 10,000 that come with the course; the others are held out
WITH_LABELS = ("saturating", "non-saturating")


@dataclasses.dataclass(frozen=True)
class Setting:
    """One GAN but for its seed. What is not named means what it does in a `Recipe`.

    Attributes:
        data: A name of `point_sets.NAMES`, "32 numbers" or "clothes".
        optimizer: "Adam" or "SGD", of rates times 20.
        width: Units of a hidden layer; of pictures, G's feature maps at 14 by 14.
        unit: What the points are multiplied by. Networks have this unit, too.
        penalty: Weight of `penalises`, a key of `losses.PENALTIES`.
        batch_norm: Whether D's hidden layers normalise by the batch.
        frozen: Whether D's step is left out.
        dead: Whether D's last hidden units never fire.
        n_train: On so many real samples alone.
        shown: The share of the modes that the loader brings.
        low: What G's pictures begin at, -1 being right.
    """

    data: str = "ring of 8"
    loss: str = "non-saturating"
    optimizer: str = "Adam"
    momentum: float = 0.5
    d_rate: float = 2e-3
    g_rate: float = 1e-3
    d_steps: int = 1
    g_steps: int = 1
    batch: int = 128
    width: int = 48
    unit: float = 1.0
    penalises: str = "R1"
    penalty: float = 0.05
    real_label: float = 1.0
    safe_root: bool = True
    zero_start: bool = False
    batch_norm: bool = False
    mixed: bool = False
    frozen: bool = False
    dead: bool = False
    n_train: int | None = None
    shown: float = 1.0
    low: float = -1.0
    iterations: int = 2000

    @property
    def pictures(self) -> bool:
        return self.data == "clothes"


@functools.cache
def real_samples(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Samples to train on and others, float32, in units of their deviation."""
    if name == "clothes":
        images = data.load_fashion_mnist(split="test", source="bundled").images
        return tuple(np.split(scale_bytes(images.astype(np.float32)), [N_PICTURES]))
    if name == "32 numbers":
        rng = np.random.default_rng(0)
        samples = rng.normal(size=(N_TRAIN + N_HELD_OUT, 32)).astype(np.float32)
    else:
        samples = point_sets.make_named(name, n=N_TRAIN + N_HELD_OUT).points
    return samples[:N_TRAIN], samples[N_TRAIN:]


def mode_of(setting: Setting, samples: np.ndarray) -> np.ndarray:
    """The number of each sample's mode, (n,)."""
    centres = point_sets.make_named(setting.data, n=N_TRAIN + N_HELD_OUT).centres
    return np.linalg.norm(samples[:, None] - centres, axis=2).argmin(axis=1)


def training_samples(setting: Setting) -> np.ndarray:
    """The real samples that D's steps draw from, in units of their deviation."""
    samples, _ = real_samples(setting.data)
    if setting.n_train:
        return samples[: setting.n_train]
    if setting.shown < 1:
        modes = mode_of(setting, samples)
        return samples[modes < setting.shown * (modes.max() + 1)]
    return samples
