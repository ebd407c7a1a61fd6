"""The web site: built once from the saved notebooks, then read in Chromium.

Every request that leaves this machine is refused and noted.
"""

import functools
import re
import subprocess
import sys
import threading
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from browser import (
    ROOT,
    SECONDS,
    open_browser,
    serious_problems,
    wait_until,
)
from lesson_code import find_lesson
from lesson_source import version_cells

LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
LATER = [f"lessons/{name}" for name in LESSONS[1:]]
GUIDE = sorted(path.stem for path in (ROOT / "docs" / "teaching").glob("*.md"))
PAGES = [
    "index",
    "glossary",
    "help",
    "search",
    "lab",
    f"lessons/{LESSONS[0]}",
    *LATER,
    *(f"teaching/{name}" for name in GUIDE),
]
PHONE = {"width": 360, "height": 740}
# What reaches beyond the window and cannot be scrolled into it.
CUT_OFF = """[...document.querySelectorAll("main *, article *")].filter(part => {
  if (part.getBoundingClientRect().right <= innerWidth + 1) return false;
  if (!part.checkVisibility() || part.closest("mjx-assistive-mml")) return false;
  for (let box = part; box !== document.body; box = box.parentElement)
    if (/auto|scroll/.test(getComputedStyle(box).overflowX)) return false;
  return true;
})"""
AT_REST = "document.getAnimations().every(one => one.playState !== 'running')"
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The folder of the site, as `make site` builds it."""
    target = tmp_path_factory.mktemp("site") / "site"
    command = [sys.executable, ROOT / "tools" / "build_site.py", target]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return target


@pytest.fixture(scope="module")
def address(site):
    """Where the site is served, on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


class Reader:
    """A page of the browser with the network cut, and what went wrong in it."""

    def __init__(self, page, address: str):
        self.page, self.address, self.wrong = page, address, []
        page.set_default_timeout(90 * SECONDS)  # two cores may have other work
        page.route("**/*", self._answer)
        page.on("response", self._look_at)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def _answer(self, route) -> None:
        if route.request.url.startswith((self.address, "data:", "blob:")):
            route.continue_()
        else:
            self.wrong.append(f"asks for {route.request.url}")
            route.abort()

    def _look_at(self, response) -> None:
        if response.status >= 400:
            self.wrong.append(f"{response.status} for {response.url}")

    def open(self, name: str) -> None:
        self.page.goto(f"{self.address}/{name}.html")
        self.wait()

    def wait(self) -> None:
        """Until the page is there, and its mathematics set."""
        self.page.wait_for_load_state()
        self.page.wait_for_function(
            "() => !window.MathJax?.startup?.promise || "
            "MathJax.startup.promise.then(() => true)"
        )


@pytest.fixture
def reader(browser, address):
    with browser.new_context(viewport=DESKTOP) as context:
        reader = Reader(context.new_page(), address)
        yield reader
        assert reader.wrong == []


class Links(HTMLParser):
    """The ids of a page, and the addresses that it shows, loads or leads to."""

    def __init__(self, path: Path):
        super().__init__()
        self.ids, self.addresses, self.images = set(), [], []
        self.inside, self.nested = "", []  # the link being read, and links within links
        self.feed(path.read_text(encoding="utf-8"))

    def handle_endtag(self, tag):
        self.inside = "" if tag == "a" else self.inside

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "a" and values.get("href"):
            self.nested += [self.inside] if self.inside else []
            self.inside = values["href"]
        self.ids.add(values.get("id"))
        self.addresses += [values[key] for key in ("href", "src") if values.get(key)]
        if tag == "img":
            self.images.append(values.get("alt"))


@pytest.fixture(scope="module")
def links(site) -> dict[str, Links]:
    """What each page holds, by its path in the site."""
    pages = {path.relative_to(site).as_posix(): path for path in site.rglob("*.html")}
    return {name: Links(path) for name, path in pages.items() if "_static" not in name}


def test_every_page_is_there(links):
    assert {f"{name}.html" for name in PAGES} <= set(links)


def test_links_lead_to_a_page_and_a_place_in_it(site, links):
    broken = []
    for name, page in links.items():
        for link in page.addresses:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue  # another site, or data
            target = (site / name).parent / unquote(parts.path) if parts.path else None
            target = (target or site / name).resolve()
            found = target.is_file()
            if found and parts.fragment and target.name != "lab.html":
                place = links[target.relative_to(site).as_posix()]
                found = unquote(parts.fragment) in place.ids
            if not found:
                broken.append((name, link))
    assert broken == []


def test_no_link_is_within_a_link(links):
    assert {name: page.nested for name, page in links.items() if page.nested} == {}


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_figure_says_in_words_what_it_shows(lesson, links):
    saved = [
        output.metadata["image/png"]["alt"]
        for cell in nbformat.read(
            ROOT / "notebooks" / "solutions" / f"{lesson}.ipynb", 4
        ).cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {})
    ]
    assert links[f"lessons/{lesson}.html"].images == saved


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_readable_offline_on_desk_and_phone(reader, name):
    page = reader.page
    reader.open(name)
    # Thousands of coloured words and signs, alike in all lessons: one is enough.
    alike = (".highlight pre", "mjx-container") if name in LATER else ()
    for theme, rules in (("light", None), ("dark", ["color-contrast"])):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        if name != "lab":  # which has colours of its own
            page.wait_for_selector(f"html[data-theme={theme}]")
        page.wait_for_function(AT_REST)
        assert serious_problems(page, "html", without=alike, rules=rules) == []
    page.set_viewport_size(PHONE)
    page.wait_for_function(CUT_OFF + ".length === 0", timeout=20 * SECONDS)


