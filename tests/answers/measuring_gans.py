# %% 9.1 right: multiplied out
def frechet_on_a_line(m1, s1, m2, s2):
    return m1**2 - 2 * m1 * m2 + m2**2 + s1**2 + s2**2 - 2 * np.sqrt(s1**2 * s2**2)


# %% 9.1 right: the package's formula
def frechet_on_a_line(m1, s1, m2, s2):
    first, second = (
        metrics.Gaussian(np.array([m]), np.array([[s**2]]))
        for m, s in ((m1, s1), (m2, s2))
    )
    return metrics.frechet_distance(first, second)


# %% 9.1 right: TensorFlow, float32
import tensorflow as tf


def frechet_on_a_line(m1, s1, m2, s2):
    first, second = tf.constant([m1, s1], tf.float32), tf.constant([m2, s2], tf.float32)
    return tf.reduce_sum(tf.math.squared_difference(first, second))


# %% 9.1 right: matrices of one number, (1, 1)
def frechet_on_a_line(m1, s1, m2, s2):
    first, second = np.array([[s1**2]]), np.array([[s2**2]])
    return (m1 - m2) ** 2 + first + second - 2 * sqrtm(first @ second).real


# %% 9.1 right: the mean over equal shares of both
from scipy.stats import norm


def frechet_on_a_line(m1, s1, m2, s2):
    shares = (np.arange(100_000) + 0.5) / 100_000
    return np.mean((norm.ppf(shares, m1, s1) - norm.ppf(shares, m2, s2)) ** 2)


# %% 9.1 right: the size of a complex number
def frechet_on_a_line(m1, s1, m2, s2):
    return abs(complex(m1 - m2, s1 - s2)) ** 2


# %% 9.1 wrong: a root
# hint: no root
def frechet_on_a_line(m1, s1, m2, s2):
    return np.hypot(m1 - m2, s1 - s2)


# %% 9.1 wrong: nothing is squared
# hint: square both
def frechet_on_a_line(m1, s1, m2, s2):
    return abs(m1 - m2) + abs(s1 - s2)


# %% 9.1 wrong: a difference of variances
# hint: root of a variance
def frechet_on_a_line(m1, s1, m2, s2):
    return (m1 - m2) ** 2 + (s1**2 - s2**2) ** 2


# %% 9.1 wrong: deviations in place of variances
# hint: root of a variance
def frechet_on_a_line(m1, s1, m2, s2):
    return (m1 - m2) ** 2 + s1 + s2 - 2 * np.sqrt(s1 * s2)


# %% 9.1 wrong: the means alone
# hint: where are the deviations
def frechet_on_a_line(m1, s1, m2, s2):
    return (m1 - m2) ** 2


# %% 9.1 wrong: the deviations alone
# hint: where are the means
def frechet_on_a_line(m1, s1, m2, s2):
    return (s1 - s2) ** 2


# %% 9.1 wrong: the product is left out
# hint: it gives 35., expected 25.
def frechet_on_a_line(m1, s1, m2, s2):
    return (m1 - m2) ** 2 + s1**2 + s2**2


# %% 9.2 right: a tree
from scipy.spatial import cKDTree


def coverage(real, fake, k=5):
    radius = cKDTree(real).query(real, k + 1)[0][:, -1]
    return np.mean(cKDTree(fake).query(real)[0] <= radius)


# %% 9.2 right: loops
def coverage(real, fake, k=5):
    held = 0
    for i, centre in enumerate(real):
        others = np.delete(real, i, axis=0)
        radius = sorted(np.linalg.norm(others - centre, axis=1))[k - 1]
        held += any(np.linalg.norm(sample - centre) < radius for sample in fake)
    return held / len(real)


# %% 9.2 right: TensorFlow, float32
import tensorflow as tf


def coverage(real, fake, k=5):
    real, fake = tf.cast(real, tf.float32), tf.cast(fake, tf.float32)
    own, other = (tf.norm(real[:, None] - x, axis=2) for x in (real, fake))
    radius = tf.sort(own, axis=1)[:, k]
    held = tf.reduce_min(other, axis=1) < radius
    return tf.reduce_mean(tf.cast(held, tf.float32))


