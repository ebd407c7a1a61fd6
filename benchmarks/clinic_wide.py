"""How often the clinic is right where none of its thresholds was set.

    python benchmarks/clinic_wide.py            # up to 90 minutes a call
    python benchmarks/clinic_wide.py --report   # only print the stored results
    python benchmarks/clinic_wide.py --again    # diagnose the stored readings anew

clinic_plan.py says what is trained: backgrounds, each a data set times a change of how
one trains, healthily and with faults. Every background belongs with all its seeds to
one of two halves: thresholds may be moved by what "tuning" shows, and "reported" is
what is reported. Seed 0 of all comes first, then seed 1; what a stopped call has not
done the next one does, row by row, in `data/clinic_wide.csv`. With --half two calls can
share two cores. Readings are kept in `build/clinic_wide`, for --again.

Whether a run is what it is meant to be is not for the clinic to say but for the rule
in `as_meant`, which was fixed before the table was begun, after some eighty pilot
runs that set its limits and how strong a fault must be. It looks at what G makes at
the end and at samples that no D has trained on: the divergence on a grid and the share
of the modes that are hit, or of the balls around real samples where there are no modes;
of pictures the classes and the Fréchet distance over a classifier's features; and of
whose samples D is right about. Runs that are not as meant are counted apart.
"""

import argparse
import functools
import itertools
import time
from pathlib import Path

import numpy as np
from clinic_patients import Watched, train
from clinic_plan import FAULTS, jobs, setting_of
from clinic_setting import Setting, real_samples
from clinic_table import report

from gan_helpers import classifiers, clinic, metrics
from gan_helpers.clinic.examining import add_features, make_chart
from gan_helpers.clinic.symptoms import read_chart
from gan_helpers.data import point_sets
from gan_helpers.data.bundled import bundled_dir
from gan_helpers.sweeps import complete, read_rows

TABLE = bundled_dir() / "clinic_wide.csv"
READINGS = Path(__file__).parents[1] / "build" / "clinic_wide"
COLUMNS = (
    *("background", "half", "fault", "seed"),
    *("symptom", "findings", "as_meant", "divergence", "covered", "evidence"),
)
SOUND, ILL = 0.30, 0.40  # divergence up to, and from; between them it is neither
LOST = 0.8  # of the modes or classes; a sound run hits more, of classes as many
FARTHEST = 100.0  # Fréchet distance of sound pictures


@functools.cache
def features():
    """A function from pictures to features (n, 64) and class probabilities."""
    model = classifiers.load_classifier("fashion_mnist")
    return functools.partial(classifiers.classify, model)


@functools.cache
def real_features():
    return features()(real_samples("clothes")[1])[0]


def judge(setting: Setting, run: Watched) -> tuple[float, float]:
    """How far the samples are from held-out ones, and what share of these they cover.

    Both NaN where samples are not finite. The distance is NaN for "32 numbers".
    """
    if not np.isfinite(run.fake).all():
        return float("nan"), float("nan")
    if setting.pictures:
        found, probabilities = features()(run.fake)
        distance = metrics.frechet_distance(real_features(), found)
        hit = metrics.modes_hit(metrics.class_shares(probabilities))
        return distance, hit / probabilities.shape[1]
    held_out = real_samples(setting.data)[1]
    _, coverage = metrics.density_coverage(held_out[:1000], run.fake[:1000])
    if setting.data not in point_sets.NAMES:
        return float("nan"), coverage
    points = point_sets.make_named(setting.data, n=20_000)
    divergence = metrics.grid_divergence(held_out, run.fake, bins=20)
    if points.centres is None:
        return divergence, coverage
    shares = metrics.mode_shares(run.fake, points.centres, radius=points.radius)
    return divergence, metrics.modes_hit(shares) / len(points.centres)


def is_sound(setting: Setting, distance: float, covered: float) -> bool:
    if setting.pictures:
        return distance <= FARTHEST and covered >= LOST
    has_modes = point_sets.make_named(setting.data, n=20_000).centres is not None
    return distance <= SOUND and (covered > LOST or not has_modes)


