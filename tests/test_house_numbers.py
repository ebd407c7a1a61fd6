"""Synthetic house numbers: repeatable, varied, and readable."""

import numpy as np
import pytest

from gan_helpers.data import DataError, house_numbers, make_house_numbers


def test_shape_labels_and_provenance():
    numbers = make_house_numbers(200)
    assert numbers.images.shape == (200, 32, 32, 3)
    assert numbers.class_names == tuple("0123456789")
    assert set(numbers.labels) == set(range(10))
    assert numbers.provenance == "synthetic"
    assert numbers.title == "synthetic house numbers"


def test_seed_decides():
    first, again = make_house_numbers(50, seed=3), make_house_numbers(50, seed=3)
    other = make_house_numbers(50, seed=4)
    np.testing.assert_array_equal(first.images, again.images)
    np.testing.assert_array_equal(first.labels, again.labels)
    assert not (first.images == other.images).all()


def test_number_of_pictures():
    assert len(make_house_numbers(1)) == 1
    assert len(make_house_numbers(1001)) == 1001
    with pytest.raises(DataError, match="n is 0"):
        make_house_numbers(0)


def test_the_looks_stay_as_they_were_judged():
    """Colours were chosen by eye; a changed one shows in these means and spreads."""
    images = make_house_numbers(300).images.astype(float)
    means, spreads = images.mean(axis=(0, 1, 2)), images.std(axis=(0, 1, 2))
    np.testing.assert_allclose(means, (124.62, 123.98, 123.71), atol=0.03)
    np.testing.assert_allclose(spreads, (60.51, 56.51, 59.30), atol=0.03)


def test_pictures_are_coloured_and_varied():
    images = make_house_numbers(200).images.astype(float)
    assert np.abs(images[..., 0] - images[..., 2]).mean() > 10
    assert images.mean(axis=(1, 2, 3)).std() > 20
    assert images.std(axis=(1, 2)).mean() > 15


def outlines(images):
    """Edges of the middle of each picture: the same for dark and for bright paint."""
    grey = images.mean(axis=-1)[:, 3:29, 6:26]
    steps = [np.abs(np.diff(grey, axis=axis)) for axis in (1, 2)]
    features = np.concatenate([s.reshape(len(s), -1) for s in steps], axis=1)
    features -= features.mean(axis=1, keepdims=True)
    features /= features.std(axis=1, keepdims=True)
    return np.column_stack([features, np.ones(len(features))])


def test_a_linear_classifier_reads_the_digits():
    numbers = make_house_numbers(2500)
    features = outlines(numbers.images)
    targets = np.eye(10)[numbers.labels[:2000]]
    gram = features[:2000].T @ features[:2000] + 2000 * np.eye(features.shape[1])
    weights = np.linalg.solve(gram, features[:2000].T @ targets)
    guesses = (features[2000:] @ weights).argmax(axis=1)
    # Chance is 0.1.
    assert (guesses == numbers.labels[2000:]).mean() > 0.5


def test_a_digit_is_20_to_28_pixels_tall():
    """The crop's matrix scales areas by the two zooms; turn and shear keep them."""
    rng = np.random.default_rng(0)
    areas, heights = [], []
    for _ in range(500):
        matrix = house_numbers._crop_matrix(rng, 128, 64)
        (a, b, _), (c, d, _) = np.reshape(matrix, (2, 3))
        areas.append(a * d - b * c)
        heights.append(0.73 * 32 / np.hypot(c, d))  # about: a small turn and shear
    assert min(areas) >= 0.85 * (0.73 * 32 / 28) ** 2
    assert max(areas) <= 1.15 * (0.73 * 32 / 20) ** 2
    assert 19 < min(heights) < 21 and 27 < max(heights) < 29
