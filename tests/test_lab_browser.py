"""The live lab in a real browser: JupyterLab, Chromium, a kernel with TensorFlow.

The lab of lesson 02 serves most tests, in order, because it takes half a minute to
open; each test brings the lab to where it needs it. Of the lessons with a lab only the
cells behind the lab are run here.
"""

import os
import re
import shutil
import signal
import time

import pytest
from browser import (
    ROOT,
    SECONDS,
    Kernel,
    errors_of_cells,
    open_browser,
    open_notebook,
    serious_problems,
    serve,
    wait_until,
    write_notebook,
)
from lab_page import LabPage, open_lab, run_up_to
from lesson_cells import cells_behind

LESSONS = ROOT / "notebooks"
FIRST = "02_quadratic_gan"
SLIDERS = "01_minimax_objective"  # which has no lab
# The variable of the lab in each notebook; "small" is no lesson, and quick to run.
LABS = {
    FIRST: "quadratic_lab",
    "03_feature_space": "feature_lab",
    "05_dcgan_fashion_mnist": "picture_lab",
    "07_ships": "ship_lab",
    "small": "small_lab",
}
PANEL = "10_stability", "one_point_lab"
SMALL = [
    'from gan_helpers import lab\nsmall_lab = lab.PointLab(data="ring of 8")',
    "small_lab.show()",
    "small_lab.show()  # a second view",
]
DIGESTS = """
import hashlib
def digest(network):
    weights = b"".join(w.tobytes() for w in network.get_weights())
    return hashlib.sha256(weights).hexdigest()
"""
NOTE_WHEN = """
import time
def train_for(milliseconds):
    type(points).train_for(points, milliseconds)
    points.last_trained = time.time()
points.train_for = train_for
"""
# Whether no control and no panel reaches beyond the lab, nor the lab beyond its cell.
FITS = """root => {
  const right = root.getBoundingClientRect().right;
  const parts = root.querySelectorAll("button, input, select, label, canvas, p");
  const within = e => e.getBoundingClientRect().right <= right + 1;
  return root.scrollWidth <= root.clientWidth + 1 && [...parts].every(within)
    && right <= window.innerWidth;
}"""
BOTH = "[digest(points.discriminator), digest(points.generator)]"


@pytest.fixture(scope="module")
def browser():
    with open_browser() as found:
        yield found


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    shutil.copy(LESSONS / f"{SLIDERS}.ipynb", folder)
    for name, variable in LABS.items():
        slug = name.partition("_")[2]
        cells = cells_behind(slug, variable) if slug else SMALL
        write_notebook(folder / f"{name}.ipynb", *cells)
    name, variable = PANEL
    write_notebook(folder / f"{name}.ipynb", *cells_behind("stability", variable))
    with serve(folder, tmp_path_factory.mktemp("home")) as started:
        yield started


@pytest.fixture(scope="module")
def shared(browser, server):
    lab = open_lab(browser, server, FIRST, LABS[FIRST])
    yield lab
    assert lab.errors == []
    lab.page.close()


@pytest.fixture(scope="module")
def kernel(shared, server):
    client = Kernel(server)
    client.value("1", before=f"points = {LABS[FIRST]}")
    yield client
    client.close()


@pytest.fixture
def lab(shared):
    shared.pause()
    return shared


def stays(read, seconds=0.5):
    """Whether what `read` returns stays the same for this time."""
    value, end = read(), time.monotonic() + seconds
    while time.monotonic() < end:
        if read() != value:
            return False
        time.sleep(0.05)
    return True


def test_play_makes_frames_advance_and_pause_stops_the_work(lab, kernel):
    panels = ("data", "features", "losses", "quality")
    before = [lab.picture(panel) for panel in panels]
    lab.play()
    assert lab.iteration > 0
    after = [lab.picture(panel) for panel in panels]
    assert all(old != new for old, new in zip(before, after, strict=True))
    lab.pause()
    wait_until(lambda: stays(lambda: kernel.value("points.iteration")), "a rest", 5)
    assert kernel.value("points.iteration") == lab.iteration > 0


def test_every_panel_says_in_words_what_it_shows(lab):
    lab.reset()
    lab.button("g-step").click()
    lab.wait(lambda lab: lab.iteration == 1, "one step")

    def label(panel):
        canvas = lab.root.locator(f"[data-panel={panel}]").get_by_role("img")
        return canvas.get_attribute("aria-label")

    lab.wait(lambda _: "iteration 1" in label("quality"), "the new words")
    assert "generated points span" in label("data")
    assert "centroids apart" in label("features")
    assert "At equilibrium: 1.39 and 0.693" in label("losses")
    assert "Iteration 1:" in lab.status


