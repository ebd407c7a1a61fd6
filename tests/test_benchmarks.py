"""The benchmarks still run: each part for a moment, for its tables, not its numbers."""

import dataclasses

import clinic as clinic_rates
import clinic_patients
import clinic_plan
import clinic_table
import clinic_wide
import control
import fashion_quality
import fashion_search
import few_pictures
import objectives
import objectives_pictures
import pytest
import tensorflow as tf

from gan_helpers import clinic, data
from gan_helpers.clinic import measuring, recipes
from gan_helpers.sweeps import missing, read_rows


def rows_of(table):
    """The cells of a printed table, without its head."""
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


@pytest.mark.filterwarnings("ignore:.* have a covariance without full rank")
def test_fashion_search_trains_in_turn_what_its_table_lacks(
    monkeypatch, capsys, tmp_path
):
    monkeypatch.setattr(fashion_search, "bundled_dir", lambda: tmp_path)
    monkeypatch.setattr(fashion_search, "N_JUDGED", 20)
    fashion_search.measure(["before"], 0.01, 3)
    [before] = read_rows(fashion_search.table(), fashion_search.COLUMNS)
    fashion_search.measure(["before", "lesson"], 0.01, 3)
    kept, lesson = read_rows(fashion_search.table(), fashion_search.COLUMNS)
    assert kept == before and int(before["steps"]) > 1
    assert [lesson[name] for name in ("recipe", "seconds", "seed")] == [
        "lesson",
        "0.01",
        "3",
    ]
    capsys.readouterr()
    fashion_search.report()
    assert {row[0] for row in rows_of(capsys.readouterr().out)} == {"before", "lesson"}


@pytest.mark.filterwarnings("ignore:.* have a covariance without full rank")
def test_control_completes_the_recipes_of_a_seed(monkeypatch, tmp_path):
    monkeypatch.setattr(control, "bundled_dir", lambda: tmp_path)
    monkeypatch.setattr(control, "N_JUDGED", 20)
    monkeypatch.setattr(control, "SECONDS", 0.01)
    recipes = control.RECIPES
    few = ("without labels", "planes")
    monkeypatch.setattr(control, "RECIPES", {name: recipes[name] for name in few})
    control.write_recipes(3)
    begun = (tmp_path / "control.csv").read_text()
    monkeypatch.setattr(control, "RECIPES", recipes)
    control.write_recipes(3)
    assert (tmp_path / "control.csv").read_text().startswith(begun)
    rows = read_rows(tmp_path / "control.csv", control.COLUMNS)
    assert {row["recipe"] for row in rows} == set(recipes) and len(rows) == len(recipes)
    assert all(int(row["steps"]) > 1 and float(row["distance"]) > 0 for row in rows)
    heard = {row["recipe"]: float(row["agreement"]) for row in rows}
    assert {name for name, share in heard.items() if share != share} == {
        name for name in recipes if name.startswith("without labels")
    }


def test_control_judges_each_way_with_few_labels(monkeypatch, tmp_path):
    monkeypatch.setattr(control, "bundled_dir", lambda: tmp_path)
    monkeypatch.setattr(control, "SORTER_STEPS", 4)
    control.write_few_labels(3)
    begun = (tmp_path / "few_labels.csv").read_text()
    control.write_few_labels(3)  # nothing is missing
    assert (tmp_path / "few_labels.csv").read_text() == begun
    rows = read_rows(tmp_path / "few_labels.csv", control.SORTER_COLUMNS)
    assert len(rows) == 2 * len(control.control.WAYS)
    assert all(0 <= float(row["accuracy"]) <= 1 for row in rows)


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


@pytest.fixture
def short_wide(monkeypatch, tmp_path):
    """A healthy and a faulty run of 24 iterations, and the table that they fill."""
    fault = "NaN"
    background = clinic_plan.chosen(fault)[0]
    setting_of = clinic_wide.setting_of
    short = {
        "TABLE": tmp_path / "clinic_wide.csv",
        "READINGS": tmp_path / "readings",
        "setting_of": lambda *run: dataclasses.replace(setting_of(*run), iterations=24),
        "jobs": lambda: [
            {"background": background, "half": half, "fault": name, "seed": 0}
            for half, name in (("reported", "none"), ("tuning", fault))
        ],
    }
    for name, value in short.items():
        monkeypatch.setattr(clinic_wide, name, value)
    yield short["TABLE"]
    clinic_patients.make_patient.cache_clear()


