"""The settings of a lab: what they may be, and what a view shows of them."""

import dataclasses
import math
import numbers

import tensorflow as tf

from gan_helpers.lab.datasets import NAMES, NOISES
from gan_helpers.lab.networks import ACTIVATIONS
from gan_helpers.lab.steps import loss_group
from gan_helpers.losses import LOSSES


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
    value: object
    minimum: float | None = None
    maximum: float | None = None
    log: bool = False
    choices: tuple[str, ...] = ()
    enabled: bool = True
    restarts: bool = False
    help: str = ""

    def check(self, value):
        """`value` as this setting keeps it; ValueError when it may not be set to it."""
        if not self.enabled:
            raise ValueError(f"{self.label} cannot be changed: {self.help}")
        return self.fit(value)

    def fit(self, value):
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

    def __getitem__(self, name: str):
        return self._by_name[name].value

    def __setitem__(self, name: str, value) -> None:
        self._by_name[name].value = value

    def find(self, name) -> Setting:
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
        dicts = [dataclasses.asdict(setting) for setting in self._by_name.values()]
        return [{**d, "choices": list(d["choices"])} for d in dicts]


class Knobs:
    """Settings as variables, so that compiled steps follow them without a new trace.

    Attributes:
        d_steps, g_steps, penalty, seed: As the settings.
        loss: The loss's place among those that share its penalty.
    """

    def __init__(self):
        self.d_steps, self.g_steps, self.loss, self.seed = (
            tf.Variable(0, trainable=False) for _ in range(4)
        )
        self.penalty = tf.Variable(0.0, trainable=False)

    def turn(self, settings: Settings, optimizers) -> None:
        """Take over the settings; `optimizers` are (G's, D's)."""
        for name in ("d_steps", "g_steps", "penalty", "seed"):
            getattr(self, name).assign(settings[name])
        for optimizer, name in zip(optimizers, ("g_rate", "d_rate"), strict=True):
            optimizer.learning_rate = settings[name]
        penalty = LOSSES[settings["loss"]].penalty
        self.loss.assign(loss_group(penalty).index(settings["loss"]))
        setting = settings.find("penalty")
        setting.enabled = penalty is not None
        setting.help = "" if penalty else "this loss has no gradient penalty."


def training_settings(
    *, loss, d_rate, g_rate, d_steps, g_steps, penalty
) -> list[Setting]:
    """The settings that both labs have and that take effect while training."""
    rate = {"kind": "range", "minimum": 1e-5, "maximum": 1.0, "log": True}
    steps = {"kind": "integer", "minimum": 1, "maximum": 10}
    return [
        Setting("d_rate", "D's learning rate", value=d_rate, **rate),
        Setting("g_rate", "G's learning rate", value=g_rate, **rate),
        Setting("d_steps", "D steps an iteration", value=d_steps, **steps),
        Setting("g_steps", "G steps an iteration", value=g_steps, **steps),
        Setting("loss", "Loss", "choice", loss, choices=tuple(LOSSES)),
        Setting(
            "penalty",
            "Weight of the gradient penalty",
            "range",
            penalty,
            minimum=0.001,
            maximum=100.0,
            log=True,
        ),
    ]


def point_settings(
    data, noise, noise_dim, activation, width, *, n_own: int
) -> list[Setting]:
    """The settings of a `PointLab` that start its training anew.

    Args:
        n_own: How many of the two networks are not the lab's own.
    """
    activations = tuple(ACTIVATIONS)
    network = {
        "enabled": n_own == 0,
        "restarts": True,
        "help": "the networks are your own." if n_own else "",
    }
    if n_own == 2:
        activation, width, activations = "own", None, ("own",)
    return [
        _choice("data", "Data", data, NAMES, restarts=True),
        _choice("noise", "Noise", noise, NOISES, restarts=True),
        Setting(
            "noise_dim", "Noise dimensions", "integer", noise_dim, 1, 16, **network
        ),
        _choice("activation", "Activation", activation, activations, **network),
        Setting("width", "Hidden units", "integer", width, 4, 128, **network),
    ]


def _choice(name: str, label: str, value, names, **options) -> Setting:
    """A choice; a function as its value is called "own", beside the others."""
    if callable(value):
        value, names = "own", [*names, "own"]
    return Setting(name, label, "choice", value, choices=tuple(names), **options)
