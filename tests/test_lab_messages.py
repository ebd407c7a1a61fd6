"""The view's protocol: what each message does, and that bad ones change nothing."""

import json
import math
import threading

import numpy as np
import pytest
import tensorflow as tf

from gan_helpers import lab
from gan_helpers.lab import networks
from gan_helpers.lab.messages import handle


@pytest.fixture(scope="module")
def made():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(networks, "is_dense", lambda model: False)
        a_lab = lab.PointLab(data="ring of 8")
        a_lab.step(1)
    return a_lab


@pytest.fixture
def a_lab(made, monkeypatch):
    """A lab at its start, compiled once for all tests, without XLA."""
    monkeypatch.setattr(networks, "is_dense", lambda model: False)
    made.set("data", "ring of 8")
    made.set("d_rate", 1e-3)
    made.reset(0)
    return made


def ask(a_lab, **message):
    """The content of the reply and its arrays by name."""
    message = {"request": 7, "view": "v", **message}
    content, buffers = handle(a_lab, message)
    content = json.loads(json.dumps(content, allow_nan=False))
    assert content["request"] == 7
    assert content["view"] == "v"
    assert content["to"] == message.get("type")
    assert len(buffers) == len(content["arrays"])
    arrays = {
        a["name"]: np.frombuffer(b, a["dtype"]).reshape(a["shape"])
        for a, b in zip(content["arrays"], buffers, strict=True)
    }
    return content, arrays


def everything(a_lab):
    """All that a message could change."""
    settings = json.dumps(a_lab.settings())
    frames = [id(frame) for frame in a_lab.record.frames]
    return [
        *a_lab.run.arrays(),
        a_lab.points.points,
        a_lab.record.losses.array,
        *map(np.array, (a_lab.iteration, settings, frames, str(a_lab.halted))),
    ]


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_hello_shows_the_present_frame_the_settings_and_all_history(a_lab):
    a_lab.step(250)
    before = everything(a_lab)
    content, arrays = ask(a_lab, type="hello")
    assert content["type"] == "frame"
    assert content["kind"] == "points"
    assert content["whole"]
    assert content["ok"]
    assert content["iteration"] == 250
    assert content["text"].startswith("Iteration 250: D's loss")
    assert (content["index"], content["n_frames"]) == (3, 4)
    assert content["frame_iterations"] == [0, 100, 200, 250]
    assert content["halted"] is None
    assert math.isclose(content["d_level"], 2 * math.log(2))
    assert {s["name"] for s in content["settings"]} >= {
        "d_rate",
        "loss",
        "data",
        "width",
    }
    np.testing.assert_array_equal(arrays["losses"][:, 0], np.arange(1, 251))
    np.testing.assert_array_equal(arrays["quality"][:, 0], [0, 100, 200, 250])
    shapes = {name: (a.dtype.name, a.shape) for name, a in arrays.items()}
    assert shapes == {
        "real": ("float32", (256, 2)),
        "fake": ("float32", (256, 2)),
        "surface": ("uint8", (32, 32)),
        "arrows": ("float32", (36, 4)),
        "features_real": ("float32", (128, 2)),
        "features_before": ("float32", (128, 2)),
        "features_after": ("float32", (128, 2)),
        "losses": ("float32", (250, 3)),
        "quality": ("float32", (4, 3)),
    }
    assert same(before, everything(a_lab))


def test_frame_trains_and_sends_only_new_rows(a_lab):
    ask(a_lab, type="hello")
    last = 0
    for _ in range(3):
        content, arrays = ask(a_lab, type="frame", ms=5)
        assert content["iteration"] > last
        rows = arrays["losses"][:, 0]
        np.testing.assert_array_equal(
            rows, np.arange(last + 1, content["iteration"] + 1)
        )
        assert arrays["quality"][-1, 0] == content["iteration"]
        assert content["whole"] == (last == 0)  # the first has all that there is
        last = content["iteration"]
    assert content["index"] == content["n_frames"] - 1 == 3
    np.testing.assert_array_equal(arrays["fake"], a_lab.frame()["arrays"]["fake"])


