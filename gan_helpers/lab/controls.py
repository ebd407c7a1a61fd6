"""The settings of a lab: what they may be, and what a view shows of them."""

import dataclasses
import math
import numbers
from collections.abc import Iterable
from typing import Any

import tensorflow as tf

from gan_helpers.lab.datasets import DATASETS, NOISES, Sampler
from gan_helpers.lab.networks import ACTIVATIONS
from gan_helpers.lab.steps import PENALTY_KINDS, chosen_penalty, loss_group
from gan_helpers.losses import LOSSES

DTYPES = ("float32", "float64")
PENALTY_HELP = (
    "With s for D's slope at a point: R1 is ½ E[s²] at real samples, R2 the same at "
    "generated ones, and the gradient penalty is E[(s - 1)²] between them. The usual "
    "one is what the loss comes with, if anything."
)


@dataclasses.dataclass
class Setting:
    """One setting.

    Attributes:
        name, label: The name in Python, and in words.
        kind: "range" (a number), "integer" or "choice".
        value: The present value.
        minimum, maximum: Bounds of a range or integer.
        log: Whether a slider should be logarithmic.
        choices: The possible values of a choice.
        enabled: Whether it may be changed; `help` says why not.
        restarts: Whether a change starts the training anew.
        help: One sentence.
    """

    name: str
    label: str
    kind: str
    value: Any
    minimum: float | None = None
    maximum: float | None = None
    log: bool = False
    choices: tuple[str, ...] = ()
    enabled: bool = True
    restarts: bool = False
    help: str = ""

    def check(self, value: Any) -> str | int | float:
        """`value` as this setting keeps it; ValueError when it may not be set to it."""
        if not self.enabled:
            raise ValueError(f"{self.label} cannot be changed: {self.help}")
        return self.fit(value)

    def fit(self, value: Any) -> str | int | float:
        """`value` as this setting keeps it; ValueError when it does not fit."""
        if self.kind == "choice":
            if not isinstance(value, str) or value not in self.choices:
                raise ValueError(
                    f"{self.label} is {value!r}, expected one of "
                    f"{', '.join(self.choices)}."
                )
            return value
        is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        whole = self.kind == "integer"
        if (
            not is_number
            or not math.isfinite(value)
            or not self.minimum <= value <= self.maximum
            or (whole and value != int(value))
        ):
            kind = "a whole number" if whole else "a number"
            raise ValueError(
                f"{self.label} is {value!r}, expected {kind} from {self.minimum:g} to "
                f"{self.maximum:,.9g}."
            )
        return int(value) if whole else float(value)

    def as_dict(self) -> dict:
        """This setting, as a view reads it."""
        return {**dataclasses.asdict(self), "choices": list(self.choices)}


class Settings:
    """The settings of one lab, by name.

    Raises:
        ValueError: A value does not fit.
    """

    def __init__(self, settings: list[Setting]):
        for setting in settings:
            # Numbers of networks of one's own are what they are.
            if setting.enabled or setting.kind == "choice":
                setting.value = setting.fit(setting.value)
        self._by_name = {setting.name: setting for setting in settings}

    def __getitem__(self, name: str) -> Any:
        return self._by_name[name].value

    def __setitem__(self, name: str, value: Any) -> None:
        self._by_name[name].value = value

    def find(self, name: object) -> Setting:
        """The setting of this name; ValueError when there is none."""
        if not isinstance(name, str) or name not in self._by_name:
            raise ValueError(
                f"There is no setting {name!r}, expected one of "
                f"{', '.join(self._by_name)}."
            )
        return self._by_name[name]

    def while_training(self) -> dict:
        """The values of the settings that may change in the middle of a run."""
        everything = self._by_name.values()
        return {s.name: s.value for s in everything if not s.restarts}

    def update(self, values: dict) -> None:
        """Take over checked values by name."""
        for name, value in values.items():
            self[name] = value

    def as_dicts(self) -> list[dict]:
        """All settings, as a view reads them."""
        return [setting.as_dict() for setting in self._by_name.values()]


