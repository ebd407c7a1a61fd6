"""Measure the course beside its peers: `make bench`, or one section at a time.

    python benchmarks/run.py                   # every section, then RESULTS.md
    python benchmarks/run.py Q lab             # these; the others stay as they are
    python benchmarks/run.py quick             # five minutes, into build/bench
    python benchmarks/run.py render            # only write RESULTS.md and README anew

A section is one run of an hour at most, its ways in turn. A section that was stopped
goes on where it was. Readings lie in benchmarks/results. Only ratios within a section
mean anything elsewhere: the machine's own speed goes into all of its rows alike.
PyTorch and JAX are measured where they are: in this environment, or in the one whose
Python BENCH_PEERS names.
"""

import argparse
import importlib
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import readme_numbers
import rendering
from sections import Section, run

ROOT = Path(__file__).resolve().parents[1]
RESULTS, READINGS = ROOT / "benchmarks/RESULTS.md", ROOT / "benchmarks/results"
QUICK = ROOT / "build/bench"
# In the order of RESULTS.md.
MODULES = ("quadratic_speed", "originals_speed", "fashion_quality", "lab_speed")
MODULES += ("lessons", "growth")
QUICK_SECTIONS = ("Q", "F", "lessons", "growth", "points")


def load_sections() -> dict[str, Section]:
    """All sections by name."""
    found: dict[str, Section] = {}
    for name in MODULES:
        found |= importlib.import_module(name).SECTIONS
    return found


def write_results(sections: Mapping[str, Section]) -> None:
    """RESULTS.md and the README's numbers, from the readings."""
    rendering.write_between(RESULTS, rendering.render(sections, READINGS))
    rendering.write_between(
        ROOT / "README.md",
        readme_numbers.render(READINGS),
        readme_numbers.BEGIN,
        readme_numbers.END,
    )


def run_alone(names: list[str], *, quick: bool) -> list[str]:
    """Each section in a process of its own; returns those that failed."""
    failed = []
    for name in names:
        command = [sys.executable, __file__, "--alone", name]
        command += ["quick"] if quick else []
        print(f"{name}:", flush=True)
        if subprocess.run(command).returncode:
            failed.append(name)
    return failed


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sections = load_sections()
    times = ", ".join(f"{name} ({one.minutes:g})" for name, one in sections.items())
    parser.add_argument(
        "names", nargs="*", metavar="section", help=f"quick, render; minutes: {times}"
    )
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    names = given.names
    quick, only_render = (word in names for word in ("quick", "render"))
    chosen = [name for name in names if name not in ("quick", "render")]
    if unknown := [name for name in chosen if name not in sections]:
        parser.error(f"no section {', '.join(unknown)}; there are {times}")
    folder = QUICK if quick else READINGS
    failed = []
    if given.alone:
        run(chosen[0], sections[chosen[0]], folder, quick=quick)
        return 0
    if not only_render:
        if quick:
            shutil.rmtree(QUICK, ignore_errors=True)
        wanted = chosen or list(QUICK_SECTIONS if quick else sections)
        failed = run_alone(wanted, quick=quick)
    if quick:
        measured = {
            name: one
            for name, one in sections.items()
            if name in (chosen or QUICK_SECTIONS)
        }
        print(rendering.render(measured, folder))
    else:
        write_results(sections)
    if failed:
        print(f"Not finished: {', '.join(failed)}. Call it again to go on.")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
