"""Lesson 06's GAN for pictures of any size, and lesson 07's change of light, place."""

import itertools
import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from lesson_code import from_lesson
from PIL import Image

from gan_helpers import copying, data, training
from gan_helpers.taught import augmentation, fashion, pictures
from gan_helpers.training import Checkpoint

RNG = np.random.default_rng(0)
SHAPES = [
    (28, 28, 1),
    (32, 32, 3),
    (48, 48, 3),
    (64, 64, 3),
    (96, 96, 3),
    (128, 128, 3),
    (64, 96, 3),
]
BY_SIZE = {"argvalues": SHAPES, "ids": ["×".join(map(str, one)) for one in SHAPES]}


@pytest.fixture(autouse=True)
def seeded():
    """A layer that draws takes its seed from Keras as it is made."""
    keras.utils.set_random_seed(0)


def random_images(*shape):
    return RNG.uniform(-1, 1, shape).astype("float32")


def make_gan(shape, *, n_steps=100, filters=16, augment=None, seed=0):
    """Thin networks, their average and optimizers, by name."""
    keras.utils.set_random_seed(seed)
    return pictures.make_picture_gan(
        pictures.make_picture_generator(shape, filters),
        pictures.make_picture_discriminator(shape, filters, augment),
        n_steps,
    )


# Light


@pytest.mark.parametrize("channels", [1, 3])
def test_relight_is_the_formula_in_numpy(channels):
    images = random_images(4, 5, 6, channels)
    draws = {
        (-0.3, 0.3): [-0.3, 0.1, 0.0, 0.25],
        (0.2, 1.9): [0.2, 1.0, 1.9, 0.7],
        (0.6, 1.4): [0.9, 0.6, 1.0, 1.4],
    }
    asked = []

    def draw(low, high):
        asked.append((low, high))
        return tf.reshape(tf.constant(draws[low, high]), (4, 1, 1, 1))

    found = augmentation.relight(tf.constant(images), draw, (0.2, 1.9)).numpy()
    assert asked == list(draws)
    for one, image, brightness, saturation, contrast in zip(
        found, images.astype("float64"), *draws.values(), strict=True
    ):
        expected = np.zeros_like(image)
        for y, x in np.ndindex(5, 6):
            pixel = image[y, x] + brightness
            expected[y, x] = pixel.mean() + saturation * (pixel - pixel.mean())
        expected = expected.mean() + contrast * (expected - expected.mean())
        np.testing.assert_allclose(one, expected, atol=1e-6)


def test_no_saturation_leaves_grey_and_no_contrast_one_shade():
    images = tf.constant(random_images(2, 4, 4, 3))
    change = {(-0.3, 0.3): 0.0, (0.6, 1.4): 1.0}
    grey = augmentation.relight(images, lambda *ends: change.get(ends, 0.0), (0, 0))
    np.testing.assert_allclose(
        grey, np.repeat(images.numpy().mean(-1, keepdims=True), 3, -1), atol=1e-6
    )
    flat = augmentation.relight(images, lambda *ends: 0.0, (0, 0)).numpy()
    levels = images.numpy().mean((1, 2, 3))
    np.testing.assert_allclose(
        flat, np.broadcast_to(levels[:, None, None, None], flat.shape), atol=1e-6
    )


# Place


@pytest.mark.parametrize("white", [False, True])
def test_move_cuts_the_whole_batch_out_of_numpys_frame(white):
    images, shift = random_images(3, 6, 5, 2), 2
    frame = {"constant_values": 1.0} if white else {"mode": "reflect"}
    margin = [(0, 0), (shift, shift), (shift, shift), (0, 0)]
    padded = np.pad(images, margin, **frame)
    for y, x in itertools.product(range(2 * shift + 1), repeat=2):
        found = augmentation.move(tf.constant(images), y, x, shift, white)
        np.testing.assert_array_equal(found, padded[:, y : y + 6, x : x + 5])
    same = augmentation.move(tf.constant(images), shift, shift, shift, white)
    np.testing.assert_array_equal(same, images)


# Both, as a layer


def test_outside_training_the_layer_changes_nothing():
    layer, images = augmentation.Augment(shift=2), random_images(3, 16, 16, 3)
    np.testing.assert_array_equal(layer(images), images)
    np.testing.assert_array_equal(layer(images, training=False), images)
    plain, changed = (
        make_gan((16, 16, 3), augment=augment)["discriminator"]
        for augment in (None, layer)
    )
    changed.set_weights(plain.get_weights())
    np.testing.assert_array_equal(changed(images), plain(images))
    assert not np.allclose(changed(images, training=True), plain(images))