def as_meant(fault, setting, run, distance, covered) -> tuple[bool, float]:
    """Whether a run is healthy, or ill in its fault's way, and the number that says so.

    That a network was not trained, or a range was moved, needs no measuring.
    """
    late = [reading for _, reading in run.snapshots[len(run.snapshots) // 2 :]]
    right, unseen, caught = (float(share) for share in run.d_right)
    if fault == "none":
        return is_sound(setting, distance, covered), distance
    if fault.startswith("mode collapse"):
        return covered < 0.5, covered
    if fault == "lost modes":
        return 0.5 <= covered <= LOST, covered
    if fault == "vanishing gradient":  # of the saturating loss: sigmoid of the logit
        logits = np.concatenate([reading.fake_logits for reading in late])
        passed = float(1 / (1 + np.exp(-np.median(logits))))
        return passed < 0.05 and distance >= ILL, passed
    if fault == "oscillation":
        real = real_samples(setting.data)[0].mean(axis=0)
        means = [one.fake_points.mean(axis=0) / setting.unit - real for one in late]
        away = float(np.max(np.linalg.norm(means, axis=1)))
        return away >= 0.5, away
    if fault.startswith("overpowered"):
        return (unseen + caught) / 2 >= 0.9, (unseen + caught) / 2
    if fault == "wrong-sign smoothing":
        return bool(run.d_loss.min() < 0), float(run.d_loss.min())
    if fault == "NaN":
        return not np.isfinite([run.d_loss[-1], run.g_loss[-1]]).all(), float("nan")
    if fault.startswith("learnt by heart"):
        return right - unseen >= 0.3, right - unseen
    if fault in ("batch-norm leak", "flat discriminator"):
        return distance >= ILL, distance
    return True, float("nan")


def diagnose(setting: Setting, run: Watched) -> list[str]:
    """The findings' names, as `clinic.examine` gives them for a watched run."""
    chart = make_chart(run)
    if setting.pictures and np.isfinite(run.fake).all():
        add_features(chart, features())
    return [finding.name for finding in read_chart(chart)[0]]


def readings_path(background: str, fault: str, seed) -> Path:
    return READINGS / f"{background}; {fault}; {seed}.npz"


def save_readings(path: Path, run: Watched) -> None:
    """All that `diagnose` reads, so that it can be asked again."""
    arrays = {
        name: value for name, value in vars(run).items() if name != "snapshots"
    } | {
        f"{iteration}/{name}": value
        for iteration, reading in run.snapshots
        for name, value in vars(reading).items()
        if value is not None
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)


def load_readings(path: Path) -> Watched:
    with np.load(path, allow_pickle=False) as arrays:
        plain = {name: arrays[name] for name in arrays if "/" not in name}
        readings: dict[int, dict] = {}
        for name in arrays:
            if "/" in name:
                iteration, field = name.split("/")
                readings.setdefault(int(iteration), {})[field] = arrays[name]
    snapshots = [(i, clinic.Reading(**one)) for i, one in sorted(readings.items())]
    return Watched(snapshots=snapshots, **plain)


def measure(background: str, half: str, fault: str, seed: int) -> dict:
    """The rest of a row of the table: one run, judged and diagnosed."""
    setting = setting_of(background, fault)
    run = train(setting, seed)
    save_readings(readings_path(background, fault, seed), run)
    distance, covered = judge(setting, run)
    meant, evidence = as_meant(fault, setting, run, distance, covered)
    return {
        "symptom": "" if fault == "none" else FAULTS[fault].symptom,
        "findings": "; ".join(diagnose(setting, run)),
        "as_meant": "yes" if meant else "no",
        "divergence": f"{distance:.3g}",
        "covered": f"{covered:.3g}",
        "evidence": f"{evidence:.3g}",
    }


def diagnose_again() -> None:
    """Write the table's findings anew from the stored readings, where there are any."""
    rows = read_rows(TABLE, COLUMNS)
    for row in rows:
        path = readings_path(row["background"], row["fault"], row["seed"])
        if path.is_file():
            setting = setting_of(row["background"], row["fault"])
            row["findings"] = "; ".join(diagnose(setting, load_readings(path)))
    TABLE.unlink()
    complete(None, TABLE, COLUMNS, rows, lambda **row: {})


def write_rows(minutes: float, halves) -> None:
    """Make the missing runs of these halves until the minutes are over."""
    deadline = time.monotonic() + 60 * minutes
    wanted = sorted(  # seed by seed, the reported half first
        (job for job in jobs() if job["half"] in halves),
        key=lambda job: (job["seed"], job["half"]),
    )
    in_time = itertools.takewhile(lambda job: time.monotonic() < deadline, wanted)
    complete(None, TABLE, COLUMNS, in_time, measure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=90.0, help="stop after these")
    parser.add_argument("--half", choices=("reported", "tuning"), help="only this one")
    parser.add_argument("--again", action="store_true", help="diagnose what is stored")
    parser.add_argument("--report", action="store_true", help="print, train nothing")
    options = parser.parse_args()
    if options.again:
        diagnose_again()
    elif not options.report:
        halves = [options.half] if options.half else ["reported", "tuning"]
        write_rows(options.minutes, halves)
    report(read_rows(TABLE, COLUMNS))


if __name__ == "__main__":
    main()
