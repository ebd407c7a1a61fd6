"""What the pictures hold: places, ranges, frames."""

import io
from types import SimpleNamespace

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Annotation
from PIL import Image

from gan_helpers import diagrams, plotting

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def line_at(ax, color):
    """The first line of this colour in `ax`."""
    return next(line for line in ax.lines if line.get_color() == color)


def test_real_is_blue_generated_orange_and_d_black():
    red, green, blue = matplotlib.colors.to_rgb(plotting.REAL)
    assert blue > green > red
    for shade in (plotting.FAKE, plotting.FAKE_DARK, plotting.FAKE_PALE):
        red, green, blue = matplotlib.colors.to_rgb(shade)
        assert red > green > blue
    assert matplotlib.colors.to_rgb(plotting.DISCRIMINATOR) == (0, 0, 0)
    # D's surface: blue where it says real, orange-red where it says generated.
    surface = matplotlib.colormaps[plotting.SURFACE]
    for level, color in ((0.05, plotting.FAKE), (0.95, plotting.REAL)):
        strongest = np.argmax(surface(level)[:3])
        assert strongest == np.argmax(matplotlib.colors.to_rgb(color))
    np.testing.assert_allclose(surface(0.5)[:3], 1, atol=0.05)


def test_points_keep_their_places_and_roles():
    real, fake = np.eye(2), np.array([[3.0, 4.0]])
    ax = plotting.plot_points(real, fake)
    np.testing.assert_array_equal(line_at(ax, plotting.REAL).get_xydata(), real)
    np.testing.assert_array_equal(line_at(ax, plotting.FAKE).get_xydata(), fake)
    # Never colour alone.
    markers = [line_at(ax, c).get_marker() for c in (plotting.REAL, plotting.FAKE)]
    assert markers == ["o", "x"]
    assert [line.get_label() for line in ax.lines] == ["real", "generated"]
    assert {line.get_linestyle() for line in ax.lines} == {"None"}
    assert not (ax.xaxis_inverted() or ax.yaxis_inverted())
    [alone] = plotting.plot_points(fake_points=fake).lines
    assert alone.get_color() == plotting.FAKE


@pytest.mark.parametrize("smooth", [1, 3, 50])
def test_losses_are_running_means_beside_their_equilibrium(smooth):
    history = SimpleNamespace(
        iteration=np.arange(0, 100, 10),
        d_loss=np.arange(10.0),
        g_loss=np.arange(10.0) ** 2,
    )
    ax = plotting.plot_losses(history, smooth=smooth)
    width = min(smooth, 10)
    for name, loss, color, style in (
        ("discriminator", history.d_loss, plotting.DISCRIMINATOR, "--"),
        ("generator", history.g_loss, plotting.FAKE, "-"),
    ):
        expected = [loss[k : k + width].mean() for k in range(11 - width)]
        curve = next(line for line in ax.lines if line.get_label() == name)
        np.testing.assert_allclose(curve.get_ydata(), expected)
        np.testing.assert_array_equal(curve.get_xdata(), history.iteration[width - 1 :])
        assert (curve.get_color(), curve.get_linestyle()) == (color, style)
        raw = [
            line for line in ax.lines if line.get_alpha() and line.get_color() == color
        ]
        assert len(raw) == (width > 1)
        for line in raw:
            np.testing.assert_array_equal(line.get_ydata(), loss)
    levels = {text.get_text(): (text.xy[1], text.get_color()) for text in ax.texts}
    assert levels == {
        "2 ln 2": (2 * np.log(2), plotting.DISCRIMINATOR),
        "ln 2": (np.log(2), plotting.FAKE_DARK),
    }
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("iteration", "loss")
    assert ax.get_legend() and not ax.yaxis_inverted()


def test_losses_stand_beside_the_levels_that_are_given():
    history = SimpleNamespace(
        iteration=np.arange(3), d_loss=np.ones(3), g_loss=np.ones(3)
    )
    ax = plotting.plot_losses(history, d_level=np.log(2), g_level=0.799)
    assert [text.get_text() for text in ax.texts] == ["ln 2", "0.80"]
    lines = [
        (line.get_ydata()[0], line.get_color())
        for line in ax.lines
        if line.get_linestyle() == ":"
    ]
    assert lines == [(np.log(2), plotting.DISCRIMINATOR), (0.799, plotting.FAKE)]