def test_clinic_wide_completes_its_table_and_diagnoses_it_again(short_wide, capsys):
    clinic_wide.write_rows(-1.0, ["reported", "tuning"])  # no time left
    assert len(short_wide.read_text().splitlines()) == 1
    clinic_wide.write_rows(90, ["tuning"])
    clinic_wide.write_rows(90, ["reported", "tuning"])
    rows = read_rows(short_wide, clinic_wide.COLUMNS)
    assert [row["fault"] for row in rows] == ["NaN", "none"]
    assert [row["as_meant"] for row in rows] == ["yes", "no"]  # 24 are not enough
    assert rows[0]["findings"] == rows[0]["symptom"] == "NaN"
    text = short_wide.read_text()
    short_wide.write_text(text.replace(",NaN,NaN,", ",NaN,forgotten,"))
    clinic_wide.diagnose_again()
    assert short_wide.read_text() == text
    capsys.readouterr()
    clinic_table.report(rows)
    shown = capsys.readouterr().out
    assert ["NaN", "1/1", "1", "1", "0", "0"] in rows_of(shown)
    assert "| every fault: named | 1/1 | 100.0 | 2.5 to 100.0 |" in shown


def test_the_plan_of_clinic_wide_is_as_large_as_the_goals_ask():
    jobs, halves = list(clinic_plan.jobs()), clinic_plan.halves()
    assert {job["background"]: job["half"] for job in jobs}.items() <= halves.items()
    healthy = [job for job in jobs if job["fault"] == "none"]
    assert len({job["background"] for job in healthy}) >= 80
    assert sum(job["half"] == "reported" for job in healthy) >= 200
    used = {clinic_plan.BACKGROUNDS[job["background"]] for job in healthy}
    cures = (recipes.N_BATCH, recipes.N_UNITS)  # every recipe has these
    assert cures not in {(setting.batch, setting.width) for setting in used}
    assert [job["seed"] for job in jobs] == sorted(job["seed"] for job in jobs)
    for name, fault in clinic_plan.FAULTS.items():
        kinds = clinic_plan.chosen(name)
        assert fault.symptom in {"NaN", *clinic.SYMPTOMS}
        assert len(set(kinds)) == len(kinds) >= (4 if fault.data == ("clothes",) else 6)


def test_rates_have_exact_intervals_and_those_of_whole_backgrounds():
    low, high = clinic_table.interval(0, 20)
    assert (low, high) == pytest.approx((0, 1 - 0.025 ** (1 / 20)))
    rows = [{"background": name, "hit": name == "a"} for name in "ab" for _ in range(9)]
    # Both, the one or the other may be drawn twice: the rate may be 0 or 1.
    assert clinic_table.over_kinds(rows, lambda row: row["hit"]) == (0, 1)


def few_settings(monkeypatch, **more):
    """few_pictures with few ships and few iterations; its caches are emptied."""
    small = {"STEPS": 8, "N_JUDGED": 80, "N_NEAR": 40, "SIZES": (40, 150)} | more
    for name, value in small.items():
        monkeypatch.setattr(few_pictures, name, value)
    forget_ships()


def forget_ships():
    """Empty few_pictures' caches: another number of ships comes next."""
    few_pictures.load_ships.cache_clear()
    few_pictures.make_distance.cache_clear()


def test_few_pictures(monkeypatch):
    few_settings(monkeypatch)
    known = {name: few_pictures.measure(name, 80, 0) for name in few_pictures.KNOWN}
    distances = [float(row["distance"]) for row in known.values()]
    assert distances[0] < min(distances[1:])
    for change in ("place", "adaptive"):
        row = few_pictures.measure(change, 40, 0)
        assert set(row) == set(few_pictures.COLUMNS[3:])
        assert float(row["strength"]) <= 1


def test_the_table_of_few_pictures_is_whole_and_its_floor_comes_out_again():
    forget_ships()
    rows = read_rows(few_pictures.TABLE, few_pictures.COLUMNS)
    assert list(missing(few_pictures.JOBS, rows)) == []
    assert len(rows) == len(few_pictures.JOBS)
    for name in few_pictures.KNOWN:
        kept = next(row for row in rows if row["change"] == name)
        found = few_pictures.measure(name, few_pictures.N_JUDGED, 0)
        # The features are trained, and no two processors add up alike.
        assert float(found["distance"]) == pytest.approx(
            float(kept["distance"]), rel=0.2
        )


