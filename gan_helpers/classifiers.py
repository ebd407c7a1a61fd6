"""Small picture classifiers that come with the course, used as feature extractors.

A Fréchet distance needs features that mean something. These are our own classifiers',
trained by `tools/train_classifiers.py`; their weights are bundled as plain arrays.
"""

import hashlib

import numpy as np

from gan_helpers.settings import bundled_dir

N_FEATURES = 64

# One line per bundled file, printed by tools/train_classifiers.py when it writes one.
SHA256 = {
    "fashion_mnist": "19d0411ca045c2c41774822d34a94b03fd0f179bea9fe046a4fcc17f23a2b9d1",
}


def build_classifier(image_shape: tuple[int, int, int], n_classes: int = 10):
    """An untrained classifier: pictures in [-1, 1] to (features, logits).

    Two 3×3 convolutions, each halving the picture by max pooling, then a dense layer of
    64 ReLU units, the features, and one of `n_classes` logits.

    Returns:
        A Keras model with two outputs, (n, 64) features and (n, n_classes) logits.
    """
    from keras import Input, Model, layers

    images = Input(image_shape, name="images")
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(images)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Dropout(0.25)(layers.Flatten()(x))
    features = layers.Dense(N_FEATURES, activation="relu", name="features")(x)
    logits = layers.Dense(n_classes, name="logits")(layers.Dropout(0.5)(features))
    return Model(images, [features, logits], name="classifier")


def load_classifier(name: str):
    """The trained classifier `name` ("fashion_mnist") as a Keras model.

    Returns:
        The model of `build_classifier` with its bundled weights.

    Raises:
        ValueError: No classifier of that name is bundled.
        DataError: The bundled file is missing or damaged.
    """
    arrays = _load_arrays(name)
    model = build_classifier(tuple(int(n) for n in arrays["image_shape"]))
    model.set_weights(
        [arrays[f"weight_{i}"].astype("float32") for i in range(len(model.weights))]
    )
    return model


def load_reference(name: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Mean (64,) and covariance (64, 64) of the features of real pictures.

    `split` is "train" or "test": all official pictures of that split. They let a lesson
    compare against pictures that it has not trained on, and does not have.
    """
    arrays = _load_arrays(name)
    return arrays[f"{split}_mean"], arrays[f"{split}_covariance"]


def classify(
    model, images: np.ndarray, *, batch_size: int = 500
) -> tuple[np.ndarray, np.ndarray]:
    """Features (n, 64) and class probabilities (n, classes) of images in [-1, 1]."""
    import tensorflow as tf

    features, probabilities = [], []
    for start in range(0, len(images), batch_size):
        f, logits = model(images[start : start + batch_size], training=False)
        features.append(f.numpy())
        probabilities.append(tf.nn.softmax(logits).numpy())
    return np.concatenate(features), np.concatenate(probabilities)


def _load_arrays(name: str) -> dict[str, np.ndarray]:
    from gan_helpers.data import DataError

    if name not in SHA256:
        raise ValueError(
            f"No classifier {name!r}, expected one of {', '.join(SHA256)}."
        )
    path = bundled_dir() / f"{name}_classifier.npz"
    if not path.is_file():
        raise DataError(f"{path} is missing. Restore it from the course's repository.")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256[name]:
        raise DataError(
            f"{path} has SHA-256 {found}, expected {SHA256[name]}. "
            "Restore it from the course's repository."
        )
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)
