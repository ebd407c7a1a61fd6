"""Cut the README's pictures out of the executed lessons.

    python tools/readme_pictures.py

Run it after `make lessons`. Writes `notebooks/pictures/`: one small picture a lesson,
and `overview.png` of the two named in OVERVIEW.
"""

import base64
import io
import os
import re
import sys
from pathlib import Path

import nbformat
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "notebooks" / "pictures"
FIGURES = {
    "00": "0.2",
    "01": "1.8",
    "02": "2.6",
    "03": "3.2",
    "04": "4.11",
    "05": "5.4",
    "06": "6.12",
    "07": "7.13",
    "08": "8.4",
    "09": "9.3",
    "10": "10.1",
    "11": "11.2",
    "12": "12.6",
}  # the figure that stands for a lesson
OVERVIEW = ("06", "07")
SMALL = (200, 150)
OVERVIEW_HEIGHT = 330


def find_figure(number: str) -> Image.Image:
    """The picture above the caption of lesson `number`'s figure in FIGURES."""
    (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
    cells = nbformat.read(path, 4).cells
    caption = re.compile(rf"\*\*Figure {re.escape(FIGURES[number])}\.\*\*")
    for cell, after in zip(cells, cells[1:], strict=False):
        if after.cell_type == "markdown" and caption.match(after.source):
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    png = base64.b64decode(output.data["image/png"])
                    return Image.open(io.BytesIO(png)).convert("RGB")
    raise SystemExit(
        f"{path.name} has no picture above Figure {FIGURES[number]}. Build the lesson, "
        "or change FIGURES in tools/readme_pictures.py."
    )


def save(image: Image.Image, name: str) -> None:
    temporary = PICTURES / f"{name}.tmp"
    image.quantize(128).save(temporary, "PNG", optimize=True)
    os.replace(temporary, PICTURES / name)


def main() -> int:
    PICTURES.mkdir(exist_ok=True)
    figures = {number: find_figure(number) for number in FIGURES}
    for number, figure in figures.items():
        small = figure.copy()
        small.thumbnail(SMALL, Image.Resampling.LANCZOS)
        save(small, f"{number}.png")
    parts = [figures[number] for number in OVERVIEW]
    sizes = [(p.width * OVERVIEW_HEIGHT // p.height, OVERVIEW_HEIGHT) for p in parts]
    overview = Image.new("RGB", (sum(w for w, _ in sizes), OVERVIEW_HEIGHT), "white")
    left = 0
    for part, size in zip(parts, sizes, strict=True):
        overview.paste(part.resize(size, Image.Resampling.LANCZOS), (left, 0))
        left += size[0]
    save(overview, "overview.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
