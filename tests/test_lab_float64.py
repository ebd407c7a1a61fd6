"""A lab in double precision, against the same iteration by hand in numpy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_helpers import lab
from gan_helpers.lab import datasets, networks
from gan_helpers.lab.messages import handle

RATE = 1e-3
LEAK = float(np.float32(0.2))  # TensorFlow keeps this slope in single precision


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    """Compile without XLA, which takes longer to compile than these tests to run."""
    monkeypatch.setattr(networks, "is_dense", lambda model: False)


def forward(weights, x):
    """Outputs of dense layers, leaky ReLU after the first two, and what went in."""
    inputs = []
    for k, (kernel, bias) in enumerate(zip(weights[::2], weights[1::2], strict=True)):
        inputs.append(x)
        x = x @ kernel + bias
        if k < 2:
            x = np.where(x > 0, x, LEAK * x)
    return x, inputs


def backward(weights, inputs, slope):
    """Gradients of the weights and of the input, from that of the output."""
    gradients = []
    for k in reversed(range(len(inputs))):
        gradients = [inputs[k].T @ slope, slope.sum(axis=0), *gradients]
        slope = slope @ weights[2 * k].T
        if 0 < k <= 2:
            slope = slope * np.where(inputs[k] > 0, 1, LEAK)
    return gradients, slope


def move(weights, gradients):
    """The first step of RMSProp with a decay of 0.9."""
    return [
        w - RATE * g / np.sqrt(0.1 * g**2 + 1e-7)
        for w, g in zip(weights, gradients, strict=True)
    ]


def softplus(x):
    return np.logaddexp(0, x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def iterate(generator, discriminator, real, d_noise, g_noise):
    """One step of D and one of G; both networks' weights, and both losses."""
    fake, _ = forward(generator, d_noise)
    real_logits, real_inputs = forward(discriminator, real)
    fake_logits, fake_inputs = forward(discriminator, fake)
    n = len(real)
    d_loss = (softplus(-real_logits) + softplus(fake_logits)).mean()
    of_real, _ = backward(discriminator, real_inputs, -sigmoid(-real_logits) / n)
    of_fake, _ = backward(discriminator, fake_inputs, sigmoid(fake_logits) / n)
    both = [a + b for a, b in zip(of_real, of_fake, strict=True)]
    discriminator = move(discriminator, both)
    fake, g_inputs = forward(generator, g_noise)
    logits, d_inputs = forward(discriminator, fake)
    _, slope = backward(discriminator, d_inputs, -sigmoid(-logits) / n)
    gradients, _ = backward(generator, g_inputs, slope)
    g_loss = softplus(-logits).mean()
    return move(generator, gradients), discriminator, (d_loss, g_loss)


def test_an_iteration_in_double_precision_is_that_of_numpy():
    a_lab = lab.PointLab(data="two moons", seed=3, dtype="float64")
    generator, discriminator = (
        [weight.numpy() for weight in model.weights]
        for model in (a_lab.generator, a_lab.discriminator)
    )
    assert {weight.dtype for weight in generator + discriminator} == {np.dtype(float)}
    pool = tf.constant(a_lab.points.points)
    real = datasets.sample_pool(pool, 256, [12, 1]).numpy().astype(float)
    noise = [
        datasets.draw_noise(256, 2, [13, draw], "uniform").numpy().astype(float)
        for draw in (1, 2)
    ]
    generator, discriminator, losses = iterate(generator, discriminator, real, *noise)
    a_lab.step(1)
    frame = a_lab.frame()
    found = frame["d_loss"], frame["g_loss"]
    np.testing.assert_allclose(found, losses, rtol=0, atol=1e-12)
    for model, expected in (
        (a_lab.generator, generator),
        (a_lab.discriminator, discriminator),
    ):
        for weight, by_hand in zip(model.get_weights(), expected, strict=True):
            np.testing.assert_allclose(weight, by_hand, rtol=0, atol=1e-12)


def test_both_precisions_take_the_same_way():
    labs = [lab.PointLab(dtype=dtype, seed=2) for dtype in ("float32", "float64")]
    for a_lab in labs:
        a_lab.step(5)
    for single, double in zip(*(x.generator.get_weights() for x in labs), strict=True):
        assert (single.dtype, double.dtype) == (np.float32, np.float64)
        np.testing.assert_allclose(single, double, atol=1e-4)


def test_own_networks_and_functions_are_taken_to_double_precision():
    generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    a_lab = lab.PointLab(
        generator,
        data=lambda n, seed: tf.random.stateless_normal((n, 2), seed),
        noise=lambda n, seed: tf.random.stateless_normal((n, 3), seed),
        loss="wasserstein",
        dtype="float64",
    )
    a_lab.step(2)
    a_lab.set("loss", "relativistic")
    a_lab.step(2)
    assert a_lab.halted is None
    assert {weight.dtype for weight in a_lab.generator.weights} == {"float64"}
    assert a_lab.generator(a_lab.scene.shown_noise).dtype == tf.float64
    assert {weight.dtype for weight in generator.weights} == {"float32"}
    content, _ = handle(a_lab, {"type": "hello"})  # a view draws single precision
    assert {a["dtype"] for a in content["arrays"]} == {"float32", "uint8"}


def test_pictures_train_in_double_precision():
    pictures = np.random.default_rng(0).integers(0, 256, (40, 4, 4, 1), np.uint8)
    a_lab = lab.ImageLab(
        keras.Sequential(
            [
                keras.Input((2,)),
                keras.layers.Dense(16, activation="tanh"),
                keras.layers.Reshape((4, 4, 1)),
                keras.layers.BatchNormalization(),
            ]
        ),
        keras.Sequential(
            [keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(1)]
        ),
        pictures,
        dtype="float64",
    )
    a_lab.step(3)
    assert a_lab.halted is None
    assert {array.dtype for array in a_lab.generator.get_weights()} == {np.dtype(float)}
    assert a_lab.frame()["arrays"]["pictures"].dtype == np.uint8


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": "float16"}, "dtype is 'float16', expected one of float32, float64"),
        (
            {
                "generator": keras.Sequential(
                    [keras.Input((2,)), keras.Sequential([keras.layers.Dense(2)])]
                ),
                "dtype": "float64",
            },
            "generator has weights in float32, expected float64",
        ),
    ],
)
def test_what_cannot_be_had_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        lab.PointLab(**options)
