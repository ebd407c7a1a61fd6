"""The panel of the one-point GAN, on Python's side: what it takes, and its page."""

import json
import re

import pytest
from lesson_code import from_lesson

from gan_helpers import lab, losses
from gan_helpers.lab import one_point


@pytest.mark.parametrize(
    "values, message",
    [
        ({"gamma": -0.3}, "gamma is -0.3, expected .* from 0 to 2.5: .*Take 0"),
        ({"gamma": 3}, "Weight γ is 3, expected .* from 0 to 2.5"),
        ({"gamma": "much"}, "is 'much', expected a number"),
        ({"gamma": float("nan")}, "is nan"),
        ({"loss": "mse"}, "Loss is 'mse', expected one of minimax"),
        ({"penalty": "R3"}, "Penalty is 'R3', expected one of none, R1"),
        ({"rule": "Adam"}, "Steps is 'Adam', expected one of continuous"),
        ({"start": (1, 2, 3)}, r"start is \(1, 2, 3\), expected two numbers"),
        ({"start": (0, 2.5)}, "from -2 to 2"),
        ({"start": (0, float("nan"))}, "expected two numbers"),
        ({"start": None}, "start is None"),
        ({"start": "ab"}, "start is 'ab'"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(values, message):
    with pytest.raises(ValueError, match=message):
        lab.OnePointLab(**values)


def test_the_panel_has_the_courses_losses_and_starts_as_it_was_told():
    assert set(one_point.PANEL_LOSSES) <= set(losses.LOSSES)
    asked = {"loss": "hinge", "penalty": "none", "gamma": 0.5, "rule": "alternating"}
    shown = lab.OnePointLab(**asked, start=(-0.5, 1)).show()
    assert {s["name"]: s["value"] for s in shown.first["settings"]} == asked
    assert shown.first["start"] == [-0.5, 1.0]
    json.dumps(shown.first, allow_nan=False)


def test_the_sites_page_is_the_lessons_panel_and_asks_for_nothing():
    text = one_point.OnePointLab().as_html()  # which tools/build_site.py writes
    assert from_lesson("stability", "one_point_lab").one_point_lab.as_html() == text
    assert not re.search(r"{{\w+}}", text)
    assert "default-src 'none'" in text and not re.search(r"(src|href)=", text)
