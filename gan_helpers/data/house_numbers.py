"""Synthetic house numbers: pictures to use where SVHN cannot be had.

As in SVHN, a picture is a 32x32 crop around one digit of a house number: the digit in
the middle is the label, its neighbours are cut off at the left and right edges.
"""

from pathlib import Path

import numpy as np

from gan_helpers import pixels
from gan_helpers.data.imageset import DataError, ImageSet

DIGITS = tuple("0123456789")
SIZE = 32
FONT_FILES = (
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSans-Oblique.ttf",
    "DejaVuSans-BoldOblique.ttf",
    "DejaVuSerif.ttf",
    "DejaVuSerif-Bold.ttf",
    "DejaVuSerif-Italic.ttf",
    "DejaVuSansMono.ttf",
    "DejaVuSansMono-Bold.ttf",
)
FONT_SIZE = 64  # drawn large, then shrunk: smooth edges at every angle
CHUNK = 1000  # pictures composed at once; bounds the memory used


def make_house_numbers(n: int = 10_000, *, seed: int = 0) -> ImageSet:
    """`n` synthetic house numbers, 32x32x3, labelled 0 to 9 by their middle digit.

    The same `n` and `seed` give the same pictures, with one version of the libraries.

    Raises:
        DataError: `n` is less than 1.
    """
    if n < 1:
        raise DataError(f"n is {n}, expected at least 1 picture.")
    rng = np.random.default_rng(seed)
    fonts = _load_fonts()
    labels = rng.integers(10, size=n)
    images = np.empty((n, SIZE, SIZE, 3), np.uint8)
    for start in range(0, n, CHUNK):
        chunk = labels[start : start + CHUNK]
        masks = np.stack([_draw_digits(digit, fonts, rng) for digit in chunk])
        images[start : start + CHUNK] = _colour(masks, rng)
    return ImageSet(
        images=images,
        labels=labels,
        class_names=DIGITS,
        name="synthetic house numbers",
        provenance="synthetic",
        licence="made by this course, free to use",
    )


def _load_fonts() -> list:
    """The fonts that come with matplotlib, so that every machine has the same."""
    import matplotlib
    from PIL import ImageFont

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return [ImageFont.truetype(folder / file, FONT_SIZE) for file in FONT_FILES]


def _draw_digits(digit: int, fonts: list, rng: np.random.Generator) -> np.ndarray:
    """The digit with its neighbours, float32 (32, 32): 0 background, 1 paint."""
    from PIL import Image, ImageDraw

    font = fonts[rng.integers(len(fonts))]
    left, right = rng.integers(10, size=2)
    has_left, has_right = rng.random(2) < 0.6
    canvas = Image.new("L", (4 * FONT_SIZE, 2 * FONT_SIZE))
    draw = ImageDraw.Draw(canvas)
    centre_x, baseline = 2 * FONT_SIZE, 1.36 * FONT_SIZE
    gap = font.getlength(DIGITS[digit]) * rng.uniform(1.05, 1.25)
    draw.text((centre_x, baseline), DIGITS[digit], 255, font, anchor="ms")
    if has_left:
        draw.text((centre_x - gap, baseline), DIGITS[left], 255, font, anchor="ms")
    if has_right:
        draw.text((centre_x + gap, baseline), DIGITS[right], 255, font, anchor="ms")
    matrix = _crop_matrix(rng, centre_x, FONT_SIZE)
    small = canvas.reduce(2).transform(
        (SIZE, SIZE), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
    )
    return np.asarray(small, np.float32) / 255


def _crop_matrix(
    rng: np.random.Generator, centre_x: float, centre_y: float
) -> tuple[float, ...]:
    """Where in the drawing, halved in size, each pixel of the crop lies (Pillow's)."""
    # A digit is 0.73 of the font size tall, 23 pixels in the halved drawing.
    height = rng.uniform(20, 28)
    zoom_y = 0.73 * FONT_SIZE / 2 / height
    zoom_x = zoom_y * rng.uniform(0.85, 1.15)
    angle = np.deg2rad(rng.normal(0, 5))
    shear = rng.normal(0, 0.08)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    matrix = np.diag([zoom_x, zoom_y]) @ turn @ np.array([[1, shear], [0, 1]])
    middle = SIZE / 2 + rng.normal(0, 1.0, 2)
    offset = np.array([centre_x, centre_y]) / 2 - matrix @ middle
    return (*matrix[0], offset[0], *matrix[1], offset[1])


def _colour(masks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Paint masks (n, 32, 32) onto walls: uint8 (n, 32, 32, 3)."""
    n = len(masks)
    sigma = rng.uniform(0.3, 1.2, n).astype(np.float32)
    masks = pixels.blur(masks, sigma)[..., None]
    wall, paint = _draw_colours(n, rng)
    y, x = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j].astype(np.float32)
    slope = rng.normal(0, 0.08, (2, n, 1, 1)).astype(np.float32)
    light = (slope[0] * x + slope[1] * y)[..., None]
    pictures = wall * (1 - masks) + paint * masks + light
    pictures += rng.normal(0, 1, pictures.shape).astype(np.float32) * rng.uniform(
        0.005, 0.04, (n, 1, 1, 1)
    ).astype(np.float32)
    return pixels.shares_to_bytes(pictures)


def _draw_colours(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Wall and paint colours (n, 1, 1, 3) that differ in brightness by 0.3 or more."""
    wall = rng.uniform(0.15, 0.85, n)
    # Darker paint on bright walls, bright paint on dark walls, either in between.
    darker = rng.random(n) < (wall - 0.3) / 0.4
    paint = wall + rng.uniform(0.3, 0.6, n) * np.where(darker, -1, 1)
    colours = []
    for brightness in (wall, paint):
        # Mostly along the line from warm to cool light, as outdoors.
        tint = rng.normal(0, 0.1, (n, 1)) * (1, 0, -1) + rng.normal(0, 0.04, (n, 3))
        tinted = brightness[:, None] + tint
        colours.append(tinted[:, None, None].astype(np.float32))
    return colours[0], colours[1]
