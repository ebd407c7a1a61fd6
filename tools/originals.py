"""Train the original tutorials at their own size, to the step; it may be cut off.

    python tools/originals.py F                  # or S, L, H; goes on where it stopped
    python tools/originals.py H --minutes 110    # to the first look after so long

The networks and steps are the lessons' own, taken from their cells. What a call reaches
goes to data/original_X.npz: pictures at the original's looks, both losses of every
iteration, hours. Checkpoints lie in outputs/, at most a minute old; the hours count
what was saved, so a run that was killed adds up to one look too few.

F needs all 60,000 pictures of Fashion-MNIST and H the real ships of CIFAR-10 (set
GAN_DATA_DIR): a stand-in's losses would compare with nothing.
"""

import argparse
import functools
import math
import os
import signal
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

from gan_helpers import classifiers, data, metrics, settings, training
from gan_helpers.array_files import (
    flatten_value,
    read_arrays,
    rebuild_value,
    write_arrays,
)
from gan_helpers.pixels import to_bytes
from gan_helpers.taught import dcgan, fashion, pictures

SEED = 0
CLOCK = "clock.npz"  # in a run's folder: its last look


class Run(NamedTuple):
    """A training: what it changes, its step, pictures in [-1, 1] of now, a distance."""

    gan: dict[str, Any]
    step: training.Step
    draw: Callable[[], np.ndarray]
    measure: Callable[[], float] = lambda: math.nan


class Original(NamedTuple):
    """One of the original tutorials.

    Attributes:
        start: makes its Run.
        steps: how many iterations the original runs.
        look_every: iterations between two looks.
        looks: the looks that are kept; the last one is kept in any case.
    """

    start: Callable[[], Run]
    steps: int
    look_every: int
    looks: tuple[int, ...]


def start_house_numbers() -> Run:
    """S: as many synthetic house numbers as SVHN has in all."""
    generator, discriminator = dcgan.make_generator(), dcgan.make_discriminator()
    gan = {"generator": generator, "discriminator": discriminator}
    gan["optimizers"] = dcgan.make_optimizers()
    images = data.make_house_numbers(99_289).images
    batch_at = training.make_batches(images, 128, seed=SEED)
    noise = dcgan.sample_noise(16, [SEED, 0])
    step = dcgan.make_train_step(**gan, batch_at=batch_at)

    def measure():
        generated = training.generate(generator, dcgan.sample_noise(2000, [SEED, 1]))
        return house_number_distance(generated)

    return Run(gan, step, lambda: generator(noise).numpy(), measure)


def house_number_distance(images: np.ndarray) -> float:
    """Fréchet distance of pictures (n, 32, 32, 3) from 8,000 synthetic test pictures.

    Lesson 04's, by what the bundled classifier sees.
    """
    return metrics.frechet_distance(
        house_numbers_known(), house_number_features(images)
    )


@functools.cache
def house_numbers_known():
    known = data.load_svhn(split="test", source="synthetic").scaled()[:8000]
    return metrics.fit_gaussian(house_number_features(known))


def house_number_features(images: np.ndarray) -> np.ndarray:
    return classifiers.classify(classifiers.load_classifier("house_numbers"), images)[0]


def start_clothes() -> Run:
    """F: all the training pictures of Fashion-MNIST."""
    clothes = official(data.load_fashion_mnist())
    generator = fashion.make_original_generator()
    discriminator = fashion.make_original_discriminator()
    batch_at = training.make_batches(clothes.images, 64, seed=SEED)
    gan = {"generator": generator, "discriminator": discriminator}
    gan["optimizers"] = fashion.make_original_optimizers()
    step = fashion.make_original_step(**gan, batch_at=batch_at)
    noise = tf.random.stateless_normal((16, fashion.LATENT), [SEED, 0])

    def measure():
        return clothes_distance(draw_clothes(generator))

    return Run(gan, step, lambda: generator(noise).numpy(), measure)


def draw_clothes(generator) -> np.ndarray:
    """10,000 pictures, from noise that is always the same."""
    noise = tf.random.stateless_normal((10_000, fashion.LATENT), [SEED, 1])
    return training.generate(generator, noise)


def clothes_distance(images: np.ndarray) -> float:
    """Fréchet distance of pictures (n, 28, 28, 1) from the official test pictures."""
    classifier = classifiers.load_classifier("fashion_mnist")
    features, _ = classifiers.classify(classifier, images)
    reference = classifiers.load_reference("fashion_mnist", "test")
    return metrics.frechet_distance(reference, features)


def start_flags() -> Run:
    """L: the flags in grey, in [0, 1]; D's rate falls while it wins."""
    names = "make_flag_generator", "make_flag_discriminator", "make_flag_sampler"
    lesson = from_lesson("stacked_models", *names, "make_look", "TWO_COLUMNS")
    images = (data.load_flags(grey=True).scaled() + 1) / 2
    generator, discriminator = (
        lesson.make_flag_generator(),
        lesson.make_flag_discriminator(),
    )
    optimizers = tuple(keras.optimizers.Adam(1e-4) for _ in range(2))
    gan = {"generator": generator, "discriminator": discriminator}
    gan["optimizers"] = optimizers
    step = pictures.make_tape_step(
        **gan, loss=lesson.TWO_COLUMNS, sample=lesson.make_flag_sampler(images, 32)
    )
    noise = tf.random.stateless_uniform((60, 100), [SEED, 1])
    look = lesson.make_look(generator, discriminator, optimizers[1], noise, images[:60])
    return Run(gan, step, lambda: 2 * look()[0][:16] - 1)


