"""A JupyterLab started by a command of the course, for tests."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager

open_directly = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def options(port: int) -> str:
    """JupyterLab's, to be served at `port` to everyone on this machine."""
    return f"--no-browser --port={port} --IdentityProvider.token="


@contextmanager
def serving(command: list[str], port: int, *, folder, environment):
    """Run a command that serves JupyterLab; yields the address of its API.

    Ends it afterwards, with its children. What it wrote is in folder/log.txt.
    """
    log = folder / "log.txt"
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**environment, "JUPYTER_RUNTIME_DIR": str(folder / "runtime")},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}/api"
            if not _answers(address, process, seconds=60):
                raise AssertionError(f"nothing served at {address}: {log.read_text()}")
            yield address
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _answers(address: str, process, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with open_directly(address, timeout=5) as answer:
                return "version" in json.load(answer)
        except OSError:
            time.sleep(0.2)
    return False


def names_served(address: str) -> set[str]:
    """The names of the files and folders that JupyterLab shows."""
    with open_directly(f"{address}/contents", timeout=20) as answer:
        return {entry["name"] for entry in json.load(answer)["content"]}
