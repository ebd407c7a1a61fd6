"""JupyterLab in a real browser, for tests: a server of one's own, a page, a kernel.

Nothing outlives the `with` blocks: each ends the processes that it started, by number.
"""

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from jupyter_client import BlockingKernelClient
from playwright.sync_api import Page, sync_playwright

SECONDS = 1000  # Playwright counts in milliseconds
ROOT = Path(__file__).parents[1]
KERNEL_READY = """() => {
  const context = jupyterapp.shell.currentWidget?.sessionContext;
  const kernel = context?.session?.kernel;
  return kernel?.status === "idle" && kernel.connectionStatus === "connected";
}"""
RUN_UP_TO = """ending => {
  const notebook = jupyterapp.shell.currentWidget.content;
  const last = notebook.widgets.findIndex(
    cell => cell.model.sharedModel.source.endsWith(ending));
  if (last < 0) return false;
  notebook.activeCellIndex = 0;
  notebook.extendContiguousSelectionTo(last);
  void jupyterapp.commands.execute("notebook:run-cell");
  return true;
}"""
CELL_ERRORS = """() => jupyterapp.shell.currentWidget.content.widgets.flatMap(
  ({ model: { outputs } }) => Array.from({ length: outputs?.length || 0 },
    (_, k) => outputs.get(k)).filter(output => output.type === "error")
    .map(output => { const { ename, evalue } = output.toJSON();
                     return `${ename}: ${evalue}`; }))"""
NO_BROWSER = (
    "The browser tests need Chromium, and there is none: run `make browser`, or set "
    "CHROMIUM to its path."
)


def wait_until(condition, what: str, seconds: float = 20, *, explain=str):
    """The first true value of `condition()`; fails, naming `what`, after `seconds`.

    `explain()` adds to the failure what there was instead.
    """
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            pytest.fail(f"Waited {seconds} s in vain: {what}. {explain()}")
        time.sleep(0.05)


def find_chromium(installed: str) -> str:
    """Path of the browser, `installed` by Playwright where there is no other.

    The test fails, and is not skipped, where there is none.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    paths = map(shutil.which, filter(None, [os.environ.get("CHROMIUM"), *names]))
    found = next(filter(None, paths), installed)
    if not Path(found).exists():
        pytest.fail(NO_BROWSER, pytrace=False)
    return found


@contextmanager
def open_browser():
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(playwright.chromium.executable_path),
            args=["--no-sandbox", "--disable-gpu"],
        )
        try:
            yield browser
        finally:
            browser.close()


def serious_problems(page: Page, where=None, *, without=(), rules=None) -> list[tuple]:
    """What axe-core calls serious or critical in the part `where` of a page, or in all.

    `without` lists selectors of what it need not look at; `rules` those to apply,
    None for all.
    """
    context = {"include": [[where or "html"]], "exclude": [[one] for one in without]}
    # No preload: it would ask for style sheets that no page has.
    options = {"preload": False, "resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [
        (problem["id"], [node["html"][:200] for node in problem["nodes"]])
        for problem in found
        if problem["impact"] in ("serious", "critical")
    ]


def write_notebook(path: Path, *cells: str) -> Path:
    """A notebook with these code cells."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in cells]
    )
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)
    return path


