"""RESULTS.md from the readings: tables, goals, and whether they were met."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import machine
from sections import Results, Section, paths, read
from spread import show

REMARK = "remark"  # among a section's notes: what was odd about its run, by hand
BEGIN, END = "<!-- make bench writes from here -->", "<!-- to here -->"


class Goal(NamedTuple):
    """Something that a section was to reach: `at_least` or, if not, at most `limit`."""

    what: str
    limit: float
    found: float
    at_least: bool = True
    unit: str = ""

    @property
    def met(self) -> bool:
        return self.found >= self.limit if self.at_least else self.found <= self.limit


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: int = 1) -> str:
    """A Markdown table; columns from the second to the last but `numbers` are right."""
    marks = ["---"] + ["---:"] * (len(head) - 1 - numbers) + ["---"] * numbers
    lines = [head, marks, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def goals(found: Iterable[Goal]) -> str:
    """A table of goals, met or missed."""
    rows = [
        (
            goal.what,
            f"{'at least' if goal.at_least else 'at most'} {goal.limit:g}",
            f"{show(goal.found)}{goal.unit}",
            "met" if goal.met else "**missed**",
        )
        for goal in found
    ]
    return table(("goal", "asked", "measured", ""), rows) if rows else ""


def status(results: Results, name: str, usual: str) -> str:
    """When and where a section was measured; bold if it is not finished."""
    lines, sittings = [], results.sittings
    if not results.finished:
        lines.append(
            f"**Unfinished: {len(results.readings)} of {results.wanted} readings.** "
            f"`make bench ARGS={name}` goes on."
        )
    in_turn = "in one run" if len(sittings) == 1 else f"in {len(sittings)} runs"
    lines.append(f"Measured {sittings[0][0]} to {sittings[-1][1]}, {in_turn}.")
    lines += [results.notes[REMARK]] if REMARK in results.notes else []
    here = machine.show(results.described)
    return " ".join(lines + ([here] if here != usual else []))


def render_section(name: str, section: Section, folder: Path, usual: str) -> str:
    """A section's heading, its status and its report."""
    finished, unfinished = map(read, paths(folder, name))
    heading, results = f"## {section.title}\n\n", finished or unfinished
    if results is None:
        return (
            f"{heading}**Not measured yet**: `make bench ARGS={name}`, about "
            f"{section.minutes:g} minutes.\n"
        )
    text = f"{heading}{status(results, name, usual)}\n\n{section.report(results)}"
    if finished and unfinished:
        text += (
            f"\nA newer run is unfinished: {len(unfinished.readings)} of "
            f"{unfinished.wanted} readings.\n"
        )
    return text


def render(sections: Mapping[str, Section], folder: Path) -> str:
    """All sections, below the machine of the latest one."""
    found = [(read(paths(folder, name)[0])) for name in sections]
    last = max(filter(None, found), key=lambda one: one.sittings[-1][1], default=None)
    usual = machine.show(last.described) if last else ""
    parts = [f"Machine, unless a section names another: {usual}\n"] if usual else []
    parts += [
        render_section(name, section, folder, usual)
        for name, section in sections.items()
    ]
    return "\n".join(parts)


def write_between(path: Path, text: str, begin: str = BEGIN, end: str = END) -> None:
    """Put `text` between two marks of a file; all else in it stays.

    Raises:
        ValueError: The file does not have both marks, once each and in this order.
    """
    whole = path.read_text(encoding="utf-8")
    before, first, rest = whole.partition(begin)
    _, last, after = rest.partition(end)
    if not first or not last or begin in rest or end in after:
        raise ValueError(
            f"{path} must have {begin} and, after it, {end}, once each. Put them back."
        )
    new = f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"
    if new != whole:
        path.write_text(new, encoding="utf-8")