def test_a_learning_rate_moved_by_keyboard_arrives_in_the_engine(lab, kernel):
    """Frames come in all the while, and no answer takes a press back."""
    lab.play()
    before = kernel.value("float(points.run.d_optimizer.learning_rate)")
    slider = lab.control("d_rate")
    slider.focus()
    for _ in range(10):
        lab.page.keyboard.press("ArrowUp", delay=20)
    shown = float(slider.get_attribute("aria-valuetext"))
    lab.wait(lambda lab: float(lab.confirmed("d_rate")) == shown, "the new rate")
    rate = kernel.value("float(points.run.d_optimizer.learning_rate)")
    assert rate == pytest.approx(shown)
    assert rate == pytest.approx(before * 10**0.5, rel=0.02)  # 20 presses a decade
    assert lab.data("playing") == "true"
    for _ in range(10):
        lab.page.keyboard.press("ArrowDown", delay=20)
    lab.wait(
        lambda lab: float(lab.confirmed("d_rate")) == pytest.approx(before, rel=0.02),
        "the old rate",
    )


def test_keys_pressed_in_the_lab_are_no_commands_of_the_notebook(lab):
    cells = lab.page.locator(".jp-Notebook .jp-CodeCell")
    before = cells.count()
    for name in ("d_rate", "loss", "play"):
        lab.control(name).focus()
        for key in ("b", "ArrowDown", "a"):  # cell below, next cell, cell above
            lab.page.keyboard.press(key)
        focused = "element => element === document.activeElement"
        assert lab.control(name).evaluate(focused)
    assert cells.count() == before


def test_one_step_moves_only_its_own_network(lab, kernel):
    for name, changes in (("d", [True, False]), ("g", [False, True])):
        before, iteration = kernel.value(BOTH, before=DIGESTS), lab.iteration
        lab.button(f"{name}-step").click()
        lab.wait(lambda lab, last=iteration: lab.iteration == last + 1, "one step", 60)
        after = kernel.value(BOTH)
        assert [a != b for a, b in zip(before, after, strict=True)] == changes


def test_each_press_of_a_step_button_counts(lab):
    lab.reset()
    for _ in range(4):
        lab.button("d-step").click(no_wait_after=True)
    lab.wait(lambda lab: lab.iteration == 4, "four steps")


def test_scrubbing_looks_back_and_rewinding_starts_a_branch(lab, kernel):
    lab.reset()
    lab.play()
    lab.wait(
        lambda lab: int(lab.control("timeline").get_attribute("max")) > 12, "frames"
    )
    lab.pause()
    lab.wait(lambda lab: lab.iteration == kernel.value("points.iteration"), "the end")
    end, newest = lab.iteration, lab.picture("data")
    lab.control("timeline").focus()
    lab.page.keyboard.press("Home")
    lab.wait(lambda lab: lab.data("past") == "true", "the first frame")
    assert lab.iteration == 0 and lab.picture("data") != newest
    for _ in range(10):
        lab.page.keyboard.press("ArrowRight", delay=20)
    recorded = kernel.value("points.recorded(10)['iteration']")
    lab.wait(lambda lab: lab.iteration == recorded, "frame 10")
    assert lab.control("timeline").input_value() == "10"
    assert f"Looking back at iteration {recorded:,} while" in lab.status
    assert kernel.value("points.iteration") == end
    lab.button("rewind").click()
    lab.wait(lambda lab: lab.data("past") == "false", "the new branch")
    at = "[points.iteration, len(points.record.frames)]"
    assert kernel.value(at) == [recorded, 11]
    lab.play()
    assert lab.iteration > recorded


@pytest.mark.parametrize("loss", ["hinge", "relativistic"])
def test_the_loss_changes_while_playing(lab, kernel, loss):
    """The second of them has a penalty, and new steps are compiled for it."""
    lab.play()
    lab.control("loss").select_option(loss)
    lab.wait(lambda lab: lab.confirmed("loss") == loss, loss, 90)
    lab.play()  # waits for frames; nothing is pressed
    assert lab.data("playing") == "true"
    settings = kernel.value("{s['name']: s['value'] for s in points.settings()}")
    assert settings["loss"] == loss
    assert lab.control("penalty").is_enabled() == (loss == "relativistic")
    lab.control("loss").select_option("non-saturating")
    lab.wait(lambda lab: lab.confirmed("loss") == "non-saturating", "the old loss")


