"""The search of recipes for pictures, and the blind judgement of what they draw."""

import blind_judgement
import keras
import numpy as np
import picture_recipes as recipes
import picture_search
import pytest
import tensorflow as tf
from in_turn import train_in_turn
from lesson_code import from_lesson

from gan_helpers import settings, training
from gan_helpers.sweeps import read_rows
from gan_helpers.taught import augmentation, pictures


class Fake:
    """A training whose turns take as long as told."""

    def __init__(self, seconds):
        self.seconds, self.spent, self.shares = seconds, 0.0, []

    def advance(self, share):
        self.shares.append(share)
        self.spent += self.seconds


def test_the_one_that_is_behind_goes_on():
    slow, fast = Fake(4.0), Fake(1.0)
    train_in_turn([slow, fast], 8.0)
    assert slow.shares == [0, 0.5]
    assert fast.shares == [k / 8 for k in range(8)]


@pytest.fixture
def short_search(monkeypatch, tmp_path):
    """The search with few pictures, for a table of its own."""
    thin = {"g": (4, 4), "d": (4, 4), "batch": 4}
    of_lesson = {
        name: recipe | thin for name, recipe in picture_search.OF_LESSON.items()
    }
    values = {"OF_LESSON": of_lesson, "N_JUDGED": 80, "SHEETS": tmp_path}
    for name, value in (values | {"TABLE": tmp_path / "table.csv"}).items():
        monkeypatch.setattr(picture_search, name, value)
    return tmp_path


def test_flags_are_searched_and_their_table_is_completed(short_search, capsys):
    picture_search.measure("flags", ["lesson"], 0.01, 3)
    names = ["lesson", "non-saturating", "resized"]
    picture_search.measure("flags", names, 0.01, 3)
    rows = read_rows(picture_search.TABLE, picture_search.COLUMNS)
    assert [row["recipe"] for row in rows] == names
    assert all(np.isfinite(float(row["distance"])) for row in rows)
    assert len(list(short_search.glob("*.png"))) == len(names)
    picture_search.report()
    assert capsys.readouterr().out.count("| flags |") == len(names)


@pytest.mark.parametrize("name", ["flags", "ships"])
def test_the_recipe_called_lesson_has_the_networks_of_the_lesson(name):
    recipe, shape = picture_search.OF_LESSON[name], (64, 64, 3)
    shape = shape if name == "flags" else (32, 32, 3)
    change = augmentation.Augment(**recipe["change"])
    make_generator = {
        "flags": pictures.make_palette_generator,
        "ships": pictures.make_picture_generator,
    }[name]
    pairs = (
        (recipes.make_generator, make_generator, recipe["g"][0]),
        (
            recipes.make_discriminator,
            lambda *given: pictures.make_picture_discriminator(*given, change),
            recipe["d"][-1],
        ),
    )
    inputs = np.random.default_rng(0).normal(size=(4, 32)).astype("float32")
    for searched, taught, filters in pairs:
        ours, lessons = searched(recipe, shape), taught(shape, filters)
        ours.set_weights(lessons.get_weights())
        found, inputs = ours(inputs), lessons(inputs)
        np.testing.assert_allclose(found, inputs, rtol=1e-5, atol=1e-6)
        momenta = {
            layer.momentum
            for network in (ours, lessons)
            for layer in network.layers
            if isinstance(layer, keras.layers.BatchNormalization)
        }
        assert len(momenta) <= 1


def test_the_flags_recipe_called_lesson_has_the_numbers_of_the_lesson():
    recipe = picture_search.OF_LESSON["flags"]
    lesson = from_lesson("stacked_models", "CHANGE", "make_color_gan")
    assert recipe["change"] == lesson.CHANGE
    assert 2 * recipe["r1"] == pictures.GAMMA
    assert recipes.R1_EVERY == pictures.R1_EVERY
    optimizers = lesson.make_color_gan(100)["optimizers"]
    found = tuple(float(one.learning_rate) for one in optimizers)
    assert found == pytest.approx(recipe["rates"])


