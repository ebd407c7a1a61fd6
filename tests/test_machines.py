"""What docs/teaching/machines.md tells a class to configure can be loaded."""

import re
from pathlib import Path

import dask
import pytest
import yaml
from dask_jobqueue import SLURMCluster
from distributed.cli import dask_scheduler, dask_worker
from distributed.utils import format_dashboard_link

PAGE = Path(__file__).resolve().parents[1] / "docs/teaching/machines.md"
COMMANDS = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}
ONE_THREAD = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


def blocks(heading):
    """The fenced blocks below a heading: pairs of language and text."""
    section = PAGE.read_text(encoding="utf-8").partition(f"{heading}\n")[2]
    section = re.split(r"^##", section, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^```(\w*)\n(.*?)^```", section, re.DOTALL | re.MULTILINE)


@pytest.fixture
def load(tmp_path):
    """A function by which Dask reads a text as a file of its configuration."""

    def read(text):
        (tmp_path / "class.yaml").write_text(text, encoding="utf-8")
        dask.config.refresh(paths=[tmp_path])

    yield read
    dask.config.refresh()


def parse(words):
    """The options of a `dask scheduler` or `dask worker`, by its own parser."""
    assert words[0] == "dask"
    return COMMANDS[words[1]].make_context(words[1], list(words[2:])).params


def test_the_commands_of_the_page_are_understood():
    [(_, text)] = blocks("## Many runs on many machines")
    scheduler, worker, setting = text.splitlines()
    started = parse(scheduler.split())
    found = parse(worker.split())
    address = f"tcp://{started['host']}:{started['port']}"
    assert found["scheduler"] == address and found["nthreads"] == 1
    assert setting == f"export DASK_SCHEDULER_ADDRESS={address}"


def test_the_dashboard_goes_through_the_hub(load, monkeypatch):
    [(_, text)] = blocks("### A class on JupyterHub (not run here)")
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    load(text)
    link = format_dashboard_link("127.0.0.1", 40123)
    assert link == "/user/ada/proxy/40123/status"


def test_slurm_would_get_workers_of_one_thread(load):
    (_, text), (_, code) = blocks("### SLURM (not run here)")
    load(text)
    options = {"host": "127.0.0.1", "dashboard": False}
    with SLURMCluster(scheduler_options=options) as cluster:
        lines = cluster.job_script().splitlines()
        address = cluster.scheduler_address
    for wanted in ("-J gan-runs", "-p short", "--cpus-per-task=8", "-t 01:00:00"):
        assert f"#SBATCH {wanted}" in lines
    assert [f"export {name}=1" for name in ONE_THREAD] == lines[-4:-1]
    assert re.match(
        r"/opt/gan-course/bin/python -m distributed\.cli\.dask_worker", lines[-1]
    )
    found = parse(["dask", "worker", *lines[-1].split()[3:]])
    assert (found["scheduler"], found["nthreads"]) == (address, 1)
    assert found["n_workers"] == "8"
    compile(code, "machines.md", "exec")


def test_kubernetes_would_run_commands_that_dask_knows():
    [(_, text)] = blocks("### Kubernetes (not run here)")
    cluster = yaml.safe_load(text)
    assert (cluster["kind"], cluster["metadata"]["name"]) == ("DaskCluster", "gan-runs")
    for role in ("scheduler", "worker"):
        [container] = cluster["spec"][role]["spec"]["containers"]
        assert container["args"][:2] == ["dask", role]
        found = parse(container["args"])
    assert found["nthreads"] == 1
    names = {one["name"]: one["value"] for one in container["env"]}
    assert names == dict.fromkeys(ONE_THREAD, "1")
