"""Many runs at once, on this machine or on a cluster, into one table.

A run is a function of its settings alone. So it may run anywhere, in any order, and
once more where a machine dies under it, and the table will be the same.
"""

import csv
import functools
import io
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dask
from distributed import Client, KilledWorker, as_completed, get_worker
from tqdm.auto import tqdm

Job = Mapping[str, object]
Row = dict[str, str]
RunJob = Callable[..., Mapping[str, object]]

ADDRESS = "DASK_SCHEDULER_ADDRESS"
N_NAMED = 5  # runs that failed are named up to here, then counted
# Workers share the cores already: more threads in each would only wait for each other.
THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


def connect(address: str | None = None, *, workers: int = 2) -> Client:
    """A client of the scheduler at an address, or of a cluster on this machine.

    Without an address processes of one thread each are started here, which no other
    machine can reach. They end with the client (`with`, or `client.close()`).

    Args:
        address: Such as "tcp://10.0.0.5:8786". If None, that of the environment's
            `DASK_SCHEDULER_ADDRESS` or of Dask's configuration (`scheduler-address`).
        workers: How many processes to start here, where there is no address.

    Raises:
        ConnectionError: No scheduler answers at the address within ten seconds.
    """
    asked = os.environ.get(ADDRESS) or dask.config.get("scheduler-address", None)
    if address := address or asked:
        try:
            client = Client(address, timeout=10)
        except (OSError, ValueError) as error:
            raise ConnectionError(
                f"No scheduler answers at {address!r} ({error}), expected one such as "
                f"tcp://10.0.0.5:8786. Start it with `dask scheduler`, or unset "
                f"{ADDRESS}: then the runs take this machine."
            ) from error
    else:
        # A worker that starts again on a busy machine is not lost after 15 seconds.
        dask.config.set({"distributed.deploy.lost-worker-timeout": "1 hour"})
        client = Client(
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=None,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
            env=dict.fromkeys(THREADS, "1") | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        )
    n = len(client.nthreads())
    print(f"{n} workers; watch them: {client.dashboard_link}", file=sys.stderr)
    return client


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


def missing(jobs: Iterable[Job], rows: Iterable[Row]) -> Iterator[Job]:
    """The jobs of which no row holds all values, in their order, each once."""
    known = list(rows)
    for job in jobs:
        texts = {name: str(value) for name, value in job.items()}
        if not any(texts.items() <= row.items() for row in known):
            known.append(texts)
            yield job


def complete(
    client: Client | None,
    path: Path,
    columns: tuple[str, ...],
    jobs: Iterable[Job],
    function: RunJob,
) -> list[Row]:
    """Run the jobs that have no row yet and append theirs; returns all rows.

    Only this process writes, a whole line as a run ends, so that an interrupted call is
    completed by the next. A job that fails leaves no row, and the others theirs.

    Args:
        client: From `connect`; None runs them here, each asked for when the one before
            has its row.
        path: The table, CSV in UTF-8; need not exist.
        columns: The names of its columns, those of a job first.
        jobs: Values by column; what is compared are their texts.
        function: Takes a job's values by name, returns the other columns', and depends
            on nothing else. Workers import it; a run whose worker died runs again.

    Raises:
        RuntimeError: Some jobs failed, killed each worker they were given, or came to
            one of several threads; names them. All others have their rows by then.
        ValueError: The file has other columns, or `function` lacks one.
    """
    rows = read_rows(path, columns)
    _mend(path, columns, rows)
    left: Iterable[Job] = missing(jobs, rows)
    if client is not None:
        left = list(left)
    total = len(left) if isinstance(left, list) else None
    failed: list[tuple[Job, Exception]] = []
    outcomes = _run(client, left, function)
    for job, found in tqdm(outcomes, total=total, unit="run", file=sys.stderr):
        if isinstance(found, Exception):
            failed.append((job, found))
            continue
        values = {name: str(value) for name, value in {**job, **found}.items()}
        if not values.keys() >= set(columns):
            raise ValueError(
                f"The run {_say(job)} returned {', '.join(found) or 'nothing'}, "
                f"expected {', '.join(c for c in columns if c not in job)}."
            )
        rows.append({name: values[name] for name in columns})
        with path.open("a", encoding="utf-8") as file:
            file.write(_line(rows[-1].values()))
    if failed:
        _report(failed, path)
    return rows


def _run(
    client: Client | None, jobs: Iterable[Job], function: RunJob
) -> Iterator[tuple[Job, Any]]:
    """Each job with what came of it, a result or an exception, as they end."""
    if client is None:
        for job in jobs:
            yield job, _outcome(functools.partial(function, **job))
        return
    futures = {
        client.submit(_run_alone, function, job, pure=False): job for job in jobs
    }
    accused = []
    try:
        for future in as_completed(list(futures)):
            # Forgotten at once: Dask runs again what a client holds and a worker lost.
            job, found = futures.pop(future), _outcome(future.result)
            del future
            if isinstance(found, KilledWorker):
                accused.append((job, found))
            else:
                yield job, found
    finally:
        client.cancel(list(futures))
    if len(accused) == 1:
        yield from accused
        return
    for job, _ in accused:  # some only waited where another one died: now one by one
        yield from _run(client, [job], function)


def _run_alone(function: RunJob, job: Job) -> Mapping[str, object]:
    """Run a job in a worker in which no other one runs: they may share networks."""
    worker = get_worker()
    if (n := worker.state.nthreads) != 1:
        raise RuntimeError(
            f"The worker at {worker.address} has {n} threads, expected 1: two runs in "
            "one process would train the same networks. Start it with --nthreads 1."
        )
    return function(**job)


def _outcome(call: Callable[[], Any]) -> Any:
    """What it returns, or the exception that it raises."""
    try:
        return call()
    except Exception as error:
        return error


def _mend(path: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    """Give the table its header, and take away a row that was cut off."""
    whole = "".join(map(_line, [columns, *(row.values() for row in rows)]))
    if not path.is_file() or path.read_text(encoding="utf-8") != whole:
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(whole, encoding="utf-8")
        unfinished.replace(path)


def _line(values: Iterable[str]) -> str:
    """A line of the table; a value that holds a comma is quoted."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()


def _say(job: Job) -> str:
    return ", ".join(f"{name}={value}" for name, value in job.items())


def _report(failed: list[tuple[Job, Exception]], path: Path) -> None:
    """Raise one error for all that failed."""
    shown = [f"\n  {_say(job)}: {type(e).__name__}: {e}" for job, e in failed[:N_NAMED]]
    if len(failed) > N_NAMED:
        shown.append(f"\n  and {len(failed) - N_NAMED} more")
    raise RuntimeError(
        f"Failed runs: {len(failed)}. All others have their rows in {path.name}. "
        "Mend these or leave them out, and call again: only what has no row is run."
        + "".join(shown)
    ) from failed[0][1]
