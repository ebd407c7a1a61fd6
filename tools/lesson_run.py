"""Executes a lesson's notebooks in one kernel, or joins them for their tests."""

import copy
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from queue import Empty
from typing import Any, NamedTuple

import nbformat
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from lesson_format import BUDGET
from lesson_source import LessonError
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

POLL_SECONDS = 5
# Between the two versions of a lesson. An exercise that draws random numbers without a
# seed of its own would otherwise depend on what the other version has drawn.
SECOND = """\
import os
import sys

os.chdir({folder!r})
if "keras" in sys.modules:
    sys.modules["keras"].utils.set_random_seed(0)
"""


class _PolledChannel(AsyncZMQSocketChannel):
    """A channel that looks by itself whether a message has come.

    On a busy machine asyncio is now and then not told of one, and would wait for ever,
    beside a kernel that waits as well.
    """

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        while timeout is None:
            try:
                return await super().get_msg(POLL_SECONDS)
            except Empty:
                pass
        return await super().get_msg(timeout)


class _PolledClient(AsyncKernelClient):
    """A kernel's client on such channels."""

    shell_channel_class = iopub_channel_class = _PolledChannel


def execute(
    versions: list[tuple[nbformat.NotebookNode, Path]], *, root: Path
) -> tuple[str, list[str]]:
    """Execute one or both versions of a lesson in place, each in its folder.

    Both share one kernel: what they have in common, all code up to the first exercise,
    runs once and serves both. The second goes on where the first has ended.

    Returns:
        The time and memory it took, and for each version what went wrong: which cell
        raised, or lost the kernel; "" where nothing did.
    """
    plan = _plan(versions)
    together = nbformat.v4.new_notebook()
    together.cells = [nbformat.v4.new_code_cell(step.source) for step in plan]
    # No folders to search: "python3" is then always this interpreter's own kernel.
    manager = AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
        client_factory=_PolledClient,
    )
    client = NotebookClient(
        together,
        km=manager,
        timeout=None,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(versions[0][1])}},
    )
    start, failures = time.perf_counter(), [""] * len(versions)
    with tempfile.TemporaryDirectory() as outputs:
        try:
            client.execute(env=_kernel_environment(root, outputs), cleanup_kc=True)
        except (CellExecutionError, DeadKernelError) as error:
            place, what = _describe_failure(together, error)
            for version in range(plan[place].version, len(versions)):
                failures[version] = f"cell {plan[place].number}{what}"
    for step, run in zip(plan, together.cells, strict=True):
        for cell in step.cells:
            cell.outputs = copy.deepcopy(run.outputs)
    return f"{time.perf_counter() - start:.1f} s{_peak_memory()}", failures


def join(
    versions: list[tuple[nbformat.NotebookNode, Path]],
) -> nbformat.NotebookNode:
    """The code of both versions in one notebook, in the order of `execute`.

    For tests: the cells keep tags and outputs, and what both share stands there once.

    Raises:
        LessonError: A compared cell that both share shows something else in each.
    """
    joined = nbformat.v4.new_notebook(metadata=versions[0][0].metadata)
    for step in _plan(versions):
        cell, *others = step.cells or [nbformat.v4.new_code_cell(step.source)]
        compared = "nbval-check-output" in cell.metadata.get("tags", ())
        if compared and any(other.outputs != cell.outputs for other in others):
            raise LessonError(
                f"cell {step.number} shows something else in each notebook"
            )
        cell = nbformat.from_dict({**cell, "id": f"{len(joined.cells)}"})
        joined.cells.append(cell)
    return joined


class _Step(NamedTuple):
    """One run of code: the cells that it serves, and where the first of them stands."""

    source: str
    cells: list[nbformat.NotebookNode]
    version: int
    number: int


def _plan(versions: list[tuple[nbformat.NotebookNode, Path]]) -> list[_Step]:
    """What to run for the versions of a lesson, in order."""
    numbered = [
        [
            (number, cell)
            for number, cell in enumerate(notebook.cells, start=1)
            if cell.cell_type == "code"
        ]
        for notebook, _ in versions
    ]
    plan = [_Step(cell.source, [cell], 0, number) for number, cell in numbered[0]]
    if len(versions) == 1:
        return plan
    for step, (_, cell) in zip(plan, numbered[1], strict=False):
        if step.source != cell.source:
            break
        step.cells.append(cell)
    shared = sum(len(step.cells) == 2 for step in plan)
    second = SECOND.format(folder=str(versions[1][1]))
    plan.append(_Step(second, [], 1, numbered[1][shared][0]))
    rest = numbered[1][shared:]
    return plan + [_Step(cell.source, [cell], 1, number) for number, cell in rest]


def _peak_memory() -> str:
    """The largest kernel of this build so far, in words; nothing on Windows."""
    try:
        import resource
    except ImportError:
        return ""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    peak_mb = peak / (2**20 if sys.platform == "darwin" else 2**10)
    return f", peak memory so far {peak_mb:.0f} MB"


def _kernel_environment(root: Path, outputs: str) -> dict[str, str]:
    environment = {**os.environ, "GAN_BUDGET": BUDGET, "GAN_OUTPUT_DIR": outputs}
    # The checkout's own helpers, whatever version of them is installed.
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    environment.pop("MPLBACKEND", None)  # figures must come back as PNG
    # TensorFlow's log would count as what a cell prints, on one processor or another.
    environment["TF_CPP_MIN_LOG_LEVEL"] = "3"
    return environment


def _describe_failure(notebook: nbformat.NotebookNode, error) -> tuple[int, str]:
    """Place of the cell that failed, the first with an error or else the last begun,
    and in words what it did."""
    begun = 0
    for place, cell in enumerate(notebook.cells):
        for output in cell.outputs:
            if output.output_type == "error":
                traceback = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(output.traceback))
                tail = "\n    ".join(traceback.splitlines()[-12:])
                return place, f": {output.ename}: {output.evalue}\n    {tail}"
        if cell.get("execution_count"):
            begun = place
    return begun, f", or the code cell after it: {error}"
