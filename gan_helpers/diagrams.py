"""The diagrams that open a lesson: who passes what to whom, and in which shape."""

import math
from collections.abc import Sequence

import matplotlib.colors
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from gan_helpers.plotting import DISCRIMINATOR, FAKE, FAKE_DARK, REAL

_BOX_HEIGHT = 0.7
_GREY = "#777777"
_FORWARD = {"color": "#444444", "arrowstyle": "-|>", "linewidth": 1.4}


def draw_gan(*, data: str, sample: str, ax: Axes | None = None) -> Axes:
    """Draw who passes what to whom: data forward, gradients back.

    Args:
        data: What the real things are called, e.g. "real points".
        sample: What the generated ones are called, e.g. "generated points".
    """
    ax = ax or plt.subplots(figsize=(7, 2.5))[1]
    _draw_box(ax, 0.8, 0, 1.2, "noise", _GREY)
    _draw_box(ax, 3.0, 0, 1.7, "generator G", FAKE)
    _draw_box(ax, 5.7, 0, 2.5, sample, FAKE)
    _draw_box(ax, 5.7, 1.5, 2.5, data, REAL)
    _draw_box(ax, 8.8, 0.75, 2.1, "discriminator D", DISCRIMINATOR)
    _draw_box(ax, 11.35, 0.75, 1.6, "real or\ngenerated?", _GREY)
    for start, end in [
        ((1.4, 0.08), (2.15, 0.08)),
        ((3.85, 0.08), (4.45, 0.08)),
        ((6.95, 0.08), (7.75, 0.65)),
        ((6.95, 1.5), (7.75, 0.95)),
        ((9.85, 0.83), (10.55, 0.83)),
    ]:
        ax.annotate("", end, start, arrowprops=_FORWARD)
    _draw_gradient(ax, [(10.55, 0.6), (9.85, 0.6)], DISCRIMINATOR)
    _draw_gradient(ax, [(8.3, 0.4), (6.95, -0.2)], FAKE)
    _draw_gradient(ax, [(4.45, -0.12), (3.85, -0.12)], FAKE)
    ax.text(10.2, 0.08, "trains D", color=DISCRIMINATOR, ha="center")
    ax.text(7.75, -0.45, "trains G", color=FAKE_DARK, ha="center")
    ax.set(xlim=(0, 12.2), ylim=(-0.75, 2.1))
    ax.set_axis_off()
    return ax


def _draw_box(
    ax: Axes, x: float, y: float, width: float, text: str, color: str
) -> None:
    corner = (x - width / 2, y - _BOX_HEIGHT / 2)
    style = "round,pad=0,rounding_size=0.12"
    ax.add_patch(
        FancyBboxPatch(
            corner,
            width,
            _BOX_HEIGHT,
            boxstyle=style,
            facecolor="white",
            edgecolor=color,
        )
    )
    ink = {FAKE: FAKE_DARK, _GREY: "#444444"}.get(color, color)
    ax.text(x, y, text, ha="center", va="center", color=ink)


def _draw_gradient(ax: Axes, ends: Sequence[tuple[float, float]], color: str) -> None:
    style = {"arrowstyle": "-|>", "linestyle": "--", "color": color, "linewidth": 1.2}
    ax.annotate("", ends[1], ends[0], arrowprops=style)


def draw_feature_maps(
    shapes: list[tuple[int, int, int]],
    *,
    color: str = DISCRIMINATOR,
    ax: Axes | None = None,
) -> Axes:
    """Draw a convolutional network as a row of stacks, one for each (h, w, channels).

    A stack is as tall as its feature maps are high; it is wider the more of them there
    are, on a log scale: one slice for each doubling. The shape stands below.
    """
    ax = ax or plt.subplots(figsize=(7, 1.9))[1]
    tallest = max(height for height, _, _ in shapes)
    left = 0.0
    for i, (height, width, channels) in enumerate(shapes):
        box_width = 0.25 + 0.13 * math.log2(channels)
        tall = 0.3 + 1.2 * height / tallest
        _draw_stack(ax, left, box_width, tall, round(math.log2(channels)), color)
        middle = left + box_width / 2
        ax.text(middle, -0.85, f"{height}×{width}×{channels}", ha="center", va="top")
        if i < len(shapes) - 1:
            right = left + box_width
            ax.annotate("", (right + 0.75, 0), (right + 0.1, 0), arrowprops=_FORWARD)
        left += box_width + 0.85
    ax.set(xlim=(-0.4, left - 0.45), ylim=(-1.15, 0.85))
    ax.set_axis_off()
    return ax


def _draw_stack(
    ax: Axes, left: float, width: float, tall: float, slices: int, color: str
) -> None:
    ends = (-tall / 2, tall / 2)
    faint = matplotlib.colors.to_rgba(color, 0.15)
    ax.add_patch(
        plt.Rectangle(
            (left, ends[0]),
            width,
            tall,
            facecolor=faint,
            edgecolor=color,
            linewidth=1.5,
        )
    )
    places = [left + width * k / slices for k in range(1, slices)]
    ax.vlines(places, *ends, color=color, linewidth=0.8)
