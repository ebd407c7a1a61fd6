"""What a lesson's cells define, for the tests: never a copy. No lesson is run."""

import functools
import linecache
import symtable
import types
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
