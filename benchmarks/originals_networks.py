"""The original tutorials at their own size: networks and steps, on random pictures."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from gan_helpers import training
from gan_helpers.taught import dcgan, fashion, pictures

sys.path.append(str(Path(__file__).resolve().parents[1] / "tools"))
from lesson_code import from_lesson  # noqa: E402

LOSSES = {  # by how D answers
    "logits": keras.losses.BinaryCrossentropy(from_logits=True),
    "probability": keras.losses.BinaryCrossentropy(),
    "columns": keras.losses.CategoricalCrossentropy(),
}


class Original(NamedTuple):
    """An original tutorial at its own size.

    Attributes:
        title: its heading.
        make: makes (generator, discriminator, (G's, D's optimizer)).
        make_step: the lesson's, of these three and the batch.
        batch, latent, shape: of a batch, of its noise, of a picture.
        answers: what D's last layer gives, a name in LOSSES.
        optimizer: its kind.
        g_updates: G steps for one D step.
        steps: how many iterations the original trains.
    """

    title: str
    make: Callable[[], tuple[Any, Any, tuple]]
    make_step: Callable[..., training.Step]
    batch: int
    latent: int
    shape: tuple[int, int, int]
    answers: str
    optimizer: str
    g_updates: int
    steps: int


def random_batches(batch: int, shape: tuple[int, ...]):
    """Batches as `training.make_batches` makes them, of random pictures."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (4 * batch, *shape), dtype=np.uint8)
    return training.make_batches(images, batch, seed=0)


def make_clothes():
    networks = fashion.make_original_generator(), fashion.make_original_discriminator()
    return *networks, fashion.make_original_optimizers()


def step_of_clothes(generator, discriminator, optimizers, batch: int):
    batch_at = random_batches(batch, (28, 28, 1))
    return fashion.make_original_step(
        generator, discriminator, batch_at, optimizers, batch
    )


def make_house_numbers():
    networks = dcgan.make_generator(), dcgan.make_discriminator()
    return *networks, dcgan.make_optimizers()


def step_of_house_numbers(generator, discriminator, optimizers, batch: int):
    batch_at = random_batches(batch, (32, 32, 3))
    return dcgan.make_train_step(generator, discriminator, optimizers, batch_at)


def make_flags():
    names = "make_flag_generator", "make_flag_discriminator"
    lesson = from_lesson("stacked_models", *names)
    optimizers = tuple(keras.optimizers.Adam(1e-4) for _ in names)
    return lesson.make_flag_generator(), lesson.make_flag_discriminator(), optimizers


def make_ships():
    names = "make_ship_generator", "make_ship_discriminator", "make_ship_optimizers"
    lesson = from_lesson("ships", *names)
    networks = lesson.make_ship_generator(), lesson.make_ship_discriminator()
    return *networks, lesson.make_ship_optimizers()


def step_of_stack(generator, discriminator, optimizers, batch: int, *, answers: str):
    """Lesson 06's tape step on random pictures."""
    batch_at = random_batches(batch, discriminator.input_shape[1:])
    latent = generator.input_shape[1]
    real = np.repeat(np.float32([1, 0, 1]), batch)[:, None]
    labels = np.concatenate([1 - real, real], axis=1) if answers == "columns" else real

    def sample(iteration):
        noise = tf.random.stateless_normal((2, batch, latent), [2, iteration])
        return batch_at(iteration), noise, labels[: 2 * batch], labels[2 * batch :]

    return pictures.make_tape_step(
        generator, discriminator, optimizers, LOSSES[answers], sample
    )


ORIGINALS = {
    "F": Original(
        "F: the DCGAN on Fashion-MNIST at its original size", make_clothes,
        step_of_clothes, 64, 32, (28, 28, 1), "logits", "rmsprop", 1, 20 * 937,
    ),
    "S": Original(
        "S: the DCGAN on SVHN at its original size", make_house_numbers,
        step_of_house_numbers, 128, 100, (32, 32, 3), "logits", "adam", 2, 25 * 775,
    ),
    "L": Original(
        "L: the flags' stacked models at their original size", make_flags,
        partial(step_of_stack, answers="columns"),
        32, 100, (64, 64, 1), "columns", "adam", 1, 11_300,
    ),
    "H": Original(
        "H: the ships' stacked models at their original size", make_ships,
        partial(step_of_stack, answers="probability"),
        32, 128, (32, 32, 3), "probability", "rmsprop", 1, 10_000,
    ),
}  # fmt: skip
