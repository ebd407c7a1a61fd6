"""GAN losses on logits, with the level that each reaches at equilibrium.

Each loss is one function of D's outputs on real and generated samples, (n, 1) each, and
returns both networks' losses, `(d_loss, g_loss)`. Equilibrium means that the generated
distribution equals the real one and that D is the best answer to it.
"""

import dataclasses
import math
from collections.abc import Callable

import tensorflow as tf

LN_2 = math.log(2)


def minimax(real_logits, fake_logits):
    """The original, saturating game: G minimises what D maximises.

    D: E[-log σ(D(x))] + E[-log(1 - σ(D(G(z))))], 2 ln 2 at equilibrium.
    G: E[log(1 - σ(D(G(z))))], -ln 2 at equilibrium; its gradient vanishes when D is
    sure of itself. Source: Goodfellow et al., "Generative adversarial networks", 2014.
    """
    fake_term = tf.reduce_mean(tf.nn.softplus(fake_logits))
    return tf.reduce_mean(tf.nn.softplus(-real_logits)) + fake_term, -fake_term


def non_saturating(real_logits, fake_logits):
    """The game of lesson 02: D as in `minimax`, and G wants its points called real.

    D: as in `minimax`, 2 ln 2 at equilibrium. G: E[-log σ(D(G(z)))], ln 2 at
    equilibrium. Source: Goodfellow et al., "Generative adversarial networks", 2014.
    """
    d_loss, _ = minimax(real_logits, fake_logits)
    return d_loss, tf.reduce_mean(tf.nn.softplus(-fake_logits))


def hinge(real_logits, fake_logits):
    """The hinge loss: D pushes logits beyond ±1 and no further.

    D: E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))], 2 at equilibrium, where any
    constant D in [-1, 1] is best. G: E[-D(G(z))], minus that constant, so it has no
    level of its own. Source: Lim and Ye, "Geometric GAN", 2017.
    """
    real_term = tf.reduce_mean(tf.nn.relu(1.0 - real_logits))
    fake_term = tf.reduce_mean(tf.nn.relu(1.0 + fake_logits))
    return real_term + fake_term, -tf.reduce_mean(fake_logits)


def wasserstein(real_logits, fake_logits):
    """The Wasserstein loss: D's mean output, a distance if D's slope is at most 1.

    D: E[D(G(z))] - E[D(x)], 0 at equilibrium. G: E[-D(G(z))]; a constant added to D
    changes nothing, so G's loss has no level. Source: Arjovsky et al., "Wasserstein
    generative adversarial networks", 2017. Train it with `gradient_penalty`.
    """
    fake_mean = tf.reduce_mean(fake_logits)
    return fake_mean - tf.reduce_mean(real_logits), -fake_mean


def relativistic(real_logits, fake_logits):
    """The relativistic pairing loss: D tells which of a pair is the real one.

    D: E[-log σ(D(x) - D(G(z)))], G: E[-log σ(D(G(z)) - D(x))], both ln 2 at
    equilibrium. Sources: Jolicoeur-Martineau, "The relativistic discriminator", 2018;
    with the penalties R1 and R2, as here: Huang et al., "The GAN is dead; long live
    the GAN!", 2024. Train it with `r1_r2_penalty`.
    """
    difference = real_logits - fake_logits
    d_loss = tf.reduce_mean(tf.nn.softplus(-difference))
    return d_loss, tf.reduce_mean(tf.nn.softplus(difference))


def gradient_penalty(discriminate, real, fake, seed):
    """E[(|∇D(x̂)| - 1)²] at random places x̂ between real and generated samples.

    0 for a linear D of slope 1. Source: Gulrajani et al., "Improved training of
    Wasserstein GANs", 2017; they weigh it by 10 for pictures.

    Args:
        discriminate: Samples (n, ...) to logits (n, 1), differentiable.
        real, fake: (n, ...) each.
        seed: A pair of integers.
    """
    shape = [tf.shape(real)[0]] + [1] * (len(real.shape) - 1)
    share = tf.random.stateless_uniform(shape, seed, alg="philox")
    squares = _squared_slope(discriminate, real + share * (fake - real))
    # The tiny summand keeps the root's own slope finite where D is flat.
    return tf.reduce_mean((tf.sqrt(squares + 1e-12) - 1.0) ** 2)


def r1_r2_penalty(discriminate, real, fake, seed=None):
    """½ E[|∇D(x)|²] (R1, real samples) + ½ E[|∇D(G(z))|²] (R2, generated ones).

    0 for a constant D, the best one at equilibrium. Sources: Mescheder et al., "Which
    training methods for GANs do actually converge?", 2018 (R1 and R2). Arguments as in
    `gradient_penalty`; `seed` is not used.
    """
    squares = [_squared_slope(discriminate, samples) for samples in (real, fake)]
    return 0.5 * tf.add_n([tf.reduce_mean(square) for square in squares])


def _squared_slope(discriminate, samples):
    """|∇D|² at each of the samples, (n,)."""
    with tf.GradientTape() as tape:
        tape.watch(samples)
        logits = discriminate(samples)
    slope = tape.gradient(logits, samples)
    return tf.reduce_sum(slope**2, axis=list(range(1, len(samples.shape))))


@dataclasses.dataclass(frozen=True)
class Loss:
    """A loss as the lab offers it; `LOSSES` may be given more of them.

    Attributes:
        both: (real_logits, fake_logits) to (d_loss, g_loss).
        d_level, g_level: The losses at equilibrium, None where there is no level.
        penalty: Added to D's loss, times the lab's weight; None for losses without.
        has_zero: Whether D's zero means "undecided"; else only differences count.
    """

    both: Callable
    d_level: float | None
    g_level: float | None
    penalty: Callable | None = None
    has_zero: bool = True


LOSSES = {
    "minimax": Loss(minimax, 2 * LN_2, -LN_2),
    "non-saturating": Loss(non_saturating, 2 * LN_2, LN_2),
    "hinge": Loss(hinge, 2.0, None),
    "wasserstein-gp": Loss(wasserstein, 0.0, None, gradient_penalty, has_zero=False),
    "relativistic": Loss(relativistic, LN_2, LN_2, r1_r2_penalty, has_zero=False),
}


def choose_losses(penalty: Callable | None, index):
    """One function for all losses with this penalty, of which `index` picks one.

    So a compiled step serves them all, and another choice compiles nothing.

    Returns:
        (real_logits, fake_logits) to a tensor (2,) of d_loss and g_loss.
    """
    group = loss_group(penalty)

    def both(real_logits, fake_logits):
        losses = [
            tf.stack(LOSSES[name].both(real_logits, fake_logits)) for name in group
        ]
        return tf.gather(tf.stack(losses), index)

    return both


def loss_group(penalty: Callable | None) -> list[str]:
    """Names of the losses with this penalty."""
    return [name for name, loss in LOSSES.items() if loss.penalty is penalty]
