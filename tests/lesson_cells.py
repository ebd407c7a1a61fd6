"""Which cells of a lesson a student runs for a name. No lesson is run."""

import symtable
from collections.abc import Collection

from lesson_code import find_lesson
from lesson_source import version_cells
from lesson_taught import globals_used


def cells_behind(slug: str, name: str) -> list[str]:
    """The cells that use the variable `name`, and those that define what these use.

    Going back, the last definition of a name counts. What only trains or shows is left
    out: `make test-lessons` runs it.
    """
    found, wanted = [], {name}
    for source in reversed(_code_cells(slug)):
        used, defined = used_and_defined(source)
        if name in used or defined & wanted:
            found.append(source)
            wanted = (wanted | used) - defined
    return found[::-1]


def cells_up_to(slug: str, text: str, known: Collection[str] = ()) -> list[str]:
    """The first cell that contains `text`, and before it what defines what it uses.

    It is what a student has to run after a restart of the kernel. No cell is there for
    the sake of a name in `known`.

    Raises:
        LookupError: No cell contains the text.
    """
    cells = _code_cells(slug)
    last = next((i for i, cell in enumerate(cells) if text in cell), None)
    if last is None:
        raise LookupError(f"No cell of {slug} contains {text!r}.")
    used, defined = used_and_defined(cells[last])
    found, wanted = [cells[last]], used - defined - set(known)
    for source in reversed(cells[:last]):
        used, defined = used_and_defined(source)
        if defined & wanted:
            found.append(source)
            wanted = (wanted | used) - defined - set(known)
    return found[::-1]


def _code_cells(slug: str) -> list[str]:
    cells = version_cells(find_lesson(slug), solved=False)
    return [cell.source for cell in cells if cell.kind == "code"]


def used_and_defined(source: str) -> tuple[set[str], set[str]]:
    """The global names that a cell looks up, and those that it assigns or imports."""
    table = symtable.symtable(source, "<cell>", "exec")
    defined = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    }
    return globals_used(table), defined
