"""Cells that train, run twice and after a restart of the kernel: the lessons' own code.

Sizes are so low that only the way through the cells counts.
"""

import linecache

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
import tensorflow as tf
from lesson_cells import cells_up_to, used_and_defined
from lesson_code import find_lesson
from lesson_source import version_cells
from PIL import Image

from gan_helpers import checkpoints, data, training
from gan_helpers.lab.engine import Lab

RNG = np.random.default_rng(0)


def draw(generator, n):
    return generator(np.ones((4, 32), "float32")).numpy()


THIN = {"g_filters": (8, 4, 4), "d_filters": (4, 4, 8), "kernel": 4}
THIN |= {"latent": 8, "batch_size": 4, "g_updates": 1, "rate": 1e-3}
HOUSES = {"STEPS": 8, "EVERY": 2, "SIZE": THIN, "THIN": THIN, "N_JUDGED": 4}
HOUSES["real_images"] = RNG.integers(0, 256, (600, 32, 32, 3), "uint8")
HOUSES["distance"] = lambda images: float(np.mean(images))
FASHION = {"STEPS": 8, "LOOK_EVERY": 2, "ORIGINAL_STEPS": 2, "draw": draw}
FASHION["real_images"] = RNG.uniform(-1, 1, (80, 28, 28, 1)).astype("float32")
FASHION["distance"] = lambda images: float(np.mean(images))
FLAGS = {"ORIGINAL_STEPS": 8, "LOOK_EVERY": 2, "FLAG_STEPS": 8, "BATCH_SIZE": 4}
FLAGS["FLAG_FILTERS"] = (8, 8)
SHIPS = {"ORIGINAL_STEPS": 8, "SHIP_STEPS": 8, "FEW_STEPS": 8, "LAB_STEPS": 2}
SHIPS |= {"SHIP_FILTERS": (8, 8), "BATCH_SIZE": 4}
SHIPS["ship_images"] = RNG.uniform(-1, 1, (60, 32, 32, 3)).astype("float32")
SHIPS["thumbnail_distance"] = lambda images: float(np.mean(images))
MEASURING = {"STEPS": 8, "LONGER": 12, "SEEDS": 2, "draw": draw, "n_real": 4}
MEASURING["real_images"] = FASHION["real_images"]
MEASURING["held_out_images"] = FASHION["real_images"][:8]
MEASURING["features_of"] = lambda images: np.reshape(images, (len(images), -1))[:, :2]
MEASURING["measure"] = lambda real, fake: {"Fréchet": float(np.mean(fake))}
MEASURING |= {"reference": RNG.normal(size=(4, 2)), "floor": {"Fréchet": 0.0}}
CONTROL = {"STEPS": 8, "real_images": FASHION["real_images"]}
CONTROL["real_labels"] = np.arange(80, dtype="int32") % 10
POINTS = {"ITERATIONS": 200, "SNAPSHOT_EVERY": 100, "STEPS": 500}

