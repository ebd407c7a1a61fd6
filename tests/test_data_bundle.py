"""The tool that makes the bundled files."""

import time

import bundle_data
import numpy as np
import pytest

from gan_helpers.data.formats import read_npz


def test_save_npz_gives_the_same_bytes_at_any_time(tmp_path, monkeypatch):
    arrays = {"images": np.arange(600).reshape(2, 300), "codes": np.array(["FR"], "S2")}
    bundle_data.save_npz(tmp_path / "now.npz", **arrays)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 1e6)
    bundle_data.save_npz(tmp_path / "later.npz", **arrays)
    assert (tmp_path / "now.npz").read_bytes() == (tmp_path / "later.npz").read_bytes()
    for name, array in read_npz(tmp_path / "now.npz").items():
        np.testing.assert_array_equal(array, arrays[name])


def test_save_npz_keeps_the_old_file_when_it_fails(tmp_path):
    path = tmp_path / "arrays.npz"
    bundle_data.save_npz(path, a=np.ones(3))
    with pytest.raises(ValueError, match="Object arrays"):
        bundle_data.save_npz(path, a=np.ones(3), b=np.array([{}]))
    assert list(read_npz(path)) == ["a"]
    assert list(tmp_path.iterdir()) == [path]


def test_check_tells_what_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle_data, "DATA", tmp_path)
    for name in ("changed", "unlisted"):
        bundle_data.save_npz(tmp_path / f"{name}.npz", a=np.ones(3))
    rows = [f"| `{name}.npz` | `{'0' * 64}` |" for name in ("changed", "gone")]
    (tmp_path / "README.md").write_text("\n".join(rows))
    unlisted, changed, gone = bundle_data.check()
    assert unlisted.startswith("unlisted.npz has no row")
    assert changed.startswith("changed.npz has SHA-256")
    assert gone.startswith("gone.npz is in data/README.md, but missing")
