"""The originals of lessons 06 and 07: sizes, who moves, both steps, bad input."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from lesson_code import from_lesson

from gan_helpers import training
from gan_helpers.taught import pictures, quadratic

stacked = from_lesson(
    "stacked_models",
    "make_flag_discriminator",
    "make_flag_generator",
    "make_flag_sampler",
    "make_keras_step",
    "make_look",
)
ship_lesson = from_lesson(
    "ships",
    "make_ship_discriminator",
    "make_ship_generator",
    "make_ship_optimizers",
    "make_ship_sampler",
)
STEPS = [stacked.make_keras_step, pictures.make_tape_step]
RNG = np.random.default_rng(0)
FLAGS = RNG.random((12, 64, 64, 1), "float32")
SHIPS = RNG.random((12, 32, 32, 3), "float32") * 2 - 1
BINARY = keras.losses.BinaryCrossentropy()
TWO_COLUMNS = keras.losses.CategoricalCrossentropy()


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
        ship_lesson.make_ship_generator(width),
        ship_lesson.make_ship_discriminator(width),
    )
    return *networks, BINARY, ship_lesson.make_ship_sampler(SHIPS, batch_size)


def printed_counts(generator, discriminator, capsys):
    """What is printed of G, the stack and D: (all, trainable) parameters, D's all."""
    pictures.count_parameters(generator, discriminator)
    numbers = [
        tuple(int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d", line))
        for line in capsys.readouterr().out.splitlines()
    ]
    return dict(zip(("G", "stack", "D"), numbers, strict=True))


def test_flag_parameter_counts(capsys):
    networks = stacked.make_flag_generator(), stacked.make_flag_discriminator()
    assert printed_counts(*networks, capsys) == {
        "G": (2_764_545, 2_713_153),
        "stack": (11_361_443, 2_713_153),
        "D": (8_596_898,),
    }
    # The original's code, as against its printed summary, has 256 and 128 filters.
    as_in_code = stacked.make_flag_discriminator(filters=(256, 128))
    assert as_in_code.count_params() == 17_603_298


def test_ship_parameter_counts(capsys):
    networks = ship_lesson.make_ship_generator(), ship_lesson.make_ship_discriminator()
    assert printed_counts(*networks, capsys) == {
        "G": (9_410_307, 9_410_307),
        "stack": (10_201_220, 9_410_307),
        "D": (790_913,),
    }


@pytest.mark.parametrize(
    ("make", "width"),
    [
        (stacked.make_flag_generator, 0.25),
        (stacked.make_flag_discriminator, 0.125),
        (ship_lesson.make_ship_generator, 0.0625),
        (ship_lesson.make_ship_discriminator, 0.25),
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
    ships = ship_lesson.make_ship_generator(0.1)(np.ones((2, 128), "float32")).numpy()
    assert ships.shape == (2, 32, 32, 3) and -1 <= ships.min() <= ships.max() <= 1
    answers = ship_lesson.make_ship_discriminator(0.1)(ships).numpy()
    assert answers.shape == (2, 1) and 0 < answers.min() <= answers.max() < 1


@pytest.mark.parametrize(
    ("make", "make_optimizers"),
    [(make_flags, optimizers), (make_ships, ship_lesson.make_ship_optimizers)],
)
@pytest.mark.parametrize("make_step", STEPS)
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
    for make_step in STEPS:
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
    step = pictures.make_tape_step(*networks, sgd, loss, sample)
    before = [network.get_weights() for network in networks]
    step(tf.constant(0))
    for k, network in enumerate(networks):
        pairs = zip(before[k], network.get_weights(), strict=True)
        assert any(not np.array_equal(a, b) for a, b in pairs) == (k != frozen)


def test_the_ships_optimizers_clip_and_have_the_originals_rates():
    for optimizer, rate in zip(
        ship_lesson.make_ship_optimizers(), (4e-4, 8e-4), strict=True
    ):
        assert isinstance(optimizer, keras.optimizers.RMSprop)
        assert optimizer.clipvalue == 1.0
        assert float(optimizer.learning_rate) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("right", "rate", "expected"),
    [
        (0, 1e-3, 1e-3),
        (18, 1e-3, 1e-3),  # 90 %
        (19, 1e-3, 5e-4),  # 95 %
        (20, 1e-3, 5e-4),
        (20, 1.5e-6, 1e-6),
        (20, 1e-6, 1e-6),
    ],
)
def test_a_winning_discriminator_gets_half_its_rate_down_to_a_millionth(
    right, rate, expected
):
    """D's answers are its inputs: right about so many of ten real, ten generated."""
    d_optimizer = keras.optimizers.Adam(rate)
    truth = np.repeat([1, 0], 10)
    real = np.where(np.arange(20) < right, truth, 1 - truth)
    real_images, noise = np.split(np.stack([1 - real, real], axis=1), 2)
    look = stacked.make_look(
        tf.constant, tf.constant, d_optimizer, noise.astype("float32"), real_images
    )
    fake_images, share = look()
    np.testing.assert_array_equal(fake_images, noise)
    assert share == right / 20
    assert float(d_optimizer.learning_rate) == pytest.approx(expected)


def test_flag_labels_have_two_columns():
    sample = stacked.make_flag_sampler(FLAGS, batch_size=3)
    images, noise, d_labels, g_labels = sample(tf.constant(0))
    assert images.shape == (3, 64, 64, 1) and noise.shape == (2, 3, 100)
    assert noise.numpy().min() >= 0 and noise.numpy().max() < 1
    np.testing.assert_array_equal(d_labels[:3], [[0, 1]] * 3)
    np.testing.assert_array_equal(d_labels[3:], [[1, 0]] * 3)
    np.testing.assert_array_equal(g_labels, [[0, 1]] * 3)


def test_ship_labels_are_drawn_from_their_ranges():
    sample = ship_lesson.make_ship_sampler(SHIPS, batch_size=12)
    draws = [sample(tf.constant(i))[2].numpy() for i in range(50)]
    real, fake = np.split(np.array(draws), 2, axis=1)
    assert 0.95 <= real.min() < 0.955 and 0.995 < real.max() <= 1
    assert 0 <= fake.min() < 0.005 and 0.045 < fake.max() <= 0.05
    assert not np.array_equal(draws[0], draws[1])
    np.testing.assert_array_equal(sample(tf.constant(0))[3], np.ones((12, 1)))


@pytest.mark.parametrize("value", [-0.1, 1.05, np.nan])
def test_labels_outside_0_to_1_are_refused_by_name(value):
    with pytest.raises(ValueError, match=rf"{value:g}.*expected \[0, 1\].*subtract"):
        pictures.check_labels([0.0, value, 1.0])
    with pytest.raises(ValueError, match="expected"):
        ship_lesson.make_ship_sampler(SHIPS, 2, real_labels=(1.0, value))


@pytest.mark.parametrize("make_step", STEPS)
def test_pictures_of_another_size_are_refused_before_training(make_step):
    generator, discriminator, loss, _ = make_flags(width=0.0625)
    sample = ship_lesson.make_ship_sampler(SHIPS, 2)
    expected = r"\(32, 32, 3\).*takes \(64, 64, 1\).*size=64 and in grey"
    with pytest.raises(ValueError, match=expected):
        make_step(generator, discriminator, optimizers(), loss, sample)


def test_a_damaged_picture_stops_the_training_by_name():
    generator, discriminator, loss, _ = make_ships(width=0.0625)
    broken = np.full_like(SHIPS, np.nan)
    sample = ship_lesson.make_ship_sampler(broken, 2)
    step = pictures.make_tape_step(generator, discriminator, optimizers(), loss, sample)
    with pytest.raises(FloatingPointError, match="discriminator's loss is nan.*range"):
        training.fit(step, 2)
