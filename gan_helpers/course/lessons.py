"""The lessons of the course, how long they take, and their map."""

import sys
import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from gan_helpers import settings
from gan_helpers.course.machine import known_speed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Lesson(NamedTuple):
    """One lesson of the course.

    Attributes:
        number, title, minutes: as its header has them; the budget is "laptop".
        needs: the numbers of the lessons to do before it.
        work: what takes its time, "dense" layers or "convolution".
        full_minutes: at the budget "full", from the time of one step.
        says: what it is about, in two short lines, for the map.
    """

    number: str
    title: str
    minutes: int
    needs: tuple[str, ...] = ()
    work: str = "dense"
    full_minutes: int = 0
    says: str = ""


# A test compares these with the headers of the lessons: where only the package is
# installed, as on Colab, there are no headers to read.
LESSONS = (
    Lesson(
        "00", "Start here", 1, full_minutes=1, says="a heart, drawn by your first GAN"
    ),
    Lesson(
        "01",
        "The minimax objective",
        1,
        full_minutes=2,
        says="what D measures, and why GANs circle",
    ),
    Lesson(
        "02",
        "The quadratic GAN",
        4,
        full_minutes=7,
        says="networks, losses, one step by hand",
    ),
    Lesson(
        "03",
        "Feature space",
        3,
        ("02",),
        full_minutes=5,
        says="what D sees, before and after a step",
    ),
    Lesson(
        "04",
        "DCGAN on house numbers",
        4,
        ("01", "02"),
        "convolution",
        full_minutes=225,
        says="convolutions, and digits one can read",
    ),
    Lesson(
        "05",
        "DCGAN on Fashion-MNIST",
        3,
        ("02",),
        "convolution",
        full_minutes=45,
        says="clothes; quality, copies, resuming",
    ),
    Lesson(
        "06",
        "Stacked models",
        4,
        ("02", "05"),
        "convolution",
        full_minutes=490,
        says="who moves when; flags out of 258",
    ),
    Lesson(
        "07",
        "Ships, and your pictures",
        5,
        ("06",),
        "convolution",
        full_minutes=1180,
        says="famous slips; few pictures; yours",
    ),
    Lesson(
        "08",
        "The failure clinic",
        3,
        ("01", "02"),
        full_minutes=2,
        says="eight failures and their cures",
    ),
    Lesson(
        "09",
        "Measuring GANs",
        4,
        ("05",),
        "convolution",
        full_minutes=30,
        says="measures, and what each is blind to",
    ),
    Lesson(
        "10",
        "Stability and losses",
        2,
        ("01", "08", "09"),
        full_minutes=8,
        says="circles, penalties; six losses compared",
    ),
    Lesson(
        "11",
        "Say what to draw",
        3,
        ("05",),
        "convolution",
        full_minutes=40,
        says="pick the class; find directions",
    ),
    Lesson(
        "12",
        "Scaling up",
        3,
        ("05", "10"),
        full_minutes=20,
        says="fewer bits, more devices, many runs",
    ),
)


def expected_minutes(lesson: Lesson, speed: Mapping[str, float]) -> float:
    """Minutes of `lesson` at the laptop budget on a machine with this `speed`."""
    return lesson.minutes * speed[lesson.work]


def announce_budget(number: str) -> None:
    """Say which budget a lesson runs with, and how long "full" takes, on stderr.

    The minutes are those of this machine where lesson 00 has measured its speed, else
    those of the machine that the lessons' minutes were taken on.
    """
    [lesson] = [one for one in LESSONS if one.number == number]
    speed = known_speed()
    minutes = lesson.full_minutes * (speed[lesson.work] if speed else 1.0)
    time = f"{max(1, minutes):.0f} min" if minutes < 120 else f"{minutes / 60:.0f} h"
    where = "here" if speed else "on two cores without a GPU (lesson 00 measures yours)"
    print(
        f"Budget: {settings.budget_name()}. With GAN_BUDGET=full this lesson takes "
        f"about {time} {where}.",
        file=sys.stderr,
        flush=True,
    )


