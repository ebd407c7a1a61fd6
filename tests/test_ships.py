"""Synthetic ships: the same for the same seed, and drawn where geometry puts them."""

import math

import numpy as np
import pytest
from PIL import Image, ImageDraw

from gan_helpers import data
from gan_helpers.data import ships
from gan_helpers.data.ship_kinds import BUILDS
from gan_helpers.data.ship_models import Camera, Part, box, draw_parts, make_ship

LIGHT = np.array([0.0, -1.0, 0.0]), np.full(3, 0.6), np.full(3, 0.4)
CENTRE = np.array([50.0, 60.0])


def camera(yaw=0.0, height=0.0, near=0.0, scale=80.0):
    return Camera(yaw=yaw, height=height, near=near, scale=scale, centre=CENTRE)


def test_the_same_seed_gives_the_same_ships():
    first, again, other = (data.make_ships(20, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.images, again.images)
    np.testing.assert_array_equal(first.labels, again.labels)
    assert not np.array_equal(first.images, other.images)


def test_shape_labels_and_provenance():
    found = data.make_ships(60)
    assert found.images.shape == (60, 32, 32, 3) and found.provenance == "synthetic"
    assert found.class_names == tuple(BUILDS) and len(BUILDS) == 9
    assert set(found.labels) == set(range(9))  # with this seed each kind occurs
    assert len(np.unique(found.images.reshape(60, -1), axis=0)) == 60


LOOKS = {  # mean red, green, blue, and spread over all, of the kinds in make_ships(300)
    "freighter": (119.26, 129.54, 144.10, 68.75),
    "container ship": (123.17, 131.58, 135.47, 58.80),
    "tanker": (104.59, 118.02, 135.20, 67.81),
    "cruise ship": (127.15, 133.47, 143.84, 64.76),
    "warship": (114.84, 129.32, 141.58, 64.26),
    "workboat": (120.96, 130.86, 139.42, 68.09),
    "motorboat": (128.52, 134.15, 144.32, 62.95),
    "sailing boat": (150.09, 160.01, 173.07, 64.14),
    "tall ship": (145.45, 155.63, 163.84, 64.02),
}


def test_the_looks_of_each_kind_stay_as_they_were_judged():
    """Colours and builds were chosen by eye; a changed one shows in these numbers."""
    found = data.make_ships(300)
    for label, name in enumerate(found.class_names):
        images = found.images[found.labels == label].astype(float)
        looks = *images.mean(axis=(0, 1, 2)), images.std()
        np.testing.assert_allclose(looks, LOOKS[name], atol=0.03, err_msg=name)


def test_fewer_than_one_is_refused():
    with pytest.raises(data.DataError, match="n is 0, expected at least 1 picture"):
        data.make_ships(0)


@pytest.mark.parametrize(
    ("point", "place"),
    [
        ((0.5, 0, 0), (90, 60)),  # the stem, to the right
        ((0, 0, 0.25), (50, 40)),  # up
        ((0, 0.3, 0), (50, 60)),  # away from the eye
    ],
)
def test_from_the_side_a_ship_is_drawn_to_scale(point, place):
    places, _ = camera().project(np.array([point]))
    np.testing.assert_allclose(places[0], place)


@pytest.mark.parametrize("yaw", [0.3, -0.9, 2.0])
@pytest.mark.parametrize("height", [0.1, 0.5])
def test_any_view_is_a_rotation(yaw, height):
    """Lengths along the picture and the depth are those of a rotated ship."""
    points = np.random.default_rng(0).normal(size=(7, 3))
    places, depth = camera(yaw, height).project(points)
    found = np.column_stack([(places - CENTRE) / 80, depth])
    np.testing.assert_allclose(found @ found.T, points @ points.T, atol=1e-12)
    view = camera(yaw, height).view
    np.testing.assert_allclose(points @ view, -depth, atol=1e-12)


def test_near_parts_are_larger():
    bow_on = camera(yaw=math.pi / 2, near=0.5)  # the bow points away
    high = np.array([(-0.4, 0, 0.1), (0.4, 0, 0.1)])
    (near, far), depth = bow_on.project(high)
    assert depth[0] < depth[1]
    np.testing.assert_allclose(CENTRE[1] - near[1], 8 / (1 - 0.5 * 0.4))
    np.testing.assert_allclose(CENTRE[1] - far[1], 8 / (1 + 0.5 * 0.4))


def drawn(parts, view, light=LIGHT):
    canvas = Image.new("RGBA", (100, 100))
    draw_parts(ImageDraw.Draw(canvas), parts, view, light)
    return np.asarray(canvas)


def test_near_parts_hide_far_ones_whatever_their_order():
    red, blue = np.array((1.0, 0, 0)), np.array((0, 0, 1.0))
    square = np.array([(-0.2, 0, 0), (0.2, 0, 0), (0.2, 0, 0.4), (-0.2, 0, 0.4)])
    near, far = Part(square - (0, 0.1, 0), red), Part(square + (0, 0.1, 0), blue)
    for parts in ([near, far], [far, near]):
        assert tuple(drawn(parts, camera())[45, 50]) == (255, 0, 0, 255)
    red, _, blue, _ = drawn([near, far], camera(yaw=math.pi))[45, 50]
    assert red == 0 and blue > 100


def test_a_face_is_as_bright_as_it_looks_to_the_light():
    grey = np.full(3, 0.5)
    block = box((-0.3, 0.3), 0.2, (0, 0.3), grey)
    view = camera(height=0.5)
    for direction, side, top in (((0, -1, 0), 1, 0.25), ((0, 0, 1), 0.25, 1)):
        picture = drawn(block, view, (np.array(direction), LIGHT[1], LIGHT[2]))
        front = view.project(np.array([(0, -0.2, 0.15)]))[0][0].round().astype(int)
        above = view.project(np.array([(0, 0, 0.3)]))[0][0].round().astype(int)
        for (x, y), lit in ((front, side), (above, top)):
            expected = [255 * 0.5 * (0.4 + 0.6 * lit)] * 3
            np.testing.assert_allclose(picture[y, x, :3], expected, atol=0.6)


@pytest.mark.parametrize("kind", BUILDS)
def test_each_ship_floats_within_its_length(kind):
    rng = np.random.default_rng(0)
    for _ in range(20):
        hull, above = make_ship(BUILDS[kind], rng)
        for parts, low in ((hull, 0.0), (above, 0.02)):
            points = np.concatenate([part.points for part in parts])
            assert points[:, 2].min() >= low  # nothing hangs under water
            assert np.abs(points[:, 0]).max() < 0.7
        points = np.concatenate([part.points for part in hull])
        beam, side = BUILDS[kind].beam, BUILDS[kind].side
        assert beam[0] <= np.ptp(points[:, 1]) <= beam[1] + 1e-9
        assert points[:, 2].max() <= side[1] * (1 + BUILDS[kind].rise) + 1e-9


def test_the_sea_lies_below_the_horizon():
    """Blue sky over dark water: each half has the colour that the light says."""
    rng = np.random.default_rng(0)
    lights = np.repeat(ships.LIGHTS[:1], 200, axis=0)
    scene = ships._sky_and_sea(lights, np.full(200, 16.0), np.ones(200), rng)
    mean = scene.mean(axis=(0, 2))
    low_sky, far_sea = lights[0, 1], lights[0, 2]
    np.testing.assert_allclose(mean[17], far_sea, atol=0.05)
    assert np.all(mean[0] < low_sky) and np.all(mean[31] < far_sea)


def test_calm_water_mirrors_a_ship_and_rough_water_does_not():
    rng = np.random.default_rng(0)
    sea, ship = np.zeros((2, 32, 32, 3)), np.zeros((2, 32, 32, 4))
    ship[:, 16:20, 8:24] = 1  # white, above a waterline at 20
    water, calm = np.full(2, 20.0), np.array([1.0, 0.0])
    still, rough = ships._reflect(sea, ship, water, calm, rng)[..., 0]
    assert not rough.any() and not still[:20].any() and not still[24:].any()
    assert still[20:24, 12:20].min() > 0.3
    assert still[20, 12:20].min() > still[23, 12:20].max()  # it fades
