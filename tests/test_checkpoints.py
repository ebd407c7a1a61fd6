"""Runs that are cut off, stopped or damaged on disk, and then resumed."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from test_training import make_gan

from gan_helpers import checkpoints, training
from gan_helpers.training import Checkpoint

ROOT = Path(__file__).resolve().parents[1]
LOOKS = {"snapshot_every": 20}


def look_at(state):
    """A snapshot function of every kind of part: arrays, numbers, text, nested."""

    def look():
        weights = state["generator"].get_weights()
        return weights[0], {"sum": float(weights[0].sum()), "parts": [1, ("two", True)]}

    return look


def run(n_steps, folder=None, *, resume=False, seed=7):
    """A small GAN trained to iteration `n_steps`: its history and its state."""
    step, state = make_gan(seed)
    checkpoint = folder and Checkpoint(folder, resume=resume, **state)
    history = training.fit(
        step, n_steps, snapshot=look_at(state), checkpoint=checkpoint, **LOOKS
    )
    return history, state


@pytest.fixture(scope="module")
def whole():
    """An uninterrupted run of 60 iterations."""
    return run(60)


def assert_same(found, expected):
    """Two runs agree in every bit: losses, snapshots, weights, moments and seeds."""
    (history, state), (other, other_state) = found, expected
    np.testing.assert_array_equal(history.iteration, other.iteration)
    np.testing.assert_array_equal(history.d_loss, other.d_loss)
    np.testing.assert_array_equal(history.g_loss, other.g_loss)
    assert len(history.snapshots) == len(other.snapshots)
    for (i, (array, rest)), (j, (other_array, other_rest)) in zip(
        history.snapshots, other.snapshots, strict=True
    ):
        assert (i, rest) == (j, other_rest)
        np.testing.assert_array_equal(array, other_array)
    for name, one in state.items():
        for a, b in zip(one.variables, other_state[name].variables, strict=True):
            np.testing.assert_array_equal(a.numpy(), b.numpy())


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_run_resumes_from_the_folder_alone_with_its_history(tmp_path, whole, capsys):
    run(30, tmp_path / "gan")
    assert_same(run(60, tmp_path / "gan", resume=True, seed=8), whole)
    assert "Resumed at iteration 30" in capsys.readouterr().err
    # Once finished, it is trained no further, and shows the same again.
    assert_same(run(60, tmp_path / "gan", resume=True, seed=9), whole)


CRASHING = """
import os, signal
from gan_helpers import checkpoints, training
from test_training import make_gan
from test_checkpoints import LOOKS, look_at

checkpoints.SAVE_SECONDS = 0
step, state = make_gan()
look, seen = look_at(state), []

def look_once_too_often():
    seen.append(1)
    if len(seen) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return look()

