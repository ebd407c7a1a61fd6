"""Train a lesson's laptop recipe for an hour of one core; it may be cut off.

    GAN_DATA_DIR=… python tools/train_generators.py clothes  # or another of RECIPES

The same command goes on where the last one stopped. Networks and step are the lesson's
own. One thing differs: the rates fall along half a cosine to a twentieth, by the share
of the time that is spent; in lessons 04 and 05 they stay, in 06 and 07 they fall by
the steps. Time is processor time of the training alone, on one thread.
Checkpoints lie in outputs/, a minute old, or a little more where 100 steps take long.

At the end the averaged generator goes to data/ as float16, for
`gan_helpers.generators`, with what it took; its SHA-256 is printed.
Clothes need all 60,000 pictures of Fashion-MNIST (set GAN_DATA_DIR); house numbers and
ships are the synthetic ones, so that what they teach may be given away. Of the "real
ships", CIFAR-10's (GAN_DATA_DIR again), 48 generated pictures are kept, no weights.
"""

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from bundle_data import DATA, keep_trying, save_npz
from lesson_code import from_lesson
from originals import (
    clothes_distance,
    draw_clothes,
    house_number_distance,
    official,
)
from tqdm import tqdm

from gan_helpers import data, metrics, settings, training
from gan_helpers.array_files import fill_weights, read_arrays
from gan_helpers.generators import SHEET_FILE, generator_file, pack_weights
from gan_helpers.pixels import scale_bytes, to_bytes
from gan_helpers.taught import dcgan, fashion, pictures

SEED = 0
LAST_RATE = 0.05  # by the first
N_JUDGED = 2000  # pictures that are measured, generated and real
SHEET_SIZE = 48


class Recipe(NamedTuple):
    """A lesson's recipe, ready to be trained.

    Attributes:
        gan: all that the step changes, by name; "average" is what is kept.
        step: one training step.
        optimizers: G's and D's, whose rates fall.
        rates: their first rates.
        measure: how far a generator's pictures are from real ones, and the floor: how
            far other real ones are.
        gives_weights: whether weights are kept; else SHEET_SIZE pictures are.
    """

    gan: dict[str, Any]
    step: training.Step
    optimizers: tuple
    rates: tuple[float, float]
    measure: Callable[[Any], tuple[float, float]]
    gives_weights: bool = True


class Clock(tf.Module):
    """Seconds spent, and seconds to spend, as a checkpoint keeps them."""

    def __init__(self, seconds: float):
        super().__init__()
        self.spent = tf.Variable(0.0, dtype="float64", trainable=False)
        self.seconds = tf.Variable(seconds, dtype="float64", trainable=False)


def start_clothes() -> Recipe:
    """Lesson 05's laptop recipe, on all the training pictures."""
    clothes = official(data.load_fashion_mnist())
    gan = from_lesson("dcgan_fashion_mnist", "make_gan").make_gan(SEED)
    optimizers = gan["g_optimizer"], gan["d_optimizer"]
    step = fashion.make_train_step(
        gan["generator"],
        gan["discriminator"],
        gan["average"],
        training.make_batches(clothes.images, fashion.BATCH_SIZE, seed=SEED),
        optimizers,
        decay=fashion.DECAY,
    )

    def measure(generator):
        real_images = scale_bytes(clothes.images[-10_000:])
        return clothes_distance(draw_clothes(generator)), clothes_distance(real_images)

    return Recipe(gan, step, optimizers, (fashion.RATE, fashion.RATE), measure)


def start_house_numbers() -> Recipe:
    """Lesson 04's laptop recipe, on synthetic house numbers new to the classifier."""
    lesson = from_lesson("dcgan_svhn", "make_gan", "THIN", "DECAY")
    images = data.load_svhn(split="test", source="synthetic").scaled()
    known, unseen = np.split(images, [-N_JUDGED])
    size, gan = lesson.THIN, lesson.make_gan(lesson.THIN)
    batch_at = training.make_batches(known, size["batch_size"], seed=SEED)
    sizes = {name: size[name] for name in ("g_updates", "latent")}
    networks = gan["generator"], gan["discriminator"], gan["optimizers"]
    train_step = dcgan.make_train_step(*networks, batch_at, **sizes)

    def step(iteration):
        both_losses = train_step(iteration)
        if iteration % 4 == 0:
            average = gan["average"], gan["generator"]
            training.update_average(*average, iteration, decay=lesson.DECAY)
        return both_losses

    def measure(generator):
        noise = dcgan.sample_noise(N_JUDGED, [SEED, 1], size["latent"])
        generated = training.generate(generator, noise)
        return house_number_distance(generated), house_number_distance(unseen)

    return Recipe(gan, step, gan["optimizers"], (size["rate"],) * 2, measure)


def start_pictures(
    gan: dict[str, Any], images, batch_size: int, make_step, measure
) -> Recipe:
    """A GAN of lesson 06 or 07, with rates that can be set."""
    rates = tuple(float(one.learning_rate) for one in gan["optimizers"])
    optimizers = tuple(keras.optimizers.Adam(rate, beta_1=0.5) for rate in rates)
    gan = gan | {"optimizers": optimizers}
    batch_at = training.make_batches(images, batch_size, seed=SEED)
    step = make_step(**gan, batch_at=batch_at)
    return Recipe(gan, step, optimizers, rates, measure)


def draw(generator) -> np.ndarray:
    """N_JUDGED pictures, from noise that is always the same."""
    noise = tf.random.stateless_normal((N_JUDGED, fashion.LATENT), [SEED, 1])
    return training.generate(generator, noise)


