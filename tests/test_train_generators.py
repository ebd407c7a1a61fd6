"""The hour of training behind a bundled generator: cut off, resumed, a full disk."""

import errno
import hashlib
import itertools

import bundle_data
import keras
import numpy as np
import pytest
import tensorflow as tf
import train_generators
from data_files import isolate
from keras import layers
from lesson_code import from_lesson

from gan_helpers import checkpoints, data, generators, training
from gan_helpers.array_files import read_arrays
from gan_helpers.taught import fashion

NAME = "clothes"


def start_small():
    """A Recipe of two tiny networks."""
    generator = keras.Sequential(
        [keras.Input((fashion.LATENT,)), layers.Dense(4, "tanh")], name="small"
    )
    discriminator = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    images = np.random.default_rng(0).uniform(-1, 1, (40, 4)).astype("float32")
    gan = {"generator": generator, "discriminator": discriminator}
    gan["average"] = training.make_average(generator)
    optimizers = fashion.make_optimizers(0.01)
    batch_at = training.make_batches(images, 8, seed=0)
    step = fashion.make_train_step(**gan, batch_at=batch_at, optimizers=optimizers)
    gan["optimizers"] = optimizers
    return train_generators.Recipe(
        gan,
        step,
        optimizers,
        (0.01, 0.02),
        lambda model: (float(model.weights[0][0, 0]), 0.5),
    )


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A small recipe, five steps of which take half a second on a clock of its own."""
    monkeypatch.setenv("GAN_OUTPUT_DIR", str(tmp_path / "outputs"))
    monkeypatch.setattr(train_generators, "DATA", tmp_path)
    monkeypatch.setitem(train_generators.RECIPES, NAME, start_small)
    monkeypatch.setattr(training, "LOOP_STEPS", 5)
    monkeypatch.setattr(checkpoints, "SAVE_SECONDS", 0)
    set_clock(monkeypatch)
    return tmp_path


def set_clock(monkeypatch, stop_at=None):
    """A processor clock that moves by half a second a call; Ctrl-C at one of them."""
    calls = itertools.count()

    def process_time():
        call = next(calls)
        if call == stop_at:
            raise KeyboardInterrupt
        return 0.5 * call

    monkeypatch.setattr(train_generators.time, "process_time", process_time)


def newest_checkpoint(tmp_path):
    return max(tmp_path.glob("outputs/*/ckpt-*.npz"), key=lambda p: int(p.stem[5:]))


@pytest.mark.parametrize("stop_at", [7, 8])  # after five steps, and before five
def test_a_resumed_run_equals_an_uninterrupted_one(small, monkeypatch, stop_at):
    whole = train_generators.train(NAME, 5).read_bytes()
    expected = read_arrays(newest_checkpoint(small))
    (small / "outputs").rename(small / "whole")
    set_clock(monkeypatch, stop_at)
    with pytest.raises(KeyboardInterrupt):
        train_generators.train(NAME, 5)
    assert newest_checkpoint(small).stem == f"ckpt-{stop_at // 2 * 5}"
    set_clock(monkeypatch)
    assert train_generators.train(NAME, 5).read_bytes() == whole
    found = read_arrays(newest_checkpoint(small))
    assert found.keys() == expected.keys() and found["iteration"] == 50
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value)


def test_the_rate_falls_along_half_a_cosine_by_the_time_spent(small):
    rates, recipe = [], start_small()

    class Optimizer:
        def __setattr__(self, name, value):
            rates.append(value)

    recipe = recipe._replace(optimizers=(Optimizer(), Optimizer()))
    clock = train_generators.Clock(5)
    clock.spent.assign(3)  # as after a resume
    checkpoint = training.Checkpoint(small / "run", clock=clock)
    train_generators.spend(recipe, clock, checkpoint, checkpoint.begin(0))
    shares = np.array([0.6, 0.7, 0.8, 0.9])
    expected = 0.01 * (0.05 + 0.95 * (1 + np.cos(np.pi * shares)) / 2)
    np.testing.assert_allclose(rates[::2], expected, rtol=1e-5)
    np.testing.assert_allclose(rates[1::2], 2 * expected, rtol=1e-5)


def test_what_is_kept_is_the_average_and_what_it_took(small):
    stored = read_arrays(train_generators.train(NAME, 2))
    state = read_arrays(newest_checkpoint(small))
    for i in range(2):
        rounded = state[f"state/average/{i}"].astype("float16")
        np.testing.assert_array_equal(stored[f"weight_{i}"], rounded)
        assert stored[f"weight_{i}"].dtype == np.float16
    assert (stored["steps"], stored["seconds"], stored["floor"]) == (20, 2, 0.5)
    assert stored["distance"] == stored["weight_0"][0, 0]  # of what was rounded


def test_of_real_ships_pictures_are_kept_and_no_weights(small, monkeypatch):
    pictures = np.random.default_rng(1).uniform(-1, 1, (60, 4)).astype("float32")
    monkeypatch.setattr(train_generators, "draw", lambda generator: pictures)
    start = lambda: start_small()._replace(gives_weights=False)  # noqa: E731
    monkeypatch.setitem(train_generators.RECIPES, "real ships", start)
    path = train_generators.train("real ships", 2)
    stored = read_arrays(path)
    assert path.name == "sheet_real_ships.npz"
    assert stored.keys() == {"images", "steps", "seconds", "distance", "floor"}
    expected = np.round((pictures[:48].astype(float) + 1) * 127.5)
    np.testing.assert_array_equal(stored["images"], expected)
    assert (stored["steps"], stored["floor"]) == (20, 0.5)
    state = read_arrays(newest_checkpoint(small))  # of the average, not rounded
    assert stored["distance"] == state["state/average/0"][0, 0]


def test_a_finished_run_is_not_trained_again(small):
    path = train_generators.train(NAME, 2)
    content = path.read_bytes()
    path.unlink()
    assert train_generators.train(NAME, 2).read_bytes() == content


def test_a_run_is_not_resumed_for_another_time(small):
    train_generators.train(NAME, 3.6)
    with pytest.raises(ValueError, match=r"0\.001 hours, not for 0\.002,.*0\.001"):
        train_generators.train(NAME, 7.2)


def test_a_full_disk_loses_nothing(small, monkeypatch, capsys):
    whole = train_generators.train(NAME, 5).read_bytes()
    (small / "outputs").rename(small / "whole")
    set_clock(monkeypatch)
    slept, save_npz = [], train_generators.save_npz

    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    def make_room(seconds):
        slept.append(seconds)
        if len(slept) == 2:
            monkeypatch.setattr(train_generators, "save_npz", save_npz)

    monkeypatch.setattr(checkpoints, "write_arrays", fail)
    monkeypatch.setattr(train_generators, "save_npz", fail)
    monkeypatch.setattr(bundle_data.time, "sleep", make_room)
    assert train_generators.train(NAME, 5).read_bytes() == whole
    assert slept == [60, 60]
    said = capsys.readouterr().err
    assert "No checkpoint could be saved ([Errno 28] No space left" in said
    assert said.count("It is kept in memory: make room. The next try is in 60 s.") == 2


def test_the_command_starts_one_thread_and_says_what_came_out(
    small, monkeypatch, capsys
):
    threads = []
    for kind in ("intra", "inter"):
        name = f"set_{kind}_op_parallelism_threads"
        monkeypatch.setattr(tf.config.threading, name, threads.append)
    monkeypatch.setattr("sys.argv", ["train_generators.py", NAME, "--hours", "0.001"])
    assert train_generators.main() == 0
    assert threads == [1, 1]
    said, digest = capsys.readouterr().out.splitlines()
    assert "generator_clothes.npz: " in said and "40 steps in 4 s of one core" in said
    assert said.endswith("(real pictures: 0.50); SHA-256")
    content = (small / "generator_clothes.npz").read_bytes()
    assert digest == hashlib.sha256(content).hexdigest()


def test_clothes_are_trained_by_the_lessons_recipe(monkeypatch, tmp_path):
    isolate(monkeypatch, tmp_path)
    few = data.load_fashion_mnist(split="test", source="bundled")
    monkeypatch.setattr(train_generators, "official", lambda image_set: few)
    recipe = train_generators.start_clothes()
    names = "make_gan", "make_step", "real_images", "pictures", "fashion"
    lesson = from_lesson("dcgan_fashion_mnist", *names)
    gan = lesson.make_gan()
    step = lesson.make_step(gan, images=few.scaled())
    for i in range(5):
        losses = [function(tf.constant(i)) for function in (step, recipe.step)]
        np.testing.assert_array_equal(*losses)
    for name in ("generator", "discriminator", "average"):
        pair = (one[name].get_weights() for one in (gan, recipe.gan))
        for weights in zip(*pair, strict=True):
            np.testing.assert_array_equal(*weights)
    for optimizer, rate in zip(recipe.optimizers, recipe.rates, strict=True):
        assert float(optimizer.learning_rate) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("house numbers", (1e-3, 1e-3)),
        ("flags", (2e-3, 2e-3)),
        ("ships", (1e-3, 1e-3)),
    ],
)
def test_pictures_begin_with_the_lessons_rates(monkeypatch, name, rates):
    few = data.make_ships(300)  # to draw all takes a while
    monkeypatch.setattr(train_generators.data, "make_ships", lambda: few)
    monkeypatch.setattr(train_generators, "N_JUDGED", 40)
    recipe = train_generators.RECIPES[name]()
    assert recipe.rates == pytest.approx(rates)
    bundled = generators.GENERATORS[name].build()
    assert [w.shape for w in recipe.gan["average"].weights] == [
        w.shape for w in bundled.weights
    ]
    lesson = recipe.gan["average"].get_weights()
    assert np.isfinite(recipe.step(tf.constant(0))).all()
    assert any(
        (a != b).any()
        for a, b in zip(lesson, recipe.gan["generator"].get_weights(), strict=True)
    )
    distance, floor = recipe.measure(recipe.gan["average"])
    assert distance > 2 * abs(floor)
    assert [float(o.learning_rate) for o in recipe.optimizers] == pytest.approx(rates)
    recipe.optimizers[0].learning_rate = 1e-4  # a schedule would refuse


def test_only_a_recipe_on_real_ships_keeps_its_weights_back(monkeypatch):
    monkeypatch.setattr(train_generators, "N_JUDGED", 40)
    monkeypatch.setattr(train_generators, "official", lambda image_set: image_set)
    monkeypatch.setattr(data, "load_cifar10", lambda class_name: data.make_ships(60))
    assert not train_generators.start_real_ships().gives_weights
    assert train_generators.start_on_ships(data.make_ships(60)).gives_weights


def test_a_stand_in_is_refused(monkeypatch, tmp_path):
    isolate(monkeypatch, tmp_path)
    few = data.make_ships(40)
    monkeypatch.setattr(data.loaders, "make_ships", lambda: few)
    for name in ("clothes", "real ships"):
        with pytest.raises(SystemExit, match="put the official files into GAN_DATA"):
            train_generators.RECIPES[name]()
