"""The engine of both labs: train, look, record, go back, change settings."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from gan_helpers.clinic import Examination
from gan_helpers.lab import networks
from gan_helpers.lab.controls import Knobs, Setting
from gan_helpers.lab.locking import locked
from gan_helpers.lab.looking import examine_run, look
from gan_helpers.lab.notes import Notes
from gan_helpers.lab.recording import Record, State, find_break, halt_cause, halt_text
from gan_helpers.lab.run import Run
from gan_helpers.lab.scene import Scene
from gan_helpers.losses import LOSSES
from gan_helpers.training import LOOP_STEPS

if TYPE_CHECKING:
    from gan_helpers.lab.view import LabView


class Lab:
    """What `PointLab` and `ImageLab` do, with the parts that they put together.

    Args:
        scene: What is sampled, observed and described.
        knobs: The settings, and the variables that the scene reads them from.
        make_networks: The lab's own ones by the settings, new, by role ("generator",
            "discriminator"); none for networks that were given.
        build_run: A new `Run` of these, and of the networks that were given.
        make_record: An empty `Record` with this many columns of quality.
        frame_every: Iterations between the frames that `step` records.

    Attributes:
        kind: "points" or "images".
        generator, discriminator: The networks in training, copies of one's own.
        quality_names: What the columns of `record.quality` are, after the iteration.
        run: The `Run` under way.
        iteration: Iterations so far; a single D or G step counts as one.
        record: The `Record` of frames and curves; another one on every new branch.
        halted: None, or what stopped the training: "which" loss ("d", "g", or "both")
            was the first that is not finite, at which "iteration", the "cause" in
            words, and the "last_good" frame.
        lock: Held while something is under way.
    """

    def __init__(
        self,
        scene: Scene,
        knobs: Knobs,
        *,
        make_networks: Callable[[], dict[str, keras.Model]],
        build_run: Callable[..., Run],
        make_record: Callable[[int], Record],
        frame_every: int,
    ):
        self.scene, self.kind = scene, scene.kind
        self._knobs, self._settings = knobs, knobs.settings
        self._make_networks, self._build_run = make_networks, build_run
        self._make_record, self.frame_every = make_record, frame_every
        self.lock, self._notes = threading.RLock(), Notes()
        self._begin(build=True)

    def _begin(self, *, build: bool) -> None:
        """Start a run at iteration 0, in new networks if `build`."""
        # First, because a function of one's own may raise: nothing is lost then.
        self._knobs.seed.assign(self._settings["seed"])
        self.scene.load()
        fresh = self._make_networks()
        if build:
            self.run: Run = self._build_run(**fresh)
        self._knobs.turn()
        self.run.restart(fresh)
        self._seconds: float | None = None  # of one iteration
        self.iteration = 0
        self.halted: dict[str, Any] | None = None
        self.record = self._make_record(1 + len(self.quality_names))
        self._record_frame()

    def _apply_settings(self) -> None:
        self._knobs.turn()
        self._seconds = None  # an iteration may now take longer or shorter

    @property
    def quality_names(self) -> tuple[str, ...]:
        return self.scene.quality_names

    @property
    def generator(self) -> keras.Model:
        return self.run.generator

    @property
    def discriminator(self) -> keras.Model:
        return self.run.discriminator

    def step(self, n: int = 1) -> None:
        """Train n iterations, each of D's steps and then G's; record frames on the way.

        Stops early, with `halted` set, when a loss is no longer finite.
        """
        while n > 0 and not self.halted:
            part = min(n, self.frame_every, LOOP_STEPS)
            with self.lock:
                self._advance(part)
                self._record_frame()
            time.sleep(0)  # lets a view's message in
            n -= part

    def d_step(self) -> None:
        """One step of D alone; G does not change."""
        self._single_step(1, 0)

    def g_step(self) -> None:
        """One step of G alone; D does not change."""
        self._single_step(0, 1)

    @locked
    def train_for(self, milliseconds: float) -> None:
        """Train for about this time, at least one iteration, and record one frame."""
        self.run.compile()  # before the clock starts
        end = time.perf_counter() + milliseconds / 1000
        while not self.halted:
            start = time.perf_counter()
            fits = 1 if self._seconds is None else int((end - start) / self._seconds)
            n = min(max(fits, 1), LOOP_STEPS)
            self._advance(n)
            self._seconds = (time.perf_counter() - start) / n
            if time.perf_counter() + self._seconds > end:
                break
        self._record_frame()

    @locked
    def _single_step(self, d_steps: int, g_steps: int) -> None:
        if self.halted:
            return
        self._knobs.d_steps.assign(d_steps)
        self._knobs.g_steps.assign(g_steps)
        try:
            self._advance(1)
        finally:
            self._apply_settings()
        self._record_frame()

    def _advance(self, n: int) -> None:
        losses = self.run.train(n)
        n_good, which = find_break(losses, one_batch=self.scene.one_batch)
        iterations = self.iteration + 1 + np.arange(n_good)
        self.record.losses.extend(np.column_stack([iterations, losses[:n_good]]))
        self.iteration += n_good
        if which:
            self.iteration += 1
            self._halt(which, "loss")

    def _halt(self, which: str, what: str) -> None:
        self.halted = {
            "which": which,
            "iteration": self.iteration,
            "cause": halt_cause(which, what),
            "last_good": self.record.nearest_state(-1)[0],
        }

    @locked
    def frame(self) -> dict:
        """What there is to see now.

        Returns:
            A dict with "iteration", "d_loss", "g_loss", their levels at equilibrium
            "d_level" and "g_level" (or None), a line of "text", the numpy "arrays" by
            name, and what the kind of lab adds. After a halt: the last good frame.
        """
        if self.halted:
            content = self.recorded(self.halted["last_good"])
            return {**content, "text": halt_text(self.halted, content["iteration"])}
        return self._look()[0]

    def _look(self) -> tuple[dict, tuple[float, ...]]:
        loss, known = LOSSES[self._settings["loss"]], self.record.quality.array
        return look(self.run, self.scene, self.iteration, loss, known, self._notes)

    def _record_frame(self) -> None:
        if self.halted:
            return
        # Before looking: what breaks in between (a cell may change weights at any time)
        # is then seen, and no state that cannot go on is offered as a good one.
        arrays = self.run.arrays()
        try:
            content, quality = self._look()
        except FloatingPointError as error:  # finite losses, but no more finite weights
            which = str(error)
            if not self.record.frames:
                raise ValueError(
                    f"{halt_cause(which, 'output')} No iteration was trained yet, so "
                    "its weights came like this. Build the networks anew."
                ) from None
            self._halt(which, "output")
            return
        if quality:
            self.record.quality.extend([(self.iteration, *quality)])
        state = State(self.iteration, arrays, self._settings.while_training())
        self.record.add(content, state, sum(array.nbytes for array in arrays))

    @locked
    def recorded(self, index: int) -> dict:
        """The recorded frame of this number; 0 is the start, -1 the newest."""
        return self.record.content(index)

    @locked
    def rewind(self, index: int) -> int:
        """Return to a recorded frame: its networks, optimizers and settings.

        What was recorded later is dropped, and training goes on from there; with the
        same settings it repeats itself bit for bit.

        Returns:
            The frame's number: `index`, or an earlier one when the networks of that
            frame were given up to keep memory bounded.
        """
        index, state = self.record.nearest_state(index)
        self.run.assign(state.arrays)
        self._settings.update(state.settings)
        self._apply_settings()
        self.iteration = state.iteration
        self.halted = None
        self.record = self.record.branch(index)
        return index

    @locked
    def reset(self, seed: int | None = None) -> None:
        """Start again from iteration 0, from another seed if one is given."""
        setting = self._settings.find("seed")
        value = setting.value if seed is None else setting.check(seed)
        self._begin_with(setting, value)

    def _begin_with(self, setting: Setting, value: Any) -> None:
        """Start anew with another value of a setting; if that fails, with none."""
        before = setting.value
        setting.value = value
        try:
            self._begin(build=setting.name in networks.BUILT_FROM)
        except Exception:
            setting.value = before
            self._apply_settings()
            raise

    @locked
    def settings(self) -> list[dict]:
        """All settings as dicts: name, label, kind, value, bounds, choices, help."""
        return self._settings.as_dicts()

    @locked
    def set(self, name: object, value: object) -> None:
        """Change a setting; those marked "restarts" start the training anew.

        After a halt the lab first returns to the last good frame.

        Raises:
            ValueError: There is no such setting, or the value does not fit; nothing
                changes.
        """
        setting = self._settings.find(name)
        value = setting.check(value)
        if self.halted and not setting.restarts:
            self.rewind(self.halted["last_good"])
        if value == setting.value:
            return
        if setting.restarts:
            self._begin_with(setting, value)
            return
        before, setting.value = setting.value, value
        self._apply_settings()
        try:
            if name in ("loss", "penalty_kind"):
                self.run.renew_losses()
        except ValueError:  # this D has no such penalty
            setting.value = before
            self._apply_settings()
            raise

    @locked
    def examine(self) -> Examination:
        """What ails this run, if anything, by `clinic.examine`."""
        return examine_run(self.run, self.scene, self.record.losses.array)

    def show(self) -> "LabView":
        """The live view, for the last line of a cell."""
        from gan_helpers.lab.view import show

        return show(self)

    def save_html(self, path: Path | str) -> Path:
        """Write the recorded run as one HTML file that plays without a kernel."""
        from gan_helpers.lab.player import save_html

        return save_html(self, path)
