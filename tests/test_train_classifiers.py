"""The script that trains the bundled classifiers, on few pictures."""

import dataclasses
import re
import sys

import numpy as np
import pytest
import train_classifiers

from gan_helpers import classifiers, data


@pytest.fixture
def few(monkeypatch, tmp_path):
    """The script is to train on few house numbers, by split, and to write elsewhere."""
    sets = {
        split: data.make_house_numbers(150, seed=seed)
        for seed, split in enumerate(("train", "test"))
    }
    monkeypatch.setitem(
        train_classifiers.LOADERS, "house_numbers", lambda split: sets[split]
    )
    monkeypatch.setattr(train_classifiers, "DATA", tmp_path)
    monkeypatch.setattr(sys, "argv", ["train_classifiers.py", "house_numbers"])
    return sets


def test_what_is_written_loads_by_the_line_that_is_printed(
    monkeypatch, tmp_path, capsys, few
):
    assert train_classifiers.main() == 0
    said = capsys.readouterr().out
    name, sha256 = re.search(r'^    "(\w+)": "(\w{64})",$', said, re.M).groups()
    monkeypatch.setitem(classifiers.SHA256, name, sha256)
    monkeypatch.setattr(classifiers, "bundled_dir", lambda: tmp_path)

    model = classifiers.load_classifier(name)
    for split, images in few.items():
        features, probabilities = classifiers.classify(model, images.scaled())
        mean, covariance = classifiers.load_reference(name, split)
        np.testing.assert_allclose(mean, features.mean(axis=0), rtol=1e-4, atol=1e-5)
        expected = np.cov(features, rowvar=False)
        np.testing.assert_allclose(covariance, expected, rtol=1e-3, atol=1e-5)
        right = np.mean(probabilities.argmax(axis=1) == images.labels)
        assert f"{split}: {100 * right:.2f} % of 150\n" in said


def test_a_stand_in_trains_nothing_that_is_bundled(tmp_path, few):
    few["train"] = dataclasses.replace(few["train"], stands_in_for="SVHN")
    with pytest.raises(SystemExit, match="official files into GAN_DATA_DIR"):
        train_classifiers.main()
    assert list(tmp_path.iterdir()) == []
