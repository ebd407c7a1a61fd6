"""Tables of many runs that are completed instead of begun anew."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

Row = dict[str, str]


def read_rows(path: Path, columns: tuple[str, ...]) -> list[Row]:
    """The whole rows of a table; none if there is no file. A cut last row is left out.

    Raises:
        ValueError: The file has other columns.
    """
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    reader = csv.DictReader(whole.splitlines())
    if whole and tuple(reader.fieldnames or ()) != columns:
        raise ValueError(
            f"{path} has the columns {', '.join(reader.fieldnames or ())}, expected "
            f"{', '.join(columns)}. Move it away, and all is measured anew."
        )
    return list(reader)


def complete(
    path: Path,
    columns: tuple[str, ...],
    jobs: Iterable[Mapping[str, object]],
    measure: Callable[..., Mapping[str, object]],
) -> list[Row]:
    """Run the jobs that have no row yet and append theirs; returns all rows.

    Args:
        columns: The names of the table's columns, those of a job first.
        jobs: Values by column; what is compared are their texts.
        measure: Takes a job's values by name, returns the other columns'.
    """
    rows = read_rows(path, columns)
    whole = "".join(map(_line, [columns, *(row.values() for row in rows)]))
    if not path.is_file() or path.read_text(encoding="utf-8") != whole:
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(whole, encoding="utf-8")
        unfinished.replace(path)
    for job in jobs:
        named = {name: str(value) for name, value in job.items()}
        if any(named.items() <= row.items() for row in rows):
            continue
        found = named | {k: str(v) for k, v in measure(**job).items()}
        rows.append({name: found[name] for name in columns})
        with path.open("a", encoding="utf-8") as file:
            file.write(_line(rows[-1].values()))
        print(*rows[-1].values(), flush=True)
    return rows


def _line(values: Iterable[str]) -> str:
    """A line of the table; a value that holds a comma is quoted."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()
