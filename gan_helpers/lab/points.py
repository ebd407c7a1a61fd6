"""The live lab for points in the plane."""

from functools import partial

import keras
import numpy as np
import tensorflow as tf

from gan_helpers import metrics, training
from gan_helpers.data import point_sets
from gan_helpers.lab import datasets, networks
from gan_helpers.lab.controls import point_settings
from gan_helpers.lab.engine import Lab
from gan_helpers.lab.trainer import locked
from gan_helpers.losses import LOSSES

N_SHOWN, N_FEATURES, N_ARROWS, N_JUDGED, GRID = 256, 128, 36, 1024, 32


class PointLab(Lab):
    """A GAN on points in the plane that you can watch, change and turn back.

    Args:
        generator, discriminator: Keras models of one's own, noise (n, k) to points
            (n, 2) and points (n, 2) to logits (n, 1). The lab works on copies. Left
            out, it builds those of lesson 02 from `noise_dim`, `width` (units of each
            hidden layer) and `activation`.
        data: One of `datasets.NAMES`, standardised, or a function (n, seed pair) to
            points (n, 2), taken as they are.
        noise: "uniform" on [-1, 1), "normal", or a function (n, seed pair) to (n, k).
        loss: One of `losses.LOSSES`.
        d_rate, g_rate: Learning rates of RMSProp.
        d_steps, g_steps: Steps of each network an iteration, each on a new batch.
        penalty: Weight of the gradient penalty, for the losses that have one.

    Raises:
        ValueError: A setting or a shape does not fit; says what was expected.
    """

    kind = "points"
    rebuilding = ("noise_dim", "activation", "width")

    def __init__(
        self,
        generator=None,
        discriminator=None,
        *,
        data="quadratic",
        noise="uniform",
        noise_dim=2,
        activation="leaky ReLU",
        width=16,
        batch_size=256,
        seed=0,
        loss="non-saturating",
        d_rate=1e-3,
        g_rate=1e-3,
        d_steps=1,
        g_steps=1,
        penalty=1.0,
    ):
        self._batch_size = batch_size
        self._data = data if callable(data) else None
        self._noise = noise if callable(noise) else None
        self._own = networks.copy_given(generator, discriminator)
        if generator is not None:
            noise_dim = self._own["generator"].inputs[0].shape[-1]
        elif self._noise:
            noise_dim = self._noise(2, tf.constant([0, 0])).shape[-1]
        n_own = len(self._own)
        self._prepare(
            point_settings(data, noise, noise_dim, activation, width, n_own=n_own),
            seed=seed,
            loss=loss,
            d_rate=d_rate,
            g_rate=g_rate,
            d_steps=d_steps,
            g_steps=g_steps,
            penalty=penalty,
        )
        self._pool = tf.Variable(tf.zeros((datasets.POOL_SIZE, 2)), trainable=False)
        self._drawn = None
        self._begin(build=True)

    @locked
    def draw(self, points) -> None:
        """Train on hand-drawn points (n, 2) from now on; starts anew.

        Raises:
            ValueError: Not a list of at least two different, finite points.
        """
        drawn = point_sets.make_drawn(points, self.points.extent, n=datasets.POOL_SIZE)
        setting = self._settings.find("data")
        setting.choices = tuple(dict.fromkeys([*setting.choices, "drawn"]))
        setting.value = "drawn"
        self._drawn = drawn
        self._begin(build=False)

    def figure(self):
        """Data space, feature space, losses and quality, as a matplotlib figure."""
        from gan_helpers.lab.figures import draw_points

        return draw_points(self)

    # -- networks and data ------------------------------------------------------------

    def _build(self) -> None:
        made = self._make_networks() | self._own
        self.generator, self.discriminator = made["generator"], made["discriminator"]
        noise = self._sample_noise(2, tf.constant([0, 0]))
        networks.check_pair(self.generator, self.discriminator, noise.shape, (2,))
        trained = self.generator.trainable_variables
        self._before = [tf.Variable(variable.value) for variable in trained]
        self._optimizers = (keras.optimizers.RMSprop(), keras.optimizers.RMSprop())
        self._features = networks.cut_at_features(self.discriminator)

    def _make_networks(self) -> dict:
        if len(self._own) == 2:
            return {}
        options = {
            name: self._settings[name] for name in ("width", "activation", "seed")
        }
        noise_dim = self._settings["noise_dim"]
        return {
            "generator": networks.make_generator(noise_dim=noise_dim, **options),
            "discriminator": networks.make_discriminator(**options),
        }

    def _variables(self):
        return [*super()._variables(), *self._before]

    def _restart(self) -> None:
        for role, fresh in self._make_networks().items():
            if role not in self._own:
                getattr(self, role).set_weights(fresh.get_weights())
        self._remember_generator()
        self._shown_noise = self._sample_noise(N_JUDGED, self._seed_pair(3, 0))

    def _remember_generator(self) -> None:
        """Keep G's weights, so that a frame can show its last move."""
        trained = self.generator.trainable_variables
        for before, now in zip(self._before, trained, strict=True):
            before.assign(now.value)

    def _load(self) -> None:
        name = self._settings["data"]
        if name == "own":
            sample = self._data(datasets.POOL_SIZE, self._seed_pair(3, 1))
            self.points = point_sets.cut_into_parts(_checked_points(sample))
        else:
            drawn = name == "drawn"
            self.points = self._drawn if drawn else datasets.make_named(name)
            self._pool.assign(self.points.points)
        self.quality_names = (QUALITY[self.points.parts], "divergence")
        self._real_shown = tf.constant(self.points.points[:N_SHOWN])
        self._cells = tf.constant(self.points.cells(GRID))

    def _sample_noise(self, n: int, seed):
        if self._settings["noise"] == "own":
            return tf.cast(self._noise(n, seed), tf.float32)
        size = self._settings["noise_dim"]
        return datasets.sample_noise(n, size, seed, self._settings["noise"])

    def _sample_data(self, n: int, seed):
        if self._settings["data"] == "own":
            return tf.cast(self._data(n, seed), tf.float32)
        return datasets.sample_pool(self._pool, n, seed)

    # -- training ---------------------------------------------------------------------

    def _make_run(self, game):
        def draw():
            i = self._draws.assign_add(1)
            real = self._sample_data(self._batch_size, self._seed_pair(0, i))
            noise = self._sample_noise(self._batch_size, self._seed_pair(1, i))
            return real, noise, self._seed_pair(2, i)

        def iterate(_iteration):
            d_loss, g_loss = self._losses[0], self._losses[1]
            k = tf.constant(0)
            while k < self._knobs.d_steps:
                real, noise, seed = draw()
                d_loss = game.d_step(real, noise, seed)
                k += 1
            self._remember_generator()
            k = tf.constant(0)
            while k < self._knobs.g_steps:
                real, noise, _ = draw()
                g_loss = game.g_step(real, noise)
                k += 1
            self._losses.assign(tf.stack([d_loss, g_loss]))
            return d_loss, g_loss

        both = (self.generator, self.discriminator)
        dense = all(networks.is_dense(model) for model in both)
        return partial(training.compile_loop(iterate, jit_compile=dense), 0)

    def _compiled_in(self):
        return (self._settings["data"] == "own", self._settings["noise"])

    # -- looking ----------------------------------------------------------------------

    def _make_observe(self, game):
        has_zero = LOSSES[self._settings["loss"]].has_zero
        discriminator = self.discriminator

        @tf.function
        def observe(real, noise, cells):
            fake = self.generator(noise, training=False)
            shown = fake[:N_SHOWN]
            real_logits, fake_logits = discriminator(real), discriminator(shown)
            with tf.GradientTape() as tape:
                tape.watch(shown)
                some = discriminator(shown[:N_ARROWS])
                _, g_loss = game.losses(real_logits[:N_ARROWS], some)
            surface = discriminator(cells)
            if not has_zero:
                middle = tf.reduce_mean(real_logits) + tf.reduce_mean(fake_logits)
                surface -= middle / 2
            return {
                "fake": fake,
                "real_logits": real_logits,
                "fake_logits": fake_logits,
                "losses": game.losses_with_penalty(
                    real_logits, fake_logits, real, shown, self._seed_pair(2, 0)
                ),
                # The loss is a mean; a point's own share is as many times larger.
                "pull": -N_ARROWS * tape.gradient(g_loss, shown)[:N_ARROWS],
                "surface": tf.sigmoid(tf.reshape(surface, (GRID, GRID))),
                **self._see_features(real, noise, shown),
            }

        example = (self._real_shown, self._shown_noise, self._cells)
        compiled = observe.get_concrete_function(*example)
        return lambda: compiled(self._real_shown, self._shown_noise, self._cells)

    def _see_features(self, real, noise, fake) -> dict:
        if self._features is None:
            return {}
        generator = self.generator
        state = [variable.value for variable in generator.non_trainable_variables]
        before, _ = generator.stateless_call(
            self._before, state, noise[:N_FEATURES], training=False
        )
        return {
            "features_real": self._features(real[:N_FEATURES]),
            "features_before": self._features(before),
            "features_after": self._features(fake[:N_FEATURES]),
        }

    def _describe(self, seen: dict):
        points, fake = self.points, seen["fake"]
        shares = metrics.mode_shares(fake, points.centres, radius=points.radius)
        hit = metrics.modes_hit(shares)
        divergence = metrics.grid_divergence(points.points[:2048], fake)
        length = float(np.linalg.norm(seen["pull"], axis=1).max())
        arrays = {
            "real": points.points[:N_SHOWN],
            "fake": fake[:N_SHOWN],
            "surface": np.round(255 * seen["surface"]).astype(np.uint8),
            "arrows": np.concatenate(
                [fake[:N_ARROWS], seen["pull"] / max(length, 1e-30)], axis=1
            ),
        }
        names = ("features_real", "features_before", "features_after")
        if self._features is not None:
            arrays |= {name: seen[name] for name in names}
        else:
            for kind in ("real", "fake"):
                arrays[f"scores_{kind}"] = seen[f"{kind}_logits"][:N_FEATURES, 0]
        content = {
            "extent": points.extent,
            "arrow_scale": length,
            "features": self._features is not None,
            "modes": len(points.centres),
            "arrays": arrays,
        }
        what = f"{hit} of {len(points.centres)} {points.parts}"
        verb = "reach" if points.parts == "modes" else "cover"
        text = (
            f"Generated points {verb} {what} of the data; divergence {divergence:.2f}."
        )
        return content, (hit, divergence), text


QUALITY = {"modes": "modes hit", "parts": "parts covered"}


def _checked_points(sample) -> np.ndarray:
    sample = np.asarray(sample)
    if sample.ndim != 2 or sample.shape[1] != 2 or not np.isfinite(sample).all():
        raise ValueError(
            f"data gave an array of shape {sample.shape}, expected finite points "
            f"(n, 2), here ({datasets.POOL_SIZE}, 2)."
        )
    return sample.astype(np.float32)
