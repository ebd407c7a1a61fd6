"""Small picture classifiers that come with the course, used as feature extractors.

A Fréchet distance needs features that mean something. These are our own classifiers',
trained by `tools/train_classifiers.py`; their weights are bundled as plain arrays.
`train_classifier` makes one for pictures that none is bundled for.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gan_helpers.array_files import fill_weights
from gan_helpers.data.bundled import bundled_dir, read_bundled
from gan_helpers.data.imageset import ImageSet
from gan_helpers.metrics import Gaussian
from gan_helpers.pixels import scale_bytes

if TYPE_CHECKING:
    import keras

N_FEATURES = 64

# One line per bundled file, printed by tools/train_classifiers.py when it writes one.
SHA256 = {
    "fashion_mnist": "19d0411ca045c2c41774822d34a94b03fd0f179bea9fe046a4fcc17f23a2b9d1",
    "house_numbers": "e92a1fa43477b97781de39734a86f179c6ffb1c03a910ddc3d20b449b96ef560",
}


def build_classifier(
    image_shape: tuple[int, int, int], n_classes: int = 10
) -> "keras.Model":
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


def train_classifier(
    image_set: ImageSet, *, epochs: int = 15, batch_size: int = 128
) -> "keras.Model":
    """The classifier of `build_classifier`, trained on a labelled `data.ImageSet`.

    Adam at 0.002, falling to 0 along half a cosine; cross-entropy; no augmentation.

    Raises:
        ValueError: The set has no labels, or fewer pictures than one batch.
    """
    import keras
    import tensorflow as tf

    if image_set.labels is None or len(image_set) < batch_size:
        raise ValueError(
            f"{image_set.name} has {len(image_set)} pictures and "
            f"{'no' if image_set.labels is None else 'its'} labels, expected labels "
            f"and at least {batch_size} pictures."
        )
    model = build_classifier(image_set.images.shape[1:], len(image_set.class_names))
    pictures = tf.data.Dataset.from_tensor_slices((image_set.images, image_set.labels))
    pictures = pictures.shuffle(len(image_set)).batch(batch_size, drop_remainder=True)
    pictures = pictures.map(lambda x, y: (scale_bytes(tf.cast(x, tf.float32)), y))
    steps = len(image_set) // batch_size * epochs
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    logits_only = keras.Model(model.input, model.outputs[1])
    logits_only.compile(keras.optimizers.Adam(rate), loss)
    logits_only.fit(pictures.prefetch(2), epochs=epochs, shuffle=False, verbose=0)
    return model


def load_classifier(name: str) -> "keras.Model":
    """The trained classifier `name`, a key of `SHA256`, as a Keras model.

    Returns:
        The model of `build_classifier` with its bundled weights.

    Raises:
        ValueError: No classifier of that name is bundled.
        DataError: The bundled file is missing or damaged.
    """
    path, arrays = _load_arrays(name)
    height, width, channels = (int(n) for n in arrays["image_shape"])
    model = build_classifier((height, width, channels))
    fill_weights(model, arrays, path)
    return model


def load_reference(name: str, split: str) -> Gaussian:
    """The Gaussian fitted to the features (n, 64) of real pictures.

    `split` is "train" or "test": all official pictures of that split. They let a lesson
    compare against pictures that it has not trained on, and does not have.
    """
    _, arrays = _load_arrays(name)
    return Gaussian(arrays[f"{split}_mean"], arrays[f"{split}_covariance"])


def classify(
    model: "keras.Model", images: np.ndarray, *, batch_size: int = 500
) -> tuple[np.ndarray, np.ndarray]:
    """Features (n, 64) and class probabilities (n, classes) of images in [-1, 1]."""
    import tensorflow as tf

    features, probabilities = [], []
    for start in range(0, len(images), batch_size):
        f, logits = model(images[start : start + batch_size], training=False)
        features.append(f.numpy())
        probabilities.append(tf.nn.softmax(logits).numpy())
    return np.concatenate(features), np.concatenate(probabilities)


def _load_arrays(name: str) -> tuple[Path, dict[str, np.ndarray]]:
    if name not in SHA256:
        raise ValueError(
            f"No classifier {name!r}, expected one of {', '.join(SHA256)}."
        )
    path = bundled_dir() / f"{name}_classifier.npz"
    return path, read_bundled(path, SHA256[name])
