"""Section: picture quality on Fashion-MNIST for equal seconds of one core.

All recipes of a seed train in turn until each has used the same processor time; at each
of CHECKPOINTS 10,000 generated pictures are compared with the 10,000 official test
pictures over the features of the course's classifier. Seeds run side by side, each with
one thread.
"""

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from statistics import mean

import fashion_recipes as recipes
import numpy as np
import tensorflow as tf
from in_turn import Turns, train_in_turn
from rendering import Goal, goals, table
from sections import Key, Results, Section
from spread import ratio, show_spread

from gan_helpers import classifiers, data, metrics, settings, training

CHECKPOINTS = (30, 60, 90, 150, 300)
SEEDS = (0, 1, 2)
N_JUDGED = 10_000
OURS, EARLIER = "this course's laptop version", "the same at c657ad8"
ORIGINAL, TUTORIAL = "recipe F, the original", "TF-tutorial-style DCGAN"
COLLECTION = "tensorflow-generative-model-collections"
RECIPES = {
    OURS: recipes.course_recipe,
    EARLIER: recipes.earlier_recipe,
    COLLECTION: recipes.collection_recipe,
    ORIGINAL: recipes.original_recipe,
    TUTORIAL: recipes.tutorial_recipe,
}
LIMITS = {
    OURS: "arithmetic, of networks kept small",
    EARLIER: "its rate and a D of two convolutions",
    COLLECTION: "its dense layers of 1,024 units, and two passes of G a step",
    ORIGINAL: "arithmetic: few steps",
    TUTORIAL: "arithmetic: batches of 256, so hardly any steps",
}


def make_judge(unseen: str):
    """A function from pictures to their distance and their rarest class's share."""
    classifier = classifiers.load_classifier("fashion_mnist")
    reference = classifiers.load_reference("fashion_mnist", unseen)

    def judge(pictures):
        features, probabilities = classifiers.classify(classifier, pictures)
        distance = metrics.frechet_distance(reference, features)
        rarest = metrics.class_shares(probabilities).min()
        return {"distance": round(distance, 2), "rarest_share": round(float(rarest), 4)}

    return judge


def draw(generator, latent: int) -> np.ndarray:
    """N_JUDGED pictures in [-1, 1]."""
    noise = np.random.default_rng(5).normal(size=(N_JUDGED, latent)).astype("float32")
    return training.generate(generator, noise)


class Run(Turns):
    """The training of a recipe from a seed, and what it was worth on the way."""

    def __init__(self, recipe, images, seed: int):
        settings.set_seed(seed)
        self.trained = recipe(images, seed)
        self.found: dict[str, float] = {}
        super().__init__(self.trained.step)

    def judge(self, judge, second: float) -> None:
        """Note what its pictures are worth at a checkpoint."""
        noise = self.trained.sample(np.random.default_rng(5), N_JUDGED)
        found = judge(self.trained.draw(noise))
        self.found[f"distance {second:g}"] = found["distance"]
        self.found[f"steps {second:g}"] = self.steps
        self.found["rarest"] = found["rarest_share"]


def train_seed(seed: int, checkpoints, names=tuple(RECIPES)) -> list[tuple[Key, dict]]:
    """The readings of all recipes from one seed, trained in turn."""
    images = data.load_fashion_mnist(split="train")
    judge = make_judge("train" if images.stands_in_for else "test")
    runs = {name: Run(RECIPES[name], images.images, seed) for name in names}
    for second in checkpoints:
        train_in_turn(runs.values(), second)
        for run in runs.values():
            run.judge(judge, second)
    return [((name, seed), run.found) for name, run in runs.items()]


def one_thread() -> None:
    """For a new process, before its first operation."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def plan(quick: bool):
    """Checkpoints and seeds."""
    return ((5, 10), (0,)) if quick else (CHECKPOINTS, SEEDS)


def keys(quick: bool) -> list[Key]:
    return [(name, seed) for seed in plan(quick)[1] for name in RECIPES]


def measure(quick: bool, missing: list[Key]) -> Iterator[tuple[Key, dict]]:
    """The seeds that miss a recipe, side by side: processor time is what counts."""
    checkpoints, _ = plan(quick)
    seeds = sorted({seed for _, seed in missing})
    os.environ["OMP_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(
        len(seeds),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=one_thread,
    ) as pool:
        for done in as_completed(
            pool.submit(train_seed, seed, checkpoints) for seed in seeds
        ):
            yield from done.result()


def notes() -> dict[str, str]:
    return {"pictures": data.load_fashion_mnist(split="train").describe()}


def report(results: Results) -> str:
    """The curve of each recipe, and the goals at 90 s."""
    if not results.readings:
        return ""
    first = next(iter(results.readings.values()))
    seconds = [name.split()[1] for name in first if name.startswith("distance")]
    rows = []
    for name in RECIPES:
        curve = [results.values(name, f"distance {second}") for second in seconds]
        if not all(curve):
            continue
        steps = mean(results.values(name, f"steps {seconds[-1]}"))
        rarest = 100 * min(results.values(name, "rarest"))
        shown = [show_spread(values) for values in curve]
        rows.append((name, *shown, f"{steps:,.0f}", f"{rarest:.1f} %", LIMITS[name]))
    head = ("recipe", *(f"{second} s" for second in seconds))
    text = (
        f"{results.notes['pictures']}. Fréchet distance over our classifier's "
        "features, 10,000 generated against 10,000 official pictures that nobody "
        "trained on, by seconds of one core: lower is better; median of the "
        "seeds (least to largest). Steps are their mean, the share of the rarest class "
        f"is the least. The {COLLECTION} is hwalsuklee's, shuffled anew each epoch."
        "\n\n"
    )
    text += table((*head, "steps", "rarest class", "limited by"), rows)
    if "90" not in seconds or not results.has(OURS, EARLIER, ORIGINAL):
        return text
    at = {n: results.values(n, "distance 90") for n in (OURS, EARLIER, ORIGINAL)}
    found = [
        Goal(f"at 90 s, by {name}", limit, ratio(at[OURS], at[name]), False, " ×")
        for name, limit in ((EARLIER, 0.5), (ORIGINAL, 0.15))
    ]
    return text + "\n" + goals(found)


SECTIONS = {
    "fashion": Section(
        "Fashion-MNIST: quality for equal processor seconds",
        50,
        keys,
        measure,
        report,
        notes,
    )
}
