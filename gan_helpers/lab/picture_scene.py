"""Pictures: what an `ImageLab` samples, observes and describes."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from gan_helpers import training
from gan_helpers.data.imageset import ImageSet
from gan_helpers.lab.controls import Knobs
from gan_helpers.lab.datasets import Sampler, draw_noise
from gan_helpers.lab.steps import Game
from gan_helpers.losses import LOSSES
from gan_helpers.pixels import scale_bytes, to_bytes

N_PICTURES, N_SCORES, N_JUDGED = 36, 256, 500


class PictureScene:
    """Batches of pictures, and noise; see `Scene`.

    Args:
        images: As in `ImageLab`.
        noise_dim: Numbers in one noise vector, for noise that is not one's own.
        own_noise, quality, quality_every: `ImageLab`'s `sample_noise`, and the rest.
    """

    kind = "images"
    one_batch = True
    keeps_last_move = False  # not shown, and G may be large
    xla = False  # slow at convolutions on a CPU

    def __init__(
        self,
        images: ImageSet | np.ndarray,
        knobs: Knobs,
        batch_size: int,
        noise_dim: int,
        own_noise: Sampler | None,
        quality: Callable[[np.ndarray], float] | None,
        quality_every: int,
    ):
        self._images, self._low = _checked_images(images)
        self._settings, self._knobs = knobs.settings, knobs
        self._batch_size, self._noise_dim = batch_size, noise_dim
        self._own_noise = own_noise
        self._quality, self.quality_every = quality, quality_every
        names = [] if quality is None else [_name_of(quality)]
        self.quality_names: tuple[str, ...] = tuple(names)
        self._dtype = knobs.dtype
        self.picture_shape = self._images.shape[1:]
        self._batch_at = training.make_batches(
            self._images, batch_size, seed=knobs.seed
        )

    # -- what is sampled --------------------------------------------------------------

    def load(self) -> None:
        shown, judged = (
            self._sample_noise(n, self._knobs.seed_pair(3, draw))
            for draw, n in enumerate((N_SCORES, N_JUDGED))
        )
        self.shown_noise, self._judged_noise = shown, judged
        n = min(N_SCORES, len(self._images))
        rng = np.random.default_rng(self._settings["seed"])
        rows = rng.choice(len(self._images), n, replace=False)
        self.real_shown = tf.constant(_as_floats(self._images[rows]), self._dtype)

    def compiled_in(self) -> tuple:
        return ()

    def sample(self, draw: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        noise = self._sample_noise(self._batch_size, self._knobs.seed_pair(1, draw))
        return tf.cast(self._batch_at(draw - 1), self._dtype), noise

    def _sample_noise(self, n: int, seed: tf.Tensor) -> tf.Tensor:
        if self._own_noise is None:
            noise = draw_noise(n, self._noise_dim, seed, "normal")
        else:
            noise = self._own_noise(n, seed)
        return tf.cast(noise, self._dtype)

    # -- what is observed -------------------------------------------------------------

    def observe(
        self, game: Game, before: list[tf.Variable]
    ) -> Callable[[], dict[str, tf.Tensor]]:
        @tf.function
        def look(real: tf.Tensor, noise: tf.Tensor) -> dict[str, tf.Tensor]:
            fake = game.generator(noise, training=False)
            real_logits = game.discriminator(real, training=False)
            fake_logits = game.discriminator(fake, training=False)
            n = len(real)
            pair = real_logits[:n], fake_logits[:n], real, fake[:n]
            return {
                "fake": fake[:N_PICTURES],
                "real_logits": real_logits,
                "fake_logits": fake_logits,
                "losses": game.losses_with_penalty(*pair, self._knobs.seed_pair(2, 0)),
            }

        compiled = look.get_concrete_function(self.real_shown, self.shown_noise)
        return lambda: compiled(self.real_shown, self.shown_noise)

    # -- how it is described ----------------------------------------------------------

    def measure(
        self, seen: dict[str, np.ndarray], generator: keras.Model
    ) -> tuple[float, ...]:
        if self._quality is None:
            return ()
        fake = training.generate(generator, self._judged_noise)
        return (float(self._quality(fake)),)

    def describe(
        self, seen: dict[str, np.ndarray], quality: tuple[float, ...]
    ) -> tuple[dict, str]:
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
        for name, value in zip(self.quality_names, quality, strict=True):
            text += f"; {name} {value:.3g}"
        return {"modes": None, "arrays": arrays}, f"{text}."

    def static_arrays(self) -> dict[str, np.ndarray]:
        """Real pictures to compare with: "real_pictures", uint8 (36, h, w, c)."""
        return {"real_pictures": self._as_bytes(self.real_shown[:N_PICTURES])}

    def _as_bytes(self, images: np.ndarray | tf.Tensor) -> np.ndarray:
        """Pictures as uint8, from the range that the data has."""
        images = np.asarray(images)
        return to_bytes(images if self._low else 2 * images - 1)


def _checked_images(images: ImageSet | np.ndarray) -> tuple[np.ndarray, float]:
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


def _as_floats(images: np.ndarray) -> np.ndarray:
    return scale_bytes(images) if images.dtype == np.uint8 else images


def _name_of(quality: Callable) -> str:
    name = getattr(quality, "__name__", "quality").replace("_", " ")
    return "quality" if "<" in name else name
