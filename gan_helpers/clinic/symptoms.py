"""Names what ails a GAN, from the history of its training alone.

Each symptom is a function of a `ClinicHistory` that returns its evidence in words, or
None where all is well. Of the recipe a symptom knows which loss is being trained,
because a Wasserstein critic's outputs are no logits, and nothing else. The thresholds
were set for points in the plane and batches of 256, on other seeds than those in
data/clinic.csv, which says how often each symptom is named where it should be, and
where it should not.
"""

import dataclasses

import numpy as np
from scipy.cluster.vq import kmeans2
from scipy.spatial import cKDTree

from gan_helpers.clinic.running import ClinicHistory

N_REGIONS = 25


@dataclasses.dataclass(frozen=True)
class Finding:
    """A symptom's name, and its evidence in words with numbers."""

    name: str
    evidence: str

    def __str__(self) -> str:
        return f"{self.name}: {self.evidence}"


def diagnose(history: ClinicHistory) -> list[Finding]:
    """All that is wrong with a training, in the order of `SYMPTOMS`.

    It runs from the networks to the points that come out, so that what stands above can
    cause what stands below; the last two, both of the points, can cause each other. A
    training that became NaN has no other symptom: there is nothing left to look at.
    """
    found = not_a_number(history)
    if found:
        return [Finding("NaN", found)]
    found_by = {name: symptom(history) for name, symptom in SYMPTOMS.items()}
    return [Finding(name, evidence) for name, evidence in found_by.items() if evidence]


def not_a_number(history: ClinicHistory) -> str | None:
    """A loss that is not finite. Whatever it touches next is NaN as well."""
    bad = ~np.isfinite(history.d_loss) | ~np.isfinite(history.g_loss)
    if not bad.any():
        return None
    first = int(np.argmax(bad))
    before = f"; the last finite D loss was {history.d_loss[first - 1]:.2f}"
    return (
        f"a loss is NaN from iteration {history.iteration[first]} on"
        f"{before if first else ''}"
    )


def frozen_discriminator(history: ClinicHistory) -> str | None:
    """D's weights are the same, bit for bit, in all readings while G's move.

    An optimizer with a rate above 0 leaves all weights where they were only if every
    gradient has been 0 from the first step on, or so small that its step was rounded
    away. The losses of the clinic do not start so flat; a hinge loss does where all
    logits begin beyond its margin.
    """
    d_moved, g_moved = (_over(history, name)[1:] for name in ("d_moved", "g_moved"))
    if d_moved.any() or not g_moved.any():
        return None
    return (
        f"D's weights moved by exactly 0 in {len(history.d_loss)} iterations, "
        f"G's by {g_moved.sum():.1f}"
    )


def bottomless_loss(history: ClinicHistory) -> str | None:
    """D's cross-entropy below 0, where no label in [0, 1] can take it.

    Wasserstein losses have no such floor and are not judged.
    """
    if history.loss == "wasserstein" or history.d_loss.min() >= 0:
        return None
    lowest = history.d_loss.argmin()
    below = 100 * np.mean(history.d_loss < 0)
    return (
        f"D's loss fell to {history.d_loss[lowest]:.2f} at iteration "
        f"{history.iteration[lowest]} and was below 0 in {below:.0f} % of them; with "
        "labels in [0, 1] it cannot be"
    )


def batch_leak(history: ClinicHistory) -> str | None:
    """D's logit of the same points depends on which other points come with them.

    Half a unit turns a probability of 50 % into 62 %. Without batch statistics
    and dropout the difference is rounding or nothing.
    """
    change = [
        np.abs(reading.mixed_logits - reading.fake_logits).mean()
        for _, reading in _last_third(history)
    ]
    if np.median(change) < 0.5:
        return None
    _, reading = history.snapshots[-1]
    flips = 100 * np.mean((reading.mixed_logits > 0) != (reading.fake_logits > 0))
    return (
        f"the logit of the same generated points changes by {np.median(change):.1f} "
        f"when real points join the batch; D changes its verdict on {flips:.0f} %"
    )


