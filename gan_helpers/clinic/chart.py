"""What the clinic knows of a run: losses, readings, and samples on one scale."""

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

THUMBNAIL = 8  # pictures are judged by thumbnails of at most 8 x 8 cells
FEWEST = 20  # samples of a kind below which nothing is said about them


@dataclasses.dataclass(frozen=True)
class Finding:
    """A symptom's name, its evidence in words with numbers, and its limit's origin."""

    name: str
    evidence: str
    threshold: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.evidence}"


class CannotJudge(Exception):
    """A symptom lacks something; the text says what to pass."""


@dataclasses.dataclass
class Reading:
    """What one look at both networks finds; None for what was not looked at.

    Attributes:
        fake_points: (n, ...) from the same noise in all readings.
        real_logits: (n,) D's logits of real points in a batch of their own.
        fake_logits: (n,) D's logits of `fake_points` in a batch of their own.
        mixed_logits: (n,) the same when real points join the batch.
        slope: (n,) size of the gradient of D's logit at each of `fake_points`.
        pull: (n,) size of the gradient of G's loss there; G learns from nothing else.
        d_moved, g_moved: Euclidean distance that the network's trained weights have
            moved since the reading before.
        mixed_real_logits: (n,) D's logits of the real points in that mixed batch.
        held_out_logits: (m,) D's logits of real samples that it never trained on.
    """

    fake_points: Any = None
    real_logits: Any = None
    fake_logits: Any = None
    mixed_logits: Any = None
    slope: Any = None
    pull: Any = None
    d_moved: Any = None
    g_moved: Any = None
    mixed_real_logits: Any = None
    held_out_logits: Any = None


@dataclasses.dataclass
class Chart:
    """A run as the symptoms read it.

    Attributes:
        iteration, d_loss, g_loss: (n,) float64, n from 0.
        readings: Pairs of iteration and `Reading`, in order.
        real: (m, ...) real samples, or None.
        classes: (real, generated) class shares, or None.
        features: (real, generated) features (n, d) of the last look, or None.
    """

    iteration: np.ndarray
    d_loss: np.ndarray
    g_loss: np.ndarray
    readings: list[tuple[int, Reading]]
    real: np.ndarray | None = None
    classes: tuple[np.ndarray, np.ndarray] | None = None
    features: tuple[np.ndarray, np.ndarray] | None = None
    kept: Any = None  # what `sampled` has counted, for the next symptom

    def values(self, name: str) -> list[Any]:
        """This field of all readings that have it."""
        found = (getattr(reading, name) for _, reading in self.readings)
        return [value for value in found if value is not None]

    def having(self, *names: str, at_least: int = 1, part: float = 1.0) -> list:
        """The readings of the last `part` of the run, if they have these fields.

        Raises:
            CannotJudge: Fewer than `at_least` have all of them.
        """
        kept = [
            reading
            for _, reading in self.readings
            if all(getattr(reading, name) is not None for name in names)
        ]
        if len(kept) < at_least:
            raise CannotJudge(_HELP[names[0]])
        return kept[-max(at_least, int(part * len(kept))) :]

    def loss_at(self, number: int) -> tuple[float, float]:
        """D's and G's last losses up to this iteration; NaN if none were logged."""
        row = int(np.searchsorted(self.iteration, number, side="right")) - 1
        if row < 0:
            return float("nan"), float("nan")
        return float(self.d_loss[row]), float(self.g_loss[row])

    def samples(self) -> np.ndarray:
        """The real samples; CannotJudge without at least `FEWEST`."""
        if self.real is None:
            raise CannotJudge("losses alone cannot show it: pass real samples")
        if len(self.real) < FEWEST:
            raise CannotJudge(f"{len(self.real)} real samples: pass {FEWEST} or more")
        return self.real


_HELP = {
    "fake_points": "losses alone cannot show it: pass a generator, or samples of it",
    "real_logits": "losses alone cannot show it: pass D and real samples",
    "fake_logits": "losses alone cannot show it: pass both networks",
    "mixed_logits": "needs D's answers in mixed company: pass D and real samples",
    "d_moved": "needs D's weights at two times: watch the training",
    "held_out_logits": "pass real samples that D was not trained on (held_out)",
}


def last_third(chart: Chart, *names: str) -> list[Reading]:
    """The readings of the last third that have these fields, at least one."""
    return chart.having(*names, part=1 / 3)


def as_losses(values: ArrayLike | None) -> np.ndarray:
    """Losses of any shape and number type as float64 (n,), n = 0 for None."""
    if values is None:
        return np.zeros(0)
    try:
        return np.asarray(values, np.float64).ravel()
    except (TypeError, ValueError):
        raise ValueError(
            f"The losses are {type(values).__name__} of something that is no number, "
            "expected one number an iteration. Take float(loss) of each."
        ) from None


def flatten(samples: np.ndarray) -> np.ndarray:
    """Samples as float64 (n, d); pictures (n, h, w, c) by thumbnails."""
    samples = np.asarray(samples, np.float64)
    if samples.ndim <= 1:
        return samples.reshape(-1, 1)
    if samples.ndim == 4:
        for axis in (1, 2):
            edges = np.linspace(0, samples.shape[axis], THUMBNAIL + 1)[:-1].astype(int)
            starts = np.unique(edges)
            widths = np.diff([*starts, samples.shape[axis]])
            shape = np.ones(4, int)
            shape[axis] = len(widths)
            total = np.add.reduceat(samples, starts, axis=axis)
            samples = total / widths.reshape(shape)
    return samples.reshape(len(samples), -1)


class Scale:
    """Samples in units of the real ones' deviation, along their main directions.

    So nothing that is judged depends on units, and directions along which the data do
    not vary, such as a margin that is always white, have no say.
    """

    def __init__(self, real: np.ndarray, *, dimensions: int = 8):
        flat = flatten(real)
        self._mean = flat.mean(axis=0)
        # Columns first: the directions of a raw parabola would be those of its heights.
        self._deviation = flat.std(axis=0)
        self._deviation[self._deviation == 0] = 1.0
        _, singular, rows = np.linalg.svd(self._columns(flat), full_matrices=False)
        kept = min(dimensions, int((singular > 1e-3 * singular.max(initial=0)).sum()))
        spread = singular[:kept] / np.sqrt(len(flat))
        # Points in the plane stay as they are; directions of pictures get one weight.
        self._turn = (
            np.eye(flat.shape[1]) if flat.shape[1] <= 2 else rows[:kept].T / spread
        )

    def _columns(self, flat: np.ndarray) -> np.ndarray:
        return (flat - self._mean) / self._deviation

    def __call__(self, samples: np.ndarray) -> np.ndarray:
        return self._columns(flatten(samples)) @ self._turn


def separation(real_logits: np.ndarray, fake_logits: np.ndarray) -> float:
    """Share of pairs in which the real one scores higher; ties count half."""
    real, fake = np.ravel(real_logits), np.ravel(fake_logits)
    found = stats.mannwhitneyu(real, fake, method="asymptotic")
    return float(found.statistic / (len(real) * len(fake)))


def best_split(real_logits: np.ndarray, fake_logits: np.ndarray) -> float:
    """Share of either kind, on average, on the right side of D's best threshold."""
    real, fake = np.ravel(real_logits), np.ravel(fake_logits)
    found = stats.ks_2samp(real, fake, alternative="less", method="asymp")
    return float(0.5 + found.statistic / 2)
