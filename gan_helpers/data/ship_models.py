"""Small models of ships, made of flat faces, and their drawing from any side.

A ship is one length long: x runs from the stern at -0.5 to the stem at 0.5, y to the
left, z up from the waterline.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from PIL import ImageDraw

HULL_COLOURS = np.array(
    [
        (0.72, 0.10, 0.08), (0.62, 0.16, 0.10), (0.82, 0.24, 0.08), (0.10, 0.16, 0.36),
        (0.08, 0.08, 0.10), (0.93, 0.93, 0.92), (0.90, 0.89, 0.84), (0.12, 0.36, 0.58),
        (0.14, 0.38, 0.28), (0.42, 0.27, 0.16), (0.45, 0.48, 0.50), (0.88, 0.62, 0.10),
    ]
)  # fmt: skip
CARGO_COLOURS = np.array(
    [
        (0.70, 0.18, 0.12), (0.16, 0.34, 0.60), (0.82, 0.50, 0.14), (0.20, 0.46, 0.30),
        (0.86, 0.86, 0.84), (0.48, 0.30, 0.22), (0.55, 0.57, 0.60), (0.82, 0.70, 0.20),
    ]
)  # fmt: skip
WHITE = np.array((0.94, 0.94, 0.93))
DARK = np.array((0.10, 0.11, 0.13))
GREY = np.array((0.55, 0.58, 0.60))
STATIONS = np.array([-0.5, -0.42, -0.2, 0.1, 0.3, 0.42, 0.5])


class Part(NamedTuple):
    """A face (k, 3) or a line of a ship, with its colour (3,) in [0, 1].

    Attributes:
        width: of a line, in lengths of the ship; 0 for a face.
    """

    points: np.ndarray
    colour: np.ndarray
    width: float = 0.0


class Camera(NamedTuple):
    """Looks at a ship's middle; angles in radians, lengths in pixels.

    Attributes:
        yaw: by how much the ship is turned, 0 with its bow to the right.
        height: how far above the horizon the camera stands.
        near: how much larger near parts are: a part one length away is this much
            smaller.
        scale: pixels to the ship's length.
        centre: where in the picture the middle of the waterline lies (2,).
    """

    yaw: float
    height: float
    near: float
    scale: float
    centre: np.ndarray

    @property
    def view(self) -> np.ndarray:
        """The direction from the ship to the camera (3,)."""
        flat = np.cos(self.height)
        return np.array(
            [-np.sin(self.yaw) * flat, -np.cos(self.yaw) * flat, np.sin(self.height)]
        )

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where points (n, 3) lie in the picture (n, 2), and how far off (n,)."""
        x, y, z = points.T
        away = x * np.sin(self.yaw) + y * np.cos(self.yaw)
        right = x * np.cos(self.yaw) - y * np.sin(self.yaw)
        up = z * np.cos(self.height) + away * np.sin(self.height)
        depth = away * np.cos(self.height) - z * np.sin(self.height)
        size = self.scale / (1 + self.near * depth)
        return self.centre + np.stack([right * size, -up * size], axis=1), depth


class Build(NamedTuple):
    """What the ships of one kind have in common.

    Attributes:
        beam, side: breadth and height of the hull's side, in lengths; (least, most).
        rise: how much higher than the side the bow is.
        stern: breadth of the stern, as a share of the beam.
        hulls: the rows of HULL_COLOURS that occur.
        fit_out: a function of (rng, beam, side) that gives what stands on the deck.
    """

    beam: tuple[float, float]
    side: tuple[float, float]
    rise: float
    stern: float
    hulls: tuple[int, ...]
    fit_out: Callable[[np.random.Generator, float, float], list[Part]]


def make_ship(build: Build, rng: np.random.Generator) -> tuple[list[Part], list[Part]]:
    """The hull and what stands on it, of one ship of this build."""
    beam, side = rng.uniform(*build.beam), rng.uniform(*build.side)
    colour = HULL_COLOURS[rng.choice(build.hulls)] + rng.normal(0, 0.04, 3)
    band = rng.choice([0, 1, 2], p=[0.35, 0.35, 0.3])
    low = (colour, HULL_COLOURS[0] + rng.normal(0, 0.05, 3), DARK)[band]
    stripe = WHITE if rng.random() < 0.3 else colour * 0.9
    hull = _hull(beam, side, build, colour, low, stripe)
    return hull, build.fit_out(rng, beam, side)


