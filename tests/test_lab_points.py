"""Data, noise and frames of the 2-D lab."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_helpers import lab, metrics
from gan_helpers.data import point_sets
from gan_helpers.data import points as raw_points
from gan_helpers.lab import datasets, networks


@pytest.fixture(scope="module")
def a_lab():
    """One lab for all tests, compiled without XLA, after 30 iterations."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(networks, "is_dense", lambda model: False)
        made = lab.PointLab(data="two moons")
        made.step(30)
    return made


def arrays_of(a_lab):
    return [*a_lab.run.arrays(), a_lab.points.points, np.array(a_lab.iteration)]


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("name", datasets.DATASETS)
def test_data_sets_are_standardised_and_their_own_points_cover_all_parts(name):
    points = datasets.make_judged(name)
    np.testing.assert_allclose(points.points.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(points.points.std(axis=0), 1, atol=1e-4)
    assert np.abs(points.points).max() < 2.6
    raw = getattr(raw_points, name.replace(" ", "_"))
    expected = raw(datasets.POOL_SIZE, np.random.default_rng(0))
    np.testing.assert_allclose(
        np.corrcoef(points.points[:, 1], expected[:, 1])[0, 1], 1
    )
    shares = metrics.mode_shares(points.points, points.centres, radius=points.radius)
    n = {"ring of 8": 8, "grid of 25": 25}.get(name, point_sets.N_PARTS)
    assert metrics.modes_hit(shares) == len(points.centres) == n
    x0, x1, y0, y1 = points.extent
    assert (points.points > [x0, y0]).all()
    assert (points.points < [x1, y1]).all()


def test_a_drawing_becomes_the_data(a_lab):
    a_lab.draw([[0, 0], [1, 2]])
    setting = next(s for s in a_lab.settings() if s["name"] == "data")
    assert setting["value"] == "drawn" == setting["choices"][-1]
    gaps = [np.linalg.norm(a_lab.points.points - c, axis=1) for c in ([0, 0], [1, 2])]
    assert np.min(gaps, axis=0).max() < 0.2
    assert abs(np.mean(gaps[0] < gaps[1]) - 0.5) < 0.03
    a_lab.step(3)
    a_lab.set("data", "spiral")
    a_lab.set("data", "drawn")
    assert a_lab.points.points.max() < 2.2
    kept = arrays_of(a_lab)
    for bad in ([[0, 0]], [[1, 1], [1, 1]], [], None, "x", [[1, "a"]], [[1, np.nan]]):
        with pytest.raises(ValueError, match="drawing"):
            a_lab.draw(bad)
    assert same(kept, arrays_of(a_lab))


def test_sampling_a_pool_and_noise():
    pool = tf.constant(np.arange(20, dtype=np.float32).reshape(10, 2))
    drawn = datasets.sample_pool(pool, 5000, [1, 2]).numpy()
    rows, counts = np.unique(drawn, axis=0, return_counts=True)
    np.testing.assert_array_equal(rows, pool)
    assert counts.min() > 400
    uniform = datasets.draw_noise(5000, 3, [1, 2], "uniform").numpy()
    assert uniform.shape == (5000, 3)
    assert -1 <= uniform.min() < -0.99
    assert 0.99 < uniform.max() < 1
    normal = datasets.draw_noise(5000, 16, [1, 2], "normal").numpy()
    assert abs(normal.mean()) < 0.02
    assert abs(normal.std() - 1) < 0.02


def test_a_frame_shows_what_the_networks_compute(a_lab):
    a_lab.set("data", "two moons")
    a_lab.step(30)
    before = a_lab.generator.get_weights()
    a_lab.g_step()
    frame = a_lab.frame()
    arrays = frame["arrays"]
    noise = a_lab.scene.shown_noise[:256]
    np.testing.assert_allclose(arrays["fake"], a_lab.generator(noise), rtol=1e-4)

    x0, x1, y0, y1 = frame["extent"]
    x = x0 + (x1 - x0) * (5 + 0.5) / 32
    y = y0 + (y1 - y0) * (20 + 0.5) / 32
    logit = a_lab.discriminator(np.float32([[x, y]])).numpy()[0, 0]
    assert abs(arrays["surface"][20, 5] - 255 / (1 + np.exp(-logit))) <= 0.51

    # The non-saturating loss -log σ(D(x)) falls along (1 - σ(D(x))) ∇D(x).
    places = tf.constant(arrays["arrows"][:, :2])
    with tf.GradientTape() as tape:
        tape.watch(places)
        logits = a_lab.discriminator(places)
    pull = tape.gradient(logits, places) * (1 - tf.sigmoid(logits))
    length = np.linalg.norm(pull, axis=1).max()
    np.testing.assert_allclose(frame["arrow_scale"], length, rtol=1e-3)
    np.testing.assert_allclose(arrays["arrows"][:, 2:], pull / length, atol=1e-4)

    features = keras.Model(
        a_lab.discriminator.inputs[0], a_lab.discriminator.get_layer("features").output
    )
    after = features(a_lab.generator(noise[:128]))
    a_lab.generator.set_weights(before)
    old = features(a_lab.generator(noise[:128]))
    np.testing.assert_allclose(arrays["features_after"], after, atol=1e-4)
    np.testing.assert_allclose(arrays["features_before"], old, atol=1e-4)
    assert np.abs(after - old).max() > 1e-4
    a_lab.figure()


def test_without_features_the_frame_shows_scores():
    plain = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    frame = lab.PointLab(discriminator=plain).frame()
    assert not frame["features"]
    assert frame["arrays"]["scores_real"].shape == (128,)
    assert "features_real" not in frame["arrays"]


def test_the_surface_of_a_critic_is_white_half_way(a_lab):
    a_lab.set("loss", "wasserstein")
    bias = a_lab.discriminator.layers[-1].bias
    bias.assign([1000.0])  # a constant means nothing to a critic
    surface = a_lab.frame()["arrays"]["surface"]
    assert 0 < surface.min() < 128 < surface.max() < 255
