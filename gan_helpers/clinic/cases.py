"""The clinic's cases: what is wrong, which symptom should say so, and what cures it."""

import dataclasses
from dataclasses import replace

from gan_helpers.clinic.recipes import Recipe

RING = Recipe()
GRID = Recipe(
    data="grid of 25", d_rate=5e-3, g_rate=2e-3, penalty=0.01, iterations=6000
)
MOONS = Recipe(data="two moons", penalty=0.0, iterations=2000)
GAUSSIAN = Recipe(
    data="one Gaussian",
    d_rate=5e-3,
    g_rate=5e-3,
    momentum=0.0,
    penalty=0.0,
    iterations=1500,
)
CRITIC = replace(
    MOONS,
    loss="wasserstein",
    g_rate=5e-4,
    d_steps=3,
    penalty=1.0,
    zero_start=True,
)
EAGER_D = replace(RING, d_rate=5e-3, d_steps=3, iterations=2000)


@dataclasses.dataclass(frozen=True)
class Case:
    """The symptom that should be named, the faulty recipe, and the cured one."""

    symptom: str
    faulty: Recipe
    cured: Recipe


CASES = {
    "mode collapse, ring": Case(
        "mode collapse",
        replace(RING, g_steps=5, penalty=0.0, iterations=1500),
        RING,
    ),
    "mode collapse, grid": Case(
        "mode collapse",
        replace(GRID, g_steps=5, penalty=0.0, iterations=2000),
        GRID,
    ),
    "vanishing gradient": Case(
        "vanishing gradient",
        replace(EAGER_D, loss="minimax", penalty=0.0),
        EAGER_D,
    ),
    "oscillation": Case("oscillation", replace(GAUSSIAN, momentum=0.9), GAUSSIAN),
    "overpowered discriminator": Case(
        "overpowered discriminator",
        replace(
            RING, d_rate=1e-2, d_steps=5, g_rate=1e-5, penalty=0.0, iterations=1500
        ),
        RING,
    ),
    "wrong-sign smoothing": Case(
        "bottomless loss",
        replace(EAGER_D, d_rate=1e-2, penalty=0.0, real_label=1.1),
        replace(EAGER_D, d_rate=1e-2, real_label=0.9),
    ),
    "batch-norm leak": Case(
        "batch leak",
        replace(MOONS, mixed=True, normalise="batch"),
        replace(MOONS, mixed=True, normalise="layer"),
    ),
    "frozen discriminator": Case(
        "frozen discriminator",
        replace(GAUSSIAN, loop="frozen", iterations=400),
        replace(GAUSSIAN, loop="toggled", iterations=400),
    ),
    "NaN": Case("NaN", replace(CRITIC, safe_root=False), CRITIC),
}

# Five of the cures change several things. Each of these changes is made alone here, and
# against collapse one step of G also for as long as the cure trains. The leak has one
# cure in CASES; here it has another.
_COLLAPSE, _GRID_COLLAPSE, _VANISHING, _OVERPOWERED, _WRONG_SIGN = (
    CASES[name].faulty
    for name in (
        "mode collapse, ring",
        "mode collapse, grid",
        "vanishing gradient",
        "overpowered discriminator",
        "wrong-sign smoothing",
    )
)
PARTS = {
    "mode collapse, ring": {
        "only one G step": replace(_COLLAPSE, g_steps=1),
        "the same, longer": replace(_COLLAPSE, g_steps=1, iterations=RING.iterations),
        "only R1": replace(_COLLAPSE, penalty=RING.penalty),
    },
    "mode collapse, grid": {
        "only one G step": replace(_GRID_COLLAPSE, g_steps=1),
        "the same, longer": replace(
            _GRID_COLLAPSE, g_steps=1, iterations=GRID.iterations
        ),
        "only R1": replace(_GRID_COLLAPSE, penalty=GRID.penalty),
    },
    "vanishing gradient": {
        "only the loss": replace(_VANISHING, loss=EAGER_D.loss),
        "only R1": replace(_VANISHING, penalty=EAGER_D.penalty),
    },
    "overpowered discriminator": {
        "only one D step": replace(_OVERPOWERED, d_steps=1),
        "only the rates": replace(_OVERPOWERED, d_rate=RING.d_rate, g_rate=RING.g_rate),
        "only R1": replace(_OVERPOWERED, penalty=RING.penalty),
    },
    "wrong-sign smoothing": {
        "only label 0.9": replace(_WRONG_SIGN, real_label=0.9),
        "only R1": replace(_WRONG_SIGN, penalty=EAGER_D.penalty),
    },
    "batch-norm leak": {
        "batch norm, pure": replace(CASES["batch-norm leak"].faulty, mixed=False),
    },
}

HEALTHY = {
    "ring of 8": RING,
    "grid of 25": GRID,
    "two moons": MOONS,
    "spiral": replace(RING, data="spiral"),
    "quadratic": replace(RING, data="quadratic"),
    "one Gaussian": GAUSSIAN,
    "Wasserstein, two moons": CRITIC,
    "layer norm, two moons": replace(MOONS, mixed=True, normalise="layer"),
    "smoothing, ring of 8": replace(RING, real_label=0.9),
    "saturating, two moons": replace(MOONS, loss="minimax"),
}
