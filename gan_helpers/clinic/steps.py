"""The training steps of the clinic: a recipe's losses, and one iteration of each kind.

An iteration is a function `step(iteration)` that trains both networks and returns
(d_loss, g_loss). D's loss is without its penalty, so that it compares with 2 ln 2.
"""

from collections.abc import Callable, Sequence
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from gan_helpers import losses
from gan_helpers.clinic.recipes import N_BATCH, N_NOISE, Recipe, point_set
from gan_helpers.training import Step, call_quietly, update


def losses_of(
    recipe: Recipe, real_logits: tf.Tensor, fake_logits: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """(d_loss, g_loss) by the recipe's loss and, where it has labels, its real one."""
    if recipe.loss == "wasserstein":
        return losses.wasserstein(real_logits, fake_logits)
    both = losses.minimax if recipe.loss == "minimax" else losses.non_saturating
    return both(real_logits, fake_logits, recipe.real_label)


def penalty_of(
    recipe: Recipe,
    discriminate: Callable[[tf.Tensor], tf.Tensor],
    real: tf.Tensor,
    fake: tf.Tensor,
    seed: Sequence[tf.Variable | tf.Tensor | int],
) -> tf.Tensor:
    """The recipe's penalty without its weight; `discriminate` maps points to logits."""
    if recipe.loss != "wasserstein":
        return losses.r1_penalty(discriminate, real)
    epsilon = 1e-12 if recipe.safe_root else 0.0
    return losses.gradient_penalty(discriminate, real, fake, seed, epsilon=epsilon)


def make_patient_step(
    recipe: Recipe,
    generator: keras.Model,
    discriminator: keras.Model,
    optimizers: Sequence[keras.Optimizer],
    seed: tf.Variable,
) -> Step:
    """One iteration with explicit tapes; optimizers is (G's, D's), seed a variable."""
    g_optimizer, d_optimizer = optimizers
    data = tf.constant(point_set(recipe.data).points)

    def draw(turn: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        rows = tf.random.stateless_uniform(
            (N_BATCH,), [seed, turn], 0, len(data), tf.int32, alg="philox"
        )
        noise = tf.random.stateless_normal(
            (N_BATCH, N_NOISE), [seed, turn], alg="philox"
        )
        return tf.gather(data, rows), noise

    def d_step(
        turn: tf.Tensor, penalty_seed: Sequence[tf.Variable | tf.Tensor]
    ) -> tf.Tensor:
        real, noise = draw(turn)
        return _update_d(
            recipe, discriminator, d_optimizer, real, generator(noise), penalty_seed
        )

    def g_step(turn: tf.Tensor) -> tf.Tensor:
        real, noise = draw(turn)
        real_logits = call_quietly(discriminator, real)
        with tf.GradientTape() as tape:
            fake_logits = call_quietly(discriminator, generator(noise))
            _, g_loss = losses_of(recipe, real_logits, fake_logits)
        update(g_optimizer, tape, g_loss, generator)
        return g_loss

    def step(iteration: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        first = iteration * 100  # of this iteration's seeds
        for turn in range(recipe.d_steps):
            d_loss = d_step(first + turn, [seed, first + 99])
        for turn in range(recipe.g_steps):
            g_loss = g_step(first + 50 + turn)
        return d_loss, g_loss

    return step


def _update_d(
    recipe: Recipe,
    discriminator: keras.Model,
    optimizer: keras.Optimizer,
    real: tf.Tensor,
    fake: tf.Tensor,
    penalty_seed: Sequence[tf.Variable | tf.Tensor],
) -> tf.Tensor:
    """One step of D by loss and penalty; returns the loss alone, from before it."""
    with tf.GradientTape() as tape:
        if recipe.mixed:
            logits = discriminator(tf.concat([real, fake], axis=0), training=True)
            real_logits, fake_logits = tf.split(logits, 2)
        else:
            real_logits = discriminator(real, training=True)
            fake_logits = discriminator(fake, training=True)
        d_loss, _ = losses_of(recipe, real_logits, fake_logits)
        total = d_loss
        if recipe.penalty:
            discriminate = partial(call_quietly, discriminator)
            penalty = penalty_of(recipe, discriminate, real, fake, penalty_seed)
            total += recipe.penalty * penalty
    update(optimizer, tape, total, discriminator)
    return d_loss


def make_keras_step(
    recipe: Recipe,
    generator: keras.Model,
    discriminator: keras.Model,
    optimizers: Sequence[keras.Optimizer],
    seed: tf.Variable,
) -> Callable[[int], tuple[float, float]]:
    """One iteration by `train_on_batch` on D and on the stack of both networks."""
    g_optimizer, d_optimizer = optimizers
    data = point_set(recipe.data).points
    toggled = recipe.loop == "toggled"
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    discriminator.compile(d_optimizer, loss)
    if not toggled:
        discriminator.trainable = False  # once and for all, as in Keras 2
    stacked = keras.Sequential([generator, discriminator])
    stacked.compile(g_optimizer, loss)
    labels = np.repeat(np.array([[1], [0]], np.float32), N_BATCH, axis=0)

    def step(iteration: int) -> tuple[float, float]:
        rng = np.random.default_rng([int(seed), iteration])
        noise = rng.normal(size=(2, N_BATCH, N_NOISE)).astype(np.float32)
        real = data[rng.integers(len(data), size=N_BATCH)]
        both = np.concatenate([real, generator(noise[0]).numpy()])
        if toggled:
            discriminator.trainable = True
        d_loss = discriminator.train_on_batch(both, labels)
        if toggled:
            discriminator.trainable = False
        g_loss = stacked.train_on_batch(noise[1], labels[:N_BATCH])
        return 2 * d_loss, g_loss  # Keras takes the mean of both halves, not the sum

    return step
