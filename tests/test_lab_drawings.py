"""What the lab's panels paint: the frame's numbers, in the colours of their roles."""

import re
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from drawing import (
    RECORDER,
    circles,
    crosses,
    open_drawing_page,
    points,
    read,
    segments,
    show,
)
from matplotlib import colormaps
from matplotlib.lines import Line2D

from gan_helpers import plotting, roles
from gan_helpers.lab import player

REAL, FAKE, INK = plotting.REAL, plotting.FAKE, "#000000"
D_LEVEL, G_LEVEL = 2 * np.log(2), np.log(2)
rng = np.random.default_rng(0)


@pytest.fixture(scope="module")
def page():
    with open_drawing_page("sketch.js") as opened:
        yield opened


def probability(x, y):
    """A D whose 0.5 line is no straight line and has no symmetry."""
    return 1 / (1 + np.exp(-(x + 2 * y - 0.5 * x**2 - 2)))


def make_frame():
    """A frame of points on a plane that no flip or swap leaves as it is."""
    x0, x1, y0, y1 = extent = (-3.0, 1.5, -1.0, 4.0)
    place = (np.arange(32) + 0.5) / 32
    x, y = np.meshgrid(x0 + (x1 - x0) * place, y0 + (y1 - y0) * place)
    low, high = np.array([[x0, y0], [x1, y1]]) * 0.9
    # The shorter arrows would be a few pixels long.
    pull = np.array([[1.0, 0.1], [-0.3, 0.5], [0.2, -0.7], [-0.6, -0.4]])
    arrays = {
        "real": rng.uniform(low, high, (40, 2)),
        "fake": rng.uniform(low, high, (30, 2)),
        "surface": np.round(255 * probability(x, y)).astype(np.uint8),
        "features_real": rng.normal((2, 1), (0.5, 1), (20, 2)),
        "features_before": rng.normal((-1, 5), (1, 0.5), (24, 2)),
    }
    arrays["features_after"] = arrays["features_before"] + (0.9, -0.3)
    arrays["arrows"] = np.hstack([arrays["fake"][:4], pull])
    return {
        "kind": "points",
        "iteration": 300,
        "d_loss": 1.1,
        "g_loss": 0.9,
        "d_level": D_LEVEL,
        "g_level": G_LEVEL,
        "extent": extent,
        "features": True,
        "modes": 8,
        "quality_names": ["modes hit", "divergence"],
        "arrays": arrays,
    }


def make_scores(**more):
    """The frame of a lab whose D has no layer of two features."""
    frame = make_frame() | {"features": False} | more
    names = [name for name in frame["arrays"] if name.startswith("features")]
    for name in names:
        del frame["arrays"][name]
    scores = {
        "scores_real": rng.normal(3, 1, 500),
        "scores_fake": rng.normal(-1, 0.5, 300),
    }
    frame["arrays"] |= {name: x.astype(np.float32) for name, x in scores.items()}
    return frame


def make_pictures(channels):
    frame = make_scores(kind="images", modes=None, quality_names=["sharpness"])
    pictures = rng.integers(0, 256, (8, 4, 3, channels)).astype(np.uint8)
    frame["arrays"] = {
        "pictures": pictures,
        "scores_real": frame["arrays"]["scores_real"],
        "scores_fake": frame["arrays"]["scores_fake"],
    }
    return frame, rng.integers(0, 256, (12, 4, 3, channels)).astype(np.uint8)


FRAME = make_frame()
ITERATIONS = np.arange(1, 601.0)
LOSSES = np.column_stack(
    [
        ITERATIONS,
        1.4 + 0.3 * np.sin(ITERATIONS / 90) + rng.normal(0, 0.05, 600),
        0.7 + ITERATIONS / 1000 + rng.normal(0, 0.03, 600),
    ]
)
QUALITY = np.array([[0, 1, 0.5], [150, 4, 0.3], [300, 7, 0.2], [600, 6, 0.25]])


@pytest.fixture(scope="module")
def panels(page):
    return show(page, FRAME, LOSSES, QUALITY)


def close(actual, expected, *, atol=1e-5):
    """Equal to the precision of a float32 in a canvas' transform."""
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=atol)


