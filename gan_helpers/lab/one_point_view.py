"""The one-point GAN's panel as a widget."""

import anywidget
import traitlets

from gan_helpers.lab.one_point import SCRIPTS
from gan_helpers.lab.view import read_panels, read_web


def read_scripts() -> str:
    """The text of the panel's scripts."""
    return read_panels() + read_web(*SCRIPTS)


class OnePointView(anywidget.AnyWidget):
    """A panel; its first state is all that the browser is told."""

    _esm = read_scripts() + read_web("one_point_widget.js")
    _css = read_web("lab.css")
    first = traitlets.Dict().tag(sync=True)
