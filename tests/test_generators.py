"""The generators that come with the course: what is stored, loaded and refused."""

import hashlib

import keras
import numpy as np
import pytest
import tensorflow as tf
from bundle_data import save_npz
from keras import layers

from gan_helpers import data, generators


def make_tiny(units=4):
    """Noise (n, 2) to pictures (n, 2, 2, 1), with weights that are trained and not."""
    network = [keras.Input((2,)), layers.Dense(units), layers.BatchNormalization()]
    network += [layers.Dense(4, "tanh"), layers.Reshape((2, 2, 1))]
    return keras.Sequential(network, name="tiny")


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A generator "tiny one" of random weights, registered, and its file."""
    monkeypatch.setattr(generators, "bundled_dir", lambda: tmp_path)
    model, rng = make_tiny(), np.random.default_rng(0)
    model.set_weights([rng.uniform(0.1, 2, w.shape) for w in model.weights])
    path = tmp_path / "generator_tiny_one.npz"
    save_npz(path, **generators.pack_weights(model), steps=np.array(3))
    register(monkeypatch, path)
    return model, path


def register(monkeypatch, path, build=make_tiny):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    entry = generators.BundledGenerator(build, digest)
    monkeypatch.setitem(generators.GENERATORS, "tiny one", entry)


def test_a_loaded_generator_has_the_weights_as_numpy_rounds_them(tiny):
    model, _ = tiny
    loaded = generators.load_generator("tiny one")
    for found, weight in zip(loaded.get_weights(), model.get_weights(), strict=True):
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, weight.astype("float16"))
        np.testing.assert_allclose(found, weight, rtol=2**-11)
    noise = tf.random.stateless_normal((3, 2), [0, 1])
    np.testing.assert_allclose(loaded(noise), model(noise), atol=0.01)


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="'cats', expected one of house numbers"):
        generators.load_generator("cats")


def test_a_missing_file_is_named(tiny):
    tiny[1].unlink()
    with pytest.raises(data.DataError, match=r"tiny_one\.npz is missing\. Restore it"):
        generators.load_generator("tiny one")


def test_another_file_is_refused_by_its_hash(tiny):
    path = tiny[1]
    path.write_bytes(path.read_bytes() + b" ")
    expected = generators.GENERATORS["tiny one"].sha256
    with pytest.raises(data.DataError, match=f"SHA-256 .*, expected {expected}"):
        generators.load_generator("tiny one")


@pytest.mark.parametrize("build", [lambda: make_tiny(5), lambda: make_tiny().layers[0]])
def test_a_file_of_other_layers_is_refused(tiny, monkeypatch, build):
    register(monkeypatch, tiny[1], build)
    with pytest.raises(ValueError, match=r"\(2, 4\).* expected \[\(2, .* Train them"):
        generators.load_generator("tiny one")


def test_nothing_is_unpickled(tiny, monkeypatch):
    path = tiny[1]
    np.savez(path, weight_0=np.array([{"a": 1}], dtype=object))
    register(monkeypatch, path)
    with pytest.raises(data.DataError, match="Python objects, which are never opened"):
        generators.load_generator("tiny one")


@pytest.mark.parametrize("value", [1e5, np.nan])
def test_what_float16_does_not_hold_is_not_stored(value):
    model = make_tiny()
    weights = model.get_weights()
    weights[3][1] = value
    model.set_weights(weights)
    with pytest.raises(ValueError, match=r"Weight 3 of 'tiny' reaches .* 65,504"):
        generators.pack_weights(model)


@pytest.mark.parametrize("name", generators.GENERATORS)
def test_a_bundled_generator_is_small_and_draws(name):
    path = generators.bundled_dir() / generators.generator_file(name)
    assert path.stat().st_size <= 1_000_000
    with np.load(path, allow_pickle=False) as stored:
        weights = [stored[key] for key in stored if key.startswith("weight_")]
    assert {weight.dtype for weight in weights} == {np.dtype("float16")}
    generator = generators.load_generator(name)
    noise = tf.random.stateless_normal((8, generator.input_shape[1]), [0, 1])
    images = generator(noise).numpy()
    assert images.shape[1:] == generator.output_shape[1:]
    assert -1 <= images.min() < -0.5 < 0.5 < images.max() <= 1
    assert np.std(images, axis=0).mean() > 0.1  # they differ


def test_the_sheet_of_real_ships_holds_pictures_and_no_weights():
    sheet = generators.load_sheet()
    with np.load(generators.bundled_dir() / generators.SHEET_FILE) as stored:
        assert set(stored) == {"images", "steps", "seconds", "distance", "floor"}
        expected = stored["images"].astype(float) / 127.5 - 1
    assert sheet.images.shape == (48, 32, 32, 3)
    np.testing.assert_allclose(sheet.images, expected, atol=1e-6)
    assert np.std(sheet.images, axis=0).mean() > 0.1  # they differ
    assert 0 < sheet.floor < sheet.distance < 0.1


def test_another_sheet_is_refused_by_its_hash(tmp_path, monkeypatch):
    monkeypatch.setattr(generators, "bundled_dir", lambda: tmp_path)
    with pytest.raises(data.DataError, match=r"sheet_real_ships\.npz is missing"):
        generators.load_sheet()
    save_npz(tmp_path / generators.SHEET_FILE, images=np.zeros((48, 32, 32, 3)))
    with pytest.raises(data.DataError, match=generators.SHEET_SHA256):
        generators.load_sheet()
