"""`examine`: findings on anyone's GAN: its losses, its networks, a watched run."""

import dataclasses
from collections.abc import Callable, Sequence
from textwrap import fill
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from gan_helpers.clinic.chart import Chart, Finding, Reading, as_losses
from gan_helpers.clinic.symptoms import read_chart
from gan_helpers.clinic.watching import GanLike, Watch, watch_training
from gan_helpers.training import History

LETTERS = 80  # in a line: what a page of the site shows without scrolling

LossPair = Sequence[ArrayLike | None]  # D's and G's
Features = Callable[[np.ndarray], np.ndarray | tuple[np.ndarray, np.ndarray]]


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
        return "\n".join(fill(line, LETTERS, subsequent_indent="  ") for line in lines)

    __repr__ = __str__


def examine(
    run: History | LossPair | None = None,
    gan: GanLike | None = None,
    *,
    features: Features | None = None,
    iterations: int = 1000,
) -> Examination:
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
    step = getattr(gan, "step", None)
    if run is None and watch and step is not None:
        run = watch_training(watch, step, iterations)
    chart = make_chart(run, None if watch is None else watch.real)
    if watch is not None:
        end = int(chart.iteration[-1]) + 1 if len(chart.iteration) else 0
        if not chart.readings or chart.readings[-1][1].real_logits is None:
            last = dataclasses.replace(watch(), d_moved=None, g_moved=None)
            chart.readings.append((end, last))
        if features is not None:
            add_features(chart, features)
    return Examination(*read_chart(chart))


def make_chart(run: History | LossPair | None, real: np.ndarray | None = None) -> Chart:
    """A chart of a history, a pair of losses, or nothing."""
    losses: Any
    snapshots: list = []
    if run is None:
        losses, iteration = ([], []), None
    elif hasattr(run, "d_loss"):
        run = cast(History, run)
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


def as_reading(snapshot: Any, real: np.ndarray | None) -> Reading | None:
    """A snapshot as a reading: one already, or generated samples like the real ones."""
    if isinstance(snapshot, Reading):
        return snapshot
    shape = getattr(snapshot, "shape", None)
    if real is None or shape is None or len(shape) != real.ndim:
        return None
    if tuple(shape[1:]) != real.shape[1:]:
        return None
    return Reading(fake_points=np.asarray(snapshot, np.float32))


def add_features(chart: Chart, features: Features) -> None:
    """Features and class shares of the real samples and of the last generated ones."""
    assert chart.real is not None
    found = [features(some) for some in (chart.real, chart.values("fake_points")[-1])]
    if isinstance(found[0], tuple):
        shares = [
            np.bincount(np.argmax(p, axis=1), minlength=p.shape[1]) / len(p)
            for _, p in found
        ]
        chart.classes = (shares[0], shares[1])
        found = [one for one, _ in found]
    chart.features = (np.asarray(found[0]), np.asarray(found[1]))


def diagnose(history: History) -> list[Finding]:
    """The findings on a history whose snapshots are readings; see `examine`."""
    return read_chart(make_chart(history))[0]
