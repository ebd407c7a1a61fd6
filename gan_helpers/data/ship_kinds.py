"""The kinds of synthetic ships: what stands on the deck of each."""

from collections.abc import Sequence

import numpy as np

from gan_helpers.data.ship_models import (
    CARGO_COLOURS,
    DARK,
    GREY,
    HULL_COLOURS,
    WHITE,
    Build,
    Part,
    box,
    house,
    mast,
)


def _funnel(
    rng: np.random.Generator, x: float, y: float, z: float, height: float
) -> list[Part]:
    colour = CARGO_COLOURS[rng.integers(len(CARGO_COLOURS))]
    long = rng.uniform(0.03, 0.05)
    middle = z + 0.7 * height
    return [
        *box((x, x + long), y, (z, middle), colour, taper=0.05),
        *box((x, x + long), y, (middle, z + height), DARK, taper=0.05),
    ]


def _freighter(rng: np.random.Generator, beam: float, side: float) -> list[Part]:
    y, deck = 0.42 * beam, 0.9 * side
    tall = rng.uniform(0.09, 0.15)
    at = -0.44 if rng.random() < 0.75 else -0.08
    ends = at, at + rng.uniform(0.10, 0.15)
    parts = house(ends, y, (deck, deck + tall), _pale(rng), decks=3)
    parts += _funnel(rng, at - 0.005, 0.3 * y, deck + 0.6 * tall, 0.75 * tall)
    parts.append(mast(ends[1], (deck + tall, deck + 1.5 * tall)))
    for x in np.linspace(-0.2, 0.36, rng.integers(2, 5)):
        if not ends[0] - 0.03 < x < ends[1] + 0.03:
            hatch = CARGO_COLOURS[rng.integers(len(CARGO_COLOURS))] * 0.8
            parts += box((x - 0.05, x + 0.05), 0.7 * y, (deck, deck + 0.025), hatch)
            parts.append(mast(x, (deck, deck + rng.uniform(0.10, 0.18)), width=0.012))
            boom = rng.uniform(-0.1, 0.1)
            parts.append(mast(x, (deck + 0.03, deck + 0.12), lean=boom, width=0.007))
    return [*parts, mast(0.45, (deck, side + 0.12))]


def _container_ship(rng: np.random.Generator, beam: float, side: float) -> list[Part]:
    y, deck = 0.47 * beam, 0.95 * side
    tall = rng.uniform(0.12, 0.17)
    at = rng.choice([-0.46, -0.40, -0.05, 0.28], p=[0.45, 0.25, 0.15, 0.15])
    ends = at, at + 0.08
    parts = house(ends, y, (deck, deck + tall), _pale(rng), decks=4)
    parts += _funnel(rng, ends[0] - 0.04, 0.4 * y, deck, 1.05 * tall)
    bays = np.linspace(-0.46, 0.40, 11)
    full = rng.uniform(0.03, 0.11)
    for x0, x1 in zip(bays, bays[1:], strict=False):
        if x1 < ends[0] - 0.03 or x0 > ends[1]:
            height, level = full * rng.uniform(0.5, 1), deck
            for _ in range(3):
                paint = CARGO_COLOURS[rng.integers(len(CARGO_COLOURS))]
                span = level, level + height / 3
                parts += box((x0 + 0.004, x1), y, span, paint)
                level = span[1]
    return parts


def _tanker(rng: np.random.Generator, beam: float, side: float) -> list[Part]:
    y, deck = 0.45 * beam, 0.92 * side
    tall = rng.uniform(0.08, 0.12)
    parts = house((-0.45, -0.36), y, (deck, deck + tall), _pale(rng), decks=3)
    parts += _funnel(rng, -0.49, 0.3 * y, deck, 0.95 * tall)
    pipe = np.array([(-0.34, 0, deck + 0.012), (0.42, 0, deck + 0.012)])
    parts.append(Part(pipe, 0.8 * GREY, 0.014))
    for x in (-0.02, rng.uniform(0.1, 0.3)):
        parts.append(mast(x, (deck, deck + rng.uniform(0.04, 0.07)), width=0.012))
    return [*parts, mast(0.46, (deck, side + 0.08))]


