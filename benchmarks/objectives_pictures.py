"""The section of objectives.py on clothes: equal seconds of one core of this machine.

Lesson 05's networks, batch and average. Each objective first trains once with each of
`CANDIDATES`, for half the time and from a seed that is not used again; its best one
then trains from five others. All runs of a seed are trained in turn. The distance is
that of fashion_quality.py. Seconds are not a pure function of the settings, so this
table belongs to the machine that made it.
"""

import time
from itertools import product

import fashion_quality
import tensorflow as tf
from in_turn import Turns, train_in_turn
from objectives import OBJECTIVES

from gan_helpers import data, losses, settings, training
from gan_helpers.data.bundled import bundled_dir
from gan_helpers.sweeps import complete, missing, read_rows
from gan_helpers.taught import fashion

TABLE = bundled_dir() / "objectives_pictures.csv"
SETTING = ("objective", "penalty", "strength", "rate", "seed")
COLUMNS = (*SETTING, "steps", "distance", "rarest_share")
SECONDS = 60.0
CHOOSING_SEED, SEEDS = 99, range(5)
RATES = (1e-3, 4e-3)  # of both optimizers; lesson 05 takes the second
PENALTIES = (("none", 0.0), ("R1", 0.1), ("R1 + R2", 0.1))
CANDIDATES = {name: list(product(PENALTIES, RATES)) for name in OBJECTIVES}
CANDIDATES["Wasserstein"][:2] = product([("gradient penalty", 10.0)], RATES)


def make_step(networks, batch_at, both, penalty, weight, optimizers):
    """Lesson 05's step with another objective; networks are (G, D, averaged G)."""
    generator, discriminator, average = networks
    g_optimizer, d_optimizer = optimizers
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)

    def step(iteration):
        real_images = batch_at(iteration)
        noise = tf.random.stateless_normal(
            (len(real_images), fashion.LATENT), [1, iteration]
        )
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake_images = generator(noise, training=True)
            logits = [
                discriminator(images, training=True)
                for images in (real_images, fake_images)
            ]
            d_loss, g_loss = both(*logits)
            with g_tape.stop_recording():
                total = d_loss
                if penalty is not None:
                    fixed = tf.stop_gradient(fake_images)
                    seed = [3, iteration]
                    total += weight * penalty(discriminator, real_images, fixed, seed)
        training.update(d_optimizer, d_tape, total, discriminator)
        training.update(g_optimizer, g_tape, g_loss, generator)
        if iteration % 4 == 0:
            training.update_average(average, generator, iteration, decay=fashion.DECAY)
        return d_loss, g_loss

    return step


class Run(Turns):
    """The training of a setting, a dict with the names of SETTING."""

    def __init__(self, setting: dict, images):
        seed = setting["seed"]
        settings.set_seed(seed)
        generator = fashion.make_generator()
        discriminator = fashion.make_discriminator(fashion.D_FILTERS)
        self.average = training.make_average(generator)
        super().__init__(
            make_step(
                (generator, discriminator, self.average),
                training.make_batches(images, fashion.BATCH_SIZE, seed=seed),
                OBJECTIVES[setting["objective"]],
                losses.PENALTIES.get(setting["penalty"]),
                setting["strength"],
                fashion.make_optimizers(setting["rate"]),
            )
        )


def write_group(jobs: list[dict], images, judge, seconds: float) -> None:
    """Train all jobs that have no row yet in turn, and add their rows."""
    jobs = list(missing(jobs, read_rows(TABLE, COLUMNS)))
    runs = {tuple(job.values()): Run(job, images) for job in jobs}
    train_in_turn(runs.values(), seconds)

    def measure(**job):
        run = runs[tuple(job.values())]
        found = judge(fashion_quality.draw(run.average, fashion.LATENT))
        return {"steps": run.steps} | found

    complete(None, TABLE, COLUMNS, jobs, measure)


def choose_best() -> list[tuple]:
    """(objective, penalty, strength, rate) of the least distance, of each objective."""
    tried = [
        row for row in read_rows(TABLE, COLUMNS) if row["seed"] == str(CHOOSING_SEED)
    ]
    best = []
    for name in OBJECTIVES:
        rows = [row for row in tried if row["objective"] == name]
        row = min(rows, key=lambda row: float(row["distance"]))
        best.append((name, row["penalty"], float(row["strength"]), float(row["rate"])))
    return best


def write_pictures(deadline: float) -> None:
    """Complete data/objectives_pictures.csv; no group is begun after the deadline."""
    images = data.load_fashion_mnist(split="train")
    judge = fashion_quality.make_judge("train" if images.stands_in_for else "test")
    for objective, candidates in CANDIDATES.items():
        choosing = [
            (objective, *penalty, rate, CHOOSING_SEED) for penalty, rate in candidates
        ]
        jobs = [dict(zip(SETTING, values, strict=True)) for values in choosing]
        if time.monotonic() > deadline:
            return
        write_group(jobs, images.images, judge, SECONDS / 2)
    for seed in SEEDS:
        jobs = [
            dict(zip(SETTING, (*best, seed), strict=True)) for best in choose_best()
        ]
        if time.monotonic() > deadline:
            return
        write_group(jobs, images.images, judge, SECONDS)
