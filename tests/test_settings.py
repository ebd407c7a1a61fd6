"""Budgets, seeds, folders and times."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from gan_helpers import settings


@pytest.mark.parametrize("name", settings.BUDGETS)
def test_the_environment_picks_the_budget(monkeypatch, name):
    monkeypatch.setenv("GAN_BUDGET", name)
    assert settings.budget(fast="fast", laptop="laptop", full="full") == name


def test_the_default_budget_takes_minutes_even_where_a_gpu_is(monkeypatch):
    monkeypatch.delenv("GAN_BUDGET", raising=False)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["a GPU"])
    assert settings.budget_name() == "laptop"
    monkeypatch.setenv("GAN_BUDGET", " ")
    assert settings.budget_name() == "laptop"


def test_an_unknown_budget_is_refused(monkeypatch):
    monkeypatch.setenv("GAN_BUDGET", "huge")
    with pytest.raises(ValueError, match="'huge', expected one of fast, laptop, full"):
        settings.budget(fast=1, laptop=2, full=3)


def test_a_seed_repeats_every_generator():
    def draw():
        settings.set_seed(5)
        return np.random.rand(), float(tf.random.normal(()))

    assert draw() == draw()


def test_the_output_folder_is_made_where_asked(monkeypatch, tmp_path):
    monkeypatch.setenv("GAN_OUTPUT_DIR", str(tmp_path / "a"))
    assert settings.output_dir("05").is_dir()
    assert settings.output_dir("05") == tmp_path / "a" / "05"
    monkeypatch.delenv("GAN_OUTPUT_DIR")
    monkeypatch.chdir(tmp_path)
    assert settings.output_dir("05").resolve() == tmp_path / "outputs" / "05"


@pytest.fixture
def read_only(monkeypatch, tmp_path):
    """A working folder in which nobody can write, not even root; a home that can."""
    monkeypatch.delenv("GAN_OUTPUT_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir("/proc/self/fdinfo")


def test_outputs_of_a_read_only_course_go_home(read_only, tmp_path, capsys):
    folder = settings.output_dir("05")
    assert folder == tmp_path / "gan-course-outputs" / "05"
    assert folder.is_dir()
    assert list(folder.iterdir()) == []
    assert str(folder.parent) in capsys.readouterr().out


def test_outputs_that_fit_nowhere_name_the_variable(read_only, monkeypatch):
    monkeypatch.setenv("HOME", "/proc/self")
    with pytest.raises(OSError, match="Set GAN_OUTPUT_DIR"):
        settings.output_dir("05")
    monkeypatch.setenv("GAN_OUTPUT_DIR", "/proc/self/here")
    with pytest.raises(OSError, match="/proc/self/here.* Set GAN_OUTPUT_DIR"):
        settings.output_dir("05")


@pytest.mark.parametrize("parent", ["", "shared"])
def test_the_solved_notebook_has_an_output_folder_of_its_own(
    monkeypatch, tmp_path, parent
):
    monkeypatch.setenv("GAN_OUTPUT_DIR", parent and str(tmp_path / parent))
    found = []
    for folder in (tmp_path / "notebooks", tmp_path / "notebooks" / "solutions"):
        folder.mkdir()
        monkeypatch.chdir(folder)
        found.append(settings.output_dir("05").resolve())
    assert found[0] != found[1] and found[0].name == "05"
    assert all(folder.is_dir() for folder in found)


def test_the_time_of_a_call_is_a_median_without_the_first(monkeypatch):
    ends = itertools.chain.from_iterable([(0, 9), (10, 12), (20, 21)])
    monkeypatch.setattr(settings.time, "perf_counter", lambda: next(ends))
    calls = []
    assert settings.seconds_per_call(lambda: calls.append(1)) == 2
    assert len(calls) == 4


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (42.4, "42 s"), (89, "89 s"), (150, "2 min")]
)
def test_times_are_said_on_stderr(capsys, seconds, text):
    settings.announce_time("Training", seconds)
    captured = capsys.readouterr()
    assert captured.err == f"Training: about {text} on this machine\n"
    assert captured.out == ""