def names_of_axes(panel):
    """The texts beside the axes: across, and turned to be read from the right."""
    named = [call for call in panel.find("text", align="center", base="middle")]
    assert {round(call.angle, 3) for call in named} <= {0, -1.571}
    return (
        [call.text for call in named if call.text and call.angle == 0],
        [call.text for call in named if call.text and call.angle < 0],
    )


def test_there_is_one_panel_for_each_question(page, panels):
    assert list(panels) == ["data", "features", "losses", "quality"]
    assert list(show(page, make_scores(), LOSSES, QUALITY))[1] == "scores"
    frame, real = make_pictures(1)
    images = show(page, frame, LOSSES, QUALITY, real)
    assert list(images) == ["pictures", "scores", "losses", "quality"]
    del frame["quality_names"]
    frame["quality_names"] = []
    assert list(show(page, frame, LOSSES, QUALITY, real))[-1] == "losses"


def test_a_panel_fills_its_canvas(panels):
    for panel in panels.values():
        width, height = panel.size
        assert panel.resolution == [2 * width, 2 * height]  # sharp on this screen
        boxes = np.array([call.box for call in panel.find("frame")])
        left, top, right, bottom = [*boxes[:, :2].min(0), *boxes[:, 2:].max(0)]
        assert 0 < left < width / 5 and width * 0.85 < right < width
        assert 0 < top < height / 5 and height * 0.7 < bottom < height
        for call in panel.find("text"):
            assert 0 <= call.at[0] <= width and 0 <= call.at[1] <= height


# --- data space ---


def test_points_stand_at_their_places_in_the_marks_of_their_roles(panels):
    panel = panels["data"]
    axes = panel.axes()
    close([*axes.x_range, *axes.y_range], FRAME["extent"])
    real, fake = panel.one("stroke", color=REAL), panel.one("stroke", color=FAKE)
    close(axes.data(circles(real)), FRAME["arrays"]["real"])
    close(axes.data(crosses(fake)), FRAME["arrays"]["fake"])
    assert axes.clips(real) and axes.clips(fake)
    assert names_of_axes(panel) == (["x"], ["y"])


def test_the_surface_is_blue_where_d_says_real(panels):
    panel = panels["data"]
    image = panel.one("image")
    close(image.box, panel.axes().box)
    pixels = np.reshape(image.pixels, image.shape)
    levels = FRAME["arrays"]["surface"][::-1]  # the first row of a picture is its top
    colours = colormaps[plotting.SURFACE](levels)[..., :3]
    over_white = 1 - roles.SURFACE_ALPHA * (1 - colours)
    close(pixels[..., :3], 255 * over_white, atol=1)
    assert (pixels[..., 3] == 255).all()
    red, _, blue, _ = pixels[levels > 200].T
    assert (blue > red).all()
    # Under the points.
    order = [call.op for call in panel.calls]
    assert order.index("image") < order.index("stroke")


def test_a_dashed_line_shows_where_d_is_undecided(panels):
    panel = panels["data"]
    axes = panel.axes()
    [line] = [call for call in panel.find("stroke") if call.dash]
    assert line.color == plotting.DISCRIMINATOR
    places = axes.data(points(line))
    assert len(places) > 30 and np.ptp(places[:, 0]) > 1
    close(probability(*places.T), 0.5, atol=0.01)


def test_arrows_lead_where_the_loss_of_g_falls(panels):
    panel = panels["data"]
    axes = panel.axes()
    drawn = [segments(call) for call in panel.find("stroke", color=plotting.FAKE_DARK)]
    shafts = np.array([arrow[0] for arrow in drawn])
    arrows = FRAME["arrays"]["arrows"]
    close(axes.data(shafts[:, 0]), arrows[:, :2])
    moves = axes.data(shafts[:, 1]) - axes.data(shafts[:, 0])
    longest = np.linalg.norm(shafts[:, 1] - shafts[:, 0], axis=1).max()
    assert longest == pytest.approx(26)
    scale = moves[0, 0] / arrows[0, 2]
    assert scale > 0
    close(moves, scale * arrows[:, 2:])
    for shaft, *barbs in drawn:
        check_head(shaft, barbs)


def check_head(shaft, barbs):
    """Two barbs lead back from the end of the shaft, one at each side."""
    along = shaft[1] - shaft[0]
    back = np.array([barb[1] - barb[0] for barb in barbs])
    close([barb[0] for barb in barbs], [shaft[1]] * 2)
    assert (back @ along < 0).all()
    sides = back @ [-along[1], along[0]]
    assert sides[0] == pytest.approx(-sides[1]) and sides[0] != 0