def test_each_call_and_each_picture_gets_a_light_of_its_own_within_the_ranges():
    """Without a shift: brightness moves the mean, contrast stretches the greys."""
    image = random_images(1, 8, 8, 3)
    layer = augmentation.Augment(shift=0, saturation=(0.5, 1.2))
    seen = np.concatenate(
        [layer(np.repeat(image, 200, axis=0), training=True) for _ in range(3)]
    ).astype("float64")
    assert len(np.unique(seen[:, 0, 0, 0])) > 590

    def spread(images):
        """Deviation of the greys, and of the colours from their pixel's grey."""
        grey = images.mean(-1, keepdims=True)
        return grey.std((1, 2, 3)), (images - grey).std((1, 2, 3))

    before, after = spread(image), spread(seen)
    contrast = after[0] / before[0]
    found = {
        (-0.3, 0.3): seen.mean((1, 2, 3)) - image.mean(),
        (0.6, 1.4): contrast,
        (0.5, 1.2): after[1] / before[1] / contrast,
    }
    for (low, high), values in found.items():
        assert low - 1e-4 <= values.min() < low + 0.03 * (high - low)
        assert high + 1e-4 >= values.max() > high - 0.03 * (high - low)
    assert np.abs(np.corrcoef(list(found.values())) - np.eye(3)).max() < 0.2


@pytest.mark.parametrize("white", [False, True])
def test_the_batch_is_moved_as_one_and_no_further_than_the_shift(white):
    """A dark pixel stays the darkest in any light; what it uncovers is the frame."""
    layer = augmentation.Augment(shift=3, white=white)
    images = np.zeros((4, 17, 19, 3), "float32")
    images[:, 8, 9] = -5.0
    moves = []
    for _ in range(150):
        seen = layer(images, training=True).numpy()
        assert seen.shape == images.shape
        darkest = seen[..., 0].reshape(4, -1).argmin(1)
        [at] = set(darkest.tolist())
        y, x = np.unravel_index(at, (17, 19))
        moves.append((int(y) - 8, int(x) - 9))
        if white and moves[-1][0] > 0:  # moved down: its top is new
            np.testing.assert_array_equal(seen[:, : moves[-1][0]], 1.0)
    for along in zip(*moves, strict=True):
        assert set(along) == set(range(-3, 4))
    assert len(set(moves)) > 40  # of 49: down and across are drawn apart


@pytest.mark.parametrize("white", [False, True])
def test_gradients_are_the_slopes_of_the_change_that_was_drawn(white):
    """For given draws the change is affine, so a difference is its slope exactly."""
    layer = augmentation.Augment(shift=2, saturation=(0, 2), white=white)
    images, weights = random_images(2, 4, 5, 3), random_images(2, 4, 5, 3)
    before = layer.seed.state.numpy()

    def total(images):
        layer.seed.state.assign(before)  # the same draws again
        return tf.reduce_sum(layer(images, training=True) * weights)

    def slope(index):
        step = np.zeros_like(images)
        step[index] = 1.0
        return float(total(images + step) - start)

    x = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        start = total(x)
    found = tape.gradient(start, x).numpy()
    slopes = np.reshape([*map(slope, np.ndindex(images.shape))], images.shape)
    np.testing.assert_allclose(found, slopes, atol=2e-5)
    assert np.abs(found).max() > 0.1


def test_the_layer_comes_back_from_its_config_and_from_json():
    layer = augmentation.Augment(shift=5, saturation=(0, 2), white=True, name="light")
    text = json.dumps(keras.saving.serialize_keras_object(layer))
    copies = (
        augmentation.Augment.from_config(layer.get_config()),
        keras.saving.deserialize_keras_object(json.loads(text)),
    )
    images = random_images(3, 16, 16, 3)
    state = layer.seed.state.numpy()
    seen = layer(images, training=True)
    for copy in copies:
        assert copy.name == "light"
        copy.seed.state.assign(state)
        np.testing.assert_array_equal(copy(images, training=True), seen)


def test_a_copied_network_has_the_same_layer_with_draws_of_its_own():
    augment = augmentation.Augment(shift=2, saturation=(0, 2), white=True)
    discriminator = make_gan((16, 16, 3), augment=augment)["discriminator"]
    copy = copying.copy_network(discriminator)
    [layer] = [one for one in copy.layers if isinstance(one, augmentation.Augment)]
    state, images = augment.seed.state.numpy(), random_images(3, 16, 16, 3)
    layer.seed.state.assign(state)
    expected = copy(images, training=True)
    np.testing.assert_array_equal(augment.seed.state, state)  # not used up by the copy
    np.testing.assert_array_equal(discriminator(images, training=True), expected)


