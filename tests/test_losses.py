"""Losses and penalties against NumPy, closed forms, differences, and the lessons."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from lesson_code import from_lesson

from gan_helpers import losses, plotting
from gan_helpers.training import call_quietly

RNG = np.random.default_rng(0)
REAL = RNG.normal(1, 2, (64, 1))
FAKE = RNG.normal(-1, 2, (64, 1))
EXTREME = np.array([[-1e4], [-90.0], [-20.0], [0.0], [20.0], [90.0], [1e4]])


def log_sigmoid(x):
    return -np.logaddexp(0, -x)


def cross_entropy(logits, label):
    """As in the textbooks: the mean of -y log p - (1 - y) log(1 - p)."""
    return -np.mean(
        label * log_sigmoid(logits) + (1 - label) * log_sigmoid(-logits), dtype=float
    )


def in_numpy(name, real, fake, label=1.0):
    """(d_loss, g_loss), written as in the papers."""
    classic = cross_entropy(real, label) + cross_entropy(fake, 0)
    return {
        "minimax": (classic, np.mean(log_sigmoid(-fake))),
        "non-saturating": (classic, -np.mean(log_sigmoid(fake))),
        "hinge": (
            np.maximum(0, 1 - real).mean() + np.maximum(0, 1 + fake).mean(),
            -fake.mean(),
        ),
        "least squares": (
            np.mean((real - 1) ** 2) / 2 + np.mean(fake**2) / 2,
            np.mean((fake - 1) ** 2) / 2,
        ),
        "wasserstein": (fake.mean() - real.mean(), -fake.mean()),
        "relativistic": (
            -np.mean(log_sigmoid(real - fake)),
            -np.mean(log_sigmoid(fake - real)),
        ),
    }[name]


def with_gradients(function, *arrays):
    """Each loss that a function of logits returns, and its gradient in each array."""
    tensors = [tf.constant(array) for array in arrays]
    with tf.GradientTape(persistent=True) as tape:
        for tensor in tensors:
            tape.watch(tensor)
        values = function(*tensors)
    zero = {"unconnected_gradients": "zero"}
    return [
        (value.numpy(), [g.numpy() for g in tape.gradient(value, tensors, **zero)])
        for value in values
    ]


def differences(function, array, k, step=1e-5):
    """Slopes of what a function returns in the k-th entry, by central differences."""
    low, high = array.copy(), array.copy()
    low[k], high[k] = array[k] - step, array[k] + step
    return np.subtract(function(high), function(low)) / (2 * step)


# -- losses ---------------------------------------------------------------------------

CASES = [(name, loss.both, 1.0) for name, loss in losses.LOSSES.items()]
CASES += [
    (name, losses.LOSSES[name].both, label)
    for name in ("minimax", "non-saturating")
    for label in (0.9, 1.1)
]


@pytest.mark.parametrize(("name", "both", "label"), CASES)
def test_values_and_gradients_are_those_of_the_formulas(name, both, label):
    options = () if label == 1.0 else (label,)
    found = with_gradients(lambda real, fake: both(real, fake, *options), REAL, FAKE)
    expected = in_numpy(name, REAL, FAKE, label)
    np.testing.assert_allclose([value for value, _ in found], expected, rtol=1e-10)
    for k in (0, 17, 63):
        by_real, by_fake = np.array(
            [[g[k, 0] for g in slopes] for _, slopes in found]
        ).T
        slopes = differences(lambda x: in_numpy(name, x, FAKE, label), REAL, k)
        np.testing.assert_allclose(by_real, slopes, rtol=1e-5, atol=1e-9)
        slopes = differences(lambda x: in_numpy(name, REAL, x, label), FAKE, k)
        np.testing.assert_allclose(by_fake, slopes, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("loss", losses.LOSSES.values(), ids=losses.LOSSES)
def test_values_and_gradients_stay_finite_for_extreme_logits(loss):
    extreme = EXTREME.astype(np.float32)
    for value, gradients in with_gradients(loss.both, extreme, extreme[::-1]):
        assert np.isfinite(value)
        assert np.isfinite(gradients).all()


@pytest.mark.parametrize("label", [1.0, 0.9, 1.1])
def test_cross_entropies_of_extreme_logits_are_right_in_float32(label):
    for logit in EXTREME[:, 0]:
        one = np.full((1, 1), logit, np.float32)
        for name in ("minimax", "non-saturating"):
            found = losses.LOSSES[name].both(tf.constant(one), tf.constant(one), label)
            expected = in_numpy(name, one.astype(float), one.astype(float), label)
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", losses.LOSSES)
def test_levels_are_those_of_the_best_discriminator_of_equal_distributions(name):
    """Equal samples: of all constant answers D's level is the lowest loss."""
    loss, n = losses.LOSSES[name], np.ones((8, 1))
    answers = np.linspace(-3, 3, 601)
    pairs = np.array([in_numpy(name, a * n, a * n) for a in answers])
    best = np.isclose(pairs[:, 0], pairs[:, 0].min(), atol=1e-12)
    assert math.isclose(loss.d_level, pairs[:, 0].min(), abs_tol=1e-12)
    g_losses = pairs[best, 1]
    # Where G has no level, equally good Ds give it different losses.
    assert (np.ptp(g_losses) > 0.5) == (loss.g_level is None)
    if loss.g_level is not None:
        np.testing.assert_allclose(g_losses, loss.g_level, rtol=1e-12)
    # Zero means undecided when the best answers lie evenly around it and do not go on
    # for ever: D gains nothing from a constant.
    middle = answers[best].mean()
    assert loss.has_zero == (abs(middle) < 1e-9 and not best.all())


