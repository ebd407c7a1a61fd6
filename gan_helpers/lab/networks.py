"""Networks of the labs: the default pair, copies of a lesson's own, and checks."""

from collections.abc import Callable, Iterable, Iterator

import keras
import tensorflow as tf
from keras import layers

from gan_helpers import environment
from gan_helpers.copying import copy_layer, copy_network

ACTIVATIONS = {
    "leaky ReLU": lambda: layers.LeakyReLU(negative_slope=0.2),
    "ReLU": layers.ReLU,
    "tanh": lambda: layers.Activation("tanh"),
    "ELU": layers.ELU,
}

BUILT_FROM = ("noise_dim", "width", "activation")  # settings that need new networks


def build_generator(
    *, noise_dim: int, width: int, activation: str, seed: int
) -> keras.Model:
    """Noise (n, noise_dim) to points (n, 2): lesson 02's network at any width."""
    hidden = _hidden(width, activation, seed)
    last = layers.Dense(2, kernel_initializer=_initializer(seed, 2))
    return keras.Sequential(
        [keras.Input((noise_dim,)), *hidden, last], name="generator"
    )


def build_discriminator(*, width: int, activation: str, seed: int) -> keras.Model:
    """Points (n, 2) to logits (n, 1), with the 2-unit layer "features"."""
    hidden = _hidden(width, activation, seed + 10)
    ends = [
        layers.Dense(2, kernel_initializer=_initializer(seed, 12), name="features"),
        layers.Dense(1, kernel_initializer=_initializer(seed, 13), name="logit"),
    ]
    return keras.Sequential([keras.Input((2,)), *hidden, *ends], name="discriminator")


def _hidden(width: int, activation: str, seed: int) -> Iterator[keras.Layer]:
    for k in range(2):
        yield layers.Dense(width, kernel_initializer=_initializer(seed, k))
        yield ACTIVATIONS[activation]()


def _initializer(seed: int, k: int) -> keras.Initializer:
    return keras.initializers.GlorotUniform(seed=100 * seed + k)


def copy_given(
    generator: keras.Model | None = None,
    discriminator: keras.Model | None = None,
    *,
    dtype: str,
) -> dict[str, keras.Model]:
    """Copies of the networks that are not None, by "generator" and "discriminator".

    Raises:
        ValueError: Keras' global policy is not float32, or as `copy_model`.
    """
    environment.check_policy()
    given = {"generator": generator, "discriminator": discriminator}
    return {
        role: copy_model(x, role, dtype) for role, x in given.items() if x is not None
    }


def copy_model(model: keras.Model, role: str, dtype: str) -> keras.Model:
    """A copy with the same weights, so that the lab leaves the lesson's network alone.

    The copy computes in `dtype`. A sigmoid at the end of a discriminator is left out,
    because the lab's losses want logits.

    Raises:
        ValueError: `model` cannot be copied, because it is not a Keras model, has no
            weights yet, or is not made of layers that Keras can copy, here in `dtype`.
    """
    if not isinstance(model, keras.Model):
        raise ValueError(
            f"The {role} is a {type(model).__name__}, expected a Keras model."
        )
    if not model.built or len(getattr(model, "inputs", ())) != 1:
        raise ValueError(
            f"The {role} has no weights yet, or not exactly one input. Build it with "
            "keras.Sequential and start it with keras.Input(shape)."
        )
    inputs = keras.Input(batch_shape=model.inputs[0].shape, dtype=dtype)
    try:
        copy = copy_network(model, clone=_clone_for(model, role, dtype), inputs=inputs)
    except Exception as error:  # whatever a layer of one's own raises
        raise ValueError(
            f"The {role} cannot be copied: {error}. Then run that cell and this one "
            "again."
        ) from error
    floats = {weight.dtype for weight in copy.weights if "float" in weight.dtype}
    others = floats - {dtype}
    if others:
        raise ValueError(
            f"The {role} has weights in {', '.join(sorted(others))}, expected {dtype}. "
            "Build it of single layers, not of networks; let the __init__ of a layer "
            "of your own take **kwargs, and give them to super().__init__."
        )
    return copy


def _clone_for(
    model: keras.Model, role: str, dtype: str
) -> Callable[[keras.Layer], keras.Layer]:
    """How to copy one layer of `model`: in `dtype`, D's last one without sigmoid."""

    def clone(layer: keras.Layer) -> keras.Layer:
        changes = {"dtype": dtype}
        activation = getattr(layer, "activation", None)
        last = role == "discriminator" and layer is model.layers[-1]
        if last and activation is keras.activations.sigmoid:
            changes["activation"] = "linear"
        return copy_layer(layer, **changes)

    return clone


def check_pair(
    generator: keras.Model,
    discriminator: keras.Model,
    noise: tf.TensorShape,
    sample: tf.TensorShape,
) -> None:
    """Raise ValueError unless noise, G, samples and D fit together.

    Args:
        noise: The noise's shape, batch first.
        sample: The shape of one sample, (2,) for points.
    """
    for what, found, expected in (
        ("The noise", noise, noise[1:2]),
        ("The generator's input", generator.inputs[0].shape, noise[1:]),
        ("The generator's output", generator.outputs[0].shape, sample),
        ("The discriminator's input", discriminator.inputs[0].shape, sample),
        ("The discriminator's output", discriminator.outputs[0].shape, (1,)),
    ):
        if tuple(found[1:]) != tuple(expected):
            raise ValueError(
                f"{what} has shape {_show_shape(found[1:])}, expected "
                f"{_show_shape(expected)}."
            )
    _check_logits(discriminator)


def _show_shape(sizes: Iterable[int | None]) -> str:
    return f"({', '.join(['n', *map(str, sizes)])})"


def _check_logits(discriminator: keras.Model) -> None:
    """Raise ValueError if D ends in a softmax or a layer that is a sigmoid."""
    last = getattr(discriminator.layers[-1], "activation", None)
    name = getattr(last, "__name__", "")
    if name in ("sigmoid", "softmax"):
        raise ValueError(
            f"The discriminator ends in a {name}, expected logits. Leave the last "
            "activation out: the losses apply it."
        )


def is_dense(model: keras.Model) -> bool:
    """Whether a network has no convolution, so that XLA makes it faster, not slower."""
    return not any("conv" in type(x).__name__.lower() for x in model._flatten_layers())


def cut_at_features(discriminator: keras.Model) -> keras.Model | None:
    """D up to its 2-unit layer named "features", or None when it has none."""
    names = [layer.name for layer in discriminator.layers]
    if "features" not in names:
        return None
    output = discriminator.get_layer("features").output
    if tuple(output.shape[1:]) != (2,):
        return None
    return keras.Model(discriminator.inputs[0], output)