def test_the_words_of_the_data_panel_give_the_spans(panels):
    panel = panels["data"]
    spans = [
        f"{float(f'{x.min():.3g}'):g} to {float(f'{x.max():.3g}'):g}"
        for name in ("fake", "real")
        for x in FRAME["arrays"][name].T
    ]
    assert panel.label == (
        f"{panel.title} generated points span x {spans[0]}, y {spans[1]}; "
        f"real points x {spans[2]}, y {spans[3]}."
    )


# --- feature space ---


def test_features_before_a_step_are_paler_than_after(panels):
    panel, arrays = panels["features"], FRAME["arrays"]
    axes = panel.axes()
    real = panel.one("stroke", color=REAL)
    close(axes.data(circles(real)), arrays["features_real"])
    clouds = [c for c in panel.find("stroke", color=FAKE) if len(crosses(c)) > 1]
    before, after = sorted(clouds, key=lambda call: call.alpha)
    assert before.alpha < after.alpha / 2
    close(axes.data(crosses(before)), arrays["features_before"])
    close(axes.data(crosses(after)), arrays["features_after"])
    assert names_of_axes(panel) == (["feature 1"], ["feature 2"])


def test_centroids_are_the_means_and_an_arrow_leads_from_before_to_after(panels):
    panel, arrays = panels["features"], FRAME["arrays"]
    axes = panel.axes()
    real = panel.one("fill", color=REAL)
    close(axes.data(circles(real)), [arrays["features_real"].mean(0)])
    centroids = {}
    for name, color in (("before", plotting.FAKE_PALE), ("after", FAKE)):
        alone = [c for c in panel.find("stroke", color=color) if len(crosses(c)) == 1]
        centroids[name] = crosses(alone[0])[0]
        expected = arrays[f"features_{name}"].mean(0)
        close(axes.data(centroids[name]), [expected])
    shaft, *barbs = segments(panel.find("stroke", color=INK, width=2.6)[0])
    close(shaft[0], centroids["before"])
    step, arrow = centroids["after"] - centroids["before"], shaft[1] - shaft[0]
    length = np.hypot(*step)
    close(arrow, step * max(34, length) / length)
    check_head(shaft, barbs)


@pytest.mark.parametrize(
    ("move", "verdict"), [(-0.5, "closer"), (0.5, "further away"), (0, "no change")]
)
def test_the_readout_says_how_far_apart_the_centroids_are(page, move, verdict):
    frame = make_frame()
    arrays = frame["arrays"]
    away = arrays["features_before"].mean(0) - arrays["features_real"].mean(0)
    arrays["features_after"] = arrays["features_before"] + move * away
    distances = [
        np.linalg.norm(arrays[name].mean(0) - arrays["features_real"].mean(0))
        for name in ("features_before", "features_after")
    ]
    panel = show(page, frame, LOSSES, QUALITY)["features"]
    words = "centroids apart: {:.4f} → {:.4f}".format(*distances)
    assert panel.readout == f"{words} ({verdict})"
    assert panel.label == f"{panel.title} {panel.readout}."


# --- scores ---


@pytest.fixture(scope="module")
def scored(page):
    frame = make_scores()
    return frame["arrays"], show(page, frame, LOSSES, QUALITY)["scores"]


def test_bars_are_the_shares_of_the_scores(scored):
    arrays, panel = scored
    axes = panel.axes()
    low, high = axes.x_range
    assert low < arrays["scores_fake"].min() and high > arrays["scores_real"].max()
    for name, color in (("real", REAL), ("fake", FAKE)):
        scores = arrays[f"scores_{name}"]
        counts, edges = np.histogram(scores, bins=24, range=(low, high))
        bars = panel.one("fill", color=color)
        assert axes.clips(bars)
        outline = axes.data(points(bars))
        assert len(outline) == 2 + 2 * 24
        close(outline[[0, -1]], [(low, 0), (high, 0)])
        close(outline[1:-1:2], np.column_stack([edges[:-1], counts / len(scores)]))
        close(outline[2:-1:2], np.column_stack([edges[1:], counts / len(scores)]))
    assert names_of_axes(panel) == (
        ["D’s score (logit), higher: more real"],
        ["share of samples"],
    )