def start_ships() -> Run:
    """H with its three slips, for only so do its published losses compare."""
    names = "make_ship_generator", "make_ship_discriminator", "make_ship_optimizers"
    lesson = from_lesson("ships", *names)
    images = (official(data.load_cifar10(class_name="ship")).scaled() + 1) / 2
    gan = {
        "generator": lesson.make_ship_generator(),
        "discriminator": lesson.make_ship_discriminator(),
        "optimizers": lesson.make_ship_optimizers(),
    }
    step = pictures.make_tape_step(
        **gan, loss=keras.losses.BinaryCrossentropy(), sample=as_published(images)
    )
    noise = tf.random.stateless_normal((16, 128), [SEED, 1])
    draw = lambda: 2 * gan["generator"](noise).numpy().clip(0, 1) - 1  # noqa: E731
    return Run(gan, step, draw)


def as_published(images: np.ndarray, batch_size: int = 32):
    """H's batches, in the order of the file; real labels go up to 1.05."""
    source, batches = tf.constant(images), len(images) // batch_size

    def sample(iteration):
        first = iteration % batches * batch_size
        noise = tf.random.stateless_normal((2, batch_size, 128), [2, iteration])
        labels = tf.repeat([[1.0], [0.0]], batch_size, axis=0)
        labels += 0.05 * tf.random.stateless_uniform(labels.shape, [3, iteration])
        real_images = source[first : first + batch_size]
        return real_images, noise, labels, tf.ones((batch_size, 1))

    return sample


def official(image_set: data.ImageSet) -> data.ImageSet:
    """The set as it is; exits with a line if it stands in for another one."""
    if image_set.stands_in_for:
        sys.exit(f"{image_set.title}: put the official files into GAN_DATA_DIR.")
    return image_set


ORIGINALS = {
    "S": Original(start_house_numbers, 25 * 775, 100, (100, 500, 1000, 2000)),
    "F": Original(start_clothes, 20 * 937, 937, (937, 5 * 937, 10 * 937)),
    "L": Original(start_flags, 11_300, 100, (100, 300, 1300)),
    "H": Original(start_ships, 10_000, 50, (200, 400, 600, 800, 1000)),
}


def train(letter: str, steps: int | None = None, minutes: float = math.inf) -> Path:
    """Train an original on to `steps` in all (None: to its end); returns the file.

    What cannot be written is kept in memory and tried again each minute.
    """
    original = ORIGINALS[letter]
    settings.set_seed(SEED)
    run = original.start()
    folder = settings.output_dir(f"original_{letter}")
    began, before, late = time.perf_counter(), seconds_so_far(folder), []

    def interrupt(number, frame):
        if not late:  # a time limit that passes at the end has nothing left to stop
            raise KeyboardInterrupt

    def look():
        seconds = time.perf_counter() - began
        if seconds > 60 * minutes and not late:
            late.append(seconds)
            os.kill(os.getpid(), signal.SIGINT)  # as the stop button of `fit` does
        return {"images": to_bytes(run.draw()), "seconds": before + seconds}

    signal.signal(signal.SIGINT, interrupt)
    history = training.fit(
        run.step,
        steps or original.steps,
        snapshot=look,
        snapshot_every=original.look_every,
        checkpoint=training.Checkpoint(folder, resume=True, **run.gan),
    )
    clock = flatten_value(history.snapshots[-1][1])
    keep_trying(lambda: write_arrays(folder / CLOCK, clock))
    path, distance = DATA / f"original_{letter}.npz", run.measure()
    return keep_trying(lambda: write(path, history, original.looks, distance))


def seconds_so_far(folder: Path) -> float:
    """How long the calls before trained, by what they left in `folder`."""
    left = [folder / CLOCK, *folder.glob("snapshot-*.npz")]
    return max(
        (
            float(rebuild_value(read_arrays(path))["seconds"])
            for path in left
            if path.is_file()
        ),
        default=0.0,
    )


def write(path, history: training.History, looks: tuple[int, ...], distance) -> Path:
    """Write the looks that are kept, losses, distance and seconds; returns `path`.

    Raises:
        ValueError: The file there comes from a longer run; it stays.
        OSError: It cannot be written; the file there stays.
    """
    reached = len(history.d_loss)
    if path.is_file() and (kept := len(read_arrays(path)["losses"])) > reached:
        raise ValueError(
            f"{path} holds {kept:,} iterations, this run has {reached:,}, so it was "
            "not written. Bring back the run's folder in outputs/, or move the file."
        )
    shown = [pair for pair in history.snapshots[:-1] if pair[0] in looks]
    shown.append(history.snapshots[-1])
    save_npz(
        path,
        iterations=np.array([iteration for iteration, _ in shown]),
        images=np.stack([look["images"] for _, look in shown]),
        losses=np.stack([history.d_loss, history.g_loss], axis=1),
        distance=np.array(distance),
        seconds=np.array(shown[-1][1]["seconds"]),
        machine=np.array(f"{os.cpu_count()} cores, TensorFlow {tf.__version__}"),
    )
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("letter", choices=ORIGINALS)
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--steps", type=int, help="in all; as many as the original's")
    options = parser.parse_args()
    path = train(options.letter, options.steps, options.minutes)
    found = read_arrays(path)
    print(f"{path.name}: {len(found['losses']):,} iterations", end=", ")
    print(f"{found['seconds'].item() / 3600:.2f} hours, {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
