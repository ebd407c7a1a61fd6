"""What a lesson's cells define, as a module: for tools and tests, never a copy."""

import functools
import linecache
import types
from pathlib import Path

from lesson_source import Lesson, read_lessons
from lesson_taught import standing_alone

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


def find_numbered(number: str) -> Lesson:
    """The lesson of a number such as "02" or "2"; a LookupError without one."""
    for lesson in all_lessons():
        if number and lesson.number == number.zfill(2):
            return lesson
    numbers = ", ".join(lesson.number for lesson in all_lessons())
    raise LookupError(
        f"There is no lesson {number!r}, expected one of {numbers}. Add LESSON=02."
    )


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