@pytest.mark.parametrize(("label", "d", "g"), [(0.9, 1.376, 0.799), (1, 1.386, 0.693)])
def test_equilibrium_is_the_minimum_that_a_search_finds(label, d, g):
    found = losses.equilibrium(real_label=label)
    answers = np.linspace(0.001, 0.999, 999_001)
    d_losses = (
        -label * np.log(answers)
        - (1 - label) * np.log(1 - answers)
        - np.log(1 - answers)
    )
    best = d_losses.argmin()
    np.testing.assert_allclose(
        found, (d_losses[best], -np.log(answers[best])), rtol=1e-5
    )
    np.testing.assert_allclose(found, (d, g), atol=5e-4)
    logits = tf.fill((4, 1), math.log(label / (2 - label)))
    both = losses.non_saturating(logits, logits, label)
    np.testing.assert_allclose(both, found, rtol=1e-6)


def test_equilibrium_refuses_labels_without_one_and_is_what_plots_show():
    assert losses.equilibrium() == (plotting.TWO_LN_2, plotting.LN_2)
    for label in (1.1, 0, -0.1, float("nan")):
        with pytest.raises(ValueError, match=f"real_label is {label}, expected above"):
            losses.equilibrium(label)


# -- penalties ------------------------------------------------------------------------


def linear(weights):
    slope = tf.constant(weights, shape=(len(weights), 1))
    return lambda samples: tf.reshape(samples, (len(samples), -1)) @ slope


def half_square(x):
    """D = |x|²/2, whose slope at x is x."""
    return 0.5 * tf.reduce_sum(x**2, axis=1, keepdims=True)


def normal(*shape):
    return tf.random.stateless_normal((2, *shape), [1, 2])


def test_gradient_penalty_of_a_linear_critic():
    real, fake = normal(32, 2)
    for weights, expected in (
        ([3.0, 4.0], 16.0),
        ([0.6, 0.8], 0.0),
        ([0.0, 0.5], 0.25),
    ):
        found = losses.gradient_penalty(linear(weights), real, fake, [0, 1])
        np.testing.assert_allclose(found, expected, atol=1e-5)
    # A picture's slope is over all of its pixels: here 12 of them, each with 0.5.
    real, fake = normal(8, 2, 2, 3)
    found = losses.gradient_penalty(linear([0.5] * 12), real, fake, [0, 1])
    np.testing.assert_allclose(found, (math.sqrt(12 * 0.25) - 1) ** 2, rtol=1e-5)