def _cruise_ship(rng: np.random.Generator, beam: float, side: float) -> list[Part]:
    y, deck, paint = 0.46 * beam, 0.95 * side, _pale(rng)
    tall, decks = rng.uniform(0.08, 0.14), int(rng.integers(3, 6))
    parts = house((-0.46, 0.33), y, (deck, deck + tall), paint, decks=decks)
    top = deck + tall
    parts += house((-0.36, 0.26), 0.8 * y, (top, top + 0.03), paint, taper=0.03)
    for x in rng.choice([-0.3, -0.15, 0.0], rng.integers(1, 3), replace=False):
        parts += _funnel(rng, x, 0.35 * y, top + 0.03, rng.uniform(0.05, 0.09))
    return [*parts, mast(0.2, (top, top + 0.1))]


def _warship(rng: np.random.Generator, beam: float, side: float) -> list[Part]:
    paint = GREY * rng.uniform(0.7, 1.2) + (0, 0.01, 0.02)
    y, deck = 0.4 * beam, 0.92 * side
    level = deck + rng.uniform(0.04, 0.06)
    parts = box((-0.25, 0.16), y, (deck, level), paint, taper=0.06)
    bridge = level + rng.uniform(0.04, 0.06)
    parts += house((0.02, 0.14), 0.8 * y, (level, bridge), paint, taper=0.12)
    parts += box((-0.16, -0.08), 0.4 * y, (level, bridge), 0.8 * paint, taper=0.1)
    for x in (0.03, -0.05):
        height = bridge + rng.uniform(0.06, 0.12)
        parts.append(mast(x, (level, height), colour=0.7 * paint, width=0.014))
    for x in (0.24, -0.33):
        parts += box((x, x + 0.05), 0.3 * y, (deck, deck + 0.03), paint, taper=0.2)
        barrel = np.array([(x + 0.05, 0, deck + 0.02), (x + 0.11, 0, deck + 0.035)])
        parts.append(Part(barrel, 0.7 * paint, 0.008))
    return parts


def _workboat(rng: np.random.Generator, beam: float, side: float) -> list[Part]:
    y, deck = 0.36 * beam, 0.85 * side
    at = rng.uniform(-0.15, 0.12)
    tall = rng.uniform(0.12, 0.18)
    paint = _pale(rng) if rng.random() < 0.7 else HULL_COLOURS[rng.integers(12)]
    parts = house((at - 0.14, at + 0.13), y, (deck, deck + tall), paint)
    up = deck + 1.7 * tall
    parts += house((at - 0.04, at + 0.1), 0.8 * y, (deck + tall, up), paint, taper=0.06)
    if rng.random() < 0.6:
        parts += _funnel(rng, at - 0.2, 0.4 * y, deck, 1.5 * tall)
    parts.append(mast(at, (up, up + rng.uniform(0.08, 0.25)), width=0.014))
    if rng.random() < 0.5:  # a fishing boat's boom
        parts.append(mast(at - 0.25, (deck, deck + 0.35), width=0.014))
        parts.append(mast(at - 0.25, (deck + 0.1, deck + 0.3), lean=-0.2, width=0.01))
    return parts


def _motorboat(rng: np.random.Generator, beam: float, side: float) -> list[Part]:
    y, deck, paint = 0.38 * beam, 0.85 * side, _pale(rng)
    at, tall = rng.uniform(-0.2, -0.05), rng.uniform(0.07, 0.12)
    parts = house((at - 0.14, at + 0.25), y, (deck, deck + tall), paint, taper=0.16)
    if rng.random() < 0.6:
        top = deck + tall
        bridge = at - 0.08, at + 0.1
        parts += house(bridge, 0.75 * y, (top, top + 0.06), paint, taper=0.15)
        parts.append(mast(at - 0.06, (top + 0.05, top + 0.14), width=0.012))
    return parts


def _sail(
    rng: np.random.Generator,
    corners: Sequence[np.ndarray | tuple[float, float, float]],
    colour: np.ndarray,
) -> Part:
    return Part(np.array(corners), colour * rng.uniform(0.9, 1.0))


