"""Symptoms that the generated samples show, against real ones and at any scale."""

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.cluster.vq import kmeans2
from scipy.spatial import cKDTree

from gan_helpers.clinic.chart import FEWEST, CannotJudge, Chart, Scale, last_third

N_REGIONS = 25
PER_REGION = 8  # real samples that a region should have


def oscillation(chart: Chart) -> str | None:
    """The generated cloud keeps moving about instead of coming to rest.

    A cloud that arrives, or runs away, changes its distance from the data by about the
    length of its path; one that swings or turns, half round at least, does not.
    """
    readings = chart.having("fake_points", at_least=6, part=1 / 2)
    scale = Scale(chart.samples(), dimensions=2)
    centres = np.array(
        [scale(reading.fake_points).mean(axis=0) for reading in readings]
    )
    path = np.linalg.norm(np.diff(centres, axis=0), axis=1).sum()
    away = np.linalg.norm(centres, axis=1)
    strayed = np.linalg.norm(centres - centres.mean(axis=0), axis=1)
    reach = np.quantile(strayed, 0.75)
    if reach < 0.45 or path < 2 * abs(away[-1] - away[0]):
        return None
    net = np.linalg.norm(centres[-1] - centres[0])
    return (
        f"in the second half the cloud's centre travelled {path:.1f} and ended "
        f"{net:.1f} from where it began, {reach:.1f} off its mean place on the way "
        "(the data's deviation is 1)"
    )


def mode_collapse(chart: Chart) -> str | None:
    """Generated samples keep to less than half of the data, or look alike.

    Pictures are not counted in regions: blur alone moves them to the middle ones.
    """
    if not _are_pictures(chart):
        kept, of, what = _kept(chart)
        if kept < of / 2:
            return f"generated points are in {kept:.0f} of {of} {what}"
    return _few_classes(chart, below=0.5) or _alike(chart)


def lost_modes(chart: Chart) -> str | None:
    """Some of the data's clusters or classes, but less than half, are not drawn."""
    if _are_pictures(chart):
        if chart.classes is None:
            raise CannotJudge("in pictures classes are counted: pass features")
        return _few_classes(chart, below=0.8)
    kept, of, what = _kept(chart)
    if what == "clusters of the data" and of / 2 <= kept <= 0.8 * of:
        return f"generated points are in {kept:.0f} of {of} {what}"
    return _few_classes(chart, below=0.8)


def unlike_ranges(chart: Chart) -> str | None:
    """Generated pictures use values that real ones never have: D need look no further.

    Seen in pictures only, since points may start anywhere.
    """
    real = chart.samples()
    if real.ndim < 3:
        raise CannotJudge("is about pictures, and these are points")
    low, high = real.min(), real.max()
    room = 1e-3 * (high - low)
    fake = last_third(chart, "fake_points")[-1].fake_points
    share = np.mean((fake < low - room) | (fake > high + room))
    if share < 0.05:
        return None
    return (
        f"{100 * share:.0f} % of the generated values lie outside the real ones' "
        f"range, {low:.3g} to {high:.3g}; generated ones go from {fake.min():.3g} to "
        f"{fake.max():.3g}"
    )


def _are_pictures(chart: Chart) -> bool:
    last_third(chart, "fake_points")
    return chart.samples().ndim >= 3


def _kept(chart: Chart) -> tuple[float, int, str]:
    """Regions kept in the median of the last third, of how many, and of what kind."""
    if chart.kept is not None:
        return chart.kept
    readings = last_third(chart, "fake_points")
    if len(readings[-1].fake_points) < FEWEST:
        raise CannotJudge(f"pass {FEWEST} generated samples or more")
    scale = Scale(chart.samples())
    real = scale(chart.samples())
    centres, what = find_regions(real)
    if len(centres) < 2:
        raise CannotJudge("the real samples are all the same")
    n, enough = len(readings[-1].fake_points), PER_REGION * len(centres)
    if n < enough:
        raise CannotJudge(
            f"{n} generated samples for {len(centres)} {what}: pass {enough} or more"
        )
    kept = np.median(
        [count_kept(centres, real, scale(one.fake_points)) for one in readings]
    )
    chart.kept = float(kept), len(centres), what
    return chart.kept


def find_regions(real: np.ndarray) -> tuple[np.ndarray, str]:
    """Centres (k, d) of the parts of the data (n, d), and what they are.

    Few distinct places are parts themselves. Clusters that stand apart are found by
    single linkage: at the largest jump of its distances, if it doubles there. All other
    data are cut into at most 25 regions by k-means.
    """
    distinct = np.unique(real.round(6), axis=0)
    if len(distinct) <= N_REGIONS:
        return distinct, "places of the data"
    some = real[:512]
    tree = linkage(some, "single")
    heights = tree[-N_REGIONS - 15 :, 2]
    jumps = heights[1:] / np.maximum(heights[:-1], 1e-12)
    cut = int(np.argmax(jumps))
    if jumps[cut] >= 2:
        labels = fcluster(tree, (heights[cut] + heights[cut + 1]) / 2, "distance") - 1
        counts = np.bincount(labels)
        big = np.flatnonzero(counts >= 0.01 * len(some))
        if len(big) >= 3 and counts[big].sum() >= 0.95 * len(some):
            means = [some[labels == k].mean(axis=0) for k in big]
            return np.array(means), "clusters of the data"
    k = int(np.clip(len(real) // PER_REGION, 2, N_REGIONS))
    centres, regions = kmeans2(real, k, minit="++", seed=0)
    return centres[np.bincount(regions, minlength=k) > 0], "regions full of data"


def count_kept(centres: np.ndarray, real: np.ndarray, fake: np.ndarray) -> int:
    """Regions in which generated samples have a quarter of the real share or more.

    Source of comparing shares in the regions of k-means: Richardson and Weiss, "On GANs
    and GMMs", 2018.
    """
    tree = cKDTree(centres)
    real_share, fake_share = (
        np.bincount(tree.query(some)[1], minlength=len(centres)) / len(some)
        for some in (real, fake)
    )
    return int(np.sum((real_share > 0) & (fake_share >= real_share / 4)))


def _few_classes(chart: Chart, *, below: float) -> str | None:
    """Evidence that so small a share of the classes, and half or more, is drawn."""
    if chart.classes is None:
        return None
    real, fake = chart.classes
    present = real > 0
    kept = np.mean(fake[present] >= real[present] / 4)
    if not below - 0.5 <= kept < below:
        return None
    return f"generated samples are in {100 * kept:.0f} % of {present.sum()} classes"


def _alike(chart: Chart) -> str | None:
    """Evidence that pictures vary too little, or that they come again and again."""
    if chart.features is not None:
        real, fake = chart.features
    elif chart.samples().ndim >= 3:
        scale = Scale(chart.samples())
        last = last_third(chart, "fake_points")[-1].fake_points
        real, fake = scale(chart.samples()), scale(last)
    else:
        return None
    spread = np.sqrt(fake.var(axis=0).sum() / max(real.var(axis=0).sum(), 1e-30))
    if spread < 0.4:
        return f"generated samples vary {100 * spread:.0f} % as much as real ones"
    n = min(len(real), len(fake))
    real_gap, fake_gap = (
        np.median(cKDTree(some[:n]).query(some[:n], k=2)[0][:, 1])
        for some in (real, fake)
    )
    if fake_gap >= 0.25 * real_gap or real_gap == 0:
        return None
    return (
        "a generated sample's nearest other one is "
        f"{100 * fake_gap / real_gap:.0f} % as far as "
        "among real ones: pictures come again and again"
    )
