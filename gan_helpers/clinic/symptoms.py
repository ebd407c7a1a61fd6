"""Names what ails a GAN, by quantities that its run shows.

Each symptom is a function of a `Chart` that returns its evidence in words, None where
all is well, or raises `CannotJudge` with what it lacks. None of them knows which loss
is trained: what depends on that is found out from the numbers. `THRESHOLDS` holds each
one's limit and where it comes from; data/clinic.csv says how often each is named where
it should be, and where it should not.
"""

import numpy as np

from gan_helpers.clinic.chart import (
    FEWEST,
    CannotJudge,
    Chart,
    Finding,
    best_split,
    last_third,
    separation,
)
from gan_helpers.clinic.passing_on import vanishing_gradient
from gan_helpers.clinic.sampled import (
    lost_modes,
    mode_collapse,
    oscillation,
    unlike_ranges,
)


def not_a_number(chart: Chart) -> str | None:
    """Real samples, the first loss, or the first reading that is not finite."""
    if chart.real is not None and not np.isfinite(chart.real).all():
        return "some real samples are not finite: mend the data first"
    bad = ~np.isfinite(chart.d_loss) | ~np.isfinite(chart.g_loss)
    if bad.any():
        first = int(np.argmax(bad))
        before = f"; the last finite D loss was {chart.d_loss[first - 1]:.2f}"
        return (
            f"a loss is NaN from iteration {chart.iteration[first]} on"
            f"{before if first else ''}"
        )
    for iteration, reading in chart.readings:
        for name, value in vars(reading).items():
            if value is not None and not np.isfinite(value).all():
                return f"{name.replace('_', ' ')} are not finite at {iteration}"
    return None