# %% 9.2 right: partition, (1,)
def coverage(real, fake, k=5):
    radius = np.partition(cdist(real, real), k, axis=1)[:, k]
    return np.mean([cdist(real, fake).min(axis=1) < radius], axis=1)


# %% 9.2 right: scikit-learn
from sklearn.neighbors import NearestNeighbors


def coverage(real, fake, k=5):
    radius = NearestNeighbors(n_neighbors=k).fit(real).kneighbors()[0][:, -1]
    nearest = NearestNeighbors(n_neighbors=1).fit(fake).kneighbors(real)[0][:, 0]
    return float((nearest < radius).sum() / len(real))


# %% 9.2 wrong: each sample is its own first neighbour
# hint: is itself
def coverage(real, fake, k=5):
    radius = np.sort(cdist(real, real), axis=1)[:, k - 1]
    return np.mean((cdist(real, fake) < radius[:, None]).any(axis=1))


# %% 9.2 wrong: precision
# hint: balls around
def coverage(real, fake, k=5):
    radius = np.sort(cdist(real, real), axis=1)[:, k]
    return np.mean((cdist(real, fake) < radius[:, None]).any(axis=0))


# %% 9.2 wrong: recall
# hint: balls around
def coverage(real, fake, k=5):
    radius = np.sort(cdist(fake, fake), axis=1)[:, k]
    return np.mean((cdist(fake, real) < radius[:, None]).any(axis=0))


# %% 9.2 wrong: density
# hint: density
def coverage(real, fake, k=5):
    radius = np.sort(cdist(real, real), axis=1)[:, k]
    return np.mean((cdist(real, fake) < radius[:, None]).sum(axis=0)) / k


# %% 9.2 wrong: a number of balls
# hint: divide by
def coverage(real, fake, k=5):
    radius = np.sort(cdist(real, real), axis=1)[:, k]
    return np.sum((cdist(real, fake) < radius[:, None]).any(axis=1))


# %% 9.2 wrong: always the fifth neighbour
# hint: raised IndexError
def coverage(real, fake, k=5):
    radius = np.sort(cdist(real, real), axis=1)[:, 5]
    return np.mean((cdist(real, fake) < radius[:, None]).any(axis=1))


# %% 9.2 wrong: one radius for all
# hint: it gives 0.28, expected 0.34
def coverage(real, fake, k=5):
    radius = np.sort(cdist(real, real), axis=1)[:, k].mean()
    return np.mean((cdist(real, fake) < radius).any(axis=1))


# %% 9.2 wrong: one neighbour too many
# hint: it gives 0.8, expected 0.6
def coverage(real, fake, k=5):
    radius = np.sort(cdist(real, real), axis=1)[:, k + 1]
    return np.mean((cdist(real, fake) < radius[:, None]).any(axis=1))


# %% 9.3 right: SciPy's binomial
from scipy.stats import binom


def answers_needed(asked, level=0.05):
    return binom.isf(level, asked, 0.5) + 1


# %% 9.3 right: counted from the top
import math


def answers_needed(asked, level=0.05):
    ways = 0
    for correct in range(asked, -1, -1):
        ways += math.comb(asked, correct)
        if ways / 2**asked >= level:
            return correct + 1


# %% 9.3 right: all probabilities at once
from scipy.stats import binom


def answers_needed(asked, level=0.05):
    chance = binom.pmf(np.arange(asked + 1), asked, 0.5)
    return np.argmax(chance[::-1].cumsum()[::-1] < level)


# %% 9.3 right: SciPy's test, in a list
from scipy.stats import binomtest


def answers_needed(asked, level=0.05):
    enough = [
        correct
        for correct in range(asked + 1)
        if binomtest(correct, asked, alternative="greater").pvalue < level
    ]
    return enough[:1]


# %% 9.3 right: TensorFlow's incomplete beta function, float64
import tensorflow as tf


def answers_needed(asked, level=0.05):
    correct = tf.range(1.0, asked + 1, dtype=tf.float64)
    half = tf.constant(0.5, tf.float64)
    chance = tf.math.betainc(correct, asked - correct + 1, half)
    return tf.reduce_min(correct[chance < level])


# %% 9.3 wrong: one in twenty whatever the level
# hint: `level` does not count
def answers_needed(asked, level=0.05):
    for correct in range(asked + 1):
        if metrics.chance_p_value(correct, asked) < 0.05:
            return correct


