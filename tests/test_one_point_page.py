"""The one-point GAN's panel in a browser: its numbers, its picture, its controls.

Its numbers are held against lesson 10's automatic differentiation, and against closed
forms: with the Wasserstein loss and R1 the whole game is linear.
"""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from browser import serious_problems, wait_until
from drawing import open_drawing_page, points, read
from lesson_code import from_lesson
from scipy.linalg import expm

from gan_helpers import lab, losses, plotting
from gan_helpers.lab import one_point

RULES = one_point.RULES
H = 0.5
BY_NAME = {"none": None, "R1": losses.r1_penalty, "R1 + R2": losses.r1_r2_penalty}
BY_NAME["gradient penalty"] = losses.gradient_penalty
UNDECIDED = {"least squares": 0.5}
lesson = from_lesson(
    *("stability", "velocity", "velocity_of", "jacobian_at", "follow"),
    *("simultaneous", "alternating", "extragradient"),
)


@pytest.fixture(scope="module")
def page():
    with open_drawing_page(*one_point.SCRIPTS) as opened:
        yield opened


def rules(loss="minimax", penalty="R1", gamma=0.3, rule="continuous"):
    return {"loss": loss, "penalty": penalty, "gamma": gamma, "rule": rule}


def ask(page, function, *values):
    return page.evaluate(f"values => {function}(...values)", list(values))


def path_of(page, game, start):
    """Times (n,) and states (2, n)."""
    found = ask(page, "follow", game, start)
    return np.array(found["times"]), np.array(found["states"]).T


# -- numbers --------------------------------------------------------------------------


def test_both_sides_know_the_same_names(page):
    assert set(page.evaluate("Object.keys(LOSSES)")) == set(one_point.PANEL_LOSSES)
    assert set(page.evaluate("Object.keys(STEPS)")) == set(RULES)
    assert set(page.evaluate("Object.keys(PENALTIES)")) >= set(
        one_point.PANEL_PENALTIES[1:]
    )
    assert page.evaluate("REACH") == one_point.REACH


