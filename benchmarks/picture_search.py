"""Search recipes for house numbers (lesson 04), flags (06) and ships (07).

    python benchmarks/picture_search.py flags 200 0,1,2 lesson "slower + with R1"
    python benchmarks/picture_search.py --report

A recipe is the lesson's with one of CHANGES, or with several, joined by " + ". The
script trains with one thread until each has used so many seconds of processor time, all
recipes of a seed in turn. Each run adds a row to data/picture_search.csv, and a sheet
of 48 pictures, the first that came, to build/picture_search; what has its row is not
trained again. House numbers are trained with one generated batch for both losses,
normal noise and Keras' own start, unlike lesson 04. "before" is the recipe of commit
c657ad8, "real" what real pictures reach: the floor. "real ships" are those of CIFAR-10
(set GAN_DATA_DIR); of them only numbers are kept. Columns:

    distance   from the real pictures: of house numbers the Fréchet distance over the
               features of the course's classifier; of flags the unbiased kernel
               distance of grey thumbnails, for 258 pictures are few; of ships the
               Fréchet distance over features learnt by telling how far one was turned,
               from ships that no generator trains on
    edges      how far the slopes between neighbouring pixels are from those of real
               pictures; not of house numbers
    grid       how strongly every second pixel differs, 1 for real pictures: a dotted
               grid has more; of the 48 pictures on the sheet
    hues       half the sum of the differences between the shares of six hues, red,
               yellow, green, cyan, blue, magenta: 0 for those of real pictures, 1 for
               none of them; empty in rows from before it was measured
"""

import argparse
import dataclasses
import functools
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import few_pictures
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from in_turn import train_in_turn
from matplotlib.colors import rgb_to_hsv
from old_recipe import Before
from picture_recipes import Run
from scipy.stats import wasserstein_distance

from gan_helpers import classifiers, data, metrics, plotting
from gan_helpers.data.bundled import bundled_dir
from gan_helpers.pixels import scale_bytes
from gan_helpers.sweeps import complete, missing, read_rows