def vanishing_gradient(history: ClinicHistory) -> str | None:
    """Of D's slope next to nothing reaches G, because its loss is flat there.

    The share that reaches G is |dL/dlogit|: 1/2 at equilibrium for both losses with
    labels, 1 for a critic. Healthy runs end near that, at 0.49 to 0.55, far above 1/50.
    """
    shares = [
        np.median(reading.pull / np.maximum(reading.slope, 1e-30))
        for _, reading in _last_third(history)
    ]
    share = np.median(shares)
    if share >= 0.02:
        return None
    pull = np.median(history.snapshots[-1][1].pull)
    return (
        f"G gets {100 * share:.1g} % of D's slope (50 % at equilibrium); the median "
        f"gradient at a generated point is {pull:.1g}"
    )


def overpowered_discriminator(history: ClinicHistory) -> str | None:
    """D tells nearly all points, for most of the last third of the training.

    Nearly all: 95 % of each kind on the right side of 1/2. A Wasserstein critic has no
    such side and is not judged.
    """
    if history.loss == "wasserstein":
        return None
    right = [
        min(np.mean(reading.real_logits > 0), np.mean(reading.fake_logits < 0))
        for _, reading in _last_third(history)
    ]
    if np.median(right) < 0.95:
        return None
    g_loss = np.median(history.g_loss[-len(history.g_loss) // 3 :])
    return (
        f"D is right about {100 * np.median(right):.0f} % of the points of either "
        f"kind; the generator's loss is {g_loss:.1f}"
    )


def oscillation(history: ClinicHistory) -> str | None:
    """The generated cloud keeps moving about instead of coming to rest.

    In the second half its centre is, a quarter of the time, farther than 0.45 from its
    mean place, where 1 is the data's deviation; and its path is at least five times as
    long as the way from the path's start to its end, so that a cloud still arriving
    does not count. With batches of 256 healthy runs stay below 0.3, and runs that swing
    reach 0.6 and more. Smaller batches shake the centre of one Gaussian more, to 0.33
    with 32 and 0.45 with 16: there a healthy run may be named.
    """
    centres = np.array([r.fake_points.mean(axis=0) for _, r in _second_half(history)])
    path = np.linalg.norm(np.diff(centres, axis=0), axis=1).sum()
    net = np.linalg.norm(centres[-1] - centres[0])
    strayed = np.linalg.norm(centres - centres.mean(axis=0), axis=1)
    reach = np.quantile(strayed, 0.75)
    if reach < 0.45 or path < 5 * net:
        return None
    return (
        f"in the second half the cloud's centre travelled {path:.1f} and ended "
        f"{net:.1f} from where it began, {reach:.1f} off its mean place on the way "
        "(the data's deviation is 1)"
    )


def mode_collapse(history: ClinicHistory) -> str | None:
    """The generated points keep to fewer than half of 25 regions full of data.

    Healthy runs on data of 8 or 25 modes, or of none, are in 17 or more. The median
    over the last third counts, so that no single reading decides.
    """
    kept = np.median(
        [
            regions_hit(history.real_points, reading.fake_points)
            for _, reading in _last_third(history)
        ]
    )
    if kept >= N_REGIONS / 2:
        return None
    return f"generated points are in {kept:.0f} of {N_REGIONS} regions full of data"


SYMPTOMS = {
    "frozen discriminator": frozen_discriminator,
    "bottomless loss": bottomless_loss,
    "batch leak": batch_leak,
    "overpowered discriminator": overpowered_discriminator,
    "vanishing gradient": vanishing_gradient,
    "oscillation": oscillation,
    "mode collapse": mode_collapse,
}


def regions_hit(real_points: np.ndarray, fake_points: np.ndarray) -> int:
    """In how many of 25 regions of the data generated points are not too rare.

    The regions are those of k-means on the real points, so they need no known modes;
    "not too rare" is a quarter of the real points' share or more. Source of comparing
    shares in such regions: Richardson and Weiss, "On GANs and GMMs", 2018.
    """
    centres, real_regions = kmeans2(real_points, N_REGIONS, minit="++", seed=0)
    _, fake_regions = cKDTree(centres).query(fake_points)
    real_share, fake_share = (
        np.bincount(regions, minlength=N_REGIONS) / len(regions)
        for regions in (real_regions, fake_regions)
    )
    return int(np.sum((real_share > 0) & (fake_share >= real_share / 4)))


def _over(history, name):
    return np.array([getattr(reading, name) for _, reading in history.snapshots])


def _last_third(history):
    return history.snapshots[-max(1, len(history.snapshots) // 3) :]


def _second_half(history):
    return history.snapshots[len(history.snapshots) // 2 :]
