"""The training steps of the labs, each of which moves one network and no other."""

import dataclasses
from collections.abc import Callable

import keras
import tensorflow as tf

from gan_helpers.losses import LOSSES, PENALTIES
from gan_helpers.training import call_quietly, update

USUAL = "the usual one"  # the penalty that a loss comes with, if it comes with one


PENALTY_KINDS = (USUAL, "none", *PENALTIES)


def chosen_penalty(loss: str, kind: str) -> Callable | None:
    """What is added to D's loss, times a weight, under this kind of penalty."""
    return LOSSES[loss].penalty if kind == USUAL else PENALTIES.get(kind)


def loss_group(usual: Callable | None) -> list[str]:
    """Names of the losses that come with this penalty."""
    return [name for name, loss in LOSSES.items() if loss.penalty is usual]


def choose_losses(
    usual: Callable | None, index: tf.Variable | int
) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """One function for all losses that come with it, of which `index` picks one.

    So a compiled step serves them all, and another choice compiles nothing.

    Returns:
        (real_logits, fake_logits) to a tensor (2,) of d_loss and g_loss.
    """
    group = loss_group(usual)

    def both(real_logits: tf.Tensor, fake_logits: tf.Tensor) -> tf.Tensor:
        losses = [
            tf.stack(LOSSES[name].both(real_logits, fake_logits)) for name in group
        ]
        return tf.gather(tf.stack(losses), index)

    return both


@dataclasses.dataclass(frozen=True)
class Game:
    """Two networks, their optimizers, and what they play for.

    Attributes:
        usual: The penalty that the loss comes with, or None.
        index: Which of the losses that come with it; may be a variable.
        penalty: The one in force, or None.
        weight: Of the penalty in force; may be a variable.
    """

    generator: keras.Model
    discriminator: keras.Model
    g_optimizer: keras.Optimizer
    d_optimizer: keras.Optimizer
    usual: Callable | None
    index: tf.Variable | int
    penalty: Callable | None
    weight: tf.Variable | float

    def losses(
        self, real_logits: tf.Tensor, fake_logits: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """d_loss, without penalty, and g_loss."""
        both = choose_losses(self.usual, self.index)(real_logits, fake_logits)
        return both[0], both[1]

    def penalty_on(
        self, real: tf.Tensor, fake: tf.Tensor, seed: tf.Tensor
    ) -> tf.Tensor | float:
        """The weighted penalty on D's slope, for a batch."""
        if self.penalty is None:
            return 0.0

        def discriminate(samples: tf.Tensor) -> tf.Tensor:
            return call_quietly(self.discriminator, samples)

        return self.weight * self.penalty(discriminate, real, fake, seed)

    def losses_with_penalty(
        self,
        real_logits: tf.Tensor,
        fake_logits: tf.Tensor,
        real: tf.Tensor,
        fake: tf.Tensor,
        seed: tf.Tensor,
    ) -> tf.Tensor:
        """Both losses as training reports them, (2,), of samples and their logits."""
        d_loss, g_loss = self.losses(real_logits, fake_logits)
        return tf.stack([d_loss + self.penalty_on(real, fake, seed), g_loss])

    def d_step(self, real: tf.Tensor, noise: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
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

    def g_step(self, real: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
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

    def joint_step(
        self, real: tf.Tensor, noise: tf.Tensor, seed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """One step of both on one generated batch, as in lesson 05; both losses.

        Both gradients are of the same pass, in which neither network has moved. It
        saves a third of the work of `d_step` and `g_step`, which matters for pictures.
        """
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake = self.generator(noise, training=True)
            real_logits = self.discriminator(real, training=True)
            fake_logits = self.discriminator(fake, training=True)
            d_loss, g_loss = self.losses(real_logits, fake_logits)
            with g_tape.stop_recording():
                d_loss += self.penalty_on(real, tf.stop_gradient(fake), seed)
        update(self.d_optimizer, d_tape, d_loss, self.discriminator)
        update(self.g_optimizer, g_tape, g_loss, self.generator)
        return d_loss, g_loss
