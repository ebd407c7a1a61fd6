"""A Keras network written down as a list that another library can build."""

import keras
import numpy as np


def spec_of(network) -> list[list]:
    """Each layer as [name, values…], channels first where there is a picture.

    Raises:
        ValueError: A layer that has no name here.
    """
    spec: list[list] = []
    for layer in network.layers:
        spec += _spec_of_layer(layer)
    return spec


def _spec_of_layer(layer) -> list[list]:
    kind, activation = type(layer).__name__, getattr(layer, "activation", None)
    after = []
    if activation is not None and activation is not keras.activations.linear:
        after = [[activation.__name__]]
    if kind == "Dense":
        return [["dense", *layer.kernel.shape], *after]
    if kind in ("Conv2D", "Conv2DTranspose"):
        return [_spec_of_convolution(layer, kind), *after]
    if kind == "BatchNormalization":
        flat = len(layer.input.shape) == 2
        name = "normalise flat" if flat else "normalise"
        return [[name, layer.input.shape[-1]]]
    simple = {
        "LeakyReLU": lambda: ["leaky", float(layer.negative_slope)],
        "ReLU": lambda: ["relu"],
        "Activation": lambda: after[0],
        "Dropout": lambda: ["dropout", layer.rate],
        "Flatten": lambda: ["flatten"],
        "Reshape": lambda: ["reshape", *np.roll(layer.target_shape, 1).tolist()],
        "UpSampling2D": lambda: ["upsample", layer.size[0]],
    }
    if kind not in simple:
        raise ValueError(
            f"The layer {layer.name!r} is a {kind}, expected one of "
            f"{', '.join(simple)}, Dense, convolutions or BatchNormalization. Add it."
        )
    return [simple[kind]()]


def _spec_of_convolution(layer, kind: str) -> list:
    kernel, stride = layer.kernel_size[0], layer.strides[0]
    if kind == "Conv2DTranspose":
        after, before = layer.kernel.shape[-2:]
        return ["transposed", before, after, kernel, stride]
    before, after = layer.kernel.shape[-2:]
    pad = (kernel - 1) // 2 if layer.padding == "same" else 0
    return ["conv", before, after, kernel, stride, pad]
