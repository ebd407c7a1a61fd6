"""What the original tutorials reached at their own size, in hours on two cores."""

from typing import NamedTuple

import numpy as np

from gan_helpers.data.bundled import bundled_dir
from gan_helpers.data.formats import read_npz
from gan_helpers.data.imageset import DataError
from gan_helpers.pixels import scale_bytes


class FinishedOriginal(NamedTuple):
    """A long training by tools/originals.py.

    Attributes:
        iterations: (k,) after how many iterations the pictures were drawn.
        images: float32 (k, n, h, w, c) in [-1, 1], a row of n pictures for each look.
        losses: (m, 2) D's and G's losses of all m iterations.
        distance: Fréchet distance at the end, of 10,000 pictures (F) or 2,000 (S); NaN
            if not measured.
        hours: how long it trained.
        machine: on what, in words.
    """

    iterations: np.ndarray
    images: np.ndarray
    losses: np.ndarray
    distance: float
    hours: float
    machine: str


def load_original(letter: str) -> FinishedOriginal:
    """The original called `letter` in tools/originals.py, as far as it was trained.

    Raises:
        DataError: It does not come with the course, or its file is damaged.
    """
    path = bundled_dir() / f"original_{letter}.npz"
    if not path.is_file():
        there = sorted(p.stem[-1] for p in path.parent.glob("original_?.npz"))
        raise DataError(
            f"There is no {path.name}, expected one of these letters: "
            f"{', '.join(there)}. To train another: python tools/originals.py {letter}"
        )
    arrays = read_npz(path)
    return FinishedOriginal(
        iterations=arrays["iterations"],
        images=scale_bytes(arrays["images"]),
        losses=arrays["losses"],
        distance=arrays["distance"].item(),
        hours=arrays["seconds"].item() / 3600,
        machine=arrays["machine"].item(),
    )