def test_a_branch_that_a_cell_starts_is_drawn_from_its_beginning(lab, kernel):
    lab.play()
    lab.wait(lambda lab: lab.iteration > 300, "some training")
    lab.pause()
    kernel.value("1", before="points.rewind(1)")
    back = kernel.value("points.iteration")
    lab.button("g-step").click()
    lab.wait(lambda lab: lab.iteration == back + 1, "one step of the new branch")
    label = lab.root.locator("[data-panel=quality]").get_by_role("img")
    words = f"at iteration {back + 1}."
    lab.wait(lambda _: words in label.get_attribute("aria-label"), "its curve")


def test_a_page_at_twice_the_size_hides_nothing_and_scrolls_one_way(lab):
    """What a 1280 x 900 window shows at 200 % zoom, as on a projector."""
    lab.page.set_viewport_size({"width": 640, "height": 450})
    try:
        lab.wait(lambda lab: lab.root.evaluate(FITS), "all within the width")
        widths = lab.root.locator("figure canvas").evaluate_all(
            "all => all.map(canvas => canvas.clientWidth)"
        )
        assert len(widths) == 4 and min(widths) > 200
        lab.play()
        assert serious_problems(lab.page, ".gan-lab") == []
    finally:
        lab.page.set_viewport_size({"width": 1280, "height": 900})


def test_a_data_set_is_drawn_with_the_mouse(lab, kernel):
    lab.button("draw").click()
    box = lab.root.locator("[data-panel=data] canvas").bounding_box()
    x, y = (box["x"] + box["width"] * k for k in (0.4, 0.9)), box["y"] + 70
    start, end = x
    lab.page.mouse.move(start, y)
    lab.page.mouse.down()
    lab.page.mouse.move(end, y, steps=10)
    lab.page.mouse.up()
    lab.wait(lambda lab: re.search(r"Drawing: \d\d+ points", lab.status), "the points")
    lab.button("use-drawing").click()
    lab.wait(lambda lab: lab.confirmed("data") == "drawn", "the drawing")
    lab.wait(lambda lab: lab.iteration == 0, "a new start")
    spread = "points.frame()['arrays']['real'].std(axis=0).tolist()"
    across, along = kernel.value(spread)
    assert across > 5 * along  # a level line
    lab.play()


def test_a_data_set_is_drawn_with_the_keyboard(lab, kernel):
    lab.button("draw").click()
    assert serious_problems(lab.page, ".gan-lab") == []
    press = lab.page.keyboard.press
    for key in ("Space", "Shift+ArrowUp", "Shift+ArrowUp", "Space", "Enter"):
        press(key)
    lab.wait(lambda lab: lab.iteration == 0, "a new start")
    spread = "points.frame()['arrays']['real'].std(axis=0).tolist()"
    wait_until(lambda: kernel.value(spread)[1] > kernel.value(spread)[0], "two heights")


def test_bad_input_is_answered_in_the_status_line(lab, kernel):
    before = kernel.value("[points.settings(), points.iteration]")
    lab.control("seed").fill("-5")
    lab.control("seed").press("Enter")
    lab.wait(lambda lab: "-5" in lab.status, "words")
    assert kernel.value("[points.settings(), points.iteration]") == before
    assert lab.control("seed").input_value() == lab.confirmed("seed")


def test_a_loss_that_is_no_number_pauses_and_offers_the_last_good_frame(lab, kernel):
    lab.reset()
    lab.play()
    break_g = (
        "with points.lock:\n"
        "    for v in points.generator.trainable_variables: v.assign(v * float('nan'))"
    )
    kernel.value("1", before=break_g)
    lab.wait(lambda lab: lab.data("halted"), "the halt")
    assert lab.data("playing") == "false"
    # An iteration begins with D's step, which is the first to meet G's broken points.
    assert "D's loss was the first that is no longer a number" in lab.notice
    lab.button("last-good").click()
    lab.wait(lambda lab: not lab.notice, "the last good frame")
    assert kernel.value("points.halted") is None
    lab.play()


