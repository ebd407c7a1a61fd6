"""One look at a run: what both networks have come to, checked, measured, in words."""

from typing import Any

import numpy as np

from gan_helpers import clinic
from gan_helpers.lab.notes import Notes
from gan_helpers.lab.run import Run
from gan_helpers.lab.scene import Scene
from gan_helpers.losses import Loss


def look(
    run: Run,
    scene: Scene,
    iteration: int,
    loss: Loss,
    known: np.ndarray,
    notes: Notes,
) -> tuple[dict, tuple[float, ...]]:
    """A frame of this iteration, and its row of quality, () if none is due.

    Args:
        known: The quality so far, rows of the iteration and what was measured.
        notes: What the clinic says of the run; told of this look.

    Raises:
        FloatingPointError: Names the network, "g" or "d", that is not finite.
    """
    seen = run.observe()
    for name, array in seen.items():  # in alphabetical order: "fake" comes first
        if not np.isfinite(array).all():
            raise FloatingPointError("g" if name == "fake" else "d")
    due = not len(known) or iteration >= known[-1, 0] + scene.quality_every
    if due:
        quality = scene.measure(seen, run.generator)
    else:
        quality = tuple(known[-1, 1:].tolist())
    special, text = scene.describe(seen, quality)
    content = loss_content(iteration, run.losses.numpy(), loss)
    notes.add(iteration, seen, run.losses.numpy(), scene.real_shown)
    content["text"] += f" {text}{notes.text}"
    names = {"quality_names": list(scene.quality_names)}
    return content | names | special, quality if due else ()


def loss_content(iteration: int, losses: np.ndarray, loss: Loss) -> dict:
    """A frame's losses (D's, G's), their levels at equilibrium, and a sentence on them.

    Args:
        loss: An entry of `losses.LOSSES`.
    """
    content: dict[str, Any] = {"iteration": iteration}
    parts = []
    levels = loss.d_level, loss.g_level
    for who, value, level in zip("dg", losses, levels, strict=True):
        content |= {f"{who}_loss": float(value), f"{who}_level": level}
        known = "" if level is None else f" (equilibrium {level:.2f})"
        parts.append(f"{who.upper()}'s loss {value:.2f}{known}")
    return {**content, "text": f"Iteration {iteration:,}: {', '.join(parts)}."}


def examine_run(run: Run, scene: Scene, losses: np.ndarray) -> clinic.Examination:
    """The clinic's examination of a run, by its losses (n, 3), the iteration first."""
    samples = scene.real_shown.numpy(), scene.shown_noise.numpy()
    gan = clinic.Gan(run.generator, run.discriminator, *samples)
    return clinic.examine((losses[:, 1], losses[:, 2]), gan)
