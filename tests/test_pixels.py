"""Bytes to [-1, 1] and back."""

import numpy as np
import pytest
import scipy.ndimage
import tensorflow as tf

from gan_helpers import pixels
from gan_helpers.pixels import scale_bytes, shares_to_bytes, to_bytes

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


def test_shares_of_light_become_bytes():
    found = shares_to_bytes(np.array([-0.5, 0.0, 0.4, 1.0, 7.0]))
    assert (found.dtype, found.tolist()) == (np.uint8, [0, 0, 102, 255, 255])


@pytest.mark.parametrize("sigma", [0.3, 0.8, 1.2])
def test_blur_is_a_gaussian_filter(sigma):
    planes = np.random.default_rng(0).normal(size=(2, 9, 12))
    expected = [
        scipy.ndimage.gaussian_filter(plane, sigma, mode="nearest", radius=3)
        for plane in planes
    ]
    found = pixels.blur(planes, np.full(2, sigma))
    np.testing.assert_allclose(found, expected, atol=1e-12)
    mixed = pixels.blur(planes, np.array([sigma, 0.5]))
    np.testing.assert_allclose(mixed[0], expected[0], atol=1e-12)
    assert not np.allclose(mixed[1], expected[1])
