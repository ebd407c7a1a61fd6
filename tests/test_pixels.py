"""Bytes to [-1, 1] and back."""

import numpy as np
import tensorflow as tf

from gan_helpers.pixels import scale_bytes, to_bytes

BYTES = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)


def test_bytes_cover_minus_one_to_one_and_come_back():
    scaled = scale_bytes(BYTES)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled.ravel(), np.linspace(-1, 1, 256), atol=1e-6)
    np.testing.assert_array_equal(to_bytes(scaled), BYTES)
    np.testing.assert_array_equal(BYTES.ravel(), np.arange(256))


def test_tensors_get_the_same_numbers_as_arrays():
    tensor = tf.cast(BYTES, tf.float32)
    for scale in (scale_bytes, tf.function(scale_bytes)):
        scaled = scale(tensor)
        assert scaled.dtype == tf.float32
        # A compiled division by a constant may differ in the last digit.
        np.testing.assert_allclose(scaled, scale_bytes(BYTES), atol=1e-6)


def test_what_lies_outside_becomes_black_or_white():
    found = to_bytes(np.array([-3.0, -1.0, 0.0, 1.0, 7.0]))
    assert found.tolist() == [0, 0, 128, 255, 255]
