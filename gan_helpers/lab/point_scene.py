"""Points in the plane: what a `PointLab` samples, observes and describes."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from gan_helpers import metrics
from gan_helpers.data import point_sets
from gan_helpers.lab import datasets, networks
from gan_helpers.lab.controls import Knobs
from gan_helpers.lab.steps import Game
from gan_helpers.losses import LOSSES
from gan_helpers.pixels import shares_to_bytes

N_SHOWN, N_FEATURE_POINTS, N_ARROWS, N_GENERATED = 256, 128, 36, 1024
N_CELLS = 32  # of D's surface, along each side
_QUALITY = {"modes": "modes hit", "parts": "parts covered"}


class PointScene:
    """Points and noise by the settings "data", "noise" and "noise_dim"; see `Scene`.

    Args:
        own_data, own_noise: Functions (n, seed pair) to points (n, 2) and to noise
            (n, k), for the value "own" of "data" and "noise".

    Attributes:
        points: The `PointSet` in force.
        drawn: The one for the value "drawn" of "data", if there is one.
    """

    kind = "points"
    one_batch = False
    keeps_last_move = True
    xla = True
    quality_every = 0  # with each frame

    def __init__(
        self,
        knobs: Knobs,
        batch_size: int,
        own_data: datasets.Sampler | None,
        own_noise: datasets.Sampler | None,
    ):
        self._settings, self._knobs = knobs.settings, knobs
        self._batch_size = batch_size
        self._own_data, self._own_noise = own_data, own_noise
        self._dtype = knobs.dtype
        self.quality_names: tuple[str, ...] = ()
        self.drawn: point_sets.PointSet | None = None
        empty = tf.zeros((datasets.POOL_SIZE, 2), knobs.dtype)
        self._pool = tf.Variable(empty, trainable=False)

    # -- what is sampled --------------------------------------------------------------

    def load(self) -> None:
        points = self._load_points()
        # What is shown is sampled before anything is taken over: functions may raise.
        self.shown_noise = self._sample_noise(N_GENERATED, self._knobs.seed_pair(3, 0))
        assert points.centres is not None and points.parts is not None
        self.points, self._centres, self._parts = points, points.centres, points.parts
        self.quality_names = (_QUALITY[points.parts], "divergence")
        if self._settings["data"] != "own":
            self._pool.assign(tf.cast(points.points, self._dtype))
        self.real_shown = tf.constant(points.points[:N_SHOWN], self._dtype)
        self._cells = tf.constant(points.cells(N_CELLS), self._dtype)

    def _load_points(self) -> point_sets.PointSet:
        name = self._settings["data"]
        if name == "drawn" and self.drawn is not None:
            return self.drawn
        if name == "own" and self._own_data is not None:
            seed = self._knobs.seed_pair(3, 1)
            sample = self._own_data(datasets.POOL_SIZE, seed)
            return point_sets.cut_into_parts(_checked_points(sample))
        return datasets.make_judged(name)

    def compiled_in(self) -> tuple:
        return (self._settings["data"] == "own", self._settings["noise"])

    def sample(self, draw: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        n, seed = self._batch_size, self._knobs.seed_pair(0, draw)
        if self._settings["data"] == "own" and self._own_data is not None:
            real = tf.cast(self._own_data(n, seed), self._dtype)
        else:
            real = datasets.sample_pool(self._pool, n, seed)
        return real, self._sample_noise(n, self._knobs.seed_pair(1, draw))

    def _sample_noise(self, n: int, seed: tf.Tensor) -> tf.Tensor:
        kind = self._settings["noise"]
        if kind == "own" and self._own_noise is not None:
            noise = self._own_noise(n, seed)
        else:
            noise = datasets.draw_noise(n, self._settings["noise_dim"], seed, kind)
        return tf.cast(noise, self._dtype)

    # -- what is observed -------------------------------------------------------------

    def observe(
        self, game: Game, before: list[tf.Variable]
    ) -> Callable[[], dict[str, tf.Tensor]]:
        discriminator = game.discriminator
        see_features = _make_see_features(game, before)

        @tf.function
        def look(
            real: tf.Tensor, noise: tf.Tensor, cells: tf.Tensor
        ) -> dict[str, tf.Tensor]:
            fake = game.generator(noise, training=False)
            shown = fake[:N_SHOWN]
            real_logits, fake_logits = discriminator(real), discriminator(shown)
            return {
                "fake": fake,
                "real_logits": real_logits,
                "fake_logits": fake_logits,
                "losses": game.losses_with_penalty(
                    real_logits, fake_logits, real, shown, self._knobs.seed_pair(2, 0)
                ),
                "pull": _pull(game, real_logits, shown),
                "surface": self._surface(
                    discriminator(cells), real_logits, fake_logits
                ),
                **see_features(real, noise, shown),
            }

        example = (self.real_shown, self.shown_noise, self._cells)
        compiled = look.get_concrete_function(*example)
        return lambda: compiled(self.real_shown, self.shown_noise, self._cells)

    def _surface(
        self, logits: tf.Tensor, real_logits: tf.Tensor, fake_logits: tf.Tensor
    ) -> tf.Tensor:
        """σ(D) in cells; where D's zero means nothing, ½ is half way between means."""
        if not LOSSES[self._settings["loss"]].has_zero:
            middle = tf.reduce_mean(real_logits) + tf.reduce_mean(fake_logits)
            logits -= middle / 2
        return tf.sigmoid(tf.reshape(logits, (N_CELLS, N_CELLS)))

    # -- how it is described ----------------------------------------------------------

    def measure(
        self, seen: dict[str, np.ndarray], generator: keras.Model
    ) -> tuple[float, ...]:
        points, fake = self.points, seen["fake"]
        shares = metrics.mode_shares(fake, self._centres, radius=points.radius)
        divergence = metrics.grid_divergence(points.points[:2048], fake)
        return metrics.modes_hit(shares), divergence

    def describe(
        self, seen: dict[str, np.ndarray], quality: tuple[float, ...]
    ) -> tuple[dict, str]:
        points, fake = self.points, seen["fake"]
        length = float(np.linalg.norm(seen["pull"], axis=1).max())
        arrays = {
            "real": points.points[:N_SHOWN],
            "fake": fake[:N_SHOWN],
            "surface": shares_to_bytes(seen["surface"]),
            "arrows": np.concatenate(
                [fake[:N_ARROWS], seen["pull"] / max(length, 1e-30)], axis=1
            ),
        }
        features = {name: a for name, a in seen.items() if name.startswith("features_")}
        scores = {
            f"scores_{kind}": seen[f"{kind}_logits"][:N_FEATURE_POINTS, 0]
            for kind in ("real", "fake")
        }
        hit, divergence = quality
        content = {
            "extent": points.extent,
            "arrow_scale": length,
            "features": bool(features),
            "modes": len(self._centres),
            "arrays": arrays | (features or scores),
        }
        what = f"{hit:.0f} of {len(self._centres)} {self._parts}"
        verb = "reach" if self._parts == "modes" else "cover"
        return content, (
            f"Generated points {verb} {what} of the data; divergence {divergence:.2f}."
        )

    def static_arrays(self) -> dict[str, np.ndarray]:
        return {}