def test_only_the_generated_scores_are_hatched(scored):
    _, panel = scored
    outlines = {c: panel.one("fill", color=c).path for c in (REAL, FAKE)}
    [hatching] = [call for call in panel.find("stroke") if len(segments(call)) > 20]
    assert hatching.color.lower() == FAKE.lower()
    assert hatching.clip == outlines[FAKE] != outlines[REAL]


def test_a_dashed_line_stands_at_the_score_0(page, scored):
    _, panel = scored
    axes = panel.axes()
    [line] = [call for call in panel.find("stroke") if call.dash]
    close(axes.data(points(line)), [(0, axes.y_range[0]), (0, axes.y_range[1])])
    # It is in sight, though all scores may be on one side of it.
    frame = make_scores()
    for name in ("scores_real", "scores_fake"):
        frame["arrays"][name] = frame["arrays"][name] + 90
    panel = show(page, frame, LOSSES, QUALITY)["scores"]
    assert panel.axes().x_range[0] < 0


def test_the_words_of_the_score_panel_give_the_medians(scored):
    arrays, panel = scored
    real, fake = (np.sort(arrays[f"scores_{k}"]) for k in ("real", "fake"))
    words = f"median score of real {real[250]:.3g}, of generated {fake[150]:.3g}."
    assert panel.label == f"{panel.title} {words}"


# --- losses ---


def bin_means(axes, places, column):
    """(x, mean, low, high) of the losses in the bins whose middles were drawn."""
    width = np.diff(places[:, 0]).min()
    bins = round((axes.x_range[1] - axes.x_range[0]) / width)
    at = np.floor(LOSSES[:, 0] / 600 * bins + 1e-9).clip(0, bins - 1)
    rows = [LOSSES[at == k, column] for k in range(bins)]
    return np.array(
        [
            ((k + 0.5) * 600 / bins, values.mean(), values.min(), values.max())
            for k, values in enumerate(rows)
            if len(values)
        ]
    )


@pytest.mark.parametrize(
    ("column", "color", "dashed"), [(1, INK, True), (2, FAKE, False)]
)
def test_each_loss_is_drawn_by_its_bins(panels, column, color, dashed):
    """D's in black and dashed, G's in its colour and whole."""
    panel = panels["losses"]
    axes = panel.axes()
    curves = [call for call in panel.find("stroke", color=color) if axes.clips(call)]
    [curve] = curves
    assert bool(curve.dash) == dashed
    places = axes.data(points(curve))
    expected = bin_means(axes, places, column)
    close(places, expected[:, :2])
    close(axes.x_range, (0, 600))
    band = axes.data(points(panel.one("fill", color=color, alpha=0.2)))
    close(band[: len(expected)], expected[:, [0, 3]])
    close(band[len(expected) :], expected[::-1, [0, 2]])
    assert names_of_axes(panel) == (["iteration"], ["loss"])


def test_the_losses_at_equilibrium_are_dotted_and_named(panels):
    panel = panels["losses"]
    axes = panel.axes()
    for name, level, color in (("2 ln 2", D_LEVEL, INK), ("ln 2", G_LEVEL, FAKE)):
        dotted = [c for c in panel.find("stroke", color=color) if not axes.clips(c)]
        [line] = [call for call in dotted if call.dash and call.dash[0] < call.dash[1]]
        close(axes.data(points(line)), [(0, level), (600, level)])
        text = panel.texts()[name]
        assert text.color == INK and text.at[0] > axes.box[2]
        close(axes.data(text.at)[0, 1], level)


def test_levels_that_are_close_are_named_one_below_the_other(page):
    frame = make_frame() | {"d_level": 0.7, "g_level": None}
    panel = show(page, frame, LOSSES, QUALITY)["losses"]
    assert "ln 2" in panel.texts() and "2 ln 2" not in panel.texts()
    frame = make_frame() | {"d_level": 0.9, "g_level": 0.92}
    panel = show(page, frame, LOSSES, QUALITY)["losses"]
    upper, lower = (
        call for call in panel.find("text", align="left") if call.text[0] == "0"
    )
    assert [upper.text, lower.text] == ["0.9", "0.92"]
    assert lower.at[1] - upper.at[1] >= 12