def arrange() -> list[list[Lesson]]:
    """The lessons in rows: each stands below everything that it needs.

    In a row those come first on which nothing builds: no arrow has to pass them.
    """
    row_of: dict[str, int] = {}
    for lesson in LESSONS:
        row_of[lesson.number] = max((row_of[n] + 1 for n in lesson.needs), default=0)
    needed = {number for lesson in LESSONS for number in lesson.needs}
    ordered = sorted(LESSONS, key=lambda lesson: lesson.number in needed)
    return [
        [lesson for lesson in ordered if row_of[lesson.number] == row]
        for row in range(max(row_of.values()) + 1)
    ]


def direct_needs(lesson: Lesson) -> list[str]:
    """The numbers of `needs` without those that another of them needs itself."""
    needs_of = {one.number: one.needs for one in LESSONS}

    def all_needs(number: str) -> set[str]:
        return {number}.union(*map(all_needs, needs_of[number]))

    return [
        number
        for number in lesson.needs
        if not any(number in all_needs(n) for n in lesson.needs if n != number)
    ]


def draw_map(pictures: Mapping[str, Callable]) -> "Figure":
    """Draw the lessons, with an arrow from each to those that build on it directly.

    Args:
        pictures: for a lesson's number, a function that draws into the axes it is
            given. Most lessons have a picture that needs no training; yours go first.

    Raises:
        ValueError: a lesson has no picture.
    """
    import matplotlib.pyplot as plt

    from gan_helpers.course.map_pictures import PICTURES

    pictures = {**PICTURES, **pictures}
    bare = [lesson.number for lesson in LESSONS if lesson.number not in pictures]
    if bare:
        raise ValueError(f"No picture for lesson {', '.join(bare)}. Add one to draw.")
    rows = arrange()
    columns = max(map(len, rows))
    figure = plt.figure(figsize=(7, 2.5 * len(rows)), layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(-columns / 2, columns / 2), ylim=(0.5 - len(rows), 0.5))
    ax.set_axis_off()
    places = {}
    for row, lessons in enumerate(rows):
        for k, lesson in enumerate(lessons):
            x, y = places[lesson.number] = (k - (len(lessons) - 1) / 2, -row)
            _draw_box(ax, x, y, lesson, columns)
            # A title may take three lines above the picture.
            inset = ax.inset_axes(
                (x - 0.4, y - 0.14, 0.8, 0.32), transform=ax.transData
            )
            pictures[lesson.number](inset)
            inset.set_title("")
            inset.set_axis_off()
    for lesson in LESSONS:
        x, y = places[lesson.number]
        for x_from, y_from in [places[n] for n in direct_needs(lesson)]:
            ends = (x, y + 0.42), (x_from, y_from - 0.42)
            arrow = {"arrowstyle": "-|>", "color": "#444444"}
            if y_from - y > 1:  # around the box between them
                arrow["connectionstyle"] = "arc3,rad=-0.7"
            ax.annotate("", *ends, arrowprops=arrow, zorder=0)  # behind the boxes
    return figure


def _draw_box(ax: "Axes", x: float, y: float, lesson: Lesson, columns: int) -> None:
    """A lesson's frame, its title, what it says and its minutes."""
    from matplotlib.patches import FancyBboxPatch

    style = "round,pad=0,rounding_size=0.04"
    box = (x - 0.46, y - 0.42), 0.92, 0.84
    ax.add_patch(FancyBboxPatch(*box, boxstyle=style, fc="white", ec="#777777"))
    title = f"{lesson.number} · {lesson.title}"
    title = textwrap.fill(title, 66 // columns, break_on_hyphens=False)
    ax.text(x, y + 0.39, title, ha="center", va="top", weight="bold")
    says = textwrap.fill(lesson.says, 76 // columns, break_on_hyphens=False)
    ax.text(x, y - 0.17, says, ha="center", va="top")
    ax.text(x, y - 0.4, f"{lesson.minutes} min", ha="center", va="bottom")
