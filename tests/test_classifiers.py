"""The bundled classifier is what it claims to be, and a damaged one is refused."""

import numpy as np
import pytest

from gan_helpers import classifiers, data, metrics


@pytest.fixture(scope="module")
def judged():
    """Features and probabilities of the 10,000 official test pictures, and labels."""
    test = data.load_fashion_mnist(split="test", source="bundled")
    model = classifiers.load_classifier("fashion_mnist")
    return *classifiers.classify(model, test.scaled()), test.labels


def test_it_reads_at_least_90_percent_of_the_test_pictures(judged):
    features, probabilities, labels = judged
    assert features.shape == (10_000, 64)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert np.mean(probabilities.argmax(axis=1) == labels) >= 0.90


def test_its_reference_is_that_of_the_test_pictures(judged):
    mean, covariance = classifiers.load_reference("fashion_mnist", "test")
    np.testing.assert_allclose(mean, judged[0].mean(axis=0), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(
        covariance, np.cov(judged[0], rowvar=False), rtol=1e-2, atol=1e-2
    )


def test_real_pictures_are_near_real_ones_and_noise_is_far(judged):
    test, train = (
        classifiers.load_reference("fashion_mnist", split)
        for split in ("test", "train")
    )
    floor = metrics.frechet_distance(test, train)
    model = classifiers.load_classifier("fashion_mnist")
    noise = np.random.default_rng(0).uniform(-1, 1, (500, 28, 28, 1))
    features, _ = classifiers.classify(model, noise.astype("float32"))
    assert floor < 0.2
    assert metrics.frechet_distance(test, features) > 100 * floor


def test_it_reads_house_numbers_that_it_has_not_seen():
    numbers = data.make_house_numbers(1000, seed=2)
    model = classifiers.load_classifier("house_numbers")
    _, probabilities = classifiers.classify(model, numbers.scaled())
    assert np.mean(probabilities.argmax(axis=1) == numbers.labels) >= 0.99


def test_one_is_trained_for_pictures_of_ones_own():
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=600)
    noise = rng.integers(0, 128, (600, 8, 8, 1))
    images = (noise + 100 * labels[:, None, None, None]).astype("uint8")
    names = ("dark", "bright")
    train = data.ImageSet(images, labels, names, "squares", "synthetic", "free")
    model = classifiers.train_classifier(train, epochs=4)
    features, probabilities = classifiers.classify(model, train.scaled())
    assert features.shape == (600, 64) and probabilities.shape == (600, 2)
    assert np.mean(probabilities.argmax(axis=1) == labels) > 0.95
    without = data.ImageSet(images, None, (), "squares", "synthetic", "free")
    with pytest.raises(ValueError, match="squares has 600 pictures and no labels"):
        classifiers.train_classifier(without)


def test_batches_do_not_change_the_answer():
    model = classifiers.load_classifier("fashion_mnist")
    images = np.random.default_rng(0).uniform(-1, 1, (7, 28, 28, 1)).astype("float32")
    whole = classifiers.classify(model, images)
    parts = classifiers.classify(model, images, batch_size=3)
    for a, b in zip(whole, parts, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)


def test_an_unknown_missing_or_damaged_classifier_is_refused(monkeypatch, tmp_path):
    with pytest.raises(ValueError, match="'cats', expected one of fashion_mnist"):
        classifiers.load_classifier("cats")
    monkeypatch.setattr(classifiers, "bundled_dir", lambda: tmp_path)
    with pytest.raises(data.DataError, match="is missing"):
        classifiers.load_classifier("fashion_mnist")
    (tmp_path / "fashion_mnist_classifier.npz").write_bytes(b"not the weights")
    with pytest.raises(data.DataError, match="SHA-256 .* expected"):
        classifiers.load_classifier("fashion_mnist")