def test_gradient_penalty_is_taken_between_real_and_generated_samples():
    seen = []

    def discriminate(samples):
        seen.append(samples.numpy())
        return tf.reduce_sum(samples, axis=1, keepdims=True)

    real, fake = tf.zeros((500, 2)), tf.ones((500, 2)) * [2.0, 4.0]
    losses.gradient_penalty(discriminate, real, fake, [3, 4])
    x, y = seen[0].T
    np.testing.assert_allclose(y, 2 * x, rtol=1e-6)
    assert 0 <= x.min() < 0.1
    assert 1.9 < x.max() <= 2
    assert abs(x.mean() - 1) < 0.1


def test_r1_and_r2_of_linear_and_quadratic_critics_and_their_sum():
    real, fake = normal(32, 2)
    steep = linear([3.0, 4.0])
    np.testing.assert_allclose(losses.r1_penalty(steep, real), 12.5, rtol=1e-5)
    np.testing.assert_allclose(losses.r2_penalty(steep, real, fake), 12.5, rtol=1e-5)
    r1 = losses.r1_penalty(half_square, real)
    r2 = losses.r2_penalty(half_square, real, fake)
    halves = [np.sum(x.numpy() ** 2, axis=1).mean() / 2 for x in (real, fake)]
    np.testing.assert_allclose([r1, r2], halves, rtol=1e-5)
    both = losses.r1_r2_penalty(half_square, real, fake)
    np.testing.assert_allclose(both, r1 + r2, rtol=1e-6)


def critic_and_gradient(penalty, kernel):
    """A penalty of the critic x·w, and its gradient in w, at ones and zeros."""
    critic = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    critic.set_weights([np.array(kernel), np.zeros(1)])
    with tf.GradientTape() as tape:
        value = penalty(
            lambda x: call_quietly(critic, x), tf.ones((4, 2)), tf.zeros((4, 2)), [0, 1]
        )
    return value, tape.gradient(value, critic.trainable_variables[0].value)


@pytest.mark.parametrize("name", ["gradient_penalty", "r1_r2_penalty"])
def test_penalties_have_finite_gradients_where_the_critic_is_flat(name):
    value, gradient = critic_and_gradient(getattr(losses, name), [[0.0], [0.0]])
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()


def test_without_epsilon_a_flat_critic_makes_the_gradient_nan():
    def bare(*args):
        return losses.gradient_penalty(*args, epsilon=0.0)

    value, gradient = critic_and_gradient(bare, [[0.0], [0.0]])
    assert float(value) == 1.0
    assert np.isnan(gradient).all()


def test_penalties_reach_the_critics_weights():
    # For D = w·x the gradient penalty is (|w| - 1)², its slope 2 (|w| - 1) w / |w|;
    # R1 + R2 is |w|², its slope 2 w.
    _, gradient = critic_and_gradient(losses.gradient_penalty, [[3.0], [4.0]])
    np.testing.assert_allclose(gradient, [[8 * 0.6], [8 * 0.8]], rtol=1e-5)
    _, gradient = critic_and_gradient(losses.r1_r2_penalty, [[3.0], [4.0]])
    np.testing.assert_allclose(gradient, [[6.0], [8.0]], rtol=1e-5)


class Doubled(keras.layers.Layer):
    """Twice its input, with a slope whose own slope TensorFlow does not know."""

    def call(self, x):
        return tf.image.resize(x, (8, 8), method="bicubic")


def d_of(*inner):
    """A network of pictures (n, 4, 4, 1) named D."""
    ends = keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(1)
    return keras.Sequential([ends[0], *inner, *ends[1:]], name="D")


