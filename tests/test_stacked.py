"""The stacked GANs of lesson 06: sizes, who moves, both ways to train, bad input."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from lesson_code import from_lesson
from PIL import Image

from gan_helpers import data, training
from gan_helpers.taught import quadratic

stacked = from_lesson(
    "stacked_models",
    "make_flag_discriminator",
    "make_flag_generator",
    "make_flag_sampler",
    "make_keras_step",
    "make_laptop_step",
    "make_look",
    "make_ship_discriminator",
    "make_ship_generator",
    "make_ship_optimizers",
    "make_ship_sampler",
    "make_tape_step",
    "random_shift",
)
RNG = np.random.default_rng(0)
FLAGS = RNG.random((12, 64, 64, 1), "float32")
SHIPS = RNG.random((12, 32, 32, 3), "float32") * 2 - 1
BINARY = keras.losses.BinaryCrossentropy()
TWO_COLUMNS = keras.losses.CategoricalCrossentropy()


def count(weights):
    return sum(int(np.prod(weight.shape)) for weight in weights)


def optimizers():
    """The original's for the flags; both functions below take any."""
    return keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4)


def make_flags(width=1, batch_size=2):
    """Networks, loss and sampler of the flags, at the original's recipe."""
    keras.utils.set_random_seed(0)
    networks = (
        stacked.make_flag_generator(width),
        stacked.make_flag_discriminator(width),
    )
    return *networks, TWO_COLUMNS, stacked.make_flag_sampler(FLAGS, batch_size)


def make_ships(width=1, batch_size=2):
    """Networks, loss and sampler of the ships, at the original's recipe."""
    keras.utils.set_random_seed(0)
    networks = (
        stacked.make_ship_generator(width),
        stacked.make_ship_discriminator(width),
    )
    return *networks, BINARY, stacked.make_ship_sampler(SHIPS, batch_size)


def counts(networks):
    """All and trainable parameters of G, D, and the stack with D frozen."""
    generator, discriminator = networks
    discriminator.trainable = False
    stack = keras.Sequential([generator, discriminator])
    return [
        (generator.count_params(), count(generator.trainable_weights)),
        discriminator.count_params(),
        (stack.count_params(), count(stack.trainable_weights)),
    ]


def test_flag_parameter_counts():
    networks = stacked.make_flag_generator(), stacked.make_flag_discriminator()
    expected = [(2_764_545, 2_713_153), 8_596_898, (11_361_443, 2_713_153)]
    assert counts(networks) == expected
    # The original's code, as against its printed summary, has 256 and 128 filters.
    as_in_code = stacked.make_flag_discriminator(filters=(256, 128, 32))
    assert as_in_code.count_params() == 17_603_298


def test_ship_parameter_counts():
    networks = stacked.make_ship_generator(), stacked.make_ship_discriminator()
    expected = [(9_410_307, 9_410_307), 790_913, (10_201_220, 9_410_307)]
    assert counts(networks) == expected


@pytest.mark.parametrize(
    ("make", "width"),
    [
        (lambda w: stacked.make_flag_generator(w), 0.25),
        (lambda w: stacked.make_flag_generator(w, dropout=0), 0.25),
        (lambda w: stacked.make_flag_discriminator(w), 0.125),
        (
            lambda w: stacked.make_flag_discriminator(
                w, kernel_size=8, strides=4, activation=None, few_pictures=True
            ),
            0.25,
        ),
        (lambda w: stacked.make_ship_generator(w), 0.0625),
        (lambda w: stacked.make_ship_generator(w, kernel_size=3), 0.125),
        (lambda w: stacked.make_ship_discriminator(w), 0.25),
        (lambda w: stacked.make_ship_discriminator(w, few_pictures=True), 0.25),
    ],
)
def test_thin_networks_have_the_same_layers_and_fewer_filters(make, width):
    full, thin = make(1), make(width)
    assert [type(a) for a in full.layers] == [type(a) for a in thin.layers]
    assert full.input_shape == thin.input_shape
    assert full.output_shape == thin.output_shape
    for wide, narrow in zip(full.layers[:-1], thin.layers[:-1], strict=True):
        if isinstance(wide, keras.layers.Conv2D) and wide.filters > 3:
            assert narrow.filters == round(wide.filters * width)