class Knobs:
    """Settings as variables, so that compiled steps follow them without a new trace.

    Attributes:
        settings: The `Settings` that the variables follow.
        dtype: The float type of a lab: its networks, samples, losses and optimizers.
        d_steps, g_steps, d_rate, g_rate, penalty, seed: As the settings.
        loss: The loss's place among those that come with the same penalty.
    """

    def __init__(self, settings: Settings, dtype: str):
        if dtype not in DTYPES:
            raise ValueError(
                f"dtype is {dtype!r}, expected one of {', '.join(DTYPES)}."
            )
        self.settings, self.dtype = settings, dtype
        self.d_steps, self.g_steps, self.loss, self.seed = (
            tf.Variable(0, trainable=False) for _ in range(4)
        )
        self.d_rate, self.g_rate, self.penalty = (
            tf.Variable(0.0, trainable=False, dtype=dtype) for _ in range(3)
        )

    def turn(self) -> None:
        """Take over the settings, and say whether the penalty may be set."""
        for name in ("d_steps", "g_steps", "d_rate", "g_rate", "penalty", "seed"):
            getattr(self, name).assign(self.settings[name])
        loss = self.settings["loss"]
        usual = LOSSES[loss].penalty
        self.loss.assign(loss_group(usual).index(loss))
        setting = self.settings.find("penalty")
        penalty = chosen_penalty(loss, self.settings["penalty_kind"])
        setting.enabled = penalty is not None
        setting.help = "" if penalty else "there is no penalty now; choose one first."

    def seed_pair(self, stream: int, draw: tf.Tensor | int) -> tf.Tensor:
        """The seed of one draw; streams 0 to 3: data, noise, penalty, what is shown."""
        return tf.stack([4 * self.seed + stream, draw])


def make_settings(
    own: list[Setting],
    *,
    loss: str,
    d_rate: float,
    g_rate: float,
    d_steps: int,
    g_steps: int,
    penalty_kind: str,
    penalty: float,
    seed: int,
) -> Settings:
    """The settings that both labs have, and in their midst those of one kind of lab."""
    rate: dict[str, Any] = {
        "kind": "range",
        "minimum": 1e-5,
        "maximum": 1.0,
        "log": True,
    }
    steps: dict[str, Any] = {"kind": "integer", "minimum": 1, "maximum": 10}
    shared = [
        Setting("d_rate", "D's learning rate", value=d_rate, **rate),
        Setting("g_rate", "G's learning rate", value=g_rate, **rate),
        Setting("d_steps", "D steps an iteration", value=d_steps, **steps),
        Setting("g_steps", "G steps an iteration", value=g_steps, **steps),
        Setting("loss", "Loss", "choice", loss, choices=tuple(LOSSES)),
        Setting(
            "penalty_kind",
            "Penalty on D's slope",
            "choice",
            penalty_kind,
            choices=PENALTY_KINDS,
            help=PENALTY_HELP,
        ),
        Setting(
            "penalty",
            "Weight of the penalty",
            "range",
            penalty,
            minimum=0.001,
            maximum=100.0,
            log=True,
        ),
    ]
    about = "Data, noise and the lab's own networks follow from it."
    last = Setting("seed", "Seed", "integer", seed, 0, 10**6, restarts=True, help=about)
    return Settings([*shared, *own, last])


def point_settings(
    data: str | Sampler,
    noise: str | Sampler,
    noise_dim: int,
    activation: str,
    width: int,
    *,
    n_own: int,
) -> list[Setting]:
    """The settings of a `PointLab` that start its training anew.

    Args:
        n_own: How many of the two networks are not the lab's own.
    """
    activations = tuple(ACTIVATIONS)
    units: int | None = width
    network: dict[str, Any] = {
        "enabled": n_own == 0,
        "restarts": True,
        "help": "the networks are your own." if n_own else "",
    }
    if n_own == 2:
        activation, units, activations = "own", None, ("own",)
    return [
        _choice("data", "Data", data, DATASETS, restarts=True),
        _choice("noise", "Noise", noise, NOISES, restarts=True),
        Setting(
            "noise_dim", "Noise dimensions", "integer", noise_dim, 1, 16, **network
        ),
        _choice("activation", "Activation", activation, activations, **network),
        Setting("width", "Hidden units", "integer", units, 4, 128, **network),
    ]


def _choice(
    name: str, label: str, value: str | Sampler, names: Iterable[str], **options: Any
) -> Setting:
    """A choice; a function as its value is called "own", beside the others."""
    if callable(value):
        value, names = "own", [*names, "own"]
    return Setting(name, label, "choice", value, choices=tuple(names), **options)
