"""Write docs/lab.html, the 2-D lab as one page that needs no kernel and no network.

`python tools/lab_page.py` writes it; with `--check` it compares the page with its
sources: the browser side of the live lab, and the engine and the page's own scripts
beside it. The page holds the player, too, so that it can save what it recorded.
"""

import argparse
import re
import sys
from pathlib import Path

from gan_helpers.lab.view import DESK, WEB, read_panels, read_web

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "lab.html"
MAX_BYTES = 400_000
# In the order in which they need each other.
ENGINE = (
    *("random", "matrix", "activations", "network", "losses", "optimizers", "game"),
    *("points", "measures", "settings", "scene", "record", "lab"),
    *("saving", "messages", "serve"),
)
OWN = ("address", "presets", "model", "page")


def build_page() -> str:
    """The page's text, made of its sources."""
    engine = read_web(*(f"engine/{name}.js" for name in ENGINE))
    parts = {
        "style": read_web("lab.css"),
        "page_style": read_web("page/page.css"),
        # One scope of its own, as in the worker, so that names do not meet the view's.
        "engine": _in_script(f'(() => {{\n"use strict";\n{engine}\n}})();'),
        "player": _in_script(read_web("player.html")),
        "player_script": _in_script(read_web("player.js")),
        "panels": _in_script(read_panels()),
        "view": _in_script(read_web(*DESK)),
        "page": _in_script(read_web(*(f"page/{name}.js" for name in OWN))),
    }
    template = (WEB / "page" / "page.html").read_text(encoding="utf-8")
    page = re.sub(r"{{(\w+)}}", lambda found: parts[found[1]], template)
    size = len(page.encode())
    if size > MAX_BYTES:
        raise ValueError(
            f"The page has {size:,} bytes, expected at most {MAX_BYTES:,}."
        )
    return page


def _in_script(text: str) -> str:
    """Text that cannot end the script element that it stands in, nor open a comment."""
    return text.replace("</script", r"<\/script").replace("<!--", r"<\!--")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    page = build_page()
    if not arguments.check:
        PAGE.write_text(page, encoding="utf-8")
        print(f"Wrote {PAGE.relative_to(ROOT)}, {len(page.encode()) / 1000:.0f} kB.")
        return 0
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
        print("docs/lab.html is not what its sources say: python tools/lab_page.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
