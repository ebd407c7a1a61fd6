"""The live lab for points in the plane."""

from functools import partial
from typing import TYPE_CHECKING

import keras
import tensorflow as tf
from numpy.typing import ArrayLike

from gan_helpers.data import point_sets
from gan_helpers.lab import networks
from gan_helpers.lab.controls import Knobs, make_settings, point_settings
from gan_helpers.lab.datasets import POOL_SIZE, Sampler
from gan_helpers.lab.engine import Lab
from gan_helpers.lab.locking import locked
from gan_helpers.lab.point_scene import PointScene
from gan_helpers.lab.recording import Record
from gan_helpers.lab.run import build_run
from gan_helpers.lab.steps import USUAL

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class PointLab(Lab):
    """A GAN on points in the plane that you can watch, change and turn back.

    Args:
        generator, discriminator: Keras models of one's own, noise (n, k) to points
            (n, 2) and points (n, 2) to logits (n, 1). The lab works on copies. Left
            out, it builds those of lesson 02 from `noise_dim`, `width` (units of each
            hidden layer) and `activation`.
        data: One of `datasets.DATASETS`, standardised, or a function (n, seed pair) to
            points (n, 2), taken as they are.
        noise: "uniform" on [-1, 1), "normal", or a function (n, seed pair) to (n, k).
        loss: One of `losses.LOSSES`.
        d_rate, g_rate: Learning rates of RMSProp.
        d_steps, g_steps: Steps of each network an iteration, each on a new batch.
        penalty_kind: On D's slope: "R1", "R2", "R1 + R2", "gradient penalty", "none",
            or "the usual one", which is what the loss comes with, if anything.
        penalty: Weight of the penalty, if there is one.
        dtype: "float32" or "float64", for networks, samples, losses and optimizers.
            Samples and first weights are the same in both, drawn in float32, and so are
            what is shown and the recorded losses; points of your own are not rounded.

    Raises:
        ValueError: A setting or a shape does not fit; says what was expected.
    """

    scene: PointScene

    def __init__(
        self,
        generator: keras.Model | None = None,
        discriminator: keras.Model | None = None,
        *,
        data: str | Sampler = "quadratic",
        noise: str | Sampler = "uniform",
        noise_dim: int = 2,
        activation: str = "leaky ReLU",
        width: int = 16,
        batch_size: int = 256,
        seed: int = 0,
        loss: str = "non-saturating",
        d_rate: float = 1e-3,
        g_rate: float = 1e-3,
        d_steps: int = 1,
        g_steps: int = 1,
        penalty_kind: str = USUAL,
        penalty: float = 1.0,
        dtype: str = "float32",
    ):
        given = networks.copy_given(generator, discriminator, dtype=dtype)
        own_data = data if callable(data) else None
        own_noise = noise if callable(noise) else None
        noise_dim = _noise_dim(given, own_noise) or noise_dim
        settings = make_settings(
            point_settings(data, noise, noise_dim, activation, width, n_own=len(given)),
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
        scene = PointScene(knobs, batch_size, own_data, own_noise)
        make_optimizer = keras.optimizers.RMSprop
        super().__init__(
            scene,
            knobs,
            make_networks=partial(_make_networks, knobs, given),
            build_run=partial(build_run, scene, knobs, make_optimizer, **given),
            make_record=partial(Record, max_frames=300, max_state_bytes=20_000_000),
            frame_every=100,
        )

    @property
    def points(self) -> point_sets.PointSet:
        """The real points, and how generated ones are judged."""
        return self.scene.points

    @locked
    def draw(self, points: ArrayLike) -> None:
        """Train on hand-drawn points (n, 2) from now on; starts anew.

        Raises:
            ValueError: Not a list of at least two different, finite points.
        """
        self.scene.drawn = point_sets.make_drawn(
            points, self.points.extent, n=POOL_SIZE
        )
        setting = self._settings.find("data")
        setting.choices = tuple(dict.fromkeys([*setting.choices, "drawn"]))
        setting.value = "drawn"
        self._begin(build=False)

    def figure(self) -> "Figure":
        """Data space, feature space, losses and quality, as a matplotlib figure."""
        from gan_helpers.lab.figures import draw_points

        return draw_points(self)


def _noise_dim(given: dict[str, keras.Model], own_noise: Sampler | None) -> int | None:
    """What a generator or a noise of one's own says; None where it may be chosen."""
    if "generator" in given:
        return given["generator"].inputs[0].shape[-1]
    if own_noise:
        return own_noise(2, tf.constant([0, 0])).shape[-1]
    return None


def _make_networks(knobs: Knobs, given: dict[str, keras.Model]) -> dict:
    """Networks by the settings, by role, for what is not given."""
    settings = knobs.settings
    options = {name: settings[name] for name in ("width", "activation", "seed")}
    made = {}
    if "generator" not in given:
        noise_dim = settings["noise_dim"]
        made["generator"] = networks.build_generator(noise_dim=noise_dim, **options)
    if "discriminator" not in given:
        made["discriminator"] = networks.build_discriminator(**options)
    return networks.copy_given(**made, dtype=knobs.dtype)
