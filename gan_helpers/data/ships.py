"""Synthetic ships: pictures to use where CIFAR-10's ships cannot be had.

Each is a small model of a ship, seen from some side, on a sea in some light.
"""

from typing import TYPE_CHECKING

import numpy as np

from gan_helpers import pixels
from gan_helpers.data.imageset import DataError, ImageSet
from gan_helpers.data.ship_kinds import BUILDS
from gan_helpers.data.ship_models import Camera, Part, draw_parts, make_ship

if TYPE_CHECKING:
    from PIL import ImageDraw

_SIZE = 32
_FINE = 4  # a ship is drawn this many times larger, then shrunk: smooth edges
_VIEW = 0.36  # the picture is this many radians high
_CHUNK = 500  # pictures composed at once; bounds the memory used
# The light of a day: sky above, sky at the horizon, sea far off, sea near by, and what
# the sun and the whole sky throw onto a ship.
LIGHTS = np.array(
    [
        [  # clear
            (0.30, 0.52, 0.84), (0.70, 0.82, 0.93), (0.16, 0.36, 0.58),
            (0.08, 0.22, 0.44), (0.65, 0.62, 0.55), (0.42, 0.44, 0.48),
        ],
        [  # tropical
            (0.42, 0.66, 0.90), (0.80, 0.89, 0.94), (0.22, 0.58, 0.68),
            (0.12, 0.46, 0.58), (0.65, 0.62, 0.55), (0.44, 0.46, 0.48),
        ],
        [  # grey
            (0.70, 0.74, 0.78), (0.82, 0.84, 0.85), (0.50, 0.56, 0.60),
            (0.38, 0.44, 0.48), (0.25, 0.25, 0.25), (0.60, 0.61, 0.63),
        ],
        [  # changeable
            (0.58, 0.64, 0.72), (0.78, 0.80, 0.82), (0.36, 0.44, 0.48),
            (0.24, 0.32, 0.36), (0.35, 0.34, 0.32), (0.52, 0.54, 0.56),
        ],
        [  # dusk
            (0.52, 0.46, 0.58), (0.92, 0.70, 0.58), (0.52, 0.42, 0.50),
            (0.30, 0.26, 0.38), (0.58, 0.46, 0.38), (0.36, 0.34, 0.38),
        ],
        [  # haze
            (0.82, 0.80, 0.76), (0.94, 0.90, 0.84), (0.68, 0.66, 0.62),
            (0.52, 0.52, 0.50), (0.40, 0.36, 0.30), (0.50, 0.49, 0.47),
        ],
        [  # deep blue
            (0.14, 0.26, 0.52), (0.40, 0.54, 0.74), (0.05, 0.12, 0.32),
            (0.02, 0.07, 0.22), (0.75, 0.70, 0.62), (0.36, 0.36, 0.40),
        ],
        [  # green water
            (0.62, 0.72, 0.74), (0.80, 0.84, 0.80), (0.32, 0.44, 0.38),
            (0.22, 0.32, 0.28), (0.45, 0.44, 0.38), (0.46, 0.48, 0.46),
        ],
    ]
)  # fmt: skip


def make_ships(n: int = 6_000, *, seed: int = 0) -> ImageSet:
    """`n` synthetic ships on the sea, 32x32x3, labelled by their kind.

    The same `n` and `seed` give the same pictures, with one version of the libraries.

    Raises:
        DataError: `n` is less than 1.
    """
    if n < 1:
        raise DataError(f"n is {n}, expected at least 1 picture.")
    rng = np.random.default_rng(seed)
    kinds = tuple(BUILDS)
    labels = rng.integers(len(kinds), size=n)
    images = np.empty((n, _SIZE, _SIZE, 3), np.uint8)
    for start in range(0, n, _CHUNK):
        chunk = [kinds[label] for label in labels[start : start + _CHUNK]]
        images[start : start + _CHUNK] = _paint(chunk, rng)
    return ImageSet(
        images=images,
        labels=labels,
        class_names=kinds,
        name="synthetic ships",
        provenance="synthetic",
        licence="made by this course, free to use",
    )


