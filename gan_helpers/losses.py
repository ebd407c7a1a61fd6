"""Every loss and penalty of the course, with the level that a loss has at equilibrium.

A loss is one function of D's logits for real and for generated samples, (n, 1) each,
and returns both networks' losses, `(d_loss, g_loss)`. A penalty takes D itself, as a
function from samples to logits, and is added to D's loss, times a weight.

Equilibrium means that the generated distribution equals the real one and that D is the
best answer to it.
"""

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import tensorflow as tf

if TYPE_CHECKING:
    import keras

Discriminate = Callable[[tf.Tensor], tf.Tensor]  # samples (n, ...) to logits (n, 1)
SeedPair: TypeAlias = tf.Tensor | Sequence[tf.Tensor | tf.Variable | int]


def minimax(
    real_logits: tf.Tensor, fake_logits: tf.Tensor, real_label: float = 1.0
) -> tuple[tf.Tensor, tf.Tensor]:
    """The original, saturating game: G minimises what D maximises.

    D: E[-y log σ(D(x)) - (1 - y) log(1 - σ(D(x)))] + E[-log(1 - σ(D(G(z))))] for the
    label y of real samples, 2 ln 2 at equilibrium for a label of 1; zero means that D
    is undecided. G: E[log(1 - σ(D(G(z))))], -ln 2 at equilibrium; its gradient vanishes
    when D is sure of itself. Other labels have other levels: see `equilibrium` for D's,
    G's is log(1 - y / 2).

    Sources: Goodfellow et al., "Generative adversarial networks", 2014; a label of 0.9:
    Salimans et al., "Improved techniques for training GANs", 2016.
    """
    # -y log σ(l) - (1 - y) log(1 - σ(l)) for any y, finite for any logit l.
    real_term = tf.nn.softplus(real_logits) - real_label * real_logits
    fake_term = tf.reduce_mean(tf.nn.softplus(fake_logits))
    return tf.reduce_mean(real_term) + fake_term, -fake_term


def non_saturating(
    real_logits: tf.Tensor, fake_logits: tf.Tensor, real_label: float = 1.0
) -> tuple[tf.Tensor, tf.Tensor]:
    """The game of lesson 02: D as in `minimax`, and G wants its samples called real.

    D: as in `minimax`. G: E[-log σ(D(G(z)))], ln 2 at equilibrium for a label of 1;
    `equilibrium` gives both levels for other labels. Zero means that D is undecided.
    Sources as for `minimax`.
    """
    d_loss, _ = minimax(real_logits, fake_logits, real_label)
    return d_loss, tf.reduce_mean(tf.nn.softplus(-fake_logits))


def equilibrium(real_label: float = 1.0) -> tuple[float, float]:
    """D's and G's `non_saturating` losses at equilibrium, where D answers y / 2.

    D: -y log(y / 2) - (2 - y) log(1 - y / 2), G: -log(y / 2), for the label y of real
    samples: 1.386 and 0.693 for 1, 1.376 and 0.799 for 0.9. It is lesson 01's best D,
    p / (p + q), times y, with p = q.

    Raises:
        ValueError: The label is not above 0 and at most 1. With a larger one D's loss
            has no lower bound where there are only real samples.
    """
    if not 0 < real_label <= 1:
        raise ValueError(
            f"real_label is {real_label}, expected above 0 and at most 1: other labels "
            "have no equilibrium."
        )
    answer = real_label / 2
    g_level = -math.log(answer)
    return real_label * g_level - (2 - real_label) * math.log(1 - answer), g_level


