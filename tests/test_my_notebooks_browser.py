"""What a student sees who starts the course: lesson 00, no question, and then a ✓."""

import shutil
import sys

import pytest
from browser import (
    KERNEL_READY,
    ROOT,
    SECONDS,
    open_browser,
    open_notebook,
    serve,
    wait_until,
)
from lesson_cells import cells_up_to
from lesson_code import find_lesson
from lesson_course import install_code, read_course
from lesson_source import version_cells

SLUG = "quadratic_gan"
CHECK = 'checks.check(\n    "2.1"'
SHOWN = """() => [document.querySelector(".jp-NotebookPanel h1")?.innerText,
  document.querySelectorAll(".Toastify__toast, .jp-Dialog").length]"""
# Shows the cell with this source; answers where it is.
GO_TO = """async source => {
  const notebook = jupyterapp.shell.currentWidget.content;
  const place = notebook.widgets.findIndex(
    cell => cell.model.sharedModel.source === source);
  notebook.activeCellIndex = place;
  await notebook.scrollToItem(place, "center");
  return place;
}"""
# Runs the cells with these sources and no others.
RUN = """async sources => {
  const notebook = jupyterapp.shell.currentWidget.content;
  const chosen = notebook.widgets.map((cell, place) => place).filter(place =>
    sources.includes(notebook.widgets[place].model.sharedModel.source));
  for (const place of chosen) {
    notebook.deselectAll();
    notebook.activeCellIndex = place;
    void jupyterapp.commands.execute("notebook:run-cell");
  }
  return chosen.length;
}"""
SAID = """place => {
  const { outputs } = jupyterapp.shell.currentWidget.content.widgets[place].model;
  return outputs.length ? outputs.get(0).toJSON().text : "";
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """What `make lab` starts, for a copy of the course of one's own."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("notebooks", "tools"):
        shutil.copytree(ROOT / name, folder / name)
    program = [sys.executable, str(folder / "tools" / "my_notebooks.py"), "open"]
    (home := folder / "home").mkdir()
    with serve(folder, home, program) as started:
        yield started


@pytest.fixture
def page():
    with open_browser() as browser:
        page = browser.new_page()
        page.set_default_timeout(90 * SECONDS)  # two cores may have other work
        yield page


def test_lesson_00_opens_and_nothing_is_asked(server, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}?token={server.token}")
    page.wait_for_selector(".jp-NotebookPanel [data-status=idle]", timeout=60 * SECONDS)
    page.wait_for_function(KERNEL_READY, timeout=60 * SECONDS)
    page.wait_for_timeout(3 * SECONDS)  # the question would be there by now
    heading, questions = page.evaluate(SHOWN)
    assert heading.startswith("00 · Start here")
    assert questions == 0
    # By these two the server looks for news and newer versions.
    assert not [
        url for url in asked if "lab/api/news" in url or "lab/api/update" in url
    ]


def test_the_solution_of_an_exercise_earns_a_tick_in_ones_own_copy(server, page):
    """It is what the site shows, and only what it needs is run beside it."""
    head = "def make_generator_with(activation):"
    cells = version_cells(find_lesson(SLUG), solved=True)
    answer = next(cell.source for cell in cells if cell.source.startswith(head))
    sources = [install_code(read_course(ROOT)), *cells_up_to(SLUG, CHECK)]
    stub = next(source for source in sources if source.startswith(head))
    open_notebook(page, server, f"{find_lesson(SLUG).name}.ipynb")
    page.evaluate(GO_TO, stub)
    page.locator(".jp-Notebook-cell.jp-mod-active .cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(answer)
    sources[sources.index(stub)] = answer
    assert page.evaluate(RUN, sources) == len(sources)
    place = page.evaluate(GO_TO, sources[-1])
    # It says "not attempted yet" at first: that was saved with the notebook.
    wait_until(
        lambda: page.evaluate(SAID, place).startswith("✓ Exercise 2.1"),
        "a ✓",
        300,
        explain=lambda: page.evaluate(SAID, place),
    )
