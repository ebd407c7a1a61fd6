"""What lesson 11 teaches: labels for both networks, sorters, a generator elsewhere."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from lesson_code import from_lesson
from PIL import Image

from gan_helpers import settings, training
from gan_helpers.pixels import to_bytes
from gan_helpers.taught import control, fashion

RNG = np.random.default_rng(0)
LABELS = np.array([2, 0, 9, 2], dtype="int32")
IMAGES = RNG.uniform(-1, 1, (4, 28, 28, 1)).astype("float32")
NOISE = RNG.normal(size=(4, fashion.LATENT)).astype("float32")


def softplus(x):
    return np.log1p(np.exp(x))


def table_of(network):
    """The embedding of a network."""
    [table] = [x for x in network.layers if isinstance(x, layers.Embedding)]
    return table


# Labels


def test_a_plane_is_one_number_all_over():
    planes = control.label_planes(LABELS, 3, 5).numpy()
    expected = np.zeros((4, 3, 5, 10))
    for picture, label in enumerate(LABELS):
        expected[picture, :, :, label] = 1
    np.testing.assert_array_equal(planes, expected)


def test_the_reshape_that_the_lesson_warns_of_keeps_the_shape_and_not_the_planes():
    wrong = from_lesson("say_what_to_draw", "wrong_planes").wrong_planes(LABELS)
    right = control.label_planes(LABELS).numpy()
    assert wrong.shape == right.shape and wrong.sum() == right.sum()
    assert not np.array_equal(wrong, right)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([0, 1, 2, 10], "contain 10, expected whole numbers from 0 to 9"),
        ([0, -1, 2, 3], "contain -1, expected"),
        ([0, 1, 2.5, 3], "contain 2.5, expected"),
        ([0, 1, 2], r"the shape \(3,\), expected \(4,\)"),
        ([[0, 1, 2, 3]], r"the shape \(1, 4\), expected \(4,\)"),
        (3, r"the shape \(\), expected \(4,\): .*np\.full"),
    ],
)
def test_wrong_labels_are_refused_with_a_remedy(labels, words):
    with pytest.raises(ValueError, match=words):
        control.draw(control.make_generator(), NOISE, labels)


def test_the_same_noise_under_another_label_is_another_picture():
    settings.set_seed(0)
    generator = control.make_generator()
    many = np.repeat(NOISE[:1], 203, axis=0), np.arange(203) % 10
    pictures = control.draw(generator, *many)
    assert pictures.shape == (203, 28, 28, 1)
    np.testing.assert_allclose(pictures[:3], pictures[200:], atol=1e-5)
    assert all(np.abs(pictures[0] - other).max() > 1e-3 for other in pictures[1:10])


def test_ds_logit_is_the_projection_on_the_labels_row():
    settings.set_seed(0)
    discriminator = control.make_discriminator()
    [before] = table_of(discriminator).get_weights()
    assert not before.any()
    table_of(discriminator).set_weights([RNG.normal(size=before.shape)])
    [rows] = table_of(discriminator).get_weights()
    flat = next(x for x in discriminator.layers if isinstance(x, layers.Flatten))
    dense = next(x for x in discriminator.layers if isinstance(x, layers.Dense))
    phi = keras.Model(discriminator.inputs[0], flat.output)(IMAGES).numpy()
    kernel, bias = dense.get_weights()
    expected = (phi @ kernel + bias)[:, 0] + np.sum(rows[LABELS] * phi, axis=1)
    found = discriminator([IMAGES, LABELS]).numpy()[:, 0]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


# One step


def conditional_gan(rates):
    settings.set_seed(0)
    networks = control.make_generator(), control.make_discriminator()
    table_of(networks[1]).set_weights([RNG.normal(0, 0.1, (10, 1552))])
    optimizers = [keras.optimizers.Adam(rate) for rate in rates]
    average = training.make_average(networks[0])
    batches = [lambda i: tf.constant(IMAGES), lambda i: tf.constant(LABELS)]
    return networks, control.make_train_step(networks, average, batches, optimizers)


def trained_weights(network):
    return [weight.numpy() for weight in network.trainable_variables]


def test_both_sides_of_the_step_meet_the_labels_of_the_real_batch():
    (generator, discriminator), step = conditional_gan((0.0, 0.0))
    found = step(tf.constant(1))
    noise = tf.random.stateless_normal((4, fashion.LATENT), [1, 1])
    labels = tf.constant(LABELS)
    fake_images = generator([noise, labels], training=True)
    real, fake = (
        discriminator([tf.constant(x), labels], training=True).numpy()
        for x in (IMAGES, fake_images)
    )
    d_loss = np.mean(softplus(real) - 0.9 * real) + np.mean(softplus(fake))
    np.testing.assert_allclose(found, [d_loss, np.mean(softplus(-fake))], rtol=1e-4)


@pytest.mark.parametrize("moving", [0, 1])
def test_an_update_moves_its_own_network_and_the_rows_of_the_batch(moving):
    rates = [0.0, 0.0]
    rates[moving] = 1e-3
    networks, step = conditional_gan(rates)
    before = [trained_weights(network) for network in networks]
    rows = table_of(networks[moving]).get_weights()[0]
    step(tf.constant(1))
    for old, new in zip(
        before[1 - moving], trained_weights(networks[1 - moving]), strict=True
    ):
        np.testing.assert_array_equal(old, new)
    moved = np.any(table_of(networks[moving]).get_weights()[0] != rows, axis=1)
    np.testing.assert_array_equal(np.flatnonzero(moved), np.unique(LABELS))


# Few labels


def test_the_real_logit_is_that_of_eleven_classes():
    logits = RNG.normal(size=(6, 10)).astype("float32")
    powers = np.exp(np.column_stack([logits, np.zeros(6)]))
    generated = powers[:, 10] / powers.sum(axis=1)
    answer = 1 / (1 + np.exp(-control.real_logit(logits).numpy()))
    np.testing.assert_allclose(answer, 1 - generated, rtol=1e-5)


def test_the_semi_supervised_losses_are_those_of_the_text():
    settings.set_seed(0)
    sorter, generator = control.make_sorter(), fashion.make_generator()
    for layer in sorter.layers:
        if isinstance(layer, layers.Dropout):
            layer.rate = 0.0
    average, optimizers = training.make_average(sorter), fashion.make_optimizers(0.0)
    many = np.tile(IMAGES, (6, 1, 1, 1)), np.tile(LABELS, 6)
    batches = lambda i: many, lambda i: tf.constant(-many[0])  # noqa: E731
    step = control.make_semi_step(generator, sorter, average, optimizers, *batches)
    found = step(tf.constant(1))
    noise = tf.random.stateless_normal((24, fashion.LATENT), [1, 1])
    fake_images = generator(noise, training=True)
    logits, real, fake = (
        sorter(x).numpy().astype(float) for x in (many[0], -many[0], fake_images)
    )
    log_z = [np.log(np.exp(x).sum(axis=1)) for x in (logits, real, fake)]
    sorting = np.mean(log_z[0] - logits[np.arange(24), many[1]])
    d_loss = sorting + np.mean(softplus(-log_z[1])) + np.mean(softplus(log_z[2]))
    features = keras.Model(sorter.inputs[0], sorter.layers[-2].output)
    means = [features(x).numpy().mean(axis=0) for x in (-many[0], fake_images)]
    g_loss = np.mean((means[0] - means[1]) ** 2)
    np.testing.assert_allclose(found, [d_loss, g_loss], rtol=1e-3)


def test_labelled_pictures_are_few_balanced_and_keep_their_label():
    labels = RNG.permutation(np.repeat(np.arange(10), 30)).astype("int32")
    rows = control.pick_labelled(labels, 50, 3)
    np.testing.assert_array_equal(np.bincount(labels[rows]), np.full(10, 5))
    assert len(set(rows)) == 50
    assert set(rows) != set(control.pick_labelled(labels, 50, 4))
    pictures = labels.astype("float32")[:, None]  # a picture that shows its label
    batch_at = control.labelled_batches(pictures, labels, rows, 3)
    for iteration in range(5):
        some, its_labels = (part.numpy() for part in batch_at(iteration))
        np.testing.assert_array_equal(some[:, 0], its_labels)


def test_augmentation_moves_by_two_pixels_at_most_and_black_stays_black():
    images = np.full((200, 28, 28, 1), -1, "float32")
    images[:, 10, 14] = -0.5
    found = control.change_pictures(tf.constant(images), [1, 2]).numpy()[..., 0]
    places = np.argwhere(found > -0.99)[:, 1:] - [10, 14]
    assert len(places) == 200
    assert {tuple(place) for place in places} == {
        (y, x) for y in range(-2, 3) for x in range(-2, 3)
    }
    contrast = (found.max(axis=(1, 2)) + 1) / 0.5
    assert 0.6 <= contrast.min() < 0.65 and 1.35 < contrast.max() <= 1.4001


@pytest.mark.parametrize("way", control.WAYS)
def test_a_sorter_learns_from_few_labels(way):
    labels = np.arange(60, dtype="int32") % 10
    images = np.full((60, 28, 28, 1), -1, "float32")
    for image, label in zip(images, labels, strict=True):
        image[:, 2 * label + 4] = 1  # a line, at a place for each class
    sorter = control.train_sorter(way, images, labels, 20, 0, 60)
    right = np.mean(sorter(images).numpy().argmax(axis=1) == labels)
    assert right > 0.25


# Directions


def test_principal_directions_are_those_of_numpys_svd():
    lesson = from_lesson("say_what_to_draw", "principal_directions")
    latents = RNG.normal(size=(300, 6))
    features = np.tanh(latents @ RNG.normal(size=(6, 40))) + 3
    found, shares = lesson.principal_directions(latents, features, 3)
    centred = features - features.mean(axis=0)
    scores, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    expected = scores[:, :3].T @ latents
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(np.abs(np.sum(found * expected, axis=1)), 1, rtol=1e-6)
    np.testing.assert_allclose(shares, sizes[:3] ** 2 / np.sum(sizes**2), rtol=1e-6)


# Elsewhere


def test_a_saved_generator_draws_the_same_pictures_in_a_fresh_process(tmp_path):
    program = from_lesson("say_what_to_draw", "PROGRAM").PROGRAM
    assert "gan_helpers" not in program
    settings.set_seed(0)
    generator = control.make_generator()
    generator.save(tmp_path / "generator.keras")
    (tmp_path / "draw_pictures.py").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "draw_pictures.py", "generator.keras", "drawn", "1000"],
        cwd=tmp_path,
        env={name: x for name, x in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout == "drew 1000 pictures\n", done.stderr
    files = sorted((tmp_path / "drawn").iterdir())
    assert [file.name for file in files] == [
        f"{k:04}_class_{k % 10}.png" for k in range(1000)
    ]
    there = np.stack([np.asarray(Image.open(file)) for file in files]).astype(int)
    noise = np.random.default_rng(0).normal(size=(1000, 32)).astype("float32")
    here = to_bytes(control.draw(generator, noise, np.arange(1000) % 10))[..., 0]
    assert there.shape == (1000, 28, 28) and np.abs(there - here).max() <= 1
