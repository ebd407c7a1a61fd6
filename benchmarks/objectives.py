"""Six objectives with their penalties on points in the plane, and on clothes.

    python benchmarks/objectives.py               # points: about 10 minutes of one core
    python benchmarks/objectives.py --pictures    # Fashion-MNIST: about an hour

Appends to `data/objectives.csv` and `data/objectives_pictures.csv`, a row a reading,
and runs what is missing there: a call that was stopped is completed by the next one.
After `--minutes` (110 unless given) it stops by itself. Each run depends on its
settings alone, not on what ran before.

First every setting of `settings_of` trains from the seeds 0 to 2. The best one of each
objective, by its median distance at equal network passes, and the objective without
any penalty train again from eight other seeds: a setting that was chosen on the seeds
it is judged by would look better than it is.
"""

import argparse
import dataclasses
import functools
import itertools
import math
import time
from statistics import median
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from gan_helpers import losses, metrics, settings, training
from gan_helpers.data import point_sets
from gan_helpers.data.bundled import bundled_dir
from gan_helpers.sweeps import complete, read_rows
from gan_helpers.taught import stability

DATA = ("ring of 8", "grid of 25")
OBJECTIVES = {
    "non-saturating": losses.non_saturating,
    "hinge": losses.hinge,
    "least squares": losses.least_squares,
    "Wasserstein": losses.wasserstein,
    "relativistic": losses.relativistic,
    "saturating": losses.minimax,
}
STEPS = 4000
LOOKS, LOOK_EVERY = 5, 100  # a reading is the mean of the last five looks
N_POINTS, N_JUDGED = 20_000, 1000
SEEDS, FRESH_SEEDS = range(3), range(10, 18)
GAMMAS = (0.01, 0.1, 1.0)


@dataclasses.dataclass(frozen=True)
class Setting:
    """A run but for its seed: `strength` is γ, the penalty's weight, or D's slope."""

    data: str
    objective: str
    penalty: str
    strength: float


class Reading(NamedTuple):
    """A row of data/objectives.csv.

    Attributes:
        data, objective, penalty, strength, seed: the run.
        at: "steps" for 4000 steps, "passes" for as many network passes as 4000 steps
            of the non-saturating loss without penalty take.
        step: the number of steps at which it was read.
        modes: how many modes the points reach, mean of five looks 100 steps apart.
        good: the share of points at any mode, the same mean.
        distance: the sliced Wasserstein distance to real points, the same mean; inf
            where a point is not finite.
    """

    data: str
    objective: str
    penalty: str
    strength: float
    seed: int
    at: str
    step: int
    modes: float
    good: float
    distance: float


def settings_of(data: str) -> list[Setting]:
    """What is compared on one set of points."""
    strengths = {
        "none": (0.0,),
        "R1": GAMMAS,
        "R1 + R2": GAMMAS,
        "gradient penalty": (0.1, 1.0, 10.0),
        "spectral norm": (1.0, 10.0),
    }
    with_slope_of_one = ("Wasserstein", "hinge", "non-saturating")
    return [
        Setting(data, objective, penalty, strength)
        for penalty, values in strengths.items()
        for objective in OBJECTIVES
        if penalty != "gradient penalty" or objective in with_slope_of_one
        for strength in values
    ]


def passes_per_step(objective: str, penalty: str) -> int:
    """How often a batch goes through a network, forward or backward, in one step.

    D's step: G once, D forward and backward on real and on generated points. G's step:
    both networks forward and backward; with pairs D sees real points, too. Each slope
    that is penalised goes forward and backward through D, and back through both.
    """
    slopes = {"R1": 1, "gradient penalty": 1, "R1 + R2": 2}.get(penalty, 0)
    return 9 + (objective == "relativistic") + 4 * slopes


