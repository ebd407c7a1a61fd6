"""The labs' static figures show the frame's numbers in the marks of their roles."""

from types import SimpleNamespace

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from gan_helpers import plotting, roles
from gan_helpers.lab import figures

matplotlib.use("Agg")
rng = np.random.default_rng(0)
EXTENT = (-3.0, 1.5, -1.0, 4.0)
LEVELS = {"d_level": 2 * np.log(2), "g_level": np.log(2)}
ITERATIONS = np.arange(1.0, 401)
LOSSES = np.column_stack(
    [ITERATIONS, 1.4 + rng.normal(0, 0.1, 400), 0.7 + ITERATIONS / 1000]
)
QUALITY = np.array([[0, 1, 0.5], [150, 4, 0.3], [300, 7, 0.2]])


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def stand_in(frame, names, quality=QUALITY):
    """What the figures read of a lab."""
    record = SimpleNamespace(
        losses=SimpleNamespace(array=LOSSES), quality=SimpleNamespace(array=quality)
    )
    frame = {"iteration": 300, **LEVELS, **frame}
    return SimpleNamespace(frame=lambda: frame, record=record, quality_names=names)


def points_lab(**more):
    before = rng.normal((-1, 5), 0.5, (24, 2))
    arrays = {
        "real": rng.uniform(-1, 1, (40, 2)),
        "fake": rng.uniform(-1, 1, (30, 2)),
        "surface": rng.integers(0, 256, (32, 32)).astype(np.uint8),
        "arrows": rng.uniform(-0.9, 0.9, (5, 4)),
        "features_real": rng.normal((2, 1), 0.5, (20, 2)),
        "features_before": before,
        "features_after": before + (0.9, -0.3),
    }
    frame = {"extent": EXTENT, "features": True, "modes": 8, "arrays": arrays, **more}
    return stand_in(frame, ["modes hit", "divergence"])


def scores(**more):
    return {
        "scores_real": rng.normal(3, 1, 500).astype(np.float32),
        "scores_fake": rng.normal(-1, 0.5, 300).astype(np.float32),
        **more,
    }


def draw_points(lab):
    """The axes of data, features or scores, losses and the two measures."""
    figure = figures.draw_points(lab)
    colorbar = [ax for ax in figure.axes if ax.get_label() == "<colorbar>"]
    return [ax for ax in figure.axes if ax not in colorbar], colorbar


def check_ticks(ax):
    """Each tick is named by its own value, and there are some in sight."""
    ax.figure.draw_without_rendering()
    for axis, (low, high) in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
        shown = [
            tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high
        ]
        assert 2 <= len(shown) <= 9
        for tick in shown:
            if tick.label1.get_visible():
                text = tick.label1.get_text().replace("\N{MINUS SIGN}", "-")
                assert float(text.replace(",", "")) == pytest.approx(tick.get_loc())


def line_of(ax, label):
    return next(line for line in ax.lines if line.get_label() == label)


def looks(line):
    return (line.get_color(), line.get_linestyle(), line.get_marker())


def upwards(ax):
    """Whether both axes grow as in a textbook."""
    return not (ax.xaxis_inverted() or ax.yaxis_inverted())


def test_the_surface_lies_under_the_points_with_its_first_row_below():
    lab = points_lab()
    (ax, *_), (bar,) = draw_points(lab)
    [surface] = ax.images
    np.testing.assert_allclose(
        surface.get_array(), lab.frame()["arrays"]["surface"] / 255
    )
    assert (surface.origin, surface.get_cmap().name) == ("lower", "RdBu")
    assert (tuple(surface.get_extent()), surface.get_clim()) == (EXTENT, (0, 1))
    assert surface.get_alpha() == roles.SURFACE_ALPHA
    assert surface.get_zorder() < min(line.get_zorder() for line in ax.lines)
    assert (*ax.get_xlim(), *ax.get_ylim()) == EXTENT
    check_ticks(ax)
    assert (bar.get_ylabel(), list(bar.get_yticks())) == ("D says real", [0, 0.5, 1])


