"""Every slide of every lesson in Chromium, at 1280×720, opened from the disk.

Every request for something that is not a file of the slides is refused and noted.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from browser import ROOT, SECONDS, open_browser, serious_problems

LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
SIZE = {"width": 1280, "height": 720}
TYPESET = "window.MathJax?.startup?.promise?.then(() => true)"
# What is wrong with each slide, and of which kind it is.
LOOK = """() => Reveal.getSlides().map((slide, number) => {
  Reveal.slide(number);
  const wrong = [], hidden = "aside, mjx-assistive-mml";
  const size_of = part => parseFloat(getComputedStyle(part).fontSize);
  const reaches_out = (part, box) => {
    const [inner, outer] = [part.getBoundingClientRect(), box.getBoundingClientRect()];
    return inner.left < outer.left - 1 || inner.right > outer.right + 1
        || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
  };
  if (Math.round(slide.getBoundingClientRect().width) !== 1280) wrong.push("scaled");
  const box = slide.querySelector(".body") || slide;
  for (const part of slide.querySelectorAll("*")) {
    if (part.closest(hidden)) continue;
    const outer = box.contains(part) ? box : slide;
    if (reaches_out(part, outer)) wrong.push(`${part.outerHTML.slice(0, 80)} is cut`);
    if (part.matches("pre") && part.scrollWidth > part.clientWidth)
      wrong.push("code is cut");
    if (part.matches("mjx-merror")) wrong.push(part.textContent);
    if (part.matches("mjx-container") && size_of(part) < 20)
      wrong.push("small mathematics");
  }
  const walk = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
  for (let text; (text = walk.nextNode());) {
    const part = text.parentElement, words = text.data.trim();
    if (!words || part.closest(hidden + ", mjx-container")) continue;
    const is_code = part.closest("pre, td code");
    if (size_of(part) < (is_code ? 16 : 20))
      wrong.push(`small: ${words}`);
    if (!part.closest("pre, code") && /[$]|[*][*]|\\]\\(/.test(words))
      wrong.push(`not set: ${words}`);
  }
  for (const image of slide.querySelectorAll("img")) {
    const ratio = image.naturalWidth / image.naturalHeight;
    const height = Math.min(image.clientHeight, image.clientWidth / ratio);
    if (!(height > 0.5 * 720 || height * ratio > 0.8 * 1280))
      wrong.push(`a picture ${height} high`);
    if (!image.alt) wrong.push("a picture without a text alternative");
  }
  return { kinds: [...slide.classList], wrong };
})"""


@pytest.fixture(scope="module")
def slides(tmp_path_factory) -> Path:
    """The folder of the slides, as `make slides` writes it."""
    target = tmp_path_factory.mktemp("slides") / "slides"
    command = [sys.executable, ROOT / "tools" / "build_slides.py", target]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return target


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture
def page(browser, slides):
    with browser.new_context(viewport=SIZE) as context:
        context.set_offline(True)
        page, wrong = context.new_page(), []
        page.set_default_timeout(90 * SECONDS)  # two cores may have other work

        def answer(route):
            if route.request.url.startswith((slides.as_uri(), "data:", "blob:")):
                route.continue_()
            else:
                wrong.append(f"asks for {route.request.url}")
                route.abort()

        context.route("**/*", answer)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text))
        page.on("requestfailed", lambda request: wrong.append(request.url))
        yield page
        assert wrong == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_slide_can_be_shown(page, slides, lesson):
    page.goto((slides / f"{lesson}.html").as_uri())
    page.wait_for_function(TYPESET)
    seen = page.evaluate(LOOK)
    wrong = {number: one["wrong"] for number, one in enumerate(seen) if one["wrong"]}
    assert wrong == {}
    assert 15 <= len(seen) <= 50
    kinds = [one["kinds"] for one in seen]
    questions = [n for n, kind in enumerate(kinds) if "predict" in kind]
    assert questions
    assert [n for n, kind in enumerate(kinds) if "answer" in kind] == [
        n + 1 for n in questions
    ]


def test_index_keys_and_speakers_notes(page, slides):
    page.goto((slides / "index.html").as_uri())
    assert page.locator("li a").count() == len(LESSONS)
    assert serious_problems(page) == []
    page.get_by_role("link", name="The minimax objective").click()
    page.wait_for_function(TYPESET)
    assert serious_problems(page, ".present") == []
    for _ in range(20):
        page.keyboard.press("ArrowRight")
        if page.locator("section.present.predict").count():
            break
    question = page.locator("section.present .question").inner_text()
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    notes = opened.value.locator(".speaker-controls-notes .value")
    notes.filter(has_text="Say:").wait_for()
    page.keyboard.press("ArrowRight")
    assert page.locator("section.present.answer").is_visible()
    assert "Predict" in question
