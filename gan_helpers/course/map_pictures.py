"""The pictures on the map of the course that need no training, by lesson.

Each draws into the axes that it is given. Importing this loads TensorFlow.
"""

import numpy as np
from matplotlib.axes import Axes

from gan_helpers import data, plotting, roles
from gan_helpers.taught import quadratic


def _draw_best_d(ax: Axes) -> None:
    """Two densities, and p / (p + q) over them."""
    x = np.linspace(-4, 6, 200)
    p, q = np.exp(-(x**2) / 2), np.exp(-((x - 2) ** 2) / 2)
    ax.fill_between(x, p, color=plotting.REAL, alpha=0.3)
    ax.fill_between(
        x, q, facecolor="none", edgecolor=plotting.FAKE, hatch=roles.FAKE_HATCH
    )
    ax.plot(x, p / (p + q), roles.D_LINE, color=plotting.DISCRIMINATOR)


def _draw_parabola(ax: Axes) -> None:
    plotting.plot_points(quadratic.sample_points(200, [9, 9]), ax=ax)


def _draw_house_numbers(ax: Axes) -> None:
    _draw_sheet(data.make_house_numbers(18), ax)


def _draw_clothes(ax: Axes) -> None:
    _draw_sheet(data.load_fashion_mnist(split="test", source="bundled"), ax)


def _draw_flags(ax: Axes) -> None:
    _draw_sheet(data.load_flags(size=32), ax)


def _draw_ships(ax: Axes) -> None:
    _draw_sheet(data.make_ships(18), ax)


def _draw_sheet(image_set: data.ImageSet, ax: Axes) -> None:
    plotting.plot_images(image_set.scaled()[:18], columns=6, ax=ax)


def _draw_collapse(ax: Axes) -> None:
    """Real points in eight places, and a generator that has found one of them."""
    ring = data.points.ring_of_8(200, np.random.default_rng(0))
    at_one = ring[np.linalg.norm(ring - [2, 0], axis=1) < 0.5]
    plotting.plot_points(ring, at_one, ax=ax)


def _draw_half(ax: Axes) -> None:
    """Real points, and a generator that reaches half of them."""
    moons = data.points.two_moons(150, np.random.default_rng(0))
    plotting.plot_points(moons, moons[moons[:, 0] < 0.5], ax=ax)


def _draw_spiral(ax: Axes) -> None:
    """The path of a game that winds in, and the circle that it would go without."""
    turn = np.linspace(0, 5 * np.pi, 300)
    circle, radius = np.stack([np.cos(turn), -np.sin(turn)]), np.exp(-turn / 6)
    ax.plot(*circle, ":", color=plotting.DISCRIMINATOR, linewidth=1)
    ax.plot(*(radius * circle), color=plotting.FAKE)
    ax.set_aspect("equal")


def _draw_asked(ax: Axes) -> None:
    """A row of trousers, one of bags and one of boots."""
    fashion = data.load_fashion_mnist(split="test", source="bundled")
    rows = [fashion.scaled()[fashion.labels == k][:6] for k in (1, 8, 9)]
    plotting.plot_images(np.concatenate(rows), columns=6, ax=ax)


def _draw_sweep(ax: Axes) -> None:
    """Where training succeeds: objectives by rates, the darker the oftener."""
    share = [[0, 1, 2, 1, 0], [0, 2, 3, 2, 0], [1, 3, 3, 1, 0], [0, 1, 3, 3, 1]]
    ax.imshow(share, cmap="Greys", vmin=0, vmax=4)


PICTURES = {
    "01": _draw_best_d,
    "02": _draw_parabola,
    "04": _draw_house_numbers,
    "05": _draw_clothes,
    "06": _draw_flags,
    "07": _draw_ships,
    "08": _draw_collapse,
    "09": _draw_half,
    "10": _draw_spiral,
    "11": _draw_asked,
    "12": _draw_sweep,
}