def start_flags() -> Recipe:
    """Lesson 06's laptop recipe; its distance is the kernel's, of grey thumbnails."""
    lesson = from_lesson("stacked_models", "make_color_gan", "shrink")
    flags = data.load_flags().scaled()
    real = np.random.default_rng(SEED).permutation(lesson.shrink(flags))

    def measure(generator):
        distance, _ = metrics.kernel_distance(real, lesson.shrink(draw(generator)))
        floor, _ = metrics.kernel_distance(*np.split(real, 2))
        return distance, floor

    gan, make_step = lesson.make_color_gan(1), pictures.make_paired_step
    return start_pictures(gan, flags, 16, make_step, measure)


def start_ships() -> Recipe:
    """Lesson 07's laptop recipe, on the synthetic ships."""
    return start_on_ships(data.make_ships())


def start_real_ships() -> Recipe:
    """The same on CIFAR-10's, whose weights are not given away."""
    ships = official(data.load_cifar10(class_name="ship"))
    return start_on_ships(ships)._replace(gives_weights=False)


def start_on_ships(ships: data.ImageSet) -> Recipe:
    """Lesson 07's laptop recipe; its distance is sliced Wasserstein, of thumbnails."""
    lesson = from_lesson("ships", "make_thin_gan", "shrink")
    images = ships.scaled()
    real = np.random.default_rng(SEED).permutation(lesson.shrink(images))

    def measure(generator):
        known, unseen = np.split(real, [-N_JUDGED])  # as many as are generated
        fake = lesson.shrink(draw(generator))
        return tuple(metrics.sliced_wasserstein(known, x) for x in (fake, unseen))

    gan, make_step = lesson.make_thin_gan((32, 32, 3), 1), fashion.make_train_step
    return start_pictures(gan, images, 24, make_step, measure)


RECIPES = {
    "house numbers": start_house_numbers,
    "clothes": start_clothes,
    "flags": start_flags,
    "ships": start_ships,
    "real ships": start_real_ships,
}


def train(name: str, seconds: float) -> Path:
    """Train a recipe until so many seconds of processor time are spent in all.

    Returns:
        The file of what is kept, which is tried again each minute where it cannot be
        written.

    Raises:
        ValueError: The run in outputs/ was begun for another time.
    """
    settings.set_seed(SEED)
    recipe, clock = RECIPES[name](), Clock(seconds)
    folder = settings.output_dir(generator_file(name).stem)
    checkpoint = training.Checkpoint(folder, resume=True, clock=clock, **recipe.gan)
    log = checkpoint.begin(0)
    if (begun_for := float(clock.seconds)) != seconds:
        raise ValueError(
            f"The run in {folder} was begun for {begun_for / 3600:g} hours, not for "
            f"{seconds / 3600:g}, and its rate falls by that. Go on with --hours "
            f"{begun_for / 3600:g}, or move the folder."
        )
    spend(recipe, clock, checkpoint, log)
    average = recipe.gan["average"]
    if recipe.gives_weights:
        path, kept = DATA / generator_file(name), pack_weights(average)
        fill_weights(average, kept, path)  # what is measured is what is kept
    else:
        path, kept = DATA / SHEET_FILE, {"images": to_bytes(draw(average)[:SHEET_SIZE])}
    distance, floor = recipe.measure(average)
    keep_trying(
        lambda: save_npz(
            path,
            **kept,
            steps=np.array(log.next),
            seconds=np.array(float(clock.spent)),
            distance=np.array(distance),
            floor=np.array(floor),
        )
    )
    return path


def spend(recipe: Recipe, clock: Clock, checkpoint: training.Checkpoint, log) -> None:
    """Train until the clock has run down; the log and the clock move on."""
    seconds = float(clock.seconds)
    share_at = keras.optimizers.schedules.CosineDecay(1.0, seconds, LAST_RATE)
    run = training.compile_loop(recipe.step)
    run(log.next, 0)  # a first call optimises what was compiled, which is no training
    with tqdm(total=round(seconds), unit="s", mininterval=60) as bar:
        while (spent := float(clock.spent)) < seconds:
            for optimizer, rate in zip(recipe.optimizers, recipe.rates, strict=True):
                optimizer.learning_rate = rate * float(share_at(spent))
            start = time.process_time()
            losses = run(log.next, training.LOOP_STEPS)
            clock.spent.assign_add(time.process_time() - start)
            training.check_finite(losses, first_iteration=log.next)
            log.losses.append(losses)
            bar.update(round(float(clock.spent)) - bar.n)
            checkpoint.save_when_due(log)
    checkpoint.save(log)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("--hours", type=float, default=1.0, help="of one core; 1")
    options = parser.parse_args()
    os.environ["GAN_BUDGET"] = "laptop"  # of the lessons' recipes
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    path = train(options.name, 3600 * options.hours)
    content = path.read_bytes()
    names = "steps", "seconds", "distance", "floor"
    steps, seconds, distance, floor = (read_arrays(path)[name].item() for name in names)
    print(f"{path.name}: {len(content):,} bytes, {steps:,} steps in", end=" ")
    print(f"{seconds:,.0f} s of one core, distance {distance:.2f}", end=" ")
    print(f"(real pictures: {floor:.2f}); SHA-256")
    print(hashlib.sha256(content).hexdigest())
    return 0


if __name__ == "__main__":
    sys.exit(main())