def test_points_and_arrows_stand_in_data_space():
    lab = points_lab()
    arrays = lab.frame()["arrays"]
    (ax, *_), _ = draw_points(lab)
    for name, label in (("real", "real"), ("fake", "generated")):
        np.testing.assert_array_equal(line_of(ax, label).get_xydata(), arrays[name])
    [arrows] = [c for c in ax.collections if hasattr(c, "U")]
    np.testing.assert_allclose(arrows.get_offsets(), arrays["arrows"][:, :2])
    # Of length 1: a sixth of the panel, along each axis.
    steps = np.column_stack([arrows.U, arrows.V])
    np.testing.assert_allclose(steps, arrays["arrows"][:, 2:] * (4.5 / 6, 5 / 6))
    assert (arrows.angles, arrows.scale_units, arrows.scale) == ("xy", "xy", 1)
    [color] = arrows.get_facecolor()
    assert matplotlib.colors.same_color(color, plotting.FAKE_DARK)
    assert upwards(ax)
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == (
        "data space",
        "x",
        "y",
    )
    assert {text.get_text() for text in ax.get_legend().texts} == {"real", "generated"}


def test_features_move_from_before_to_after():
    lab = points_lab()
    arrays = lab.frame()["arrays"]
    (_, ax, *_), _ = draw_points(lab)
    places = {
        line.get_label(): line.get_xydata()[0]
        for line in ax.lines
        if not line.get_label().startswith("_")
    }
    for name, label in (
        ("before", "generated before"),
        ("after", "generated after"),
        ("real", "real"),
    ):
        np.testing.assert_allclose(places[label], arrays[f"features_{name}"].mean(0))
    assert (ax.get_title(), upwards(ax)) == ("feature space", True)
    check_ticks(ax)


def check_scores(ax, real, fake):
    bins = np.linspace(min(real.min(), fake.min()), max(real.max(), fake.max()), 31)
    for patch, values, color, hatch in (
        (ax.patches[0], real, plotting.REAL, None),
        (ax.patches[1], fake, plotting.FAKE, roles.FAKE_HATCH),
    ):
        corners = patch.get_xy()[: 2 * len(bins)]  # what follows is the way back
        counts, _ = np.histogram(values, bins)
        np.testing.assert_allclose(corners[1:-1:2, 0], bins[:-1], atol=1e-5)
        np.testing.assert_allclose(corners[1:-1:2, 1], counts)
        assert patch.get_edgecolor() == matplotlib.colors.to_rgba(color)
        assert patch.get_facecolor()[:3] == matplotlib.colors.to_rgb(color)
        assert patch.get_hatch() == hatch and 0 < patch.get_facecolor()[3] < 0.5
    labels = [patch.get_label() for patch in ax.patches]
    assert labels == ["real", "generated"] and ax.get_legend()
    assert (ax.get_title(), ax.get_xlabel()) == ("D's scores", "logit")
    assert (ax.get_ylabel(), upwards(ax)) == ("samples", True)
    check_ticks(ax)


def test_a_d_without_two_features_shows_its_scores():
    lab = points_lab(features=False)
    lab.frame()["arrays"].update(scores())
    (_, ax, *_), _ = draw_points(lab)
    arrays = lab.frame()["arrays"]
    check_scores(ax, arrays["scores_real"], arrays["scores_fake"])


def test_each_loss_has_the_look_of_its_network():
    (_, _, ax, *_), _ = draw_points(points_lab())
    seen = LOSSES[:300]  # up to the frame's iteration
    for column, label, color, style in (
        (1, "discriminator", plotting.DISCRIMINATOR, "--"),
        (2, "generator", plotting.FAKE, "-"),
    ):
        line = line_of(ax, label)
        np.testing.assert_array_equal(line.get_xydata(), seen[:, [0, column]])
        assert looks(line)[:2] == (color, style)
        level = LEVELS[f"{label[0]}_level"]
        [dotted] = [
            line
            for line in ax.lines
            if looks(line)[:2] == (color, ":") and line.get_ydata()[0] == level
        ]
        assert list(dotted.get_xdata()) == [0, 1]  # from side to side
    low, high = ax.get_ylim()
    assert low < np.percentile(seen[:, 1:], 1) and np.log(4) < high < 2
    assert ax.get_title() == "losses (dotted: equilibrium)"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("iteration", "loss")
    assert ax.get_legend() and upwards(ax)
    check_ticks(ax)