def test_a_visitor_plays_and_reads_on_to_a_solution(reader):
    page = reader.page
    reader.open("index")
    assert page.frame_locator("iframe.lab").locator("button").first.is_visible()
    page.get_by_role("link", name="Start with lesson 00").click()
    for lesson in ("00_start_here", "01_minimax_objective"):
        page.wait_for_url(f"**/{lesson}.html", wait_until="commit")
        page.locator("a.right-next").click()
    page.wait_for_url("**/02_quadratic_gan.html", wait_until="commit")
    reader.wait()
    assert page.locator("mjx-container").count() > 10
    figure = page.locator(".cell_output a", has=page.locator("img")).first
    assert figure.get_attribute("href").endswith(".png")
    solution = page.locator("details.solution").first
    code = solution.get_by_text("def make_generator_with").first
    assert not code.is_visible()
    solution.locator("summary").first.click()
    assert code.is_visible()
    page.locator("a.left-prev").click()
    page.wait_for_url("**/01_minimax_objective.html", wait_until="commit")


def test_a_newcomer_plays_on_the_front_page_and_reads_a_solution(reader):
    """`test_my_notebooks_browser` types it into the notebook."""
    page = reader.page
    reader.open("index")
    lab = page.frame_locator("iframe.lab").locator(".gan-lab")
    lab.locator("button[name=play]").click()
    # It says no iteration before its first frame.
    wait_until(
        lambda: int(lab.get_attribute("data-iteration") or 0) > 100, "the lab plays"
    )
    page.locator("ol.lessons a", has_text="The quadratic GAN").click()
    page.wait_for_url("**/02_quadratic_gan.html", wait_until="commit")
    solution = page.locator("details.solution").first
    solution.locator("summary").first.click()
    shown = solution.locator("pre").first.inner_text()
    assert shown.startswith("def make_generator_with(activation):")
    cells = version_cells(find_lesson("quadratic_gan"), solved=True)
    assert shown.strip() in [cell.source for cell in cells]


def test_a_recorded_lab_plays_within_its_lesson(reader):
    reader.open("lessons/05_dcgan_fashion_mnist")
    frame = reader.page.locator("iframe.player")
    frame.scroll_into_view_if_needed()  # it loads when it is seen
    player = frame.content_frame.locator(".gan-lab")
    player.locator("button[name=play]").click()
    wait_until(lambda: int(player.get_attribute("data-frame") or 0) > 2, "it plays")


def test_terms_lead_to_the_glossary_and_back_to_a_lesson(reader):
    page = reader.page
    reader.open("lessons/08_failure_clinic")
    page.locator("a.term", has_text="mode collapse").first.click()
    page.wait_for_url("**/glossary.html#term-mode-collapse", wait_until="commit")
    term = page.locator("dt#term-mode-collapse + dd")
    term.get_by_role("link", name="Lesson 08").click()
    page.wait_for_url("**/08_failure_clinic.html#mode-collapse", wait_until="commit")


def test_every_term_of_the_glossary_is_used_or_has_a_qualifier(links):
    terms = {
        name for name in links["glossary.html"].ids if f"{name}".startswith("term-")
    }
    used = {
        urlsplit(address).fragment
        for page in links.values()
        for address in page.addresses
        if "glossary.html#" in address
    }
    # "density (a measure)" is told by its place, not by its word.
    free = {name for name in terms if re.search(r"-(of|a|on)-", name)}
    assert terms - used - free == set()


def test_search_finds_the_lesson(reader):
    page = reader.page
    reader.open("glossary")
    page.keyboard.press("Control+k")
    page.wait_for_function("document.activeElement.type === 'search'")
    page.keyboard.type("oscillation")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=oscillation*", wait_until="commit")
    page.locator("ul.search li a", has_text="The failure clinic").first.wait_for()


def test_the_reader_chooses_the_colours(reader):
    page = reader.page
    reader.open("glossary")
    assert page.locator("html").get_attribute("data-theme") == "light"
    page.locator("button.theme-switch-button:visible").click()
    page.locator("button.theme-change-button[data-mode=dark]:visible").click()
    reader.open("lessons/00_start_here")  # where the choice still holds
    assert page.locator("html").get_attribute("data-theme") == "dark"


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_live_cell_says_where_to_play_instead_or_plays_here(lesson, site):
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", 4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    live = [
        source
        for source in sources
        if "@interact(" in source
        or re.search(r"\.show(_live_check)?\(\)$", source.replace("plt.show()", ""))
    ]
    here = [source for source in live if "one_point_lab.show()" in source]
    text = (site / "lessons" / f"{lesson}.html").read_text(encoding="utf-8")
    assert text.count("Live in the notebook") == len(live) - len(here)
    assert text.count("This one needs no Python") == len(here)
