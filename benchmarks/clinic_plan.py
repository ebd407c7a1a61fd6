"""Which runs clinic_wide.py makes: backgrounds, their halves, and faults on them."""

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from clinic_setting import WITH_LABELS, Setting

SEED = 815  # of the draws below
SEEDS, HEALTHY_SEEDS, PICTURE_SEEDS = range(10), range(5), range(3)
PER_HALF = 4  # backgrounds in each half that get a fault

POINTS = {
    "ring of 8": {"iterations": 3000},
    "grid of 25": {
        "d_rate": 5e-3,
        "g_rate": 2e-3,
        "penalty": 0.01,
        "iterations": 6000,
    },
    "two moons": {},
    "spiral": {"iterations": 3000},
    "quadratic": {"iterations": 1500},
    "one Gaussian": {"iterations": 1000},
    "two curves": {},
}
# "rates" and "longer" multiply the rates and the iterations that the data set has.
CHANGES = {
    "batch 16": {"batch": 16, "rates": 0.5, "longer": 2},
    "batch 512": {"batch": 512},
    "width 16": {"width": 16, "longer": 1.5},
    "width 256": {"width": 256, "batch": 32, "rates": 0.5},
    "SGD": {"optimizer": "SGD", "momentum": 0.0, "rates": 2, "longer": 1.5},
    "SGD with momentum": {"optimizer": "SGD", "penalty": 0.2, "longer": 1.5},
    "Adam without momentum": {"momentum": 0.0},
    "Adam, momentum 0.9": {
        "momentum": 0.9,
        "penalty": 0.2,
        "rates": 0.5,
        "longer": 1.5,
    },
    "hinge": {"loss": "hinge"},
    "least squares": {"loss": "least squares"},
    "WGAN-GP": {
        "loss": "Wasserstein",
        "penalises": "gradient penalty",
        "penalty": 1.0,
        "d_steps": 3,
    },
    "relativistic": {"loss": "relativistic", "penalises": "R1 + R2"},
    "saturating": {"loss": "saturating"},
    "unit 0.1": {"unit": 0.1},
    "unit 50": {"unit": 50.0},
    "two D steps": {"d_steps": 2},
}
OTHERS = {
    "clothes": Setting(
        data="clothes", batch=24, width=24, d_rate=4e-3, g_rate=4e-3, iterations=1500
    ),
    "32 numbers": Setting(data="32 numbers", iterations=1000),
}
OTHER_CHANGES = {
    "clothes": ("as it is", "hinge", "least squares", "Adam without momentum"),
    "32 numbers": (
        *("as it is", "batch 16", "width 256", "hinge", "least squares"),
        *("Adam without momentum", "unit 50", "two D steps"),
    ),
}


def change(setting: Setting, name: str) -> Setting:
    """The setting with one of `CHANGES`, or as it is."""
    fields = dict(CHANGES.get(name, {}))
    rates, longer = fields.pop("rates", 1), fields.pop("longer", 1)
    return replace(
        setting,
        d_rate=rates * setting.d_rate,
        g_rate=rates * setting.g_rate,
        iterations=int(longer * setting.iterations),
        **fields,
    )


def make_backgrounds() -> dict[str, Setting]:
    """Every background by name; all but "32 numbers" are to train healthily."""
    points = {
        f"{data}, {name}": change(Setting(data=data, **fields), name)
        for data, fields in POINTS.items()
        for name in CHANGES
    }
    return points | {
        f"{data}, {name}": change(OTHERS[data], name)
        for data, names in OTHER_CHANGES.items()
        for name in names
    }


BACKGROUNDS = make_backgrounds()


@functools.cache
def halves() -> dict[str, str]:
    """The half of each background, drawn among those of one data set: half of each."""
    rng = np.random.default_rng(SEED)
    found = {}
    for data in (*POINTS, *OTHERS):
        names = [name for name, one in BACKGROUNDS.items() if one.data == data]
        for place, k in enumerate(rng.permutation(len(names))):
            found[names[k]] = ("reported", "tuning")[place % 2]
    return found


@dataclasses.dataclass(frozen=True)
class Fault:
    """A fault: its symptoms, what it changes, and on which backgrounds it is tried.

    Attributes:
        symptom: What names it.
        fields: What it changes of a setting; "d_rate times" multiplies that rate.
        data: On these data only.
        fits: Tells of a setting whether it can befall it; None for all.
    """

    symptom: str
    fields: dict
    data: tuple[str, ...] = tuple(POINTS)
    fits: Callable[[Setting], bool] | None = None

    def befall(self, setting: Setting) -> Setting:
        fields = dict(self.fields)
        for rate in ("d_rate", "g_rate"):
            if f"{rate} times" in fields:
                factor = fields.pop(f"{rate} times")
                fields[rate] = factor * getattr(setting, rate)
        return replace(setting, **fields)


def adam(setting: Setting) -> bool:
    return setting.optimizer == "Adam"


def adam_with_labels(setting: Setting) -> bool:
    return adam(setting) and setting.loss in WITH_LABELS


