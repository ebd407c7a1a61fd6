"""What the lab remembers: bounded, evenly spread, and cut when time is turned back."""

import dataclasses

import numpy as np

from gan_helpers.lab.looking import loss_content
from gan_helpers.lab.recording import Curve, Record, State, halt_cause, halt_text
from gan_helpers.losses import LOSSES


def make_record(**limits):
    limits = {"max_frames": 8, "max_state_bytes": 10**6} | limits
    return Record(quality_columns=2, **limits)


def add(record, iteration, n_bytes=10):
    record.add({"iteration": iteration}, State(iteration, [], {}), n_bytes)


def iterations(record):
    return [frame.content["iteration"] for frame in record.frames]


def test_frames_stay_bounded_even_and_keep_both_ends():
    record = make_record()
    for i in range(1000):
        add(record, i)
        kept = iterations(record)
        assert len(kept) <= 8
        assert kept[0] == 0
        assert kept[-1] == i
        gaps = np.diff(kept)
        assert len(set(gaps[:-1])) <= 1
        assert (gaps[-1:] <= gaps[:1]).all()  # the newest may be nearer


def test_states_fit_their_bytes_and_the_first_and_newest_stay():
    record = make_record(max_frames=300, max_state_bytes=100)
    for i in range(200):
        add(record, i)
        held = [f for f in record.frames if f.state is not None]
        assert sum(f.n_bytes for f in held) <= 100
        assert record.frames[0].state is not None
        assert record.frames[-1].state is not None
    assert len(record.frames) == 200
    assert len(held) > 3


def test_two_states_are_kept_even_if_they_are_too_large():
    record = make_record(max_state_bytes=5)
    for i in range(4):
        add(record, i)
    assert [f.state is not None for f in record.frames] == [True, False, False, True]


def test_nearest_state_is_the_newest_one_before():
    record = make_record(max_frames=300, max_state_bytes=100)
    for i in range(100):
        add(record, i)
    held = [k for k, f in enumerate(record.frames) if f.state is not None]
    for index in range(100):
        nearest = max(k for k in held if k <= index)
        assert record.nearest_state(index) == (nearest, record.frames[nearest].state)


def test_cut_drops_later_frames_and_rows_and_recording_goes_on():
    record = make_record()
    for i in range(6):
        add(record, 10 * i)
        record.losses.extend([(10 * i, 1.0, 2.0)])
        record.quality.extend([(10 * i, 3.0)])
    record = record.branch(3)
    assert iterations(record) == [0, 10, 20, 30]
    np.testing.assert_array_equal(record.losses.array[:, 0], [0, 10, 20, 30])
    np.testing.assert_array_equal(record.quality.array, [[10 * i, 3] for i in range(4)])
    add(record, 31)
    assert iterations(record) == [0, 10, 20, 30, 31]


def test_a_frame_after_a_cut_in_a_thinned_record_does_not_replace_the_cut():
    record = make_record()
    for i in range(100):
        add(record, i)
    index = len(record.frames) - 2
    record = record.branch(index)
    at = iterations(record)[-1]
    add(record, 1000)
    assert iterations(record)[-2:] == [at, 1000]


def test_curves_are_thinned_evenly():
    curve = Curve(3, limit=100)
    for start in range(0, 10_000, 7):
        rows = np.arange(start, min(start + 7, 10_000))
        curve.extend(np.column_stack([rows, 2 * rows, 3 * rows]))
        assert len(curve.array) <= 100
    kept = curve.array
    assert len(kept) > 50
    assert len(set(np.diff(kept[:, 0]))) == 1
    np.testing.assert_array_equal(kept, np.outer(kept[:, 0], [1, 2, 3]))


def test_sentences():
    loss = dataclasses.replace(LOSSES["non-saturating"], g_level=None)
    content = loss_content(1200, np.float32([1.4, 0.7]), loss)
    text = "Iteration 1,200: D's loss 1.40 (equilibrium 1.39), G's loss 0.70."
    assert content["text"] == text
    halted = {"iteration": 5000, "cause": halt_cause("g", "loss"), "last_good": 4}
    text = halt_text(halted, 4000)
    assert "stopped at iteration 5,000: G's loss was the first" in text
    assert "number 4, of iteration 4,000" in text
    assert "Both losses" in halt_cause("both", "loss")
    assert halt_cause("d", "output").startswith("D's output is no longer a number")