TABLE = bundled_dir() / "picture_search.csv"
SHEETS = Path(__file__).parents[1] / "build" / "picture_search"
COLUMNS = ("pictures", "recipe", "seconds", "seed", "steps", "distance", "edges")
COLUMNS += ("grid", "hues")
N_JUDGED = 2000
N_STEEP = 258
N_UNSEEN = 1000  # real ships that no generator trains on
LESSON = {  # what all lessons share
    "latent": 32,
    "width": 1,  # the feature maps of both networks, multiplied
    "kernel": 4,
    "up": "transposed",
    "last_up": "transposed",  # at the last size
    "paints": False,  # G at each size a picture, from coarse to fine
    "colours": 0,  # of which G mixes a picture; 0: each pixel has its own
    "exchanged": False,  # red, green and blue, in all six orders
    "momentum": 0.99,  # of batch norm's running statistics
    "batch": 24,
    "rates": (1e-3, 1e-3),  # G's, D's
    "end": 0.05,  # the last rate by the first; between them half a cosine
    "loss": "non_saturating",
    "r1": 0.0,  # weight of E|∇D|²
    "d_norm": False,
    "spread": True,
    "decay": 0.996,  # of the averaged generator, at every fourth step
    "change": None,  # the options of lesson 07's Augment
}
OF_LESSON = {
    "house numbers": LESSON
    | {"g": (128, 64, 32), "d": (16, 32, 64), "end": 1.0}
    | {"d_norm": True, "spread": False, "momentum": 0.9},
    "flags": LESSON
    | {"g": (128, 64, 32, 16), "d": (12, 24, 48, 96), "batch": 16}
    | {"rates": (2e-3, 2e-3), "loss": "relativistic", "r1": 0.05}
    | {"colours": 6, "last_up": "bilinear"}
    | {"change": {"shift": 2, "saturation": (0.7, 1.3), "white": True}},
    "ships": LESSON | {"g": (192, 96, 48), "d": (24, 48, 96), "change": {"shift": 4}},
}
OF_LESSON["real ships"] = OF_LESSON["ships"]
PLACE = {"shift": 2, "saturation": (0.4, 1.6)}
# Of house numbers: no batch norm in D, as in lesson 05, and its rate; all falling.
FALLING = {"end": 0.05}
FAST = FALLING | {"d_norm": False, "spread": True, "rates": (4e-3, 4e-3)}
FAST_100 = FAST | {"latent": 100}
CHANGES: dict[str, dict] = {
    "lesson": {},
    "until December": {  # flags until 2026-12-01
        "loss": "non_saturating",
        "r1": 0.0,
        "colours": 0,
        "last_up": "transposed",
        "change": {"shift": 8, "saturation": (0, 2), "white": True},
    },
    "non-saturating": {"loss": "non_saturating", "r1": 0.0},
    "transposed at the end": {"last_up": "transposed"},
    "smooth at the end": {"last_up": "bilinear"},
    "each pixel its own colour": {"colours": 0},
    "colours exchanged": {"exchanged": True},
    "100 numbers": {"latent": 100},
    "lesson, again": {},  # on another day; RESULTS.md says with which others
    "each size paints": {"paints": True},
    "six colours": {"colours": 6},
    "short statistics": {"momentum": 0.9},  # flags and ships until 2026-11-29
    "as it was": {"latent": 100, "decay": 0.0},  # house numbers at c657ad8
    "a falling rate": FALLING,
    "a falling rate, 100 numbers": FALLING | {"latent": 100},
    "a falling rate, spread": FALLING | {"spread": True},
    "no norm": FAST,
    "no norm, 100 numbers": FAST_100,
    "no norm, 100 numbers, short average": FAST_100 | {"decay": 0.99},
    "no norm, 100 numbers, no spread": FAST_100 | {"spread": False},
    "no norm, 100 numbers, moved": FAST_100
    | {"change": {"shift": 2, "saturation": (1, 1)}},
    "no norm, 100 numbers, D twice as wide": FAST_100 | {"d": (32, 64, 128)},
    "no norm, 100 numbers, half the rate": FAST_100 | {"rates": (2e-3, 2e-3)},
    "with R1": {"r1": 0.05},
    "hinge": {"loss": "hinge"},
    "relativistic, R1": {"loss": "relativistic", "r1": 0.05},
    "relativistic, R1 tenfold": {"loss": "relativistic", "r1": 0.5},
    "slower": {"rates": (1e-3, 6e-4)},  # flags before this search
    "D a third wider": {"d": (16, 32, 64, 128)},  # of flags
    "D half as wide again": {"d": (36, 72, 144)},  # of ships
    "G a third thinner, D half as wide again": {"g": (128, 64, 32), "d": (36, 72, 144)},
    "batch of 16": {"batch": 16},
    "rates of 0.002": {"rates": (2e-3, 2e-3)},
    "rates of 0.004": {"rates": (4e-3, 4e-3)},
    "D's rate doubled": {"rates": (1e-3, 2e-3)},
    "resized": {"up": "nearest", "last_up": "nearest"},
    "resized smoothly": {"up": "bilinear", "last_up": "bilinear"},
    "kernels of 5": {"kernel": 5},
    "batch of 48": {"batch": 48},
    "constant rate": {"end": 1.0},
    "half as wide": {"width": 0.5},
    "one and a half times as wide": {"width": 1.5},
    "unchanged": {"change": None},
    "moved by 2": {"change": PLACE},
    "moved by 2, saturation kept": {"change": PLACE | {"saturation": (1, 1)}},
}


class Subject(NamedTuple):
    """What is trained on, and how generated pictures are judged.

    Attributes:
        images: uint8 (n, h, w, c).
        distance: of generated pictures in [-1, 1].
        floor: the distance that real pictures have from other real ones.
    """

    images: np.ndarray
    distance: Callable[[np.ndarray], float]
    floor: float


