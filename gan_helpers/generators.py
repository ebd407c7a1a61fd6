"""Generators that come with the course: a lesson's own, trained for an hour.

`tools/train_generators.py` trains them; the lessons set your minutes beside its hour.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from gan_helpers.array_files import fill_weights
from gan_helpers.data.bundled import bundled_dir, read_bundled
from gan_helpers.pixels import scale_bytes
from gan_helpers.taught import dcgan, fashion, pictures


class BundledGenerator(NamedTuple):
    """What makes the untrained network, and the SHA-256 of the file of its weights."""

    build: Callable
    sha256: str


# The hashes are printed by tools/train_generators.py when it writes a file.
GENERATORS = {
    "house numbers": BundledGenerator(
        partial(dcgan.make_generator, (128, 64, 32), 4, 32),  # lesson 04's THIN
        "ca4a5e48dff30be25f525aa2939e6e3fbdccf13b9dcd21f134b2969eabbdc563",
    ),
    "clothes": BundledGenerator(
        fashion.make_generator,
        "7e4f90fc4be5fc1f1ca744bf8b775216c2fc7049400aba143b68f3f5f3ffe249",
    ),
    "flags": BundledGenerator(
        partial(pictures.make_palette_generator, (64, 64, 3), 128),
        "efb12fd2415af70be9fa7ee4293884ee4d87524233b140dfbff55b7a19c0aa92",
    ),
    "ships": BundledGenerator(
        partial(pictures.make_picture_generator, (32, 32, 3), 192),
        "b4ca126e820d07dcf8ab505a54a696b0d367091b5456b3219baa27705a7b76a8",
    ),
}


def load_generator(name: str) -> keras.Model:
    """The trained generator `name`, a key of `GENERATORS`, as a Keras model.

    It makes pictures in [-1, 1] of noise (n, 32): "clothes" (n, 28, 28, 1), "flags"
    (n, 64, 64, 3), "ships" (n, 32, 32, 3), like the synthetic ones, of noise from a
    normal distribution; "house numbers" (n, 32, 32, 3), like the synthetic ones, of
    noise that is uniform on [-1, 1). It can be trained on.

    Raises:
        ValueError: No generator of that name is bundled, or its file holds the weights
            of other layers.
        DataError: The file is missing or damaged.
    """
    if name not in GENERATORS:
        raise ValueError(
            f"No generator {name!r}, expected one of {', '.join(GENERATORS)}."
        )
    build, sha256 = GENERATORS[name]
    path = bundled_dir() / generator_file(name)
    arrays = read_bundled(path, sha256)
    model = build()
    fill_weights(model, arrays, path)
    return model


class Sheet(NamedTuple):
    """What a generator drew whose weights are not given away.

    Attributes:
        images: float32 (48, 32, 32, 3) in [-1, 1], not selected.
        distance: sliced Wasserstein distance of thumbnails of 2,000 of its pictures,
            not of these 48 alone, from real ones.
        floor: that of 2,000 other real ones.
    """

    images: np.ndarray
    distance: float
    floor: float


SHEET_FILE = "sheet_real_ships.npz"
SHEET_SHA256 = "520c1950d39e1f0c561d48018b0f23aedd6c17698641db7e7b86323857a66f3d"


def load_sheet() -> Sheet:
    """Pictures by lesson 07's recipe after an hour on CIFAR-10's ships.

    Raises:
        DataError: The file is missing or damaged.
    """
    arrays = read_bundled(bundled_dir() / SHEET_FILE, SHEET_SHA256)
    measured = (arrays[name].item() for name in ("distance", "floor"))
    return Sheet(scale_bytes(arrays["images"]), *measured)


def generator_file(name: str) -> Path:
    """The name of the file of a generator's weights: "house numbers" has a blank."""
    return Path(f"generator_{name.replace(' ', '_')}.npz")


def pack_weights(model: keras.Model) -> dict[str, np.ndarray]:
    """The weights of a Keras model as float16, under the names that are loaded.

    Raises:
        ValueError: One is not finite, or beyond what float16 holds, 65,504.
    """
    packed = {}
    for i, weight in enumerate(model.get_weights()):
        largest = np.abs(weight).max()
        if not largest <= np.finfo("float16").max:
            raise ValueError(
                f"Weight {i} of {model.name!r} reaches {largest:g}, expected at most "
                "65,504, the largest float16. Train again, at a lower rate."
            )
        packed[f"weight_{i}"] = weight.astype("float16")
    return packed
