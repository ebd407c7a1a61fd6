"""A class that leaves out what is optional misses nothing that the rest needs."""

import builtins

import pytest
from lesson_cells import used_and_defined
from lesson_code import all_lessons
from lesson_source import version_cells


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_no_core_cell_needs_an_optional_one(lesson):
    known, missing = {*dir(builtins), "display", "get_ipython"}, []
    for cell in version_cells(lesson, solved=True):
        if cell.kind == "code" and "optional" not in cell.tags:
            used, defined = used_and_defined(cell.source)
            missing += sorted(used - defined - known)
            known |= defined
    assert missing == []
