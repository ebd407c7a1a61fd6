"""Checkpoints: models and optimizers written so that training resumes bit for bit."""

from pathlib import Path

import tensorflow as tf


def save_checkpoint(folder: Path | str, iteration: int, **objects) -> None:
    """Write models and optimizers so that training resumes bit for bit.

    All their state is kept: weights, moments, and the seeds of Dropout layers. The two
    newest checkpoints stay; a new one counts only once it is complete.

    Args:
        folder: Where the checkpoints live; made if missing.
        iteration: The next iteration to run.
        objects: Models and built optimizers by name, e.g. `generator=generator`.
    """
    _manager(folder, iteration, objects).save(checkpoint_number=iteration)


def restore_checkpoint(folder: Path | str, **objects) -> int:
    """Restore what `save_checkpoint` wrote and return the next iteration to run.

    Returns 0, and changes nothing, when `folder` holds no checkpoint.

    Raises:
        ValueError: The checkpoint was written by other networks or optimizers.
    """
    manager = _manager(folder, 0, objects)
    newest = manager.latest_checkpoint
    if newest is None:
        return 0
    _check_shapes(newest, objects)
    manager.checkpoint.restore(newest).assert_consumed()
    return int(manager.checkpoint.iteration)


def _manager(folder, iteration, objects) -> tf.train.CheckpointManager:
    checkpoint = tf.train.Checkpoint(
        iteration=tf.Variable(iteration, dtype=tf.int64),
        **{name: _variables(value) for name, value in objects.items()},
    )
    return tf.train.CheckpointManager(checkpoint, str(folder), max_to_keep=2)


def _variables(model_or_optimizer) -> list[tf.Variable]:
    return [variable.value for variable in model_or_optimizer.variables]


def _check_shapes(path: str, objects) -> None:
    saved = tf.train.load_checkpoint(path).get_variable_to_shape_map()
    for name, value in objects.items():
        for i, variable in enumerate(_variables(value)):
            key = f"{name}/{i}/.ATTRIBUTES/VARIABLE_VALUE"
            if saved.get(key) != variable.shape.as_list():
                raise ValueError(
                    f"The checkpoint {path} holds {saved.get(key)} for variable {i} of "
                    f"{name}, expected shape {variable.shape.as_list()}. Build the "
                    "networks as they were when it was saved, or delete the folder."
                )
