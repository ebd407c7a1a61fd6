"""Writes build/colab: helpers, notebooks and a page on how to open them on Colab.

The folder needs no address of the course: put it into a Google Drive, or onto a stick.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path(__file__).with_name("colab_page.html")
# Comes before the cell that finds the helpers; does nothing anywhere else.
DRIVE = """\
# On Colab: open your Drive, where the folder "colab" has the helpers of the course.
import os
import sys

if "google.colab" in sys.modules:
    from google.colab import drive

    drive.mount("/content/drive")
    os.environ["GAN_COURSE_DIR"] = "/content/drive/MyDrive/colab"
"""


def main(*, root: Path = ROOT) -> int:
    """Write the folder anew; returns the exit status, 0 when it is there."""
    finished = root / "build" / "colab"
    folder = finished.with_name("colab.part")  # what is there stays until this is whole
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode:
        print(f"The wheel could not be built:\n{done.stderr}", file=sys.stderr)
        return 1
    notebooks = root / "notebooks"
    for path in [*notebooks.glob("*.ipynb"), *notebooks.glob("solutions/*.ipynb")]:
        target = folder / path.relative_to(notebooks)
        target.parent.mkdir(exist_ok=True)
        target.write_text(
            with_drive(path.read_text(encoding="utf-8")), encoding="utf-8"
        )
    shutil.copy(PAGE, folder / "how_to_open.html")
    shutil.rmtree(finished, ignore_errors=True)
    folder.rename(finished)
    place = finished.relative_to(root)
    print(f"{place}: open how_to_open.html there, and go on as it says")
    return 0


def with_drive(text: str) -> str:
    """A notebook's text with the cell that opens the Drive below its title."""
    notebook = json.loads(text)
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "colab-drive",
        "metadata": {"tags": ["setup"]},
        "outputs": [],
        "source": DRIVE.strip().splitlines(keepends=True),
    }
    notebook["cells"].insert(1, cell)
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.exit(main())
