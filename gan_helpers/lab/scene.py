"""What a lab asks of the thing that its GAN learns to make: points, or pictures."""

from collections.abc import Callable
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from gan_helpers.lab.steps import Game


class Scene(Protocol):
    """What is sampled, what one look observes, and how it is described.

    Attributes:
        kind: "points" or "images".
        one_batch: Whether an iteration takes one generated batch for both networks.
        keeps_last_move: Whether G's weights before its last steps are kept.
        xla: Whether XLA may compile the training, where both networks are dense.
        quality_every: Iterations between two measurements of the quality.
        quality_names: What is measured, () for nothing.
        real_shown, shown_noise: Tensors (n, ...) and (m, k): what every look is at.
    """

    kind: str
    one_batch: bool
    keeps_last_move: bool
    xla: bool
    quality_every: int
    quality_names: tuple[str, ...]
    real_shown: tf.Tensor
    shown_noise: tf.Tensor

    def load(self) -> None:
        """Load what the settings name. May raise; then nothing has changed."""

    def compiled_in(self) -> tuple:
        """What, beside loss and penalty, needs programs of its own."""

    def sample(self, draw: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The real samples and the noise of this draw, 1 being the first."""

    def observe(
        self, game: Game, before: list[tf.Variable]
    ) -> Callable[[], dict[str, tf.Tensor]]:
        """One compiled look at both networks, a function without arguments.

        Among the tensors are "losses" (2,), and "fake"; `before` holds G's weights
        before its last steps, if they are kept.
        """

    def measure(
        self, seen: dict[str, np.ndarray], generator: keras.Model
    ) -> tuple[float, ...]:
        """The quality of what was seen, a number for each of `quality_names`."""

    def describe(
        self, seen: dict[str, np.ndarray], quality: tuple[float, ...]
    ) -> tuple[dict, str]:
        """A frame's content, its "arrays" by name included, and a sentence on it."""

    def static_arrays(self) -> dict[str, np.ndarray]:
        """Arrays that a view needs only once."""
