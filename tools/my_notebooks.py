"""A student's own copy of the lessons, in my-notebooks, and JupyterLab on it.

    python tools/my_notebooks.py open [options of JupyterLab]
    python tools/my_notebooks.py originals [options of JupyterLab]
    python tools/my_notebooks.py reset NN

`open` makes what the copy lacks and overwrites nothing, so that work in it survives an
update of the course. Needs nothing but Python, and JupyterLab to open.
"""

import argparse
import hashlib
import json
import os
import runpy
import shutil
import socket
import sys
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPY = "my-notebooks"
# In the copy: for each notebook, the hash of the original that it was made from.
RECORD = ".made-from.json"
PORT = 8888
# JupyterLab reads overrides.json there: no question about news, no look for updates.
SETTINGS = Path(__file__).parent / "jupyterlab"


class NotebooksError(Exception):
    """Something that the user must change; the message says what."""


def main(arguments: list[str] | None = None, *, root: Path = ROOT) -> int:
    """The command line; returns the exit status, 0 when all went well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("open", "originals"):
        # What it does not know is for JupyterLab.
        one = commands.add_parser(name, allow_abbrev=False, add_help=False)
        one.add_argument("--port", "--ServerApp.port", type=int, default=PORT)
    commands.add_parser("reset").add_argument("number", metavar="NN")
    options, others = parser.parse_known_args(arguments)
    try:
        if options.command == "reset":
            print(reset(root, options.number))
        elif options.command == "open":
            print(*copy_missing(root), sep="\n", flush=True)
            open_lab(root / COPY, options.port, others)
        else:
            open_lab(root / "notebooks", options.port, others)
    except NotebooksError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def originals(root: Path) -> dict[str, Path]:
    """The course's notebooks, by their path in the copy ("solutions/02_….ipynb")."""
    folder = root / "notebooks"
    paths = [*folder.glob("*.ipynb"), *folder.glob("solutions/*.ipynb")]
    return {path.relative_to(folder).as_posix(): path for path in sorted(paths)}


def digest(path: Path) -> str:
    """A hash of what a notebook says: of its cells, without their outputs."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def copy_missing(root: Path) -> list[str]:
    """Copy what my-notebooks lacks; returns lines that say so, and what is newer.

    What is there stays as it is. Pictures are no one's work: they follow the course.
    """
    copy = root / COPY
    record = read_record(copy)
    added, newer = [], []
    for name, path in originals(root).items():
        if not (copy / name).exists():
            write_copy(path, copy / name)
            record[name] = digest(path)
            added.append(name)
        elif (copy / name).read_bytes() == path.read_bytes():
            record[name] = digest(path)
        elif record.get(name) != digest(path):
            newer.append(name)
    write_record(copy, record)
    pictures = root / "notebooks" / "pictures"
    if pictures.is_dir():
        shutil.copytree(pictures, copy / "pictures", dirs_exist_ok=True)
    lines = [f"Your notebooks are in {COPY}; updates of the course leave them alone."]
    if added and len(added) < len(originals(root)):
        lines.append(f"New: {lessons(added)}.")
    if newer:
        first = lessons(newer).split(", ")[0]
        lines.append(
            f"The course has a newer version of: {lessons(newer)}. To take it and keep "
            f"yours beside it: make reset LESSON={first}"
        )
    return lines


def lessons(names: list[str]) -> str:
    """The numbers of the lessons that these notebooks belong to, in words."""
    return ", ".join(sorted({Path(name).name[:2] for name in names}))


def reset(root: Path, number: str) -> str:
    """Put the course's version of a lesson into my-notebooks; returns what was done.

    What was there is kept beside it, under a name with the date and the time.
    """
    found = originals(root)
    start = number.zfill(2) + "_"
    chosen = [n for n in found if number and Path(n).name.startswith(start)]
    if not chosen:
        raise NotebooksError(
            f"There is no lesson {number!r}: name one of {lessons(list(found))}, for "
            "example make reset LESSON=02"
        )
    copy, kept = root / COPY, []
    record = read_record(copy)
    for name in chosen:
        target = copy / name
        if target.exists() and target.read_bytes() != found[name].read_bytes():
            kept.append(keep(target).relative_to(root).as_posix())
        write_copy(found[name], target)
        record[name] = digest(found[name])
    write_record(copy, record)
    beside = f" Yours is now {' and '.join(kept)}." if kept else ""
    return f"Lesson {lessons(chosen)} in {COPY} is the course's version again.{beside}"


def keep(path: Path) -> Path:
    """Rename a notebook after the present time; returns its new path."""
    new = path.with_suffix(f".{now()}.ipynb")
    if new.exists():
        raise NotebooksError(f"{new} exists already. Wait a second, and try again.")
    return path.rename(new)


def now() -> str:
    """Date and time, as they can stand in a file name on every system."""
    return f"{datetime.now():%Y-%m-%d_%H-%M-%S}"


def write_copy(source: Path, target: Path) -> None:
    """Copy a file so that no half of it is ever in the place of `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    shutil.copyfile(source, part)
    os.replace(part, target)


def read_record(copy: Path) -> dict[str, str]:
    try:
        return json.loads((copy / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # missing or damaged: no work depends on it
        return {}


def write_record(copy: Path, record: dict[str, str]) -> None:
    part = copy / f"{RECORD}.part"
    part.write_text(json.dumps(record, indent=1), encoding="utf-8")
    os.replace(part, copy / RECORD)


def open_lab(folder: Path, port: int, options: list[str]) -> None:
    """JupyterLab on `folder`, with its first lesson open; returns when it has ended.

    Raises:
        NotebooksError: the port is taken. JupyterLab by itself would take another,
            which nobody sees who has the first in a bookmark or a tunnel.
    """
    try:
        with socket.socket() as probe:
            if os.name == "posix":  # there it passes over connections that have ended
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError as error:
        raise NotebooksError(
            f"Port {port} cannot be opened ({error.strerror}): close the JupyterLab "
            f"that has it, or take another: make lab ARGS=--port={port + 1}"
        ) from None
    first = min(folder.glob("*.ipynb")).name
    command = [
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{first}",
    ]
    command += [f"--port={port}", "--ServerApp.port_retries=0"]
    command += [f"--LabApp.app_settings_dir={SETTINGS}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    sys.argv = ["jupyter-lab", *command, *options]
    runpy.run_module("jupyterlab", run_name="__main__")


if __name__ == "__main__":
    sys.exit(main())