def test_r1_is_charged_for_the_iterations_between(short_search):
    recipe = picture_search.OF_LESSON["flags"] | {"change": None}
    images = picture_search.subject("flags").images
    losses = []
    for r1 in (0.0, 0.05):
        settings.set_seed(3)
        pair = [
            make(recipe, images.shape[1:])
            for make in (recipes.make_generator, recipes.make_discriminator)
        ]
        optimizers = [keras.optimizers.Adam(0.0001) for _ in pair]
        before = keras.models.clone_model(pair[1])
        before.set_weights(pair[1].get_weights())
        average = training.make_average(pair[0])
        step = recipes.make_step(
            recipe | {"r1": r1}, (*pair, average), optimizers, images, 3
        )
        losses.append(float(step(0)[0]))
    real = training.make_batches(images, recipe["batch"], seed=3)(0)
    with tf.GradientTape() as tape:
        tape.watch(real)
        total = tf.reduce_sum(before(real))
    squared = np.sum(tape.gradient(total, real).numpy() ** 2, axis=(1, 2, 3))
    assert losses[1] - losses[0] == pytest.approx(8 * 0.05 * squared.mean(), rel=1e-3)


def test_a_dotted_grid_is_what_differs_at_every_second_pixel():
    rows, columns = np.mgrid[:32, :32]
    dots, stripes = (-1.0) ** (rows + columns), (-1.0) ** columns
    smooth = np.repeat(np.arange(0, 1, 1 / 16), 2) * np.ones((32, 1))
    images = 0.2 * dots + 0.1 * stripes
    # Each wave adds up over 32² pixels; the third, down, is not there.
    expected = 32**2 * np.sqrt((0.2**2 + 0.1**2) / 3)
    for background in (0, smooth.T):
        pictures = np.stack([images + background] * 2)[..., None] * [1, 1, 1]
        assert picture_search.every_second(pictures) == pytest.approx(expected)


def test_edges_are_how_far_slopes_have_to_move():
    flat, steps = np.zeros((2, 33, 33, 3)), np.zeros((3, 33, 33, 3))
    steps[:, :, 17:] = 0.5  # one of 32 slopes a row is 0.5, all others 0
    assert picture_search.edges(flat, flat) == 0
    assert picture_search.edges(steps, flat) == pytest.approx(0.5 / 32)
    assert picture_search.edges(flat, steps.swapaxes(1, 2)) == pytest.approx(0.5 / 32)
    rows, columns = np.mgrid[:5, :4]
    ramp = (3.0 * rows + 4.0 * columns)[None, :, :, None]
    np.testing.assert_allclose(picture_search.slopes(ramp), np.full(4 * 3, 5.0))


def test_hues_are_shares_of_the_pixels_that_have_a_colour():
    red, magenta, teal, pale = (1, -1, -1), (1, -1, 1), (-1, 0.9, 1), (0.2, 0.1, 0)
    images = np.float32([[[red, red, magenta, teal, pale]]])
    shares = picture_search.hue_shares(images)
    np.testing.assert_allclose(shares, [0.5, 0, 0, 0.25, 0, 0.25])
    assert picture_search.hues(images, images[:, :, :2]) == pytest.approx(0.5)
    assert picture_search.hues(images[:, :, 3:], images[:, :, :2]) == 1
    assert picture_search.hues(0 * images, images) == 1  # grey


def test_batches_come_in_the_order_that_a_recipe_says():
    images = np.arange(10.0, dtype="float32")
    one = recipes.make_batches("one", images, 4, 0)
    assert [one(tf.constant(i)).numpy().tolist() for i in (0, 1, 2)] == [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [0, 1, 2, 3],
    ]
    chance = recipes.make_batches("chance", images, 4, 0)
    drawn = np.array([chance(tf.constant(i)) for i in range(1000)])
    assert any(len(set(batch)) < 4 for batch in drawn)  # the same twice
    counts = np.bincount(drawn.astype(int).ravel())
    assert len(counts) == 10 and counts.min() > 320 and counts.max() < 480


