"""The live lab for pictures."""

import math
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from gan_helpers import training
from gan_helpers.data.imageset import ImageSet
from gan_helpers.lab import networks
from gan_helpers.lab.engine import Lab
from gan_helpers.losses import LOSSES
from gan_helpers.pixels import scale_bytes, to_bytes

N_PICTURES, N_SCORES, N_JUDGED = 36, 256, 500
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
        d_rate, g_rate, d_steps, g_steps, penalty: As in `PointLab`.

    Raises:
        ValueError: A setting, a shape or the range of the pictures does not fit.
    """

    kind = "images"
    one_batch = True
    frame_every = 20
    max_state_bytes = 200_000_000

    def __init__(
        self,
        generator,
        discriminator,
        images,
        *,
        sample_noise=None,
        quality=None,
        quality_every=200,
        batch_size=32,
        seed=0,
        loss="non-saturating",
        d_rate=2e-4,
        g_rate=2e-4,
        d_steps=1,
        g_steps=1,
        penalty=1.0,
    ):
        given = networks.copy_given(generator, discriminator)
        self.generator, self.discriminator = given.values()
        self._images, self._low = _checked_images(images)
        self._noise = sample_noise
        self._quality = quality
        self._quality_every = quality_every
        self._batch_size = batch_size
        self._prepare(
            [],
            seed=seed,
            loss=loss,
            d_rate=d_rate,
            g_rate=g_rate,
            d_steps=d_steps,
            g_steps=g_steps,
            penalty=penalty,
        )
        self._batch_at = training.make_batches(
            self._images, batch_size, seed=self._knobs.seed
        )
        noise = self._sample_noise(2, tf.constant([0, 0]))
        shape = self._images.shape[1:]
        networks.check_pair(self.generator, self.discriminator, noise.shape, shape)
        if quality is not None:
            name = getattr(quality, "__name__", "quality").replace("_", " ")
            self.quality_names = ("quality" if "<" in name else name,)
        frame_bytes = N_PICTURES * math.prod(shape) + 8 * N_SCORES
        self.max_frames = min(300, max(20, MAX_PICTURE_BYTES // frame_bytes))
        self._begin(build=True)

    def static_arrays(self) -> dict:
        """Real pictures to compare with: "real_pictures", uint8 (36, h, w, c)."""
        return {"real_pictures": self._as_bytes(self._real_shown[:N_PICTURES])}

    def figure(self):
        """Pictures, D's scores, losses and quality, as a matplotlib figure."""
        from gan_helpers.lab.figures import draw_images

        return draw_images(self)

    # -- networks and data ------------------------------------------------------------

    def _build(self) -> None:
        self._optimizers = tuple(keras.optimizers.Adam(beta_1=0.5) for _ in range(2))

    def _restart(self) -> None:
        self._shown_noise = self._sample_noise(N_SCORES, self._seed_pair(3, 0))
        self._judged_noise = self._sample_noise(N_JUDGED, self._seed_pair(3, 1))
        n = min(N_SCORES, len(self._images))
        rng = np.random.default_rng(self._settings["seed"])
        rows = rng.choice(len(self._images), n, replace=False)
        self._real_shown = _as_floats(self._images[rows])

    def _compiled_in(self):
        return ()

    def _sample_noise(self, n: int, seed):
        if self._noise is None:
            size = self.generator.inputs[0].shape[-1]
            return tf.random.stateless_normal((n, size), seed, alg="philox")
        return tf.cast(self._noise(n, seed), tf.float32)

    # -- training ---------------------------------------------------------------------

    def _make_run(self, game):
        def draw():
            i = self._draws.assign_add(1)
            noise = self._sample_noise(self._batch_size, self._seed_pair(1, i))
            return self._batch_at(i - 1), noise, self._seed_pair(2, i)

        def iterate(_iteration):
            d_loss, g_loss = self._losses[0], self._losses[1]
            # A single step of one network asks for 0 steps of the other.
            together = tf.minimum(1, self._knobs.d_steps * self._knobs.g_steps)
            k = together
            while k < self._knobs.d_steps:
                real, noise, seed = draw()
                d_loss = game.d_step(real, noise, seed)
                k += 1
            if together > 0:
                real, noise, seed = draw()
                d_loss, g_loss = game.joint_step(real, noise, seed)
            k = together
            while k < self._knobs.g_steps:
                real, noise, seed = draw()
                g_loss = game.g_step(real, noise)
                k += 1
            self._losses.assign(tf.stack([d_loss, g_loss]))
            return d_loss, g_loss

        return partial(training.compile_loop(iterate), 0)

    # -- looking ----------------------------------------------------------------------

    def _make_observe(self, game):
        @tf.function
        def observe(real, noise):
            fake = self.generator(noise, training=False)
            real_logits = self.discriminator(real, training=False)
            fake_logits = self.discriminator(fake, training=False)
            n = len(real)
            return {
                "fake": fake[:N_PICTURES],
                "real_logits": real_logits,
                "fake_logits": fake_logits,
                "losses": game.losses_with_penalty(
                    real_logits[:n],
                    fake_logits[:n],
                    real,
                    fake[:n],
                    self._seed_pair(2, 0),
                ),
            }

        compiled = observe.get_concrete_function(self._real_shown, self._shown_noise)
        return lambda: compiled(self._real_shown, self._shown_noise)

    def _describe(self, seen: dict):
        real, fake = seen["real_logits"][:, 0], seen["fake_logits"][:, 0]
        arrays = {
            "pictures": self._as_bytes(seen["fake"]),
            "scores_real": real,
            "scores_fake": fake,
        }
        if LOSSES[self._settings["loss"]].has_zero:
            text = (
                f"D takes {np.mean(real > 0):.0%} of the real and "
                f"{np.mean(fake > 0):.0%} of the generated pictures for real"
            )
        else:
            right = np.mean(real[:, None] > fake)
            text = f"D scores the real one higher in {right:.0%} of all pairs"
        new, newest = self._judge()
        if newest is not None:
            text += f"; {self.quality_names[0]} {newest:.3g}"
        return {"modes": None, "arrays": arrays}, new, f"{text}."

    def _judge(self) -> tuple[tuple[float, ...], float | None]:
        """A new row of the quality's curve, () while it is not due, and the newest."""
        if self._quality is None:
            return (), None
        known = self.record.quality.array
        if len(known) and self.iteration < known[-1, 0] + self._quality_every:
            return (), float(known[-1, 1])
        quality = float(
            self._quality(training.generate(self.generator, self._judged_noise))
        )
        return (quality,), quality

    def _as_bytes(self, images) -> np.ndarray:
        """Pictures as uint8, from the range that the data has."""
        images = np.asarray(images)
        return to_bytes(images if self._low else 2 * images - 1)


def _checked_images(images) -> tuple[np.ndarray, float]:
    """Pictures as an array, and the lowest value of their range, -1 or 0."""
    if isinstance(images, ImageSet):
        images = images.images
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise ValueError(
            f"images has shape {images.shape}, expected (N, height, width, 1 or 3)."
        )
    if images.dtype == np.uint8:
        return images, -1.0
    low, high = images.min(), images.max()
    if not (low >= -1.001 and high <= 1.001):  # NaN fails too
        raise ValueError(
            f"images range from {low:.3g} to {high:.3g}, expected uint8, or numbers in "
            "[-1, 1] or [0, 1]. An ImageSet gives [-1, 1] with .scaled()."
        )
    return images.astype(np.float32), 0.0 if low >= 0 else -1.0


def _as_floats(images: np.ndarray) -> tf.Tensor:
    if images.dtype == np.uint8:
        images = scale_bytes(images)
    return tf.constant(images)
