"""From the bytes of pictures to the numbers that networks work with, and back."""

import numpy as np


def scale_bytes(pixels):
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