@pytest.mark.parametrize("penalty", losses.PENALTIES.values(), ids=losses.PENALTIES)
def test_check_penalty_tells_beforehand_what_training_would_meet(penalty):
    pictures = tf.ones((2, 4, 4, 1))
    relu = d_of(keras.layers.Conv2D(2, 3, activation="relu"))
    losses.check_penalty(penalty, 0.1, relu, pictures)
    losses.check_penalty(penalty, 0, relu, pictures)
    for weight in (-0.1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"weight is {weight}, expected a finite"):
            losses.check_penalty(penalty, weight, relu, pictures)
    with pytest.raises(ValueError, match="'D' cannot be differentiated twice .*Resize"):
        losses.check_penalty(penalty, 0.1, d_of(Doubled()), pictures)
    frozen = d_of()
    frozen.trainable = False
    with pytest.raises(ValueError, match="its penalty has no gradient"):
        losses.check_penalty(penalty, 0.1, frozen, pictures)
    blind = keras.Sequential(
        [keras.Input((4, 4, 1)), keras.layers.Lambda(tf.stop_gradient), *d_of().layers]
    )
    with pytest.raises(ValueError, match="logits have no gradient in its samples"):
        losses.check_penalty(penalty, 0.1, blind, pictures)


def test_all_penalties_take_the_same_arguments_and_r1_sees_real_samples_only():
    real, fake = normal(32, 2)
    steep = linear([3.0, 4.0])
    found = [one(steep, real, fake, [0, 1]) for one in losses.PENALTIES.values()]
    np.testing.assert_allclose(found, [12.5, 12.5, 25.0, 16.0], rtol=1e-5)
    alone = losses.r1_penalty(half_square, real, 100 * fake, [0, 1])
    np.testing.assert_allclose(alone, losses.r1_penalty(half_square, real))
    alone = losses.r2_penalty(half_square, 100 * real, fake, [0, 1])
    np.testing.assert_allclose(
        alone, np.sum(fake.numpy() ** 2, axis=1).mean() / 2, 1e-5
    )


# -- what the lessons teach -----------------------------------------------------------


@pytest.mark.parametrize("label", [1, 0.9])
@pytest.mark.parametrize("arrays", [(REAL, FAKE), (EXTREME, EXTREME[::-1])])
def test_lesson_02s_cross_entropy_gives_the_non_saturating_loss(label, arrays):
    taught = from_lesson("quadratic_gan", "cross_entropy").cross_entropy

    def as_in_the_lessons(real_logits, fake_logits):
        d_loss = taught(real_logits, label) + taught(fake_logits, 0)
        return d_loss, taught(fake_logits, 1)

    def ours(real_logits, fake_logits):
        return losses.non_saturating(real_logits, fake_logits, label)

    arrays = [array.astype(np.float32) for array in arrays]
    expected = with_gradients(as_in_the_lessons, *arrays)
    for (value, gradients), (same, others) in zip(
        with_gradients(ours, *arrays), expected, strict=True
    ):
        np.testing.assert_allclose(value, same, rtol=1e-6)
        np.testing.assert_allclose(gradients, others, rtol=1e-5, atol=1e-7)


def test_lesson_01s_two_losses_are_minimax_and_non_saturating():
    both_losses = ("saturating", "non_saturating")
    lesson = from_lesson("minimax_objective", "logits", "tape", *both_losses, "slopes")
    logits, ours = lesson.logits[:, None], (losses.minimax, losses.non_saturating)
    for both, name, slope in zip(ours, both_losses, lesson.slopes, strict=True):
        _, (value, (_, found)) = with_gradients(both, tf.zeros_like(logits), logits)
        # The lesson adds up, a loss is a mean.
        expected = getattr(lesson, name)
        np.testing.assert_allclose(value * len(logits), expected, rtol=1e-10)
        np.testing.assert_allclose(found[:, 0] * len(logits), slope, rtol=1e-10)


