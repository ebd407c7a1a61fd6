"""The one-point GAN of lesson 10 as a panel: drag a start, and see where it leads.

All of it is computed in the browser, by the page's own losses, so that it needs no
kernel once it is shown.
"""

import json
import math
import numbers
from typing import TYPE_CHECKING, Any

from gan_helpers.lab.controls import Setting

if TYPE_CHECKING:
    from gan_helpers.lab.one_point_view import OnePointView

PANEL_LOSSES = (  # those that the browser knows
    *("minimax", "non-saturating", "hinge", "least squares"),
    *("wasserstein", "relativistic"),
)
PANEL_PENALTIES = ("none", "R1", "R1 + R2", "gradient penalty")
RULES = ("continuous", "simultaneous", "alternating", "extragradient")
MAX_GAMMA = 2.5
REACH = 2.0  # of θ and ψ, for a start
SCRIPTS = ("controls.js", "engine/losses.js", "one_point.js", "one_point_view.js")


class OnePointLab:
    """G puts its point at θ, D's logit is ψx, and the real point is 0.

    The panel draws the velocity of both numbers, the path from a start that you drag,
    its distance from the solution (0, 0), and what the eigenvalues there promise.

    Args:
        loss: One of the course's six, see `PANEL_LOSSES`.
        penalty: "none", "R1", "R1 + R2", or "gradient penalty", which has no
            eigenvalues at the solution.
        gamma: The penalty's weight, 0 to 2.5.
        rule: "continuous" time; or "simultaneous", "alternating" (D first) or
            "extragradient" steps of size 0.5.
        start: (θ, ψ), each -2 to 2.

    Raises:
        ValueError: A value does not fit; says what was expected.
    """

    def __init__(
        self,
        *,
        loss: str = "minimax",
        penalty: str = "R1",
        gamma: float = 0.3,
        rule: str = "continuous",
        start: tuple[float, float] = (1.0, 0.0),
    ):
        if isinstance(gamma, numbers.Real) and gamma < 0:
            raise ValueError(
                f"gamma is {gamma}, expected a number from 0 to {MAX_GAMMA}: below 0 D "
                "is paid for being steep, and everything grows. Take 0 to leave the "
                "penalty out."
            )
        limits: dict[str, Any] = {"minimum": 0.0, "maximum": MAX_GAMMA}
        listed = [
            Setting("loss", "Loss", "choice", loss, choices=PANEL_LOSSES),
            Setting("penalty", "Penalty", "choice", penalty, choices=PANEL_PENALTIES),
            Setting("gamma", "Weight γ", "range", gamma, **limits),
            Setting("rule", "Steps", "choice", rule, choices=RULES),
        ]
        for setting in listed:
            setting.value = setting.fit(setting.value)
        self._first = {
            "settings": [setting.as_dict() for setting in listed],
            "start": _checked_start(start),
        }

    def show(self) -> "OnePointView":
        """The panel, for the last line of a cell."""
        from gan_helpers.lab.one_point_view import OnePointView

        return OnePointView(first=self._first)

    def as_html(self) -> str:
        """The panel as one HTML page, which needs no kernel and no network."""
        from gan_helpers.lab.one_point_view import read_scripts
        from gan_helpers.lab.view import WEB, read_web

        page = (WEB / "one_point.html").read_text(encoding="utf-8")
        parts = {
            "style": read_web("lab.css"),
            "script": read_scripts(),
            "first": json.dumps(self._first).replace("<", "\\u003c"),
        }
        for name, text in parts.items():
            page = page.replace("{{" + name + "}}", text)
        return page


def _checked_start(start: tuple[float, float]) -> list[float]:
    try:
        found = [float(value) for value in start]
    except (TypeError, ValueError):
        found = []
    if len(found) != 2 or not all(math.fabs(value) <= REACH for value in found):
        raise ValueError(
            f"start is {start!r}, expected two numbers (θ, ψ) from -{REACH:g} to "
            f"{REACH:g}."
        )
    return found
