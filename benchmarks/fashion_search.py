"""Search a recipe for lesson 05: Fréchet distance after equal processor seconds.

    python benchmarks/fashion_search.py 60 0,1,2 before lesson  # seconds, seeds, names
    python benchmarks/fashion_search.py --report

Trains on the pictures that come with the course, with one thread, until each recipe has
used so many seconds of processor time. All recipes of a seed are trained in turn,
twenty steps at a time, because other work on the machine makes steps slower. Then
10,000 generated pictures are compared with the 60,000 official training pictures over
the features of the course's classifier. Each run adds a row to data/fashion_search.csv;
what has its row there is not trained again. Rows that begin with "alone:" come from a
first look, on one seed and not in turn: compare them with one another only.
"""

import argparse
import math
import time
from pathlib import Path
from statistics import mean

import keras
import numpy as np
import tensorflow as tf

from gan_helpers import classifiers, data, losses, metrics, settings, training
from gan_helpers.data.bundled import bundled_dir
from gan_helpers.sweeps import complete, missing, read_rows
from gan_helpers.taught import fashion

COLUMNS = ("recipe", "seconds", "seed", "steps", "distance", "last", "rarest")
N_JUDGED = 10_000
BEFORE = {  # lesson 05 until November 2026
    "d_filters": (16, 64),
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
    "lesson, average of 0.996": LESSON | {"decay": 0.996},
    "lesson, a rate that falls": LESSON | {"end": 0.05},
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


def make_step(recipe: dict, networks, optimizers, images, seed: int):
    """Lesson 05's step with the recipe's loss; networks are (G, D, averaged G)."""
    generator, discriminator, average = networks
    for optimizer, network in zip(optimizers, networks[:2], strict=True):
        optimizer.build(network.trainable_variables)
    batch_at = training.make_batches(images, recipe["batch"], seed=seed)
    loss = getattr(losses, recipe["loss"])
    label = {"real_label": 0.9} if recipe["loss"] == "non_saturating" else {}
    r1 = recipe["r1"]

    def step(iteration):
        real_images = batch_at(iteration)
        noise = tf.random.stateless_normal(
            (recipe["batch"], fashion.LATENT), [1, iteration]
        )
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake_images = generator(noise, training=True)
            real_logits = discriminator(real_images, training=True)
            fake_logits = discriminator(fake_images, training=True)
            d_loss, g_loss = loss(real_logits, fake_logits, **label)
            if r1 and iteration % 8 == 0:
                d_loss += 16 * r1 * losses.r1_penalty(discriminator, real_images)
        training.update(optimizers[1], d_tape, d_loss, discriminator)
        training.update(optimizers[0], g_tape, g_loss, generator)
        if iteration % 4 == 0:
            training.update_average(
                average, generator, iteration, decay=recipe["decay"]
            )
        return d_loss, g_loss

    return step


class Run:
    """One training, and the seconds of processor time that it has used."""

    def __init__(self, recipe: dict, seed: int):
        settings.set_seed(seed)
        test = data.load_fashion_mnist(split="test", source="bundled")
        generator = fashion.make_generator()
        discriminator = fashion.make_discriminator(recipe["d_filters"])
        self.networks = generator, discriminator, training.make_average(generator)
        self.optimizers = [
            keras.optimizers.Adam(recipe["rate"], *recipe["betas"]) for _ in range(2)
        ]
        step = make_step(
            recipe, self.networks, self.optimizers, test.scaled()[:-1000], seed
        )
        self.run = training.compile_loop(step, max_steps=20)
        self.run(0, 1)
        self.recipe, self.steps, self.spent = recipe, 1, 0.0

    def advance(self, seconds: float) -> None:
        """Twenty steps; the rate falls with the share of the seconds that is spent."""
        share = (1 + math.cos(math.pi * self.spent / seconds)) / 2
        end = self.recipe["end"]
        for optimizer in self.optimizers:
            optimizer.learning_rate = self.recipe["rate"] * (end + (1 - end) * share)
        start = time.process_time()
        self.run(self.steps, 20)
        self.spent += time.process_time() - start
        self.steps += 20

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
    while runs and (run := min(runs.values(), key=lambda run: run.spent)):
        if run.spent >= seconds:
            break
        run.advance(seconds)
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
