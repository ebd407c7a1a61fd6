"""`clinic.examine`: symptoms on made-up readings with a known answer, and real runs."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from test_clinic import SPREAD, made_up, names

from gan_helpers import clinic, training
from gan_helpers.clinic import chart, examining, passing_on, sampled, watching
from gan_helpers.losses import LOSSES

RNG = np.random.default_rng(7)
ANGLES = 2 * np.pi * np.arange(8) / 8
CENTRES = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)


def ring(modes, n=512, spread=0.02):
    """n points around the first `modes` of eight places."""
    where = CENTRES[RNG.integers(modes, size=n)]
    return where + spread * RNG.normal(size=(n, 2))


def with_real(real, **changes):
    history = made_up(**changes)
    history.real_points = real
    return history


@pytest.mark.parametrize("scale", [0.1, 1.0, 50.0])
@pytest.mark.parametrize(
    ("modes", "found"),
    [(8, []), (7, []), (5, ["lost modes"]), (3, ["mode collapse"])],
)
def test_modes_of_a_ring_are_counted_at_any_scale(modes, found, scale):
    fake = scale * ring(modes)
    history = with_real(scale * ring(8), fake_points=lambda k: fake)
    assert names(history) == found
    if modes == 5:
        assert "in 5 of 8 clusters" in clinic.diagnose(history)[0].evidence


def test_discrete_data_and_few_points_are_no_collapse():
    exact = CENTRES[np.arange(512) % 8]
    assert names(with_real(exact, fake_points=lambda k: exact)) == []
    few = np.delete(exact, np.flatnonzero(np.arange(512) % 8 > 2), axis=0)
    assert names(with_real(exact, fake_points=lambda k: few)) == ["mode collapse"]
    some = SPREAD[:40]
    assert names(with_real(some, fake_points=lambda k: SPREAD)) == []


@pytest.mark.parametrize("scale", [0.01, 30.0])
@pytest.mark.parametrize(
    ("path", "found"),
    [
        (lambda k: [1.2 * np.cos(np.pi * k / 29 * 2), 1.2 * np.sin(np.pi * k / 29 * 2)],
         True),  # half a turn in the second half
        (lambda k: [2 - k / 15, 0.0], False),  # arrives
        (lambda k: [k / 5, 0.0], False),  # runs away
        (lambda k: [0.2 * (-1) ** k, 0.0], False),  # trembles
    ],
)  # fmt: skip
def test_oscillation_is_told_from_arriving_at_any_scale(path, found, scale):
    history = with_real(
        scale * SPREAD, fake_points=lambda k: scale * (SPREAD + np.array(path(k)))
    )
    assert ("oscillation" in names(history)) == found


def test_a_flat_d_is_not_called_a_vanishing_gradient():
    flat = {
        name: lambda k: np.full(40, 0.3)
        for name in ("real_logits", "fake_logits", "mixed_logits")
    }
    flat |= {name: lambda k: np.zeros(40) for name in ("slope", "pull")}
    wrong = made_up(fake_points=lambda k: SPREAD + [1.0, 0.0], **flat)
    assert names(wrong) == ["flat discriminator"]
    assert names(made_up(**flat)) == []  # perfect points: the equilibrium


def test_a_satisfied_d_is_not_frozen():
    def still(k):
        return 0.1 if 0 < k < 5 else 0.0

    sure = {
        "real_logits": lambda k: np.full(40, 2.0),
        "fake_logits": lambda k: np.full(40, -2.0),
        "mixed_logits": lambda k: np.full(40, -2.0),
    }
    assert names(made_up(d_moved=still, **sure)) == ["overpowered discriminator"]
    assert names(made_up(d_moved=still)) == ["frozen discriminator"]
    (finding,) = clinic.diagnose(made_up(d_moved=still))
    assert "in 250 iterations" in finding.evidence  # from the reading at 40 to 290


def test_a_d_that_looks_at_its_batch_on_purpose_does_not_leak():
    told = {"real_logits": lambda k: np.linspace(0.3, 1, 40)}
    told["fake_logits"] = lambda k: np.linspace(-0.5, 0.9, 40)
    pure = made_up(mixed_logits=lambda k: np.linspace(-0.5, 0.9, 40) + 1, **told)
    assert names(pure) == []


@pytest.mark.parametrize("loss", ["non-saturating", "minimax", "relativistic"])
def test_the_share_of_the_slope_follows_from_the_losses(loss):
    real = RNG.normal(3, 1, 60)
    fake = RNG.normal(-9, 0.5, 60)
    pair = [tf.constant(one[:, None], tf.float32) for one in (real, fake)]
    g_loss = float(LOSSES[loss].both(*pair)[1])
    reading = clinic.Reading(fake_points=SPREAD, real_logits=real, fake_logits=fake)
    a_chart = chart.Chart(
        np.arange(9), np.full(9, 0.1), np.full(9, g_loss), [(9, reading)], SPREAD
    )
    found, _ = clinic.symptoms.read_chart(a_chart)
    assert ("vanishing gradient" in [f.name for f in found]) == (loss == "minimax")
    share = passing_on.arriving("minimax", reading)
    np.testing.assert_allclose(share, 1 / (1 + np.exp(-fake)), rtol=1e-3)


@pytest.mark.parametrize("loss", LOSSES)
def test_gs_loss_is_known_by_its_values(loss):
    real, fake = np.random.default_rng(2).normal([[0.8], [-0.6]], 1, (2, 60))
    pair = [tf.constant(one[:, None], tf.float32) for one in (real, fake)]
    g_loss = float(LOSSES[loss].both(*pair)[1])
    reading = clinic.Reading(real_logits=real, fake_logits=fake)

    def logged(value):
        values = np.full(9, value)
        return chart.Chart(np.arange(9), values, values, [(9, reading)])

    found = passing_on.find_g_loss(logged(g_loss))  # one that is the same for G will do
    assert float(LOSSES[found].both(*pair)[1]) == pytest.approx(g_loss)
    with pytest.raises(chart.CannotJudge, match="none that the course knows"):
        passing_on.find_g_loss(logged(g_loss + 20))


def test_a_scale_is_of_the_real_samples():
    rng = np.random.default_rng(6)
    points = rng.normal([300, -2], [50, 0.1], (400, 2))
    others = rng.normal([200, -1], [10, 0.3], (9, 2))
    expected = (others - points.mean(axis=0)) / points.std(axis=0)
    np.testing.assert_allclose(chart.Scale(points)(others), expected)

    places = rng.uniform(-1, 1, (20, 12 * 12))
    images = (0.4 + rng.normal(size=(400, 20)) @ places / 20).reshape(400, 12, 12, 1)
    turned = chart.Scale(images)(images)
    assert turned.shape == (400, 8)  # its main directions, each of deviation 1
    np.testing.assert_allclose(turned.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(np.cov(turned.T, bias=True), np.eye(8), atol=1e-9)


def test_learning_by_heart_is_a_gap_between_real_and_real():
    def examined(held_out):
        reading = clinic.Reading(
            real_logits=RNG.normal(2, 1, 200),
            fake_logits=RNG.normal(-1, 1, 200),
            held_out_logits=RNG.normal(held_out, 1, 200),
        )
        a_chart = chart.Chart(*np.zeros((3, 0)), [(0, reading)])
        return clinic.symptoms.learnt_by_heart(a_chart)

    assert examined(2.0) is None and examined(1.2) is None
    share = int(re.search(r"in (\d+) %", examined(-1.0))[1])
    assert 96 <= share <= 100  # Φ(3/√2) is 98.3 %


def pictures(n, kinds=10, noise=0.2):
    places = np.random.default_rng(3).uniform(-0.7, 0.7, (kinds, 12, 12, 1))
    which = RNG.integers(kinds, size=n)
    return (places[which] + noise * RNG.normal(size=(n, 12, 12, 1))).clip(-1, 1)


def test_collapse_and_ranges_of_pictures():
    real = np.random.default_rng(4).uniform(-1, 1, (200, 12, 12, 1))

    def found(fake, real=real, features=None, classes=None):
        reading = clinic.Reading(fake_points=fake)
        a_chart = chart.Chart(*np.zeros((3, 0)), [(0, reading)], real)
        a_chart.classes = classes
        return [one.name for one in clinic.symptoms.read_chart(a_chart)[0]]

    other = np.random.default_rng(5).uniform(-1, 1, (200, 12, 12, 1))
    assert found(other) == []
    assert found(np.repeat(other[:1], 200, axis=0)) == ["mode collapse"]
    assert found(np.repeat(other[:50], 4, axis=0)) == ["mode collapse"]  # repeated
    assert found(other, real=(real + 1) / 2)[0] == "unlike ranges"
    even, half = np.full(10, 0.1), np.repeat([0.2, 0.0], 5)
    assert found(other, classes=(even, even)) == []
    assert found(other, classes=(even, half)) == ["lost modes"]


def test_class_shares_come_from_what_a_classifier_returns():
    a_chart = chart.Chart(*np.zeros((3, 0)), [], SPREAD)
    a_chart.readings.append((0, clinic.Reading(fake_points=np.abs(SPREAD))))

    def by_side(samples):
        side = (samples[:, 0] > 0).astype(int)
        return samples, np.eye(2)[side]

    examining.add_features(a_chart, by_side)
    assert a_chart.classes[1].tolist() == [0.0, 1.0]
    np.testing.assert_allclose(a_chart.classes[0], [0.5, 0.5], atol=0.1)


BAD = {
    "empty": ([], []),
    "one entry": ([1.0], [0.5]),
    "lists": ([1.4] * 50, [0.7] * 50),
    "float16": (np.full(50, 1.4, np.float16), np.full(50, 0.7, np.float16)),
    "integers": ([1, 2], [1, 2]),
    "a column": (np.full((50, 1), 1.4), np.full((50, 1), 0.7)),
    "tensors": (tf.fill((5,), 1.4), tf.fill((5,), 0.7)),
    "unequal": ([1.4] * 9, [0.7] * 7),
    "negative": ([-1.0] * 9, [0.7] * 9),
}


@pytest.mark.parametrize("losses", BAD.values(), ids=BAD)
@pytest.mark.parametrize("snapshots", [[], [(3, np.zeros((9, 4, 4, 3)))], [(0, None)]])
def test_losses_of_any_kind_are_read_and_what_they_cannot_show_is_said(
    losses, snapshots
):
    n = min(map(len, losses))
    for run in (losses, training.History(np.arange(n), *losses, snapshots)):
        seen = clinic.examine(run)
        assert seen.findings == []
        assert "losses alone cannot show it" in seen.not_judged["mode collapse"]
        assert "losses alone" in str(seen)
    if losses is BAD["negative"]:
        assert "below 0" in seen.not_judged["bottomless loss"]


def test_nan_comes_first_wherever_it_is():
    for losses in (([np.nan], [0.5]), ([1.0, 1.0, np.inf], [0.5] * 3)):
        assert [f.name for f in clinic.examine(losses).findings] == ["NaN"]
    bad = made_up(fake_points=lambda k: SPREAD * (np.nan if k > 3 else 1))
    (finding,) = clinic.diagnose(bad)
    assert finding.name == "NaN" and "fake points are not finite at 40" in str(finding)


def test_nonsense_is_refused_in_words():
    with pytest.raises(ValueError, match="Nothing to examine"):
        clinic.examine()
    with pytest.raises(ValueError, match="no number"):
        clinic.examine((["low", "high"], [1, 2]))
    with pytest.raises(ValueError, match="real has shape"):
        clinic.examine(gan=clinic.Gan(None, None, np.zeros(3), np.zeros((3, 1))))


def small_gan(shape=(2,), last=None, trainable=True):
    """Untrained networks for samples of this shape, and a step of both."""
    size = int(np.prod(shape))
    generator = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(size), keras.layers.Reshape(shape)]
    )
    discriminator = keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="tanh"),
            keras.layers.Dense(1, activation=last),
        ]
    )
    optimizers = [keras.optimizers.Adam(1e-2) for _ in range(2)]
    real = RNG.normal(size=(300, *shape)).astype("float32")

    @tf.function
    def step(iteration):
        noise = tf.random.stateless_normal((32, 3), [0, iteration])
        with tf.GradientTape(persistent=True) as tape:
            both = discriminator(real[:32]), discriminator(generator(noise))
            d_loss, g_loss = LOSSES["non-saturating"].both(*both)
        training.update(optimizers[1], tape, g_loss, generator)
        if trainable:
            training.update(optimizers[0], tape, d_loss, discriminator)
        return d_loss, g_loss

    noise = RNG.normal(size=(300, 3)).astype("float32")
    return clinic.Gan(generator, discriminator, real, noise, step=step)


@pytest.mark.parametrize("shape", [(2,), (9, 9, 1), (6, 8, 3)])
@pytest.mark.parametrize("last", [None, "sigmoid"])
def test_any_networks_are_looked_at(shape, last):
    gan = small_gan(shape, last)
    seen = clinic.examine(([1.4] * 9, [0.7] * 9), gan)
    assert "frozen discriminator" in seen.not_judged  # one look shows no movement
    assert "mode collapse" not in seen.not_judged
    probabilities = np.float32([[0.2], [0.9]])
    if last:
        logits = watching.as_logits(tf.constant(probabilities), gan.discriminator)
        np.testing.assert_allclose(logits, np.log([0.25, 9.0]), rtol=1e-5)


def test_watching_names_a_frozen_d_and_no_other():
    frozen, moving = (
        clinic.examine(gan=small_gan(trainable=trainable), iterations=60)
        for trainable in (False, True)
    )
    assert "frozen discriminator" in [f.name for f in frozen.findings]
    assert "frozen discriminator" not in [f.name for f in moving.findings]
    assert "frozen discriminator" not in moving.not_judged


def test_a_watch_serves_as_snapshot():
    gan = small_gan()
    history = training.fit(gan.step, 40, snapshot=clinic.Watch(gan), snapshot_every=10)
    assert [i for i, _ in history.snapshots] == [0, 10, 20, 30, 40]
    assert history.snapshots[-1][1].d_moved > 0
    assert "frozen discriminator" not in clinic.examine(history, gan).not_judged


def test_clusters_are_found_where_there_are_some():
    for real, n, what in (
        (ring(8), 8, "clusters of the data"),
        (SPREAD, 25, "regions full of data"),
        (CENTRES[np.arange(64) % 8], 8, "places of the data"),
    ):
        centres, kind = sampled.find_regions(chart.Scale(real)(real))
        assert (len(centres), kind) == (n, what)


def test_separation_counts_pairs():
    real, fake = np.array([1.0, 2.0, 2.0]), np.array([0.0, 2.0])
    pairs = [(r > f) + (r == f) / 2 for r in real for f in fake]
    assert chart.separation(real, fake) == pytest.approx(np.mean(pairs))
    assert chart.best_split([1, 2, 3], [0, 0, 0]) == 1.0
    assert chart.best_split([1, 2], [1, 2]) == 0.5


def still(n=256, *, real=None, fake=None, step=None):
    """A GAN whose generator gives `fake` (n, 2), whatever the noise."""
    fake = tf.constant(ring(8, n) if fake is None else fake, tf.float32)
    return clinic.Gan(
        generator=lambda noise: fake[: len(noise)],
        discriminator=keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]),
        real=ring(8, 1600) if real is None else real,
        noise=np.zeros((n, 1), np.float32),
        step=step,
    )


def found(examination):
    return [finding.name for finding in examination.findings]


@pytest.mark.parametrize("modes", [2, 8])
def test_real_samples_may_stand_in_order(modes):
    ordered = np.repeat(CENTRES, 200, axis=0)
    ordered = ordered + 0.02 * RNG.normal(size=ordered.shape)
    examination = clinic.examine(gan=still(real=ordered, fake=ring(modes, 256)))
    assert ("mode collapse" in found(examination)) == (modes == 2)


def test_few_generated_samples_are_not_judged():
    normal = RNG.normal(size=(256, 2))
    examination = clinic.examine(gan=still(20, real=normal, fake=normal[:20]))
    assert "mode collapse" not in found(examination)
    assert "20 generated samples" in examination.not_judged["mode collapse"]


def test_a_critics_loss_is_not_bottomless_where_its_penalty_is_large():
    fake = RNG.normal(-1, 1, 200)
    reading = clinic.Reading(real_logits=fake + 0.1, fake_logits=fake)
    d_loss, g_loss = np.linspace(-2, 0.1, 50), np.full(50, -fake.mean())
    a_chart = chart.Chart(np.arange(50), d_loss, g_loss, [(50, reading)])
    assert clinic.symptoms.bottomless_loss(a_chart) is None
    a_chart.g_loss = np.full(50, np.logaddexp(0, -fake).mean())  # non-saturating
    assert clinic.symptoms.bottomless_loss(a_chart) is not None


@pytest.mark.parametrize("losses", [([1.4] * 50, None), (None, None), ([], [0.7])])
def test_losses_may_be_missing(losses):
    assert found(clinic.examine(losses)) == []


def test_half_precision_and_nan_data_are_told_apart():
    sure = keras.Sequential([keras.layers.Activation("sigmoid")])
    answers = tf.constant([[0.0], [1.0]], tf.float16)
    assert np.isfinite(watching.as_logits(answers, sure)).all()
    real = ring(8, 1600)
    real[3, 0] = np.nan
    with pytest.raises(ValueError, match="real has values that are not finite"):
        clinic.examine(gan=still(real=real))
    (finding,) = clinic.diagnose(with_real(real))
    assert str(finding).startswith("NaN: some real samples")


def test_a_sigmoid_is_found_inside_a_nested_network():
    inner = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    outer = keras.Sequential([keras.Input((2,)), inner])
    samples = tf.constant(ring(8, 16), tf.float32)
    kernel, bias = inner.get_weights()
    np.testing.assert_allclose(
        watching.as_logits(outer(samples), outer),
        (samples @ kernel + bias)[:, 0],
        atol=1e-4,
    )


def test_a_generator_or_a_step_of_another_kind_is_refused():
    with pytest.raises(ValueError, match=r"made \(1, 3\) of 1 noise"):
        clinic.examine(gan=still(fake=np.zeros((256, 3))))
    three = still(step=lambda i: (1.4, 0.7, 0.1))
    with pytest.raises(ValueError, match="tuple of 3, expected a pair"):
        clinic.examine(gan=three, iterations=3)


def test_snapshots_of_samples_do_not_hide_the_last_look():
    """A history of pictures or points, then one look at both networks."""
    gan = still()
    fake_logits = watching.as_logits(gan.discriminator(ring(8)), gan.discriminator)
    g_loss = float(np.logaddexp(0, -np.asarray(fake_logits)).mean())
    history = training.History(
        np.arange(900),
        np.full(900, 1.4),
        np.full(900, g_loss),
        [(k, ring(8).astype(np.float32)) for k in range(0, 880, 10)],
    )
    assert "vanishing gradient" not in clinic.examine(history, gan).not_judged
