"""The engine of the labs: which weights move, what a setting does, going back."""

import copy
import os
import subprocess
import sys
import tracemalloc

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_helpers import clinic, lab
from gan_helpers.lab import datasets, networks, steps
from gan_helpers.lab.notes import Notes
from gan_helpers.taught import quadratic


@pytest.fixture
def plain(monkeypatch):
    """Compile without XLA, which takes longer to compile than these tests to run."""
    monkeypatch.setattr(networks, "is_dense", lambda model: False)


@pytest.fixture(scope="module")
def compiled_lab():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(networks, "is_dense", lambda model: False)
        made = lab.PointLab(data="ring of 8")
        made.step(1)
    return made


@pytest.fixture
def a_lab(compiled_lab, plain):
    """A lab on the ring at its start, compiled once for all tests."""
    defaults = {"loss": "non-saturating", "penalty_kind": steps.USUAL}
    defaults |= {"d_rate": 1e-3, "g_rate": 1e-3}
    for name, value in {**defaults, "d_steps": 1, "g_steps": 1}.items():
        compiled_lab.set(name, value)
    compiled_lab.reset(0)
    return compiled_lab


def weights(model):
    return [variable.numpy() for variable in model.variables]


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def state(a_lab):
    """All that training changes, and where it stands."""
    return [*a_lab.run.arrays(), np.array(a_lab.iteration)]


# -- what moves -----------------------------------------------------------------------


def make_own(**options):
    """A pair with batch normalisation and dropout in both networks."""
    hidden = [
        [
            keras.layers.Dense(8),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.2, seed=3),
            keras.layers.LeakyReLU(),
        ]
        for _ in range(2)
    ]
    generator = keras.Sequential([keras.Input((3,)), *hidden[0], keras.layers.Dense(2)])
    discriminator = keras.Sequential(
        [keras.Input((2,)), *hidden[1], keras.layers.Dense(1)]
    )
    return lab.PointLab(generator, discriminator, data="two moons", **options)


def test_each_step_moves_its_own_network_and_nothing_of_the_other(plain):
    own = make_own()
    for step, moved, still in (
        (own.d_step, own.discriminator, own.generator),
        (own.g_step, own.generator, own.discriminator),
    ):
        before, other = weights(moved), weights(still)
        step()
        for old, variable in zip(before, moved.variables, strict=True):
            assert not np.array_equal(old, variable.numpy()), variable.path
        assert same(other, weights(still))
    assert own.iteration == 2


def test_one_step_equals_lesson_02s(plain):
    """D, then G, by RMSProp on the cross-entropy, computed eagerly beside the lab."""
    ours = lab.PointLab(data="two moons", seed=4)
    generator = keras.models.clone_model(ours.generator)
    discriminator = keras.models.clone_model(ours.discriminator)
    generator.set_weights(ours.generator.get_weights())
    discriminator.set_weights(ours.discriminator.get_weights())
    d_step, g_step = quadratic.make_steps(generator, discriminator)
    ours.step(3)
    pool = ours.points.points
    for k in range(3):
        batches = []
        for draw in (2 * k + 1, 2 * k + 2):
            real = datasets.sample_pool(tf.constant(pool), 256, [16, draw])
            noise = datasets.draw_noise(256, 2, [17, draw], "uniform")
            batches.append((real, noise))
        d_loss, g_loss = d_step(*batches[0]), g_step(batches[1][1])
    np.testing.assert_allclose(ours.frame()["d_loss"], d_loss, rtol=1e-4)
    np.testing.assert_allclose(ours.frame()["g_loss"], g_loss, rtol=1e-4)
    for mine, theirs in (
        (ours.generator, generator),
        (ours.discriminator, discriminator),
    ):
        for a, b in zip(weights(mine), weights(theirs), strict=True):
            np.testing.assert_allclose(a, b, atol=2e-5)


def test_steps_per_side_are_counted(plain):
    a_lab = lab.PointLab(data="spiral", d_steps=3, g_steps=2)
    g_optimizer, d_optimizer = a_lab.run.g_optimizer, a_lab.run.d_optimizer
    a_lab.step(4)
    assert (int(d_optimizer.iterations), int(g_optimizer.iterations)) == (12, 8)
    assert int(a_lab.run.draws) == 20
    a_lab.set("d_steps", 1)
    a_lab.d_step()
    a_lab.step(1)
    assert (int(d_optimizer.iterations), int(g_optimizer.iterations)) == (14, 10)