class Server:
    """A JupyterLab on a loopback port; `url` and `token` lead to it."""

    def __init__(self, program: list[str], home: Path):
        self.home = home
        self._workspaces = itertools.count()
        command = [*program, "--no-browser", "--port=0", "--ip=127.0.0.1"]
        command += ["--expose-app-in-browser"]
        self.log = (home / "server.log").open("w")
        self.process = subprocess.Popen(
            command,
            env=self._environment(),
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _environment(self) -> dict:
        places = {
            name: str(self.home / name.lower())
            for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
        }
        return (
            os.environ
            | places
            | {
                "HOME": str(self.home),
                "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"),
                "GAN_OUTPUT_DIR": str(self.home / "outputs"),
                "PYTHONPATH": os.pathsep.join(
                    filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])
                ),
                "GAN_BUDGET": "fast",
                "TF_CPP_MIN_LOG_LEVEL": "2",
            }
        )

    def wait(self) -> None:
        """Until the server has written where it is."""
        info = wait_until(self._info, f"JupyterLab to start, see {self.log.name}", 60)
        self.url, self.token = info["url"], info["token"]

    def _info(self):
        if self.process.poll() is not None:
            log = Path(self.log.name).read_text()[-2000:]
            pytest.fail(f"JupyterLab ended at its start:\n{log}")
        for path in (self.home / "runtime").glob("jpserver-*.json"):
            with contextlib.suppress(json.JSONDecodeError):  # it is being written
                return json.loads(path.read_text())
        return None

    def address(self, name: str) -> str:
        """Where JupyterLab shows a notebook, without the tabs of other pages."""
        workspace = f"test-{next(self._workspaces)}"
        path = f"lab/workspaces/{workspace}/tree/{name}"
        return f"{self.url}{path}?token={self.token}"

    def stop(self) -> None:
        """End the server and its kernels, which have process groups of their own."""
        family = [psutil.Process(self.process.pid)]
        family += family[0].children(recursive=True)
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(30)
        _, alive = psutil.wait_procs(family, timeout=10)
        for process in alive:
            process.kill()
        psutil.wait_procs(alive, timeout=10)
        self.log.close()


@contextmanager
def serve(folder: Path, home: Path, program: list[str] | None = None):
    """A `Server` for the notebooks in `folder`, with its files in `home`.

    `program` starts it in place of JupyterLab as `make lab` sets it up.
    """
    plain = [sys.executable, "-m", "jupyterlab", "--allow-root"]
    plain += [
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.app_settings_dir={ROOT}/tools/jupyterlab",
    ]
    server = Server(program or plain, home)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def open_notebook(page: Page, server: Server, name: str) -> None:
    """Open a notebook of the server in `page` and wait for its kernel."""
    page.goto(server.address(name))
    page.wait_for_selector(".jp-NotebookPanel [data-status=idle]", timeout=60 * SECONDS)
    # The indicator is idle before the kernel is: a run started then is lost.
    page.wait_for_function(KERNEL_READY, timeout=60 * SECONDS)


def run_up_to(page: Page, ending: str) -> None:
    """Start the cells up to the first that ends so, and do not wait for them."""
    if not page.evaluate(RUN_UP_TO, ending):
        pytest.fail(f"{page.url}: no cell of the notebook ends with {ending!r}.")


def errors_of_cells(page: Page) -> list[str]:
    """What the cells of the notebook in front raised."""
    return page.evaluate(CELL_ERRORS)


class Kernel:
    """A second client of the newest kernel of `server`: looks in while a view plays."""

    def __init__(self, server: Server):
        files = list((server.home / "runtime").glob("kernel-*.json"))
        newest = max(files, key=lambda file: file.stat().st_mtime)
        self.client = BlockingKernelClient(connection_file=str(newest))
        self.client.load_connection_file()
        self.client.start_channels()

    def value(self, expression: str, *, before: str = "", seconds: float = 20):
        """The JSON value of a Python expression, after the statements `before`."""
        asked = {"value": f"__import__('json').dumps({expression})"}
        request = self.client.execute(
            before, user_expressions=asked, store_history=False
        )
        while True:
            reply = self.client.get_shell_msg(timeout=seconds)
            if reply["parent_header"].get("msg_id") == request:
                break
        answer = reply["content"].get("user_expressions", {}).get("value", {})
        if answer.get("status") != "ok":
            pytest.fail(f"{expression}: {answer or reply['content']}")
        return json.loads(eval(answer["data"]["text/plain"]))  # a Python string literal

    def close(self) -> None:
        self.client.stop_channels()