def test_what_is_drawn_by_chance_does_not_follow_from_the_noise(monkeypatch):
    keys, draw = [], tf.random.stateless_uniform

    def spy(shape, key, *limits):
        keys.append(tuple(key))
        return draw(shape, key, *limits)

    monkeypatch.setattr(tf.random, "stateless_uniform", spy)
    for seed in range(3):
        recipes.make_batches("chance", np.arange(10.0), 4, seed)(7)
    assert (1, 7) not in keys  # the noise's, whatever the seed
    assert len(set(keys)) == 3


def test_the_key_says_where_each_picture_is_from():
    sets = {
        kind: np.full((n + 3, 2, 2, 1), k)
        for k, (kind, n) in enumerate(blind_judgement.COUNTS.items())
    }
    images, kinds = blind_judgement.shuffle(sets, blind_judgement.COUNTS)
    numbers = {kind: k for k, kind in enumerate(blind_judgement.COUNTS)}
    assert [numbers[kind] for kind in kinds] == images[:, 0, 0, 0].tolist()
    assert {k: list(kinds).count(k) for k in numbers} == blind_judgement.COUNTS
    assert sorted(kinds) != list(kinds)
    with pytest.raises(ValueError, match="3 pictures are failure, expected 16"):
        blind_judgement.shuffle(sets | {"failure": images[:3]}, blind_judgement.COUNTS)


def test_answers_are_counted_by_kind():
    key = {"1": "real", "2": "generated", "3": "generated", "4": "failure"}
    answers = {"1": "yes", "2": "yes", "3": "no", "4": "no"}
    found = blind_judgement.score(key, answers)
    assert found == {"generated": (1, 2), "real": (1, 1), "failure": (0, 1)}
    with pytest.raises(ValueError, match="Picture 4 is answered None"):
        blind_judgement.score(key, {n: a for n, a in answers.items() if n != "4"})


def test_recipes_are_shuffled_judged_and_counted(monkeypatch, tmp_path, capsys):
    for name in ("JUDGED", "COMPARED"):
        monkeypatch.setattr(blind_judgement, name, tmp_path / name)
    levels = {"dark": -0.9, "light": 0.9}
    for recipe, level in levels.items():
        images = np.full((30, 4, 4, 3), level, "float32")
        np.savez(tmp_path / f"{recipe}.npz", images=images)
    files = [tmp_path / f"{recipe}.npz" for recipe in levels]
    blind_judgement.compare("flags", files)
    assert (tmp_path / "COMPARED" / "flags-recipes-1.png").is_file()
    path = tmp_path / "JUDGED" / "flags-recipes-key.csv"
    key = blind_judgement.read_column(path, "kind")
    assert sorted(key.values()) == ["dark"] * 24 + ["light"] * 24
    answers = [f"{n},{'yes' if key[n] == 'light' else 'no'}" for n in key]
    answers = "\n".join(["number,answer", *answers])
    path.with_name("flags-recipes-answers-x.csv").write_text(answers)
    blind_judgement.print_scores("flags-recipes")
    said = capsys.readouterr().out.splitlines()
    assert said[2:] == ["| dark | 0 of 24 |", "| light | 24 of 24 |"]


@pytest.mark.parametrize(("colours", "rank"), [(2, 2), (0, 3)])
def test_a_picture_of_two_colours_has_rank_two_above_black(colours, rank):
    recipe = picture_search.OF_LESSON["flags"] | {"width": 1 / 8, "colours": colours}
    generator = recipes.make_generator(recipe, (64, 64, 3))
    noise = np.random.default_rng(0).normal(size=(3, 32)).astype("float32")
    images = generator(noise, training=True).numpy()
    assert images.shape == (3, 64, 64, 3) and np.abs(images).max() <= 1
    for image in images:  # a mean of colours, moved towards black (-1)
        values = np.linalg.svd(image.reshape(-1, 3) + 1, compute_uv=False)
        assert (values > 1e-4 * values[0]).sum() == rank