def test_tiles_hold_every_image_once():
    images = np.random.default_rng(0).uniform(-1, 1, (5, 4, 3, 1))
    sheet = plotting.tile_images(images, columns=2)
    assert sheet.shape == (3 * 5 + 1, 2 * 4 + 1, 1)
    np.testing.assert_array_equal(sheet[1:5, 5:8], images[1])
    np.testing.assert_array_equal(sheet[11:15, 1:4], images[4])
    assert (sheet[11:15, 5:8] == 1).all()
    assert (sheet[::5] == 1).all() and (sheet[:, ::4] == 1).all()  # white lines


def test_images_share_one_scale():
    dark = np.full((1, 2, 2, 1), -0.5)
    ax = plotting.plot_images(dark, columns=1, title="dark ones")
    [shown] = ax.images
    assert shown.get_clim() == (0, 1)
    assert shown.get_array()[1, 1] == 0.25
    assert (shown.origin, shown.get_cmap().name) == ("upper", "gray")
    assert (ax.get_title(), ax.axison) == ("dark ones", False)


@pytest.mark.parametrize("channels", [1, 3])
def test_images_stand_in_rows_from_the_top_left(channels):
    images = np.random.default_rng(0).uniform(-1, 1, (5, 4, 3, channels))
    [shown] = plotting.plot_images(images, columns=2).images
    sheet = shown.get_array().reshape(16, 9, channels)
    np.testing.assert_allclose(sheet[1:5, 5:8], (images[1] + 1) / 2)
    np.testing.assert_allclose(sheet[6:10, 1:4], (images[2] + 1) / 2)