# Checkpoints


def train(n_steps, folder, *, resume=False, seed=0):
    """A small GAN whose D sees changed pictures: the losses, and all its state."""
    keras.utils.set_random_seed(seed)
    augment = augmentation.Augment(2)  # whose seed is drawn here
    gan = make_gan((16, 16, 3), n_steps=8, augment=augment, seed=seed)
    images = np.random.default_rng(1).uniform(-1, 1, (20, 16, 16, 3)).astype("float32")
    step = fashion.make_train_step(
        **gan, batch_at=training.make_batches(images, 4, seed=0)
    )
    checkpoint = Checkpoint(folder, resume=resume, **gan)
    history = training.fit(step, n_steps, checkpoint=checkpoint)
    parts = gan["generator"], gan["discriminator"], gan["average"], *gan["optimizers"]
    state = [x.numpy() for part in parts for x in part.variables]
    return history.d_loss, history.g_loss, state


def test_a_run_with_the_layer_resumes_bit_for_bit(tmp_path):
    whole = train(8, tmp_path / "whole")
    train(3, tmp_path / "gan")
    resumed = train(8, tmp_path / "gan", resume=True, seed=5)
    np.testing.assert_equal(resumed, whole)


def test_the_layers_seed_is_part_of_a_checkpoint(tmp_path):
    first, other = (
        make_gan((16, 16, 3), augment=augmentation.Augment(2), seed=seed)[
            "discriminator"
        ]
        for seed in (1, 2)
    )
    images = random_images(3, 16, 16, 3)
    first(images, training=True)  # so that its seed is no longer a new one's
    training.save_checkpoint(tmp_path, 1, discriminator=first)
    expected = first(images, training=True)
    assert not np.allclose(other(images, training=True), expected)
    assert training.restore_checkpoint(tmp_path, discriminator=other) == 1
    np.testing.assert_array_equal(other(images, training=True), expected)


# Networks of any size


def halve_while_one_can(height, width):
    n = 0
    while height % 2 == width % 2 == 0 and min(height, width) >= 8:
        height, width, n = height // 2, width // 2, n + 1
    return n


def test_halvings_are_those_of_halving_while_one_can():
    for height, width in itertools.product(range(1, 131), repeat=2):
        expected = halve_while_one_can(height, width)
        if expected >= 2:
            assert pictures.count_halvings(height, width) == expected
        else:
            with pytest.raises(ValueError, match=f"{height}×{width} cannot be halved"):
                pictures.count_halvings(height, width)


@pytest.mark.parametrize("shape", [(62, 64, 3), (64, 62, 3), (12, 64, 3), (8, 8, 1)])
def test_pictures_that_cannot_be_halved_twice_are_refused_with_the_remedy(shape):
    for make in (
        pictures.make_picture_generator,
        pictures.make_picture_discriminator,
    ):
        with pytest.raises(ValueError, match="4 divides, of 16 or more.*another size"):
            make(shape, 16)


@pytest.mark.parametrize("shape", **BY_SIZE)
def test_networks_fit_pictures_of_this_size_and_a_step_trains_both(shape):
    gan = make_gan(shape, augment=augmentation.Augment(4))
    generator, discriminator = gan["generator"], gan["discriminator"]
    noise = RNG.normal(size=(4, fashion.LATENT)).astype("float32")
    images = generator(10 * noise).numpy()
    assert images.shape == (4, *shape)
    assert -1 <= images.min() < -0.05 and 0.05 < images.max() <= 1
    logits = discriminator(images).numpy()
    assert logits.shape == (4, 1) and np.isfinite(logits).all()

    batch_at = training.make_batches(random_images(4, *shape), 4, seed=0)
    step = fashion.make_train_step(**gan, batch_at=batch_at)
    networks = generator, discriminator, gan["average"]
    before = [network.get_weights() for network in networks]
    assert np.isfinite(step(tf.constant(0))).all()
    for network, old in zip(networks, before, strict=True):
        new = network.get_weights()
        assert all(np.isfinite(weights).all() for weights in new)
        pairs = zip(network.weights, old, new, strict=True)
        still = [w.path for w, a, b in pairs if np.array_equal(a, b)]
        assert still == []


def test_both_networks_halve_to_the_same_size_with_half_the_maps_each_time():
    generator = pictures.make_picture_generator((64, 96, 3), 64)
    sizes = [
        layer.output.shape[1:]
        for layer in generator.layers
        if isinstance(layer, keras.layers.Reshape | keras.layers.Conv2DTranspose)
    ]
    maps = [(4, 6, 64), (8, 12, 32), (16, 24, 16), (32, 48, 8), (64, 96, 3)]
    assert sizes == maps
    discriminator = pictures.make_picture_discriminator((64, 96, 3), 64)
    sizes = [
        layer.output.shape[1:]
        for layer in discriminator.layers
        if isinstance(layer, keras.layers.Conv2D)
    ]
    assert sizes == maps[-2::-1]