def _paint(kinds: list[str], rng: np.random.Generator) -> np.ndarray:
    """Pictures of ships of these kinds, uint8 (n, 32, 32, 3)."""
    n = len(kinds)
    lights = LIGHTS[rng.integers(len(LIGHTS), size=n)]
    lights = lights * rng.uniform(0.85, 1.12, (n, 1, 1)) + rng.normal(
        0, 0.03, (n, 6, 3)
    )
    cameras = [_place_camera(kind, rng) for kind in kinds]
    drawn = [
        _draw(kind, camera, light, rng)
        for kind, camera, light in zip(kinds, cameras, lights, strict=True)
    ]
    ships = np.stack([ship for ship, _ in drawn])
    foam = np.stack([wake for _, wake in drawn])
    water = np.array([camera.centre[1] / _FINE for camera in cameras])
    horizon = water - _SIZE * np.tan([camera.height for camera in cameras]) / _VIEW
    calm = rng.uniform(0, 1, n) ** 1.5
    pictures = _sky_and_sea(lights, horizon, calm, rng)
    pictures = _reflect(pictures, ships, water, calm, rng)
    pictures = (
        pictures * (1 - foam)
        + foam * np.clip(lights[:, 4:].sum(1), 0, 1)[:, None, None]
    )
    pictures = pictures * (1 - ships[..., 3:]) + ships[..., :3] * ships[..., 3:]
    return _develop(pictures, rng)


def _place_camera(kind: str, rng: np.random.Generator) -> Camera:
    """From the side or at an angle, from low or high up, from near or far."""
    angle = rng.normal(0, 0.15) if rng.random() < 0.3 else rng.uniform(0.2, 1.25)
    yaw = rng.choice([-1, 1]) * angle + np.pi * (rng.random() < 0.5)
    tall = kind in ("sailing boat", "tall ship")
    highest = 8 if tall else rng.choice([7, 16, 32])
    across = abs(np.cos(yaw)) + 0.3 * abs(np.sin(yaw))  # in lengths of the ship
    share = np.exp(rng.uniform(np.log(0.68), np.log(1.35))) / max(across, 0.45)
    low = 0.55
    if tall:  # sails must fit in
        share, low = min(share, rng.uniform(0.5, 0.75)), 0.66
    place = 0.5 + rng.normal(0, 0.05), rng.uniform(low, low + 0.19)
    return Camera(
        yaw=yaw,
        height=np.deg2rad(rng.uniform(1.5, highest)),
        near=rng.uniform(0.1, 0.7),
        scale=_SIZE * _FINE * share,
        centre=_SIZE * _FINE * np.array(place),
    )