def test_lesson_01s_networks_take_the_steps_of_the_non_saturating_loss():
    """D's step and the chase move D and theta as our loss with the same optimizer."""
    lesson = from_lesson("minimax_objective", "make_discriminator", "make_chase")
    real, start = tf.constant(REAL, tf.float32), tf.constant([[0.3], [-1.0], [2.0]])
    keras.utils.set_random_seed(0)
    theirs = lesson.make_discriminator()
    ours = keras.models.clone_model(theirs)
    ours.set_weights(theirs.get_weights())
    theta = tf.Variable(0.5)
    lesson.draw_far = lambda iteration, shift: (real, start + shift)
    d_loss, moved = lesson.make_chase(theirs, theta)(0)
    optimizer, at = keras.optimizers.Adam(0.003), tf.Variable(0.5)
    with tf.GradientTape() as tape:
        expected, _ = losses.non_saturating(ours(real), ours(start + at))
    np.testing.assert_allclose(d_loss, expected, rtol=1e-6)
    weights = ours.trainable_variables
    optimizer.apply(tape.gradient(expected, weights), weights)
    for one, other in zip(theirs.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    with tf.GradientTape() as tape:
        _, g_loss = losses.non_saturating(ours(real), ours(start + at))
    at.assign_sub(0.01 * tape.gradient(g_loss, at))
    np.testing.assert_allclose(moved, at, rtol=1e-5)


def test_lesson_01s_best_smoothed_answer_is_the_one_at_equilibrium():
    best = from_lesson("minimax_objective", "best_smoothed_d").best_smoothed_d(
        1, 1, label=0.9
    )
    _, g_level = losses.equilibrium(0.9)
    assert math.isclose(-math.log(best), g_level)


def test_lesson_04s_levels_for_smoothed_labels_are_those_of_equilibrium():
    lesson = from_lesson("dcgan_svhn", "best", "d_level", "g_level")
    np.testing.assert_allclose(
        losses.equilibrium(0.9), (lesson.d_level, lesson.g_level), rtol=1e-12
    )


@pytest.mark.parametrize("label", [0.9, 0.5, 1.0, 1.1])
def test_lesson_07s_lowest_loss_is_where_ds_real_term_ends(label):
    lowest = from_lesson("ships", "lowest_loss").lowest_loss(label)
    silent = tf.constant([[-1e4]])  # the generated term is then 0
    reached = [
        float(losses.minimax(tf.constant([[x]]), silent, label)[0])
        for x in np.linspace(-30, 30, 601, dtype=np.float32)
    ]
    if np.isfinite(lowest):
        assert math.isclose(min(reached), lowest, abs_tol=2e-4)
    else:
        assert float(losses.minimax(tf.constant([[1e6]]), silent, label)[0]) < -9e4


@pytest.mark.parametrize("slope", [[0.0, 0.0], [3.0, 4.0], [0.3, 0.4]])
@pytest.mark.parametrize("epsilon", [0.0, 1e-12])
def test_lesson_08s_penalty_has_our_gradient_with_and_without_epsilon(slope, epsilon):
    taught = from_lesson("failure_clinic", "slope_of_penalty").slope_of_penalty

    def penalty(*args):
        return losses.gradient_penalty(*args, epsilon=epsilon)

    _, gradient = critic_and_gradient(penalty, np.reshape(slope, (2, 1)))
    expected = taught(tf.constant(slope), epsilon)
    np.testing.assert_allclose(gradient[:, 0], expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("slope", [[0.0, 0.0], [3.0, 4.0], [0.3, 0.4]])
def test_lesson_10s_slope_penalty_is_ours(slope):
    taught = from_lesson("stability", "slope_penalty").slope_penalty
    found = critic_and_gradient(taught, np.reshape(slope, (2, 1)))
    ours = critic_and_gradient(losses.gradient_penalty, np.reshape(slope, (2, 1)))
    for one, other in zip(found, ours, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-7)
