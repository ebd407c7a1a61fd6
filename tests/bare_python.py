"""A Python that has all the course needs and not the course, for tests: as on Colab."""

import os
import subprocess
import sys
from pathlib import Path

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
        places.append(place)
    return places


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
