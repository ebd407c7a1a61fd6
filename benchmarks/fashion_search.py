"""Search a recipe for lesson 05: Fréchet distance after equal processor seconds.

    python benchmarks/fashion_search.py 60 0,1,2 before lesson  # seconds, seeds, names
    python benchmarks/fashion_search.py --report

Trains on the pictures that come with the course, with one thread, until each recipe has
used so many seconds of processor time. All recipes of a seed are trained in turn. Then
10,000 generated pictures are compared with the 60,000 official training pictures over
the features of the course's classifier. Each run adds a row to data/fashion_search.csv;
what has its row there is not trained again. Rows that begin with "alone:" come from a
first look, on one seed and not in turn: compare them with one another only. "lesson,
again" and the three below it were trained in turn on 2026-11-30, but for seed 1 of
"drawn by chance", which was trained by itself; all others the day before.
"""

import argparse
from pathlib import Path
from statistics import mean

import keras
import numpy as np
import tensorflow as tf
from in_turn import Turns, falling, train_in_turn
from picture_recipes import make_step

from gan_helpers import classifiers, data, metrics, settings, training
from gan_helpers.data.bundled import bundled_dir
from gan_helpers.sweeps import complete, missing, read_rows
from gan_helpers.taught import fashion

COLUMNS = ("recipe", "seconds", "seed", "steps", "distance", "last", "rarest")
N_JUDGED = 10_000
BEFORE = {  # lesson 05 until November 2026
    "d_filters": (16, 64),
    "latent": fashion.LATENT,
    "batch": 24,
    "rate": 1e-3,
    "betas": (0.5, 0.999),
    "end": 1.0,  # the last rate by the first; between them half a cosine
    "loss": "non_saturating",
    "r1": 0.0,  # weight of E|∇D|², charged at every eighth step
    "decay": 0.996,  # of the averaged generator, at every fourth step
}
LESSON = BEFORE | {"d_filters": (16, 48, 96), "rate": 4e-3, "decay": 0.99}
R1 = LESSON | {"r1": 0.05}
FALLING = R1 | {"rate": 1e-3, "end": 0.05, "decay": 0.996}
RECIPES = {
    "before": BEFORE,
    "lesson": LESSON,
    "lesson, D of two convolutions": LESSON | {"d_filters": (16, 64)},
    "lesson, rate of 0.001": LESSON | {"rate": 1e-3},
    "lesson, a rate that falls": LESSON | {"end": 0.05},
    "lesson, again": LESSON,  # with the next three, a day later than the others
    "lesson, average of 0.996": LESSON | {"decay": 0.996},
    "lesson, one order": LESSON | {"order": "one"},
    "lesson, drawn by chance": LESSON | {"order": "chance"},
    "lesson, with R1": R1,
    "R1, D of two convolutions": R1 | {"d_filters": (16, 64)},
    "R1, rate of 0.001": R1 | {"rate": 1e-3},
    "R1, a rate that falls": R1 | {"end": 0.05},
    "falling": FALLING,
    "falling, relativistic": FALLING | {"loss": "relativistic"},
    "falling, rate from 0.002": FALLING | {"rate": 2e-3},
    "falling, rate from 0.002, D 16-32-64": FALLING
    | {"rate": 2e-3, "d_filters": (16, 32, 64)},
    "falling, rate from 0.002, D 16-64": FALLING
    | {"rate": 2e-3, "d_filters": (16, 64)},
    "falling, rate from 0.002, D 16-64, no R1": BEFORE | {"rate": 2e-3, "end": 0.05},
    "falling, rate from 0.004": FALLING | {"rate": 4e-3},
}


class Run(Turns):
    """The training of a recipe from a seed."""

    def __init__(self, recipe: dict, seed: int):
        settings.set_seed(seed)
        test = data.load_fashion_mnist(split="test", source="bundled")
        generator = fashion.make_generator()
        discriminator = fashion.make_discriminator(recipe["d_filters"])
        self.networks = generator, discriminator, training.make_average(generator)
        self.optimizers = [
            keras.optimizers.Adam(recipe["rate"], *recipe["betas"]) for _ in range(2)
        ]
        self.recipe = recipe
        super().__init__(
            make_step(
                recipe, self.networks, self.optimizers, test.scaled()[:-1000], seed
            )
        )

    def advance(self, share: float) -> None:
        """The rate falls along half a cosine."""
        rate = self.recipe["rate"] * falling(share, self.recipe["end"])
        for optimizer in self.optimizers:
            optimizer.learning_rate = rate
        super().advance(share)

    def row(self) -> dict[str, object]:
        """What the table keeps of it."""
        distance, rarest = judge(self.networks[2])
        last, _ = judge(self.networks[0])
        found = {"distance": distance, "last": last, "rarest": rarest}
        return {"steps": self.steps} | found


def judge(generator) -> tuple[str, str]:
    """Distance of N_JUDGED pictures, and the share of their rarest class."""
    noise = np.random.default_rng(5).normal(size=(N_JUDGED, fashion.LATENT))
    pictures = training.generate(generator, noise.astype("float32"))
    features, probabilities = classifiers.classify(
        classifiers.load_classifier("fashion_mnist"), pictures
    )
    reference = classifiers.load_reference("fashion_mnist", "train")
    distance = metrics.frechet_distance(reference, features)
    return f"{distance:.2f}", f"{metrics.class_shares(probabilities).min():.4f}"


def table() -> Path:
    return bundled_dir() / "fashion_search.csv"


def measure(names: list[str], seconds: float, seed: int) -> None:
    """Train the recipes that the table lacks, in turn, and add their rows."""
    jobs = [{"recipe": name, "seconds": f"{seconds:g}", "seed": seed} for name in names]
    wanted = missing(jobs, read_rows(table(), COLUMNS))
    runs = {job["recipe"]: Run(RECIPES[job["recipe"]], seed) for job in wanted}
    train_in_turn(runs.values(), seconds)
    complete(None, table(), COLUMNS, jobs, lambda recipe, **_: runs[recipe].row())


def report() -> None:
    """Print the table, the best mean first."""
    print("| recipe | seconds | steps | distance by seed | mean | last weights |")
    print("| --- | ---: | ---: | --- | ---: | ---: |")
    groups = {}
    for row in sorted(read_rows(table(), COLUMNS), key=lambda row: int(row["seed"])):
        groups.setdefault((row["recipe"], row["seconds"]), []).append(row)
    means = {
        key: {c: mean(float(row[c]) for row in rows) for c in COLUMNS[3:]}
        for key, rows in groups.items()
    }
    for key in sorted(groups, key=lambda key: means[key]["distance"]):
        found = ", ".join(f"{float(row['distance']):.1f}" for row in groups[key])
        print(f"| {key[0]} | {key[1]} | {means[key]['steps']:,.0f} | {found} ", end="")
        print(f"| {means[key]['distance']:.1f} | {means[key]['last']:.1f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--report", action="store_true", help="only print the table")
    parser.add_argument("seconds", nargs="?", type=float, default=60.0)
    parser.add_argument("seeds", nargs="?", default="0,1,2")
    parser.add_argument("names", nargs="*", metavar="recipe", help=", ".join(RECIPES))
    arguments = parser.parse_args()
    if arguments.report:
        report()
        return
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    for seed in map(int, arguments.seeds.split(",")):
        measure(arguments.names, arguments.seconds, seed)


if __name__ == "__main__":
    main()
