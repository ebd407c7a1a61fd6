"""What growth.py measures: each makes a function of the repeat, for one size."""

import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import ceiling
import keras
import numpy as np
import tensorflow as tf
from keras import layers

from gan_helpers import losses, metrics, settings, sweeps, training
from gan_helpers.taught import fashion, pictures, quadratic

SECONDS = 1.0
MAX_ITERATIONS = 50_000  # where a GAN that does not find its modes is given up
N_RUNS, RUN_STEPS = 16, 10_000
N_FEATURES = 32
SHORT = 0.2  # seconds


def microseconds(run, steps: int) -> Callable[[int], float]:
    """A function that measures a step of `run()`, which does `steps`."""
    return lambda repeat: 1e6 * ceiling.repeat_for(run, SECONDS) / steps


def points_by_batch(batch: int):
    """A step of the quadratic GAN."""
    return dense_step(batch, 16)


def points_by_width(width: int):
    """The same at a batch of 256, with hidden layers of this width."""
    return dense_step(256, width)


def dense_step(batch: int, width: int):
    """Lesson 02's two updates, in a compiled loop, with hidden layers of a width."""
    networks = quadratic.make_generator(), quadratic.make_discriminator()
    if width != 16:
        networks = widen(2, width), widen(1, width)
    d_step, g_step = quadratic.make_steps(*networks)

    def step(iteration):
        points = quadratic.sample_points(batch, [1, iteration])
        noise = quadratic.sample_noise(batch, [2, iteration])
        return d_step(points, noise), g_step(noise)

    run = training.compile_loop(step, jit_compile=True)
    return microseconds(lambda: run(0, 100), 100)


def widen(outputs: int, width: int):
    """Two hidden layers of a width on two numbers."""
    hidden = []
    for _ in range(2):
        hidden += [layers.Dense(width), layers.LeakyReLU(negative_slope=0.2)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(outputs)])


def pictures_by_batch(batch: int):
    """A step of lesson 05's networks on random pictures."""
    networks = fashion.make_generator(), fashion.make_discriminator(fashion.D_FILTERS)
    return picture_step(networks, batch, (28, 28, 1))


def pictures_by_filters(filters: int):
    """A step of the thin networks of lessons 06 and 07, 32×32 in colour."""
    return thin_step(32, filters)


def pictures_by_side(side: int):
    """The same with 32 filters, for pictures of another side."""
    return thin_step(side, 32)


def thin_step(side: int, filters: int):
    shape = (side, side, 3)
    generator = pictures.make_picture_generator(shape, filters)
    discriminator = pictures.make_picture_discriminator(shape, filters)
    return picture_step((generator, discriminator), 16, shape)


def picture_step(networks, batch: int, shape):
    """Lesson 05's step on random pictures."""
    images = np.random.default_rng(0).integers(0, 256, (2 * batch, *shape), np.uint8)
    step = fashion.make_train_step(
        *networks,
        training.make_average(networks[0]),
        training.make_batches(images, batch, seed=0),
        fashion.make_optimizers(),
    )
    run = training.compile_loop(step, max_steps=4)
    return microseconds(lambda: run(0, 4), 4)


def iterations_by_modes(modes: int):
    """Iterations until four fifths of the modes on a grid are hit, a seed each repeat.

    Gaussians of deviation 0.05 at a distance of 2, however many there are; hidden
    layers of 64, batch 256, Adam, the non-saturating loss with R1, as in lesson 08. A
    run that does not get so far counts as MAX_ITERATIONS.
    """
    side = math.ceil(modes**0.5)
    centres = 2.0 * np.indices((side, side)).reshape(2, -1).T - (side - 1)
    centres = tf.constant(centres[:modes], tf.float32)

    def measure(repeat):
        settings.set_seed(repeat)
        run, generate = make_mode_gan(centres)
        for done in range(0, MAX_ITERATIONS, 500):
            run(done, 500)
            shares = metrics.mode_shares(generate(), centres.numpy(), radius=0.3)
            if metrics.modes_hit(shares) >= 0.8 * modes:
                return done + 500.0
        return float(MAX_ITERATIONS)

    return measure


def make_mode_gan(centres):
    """A compiled loop on Gaussians around centres (k, 2), and a function that draws."""
    generator, discriminator = widen(2, 64), widen(1, 64)
    optimizers = [keras.optimizers.Adam(rate, beta_1=0.5) for rate in (1e-3, 2e-3)]
    for optimizer, network in zip(optimizers, (generator, discriminator), strict=True):
        optimizer.build(network.trainable_variables)

    def sample(iteration):
        index = tf.random.stateless_uniform(
            (256,), [1, iteration], 0, len(centres), tf.int32
        )
        spread = 0.05 * tf.random.stateless_normal((256, 2), [2, iteration])
        return tf.gather(centres, index) + spread

    def step(iteration):
        real_points, noise = (
            sample(iteration),
            tf.random.stateless_normal((256, 2), [3, iteration]),
        )
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake_points = generator(noise)
            logits = discriminator(real_points), discriminator(fake_points)
            d_loss, g_loss = losses.non_saturating(*logits)
            d_loss += 0.1 * losses.r1_penalty(discriminator, real_points)
        training.update(optimizers[1], d_tape, d_loss, discriminator)
        training.update(optimizers[0], g_tape, g_loss, generator)
        return d_loss, g_loss

    run = training.compile_loop(step, max_steps=500, jit_compile=True)
    judged = tf.random.stateless_normal((4096, 2), [4, 0])
    return run, lambda: generator(judged).numpy()


def measure_of(compare, columns: int):
    """Makes a function that measures seconds of a measure on so many points, twice.

    What takes less than SHORT is the median of five.
    """

    def make(n: int):
        rng = np.random.default_rng(n)
        real, fake = rng.normal(size=(2, n, columns)).astype("float32")

        def once():
            start = time.perf_counter()
            compare(real, fake)
            return time.perf_counter() - start

        def measure(repeat):
            spent = once()
            return spent if spent > SHORT else median(once() for _ in range(5))

        return measure

    return make


MEASURES = {
    "Fréchet distance": measure_of(metrics.frechet_distance, N_FEATURES),
    "sliced Wasserstein distance": measure_of(metrics.sliced_wasserstein, N_FEATURES),
}
MEASURES_OF_PAIRS = {
    "kernel distance": measure_of(metrics.kernel_distance, N_FEATURES),
    "precision and recall": measure_of(metrics.precision_recall, N_FEATURES),
}


def train_briefly(seed: int) -> dict[str, float]:
    """A run of a sweep: the quadratic GAN, a second or two; G's last loss."""
    settings.set_seed(seed)
    networks = quadratic.make_generator(), quadratic.make_discriminator()
    step = quadratic.make_train_step(*quadratic.make_steps(*networks))
    run = training.compile_loop(step, max_steps=RUN_STEPS, jit_compile=True)
    return {"loss": float(run(0, RUN_STEPS)[-1, 1])}


def sweep_by_workers(workers: int):
    """Seconds that N_RUNS runs take on so many workers, each run once before."""
    columns = "seed", "loss"

    def measure(repeat):
        with (
            tempfile.TemporaryDirectory() as place,
            sweeps.connect(workers=workers) as client,
        ):
            warm = [{"seed": seed} for seed in range(100, 100 + workers)]
            sweeps.complete(
                client, Path(place, "warm.csv"), columns, warm, train_briefly
            )
            jobs = [{"seed": seed} for seed in range(N_RUNS)]
            start = time.perf_counter()
            sweeps.complete(
                client, Path(place, "runs.csv"), columns, jobs, train_briefly
            )
            return time.perf_counter() - start

    return measure