def test_the_lessons_networks_stay_as_they_are(plain):
    generator, discriminator = (
        quadratic.make_generator(),
        quadratic.make_discriminator(),
    )
    given = weights(generator) + weights(discriminator)
    a_lab = lab.PointLab(generator, discriminator, data=quadratic.sample_points)
    assert same(weights(a_lab.generator), weights(generator))
    a_lab.step(5)
    assert not same(weights(a_lab.generator), weights(generator))
    assert same(given, weights(generator) + weights(discriminator))
    a_lab.reset()
    assert same(weights(a_lab.generator), weights(generator))
    assert a_lab.frame()["features"]
    np.testing.assert_allclose(  # a function's data are taken as they are
        a_lab.points.points[:, 1], 10 + a_lab.points.points[:, 0] ** 2, rtol=1e-5
    )


@pytest.mark.parametrize("loss", lab.LOSSES)
def test_every_loss_trains_on_the_ring(a_lab, loss):
    a_lab.set("loss", loss)
    start = a_lab.frame()
    a_lab.step(300)
    frame = a_lab.frame()
    assert a_lab.halted is None
    assert np.isfinite(a_lab.record.losses.array).all()
    assert len(a_lab.record.losses.array) == 300
    spread = [np.std(f["arrays"]["fake"]) for f in (start, frame)]
    assert spread[1] > 2 * spread[0]  # towards the ring, from a small blob


# -- settings -------------------------------------------------------------------------


def test_settings_take_effect_without_another_trace_or_compilation(plain, monkeypatch):
    traces = []
    d_step = steps.Game.d_step
    monkeypatch.setattr(
        steps.Game, "d_step", lambda *args: traces.append(1) or d_step(*args)
    )
    a_lab = lab.PointLab(data="ring of 8")
    a_lab.step(2)
    assert len(traces) == 1
    for name, value in (
        ("d_rate", 0.02),
        ("g_rate", 0.03),
        ("d_steps", 4),
        ("g_steps", 2),
        ("loss", "hinge"),
        ("loss", "minimax"),
        ("data", "two moons"),
        ("seed", 7),
    ):
        a_lab.set(name, value)
        a_lab.step(2)
    a_lab.train_for(20)
    a_lab.reset(3)
    a_lab.step(2)
    assert len(traces) == 1
    assert float(a_lab.run.d_optimizer.learning_rate) == pytest.approx(0.02)
    a_lab.set("loss", "wasserstein")
    a_lab.step(2)
    a_lab.set("penalty", 0.25)
    a_lab.step(2)
    assert len(traces) == 2


COUNT_XLA = """
from gan_helpers import lab
a_lab = lab.PointLab(data="ring of 8")
for n in (1, 2, 3, 5, 100):
    a_lab.step(n)
a_lab.set("d_steps", 3)
a_lab.d_step()
a_lab.set("loss", "hinge")
a_lab.train_for(20)
print(a_lab.iteration)
"""


def test_xla_compiles_once_for_any_number_of_iterations_and_steps(tmp_path):
    """XLA leaves a file for each compilation; only a new process reads the flag."""
    flags = {"XLA_FLAGS": f"--xla_dump_to={tmp_path}", "CUDA_VISIBLE_DEVICES": "-1"}
    done = subprocess.run(
        [sys.executable, "-c", COUNT_XLA],
        env={**os.environ, **flags},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) > 111
    compiled = list(tmp_path.glob("*loop*.before_optimizations.txt"))
    assert len(compiled) == 1


def test_a_learning_rate_changes_how_far_a_step_goes(a_lab):
    moves = []
    for rate in (1e-3, 1e-2):
        a_lab.reset()
        a_lab.set("d_rate", rate)
        before = weights(a_lab.discriminator)
        a_lab.d_step()
        after = weights(a_lab.discriminator)
        moves.append(
            sum(np.abs(a - b).sum() for a, b in zip(before, after, strict=True))
        )
    np.testing.assert_allclose(moves[1], 10 * moves[0], rtol=1e-3)