def steps_at(objective: str, penalty: str) -> dict[str, int]:
    """The step of each reading, a multiple of LOOK_EVERY."""
    budget = STEPS * passes_per_step("non-saturating", "none")
    equal = budget // passes_per_step(objective, penalty)
    return {"passes": equal // LOOK_EVERY * LOOK_EVERY, "steps": STEPS}


class Trainer:
    """Two networks and a compiled step that serve all runs with one penalty."""

    def __init__(self, penalty: str):
        dense = {"dense": stability.SpectralDense} if penalty == "spectral norm" else {}
        self.make = lambda: (
            stability.make_generator(),
            stability.make_discriminator(**dense),
        )
        self.networks, self.optimizers = self.make(), stability.make_optimizers()
        self.points = tf.Variable(tf.zeros((N_POINTS, 2)))
        self.seed, self.index = tf.Variable(0), tf.Variable(0)
        self.weight, self.slope = tf.Variable(0.0), tf.Variable(1.0)
        step = stability.make_train_step(
            self.networks,
            self.optimizers,
            self._draw,
            self._both,
            losses.PENALTIES.get(penalty),
            self.weight,
        )
        self.start = [[v.numpy() for v in o.variables] for o in self.optimizers]
        self.run = training.compile_loop(step, jit_compile=True)

    def _draw(self, k):
        rows = tf.random.stateless_uniform(
            (stability.BATCH_SIZE,), [self.seed, k], 0, N_POINTS, tf.int32, alg="philox"
        )
        noise = tf.random.stateless_normal(
            (stability.BATCH_SIZE, stability.NOISE), [self.seed, k], alg="philox"
        )
        return tf.gather(self.points, rows), noise

    def _both(self, real_logits, fake_logits):
        logits = self.slope * real_logits, self.slope * fake_logits
        every = [tf.stack(both(*logits)) for both in OBJECTIVES.values()]
        return tf.unstack(tf.gather(tf.stack(every), self.index))

    def reset(self, setting: Setting, seed: int) -> None:
        """Everything that a run depends on."""
        settings.set_seed(seed)
        for network, new in zip(self.networks, self.make(), strict=True):
            network.set_weights(new.get_weights())
        for optimizer, values in zip(self.optimizers, self.start, strict=True):
            for variable, value in zip(optimizer.variables, values, strict=True):
                variable.assign(value)
        self.points.assign(point_sets.make_named(setting.data, n=N_POINTS).points)
        self.seed.assign(seed)
        self.index.assign(list(OBJECTIVES).index(setting.objective))
        bound = setting.penalty == "spectral norm"
        self.slope.assign(setting.strength if bound else 1.0)
        self.weight.assign(0.0 if bound else setting.strength)

    def look(self, setting: Setting) -> tuple[float, float, float]:
        """Modes reached, share of good points, and the distance, at this moment."""
        rng = np.random.default_rng(5)
        noise = rng.normal(size=(N_JUDGED, stability.NOISE)).astype("float32")
        fake = self.networks[0](noise).numpy()
        if not np.isfinite(fake).all():
            return 0.0, 0.0, math.inf
        real = point_sets.make_named(setting.data, n=N_POINTS)
        shares = metrics.mode_shares(fake, real.centres, radius=real.radius)
        distance = distance_to(real.points[:N_JUDGED], fake)
        return metrics.modes_hit(shares), float(shares.sum()), distance


def distance_to(real, fake) -> float:
    """The distance of the table: sliced Wasserstein along 64 directions."""
    return metrics.sliced_wasserstein(real, fake, projections=64)


trainer_of = functools.cache(Trainer)


@functools.lru_cache(maxsize=1)  # its readings are asked for one after the other
def train(setting: Setting, seed: int) -> list[Reading]:
    """Both readings of one training."""
    trainer = trainer_of(setting.penalty)
    trainer.reset(setting, seed)
    looks, reads = {}, steps_at(setting.objective, setting.penalty)
    for start in range(0, STEPS, LOOK_EVERY):
        trainer.run(start, LOOK_EVERY)
        done = start + LOOK_EVERY
        if any(0 <= step - done < LOOKS * LOOK_EVERY for step in reads.values()):
            looks[done] = trainer.look(setting)
    return [
        Reading(
            *dataclasses.astuple(setting),
            seed,
            at,
            step,
            *(
                round(
                    float(
                        np.mean([looks[step - k * LOOK_EVERY][i] for k in range(LOOKS)])
                    ),
                    4,
                )
                for i in range(3)
            ),
        )
        for at, step in reads.items()
    ]


def load(path=None) -> list[Reading]:
    """The rows of data/objectives.csv, none where it does not exist yet."""
    return load_as(Reading, path or bundled_dir() / "objectives.csv")


def load_as(kind, path) -> list:
    """A table's rows as NamedTuples of this kind."""
    kinds = kind.__annotations__.values()
    rows = read_rows(path, kind._fields)
    return [
        kind(*(to(v) for to, v in zip(kinds, r.values(), strict=True))) for r in rows
    ]


def best_setting(rows, data: str, objective: str) -> Setting:
    """The one with the lowest median distance at equal passes, on `SEEDS`."""
    distances: dict[Setting, list[float]] = {}
    for row in rows:
        asked = (row.data, row.objective, row.at) == (data, objective, "passes")
        if asked and row.seed in SEEDS:
            distances.setdefault(Setting(*row[:4]), []).append(row.distance)
    return min(distances, key=lambda setting: median(distances[setting]))


def measure(seed: int, at: str, **setting) -> dict[str, object]:
    """The rest of a row: one reading of a training."""
    [reading] = [one for one in train(Setting(**setting), seed) if one.at == at]
    return reading._asdict()


def write_missing(runs, path, deadline: float) -> None:
    """Train the (setting, seed) that the table lacks, all settings seed by seed."""
    jobs = (
        dataclasses.asdict(setting) | {"seed": seed, "at": at}
        for setting, seed in sorted(runs, key=lambda run: run[1])
        for at in steps_at(setting.objective, setting.penalty)
    )
    in_time = itertools.takewhile(lambda job: time.monotonic() < deadline, jobs)
    complete(None, path, Reading._fields, in_time, measure)


def fresh_runs(rows, sets):
    """The best setting of each objective and the one without penalty, on new seeds."""
    for data in sets:
        for objective in OBJECTIVES:
            plain = Setting(data, objective, "none", 0.0)
            for setting in {best_setting(rows, data, objective): 0, plain: 0}:
                yield from ((setting, seed) for seed in FRESH_SEEDS)


def write_points(sets, deadline: float) -> None:
    """Complete data/objectives.csv for some of DATA."""
    path = bundled_dir() / "objectives.csv"
    runs = [(s, seed) for data in sets for s in settings_of(data) for seed in SEEDS]
    write_missing(runs, path, deadline)
    if time.monotonic() < deadline:
        write_missing(fresh_runs(load(path), sets), path, deadline)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=110.0, help="stop after these")
    parser.add_argument(
        "--data", choices=DATA, help="only these points: two calls can share two cores"
    )
    parser.add_argument("--pictures", action="store_true", help="clothes, not points")
    options = parser.parse_args()
    deadline = time.monotonic() + 60 * options.minutes
    if options.pictures:
        from objectives_pictures import write_pictures

        write_pictures(deadline)
    else:
        write_points((options.data,) if options.data else DATA, deadline)


if __name__ == "__main__":
    main()
