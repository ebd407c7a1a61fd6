"""The helper that takes functions out of the lessons, on a lesson made up here."""

import lesson_code
import numpy as np
import pytest
from lesson_code import from_lesson

LESSON = '''
import math
import a_module_that_does_not_exist
from pathlib import Path as Folder

SCALE = 2
OFFSET, UNUSED = SCALE + 1, 7
pictures = a_module_that_does_not_exist.load()


def add(x):
    return x + OFFSET


def area(radius):
    """The area, moved."""
    return add(math.pi * radius**2)


def count():
    return len(pictures)


class Box:
    side = area(1.0)


for step in range(3):
    pictures.append(step)
level = SCALE * 10
'''


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    (tmp_path / "42_made_up.py").write_text(LESSON, encoding="utf-8")
    monkeypatch.setattr(lesson_code, "SOURCES", tmp_path)


@pytest.mark.parametrize("which", [42, "42_made_up"])
def test_a_function_comes_with_all_it_uses_and_with_nothing_else(lesson, which):
    found = from_lesson(which, "area", "Box")
    assert vars(found).keys() == {"area", "Box"}
    assert found.area(2.0) == 4 * np.pi + 3
    assert found.Box.side == np.pi + 3


def test_a_value_that_is_asked_for_is_computed(lesson):
    assert from_lesson(42, "level", "OFFSET") == from_lesson(42, "OFFSET", "level")
    assert from_lesson(42, "level").level == 20


def test_data_are_not_loaded_for_a_function_that_needs_them(lesson):
    count = from_lesson(42, "count").count
    with pytest.raises(NameError, match="pictures"):
        count()


def test_what_is_not_there_is_named(lesson):
    with pytest.raises(
        LookupError, match=r"42_made_up.py does not define \['volume'\]"
    ):
        from_lesson(42, "area", "volume")
    with pytest.raises(LookupError, match="0 lessons are 43_"):
        from_lesson(43, "area")
    with pytest.raises(LookupError, match="0 lessons are made_up.py"):
        from_lesson("made_up", "area")
