"""Can anyone tell generated samples from real ones? Tests against chance."""

import numpy as np
from scipy.special import bdtrc

from gan_helpers.metrics._arrays import as_pair, distance_blocks


def classifier_two_sample_test(
    real: np.ndarray, fake: np.ndarray, *, seed: int = 0
) -> tuple[float, float]:
    """How well a classifier tells fake from real on samples that it has not seen.

    Half of each set, drawn by `seed`, is known to the classifier, the other half is
    asked: the majority of the k nearest known samples decides, k the odd number at
    √(known samples). Neighbours need no training, no starting point and no step size,
    and see any difference given enough samples, where a linear classifier is blind to
    lost modes that leave the mean in place. Scale the features so that their Euclidean
    distance means something. Source: Lopez-Paz and Oquab, "Revisiting classifier
    two-sample tests", 2017.

    Args:
        real, fake: (n, d) and (m, d), finite, at least 10 each. Of the larger set a
            random part as large as the other is used, so that chance is 1/2.

    Returns:
        Accuracy on held-out samples, 1/2 when nothing can be told and 1 when everything
        can, and its p-value, see `chance_p_value`.

    Raises:
        ValueError: Wrong shape, unequal d, or a value that is not finite.
    """
    real, fake = as_pair(real, fake, at_least=10)
    rng = np.random.default_rng(seed)
    n = min(len(real), len(fake))
    half = n // 2
    real, fake = rng.permutation(real)[:n], rng.permutation(fake)[:n]
    known = np.concatenate([real[:half], fake[:half]])
    says_real = np.concatenate(
        [_votes_real(part[half:], known) for part in (real, fake)]
    )
    is_real = np.repeat([True, False], n - half)
    correct = int(np.sum(says_real == is_real))
    return correct / len(is_real), chance_p_value(correct, len(is_real))


def chance_p_value(correct: int, asked: int) -> float:
    """Probability of at least `correct` right answers of `asked` by tossing a coin.

    Σ_{i ≥ correct} C(asked, i) / 2^asked: the one-sided binomial test. Below 0.05 one
    usually says that real and generated samples can be told apart.

    Raises:
        ValueError: `correct` is not within 0 to `asked`, or nothing was asked.
    """
    if not 0 <= correct <= asked or asked < 1:
        raise ValueError(
            f"{correct} correct of {asked} asked, expected 0 <= correct <= asked and "
            "at least 1 asked."
        )
    return float(bdtrc(correct - 1, asked, 0.5))


def _votes_real(samples: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Whether most of the k nearest of `known`, real ones first, are real, (n,)."""
    k = int(np.sqrt(len(known))) | 1  # odd, so that no vote is tied
    votes = np.empty(len(samples))
    for rows, distance in distance_blocks(samples, known):
        nearest = np.argpartition(distance, k - 1, axis=1)[:, :k]
        votes[rows] = np.mean(nearest < len(known) // 2, axis=1)
    return votes > 0.5