def test_the_present_losses_are_marked_and_told(panels):
    panel = panels["losses"]
    axes = panel.axes()
    marks = [call for call in panel.find("stroke") if call.width == 1.3]
    circle, cross = marks
    close(axes.data(circles(circle)), [(300, 1.1)])
    close(axes.data(crosses(cross)), [(300, 0.9)])
    assert (circle.color, cross.color) == (INK, FAKE.lower())
    assert panel.label == (
        f"{panel.title} D’s loss is 1.1, G’s 0.9. At equilibrium: 1.39 and 0.693."
    )


def test_a_first_loss_of_100_does_not_flatten_the_rest(page):
    losses = LOSSES.copy()
    losses[0, 1:] = 100
    panel = show(page, FRAME, losses, QUALITY)["losses"]
    low, high = panel.axes().y_range
    assert low < LOSSES[5:, 1:].min() and LOSSES[5:, 1:].max() < high < 5


@pytest.mark.parametrize(
    "odd", [{"d_level": 3.0}, {"g_level": -2.0}, {"d_loss": 4.0}, {"g_loss": -1.5}]
)
def test_levels_and_present_losses_are_always_in_sight(page, odd):
    panel = show(page, FRAME | odd, LOSSES, QUALITY)["losses"]
    low, high = panel.axes().y_range
    [value] = odd.values()
    assert low < value < high


@pytest.mark.parametrize("past", [True, False])
def test_a_line_stands_where_one_looks_back(page, past):
    panels = show(page, FRAME | {"past": past}, LOSSES, QUALITY)
    for name, plots in (("losses", 1), ("quality", 2)):
        lines = panels[name].find("stroke", color=INK, width=2)
        assert len(lines) == plots * past
        for k, line in enumerate(lines):
            axes = panels[name].axes(k)
            low, high = axes.y_range
            close(axes.data(points(line)), [(300, low), (300, high)])


# --- quality ---


def test_both_measures_are_drawn_one_below_the_other(panels):
    panel = panels["quality"]
    for k, column in enumerate((1, 2)):
        axes = panel.axes(k)
        mine = [call for call in panel.find("stroke", color=FAKE) if axes.clips(call)]
        line, marks = mine
        close(axes.data(points(line)), QUALITY[:, [0, column]])
        close(axes.data(crosses(marks)), QUALITY[:, [0, column]])
        close(axes.x_range, (0, 600))
        assert axes.y_range[0] == pytest.approx(0, abs=1e-6)
        assert axes.y_range[1] >= QUALITY[:, column].max()
    top, below = panel.axes(0), panel.axes(1)
    assert top.box[3] < below.box[1]
    assert all(value == int(value) for value in top.ticks[1])
    [best] = [call for call in panel.find("stroke") if call.dash]
    close(top.data(points(best)), [(0, 8), (600, 8)])
    assert names_of_axes(panel) == (["iteration"], ["modes hit", "divergence"])
    words = "6 of 8 modes hit, divergence 0.25 at iteration 600."
    assert panel.label == f"{panel.title} {words}"
    assert panel.title == "Are all modes found? How far off is G?"


def test_few_modes_are_counted_in_whole_numbers(page):
    quality = np.minimum(QUALITY, [600, 1, 1])
    panel = show(page, FRAME | {"modes": 1}, LOSSES, quality)["quality"]
    assert panel.axes(0).ticks[1] == [0, 1]


def test_data_without_modes_have_one_measure(page):
    frame = make_frame() | {"modes": None, "quality_names": ["parts covered", "x"]}
    panel = show(page, frame, LOSSES, QUALITY)["quality"]
    axes = panel.axes()
    line = panel.find("stroke", color=FAKE)[0]
    close(axes.data(points(line)), QUALITY[:, [0, 2]])
    assert panel.title == "Is all the data covered? How far off is G?"
    assert list(panel.legend) == ["x"]


