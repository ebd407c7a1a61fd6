"""Records the lessons' live labs for the web site, in docs/_static/players.

    python tools/site_players.py        # minutes; each file at most 3 MB

Each lab is the lesson's own, with its settings; the page plays what it did.
"""

import sys
from pathlib import Path

from lesson_code import from_lesson

ROOT = Path(__file__).resolve().parents[1]
PLAYERS = ROOT / "docs" / "_static" / "players"
FRAMES = 40
# Of each lesson: as many iterations as show how it ends; the lab's variable, and those
# that it needs.
LABS = {
    "quadratic_gan": (6_000, "quadratic_lab", "data_mean", "data_std"),
    "feature_space": (30_000, "feature_lab"),
    "dcgan_fashion_mnist": (
        *(2_000, "picture_lab", "real_images", "pictures", "fashion"),
        *("classifier", "reference", "unseen"),
    ),
    "ships": (2_000, "ship_lab", "new", "ship_images", "ships"),
}


def main() -> None:
    """The command line."""
    for slug, (iterations, *names) in LABS.items():
        name = names[0]
        lab = getattr(from_lesson(slug, *names), name)
        for _ in range(FRAMES):
            lab.step(iterations // FRAMES)
        path = lab.save_html(PLAYERS / f"{name}.html")
        print(
            f"{path.name}: {lab.iteration:,} iterations, {path.stat().st_size:,} bytes"
        )


if __name__ == "__main__":
    sys.exit(main())