@pytest.mark.parametrize(("columns", "scale"), [(6, 6), (10, 3), (12, 3), (17, 2)])
def test_each_pixel_of_an_image_takes_the_same_whole_pixels(columns, scale):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (columns, 28, 28, 1)) / 127.5 - 1
    with plt.rc_context():
        plotting.set_style()
        ax = plotting.plot_images(images, columns=columns)
    frame = plotting.figure_to_frame(ax.figure)[..., :1]
    sheet = np.round((plotting.tile_images(images, columns=columns) + 1) * 127.5)
    expected = sheet.repeat(scale, axis=0).repeat(scale, axis=1)  # of 1050 pixels
    assert frame.shape[1] == expected.shape[1] and frame.shape[0] > expected.shape[0]
    np.testing.assert_allclose(frame[-len(expected) :].astype(int), expected, atol=1)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((2, 4, 4)), r"shape \(2, 4, 4\), expected"),
        (np.zeros((2, 4, 4, 2)), r"shape \(2, 4, 4, 2\), expected"),
        (np.full((1, 4, 4, 1), 255.0), r"255, expected \[-1, 1\].*scaled"),
    ],
)
def test_images_of_another_shape_or_range_are_refused(images, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_images(images)


def test_features_mark_the_centroids():
    before, real = np.zeros((4, 2)), np.array([[2.0, 0.0], [0.0, 2.0]])
    ax = plotting.plot_features(before, before + 3, real)
    places = {
        line.get_label(): tuple(line.get_xydata()[0])
        for line in ax.lines
        if not line.get_label().startswith("_")
    }
    assert places == {
        "real": (1, 1),
        "generated before": (0, 0),
        "generated after": (3, 3),
    }


def moves_of_a_turn(both):
    """The arguments of plot_features, and what each kind looks like in it."""
    rng = np.random.default_rng(0)
    before, after, real, real_after = rng.normal(size=(4, 20, 2)) + [[0, 5]]
    moves = {"generated": (before, after, plotting.FAKE, "X")}
    if both:
        moves["real"] = (real, real_after, plotting.REAL, "o")
    return (before, after, real, real_after if both else None), moves


@pytest.mark.parametrize("both", [False, True])
def test_arrows_lead_from_the_centroids_before_to_those_after(both):
    clouds, moves = moves_of_a_turn(both)
    ax = plotting.plot_features(*clouds)
    arrows = {tuple(arrow.xyann): arrow for arrow in ax.texts}
    assert len(arrows) == len(moves)
    centroids = {line.get_label(): line for line in ax.lines}
    for name, (old, new, color, marker) in moves.items():
        arrow = arrows[tuple(old.mean(0))]
        np.testing.assert_allclose(arrow.xy, new.mean(0))
        assert arrow.arrowprops["arrowstyle"] == "->"
        for when, points, fill, edge in (
            ("before", old, "white", color),
            ("after", new, color, "black"),
        ):
            line = centroids[f"{name} {when}"]
            np.testing.assert_allclose(line.get_xydata(), [points.mean(0)])
            assert (line.get_color(), line.get_markeredgecolor()) == (fill, edge)
            assert line.get_marker() == marker
    assert ("real" in centroids) != both
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("feature 1", "feature 2")


@pytest.mark.parametrize("both", [False, True])
def test_clouds_are_pale_before_and_strong_after_a_turn(both):
    clouds, moves = moves_of_a_turn(both)
    ax = plotting.plot_features(*clouds)
    seen = {}
    for line in ax.lines:
        if len(line.get_xydata()) == 20:
            assert line.get_linestyle() == "None"
            look = (line.get_color(), line.get_marker(), line.get_alpha() < 0.3)
            seen[look] = line.get_xydata()
    for old, new, color, _ in moves.values():
        marker = {plotting.REAL: "o", plotting.FAKE: "x"}[color]
        np.testing.assert_array_equal(seen.pop((color, marker, True)), old)
        np.testing.assert_array_equal(seen.pop((color, marker, False)), new)
    if not both:  # G's turn: the real ones stay where they are
        np.testing.assert_array_equal(seen.pop((plotting.REAL, "o", False)), clouds[2])
    assert not seen


@pytest.mark.parametrize("both", [False, True])
def test_small_arrows_follow_a_few_points(both):
    clouds, moves = moves_of_a_turn(both)
    ax = plotting.plot_features(*clouds)
    assert len(ax.collections) == len(moves)
    for old, new, color, _ in moves.values():
        dark = {plotting.FAKE: plotting.FAKE_DARK}.get(color, color)
        [arrows] = [
            c
            for c in ax.collections
            if matplotlib.colors.same_color(c.get_facecolor(), dark)
        ]
        n = len(arrows.get_offsets())
        assert 5 <= n < len(old)
        np.testing.assert_allclose(arrows.get_offsets(), old[:n])
        moved = np.column_stack([arrows.U, arrows.V])
        np.testing.assert_allclose(moved, (new - old)[:n])
        assert (arrows.angles, arrows.scale_units, arrows.scale) == ("xy", "xy", 1)


def make_frames(n=3):
    images = np.linspace(-1, 1, n)[:, None, None, None, None] * np.ones((n, 2, 4, 4, 1))
    return [plotting.images_to_frame(image, columns=2) for image in images]


def test_frames_are_bytes_in_color():
    frame = make_frames()[0]
    assert frame.dtype == np.uint8
    assert frame.shape == (2 * 6, 2 * 11, 3)
    assert frame[2, 2].tolist() == [0, 0, 0]


def test_a_frame_shows_the_sheet_at_double_size():
    images = np.random.default_rng(0).uniform(-1, 1, (3, 4, 3, 3))
    frame = plotting.images_to_frame(images, columns=2)
    sheet = np.round((plotting.tile_images(images, columns=2) + 1) * 127.5)
    for row in (0, 1):
        for column in (0, 1):
            np.testing.assert_array_equal(frame[row::2, column::2], sheet)


def test_a_saved_animation_has_all_frames_in_order(tmp_path):
    path = plotting.save_animation(tmp_path / "a.gif", make_frames(), fps=10)
    with Image.open(path) as animation:
        assert (animation.format, animation.n_frames) == ("GIF", 3)
        greys, pace = [], []
        for k in range(3):
            animation.seek(k)
            pace.append(animation.info["duration"])
            greys.append(animation.convert("L").getpixel((3, 3)))
    assert greys == sorted(greys) and greys[0] < 20 and greys[-1] > 235
    assert pace == [100, 100, 1500]  # ms; it rests on its last frame


def test_a_shown_animation_is_an_animated_png(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    plotting.show_animation(make_frames())
    with Image.open(io.BytesIO(shown[0].data)) as animation:
        assert (animation.format, animation.n_frames) == ("PNG", 3)
    with pytest.raises(ValueError, match="no frames"):
        plotting.show_animation([])


def test_a_figure_becomes_a_frame_and_is_closed():
    figure = plt.figure(figsize=(2, 1), dpi=50)
    assert plotting.figure_to_frame(figure).shape == (50, 100, 3)
    assert not plt.get_fignums()


def arrows(ax):
    """Of each arrow in `ax`: where it starts, where it ends, and its style."""
    found = [text for text in ax.texts if isinstance(text, Annotation)]
    return [(*arrow.xyann, *arrow.xy, arrow.arrowprops) for arrow in found]


def test_the_diagram_names_what_flows():
    ax = diagrams.draw_gan(data="real things", sample="made things")
    boxes = {
        text.get_text(): (box, text)
        for box, text in zip(ax.patches, ax.texts, strict=False)
    }
    roles = {
        "generator G": plotting.FAKE,
        "made things": plotting.FAKE,
        "real things": plotting.REAL,
        "discriminator D": plotting.DISCRIMINATOR,
    }
    for words, color in roles.items():
        box, text = boxes[words]
        assert box.get_edgecolor() == matplotlib.colors.to_rgba(color)
        inks = {plotting.FAKE: plotting.FAKE_DARK}
        assert text.get_color() == inks.get(color, color)
        middle = [box.get_x() + box.get_width() / 2, box.get_y() + box.get_height() / 2]
        np.testing.assert_allclose(text.get_position(), middle)


def test_data_flow_to_the_right_and_dashed_gradients_back():
    ax = diagrams.draw_gan(data="data", sample="sample")
    names = ("noise", "generator G", "sample", "data", "discriminator D")
    names += ("real or\ngenerated?",)
    spans = {
        name: (box.get_x(), box.get_x() + box.get_width())
        for name, box in zip(names, ax.patches, strict=True)
    }
    forward = {
        (start, end): props for start, _, end, _, props in arrows(ax) if start < end
    }
    expected = [(names[k], names[k + 1]) for k in (0, 1, 4)]
    expected += [("sample", "discriminator D"), ("data", "discriminator D")]
    ends = {(spans[a][1], spans[b][0]) for a, b in expected}
    assert {tuple(np.round(pair, 6)) for pair in forward} == {
        tuple(np.round(pair, 6)) for pair in ends
    }
    back = [
        (props["color"], props.get("linestyle"))
        for s, _, e, _, props in arrows(ax)
        if e < s
    ]
    assert back == [(plotting.DISCRIMINATOR, "--"), *[(plotting.FAKE, "--")] * 2]
    assert all(props["arrowstyle"] == "-|>" for *_, props in arrows(ax))
    trained = {
        t.get_text(): t.get_color() for t in ax.texts if "trains" in t.get_text()
    }
    inks = {"trains D": plotting.DISCRIMINATOR, "trains G": plotting.FAKE_DARK}
    assert trained == inks


def test_feature_maps_are_drawn_to_scale():
    shapes = [(4, 32, 64), (8, 8, 32), (16, 16, 3)]  # drawn by height, not width
    ax = diagrams.draw_feature_maps(shapes)
    boxes = ax.patches
    heights = [box.get_height() for box in boxes]
    widths = [box.get_width() for box in boxes]
    assert heights == sorted(heights) and widths == sorted(widths, reverse=True)
    square = diagrams.draw_feature_maps([(16, 16, 3)]).patches[0]
    assert heights[2] == pytest.approx(square.get_height())  # the highest fills the row
    assert heights[2] - heights[1] == pytest.approx(2 * (heights[1] - heights[0]))
    logs = np.log2([channels for *_, channels in shapes])
    per_doubling = np.diff(widths) / np.diff(logs)
    assert per_doubling[0] == pytest.approx(per_doubling[1])
    words = {t.get_text(): t.get_position() for t in ax.texts if t.get_text()}
    assert list(words) == ["4×32×64", "8×8×32", "16×16×3"]
    for box, (x, y) in zip(boxes, words.values(), strict=True):
        assert x == pytest.approx(box.get_x() + box.get_width() / 2)
        assert y < box.get_y() and box.get_y() == pytest.approx(-box.get_height() / 2)
    for k, (start, _, end, _, _) in enumerate(arrows(ax)):
        left, right = boxes[k].get_x() + widths[k], boxes[k + 1].get_x()
        assert left < start < end <= right
        assert max(start - left, right - end) < 0.2  # it leads from box to box
    assert len(arrows(ax)) == 2


def test_latent_walk_passes_through_its_corners_evenly():
    corners = np.random.default_rng(0).normal(size=(3, 5))
    walk = plotting.latent_walk(corners, steps=4)
    assert walk.shape == (12, 5)
    np.testing.assert_allclose(walk[::4], corners)
    np.testing.assert_allclose(walk[2], (corners[0] + corners[1]) / 2)
    np.testing.assert_allclose(walk[11], 0.25 * corners[2] + 0.75 * corners[0])