# --- pictures ---


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_stand_six_to_a_row_beside_real_ones(page, channels):
    frame, real = make_pictures(channels)
    panel = show(page, frame, LOSSES, QUALITY, real)["pictures"]
    generated, compared = panel.find("image")
    for image, pictures in ((generated, frame["arrays"]["pictures"]), (compared, real)):
        sheet = np.zeros((2 * 5 - 1, 6 * 4 - 1, 4))
        for k, picture in enumerate(pictures):
            row, column = divmod(k, 6)
            place = (slice(5 * row, 5 * row + 4), slice(4 * column, 4 * column + 3))
            sheet[place] = 255  # opaque
            sheet[place][..., :3] = picture
        np.testing.assert_array_equal(np.reshape(image.pixels, image.shape), sheet)
        left, top, right, bottom = image.box
        assert (right - left) / (bottom - top) == pytest.approx(23 / 9)
        assert 0 <= left < right <= panel.size[0] and bottom <= panel.size[1]
    assert generated.box[2] < compared.box[0]
    # Enlarged, each pixel of a picture stays a square.
    assert not generated.smooth and not compared.smooth
    words = panel.texts()
    for name, image in (("generated", generated), ("real, to compare", compared)):
        assert words[name].at[0] == pytest.approx(image.box[0])
        assert words[name].at[1] < image.box[1]
    assert panel.label.endswith("36 generated pictures after iteration 300.")


# --- words beside the panels ---


def dashes(line):
    """matplotlib's own lengths for a line of 1.5 pixels, to a tenth."""
    _, lengths = Line2D([], [], linestyle=line, linewidth=1.5)._dash_pattern
    return [round(length, 1) for length in lengths]


DASHED, DOTTED = dashes(roles.D_LINE), dashes(roles.LEVEL_LINE)


def dash_text(lengths):
    return f'stroke-dasharray="{",".join(f"{x:g}" for x in lengths)}"'


def test_lines_are_dashed_as_in_the_figures(panels):
    wanted = {"data": {"dashed"}, "losses": {"dashed", "dotted"}, "quality": {"dotted"}}
    for name, kinds in wanted.items():
        seen = {
            tuple(round(x, 1) for x in c.dash)
            for c in panels[name].find("stroke")
            if c.dash
        }
        lengths = {"dashed": tuple(DASHED), "dotted": tuple(DOTTED)}
        assert seen == {lengths[kind] for kind in kinds}


LEGENDS = {
    "data": {
        "real": f'<circle cx="12" cy="8" r="4" fill="none" stroke="{REAL}"',
        "generated": f'<path d="M8 4l8 8m0-8l-8 8" fill="none" stroke="{FAKE}"',
        "D undecided (0.5)": dash_text(DASHED),
        "where G’s loss falls": f'stroke="{plotting.FAKE_DARK}"',
    },
    "features": {
        "real": f'<circle cx="12" cy="8" r="4" fill="none" stroke="{REAL}"',
        "generated, before a step of G": f'stroke="{FAKE}" stroke-width="1.8" '
        'stroke-dasharray="none" opacity=".4"',
        "after": f'<path d="M8 4l8 8m0-8l-8 8" fill="none" stroke="{FAKE}"',
        "centroids": f'fill="{REAL}"',
        "from before to after": 'stroke="currentColor"',
    },
    "losses": {
        "discriminator": dash_text(DASHED),
        "generator": f'stroke="{FAKE}" stroke-width="2" stroke-dasharray="none"',
        "equilibrium": dash_text(DOTTED),
        "lowest to highest": 'fill="currentColor"',
    },
    "quality": {
        "modes hit and divergence": f'stroke="{FAKE}"',
        "all 8": dash_text(DOTTED),
    },
}


@pytest.mark.parametrize("name", LEGENDS)
def test_the_legend_shows_the_marks_that_are_drawn(panels, name):
    legend = panels[name].legend
    for text, mark in LEGENDS[name].items():
        assert mark in legend[text]
        # No mark takes the colour of the other role, but for the two centroids.
        both = REAL in legend[text] and FAKE in legend[text]
        assert both == (text == "centroids")


def test_the_legend_of_the_surface_goes_from_generated_to_real(panels, scored):
    surface = panels["data"].legend["D: generated … real"]
    colours = re.findall(r'x="(\d+)" y="2" fill="rgb\((\d+),(\d+),(\d+)\)"', surface)
    (x0, r0, _, b0), (x1, *white), (x2, r2, _, b2) = [map(int, c) for c in colours]
    assert x0 < x1 < x2 and r0 > b0 and b2 > r2 and min(white) > 245
    legend = scored[1].legend
    assert REAL in legend["real"] and FAKE in legend["generated"]
    assert REAL not in legend["generated"] and FAKE not in legend["real"]
    assert "<path" in legend["generated"] and "<path" not in legend["real"]


