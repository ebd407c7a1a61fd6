"""The training steps of the clinic: losses, penalties, and one iteration of each kind.

An iteration is a function `step(iteration)` that trains both networks and returns
(d_loss, g_loss). D's loss is without its penalty, so that it compares with 2 ln 2.
"""

import keras
import numpy as np
import tensorflow as tf

from gan_helpers.clinic.recipes import BATCH_SIZE, NOISE, Recipe, point_set
from gan_helpers.training import call_quietly


def d_loss_of(recipe: Recipe, real_logits, fake_logits):
    """D's loss; the cross-entropy for label y is softplus(logit) - y · logit."""
    if recipe.loss == "wasserstein":
        return tf.reduce_mean(fake_logits) - tf.reduce_mean(real_logits)
    real_loss = tf.nn.softplus(real_logits) - recipe.real_label * real_logits
    return tf.reduce_mean(real_loss) + tf.reduce_mean(tf.nn.softplus(fake_logits))


def g_loss_of(recipe: Recipe, fake_logits):
    """G's loss: -D, log(1 - D) or -log D, by the recipe's loss."""
    if recipe.loss == "wasserstein":
        return -tf.reduce_mean(fake_logits)
    if recipe.loss == "saturating":
        return -tf.reduce_mean(tf.nn.softplus(fake_logits))
    return tf.reduce_mean(tf.nn.softplus(-fake_logits))


def gradient_penalty(recipe: Recipe, ask, real, fake, seed):
    """The recipe's penalty without its weight; `ask` maps points to logits."""
    wasserstein = recipe.loss == "wasserstein"
    places = real
    if wasserstein:
        share = tf.random.stateless_uniform((len(real), 1), seed, alg="philox")
        places = real + share * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(places)
        logits = ask(places)
    squares = tf.reduce_sum(tape.gradient(logits, places) ** 2, axis=1)
    if not wasserstein:
        return tf.reduce_mean(squares) / 2
    if recipe.safe_root:
        squares += 1e-12
    return tf.reduce_mean((tf.sqrt(squares) - 1) ** 2)


def make_tape_step(recipe: Recipe, generator, discriminator, optimizers, seed):
    """One iteration with explicit tapes; optimizers is (D's, G's), seed a variable."""
    data = tf.constant(point_set(recipe.data).points)

    def draw(iteration, turn):
        pair = [seed, iteration * 100 + turn]
        rows = tf.random.stateless_uniform(
            (BATCH_SIZE,), pair, 0, len(data), tf.int32, alg="philox"
        )
        noise = tf.random.stateless_normal((BATCH_SIZE, NOISE), pair, alg="philox")
        return tf.gather(data, rows), noise

    def d_step(iteration, turn):
        real, noise = draw(iteration, turn)
        fake = generator(noise)
        with tf.GradientTape() as tape:
            if recipe.mixed:
                logits = discriminator(tf.concat([real, fake], axis=0), training=True)
                real_logits, fake_logits = tf.split(logits, 2)
            else:
                real_logits = discriminator(real, training=True)
                fake_logits = discriminator(fake, training=True)
            total = d_loss = d_loss_of(recipe, real_logits, fake_logits)
            if recipe.penalty:
                total += recipe.penalty * gradient_penalty(
                    recipe,
                    lambda places: call_quietly(discriminator, places),
                    real,
                    fake,
                    [seed, iteration * 100 + 99],
                )
        _update(optimizers[0], tape, total, discriminator)
        return d_loss

    def g_step(iteration, turn):
        _, noise = draw(iteration, 50 + turn)
        with tf.GradientTape() as tape:
            fake_logits = call_quietly(discriminator, generator(noise))
            g_loss = g_loss_of(recipe, fake_logits)
        _update(optimizers[1], tape, g_loss, generator)
        return g_loss

    def step(iteration):
        for turn in range(recipe.d_steps):
            d_loss = d_step(iteration, turn)
        for turn in range(recipe.g_steps):
            g_loss = g_step(iteration, turn)
        return d_loss, g_loss

    return step


def make_keras_step(recipe: Recipe, generator, discriminator, optimizers, seed):
    """One iteration by `train_on_batch` on D and on the stack of both networks."""
    data = point_set(recipe.data).points
    toggled = recipe.loop == "toggled"
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    discriminator.compile(optimizers[0], loss)
    if not toggled:
        discriminator.trainable = False  # once and for all, as in Keras 2
    stacked = keras.Sequential([generator, discriminator])
    stacked.compile(optimizers[1], loss)
    labels = np.repeat(np.float32([[1], [0]]), BATCH_SIZE, axis=0)

    def step(iteration):
        rng = np.random.default_rng([int(seed), iteration])
        noise = rng.normal(size=(2, BATCH_SIZE, NOISE)).astype(np.float32)
        real = data[rng.integers(len(data), size=BATCH_SIZE)]
        both = np.concatenate([real, generator(noise[0]).numpy()])
        if toggled:
            discriminator.trainable = True
        d_loss = discriminator.train_on_batch(both, labels)
        if toggled:
            discriminator.trainable = False
        g_loss = stacked.train_on_batch(noise[1], labels[:BATCH_SIZE])
        return 2 * d_loss, g_loss  # Keras takes the mean of both halves, not the sum

    return step


def _update(optimizer, tape, loss, network) -> None:
    variables = network.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
