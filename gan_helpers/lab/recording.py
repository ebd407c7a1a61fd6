"""What a lab remembers: frames to look back at, states to return to, and curves.

All of it is bounded. When a list is full, every second entry goes and from then on half
as many are added, so that the whole run stays covered evenly.
"""

import copy
import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class State(NamedTuple):
    """What a lab needs to return to an iteration: a run's arrays, and settings."""

    iteration: int
    arrays: list[np.ndarray]
    settings: dict


@dataclasses.dataclass
class Frame:
    """One recorded moment.

    Attributes:
        content: What the lab's `frame()` returned.
        state: None where it was given up for memory.
        n_bytes: The size of `state`.
        serial: How many frames had been recorded before this one.
    """

    content: dict
    state: State | None
    n_bytes: int
    serial: int


class Curve:
    """Rows of numbers against the iteration, thinned to at most `limit` rows."""

    def __init__(self, columns: int, *, limit: int = 2000):
        self._rows = np.zeros((limit, columns), np.float32)
        self._held = 0  # rows in use
        self._stride = 1
        self._seen = 0

    def extend(self, rows: np.ndarray | Sequence[tuple[float, ...]]) -> None:
        """Add rows (n, columns), the iteration first."""
        for row in rows:
            if self._seen % self._stride == 0:
                if self._held == len(self._rows):
                    self._thin()
                self._rows[self._held] = row
                self._held += 1
            self._seen += 1

    def _thin(self) -> None:
        kept = self._rows[: self._held : 2].copy()
        self._held = len(kept)
        self._rows[: self._held] = kept
        self._stride *= 2

    def cut(self, iteration: int) -> None:
        """Forget what came after `iteration`."""
        self._held = int(np.sum(self.array[:, 0] <= iteration))
        self._seen = self._held * self._stride

    @property
    def array(self) -> np.ndarray:
        """All rows, (n, columns) float32."""
        return self._rows[: self._held].copy()


class Record:
    """Frames, states and curves of a run.

    Attributes:
        max_frames: So many are kept.
        frames: At most `max_frames`, the oldest first; the last is the newest moment.
        losses: `Curve` of (iteration, D's loss, G's loss).
        quality: `Curve` of the iteration and what the lab measures.
    """

    def __init__(self, quality_columns: int, *, max_frames: int, max_state_bytes: int):
        self.frames: list[Frame] = []
        self.losses = Curve(3)
        self.quality = Curve(quality_columns)
        self.max_frames = max_frames
        self._max_state_bytes = max_state_bytes
        self._stride = 1
        self._serial = 0

    def add(self, content: dict, state: State, n_bytes: int) -> None:
        """Record a frame, and thin out what no longer fits."""
        # The newest frame is always kept; it gives way if it is between two strides.
        if self.frames and self.frames[-1].serial % self._stride:
            self.frames.pop()
        self.frames.append(Frame(content, state, n_bytes, self._serial))
        self._serial += 1
        if len(self.frames) > self.max_frames:
            self._stride *= 2
            newest = self.frames[-1]
            self.frames = [f for f in self.frames if f.serial % self._stride == 0]
            if self.frames[-1] is not newest:
                self.frames.append(newest)
        self._drop_states()

    def _drop_states(self) -> None:
        """Give up every second state, but the first and last, while they do not fit."""
        held = [frame for frame in self.frames if frame.state is not None]
        while len(held) > 2 and sum(f.n_bytes for f in held) > self._max_state_bytes:
            kept = [*held[:-1][::2], held[-1]]
            if len(kept) == len(held):  # three to two: the middle one goes
                kept = [held[0], held[-1]]
            for frame in held:
                if not any(frame is k for k in kept):
                    frame.state, frame.n_bytes = None, 0
            held = kept

    def content(self, index: int) -> dict:
        """What the frame of this number shows; ValueError when there is none."""
        n = len(self.frames)
        if not -n <= index < n:
            raise ValueError(f"There is no frame {index}, expected 0 to {n - 1}.")
        return self.frames[index].content

    def nearest_state(self, index: int) -> tuple[int, State]:
        """The newest frame up to `index` whose state is kept, and the state.

        Frame 0's always is.

        Raises:
            ValueError: There is no frame `index`.
        """
        self.content(index)
        index %= len(self.frames)
        while (state := self.frames[index].state) is None:
            index -= 1
        return index, state

    def branch(self, index: int) -> "Record":
        """A record without what came after the frame `index`; this one is given up."""
        branch = copy.copy(self)
        branch.frames = self.frames[: index + 1]
        branch._serial = self.frames[index].serial + 1
        iteration = self.frames[index].content["iteration"]
        branch.losses.cut(iteration)
        branch.quality.cut(iteration)
        return branch


def find_break(losses: np.ndarray, *, one_batch: bool) -> tuple[int, str | None]:
    """How many iterations of `losses` (n, 2), D's first, are good, and what comes then.

    That is "d" or "g", whose loss is the first that is not finite, or "both", if they
    break in one iteration that takes `one_batch` for both; None if all are finite.
    """
    bad = np.argwhere(~np.isfinite(losses))  # row by row: the first is the earliest
    if not len(bad):
        return len(losses), None
    n_good, column = (int(x) for x in bad[0])
    at_once = one_batch and not np.isfinite(losses[n_good]).any()
    return n_good, "both" if at_once else "dg"[column]


def halt_cause(which: str, what: str) -> str:
    """In a sentence: whose ("d", "g", "both") "loss" or "output" is not finite."""
    if which == "both":
        return "Both losses went at once: they are no longer numbers."
    who = which.upper()
    if what == "output":
        return f"{who}'s output is no longer a number: some of its weights are not."
    return f"{who}'s loss was the first that is no longer a number."


def halt_text(halted: dict, iteration: int) -> str:
    """What happened and what to do, `iteration` being that of the last good frame."""
    return (
        f"Training stopped at iteration {halted['iteration']:,}: {halted['cause']} The "
        f"last good frame, shown here, is number {halted['last_good']}, of iteration "
        f"{iteration:,}: rewind to it and lower a learning rate."
    )