def test_output_ranges():
    noise = tf.random.stateless_uniform((2, 100), [1, 1])
    flags = stacked.make_flag_generator(0.1)(noise).numpy()
    assert flags.shape == (2, 64, 64, 1) and 0 <= flags.min() <= flags.max() <= 1
    answers = stacked.make_flag_discriminator(0.1)(flags).numpy()
    assert answers.shape == (2, 2)
    np.testing.assert_allclose(answers.sum(1), 1, rtol=1e-5)
    ships = stacked.make_ship_generator(0.1)(np.ones((2, 128), "float32")).numpy()
    assert ships.shape == (2, 32, 32, 3) and -1 <= ships.min() <= ships.max() <= 1
    answers = stacked.make_ship_discriminator(0.1)(ships).numpy()
    assert answers.shape == (2, 1) and 0 < answers.min() <= answers.max() < 1


@pytest.mark.parametrize(
    ("make", "make_optimizers"),
    [(make_flags, optimizers), (make_ships, stacked.make_ship_optimizers)],
)
@pytest.mark.parametrize("make_step", [stacked.make_keras_step, stacked.make_tape_step])
def test_a_step_at_full_size(make, make_optimizers, make_step):
    """Finite losses, D's near ln 2 before training, and both networks move."""
    generator, discriminator, loss, sample = make()
    step = make_step(generator, discriminator, make_optimizers(), loss, sample)
    before = generator.get_weights(), discriminator.get_weights()
    losses = step(tf.constant(0))
    assert np.isfinite(losses).all()
    assert float(losses[0]) == pytest.approx(np.log(2), abs=0.3)
    for network, old in zip((generator, discriminator), before, strict=True):
        pairs = zip(old, network.get_weights(), strict=True)
        moved = [not np.array_equal(a, b) for a, b in pairs]
        # A bias in front of a batch normalisation has no gradient but rounding.
        assert np.mean(moved) > 0.5
        assert moved[0]


@pytest.mark.parametrize("make", [make_flags, make_ships])
def test_keras_way_and_tape_way_agree(make):
    """Same start, same data, dropout included: the same weights after two steps."""
    ends = []
    for make_step in (stacked.make_keras_step, stacked.make_tape_step):
        generator, discriminator, loss, sample = make(width=0.0625, batch_size=4)
        step = make_step(generator, discriminator, optimizers(), loss, sample)
        for iteration in range(2):
            step(tf.constant(iteration))
        ends.append(generator.get_weights() + discriminator.get_weights())
    for by_keras, by_tape in zip(*ends, strict=True):
        np.testing.assert_allclose(by_keras, by_tape, atol=1e-5)


def moved(network, call):
    before = network.get_weights()
    call()
    pairs = zip(before, network.get_weights(), strict=True)
    return any(not np.array_equal(old, new) for old, new in pairs)


def make_stack(*, freeze, trace_first=False):
    """The quadratic networks stacked the old way: (D's call, G's call, G, D)."""
    keras.utils.set_random_seed(0)
    generator, discriminator = (
        quadratic.make_generator(),
        quadratic.make_discriminator(),
    )
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    points = RNG.normal(size=(8, 2)).astype("float32")
    labels = np.ones((8, 1), "float32")
    discriminator.compile("rmsprop", loss)

    def d_call(n=8):
        return discriminator.train_on_batch(points[:n], labels[:n])

    if trace_first:
        d_call()
    discriminator.trainable = not freeze
    stack = keras.Sequential([generator, discriminator])
    stack.compile("rmsprop", loss)

    def g_call(n=8):
        return stack.train_on_batch(points[:n], labels[:n])

    return d_call, g_call, generator, discriminator


def test_nothing_frozen_moves_both_in_the_stack():
    d_call, g_call, generator, discriminator = make_stack(freeze=False)
    assert moved(discriminator, d_call) and not moved(generator, d_call)
    assert moved(discriminator, g_call) and moved(generator, g_call)


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_frozen_before_the_first_call_never_moves_again():
    d_call, g_call, generator, discriminator = make_stack(freeze=True)
    assert not moved(discriminator, d_call)
    assert not moved(discriminator, g_call) and moved(generator, g_call)
    assert d_call() == d_call()


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_traced_before_the_freeze_works_until_a_new_batch_shape():
    d_call, g_call, _, discriminator = make_stack(freeze=True, trace_first=True)
    assert moved(discriminator, d_call)
    assert not moved(discriminator, g_call)
    assert not moved(discriminator, lambda: d_call(5))