def test_single_steps_move_one_network(a_lab):
    for who, moved, still in (
        ("d", a_lab.discriminator, a_lab.generator),
        ("g", a_lab.generator, a_lab.discriminator),
    ):
        before = [moved.get_weights(), still.get_weights()]
        content, _ = ask(a_lab, type="step", who=who, n=2)
        assert not same(before[0], moved.get_weights())
        assert same(before[1], still.get_weights())
    content, _ = ask(a_lab, type="step", who="both", n=3)
    assert content["iteration"] == 7


def test_a_setting_arrives_and_restarting_ones_send_everything(a_lab):
    ask(a_lab, type="step", who="both", n=5)
    content, _ = ask(a_lab, type="set", name="d_rate", value=0.02)
    assert float(a_lab.run.d_optimizer.learning_rate) == pytest.approx(0.02)
    shown = {s["name"]: s["value"] for s in content["settings"]}
    assert shown["d_rate"] == 0.02
    assert not content["whole"]
    content, arrays = ask(a_lab, type="set", name="data", value="two moons")
    assert content["whole"]
    assert content["iteration"] == 0
    assert len(arrays["losses"]) == 0
    assert len(arrays["quality"]) == 1


def test_scrub_shows_and_rewind_returns(a_lab):
    for _ in range(4):
        ask(a_lab, type="step", who="both", n=10)
    before = everything(a_lab)
    content, arrays = ask(a_lab, type="scrub", iteration=10)
    assert content["iteration"] == 10
    assert content["index"] == 1
    assert content["n_frames"] == 5
    past = arrays["fake"]
    assert same(before, everything(a_lab))
    content, arrays = ask(a_lab, type="rewind", iteration=10)
    assert content["iteration"] == a_lab.iteration == 10
    assert content["n_frames"] == 2
    assert content["whole"]
    assert len(arrays["losses"]) == 10
    np.testing.assert_array_equal(arrays["fake"], past)
    np.testing.assert_array_equal(a_lab._look()[0]["arrays"]["fake"], past)


def test_a_frame_that_was_thinned_out_meanwhile_gives_the_one_before_it(a_lab):
    for _ in range(4):
        ask(a_lab, type="step", who="both", n=10)
    del a_lab.record.frames[3]
    content, _ = ask(a_lab, type="scrub", iteration=30)
    assert (content["iteration"], content["index"]) == (20, 2)


@pytest.mark.parametrize("change", ["rewind", "reset", "set"])
def test_views_get_a_whole_new_branch_that_a_cell_has_started(a_lab, change):
    for _ in range(3):
        ask(a_lab, type="frame", ms=5)
    if change == "rewind":
        a_lab.rewind(1)
    elif change == "reset":
        a_lab.reset()
    else:
        a_lab.set("data", "spiral")
    left = len(a_lab.record.losses.array)
    content, arrays = ask(a_lab, type="frame", ms=5)
    assert content["whole"]
    rows = np.arange(1, content["iteration"] + 1)
    np.testing.assert_array_equal(arrays["losses"][:, 0], rows)
    assert len(rows) > left
    content, _ = ask(a_lab, type="frame", ms=5)
    assert not content["whole"]


def test_a_setting_after_a_halt_gives_the_views_the_branch_it_returns_to(a_lab):
    ask(a_lab, type="step", who="both", n=5)
    for variable in a_lab.discriminator.trainable_variables:
        variable.assign(variable * np.nan)
    ask(a_lab, type="frame", ms=5)
    content, arrays = ask(a_lab, type="set", name="d_rate", value=1e-4)
    assert content["halted"] is None and content["whole"]
    np.testing.assert_array_equal(arrays["losses"][:, 0], np.arange(1, 6))


def test_another_loss_comes_with_its_own_levels_and_values(a_lab):
    a_lab.step(50)
    content, _ = ask(a_lab, type="set", name="loss", value="hinge")
    real, fake = a_lab.scene.real_shown, a_lab.generator(a_lab.scene.shown_noise)[:256]
    real_logits, fake_logits = map(a_lab.discriminator, (real, fake))
    hinge = np.maximum(0, 1 - real_logits).mean()
    hinge += np.maximum(0, 1 + fake_logits).mean()
    assert content["d_level"] == 2.0
    assert content["d_loss"] == pytest.approx(hinge, rel=1e-5)
    assert content["g_loss"] == pytest.approx(-np.mean(fake_logits), rel=1e-5)
    assert "(equilibrium 2.00)" in content["text"]


