"""What a lesson's cells define, for the tests: never a copy. No lesson is run."""

import functools
import linecache
import symtable
import types
from collections.abc import Collection
from pathlib import Path

from lesson_source import Lesson, read_lessons, version_cells
from lesson_taught import globals_used, standing_alone

ROOT = Path(__file__).resolve().parents[1]


@functools.cache
def all_lessons() -> list[Lesson]:
    """The course's lessons, read once."""
    return read_lessons(ROOT)


def find_lesson(slug: str) -> Lesson:
    """The lesson of this slug, such as "quadratic_gan"; a LookupError without one."""
    for lesson in all_lessons():
        if lesson.slug == slug:
            return lesson
    raise LookupError(f"There is no lesson {slug!r}.")


@functools.cache
def from_lesson(slug: str, *names: str) -> types.ModuleType:
    """A module with these names of the lesson `slug`, and with what they use.

    Functions, classes and constants come along; a variable of the lesson only where
    it is asked for, so that nothing is loaded or trained. Of a name that the lesson
    defines twice the last one counts.

    Raises:
        LookupError: There is no such lesson, or it does not define a name.
    """

    def choose(lesson, name, found):
        if name in names:
            if not found:
                raise LookupError(f"{lesson.path.name} does not define {name}.")
            return found[-1]
        usable = found and (name.isupper() or not found[-1].is_variable)
        return found[-1] if usable else None

    text = standing_alone(find_lesson(slug), names, choose=choose)
    module, file = types.ModuleType(slug), f"<{slug}: {', '.join(names)}>"
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