def test_a_curve_of_many_measures_has_no_marks():
    quality = np.column_stack([np.arange(40), np.arange(40) % 9, np.ones(40)])
    lab = points_lab()
    lab.record.quality.array = quality
    *_, above, below = draw_points(lab)[0]
    assert {looks(ax.lines[0])[2] for ax in (above, below)} <= {"", "None"}


def test_a_first_loss_of_100_hides_nothing():
    lab = points_lab()
    lab.record.losses.array = np.vstack([[0, 100, 100], LOSSES])
    (_, _, ax, *_), _ = draw_points(lab)
    assert 1.5 < ax.get_ylim()[1] < 3


def test_modes_count_above_and_divergence_below():
    (_, _, _, above, below), _ = draw_points(points_lab())
    for ax, column in ((above, 1), (below, 2)):
        line = ax.lines[0]  # both measure G
        np.testing.assert_array_equal(line.get_xydata(), QUALITY[:, [0, column]])
        assert looks(line) == (plotting.FAKE, "-", roles.FAKE_MARK) and upwards(ax)
        check_ticks(ax)
    [best] = above.lines[1:]
    assert (list(best.get_ydata()), looks(best)[1]) == ([8, 8], roles.LEVEL_LINE)
    assert len(below.lines) == 1
    assert above.get_ylim() == (0, 8.4) and below.get_ylim() == (0, 0.72)
    assert (above.get_title(), below.get_title()) == ("modes hit, of 8", "divergence")
    assert above.get_position().y0 > below.get_position().y1
    assert above.get_shared_x_axes().joined(above, below)
    assert below.get_xlabel() == "iteration"


def test_no_legend_lies_on_points_or_curves():
    figure = figures.draw_points(points_lab())
    figure.draw_without_rendering()
    legends = [ax.get_legend() for ax in figure.axes if ax.get_legend()]
    assert len(legends) == 3
    for legend in legends:
        box, panel = (x.get_window_extent() for x in (legend, legend.axes))
        assert box.y1 < panel.y0
        assert {text.get_fontsize() >= 10 for text in legend.texts} == {True}


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_keep_their_order_and_their_greys(channels):
    pictures = rng.integers(0, 256, (12, 4, 3, channels)).astype(np.uint8)
    frame = {"modes": None, "arrays": scores(pictures=pictures)}
    lab = stand_in(frame, ["sharpness"], QUALITY[:, :2])
    ax, scored, losses, quality = figures.draw_images(lab).axes
    [sheet] = ax.images
    shown = sheet.get_array().reshape(11, 25, channels)
    for k, picture in enumerate(pictures):
        top, left = 5 * (k // 6) + 1, 4 * (k % 6) + 1
        tile = shown[top : top + 4, left : left + 3]
        np.testing.assert_allclose(tile, picture / 255, atol=1e-6)
    assert (sheet.origin, sheet.get_clim(), ax.get_title()) == (
        "upper",
        (0, 1),
        "generated",
    )
    arrays = lab.frame()["arrays"]
    check_scores(scored, arrays["scores_real"], arrays["scores_fake"])
    assert line_of(losses, "generator").get_color() == plotting.FAKE
    [line] = quality.lines
    np.testing.assert_array_equal(line.get_xydata(), QUALITY[:, :2])
    assert quality.get_title() == "sharpness"


def test_a_lab_without_a_measure_has_an_empty_place():
    pictures = np.zeros((2, 4, 3, 1), np.uint8)
    frame = {"modes": None, "arrays": scores(pictures=pictures)}
    figure = figures.draw_images(stand_in(frame, []))
    assert not figure.axes[3].axison and not figure.axes[3].lines


def test_the_title_gives_the_iteration():
    lab = points_lab(iteration=12_345)
    figure = figures.draw_points(lab)
    assert figure.get_suptitle() == "After 12,345 iterations"


def test_the_figure_is_as_wide_as_a_page():
    figure = figures.draw_points(points_lab())
    assert figure.get_figwidth() == 7 > figure.get_figheight()