def test_a_data_function_that_fails_for_a_seed_changes_nothing(monkeypatch):
    monkeypatch.setattr(networks, "is_dense", lambda model: False)

    def fragile(n, seed):
        if tf.executing_eagerly() and int(seed[0]) // 4 == 7:
            raise RuntimeError("no points for seed 7")
        return tf.random.stateless_normal((n, 2), seed, alg="philox")

    a_lab = lab.PointLab(data=fragile)
    a_lab.step(3)
    before = everything(a_lab)
    for message in (
        {"type": "set", "name": "seed", "value": 7},
        {"type": "reset", "seed": 7},
    ):
        content, _ = ask(a_lab, **message)
        assert content["text"] == "RuntimeError: no points for seed 7"
        assert same(before, everything(a_lab))
    a_lab.step(1)
    assert a_lab.iteration == 4


def test_rewind_to_a_frame_without_networks_says_where_it_went(a_lab):
    for _ in range(3):
        a_lab.step(1)
    a_lab.record.frames[2].state = None
    content, _ = ask(a_lab, type="rewind", iteration=2)
    assert content["iteration"] == 1
    assert "Frame 2 is kept as a picture only" in content["text"]
    assert "is 1" in content["text"]


def test_reset_and_draw_start_anew(a_lab):
    ask(a_lab, type="step", who="both", n=5)
    content, _ = ask(a_lab, type="reset", seed=None)
    assert (content["iteration"], content["n_frames"]) == (0, 1)
    first = a_lab.generator.get_weights()
    ask(a_lab, type="reset", seed=12)
    assert not same(first, a_lab.generator.get_weights())
    content, arrays = ask(a_lab, type="draw", points=[[0, 0], [1, 1], [2, 0]])
    shown = {s["name"]: s for s in content["settings"]}
    assert shown["data"]["value"] == "drawn"
    assert "drawn" in shown["data"]["choices"]
    assert content["whole"]
    assert arrays["real"].min() > -0.2


def test_ping(a_lab):
    content, buffers = handle(a_lab, {"type": "ping", "request": 1, "view": "a"})
    assert (content["type"], content["ok"], buffers) == ("pong", True, [])


def test_messages_from_another_thread_wait_for_their_turn(a_lab):
    """A cell trains while a view asks for frames: no iteration is lost or doubled."""

    def ask_often():
        for _ in range(20):
            handle(a_lab, {"type": "step", "who": "both", "n": 3})

    asker = threading.Thread(target=ask_often)
    asker.start()
    for _ in range(20):
        a_lab.step(2)
    asker.join()
    assert a_lab.iteration == 100
    np.testing.assert_array_equal(a_lab.record.losses.array[:, 0], np.arange(1, 101))
    together = a_lab.record.losses.array
    a_lab.reset()
    a_lab.step(100)
    np.testing.assert_array_equal(together, a_lab.record.losses.array)


def test_save_writes_a_page(a_lab, tmp_path, monkeypatch):
    monkeypatch.setenv("GAN_OUTPUT_DIR", str(tmp_path))
    written = []
    monkeypatch.setattr(a_lab, "save_html", written.append, raising=False)
    content, _ = ask(a_lab, type="save")
    assert content["type"] == "saved"
    assert written[0].parent == tmp_path / "lab"
    assert str(written[0]) in content["text"]


