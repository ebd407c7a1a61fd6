"""The benchmark of the live lab still runs: one press, for its rows."""

import lab_speed
import run


def test_lab(monkeypatch, capsys):
    monkeypatch.setattr(lab_speed, "SECONDS", 1.0)
    monkeypatch.setattr(lab_speed, "PRESSES", 1)
    monkeypatch.setattr(lab_speed, "measure_growth", lambda: 0.0)  # test_benchmarks.py
    run.print_lab()
    shown = capsys.readouterr().out
    assert "while playing, frames/s" in shown and "median of 1 |" in shown
