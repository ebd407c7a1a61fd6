"""Builds the lessons' notebooks and what they teach from their sources; checks both.

    python tools/notebooks.py build [NN …] [--force]
    python tools/notebooks.py check [NN …]
    python tools/notebooks.py join FOLDER [NN …]
    python tools/notebooks.py list [--json]

Without numbers, every lesson. `build` executes only what has changed. `join` writes the
two notebooks of a lesson as one, for `make test-lessons`: nothing in it runs twice.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import nbformat
from lesson_check import (
    notebook_problems,
    orphan_problems,
    reference_problems,
    source_problems,
    taught_problems,
)
from lesson_course import read_course, readme_text
from lesson_format import (
    all_cells,
    build_command,
    notebook_path,
    render,
)
from lesson_outputs import (
    compared_problems,
    keep_outputs,
    normalise,
    output_problems,
    read_notebook,
    to_text,
)
from lesson_run import execute, join
from lesson_source import Lesson, LessonError, read_lessons
from lesson_taught import module_path, stale_modules, taught_modules

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None, *, root: Path = ROOT) -> int:
    """The command line; returns the exit status, 0 when all is in order."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    build_parser = commands.add_parser("build", help="write the notebooks")
    build_parser.add_argument("--force", action="store_true", help="execute anyway")
    check_parser = commands.add_parser("check", help="compare notebooks and sources")
    join_parser = commands.add_parser("join", help="write both versions as one")
    join_parser.add_argument("folder", type=Path)
    for subparser in (build_parser, check_parser, join_parser):
        subparser.add_argument("numbers", nargs="*", metavar="NN")
    list_parser = commands.add_parser("list", help="list the lessons")
    list_parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    try:
        if options.command == "build":
            return build_all(root, options.numbers, force=options.force)
        if options.command == "check":
            return check_all(root, options.numbers)
        if options.command == "join":
            return join_all(root, options.numbers, options.folder)
        print(describe(root, as_json=options.json))
    except LessonError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def select(lessons: list[Lesson], numbers: list[str]) -> list[Lesson]:
    """The lessons with these numbers ("2" is "02"), or all of them for none."""
    wanted = {number.zfill(2) for number in numbers}
    unknown = wanted - {lesson.number for lesson in lessons}
    if unknown:
        raise LessonError(
            f"No lesson {', '.join(sorted(unknown))}. There are: "
            f"{', '.join(lesson.number for lesson in lessons)}."
        )
    return [lesson for lesson in lessons if not wanted or lesson.number in wanted]


def describe(root: Path, *, as_json: bool) -> str:
    """The lessons as a table for people, or as JSON for other tools."""
    lessons = read_lessons(root)
    if not as_json:
        rows = [f"{one.number}  {one.minutes:>3} min  {one.title}" for one in lessons]
        return "\n".join(rows)
    records = []
    for lesson in lessons:
        record = {key: getattr(lesson, key) for key in ("number", "slug", "title")}
        for key in ("minutes", "teaching", "optional", "prerequisites"):
            record[key] = getattr(lesson, key)
        record["source"] = lesson.path.relative_to(root).as_posix()
        for key, solved in (("notebook", False), ("solutions", True)):
            path = notebook_path(root, lesson, solved=solved)
            record[key] = path.relative_to(root).as_posix()
        records.append(record)
    return json.dumps(records, indent=2, ensure_ascii=False)