training.fit(
    step,
    60,
    snapshot=look_once_too_often,
    checkpoint=training.Checkpoint({folder!r}, **state),
    **LOOKS,
)
"""


def test_a_process_that_is_killed_has_saved_itself_on_the_way(tmp_path, whole):
    child = subprocess.run(
        [sys.executable, "-c", CRASHING.format(folder=str(tmp_path / "gan"))],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    saved = [path.name for path in (tmp_path / "gan").glob("ckpt-*")]
    assert len(saved) == 2 and "ckpt-40.npz" in saved
    assert_same(run(60, tmp_path / "gan", resume=True, seed=8), whole)


def test_a_fresh_start_moves_what_was_saved_aside(tmp_path, whole, capsys):
    folder = tmp_path / "gan"
    run(30, folder)
    first = contents(folder)
    assert_same(run(60, folder, seed=7), whole)
    second = contents(folder)
    run(20, folder)
    assert contents(tmp_path / "gan-1") == first
    assert contents(tmp_path / "gan-2") == second
    said = capsys.readouterr().err
    assert "an earlier run" in said and "gan-1" in said and "RESUME = True" in said


def test_resuming_where_nothing_is_starts_anew_and_says_so(tmp_path, whole, capsys):
    assert_same(run(60, tmp_path / "gan", resume=True), whole)
    assert "No checkpoint in" in capsys.readouterr().err


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


def flip_a_bit(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)


DAMAGE = {
    "cut": cut,
    "empty": lambda path: path.write_bytes(b""),
    "another file": lambda path: path.write_bytes(b"not a checkpoint" * 50),
    "a flipped bit": flip_a_bit,
}


def save_twice(folder):
    """Checkpoints at 20 and 40, and snapshots at 0 and 20."""
    run(20, folder)
    run(40, folder, resume=True)
    assert {"ckpt-20.npz", "ckpt-40.npz"} <= contents(folder).keys()


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_checkpoint_is_passed_over_in_words(tmp_path, whole, capsys, damage):
    save_twice(tmp_path / "gan")
    DAMAGE[damage](tmp_path / "gan" / "ckpt-40.npz")
    capsys.readouterr()
    assert_same(run(60, tmp_path / "gan", resume=True, seed=8), whole)
    said = capsys.readouterr().err
    assert "ckpt-40.npz cannot be read" in said and "iteration 20" in said


def test_a_missing_snapshot_is_taken_again_from_the_checkpoint_before(tmp_path, whole):
    save_twice(tmp_path / "gan")
    (tmp_path / "gan" / "snapshot-20.npz").unlink()
    assert_same(run(60, tmp_path / "gan", resume=True, seed=8), whole)


def test_when_every_checkpoint_is_damaged_the_run_starts_anew(tmp_path, whole, capsys):
    save_twice(tmp_path / "gan")
    for path in (tmp_path / "gan").glob("ckpt-*"):
        cut(path)
    damaged = set(contents(tmp_path / "gan").values())
    assert_same(run(60, tmp_path / "gan", resume=True), whole)
    assert "No checkpoint in" in capsys.readouterr().err
    assert set(contents(tmp_path / "gan-1").values()) == damaged


def dense(*units):
    return keras.Sequential([keras.Input((3,)), *map(keras.layers.Dense, units)])


def built(optimizer, network):
    optimizer.build(network.trainable_variables)
    return optimizer


def adam(network):
    return built(keras.optimizers.Adam(), network)


FOREIGN = {
    "other layers": ((5, 2), adam, r"\[3, 4\] for variable 0 of generator.*\[3, 5\]"),
    "fewer layers": ((4,), adam, "for variable 2 of generator, expected nothing"),
    "more layers": ((4, 2, 2), adam, "holds nothing for variable 4 of generator"),
    "another optimizer": (
        (4, 2),
        lambda network: built(keras.optimizers.SGD(), network),
        "of optimizer, expected nothing",
    ),
    "one object missing": ((4, 2), None, "of optimizer, expected nothing"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_checkpoint_is_refused_and_changes_nothing(tmp_path, kind):
    ours = dense(4, 2)
    training.save_checkpoint(tmp_path, 5, generator=ours, optimizer=adam(ours))
    on_disk = contents(tmp_path)
    units, make_optimizer, message = FOREIGN[kind]
    other = dense(*units)
    before = other.get_weights()
    objects = {"generator": other}
    if make_optimizer:
        objects["optimizer"] = make_optimizer(other)
    with pytest.raises(ValueError, match=f"{message}.*RESUME = False"):
        training.restore_checkpoint(tmp_path, **objects)
    with pytest.raises(ValueError, match=message):
        Checkpoint(tmp_path, resume=True, **objects).begin(0)
    for old, new in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert contents(tmp_path) == on_disk


def test_an_optimizer_that_is_not_built_is_refused_with_the_remedy(tmp_path):
    ours = dense(4)
    objects = {"generator": ours, "optimizers": [adam(ours), keras.optimizers.Adam()]}
    with pytest.raises(ValueError, match="optimizers is not built.*training step"):
        training.save_checkpoint(tmp_path, 5, **objects)
    with pytest.raises(ValueError, match="optimizers is not built.*training step"):
        training.restore_checkpoint(tmp_path, **objects)


def test_a_write_that_fails_loses_neither_the_old_checkpoint_nor_the_run(
    tmp_path, whole, monkeypatch, capsys
):
    run(20, tmp_path / "gan")
    before = contents(tmp_path / "gan")

    def fill_disk(file, **arrays):
        file.write(b"half")
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", fill_disk)
        patch.setattr(checkpoints, "SAVE_SECONDS", 0)
        assert_same(run(60, tmp_path / "gan", resume=True), whole)
    assert "No space left on device). Training goes on" in capsys.readouterr().err
    assert contents(tmp_path / "gan") == before


def test_weights_that_are_not_finite_are_not_saved(tmp_path):
    ours = dense(4)
    training.save_checkpoint(tmp_path, 5, generator=ours)
    ours.set_weights([w * np.nan for w in ours.get_weights()])
    with pytest.raises(FloatingPointError, match="generator has weights.*no longer"):
        training.save_checkpoint(tmp_path, 6, generator=ours)
    assert contents(tmp_path).keys() == {"ckpt-5.npz"}


class Bomb:
    def __reduce__(self):
        return Path.touch, (Path("exploded"),)


def test_nothing_is_unpickled(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ours = dense(4)
    training.save_checkpoint(tmp_path, 5, generator=ours)
    np.savez(tmp_path / "ckpt-6.npz", iteration=np.array([Bomb()], dtype=object))
    assert training.restore_checkpoint(tmp_path, generator=ours) == 5
    assert "ckpt-6.npz cannot be read" in capsys.readouterr().err
    assert not (tmp_path / "exploded").exists()


def test_a_snapshot_that_would_have_to_be_pickled_is_refused(tmp_path):
    step, state = make_gan()
    with pytest.raises(TypeError, match=r"There is a \w+Path in a snapshot.*expected"):
        training.fit(
            step,
            5,
            snapshot=lambda: {"folder": tmp_path},
            checkpoint=Checkpoint(tmp_path / "gan", **state),
        )


def test_a_run_from_a_later_start_resumes_there(tmp_path, whole):
    history, _ = whole
    step, state = make_gan()
    training.fit(step, 30)
    training.fit(step, 10, start=30, checkpoint=Checkpoint(tmp_path, **state))
    step, state = make_gan(8)
    checkpoint = Checkpoint(tmp_path, resume=True, **state)
    resumed = training.fit(step, 30, start=30, checkpoint=checkpoint)
    np.testing.assert_array_equal(resumed.iteration, np.arange(30, 60))
    np.testing.assert_array_equal(resumed.g_loss, history.g_loss[30:])


def press_stop_at(iterations, step):
    """The same step, which presses the stop button in some iterations."""

    def press(iteration):
        if iteration in iterations:
            os.kill(os.getpid(), signal.SIGINT)
        return np.float32(0)

    def pressing_step(iteration):
        d_loss, g_loss = step(iteration)
        return d_loss + tf.numpy_function(press, [iteration], tf.float32), g_loss

    return pressing_step


@pytest.fixture
def stop_button():
    """SIGINT as a kernel has it: in a background job the shell has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("stop_button")
