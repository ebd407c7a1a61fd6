"""Pictures that look the same in every lesson. NumPy arrays in, axes or files out.

What is drawn looks as its role does in `roles`, whose colours are here, too.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gan_helpers.animation import encode
from gan_helpers.pixels import to_bytes
from gan_helpers.roles import (
    D_LINE,
    DISCRIMINATOR,
    FAKE,
    FAKE_DARK,
    FAKE_MARK,
    LEVEL_LINE,
    REAL,
    REAL_MARK,
)
from gan_helpers.roles import FAKE_PALE as FAKE_PALE  # the lessons have them from here
from gan_helpers.roles import SURFACE as SURFACE

TWO_LN_2 = 2 * math.log(2)
LN_2 = math.log(2)

_REAL_MARKS: dict[str, Any] = dict(
    color=REAL, marker=REAL_MARK, linestyle="none", fillstyle="none"
)
_FAKE_MARKS: dict[str, Any] = {"color": FAKE, "marker": FAKE_MARK, "linestyle": "none"}
_N_ARROWS = 12  # points whose movement is drawn: more would hide the cloud


def set_style() -> None:
    """Give matplotlib the look of the course; call it once, in a lesson's Setup."""
    plt.rcParams.update(
        {
            "figure.figsize": (6.4, 3.6),
            "figure.dpi": 150,  # a projector is the reader
            "figure.constrained_layout.use": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "axes.labelsize": 10,
            "legend.frameon": False,
            "legend.fontsize": 10,
            "lines.markersize": 4,
            "image.cmap": "gray",
        }
    )