def test_the_penalty_weighs_the_penalty(a_lab):
    a_lab.set("loss", "relativistic")
    d_losses = []
    for weight in (0.001, 1.0, 2.0):
        a_lab.reset()
        a_lab.set("penalty", weight)
        a_lab.d_step()
        d_losses.append(a_lab.frame()["d_loss"])
    low, one, two = d_losses
    assert one - low > 1e-4
    np.testing.assert_allclose(two - one, (one - low) / 0.999, rtol=1e-3)


@pytest.mark.parametrize("loss", ["non-saturating", "least squares", "wasserstein"])
def test_r1_alone_adds_half_the_squared_slope_at_real_points(a_lab, loss):
    a_lab.set("loss", loss)
    a_lab.set("penalty_kind", "none")
    without = a_lab.frame()["d_loss"]
    a_lab.set("penalty_kind", "R1")
    a_lab.set("penalty", 3.0)
    a_lab.set("loss", "hinge")  # the loss is renewed, too
    a_lab.set("loss", loss)
    real, dense = a_lab.scene.real_shown.numpy(), weights(a_lab.discriminator)
    slope, x = np.eye(2)[None], real
    for k, (kernel, bias) in enumerate(zip(dense[::2], dense[1::2], strict=True)):
        x, slope = x @ kernel + bias, slope @ kernel
        if k < 2:  # leaky ReLUs
            slope = slope * np.where(x > 0, 1, 0.2)[:, None]
            x = np.where(x > 0, x, 0.2 * x)
    expected = without + 3 * 0.5 * np.mean(np.sum(slope**2, axis=(1, 2)))
    np.testing.assert_allclose(a_lab.frame()["d_loss"], expected, rtol=1e-4)


def test_r1_moves_d_alone_and_going_back_brings_its_kind_along(a_lab):
    a_lab.set("penalty_kind", "R1")
    g_before, d_before = weights(a_lab.generator), weights(a_lab.discriminator)
    a_lab.d_step()
    assert same(g_before, weights(a_lab.generator))
    assert not same(d_before, weights(a_lab.discriminator))
    a_lab.set("penalty_kind", "none")
    a_lab.step(1)
    a_lab.rewind(1)
    kinds = [s["value"] for s in a_lab.settings() if s["name"] == "penalty_kind"]
    assert kinds == ["R1"]


def test_the_clinic_takes_a_critic_with_r1_for_one(a_lab):
    a_lab.set("loss", "wasserstein")
    a_lab.set("penalty_kind", "R1")
    a_lab.step(60)
    assert (a_lab.record.losses.array[:, 1] < 0).any()
    names = [finding.name for finding in a_lab.examine().findings]
    assert "bottomless loss" not in names


def test_widths_noise_and_activation_rebuild_the_networks(plain):
    a_lab = lab.PointLab(activation="tanh", noise="normal")
    a_lab.set("width", 5)
    a_lab.set("noise_dim", 7)
    shapes = [w.shape for w in weights(a_lab.generator)]
    assert shapes == [(7, 5), (5,), (5, 5), (5,), (5, 2), (2,)]
    kinds = [type(layer).__name__ for layer in a_lab.discriminator.layers]
    assert kinds == ["Dense", "Activation", "Dense", "Activation", "Dense", "Dense"]
    a_lab.step(2)
    assert a_lab.iteration == 2
    assert float(np.abs(a_lab.scene.shown_noise).max()) > 2
    new = lab.PointLab(activation="tanh", noise="normal", width=5, noise_dim=7)
    new.step(2)
    assert same(state(a_lab), state(new))  # draws included


def test_default_networks_are_those_of_lesson_02():
    ours, theirs = (
        lab.PointLab(),
        (
            quadratic.make_generator(),
            quadratic.make_discriminator(),
        ),
    )
    for mine, lesson in zip((ours.generator, ours.discriminator), theirs, strict=True):
        assert mine.count_params() == lesson.count_params()
        same_kinds = [type(x) for x in mine.layers] == [type(x) for x in lesson.layers]
        assert same_kinds
        noise = tf.random.stateless_normal((5, 2), [1, 2])
        lesson.set_weights(mine.get_weights())
        np.testing.assert_allclose(mine(noise), lesson(noise), rtol=1e-5)


