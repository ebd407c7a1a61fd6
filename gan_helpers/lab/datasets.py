"""Points and noise of the 2-D lab, ready to be sampled inside a compiled step."""

import functools
from collections.abc import Callable

import tensorflow as tf

from gan_helpers.data import point_sets

Sampler = Callable[[int, tf.Tensor], tf.Tensor]  # (n, seed pair) to n samples
POOL_SIZE = 8192
DATASETS = tuple(name for name in point_sets.NAMES if name != "one Gaussian")
NOISES = ("uniform", "normal")


@functools.cache
def make_judged(name: str) -> point_sets.PointSet:
    """One of `DATASETS`, judged by its modes, or by parts where it has none."""
    named = point_sets.make_named(name, n=POOL_SIZE)
    if named.centres is not None:
        return named
    return point_sets.cut_into_parts(named.points)


def sample_pool(pool: tf.Tensor | tf.Variable, n: int, seed: tf.Tensor) -> tf.Tensor:
    """n points (n, 2) from a pool (m, 2), with replacement; seed is a pair."""
    size = tf.shape(pool)[0]
    rows = tf.random.stateless_uniform((n,), seed, 0, size, tf.int32, alg="philox")
    return tf.gather(pool, rows)


def draw_noise(n: int, size: int, seed: tf.Tensor, kind: str) -> tf.Tensor:
    """n noise vectors (n, size), "uniform" on [-1, 1) or standard "normal"."""
    if kind == "normal":
        return tf.random.stateless_normal((n, size), seed, alg="philox")
    return tf.random.stateless_uniform((n, size), seed, -1.0, 1.0, alg="philox")
