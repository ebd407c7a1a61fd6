"""What lesson 12 teaches: sixteen bits, a loss scale, and two replicas like one."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from lesson_code import from_lesson
from lesson_exercises import own_answer

from gan_helpers import settings
from gan_helpers.taught.fashion import BatchSpread

SLUG = "scaling_up"
ROOT = Path(__file__).resolve().parents[1]
RNG = np.random.default_rng(0)


def lesson():
    return from_lesson(
        SLUG,
        "make_generator",
        "make_discriminator",
        "make_optimizers",
        "make_train_step",
        "sample",
    )


def forward(network, x):
    """A dense network's output in float64; leaky ReLU between its layers."""
    weights = [np.asarray(w, "float64") for w in network.get_weights()]
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        x = x @ kernel + bias
        x = np.where(x > 0, x, 0.2 * x)
    return x @ weights[-2] + weights[-1]


# Sixteen bits


@pytest.mark.parametrize("name", ["float32", "float16"])
def test_a_format_is_measured_as_numpy_tells_it(name):
    found = from_lesson(SLUG, "measure_format").measure_format(name)
    facts = np.finfo(name)
    expected = [facts.max, facts.smallest_subnormal, facts.eps]
    np.testing.assert_array_equal(found, np.array(expected, "float64"))


@pytest.mark.parametrize(
    ("policy", "scaled", "tolerance"),
    [
        ("float32", False, 1e-5),
        ("mixed_float16", False, 3e-3),
        ("mixed_float16", True, 3e-3),
        ("mixed_bfloat16", False, 3e-2),
    ],
)
def test_the_losses_are_those_of_float64_within_the_formats_digits(
    policy, scaled, tolerance
):
    code = lesson()
    settings.set_seed(0)
    networks = code.make_generator(policy), code.make_discriminator(policy)
    real_points, noise = (np.asarray(x, "float64") for x in code.sample(3))
    real = forward(networks[1], real_points)
    fake = forward(networks[1], forward(networks[0], noise))
    d_loss = np.mean(np.log1p(np.exp(-real))) + np.mean(np.log1p(np.exp(fake)))
    step = code.make_train_step(networks, code.make_optimizers(scaled), code.sample)
    found = step(tf.constant(3))
    assert all(loss.dtype == tf.float32 for loss in found)
    expected = [d_loss, np.mean(np.log1p(np.exp(-fake)))]
    np.testing.assert_allclose(found, expected, rtol=tolerance)


def test_a_scale_of_a_power_of_two_changes_no_bit_of_a_float32_training():
    code = lesson()
    weights = []
    for scaled in (False, True):
        settings.set_seed(0)
        networks = code.make_generator(), code.make_discriminator()
        step = code.make_train_step(networks, code.make_optimizers(scaled), code.sample)
        for iteration in range(3):
            step(tf.constant(iteration))
        weights.append([w for network in networks for w in network.get_weights()])
    for plain, scaled in zip(*weights, strict=True):
        np.testing.assert_array_equal(plain, scaled)


def test_keras_follows_the_scale_of_the_exercise():
    scope = {}
    exec(own_answer(SLUG, "12.1", solved=True), {"np": np}, scope)
    finite = RNG.uniform(size=60) < 0.8
    optimizer = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(0.1), dynamic_growth_steps=3
    )
    weight = keras.Variable(1.0)
    for n, ok in enumerate(finite, start=1):
        before = weight.numpy()
        optimizer.apply([tf.constant(1.0 if ok else np.nan)], [weight])
        assert (weight.numpy() != before) == ok  # a bad step is skipped
        expected = scope["follow_scale"](finite[:n], growth=3)
        assert optimizer.dynamic_scale.numpy() == expected


def test_the_spread_is_nan_where_float16_swallows_its_epsilon_and_only_there():
    for dtype, healthy in (("float32", True), ("mixed_float16", False)):
        points = tf.ones((4, 3))
        with tf.GradientTape() as tape:
            tape.watch(points)
            total = tf.reduce_sum(BatchSpread(dtype=dtype)(points)[:, -1])
        slopes = tape.gradient(total, points).numpy()
        assert np.isfinite(slopes).all() == healthy


# Replicas


def test_on_one_device_the_shared_spread_is_numpys():
    points = RNG.normal(2.0, 3.0, (7, 5)).astype("float32")
    found = from_lesson(SLUG, "SharedSpread").SharedSpread()(points).numpy()
    np.testing.assert_array_equal(found[:, :5], points)
    np.testing.assert_allclose(found[:, 5], points.std(axis=0).mean(), rtol=1e-5)


REPLICAS = """
import numpy as np
import tensorflow as tf
from keras import layers
from lesson_code import from_lesson
from lesson_exercises import own_answer
from gan_helpers.taught.fashion import BatchSpread

lesson = from_lesson(
    "scaling_up", "two_devices", "train_on", "SharedSpread", "my_part"
)
devices = lesson.two_devices()
assert lesson.two_devices() == devices  # the cell may run twice
one = tf.distribute.OneDeviceStrategy(devices[0])
two = tf.distribute.MirroredStrategy(devices)
parts = two.run(lambda: lesson.my_part(tf.range(8)))
print(*(part.numpy().tolist() for part in two.experimental_local_results(parts)))
local, shared = (
    {"norm": lambda s=s: [layers.BatchNormalization(synchronized=s)]}
    for s in (False, True)
)
own, all_replicas = (
    {"spread": lambda layer=layer: [layer()]}
    for layer in (BatchSpread, lesson.SharedSpread)
)
# With these layers training may blow rounding up: one processor did, after 40 steps.
layered = (40, local, [shared, local]), (40, own, [all_replicas, own])
for steps, alone, others in (100, {}, [{}]), *layered:
    losses = lesson.train_on(one, 3, **alone)
    assert losses.shape == (100, 2)
    for together in others:
        gaps = np.abs(losses - lesson.train_on(two, 3, **together))
        print(gaps[:steps].max())
"""


def run_apart(code):
    """What a fresh process prints, in which TensorFlow has not begun."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'tools'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_two_replicas_learn_what_one_device_learns_if_what_is_shared_is_shared():
    parts, *gaps = run_apart(REPLICAS)
    assert parts == "[0, 1, 2, 3] [4, 5, 6, 7]"
    neither, norm, own_norm, spread, own_spread = map(float, gaps)
    assert max(neither, norm, spread) < 1e-5
    assert min(own_norm, own_spread) > 1e-4


def test_too_late_for_two_devices_says_what_to_do():
    code = """
import tensorflow as tf
from lesson_code import from_lesson
from lesson_exercises import own_answer
tf.zeros(1) + 1
try:
    from_lesson("scaling_up", "two_devices").two_devices()
except RuntimeError as error:
    print(error)
"""
    [line] = run_apart(code)
    assert "Restart the kernel, and run the cells from the top" in line