def adam_without_critic(setting: Setting) -> bool:
    return adam(setting) and setting.loss not in ("Wasserstein", "relativistic")


MODES, SHAPES = ("ring of 8", "grid of 25"), ("two moons", "spiral", "two curves")
FAULTS = {
    "mode collapse": Fault(
        "mode collapse",
        {"g_steps": 5, "penalty": 0.0, "iterations": 1500},
        (*MODES, *SHAPES),
        adam_without_critic,
    ),
    "lost modes": Fault("lost modes", {"shown": 0.7}, MODES),
    "vanishing gradient": Fault(
        "vanishing gradient",
        {"loss": "saturating", "penalty": 0.0, "d_steps": 3, "d_rate times": 2.5},
        (*MODES, *SHAPES),
        adam_with_labels,
    ),
    "oscillation": Fault(
        "oscillation",
        {
            "momentum": 0.9,
            "penalty": 0.0,
            "d_steps": 1,
            "d_rate": 1e-2,
            "g_rate": 1e-2,
            "iterations": 1500,
        },
        ("one Gaussian", "quadratic"),
        lambda setting: adam_without_critic(setting) and setting.momentum == 0.5,
    ),
    "overpowered discriminator": Fault(
        "overpowered discriminator",
        {
            "d_rate times": 5,
            "g_rate times": 0.01,
            "d_steps": 5,
            "penalty": 0.0,
            "iterations": 1500,
        },
        fits=adam_without_critic,
    ),
    "wrong-sign smoothing": Fault(
        "bottomless loss",
        {"real_label": 1.1, "penalty": 0.0, "d_steps": 3, "d_rate times": 2.5},
        fits=adam_with_labels,
    ),
    "batch-norm leak": Fault(
        "batch leak",
        {"mixed": True, "batch_norm": True, "penalty": 0.0, "d_steps": 1},
        (*MODES, *SHAPES),
        adam_without_critic,
    ),
    "frozen discriminator": Fault("frozen discriminator", {"frozen": True}),
    "flat discriminator": Fault("flat discriminator", {"dead": True}, fits=adam),
    "NaN": Fault(
        "NaN",
        {
            "penalises": "gradient penalty",
            "penalty": 1.0,
            "zero_start": True,
            "safe_root": False,
        },
    ),
    "learnt by heart": Fault(
        "learnt by heart",
        {"n_train": 40, "penalty": 0.0, "d_steps": 3},
        ("32 numbers",),
    ),
    "mode collapse, pictures": Fault(
        "mode collapse", {"g_steps": 5, "penalty": 0.0}, ("clothes",)
    ),
    "unlike ranges": Fault("unlike ranges", {"low": -3.0}, ("clothes",)),
    "learnt by heart, pictures": Fault(
        "learnt by heart", {"n_train": 60, "penalty": 0.0}, ("clothes",)
    ),
    "overpowered, pictures": Fault(
        "overpowered discriminator",
        {"g_rate times": 0.01, "penalty": 0.0},
        ("clothes",),
    ),
    "frozen D, pictures": Fault(
        "frozen discriminator", {"frozen": True, "iterations": 300}, ("clothes",)
    ),
}


@functools.cache
def chosen(fault: str) -> tuple[str, ...]:
    """The backgrounds that a fault is tried on, drawn in either half."""
    one = FAULTS[fault]
    rng = np.random.default_rng([SEED, list(FAULTS).index(fault)])
    found = []
    for half in ("reported", "tuning"):
        names = [
            name
            for name, setting in BACKGROUNDS.items()
            if halves()[name] == half
            and setting.data in one.data
            and (one.fits is None or one.fits(setting))
        ]
        found += [names[k] for k in rng.permutation(len(names))[:PER_HALF]]
    return tuple(found)


def jobs():
    """Every run as a row of the table begins, in the order in which they are made.

    Seed by seed in an order that is drawn, so that a part is like the whole; pictures,
    each of which takes as long as ten sets of points, come last.
    """
    pairs = [(name, "none") for name in BACKGROUNDS]
    pairs += [(name, fault) for fault in FAULTS for name in chosen(fault)]
    order = np.random.default_rng(SEED).permutation(len(pairs))
    drawn = sorted((pairs[k] for k in order), key=lambda p: BACKGROUNDS[p[0]].pictures)
    for seed in SEEDS:
        for name, fault in drawn:
            if seed in seeds_of(name, fault):
                run = {"background": name, "half": halves()[name]}
                yield run | {"fault": fault, "seed": seed}


def seeds_of(name: str, fault: str) -> range:
    """How often a background is trained with a fault, "none" for without."""
    if BACKGROUNDS[name].pictures:
        return PICTURE_SEEDS
    if fault == "none":
        return HEALTHY_SEEDS if BACKGROUNDS[name].data in POINTS else range(0)
    return SEEDS


def setting_of(background: str, fault: str) -> Setting:
    setting = BACKGROUNDS[background]
    return setting if fault == "none" else FAULTS[fault].befall(setting)