def _pull(game: Game, real_logits: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """Where G's loss draws the first generated points, (N_ARROWS, 2)."""
    with tf.GradientTape() as tape:
        tape.watch(fake)
        some = game.discriminator(fake[:N_ARROWS])
        _, g_loss = game.losses(real_logits[:N_ARROWS], some)
    # The loss is a mean; a point's own share is as many times larger.
    return -N_ARROWS * tape.gradient(g_loss, fake)[:N_ARROWS]


def _make_see_features(game: Game, before: list[tf.Variable]) -> Callable[..., dict]:
    """D's 2-unit layer: of real points, of generated ones before G's move and now."""
    features, generator = networks.cut_at_features(game.discriminator), game.generator
    if features is None:
        return lambda real, noise, fake: {}

    def see_features(
        real: tf.Tensor, noise: tf.Tensor, fake: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        state = [variable.value for variable in generator.non_trainable_variables]
        fake_before, _ = generator.stateless_call(
            before, state, noise[:N_FEATURE_POINTS], training=False
        )
        return {
            "features_real": features(real[:N_FEATURE_POINTS]),
            "features_before": features(fake_before),
            "features_after": features(fake[:N_FEATURE_POINTS]),
        }

    return see_features


def _checked_points(sample: np.ndarray | tf.Tensor) -> np.ndarray:
    sample = np.asarray(sample)
    if sample.ndim != 2 or sample.shape[1] != 2 or not np.isfinite(sample).all():
        raise ValueError(
            f"data gave an array of shape {sample.shape}, expected finite points "
            f"(n, 2), here ({datasets.POOL_SIZE}, 2)."
        )
    return sample.astype(np.float32)
