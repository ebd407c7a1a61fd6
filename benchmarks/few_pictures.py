"""What augmentation buys with few pictures: lesson 07's recipe on 100 to 6,000 ships.

    python benchmarks/few_pictures.py            # about an hour of one core
    python benchmarks/few_pictures.py --report   # only print the table

Trains with no change of what D sees, a change of place, of place and light, and the
last with an adaptive strength, from three seeds each; one row a run goes to
data/few_pictures.csv. A run that has its row is not run again: the script may be cut
off at any time. Columns:

    distance   Fréchet distance from ships that no run trains on, over features learnt
               by telling how far a ship has been turned
    gap        how far D puts real ships that it has not met, on the way from those that
               it trains on (0) to generated ones (1): medians of its answers
    nearer     share of generated ships that lie nearer to one trained on than to as
               many others; 1/2 by chance
    copied     share that lie not half as far from one trained on as from those others
    strength   share of the pictures that were changed at the end
"""

import argparse
import dataclasses
import functools
from statistics import mean

import keras
import numpy as np
import tensorflow as tf

from gan_helpers import classifiers, data, metrics, settings, training
from gan_helpers.data.bundled import bundled_dir
from gan_helpers.pixels import scale_bytes
from gan_helpers.sweeps import complete, read_rows
from gan_helpers.taught import augmentation, fashion, pictures

TABLE = bundled_dir() / "few_pictures.csv"
COLUMNS = ("change", "size", "seed", "distance", "gap", "nearer", "copied", "strength")
CHANGES = ("none", "place", "place and light", "adaptive")
SIZES = (100, 258, 1000, 6000)
SEEDS = (0, 1, 2)
STEPS = 3000
FILTERS = (96, 48)  # G's most, D's most: half of lesson 07's
BATCH = 24
N_JUDGED = 2000
N_NEAR = 500  # generated pictures whose neighbours are looked for
SHIFT = 4  # pixels, as in lesson 07
TARGET = 0.6  # of the mean sign of D's answers to real pictures: Karras et al., 2020
ADAPT_EVERY = 4  # iterations
ADAPT_STEP = 0.004  # so that the strength can go from 0 to 1 in 1,000 iterations


class ChangeSome(keras.layers.Layer):
    """Lesson 07's changes, of a share `strength` of the pictures in training."""

    def __init__(self, place: bool, light: bool):
        super().__init__()
        self.place, self.light = place, light
        self.strength = tf.Variable(1.0, trainable=False)
        self.seed = keras.random.SeedGenerator()

    def call(self, images, training=False):
        if not training:
            return images
        n = tf.shape(images)[0]

        def draw(low, high):
            return keras.random.uniform((n, 1, 1, 1), low, high, seed=self.seed)

        changed = images
        if self.light:
            changed = augmentation.relight(changed, draw, (0.4, 1.6))
        if self.place:
            y, x = tf.unstack(
                keras.random.randint((2,), 0, 2 * SHIFT + 1, seed=self.seed)
            )
            changed = augmentation.move(changed, y, x, SHIFT, white=False)
        return tf.where(draw(0, 1) < self.strength, changed, images)


def adapt(step, discriminator, change: ChangeSome, batch_at):
    """`step`, and then more change where D is too sure of real pictures, else less."""
    change.strength.assign(0.0)

    def adaptive_step(iteration):
        found = step(iteration)
        if iteration % ADAPT_EVERY == 0:
            logits = discriminator(batch_at(iteration), training=True)
            move = ADAPT_STEP * tf.sign(tf.reduce_mean(tf.sign(logits)) - TARGET)
            change.strength.assign(tf.clip_by_value(change.strength + move, 0.0, 1.0))
        return found

    return adaptive_step


def train(images: np.ndarray, change_name: str, seed: int):
    """(averaged G, D, the final strength) of a training on pictures (n, 32, 32, 3)."""
    settings.set_seed(seed)
    number = CHANGES.index(change_name)
    change = ChangeSome(place=number >= 1, light=number >= 2)
    shape = images.shape[1:]
    discriminator = pictures.make_picture_discriminator(shape, FILTERS[1], change)
    generator = pictures.make_picture_generator(shape, FILTERS[0])
    gan = pictures.make_picture_gan(generator, discriminator, STEPS)
    batch_at = training.make_batches(images, BATCH, seed=seed)
    step = fashion.make_train_step(**gan, batch_at=batch_at)
    if change_name == "adaptive":
        step = adapt(step, discriminator, change, batch_at)
    training.fit(step, STEPS)
    return gan["average"], discriminator, float(change.strength)


