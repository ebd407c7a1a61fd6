"""The lab as a widget: the browser asks for each frame, the kernel answers."""

import json
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import anywidget
import numpy as np
import traitlets
from matplotlib import colormaps, rcParamsDefault

from gan_helpers import roles
from gan_helpers.lab.messages import handle

if TYPE_CHECKING:
    from gan_helpers.lab.engine import Lab

WEB = Path(__file__).parent / "web"
_PANELS = ("plot.js", "numbers.js", "space.js", "curves.js", "images.js", "stage.js")
_LOOKS = (
    *("REAL", "FAKE", "FAKE_DARK", "FAKE_PALE", "DISCRIMINATOR"),
    *("REAL_MARK", "FAKE_MARK", "FAKE_HATCH"),
)
_WIDTH = 1.5  # of the panels' lines
DESK = ("link.js", "controls.js", "sketch.js", "desk.js", "view.js")


def read_web(*names: str) -> str:
    """The text of files of the browser's side, one after the other."""
    return "\n".join((WEB / name).read_text(encoding="utf-8") for name in names)


def read_panels() -> str:
    """The scripts of the panels, which view and player share, and the roles' looks."""
    surface = colormaps[roles.SURFACE](np.arange(256))[:, :3]
    over_white = 1 - roles.SURFACE_ALPHA * (1 - surface)
    looks = {name: getattr(roles, name) for name in _LOOKS}
    looks["SURFACE"] = np.round(255 * over_white).astype(int).tolist()
    looks["DASHED"], looks["DOTTED"] = map(_dashes, (roles.D_LINE, roles.LEVEL_LINE))
    lines = [f"const {name} = {json.dumps(value)};" for name, value in looks.items()]
    return "\n".join([*lines, read_web(*_PANELS)])


def _dashes(line: str) -> list[float]:
    """matplotlib's lengths on and off for a style of line, at a width of _WIDTH px."""
    lengths = {
        "--": rcParamsDefault["lines.dashed_pattern"],
        ":": rcParamsDefault["lines.dotted_pattern"],
    }
    return [round(_WIDTH * length, 1) for length in lengths[line]]


class LabView(anywidget.AnyWidget):
    """A live view of `lab`; every place that displays it follows the same run.

    Each message of the browser goes to `messages.handle` and its reply back to all
    views. Nothing runs between messages, so the kernel stays free for other cells.
    """

    _esm = read_panels() + read_web(*DESK, "widget.js")
    _css = read_web("lab.css")
    # What stands in the view before the kernel, busy with later cells, can answer.
    first = traitlets.Dict().tag(sync=True)
    buffers: traitlets.List = traitlets.List().tag(sync=True)

    def __init__(self, lab: "Lab"):
        self._lab = lab
        content, buffers = self._hello()
        super().__init__(first=content, buffers=buffers)
        self.on_msg(self._answer)

    def refresh(self) -> None:
        """Let the next view to be displayed start from the lab's present state."""
        content, buffers = self._hello()
        with self.hold_sync():
            self.first, self.buffers = content, buffers

    def _hello(self) -> tuple[dict, list]:
        return handle(self._lab, {"type": "hello", "request": 0, "view": "0-first"})

    def _answer(self, _widget: "LabView", message: object, _buffers: list) -> None:
        content, buffers = handle(self._lab, message)
        self.send(content, buffers)


# By the lab's id, which stays its own while its view, that holds it, lives.
_VIEWS: WeakValueDictionary[int, LabView] = WeakValueDictionary()


def show(lab: "Lab") -> LabView:
    """The one view of `lab`: a cell that shows it again joins the same run."""
    view = _VIEWS.get(id(lab))
    if view is not None and view.comm is not None:
        view.refresh()
        return view
    view = _VIEWS[id(lab)] = LabView(lab)
    return view
