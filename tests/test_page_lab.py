"""The lab on a page of its own, played in Chromium without a kernel or a network."""

import re

import page_agreement
import pytest
from browser import open_browser, serious_problems
from page_lab import open_lab_page

from gan_helpers.lab.controls import make_settings, point_settings
from gan_helpers.lab.steps import USUAL
from gan_helpers.losses import LOSSES

NO_WORKER = "window.Worker = class { constructor() { throw new Error('none'); } };"
LATE_REFUSAL = """window.Worker = class {
  constructor() { setTimeout(() => this.onerror({ message: "refused" }), 50); }
  postMessage() {}
};"""
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
  Object.defineProperty(window, name, { get() { throw new Error("forbidden"); } });
}"""
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
COLLAPSE = ["ring of 8", "normal", "8", "Adam, β₁ 0.5"]


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def shared(browser):
    lab = open_lab_page(browser)
    yield lab
    assert lab.errors == []


@pytest.fixture
def lab(shared):
    """The shared page, paused and with the settings that it starts with."""
    shared.pause()
    shared.preset("Learns a parabola").click()
    shared.settled(lambda lab: lab.iteration == 0, "the start")
    return shared


# -- playing --------------------------------------------------------------------------


def test_play_trains_and_draws_and_pause_stops(lab):
    panels = ("data", "features", "losses", "quality")
    before = [lab.picture(panel) for panel in panels]
    lab.play()
    lab.pause()
    after = [lab.picture(panel) for panel in panels]
    assert all(old != new for old, new in zip(before, after, strict=True))
    words = f"Iteration {lab.iteration:,}: D’s loss"
    lab.wait(lambda lab: words in lab.status, "the words of the last frame")
    iteration = lab.iteration
    lab.page.wait_for_timeout(300)
    assert lab.iteration == iteration > 0


def test_all_of_it_works_from_the_keyboard(lab):
    press = lab.page.keyboard.press
    lab.preset("Mode collapse").focus()
    press("Enter")
    lab.settled(lambda lab: lab.setting("g_steps") == "5", "the example")
    lab.button("play").focus()
    press("Space")
    lab.wait(lambda lab: lab.iteration > 3, "some iterations")
    press("Space")
    lab.wait(lambda lab: lab.data("playing") == "false", "a pause")
    lab.control("d_rate").focus()
    press("ArrowUp")
    lab.wait(lambda lab: lab.setting("d_rate") == "0.00224", "one step of a slider")


def test_nothing_trains_in_a_hidden_tab(lab):
    lab.play()
    lab.page.evaluate(HIDE, True)
    lab.page.wait_for_timeout(600)
    lab.settled(lambda lab: True, "what was asked for before")
    iteration = lab.iteration
    lab.page.wait_for_timeout(500)
    assert lab.iteration == iteration
    lab.page.evaluate(HIDE, False)
    lab.wait(lambda lab: lab.iteration > iteration, "more iterations")
    lab.pause()


def test_going_back_begins_a_branch(lab):
    for _ in range(4):
        lab.button("g-step").click()
    lab.settled(lambda lab: lab.iteration == 4, "four steps")
    lab.control("timeline").focus()
    lab.page.keyboard.press("Home")
    lab.wait(lambda lab: lab.data("past") == "true", "the first frame")
    assert "Looking back at iteration 0" in lab.status
    lab.page.keyboard.press("ArrowRight")
    lab.settled(lambda lab: lab.iteration == 1, "the second frame")
    lab.button("rewind").click()
    lab.settled(lambda lab: lab.data("past") == "false", "the branch")
    assert lab.control("timeline").get_attribute("max") == "1"


def test_settings_change_while_it_trains_and_start_anew(lab):
    lab.play()
    lab.control("loss").select_option("hinge")
    lab.wait(lambda lab: lab.setting("loss") == "hinge", "the loss")
    assert lab.iteration > 0 and lab.data("playing") == "true"
    lab.control("activation").select_option("tanh")
    lab.wait(lambda lab: lab.setting("activation") == "tanh", "new networks")
    lab.pause()
    assert "activation=tanh" in lab.page.url and "loss=hinge" in lab.page.url


# -- what is offered ------------------------------------------------------------------


def test_the_page_offers_what_the_labs_offers(lab):
    """The same losses and settings with the same bounds; more only where it says so."""
    common = {
        "d_rate": 1e-3,
        "g_rate": 1e-3,
        "d_steps": 1,
        "g_steps": 1,
        "penalty_kind": USUAL,
        "penalty": 1.0,
    }
    own = point_settings("quadratic", "uniform", 2, "leaky ReLU", 16, n_own=0)
    theirs = make_settings(own, **common, loss="non-saturating", seed=0).as_dicts()
    ours = lab.page.evaluate(
        "() => new Promise(done => { \
        const home = new PageModel(() => {}); home.onContent = ({ settings }) => \
        done(settings); home.send({ type: 'hello' }); })"
    )
    ours = {setting["name"]: setting for setting in ours}
    keys = ("kind", "value", "minimum", "maximum", "log", "restarts")

    def words(setting):
        return setting["help"].replace("’", "'")

    for setting in theirs:
        name = setting["name"]
        assert {k: ours[name][k] for k in keys} == {k: setting[k] for k in keys}, name
        if name != "loss":
            assert set(setting["choices"]) <= set(ours[name]["choices"])
    assert ours["loss"]["choices"] == list(page_agreement.LOSSES)
    assert set(page_agreement.LOSSES) <= set(LOSSES)  # none of its own
    ours_kind = ours["penalty_kind"]
    (kind,) = (setting for setting in theirs if setting["name"] == "penalty_kind")
    assert ours_kind["choices"] == kind["choices"] == [USUAL, *page_agreement.PENALTIES]
    assert words(ours_kind) == words(kind)
    assert ours["optimizer"]["choices"] == list(page_agreement.OPTIMIZERS)
    assert set(ours) - {s["name"] for s in theirs} == {"depth", "optimizer"}


def test_an_example_asks_a_question_and_its_cure_sets_other_rules(lab):
    lab.preset("Mode collapse").click()
    lab.settled(lambda lab: lab.setting("g_steps") == "5", "the example")
    assert "How many of the 8 modes" in lab.question
    assert [
        lab.setting(k) for k in ("data", "noise", "noise_dim", "optimizer")
    ] == COLLAPSE
    assert not lab.page.locator(".page-answer").is_visible()
    lab.preset("Answer").click()
    assert lab.page.locator(".page-answer").is_visible()
    lab.preset("Cure").click()
    lab.settled(lambda lab: lab.setting("g_steps") == "1", "the cure")
    assert lab.setting("penalty_kind") == "R1"


def test_every_example_reads_as_sentences(lab):
    names = lab.page.locator(".page-presets button[aria-pressed]").all_inner_texts()
    assert len(names) == 6 and len(set(names)) == len(names)
    for name in names:
        lab.preset(name).click()
        lab.preset("Answer").click()
        asked, *_, answered = lab.page.locator(".page-question p").all_text_contents()
        assert len(asked) > 60 and asked.endswith("?")
        assert len(answered) > 60 and answered.endswith(".")
        assert not re.search("NaN|undefined|  ", asked + answered)


def test_an_infinite_loss_is_told_and_the_last_good_frame_goes_on(lab):
    lab.preset("Explosion").click()
    lab.settled(lambda lab: lab.setting("optimizer") == "SGD", "the example")
    lab.button("play").click()
    lab.wait(lambda lab: lab.data("halted"), "the end of it")
    assert "is no longer a number" in lab.notice
    lab.button("last-good").click()
    lab.settled(lambda lab: not lab.data("halted"), "the last good frame")
    lab.preset("Cure").click()
    lab.settled(lambda lab: lab.setting("optimizer") != "SGD", "the cure")
    lab.play()
    lab.pause()
    assert lab.notice == ""


# -- links ----------------------------------------------------------------------------


def test_a_link_carries_the_settings(browser):
    lab = open_lab_page(browser, "#loss=hinge&d_rate=0.01&data=two+moons&depth=3")
    lab.settled(lambda lab: lab.setting("loss") == "hinge", "the link's settings")
    found = [lab.setting(name) for name in ("d_rate", "data", "depth", "width")]
    assert found == ["0.01", "two moons", "3", "16"]
    lab.preset("Link to these settings").click()
    lab.wait(lambda lab: "#d_rate=0.01&loss=hinge" in lab.note, "the link")
    assert lab.errors == []


def test_nonsense_in_a_link_is_told_and_the_rest_is_set(browser):
    lab = open_lab_page(
        browser,
        "#loss=cross&d_rate=fast&width=1e9&colour=red&data=spiral&seed=&%E0%A4%A",
    )
    lab.settled(lambda lab: lab.setting("data") == "spiral", "what makes sense")
    for word in ("“cross”", "“fast”", "“colour”", "from 4 to 128", "The rest is set"):
        assert word in lab.note
    assert lab.setting("loss") == "non-saturating"
    lab.play()
    lab.pause()
    assert lab.errors == []


# -- drawing and saving ---------------------------------------------------------------


def draw(lab, *moves):
    lab.button("draw").click()
    canvas = lab.root.locator("[data-panel=data] canvas")
    canvas.focus()
    for key in moves:
        lab.page.keyboard.press(key)
    lab.button("use-drawing").click()


def test_a_drawing_of_one_point_is_refused_and_the_lab_goes_on(lab):
    draw(lab, "Space")
    lab.wait(lambda lab: "expected at least 2 different ones" in lab.status, "a word")
    assert lab.setting("data") == "quadratic"
    lab.play()


def test_a_drawing_is_trained_on(lab):
    draw(lab, "Space", *["ArrowRight"] * 4, "Space", *["ArrowUp"] * 4, "Space")
    lab.settled(lambda lab: lab.setting("data") == "drawn", "the drawing")
    assert lab.iteration == 0
    lab.play()
    lab.pause()
    assert "data=" not in lab.page.url  # nobody else has drawn these points


def test_the_saved_page_plays_by_itself(lab, browser, tmp_path):
    lab.play()
    lab.pause()
    with lab.page.expect_download() as download:
        lab.button("save").click()
    saved = tmp_path / "saved.html"
    download.value.save_as(saved)
    assert saved.stat().st_size < 3_000_000
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(saved.as_uri())
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => document.querySelector('.gan-lab').dataset.frame > 2")
    assert "frame" in page.locator(".lab-value").inner_text()
    assert errors == []


# -- where something is missing -------------------------------------------------------


@pytest.mark.parametrize("before", [NO_WORKER, LATE_REFUSAL])
def test_without_workers_it_trains_in_slices(browser, before):
    lab = open_lab_page(browser, "#data=spiral", before=before)
    lab.settled(lambda lab: lab.setting("data") == "spiral", "the link's settings")
    lab.play()
    lab.pause()
    lab.page.context.close()


def test_without_workers_it_says_so(browser):
    lab = open_lab_page(browser, before=NO_WORKER)
    assert "gives the page no worker" in lab.note
    lab.page.context.close()


def test_it_stores_nothing_and_needs_no_storage(browser):
    lab = open_lab_page(browser, before=NO_STORAGE)
    lab.play()
    lab.pause()
    assert lab.errors == []
    lab.page.context.close()


# -- screens --------------------------------------------------------------------------


@pytest.mark.parametrize("example", [None, "Mode collapse"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720)])
def test_panels_and_controls_fit_a_projector(lab, width, height, example):
    lab.page.set_viewport_size({"width": width, "height": height})
    if example:
        lab.preset(example).click()
        lab.settled(lambda lab: lab.setting("g_steps") == "5", "the example")
    parts = "header, .page-presets, .lab-panels canvas, .lab-field, .lab-timeline"
    boxes = [part.bounding_box() for part in lab.page.locator(parts).all()]
    assert len(boxes) == 2 + 4 + 15 + 1
    for box in boxes:
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert box["y"] >= 0 and box["y"] + box["height"] <= height
    scrolls = "element => element.scrollHeight - element.clientHeight"
    for name in ("html", ".lab-controls"):
        assert lab.page.locator(name).evaluate(scrolls) <= 1, name
    lab.page.set_viewport_size({"width": 1280, "height": 720})


def test_full_screen_keeps_the_examples(lab):
    lab.button("full-screen").click()
    lab.page.wait_for_function("() => document.fullscreenElement")
    assert lab.page.locator(":fullscreen .page-presets").count() == 1
    lab.page.evaluate("() => document.exitFullscreen()")
    lab.page.wait_for_function("() => !document.fullscreenElement")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_plays_by_touch(browser, scheme):
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
    lab = open_lab_page(browser, **phone, color_scheme=scheme)
    wide = lab.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360
    button = lab.button("play").bounding_box()
    assert button["y"] + button["height"] <= 740 and button["height"] >= 40
    lab.button("play").tap()
    lab.wait(lambda lab: lab.iteration > 5, "some iterations")
    lab.button("play").tap()
    lab.wait(lambda lab: lab.data("playing") == "false", "a pause")
    assert serious_problems(lab.page) == []
    lab.page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser, scheme):
    lab = open_lab_page(browser, color_scheme=scheme)
    lab.preset("Oscillation").click()
    lab.settled(lambda lab: lab.setting("data") == "one Gaussian", "the example")
    assert serious_problems(lab.page) == []
    lab.page.context.close()
