"""A section of RESULTS.md: measured in turn, kept as data, resumed, then rendered.

A section's readings lie in results/NAME.json. While it is measured they lie in
NAME.unfinished.json, which takes the other's place when nothing is missing any more: so
a run that breaks leaves the last good one alone, and the next run goes on with it.
"""

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import machine

Key = tuple[str, int]  # what was measured, and in which repeat
Values = Mapping[str, float]


class Results(NamedTuple):
    """The readings of a section.

    Attributes:
        readings: values by name, by what was measured and repeat.
        described: the machine, as `machine.describe` has it.
        sittings: [begun, ended] of each run that added a reading, local time.
        wanted: how many readings a whole section has.
        notes: what the section says of itself, such as a peer's version.
    """

    readings: dict[Key, Values]
    described: dict[str, str]
    sittings: list[list[str]]
    wanted: int
    notes: dict[str, str]

    @property
    def finished(self) -> bool:
        return len(self.readings) >= self.wanted

    def values(self, what: str, name: str) -> list[float]:
        """One value of all repeats, in their order."""
        found = sorted(key for key in self.readings if key[0] == what)
        return [self.readings[key][name] for key in found if name in self.readings[key]]

    def has(self, *whats: str) -> bool:
        """Whether each of them was measured at least once."""
        return set(whats) <= {what for what, _ in self.readings}


class Section(NamedTuple):
    """What can be measured by name.

    Attributes:
        title: its heading.
        minutes: how long a whole run takes on two quiet cores, about.
        keys: (quick) to all readings that it wants, in the order of measuring.
        measure: (quick, missing keys) to (key, values) of each, one after the other.
        report: its text, of finished or unfinished results.
        notes: what to keep beside the readings.
    """

    title: str
    minutes: float
    keys: Callable[[bool], list[Key]]
    measure: Callable[[bool, list[Key]], Iterator[tuple[Key, Values]]]
    report: Callable[[Results], str]
    notes: Callable[[], dict[str, str]] = dict


def alternate(whats: Iterable[str], repeats: int) -> list[Key]:
    """Each repeat goes through all of `whats`, every second one backwards."""
    order = list(whats)
    return [
        (what, repeat)
        for repeat in range(repeats)
        for what in (order[::-1] if repeat % 2 else order)
    ]


def in_turn(
    ways: Mapping[str, Callable[[], Callable[[], Values]]], missing: list[Key]
) -> Iterator[tuple[Key, Values]]:
    """Measure ways in the order of the keys; each is made ready once, when needed."""
    ready: dict[str, Callable[[], Values]] = {}
    for key in missing:
        if key[0] not in ready:
            ready[key[0]] = ways[key[0]]()
        yield key, ready[key[0]]()


def paths(folder: Path, name: str) -> tuple[Path, Path]:
    """Where the finished and the unfinished readings of a section lie."""
    return folder / f"{name}.json", folder / f"{name}.unfinished.json"


def read(path: Path) -> Results | None:
    """The readings in a file; None if there is none."""
    if not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    readings = {
        (one.pop("what"), one.pop("repeat")): one for one in kept.pop("readings")
    }
    return Results(readings, **kept)


def write(path: Path, results: Results) -> None:
    """Write a file whole or not at all; a reading a line, for readable differences."""
    head: dict[str, Any] = results._asdict()
    lines = [
        json.dumps({"what": what, "repeat": repeat, **values})
        for (what, repeat), values in head.pop("readings").items()
    ]
    text = json.dumps(head, indent=1)[:-2]
    text += ',\n "readings": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"
    part = path.with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def now() -> str:
    return datetime.datetime.now().isoformat(" ", "minutes")


def run(name: str, section: Section, folder: Path, *, quick: bool) -> Results:
    """Measure what a section lacks, write each reading at once; returns all.

    Raises:
        ValueError: An unfinished run was begun elsewhere or with other settings.
    """
    finished, unfinished = paths(folder, name)
    keys, described = section.keys(quick), machine.describe()
    results = read(unfinished) or Results({}, described, [], len(keys), section.notes())
    if (results.described, results.wanted) != (described, len(keys)):
        raise ValueError(
            f"{unfinished} was begun on {machine.show(results.described)} with "
            f"{results.wanted} readings, expected this machine and {len(keys)}. "
            "Remove it, and the section is measured anew."
        )
    missing = [key for key in keys if key not in results.readings]
    results.sittings.append([now(), now()])
    for key, values in section.measure(quick, missing) if missing else ():
        results.readings[key] = dict(values)
        results.sittings[-1][1] = now()
        write(unfinished, results)
        shown = ", ".join(f"{name} {value:.6g}" for name, value in values.items())
        print(f"  {key[0]} [{key[1]}]: {shown}", flush=True)
    if not all(key in results.readings for key in keys):
        raise RuntimeError(f"{name}: readings are missing after a run that ended.")
    write(unfinished, results)
    unfinished.replace(finished)
    return results
