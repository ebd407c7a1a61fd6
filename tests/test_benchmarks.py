"""The benchmarks still run: each part for a moment, for its tables, not its numbers."""

import dataclasses

import clinic as clinic_rates
import fashion_quality
import fashion_search
import lab_speed
import pytest
import quadratic_speed
import run
from browser import write_notebook

from gan_helpers import clinic, data
from gan_helpers.clinic import measuring


def rows_of(table):
    """The cells of a printed table, without its head."""
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def test_import(capsys):
    run.print_import()
    assert " s, median of five" in capsys.readouterr().out


def test_quadratic(monkeypatch, capsys):
    monkeypatch.setattr(quadratic_speed, "SECONDS", 0.01)
    run.print_quadratic()
    rows = rows_of(capsys.readouterr().out)
    assert len(rows) == 5 and rows[-1][2] == "1.0 × as fast"


@pytest.mark.filterwarnings("ignore:.* have a covariance without full rank")
def test_fashion(monkeypatch, capsys):
    bundled = data.load_fashion_mnist(split="test", source="bundled")
    monkeypatch.setattr(data, "load_fashion_mnist", lambda split: bundled)
    for name, value in {"SECONDS": 0.01, "SEEDS": (0,), "N_JUDGED": 20}.items():
        monkeypatch.setattr(fashion_quality, name, value)
    run.print_fashion()
    rows = rows_of(capsys.readouterr().out)
    assert len(rows) == 3 and rows[-1][-1] == "1.00 × its distance"


@pytest.mark.filterwarnings("ignore:.* have a covariance without full rank")
def test_fashion_search_trains_in_turn_what_its_table_lacks(
    monkeypatch, capsys, tmp_path
):
    monkeypatch.setattr(fashion_search, "bundled_dir", lambda: tmp_path)
    monkeypatch.setattr(fashion_search, "N_JUDGED", 20)
    fashion_search.measure(["before"], 0.01, 3)
    [before] = fashion_search.read_rows()
    fashion_search.measure(["before", "lesson"], 0.01, 3)
    kept, lesson = fashion_search.read_rows()
    assert kept == before and int(before["steps"]) == 21
    assert [lesson[name] for name in ("recipe", "seconds", "seed")] == [
        "lesson",
        "0.01",
        "3",
    ]
    capsys.readouterr()
    fashion_search.report()
    assert {row[0] for row in rows_of(capsys.readouterr().out)} == {"before", "lesson"}


def test_lessons(monkeypatch, capsys, tmp_path):
    (tmp_path / "notebooks").mkdir()
    write_notebook(tmp_path / "notebooks/00_short.ipynb", "1 + 1")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    run.print_lessons()
    [[name, seconds, megabytes]] = rows_of(capsys.readouterr().out)
    assert name == "00_short" and int(seconds) < 60 and int(megabytes) > 10


def test_growth_of_the_lab(monkeypatch):
    monkeypatch.setattr(lab_speed, "N_FRAMES", 3)
    assert abs(lab_speed.measure_growth()) < 50


def test_clinic(monkeypatch, capsys, tmp_path):
    def short(recipe):
        return dataclasses.replace(recipe, iterations=20)

    name, case = next(iter(clinic.CASES.items()))
    recipes = {"faulty": short(case.faulty), "cured": short(case.cured)}
    case = dataclasses.replace(case, **recipes)
    monkeypatch.setattr(clinic, "CASES", {name: case})
    monkeypatch.setattr(clinic, "PARTS", {})
    monkeypatch.setattr(clinic, "HEALTHY", {"cured": case.cured})
    monkeypatch.setattr(clinic_rates, "SEEDS", [40])
    monkeypatch.setattr(clinic_rates, "HEALTHY_SEEDS", [40])
    for module in (clinic_rates, measuring):  # one writes the table, the other reads
        monkeypatch.setattr(module, "bundled_dir", lambda: tmp_path)
    clinic_rates.write_results()
    clinic_rates.report(clinic.load_results())
    shown = capsys.readouterr().out
    conditions = [row[0] for row in rows_of(shown)]
    assert conditions == [f"{name}: faulty", f"{name}: cured"]
    assert " in 1 healthy runs of 1 kinds." in shown
