"""The benchmark of both live labs still runs: one press each, for their rows."""

import lab_speed
import sections


def test_lab(monkeypatch, tmp_path):
    monkeypatch.setattr(lab_speed, "SECONDS", 1.0)
    monkeypatch.setattr(lab_speed, "PRESSES", 1)
    section = lab_speed.SECTIONS["lab"]
    results = sections.run("lab", section, tmp_path, quick=True)
    shown = section.report(results)
    assert "| frames/s while playing |" in shown and "GAN Lab" in shown
    for what in (lab_speed.KERNEL, lab_speed.PAGE):
        assert results.values(what, "iterations")[0] > 0
        assert results.values(what, "effect")[0] > 0