# %% 9.3 wrong: more than so many
# hint: the number itself
from scipy.stats import binom


def answers_needed(asked, level=0.05):
    return next(n for n in range(asked + 1) if binom.sf(n, asked, 0.5) < level)


# %% 9.3 wrong: exactly so many
# hint: add up
from scipy.stats import binom


def answers_needed(asked, level=0.05):
    half = asked // 2
    return next(n for n in range(half, asked + 1) if binom.pmf(n, asked, 0.5) < level)


# %% 9.3 wrong: both sides
# hint: one side
from scipy.stats import binomtest


def answers_needed(asked, level=0.05):
    for correct in range(asked // 2, asked + 1):
        if binomtest(correct, asked).pvalue < level:
            return correct


# %% 9.3 wrong: the normal curve
# hint: too rough
def answers_needed(asked, level=0.05):
    return int(np.ceil(asked / 2 + 1.645 * np.sqrt(asked) / 2))


# %% 9.3 wrong: a share
# hint: no share
def answers_needed(asked, level=0.05):
    for correct in range(asked + 1):
        if metrics.chance_p_value(correct, asked) < level:
            return correct / asked


# %% 9.3 wrong: the wrong side of the level
# hint: it gives 4, expected 10
def answers_needed(asked, level=0.05):
    for correct in range(asked + 1):
        if metrics.chance_p_value(correct, asked) < 1 - level:
            return correct


# %% 9.4 right: without means of their own
def by_heart_ratio(training_logits, held_out_logits, fake_logits):
    known, unseen = (
        sum(training_logits) / len(training_logits),
        np.mean(held_out_logits),
    )
    return (known - unseen) / (known - sum(fake_logits) / len(fake_logits))


# %% 9.4 right: 1 minus the rest of the way
def by_heart_ratio(training_logits, held_out_logits, fake_logits):
    t, h, g = (np.mean(x) for x in (training_logits, held_out_logits, fake_logits))
    return 1 - (h - g) / (t - g)


# %% 9.4 right: TensorFlow, float32
import tensorflow as tf


def by_heart_ratio(training_logits, held_out_logits, fake_logits):
    t, h, g = (
        tf.reduce_mean(tf.cast(x, tf.float32))
        for x in (training_logits, held_out_logits, fake_logits)
    )
    return (t - h) / (t - g)


# %% 9.4 right: by interpolation, (1,)
def by_heart_ratio(training_logits, held_out_logits, fake_logits):
    low, high = np.mean(fake_logits), np.mean(training_logits)
    return np.interp([np.mean(held_out_logits)], [low, high], [1, 0])


# %% 9.4 wrong: a difference
# hint: divide by the whole way
def by_heart_ratio(training_logits, held_out_logits, fake_logits):
    return np.mean(training_logits) - np.mean(held_out_logits)


# %% 9.4 wrong: turned round
# hint: nothing by heart
def by_heart_ratio(training_logits, held_out_logits, fake_logits):
    t, h, g = (np.mean(x) for x in (training_logits, held_out_logits, fake_logits))
    return (h - g) / (t - g)


# %% 9.4 wrong: divided by the training logit
# hint: and the generated ones
def by_heart_ratio(training_logits, held_out_logits, fake_logits):
    t, h = np.mean(training_logits), np.mean(held_out_logits)
    return (t - h) / t


# %% 9.4 wrong: the sign
# hint: more than 0
def by_heart_ratio(training_logits, held_out_logits, fake_logits):
    t, h, g = (np.mean(x) for x in (training_logits, held_out_logits, fake_logits))
    return (h - t) / (t - g)


# %% 9.4 wrong: probabilities
# hint: no probabilities
def by_heart_ratio(training_logits, held_out_logits, fake_logits):
    t, h, g = (
        np.mean(1 / (1 + np.exp(-np.asarray(x))))
        for x in (training_logits, held_out_logits, fake_logits)
    )
    return (t - h) / (t - g)


# %% 9.4 wrong: medians
# hint: it gives
def by_heart_ratio(training_logits, held_out_logits, fake_logits):
    t, h, g = (np.median(x) for x in (training_logits, held_out_logits, fake_logits))
    return (t - h) / (t - g)
