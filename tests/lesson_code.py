"""Functions of a lesson for the tests: taken from its cells, never from a copy."""

import functools
import linecache
import types
from pathlib import Path

from lesson_source import read_lessons
from lesson_taught import standing_alone

ROOT = Path(__file__).resolve().parents[1]


@functools.cache
def from_lesson(slug: str, *names: str) -> types.ModuleType:
    """A module with these functions of the lesson `slug`, and with what they use."""
    [lesson] = [one for one in read_lessons(ROOT) if one.slug == slug]
    text = standing_alone(lesson, names)
    module = types.ModuleType(slug)
    file = f"<{slug}: {', '.join(names)}>"
    # TensorFlow reads the source of a function that it compiles.
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), module.__dict__)
    return module
