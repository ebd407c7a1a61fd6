"""The live lab for pictures."""

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import keras
import numpy as np

from gan_helpers.data.imageset import ImageSet
from gan_helpers.lab import networks
from gan_helpers.lab.controls import Knobs, make_settings
from gan_helpers.lab.datasets import Sampler
from gan_helpers.lab.engine import Lab
from gan_helpers.lab.picture_scene import N_PICTURES, N_SCORES, PictureScene
from gan_helpers.lab.recording import Record
from gan_helpers.lab.run import build_run
from gan_helpers.lab.steps import USUAL

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAX_PICTURE_BYTES = 40_000_000  # of all recorded frames


class ImageLab(Lab):
    """A GAN on pictures that you can watch, change and turn back.

    The lab trains copies of the networks with Adam(beta_1=0.5). An iteration takes one
    generated batch for both networks, as in lesson 05; further D or G steps take new
    ones. A D step on its own leaves G as it is, running statistics included, and the
    reverse. Convolutions are never handed to XLA, which is slow at them on a CPU.

    Args:
        generator, discriminator: Keras models, noise (n, k) to pictures (n, h, w, c)
            and pictures to logits (n, 1); a sigmoid at D's end is left out.
        images: Real pictures: an `ImageSet`, uint8 (N, h, w, c), or float32 in [-1, 1],
            or in [0, 1] for a generator that ends in a sigmoid.
        sample_noise: (n, seed pair) to noise (n, k); standard normal if left out.
        quality: Generated pictures (n, h, w, c), as the generator makes them, to a
            number; its name labels the curve.
        quality_every: Iterations between two calls of `quality`.
        loss: One of `losses.LOSSES`.
        d_rate, g_rate, d_steps, g_steps, penalty_kind, penalty, dtype: As in
            `PointLab`.

    Raises:
        ValueError: A setting, a shape or the range of the pictures does not fit.
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        images: ImageSet | np.ndarray,
        *,
        sample_noise: Sampler | None = None,
        quality: Callable[[np.ndarray], float] | None = None,
        quality_every: int = 200,
        batch_size: int = 32,
        seed: int = 0,
        loss: str = "non-saturating",
        d_rate: float = 2e-4,
        g_rate: float = 2e-4,
        d_steps: int = 1,
        g_steps: int = 1,
        penalty_kind: str = USUAL,
        penalty: float = 1.0,
        dtype: str = "float32",
    ):
        given = networks.copy_given(generator, discriminator, dtype=dtype)
        settings = make_settings(
            [],
            loss=loss,
            penalty_kind=penalty_kind,
            penalty=penalty,
            seed=seed,
            d_rate=d_rate,
            g_rate=g_rate,
            d_steps=d_steps,
            g_steps=g_steps,
        )
        knobs = Knobs(settings, dtype)
        noise_dim = given["generator"].inputs[0].shape[-1]
        scene = PictureScene(
            images, knobs, batch_size, noise_dim, sample_noise, quality, quality_every
        )
        make_optimizer = partial(keras.optimizers.Adam, beta_1=0.5)
        max_frames = _frames_in_memory(scene.picture_shape)
        super().__init__(
            scene,
            knobs,
            make_networks=dict,
            build_run=partial(build_run, scene, knobs, make_optimizer, **given),
            make_record=partial(
                Record, max_frames=max_frames, max_state_bytes=200_000_000
            ),
            frame_every=20,
        )

    def figure(self) -> "Figure":
        """Pictures, D's scores, losses and quality, as a matplotlib figure."""
        from gan_helpers.lab.figures import draw_images

        return draw_images(self)


def _frames_in_memory(picture_shape: tuple[int, ...]) -> int:
    """How many frames of such pictures (h, w, c) are recorded: 20 to 300."""
    frame_bytes = N_PICTURES * math.prod(picture_shape) + 8 * N_SCORES
    return min(300, max(20, MAX_PICTURE_BYTES // frame_bytes))
