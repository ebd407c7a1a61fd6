"""Checkpoints: a training on disk, so that it resumes after a restart."""

import sys
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from gan_helpers.array_files import (
    flatten_value,
    read_arrays,
    rebuild_value,
    write_arrays,
)

KEPT = 2  # the newest checkpoints of a folder, which stay
SAVE_SECONDS = 60  # between two checkpoints of a run
_UNREADABLE = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error)


class HasVariables(Protocol):
    """A network, an optimizer, or a `tf.Module`."""

    @property
    def variables(self) -> Sequence[Any]: ...


def save_checkpoint(
    folder: Path | str,
    iteration: int,
    **objects: HasVariables | Sequence[HasVariables],
) -> None:
    """Write models and optimizers so that training can resume.

    All their variables are kept: weights, moments, rates, and the seeds of Dropout
    layers; no code, no data, and no other setting, such as a batch size. On a CPU the
    training resumes bit for bit if these are the same as before, and if batches and
    noise follow from the iteration. The two newest checkpoints stay; a new one counts
    only once it is complete.

    Args:
        folder: Where the checkpoints live; made if missing.
        iteration: The next iteration to run.
        objects: Models and built optimizers by name, or lists of them, e.g.
            `generator=generator`.

    Raises:
        FloatingPointError: Some weight is no longer finite; nothing is written.
        ValueError: An optimizer is not built yet.
    """
    _save(Path(folder), iteration, _state(objects), {})


def restore_checkpoint(
    folder: Path | str, **objects: HasVariables | Sequence[HasVariables]
) -> int:
    """Restore what `save_checkpoint` wrote and return the next iteration to run.

    A file that is cut is passed over for the older checkpoint, and a line says so.
    Returns 0, and changes nothing, when `folder` holds no checkpoint.

    Raises:
        ValueError: The checkpoint was written by other networks or optimizers, or an
            optimizer is not built yet. Nothing is changed.
    """
    found = _restore(Path(folder), objects)
    return found[0] if found else 0


@dataclass
class Log:
    """What a run has recorded so far.

    Attributes:
        start: The first iteration recorded.
        losses: (n, 2) arrays, one after the other, of D's and G's losses.
        snapshots: pairs of iteration number and what the snapshot function returned.
    """

    start: int
    losses: list[np.ndarray] = field(default_factory=list)
    snapshots: list[tuple[int, Any]] = field(default_factory=list)

    @property
    def next(self) -> int:
        """The next iteration to run."""
        return self.start + sum(map(len, self.losses))

    def all_losses(self) -> np.ndarray:
        """The losses (n, 2) of the iterations from `start` to `next` - 1."""
        return np.concatenate([np.zeros((0, 2), np.float32), *self.losses])


class Checkpoint:
    """Where a run of `training.fit` saves itself, and what.

    It does so once a minute, at the end, and when it is stopped; losses and snapshots
    so far are saved along.

    Args:
        folder: A folder for this run alone.
        resume: Whether to go on from the newest checkpoint in the folder. If not, the
            run starts anew, and what is there is moved aside: nothing is deleted.
        objects: All that the step changes, as in `save_checkpoint`. Learning rates are
            restored with the rest.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        resume: bool = False,
        **objects: HasVariables | Sequence[HasVariables],
    ):
        self.folder, self.resume, self.objects = Path(folder), resume, objects

    def begin(self, start: int) -> Log:
        """The log to go on with: a restored one, or an empty one from `start` on.

        Raises:
            ValueError: As in `restore_checkpoint`.
        """
        log, self._saved_at = Log(start), -1
        found = _restore(self.folder, self.objects) if self.resume else None
        if found:
            self._saved_at, record = found
            log = Log(int(record.get("start", self._saved_at)))
            log.losses += [record["losses"]] if "losses" in record else []
            log.snapshots += record.get("snapshots", [])
            _say(f"Resumed at iteration {log.next:,}, from {self.folder}.")
        else:
            if self.resume:
                _say(f"No checkpoint in {self.folder}: started at iteration {start:,}.")
            _set_aside(self.folder)
        self._on_disk = {iteration for iteration, _ in log.snapshots}
        self._time = time.monotonic()
        return log

    def save_when_due(self, log: Log) -> None:
        """`save`, if a minute has passed since the last time."""
        if time.monotonic() - self._time >= SAVE_SECONDS:
            self.save(log)

    def save(self, log: Log) -> None:
        """Write the state of all objects, and the log.

        A full disk does not end the training: a line says that nothing was saved.

        Raises:
            FloatingPointError, ValueError: As in `save_checkpoint`.
        """
        if log.next == self._saved_at:
            return
        state = _state(self.objects)
        record = {
            "start": np.array(log.start),
            "losses": log.all_losses(),
            "snapshots": np.array([i for i, _ in log.snapshots], np.int64),
        }
        try:
            for iteration, value in log.snapshots:
                if iteration not in self._on_disk:
                    path = _snapshot_path(self.folder, iteration)
                    write_arrays(path, flatten_value(value))
                    self._on_disk.add(iteration)
            _save(self.folder, log.next, state, record)
            self._saved_at = log.next
        except OSError as error:
            said = f"No checkpoint could be saved ({error}). Training goes on without"
            _say(f"{said}; make room, and the next one will be kept.")
        self._time = time.monotonic()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # a saved notebook does not keep it


def _set_aside(folder: Path) -> None:
    """Rename a folder that holds something, so that a run can start in an empty one."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    n = 1
    while (aside := folder.with_name(f"{folder.name}-{n}")).exists():
        n += 1
    folder.rename(aside)
    _say(
        f"What an earlier run saved is now in {aside}. To go on with it instead, "
        f"rename that folder to {folder.name} and set RESUME = True."
    )


