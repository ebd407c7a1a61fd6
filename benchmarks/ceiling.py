"""What the machine reaches at best: products, convolutions, memory; and counted work.

A multiplication and an addition are two operations.
"""

import time
from collections.abc import Callable

import numpy as np
import tensorflow as tf

PRODUCTS = ((512, 512, 512), (1024, 1024, 1024), (2048, 2048, 2048), (4096, 576, 128))
# Batch, side, channels in, channels out, kernel; stride 1, "same".
CONVOLUTIONS = ((32, 32, 128, 128, 3), (32, 16, 256, 256, 5), (64, 14, 128, 128, 5))


def repeat_for(run: Callable[[], object], seconds: float) -> float:
    """Seconds of one `run()`, after one to warm up; at least twice, for so long."""
    run()
    start, done = time.perf_counter(), 0
    while done < 2 or time.perf_counter() - start < seconds:
        run()
        done += 1
    return (time.perf_counter() - start) / done


def product_speed(shape: tuple[int, int, int], dtype: str, seconds: float) -> float:
    """GFLOP/s of a product of matrices (n, k) and (k, m); shape is (n, k, m)."""
    n, k, m = shape
    a, b = (tf.cast(tf.random.normal(s), dtype) for s in ((n, k), (k, m)))
    run = tf.function(lambda: tf.reduce_sum(a @ b))
    return 2 * n * k * m / repeat_for(lambda: run().numpy(), seconds) / 1e9


def convolution_speed(shape: tuple[int, ...], dtype: str, seconds: float) -> float:
    """GFLOP/s of a convolution; shape as in CONVOLUTIONS."""
    batch, side, before, after, kernel = shape
    images = tf.cast(tf.random.normal((batch, side, side, before)), dtype)
    filters = tf.cast(tf.random.normal((kernel, kernel, before, after)), dtype)
    run = tf.function(
        lambda: tf.reduce_sum(tf.nn.conv2d(images, filters, 1, padding="SAME"))
    )
    work = 2 * batch * side**2 * kernel**2 * before * after
    return work / repeat_for(lambda: run().numpy(), seconds) / 1e9


def best_speed(dtype: str, seconds: float) -> dict[str, float]:
    """GFLOP/s of the best product and the best convolution, `seconds` in all."""
    each = seconds / (len(PRODUCTS) + len(CONVOLUTIONS))
    return {
        "product": max(product_speed(shape, dtype, each) for shape in PRODUCTS),
        "convolution": max(
            convolution_speed(shape, dtype, each) for shape in CONVOLUTIONS
        ),
    }


def stream_speed(n_bytes: int, seconds: float) -> float:
    """GB/s read and written while NumPy adds two arrays into a third, on one core.

    The three hold `n_bytes` together: below a megabyte it is the cache's speed.
    """
    a, b, c = np.ones((3, max(1, n_bytes // 12)), np.float32)
    times = max(1, 2**24 // n_bytes)  # so that Python's own time does not count

    def run():
        for _ in range(times):
            np.add(a, b, out=c)

    return 3 * a.nbytes * times / repeat_for(run, seconds) / 1e9


def layer_work(layer) -> float:
    """Operations of one picture's way forward through a Keras layer's product."""
    kind = type(layer).__name__
    if kind == "Dense":
        return 2 * float(np.prod(layer.kernel.shape))
    if kind == "Conv2D":
        return 2 * float(np.prod(layer.kernel.shape) * np.prod(layer.output.shape[1:3]))
    if kind == "Conv2DTranspose":
        return 2 * float(np.prod(layer.kernel.shape) * np.prod(layer.input.shape[1:3]))
    return 0.0  # the others multiply no matrices


def forward_work(network) -> tuple[float, float]:
    """Operations of one picture's way forward: of all layers, of the first product."""
    work = [one for one in map(layer_work, network.layers) if one]
    return sum(work), work[0]
