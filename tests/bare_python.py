"""A Python that has all the course needs and not the course, for tests: as on Colab."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

# No index, and no way out: whatever asks for the network fails at once.
OFFLINE = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_NO_INDEX": "1",
    "PIP_FIND_LINKS": "",
    "PIP_RETRIES": "0",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
}


def packages_without_course(folder: Path) -> list[Path]:
    """Folders in `folder` to search for packages: this environment's, the course out.

    Each consists of links. Their order is that of `sys.path`, so that versions laid
    over the environment (`make test-colab`) stay before its own.
    """
    places = []
    for entry in map(Path, dict.fromkeys(sys.path)):
        if not any(entry.glob("*.dist-info")):
            continue
        place = folder / f"packages{len(places)}"
        place.mkdir(parents=True)
        for item in entry.iterdir():
            if "gan_course" not in item.name:
                (place / item.name).symlink_to(item)
        if any(entry.glob("ipywidgets-7.*.dist-info")):
            _claim(place, "widgetsnbextension", "3.6.10")
        places.append(place)
    return places


def _claim(place: Path, name: str, version: str) -> None:
    """Let pip find a package in `place` that Colab has, and that no test can use.

    This one belongs to the classic Notebook, which is not laid over the environment.
    """
    info = place / f"{name}-{version}.dist-info"
    info.mkdir()
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(text)


def clean_environment(**more) -> dict[str, str]:
    """This environment without what leads Python to the course, and without network."""
    dropped = {"PYTHONPATH", "GAN_COURSE_DIR", "VIRTUAL_ENV"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, **OFFLINE, "TF_CPP_MIN_LOG_LEVEL": "3", **more}


def make_python(folder: Path) -> Path:
    """The interpreter of a new virtual environment in `folder`."""
    venv = folder / "venv"
    command = [sys.executable, "-m", "venv", "--without-pip", str(venv)]
    subprocess.run(command, check=True, timeout=60)
    [site] = venv.glob("lib/python*/site-packages")
    lines = "\n".join(map(str, packages_without_course(folder)))
    (site / "packages.pth").write_text(lines + "\n")
    return venv / "bin" / "python"


def run(python: Path, folder: Path, *sources: str, **environment) -> list:
    """The cells of a notebook of these sources, executed up to the first error."""
    spec = python.parents[1] / "kernels" / "bare" / "kernel.json"
    spec.parent.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(
        json.dumps({"argv": argv, "display_name": "", "language": "python"})
    )
    kernels = KernelSpecManager(kernel_dirs=[str(spec.parents[1])])
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources]
    )
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name="bare", kernel_spec_manager=kernels),
        timeout=300,
        resources={"metadata": {"path": str(folder)}},
    )
    with suppress(CellExecutionError):
        client.execute(env=clean_environment(**environment), cleanup_kc=True)
    return notebook.cells


def errors(cells) -> list[str]:
    """What the cells show of errors."""
    outputs = [output for cell in cells for output in cell.outputs]
    return ["\n".join(o.traceback) for o in outputs if o.output_type == "error"]


def printed(cell) -> str:
    """What the cell shows as text."""
    return "".join(output.get("text", "") for output in cell.outputs)
