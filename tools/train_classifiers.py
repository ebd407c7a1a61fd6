"""Train the small classifiers whose features the lessons measure with.

    python tools/train_classifiers.py fashion_mnist    # or house_numbers

Writes `data/<name>_classifier.npz` and prints the line that `gan_helpers.classifiers`
needs.
Fashion-MNIST needs the official data (60,000 training pictures), not the bundled part.
"""

import argparse
import hashlib
import sys

import numpy as np
from bundle_data import DATA, save_npz

from gan_helpers import classifiers, metrics, settings
from gan_helpers.data import load_fashion_mnist, make_house_numbers


def load_house_numbers(*, split: str):
    """The stand-in for SVHN, as `load_svhn` makes it."""
    return make_house_numbers(seed={"train": 0, "test": 1}[split])


LOADERS = {"fashion_mnist": load_fashion_mnist, "house_numbers": load_house_numbers}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=LOADERS)
    name = parser.parse_args().name
    settings.set_seed(0)
    sets = {split: LOADERS[name](split=split) for split in ("train", "test")}
    for image_set in sets.values():
        if image_set.stands_in_for:
            sys.exit(f"{image_set.title}: put the official files into GAN_DATA_DIR.")
    model = classifiers.train_classifier(sets["train"])
    arrays = {"image_shape": np.array(model.input_shape[1:])}
    for split, image_set in sets.items():
        features, probabilities = classifiers.classify(model, image_set.scaled())
        accuracy = np.mean(probabilities.argmax(1) == image_set.labels)
        arrays[f"{split}_accuracy"] = np.array(accuracy)
        arrays[f"{split}_mean"], arrays[f"{split}_covariance"] = metrics.fit_gaussian(
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