@functools.cache
def subject(name: str) -> Subject:
    """The pictures of OF_LESSON's key `name`."""
    if name == "house numbers":
        numbers = data.load_svhn(source="synthetic")
        model = classifiers.load_classifier("house_numbers")

        def features(images):
            return classifiers.classify(model, images)[0]

        pictures = numbers.scaled()
        known = metrics.fit_gaussian(features(pictures[:8000]))

        def to_numbers(images):
            return metrics.frechet_distance(known, features(images))

        return Subject(numbers.images, to_numbers, to_numbers(pictures[8000:]))
    if name == "flags":
        flags = data.load_flags()
        real = thumbnails(flags.scaled())
        halves = np.random.default_rng(0).permutation(real).reshape(2, -1, 256)
        return Subject(
            flags.images,
            lambda images: metrics.kernel_distance(real, thumbnails(images))[0],
            metrics.kernel_distance(*halves)[0],
        )
    if name == "real ships":
        photos = data.load_cifar10(class_name="ship", source="local")
        known, unseen = photos.images[:-N_UNSEEN], photos.images[-N_UNSEEN:]
        features = few_pictures.learn_features(
            dataclasses.replace(photos, images=known)
        )
        distance = few_pictures.distance_from(unseen, features)
    else:
        known, distance = few_pictures.load_ships()[0], few_pictures.make_distance()
    return Subject(known, distance, distance(scale_bytes(known[:N_JUDGED])))


def thumbnails(images) -> np.ndarray:
    """Grey pictures of 16×16, flat (n, 256)."""
    grey = np.mean(images, axis=-1, keepdims=True)
    return tf.image.resize(grey, (16, 16), method="area").numpy().reshape(-1, 256)


def every_second(images: np.ndarray) -> float:
    """Root mean square of the finest waves, down, across and both, of (n, h, w, c)."""
    grey = np.mean(images, axis=-1)
    down, across = ((-1.0) ** np.arange(side) for side in grey.shape[1:])
    waves = [np.outer(down, across**0), np.outer(down**0, across)]
    waves.append(np.outer(down, across))
    return float(np.sqrt(np.mean(np.tensordot(grey, waves, ([1, 2], [1, 2])) ** 2)))


def slopes(images: np.ndarray) -> np.ndarray:
    """How steep grey (n, h, w, c) is at each pixel, to the right and down together."""
    grey = np.mean(images, axis=-1)
    right, down = np.diff(grey, axis=2)[:, :-1], np.diff(grey, axis=1)[:, :, :-1]
    return np.hypot(right, down).ravel()


def edges(fake: np.ndarray, real: np.ndarray) -> float:
    """How far N_STEEP pictures' slopes have to move to become those of the others."""
    return float(wasserstein_distance(slopes(fake[:N_STEEP]), slopes(real[:N_STEEP])))


def start(name: str, recipe: str, images: np.ndarray, seed: int) -> Run | Before:
    """A training that has made its first step."""
    if recipe == "before":
        return Before(name, images, seed)
    settings = dict(OF_LESSON[name])
    for change in recipe.split(" + "):
        settings |= CHANGES[change]
    return Run(settings, images, seed)


def hue_shares(images: np.ndarray) -> np.ndarray:
    """Shares (6,) of red, yellow, green, cyan, blue and magenta in (n, h, w, 3).

    Of the pixels that have a colour: the largest of red, green and blue, from 0 to 1,
    exceeds the least by a fifth. All are 0 where none has one.
    """
    hue, saturation, value = np.moveaxis(
        rgb_to_hsv(np.clip(images + 1, 0, 2) / 2), -1, 0
    )
    sixth = np.round(6 * hue[saturation * value > 0.2]).astype(int) % 6
    return np.bincount(sixth, minlength=6) / max(len(sixth), 1)


def hues(fake: np.ndarray, real: np.ndarray) -> float:
    """Total variation between the shares of six hues; 1 where one set has no colour."""
    shares = hue_shares(fake), hue_shares(real)
    if not all(one.any() for one in shares):
        return 1.0
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


