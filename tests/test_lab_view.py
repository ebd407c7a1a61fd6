"""The Python side of the lab's view and player, without a browser."""

import base64
import io
import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from gan_helpers.lab import PointLab, player, view


@pytest.fixture(scope="module")
def lab():
    return PointLab(data="ring of 8")


def sent_by(shown, monkeypatch, message):
    """What the view sends back for `message`, as [(content, buffers)]."""
    sent = []
    monkeypatch.setattr(shown, "send", lambda *reply: sent.append(reply))
    shown._handle_custom_msg(message, [])
    return sent


def arrays_of(content, buffers):
    """The arrays of a reply, read as the browser reads them."""
    return {
        described["name"]: np.frombuffer(buffer, described["dtype"]).reshape(
            described["shape"]
        )
        for described, buffer in zip(content["arrays"], buffers, strict=True)
    }


def test_a_message_of_the_browser_is_answered_once_with_arrays(lab, monkeypatch):
    message = {"type": "hello", "request": 7, "view": "0-abc"}
    [(content, buffers)] = sent_by(view.LabView(lab), monkeypatch, message)
    assert (content["type"], content["request"], content["view"]) == (
        "frame",
        7,
        "0-abc",
    )
    json.dumps(content, allow_nan=False)  # browsers refuse NaN
    arrays, expected = arrays_of(content, buffers), lab.frame()["arrays"]
    for name, array in expected.items():
        np.testing.assert_array_equal(arrays[name], array)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": "no such"},
        {"type": "set", "name": "d_rate", "value": 0},
        {"type": "set", "name": "d_rate", "value": "fast"},
        {"type": "draw", "points": [[0, 0]]},
        {"type": "scrub", "iteration": 10_000},
        "no dict",
    ],
)
def test_what_does_not_fit_is_answered_in_words(lab, monkeypatch, message):
    before = lab.settings()
    [(content, buffers)] = sent_by(view.LabView(lab), monkeypatch, message)
    assert content["type"] == "error" and content["text"] and not buffers
    assert lab.settings() == before


def test_a_view_stands_before_the_kernel_can_answer(lab):
    """Its first state is a whole frame: a later cell may keep the kernel busy."""
    shown = view.LabView(lab)
    arrays = arrays_of(shown.first, shown.buffers)
    np.testing.assert_array_equal(arrays["fake"], lab.frame()["arrays"]["fake"])
    assert {setting["name"] for setting in shown.first["settings"]} >= {"d_rate"}


def test_a_lab_has_one_view_that_starts_from_its_present_state():
    own = PointLab(data="ring of 8", width=4)
    first = own.show()
    own.d_step()
    assert own.show() is first
    assert first.first["iteration"] == own.iteration == 1
    first.close()
    assert own.show() is not first


def test_the_browser_side_needs_no_network_and_no_build():
    script = view.LabView._esm + view.read_web("player.js")
    assert not re.search(
        r"\bimport\b[^.]*\bfrom\b|\bimport\(|\bfetch\(|https?:", script
    )
    assert script.count("export default") == 1
    assert not re.search(r"url\(|@import", view.LabView._css)


