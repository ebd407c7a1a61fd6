"""Copies of networks with layers of one's own, which Keras cannot make from text."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from gan_helpers import lab, training
from gan_helpers.lab import networks

SCALE = np.float32(3)  # a global that a function of one's own uses


class UnitNorm(keras.constraints.Constraint):
    """Keras has one of this name that does something else."""

    def __call__(self, weights):
        return weights / (1e-6 + tf.norm(weights))


class Fill(keras.initializers.Initializer):
    def __init__(self, value):
        self.value = value

    def __call__(self, shape, dtype=None):
        return tf.fill(shape, tf.cast(self.value, dtype))


class Penalty(keras.regularizers.Regularizer):
    def __call__(self, weights):
        return tf.reduce_sum(weights**2)


class Table(layers.Layer):
    """An array as its argument, and no get_config."""

    def __init__(self, table):
        super().__init__()
        self.table = table

    def call(self, x):
        return x * self.table


class Forgetful(layers.Layer):
    """Keeps `table` under another name."""

    def __init__(self, table):
        super().__init__()
        self.factor = table

    def call(self, x):
        return x * self.factor


class Generator(keras.Model):
    """A class of one's own instead of a list of layers."""

    def __init__(self, units):
        super().__init__()
        self.units = units
        self.dense = layers.Dense(units, kernel_constraint=UnitNorm())

    def call(self, x, training=None):
        return self.dense(x)


def scaled_sine(x):
    return tf.sin(x) * SCALE


def gelu(x):
    return -x


OWN = {
    "constraint": lambda: [layers.Dense(2, kernel_constraint=UnitNorm())],
    "initializer": lambda: [layers.Dense(2, kernel_initializer=Fill(0.5))],
    "regularizer": lambda: [layers.Dense(2, kernel_regularizer=Penalty())],
    "activation": lambda: [layers.Dense(2, activation=scaled_sine)],
    "activation named as one of Keras": lambda: [layers.Dense(2, activation=gelu)],
    "lambda as activation": lambda: [layers.Dense(2, activation=lambda x: x * SCALE)],
    "Lambda": lambda: [layers.Dense(2), layers.Lambda(lambda x: tf.sin(x) * SCALE)],
    "Lambda of a function": lambda: [layers.Dense(2), layers.Lambda(scaled_sine)],
    "wrapped": lambda: [
        layers.SpectralNormalization(layers.Dense(2, kernel_constraint=UnitNorm()))
    ],
    "network in a network": lambda: [
        keras.Sequential([keras.Input((2,)), layers.Dense(2, activation=scaled_sine)])
    ],
    "no get_config": lambda: [layers.Dense(2), Table(np.float32([2, 3]))],
}


def build(kind):
    model = keras.Sequential([keras.Input((2,)), *OWN[kind]()])
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


def assert_copied(copy, model):
    """The same function, until the weights of one of the two change."""
    x = np.random.default_rng(1).normal(size=(5, 2)).astype("float32")
    expected = model(x).numpy()
    np.testing.assert_allclose(copy(x), expected, rtol=1e-5)
    copy.set_weights([np.full(w.shape, 0.1) for w in copy.get_weights()])
    assert not np.allclose(copy(x), expected)
    np.testing.assert_array_equal(model(x), expected)


@pytest.mark.parametrize("kind", OWN)
def test_a_network_with_layers_of_ones_own_has_an_average(kind):
    model = build(kind)
    assert_copied(training.make_average(model), model)


@pytest.mark.parametrize("kind", OWN)
def test_the_lab_takes_layers_of_ones_own(kind):
    model = build(kind)
    assert_copied(networks.copy_given(model, dtype="float32")["generator"], model)


@pytest.mark.parametrize("kind", ["constraint", "wrapped"])
def test_the_lab_trains_them_and_their_constraint_holds(kind):
    a_lab = lab.PointLab(build(kind), data="ring of 8")
    a_lab.step(2)
    kernel = a_lab.generator.get_weights()[0]
    assert np.linalg.norm(kernel) == pytest.approx(1, abs=1e-3)


def test_a_branching_network_has_an_average():
    inputs = keras.Input((2,))
    hidden = layers.Dense(2, kernel_initializer=Fill(0.5))(inputs)
    model = keras.Model(inputs, layers.Lambda(scaled_sine)(hidden + 1.0) * inputs)
    assert_copied(training.make_average(model), model)


def test_a_network_that_is_a_class_has_an_average():
    model = Generator(3)
    model(np.ones((1, 2), "float32"))
    assert_copied(training.make_average(model), model)


def test_a_layer_keeps_its_name_and_stays_frozen_in_the_copy():
    model = build("constraint")
    model.layers[0].trainable = False
    average = training.make_average(model)
    assert average.layers[0].name == model.layers[0].name
    assert average.trainable_variables == []


@pytest.mark.parametrize("copy", [training.make_average, lab.PointLab])
def test_what_cannot_be_copied_is_said_with_the_remedy(copy):
    model = keras.Sequential(
        [keras.Input((2,)), layers.Dense(2), Forgetful(np.float32([2, 3]))]
    )
    with pytest.raises(
        ValueError, match=r"Forgetful 'forg.*keep its argument table. .* self.table"
    ):
        copy(model)


def test_no_weights_no_average():
    with pytest.raises(ValueError, match=r"'young' has no weights yet.*keras.Input"):
        training.make_average(keras.Sequential([layers.Dense(2)], name="young"))


def test_the_lab_says_what_a_class_of_ones_own_lacks():
    model = Generator(2)
    model(np.ones((1, 2), "float32"))
    with pytest.raises(ValueError, match="keras.Sequential and start it with"):
        lab.PointLab(model)


def test_an_own_layer_that_hides_the_float_type_is_refused_with_the_remedy():
    class Bias(layers.Layer):
        def __init__(self):
            super().__init__()

        def build(self, shape):
            self.bias = self.add_weight(shape=shape[1:])

        def call(self, x):
            return x + tf.cast(self.bias, x.dtype)

    model = keras.Sequential([keras.Input((2,)), layers.Dense(2), Bias()])
    with pytest.raises(ValueError, match=r"expected float64.*\*\*kwargs"):
        lab.PointLab(model, dtype="float64")
