"""Moving pictures in files."""

import io
from collections.abc import Sequence

import numpy as np


def encode(frames: Sequence[np.ndarray], fps: float, file_format: str) -> bytes:
    """Frames, uint8 (h, w, 3), as a looping file that rests on its last frame.

    Args:
        fps: Frames a second.
        file_format: "GIF", or "PNG", which is then an animated one.

    Raises:
        ValueError: There are no frames.
    """
    from PIL import Image

    if not len(frames):
        raise ValueError("There are no frames, expected at least one.")
    # One palette for all frames keeps the file small and its colours still.
    every = max(1, len(frames) // 8)
    palette = Image.fromarray(np.concatenate(frames[::-every])).quantize(128)
    images = [
        Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE)
        for frame in frames
    ]
    durations = [round(1000 / fps)] * (len(frames) - 1) + [1500]
    target = io.BytesIO()
    images[0].save(
        target,
        file_format,
        save_all=True,
        append_images=images[1:],
        duration=durations,
        loop=0,
    )
    return target.getvalue()