def _sailboat(rng: np.random.Generator, beam: float, side: float) -> list[Part]:
    deck, top = 0.9 * side, rng.uniform(0.9, 1.35)
    coloured = rng.random() < 0.2
    paint = CARGO_COLOURS[rng.integers(len(CARGO_COLOURS))] if coloured else WHITE
    swing = rng.uniform(-0.5, 0.5) * beam
    parts = house((-0.2, 0.08), 0.3 * beam, (deck, deck + 0.04), _pale(rng))
    parts.append(mast(0.06, (deck, top), width=0.014))
    if rng.random() < 0.85:
        main = [(0.05, 0, deck + 0.08), (-0.42, swing, deck + 0.1), (0.05, 0, top)]
        jib = [(0.08, 0, 0.85 * top), (0.48, 0, deck + 0.03), (0.1, swing, deck + 0.06)]
        parts += [_sail(rng, main, paint), _sail(rng, jib, WHITE)]
    else:  # at rest: a boom with the sail rolled up
        boom = np.array([(0.05, 0, deck + 0.1), (-0.4, 0, deck + 0.1)])
        parts.append(Part(boom, HULL_COLOURS[7], 0.03))
    return parts


def _tall_ship(rng: np.random.Generator, beam: float, side: float) -> list[Part]:
    deck, parts = 0.9 * side, []
    paint = np.array((0.93, 0.89, 0.78)) * rng.uniform(0.85, 1.05)
    set_sails = rng.random() < 0.75
    for x, high in ((-0.3, 0.5), (0.0, 0.62), (0.26, 0.54)):
        high *= rng.uniform(0.9, 1.1)
        parts.append(mast(x, (deck, deck + high), colour=0.5 * GREY, width=0.014))
        for k in range(3):
            low = deck + (0.1 + 0.28 * k) * high
            y, lean = (0.8 - 0.17 * k) * beam + 0.03, 0.05
            yard = np.array([(x, -y, low + 0.26 * high), (x, y, low + 0.26 * high)])
            parts.append(Part(yard, 0.5 * GREY, 0.01))
            if set_sails:
                corners = [*yard, (x + lean, 1.1 * y, low), (x + lean, -1.1 * y, low)]
                parts.append(_sail(rng, corners, paint))
    jib = [(0.28, 0, deck + 0.45), (0.62, 0, deck + 0.1), (0.34, 0.03, deck + 0.12)]
    sprit = np.array([(0.45, 0, deck), (0.66, 0, deck + 0.1)])
    return [*parts, _sail(rng, jib, paint), Part(sprit, 0.5 * GREY, 0.014)]


def _pale(rng: np.random.Generator) -> np.ndarray:
    """White, cream or light grey, as most houses on ships are."""
    return WHITE * rng.uniform(0.88, 1.02) - (0, 0, rng.uniform(0, 0.08))


ANY, WORK, PALE = tuple(range(12)), (0, 1, 2, 3, 4, 7, 8, 10, 11), (5, 5, 5, 6, 3, 0)
BUILDS = {
    "freighter": Build((0.13, 0.17), (0.06, 0.10), 0.5, 0.7, WORK, _freighter),
    "container ship": Build(
        (0.13, 0.16), (0.06, 0.09), 0.4, 0.8, WORK, _container_ship
    ),
    "tanker": Build((0.15, 0.18), (0.045, 0.09), 0.4, 0.8, WORK, _tanker),
    "cruise ship": Build((0.12, 0.16), (0.06, 0.09), 0.3, 0.8, PALE, _cruise_ship),
    "warship": Build((0.10, 0.13), (0.045, 0.07), 0.5, 0.8, (10,), _warship),
    "workboat": Build((0.26, 0.34), (0.11, 0.16), 0.8, 0.7, ANY, _workboat),
    "motorboat": Build((0.28, 0.36), (0.10, 0.15), 0.4, 0.85, PALE, _motorboat),
    "sailing boat": Build((0.20, 0.27), (0.07, 0.11), 0.3, 0.6, PALE, _sailboat),
    "tall ship": Build((0.17, 0.22), (0.09, 0.14), 0.3, 0.7, (4, 9, 5, 3), _tall_ship),
}