def test_settings_say_what_may_be_changed():
    own = lab.PointLab(quadratic.make_generator(), quadratic.make_discriminator())
    by_name = {setting["name"]: setting for setting in own.settings()}
    for name in ("activation", "width", "noise_dim"):
        assert not by_name[name]["enabled"]
        assert "your own" in by_name[name]["help"]
        with pytest.raises(ValueError, match="your own"):
            own.set(name, by_name[name]["value"])
    assert by_name["noise_dim"]["value"] == 2
    assert by_name["d_rate"]["log"]
    assert by_name["data"]["choices"] == list(datasets.DATASETS)
    assert not by_name["penalty"]["enabled"]
    own.set("loss", "wasserstein")
    by_name = {setting["name"]: setting for setting in own.settings()}
    assert by_name["penalty"]["enabled"]
    assert by_name["loss"]["value"] == "wasserstein"


# -- time -----------------------------------------------------------------------------


def test_rewinding_and_going_on_repeats_the_run_bit_for_bit():
    fast_lab = lab.PointLab(data="ring of 8", seed=5)  # with XLA
    for _ in range(4):
        fast_lab.step(25)
    whole, curve = state(fast_lab), fast_lab.record.losses.array
    fast_lab.set("d_rate", 5e-3)  # a change that rewinding takes back
    fast_lab.step(10)
    fast_lab.rewind(2)
    assert fast_lab.iteration == 50
    assert fast_lab._settings["d_rate"] == 1e-3
    assert len(fast_lab.record.frames) == 3
    assert fast_lab.record.losses.array[-1, 0] == 50
    fast_lab.step(17)  # in other portions
    fast_lab.step(33)
    assert same(whole, state(fast_lab))
    np.testing.assert_array_equal(curve, fast_lab.record.losses.array)
    fast_lab.reset()
    fast_lab.step(100)
    assert same(whole, state(fast_lab))


def test_another_branch_differs_and_another_seed_too(a_lab):
    a_lab.step(20)
    a_lab.step(20)
    first = state(a_lab)
    a_lab.rewind(1)
    a_lab.set("g_rate", 0.01)
    a_lab.step(20)
    assert a_lab.iteration == 40
    assert not same(first, state(a_lab))
    a_lab.reset()
    start = state(a_lab)
    a_lab.reset(1)
    assert not same(start, state(a_lab))
    a_lab.reset(0)
    assert same(start, state(a_lab))


def test_rewinding_restores_dropout_and_batch_normalisation(plain):
    own = make_own()
    own.step(10)
    own.step(10)
    expected = state(own)
    own.rewind(1)
    own.step(10)
    assert same(expected, state(own))


def test_memory_stays_bounded_over_3000_frames(a_lab):
    a_lab.step(100)
    content, quality = a_lab._look()
    newest = a_lab.record.frames[-1]
    tracemalloc.start()
    held = []
    for k in range(3000):
        new = copy.deepcopy(content), copy.deepcopy(newest.state), newest.n_bytes
        a_lab.record.add(*new)
        a_lab.record.losses.extend([(k, 1, 1)] * 5)
        a_lab.record.quality.extend([(k, *quality)])
        if k % 500 == 499:
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert len(a_lab.record.frames) <= 300
    assert max(held) < 20_000_000
    # One state holds both networks, RMSProp's two moments of them, and little else.
    sizes = [m.count_params() for m in (a_lab.generator, a_lab.discriminator)]
    assert newest.n_bytes < 4 * 3 * sum(sizes)


# -- when it goes wrong ---------------------------------------------------------------


def data_that_breaks(n, seed):
    """Points; no numbers from the ninth batch on, of which an iteration takes two."""
    points = tf.random.stateless_normal((n, 2), seed, alg="philox")
    return tf.where(tf.logical_and(seed[0] % 4 == 0, seed[1] >= 9), np.nan, points)


