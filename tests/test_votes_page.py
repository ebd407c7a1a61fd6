"""The page of votes as a projector shows it: without a network, without a script."""

import nbformat
import pytest
import votes
from browser import open_browser, serious_problems
from lesson_code import ROOT, find_numbered
from lesson_format import notebook_path
from lesson_predictions import find_questions

HOSTILE = "<img src=x onerror=\"document.title='run'\"><script>x</script>" + "w" * 300


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handed-in")
    lesson = find_numbered("01")
    book = nbformat.read(notebook_path(ROOT, lesson, solved=False), as_version=4)
    asked = [question.cell_id for question in find_questions(book)]
    for name, answer in {"ann": "a line", "ben": HOSTILE}.items():
        for cell in book.cells:
            if cell.id in asked:
                cell.source += "\n\n" + answer
        nbformat.write(book, folder / f"{name}.ipynb")
    assert votes.main([str(folder), "01"]) == 0
    with open_browser() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.questions, page.requests = len(asked), []
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto((folder / votes.PAGE).as_uri())
        yield page


def test_each_question_fits_the_projector(page):
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    tall = "all => all.map(one => one.getBoundingClientRect().height)"
    heights = page.eval_on_selector_all("section", tall)
    assert len(heights) == page.questions and max(heights) <= 720
    assert page.eval_on_selector(".bar", "one => one.clientWidth") > 300


def test_what_came_out_is_behind_a_click(page):
    picture = page.locator("section img").first
    assert not picture.is_visible()
    page.locator("section summary").first.click()
    assert picture.is_visible()
    assert picture.evaluate("one => one.naturalWidth") > 500
    assert page.locator("section math").first.bounding_box()["width"] > 5


def test_an_answer_runs_nothing_and_nothing_is_fetched(page):
    assert page.title() == "Votes: 01 · The minimax objective"
    assert "<script>x</script>" in page.locator("th").nth(1).inner_text()
    assert all(one.startswith(("file:", "data:")) for one in page.requests)


def test_axe_finds_nothing_serious(page):
    page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
    assert serious_problems(page) == []
