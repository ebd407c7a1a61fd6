"""How much of D's slope G's loss passes on, for whichever loss the numbers fit."""

import numpy as np
import tensorflow as tf

from gan_helpers.clinic.chart import CannotJudge, Chart, Reading, last_third
from gan_helpers.losses import LOSSES


def vanishing_gradient(chart: Chart) -> str | None:
    """D has a slope, but next to nothing of it reaches G: its loss is flat there.

    The share that reaches G is |dL/dlogit|. It is measured where the gradients are
    known; else the loss that explains G's logged ones gives it.
    """
    readings = last_third(chart, "fake_logits", "real_logits")
    logits = [np.concatenate([r.real_logits, r.fake_logits]) for r in readings]
    if np.median([np.std(one) for one in logits]) < 0.01:
        return None  # a flat D has nothing to pass on
    if all(r.pull is not None and r.slope is not None for r in readings):
        steep = np.median([np.median(r.slope) for r in readings])
        if steep == 0:
            return None
        shares = [np.median(r.pull / np.maximum(r.slope, 1e-30)) for r in readings]
    else:
        name = find_g_loss(chart)
        shares = [np.median(arriving(name, r)) for r in readings]
    share = float(np.median(shares))
    if share >= 0.02:
        return None
    pull = readings[-1].pull
    end = (
        "" if pull is None else f"; the median gradient there is {np.median(pull):.1g}"
    )
    return f"G gets {100 * share:.1g} % of D's slope at the median point{end}"


def find_g_loss(chart: Chart) -> str:
    """The loss of the course that gives G's logged losses from D's answers.

    It misses by a quarter at most, or by a tenth of what the next one misses by: of a
    small batch the logged loss is often far from that of a reading's many samples.

    Raises:
        CannotJudge: No loss of the course does.
    """
    errors: dict[str, list[float]] = {name: [] for name in LOSSES}
    asked = [
        (iteration, reading)
        for iteration, reading in chart.readings
        if reading.real_logits is not None and reading.fake_logits is not None
    ]
    late = asked[-max(1, len(asked) // 3) :]
    for iteration, reading in late[:: max(1, len(late) // 6)]:
        _, g_loss = chart.loss_at(iteration - 1)
        if not np.isfinite(g_loss):
            continue
        n = min(len(reading.real_logits), len(reading.fake_logits))
        some = reading.real_logits[:n], reading.fake_logits[:n]
        pair = [tf.constant(one[:, None], tf.float32) for one in some]
        for name, loss in LOSSES.items():
            found = float(loss.both(*pair)[1])
            errors[name].append(abs(found - g_loss) / (0.1 + abs(g_loss)))
    middle = {name: np.median(some) for name, some in errors.items() if some}
    best, second = [*sorted(middle.values()), np.inf, np.inf][:2]
    if not middle or best > max(0.25, second / 10):
        raise CannotJudge("G's loss is none that the course knows: its gradient, too")
    return min(middle, key=middle.__getitem__)


def arriving(name: str, reading: Reading) -> np.ndarray:
    """|dL/dlogit| of G's loss `name` at each generated sample of a reading, (n,)."""
    n = min(len(reading.real_logits), len(reading.fake_logits))
    real, fake = (
        tf.constant(np.reshape(one[:n], (n, 1)), tf.float32)
        for one in (reading.real_logits, reading.fake_logits)
    )
    with tf.GradientTape() as tape:
        tape.watch(fake)
        _, g_loss = LOSSES[name].both(real, fake)
    return n * np.abs(tape.gradient(g_loss, fake).numpy().ravel())