def test_a_stopped_run_returns_what_was_trained_and_says_how_to_go_on(whole, capsys):
    step, state = make_gan()
    look = look_at(state)
    history = training.fit(press_stop_at({25}, step), 60, snapshot=look, **LOOKS)
    i = int(history.iteration[-1]) + 1
    assert 25 < i <= 40
    said = capsys.readouterr().err
    assert f"Stopped at iteration {i} of 60" in said
    assert f"training.fit(…, {60 - i}, start={i})" in said
    assert history.snapshots[-1][0] == i
    # Losses and weights are those of one and the same iteration: nothing lies between.
    rest = training.fit(step, 60 - i, start=i, snapshot=look, **LOOKS)
    both = training.History(
        *(
            np.concatenate([getattr(part, name) for part in (history, rest)])
            for name in ("iteration", "d_loss", "g_loss")
        ),
        history.snapshots[:-1] + rest.snapshots,
    )
    assert_same((both, state), whole)


@pytest.mark.usefixtures("stop_button")
def test_a_stopped_run_with_a_checkpoint_is_saved_where_it_stopped(
    tmp_path, whole, capsys
):
    step, state = make_gan()
    history = training.fit(
        press_stop_at({25}, step),
        60,
        snapshot=look_at(state),
        checkpoint=Checkpoint(tmp_path, **state),
        **LOOKS,
    )
    i = int(history.iteration[-1]) + 1
    assert (tmp_path / f"ckpt-{i}.npz").exists()
    said = capsys.readouterr().err
    assert f"Stopped at iteration {i} of 60" in said and "RESUME = True" in said
    assert_same(run(60, tmp_path, resume=True, seed=8), whole)


@pytest.mark.usefixtures("stop_button")
def test_the_stop_button_need_not_wait_for_a_hundred_slow_iterations():
    def slow_step(iteration):
        def wait(i):
            time.sleep(0.2)
            return np.float32(0)

        loss = tf.ensure_shape(tf.numpy_function(wait, [iteration], tf.float32), ())
        return loss, loss

    history = training.fit(press_stop_at({3}, slow_step), 300)
    assert len(history.d_loss) <= 3 + 10


@pytest.mark.usefixtures("stop_button")
def test_pressing_stop_twice_ends_the_cell_and_the_button_works_as_before():
    before = signal.getsignal(signal.SIGINT)
    step, _ = make_gan()

    def press_twice():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        training.fit(step, 60, snapshot=press_twice, snapshot_every=20)
    assert signal.getsignal(signal.SIGINT) is before
    training.fit(step, 3)
    assert signal.getsignal(signal.SIGINT) is before


def test_fit_runs_in_a_thread_that_gets_no_signals():
    step, _ = make_gan()
    found = []
    thread = threading.Thread(target=lambda: found.append(training.fit(step, 5)))
    thread.start()
    thread.join()
    assert len(found[0].d_loss) == 5