@pytest.mark.parametrize(("answer", "expected"), [(3.0, 0.4), (-3.0, 0.0)])
def test_strength_follows_the_signs_of_ds_answers(answer, expected):
    change = few_pictures.ChangeSome(place=True, light=True)
    step = few_pictures.adapt(
        lambda iteration: (0, 0),
        lambda images, training: tf.fill((4, 1), answer),
        change,
        lambda iteration: None,
    )
    change.strength.assign(0.2)
    for iteration in range(0, 200, 2):  # every fourth counts
        step(iteration)
    assert float(change.strength) == pytest.approx(expected, abs=1e-6)


@pytest.fixture
def short_objectives(monkeypatch, tmp_path):
    """Short runs on one set, two of the objectives, and the table that they fill."""
    short = {"STEPS": 20, "LOOK_EVERY": 2, "N_JUDGED": 50, "GAMMAS": (0.1,)}
    short |= {"SEEDS": range(2), "FRESH_SEEDS": range(10, 12), "DATA": ("ring of 8",)}
    few = ("non-saturating", "relativistic")
    short["OBJECTIVES"] = {name: objectives.OBJECTIVES[name] for name in few}
    for name, value in short.items():
        monkeypatch.setattr(objectives, name, value)
    monkeypatch.setattr(objectives, "bundled_dir", lambda: tmp_path)
    objectives.train.cache_clear()
    objectives.trainer_of.cache_clear()
    yield tmp_path / "objectives.csv"
    objectives.train.cache_clear()
    objectives.trainer_of.cache_clear()


def test_objectives_completes_a_stopped_table_and_its_runs_are_pure(short_objectives):
    whole = objectives.settings_of("ring of 8")
    strange = objectives.settings_of("ring of 8")[:3]
    objectives.write_missing([(one, 1) for one in strange], short_objectives, 1e18)
    begun = short_objectives.read_text()
    objectives.write_points(objectives.DATA, -1.0)  # no time left
    assert short_objectives.read_text() == begun
    objectives.write_points(objectives.DATA, 1e18)
    assert short_objectives.read_text().startswith(begun)
    rows = objectives.load()
    assert len(set(rows)) == len(rows)
    chosen = [row for row in rows if row.seed < 10]
    assert len(chosen) == 2 * 2 * len(whole)
    fresh = {row[:4] for row in rows if row.seed >= 10}
    best = [
        objectives.best_setting(rows, "ring of 8", n) for n in objectives.OBJECTIVES
    ]
    assert {dataclasses.astuple(one) for one in best} <= fresh
    objectives.write_points(objectives.DATA, 1e18)
    assert objectives.load() == rows  # nothing was missing
    objectives.train.cache_clear()
    objectives.trainer_of.cache_clear()
    again = objectives.train(whole[-1], 1)
    assert set(again) <= set(rows)


def test_equal_passes_are_counted(short_objectives):
    assert objectives.passes_per_step("hinge", "none") == 9
    assert objectives.passes_per_step("relativistic", "R1 + R2") == 18
    assert objectives.steps_at("hinge", "R1") == {"passes": 12, "steps": 20}  # 180 / 13


@pytest.mark.filterwarnings("ignore:.* have a covariance without full rank")
def test_objectives_on_pictures(monkeypatch, tmp_path):
    bundled = data.load_fashion_mnist(split="test", source="bundled")
    monkeypatch.setattr(data, "load_fashion_mnist", lambda split: bundled)
    monkeypatch.setattr(fashion_quality, "N_JUDGED", 20)
    candidates = {
        "relativistic": [(("R1 + R2", 0.1), 1e-3), (("none", 0.0), 4e-3)],
        "hinge": [(("none", 0.0), 1e-3)],
    }
    short = {"SECONDS": 0.01, "SEEDS": range(1), "CANDIDATES": candidates}
    short["OBJECTIVES"] = {name: objectives.OBJECTIVES[name] for name in candidates}
    short["TABLE"] = tmp_path / "table.csv"
    for name, value in short.items():
        monkeypatch.setattr(objectives_pictures, name, value)
    objectives_pictures.write_pictures(0.0)
    assert not short["TABLE"].exists()  # the deadline had passed
    objectives_pictures.write_pictures(1e18)
    rows = read_rows(short["TABLE"], objectives_pictures.COLUMNS)
    assert [row["seed"] for row in rows] == ["99", "99", "99", "0", "0"]
    first, second = (float(row["distance"]) for row in rows[:2])
    better = rows[0] if first <= second else rows[1]
    assert all(
        rows[3][name] == better[name] for name in ("penalty", "strength", "rate")
    )
    objectives_pictures.write_pictures(1e18)
    assert read_rows(short["TABLE"], objectives_pictures.COLUMNS) == rows