def test_keras_step_moves_each_network_in_its_own_turn(monkeypatch):
    generator, discriminator, loss, sample = make_flags(width=0.0625, batch_size=2)
    step = stacked.make_keras_step(generator, discriminator, optimizers(), loss, sample)
    turns = []
    original = keras.Model.train_on_batch

    def spy(model, *args, **kwargs):
        before = [network.get_weights()[0] for network in (generator, discriminator)]
        result = original(model, *args, **kwargs)
        after = [network.get_weights()[0] for network in (generator, discriminator)]
        same = [np.array_equal(a, b) for a, b in zip(before, after, strict=True)]
        turns.append((model.name, [not equal for equal in same]))
        return result

    monkeypatch.setattr(keras.Model, "train_on_batch", spy)
    step(tf.constant(0))
    assert turns == [("discriminator", [False, True]), ("stacked", [True, False])]


@pytest.mark.parametrize("frozen", [0, 1])
def test_tape_step_gives_each_network_its_own_gradients(frozen):
    *networks, loss, sample = make_ships(width=0.0625)
    rates = [0.0 if k == frozen else 1e-3 for k in range(2)]
    sgd = [keras.optimizers.SGD(rate) for rate in rates]
    step = stacked.make_tape_step(*networks, sgd, loss, sample)
    before = [network.get_weights() for network in networks]
    step(tf.constant(0))
    for k, network in enumerate(networks):
        pairs = zip(before[k], network.get_weights(), strict=True)
        assert any(not np.array_equal(a, b) for a, b in pairs) == (k != frozen)


def test_laptop_step_trains_both_and_averages_every_fourth_time():
    generator, discriminator, loss, sample = make_ships(width=0.0625)
    average = training.make_average(generator)
    networks = generator, discriminator, average
    step = stacked.make_laptop_step(*networks, optimizers(), loss, sample)
    start = generator.get_weights()
    assert moved(discriminator, lambda: step(tf.constant(0)))
    # (1 + 0) / (10 + 0) is below 0.996: the first weights are soon forgotten.
    for slow, old, new in zip(
        average.get_weights(), start, generator.get_weights(), strict=True
    ):
        np.testing.assert_allclose(slow, 0.1 * old + 0.9 * new, atol=1e-6)
    assert not moved(average, lambda: step(tf.constant(1)))


@pytest.mark.parametrize("frozen", [0, 1])
def test_laptop_step_gives_each_network_its_own_gradients(frozen):
    *networks, loss, sample = make_ships(width=0.0625)
    rates = [0.0 if k == frozen else 1e-3 for k in range(2)]
    sgd = [keras.optimizers.SGD(rate) for rate in rates]
    average = training.make_average(networks[0])
    step = stacked.make_laptop_step(*networks, average, sgd, loss, sample)
    before = [network.get_weights() for network in networks]
    step(tf.constant(0))
    for k, network in enumerate(networks):
        pairs = zip(before[k], network.get_weights(), strict=True)
        assert any(not np.array_equal(a, b) for a, b in pairs) == (k != frozen)


def test_the_ships_optimizers_clip_and_have_the_originals_rates():
    for optimizer, rate in zip(
        stacked.make_ship_optimizers(), (4e-4, 8e-4), strict=True
    ):
        assert isinstance(optimizer, keras.optimizers.RMSprop)
        assert optimizer.clipvalue == 1.0
        assert float(optimizer.learning_rate) == pytest.approx(rate)


@pytest.mark.parametrize(("sign", "rate"), [(1, 5e-4), (-1, 1e-3)])
def test_a_winning_discriminator_gets_half_its_rate(sign, rate):
    """D calls bright pictures real: right about all, or about none."""
    d_optimizer = keras.optimizers.Adam(1e-3)
    real_images, noise = np.ones((5, 2), "float32"), np.zeros((5, 2), "float32")

    def discriminator(images):
        p = tf.sigmoid(sign * 4.0 * (images[:, :1] - 0.5))
        return tf.concat([1 - p, p], axis=1)

    look = stacked.make_look(
        tf.identity, discriminator, d_optimizer, noise, real_images
    )
    fake_images, share = look()
    np.testing.assert_array_equal(fake_images, noise)
    assert share == (sign > 0)
    assert float(d_optimizer.learning_rate) == pytest.approx(rate)


def test_the_random_shift_moves_pictures_in_training_only():
    layer = stacked.random_shift(3 / 32)
    x = np.zeros((200, 32, 32, 1), "float32")
    x[:, 16, 16] = -1.0
    np.testing.assert_array_equal(layer(x, training=False), x)
    shifted = layer(x, training=True).numpy()
    sample, row, column, _ = np.nonzero(shifted == -1.0)
    np.testing.assert_array_equal(sample, np.arange(200))  # none is lost
    for moves in (row - 16, column - 16):
        assert set(moves) == set(range(-3, 4))
    uncovered = shifted[np.argmax(row), 0]  # moved down: the top row is new
    assert row.max() == 19 and uncovered.min() == 1.0