def save_sheet(name: str, images: np.ndarray) -> None:
    """48 pictures as build/picture_search/NAME.png, and as an array beside it."""
    SHEETS.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(SHEETS / f"{name}.npz", images=images[:48])
    figure, ax = plt.subplots(figsize=(10, 8))
    plotting.plot_images(images[:48], columns=8, title=name, ax=ax)
    figure.savefig(SHEETS / f"{name}.png", dpi=100, bbox_inches="tight")
    plt.close(figure)


def judge(name: str, recipe: str, run: Run | Before, seed: int) -> dict[str, object]:
    """The rest of a row: steps and distances of what the averaged generator draws."""
    images, distance, _ = subject(name)
    fake = run.draw(N_JUDGED)
    save_sheet(f"{name}, {recipe}, {run.spent:.0f} s, seed {seed}", fake)
    real = scale_bytes(images[np.arange(N_JUDGED) % len(images)])
    return {
        "steps": run.steps,
        "distance": f"{distance(fake):.4g}",
        "edges": "" if name == "house numbers" else f"{edges(fake, real):.3g}",
        "grid": f"{every_second(fake[:48]) / every_second(real):.3g}",
        "hues": f"{hues(fake, real):.3f}" if fake.shape[-1] == 3 else "",
    }


def measure(name: str, recipes: list[str], seconds: float, seed: int) -> None:
    """Train the recipes that the table lacks, in turn, and add their rows."""
    jobs = [
        {"pictures": name, "recipe": recipe, "seconds": f"{seconds:g}", "seed": seed}
        for recipe in recipes
    ]
    jobs = list(missing(jobs, read_rows(TABLE, COLUMNS)))
    images = subject(name).images
    runs = {
        job["recipe"]: start(name, str(job["recipe"]), images, seed) for job in jobs
    }
    train_in_turn(runs.values(), seconds)

    def finish(pictures, recipe, seconds, seed):
        return judge(pictures, recipe, runs[recipe], seed)

    complete(None, TABLE, COLUMNS, jobs, finish)


def measure_floor(name: str) -> None:
    """Add the row of real pictures, where the table lacks it."""

    def floor(**job):
        distance = f"{subject(name).floor:.4g}"
        return {"steps": 0, "distance": distance, "edges": "", "grid": 1, "hues": ""}

    job = {"pictures": name, "recipe": "real", "seconds": "0", "seed": 0}
    complete(None, TABLE, COLUMNS, [job], floor)


def report() -> None:
    """Print the table, for each kind of pictures the best mean first."""
    head = ("pictures", "recipe", "seconds", "steps", "distance by seed", "mean")
    print(f"| {' | '.join(head)} | edges | grid | hues |")
    print("| --- | --- | ---: | ---: | --- | ---: | ---: | ---: | ---: |")
    groups: dict[tuple, list] = {}
    for row in sorted(read_rows(TABLE, COLUMNS), key=lambda row: int(row["seed"])):
        groups.setdefault((row["pictures"], row["recipe"], row["seconds"]), []).append(
            row
        )
    means = {
        key: {c: mean(float(row[c] or "nan") for row in rows) for c in COLUMNS[4:]}
        for key, rows in groups.items()
    }
    for key in sorted(groups, key=lambda key: (key[0], means[key]["distance"])):
        found = ", ".join(row["distance"] for row in groups[key])
        print(f"| {' | '.join(key)} | {means[key]['steps']:,.0f} | {found} ", end="")
        shown = (f"{means[key][c]:.3g}" for c in ("distance", "edges", "grid", "hues"))
        print(f"| {' | '.join(shown).replace('nan', '')} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--report", action="store_true", help="only print the table")
    parser.add_argument("pictures", nargs="?", choices=OF_LESSON)
    parser.add_argument("seconds", nargs="?", type=float, default=200.0)
    parser.add_argument("seeds", nargs="?", default="0,1,2")
    parser.add_argument("recipes", nargs="*", help=", ".join(CHANGES))
    arguments = parser.parse_args()
    if not arguments.report:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        measure_floor(arguments.pictures)
        for seed in map(int, arguments.seeds.split(",")):
            names = arguments.recipes or ["lesson"]
            measure(arguments.pictures, names, arguments.seconds, seed)
    report()


if __name__ == "__main__":
    main()
