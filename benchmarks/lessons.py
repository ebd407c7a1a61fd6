"""Seconds and peak memory of the package's import and of each lesson's fast run."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

MEASURED = """
import resource, sys, time
start = time.perf_counter()
{code}
seconds = time.perf_counter() - start
print(seconds, resource.getrusage(resource.{who}).ru_maxrss / 2**10)
"""
RUN_NOTEBOOK = """
import nbformat
from nbclient import NotebookClient
NotebookClient(nbformat.read({path!r}, 4), timeout=None, kernel_name="python3").execute(
    cwd={folder!r}
)
"""


def run_python(code: str, *, who: str, environment=None) -> tuple[float, float]:
    """Seconds and peak MB of `code`, run in a new interpreter."""
    script = MEASURED.format(code=code, who=who)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, megabytes = done.stdout.split()[-2:]
    return float(seconds), float(megabytes)


def measure_import() -> float:
    """Median seconds of `import gan_helpers` in a new interpreter, of five."""
    code = "import gan_helpers"
    return sorted(run_python(code, who="RUSAGE_SELF")[0] for _ in range(5))[2]


def measure_lesson(notebook: Path, budget: str) -> tuple[float, float]:
    """Seconds and peak MB of the kernel of one notebook at this budget."""
    with tempfile.TemporaryDirectory() as outputs:
        code = RUN_NOTEBOOK.format(path=str(notebook), folder=str(notebook.parent))
        environment = {"GAN_BUDGET": budget, "GAN_OUTPUT_DIR": outputs}
        return run_python(code, who="RUSAGE_CHILDREN", environment=environment)
