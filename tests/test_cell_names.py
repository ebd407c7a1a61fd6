"""A cell needs only what stands above it in its own notebook.

`make test-lessons` would not see it in a solved notebook: its kernel has run the open
one before.
"""

import builtins

import pytest
from lesson_cells import used_and_defined
from lesson_code import all_lessons
from lesson_source import version_cells


def missing_names(cells):
    """The names that a code cell looks up, and none above it, nor itself, defines."""
    known, missing = {*dir(builtins), "display", "get_ipython"}, []
    for cell in cells:
        if cell.kind == "code":
            used, defined = used_and_defined(cell.source)
            missing += sorted(used - defined - known)
            known |= defined
    return missing


@pytest.mark.parametrize("solved", [False, True])
@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_no_cell_needs_what_is_not_above_it(lesson, solved):
    cells = version_cells(lesson, solved=solved)
    assert missing_names(cells) == []
    # So a class that leaves out what is optional misses nothing.
    assert missing_names([c for c in cells if "optional" not in c.tags]) == []
