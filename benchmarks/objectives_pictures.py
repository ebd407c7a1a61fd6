"""The section of objectives.py on clothes: equal seconds of training on this machine.

Lesson 05's networks and rates. Each objective first trains once with each of
`CANDIDATES`, from a seed that is not used again; its best one then trains from five
others. The distance is that of fashion_quality.py. Seconds are not a pure function of
the settings, so this table belongs to the machine that made it.
"""

import functools
import itertools
import time
from typing import NamedTuple

import fashion_quality
import tensorflow as tf
from objectives import OBJECTIVES, load_as

from gan_helpers import data, losses, settings, training
from gan_helpers.data.bundled import bundled_dir
from gan_helpers.sweeps import complete
from gan_helpers.taught import fashion

SECONDS = 60.0
CHOOSING_SEED, SEEDS = 99, range(5)
CANDIDATES = {
    name: [("none", 0.0), ("R1", 0.1), ("R1 + R2", 0.1)] for name in OBJECTIVES
}
CANDIDATES["Wasserstein"][0] = ("gradient penalty", 10.0)


class Result(NamedTuple):
    """A row of data/objectives_pictures.csv: one training."""

    objective: str
    penalty: str
    strength: float
    seed: int
    steps: int
    distance: float
    rarest_share: float


def make_step(networks, batch_at, both, penalty, weight):
    """Lesson 05's step with another objective, and the averaged generator."""
    generator, discriminator = networks
    average = training.make_average(generator)
    g_optimizer, d_optimizer = fashion.make_optimizers()
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
            training.update_average(average, generator, iteration, decay=0.996)
        return d_loss, g_loss

    return step, average


def train(images, judge, objective: str, penalty: str, strength: float, seed: int):
    """One training of SECONDS, judged."""
    settings.set_seed(seed)
    step, average = make_step(
        (fashion.make_generator(), fashion.make_discriminator()),
        training.make_batches(images, fashion.BATCH_SIZE, seed=seed),
        OBJECTIVES[objective],
        losses.PENALTIES.get(penalty),
        strength,
    )
    steps = fashion_quality.train_for(step, SECONDS)
    found = judge(fashion_quality.draw(average, fashion.LATENT))
    return dict(zip(Result._fields[4:], (steps, *found.values()), strict=True))


def load(path) -> list[Result]:
    """The rows so far."""
    return load_as(Result, path)


def write_pictures(deadline: float) -> None:
    """Complete data/objectives_pictures.csv."""
    path = bundled_dir() / "objectives_pictures.csv"
    images = data.load_fashion_mnist(split="train")
    judge = fashion_quality.make_judge("train" if images.stands_in_for else "test")

    def write_missing(runs) -> None:
        jobs = (dict(zip(Result._fields, run, strict=False)) for run in runs)
        in_time = itertools.takewhile(lambda job: time.monotonic() < deadline, jobs)
        measure = functools.partial(train, images.images, judge)
        complete(None, path, Result._fields, in_time, measure)

    choosing = [
        (name, *candidate, CHOOSING_SEED)
        for name, candidates in CANDIDATES.items()
        for candidate in candidates
    ]
    write_missing(choosing)
    if time.monotonic() < deadline:
        tried = [row for row in load(path) if row.seed == CHOOSING_SEED]
        best = [
            min((row for row in tried if row.objective == name), key=lambda r: r[5])
            for name in OBJECTIVES
        ]
        write_missing([(*row[:3], seed) for seed in SEEDS for row in best])
