"""What the pictures hold: places, ranges, frames."""

import io
from types import SimpleNamespace

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
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


def test_points_keep_their_places_and_roles():
    real, fake = np.eye(2), np.array([[3.0, 4.0]])
    ax = plotting.plot_points(real, fake)
    np.testing.assert_array_equal(line_at(ax, plotting.REAL).get_xydata(), real)
    np.testing.assert_array_equal(line_at(ax, plotting.FAKE).get_xydata(), fake)
    # Never colour alone.
    markers = [line_at(ax, c).get_marker() for c in (plotting.REAL, plotting.FAKE)]
    assert markers == ["o", "x"]


@pytest.mark.parametrize("smooth", [1, 3, 50])
def test_losses_are_running_means_beside_their_equilibrium(smooth):
    history = SimpleNamespace(
        iteration=np.arange(0, 100, 10),
        d_loss=np.arange(10.0),
        g_loss=np.arange(10.0) ** 2,
    )
    ax = plotting.plot_losses(history, smooth=smooth)
    width = min(smooth, 10)
    expected = [history.g_loss[k : k + width].mean() for k in range(11 - width)]
    curve = next(line for line in ax.lines if line.get_label() == "generator")
    np.testing.assert_allclose(curve.get_ydata(), expected)
    np.testing.assert_array_equal(curve.get_xdata(), history.iteration[width - 1 :])
    assert {text.get_text() for text in ax.texts} == {"2 ln 2", "ln 2"}


def test_losses_stand_beside_the_levels_that_are_given():
    history = SimpleNamespace(
        iteration=np.arange(3), d_loss=np.ones(3), g_loss=np.ones(3)
    )
    ax = plotting.plot_losses(history, d_level=np.log(2), g_level=0.799)
    assert [text.get_text() for text in ax.texts] == ["ln 2", "0.80"]
    lines = [line.get_ydata()[0] for line in ax.lines if line.get_linestyle() == ":"]
    assert lines == [np.log(2), 0.799]


def test_tiles_hold_every_image_once():
    images = np.random.default_rng(0).uniform(-1, 1, (5, 4, 3, 1))
    sheet = plotting.tile_images(images, columns=2)
    assert sheet.shape == (3 * 5 + 1, 2 * 4 + 1, 1)
    np.testing.assert_array_equal(sheet[1:5, 5:8], images[1])
    np.testing.assert_array_equal(sheet[11:15, 1:4], images[4])
    assert (sheet[11:15, 5:8] == 1).all()


def test_images_share_one_scale():
    dark = np.full((1, 2, 2, 1), -0.5)
    shown = plotting.plot_images(dark, columns=1).images[0]
    assert shown.get_clim() == (0, 1)
    assert shown.get_array()[1, 1] == 0.25


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
        if "centroid" in str(line.get_label())
    }
    assert places == {
        "real centroid": (1, 1),
        "generated centroid before": (0, 0),
        "generated centroid after": (3, 3),
    }


def make_frames(n=3):
    images = np.linspace(-1, 1, n)[:, None, None, None, None] * np.ones((n, 2, 4, 4, 1))
    return [plotting.images_to_frame(image, columns=2) for image in images]


def test_frames_are_bytes_in_color():
    frame = make_frames()[0]
    assert frame.dtype == np.uint8
    assert frame.shape == (2 * 6, 2 * 11, 3)
    assert frame[2, 2].tolist() == [0, 0, 0]


def test_a_saved_animation_has_all_frames_in_order(tmp_path):
    path = plotting.save_animation(tmp_path / "a.gif", make_frames(), fps=10)
    with Image.open(path) as animation:
        assert (animation.format, animation.n_frames) == ("GIF", 3)
        greys = []
        for k in range(3):
            animation.seek(k)
            greys.append(animation.convert("L").getpixel((3, 3)))
    assert greys == sorted(greys) and greys[0] < 20 and greys[-1] > 235


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


def test_the_diagram_names_what_flows():
    ax = diagrams.draw_gan(data="real things", sample="made things")
    words = {text.get_text() for text in ax.texts}
    assert {"real things", "made things", "generator G", "discriminator D"} <= words


def test_feature_maps_are_drawn_to_scale():
    ax = diagrams.draw_feature_maps([(4, 4, 64), (8, 8, 32), (16, 16, 3)])
    boxes = ax.patches
    heights = [box.get_height() for box in boxes]
    widths = [box.get_width() for box in boxes]
    assert heights == sorted(heights) and widths == sorted(widths, reverse=True)
    assert heights[2] - heights[1] == pytest.approx(2 * (heights[1] - heights[0]))
    assert {"4×4×64", "8×8×32", "16×16×3"} <= {text.get_text() for text in ax.texts}


def test_latent_walk_passes_through_its_corners_evenly():
    corners = np.random.default_rng(0).normal(size=(3, 5))
    walk = plotting.latent_walk(corners, steps=4)
    assert walk.shape == (12, 5)
    np.testing.assert_allclose(walk[::4], corners)
    np.testing.assert_allclose(walk[2], (corners[0] + corners[1]) / 2)
    np.testing.assert_allclose(walk[11], 0.25 * corners[2] + 0.75 * corners[0])
