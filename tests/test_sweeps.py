"""Sweeps on Dask: no run is lost, doubled or repeated, whatever dies in between."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.request import urlopen

import dask
import pytest
import sweep_jobs
from data_files import closed_port
from distributed import Client

from gan_helpers import sweeps
from gan_helpers.taught import scaling

SECONDS = 120  # after which a test gives up
COLUMNS = ("seed", "rate", "folder", "found")


def make_jobs(folder, seeds=4):
    """Two jobs a seed that leave their marks in a folder."""
    return [
        {"seed": seed, "rate": rate, "folder": str(folder)}
        for seed in range(seeds)
        for rate in (0.1, 0.3)
    ]


def marks(folder, word="ran"):
    """What ran, sorted: the names of the marks up to their number."""
    return sorted(mark.name.split(" #")[0] for mark in Path(folder).glob(f"{word}*"))


@pytest.fixture
def folder(tmp_path):
    """A folder for the marks, beside the table."""
    (tmp_path / "marks").mkdir()
    return tmp_path / "marks"


@pytest.fixture(scope="module")
def client():
    """Two workers on this machine; a job may kill two before it is given up."""
    few = dask.config.set({"distributed.scheduler.allowed-failures": 1})
    with few, sweeps.connect() as client:
        yield client


def check_rows(rows, path, jobs):
    """One row for each job, with what the same run gives in this process."""
    assert rows == sweeps.read_rows(path, COLUMNS)
    found = {(row["seed"], row["rate"]): row["found"] for row in rows}
    assert len(rows) == len(found) == len(jobs)
    for job in jobs:
        here = sweep_jobs.draw(job["seed"], job["rate"])["found"]
        assert found[str(job["seed"]), str(job["rate"])] == str(here)


def test_a_table_is_completed_and_equal_to_runs_in_this_process(client, folder):
    path, jobs = folder.parent / "table.csv", make_jobs(folder)
    check_rows(
        sweeps.complete(client, path, COLUMNS, jobs[:3], sweep_jobs.draw),
        path,
        jobs[:3],
    )
    text = path.read_text()
    path.write_text(text[:-2])  # cut off in the midst of the third row
    rows = sweeps.complete(client, path, COLUMNS, [*jobs, *jobs[:2]], sweep_jobs.draw)
    check_rows(rows, path, jobs)
    kept = text.splitlines()[:3]
    assert path.read_text().splitlines()[:3] == kept  # the header, and two rows
    names = sorted(f"ran {job['seed']} {job['rate']}" for job in jobs)
    assert len(marks(folder)) == 9 and set(marks(folder)) == set(
        names
    )  # one row's loss
    before = path.read_bytes()
    for someone in (client, None):
        assert sweeps.complete(someone, path, COLUMNS, jobs, sweep_jobs.draw) == rows
    assert path.read_bytes() == before and len(marks(folder)) == 9


def test_without_a_client_the_same_rows_in_the_jobs_order(client, folder, tmp_path):
    jobs = [{**job, "folder": "a, b"} for job in make_jobs(folder)]
    tables = {}
    for name, someone in (("here", None), ("there", client)):
        path = tmp_path / f"{name}.csv"
        sweeps.complete(someone, path, COLUMNS, jobs, sweep_jobs.draw_unmarked)
        tables[name] = path.read_text().splitlines()
    assert sorted(tables["here"]) == sorted(tables["there"])
    order = [row["seed"] for row in sweeps.read_rows(tmp_path / "here.csv", COLUMNS)]
    assert order == [str(job["seed"]) for job in jobs]
    assert tables["here"][0] == ",".join(COLUMNS) and '"a, b"' in tables["here"][1]


@pytest.mark.parametrize("there", [True, False])
def test_a_run_that_raises_is_named_and_costs_no_other(there, request, folder):
    client = request.getfixturevalue("client") if there else None
    path, jobs = folder.parent / "table.csv", make_jobs(folder)
    with pytest.raises(RuntimeError) as caught:
        sweeps.complete(client, path, COLUMNS, jobs, sweep_jobs.draw_or_raise)
    message = str(caught.value)
    assert message.startswith("Failed runs: 2. All others have their rows")
    assert f"seed=2, rate=0.1, folder={folder}: FloatingPointError: diverged" in message
    assert isinstance(caught.value.__cause__, FloatingPointError)
    others = [job for job in jobs if job["seed"] != 2]
    check_rows(sweeps.read_rows(path, COLUMNS), path, others)
    rows = sweeps.complete(client, path, COLUMNS, jobs, sweep_jobs.draw)  # mended
    check_rows(rows, path, jobs)
    assert len(marks(folder)) == len(jobs)


def test_a_worker_of_two_threads_is_refused(folder):
    path, jobs = folder.parent / "table.csv", make_jobs(folder)
    options = {"processes": False, "dashboard_address": None}
    with (
        Client(n_workers=1, threads_per_worker=2, **options) as client,
        pytest.raises(RuntimeError, match="has 2 threads, expected 1: .*nthreads"),
    ):
        sweeps.complete(client, path, COLUMNS, jobs, sweep_jobs.draw)
    assert sweeps.read_rows(path, COLUMNS) == [] and marks(folder) == []


def test_a_job_that_kills_its_workers_is_named_and_costs_no_other(client, folder):
    path, jobs = folder.parent / "table.csv", make_jobs(folder)
    with pytest.raises(RuntimeError, match="^Failed runs: 1[.]") as caught:
        sweeps.complete(client, path, COLUMNS, jobs, sweep_jobs.draw_or_die)
    assert "seed=1, rate=0.3, folder" in str(caught.value)
    assert "KilledWorker" in str(caught.value)
    others = [job for job in jobs if (job["seed"], job["rate"]) != (1, 0.3)]
    check_rows(sweeps.read_rows(path, COLUMNS), path, others)


def test_other_columns_are_refused(tmp_path):
    path, jobs = tmp_path / "table.csv", [{"seed": 1, "rate": 0.1}]
    with pytest.raises(
        ValueError, match="seed=1, rate=0.1 returned found, expected found, more"
    ):
        sweeps.complete(
            None, path, ("seed", "rate", "found", "more"), jobs, sweep_jobs.draw
        )
    path.unlink()
    sweeps.complete(None, path, ("seed", "rate", "found"), jobs, sweep_jobs.draw)
    with pytest.raises(ValueError, match="has the columns seed, rate, found, expected"):
        sweeps.complete(None, path, ("seed", "found"), jobs, sweep_jobs.draw)


def test_no_scheduler_no_sweep(monkeypatch):
    address = f"tcp://127.0.0.1:{closed_port()}"
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
    with pytest.raises(ConnectionError, match=f"No scheduler answers at '{address}'"):
        sweeps.connect()


def test_an_address_given_goes_before_the_environments(client, monkeypatch, capsys):
    address = f"tcp://127.0.0.1:{closed_port()}"
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
    given = client.scheduler.address
    with sweeps.connect(given) as other:
        assert other.scheduler.address == given
        assert other.nthreads() == client.nthreads()
    words, link = capsys.readouterr().err.strip().rsplit(" ", 1)
    assert words == "2 workers; watch them:"
    assert urlopen(link, timeout=SECONDS).status == 200  # the dashboard


def test_training_in_a_worker_equals_training_here_bit_for_bit(
    client, tmp_path, capsys
):
    jobs = [
        {"objective": "hinge", "rate": 2e-3, "steps": 30, "seed": seed}
        for seed in (0, 1, 2)
    ]
    path = tmp_path / "table.csv"
    rows = sweeps.complete(client, path, scaling.COLUMNS, jobs, scaling.train)
    assert "3/3" in capsys.readouterr().err  # progress
    here = tmp_path / "here.csv"
    again = sweeps.complete(None, here, scaling.COLUMNS, jobs[::-1], scaling.train)
    assert sorted(map(str, rows)) == sorted(map(str, again))
    assert len({row["distance"] for row in rows}) == len(jobs)


@contextlib.contextmanager
def commands(folder):
    """A scheduler and two workers as a user starts them: its address, the processes.

    The last one is the victim. All are killed at the end, or when time is up.
    """
    address = f"tcp://127.0.0.1:{closed_port()}"
    port = address.rpartition(":")[2]
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]
    worker = ["worker", address, "--host", "127.0.0.1", "--nthreads", "1"]
    worker += ["--no-dashboard", "--local-directory", folder]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | more,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for words, more in ((scheduler, {}), (worker, {}), (worker, {"VICTIM": "1"}))
    ]

    def kill_all():
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    bound = threading.Timer(SECONDS, kill_all)
    bound.start()
    try:
        yield address, processes
    finally:
        bound.cancel()
        kill_all()
        for process in processes:
            process.wait()


def kill_in_mid_run(victim, folder, path):
    """SIGKILL to all of a worker when it is in its second run, and others have rows."""
    for _ in range(100 * SECONDS):
        begun = marks(folder, f"began in {victim.pid} ")
        if len(begun) == 2 and len(sweeps.read_rows(path, COLUMNS)) >= 5:
            os.killpg(victim.pid, signal.SIGKILL)
            return
        time.sleep(0.01)


def test_a_killed_worker_loses_no_run_and_doubles_none(folder, tmp_path, monkeypatch):
    path, jobs = tmp_path / "table.csv", make_jobs(folder, seeds=6)
    with commands(tmp_path) as (address, [*_, victim]):
        monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
        with sweeps.connect() as client:
            client.wait_for_workers(2, timeout=SECONDS)
            killer = threading.Thread(
                target=kill_in_mid_run, args=(victim, folder, path), daemon=True
            )
            killer.start()
            rows = sweeps.complete(
                client, path, COLUMNS, jobs, sweep_jobs.draw_until_killed
            )
            assert len(client.nthreads()) == 1
    assert victim.wait() == -signal.SIGKILL
    check_rows(rows, path, jobs)
    # One run was begun again; none that had ended was, though its worker is gone.
    assert len(marks(folder, "began")) == len(jobs) + 1
    assert len(marks(folder)) == len(set(marks(folder))) == len(jobs)