@functools.cache
def load_ships() -> tuple[np.ndarray, np.ndarray]:
    """Ships to train on and as many others, uint8 (6000, 32, 32, 3) each."""
    return tuple(np.split(data.make_ships(2 * max(SIZES)).images, 2))


def learn_features(known: data.ImageSet):
    """A function from pictures in [-1, 1] to features (n, 64), learnt by rotations.

    A classifier that tells by how many quarters one of the square pictures in `known`
    has been turned needs no labels.
    """
    settings.set_seed(0)
    turns = np.random.default_rng(0).integers(4, size=len(known))
    turned = [np.rot90(*one) for one in zip(known.images, turns, strict=True)]
    names = "upright", "quarter", "half", "three quarters"
    turned = dataclasses.replace(
        known, images=np.stack(turned), labels=turns, class_names=names
    )
    model = classifiers.train_classifier(turned)
    return lambda images: classifiers.classify(model, images)[0]


def distance_from(unseen: np.ndarray, features):
    """A function: Fréchet distance of pictures in [-1, 1] from uint8 pictures."""
    known = metrics.fit_gaussian(features(scale_bytes(unseen)))
    return lambda images: metrics.frechet_distance(known, features(images))


@functools.cache
def make_distance():
    """The distance from the ships that no G trains on, by features of yet others."""
    features = learn_features(data.make_ships(max(SIZES), seed=1))
    return distance_from(load_ships()[1], features)


def shuffle_pixels() -> np.ndarray:
    """The ships of `load_ships`, each with its pixels in a random order."""
    ships = scale_bytes(load_ships()[0][:N_JUDGED])
    pixels = ships.reshape(len(ships), -1, 3)
    return np.random.default_rng(0).permuted(pixels, axis=1).reshape(ships.shape)


KNOWN = {  # what a distance means
    "real": lambda: scale_bytes(load_ships()[0][:N_JUDGED]),
    "sixteen real ones, repeated": lambda: scale_bytes(
        np.resize(load_ships()[0][:16], (N_JUDGED, 32, 32, 3))
    ),
    "shuffled pixels": shuffle_pixels,
}
JOBS = [
    *({"change": name, "size": N_JUDGED, "seed": 0} for name in KNOWN),
    *(
        {"change": change, "size": size, "seed": seed}
        for seed in SEEDS
        for size in SIZES
        for change in CHANGES
    ),
]


def measure(change: str, size: int, seed: int) -> dict[str, object]:
    """One run's row."""
    if change in KNOWN:
        return {"distance": f"{make_distance()(KNOWN[change]()):.2f}"} | dict.fromkeys(
            COLUMNS[4:], ""
        )
    known, unseen = (scale_bytes(half[:size]) for half in load_ships())
    generator, discriminator, strength = train(known, change, seed)
    noise = tf.random.stateless_normal((N_JUDGED, fashion.LATENT), [seed, 2])
    fake = training.generate(generator, noise)
    sets = known[:N_NEAR], unseen[:N_NEAR], fake[:N_NEAR]
    on_known, on_unseen, on_fake = (np.median(discriminator(x)) for x in sets)
    to_known, to_unseen = (
        metrics.nearest_neighbours(fake[:N_NEAR], images)[1]
        for images in (known, unseen)
    )
    return {
        "distance": f"{make_distance()(fake):.2f}",
        "gap": f"{(on_known - on_unseen) / (on_known - on_fake):.3f}",
        "nearer": f"{np.mean(to_known < to_unseen):.3f}",
        "copied": f"{np.mean(to_known < to_unseen / 2):.3f}",
        "strength": f"{strength:.2f}",
    }


def report(rows) -> None:
    """Print the means over the seeds, a line for each change and number of pictures."""
    print("| change | pictures | distance | way | nearer | copied | strength |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    groups: dict[tuple[str, str], list] = {}
    for row in rows:
        groups.setdefault((row["change"], row["size"]), []).append(row)
    for (change, size), group in groups.items():
        cells = [
            f"{mean(float(row[name]) for row in group):.2f}" if group[0][name] else ""
            for name in COLUMNS[3:]
        ]
        print(f"| {change} | {size} | " + " | ".join(cells) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--report", action="store_true", help="train nothing")
    if parser.parse_args().report:
        report(read_rows(TABLE, COLUMNS))
    else:
        report(complete(None, TABLE, COLUMNS, JOBS, measure))


if __name__ == "__main__":
    main()
