"""The engine that both labs share: train, look, record, go back, change settings."""

import time

import numpy as np

from gan_helpers.lab.recording import Record, halt_cause, halt_text, loss_content
from gan_helpers.lab.trainer import Trainer, locked
from gan_helpers.losses import LOSSES
from gan_helpers.training import MAX_STEPS


class Lab(Trainer):
    """What `PointLab` and `ImageLab` have in common.

    Attributes:
        kind: "points" or "images".
        generator, discriminator: The networks in training, copies of one's own.
        iteration: Iterations so far; a single D or G step counts as one.
        record: The `Record` of frames and curves.
        halted: None, or what stopped the training: "which" loss ("d", "g", or "both")
            was the first that is not finite, at which "iteration", the "cause" in
            words, and the "last_good" frame.
        sent: The iteration up to which the views have this branch's curves, or -1.
        quality_names: What the columns of `record.quality` are, after the iteration.
        lock: Held while something is under way.
    """

    kind = ""
    frame_every = 100  # iterations between the frames that `step` records
    max_frames = 300
    max_state_bytes = 20_000_000
    rebuilding: tuple[str, ...] = ()  # settings that need new networks
    one_batch = False  # whether both losses of an iteration come from one batch
    quality_names: tuple[str, ...] = ()

    # -- what a lab of one kind defines -----------------------------------------------

    def _describe(self, seen: dict) -> tuple[dict, tuple[float, ...], str]:
        """A frame's content, its row of quality, and what it shows in words."""
        raise NotImplementedError

    def figure(self):
        """The present frame as a matplotlib figure."""
        raise NotImplementedError

    def static_arrays(self) -> dict:
        """Arrays that a view needs only once."""
        return {}

    # -- start ------------------------------------------------------------------------

    def _begin(self, *, build: bool) -> None:
        """Start a run at iteration 0, in new networks if `build`."""
        # First, because a data function of one's own may raise: nothing is lost then.
        self._knobs.seed.assign(self._settings["seed"])
        self._load()
        if build:
            self._build_all()
        self._start_over()
        self._seconds = None  # of one iteration
        self.iteration = 0
        self.halted = None
        self.sent = -1
        self.record = Record(
            quality_columns=1 + len(self.quality_names),
            max_frames=self.max_frames,
            max_state_bytes=self.max_state_bytes,
        )
        self._record_frame()

    def _apply_settings(self) -> None:
        self._knobs.turn(self._settings, self._optimizers)
        self._seconds = None  # an iteration may now take longer or shorter

    # -- training ---------------------------------------------------------------------

    def step(self, n: int = 1) -> None:
        """Train n iterations, each of D's steps and then G's; record frames on the way.

        Stops early, with `halted` set, when a loss is no longer finite.
        """
        while n > 0 and not self.halted:
            part = min(n, self.frame_every, MAX_STEPS)
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
        self._program("run")  # compile before the clock starts
        end = time.perf_counter() + milliseconds / 1000
        while not self.halted:
            start = time.perf_counter()
            fits = 1 if self._seconds is None else int((end - start) / self._seconds)
            n = min(max(fits, 1), MAX_STEPS)
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
        losses = self._program("run")(n)
        bad = np.argwhere(~np.isfinite(losses))  # row by row: the first is the earliest
        n_good = int(bad[0, 0]) if len(bad) else n
        iterations = self.iteration + 1 + np.arange(n_good)
        self.record.losses.extend(np.column_stack([iterations, losses[:n_good]]))
        self.iteration += n_good
        if len(bad):
            self.iteration += 1
            at_once = self.one_batch and not np.isfinite(losses[n_good]).any()
            self._halt("both" if at_once else "dg"[bad[0, 1]], "loss")

    def _halt(self, which: str, what: str) -> None:
        self.halted = {
            "which": which,
            "iteration": self.iteration,
            "cause": halt_cause(which, what),
            "last_good": self.record.nearest_state(len(self.record.frames) - 1),
        }

    # -- looking ----------------------------------------------------------------------

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
        """The present frame's content and row of quality.

        Raises:
            FloatingPointError: Names the network, "g" or "d", that is not finite.
        """
        seen = {name: x.numpy() for name, x in self._program("observe")().items()}
        for name, array in seen.items():  # in alphabetical order: "fake" comes first
            if not np.isfinite(array).all():
                raise FloatingPointError("g" if name == "fake" else "d")
        special, quality, text = self._describe(seen)
        loss = LOSSES[self._settings["loss"]]
        content = loss_content(self.iteration, self._losses.numpy(), loss)
        content["text"] += f" {text}"
        names = {"quality_names": list(self.quality_names)}
        return content | names | special, quality

    def _record_frame(self) -> None:
        if self.halted:
            return
        # Before looking: what breaks in between (a cell may change weights at any time)
        # is then seen, and no state that cannot go on is offered as a good one.
        arrays = self._arrays()
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
        state = {
            "iteration": self.iteration,
            "arrays": arrays,
            "settings": self._settings.while_training(),
        }
        n_bytes = sum(array.nbytes for array in arrays)
        self.record.add(content, state, n_bytes)

    @locked
    def recorded(self, index: int) -> dict:
        """The recorded frame of this number; 0 is the start, -1 the newest."""
        n = len(self.record.frames)
        if not -n <= index < n:
            raise ValueError(f"There is no frame {index}, expected 0 to {n - 1}.")
        return self.record.frames[index].content

    # -- going back -------------------------------------------------------------------

    @locked
    def rewind(self, index: int) -> int:
        """Return to a recorded frame: its networks, optimizers and settings.

        What was recorded later is dropped, and training goes on from there; with the
        same settings it repeats itself bit for bit.

        Returns:
            The frame's number: `index`, or an earlier one when the networks of that
            frame were given up to keep memory bounded.
        """
        self.recorded(index)
        index = self.record.nearest_state(index % len(self.record.frames))
        state = self.record.frames[index].state
        self._assign(state["arrays"])
        self._settings.update(state["settings"])
        self._apply_settings()
        self.iteration = state["iteration"]
        self.halted = None
        self.sent = -1
        self.record.cut(index)
        return index

    @locked
    def reset(self, seed: int | None = None) -> None:
        """Start again from iteration 0, from another seed if one is given."""
        setting = self._settings.find("seed")
        value = setting.value if seed is None else setting.check(seed)
        self._begin_with(setting, value)

    def _begin_with(self, setting, value) -> None:
        """Start anew with another value of a setting; if that fails, with none."""
        before = setting.value
        setting.value = value
        try:
            self._begin(build=setting.name in self.rebuilding)
        except Exception:
            setting.value = before
            self._apply_settings()
            raise

    # -- settings ---------------------------------------------------------------------

    @locked
    def settings(self) -> list[dict]:
        """All settings as dicts: name, label, kind, value, bounds, choices, help."""
        return self._settings.as_dicts()

    @locked
    def set(self, name: str, value) -> None:
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
        setting.value = value
        self._apply_settings()
        if name == "loss":  # what both networks have come to, by the new loss
            self._losses.assign(self._program("observe")()["losses"])

    # -- the view ---------------------------------------------------------------------

    def show(self):
        """The live view, for the last line of a cell."""
        from gan_helpers.lab.view import show

        return show(self)

    def save_html(self, path):
        """Write the recorded run as one HTML file that plays without a kernel."""
        from gan_helpers.lab.player import save_html

        return save_html(self, path)