def build_all(root: Path, numbers: list[str], *, force: bool = False) -> int:
    """Build the chosen lessons, both versions; a failed one does not stop the rest."""
    lessons, course = read_lessons(root), read_course(root)
    chosen = select(lessons, numbers)
    taught = taught_modules(lessons)
    for topic in stale_modules(root, taught):
        path = module_path(root, topic)
        if topic in taught:
            write(path, taught[topic])
            print(f"{path.relative_to(root).as_posix()}: written", flush=True)
    if (readme := readme_text(root, course)) is not None:
        write(root / "README.md", readme)
        print("README.md: written", flush=True)
    status = 0
    for lesson in chosen:
        rendered = [
            render(all_cells(lesson, lessons, course, solved=solved), taught)
            for solved in (False, True)
        ]
        for path, done, failure in build_lesson(root, lesson, rendered, force=force):
            name = path.relative_to(root).as_posix()
            if not failure:
                print(f"{name}: {done}", flush=True)
                continue
            status = 1
            print(
                f"{name}: {failure}\n  The notebook on disk is unchanged. Mend "
                f"notebooks/source/{lesson.path.name}, then: "
                f"{build_command(lesson.number)}",
                file=sys.stderr,
                flush=True,
            )
    return status


def build_lesson(root: Path, lesson: Lesson, rendered: list, *, force: bool):
    """Write both versions of a lesson, executed where their code has changed.

    Yields for each its path, what was done, and what went wrong: "" if nothing did.
    """
    paths = [notebook_path(root, lesson, solved=solved) for solved in (False, True)]
    stale = [
        (notebook, path)
        for notebook, path in zip(rendered, paths, strict=True)
        if force or not keep_outputs(notebook, read_notebook(path))
    ]
    cost, failures = "", {}
    for _, path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
    if stale:
        versions = [(notebook, path.parent) for notebook, path in stale]
        cost, failed = execute(versions, root=root)
        failures = {path: one for (_, path), one in zip(stale, failed, strict=True)}
    for notebook, path in zip(rendered, paths, strict=True):
        done = f"executed in {cost}" if path in failures else "text only, outputs kept"
        failure = failures.get(path)
        if not failure:
            done, failure = save(root, path, notebook, done)
        yield path, done, failure


def save(root: Path, path: Path, notebook, done: str) -> tuple[str, str]:
    """Write one notebook; returns what was done and why it could not be written."""
    problems = compared_problems(notebook)
    normalise(notebook)
    problems += output_problems(notebook, root)
    if problems:
        return "", "; ".join(f"cell {number}: {text}" for number, _, text in problems)
    text = to_text(notebook)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return (done if done.startswith("executed") else "unchanged"), ""
    write(path, text)
    return f"{done}, {len(text.encode()) / 1e6:.2f} MB", ""


def write(path: Path, text: str) -> None:
    """Replace a file once the new text is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    os.replace(temporary, path)


def join_all(root: Path, numbers: list[str], folder: Path) -> int:
    """Write the two saved notebooks of each chosen lesson as one, into `folder`."""
    for lesson in select(read_lessons(root), numbers):
        paths = [notebook_path(root, lesson, solved=solved) for solved in (False, True)]
        try:
            joined = join([(nbformat.read(path, 4), path.parent) for path in paths])
        except (OSError, LessonError) as error:
            command = build_command(lesson.number, force=True)
            raise LessonError(f"{lesson.name}: {error}. Mend: {command}") from error
        write(folder / paths[0].name, to_text(joined))
    return 0


def check_all(root: Path, numbers: list[str]) -> int:
    """Print what is not in order with the chosen lessons; 0 when nothing is."""
    lessons, course = read_lessons(root), read_course(root)
    chosen = select(lessons, numbers)
    taught = taught_modules(lessons)
    problems = taught_problems(root, taught)
    if readme_text(root, course) is not None:
        problems.append(
            "README.md: its words about badges differ from pyproject.toml's address. "
            "Mend: make lessons"
        )
    if not numbers:
        problems += orphan_problems(root, lessons) + reference_problems(root, lessons)
    for lesson in chosen:
        problems += source_problems(root, lesson)
        for solved in (False, True):
            cells = all_cells(lesson, lessons, course, solved=solved)
            expected = render(cells, taught)
            problems += notebook_problems(root, lesson, expected, solved=solved)
    for problem in problems:
        print(problem)
    result = f"problems: {len(problems)}" if problems else "all in order"
    print(f"Lessons: {len(chosen)}, notebooks: {2 * len(chosen)}, {result}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