def plot_points(
    real_points: ArrayLike | None = None,
    fake_points: ArrayLike | None = None,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw real points as blue circles and generated ones as orange crosses.

    Args:
        real_points, fake_points: (n, 2) each; either may be left out.
    """
    ax = ax or plt.subplots()[1]
    if real_points is not None:
        ax.plot(*np.transpose(real_points), **_REAL_MARKS, alpha=0.6, label="real")
    if fake_points is not None:
        ax.plot(*np.transpose(fake_points), **_FAKE_MARKS, alpha=0.7, label="generated")
    return ax


class HistoryLike(Protocol):
    iteration: np.ndarray
    d_loss: np.ndarray
    g_loss: np.ndarray


def plot_losses(
    history: HistoryLike,
    *,
    smooth: int = 1,
    d_level: float = TWO_LN_2,
    g_level: float = LN_2,
    ax: Axes | None = None,
) -> Axes:
    """Draw both losses of a `training.History` against the iteration.

    Args:
        history: Anything with arrays `iteration`, `d_loss` and `g_loss`, (n,) each.
        smooth: Width of a running mean, in logged values (at most all of them); the raw
            curve stays behind.
        d_level, g_level: The losses at equilibrium, drawn as lines. D's is 2 ln 2 when
            the two terms of its loss are added, ln 2 when they are averaged; G's is
            ln 2. Smoothed labels have other levels, which are written as numbers.
    """
    ax = ax or plt.subplots()[1]
    curves = [
        ("discriminator", history.d_loss, DISCRIMINATOR, D_LINE, d_level),
        ("generator", history.g_loss, FAKE, "-", g_level),
    ]
    smooth = min(smooth, len(history.d_loss))
    window = np.ones(smooth) / smooth
    for label, loss, color, line, level in curves:
        if smooth > 1:
            ax.plot(history.iteration, loss, color=color, alpha=0.15, linewidth=0.8)
        x = history.iteration[smooth - 1 :]
        mean = np.convolve(loss, window, mode="valid")
        ax.plot(x, mean, color=color, linestyle=line, linewidth=1.4, label=label)
        ax.axhline(level, color=color, linewidth=0.8, linestyle=LEVEL_LINE)
        ax.annotate(
            _level_name(level),
            (1.005, level),
            xycoords=("axes fraction", "data"),
            color=FAKE_DARK if color == FAKE else color,
            va="center",
        )
    ax.set(xlabel="iteration", ylabel="loss")
    ax.locator_params(axis="x", nbins=5)
    ax.legend()
    return ax


def _level_name(level: float) -> str:
    names = {"2 ln 2": TWO_LN_2, "ln 2": LN_2}
    return next((k for k, v in names.items() if np.isclose(level, v)), f"{level:.2f}")


def tile_images(images: np.ndarray, *, columns: int) -> np.ndarray:
    """Lay images (n, h, w, c) in [-1, 1] out as one, with white lines between.

    Returns:
        (rows·(h + 1) + 1, columns·(w + 1) + 1, c); empty places are white.
    """
    n, height, width, channels = images.shape
    rows = -(-n // columns)
    sheet = np.ones((rows * (height + 1) + 1, columns * (width + 1) + 1, channels))
    for k, image in enumerate(images):
        top, left = (height + 1) * (k // columns) + 1, (width + 1) * (k % columns) + 1
        sheet[top : top + height, left : left + width] = image
    return sheet


def plot_images(
    images: np.ndarray, *, columns: int = 8, title: str = "", ax: Axes | None = None
) -> Axes:
    """Draw images (n, h, w, c) in [-1, 1], c of 1 or 3, as one grid on one scale.

    In a figure of its own, each pixel of an image is a whole number of pixels wide.

    Raises:
        ValueError: The shape or the range is another.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise ValueError(
            f"images has shape {images.shape}, expected (n, height, width, 1 or 3)."
        )
    if images.min() < -1.001 or images.max() > 1.001:
        raise ValueError(
            f"images range from {images.min():.3g} to {images.max():.3g}, expected "
            "[-1, 1]. An ImageSet gives this range with .scaled()."
        )
    sheet = (tile_images(images, columns=columns).clip(-1, 1) + 1) / 2
    # Nearest where that is exact, smooth where some pixels would be wider than others.
    interpolation = "auto" if ax else "nearest"
    ax = ax or _axes_for(sheet)
    ax.imshow(sheet.squeeze(), vmin=0, vmax=1, interpolation=interpolation, cmap="gray")
    ax.set_axis_off()
    if title:
        ax.set_title(title)
    return ax


def _axes_for(sheet: np.ndarray) -> Axes:
    """Axes up to 7 inches wide that hold a sheet (h, w, c) at a whole number of
    pixels for each of its own, with room for a title above."""
    dpi = plt.rcParams["figure.dpi"]
    height, width = sheet.shape[:2]
    scale = max(1, int(7 * dpi) // width)
    size = np.array([width, height]) * scale / dpi
    figure = plt.figure(figsize=(size[0], size[1] + 0.3), layout="none")
    return figure.add_axes((0, 0, 1, size[1] / (size[1] + 0.3)))


def plot_features(
    before: np.ndarray,
    after: np.ndarray,
    real: np.ndarray,
    real_after: np.ndarray | None = None,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw features before and after a turn, with centroids and their movement.

    What is before the turn is pale; small arrows follow the first few points, large
    marks and the large arrow the centroids.

    Args:
        before, after: (n, 2) features of generated samples before and after the turn.
        real, real_after: (n, 2) features of real samples; leave `real_after` out for a
            generator's turn, which cannot move them.
    """
    ax = ax or plt.subplots()[1]
    moves = [(before, after, _FAKE_MARKS, FAKE_DARK, "X", "generated")]
    if real_after is None:
        ax.plot(*real.T, **_REAL_MARKS, alpha=0.5)
        _plot_centroid(ax, real, REAL, REAL_MARK, "real", edge="black")
    else:
        moves.insert(0, (real, real_after, _REAL_MARKS, REAL, REAL_MARK, "real"))
    for old, new, marks, arrow_color, marker, name in moves:
        ax.plot(*old.T, **marks, alpha=0.15)
        ax.plot(*new.T, **marks, alpha=0.5)
        places, moved = old[:_N_ARROWS].T, (new - old)[:_N_ARROWS].T
        scale: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1}
        ax.quiver(*places, *moved, **scale, color=arrow_color, width=0.005, zorder=3)
        ax.annotate(
            "",
            xy=new.mean(0),
            xytext=old.mean(0),
            arrowprops={"arrowstyle": "->", "color": arrow_color, "linewidth": 2},
            zorder=5,
        )
        color = marks["color"]
        _plot_centroid(ax, old, "white", marker, f"{name} before", edge=color)
        _plot_centroid(ax, new, color, marker, f"{name} after", edge="black")
    ax.set(xlabel="feature 1", ylabel="feature 2")
    return ax


def _plot_centroid(
    ax: Axes, points: np.ndarray, color: str, marker: str, label: str, *, edge: str
) -> None:
    ax.plot(
        *points.mean(0),
        color=color,
        marker=marker,
        markersize=10,
        markeredgecolor=edge,
        linestyle="none",
        label=label,
        zorder=4,
    )


def latent_walk(corners: np.ndarray, *, steps: int) -> np.ndarray:
    """Noise on straight lines through `corners` (n, latent) and back to the first.

    Returns an array (n * steps, latent), `steps` points a line, without repeating.
    """
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    following = np.roll(corners, -1, axis=0)
    return np.concatenate(
        [(1 - t) * a + t * b for a, b in zip(corners, following, strict=True)]
    )


def figure_to_frame(figure: Figure) -> np.ndarray:
    """The figure as one frame of an animation, uint8 (height, width, 3); closes it."""
    figure.canvas.draw()
    canvas: Any = figure.canvas  # its type does not say that it has a buffer
    frame = np.asarray(canvas.buffer_rgba())[..., :3].copy()
    plt.close(figure)
    return frame


def images_to_frame(images: np.ndarray, *, columns: int) -> np.ndarray:
    """Images (n, h, w, c) in [-1, 1] as one frame at double size, uint8 (H, W, 3)."""
    frame = to_bytes(tile_images(images, columns=columns))
    frame = frame.repeat(2, axis=0).repeat(2, axis=1)
    return np.broadcast_to(frame, (*frame.shape[:2], 3)).copy()


def save_animation(
    path: Path | str, frames: Sequence[np.ndarray], *, fps: float = 8
) -> Path:
    """Write frames, uint8 (h, w, 3), as a looping GIF that rests on its last frame."""
    path = Path(path)
    path.write_bytes(encode(frames, fps, "GIF"))
    return path


def show_animation(frames: Sequence[np.ndarray], *, fps: float = 8) -> None:
    """Show frames, uint8 (h, w, 3), as a moving picture in a notebook.

    It is an animated PNG: browsers and notebook viewers that show PNG show it too,
    and one that cannot animate shows the first frame.
    """
    from IPython.display import Image, display

    display(Image(data=encode(frames, fps, "PNG"), format="png"))