def _variables(objects: dict) -> Iterator[tuple[str, int, Any]]:
    """The name of its object, the number, and each variable.

    Raises:
        ValueError: An optimizer is not built yet.
    """
    for name, value in objects.items():
        parts = value if isinstance(value, list | tuple) else [value]
        for part in parts:
            if not getattr(part, "built", True):
                raise ValueError(
                    f"The {name} is not built yet, so not all of it can be saved or "
                    "restored. Make the training step first, or call its build."
                )
        every = [variable for part in parts for variable in part.variables]
        for i, variable in enumerate(every):
            yield name, i, variable


def _state(objects: dict) -> dict[str, np.ndarray]:
    """The value of every variable, by object and number; see `save_checkpoint`."""
    state = {}
    for name, i, variable in _variables(objects):
        value = variable.numpy()
        if not np.isfinite(value).all():
            raise FloatingPointError(
                f"The {name} has weights that are no longer finite, so it was not "
                "saved. Rebuild the networks, then lower the learning rate or check "
                "the range of the data."
            )
        state[f"{name}/{i}"] = value
    return state


def _save(folder: Path, iteration: int, state: dict, record: dict) -> None:
    """Write a checkpoint, then remove those that are older than the two newest."""
    parts = {"iteration": np.array(iteration)}
    parts |= {f"state/{name}": value for name, value in state.items()}
    parts |= {f"record/{name}": value for name, value in record.items()}
    write_arrays(folder / f"ckpt-{iteration}.npz", parts)
    for path in _newest_first(folder)[KEPT:]:
        path.unlink()


def _newest_first(folder: Path) -> list[Path]:
    paths = [p for p in folder.glob("ckpt-*.npz") if p.stem[5:].isdecimal()]
    return sorted(paths, key=lambda path: int(path.stem[5:]), reverse=True)


def _restore(folder: Path, objects: dict) -> tuple[int, dict] | None:
    """Assign the newest checkpoint that can be read: its iteration and its record."""
    variables = list(_variables(objects))
    for path in _newest_first(folder):
        try:
            iteration, state, record = _read(path)
        except _UNREADABLE as error:
            path.replace(path.with_suffix(".broken"))
            _say(
                f"{path.name} cannot be read ({type(error).__name__}: {error}), so it "
                "is passed over for the checkpoint before it, if there is one."
            )
            continue
        _check_fit(path, state, variables)
        for name, i, variable in variables:
            variable.assign(state[f"{name}/{i}"])
        return iteration, record
    return None


def _read(path: Path) -> tuple[int, dict, dict]:
    """A checkpoint's iteration, state and record; raises _UNREADABLE if damaged."""
    parts: dict[str, dict] = {"state": {}, "record": {}}
    stored = read_arrays(path)
    iteration = int(stored.pop("iteration"))
    for key, value in stored.items():
        part, _, name = key.partition("/")
        parts[part][name] = value
    if "snapshots" in parts["record"]:
        parts["record"]["snapshots"] = [
            (int(i), rebuild_value(read_arrays(_snapshot_path(path.parent, i))))
            for i in parts["record"]["snapshots"]
        ]
    return iteration, parts["state"], parts["record"]


def _snapshot_path(folder: Path, iteration: int) -> Path:
    return folder / f"snapshot-{iteration}.npz"


def _check_fit(path: Path, state: dict, variables: list) -> None:
    """ValueError unless each variable has a value of its shape, and each value one."""
    expected = {f"{name}/{i}": list(x.shape) for name, i, x in variables}
    found = {key: list(value.shape) for key, value in state.items()}
    for key in [*expected, *found]:
        if found.get(key) != expected.get(key):
            name, _, i = key.rpartition("/")
            has, wants = (x.get(key, "nothing") for x in (found, expected))
            raise ValueError(
                f"The checkpoint {path} holds {has} for variable {i} of {name}, "
                f"expected {wants}, by shape. Build the networks as they were when it "
                "was saved, or start anew, with RESUME = False."
            )
