"""What the benchmark makes of its readings: numbers, tables, goals, pages."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import readme_numbers
import rendering
import run
import sections
from rendering import Goal, goals, write_between
from sections import Results, Section, alternate, in_turn
from spread import fit_growth, ratio, show, show_spread

ROOT = Path(__file__).resolve().parents[1]
HERE = {"processor": "one", "cores": "2", "instructions": "avx2", "memory": "4 GB"}
HERE |= {"system": "Linux", "versions": "Python 3"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (8020.4, "8,020"),
        (0.012345, "0.0123"),
        (99.96, "100.0"),
        (0, "0"),
        (1234567, "1,230,000"),
        (math.inf, "inf"),
        (-2.5, "-2.50"),
    ],
)
def test_numbers_have_three_digits_and_no_powers(value, shown):
    assert show(value) == shown


def test_a_spread_is_a_median_between_the_ends():
    assert show_spread([30, 10, 20]) == "20.0 (10.0 to 30.0)"
    assert show_spread([20]) == "20.0"
    assert ratio([30, 10, 20], [4, 6, 5]) == 4


def test_a_power_is_found_and_what_misses_it():
    sizes = [1, 10, 100, 1000]
    growth = fit_growth(sizes, [3 * n**1.5 for n in sizes])
    assert growth == pytest.approx((1.5, 3, 1))
    # Two points twice and half as high as the line leave its slope alone.
    growth = fit_growth([1, 1, 10, 10], [2, 8, 20, 80])
    assert growth == pytest.approx((1, 4, 2))
    for bad in ([5, 5], [1, 0]):
        with pytest.raises(ValueError, match="two different sizes"):
            fit_growth(bad, [1, 2])


def test_a_goal_is_met_at_its_limit_and_missed_beyond():
    assert Goal("speed", 10, 10).met and not Goal("speed", 10, 9.99).met
    assert Goal("distance", 0.5, 0.5, False).met
    assert not Goal("distance", 0.5, math.nan, False).met
    shown = goals([Goal("speed", 10, 7.04, unit=" ×"), Goal("delay", 150, 99, False)])
    assert "| speed | at least 10 | 7.04 × | **missed** |" in shown
    assert "| delay | at most 150 | 99.0 | met |" in shown


def test_repeats_go_there_and_back_and_each_way_is_made_once():
    keys = alternate("ab", 3)
    assert keys == [("a", 0), ("b", 0), ("b", 1), ("a", 1), ("a", 2), ("b", 2)]
    made = []

    def way(name):
        def make():
            made.append(name)
            return lambda: {"value": len(made)}

        return make

    found = list(in_turn({"a": way("a"), "b": way("b")}, keys[1:]))
    assert [key for key, _ in found] == keys[1:] and made == ["b", "a"]


@pytest.fixture
def counted(monkeypatch):
    """A section of four readings, what it was asked for, and when it breaks."""
    asked, breaks = [], []

    def measure(quick, missing):
        for key in missing:
            if key in breaks:
                raise RuntimeError("broken")
            asked.append(key)
            yield key, {"value": 10.0 * (key[0] == "b") + key[1]}

    def report(results):
        return (
            f"sum {sum(results.values('a', 'value') + results.values('b', 'value'))}\n"
        )

    monkeypatch.setattr(sections.machine, "describe", lambda: dict(HERE))
    monkeypatch.setattr(sections, "now", lambda: "2026-11-29 12:00")
    section = Section(
        "Two letters", 1, lambda quick: alternate("ab", 2), measure, report
    )
    return section, asked, breaks


def test_a_stopped_section_goes_on_and_says_that_it_is_unfinished(counted, tmp_path):
    section, asked, breaks = counted
    assert "**Not measured yet**" in rendering.render({"x": section}, tmp_path)
    breaks.append(("b", 1))
    with pytest.raises(RuntimeError, match="broken"):
        sections.run("x", section, tmp_path, quick=False)
    shown = rendering.render({"x": section}, tmp_path)
    assert "**Unfinished: 2 of 4 readings.**" in shown and "sum 10.0" in shown
    breaks.clear()
    results = sections.run("x", section, tmp_path, quick=False)
    assert asked == alternate("ab", 2)  # none of them twice
    assert len(results.sittings) == 2 and results.finished
    shown = rendering.render({"x": section}, tmp_path)
    assert "Unfinished" not in shown and "in 2 runs" in shown and "sum 22.0" in shown
    assert shown == rendering.render({"x": section}, tmp_path)
    assert not list(tmp_path.glob("*.unfinished.json"))


def test_a_broken_run_leaves_the_good_one_alone(counted, tmp_path):
    section, _, breaks = counted
    sections.run("x", section, tmp_path, quick=False)
    good = (tmp_path / "x.json").read_text()
    breaks.append(("b", 0))
    with pytest.raises(RuntimeError):
        sections.run("x", section, tmp_path, quick=False)
    assert (tmp_path / "x.json").read_text() == good
    shown = rendering.render({"x": section}, tmp_path)
    assert "sum 22.0" in shown and "newer run is unfinished: 1 of 4" in shown
    assert json.loads(good)["readings"][0] == {"what": "a", "repeat": 0, "value": 0.0}


def test_readings_of_two_machines_are_not_mixed(counted, tmp_path, monkeypatch):
    section, _, breaks = counted
    breaks.append(("b", 1))
    with pytest.raises(RuntimeError):
        sections.run("x", section, tmp_path, quick=False)
    other = HERE | {"processor": "another"}
    monkeypatch.setattr(sections.machine, "describe", lambda: other)
    with pytest.raises(ValueError, match="expected this machine"):
        sections.run("x", section, tmp_path, quick=False)


def test_what_stands_outside_the_marks_stays(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<b>\nold\n<e>\nafter\n")
    write_between(page, "new\n", "<b>", "<e>")
    assert page.read_text() == "before\n<b>\n\nnew\n\n<e>\nafter\n"
    once = page.read_text()
    write_between(page, "new", "<b>", "<e>")
    assert page.read_text() == once
    for bad in ("no marks", "<e> <b>", "<b> <e> <e>"):
        page.write_text(bad)
        with pytest.raises(ValueError, match="once each"):
            write_between(page, "new", "<b>", "<e>")


def between(path, begin, end):
    return (
        path.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0].strip()
    )


def test_the_pages_say_what_the_readings_say():
    found = between(run.RESULTS, rendering.BEGIN, rendering.END)
    wanted = rendering.render(run.load_sections(), run.READINGS)
    assert found == wanted.strip(), "python benchmarks/run.py render"
    found = between(ROOT / "README.md", readme_numbers.BEGIN, readme_numbers.END)
    assert found == readme_numbers.render(run.READINGS)


def test_what_was_odd_about_a_run_is_said():
    odd = made_up(x={"y": [1.0]})._replace(notes={"remark": "It was held."})
    assert "12:00, in one run. It was held." in rendering.status(odd, "x", "")


def made_up(**readings):
    """Results with these values, as {what: {name: [a value a repeat]}}."""
    found = {
        (what, k): {name: values[k] for name, values in named.items()}
        for what, named in readings.items()
        for k in range(len(next(iter(named.values()))))
    }
    return Results(found, HERE, [["2026-11-29 12:00"] * 2], len(found), {})


def test_the_readmes_numbers_come_from_the_readings(tmp_path):
    ours, graph = "this course: training.fit's loop", "the original's graph-mode loop"
    q = {ours: [8000, 9000, 7000], graph: [1000, 900, 1100]}
    sections.write(
        tmp_path / "Q.json", made_up(**{k: {"iterations": v} for k, v in q.items()})
    )
    kernel = {"frames": [21.6], "iterations": [1356.0]}
    results = made_up(**{"with a kernel, in JupyterLab": kernel})
    sections.write(tmp_path / "lab.json", results)
    speed, lab = readme_numbers.render(tmp_path).splitlines()  # F, fashion: not yet
    assert "8,000 iterations a second, 8.0 times" in speed
    assert speed.endswith(": `make bench ARGS=Q`.")
    assert "22 frames a second while it trains 1,400 iterations" in lab


def test_speeds_are_compared_and_missed_goals_are_said():
    import quadratic_speed as q

    speeds = {q.GRAPH: [1000.0] * 5, q.KERAS: [20.0] * 5, q.OURS: [8000.0] * 5}
    speeds |= {q.FRESH: [9900.0] * 5, q.PRODUCTS: [20000.0], q.DRAWING: [50000.0]}
    readings = {name: {"iterations": values} for name, values in speeds.items()}
    readings[q.EQUAL] = {"difference": [2e-6, 1e-6]}
    readings["ceiling"] = {"product": [100.0], "cache": [50.0], "memory": [10.0]}
    shown = q.report(made_up(**readings))
    assert "| the original's graph-mode loop | 1,000 (1,000 to 1,000) | 8.0 ×" in shown
    assert "| by the original's loop | at least 10 | 9.90 × | **missed** |" in shown
    assert "| by Keras | at least 400 | 495 × | met |" in shown
    # 125 µs, of which 50 are products and 20 drawing.
    assert "the loop itself | 55.0 |" in shown and "| 125 |" in shown
    assert "| its 1.93 MFLOP at the 100 GFLOP/s of the best product | 19.3 |" in shown


def test_shares_of_the_ceiling_and_limits_are_computed():
    import originals_speed as o

    readings = {o.OURS: {"ms": [100.0, 90, 110], "gflops": [70.0, 77, 64]}}
    readings[o.HALF] = {"ms": [50.0], "gflops": [140.0]}
    readings[o.CEILING] = {"product": [80.0], "convolution": [100.0]}
    readings[o.HALF_CEILING] = {"product": [400.0], "convolution": [200.0]}
    shown = o.report("F", made_up(**readings))
    assert "| 70.0 | 70 % | arithmetic |" in shown
    assert "| 140 | 35 % | arithmetic of layers too small" in shown
    assert "| what bfloat16 makes faster | at least 1.3 | 2.00 × | met |" in shown
    assert "| PyTorch | not installed |" in shown


def test_distances_at_ninety_seconds_are_compared():
    import fashion_quality as f

    def curve(distance, names):
        return {
            f"{what} {s}": [float(distance)] * 3
            for s in (30, 90)
            for what in ("distance", "steps")
        } | {"rarest": [0.05, 0.04, 0.06]}

    readings = {
        f.OURS: curve(8, 30),
        f.EARLIER: curve(15, 30),
        f.ORIGINAL: curve(50, 30),
    }
    results = made_up(**readings)._replace(notes={"pictures": "Clothes"})
    shown = f.report(results)
    assert f"| at 90 s, by {f.EARLIER} | at most 0.5 | 0.533 × | **missed** |" in shown
    assert (
        f"| at 90 s, by {f.ORIGINAL} | at most 0.15 | 0.160 × | **missed** |" in shown
    )
    assert "| 4.0 % |" in shown  # the rarest class of the worst seed


def test_exponents_get_the_sentence_that_fits():
    import growth

    sizes = growth.COSTS["kernel distance"].sizes
    readings = {
        f"kernel distance: {n}": {"size": [n] * 3, "cost": [1e-6 * n**2] * 3}
        for n in sizes
    }
    shown = growth.report(made_up(**readings))
    assert "| 1,000 to 100,000 | 1.00 to 10,000 s | 2.00 | 1.00 × | All pairs" in shown
    assert growth.sentence(growth.BATCH, 0.59).endswith("larger ones are cheap.")
    assert growth.sentence(growth.BATCH, 0.6).startswith("A part of a step")


def test_peak_of_rows_and_limits_of_lessons():
    import lessons

    name = next(iter(lessons.notebooks()))
    shown = lessons.report_fast(
        made_up(**{name: {"seconds": [31.0, 29, 33], "MB": [900.0] * 3}})
    )
    assert f"| {name} | 31.0 (29.0 to 33.0) | 900 (900 to 900) | **missed** |" in shown
    full = lessons.report_full(made_up(**{"full S": {"ms": [691.0]}}))
    steps = np.round(25 * 775 * 0.691 / 3600, 2)
    assert f"| 04, S | 19,375 | 691 | {steps} h |" in full
