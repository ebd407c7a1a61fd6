"""A run: two networks in training, what trains and observes them, and its state."""

from collections.abc import Callable
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from gan_helpers import losses, training
from gan_helpers.lab import networks
from gan_helpers.lab.controls import Knobs
from gan_helpers.lab.scene import Scene
from gan_helpers.lab.steps import Game, chosen_penalty


class Run:
    """Two networks in training, and all that changes with them.

    Args:
        generator, discriminator: The networks, trained as they are.
        g_optimizer, d_optimizer: Theirs, and nobody else's.
        scene: What they are trained on.
        knobs: What is in force.

    Attributes:
        draws: How many batches were drawn; data and noise follow from it and the seed.
        losses: D's and G's, of the last iteration, or by a look.
        before: G's trained weights before its last steps, if the scene wants them.
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        g_optimizer: keras.Optimizer,
        d_optimizer: keras.Optimizer,
        *,
        scene: Scene,
        knobs: Knobs,
    ):
        self.generator, self.discriminator = generator, discriminator
        self.g_optimizer, self.d_optimizer = g_optimizer, d_optimizer
        self._scene, self._knobs = scene, knobs
        g_optimizer.build(generator.trainable_variables)
        d_optimizer.build(discriminator.trainable_variables)
        self.draws = tf.Variable(0, trainable=False)
        self.losses = tf.Variable([0.0, 0.0], trainable=False, dtype=knobs.dtype)
        kept = generator.trainable_variables if scene.keeps_last_move else []
        self.before = [tf.Variable(variable.value) for variable in kept]
        self._programs: dict[tuple, Callable] = {}
        # One call for all: each frame is recorded with its state.
        variables = self._variables()
        self._read = tf.function(lambda: [tf.identity(v) for v in variables])
        self._at_start = self.arrays()

    # -- state in and out -------------------------------------------------------------

    def _variables(self) -> list[tf.Variable]:
        """All that training changes."""
        models = self.generator, self.discriminator
        owners = (*models, self.g_optimizer, self.d_optimizer)
        variables = [variable.value for owner in owners for variable in owner.variables]
        return [*variables, self.draws, self.losses, *self.before]

    def arrays(self) -> list[np.ndarray]:
        """The state, to be kept."""
        return [value.numpy() for value in self._read()]

    def assign(self, arrays: list[np.ndarray]) -> None:
        """Return to a state that `arrays` gave."""
        for variable, array in zip(self._variables(), arrays, strict=True):
            variable.assign(array)

    def restart(self, fresh: dict[str, keras.Model]) -> None:
        """Back to the start; the networks in `fresh`, by role, give new weights."""
        self.assign(self._at_start)
        for role, network in fresh.items():
            getattr(self, role).set_weights(network.get_weights())
        self._remember_generator()
        self.renew_losses()

    def renew_losses(self) -> None:
        """Make `losses` what both networks have come to, by the present loss.

        Raises:
            ValueError: D cannot be trained with the penalty in force.
        """
        _, penalty = self._rules()
        if penalty is not None:
            some, weight = self._scene.real_shown[:2], self._knobs.settings["penalty"]
            losses.check_penalty(penalty, weight, self.discriminator, some)
        self.losses.assign(self._observer()()["losses"])

    def _remember_generator(self) -> None:
        for before, now in zip(
            self.before, self.generator.trainable_variables, strict=bool(self.before)
        ):
            before.assign(now.value)

    # -- programs ---------------------------------------------------------------------

    def compile(self) -> None:
        """Compile the training for the present settings, if that was not yet done."""
        self._trainer()

    def train(self, n: int) -> np.ndarray:
        """n iterations, at most `LOOP_STEPS`: their losses (n, 2), D's first."""
        return self._trainer()(n)

    def observe(self) -> dict[str, np.ndarray]:
        """What the scene observes now, by name."""
        return {name: tensor.numpy() for name, tensor in self._observer()().items()}

    def _trainer(self) -> Callable[[int], np.ndarray]:
        return self._program("train", self._make_trainer)

    def _observer(self) -> Callable[[], dict[str, tf.Tensor]]:
        return self._program(
            "observe", partial(self._scene.observe, before=self.before)
        )

    def _program(self, what: str, make: Callable[[Game], Callable]) -> Callable:
        """The program for loss and penalty in force, made when it is first needed."""
        usual, penalty = self._rules()
        key = (what, usual, penalty, *self._scene.compiled_in())
        if key not in self._programs:
            game = Game(
                self.generator,
                self.discriminator,
                self.g_optimizer,
                self.d_optimizer,
                usual,
                self._knobs.loss,
                penalty,
                self._knobs.penalty,
            )
            self._programs[key] = make(game)
        return self._programs[key]

    def _rules(self) -> tuple[Callable | None, Callable | None]:
        """The penalty that the present loss comes with, and the one in force."""
        loss, kind = (self._knobs.settings[name] for name in ("loss", "penalty_kind"))
        return losses.LOSSES[loss].penalty, chosen_penalty(loss, kind)

    def _make_trainer(self, game: Game) -> Callable[[int], np.ndarray]:
        knobs, one_batch = self._knobs, self._scene.one_batch

        def iterate(_iteration: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            d_loss, g_loss = self.losses[0], self.losses[1]
            together = tf.constant(0)
            if one_batch:  # but a single step of one network asks for 0 of the other
                together = tf.minimum(1, knobs.d_steps * knobs.g_steps)
            k = together
            while k < knobs.d_steps:
                d_loss = game.d_step(*self._draw())
                k += 1
            self._remember_generator()
            if one_batch and together > 0:
                d_loss, g_loss = game.joint_step(*self._draw())
            k = together
            while k < knobs.g_steps:
                real, noise, _ = self._draw()
                g_loss = game.g_step(real, noise)
                k += 1
            self.losses.assign(tf.stack([d_loss, g_loss]))
            return d_loss, g_loss

        both = (self.generator, self.discriminator)
        xla = self._scene.xla and all(networks.is_dense(model) for model in both)
        loop = training.compile_loop(iterate, jit_compile=xla, dtype=knobs.dtype)
        return partial(loop, 0)

    def _draw(self) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Real samples, noise, and the seed of the penalty's own draw."""
        draw = self.draws.assign_add(1)
        return *self._scene.sample(draw), self._knobs.seed_pair(2, draw)


def build_run(
    scene: Scene,
    knobs: Knobs,
    make_optimizer: Callable[[Callable], keras.Optimizer],
    *,
    generator: keras.Model,
    discriminator: keras.Model,
) -> Run:
    """A run of these networks; ValueError unless they fit what the scene has loaded.

    Args:
        make_optimizer: Makes one that asks the function it is given for its rate. A
            number of its own would be a float32.
    """
    noise, sample = scene.shown_noise.shape, scene.real_shown.shape[1:]
    networks.check_pair(generator, discriminator, noise, sample)
    g_optimizer = make_optimizer(lambda: knobs.g_rate)
    d_optimizer = make_optimizer(lambda: knobs.d_rate)
    both = generator, discriminator, g_optimizer, d_optimizer
    return Run(*both, scene=scene, knobs=knobs)
