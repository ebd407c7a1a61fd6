"""The long trainings of the originals: cut off and taken up again, and what is kept."""

import errno
import signal

import bundle_data
import keras
import numpy as np
import originals
import pytest
import tensorflow as tf
from data_files import isolate
from keras import layers

from gan_helpers import data, training
from gan_helpers.array_files import read_arrays
from gan_helpers.pixels import to_bytes
from gan_helpers.taught.pictures import make_tape_step

COUNTS = {  # facts of the published tutorials: G's and D's parameters
    "S": (4_936_963, 1_034_881),
    "F": (414_209, 212_865),
    "L": (2_764_545, 8_596_898),
    "H": (9_410_307, 790_913),
}
SHAPES = {
    "S": (16, 32, 32, 3),
    "F": (16, 28, 28, 1),
    "L": (16, 64, 64, 1),
    "H": (16, 32, 32, 3),
}


def start_small():
    """A Run of two tiny networks; one drops out, so its seeds must be saved, too."""
    generator = keras.Sequential(
        [keras.Input((2,)), layers.Dense(4, "tanh"), layers.Reshape((2, 2, 1))]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((2, 2, 1)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    optimizers = tuple(keras.optimizers.Adam(0.01) for _ in range(2))
    gan = {"generator": generator, "discriminator": discriminator}
    gan["optimizers"] = optimizers

    def sample(iteration):
        noise = tf.random.stateless_normal((2, 4, 2), [1, iteration])
        labels = tf.repeat([[1.0], [0.0]], 4, axis=0)
        return tf.ones((4, 2, 2, 1)), noise, labels, tf.ones((4, 1))

    step = make_tape_step(**gan, loss=keras.losses.BinaryCrossentropy(), sample=sample)
    return originals.Run(gan, step, lambda: generator(tf.ones((3, 2))).numpy())


@pytest.fixture(autouse=True)
def no_official_data(monkeypatch, tmp_path):
    isolate(monkeypatch, tmp_path)
    few = data.make_ships(40)  # to draw all takes a while
    monkeypatch.setattr(data.loaders, "make_ships", lambda: few)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """ORIGINALS["F"] is small, and all that it writes lies in a folder of the test."""
    monkeypatch.setenv("GAN_OUTPUT_DIR", str(tmp_path / "outputs"))
    monkeypatch.setattr(originals, "DATA", tmp_path)
    original = originals.Original(start_small, 40, 10, (10, 30))
    monkeypatch.setitem(originals.ORIGINALS, "F", original)
    before = signal.getsignal(signal.SIGINT)
    yield tmp_path
    signal.signal(signal.SIGINT, before)


def test_a_run_in_two_calls_equals_one_in_one_call(small, monkeypatch):
    first = read_arrays(originals.train("F", steps=15))
    assert first["iterations"].tolist() == [10, 15]
    twice = read_arrays(originals.train("F"))
    monkeypatch.setenv("GAN_OUTPUT_DIR", str(small / "others"))
    (small / "original_F.npz").unlink()
    once = read_arrays(originals.train("F"))
    assert twice["iterations"].tolist() == [10, 30, 40]
    assert twice["losses"].shape == (40, 2)
    for name in ("losses", "images"):
        np.testing.assert_array_equal(twice[name], once[name])
    assert twice["seconds"] > first["seconds"] > 0
    assert twice["images"].dtype == np.uint8


def test_what_was_written_is_loaded(small, monkeypatch):
    monkeypatch.setattr(data.originals, "bundled_dir", lambda: small)
    stored = read_arrays(originals.train("F", steps=12))
    found = data.load_original("F")
    assert found.iterations.tolist() == [10, 12]
    np.testing.assert_array_equal(to_bytes(found.images), stored["images"])
    assert found.images.min() >= -1 and found.images.dtype == np.float32
    assert found.losses.shape == (12, 2) and np.isnan(found.distance)
    assert found.hours == pytest.approx(stored["seconds"].item() / 3600)
    assert "cores" in found.machine
    with pytest.raises(data.DataError, match=r"no original_L.npz, .* letters: F\. To"):
        data.load_original("L")


def test_the_command_says_how_far_it_came(small, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["originals.py", "F", "--steps", "3"])
    assert originals.main() == 0
    assert "original_F.npz: 3 iterations, 0.00 hours, " in capsys.readouterr().out


def test_minutes_end_a_run_and_the_next_call_goes_on(small):
    reached = [len(read_arrays(originals.train("F", minutes=0))["losses"])]
    reached.append(len(read_arrays(originals.train("F", minutes=0))["losses"]))
    assert 0 < reached[0] < reached[1] < 40
    whole = read_arrays(originals.train("F"))
    assert whole["iterations"].tolist() == [10, 30, 40]


def test_a_shorter_run_does_not_replace_a_longer_one(small, monkeypatch):
    path = originals.train("F", steps=20)
    kept = path.read_bytes()
    monkeypatch.setenv("GAN_OUTPUT_DIR", str(small / "others"))
    with pytest.raises(ValueError, match="holds 20 iterations, this run has 5"):
        originals.train("F", steps=5)
    assert path.read_bytes() == kept


def test_a_full_disk_at_the_end_loses_nothing(small, monkeypatch, capsys):
    path = originals.train("F", steps=10)
    kept, slept, save_npz = path.read_bytes(), [], originals.save_npz

    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    def make_room(seconds):
        slept.append(seconds)
        assert path.read_bytes() == kept
        if len(slept) == 2:
            monkeypatch.setattr(originals, "save_npz", save_npz)

    monkeypatch.setattr(originals, "save_npz", fail)
    monkeypatch.setattr(bundle_data.time, "sleep", make_room)
    assert len(read_arrays(originals.train("F", steps=20))["losses"]) == 20
    assert slept == [60, 60]
    said = "could not be written ([Errno 28] No space left on device). It is kept"
    assert capsys.readouterr().err.count(said) == 2


@pytest.mark.parametrize("letter", COUNTS)
def test_networks_are_those_of_the_tutorial(letter, monkeypatch):
    monkeypatch.setattr(originals, "official", lambda image_set: image_set)
    numbers = data.make_house_numbers(200)
    monkeypatch.setattr(originals.data, "make_house_numbers", lambda n: numbers)
    run = originals.ORIGINALS[letter].start()
    counts = [run.gan[name].count_params() for name in ("generator", "discriminator")]
    assert tuple(counts) == COUNTS[letter]
    images = run.draw()
    assert images.shape == SHAPES[letter]
    assert -1 <= images.min() < images.max() <= 1


def test_house_numbers_are_measured_at_the_end(monkeypatch):
    few = data.make_house_numbers(200)
    monkeypatch.setattr(originals.data, "make_house_numbers", lambda n: few)
    monkeypatch.setattr(originals, "house_number_distance", np.shape)
    monkeypatch.setattr(training, "generate", lambda generator, noise: noise)
    assert originals.ORIGINALS["S"].start().measure() == (2000, 100)


def test_house_numbers_are_measured_from_those_that_a_laptop_trains_on():
    held_out = data.load_svhn(split="test", source="synthetic").scaled()[-2000:]
    floor = originals.house_number_distance(held_out)
    assert 0 < floor < 3  # as in lesson 04
    assert originals.house_number_distance(held_out[:, ::-1, ::-1]) > 30 * floor


def test_f_takes_a_step_at_its_full_size(monkeypatch):
    monkeypatch.setattr(originals, "official", lambda image_set: image_set)
    losses = training.compile_loop(originals.start_clothes().step, max_steps=1)(0, 1)
    assert losses[0] == pytest.approx([np.log(2)] * 2, abs=0.2)


def test_the_published_batches_of_the_ships():
    images = np.arange(100, dtype="float32").reshape(100, 1, 1, 1)
    sample = originals.as_published(images, batch_size=32)
    real, noise, labels, g_labels = sample(tf.constant(4))  # 100 pictures: 3 batches
    np.testing.assert_array_equal(np.ravel(real), np.arange(32, 64))
    assert noise.shape == (2, 32, 128)
    assert np.all((labels[:32] >= 1) & (labels[:32] <= 1.05))
    assert np.all((labels[32:] >= 0) & (labels[32:] <= 0.05))
    assert np.all(g_labels == 1)


@pytest.mark.parametrize("letter", ["F", "H"])
def test_a_stand_in_is_refused(letter):
    with pytest.raises(SystemExit, match="put the official files into GAN_DATA_DIR"):
        originals.ORIGINALS[letter].start()