# A cell, by its lesson and what it contains, and what is set before it runs.
SHORT = {
    "01": ("minimax_objective", "run = training.compile_loop(d_step", POINTS),
    "01, far": ("minimax_objective", "run_far = training.compile_loop(", POINTS),
    "01, chase": ("minimax_objective", "run_chase = training.compile_loop(", POINTS),
    "03": ("feature_space", "start, after_d, after_g = watch(", POINTS),
    "03, watched": ("feature_space", "history = training.fit(", POINTS),
    "04, running means": ("dcgan_svhn", "n_batches, means =", {}),
    "04, smoothing": ("dcgan_svhn", "one_sided, both_sides =", {}),
    "04, slip": ("dcgan_svhn", "Forgetful(slip_gan", HOUSES),
    "05, original": ("dcgan_fashion_mnist", "original_history =", FASHION),
    "07, lab": ("ships", "ship_lab.step(", SHIPS),
}
# The same of trainings that resume, and the iteration at which the kernel dies.
LONG = {
    "04": ("dcgan_svhn", 'FOLDER / "gan"', HOUSES, 4),
    "05": ("dcgan_fashion_mnist", "history = train(gan, STEPS", FASHION, 4),
    "06, original": ("stacked_models", "flag_history = training.fit(", FLAGS, 4),
    "06, colour": ("stacked_models", "color_history = training.fit(", FLAGS, 4),
    "07, original": ("ships", "original_generator, original_history =", SHIPS, 4),
    "07, ships": ("ships", "ship_gan, ship_history =", SHIPS, 4),
    "07, few": ("ships", '"few_with"', SHIPS, 4),
    "09": ("measuring_gans", "runs = {", MEASURING, 4),
    "09, longer": ("measuring_gans", "LONGER - start", MEASURING | {"SEEDS": 1}, 10),
    "11": ("say_what_to_draw", 'FOLDER / "gan"', CONTROL, 4),
}


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    """The least budget, and a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAN_BUDGET", "fast")
    monkeypatch.setenv("GAN_OUTPUT_DIR", str(tmp_path))
    with plt.rc_context():  # a lesson's Setup sets its style
        yield


class Kernel:
    """What cells have defined; a new one is the kernel after a restart."""

    def __init__(self, values):
        self.values, self.scope = values, {}

    def run(self, cells):
        """Run cells, and return what the last one has assigned, as plain values."""
        for cell in cells:
            lines, file = cell.splitlines(keepends=True), f"<cell {hash(cell)}>"
            # TensorFlow reads the source of a function that it compiles.
            linecache.cache[file] = (len(cell), None, lines, file)
            exec(compile(cell, file, "exec"), self.scope)
            self.scope.update(self.values)
        _, assigned = used_and_defined(cells[-1])
        assigned -= {"seconds"}  # measured, so never the same
        found = {name: plain(self.scope[name]) for name in assigned}
        found = {name: value for name, value in found.items() if value is not None}
        assert found
        return found


def plain(value):
    """Numbers and arrays of a value, or None where it has none."""
    if isinstance(value, keras.Model):
        return value.get_weights()
    if isinstance(value, training.History):
        return plain(vars(value))
    if isinstance(value, Lab):
        return [value.iteration, *value.generator.get_weights()]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, tf.Tensor):
        return value.numpy()
    return value if isinstance(value, np.ndarray | np.generic | float | int) else None


@pytest.mark.parametrize("name", SHORT)
def test_a_cell_that_trains_gives_the_same_when_it_runs_again(name):
    slug, text, values = SHORT[name]
    cells, kernel = cells_up_to(slug, text, values), Kernel(values)
    first = kernel.run(cells)
    np.testing.assert_equal(kernel.run(cells[-1:]), first)


@pytest.mark.parametrize("name", SHORT | LONG)
def test_no_later_cell_redefines_what_a_cell_that_trains_looks_up(name):
    """So it may run again after the whole lesson, too."""
    slug, text, *_ = (SHORT | LONG)[name]
    cells = version_cells(find_lesson(slug), solved=False)
    code = [cell.source for cell in cells if cell.kind == "code"]
    *_, cell = cells_up_to(slug, text)
    looked_up, own = used_and_defined(cell)
    later = [used_and_defined(one)[1] for one in code[code.index(cell) + 1 :]]
    assert set().union(*later) & (looked_up - own) == set()


class DiedError(BaseException):
    """The kernel is gone."""


def die_at(iteration, monkeypatch):
    """Let the training die as the step of this iteration has moved the weights."""
    check = training.check_finite

    def check_or_die(losses, *, first_iteration=0):
        if first_iteration >= iteration:
            raise DiedError
        check(losses, first_iteration=first_iteration)

    monkeypatch.setattr(training, "check_finite", check_or_die)


@pytest.mark.parametrize("name", LONG)
def test_a_long_training_resumes_after_a_restart_and_may_run_again(
    name, monkeypatch, capsys
):
    monkeypatch.setattr(training, "LOOP_STEPS", 1)
    slug, text, values, iteration = LONG[name]
    cells = cells_up_to(slug, text, values)
    with monkeypatch.context() as patch, pytest.raises(DiedError):
        # Later runs save at their end alone: a file of large networks takes seconds.
        patch.setattr(checkpoints, "SAVE_SECONDS", 0)
        die_at(iteration, patch)
        Kernel(values).run(cells)
    capsys.readouterr()
    kernel = Kernel(values | {"RESUME": True})
    resumed = kernel.run(cells)
    assert f"Resumed at iteration {iteration}" in capsys.readouterr().err
    # Once more, without a break, in the kernel that has the trained networks.
    kernel.values["RESUME"] = kernel.scope["RESUME"] = False
    np.testing.assert_equal(kernel.run(cells[-1:]), resumed)
    assert "an earlier run" in capsys.readouterr().err


def test_lesson_05_shows_a_restart_that_its_own_cells_survive(monkeypatch, tmp_path):
    slug = "dcgan_fashion_mnist"
    cut_off, resume, compare = (
        cells_up_to(slug, text, FASHION)
        for text in ('"trial", **gan', "resumed_history =", "whole =")
    )
    assert not set(cut_off[-1:]) & set(resume)
    Kernel(FASHION).run(cut_off)
    kernel = Kernel(FASHION)  # the restart
    kernel.run(resume)
    found = kernel.run(compare[-1:])
    assert found["same"] == [True, True]
    assert len(found["whole"]["d_loss"]) == 23


def test_one_changed_line_trains_lesson_07_on_a_folder_of_photos(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(training, "LOOP_STEPS", 1)
    (tmp_path / "my_pictures").mkdir()
    for k, picture in enumerate(data.make_ships(280).images):
        photo = Image.fromarray(picture).resize((90 + k % 5, 60))
        photo.save(tmp_path / f"my_pictures/{k}.jpg")
    values = {name: value for name, value in SHIPS.items() if name != "ship_images"}
    cells = cells_up_to("ships", "ship_gan, ship_history =", values)
    as_it_is = 'ships = data.load_cifar10(class_name="ship")\n# ships ='
    changed = [cell.replace(as_it_is, "ships =") for cell in cells]
    assert sum(a != b for a, b in zip(cells, changed, strict=True)) == 1
    kernel = Kernel(values)
    trained = kernel.run(changed)
    assert kernel.scope["ship_images"].shape == (280, 32, 32, 3)
    assert np.isfinite(trained["ship_history"]["d_loss"]).all()
    exec(cells_up_to("ships", "def advise")[-1], kernel.scope)
    kernel.scope["advise"](kernel.scope["ship_images"], 8)
    said = capsys.readouterr().out
    assert "280 pictures of 32x32x3" in said and "280 are few" in said
