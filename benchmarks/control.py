"""The tables of lesson 11: what a label buys, and what pictures without labels do.

    python benchmarks/control.py recipes 0,1,2         # data/control.csv
    python benchmarks/control.py few-labels 0,1,2,3,4  # data/few_labels.csv

Trains on the pictures that come with the course, with one thread. What has its row is
not trained again.

recipes: all of a seed are trained in turn, twenty steps at a time, until each has used
SECONDS of processor time; then 10,000 generated pictures, a tenth of each class, are
judged as in fashion_search.py, and by whether the classifier reads the class that was
asked for.

few-labels: lesson 11's sorters on the first N_POOL pictures, of which a few keep their
label; judged on all that come after them.
"""

import argparse
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from gan_helpers import classifiers, data, metrics, settings, training
from gan_helpers.copying import copy_layer
from gan_helpers.data.bundled import bundled_dir
from gan_helpers.sweeps import complete, missing, read_rows
from gan_helpers.taught import control, fashion

SECONDS = 45.0
N_POOL, SORTER_STEPS = 8_000, 1_000
N_JUDGED = 10_000
COLUMNS = ("recipe", "seed", "steps", "distance", "agreement", "rarest")
SORTER_COLUMNS = ("way", "labels", "seed", "accuracy")


def make_unlabelled(batches, rate=fashion.RATE):
    """Lesson 05's recipe: its step, and a function that draws by noise."""
    generator = fashion.make_generator()
    average = training.make_average(generator)
    step = fashion.make_train_step(
        generator,
        fashion.make_discriminator(fashion.D_FILTERS),
        average,
        batches[0],
        fashion.make_optimizers(rate),
        decay=fashion.DECAY,
    )
    return step, lambda noise, labels: training.generate(average, noise)


def make_labelled(
    batches,
    rate=control.RATE,
    generate=control.make_generator,
    discriminate=control.make_discriminator,
):
    """Lesson 11's recipe: its step, and a function that draws by noise and labels."""
    generator = generate()
    average = training.make_average(generator)
    networks = generator, discriminate()
    optimizers = fashion.make_optimizers(rate)
    step = control.make_train_step(networks, average, batches, optimizers)
    return step, lambda noise, labels: control.draw(average, noise, labels)


def make_generator_beside():
    """The label's row laid beside the noise instead of multiplied with it."""
    noise, label = keras.Input((fashion.LATENT,)), keras.Input((), dtype="int32")
    row = layers.Embedding(control.N_CLASSES, fashion.LATENT)(label)
    x = layers.Concatenate()([noise, row])
    for layer in fashion.make_generator().layers:
        x = copy_layer(layer)(x)
    return keras.Model([noise, label], x, name="generator")


def make_plane_discriminator():
    """The label as planes beside the picture instead of a projection."""
    image, label = keras.Input((28, 28, 1)), keras.Input((), dtype="int32")
    planes = layers.Lambda(control.label_planes, (28, 28, 10))(label)
    x = control.make_features(layers.Concatenate()([image, planes]))
    return keras.Model([image, label], layers.Dense(1)(x), name="discriminator")


RECIPES = {
    "without labels": (make_unlabelled, {}),
    "without labels, rate of 0.002": (make_unlabelled, {"rate": 2e-3}),
    "planes": (make_labelled, {"discriminate": make_plane_discriminator}),
    "row beside the noise": (make_labelled, {"generate": make_generator_beside}),
    "projection, rate of 0.004": (make_labelled, {"rate": 4e-3}),
    "projection": (make_labelled, {}),
}


class Run:
    """One training, and the seconds of processor time that it has used."""

    def __init__(self, recipe: str, seed: int):
        settings.set_seed(seed)
        test = data.load_fashion_mnist(split="test", source="bundled")
        arrays = test.scaled()[:-1000], test.labels[:-1000].astype("int32")
        batches = [
            training.make_batches(x, fashion.BATCH_SIZE, seed=seed) for x in arrays
        ]
        make, options = RECIPES[recipe]
        step, self.draw = make(batches, **options)
        self.run = training.compile_loop(step, max_steps=20)
        self.run(0, 1)
        self.recipe, self.seed, self.steps, self.spent = recipe, seed, 1, 0.0

    def advance(self) -> None:
        start = time.process_time()
        self.run(self.steps, 20)
        self.spent += time.process_time() - start
        self.steps += 20

    def row(self) -> dict[str, object]:
        """What the table keeps; without labels there is no agreement."""
        noise = np.random.default_rng(5).normal(size=(N_JUDGED, fashion.LATENT))
        asked = np.arange(N_JUDGED) % control.N_CLASSES
        images = self.draw(noise.astype("float32"), asked)
        model = classifiers.load_classifier("fashion_mnist")
        features, probabilities = classifiers.classify(model, images)
        reference = classifiers.load_reference("fashion_mnist", "train")
        heard = np.mean(probabilities.argmax(axis=1) == asked)
        if RECIPES[self.recipe][0] is make_unlabelled:
            heard = float("nan")
        return {
            "steps": self.steps,
            "distance": f"{metrics.frechet_distance(reference, features):.2f}",
            "agreement": f"{heard:.4f}",
            "rarest": f"{metrics.class_shares(probabilities).min():.4f}",
        }


def write_recipes(seed: int) -> None:
    """Train the recipes that data/control.csv lacks for this seed, in turn."""
    path = bundled_dir() / "control.csv"
    jobs = [{"recipe": name, "seed": seed} for name in RECIPES]
    wanted = missing(jobs, read_rows(path, COLUMNS))
    runs = {job["recipe"]: Run(**job) for job in wanted}
    while runs and (run := min(runs.values(), key=lambda run: run.spent)):
        if run.spent >= SECONDS:
            break
        run.advance()
    complete(None, path, COLUMNS, jobs, lambda recipe, seed: runs[recipe].row())


def write_few_labels(seed: int) -> None:
    """Train the sorters that data/few_labels.csv lacks for this seed."""
    test = data.load_fashion_mnist(split="test", source="bundled")
    images, labels = test.scaled(), test.labels.astype("int32")
    pool, right = (images[:N_POOL], labels[:N_POOL]), labels[N_POOL:]

    def measure(way, labels, seed):
        sorter = control.train_sorter(way, *pool, labels, seed, SORTER_STEPS)
        found = training.generate(sorter, images[N_POOL:]).argmax(axis=1)
        return {"accuracy": f"{np.mean(found == right):.4f}"}

    jobs = [
        {"way": way, "labels": n, "seed": seed}
        for n in (100, 500)
        for way in control.WAYS
    ]
    path = bundled_dir() / "few_labels.csv"
    complete(None, path, SORTER_COLUMNS, jobs, measure)


TABLES = {"recipes": write_recipes, "few-labels": write_few_labels}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("seeds", nargs="?", default="0,1,2")
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    for seed in map(int, arguments.seeds.split(",")):
        TABLES[arguments.table](seed)


if __name__ == "__main__":
    main()
