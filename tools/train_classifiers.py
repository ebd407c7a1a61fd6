"""Train the small classifiers whose features the lessons measure with.

    python tools/train_classifiers.py fashion_mnist

Needs the official data (60,000 training pictures), not the bundled part. Writes
`data/<name>_classifier.npz` and prints the line for `gan_helpers/classifiers.py`.
"""

import argparse
import hashlib
import sys

import keras
import numpy as np
import tensorflow as tf
from bundle_data import DATA, save_npz

from gan_helpers import classifiers, metrics, settings
from gan_helpers.data import load_fashion_mnist

LOADERS = {"fashion_mnist": load_fashion_mnist}
EPOCHS = 15
BATCH_SIZE = 128


def train(train_set) -> keras.Model:
    """The classifier of `classifiers.build_classifier`, trained."""
    model = classifiers.build_classifier(train_set.images.shape[1:])
    steps = len(train_set) // BATCH_SIZE * EPOCHS
    optimizer = keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(2e-3, steps)
    )
    data = tf.data.Dataset.from_tensor_slices((train_set.scaled(), train_set.labels))
    data = data.shuffle(len(train_set)).batch(BATCH_SIZE, drop_remainder=True)
    logits_only = keras.Model(model.input, model.outputs[1])
    logits_only.compile(
        optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    logits_only.fit(data.prefetch(2), epochs=EPOCHS, verbose=2)
    return model


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=LOADERS)
    name = parser.parse_args().name
    settings.set_seed(0)
    sets = {split: LOADERS[name](split=split) for split in ("train", "test")}
    for image_set in sets.values():
        if image_set.stands_in_for:
            sys.exit(f"{image_set.title}: put the official files into GAN_DATA_DIR.")
    model = train(sets["train"])
    arrays = {"image_shape": np.array(model.input_shape[1:])}
    for split, image_set in sets.items():
        features, probabilities = classifiers.classify(model, image_set.scaled())
        accuracy = np.mean(probabilities.argmax(1) == image_set.labels)
        arrays[f"{split}_accuracy"] = np.array(accuracy)
        arrays[f"{split}_mean"], arrays[f"{split}_covariance"] = metrics.gaussian_of(
            features
        )
        print(f"{split}: {100 * accuracy:.2f} % of {len(image_set):,}")
    for i, weight in enumerate(model.get_weights()):
        arrays[f"weight_{i}"] = weight
    path = DATA / f"{name}_classifier.npz"
    save_npz(path, **arrays)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f'    "{name}": "{digest}",')
    return 0


if __name__ == "__main__":
    sys.exit(main())