def test_a_kernel_that_hangs_is_announced_and_playing_goes_on_by_itself(lab, kernel):
    process = kernel.value("__import__('os').getpid()")
    lab.play()
    os.kill(process, signal.SIGSTOP)
    try:
        lab.wait(lambda lab: "does not answer" in lab.notice, "the notice", 60)
    finally:
        os.kill(process, signal.SIGCONT)
    lab.wait(lambda lab: not lab.notice, "the kernel", 30)
    lab.play()  # waits for frames; nothing is pressed


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_no_serious_problem(lab, theme):
    page = lab.page
    change = "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})"
    page.evaluate(change, theme)
    page.wait_for_selector(f"body[data-jp-theme-name='{theme}']", state="attached")
    assert serious_problems(page, ".gan-lab") == []


def save_player(lab, server):
    """The path of a player of what the lab has recorded."""
    folder = server.home / "outputs" / "lab"
    before = set(folder.glob("*.html"))
    lab.button("save").click()
    lab.wait(lambda lab: "Saved as" in lab.status, "the file")
    [path] = set(folder.glob("*.html")) - before
    return path


def open_player(browser, path):
    """The player in a browser without a network; and the addresses it asks for."""
    page = browser.new_context(offline=True).new_page()
    player, asked = LabPage(page), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_selector(".gan-lab[data-frame='0']")
    return player, asked


def test_the_saved_player_plays_from_disk_without_a_network(lab, browser, server):
    lab.play()
    lab.pause()
    player, asked = open_player(browser, save_player(lab, server))
    page, first = player.page, player.picture("data")
    player.button("play").click()
    player.wait(lambda player: int(player.data("frame")) >= 3, "four frames")
    assert player.picture("data") != first
    page.locator("#timeline").press("Home")
    page.wait_for_selector(".gan-lab[data-frame='0']")
    page.locator("h1").click()  # nothing has the focus
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".gan-lab[data-frame='1']")
    page.keyboard.press("Space")
    player.wait(lambda player: int(player.data("frame")) >= 2, "the next frames")
    assert serious_problems(page) == []
    assert player.errors == []
    assert {url.partition(":")[0] for url in asked} == {"file"}
    page.context.close()


def second_page(browser, server, lab):
    """The same notebook in another tab, with the kernel and the lab of `lab`."""
    lab.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(server.address(f"{FIRST}.ipynb"))
    page.wait_for_selector(".gan-lab[data-drawn]", timeout=60 * SECONDS)
    return LabPage(page)


def test_a_second_view_follows_and_may_pause(lab, browser, server, kernel):
    lab.play()
    other = second_page(browser, server, lab)
    seen = other.iteration
    other.wait(lambda other: other.iteration > seen, "frames of the first view")
    assert other.data("playing") == "true"
    other.button("play").click()  # it reads Pause
    lab.wait(lambda lab: lab.data("playing") == "false", "the first view to stop")
    other.wait(lambda other: other.data("playing") == "false", "the second to stop")
    wait_until(lambda: stays(lambda: kernel.value("points.iteration")), "a rest", 5)
    other.page.close()


@pytest.mark.parametrize("what", ["browser tab", "notebook"])
def test_work_stops_within_a_second_of_closing(lab, browser, server, kernel, what):
    kernel.value("1", before=NOTE_WHEN)
    other = second_page(browser, server, lab)
    other.play()
    if what == "browser tab":
        other.page.close()
    else:
        other.page.evaluate("() => jupyterapp.shell.currentWidget.dispose()")
    closed = time.time()
    wait_until(lambda: stays(lambda: kernel.value("points.iteration")), "a rest", 5)
    assert kernel.value("points.last_trained") < closed + 1
    if what == "notebook":
        other.page.close()


@pytest.fixture(scope="module")
def small(browser, server):
    lab = open_lab(browser, server, "small", LABS["small"])
    yield lab
    assert lab.errors == []
    lab.page.close()


def test_two_views_in_one_page_agree(small):
    run_up_to(small.page, SMALL[-1])
    other = LabPage(small.page)
    other.root = small.page.locator(".gan-lab").nth(1)
    other.wait(lambda other: other.root.count() and other.data("drawn"), "a picture")
    small.play()
    other.wait(lambda other: other.data("playing") == "true", "the second to follow")
    small.control("g_rate").press("ArrowUp")
    small.pause()
    rate = small.confirmed("g_rate")
    other.wait(lambda other: other.confirmed("g_rate") == rate, "the same rate")
    assert other.control("g_rate").input_value() == (
        small.control("g_rate").input_value()
    )
    end = small.iteration
    other.control("timeline").press("Home")
    other.wait(lambda other: other.iteration == 0, "the first frame")
    assert small.iteration == end


