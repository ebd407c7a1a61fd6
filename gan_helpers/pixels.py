"""From the bytes of pictures to the numbers that networks work with, and back."""

from typing import Any, Protocol, TypeVar

import numpy as np

Pixels = TypeVar("Pixels", bound="_Divisible")


class _Divisible(Protocol):
    """An array, or a tensor: this module does not import TensorFlow to name it."""

    def __truediv__(self, other: np.float32, /) -> Any: ...


def scale_bytes(pixels: Pixels) -> Pixels:
    """Values 0 to 255 as float32 in [-1, 1].

    Args:
        pixels: A NumPy array of uint8, or a TensorFlow tensor of float32.
    """
    scaled = pixels / np.float32(127.5)
    # In place if it is an array: another float copy of SVHN would take 1.2 GB.
    scaled -= 1.0
    return scaled


def to_bytes(images: np.ndarray) -> np.ndarray:
    """Images in [-1, 1] as uint8, rounded; what lies outside becomes 0 or 255."""
    return np.round((images.clip(-1, 1) + 1) * 127.5).astype(np.uint8)


def shares_to_bytes(pictures: np.ndarray) -> np.ndarray:
    """Pictures in [0, 1] as uint8, rounded; what lies outside becomes 0 or 255."""
    return (np.clip(pictures, 0, 1) * 255).round().astype(np.uint8)


def blur(planes: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Planes (n, h, w), each blurred by a Gaussian of its own deviation, in pixels.

    Args:
        sigma: (n,), at most about 1.5: the kernels reach three pixels far.
    """
    kernel = np.exp(-(np.arange(-3, 4) ** 2) / (2 * sigma[:, None] ** 2))
    kernel /= kernel.sum(axis=1, keepdims=True)
    for axis in (1, 2):
        width = [(3, 3) if i == axis else (0, 0) for i in range(3)]
        padded = np.pad(planes, width, mode="edge")
        planes = sum(
            kernel[:, k, None, None]
            * np.take(padded, range(k, k + planes.shape[axis]), axis)
            for k in range(7)
        )
    return planes
