"""Copies of networks, whatever layers they have, and running averages of weights."""

import contextlib
import inspect
import types
from collections.abc import Callable, Iterable
from typing import Any

import keras
import tensorflow as tf


def make_average(model: keras.Model) -> keras.Model:
    """A copy of `model` whose weights will follow the original's running average.

    Raises:
        ValueError: `model` has no weights yet, or a layer that cannot be copied.
    """
    if not model.built:
        raise ValueError(
            f"{model.name!r} has no weights yet, so it has no average. Start it with "
            "keras.Input(shape), or call it on a batch first."
        )
    return copy_network(model)


def update_average(
    average: keras.Model,
    model: keras.Model,
    iteration: tf.Tensor | int,
    *,
    decay: float = 0.999,
) -> None:
    """Move the weights of `average` a little towards those of `model`.

    Exponential moving average, w̄ ← d·w̄ + (1 - d)·w, with d = min(decay,
    (1 + iteration) / (10 + iteration)) so that the first, untrained weights are
    forgotten soon. Works inside a compiled step. Source: Yazıcı et al., "The unusual
    effectiveness of averaging in GAN training", 2019.
    """
    t = tf.cast(iteration, tf.float32)
    d = tf.minimum(decay, (1.0 + t) / (10.0 + t))
    for slow, fast in zip(average.weights, model.weights, strict=True):
        slow.assign(d * slow + (1.0 - d) * fast)


def copy_network(
    model: keras.Model,
    *,
    clone: Callable | None = None,
    inputs: keras.KerasTensor | None = None,
) -> keras.Model:
    """A network like the built `model`, with the same weights, in variables of its own.

    Args:
        clone: Copies one layer; `copy_layer` unless one says otherwise.
        inputs: What the copy starts from, in place of an input like the model's.

    Raises:
        ValueError: A layer cannot be copied; names it and says what helps.
    """
    if hasattr(model, "inputs"):
        copy = keras.models.clone_model(
            model, input_tensors=inputs, clone_function=clone or copy_layer
        )
    else:  # a class of one's own, whose layers Keras does not know
        copy = _rebuild(model, {})
        copy.build_from_config(model.get_build_config())
    copy.set_weights(model.get_weights())
    return copy


def copy_layer(layer: keras.Layer, **changes: Any) -> keras.Layer:
    """A new layer made as `layer` was, with weights of its own, which are not copied.

    Args:
        changes: Other values for some of its arguments, where it takes them.

    Raises:
        ValueError: The layer does not keep what its class was called with.
    """
    if isinstance(layer, keras.Model):
        return copy_network(layer)
    # Keras goes through text, which an object or a function of one's own does not
    # survive; nor do the globals of a Lambda's function.
    if not isinstance(layer, keras.layers.Lambda):
        with contextlib.suppress(Exception):
            config = layer.get_config()
            known = {name: value for name, value in changes.items() if name in config}
            copy = type(layer).from_config(config | known)
            if _is_alike(copy, layer, set(config) - set(known)):
                return copy
    return _rebuild(layer, changes)


def _is_alike(copy: keras.Layer, layer: keras.Layer, names: Iterable[str]) -> bool:
    """Whether both hold the same functions, and parts of the same classes.

    For one's own names Keras may have found things that go by the same name in Keras.
    """
    for name in names:
        ours, theirs = getattr(layer, name, None), getattr(copy, name, None)
        if isinstance(ours, types.FunctionType) and ours is not theirs:
            return False
        if type(ours) is not type(theirs):
            return False
        if isinstance(ours, keras.Layer) and not _is_alike(
            theirs, ours, ours.get_config()
        ):
            return False
    return True


def _rebuild(layer: keras.Layer, changes: dict) -> keras.Layer:
    """Call the class of `layer` again, with what the layer keeps of its arguments."""
    arguments: dict = {}
    signature = inspect.signature(type(layer).__init__)
    for name, parameter in list(signature.parameters.items())[1:]:
        if parameter.kind is parameter.VAR_KEYWORD:
            kept = {key: getattr(layer, key) for key in ("name", "trainable")}
            arguments |= kept | {"dtype": layer.dtype_policy}
        else:
            arguments[name] = _find_argument(layer, name)
    arguments |= {name: x for name, x in changes.items() if name in arguments}
    try:
        return type(layer)(**arguments)
    except Exception as error:
        raise ValueError(
            f"the {type(layer).__name__} {layer.name!r} cannot be made again from what "
            f"it keeps ({type(error).__name__}: {error}). Give its class a get_config "
            "that returns the arguments of its __init__"
        ) from error


def _find_argument(layer: keras.Layer, name: str) -> Any:
    """What a layer was given as `name`: from its config if plain, or its attributes."""
    config = {}
    with contextlib.suppress(Exception):  # there may be no get_config of one's own
        if not isinstance(layer, keras.Model):  # whose config may hold the defaults
            config = layer.get_config()
    is_function = isinstance(getattr(layer, name, None), types.FunctionType)
    if not is_function and not isinstance(config.get(name, {}), dict):
        return config[name]
    for attribute in (name, f"_{name}"):
        if hasattr(layer, attribute):
            return _copy_layers(getattr(layer, attribute))
    raise ValueError(
        f"the {type(layer).__name__} {layer.name!r} does not keep its argument {name}. "
        f"Store it in __init__, as self.{name}"
    )


def _copy_layers(value: Any) -> Any:
    """`value` with copies in place of layers, so that no weights are shared."""
    if isinstance(value, list | tuple):
        return [_copy_layers(one) for one in value]
    return copy_layer(value) if isinstance(value, keras.Layer) else value
