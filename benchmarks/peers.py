"""PyTorch and JAX beside the course: run as programs, where they are installed.

They need not be where TensorFlow is: BENCH_PEERS names another Python that has them.
"""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PEERS = {"PyTorch": "torch", "JAX": "jax"}
LOOK = """
import importlib.util, sys
from importlib import metadata
name = sys.argv[1]
print(metadata.version(name) if importlib.util.find_spec(name) else "")
"""


@functools.cache
def find(peer: str) -> tuple[str, str] | None:
    """(Python that has a peer, the peer's version); None where it is not installed."""
    for python in filter(None, (os.environ.get("BENCH_PEERS"), sys.executable)):
        try:
            shown = subprocess.run(
                [python, "-c", LOOK, PEERS[peer]], capture_output=True, text=True
            ).stdout.strip()
        except OSError as error:
            raise OSError(
                f"BENCH_PEERS is {python}, which does not run ({error}). Set it to the "
                "Python of an environment with torch or jax, or unset it."
            ) from error
        if shown:
            return python, shown
    return None


def versions() -> dict[str, str]:
    """The peers that are here, with their version, and "not installed" for the rest."""
    found = {peer: find(peer) for peer in PEERS}
    return {
        peer: place[1] if place else "not installed" for peer, place in found.items()
    }


def with_version(way: str, notes: dict[str, str]) -> str:
    """A way's name, with the version of the peer that it names and the notes hold."""
    peer = way.split(",")[0]
    version = notes.get(peer, "not installed")
    if peer not in PEERS or version == "not installed":
        return way
    return way.replace(peer, f"{peer} {version}", 1)


def measure(peer: str, script: str, task: dict) -> dict[str, float]:
    """What `script` prints as JSON for a task, in the peer's own Python.

    Raises:
        RuntimeError: It fails; the message ends with what it wrote.
    """
    place = find(peer)
    if place is None:
        raise RuntimeError(f"{peer} is not installed, so {script} cannot run.")
    done = subprocess.run(
        [place[0], str(FOLDER / script), json.dumps(task)],
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{script} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
