"""Fréchet distance on Fashion-MNIST after equal seconds of training on this machine.

Three recipes train on the same pictures for the same time, from the same seeds; then
10,000 generated pictures of each are compared with 10,000 official test pictures over
the features of the course's classifier.
"""

import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from gan_helpers import classifiers, data, metrics, settings, training
from gan_helpers.taught import fashion

SECONDS = 90.0
SEEDS = (0, 1, 2)
N_JUDGED = 10_000


def measure() -> tuple[str, dict[str, list[dict]]]:
    """Where the pictures came from, and each recipe's results by seed."""
    images = data.load_fashion_mnist(split="train")
    judge = make_judge(unseen="train" if images.stands_in_for else "test")
    recipes = {
        "TF-tutorial-style DCGAN": tutorial_recipe,
        "recipe F, the original": original_recipe,
        "this course's laptop version": laptop_recipe,
    }
    results = {name: [] for name in recipes}
    for seed in SEEDS:
        for name, recipe in recipes.items():
            settings.set_seed(seed)
            step, sampler, latent = recipe(images.images, seed)
            steps = train_for(step, SECONDS)
            result = {"steps": steps, **judge(draw(sampler, latent))}
            print(f"  {name}, seed {seed}: {result}", flush=True)
            results[name].append(result)
    return images.describe(), results


def make_judge(unseen: str):
    """A function from pictures to their distance and their rarest class's share."""
    classifier = classifiers.load_classifier("fashion_mnist")
    reference = classifiers.load_reference("fashion_mnist", unseen)

    def judge(pictures):
        features, probabilities = classifiers.classify(classifier, pictures)
        distance = metrics.frechet_distance(reference, features)
        rarest = metrics.class_shares(probabilities).min()
        return {"distance": round(distance, 2), "rarest_share": round(float(rarest), 4)}

    return judge


def train_for(step, seconds: float) -> int:
    """Train until `seconds` have passed, compiling not counted; how many steps."""
    run = training.compile_loop(step, max_steps=20)
    run(0, 1)
    done, spent = 1, 0.0
    while spent < seconds:
        n = 20 if spent / done < 0.1 else 1
        start = time.perf_counter()
        run(done, n)
        spent += time.perf_counter() - start
        done += n
    return done


def draw(generator, latent: int) -> np.ndarray:
    """N_JUDGED pictures in [-1, 1]."""
    noise = np.random.default_rng(5).normal(size=(N_JUDGED, latent)).astype("float32")
    return training.generate(generator, noise)


def laptop_recipe(images, seed: int):
    """Lesson 05's laptop version."""
    generator = fashion.make_generator()
    discriminator = fashion.make_discriminator(fashion.D_FILTERS)
    average = training.make_average(generator)
    batch_at = training.make_batches(images, fashion.BATCH_SIZE, seed=seed)
    optimizers = fashion.make_optimizers(fashion.RATE)
    networks = generator, discriminator, average
    step = fashion.make_train_step(*networks, batch_at, optimizers, decay=fashion.DECAY)
    return step, average, fashion.LATENT


def original_recipe(images, seed: int):
    """The original at its own size and settings."""
    generator = fashion.make_original_generator()
    discriminator = fashion.make_original_discriminator()
    batch_at = training.make_batches(images, 64, seed=seed)
    optimizers = fashion.make_original_optimizers()
    step = fashion.make_original_step(generator, discriminator, batch_at, optimizers)
    return step, generator, fashion.LATENT


def tutorial_recipe(images, seed: int):
    """The networks and settings of TensorFlow's DCGAN tutorial."""
    generator, discriminator = tutorial_networks()
    batch_at = training.make_batches(images, 256, seed=seed)
    optimizers = keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4)
    optimizers[0].build(generator.trainable_variables)
    optimizers[1].build(discriminator.trainable_variables)
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)

    def step(iteration):
        noise = tf.random.stateless_normal((256, 100), [1, iteration])
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake_images = generator(noise, training=True)
            real_logits = discriminator(batch_at(iteration), training=True)
            fake_logits = discriminator(fake_images, training=True)
            g_loss = cross_entropy(tf.ones_like(fake_logits), fake_logits)
            d_loss = cross_entropy(tf.ones_like(real_logits), real_logits)
            d_loss += cross_entropy(tf.zeros_like(fake_logits), fake_logits)
        pairs = [(g_tape, g_loss, generator), (d_tape, d_loss, discriminator)]
        for (tape, loss, network), optimizer in zip(pairs, optimizers, strict=True):
            variables = network.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
        return d_loss, g_loss

    return step, generator, 100


def tutorial_networks():
    """Dense 7·7·256, transposed convolutions 128, 64, 1; convolutions 64, 128."""

    def grow(filters, stride):
        return layers.Conv2DTranspose(
            filters, 5, strides=stride, padding="same", use_bias=False
        )

    generator = keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(7 * 7 * 256, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.Reshape((7, 7, 256)),
            grow(128, 1),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            grow(64, 2),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            grow(1, 2),
            layers.Activation("tanh"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 5, strides=2, padding="same"),
            layers.LeakyReLU(),
            layers.Dropout(0.3),
            layers.Conv2D(128, 5, strides=2, padding="same"),
            layers.LeakyReLU(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    return generator, discriminator