def test_parameter_counts():
    """The numbers of lesson 06, and those of the ships by hand: 4×4 kernels, biases."""
    generator = pictures.make_picture_generator((64, 64, 3), 128)
    discriminator = pictures.make_picture_discriminator((64, 64, 3), 96)
    assert generator.count_params() == 239_299
    palette = pictures.make_palette_generator((64, 64, 3), 128)
    assert palette.count_params() == 242_825
    assert discriminator.count_params() == 99_077
    generator = pictures.make_picture_generator((32, 32, 3), 128)
    kernels = 32 * 4 * 4 * 128 + 16 * (128 * 64 + 64 * 32 + 32 * 3)
    assert generator.count_params() == kernels + 4 * (128 + 64 + 32) + 3
    discriminator = pictures.make_picture_discriminator((32, 32, 3), 64)
    kernels = 16 * (3 * 16 + 16 * 32 + 32 * 64) + 4 * 4 * (64 + 1)
    assert discriminator.count_params() == kernels + 16 + 32 + 64 + 1
    changed = pictures.make_picture_discriminator(
        (32, 32, 3), 64, augmentation.Augment(4)
    )
    assert changed.count_params() == discriminator.count_params()


def test_rates_fall_along_a_cosine_to_a_twentieth():
    networks = [make_gan((16, 16, 1))[name] for name in ("generator", "discriminator")]
    gan = pictures.make_picture_gan(*networks, 10, rates=(1e-3, 6e-4))
    for optimizer, rate in zip(gan["optimizers"], (1e-3, 6e-4), strict=True):
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert optimizer.beta_1 == 0.5
        for t in (0, 1, 3, 5, 9, 10, 25):
            done = min(t / 10, 1)
            optimizer.iterations.assign(t)
            assert float(optimizer.learning_rate) == pytest.approx(
                rate * (0.05 + 0.95 * (1 + np.cos(np.pi * done)) / 2), rel=1e-5
            )


def test_training_lets_the_rates_fall_and_the_average_starts_as_g_is():
    gan = make_gan((16, 16, 1), n_steps=4)
    networks = gan["average"], gan["generator"]
    for slow, fast in zip(*(one.weights for one in networks), strict=True):
        assert slow is not fast
        np.testing.assert_array_equal(slow, fast)
    batch_at = training.make_batches(random_images(8, 16, 16, 1), 4, seed=0)
    training.fit(fashion.make_train_step(**gan, batch_at=batch_at), 4)
    for optimizer in gan["optimizers"]:
        assert int(optimizer.iterations) == 4
        assert float(optimizer.learning_rate) == pytest.approx(1e-3 / 20)


def test_a_folder_of_jpegs_trains(tmp_path):
    """One's own pictures, in any size, by the functions of the ships.

    Of more pictures than the 1,024 files that a process may have open on Linux.
    """
    for k in range(1100):
        pixels = RNG.integers(0, 256, (40 + k % 12, 60, 3), "uint8")
        Image.fromarray(pixels).save(tmp_path / f"{k}.jpg")
    images = data.load_image_folder(tmp_path, size=32).scaled()
    assert images.shape == (1100, 32, 32, 3)
    gan = make_gan(images.shape[1:], augment=augmentation.Augment(4))
    batch_at = training.make_batches(images, 4, seed=0)
    before = gan["generator"].get_weights()
    history = training.fit(fashion.make_train_step(**gan, batch_at=batch_at), 3)
    assert np.isfinite([history.d_loss, history.g_loss]).all()
    assert not np.array_equal(before[0], gan["generator"].get_weights()[0])


@pytest.mark.parametrize(
    ("found", "fitted"),
    [((50, 70), (48, 72)), ((20, 200), (28, 128)), ((64, 96), (64, 96))],
)
def test_pictures_are_resized_to_what_the_networks_take(found, fitted, capsys):
    fit_size = from_lesson("ships", "fit_size").fit_size
    level = np.full((2, *found, 3), 0.25, "float32")
    resized = fit_size(level)
    assert resized.shape == (2, *fitted, 3)
    np.testing.assert_allclose(resized, 0.25, atol=1e-6)
    said = "Pictures of {}×{} become {}×{}.\n".format(*found, *fitted)
    assert capsys.readouterr().out == (said if found != fitted else "")
    pictures.make_picture_generator(resized.shape[1:], 8)