@pytest.mark.parametrize("loss", one_point.PANEL_LOSSES)
def test_the_velocity_is_that_of_automatic_differentiation(page, loss):
    states = [(0.7, -0.3), (-1.6, 1.9), (0.2, 0.001)]
    for state, penalty in itertools.product(states, one_point.PANEL_PENALTIES):
        found = ask(page, "velocity", rules(loss, penalty, 0.7), state)
        expected = lesson.velocity_of(
            tf.constant(state, tf.float64),
            losses.LOSSES[loss].both,
            BY_NAME[penalty],
            0.7,
            UNDECIDED.get(loss, 0.0),
        )
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("penalty, gamma", [("none", 0.0), ("R1", 0.6), ("R1 + R2", 2)])
def test_a_linear_game_takes_the_path_of_the_closed_form(page, rule, penalty, gamma):
    held = gamma * (2 if penalty == "R1 + R2" else 1)
    field = np.array([[0.0, 1.0], [-1.0, -held]])
    one = np.eye(2)
    d_first = one + H * np.array([[0, 0], [-1.0, -held]])
    step = {
        "continuous": expm(field * H),
        "simultaneous": one + H * field,
        "extragradient": one + H * field @ (one + H * field),
        "alternating": (one + H * np.array([[0, 1.0], [0, 0]])) @ d_first,
    }[rule]
    start = (0.8, -1.1)
    times, states = path_of(page, rules("wasserstein", penalty, gamma, rule), start)
    whole = round(H / times[1])  # times in a step
    expected = [
        np.linalg.matrix_power(step, k) @ start for k in range(len(times[::whole]))
    ]
    np.testing.assert_allclose(states.T[::whole], expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("rule", RULES)
def test_lesson_tens_game_takes_the_lessons_path(page, rule, gamma):
    start = (1.0, 0.0)
    times, states = path_of(page, rules(gamma=gamma, rule=rule), start)
    if rule == "continuous":
        expected, at = lesson.follow(gamma, start)
        states = [np.interp(at[::40], times, values) for values in states]
        np.testing.assert_allclose(states, expected[:, ::40], atol=2e-4)  # between two
        return
    walked = [np.array(start)]
    for _ in times[1:]:
        walked.append(getattr(lesson, rule)(walked[-1], gamma, H))
    np.testing.assert_allclose(states, np.transpose(walked), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("loss", one_point.PANEL_LOSSES)
@pytest.mark.parametrize("penalty", ["none", "R1", "R1 + R2"])
def test_the_eigenvalues_are_numpys_of_the_lessons_jacobian(page, loss, penalty):
    both, undecided = losses.LOSSES[loss].both, UNDECIDED.get(loss, 0.0)
    for gamma in (0.3, 2.5):
        at = [0.0, 0.0], both, BY_NAME[penalty], gamma, undecided
        values = np.linalg.eigvals(lesson.jacobian_at(*at))
        found = ask(page, "predict", rules(loss, penalty, gamma))
        found_values = [complex(*pair) for pair in found["values"]]
        np.testing.assert_allclose(
            np.sort_complex(found_values), np.sort_complex(values), atol=1e-6
        )
        np.testing.assert_allclose(found["rate"], -values.real.max(), atol=1e-6)
        assert abs(found["turning"] - np.abs(values.imag).max()) < 1e-6


@pytest.mark.parametrize("rule", RULES)
def test_the_predicted_rates_are_those_that_are_measured(page, rule):
    games = [
        rules(loss, "R1", gamma, rule)
        for gamma in (0.2, 0.6, 1.4)
        for loss in one_point.PANEL_LOSSES
    ]
    pairs = page.evaluate(
        """games => games.map(
          game => [predict(game), measure(follow(game, [2e-6, 1e-6]))])""",
        games,
    )
    for game, (said, seen) in zip(games, pairs, strict=True):
        assert seen["rate"] == pytest.approx(said["rate"], rel=0.02), game
        if said["turning"] > 0.1:
            assert seen["turning"] == pytest.approx(said["turning"], rel=0.02), game


def test_a_game_that_is_driven_out_is_followed_no_further_than_needed(page):
    game = rules("wasserstein", "R1 + R2", 2.5, "simultaneous")
    assert ask(page, "predict", game)["rate"] < 0
    times, states = path_of(page, game, (1.0, 0.0))
    assert times[-1] < 40 and np.isfinite(states).all()


def test_at_the_solution_nothing_moves_and_nothing_is_measured(page):
    path = ask(page, "follow", rules(), (0, 0))
    assert np.abs(path["states"]).max() == 0
    assert ask(page, "measure", path) is None


# -- the picture ----------------------------------------------------------------------


def draw(page, **values):
    """The panels as they stand, with what the widget would be given."""
    first = lab.OnePointLab(**values).show().first
    page.evaluate(
        """first => new Promise(done => {
          const root = document.querySelector(".gan-lab");
          window.view?.dispose();
          window.view = new OnePointView(root, first);
          view.stage.onDescribed = () => done();
        })""",
        first,
    )
    return read(page)


def path_drawn(panel):
    """The orange line, in data units (n, 2)."""
    line = panel.one("stroke", color=plotting.FAKE, width=2.2)
    return panel.axes().data(points(line))


def test_the_path_is_drawn_from_the_start_as_it_is_computed(page):
    field = draw(page, start=(-1.2, 0.7), gamma=0.6)["field"]
    drawn = path_drawn(field)
    _, states = path_of(page, rules(gamma=0.6), (-1.2, 0.7))
    np.testing.assert_allclose(drawn, states.T, atol=0.01)
    square = np.reshape(field.find("rect")[-1].box, (2, 2)).mean(axis=0)
    np.testing.assert_allclose(field.axes().data(square), [[-1.2, 0.7]], atol=0.01)


def test_the_star_stands_where_the_path_ends(page):
    field = draw(page, start=(-1.2, 0.7), gamma=0.0, rule="alternating")["field"]
    [star] = (text for text in field.find("text") if text.text == "★")
    game = rules(gamma=0.0, rule="alternating")
    *_, before, last = path_of(page, game, (-1.2, 0.7))[1].T
    assert np.linalg.norm(last - before) > 0.1
    np.testing.assert_allclose(field.axes().data([star.at]), [last], atol=0.02)


def test_arrows_of_one_length_point_where_both_are_pushed(page):
    field = draw(page, gamma=0.6)["field"]
    axes = field.axes()
    shafts = np.array([points(c)[:2] for c in field.find("stroke", width=1.1)])
    assert len(shafts) > 100
    ends = axes.data(shafts.reshape(-1, 2)).reshape(-1, 2, 2)
    ways = ends[:, 1] - ends[:, 0]
    np.testing.assert_allclose(np.linalg.norm(ways, axis=1), 0.24, rtol=0.02)
    expected = lesson.velocity(ends.mean(axis=1).T, 0.6).T
    expected /= np.linalg.norm(expected, axis=1)[:, None]
    np.testing.assert_allclose(ways / 0.24, expected, atol=0.05)


def test_both_axes_of_the_field_have_one_scale(page):
    slopes = np.diff(draw(page)["field"].axes().data([[0, 0], [1, 1]]), axis=0)
    assert abs(slopes[0, 0] + slopes[0, 1]) < 1e-4


def test_the_distance_is_drawn_in_powers_of_ten_beside_the_prediction(page):
    panel = draw(page, gamma=0.6)["distance"]
    _, states = path_of(page, rules(gamma=0.6), (1, 0))
    tens = np.log10(np.linalg.norm(states, axis=0))
    np.testing.assert_allclose(path_drawn(panel)[:, 1], tens, atol=0.03)
    [dashed] = [call for call in panel.find("stroke") if call.dash]
    line = panel.axes().data(points(dashed))
    slope = np.polyfit(*line.T, 1)[0]
    assert slope == pytest.approx(-0.3 / np.log(10), rel=0.01)
    assert "predicted 0.300, measured 0.300" in panel.readout


def test_where_there_is_no_jacobian_it_says_why_and_what_to_do(page):
    panels = draw(page, loss="wasserstein", penalty="gradient penalty", gamma=0.25)
    status = page.locator(".lab-status").inner_text()
    assert "No eigenvalues" in status and "from −0.50 to 0.50" in status
    assert "Choose R1" in status
    assert "predicted" not in panels["distance"].readout
    assert not [c for c in panels["distance"].find("stroke") if c.dash]


# -- the controls ---------------------------------------------------------------------


@pytest.fixture
def panel(page, tmp_path):
    """The panel as the site's page, without a network."""
    saved = tmp_path / "panel.html"
    saved.write_text(lab.OnePointLab().as_html(), encoding="utf-8")
    context = page.context.browser.new_context(
        viewport={"width": 1280, "height": 720}, has_touch=True
    )
    context.set_offline(True)
    opened = context.new_page()
    errors = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(saved.as_uri())
    opened.wait_for_selector(".gan-lab[data-drawn]")
    yield opened
    assert errors == []
    context.close()


def says(panel, text):
    """Wait until the words under a panel, or the line above, hold this text."""

    def words():
        return panel.locator(".gan-lab").inner_text()

    wait_until(lambda: text in words(), text, 10, explain=words)


def place(panel, theta, psi):
    """Where a state is on the screen, by the panel's own scales."""
    box = panel.locator("[data-panel=field] canvas").bounding_box()
    size = min(box["height"] - 8 - 2.9 * 14, box["width"] - 12 - 4.6 * 14)
    unit = size / (2 * 2 * 1.08)
    left, top = box["x"] + 4.6 * 14, box["y"] + 8
    across, down = box["width"] - 12 - 4.6 * 14, box["height"] - 8 - 2.9 * 14
    return left + across / 2 + theta * unit, top + down / 2 - psi * unit


def test_a_drag_brings_the_start_along(panel):
    panel.mouse.move(*place(panel, 1, 0))
    panel.mouse.down()
    panel.mouse.move(*place(panel, 0.2, 0.9), steps=4)
    panel.mouse.move(*place(panel, -1.0, 1.5), steps=4)
    says(panel, "Start θ = −1.00, ψ = 1.50")
    panel.mouse.up()
    panel.mouse.move(*place(panel, 0, 0))
    panel.mouse.move(*place(panel, 9, 9))
    says(panel, "Start θ = −1.00, ψ = 1.50")  # only while the button is down


def test_a_finger_sets_it_and_it_stays_within_reach(panel):
    panel.touchscreen.tap(*place(panel, 0.5, -1.0))
    says(panel, "Start θ = 0.50, ψ = −1.00")
    panel.touchscreen.tap(*place(panel, 2.4, 0.0))
    says(panel, "Start θ = 2.00, ψ = 0.00")


def test_the_keyboard_does_it_all(panel):
    canvas = panel.get_by_role("application")
    canvas.focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "Shift+ArrowUp"):
        canvas.press(key)
    says(panel, "Start θ = 0.90, ψ = 0.30")
    assert "θ = 0.90, ψ = 0.30" in canvas.get_attribute("aria-label")
    panel.get_by_label("Weight γ").focus()
    for _ in range(28):  # of 0.025
        panel.keyboard.press("ArrowRight")
    says(panel, "Eigenvalues −0.50 and −0.50: near the solution the path creeps in")
    panel.get_by_label("Penalty", exact=True).select_option("none")
    says(panel, "Eigenvalues 0.00 ± 0.50i: near the solution the path goes round")
    assert panel.get_by_label("Weight γ").is_disabled()
    panel.get_by_label("Steps", exact=True).select_option("simultaneous")
    says(panel, "a step multiplies the distance by 1.031: near the solution the path")
    panel.get_by_label("Loss", exact=True).select_option("wasserstein")
    says(panel, "0.00 ± 1.00i")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_projector_and_is_accessible(panel, scheme):
    panel.emulate_media(color_scheme=scheme)
    assert serious_problems(panel) == []
    whole = panel.evaluate("[document.body.scrollWidth, document.body.scrollHeight]")
    assert whole[0] <= 1280 and whole[1] <= 720
    sizes = panel.locator(".gan-lab :is(p, label, span, select)").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 14