BAD = [
    ({}, "type None is unknown, expected one of hello"),
    ({"type": "dance"}, "'dance' is unknown"),
    ({"type": ["hello"]}, "unknown"),
    ({"type": "frame"}, "ms is None, expected a number from 1 to 1000"),
    ({"type": "frame", "ms": math.nan}, "ms is nan"),
    ({"type": "frame", "ms": "30"}, "ms is '30'"),
    ({"type": "frame", "ms": 10**6}, "ms is 1000000"),
    ({"type": "step", "who": "x"}, "who is 'x', expected d, g or both"),
    ({"type": "step", "who": "d", "n": 0}, "n is 0, expected a whole number"),
    ({"type": "step", "who": "d", "n": True}, "n is True"),
    ({"type": "set"}, "no setting None, expected one of d_rate"),
    ({"type": "set", "name": "rate", "value": 1}, "no setting 'rate'"),
    (
        {"type": "set", "name": "d_rate", "value": 0},
        "is 0, expected a number from 1e-05",
    ),
    ({"type": "set", "name": "d_rate", "value": -0.1}, "is -0.1"),
    ({"type": "set", "name": "g_rate", "value": math.nan}, "is nan"),
    ({"type": "set", "name": "g_rate", "value": math.inf}, "is inf"),
    ({"type": "set", "name": "g_rate", "value": "fast"}, "is 'fast'"),
    ({"type": "set", "name": "g_rate", "value": None}, "is None"),
    ({"type": "set", "name": "d_steps", "value": 2.5}, "expected a whole number"),
    ({"type": "set", "name": "penalty", "value": 1.0}, "choose one first"),
    ({"type": "set", "name": "penalty_kind", "value": "R3"}, "one of the usual"),
    ({"type": "set", "name": "loss", "value": "mse"}, "expected one of minimax"),
    ({"type": "set", "name": "data", "value": "own"}, "expected one of quadratic"),
    ({"type": "set", "name": "data", "value": ["spiral"]}, "expected one of"),
    ({"type": "set", "name": "seed", "value": -3}, "Seed is -3"),
    ({"type": "set", "name": "width", "value": 1000}, "from 4 to 128"),
    ({"type": "scrub", "iteration": 7}, "is 7, expected a whole number from 0 to 6"),
    ({"type": "scrub", "iteration": -1}, "iteration is -1"),
    ({"type": "rewind", "iteration": 99}, "iteration is 99"),
    ({"type": "rewind", "iteration": "1"}, "iteration is '1'"),
    ({"type": "rewind"}, "iteration is None"),
    ({"type": "reset", "seed": 1.5}, "Seed is 1.5"),
    ({"type": "reset", "seed": "x"}, "Seed is 'x'"),
    ({"type": "draw", "points": [[1, 2]]}, "one point, expected at least 2"),
    ({"type": "draw", "points": [[1, 2], [1, 2]]}, "one point"),
    ({"type": "draw", "points": [[1, 2], [3]]}, "list of finite points"),
    ({"type": "draw", "points": [[1, 2], [3, None]]}, "list of finite points"),
    ({"type": "draw"}, "list of finite points"),
    ({"type": "draw", "points": [[k, k] for k in range(20_000)]}, "at most 10000"),
]


def test_bad_messages_are_answered_and_change_nothing(a_lab):
    a_lab.step(3)
    a_lab.step(3)
    before = everything(a_lab)
    for message, expected in BAD:
        content, arrays = ask(a_lab, **message)
        assert content["type"] == "error", message
        assert content["ok"] is False
        assert expected in content["text"], message
        assert arrays == {}
        assert same(before, everything(a_lab)), message
    for nonsense in (None, 3, "hello", ["hello"]):
        content, _ = handle(a_lab, nonsense)
        assert content["type"] == "error"
    assert same(before, everything(a_lab))


def test_an_unexpected_failure_is_answered_too(a_lab, monkeypatch):
    def fail(milliseconds):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(a_lab, "train_for", fail)
    content, _ = ask(a_lab, type="frame", ms=30)
    assert content["type"] == "error"
    assert content["text"] == "RuntimeError: out of memory"


def test_after_a_nan_frames_show_the_last_good_one_until_rewound(a_lab):
    a_lab.step(5)
    a_lab.step(5)
    for variable in a_lab.discriminator.trainable_variables:
        variable.assign(variable * np.nan)
    for _ in range(2):
        content, arrays = ask(a_lab, type="frame", ms=5)
        assert content["type"] == "frame"
        cause = "D's loss was the first that is no longer a number."
        halted = {"which": "d", "iteration": 11, "cause": cause, "last_good": 2}
        assert content["halted"] == halted
        assert content["index"] == 2
        assert content["iteration"] == 10
        assert f"Training stopped at iteration 11: {cause}" in content["text"]
        assert np.isfinite(arrays["fake"]).all()
    content, _ = ask(a_lab, type="rewind", iteration=10)
    assert content["halted"] is None
    content, _ = ask(a_lab, type="frame", ms=5)
    assert content["iteration"] > 10
    assert content["halted"] is None