def _draw(
    kind: str, camera: Camera, light: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A ship (32, 32, 4), colours and cover, and its foam (32, 32, 1)."""
    from PIL import Image, ImageDraw

    hull, above = make_ship(BUILDS[kind], rng)
    direction = np.array(
        [rng.uniform(-1, 1), -np.cos(camera.yaw), rng.uniform(0.4, 1.5)]
    )
    shade = direction / np.linalg.norm(direction), 1.1 * light[4], 1.15 * light[5]
    canvas = Image.new("RGBA", (_SIZE * _FINE, _SIZE * _FINE))
    for parts in (hull, above):
        draw_parts(ImageDraw.Draw(canvas), parts, camera, shade)
    wake = Image.new("L", canvas.size)
    _draw_foam(ImageDraw.Draw(wake), kind, hull, camera, rng)
    ship, foam = (
        np.asarray(picture.reduce(_FINE), np.float32).reshape(_SIZE, _SIZE, -1) / 255
        for picture in (canvas, wake)
    )
    return ship, foam


def _draw_foam(
    draw: "ImageDraw.ImageDraw",
    kind: str,
    hull: list[Part],
    camera: Camera,
    rng: np.random.Generator,
) -> None:
    """The bow wave along the waterline, and the wake behind the stern."""
    speed = rng.uniform(0.4, 1) if kind == "motorboat" else rng.uniform(0, 0.7)
    if speed < 0.2:
        return
    beam = max(part.points[:, 1].max() for part in hull)
    wide, back = beam * (1 + 0.5 * speed), -0.5 - rng.uniform(0.2, 1.2) * speed
    for sign in (-1, 1):
        x = np.array([0.47, 0.2, -0.5, back, back, -0.5, 0.3])
        y = np.array([0.02, beam, wide, 1.6 * wide, 0.9 * wide, 0.7 * beam, 0.5 * beam])
        places, _ = camera.project(np.stack([x, sign * y, 0 * x], axis=1))
        level = int(255 * min(1, 0.3 + speed) * rng.uniform(0.6, 1))
        draw.polygon([tuple(place) for place in places], level)


def _sky_and_sea(
    lights: np.ndarray,
    horizon: np.ndarray,
    calm: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """The scene behind the ships, (n, 32, 32, 3)."""
    n = len(lights)
    rows = np.arange(_SIZE)[None, :, None] + 0.5
    edge = horizon[:, None, None]
    top, low, far, near = (lights[:, k, None, None] for k in range(4))
    height = np.clip((edge - rows) / 24, 0, 1)[..., None]
    clouds = _noise(rng, n, (3.0, 6.0))[..., None] * rng.uniform(0, 0.12, (n, 1, 1, 1))
    sky = low + (top - low) * height + clouds * (height > 0)
    depth = np.clip((rows - edge) / 26, 0, 1)[..., None]
    swell = rng.uniform(0.02, 0.12, (n, 1, 1, 1)) * (1.3 - calm)[:, None, None, None]
    waves = _noise(rng, n, (0.5, 1.8)) * 0.7 + _noise(rng, n, (1.2, 4.0)) * 0.6
    sea = (
        far + (near - far) * depth + (waves[..., None] * swell) * (0.35 + 0.65 * depth)
    )
    land = _land(lights, edge, rng)
    is_sky = np.clip(edge - rows + 0.5, 0, 1)[..., None]
    scene = sky * is_sky + sea * (1 - is_sky)
    return scene * (1 - land[..., 3:]) + land[..., :3]


def _land(lights: np.ndarray, edge: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hills or a town along the horizon of some pictures, colour times cover."""
    n = len(lights)
    rows = np.arange(_SIZE)[None, :, None] + 0.5
    hills = _noise(rng, n, (0.01, rng.uniform(2, 5)))[:, 0]
    blocks = np.repeat(rng.uniform(0, 1.5, (n, _SIZE // 2)), 2, axis=1)
    town = rng.random((n, 1)) < 0.3
    profile = rng.uniform(0.5, 6, (n, 1)) + np.where(town, blocks, hills * 2)
    profile *= rng.random((n, 1)) < 0.4
    cover = np.clip(rows - (edge - profile[:, None, :]) + 0.5, 0, 1)
    cover = cover * np.clip(edge - rows + 0.5, 0, 1) * (profile[:, None] > 0.3)
    green = np.array([(0.16, 0.24, 0.14), (0.32, 0.30, 0.26), (0.24, 0.30, 0.36)])
    paint = (
        green[rng.integers(3, size=n)][:, None, None]
        + 0.04 * _noise(rng, n, (0.6, 0.6))[..., None]
    )
    haze = rng.uniform(0.0, 0.75, (n, 1, 1, 1))
    paint = paint * (1 - haze) + lights[:, 1, None, None] * haze
    return (
        np.concatenate([paint, np.ones((n, _SIZE, _SIZE, 1))], axis=-1)
        * cover[..., None]
    )


def _reflect(
    pictures: np.ndarray,
    ships: np.ndarray,
    water: np.ndarray,
    calm: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Lay each ship's mirror image onto the sea below its waterline."""
    n = len(pictures)
    rows = np.arange(_SIZE)[None, :]
    source = np.clip(np.round(2 * water[:, None] - rows - 1), 0, _SIZE - 1).astype(int)
    shift = np.round(rng.normal(0, 0.8, (n, _SIZE))).astype(int)
    columns = np.clip(np.arange(_SIZE) + shift[..., None], 0, _SIZE - 1)
    mirrored = ships[np.arange(n)[:, None, None], source[..., None], columns]
    depth = np.clip(rows - water[:, None] + 1, 0, 14)
    strength = calm[:, None] * (depth > 0) * np.exp(-depth / 8) * 0.8
    strength = strength[..., None, None]
    cover = mirrored[..., 3:] * strength
    return pictures * (1 - cover) + mirrored[..., :3] * cover * 0.8


def _develop(pictures: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What a lens and a camera do: blur, contrast, a few in grey, grain."""
    n = len(pictures)
    planes = (
        np.moveaxis(pictures, -1, 1).reshape(3 * n, _SIZE, _SIZE).astype(np.float32)
    )
    planes = pixels.blur(planes, np.repeat(rng.uniform(0.2, 0.65, n), 3))
    pictures = np.moveaxis(planes.reshape(n, 3, _SIZE, _SIZE), 1, -1)
    contrast = rng.uniform(0.9, 1.45, (n, 1, 1, 1))
    pictures = (pictures - 0.5) * contrast + 0.54 + rng.normal(0, 0.04, (n, 1, 1, 1))
    grey = pictures.mean(-1, keepdims=True)
    washed = rng.uniform(0, 0.35, (n, 1, 1, 1))
    washed[rng.random(n) < 0.05] = 1
    pictures = pictures * (1 - washed) + grey * washed
    pictures += rng.normal(0, 1, pictures.shape) * rng.uniform(
        0.003, 0.02, (n, 1, 1, 1)
    )
    return pixels.shares_to_bytes(pictures)


def _noise(rng: np.random.Generator, n: int, smooth: tuple[float, float]) -> np.ndarray:
    """Smooth noise (n, 32, 32) of deviation 1; `smooth` in pixels, down and across."""
    from scipy.ndimage import gaussian_filter

    rough = rng.normal(size=(n, _SIZE, _SIZE))
    soft = gaussian_filter(rough, (0, *smooth), mode="wrap")
    return soft / soft.std(axis=(1, 2), keepdims=True)