def test_the_random_shift_passes_gradients_back_to_where_they_come_from():
    layer = stacked.random_shift(3 / 32)
    x = tf.constant(RNG.normal(size=(8, 32, 32, 3)).astype("float32"))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(layer(x, training=True) ** 2)
    found = tape.gradient(loss, x).numpy()
    kept = found != 0
    assert kept.mean() > 0.8
    np.testing.assert_allclose(found[kept], 2 * x.numpy()[kept], rtol=1e-5)


def test_flag_labels_have_two_columns():
    sample = stacked.make_flag_sampler(FLAGS, batch_size=3, real_label=0.9)
    images, noise, d_labels, g_labels = sample(tf.constant(0))
    assert images.shape == (3, 64, 64, 1) and noise.shape == (2, 3, 100)
    assert noise.numpy().min() >= 0 and noise.numpy().max() < 1
    np.testing.assert_allclose(d_labels[:3], [[0.1, 0.9]] * 3, rtol=1e-6)
    np.testing.assert_array_equal(d_labels[3:], [[1, 0]] * 3)
    np.testing.assert_array_equal(g_labels, [[0, 1]] * 3)


def test_ship_labels_are_drawn_from_their_ranges():
    sample = stacked.make_ship_sampler(SHIPS, batch_size=12)
    draws = [sample(tf.constant(i))[2].numpy() for i in range(50)]
    real, fake = np.split(np.array(draws), 2, axis=1)
    assert 0.95 <= real.min() < 0.955 and 0.995 < real.max() <= 1
    assert 0 <= fake.min() < 0.005 and 0.045 < fake.max() <= 0.05
    assert not np.array_equal(draws[0], draws[1])
    np.testing.assert_array_equal(sample(tf.constant(0))[3], np.ones((12, 1)))


@pytest.mark.parametrize("value", [-0.1, 1.05, np.nan])
def test_labels_outside_0_to_1_are_refused_by_name(value):
    with pytest.raises(ValueError, match=rf"{value:g}.*expected \[0, 1\].*subtract"):
        stacked.check_labels([0.0, value, 1.0])
    with pytest.raises(ValueError, match="expected"):
        stacked.make_ship_sampler(SHIPS, 2, real_labels=(1.0, value))
    with pytest.raises(ValueError, match="expected"):
        stacked.make_flag_sampler(FLAGS, 2, real_label=value)


def make_averaging_step(generator, *others):
    """`make_laptop_step` with the arguments of the two other ways."""
    average = training.make_average(generator)
    return stacked.make_laptop_step(generator, others[0], average, *others[1:])


@pytest.mark.parametrize(
    "make_step",
    [stacked.make_keras_step, stacked.make_tape_step, make_averaging_step],
)
def test_pictures_of_another_size_are_refused_before_training(make_step):
    generator, discriminator, loss, _ = make_flags(width=0.0625)
    sample = stacked.make_ship_sampler(SHIPS, 2)
    expected = r"\(32, 32, 3\).*takes \(64, 64, 1\).*size=64 and in grey"
    with pytest.raises(ValueError, match=expected):
        make_step(generator, discriminator, optimizers(), loss, sample)


def test_a_damaged_picture_stops_the_training_by_name():
    generator, discriminator, loss, _ = make_ships(width=0.0625)
    broken = np.full_like(SHIPS, np.nan)
    sample = stacked.make_ship_sampler(broken, 2)
    step = stacked.make_tape_step(generator, discriminator, optimizers(), loss, sample)
    with pytest.raises(FloatingPointError, match="discriminator's loss is nan.*range"):
        training.fit(step, 2)


def test_a_folder_of_jpegs_trains(tmp_path):
    """One's own pictures, in any size, by the functions of the ships.

    Of more pictures than the 1,024 files that a process may have open on Linux.
    """
    for k in range(1100):
        pixels = RNG.integers(0, 256, (40 + k % 12, 60, 3), "uint8")
        Image.fromarray(pixels).save(tmp_path / f"{k}.jpg")
    images = data.load_image_folder(tmp_path, size=32).scaled()
    assert images.shape == (1100, 32, 32, 3)
    generator, _, loss, _ = make_ships(width=0.0625)
    discriminator = stacked.make_ship_discriminator(0.0625, few_pictures=True)
    sample = stacked.make_ship_sampler(images, batch_size=4)
    step = make_averaging_step(generator, discriminator, optimizers(), loss, sample)
    before = generator.get_weights()
    history = training.fit(step, 3)
    assert np.isfinite([history.d_loss, history.g_loss]).all()
    assert not np.array_equal(before[0], generator.get_weights()[0])