def _hull(
    beam: float,
    side: float,
    build: Build,
    colour: np.ndarray,
    low: np.ndarray,
    stripe: np.ndarray,
) -> list[Part]:
    """Sides in three bands, the stern, and the deck."""
    shape = np.array([build.stern, 0.5 + build.stern / 2, 1, 1, 0.82, 0.45, 0.02])
    sheer = 1 + build.rise * np.clip((STATIONS + 0.1) / 0.6, 0, 1) ** 2
    # The stem leans forward, so that the hull is shorter and narrower at the water.
    levels = []
    for share, length in ((0.0, 0.92), (0.22, 0.94), (0.82, 0.985), (1.0, 1.0)):
        y = shape * beam / 2 * (0.75 + 0.25 * share)
        x = np.where(STATIONS > 0, STATIONS * length, STATIONS * (0.96 + 0.04 * share))
        levels.append(np.stack([x, y, side * sheer * share], axis=1))
    mirror = np.array([1, -1, 1])
    parts = []
    for (lower, upper), paint in zip(
        zip(levels, levels[1:], strict=False), (low, colour, stripe), strict=True
    ):
        for flip in (1, mirror):
            a, b = lower * flip, upper * flip
            quads = np.stack([a[:-1], a[1:], b[1:], b[:-1]], axis=1)
            parts += [Part(quad, paint) for quad in quads]
    bottom, top = levels[0], levels[-1]
    stern = [bottom[0], bottom[0] * mirror, top[0] * mirror, top[0]]
    deck = np.concatenate([top, (top * mirror)[::-1]]) - (0, 0, 0.1 * side)
    parts += [Part(np.array(stern), colour), Part(deck, 0.6 * GREY + 0.4 * colour)]
    return parts


def box(
    x: tuple[float, float],
    y: float,
    z: tuple[float, float],
    colour: np.ndarray,
    *,
    taper: float = 0.0,
    top: np.ndarray | None = None,
) -> list[Part]:
    """Five faces of a block; x, z: (from, to), y: half the breadth."""
    x0, x1 = x
    z0, z1 = z
    cut = taper * (x1 - x0)
    low = np.array([(x0, -y, z0), (x1, -y, z0), (x1, y, z0), (x0, y, z0)])
    high = np.array(
        [(x0 + cut, -y, z1), (x1 - cut, -y, z1), (x1 - cut, y, z1), (x0 + cut, y, z1)]
    )
    sides = [
        Part(np.array([low[i], low[j], high[j], high[i]]), colour)
        for i, j in ((0, 1), (1, 2), (2, 3), (3, 0))
    ]
    return [*sides, Part(high, colour if top is None else top)]


def house(
    x: tuple[float, float],
    y: float,
    z: tuple[float, float],
    colour: np.ndarray,
    *,
    decks: int = 1,
    taper: float = 0.0,
) -> list[Part]:
    """A block with a row of windows on each deck."""
    parts = box(x, y, z, colour, taper=taper)
    height = (z[1] - z[0]) / decks
    for k in range(decks):
        level = z[0] + (k + 0.62) * height
        ends = x[0] + 0.06 * (x[1] - x[0]), x[1] - (0.06 + taper) * (x[1] - x[0])
        for side in (-1.02 * y, 1.02 * y):
            line = np.array([(ends[0], side, level), (ends[1], side, level)])
            parts.append(Part(line, 0.35 * colour + 0.65 * DARK, 0.28 * height))
        front = np.array(
            [(x[1] - taper * (x[1] - x[0]), s * y, level) for s in (-1, 1)]
        )
        parts.append(Part(front, 0.35 * colour + 0.65 * DARK, 0.28 * height))
    return parts


def mast(
    x: float,
    z: tuple[float, float],
    *,
    colour: np.ndarray = GREY,
    lean: float = 0.0,
    width: float = 0.008,
) -> Part:
    """An upright line; z: (from, to)."""
    return Part(np.array([(x, 0, z[0]), (x + lean, 0, z[1])]), colour, width)


def draw_parts(
    draw: "ImageDraw.ImageDraw",
    parts: list[Part],
    camera: Camera,
    light: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """Draw parts from far to near with Pillow's `draw`.

    Args:
        light: (direction (3,), share of it (3,), share from everywhere (3,)).
    """
    direction, sun, ambient = light
    counts = np.array([len(part.points) for part in parts])
    starts = np.cumsum(counts) - counts
    points = np.concatenate([part.points for part in parts])
    places, depths = camera.project(points)
    (ax, ay, az), (bx, by, bz) = (
        (points[np.minimum(starts + k, starts + counts - 1)] - points[starts]).T
        for k in (1, 2)
    )
    normals = np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])
    normals *= np.sign(camera.view @ normals)
    lit = np.clip(direction @ normals / (np.linalg.norm(normals, axis=0) + 1e-12), 0, 1)
    lines = np.array([part.width > 0 for part in parts])
    shades = ambient + sun * np.where(lines, 1, 0.25 + 0.75 * lit)[:, None]
    colours = np.array([part.colour for part in parts]) * shades
    fills = np.column_stack([colours.clip(0, 1) * 255, np.full(len(parts), 255)])
    fills, flat = fills.round().astype(int).tolist(), places.tolist()
    nearest_last = np.argsort(-np.add.reduceat(depths, starts) / counts, kind="stable")
    for k in nearest_last:
        corners = [tuple(p) for p in flat[starts[k] : starts[k] + counts[k]]]
        if parts[k].width:
            thick = max(1, round(parts[k].width * camera.scale))
            draw.line(corners, tuple(fills[k]), thick)
        else:
            draw.polygon(corners, tuple(fills[k]))
