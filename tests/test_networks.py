"""The originals' networks, to the parameter, and steps that move one network only."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from lesson_cells import cells_up_to
from lesson_code import ROOT, from_lesson

from gan_helpers import training
from gan_helpers.taught import dcgan, fashion, quadratic


def count(weights):
    return sum(int(np.prod(weight.shape)) for weight in weights)


pad_to_32 = from_lesson("dcgan_svhn", "pad_to_32").pad_to_32


def test_quadratic_parameter_counts():
    assert quadratic.make_generator().count_params() == 354
    assert quadratic.make_discriminator().count_params() == 357


def test_original_fashion_parameter_counts():
    generator = fashion.make_original_generator()
    assert generator.count_params() == 414_209
    assert count(generator.trainable_weights) == 413_825
    assert count(generator.non_trainable_weights) == 384
    assert fashion.make_original_discriminator().count_params() == 212_865


def test_original_svhn_parameter_counts():
    generator, discriminator = dcgan.make_generator(), dcgan.make_discriminator()
    assert generator.count_params() == 4_936_963
    assert count(generator.trainable_weights) == 4_935_171
    assert discriminator.count_params() == 1_034_881
    assert count(discriminator.trainable_weights) == 1_034_113


def test_quadratic_points_and_noise():
    points = quadratic.sample_points(5000, [1, 0]).numpy()
    np.testing.assert_allclose(points[:, 1], 10 + points[:, 0] ** 2, rtol=1e-5)
    assert points[:, 0].min() >= -50 and points[:, 0].max() < 50
    assert abs(points[:, 0].mean()) < 2
    noise = quadratic.sample_noise(5000, [2, 0]).numpy()
    assert noise.min() >= -1 and noise.max() < 1
    other = quadratic.sample_noise(5000, [2, 1]).numpy()
    assert not np.array_equal(noise, other)


@pytest.mark.parametrize("label", [0, 1, 0.9])
def test_cross_entropy_against_numpy(label):
    logits = np.random.default_rng(0).normal(size=(50, 1)).astype("float32") * 5
    p = 1 / (1 + np.exp(-logits.astype("float64")))
    expected = -np.mean(label * np.log(p) + (1 - label) * np.log(1 - p))
    found = quadratic.cross_entropy(tf.constant(logits), label)
    assert float(found) == pytest.approx(expected, rel=1e-5)


def changed(network, action):
    before = network.get_weights()
    action()
    after = network.get_weights()
    return any(not np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_quadratic_steps_move_their_own_network_only():
    keras.utils.set_random_seed(0)
    generator, discriminator = (
        quadratic.make_generator(),
        quadratic.make_discriminator(),
    )
    d_step, g_step = quadratic.make_steps(generator, discriminator)
    points, noise = (
        quadratic.sample_points(64, [1, 0]),
        quadratic.sample_noise(64, [2, 0]),
    )
    assert not changed(generator, lambda: d_step(points, noise))
    assert changed(discriminator, lambda: d_step(points, noise))
    assert not changed(discriminator, lambda: g_step(noise))
    assert changed(generator, lambda: g_step(noise))


@pytest.mark.parametrize("name", ["generator", "discriminator"])
def test_quadratic_steps_refuse_a_network_that_a_leftover_flag_has_frozen(name):
    networks = {
        "generator": quadratic.make_generator(),
        "discriminator": quadratic.make_discriminator(),
    }
    networks[name].trainable = False
    step = quadratic.make_train_step(*quadratic.make_steps(**networks))
    before = [network.get_weights() for network in networks.values()]
    with pytest.raises(ValueError, match=f"'{name}' has no trainable weights"):
        training.fit(step, 3, jit_compile=True)
    for network, weights in zip(networks.values(), before, strict=True):
        for old, new in zip(weights, network.get_weights(), strict=True):
            np.testing.assert_array_equal(old, new)


def test_ten_repeats_use_one_batch():
    batches = []

    def sample(n, seed):
        batches.append(seed)
        return quadratic.sample_points(n, seed)

    calls = []
    step = quadratic.make_train_step(
        lambda points, noise: calls.append("d") or 1.0,
        lambda noise: calls.append("g") or 2.0,
        repeats=10,
        sample=sample,
    )
    assert step(7) == (1.0, 2.0)
    assert calls == ["d"] * 10 + ["g"] * 10
    assert batches == [[1, 7]]


@pytest.mark.parametrize("frozen", ["generator", "discriminator"])
def test_fashion_step_gives_each_network_its_own_gradients(frozen):
    keras.utils.set_random_seed(0)
    generator, discriminator = fashion.make_generator(), fashion.make_discriminator()
    rates = {"generator": 1e-3, "discriminator": 1e-3, frozen: 0.0}
    optimizers = [
        keras.optimizers.SGD(rates[n]) for n in ("generator", "discriminator")
    ]
    images = np.random.default_rng(0).integers(0, 256, (64, 28, 28, 1), "uint8")
    batch_at = training.make_batches(images, 32, seed=0)
    average = training.make_average(generator)
    step = fashion.make_train_step(
        generator, discriminator, average, batch_at, optimizers
    )
    before = {
        network.name: [v.numpy() for v in network.trainable_variables]
        for network in (generator, discriminator)
    }
    d_loss, g_loss = step(tf.constant(0))
    assert np.isfinite([float(d_loss), float(g_loss)]).all()
    for network in (generator, discriminator):
        moved = any(
            not np.array_equal(old, new.numpy())
            for old, new in zip(
                before[network.name], network.trainable_variables, strict=True
            )
        )
        assert moved == (network.name != frozen)


def test_original_svhn_step_runs_at_full_size():
    keras.utils.set_random_seed(0)
    images = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), "uint8")
    generator, discriminator = dcgan.make_generator(), dcgan.make_discriminator()
    batch_at = training.make_batches(images, 8, seed=0)
    step = dcgan.make_train_step(
        generator, discriminator, dcgan.make_optimizers(), batch_at
    )
    before = [network.get_weights() for network in (generator, discriminator)]
    losses = training.compile_loop(step, max_steps=1)(0, 1)
    assert np.isfinite(losses).all()
    for network, old in zip((generator, discriminator), before, strict=True):
        # Running averages included: every weight of both networks has moved.
        for a, b in zip(old, network.get_weights(), strict=True):
            assert not np.array_equal(a, b)


@pytest.mark.parametrize("lesson", ["04", "05", "05, original"])
@pytest.mark.parametrize("frozen", ["generator", "discriminator"])
def test_a_network_that_a_leftover_flag_froze_is_refused(lesson, frozen):
    side, channels = (32, 3) if lesson == "04" else (28, 1)
    images = np.zeros((8, side, side, channels), "uint8")
    batch_at = training.make_batches(images, 4, seed=0)
    if lesson == "04":
        networks = (
            dcgan.make_generator((4, 4, 4), 4),
            dcgan.make_discriminator((4, 4, 4)),
        )
    else:
        networks = fashion.make_generator(), fashion.make_discriminator()
    networks[frozen == "discriminator"].trainable = False
    if lesson == "04":
        step = dcgan.make_train_step(*networks, dcgan.make_optimizers(), batch_at)
    elif lesson == "05":
        step = fashion.make_train_step(
            *networks, networks[0], batch_at, fashion.make_optimizers()
        )
    else:
        optimizers = fashion.make_original_optimizers()
        step = fashion.make_original_step(*networks, batch_at, optimizers, batch_size=4)
    with pytest.raises(ValueError, match=f"'{frozen}' has no trainable weights"):
        step(tf.constant(0))


def test_svhn_generator_is_updated_twice_on_the_same_noise(monkeypatch):
    noises = []

    def sample_noise(n, seed, latent):
        noises.append(seed)
        return tf.random.stateless_uniform((n, latent), seed, -1.0, 1.0)

    monkeypatch.setattr(dcgan, "sample_noise", sample_noise)
    steps = []
    for g_updates in (1, 2):
        keras.utils.set_random_seed(0)
        generator = dcgan.make_generator((8, 4, 4), 4)
        discriminator = dcgan.make_discriminator((4, 4, 8), 4)
        images = np.random.default_rng(0).integers(0, 256, (16, 32, 32, 3), "uint8")
        batch_at = training.make_batches(images, 8, seed=0)
        optimizers = dcgan.make_optimizers(1e-3)
        step = dcgan.make_train_step(
            generator, discriminator, optimizers, batch_at, g_updates
        )
        before = generator.get_weights()[0]
        step(tf.constant(0))
        steps.append(np.abs(generator.get_weights()[0] - before).max())
    # Adam's first step is as long as its rate, and two in one direction twice that.
    np.testing.assert_allclose(steps, [1e-3, 2e-3], rtol=0.05)
    assert len(noises) == 2


def test_svhn_average_follows_the_generator_at_every_fourth_step(monkeypatch):
    lesson = from_lesson("dcgan_svhn", "make_gan", "make_step")
    images = np.random.default_rng(0).integers(0, 256, (16, 32, 32, 3), "uint8")
    monkeypatch.setitem(lesson.make_step.__globals__, "real_images", images)
    size = {"g_filters": (8, 4, 4), "d_filters": (4, 4, 8), "kernel": 4, "rate": 1e-3}
    size |= {"latent": 32, "batch_size": 8, "g_updates": 1}
    gan = lesson.make_gan(size)
    assert gan["average"].input_shape == (None, 32)
    step, start = lesson.make_step(gan, size), gan["average"].get_weights()
    step(tf.constant(3))
    np.testing.assert_equal(gan["average"].get_weights(), start)
    step(tf.constant(4))
    kept = 5 / 14  # early on: (1 + 4) / (10 + 4)
    for average, first, last in zip(
        gan["average"].get_weights(),
        start,
        gan["generator"].get_weights(),
        strict=True,
    ):
        expected = kept * first + (1 - kept) * last
        np.testing.assert_allclose(average, expected, atol=1e-6)


def test_svhn_noise_is_uniform():
    noise = dcgan.sample_noise(2000, [1, 0]).numpy()
    assert noise.shape == (2000, 100)
    assert -1 <= noise.min() < -0.99 and 0.99 < noise.max() < 1
    assert noise.var() == pytest.approx(1 / 3, rel=0.01)


@pytest.mark.parametrize("shape", [(28, 28, 1), (28, 20, 3), (32, 32, 3), (31, 32, 1)])
def test_padding_keeps_the_picture_in_the_middle(shape):
    images = np.random.default_rng(0).uniform(-1, 1, (2, *shape)).astype("float32")
    padded = pad_to_32(images)
    assert padded.shape == (2, 32, 32, 3) and padded.dtype == np.float32
    top, left = (32 - shape[0]) // 2, (32 - shape[1]) // 2
    middle = padded[:, top : top + shape[0], left : left + shape[1]]
    np.testing.assert_array_equal(middle, np.broadcast_to(images, middle.shape))
    outside = padded.size - middle.size
    assert np.sum(padded == -1) >= outside
    assert padded.sum() == pytest.approx(middle.sum() - outside, rel=1e-4)


def test_pictures_too_large_to_pad_are_refused():
    with pytest.raises(ValueError, match="40×32, expected at most 32×32"):
        pad_to_32(np.zeros((1, 40, 32, 3), "float32"))


def test_pictures_that_nobody_padded_are_refused_with_the_remedy():
    images = np.zeros((16, 28, 28, 1), "uint8")
    batch_at = training.make_batches(images, 8, seed=0)
    with pytest.raises(
        ValueError, match=r"\(28, 28, 1\), expected \(32, 32, 3\).*pad_to"
    ):
        dcgan.make_train_step(None, None, None, batch_at)
    dcgan.check_pictures(pad_to_32(np.zeros((2, 28, 28, 1), "float32")))


SAVE = """
keras.utils.set_random_seed(0)
network, pictures = make_discriminator(), np.ones((3, 28, 28, 1), "float32")
pictures[1:] = -1
network.save({model!r})
np.save({logits!r}, network(pictures))
"""
LOAD = """
import keras
import numpy as np
from gan_helpers.taught import fashion

network, pictures = keras.models.load_model({model!r}), np.ones((3, 28, 28, 1), "f4")
pictures[1:] = -1
np.testing.assert_array_equal(network(pictures), np.load({logits!r}))
assert isinstance(network.layers[4], fashion.BatchSpread)
"""


def test_a_saved_discriminator_of_lesson_05_loads_in_a_fresh_process(tmp_path):
    paths = {"model": str(tmp_path / "d.keras"), "logits": str(tmp_path / "logits.npy")}
    # The notebook defines the layer itself; what loads it may take it from the package.
    cells = cells_up_to(
        "dcgan_fashion_mnist", "def make_discriminator(", ["real_images"]
    )
    *cells, last = cells
    cells.append(
        last.replace("make_discriminator(D_FILTERS)(real_images[:3]).shape", "")
    )
    for code in ("\n\n".join(cells) + SAVE.format(**paths), LOAD.format(**paths)):
        child = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "GAN_BUDGET": "fast", "GAN_OUTPUT_DIR": str(tmp_path)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert child.returncode == 0, child.stderr
