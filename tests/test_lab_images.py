"""The image lab with networks small enough to be quick."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from gan_helpers import lab
from gan_helpers.data.imageset import ImageSet
from gan_helpers.lab.messages import handle
from gan_helpers.taught import fashion

RNG = np.random.default_rng(0)
# Bright in the middle, so that there is something to learn.
PICTURES = np.zeros((60, 8, 8, 1), np.uint8)
PICTURES[:, 2:6, 2:6] = RNG.integers(150, 256, (60, 4, 4, 1))


def make_generator(activation="tanh"):
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(4 * 4 * 4, use_bias=False),
            layers.Reshape((4, 4, 4)),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2DTranspose(
                1, 4, strides=2, padding="same", activation=activation
            ),
        ]
    )


def make_discriminator():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 4, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


def mean_brightness(images):
    return float(images.mean())


@pytest.fixture(scope="module")
def made():
    return lab.ImageLab(
        make_generator(),
        make_discriminator(),
        PICTURES,
        batch_size=16,
        quality=mean_brightness,
        quality_every=10,
        d_rate=1e-3,
        g_rate=1e-3,
    )


@pytest.fixture
def a_lab(made):
    """A lab at its start, compiled once for all tests."""
    for who in ("d", "g"):
        made.set(f"{who}_steps", 1)
        made.set(f"{who}_rate", 1e-3)
    made.set("loss", "non-saturating")
    made.reset(0)
    return made


def state(a_lab):
    return [*a_lab.run.arrays(), np.array(a_lab.iteration)]


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def updates(a_lab):
    """How many steps G and D have made."""
    optimizers = a_lab.run.g_optimizer, a_lab.run.d_optimizer
    return [int(optimizer.iterations) for optimizer in optimizers]


def values(model):
    return [variable.numpy() for variable in model.variables]


def test_single_steps_leave_the_other_network_alone(a_lab):
    a_lab.step(2)
    for step, moved, still in (
        (a_lab.d_step, a_lab.discriminator, a_lab.generator),
        (a_lab.g_step, a_lab.generator, a_lab.discriminator),
    ):
        before, other = values(moved), values(still)
        step()
        changed = [
            not same([a], [b]) for a, b in zip(before, values(moved), strict=True)
        ]
        assert all(changed)  # running statistics included
        assert same(other, values(still))


def test_an_iteration_is_lesson_05s_step(a_lab):
    """Both losses on one generated batch; Adam with beta_1 = 0.5."""
    generator, discriminator = make_generator(), make_discriminator()
    generator.set_weights(a_lab.generator.get_weights())
    discriminator.set_weights(a_lab.discriminator.get_weights())
    optimizers = [keras.optimizers.Adam(1e-3, beta_1=0.5) for _ in range(2)]
    for k in range(3):
        noise = a_lab.scene._sample_noise(16, [1, k + 1])
        real = a_lab.scene._batch_at(tf.constant(k))
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake = generator(noise, training=True)
            real_logits = discriminator(real, training=True)
            fake_logits = discriminator(fake, training=True)
            d_loss = tf.reduce_mean(tf.nn.softplus(-real_logits))
            d_loss += tf.reduce_mean(tf.nn.softplus(fake_logits))
            g_loss = tf.reduce_mean(tf.nn.softplus(-fake_logits))
        d_variables = discriminator.trainable_variables
        g_variables = generator.trainable_variables
        d_gradients = d_tape.gradient(d_loss, d_variables)
        g_gradients = g_tape.gradient(g_loss, g_variables)
        optimizers[0].apply(d_gradients, d_variables)
        optimizers[1].apply(g_gradients, g_variables)
    a_lab.step(3)
    frame = a_lab.frame()
    np.testing.assert_allclose(frame["d_loss"], d_loss, rtol=1e-4)
    np.testing.assert_allclose(frame["g_loss"], g_loss, rtol=1e-4)
    for mine, theirs in (
        (a_lab.generator, generator),
        (a_lab.discriminator, discriminator),
    ):
        for a, b in zip(values(mine), values(theirs), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-4)


def test_steps_per_side_are_counted(a_lab):
    a_lab.set("d_steps", 3)
    a_lab.set("g_steps", 2)
    a_lab.step(2)
    assert updates(a_lab) == [4, 6]
    a_lab.set("d_steps", 1)
    a_lab.step(1)
    assert updates(a_lab) == [6, 7]


def test_rewinding_repeats_the_run_bit_for_bit(a_lab):
    a_lab.step(4)
    a_lab.step(4)
    a_lab.step(4)
    whole, curve = state(a_lab), a_lab.record.losses.array
    a_lab.rewind(1)
    assert a_lab.iteration == 4
    a_lab.step(8)
    assert same(whole, state(a_lab))
    np.testing.assert_array_equal(curve, a_lab.record.losses.array)


def test_a_frame_shows_pictures_scores_and_quality(a_lab):
    a_lab.step(25)
    frame = a_lab.frame()
    arrays = frame["arrays"]
    fake = a_lab.generator(a_lab.scene.shown_noise).numpy()
    expected = (fake[:36] + 1) * 127.5
    assert arrays["pictures"].dtype == np.uint8
    assert arrays["pictures"].shape == (36, 8, 8, 1)
    np.testing.assert_allclose(arrays["pictures"], expected, atol=0.51)
    assert arrays["scores_real"].shape == (60,)  # there are no more pictures
    assert arrays["scores_fake"].shape == (256,)
    scores = a_lab.discriminator(fake)[:, 0]
    np.testing.assert_allclose(arrays["scores_fake"], scores, atol=1e-3)
    right = np.mean(arrays["scores_real"] > 0)
    assert f"D takes {right:.0%} of the real" in frame["text"]
    curve = a_lab.record.quality.array
    np.testing.assert_array_equal(curve[:, 0], [0, 20])
    assert frame["quality_names"] == ["mean brightness"]
    assert "mean brightness" in frame["text"]
    judged = a_lab.generator(a_lab.scene._judged_noise)
    a_lab.step(1)
    a_lab.rewind(2)
    a_lab.scene.quality_every = 1
    _, new = a_lab._look()
    np.testing.assert_allclose(new, [judged.numpy().mean()], rtol=1e-3)
    a_lab.scene.quality_every = 10
    a_lab.figure()


def test_it_learns_the_bright_middle(a_lab):
    a_lab.set("d_rate", 5e-3)
    a_lab.set("g_rate", 5e-3)
    a_lab.step(400)
    pictures = a_lab.frame()["arrays"]["pictures"].astype(float)
    middle = np.zeros((8, 8), bool)
    middle[2:6, 2:6] = True
    mean = pictures.mean(axis=0)[..., 0]
    assert mean[middle].mean() > mean[~middle].mean() + 50


@pytest.mark.parametrize("loss", [n for n in lab.LOSSES if n != "non-saturating"])
def test_every_loss_trains(a_lab, loss):
    a_lab.set("loss", loss)
    a_lab.step(5)
    a_lab.d_step()
    assert a_lab.halted is None
    assert np.isfinite(a_lab.record.losses.array).all()
    assert a_lab.iteration == 6


def test_both_losses_that_break_at_once_are_both_named(a_lab):
    """They come from one batch, so neither is the first."""
    a_lab.step(1)
    bias = a_lab.generator.trainable_variables[-1]
    bias.assign(bias * np.nan)
    a_lab.step(1)
    assert a_lab.halted["which"] == "both"
    assert "Both losses went at once" in a_lab.frame()["text"]


@pytest.mark.parametrize("loss", ["wasserstein", "relativistic"])
def test_the_first_frames_loss_has_the_penalty_too(a_lab, loss):
    found = []
    for weight in (1.0, 2.0, 3.0):
        a_lab.set("loss", loss)
        a_lab.set("penalty", weight)
        a_lab.reset()
        found.append(a_lab.frame()["d_loss"])
    assert found[1] - found[0] == pytest.approx(found[2] - found[1], rel=1e-3)
    assert found[1] - found[0] > 1e-6


def test_a_penalty_that_d_cannot_be_trained_with_is_refused_in_words():
    enlarged = [
        *(keras.Input((8, 8, 1)), layers.UpSampling2D(interpolation="bicubic")),
        *(layers.Flatten(), layers.Dense(1)),
    ]
    smooth = keras.Sequential(enlarged, name="bicubic")
    pair = make_generator(), smooth
    a_lab = lab.ImageLab(*pair, PICTURES, batch_size=16)
    with pytest.raises(ValueError, match="'bicubic' cannot be differentiated twice"):
        a_lab.set("penalty_kind", "R1")
    a_lab.step(1)  # nothing has changed
    assert a_lab.iteration == 1
    with pytest.raises(ValueError, match="train without a penalty"):
        lab.ImageLab(*pair, PICTURES, batch_size=16, penalty_kind="R1")


def test_the_protocol_serves_pictures(a_lab):
    content, buffers = handle(a_lab, {"type": "hello"})
    assert content["kind"] == "images"
    listed = {a["name"]: a for a in content["arrays"]}
    assert listed["real_pictures"]["shape"] == [36, 8, 8, 1]
    names = list(listed)
    sent = np.frombuffer(buffers[names.index("real_pictures")], np.uint8)
    sent = sent.reshape(36, 8, 8, 1)
    assert all((picture == PICTURES).all(axis=(1, 2, 3)).any() for picture in sent)
    content, _ = handle(a_lab, {"type": "frame", "ms": 20})
    assert content["iteration"] >= 1
    assert "real_pictures" not in {a["name"] for a in content["arrays"]}
    content, _ = handle(a_lab, {"type": "draw", "points": [[0, 0], [1, 1]]})
    assert content["type"] == "error"
    assert "takes no drawn points" in content["text"]


def test_the_lessons_networks_and_image_sets_fit():
    pictures = RNG.integers(0, 256, (48, 28, 28, 1)).astype(np.uint8)
    images = ImageSet(pictures, None, (), "noise", "synthetic", "none")
    generator, discriminator = fashion.make_generator(), fashion.make_discriminator()
    given = values(generator) + values(discriminator)
    a_lab = lab.ImageLab(generator, discriminator, images, batch_size=8)
    assert same(values(a_lab.generator), values(generator))
    a_lab.d_step()
    assert same(given, values(generator) + values(discriminator))
    assert a_lab.quality_names == ()
    a_lab.figure()


def test_pictures_from_0_to_1_for_a_sigmoid_generator():
    images = PICTURES.astype(np.float32) / 255
    a_lab = lab.ImageLab(make_generator("sigmoid"), make_discriminator(), images)
    np.testing.assert_array_equal(
        a_lab.scene.static_arrays()["real_pictures"].max(), PICTURES.max()
    )
    fake = a_lab.generator(a_lab.scene.shown_noise[:36]).numpy()
    np.testing.assert_allclose(
        a_lab.frame()["arrays"]["pictures"], fake * 255, atol=0.51
    )


def test_memory_is_planned_for_the_size_of_the_pictures():
    a_lab = lab.ImageLab(make_generator(), make_discriminator(), PICTURES)
    assert a_lab.record.max_frames == 300
    big = np.zeros((40, 128, 128, 3), np.uint8)
    generator = keras.Sequential(
        [keras.Input((2,)), layers.Dense(3), layers.Reshape((1, 1, 3))]
        + [layers.UpSampling2D(128)]
    )
    discriminator = keras.Sequential(
        [keras.Input((128, 128, 3)), layers.GlobalAveragePooling2D(), layers.Dense(1)]
    )
    a_lab = lab.ImageLab(generator, discriminator, big)
    assert 20 <= a_lab.record.max_frames <= 40_000_000 / (36 * 128 * 128 * 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"images": np.zeros((40, 9, 8, 1), np.uint8)},
            r"generator's output has shape \(n, 8, 8, 1\), expected \(n, 9, 8, 1\)",
        ),
        (
            {"images": np.zeros((40, 8, 8), np.uint8)},
            r"images has shape \(40, 8, 8\), expected \(N, height, width, 1 or 3\)",
        ),
        ({"images": PICTURES * 1.0}, "images range from 0 to 255, expected uint8"),
        ({"images": PICTURES * np.nan}, "images range from nan"),
        ({"images": PICTURES[:10]}, "10 images do not fill one batch of 32"),
        (
            {"sample_noise": lambda n, seed: tf.zeros((n, 5))},
            r"generator's input has shape \(n, 4\), expected \(n, 5\)",
        ),
        ({"discriminator": make_generator()}, "discriminator's input has shape"),
        ({"loss": "l2"}, "Loss is 'l2'"),
    ],
)
def test_what_does_not_fit_is_refused_at_construction(options, message):
    given = {
        "generator": make_generator(),
        "discriminator": make_discriminator(),
        "images": PICTURES,
    }
    with pytest.raises(ValueError, match=message):
        lab.ImageLab(**{**given, **options})