def frozen_discriminator(chart: Chart) -> str | None:
    """D's weights are the same, bit for bit, over the last third while G's move.

    A D that is satisfied stands still as well: a hinge loss has no gradient where all
    samples are beyond its margin. It tells every real from every generated one then,
    and a frozen one does not.
    """
    readings = chart.having("d_moved", "g_moved", at_least=2)[1:]
    late = readings[-max(1, len(readings) // 3) :]
    moves = [(reading.d_moved, reading.g_moved) for reading in late]
    d_moved, g_moved = np.array(moves).T
    if d_moved.any() or not g_moved.any():
        return None
    told = [r for r in late if r.real_logits is not None and r.fake_logits is not None]
    if told and all(np.min(r.real_logits) > np.max(r.fake_logits) for r in told):
        return None
    still = [bool(reading.d_moved) for reading in readings]
    first = len(still) - still[::-1].index(True) if any(still) else 0
    n = chart.readings[-1][0] - chart.readings[first][0]
    moved = sum(reading.g_moved for reading in readings[first:])
    return f"D's weights moved by exactly 0 in {n} iterations, G's by {moved:.1f}"


def bottomless_loss(chart: Chart) -> str | None:
    """D's loss below 0 without being a difference of scores.

    A Wasserstein critic's is that: mean of generated less mean of real scores, plus a
    penalty. A cross-entropy with labels in [0, 1] is never below 0.
    """
    if not len(chart.d_loss) or chart.d_loss.min() >= 0:
        return None
    if not chart.values("real_logits"):
        raise CannotJudge(
            "D's loss is below 0: right for a Wasserstein critic, impossible for a "
            "cross-entropy with labels in [0, 1]: pass D and real samples"
        )
    if is_score_difference(chart) or has_critics_g_loss(chart):
        return None
    lowest = chart.d_loss.argmin()
    below = 100 * np.mean(chart.d_loss < 0)
    return (
        f"D's loss fell to {chart.d_loss[lowest]:.2f} at iteration "
        f"{chart.iteration[lowest]} and was below 0 in {below:.0f} % of them; with "
        "labels in [0, 1] it cannot be"
    )


def is_score_difference(chart: Chart) -> bool:
    """Whether D's loss, where below 0, is about mean(fake) - mean(real)."""
    ratios = []
    for iteration, reading in chart.readings:
        d_loss, _ = chart.loss_at(iteration - 1)
        if reading.real_logits is None or reading.fake_logits is None or not d_loss < 0:
            continue
        gap = np.mean(reading.fake_logits) - np.mean(reading.real_logits)
        ratios.append(d_loss / gap if gap < 0 else 0.0)
    return bool(ratios) and float(np.median(ratios)) >= 0.4


def has_critics_g_loss(chart: Chart) -> bool:
    """Whether G's loss is -mean(fake) rather than a cross-entropy, in most readings."""
    fits = []
    for iteration, reading in chart.readings[-20:]:
        _, g_loss = chart.loss_at(iteration - 1)
        if reading.fake_logits is None or not np.isfinite(g_loss):
            continue
        fake = np.asarray(reading.fake_logits, float)
        entropy = np.mean(np.logaddexp(0, -fake))
        fits.append(abs(g_loss + fake.mean()) < abs(g_loss - entropy) / 2)
    return bool(fits) and float(np.mean(fits)) > 0.5


def batch_leak(chart: Chart) -> str | None:
    """D's answer depends on the company, and only in mixed company does it tell.

    A D that looks at the batch on purpose, and is trained on pure batches, tells at
    least as well in those.
    """
    readings = last_third(chart, "mixed_logits", "fake_logits", "real_logits")
    mixed, pure, change = [], [], []
    for one in readings:
        real = one.real_logits
        together = real if one.mixed_real_logits is None else one.mixed_real_logits
        mixed.append(separation(together, one.mixed_logits))
        pure.append(separation(real, one.fake_logits))
        spread = np.std(np.concatenate([together, one.mixed_logits])) + 1e-12
        moved = np.abs(one.mixed_logits - one.fake_logits)
        change.append(np.mean(moved) / spread)
    if np.median(change) < 0.5 or np.median(np.subtract(mixed, pure)) < 0.15:
        return None
    one = readings[-1]
    size = np.median(np.abs(one.mixed_logits - one.fake_logits))
    flips = 100 * np.mean((one.mixed_logits > 0) != (one.fake_logits > 0))
    return (
        f"the logit of the same generated points changes by {size:.1f} "
        f"when real points join the batch; D changes its verdict on {flips:.0f} %"
    )


def overpowered_discriminator(chart: Chart) -> str | None:
    """D tells nearly all samples, for most of the last third of the training.

    A critic whose loss is a difference of scores is meant to be ahead: not judged.
    """
    readings = last_third(chart, "real_logits", "fake_logits")
    if is_score_difference(chart):
        return None
    if min(len(readings[-1].real_logits), len(readings[-1].fake_logits)) < FEWEST:
        raise CannotJudge(f"pass {FEWEST} samples of either kind, or more")
    told = np.median([best_split(r.real_logits, r.fake_logits) for r in readings])
    if told < 0.9:
        return None
    g_loss = chart.g_loss[-max(1, len(chart.g_loss) // 3) :]
    price = f"; the generator's loss is {np.median(g_loss):.1f}" if len(g_loss) else ""
    return f"D is right about {100 * told:.0f} % of the points of either kind{price}"


def flat_discriminator(chart: Chart) -> str | None:
    """D answers nearly the same whatever it is shown, and the samples are wrong.

    With perfect samples that is the equilibrium, and no fault.
    """
    readings = last_third(chart, "real_logits", "fake_logits", "fake_points")
    spread = np.median(
        [np.std(np.concatenate([r.real_logits, r.fake_logits])) for r in readings]
    )
    if spread >= 0.01:
        return None
    real = chart.samples().reshape(len(chart.samples()), -1)
    fake = np.asarray(readings[-1].fake_points).reshape(-1, real.shape[1])
    deviation = np.maximum(real.std(axis=0), 1e-12)
    apart = np.abs(fake.mean(axis=0) - real.mean(axis=0)) / deviation
    width = fake.std(axis=0) / deviation
    if apart.max() < 0.5 and width.min() > 0.5 and width.max() < 2:
        return None
    return (
        f"D's logits have a deviation of {spread:.2g} over real and generated points, "
        f"while these differ (means {apart.max():.2f} apart, widths {width.min():.2f} "
        f"to {width.max():.2f}, in the data's deviations): it answers alike everywhere"
    )


def learnt_by_heart(chart: Chart) -> str | None:
    """D answers real training samples in another way than real ones it never saw."""
    one = chart.having("held_out_logits", "real_logits", "fake_logits")[-1]
    if min(len(one.held_out_logits), len(one.real_logits)) < 20:
        raise CannotJudge("pass 20 real samples or more of both kinds")
    above = separation(one.real_logits, one.held_out_logits)
    trained, unseen, fake = (
        np.median(logits)
        for logits in (one.real_logits, one.held_out_logits, one.fake_logits)
    )
    way = (trained - unseen) / max(trained - fake, 1e-12)
    if above < 0.75 or way < 0.5:
        return None
    return (
        f"D scores training samples above held-out real ones in {100 * above:.0f} % of "
        f"the pairs; held-out ones lie {100 * way:.0f} % of the way to the generated"
    )


SYMPTOMS = {
    "frozen discriminator": frozen_discriminator,
    "unlike ranges": unlike_ranges,
    "bottomless loss": bottomless_loss,
    "batch leak": batch_leak,
    "learnt by heart": learnt_by_heart,
    "overpowered discriminator": overpowered_discriminator,
    "flat discriminator": flat_discriminator,
    "vanishing gradient": vanishing_gradient,
    "oscillation": oscillation,
    "mode collapse": mode_collapse,
    "lost modes": lost_modes,
}
_TRIED = "set on this course's small GANs"
THRESHOLDS = {
    "NaN": "every number must be finite",
    "frozen discriminator": "exactly 0 over the last third: rounding leaves more",
    "unlike ranges": "5 % of the values; healthy pictures have none, ill ones 10 % or "
    "more in the tuning half of data/clinic_wide.csv",
    "bottomless loss": "0, the floor of a cross-entropy; below it, 40 % of the "
    "difference of mean scores, of which a critic has about all",
    "batch leak": "half the deviation of D's logits, and 15 % more pairs told in mixed "
    f"company; {_TRIED}",
    "learnt by heart": "75 % of pairs, over 3 standard errors from chance with "
    "30 of each; half of the way, after Karras et al., 2020",
    "overpowered discriminator": "90 % right at D's best threshold; healthy runs stay "
    "below 80 %, ill ones above 97 % in the tuning half of data/clinic_wide.csv",
    "flat discriminator": "a deviation of 0.01, a quarter of a percent of probability, "
    f"and means half a deviation apart, or widths half or twice; {_TRIED}",
    "vanishing gradient": "2 %, against 50 % at equilibrium for losses with labels",
    "oscillation": "0.45 of the data's deviation off its mean place, a path twice the "
    f"approach; {_TRIED}; healthy runs stay below, but for some on a single Gaussian",
    "mode collapse": "half of the regions, a quarter of the real share in each; of "
    f"pictures 40 % of the spread, 25 % of the gap; {_TRIED}",
    "lost modes": f"80 % of the clusters or classes; {_TRIED}",
}


def read_chart(chart: Chart) -> tuple[list[Finding], dict[str, str]]:
    """Findings in the order of `SYMPTOMS`, and what each other symptom lacks.

    The order runs from the networks to the samples that come out, so that what stands
    above can cause what stands below; those of the samples can cause each other. A run
    that became NaN has no other symptom: there is nothing left to look at.
    """
    found = not_a_number(chart)
    if found:
        return [Finding("NaN", found, THRESHOLDS["NaN"])], {}
    findings, open_ = [], {}
    for name, symptom in SYMPTOMS.items():
        try:
            evidence = symptom(chart)
        except CannotJudge as lack:
            open_[name] = str(lack)
            continue
        if evidence:
            findings.append(Finding(name, evidence, THRESHOLDS[name]))
    return findings, open_
