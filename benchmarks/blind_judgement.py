"""Blind judgement of generated pictures: how many would a stranger name?

    python benchmarks/blind_judgement.py make flags GENERATED.npz FAILURES.npz
    python benchmarks/blind_judgement.py compare flags A.npz B.npz …
    python benchmarks/blind_judgement.py score flags
    python benchmarks/blind_judgement.py score flags-recipes

`make` shuffles 48 generated pictures, 48 real ones and 16 failures (of the same recipe,
hardly trained) into numbered sheets, benchmarks/judged/flags-1.png and on, and writes
which is which to flags-key.csv. A judge, who has seen neither the key nor the other
judge's answers, writes flags-answers-NAME.csv: a line for each number, `number,answer`
with yes (I would call this a flag), or no. `score` counts. `compare` shuffles the first
24 pictures of each file into sheets in build/, to choose among recipes, and writes
flags-recipes-key.csv.

The .npz files are those of picture_search.py, with `images` (n, h, w, c) in [-1, 1]. A
name may go on behind a hyphen: `make flags-hour` writes flags-hour-1.png and its key.
"""

import argparse
import csv
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from picture_search import subject

from gan_helpers import plotting
from gan_helpers.array_files import read_arrays
from gan_helpers.pixels import scale_bytes

JUDGED = Path(__file__).parent / "judged"
COMPARED = Path(__file__).parents[1] / "build" / "judged"
COUNTS = {"generated": 48, "real": 48, "failure": 16}
A_SHEET = 56  # pictures on one
OF_A_RECIPE = 24


def shuffle(sets: dict[str, np.ndarray], counts: dict[str, int], seed: int = 0):
    """(pictures, their kinds) of counts[kind] of each set, in a random order.

    Raises:
        ValueError: A set has too few pictures.
    """
    for kind, images in sets.items():
        if len(images) < counts[kind]:
            raise ValueError(
                f"{len(images)} pictures are {kind}, expected {counts[kind]} or more. "
                "Draw more of them."
            )
    rng = np.random.default_rng(seed)
    chosen = [
        sets[kind][np.sort(rng.permutation(len(sets[kind]))[:n])]
        for kind, n in counts.items()
    ]
    kinds = np.repeat(list(counts), list(counts.values()))
    order = rng.permutation(len(kinds))
    return np.concatenate(chosen)[order], kinds[order]


def draw_sheet(images: np.ndarray, first: int, title: str) -> plt.Figure:
    """The pictures, numbered from `first`, eight a row."""
    rows = -(-len(images) // 8)
    figure, axes = plt.subplots(rows, 8, figsize=(11, 1.5 * rows))
    for number, ax in enumerate(axes.flat, start=first):
        ax.axis("off")
        if number - first < len(images):
            plotting.plot_images(images[number - first, None], columns=1, ax=ax)
            ax.set_title(str(number), fontsize=10)
    figure.suptitle(title)
    return figure


def write_sheets(name: str, folder: Path, images: np.ndarray, kinds) -> None:
    """The numbered sheets, in `folder`, and the key."""
    folder.mkdir(parents=True, exist_ok=True)
    for k, start in enumerate(range(0, len(images), A_SHEET), start=1):
        title = name.partition("-")[0]
        figure = draw_sheet(images[start : start + A_SHEET], start + 1, title)
        figure.savefig(folder / f"{name}-{k}.png", dpi=80)
        plt.close(figure)
    JUDGED.mkdir(exist_ok=True)
    with (JUDGED / f"{name}-key.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [("number", "kind"), *enumerate(kinds, start=1)]
        )


def make(name: str, generated: Path, failures: Path) -> None:
    """Sheets and key of generated and real pictures, and failures."""
    sets = {
        "generated": read_arrays(generated)["images"],
        "real": scale_bytes(subject(name.partition("-")[0]).images),
        "failure": read_arrays(failures)["images"],
    }
    write_sheets(name, JUDGED, *shuffle(sets, COUNTS))


def compare(name: str, files: list[Path]) -> None:
    """Sheets and key of generated pictures by several recipes."""
    sets = {file.stem: read_arrays(file)["images"][:OF_A_RECIPE] for file in files}
    counts = dict.fromkeys(sets, OF_A_RECIPE)
    write_sheets(f"{name}-recipes", COMPARED, *shuffle(sets, counts))


def read_column(path: Path, column: str) -> dict[str, str]:
    """{number: value} of a CSV file with the columns number and `column`."""
    with path.open(newline="") as file:
        return {row["number"]: row[column] for row in csv.DictReader(file)}


def score(key: dict[str, str], answers: dict[str, str]) -> dict[str, tuple[int, int]]:
    """For each kind how many were answered yes, of how many.

    Raises:
        ValueError: A number of the key has no answer, or one that is not yes or no.
    """
    for number in key:
        if answers.get(number) not in ("yes", "no"):
            raise ValueError(
                f"Picture {number} is answered {answers.get(number)!r}, expected yes "
                "or no. Let the judge look at it again."
            )
    found = {}
    for kind in dict.fromkeys(key.values()):
        said = [answers[number] for number, k in key.items() if k == kind]
        found[kind] = said.count("yes"), len(said)
    return found


def print_scores(name: str) -> None:
    """A row for each kind, a column for each judge."""
    key = read_column(JUDGED / f"{name}-key.csv", "kind")
    files = sorted(JUDGED.glob(f"{name}-answers-*.csv"))
    found = [score(key, read_column(path, "answer")) for path in files]
    judges = " | ".join(path.stem.rsplit("-", 1)[1] for path in files)
    print(f"| pictures | {judges} |\n| --- |{' ---: |' * len(files)}")
    for kind in sorted(set(key.values())):
        cells = (f"{yes} of {n}" for yes, n in (one[kind] for one in found))
        print(f"| {kind} | {' | '.join(cells)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("make", "compare", "score"))
    parser.add_argument("name", help="the pictures: flags, ships")
    parser.add_argument("files", nargs="*", type=Path, help=".npz of pictures")
    options = parser.parse_args()
    if options.what == "score":
        print_scores(options.name)
    elif options.what == "compare" and options.files:
        compare(options.name, options.files)
    elif options.what == "make" and len(options.files) == 2:
        make(options.name, *options.files)
    else:
        parser.error("make needs two files: generated, failures; compare at least one")


if __name__ == "__main__":
    main()