def test_widgets_are_loaded_only_when_a_lab_is_shown():
    code = (
        "import sys, gan_helpers.lab; "
        "sys.exit(any(m in sys.modules for m in ('anywidget', 'ipywidgets')))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def decoded(encoded):
    """What the player's JavaScript makes of an encoded array, in numpy."""
    data = base64.b64decode(encoded["data"])
    if encoded["dtype"] == "uint8":
        return np.frombuffer(data, np.uint8).reshape(encoded["shape"])
    levels = np.frombuffer(data, "<u2").astype(float).reshape(encoded["shape"])
    low, high = np.array(encoded["low"]), np.array(encoded["high"])
    return np.where(levels == 65535, np.nan, low + levels * (high - low) / 65534)


def widths(array):
    """The range of each column, which sets the error of an encoded array."""
    columns = np.reshape(array, (-1, array.shape[-1] if array.ndim > 1 else 1))
    finite = [column[np.isfinite(column)] for column in columns.T]
    return np.array([np.ptp(column) if len(column) else 0.0 for column in finite])


@pytest.mark.parametrize(
    "array",
    [
        np.random.default_rng(0).normal(size=(50, 3)),
        np.array([[0.0, np.nan], [1e6, -3.0], [3e5, -3.001]]),
        np.full((4, 2), 7.0),
        np.full((1, 3), np.nan),
        np.zeros((0, 3)),
        np.linspace(-5, 5, 128),
        np.arange(256, dtype=np.uint8).reshape(16, 16),
    ],
)
def test_encoded_arrays_come_back_within_half_a_level(array):
    back = decoded(json.loads(json.dumps(player.encode_array(array), allow_nan=False)))
    assert back.shape == array.shape
    error = np.abs(back - np.asarray(array, float))
    assert (np.isnan(error) == np.isnan(array)).all()
    assert (np.nan_to_num(error) <= widths(array) / 65534 / 2 + 1e-9).all()


def run_of(path):
    """The data that a saved player holds."""
    page = path.read_text()
    start = page.index('id="run">') + len('id="run">')
    return json.loads(page[start : page.index("</script>", start)])


def test_a_saved_run_holds_every_recorded_frame(lab, tmp_path):
    lab.step(3)
    lab.d_step()
    path = lab.save_html(tmp_path / "new folder" / "run.html")
    run = run_of(path)
    recorded = [lab.recorded(k) for k in range(len(lab.record.frames))]
    assert [f["iteration"] for f in run["frames"]] == [f["iteration"] for f in recorded]
    for saved, frame in zip(run["frames"], recorded, strict=True):
        for name, array in frame["arrays"].items():
            error = np.abs(decoded(saved["arrays"][name]) - array)
            assert (error <= widths(array) / 1e5 + 1e-9).all()
    curve = decoded(run["curves"]["losses"])
    np.testing.assert_allclose(curve, lab.record.losses.array, atol=1e-3)
    assert "ring of 8" in run["about"]
    assert "http" not in path.read_text().replace("http-equiv", "")


def test_300_frames_of_points_fit_in_3_mb(lab, tmp_path, monkeypatch):
    many = stand_in([lab.frame()] * 300, lab, monkeypatch)
    path = player.save_html(many, tmp_path / "run.html")
    assert len(run_of(path)["frames"]) == 300
    assert path.stat().st_size <= player.MAX_BYTES


def stand_in(frames, lab, monkeypatch, kind="points"):
    """Something with what `save_html` reads of a lab, and these recorded frames."""
    content, buffers = player.handle(lab, {"type": "hello"})
    monkeypatch.setattr(player, "handle", lambda *_: (content, buffers))
    return SimpleNamespace(
        kind=kind,
        lock=threading.RLock(),
        record=SimpleNamespace(frames=frames),
        recorded=lambda index: frames[index],
        settings=lambda: [{"label": "Text with </script>", "value": 1}],
    )


def image_frames(pictures, n):
    scores = np.linspace(-1, 1, 256, dtype=np.float32)
    arrays = {"pictures": pictures, "scores_real": scores, "scores_fake": scores}
    frame = {"d_loss": 1.0, "g_loss": 1.0, "text": "words " * 30, "arrays": arrays}
    return [{**frame, "iteration": k} for k in range(n)]


def test_300_frames_of_smooth_pictures_fit_in_3_mb(lab, tmp_path, monkeypatch):
    """Pictures as of Fashion-MNIST: 28 x 28, grey, no noise."""
    y, x = np.mgrid[:28, :28]
    pictures = [127 + 120 * np.sin(x / (2 + k % 6)) * np.cos(y / 9) for k in range(36)]
    pictures = np.stack(pictures)[..., None].astype(np.uint8)
    many = stand_in(image_frames(pictures, 300), lab, monkeypatch, "images")
    path = player.save_html(many, tmp_path / "run.html")
    run = run_of(path)
    assert len(run["frames"]) == 300 and path.stat().st_size <= player.MAX_BYTES
    data = base64.b64decode(run["frames"][0]["sheet"].partition(",")[2])
    sheet = np.asarray(Image.open(io.BytesIO(data)).convert("L"), float)
    assert sheet.shape == (6 * 29 - 1, 6 * 29 - 1)
    # The eighth picture stands in the second row and the second column.
    error = np.abs(sheet[29:57, 29:57] - pictures[7, ..., 0]).mean()
    assert error < 12


def test_frames_that_do_not_fit_are_thinned_and_that_is_said(
    lab, tmp_path, monkeypatch
):
    monkeypatch.setattr(player, "MAX_BYTES", 400_000)  # of which the page is a third
    noise = np.random.default_rng(0).integers(0, 256, (36, 32, 32, 3)).astype(np.uint8)
    many = stand_in(image_frames(noise, 40), lab, monkeypatch, "images")
    path = player.save_html(many, tmp_path / "run.html")
    run = run_of(path)
    assert path.stat().st_size <= player.MAX_BYTES
    assert 1 < len(run["frames"]) < 40
    assert run["frames"][-1]["iteration"] == 39
    assert re.search(r"One recorded frame in \d+ is kept", run["about"])


def test_a_failed_save_leaves_the_old_file(lab, tmp_path, monkeypatch):
    path = tmp_path / "run.html"
    path.write_text("good")
    write = Path.write_text

    def fill_the_disk(self, text, **options):
        write(self, text[:1000], **options)
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_text", fill_the_disk)
    with pytest.raises(OSError, match="no space"):
        player.save_html(lab, path)
    assert path.read_text() == "good" and list(tmp_path.iterdir()) == [path]