def test_a_nan_halts_names_the_loss_and_offers_the_last_good_frame(plain):
    a_lab = lab.PointLab(data=data_that_breaks)
    a_lab.step(3)
    a_lab.step(10)
    cause = "D's loss was the first that is no longer a number."
    halted = {"which": "d", "iteration": 5, "cause": cause, "last_good": 1}
    assert a_lab.halted == halted
    assert np.isfinite(a_lab.record.losses.array).all()
    assert len(a_lab.record.losses.array) == 4
    frame = a_lab.frame()
    assert frame["iteration"] == 3
    assert f"Training stopped at iteration 5: {cause}" in frame["text"]
    a_lab.step(5)
    a_lab.d_step()
    a_lab.train_for(5)
    assert len(a_lab.record.frames) == 2
    a_lab.rewind(a_lab.halted["last_good"])
    assert a_lab.halted is None
    a_lab.step(1)
    assert a_lab.iteration == 4
    a_lab.step(1)
    a_lab.set("d_rate", 1e-4)  # goes back by itself
    assert a_lab.halted is None
    assert a_lab.iteration == 4
    assert float(a_lab.run.d_optimizer.learning_rate) == pytest.approx(1e-4)


def test_the_generators_loss_is_named_when_it_goes_first(a_lab, monkeypatch):
    losses_of = [[1.0, 1.0], [1.0, np.inf], [np.nan, np.nan]]
    monkeypatch.setattr(a_lab.run, "train", lambda n: np.array(losses_of))
    a_lab._advance(3)
    assert (a_lab.halted["which"], a_lab.halted["iteration"]) == ("g", 2)
    assert a_lab.halted["last_good"] == 0


@pytest.mark.parametrize("which", ["d", "g"])
def test_weights_that_break_with_finite_losses_halt_too(a_lab, which):
    a_lab.step(1)
    model = {"d": a_lab.discriminator, "g": a_lab.generator}[which]
    bias = model.trainable_variables[-1]
    bias.assign(bias * np.nan)
    a_lab._record_frame()
    assert a_lab.halted["which"] == which
    assert f"{which.upper()}'s output is no longer a number" in a_lab.frame()["text"]
    assert len(a_lab.record.frames) == 2


@pytest.mark.parametrize("which", ["d", "g"])
def test_networks_that_are_broken_from_the_start_are_refused(which):
    models = [dense((2,), 2), dense((2,), 1)]
    bias = models["gd".index(which)].trainable_variables[-1]
    bias.assign(bias * np.nan)
    with pytest.raises(ValueError, match=f"{which.upper()}'s output .* anew"):
        lab.PointLab(*models)


def test_weights_that_break_between_two_steps_leave_a_frame_to_go_back_to(
    a_lab, monkeypatch
):
    a_lab.step(1)
    describe = a_lab.scene.describe

    def describe_while_a_cell_breaks_g(seen, quality):
        for variable in a_lab.generator.trainable_variables:
            variable.assign(variable * np.nan)
        return describe(seen, quality)

    with monkeypatch.context() as patch:
        patch.setattr(a_lab.scene, "describe", describe_while_a_cell_breaks_g)
        a_lab.step(1)
    a_lab.step(1)
    a_lab.rewind(a_lab.halted["last_good"])
    a_lab.step(1)
    assert a_lab.halted is None


def dense(inputs, outputs, **options):
    return keras.Sequential(
        [keras.Input(inputs), keras.layers.Dense(outputs, **options)]
    )


def test_a_loss_of_ones_own_is_played_like_the_others(plain, monkeypatch):
    def my_squares(real_logits, fake_logits):
        d_loss = tf.reduce_mean((real_logits - 1) ** 2) + tf.reduce_mean(fake_logits**2)
        return d_loss / 2, tf.reduce_mean((fake_logits - 1) ** 2) / 2

    own = lab.Loss(my_squares, 0.25, 0.125, has_zero=False)
    monkeypatch.setitem(lab.LOSSES, "my squares", own)
    a_lab = lab.PointLab(loss="my squares")
    before = a_lab.generator.get_weights()
    content = a_lab.frame()
    assert (content["d_level"], content["g_level"]) == (0.25, 0.125)
    logits = {
        name: a_lab.discriminator(content["arrays"][name]).numpy()
        for name in ("real", "fake")
    }
    d_loss = (np.mean((logits["real"] - 1) ** 2) + np.mean(logits["fake"] ** 2)) / 2
    np.testing.assert_allclose(content["d_loss"], d_loss, rtol=1e-4)
    a_lab.step(200)
    assert a_lab.frame()["g_loss"] < 1
    moved = zip(before, a_lab.generator.get_weights(), strict=True)
    assert all(not np.array_equal(old, new) for old, new in moved)
    choices = next(s for s in a_lab.settings() if s["name"] == "loss")["choices"]
    assert "my squares" in choices