def test_a_width_set_by_keyboard_gives_new_networks(small, server):
    small.control("width").press("ArrowUp")
    small.wait(lambda lab: lab.confirmed("width") == "17", "the new width")
    kernel = Kernel(server)
    weights = "small_lab.generator.trainable_variables[0]"
    assert kernel.value(f"list({weights}.shape)") == [2, 17]
    kernel.close()


def test_a_restarted_kernel_gives_a_notice_and_not_a_frozen_picture(small):
    lab = small
    lab.play()
    restart = "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel"
    lab.page.evaluate(f"{restart}.restart()")
    lab.wait(lambda lab: "does not answer" in lab.notice, "the notice", 60)
    assert "run the cell of this lab again" in lab.notice
    panels = lab.root.locator(".lab-panels")
    assert float(panels.evaluate("e => getComputedStyle(e).opacity")) < 0.5
    run_up_to(lab.page, f"{LABS['small']}.show()")
    lab.page.wait_for_selector(".gan-lab[data-iteration='0']", timeout=60 * SECONDS)
    lab.play()
    lab.pause()  # the lessons that follow need the processor


def test_the_sliders_of_lesson_01_move_its_figure(browser, server):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    open_notebook(page, server, f"{SLIDERS}.ipynb")
    run_up_to(page, 'plt.legend(loc="upper right")')
    widget = page.locator(".widget-interact")
    picture = widget.locator("img").last
    picture.wait_for(timeout=120 * SECONDS)
    before = picture.get_attribute("src")
    mean = widget.get_by_role("slider").first
    mean.focus()
    mean.press("ArrowRight")
    wait_until(
        lambda: picture.get_attribute("src") != before, "the figure", 30, explain=str
    )
    readout = widget.locator(".widget-readout").first
    assert readout.inner_text() == "2.25"
    assert errors_of_cells(page) == []
    page.close()


def test_the_panel_of_lesson_10_follows_the_hand(browser, server):
    lab = open_lab(browser, server, *PANEL)
    canvas = lab.root.get_by_role("application")
    box = canvas.bounding_box()
    panels = "field", "distance"
    before = [lab.picture(panel) for panel in panels]
    lab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20, steps=5)
    lab.page.mouse.up()

    def start(lab):
        words = lab.root.locator("[data-panel=field] .lab-readout").inner_text()
        theta, psi = re.match(r"Start θ = (\S+), ψ = (\S+);", words).groups()
        return [float(number.replace("−", "-")) for number in (theta, psi)]

    lab.wait(lambda lab: start(lab)[1] > 1.5, "the start, dragged up")
    theta, psi = start(lab)
    canvas.press("Shift+ArrowLeft")
    moved = [pytest.approx(theta - 0.25, abs=0.011), psi]
    lab.wait(lambda lab: start(lab) == moved, "the start, moved by a key")
    assert all(
        old != lab.picture(name) for old, name in zip(before, panels, strict=True)
    )
    assert serious_problems(lab.page, ".gan-lab") == []
    assert lab.errors == [] and errors_of_cells(lab.page) == []
    lab.page.close()


@pytest.mark.parametrize("name", list(LABS)[1:4])
def test_the_labs_of_other_lessons_play(browser, server, name):
    lab = open_lab(browser, server, name, LABS[name])
    panels = lab.root.locator("figure").evaluate_all(
        "all => all.map(f => f.dataset.panel)"
    )
    before = [lab.picture(panel) for panel in panels]
    lab.play()
    lab.pause()
    after = [lab.picture(panel) for panel in panels]
    assert len(panels) == 4
    assert all(old != new for old, new in zip(before, after, strict=True))
    player, _ = open_player(browser, save_player(lab, server))
    before = [player.picture(panel) for panel in panels]
    player.page.locator("#timeline").press("End")
    player.wait(lambda player: int(player.data("frame")) > 2, "the last frame")
    after = [player.picture(panel) for panel in panels]
    assert all(old != new for old, new in zip(before, after, strict=True))
    for page in (player, lab):
        assert serious_problems(page.page, ".gan-lab") == []
        assert page.errors == []
        page.page.close()
