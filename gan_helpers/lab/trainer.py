"""Two networks, their optimizers and compiled programs: what training needs."""

import functools
import threading

import numpy as np
import tensorflow as tf

from gan_helpers.lab.controls import Knobs, Setting, Settings, training_settings
from gan_helpers.lab.steps import Game
from gan_helpers.losses import LOSSES


def locked(method):
    """Let a lab do one thing at a time: notebooks answer views in another thread."""

    @functools.wraps(method)
    def with_lock(self, *args, **kwargs):
        with self.lock:
            return method(self, *args, **kwargs)

    return with_lock


class Trainer:
    """The state of a training run, and the programs that change or look at it.

    Attributes:
        generator, discriminator: The networks in training.
    """

    def _build(self) -> None:
        """Make `generator`, `discriminator` and `_optimizers`, (G's, D's)."""
        raise NotImplementedError

    def _load(self) -> None:
        """Load the data that the settings name; may raise, and changes no network."""

    def _restart(self) -> None:
        """Bring networks and noise to where the settings say a run starts."""
        raise NotImplementedError

    def _compiled_in(self) -> tuple:
        """What, beside the loss's penalty, needs programs of its own."""
        raise NotImplementedError

    def _make_run(self, game: Game):
        """`run(n)`: n iterations of the game; returns the losses (n, 2)."""
        raise NotImplementedError

    def _make_observe(self, game: Game):
        """A function without arguments that returns the tensors for `_describe`."""
        raise NotImplementedError

    def _prepare(self, settings: list[Setting], *, seed, **training) -> None:
        """Check all settings and make the variables that compiled steps use."""
        about = "Data, noise and the lab's own networks follow from it."
        seed_setting = Setting(
            "seed", "Seed", "integer", seed, 0, 10**6, restarts=True, help=about
        )
        self._settings = Settings(
            [*training_settings(**training), *settings, seed_setting]
        )
        self.lock = threading.RLock()
        self._knobs = Knobs()
        # Data and noise follow from the seed and the number of draws so far.
        self._draws = tf.Variable(0, trainable=False)
        self._losses = tf.Variable([0.0, 0.0], trainable=False)

    def _build_all(self) -> None:
        """Make networks and optimizers, and keep their state for later starts."""
        self._build()
        g_optimizer, d_optimizer = self._optimizers
        g_optimizer.build(self.generator.trainable_variables)
        d_optimizer.build(self.discriminator.trainable_variables)
        self._programs = {}
        variables = self._variables()
        # One call for all: each frame is recorded with its state.
        self._read = tf.function(lambda: [tf.identity(v) for v in variables])
        self._at_start = self._arrays()

    def _start_over(self) -> None:
        """Back to the state of iteration 0, with the present settings."""
        self._assign(self._at_start)
        self._knobs.turn(self._settings, self._optimizers)
        self._restart()
        self._losses.assign(self._program("observe")()["losses"])

    def _seed_pair(self, stream: int, draw):
        """The seed of one draw; streams 0 to 3 are data, noise, penalty, pictures."""
        return tf.stack([4 * self._knobs.seed + stream, draw])

    def _program(self, what: str):
        """The compiled function for the present loss, made when it is first needed."""
        penalty = LOSSES[self._settings["loss"]].penalty
        key = (what, penalty, *self._compiled_in())
        if key not in self._programs:
            pair = (self.generator, self.discriminator)
            game = Game(
                *pair, *self._optimizers, penalty, self._knobs.loss, self._knobs.penalty
            )
            make = self._make_run if what == "run" else self._make_observe
            self._programs[key] = make(game)
        return self._programs[key]

    def _variables(self) -> list[tf.Variable]:
        """All that training changes."""
        owners = (self.generator, self.discriminator, *self._optimizers)
        variables = [variable.value for owner in owners for variable in owner.variables]
        return [*variables, self._draws, self._losses]

    def _arrays(self) -> list[np.ndarray]:
        return [value.numpy() for value in self._read()]

    def _assign(self, arrays: list[np.ndarray]) -> None:
        for variable, array in zip(self._variables(), arrays, strict=True):
            variable.assign(array)