def test_a_sigmoid_at_the_end_of_d_is_left_out():
    discriminator = dense((2,), 1, activation="sigmoid")
    a_lab = lab.PointLab(discriminator=discriminator)
    points = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    p, logits = discriminator(points).numpy(), a_lab.discriminator(points).numpy()
    np.testing.assert_allclose(logits, np.log(p / (1 - p)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"generator": dense((2,), 3)},
            r"generator's output has shape \(n, 3\), expected \(n, 2\)",
        ),
        (
            {"discriminator": dense((3,), 1)},
            r"discriminator's input has shape \(n, 3\), expected \(n, 2\)",
        ),
        (
            {"discriminator": dense((2,), 2)},
            r"discriminator's output has shape \(n, 2\), expected \(n, 1\)",
        ),
        (
            {"generator": dense((5,), 2), "noise": quadratic.sample_noise},
            r"generator's input has shape \(n, 5\), expected \(n, 2\)",
        ),
        (
            {"discriminator": dense((2,), 1, activation="softmax")},
            "ends in a softmax, expected logits",
        ),
        ({"generator": keras.Sequential([keras.layers.Dense(2)])}, "no weights yet"),
        ({"generator": print}, "builtin_function_or_method, expected a Keras model"),
        (
            {"data": lambda n, seed: tf.zeros((n, 3))},
            r"shape \(8192, 3\), expected finite points \(n, 2\)",
        ),
        ({"data": "ring"}, "Data is 'ring', expected one of quadratic, two curves"),
        ({"noise": "pink"}, "Noise is 'pink', expected one of uniform, normal"),
        ({"loss": "mse"}, "Loss is 'mse', expected one of minimax"),
        ({"d_rate": 0}, "D's learning rate is 0, expected a number from 1e-05 to 1"),
        ({"g_steps": 1.5}, "G steps an iteration is 1.5, expected a whole number"),
        ({"seed": -1}, "Seed is -1, expected a whole number from 0"),
        ({"width": 3}, "Hidden units is 3, expected a whole number from 4 to 128"),
        (
            {"generator": dense((40,), 2), "activation": "cubic"},
            "Activation is 'cubic', expected one of leaky ReLU",
        ),
        ({"noise_dim": 17}, "Noise dimensions is 17, .* from 1 to 16"),
    ],
)
def test_what_does_not_fit_is_refused_at_construction(options, message):
    with pytest.raises(ValueError, match=message):
        lab.PointLab(**options)


def test_the_lab_is_examined_by_its_own_losses_and_networks(plain):
    one = lab.PointLab(data="ring of 8")
    one.step(30)
    losses = np.transpose(one.record.losses.array)[1:]
    scene = one.scene
    gan = clinic.Gan(
        one.generator, one.discriminator, scene.real_shown, scene.shown_noise
    )
    assert str(one.examine()) == str(clinic.examine(losses, gan))
    for network in one.generator, one.discriminator:
        network.set_weights([0 * weight for weight in network.get_weights()])
    names = [finding.name for finding in one.examine().findings]
    assert names == ["flat discriminator", "mode collapse"]


def test_notes_name_what_the_looks_show_and_forget_it_when_one_goes_back():
    rng, notes = np.random.default_rng(0), Notes()
    angles = np.arange(512) * np.pi / 4
    real = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    real += 0.02 * rng.normal(size=real.shape)
    logits = rng.normal(size=(2, 512, 1))

    def look(iteration, points):
        seen = {"fake": points, "real_logits": logits[0], "fake_logits": logits[1]}
        notes.add(iteration, seen, np.array([1.4, 0.7]), real)

    for k in range(40):
        look(10 * k, real[rng.permutation(512)])
    assert notes.text == ""
    for k in range(40, 80):
        look(10 * k, real[:1] + 0.01 * rng.normal(size=real.shape))
    assert notes.text == " Clinic: mode collapse."
    look(100, real)
    assert notes.text == ""