# --- themes and drawing ---


def test_d_is_drawn_in_the_ink_of_a_dark_page(page):
    page.emulate_media(color_scheme="dark")
    try:
        panels = show(page, FRAME, LOSSES, QUALITY)
        losses = panels["losses"]
        axes = losses.axes()
        curves = [call for call in losses.find("stroke") if axes.clips(call)]
        assert [call.color for call in curves] == ["#ffffff", FAKE.lower()]
        # The surface is white in both themes.
        [line] = [call for call in panels["data"].find("stroke") if call.dash]
        assert line.color == plotting.DISCRIMINATOR
    finally:
        page.emulate_media(color_scheme="light")


START_SKETCH = """() => {
  const figure = stage.figures.find(({ panel }) => panel.name === "data");
  window.sketch = new Sketch(figure, { onChange: () => {} });
}"""


def test_what_is_drawn_by_hand_becomes_data_where_it_stands(page):
    panel = show(page, FRAME, LOSSES, QUALITY)["data"]
    axes = panel.axes()
    page.evaluate(START_SKETCH)
    places = [axes.box[:2] + (30, 20), axes.box[2:] - (50, 90)]
    for place in places:
        found = page.evaluate("([x, y]) => sketch.dataAt(x, y)", place.tolist())
        close(found, axes.data(place)[0])
    x0, x1, y0, y1 = FRAME["extent"]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Space")
    [drawn] = page.evaluate("() => sketch.points")
    close(drawn, [(x0 + x1) / 2 + 0.1 * (x1 - x0), (y0 + y1) / 2 + 0.025 * (y1 - y0)])
    page.evaluate("() => sketch.paint(sketch.canvas.getContext('2d'))")
    painted = read(page)["data"]
    [mark] = [c for c in painted.find("stroke", color=REAL) if len(circles(c)) == 1]
    close(axes.data(circles(mark)), [drawn])
    cursor = painted.find("stroke")[-1]  # two lines that cross where the keyboard is
    close(axes.data(segments(cursor).mean(1)), [drawn, drawn])
    page.evaluate("() => sketch.stop()")


# --- the saved player ---


def played_lab(frames):
    """What the player reads of a lab that recorded these frames."""
    return SimpleNamespace(
        kind="points",
        lock=threading.RLock(),
        record=SimpleNamespace(frames=frames),
        recorded=lambda index: frames[index],
        settings=lambda: [],
    )


def test_the_saved_player_paints_its_frames(page, tmp_path, monkeypatch):
    hello = {"losses": LOSSES, "quality": QUALITY}
    described = [
        {"name": name, "dtype": "float64", "shape": array.shape}
        for name, array in hello.items()
    ]
    buffers = [array.tobytes() for array in hello.values()]
    monkeypatch.setattr(player, "handle", lambda *_: ({"arrays": described}, buffers))
    frames = [{**make_frame(), "iteration": k, "text": f"{k}."} for k in (100, 600)]
    path = player.save_html(played_lab(frames), tmp_path / "run.html")
    opened = page.context.browser.new_page()
    opened.add_init_script(f"{{ {RECORDER} }}")
    opened.goto(path.as_uri())
    for k, frame in enumerate(frames):
        opened.wait_for_selector(f".gan-lab[data-frame='{k}']")
        panels = read(opened)
        axes, arrays = panels["data"].axes(), frame["arrays"]
        for role, marks, color in (("real", circles, REAL), ("fake", crosses, FAKE)):
            marked = panels["data"].one("stroke", color=color)
            close(axes.data(marks(marked)), arrays[role], atol=2e-4)
        losses = panels["losses"]
        axes = losses.axes()
        curve = [c for c in losses.find("stroke", color=FAKE) if axes.clips(c)][0]
        places = axes.data(points(curve))
        # 16 bits move some iterations into the next bin.
        close(places, bin_means(axes, places, 2)[:, :2], atol=0.02)
        # A line stands at what is not the last frame.
        assert len(losses.find("stroke", color=INK, width=2)) == 1 - k
        opened.keyboard.press("End")
    opened.close()
