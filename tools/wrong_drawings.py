"""Makes each wrong drawing of tests/wrong_drawings.toml, and says which test sees it.

    python tools/wrong_drawings.py  # minutes

The edits are made one by one in a copy of the course, as `seed_faults.py` makes its
own, and the tests of the file's part of the package run until one fails.
"""

import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from seed_faults import ROOT, Fault, copy_course, run_tests, tests_of


def read_edits(root: Path) -> Iterator[tuple[str, Fault]]:
    """Name and fault of each edit.

    Raises:
        ValueError: What an edit replaces does not stand in its file, or stands twice.
    """
    path = root / "tests" / "wrong_drawings.toml"
    for edit in tomllib.loads(path.read_text(encoding="utf-8"))["edit"]:
        name, file, before = edit["name"], edit["file"], edit["before"]
        text = (root / file).read_text(encoding="utf-8")
        if text.count(before) != 1:
            raise ValueError(
                f"{path}: {name!r} replaces {before!r}, which stands "
                f"{text.count(before)} times in {file}, expected once. Write the edit "
                "for the file as it is now."
            )
        yield name, Fault(file, text.index(before), before, edit["after"])


def main(*, root: Path = ROOT) -> int:
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_course(root, Path(folder))
        for name, fault in read_edits(copy):
            caught = run_tests(copy, fault, tests_of(copy, fault.file))
            survived += not caught
            print(f"{fault.file}: {name}: {caught or 'SURVIVED'}", flush=True)
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
