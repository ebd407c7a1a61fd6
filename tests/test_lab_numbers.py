"""What the lab's panels compute in the browser, beside numpy."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawing import open_drawing_page

rng = np.random.default_rng(0)
NAN = float("nan")


@pytest.fixture(scope="module")
def page():
    with open_drawing_page() as opened:
        yield opened


def answers(page, call, cases):
    """What the JavaScript `call`, with `cases` as its arguments, returns for each."""
    return page.evaluate(f"cases => cases.map(values => {call})", cases)


def round_ticks(low, high, count):
    """All multiples of 1, 2 or 5 times a power of ten, at most count + 1 of them."""
    steps = sorted(m * 10.0**e for m in (1, 2, 5) for e in range(-12, 12))
    step = next(s for s in steps if s * count >= (high - low) * (1 - 1e-12))
    ks = np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1)
    return ks * step


def test_ticks_are_round_numbers_within_the_range(page):
    cases = [(0, 600, 7.3), (-3, 1.5, 5), (0.0001, 0.00093, 4), (-2e6, 7e6, 6.5)]
    for _ in range(200):
        low = rng.normal() * 10 ** rng.uniform(-3, 4)
        width = 10 ** rng.uniform(-3, 5)
        cases.append((low, low + width, rng.uniform(1.5, 12)))
    call = "[ticks(...values), ticks(...values).map(tickText)]"
    for case, found in zip(cases, answers(page, call, cases), strict=True):
        values, texts = found
        expected = round_ticks(*case)
        np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-9, err_msg=case)
        # What is printed is the value, and not one that is rounded to its neighbour's.
        assert [float(text.replace(",", "")) for text in texts] == values


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1234.5, "1,234.5"), (0.25, "0.25"), (-7, "-7"), (2e5, "2e+5")]
    + [(2e-4, "2e-4"), (99999, "99,999"), (1e-3, "0.001"), (0.0015, "0.0015")]
    + [(150_000, "1.5e+5"), (0.00025, "2.5e-4")],
)
def test_ticks_are_named_by_their_values(page, value, text):
    assert answers(page, "tickText(values)", [value]) == [text]


def test_numbers_in_words_have_three_digits(page):
    values = [0.123456, 1234.5, -2e-7, 3, 0.5004]
    words = answers(page, "short(values)", values)
    assert [float(word) for word in words] == [float(f"{v:.3g}") for v in values]
    odd = answers(page, "short(values)", [NAN, float("inf")])
    assert odd == ["not a number", "not a number"]


def test_a_plot_maps_its_ranges_onto_its_box_with_y_upwards(page):
    call = """(({ x, y, sx, sy }) => [x(2), x(6), y(-1), y(9), sx, sy])(
        makePlot(null, { x: 50, y: 8, w: 400, h: 200 }, [2, 6], [-1, 9], {}))"""
    assert page.evaluate(call) == [50, 450, 208, 8, 100, 20]


def test_ranges_are_widened_and_never_empty(page):
    cases = [(0, 10, 0.1), (-4, -4, 0.5), (0, 0, 0.5), (50, 50, 0.06)]
    found = answers(page, "widen(...values)", cases)
    expected = [(-1, 11), (-4.2, -3.8), (-0.05, 0.05), (49.7, 50.3)]
    np.testing.assert_allclose(found, expected)


def test_bounds_and_centroids_are_numpys(page):
    first, second = rng.normal(size=(7, 2)), rng.normal(size=(12, 2)) * 3
    both = np.vstack([first, second])
    flat = [first.ravel().tolist(), second.ravel().tolist()]
    found = answers(page, "bounds(values[0], values[1])", [[flat, 0], [flat, 1]])
    np.testing.assert_allclose(found, np.column_stack([both.min(0), both.max(0)]))
    assert answers(page, "bounds(values, 0)", [[[]]]) == [[-1, 1]]
    found = answers(page, "centroid(values)", flat)
    np.testing.assert_allclose(found, [first.mean(0), second.mean(0)])
    pairs = [both[k : k + 2].tolist() for k in range(0, 18, 2)]
    found = answers(page, "apart(...values)", pairs)
    np.testing.assert_allclose(found, [np.hypot(*np.subtract(*pair)) for pair in pairs])


def test_a_steady_range_grows_at_once_and_shrinks_late(page):
    needs = [(0, 10), (1, 9), (0, 12), (4, 8), (4, 8)]
    call = "steady(window.memory ??= {}, 'x', values)"
    found = answers(page, call, needs)
    wide = [0 - 0.15 * 12, 12 * 1.15]
    expected = [[-1.5, 11.5], [-1.5, 11.5], wide, [3.4, 8.6], [3.4, 8.6]]
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize("bins", [1, 5, 24])
def test_a_histogram_gives_shares_with_what_is_outside_at_the_ends(page, bins):
    values = rng.normal(size=1000)
    values[:3] = (NAN, np.inf, -np.inf)
    inside = np.clip(values[np.isfinite(values)], -1.5, 2)
    counts, _ = np.histogram(inside, bins=bins, range=(-1.5, 2))
    call = f"histogram(values, [-1.5, 2], {bins})"
    [found] = answers(page, call, [values.tolist()])
    np.testing.assert_allclose(found, counts / 1000)


@pytest.mark.parametrize("bins", [10, 37, 400])
@pytest.mark.parametrize("column", [1, 2])
def test_bins_have_the_mean_and_the_extremes_of_their_rows(page, bins, column):
    x = np.sort(rng.uniform(3, 90, 300))
    rows = np.column_stack([x, rng.normal(size=(300, 2)).cumsum(axis=0)])
    rows[::17, column] = NAN
    call = f"binRows(values, 3, {column}, [2, 95], {bins})"
    [found] = answers(page, call, [rows.ravel().tolist()])
    rows = rows[np.isfinite(rows[:, column])]
    edges = np.linspace(2, 95, bins + 1)
    at = np.digitize(rows[:, 0], edges) - 1
    kept = np.unique(at)
    parts = [rows[at == k, column] for k in kept]
    np.testing.assert_allclose(found["x"], (edges[:-1] + edges[1:])[kept] / 2)
    for name, measure in (("mean", np.mean), ("low", np.min), ("high", np.max)):
        np.testing.assert_allclose(found[name], [measure(part) for part in parts])


def along(lines):
    """Points of polylines (n, 2), closely spaced."""
    shares = np.linspace(0, 1, 20)[:, None]
    pieces = [
        a + shares * (b - a)
        for line in map(np.asarray, lines)
        for a, b in zip(line[:-1], line[1:], strict=True)
    ]
    return np.vstack(pieces)


def test_contours_are_those_of_matplotlib(page):
    y, x = np.mgrid[:20, :20]
    hill = 255 * np.exp(-(((x - 6) / 4) ** 2) - ((y - 12) / 5) ** 2)
    slope = 10.3 * x + 2.1 * y
    for grid in (hill, slope, np.maximum(hill, slope)):
        [lines] = answers(page, "contour(values, 20, 127.5)", [grid.ravel().tolist()])
        [expected] = plt.figure().subplots().contour(grid, [127.5]).allsegs
        plt.close()
        assert len(lines) == len(expected)
        found, expected = along(lines), along(expected)
        distances = np.linalg.norm(found[:, None] - expected, axis=-1)
        assert distances.min(0).max() < 0.05 and distances.min(1).max() < 0.05
        for line in lines:  # what does not end at the border is closed
            ends = np.array([line[0], line[-1]])
            at_border = np.isin(ends, (0, 19)).any()
            assert at_border or (ends[0] == ends[1]).all()
    assert answers(page, "contour(values, 20, 127.5)", [[0] * 400]) == [[]]


HISTORY = """parts => {
  const history = new History(3);
  for (const [values, whole] of parts) {
    history.add(values, [values.length / history.width, history.width], whole);
  }
  return history.rows;
}"""


def history(page, *parts):
    """The rows that a history keeps of parts (rows, whole)."""
    flat = [[np.ravel(rows).tolist(), whole] for rows, whole in parts]
    return np.reshape(page.evaluate(HISTORY, flat), (-1, 3))


def test_a_history_takes_each_row_once_and_starts_anew_with_a_whole_one(page):
    rows = np.column_stack([np.arange(10.0), rng.normal(size=(10, 2))])
    found = history(page, (rows[:6], True), (rows[3:], False), (rows[8:], False))
    np.testing.assert_array_equal(found, rows)
    found = history(page, (rows[5:], True), (rows[:6], True))
    np.testing.assert_array_equal(found, rows[:6])


@pytest.mark.parametrize("n", [3000, 3001, 9000])
def test_a_long_history_is_thinned_evenly(page, n):
    rows = np.column_stack([np.arange(n), np.arange(n) * 2.0, np.arange(n) * 3.0])
    found = history(page, (rows[: n // 2], True), (rows[n // 2 :], False))
    assert len(found) <= 3000
    steps = np.diff(found[:, 0])
    assert (steps == steps[0]).all() and found[0, 0] == 0
    assert n - 1 - found[-1, 0] < steps[0]
    np.testing.assert_array_equal(found, rows[found[:, 0].astype(int)])


def test_a_line_has_a_gap_where_a_value_is_no_number(page):
    call = """() => {
      const ctx = document.createElement("canvas").getContext("2d");
      ctx.scale(devicePixelRatio, devicePixelRatio);
      const box = { x: 0, y: 0, w: 10, h: 10 };
      const plot = makePlot(ctx, box, [0, 10], [0, 10], {});
      drawLine(plot, [0, 1, 2, 3, 4], [1, 2, NaN, 4, 5], "red");
      return ctx.canvas.calls[0].path;
    }"""
    names, x, y = zip(*page.evaluate(call), strict=True)
    assert names == ("moveTo", "lineTo", "moveTo", "lineTo")
    assert (x, y) == ((0, 1, 3, 4), (9, 8, 6, 5))
