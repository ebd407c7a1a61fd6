"""The training steps of the labs, each of which moves one network and no other."""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from gan_helpers.lab.losses import choose_losses
from gan_helpers.training import call_quietly

MAX_STEPS = 100  # iterations in one call of a compiled loop
_NO_XLA = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError)


def compile_loop(iterate, *, jit_compile: bool):
    """Compile up to MAX_STEPS calls of `iterate`, which returns (d_loss, g_loss).

    Unlike that of `training.compile_loop`, a run may be of 0 iterations, so that all is
    compiled before the first; and it falls back to TensorFlow's own compiler when XLA
    lacks an operation, as it may for a student's own layers.

    Returns:
        `run(n)`, which returns the losses as an (n, 2) array.
    """

    @tf.function(jit_compile=jit_compile)
    def loop(n):
        results = tf.TensorArray(tf.float32, MAX_STEPS, element_shape=(2,))
        i = tf.constant(0)
        while i < n:
            results = results.write(i, iterate())
            i += 1
        return results.stack()

    compiled = loop.get_concrete_function(tf.TensorSpec((), tf.int32))

    def run(n: int) -> np.ndarray:
        return compiled(tf.constant(n)).numpy()[:n]

    if jit_compile:
        try:
            run(0)  # XLA compiles at the first call; none of these trains
        except _NO_XLA:
            return compile_loop(iterate, jit_compile=False)
    return run


@dataclasses.dataclass(frozen=True)
class Game:
    """Two networks, their optimizers, and what they play for.

    Attributes:
        penalty: The gradient penalty of the loss, or None.
        index: Which of the losses with this penalty; may be a variable.
        weight: Of the penalty; may be a variable.
    """

    generator: object
    discriminator: object
    d_optimizer: object
    g_optimizer: object
    penalty: Callable | None
    index: object
    weight: object

    def losses(self, real_logits, fake_logits):
        """d_loss, without penalty, and g_loss."""
        both = choose_losses(self.penalty, self.index)(real_logits, fake_logits)
        return both[0], both[1]

    def penalty_on(self, real, fake, seed):
        """The weighted gradient penalty of D on a batch."""
        if self.penalty is None:
            return 0.0

        def discriminate(samples):
            return call_quietly(self.discriminator, samples)

        return self.weight * self.penalty(discriminate, real, fake, seed)

    def losses_with_penalty(self, real_logits, fake_logits, real, fake, seed):
        """Both losses as training reports them, (2,), of samples and their logits."""
        d_loss, g_loss = self.losses(real_logits, fake_logits)
        return tf.stack([d_loss + self.penalty_on(real, fake, seed), g_loss])

    def d_step(self, real, noise, seed):
        """One step of D; returns its loss.

        G's running statistics, if it has batch normalisation, stay. Those of D are
        updated with the real and with the generated samples.
        """
        fake = call_quietly(self.generator, noise)
        with tf.GradientTape() as tape:
            real_logits = self.discriminator(real, training=True)
            fake_logits = self.discriminator(fake, training=True)
            d_loss, _ = self.losses(real_logits, fake_logits)
            d_loss += self.penalty_on(real, fake, seed)
        update(self.d_optimizer, tape, d_loss, self.discriminator)
        return d_loss

    def g_step(self, real, noise):
        """One step of G; returns its loss. D stays, running statistics included.

        `real` matters to losses that compare pairs; for the others the compiler leaves
        its part out.
        """
        real_logits = call_quietly(self.discriminator, real)
        with tf.GradientTape() as tape:
            fake = self.generator(noise, training=True)
            fake_logits = call_quietly(self.discriminator, fake)
            _, g_loss = self.losses(real_logits, fake_logits)
        update(self.g_optimizer, tape, g_loss, self.generator)
        return g_loss

    def joint_step(self, real, noise, seed):
        """One step of both on one generated batch, as in lesson 05; both losses.

        Both gradients are taken before either network moves. It saves a third of the
        work of `d_step` and `g_step`, which matters for pictures.
        """
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake = self.generator(noise, training=True)
            real_logits = self.discriminator(real, training=True)
            fake_logits = self.discriminator(fake, training=True)
            d_loss, g_loss = self.losses(real_logits, fake_logits)
            with g_tape.stop_recording():
                d_loss += self.penalty_on(real, tf.stop_gradient(fake), seed)
        d_gradients = d_tape.gradient(d_loss, self.discriminator.trainable_variables)
        update(self.g_optimizer, g_tape, g_loss, self.generator)
        self.d_optimizer.apply(d_gradients, self.discriminator.trainable_variables)
        return d_loss, g_loss


def update(optimizer, tape, loss, model) -> None:
    """Move the trainable variables of `model`, and no others, down the loss."""
    variables = model.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