def hinge(
    real_logits: tf.Tensor, fake_logits: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """The hinge loss: D pushes logits beyond ±1 and no further.

    D: E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))], 2 at equilibrium, where any
    constant D in [-1, 1] is best; zero, in the middle, means that D is undecided. G:
    E[-D(G(z))], minus that constant, so it has no level of its own.
    Source: Lim and Ye, "Geometric GAN", 2017.
    """
    real_term = tf.reduce_mean(tf.nn.relu(1.0 - real_logits))
    fake_term = tf.reduce_mean(tf.nn.relu(1.0 + fake_logits))
    return real_term + fake_term, -tf.reduce_mean(fake_logits)


def least_squares(
    real_logits: tf.Tensor, fake_logits: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """The least squares loss: D's output itself should be 1 or 0, without a sigmoid.

    D: ½ E[(D(x) - 1)²] + ½ E[D(G(z))²], ¼ at equilibrium, where D is ½: that and not
    zero means undecided. G: ½ E[(D(G(z)) - 1)²], ⅛ at equilibrium.
    Source: Mao et al., "Least squares generative adversarial networks", 2017.
    """
    real_term = tf.reduce_mean((real_logits - 1.0) ** 2)
    d_loss = (real_term + tf.reduce_mean(fake_logits**2)) / 2
    return d_loss, tf.reduce_mean((fake_logits - 1.0) ** 2) / 2


def wasserstein(
    real_logits: tf.Tensor, fake_logits: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """The Wasserstein loss: D's mean output, a distance if D's slope is at most 1.

    D: E[D(G(z))] - E[D(x)], 0 at equilibrium. G: E[-D(G(z))]; a constant added to D
    changes nothing, so G's loss has no level and D's zero no meaning. Train it with
    `gradient_penalty`.
    Source: Arjovsky et al., "Wasserstein generative adversarial networks", 2017.
    """
    fake_mean = tf.reduce_mean(fake_logits)
    return fake_mean - tf.reduce_mean(real_logits), -fake_mean


def relativistic(
    real_logits: tf.Tensor, fake_logits: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """The relativistic pairing loss: D tells which of a pair is the real one.

    D: E[-log σ(D(x) - D(G(z)))], G: E[-log σ(D(G(z)) - D(x))], both ln 2 at
    equilibrium. Only differences count: D's zero has no meaning. Train it with
    `r1_r2_penalty`.
    Sources: Jolicoeur-Martineau, "The relativistic discriminator", 2018; with both
    penalties: Huang et al., "The GAN is dead; long live the GAN!", 2024.
    """
    difference = real_logits - fake_logits
    d_loss = tf.reduce_mean(tf.nn.softplus(-difference))
    return d_loss, tf.reduce_mean(tf.nn.softplus(difference))


def gradient_penalty(
    discriminate: Discriminate,
    real: tf.Tensor,
    fake: tf.Tensor,
    seed: SeedPair,
    *,
    epsilon: float = 1e-12,
) -> tf.Tensor:
    """E[(|∇D(x̂)| - 1)²] at random places x̂ between real and generated samples.

    0 for a linear D of slope 1, and 1 for a constant D. Source: Gulrajani et al.,
    "Improved training of Wasserstein GANs", 2017; they weigh it by 10 for pictures.

    Args:
        discriminate: Samples (n, ...) to logits (n, 1), differentiable.
        real, fake: (n, ...) each.
        seed: A pair of integers.
        epsilon: Added under the root of |∇D|, whose own slope is infinite where D is
            flat; with 0 one such place makes the gradient NaN.
    """
    shape = [tf.shape(real)[0]] + [1] * (len(real.shape) - 1)
    share = tf.random.stateless_uniform(shape, seed, alg="philox")
    share = tf.cast(share, real.dtype)
    squares = _squared_slope(discriminate, real + share * (fake - real))
    return tf.reduce_mean((tf.sqrt(squares + epsilon) - 1.0) ** 2)


def r1_penalty(
    discriminate: Discriminate,
    real: tf.Tensor,
    fake: tf.Tensor | None = None,
    seed: SeedPair | None = None,
) -> tf.Tensor:
    """R1, ½ E[|∇D(x)|²] at real samples (n, ...); its weight is called γ.

    0 for a constant D, the best one at equilibrium. Arguments as in `gradient_penalty`;
    the last two are not used. Source: Mescheder et al., "Which training methods for
    GANs do actually converge?", 2018.
    """
    return 0.5 * tf.reduce_mean(_squared_slope(discriminate, real))


def r2_penalty(
    discriminate: Discriminate,
    real: tf.Tensor,
    fake: tf.Tensor,
    seed: SeedPair | None = None,
) -> tf.Tensor:
    """R2, ½ E[|∇D(G(z))|²]: as R1, at generated samples, and from the same source.

    Arguments as in `gradient_penalty`; `real` and `seed` are not used.
    """
    return 0.5 * tf.reduce_mean(_squared_slope(discriminate, fake))


def r1_r2_penalty(
    discriminate: Discriminate,
    real: tf.Tensor,
    fake: tf.Tensor,
    seed: SeedPair | None = None,
) -> tf.Tensor:
    """R1 + R2, with one weight; arguments as in `gradient_penalty`, `seed` not used."""
    return r1_penalty(discriminate, real) + r2_penalty(discriminate, real, fake)


PENALTIES: dict[str, Callable] = {
    "R1": r1_penalty,
    "R2": r2_penalty,
    "R1 + R2": r1_r2_penalty,
    "gradient penalty": gradient_penalty,
}


def check_penalty(
    penalty: Callable,
    weight: float,
    discriminator: "keras.Model",
    samples: tf.Tensor,
) -> None:
    """Find out before a training whether D can be trained with weight * penalty.

    Args:
        penalty: One of `PENALTIES`' functions.
        weight: γ, or the weight of the gradient penalty; a number from 0.
        discriminator: A network with weights.
        samples: A few of its inputs, (n, ...).

    Raises:
        ValueError: The weight is negative or not finite, so that D would be paid for
            its slope; or the penalty has no gradient in D's weights, because a part of
            D cannot be differentiated a second time. (A ReLU can: its slope is a
            constant almost everywhere, and depends on the weights.)
    """
    if not (weight >= 0 and math.isfinite(weight)):
        raise ValueError(
            f"The penalty's weight is {weight}, expected a finite number from 0. Below "
            "0 it rewards a steep D. Take 0 to leave the penalty out."
        )
    weights = discriminator.trainable_variables
    try:
        with tf.GradientTape() as tape:
            value = penalty(discriminator, samples, samples, [0, 0])
        gradients = tape.gradient(value, weights)
    except LookupError as error:
        raise ValueError(
            _not_twice(discriminator, str(error).splitlines()[0])
        ) from None
    if all(gradient is None for gradient in gradients):
        raise ValueError(_not_twice(discriminator, "its penalty has no gradient"))


def _not_twice(discriminator: "keras.Model", found: str) -> str:
    return (
        f"The network {discriminator.name!r} cannot be differentiated twice ({found}), "
        "expected a penalty with a gradient in its weights. Use layers that can, such "
        "as Dense, Conv2D and LeakyReLU, or train without a penalty."
    )


def _squared_slope(discriminate: Discriminate, samples: tf.Tensor) -> tf.Tensor:
    """|∇D|² at each of the samples, (n,)."""
    with tf.GradientTape() as tape:
        tape.watch(samples)
        logits = discriminate(samples)
    slope = tape.gradient(logits, samples)
    if slope is None:
        raise ValueError(
            "D's logits have no gradient in its samples, expected one to penalise. "
            "Look for rounding, sampling, or a step through NumPy in D."
        )
    return tf.reduce_sum(slope**2, axis=list(range(1, len(samples.shape))))


@dataclasses.dataclass(frozen=True)
class Loss:
    """A loss as the live lab offers it; `LOSSES` may be given more of them.

    Attributes:
        both: (real_logits, fake_logits) to (d_loss, g_loss).
        d_level, g_level: The losses at equilibrium, None where there is no level.
        penalty: (discriminate, real, fake, seed) to what is added to D's loss, times a
            weight; None for losses without.
        has_zero: Whether D's zero means "undecided". Of least squares ½ does; of the
            others without a zero only differences count.
    """

    both: Callable
    d_level: float | None
    g_level: float | None
    penalty: Callable | None = None
    has_zero: bool = True


LOSSES = {
    "minimax": Loss(minimax, 2 * math.log(2), -math.log(2)),
    "non-saturating": Loss(non_saturating, 2 * math.log(2), math.log(2)),
    "hinge": Loss(hinge, 2.0, None),
    "least squares": Loss(least_squares, 0.25, 0.125, has_zero=False),
    "wasserstein": Loss(wasserstein, 0.0, None, gradient_penalty, has_zero=False),
    "relativistic": Loss(
        relativistic, math.log(2), math.log(2), r1_r2_penalty, has_zero=False
    ),
}
