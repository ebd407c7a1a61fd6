"""Seeds single faults into a copy of the package, and tells which the tests catch.

    python tools/seed_faults.py 100 [--seed 0] [--table faults.csv]

A fault is one sign, comparison, number, truth value, or order of two arguments, drawn
at random over the Python and JavaScript of `gan_helpers`. Each runs the tests of its
part of the package until one fails, and, for Python, mypy. The table grows a line a
fault, and a second call goes on where the first was stopped. Generated files (`taught`)
are left out: `make check` compares them with the lessons.
"""

import argparse
import ast
import csv
import io
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 900  # a fault that makes the tests hang is caught
SWAPS = {
    "+": "-", "-": "+", "*": "/", "/": "*", "<": "<=", "<=": "<", ">": ">=", ">=": ">",
    "==": "!=", "!=": "==", "===": "!==", "!==": "===", "&&": "||", "||": "&&",
    "and": "or", "or": "and", "min": "max", "max": "min",
    "True": "False", "False": "True", "true": "false", "false": "true",
}  # fmt: skip
SCRIPT_TOKEN = re.compile(
    r"""(?P<skip>//[^\n]*|/\*.*?\*/|"[^"\n]*"|'[^'\n]*'|`[^`]*`|=>|\+\+|--|[-+*/]=)"""
    r"|(?P<token>===|!==|<=|>=|&&|\|\||(?<=\s)[-+*/<>](?=\s)|\b\d[\d.]*(?:e-?\d+)?\b|\b\w+\b)",
    re.DOTALL,
)
# The tests of a part of the package; the longest name that fits is taken.
TESTS = {
    "": ["test_settings", "test_course", "test_environment"],
    "animation": ["test_plotting"],
    "array_files": ["test_checkpoints", "test_generators"],
    "checkpoints": ["test_checkpoints", "test_training"],
    "checks": ["test_checks"],
    "classifiers": ["test_classifiers"],
    "clinic": ["test_clinic*"],
    "copying": ["test_copying", "test_training"],
    "course": ["test_course"],
    "data": ["test_data*", "test_point*"],
    "data/house_numbers": ["test_house_numbers"],
    "data/originals": ["test_originals"],
    "data/ships": ["test_ships"],
    "data/ship_kinds": ["test_ships"],
    "data/ship_models": ["test_ships"],
    "diagrams": ["test_plotting", "test_lab_figures"],
    "environment": ["test_prepare", "test_environment"],
    "generators": ["test_generators"],
    "lab": ["test_lab_[!b]*", "test_lab_browser"],
    "lab/one_point": ["test_one_point*"],
    "lab/one_point_view": ["test_one_point*"],
    "lab/player": ["test_lab_view", "test_site_pages"],
    "lab/steps": ["test_lab_[!b]*", "test_step_order", "test_lab_browser"],
    "lab/web": ["test_lab_numbers", "test_lab_drawings", "test_lab_browser"],
    "lab/web/engine": ["test_page_*"],
    "lab/web/one_point": ["test_one_point*"],
    "lab/web/one_point_view": ["test_one_point*"],
    "lab/web/one_point_widget": ["test_one_point*"],
    "lab/web/page": ["test_page_*", "test_address"],
    "losses": ["test_losses", "test_lab_losses"],
    "metrics": ["test_metrics*"],
    "pixels": ["test_pixels", "test_training"],
    "plotting": ["test_plotting", "test_lab_figures", "test_lab_drawings"],
    "quiz": ["test_quiz"],
    "roles": ["test_plotting", "test_lab_figures", "test_lab_drawings"],
    "stopping": ["test_training", "test_checkpoints"],
    "sweeps": ["test_sweeps"],
    "training": [
        "test_training",
        "test_checkpoints",
        "test_networks",
        "test_step_order",
    ],
}


class Fault(NamedTuple):
    """A file under the root, a place in its text, and what stands there instead."""

    file: str
    start: int
    before: str
    after: str

    def line_in(self, text: str) -> int:
        return text.count("\n", 0, self.start) + 1


def find_faults(root: Path) -> list[Fault]:
    """Every fault that can be seeded, in the order of files and places."""
    package = root / "gan_helpers"
    faults = []
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.js")]):
        name = path.relative_to(root).as_posix()
        if "taught" not in path.parts:
            text = path.read_text(encoding="utf-8")
            find = python_faults if path.suffix == ".py" else script_faults
            faults += [Fault(name, *found) for found in sorted(find(text))]
    return faults


