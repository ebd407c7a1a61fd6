"""Make the data that comes with the course, or check it against data/README.md.

    python tools/bundle_data.py            # makes fashion_mnist_test.npz, flags.npz
    python tools/bundle_data.py --check    # compares every hash in data/README.md

Making needs Debian's packages dataset-fashion-mnist and fonts-noto-color-emoji.
"""

import argparse
import hashlib
import io
import itertools
import os
import re
import string
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gan_helpers.data.formats import read_idx  # noqa: E402

DATA = ROOT / "data"
FASHION = Path("/usr/share/datasets/fashion-mnist")
FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
FLAG_SIZE = 64
RETRY_SECONDS = 60  # after a file could not be written

Result = TypeVar("Result")


def save_npz(path: Path, **arrays: np.ndarray) -> None:
    """Write arrays to `path` as .npz, byte for byte the same at every run.

    `np.savez_compressed` stamps the time of day into the file, so its hash would
    change. The file is written beside `path` and then renamed: it is whole or absent.
    """
    path = Path(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name, array in arrays.items():
                content = io.BytesIO()
                np.lib.format.write_array(
                    content, np.ascontiguousarray(array), allow_pickle=False
                )
                entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
                entry.create_system = 3
                entry.external_attr = 0o644 << 16
                archive.writestr(
                    entry, content.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9
                )
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def keep_trying(write: Callable[[], Result]) -> Result:
    """Call `write` until it succeeds: a full disk shall not cost an hour's training."""
    while True:
        try:
            return write()
        except OSError as error:
            print(
                f"The file could not be written ({error}). It is kept in memory: "
                f"make room. The next try is in {RETRY_SECONDS} s.",
                file=sys.stderr,
                flush=True,
            )
            time.sleep(RETRY_SECONDS)


def bundle_fashion() -> None:
    """Write Fashion-MNIST's 10,000 test pictures and their labels."""
    save_npz(
        DATA / "fashion_mnist_test.npz",
        images=read_idx(FASHION / "t10k-images-idx3-ubyte.gz"),
        labels=read_idx(FASHION / "t10k-labels-idx1-ubyte.gz"),
    )


def bundle_flags() -> None:
    """Draw every flag of the emoji font and write them with their two-letter codes."""
    from PIL import Image, ImageFont

    font = ImageFont.truetype(FONT, 109, layout_engine=ImageFont.Layout.RAQM)
    drawn = {
        first + second: _draw_emoji(first + second, font)
        for first, second in itertools.product(string.ascii_uppercase, repeat=2)
    }
    # No country is AA: the font draws a question mark, for it and for hundreds more.
    codes = [
        code
        for code, picture in drawn.items()
        if picture is not None and picture.tobytes() != drawn["AA"].tobytes()
    ]
    images = [
        np.asarray(drawn[code].resize((FLAG_SIZE,) * 2, Image.Resampling.LANCZOS))
        for code in codes
    ]
    save_npz(DATA / "flags.npz", images=np.stack(images), codes=np.array(codes, "S2"))


def _draw_emoji(code: str, font):
    """The flag `code` on a white square, or None where the font has no such flag."""
    from PIL import Image, ImageDraw

    text = "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in code)
    letters = [font.getlength(character) for character in text]
    if font.getlength(text) >= sum(letters):  # two letters side by side
        return None
    canvas = Image.new("RGBA", (200, 200), (255, 255, 255, 0))
    ImageDraw.Draw(canvas).text((20, 20), text, font=font, embedded_color=True)
    left, top, right, bottom = canvas.getbbox()
    # As wide as the widest picture of the font, so that flags keep their proportions.
    side = 136
    square = Image.new("RGBA", (side, side), "white")
    corner = ((side - right + left) // 2, (side - bottom + top) // 2)
    square.alpha_composite(canvas.crop((left, top, right, bottom)), corner)
    return square.convert("RGB")


def check() -> list[str]:
    """What is wrong with the files in data/, by the table in data/README.md."""
    table = dict(read_table())
    troubles = []
    for path in sorted(DATA.glob("*.npz")):
        if path.name not in table:
            troubles.append(f"{path.name} has no row in data/README.md")
    for name, promised in table.items():
        path = DATA / name
        if not path.is_file():
            troubles.append(f"{name} is in data/README.md, but missing")
            continue
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != promised:
            troubles.append(
                f"{name} has SHA-256 {found}, data/README.md says {promised}"
            )
    return troubles


def read_table() -> list[tuple[str, str]]:
    """File name and SHA-256 of every row about a bundled .npz in data/README.md."""
    text = (DATA / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `(\w+\.npz)` .*`([0-9a-f]{64})`", text, re.MULTILINE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only compare the hashes")
    if parser.parse_args().check:
        troubles = check()
        print("\n".join(troubles) or "data/ is as data/README.md says")
        sys.exit(bool(troubles))
    bundle_fashion()
    bundle_flags()
    for path in sorted(DATA.glob("*.npz")):
        print(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)


if __name__ == "__main__":
    main()
