"""What lesson 00 tells: the map of the course, and how this machine fits it.

Importing this package loads neither TensorFlow nor matplotlib.
"""

from gan_helpers.course.lessons import (
    LESSONS,
    Lesson,
    announce_budget,
    draw_map,
    expected_minutes,
)
from gan_helpers.course.machine import (
    check_versions,
    find_data,
    measure_speed,
    show_live_check,
    show_table,
)

__all__ = [
    "LESSONS",
    "Lesson",
    "announce_budget",
    "check_versions",
    "draw_map",
    "expected_minutes",
    "find_data",
    "measure_speed",
    "show_live_check",
    "show_table",
]
