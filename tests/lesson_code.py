"""Code of a lesson for the tests: taken from its cells, never from a copy."""

import functools
import linecache
import symtable
import types
from pathlib import Path

from lesson_source import read_lessons, version_cells
from lesson_taught import globals_used, standing_alone

ROOT = Path(__file__).resolve().parents[1]


def find_lesson(slug: str):
    [lesson] = [one for one in read_lessons(ROOT) if one.slug == slug]
    return lesson


@functools.cache
def from_lesson(slug: str, *names: str) -> types.ModuleType:
    """A module with these functions of the lesson `slug`, and with what they use."""
    text = standing_alone(find_lesson(slug), names)
    module = types.ModuleType(slug)
    file = f"<{slug}: {', '.join(names)}>"
    # TensorFlow reads the source of a function that it compiles.
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), module.__dict__)
    return module


def cells_behind(slug: str, name: str) -> list[str]:
    """The cells that use the variable `name`, and those that define what these use.

    Going back, the last definition of a name counts. What only trains or shows is left
    out: `make test-lessons` runs it.
    """
    found, wanted = [], {name}
    cells = version_cells(find_lesson(slug), solved=False)
    for source in reversed([cell.source for cell in cells if cell.kind == "code"]):
        table = symtable.symtable(source, slug, "exec")
        used = globals_used(table)
        defined = {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_assigned() or symbol.is_imported()
        }
        if name in used or defined & wanted:
            found.append(source)
            wanted = (wanted | used) - defined
    return found[::-1]
