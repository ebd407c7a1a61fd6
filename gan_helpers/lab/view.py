"""The lab as a widget: the browser asks for each frame, the kernel answers."""

from pathlib import Path
from weakref import WeakValueDictionary

import anywidget
import traitlets

from gan_helpers.lab.messages import handle

WEB = Path(__file__).parent / "web"
# The player takes the same panels.
PANELS = ("plot.js", "numbers.js", "space.js", "curves.js", "images.js", "stage.js")
DESK = ("link.js", "controls.js", "sketch.js", "desk.js", "view.js")


def read_web(*names: str) -> str:
    """The text of files of the browser's side, one after the other."""
    return "\n".join((WEB / name).read_text(encoding="utf-8") for name in names)


class LabView(anywidget.AnyWidget):
    """A live view of `lab`; every place that displays it follows the same run.

    Each message of the browser goes to `messages.handle` and its reply back to all
    views. Nothing runs between messages, so the kernel stays free for other cells.
    """

    _esm = read_web(*PANELS, *DESK)
    _css = read_web("lab.css")
    # What stands in the view before the kernel, busy with later cells, can answer.
    first = traitlets.Dict().tag(sync=True)
    buffers: traitlets.List = traitlets.List().tag(sync=True)

    def __init__(self, lab):
        self._lab = lab
        content, buffers = self._hello()
        super().__init__(first=content, buffers=buffers)
        self.on_msg(self._answer)

    def refresh(self) -> None:
        """Let the next view to be displayed start from the lab's present state."""
        content, buffers = self._hello()
        with self.hold_sync():
            self.first, self.buffers = content, buffers

    def _hello(self):
        return handle(self._lab, {"type": "hello", "request": 0, "view": "0-first"})

    def _answer(self, _widget, message, _buffers) -> None:
        content, buffers = handle(self._lab, message)
        self.send(content, buffers)


# By the lab's id, which stays its own while its view, that holds it, lives.
_VIEWS: WeakValueDictionary[int, LabView] = WeakValueDictionary()


def show(lab) -> LabView:
    """The one view of `lab`: a cell that shows it again joins the same run."""
    view = _VIEWS.get(id(lab))
    if view is not None and view.comm is not None:
        view.refresh()
        return view
    view = _VIEWS[id(lab)] = LabView(lab)
    return view