def python_faults(text: str) -> Iterator[tuple[int, str, str]]:
    """(place, before, after) of what may go wrong in a Python file."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        after = _other(token.string, number=token.type == tokenize.NUMBER)
        if after and token.type in (tokenize.OP, tokenize.NAME, tokenize.NUMBER):
            row, column = token.start
            found.append((starts[row - 1] + column, token.string, after))
    for node in ast.walk(ast.parse(text)):
        parts = getattr(node, "args" if isinstance(node, ast.Call) else "elts", [])
        if len(parts) >= 2 and not isinstance(node, ast.arguments):
            first, second = (ast.get_source_segment(text, part) for part in parts[:2])
            line = text.splitlines()[parts[0].lineno - 1].encode()
            column = len(line[: parts[0].col_offset].decode())
            start = starts[parts[0].lineno - 1] + column
            place = text.find(second, start + len(first))
            before = text[start : place + len(second)]
            if first != second and before.startswith(first) and "\n" not in before:
                middle = before[len(first) : -len(second)]
                found.append((start, before, f"{second}{middle}{first}"))
    for start, before, after in found:
        try:
            ast.parse(text[:start] + after + text[start + len(before) :])
        except SyntaxError:
            continue
        yield start, before, after


def script_faults(text: str) -> Iterator[tuple[int, str, str]]:
    """(place, before, after) of what may go wrong in a JavaScript file."""
    for match in SCRIPT_TOKEN.finditer(text):
        token = match["token"]
        after = token and _other(token, number=token[0].isdigit())
        if after:
            yield match.start(), token, after


def _other(token: str, *, number: bool) -> str | None:
    """What stands in place of a token, None for one that stays."""
    if not number:
        return SWAPS.get(token)
    try:
        return str(int(token) + 1)
    except ValueError:
        return None if re.search("[jxob]", token) else f"{2 * float(token) or 1.0}"


def tests_of(root: Path, file: str) -> list[str]:
    """The test files of the part of the package that `file` belongs to."""
    part = Path(file).relative_to("gan_helpers").with_suffix("").as_posix()
    names = [name for name in TESTS if name and f"{part}/".startswith(f"{name}/")]
    patterns = TESTS[max(names, key=len, default="")]
    paths = [
        p
        for pattern in patterns
        for p in sorted((root / "tests").glob(f"{pattern}.py"))
    ]
    # First those of the fault's own module, which will catch most; a browser is slow.
    paths.sort(key=lambda p: (f"_{Path(part).name}" not in p.stem, "browser" in p.stem))
    return [p.relative_to(root).as_posix() for p in dict.fromkeys(paths)]


def copy_course(root: Path, folder: Path) -> Path:
    """A copy of the course in `folder`, to be spoilt: without what no test reads."""
    ignored = shutil.ignore_patterns(".venv*", ".git", "outputs", "build")
    return Path(shutil.copytree(root, folder / "course", ignore=ignored))


def put(root: Path, file: str, text: str) -> None:
    """Write a file of the package, and the page that carries it if it is the lab's."""
    (root / file).write_text(text, encoding="utf-8")
    if "/lab/web/" in file:
        here = os.environ | {"PYTHONPATH": str(root)}  # not the installed package
        command = [sys.executable, "tools/lab_page.py"]
        subprocess.run(command, cwd=root, env=here, check=True, capture_output=True)


def run_tests(root: Path, fault: Fault, tests: list[str]) -> str:
    """What caught the fault: a test, or mypy; "" if nothing did."""
    path = root / fault.file
    text = path.read_text(encoding="utf-8")
    end = fault.start + len(fault.before)
    put(root, fault.file, text[: fault.start] + fault.after + text[end:])
    checks = [["pytest", "-q", "-x", "--no-header", *tests]]
    checks += [["mypy"]] if path.suffix == ".py" else []
    try:
        for check in checks:
            command = [sys.executable, "-m", *check]
            done = subprocess.run(
                command, cwd=root, capture_output=True, text=True, timeout=SECONDS
            )
            if done.returncode:
                found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
                return found[1] if found else f"{check[0]} itself"
    except subprocess.TimeoutExpired:
        return "ran too long"
    finally:
        put(root, fault.file, text)
    return ""


def main(arguments: list[str] | None = None, *, root: Path = ROOT) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--table", type=Path, default=Path("outputs/faults.csv"))
    options = parser.parse_args(arguments)
    faults = find_faults(root)
    drawn = random.Random(options.seed).sample(faults, min(options.count, len(faults)))
    options.table.parent.mkdir(parents=True, exist_ok=True)
    done = len(options.table.read_text().splitlines()) if options.table.exists() else 0
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_course(root, Path(folder))
        for fault in drawn[done:]:
            caught = run_tests(copy, fault, tests_of(copy, fault.file))
            line = fault.line_in((copy / fault.file).read_text(encoding="utf-8"))
            with options.table.open("a", newline="", encoding="utf-8") as file:
                row = [fault.file, line, fault.before, fault.after, caught]
                csv.writer(file, lineterminator="\n").writerow(row)
            print(f"{fault.file}:{line} {fault.before!r} -> {fault.after!r}: "
                  f"{caught or 'SURVIVED'}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
