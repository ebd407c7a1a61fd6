"""Pages made of two notebooks, and what stops the build of the site."""

import re
import shutil

import build_site
import nbformat
import pytest
from docutils.nodes import make_id
from lesson_source import read_lessons
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

SOURCE = """\
# ---
# title: Tiny
# minutes: 1
# teaching: 5
# prerequisites: "nothing"
# ---

# %% [markdown]
# ## Questions
"""


def code(source, *tags, **rest):
    return new_code_cell(source, metadata={"tags": list(tags)}, **rest)


def text(source, *tags):
    return new_markdown_cell(source, metadata={"tags": list(tags)})


def page(learner, solved, docs=build_site.ROOT / "docs"):
    title = text("# 00 · Tiny\n\n**Time:** a minute\n\n[01 →](01_next.ipynb)")
    notebooks = [new_notebook(cells=[title, *cells]) for cells in (learner, solved)]
    return build_site.lesson_page(*notebooks, docs).cells


def test_solutions_follow_what_they_solve_and_are_folded():
    question, check = text("**0.1** Add."), code("check()", "check")
    stub, answer = code("add = ...", "solution"), code("add = sum", "solution")
    words = text("It is a sum.", "solution")
    cells = page([question, stub, check], [question, answer, words, check])
    assert [cell.source for cell in cells[1:]] == [
        "**0.1** Add.",
        "add = ...",
        build_site.FOLDED,
        "add = sum",
        "It is a sum.",
        "</details>",
        "check()",
    ]


def test_a_check_shows_what_it_says_before_the_exercise_is_solved():
    results = [code("check()", outputs=[new_output("stream", text=t)]) for t in "○✓"]
    results[1].id = results[0].id
    assert page(results[:1], results[1:])[1].outputs[0].text == "○"


def test_links_between_notebooks_leave_the_title():
    assert page([], [])[0].source == "# 00 · Tiny\n\n**Time:** a minute"


def test_the_text_of_a_figure_and_folded_cells_reach_the_page():
    picture = new_output(
        "display_data", {"image/png": ""}, metadata={"image/png": {"alt": "A line."}}
    )
    drawn, setup = code("plt.show()", outputs=[picture]), code("import os", "setup")
    cells = page([drawn, setup], [drawn, setup])
    assert cells[1].metadata["mystnb"] == {"image": {"alt": "A line."}}
    assert cells[2].metadata["tags"] == ["setup", "hide-input"]


@pytest.mark.parametrize(
    "source", ["@interact(x=1)\ndef f(x):\n    g(x)", "quadratic_lab.show()"]
)
def test_live_cells_get_a_note(source):
    cells = page([code(source)], [code(source)])
    assert "lab.html" in cells[-1].source


def test_a_lab_that_was_recorded_plays_below_its_cell(tmp_path):
    cells = [code("my_lab.show()"), code("your_lab.show()")]
    players = tmp_path / "_static" / "players"
    players.mkdir(parents=True)
    (players / "my_lab.html").touch()
    shown = [cell.source for cell in page(cells, cells, tmp_path)]
    found = [n for n, text in enumerate(shown) if "players/my_lab.html" in text]
    assert found == [shown.index("my_lab.show()") + 2]
    assert not any("players/your_lab.html" in text for text in shown)


def test_a_panel_that_needs_no_python_is_there_below_its_cell(tmp_path):
    panels = tmp_path / "_static" / "panels"
    panels.mkdir(parents=True)
    (panels / "my_lab.html").touch()
    cells = [code("my_lab.show()"), code("your_lab.show()")]
    shown = [cell.source for cell in page(cells, cells, tmp_path)]
    below = shown[shown.index("my_lab.show()") + 1]
    assert "panels/my_lab.html" in below and "needs no Python" in below
    notes = [text for text in shown if "controls that need Python" in text]
    assert notes == [shown[shown.index("your_lab.show()") + 1]]
    assert not any("your_lab.html" in text for text in shown)


@pytest.fixture
def root(tmp_path):
    """A course of one lesson, with the real settings of the site."""
    for folder in ("notebooks/source", "notebooks/solutions", "notebooks/pictures"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "notebooks" / "source" / "00_tiny.py").write_text(SOURCE)
    cells = [text("# 00 · Tiny"), text("## Questions\n\nWhat does a generator do?")]
    for folder in ("notebooks", "notebooks/solutions"):
        nbformat.write(new_notebook(cells=cells), tmp_path / folder / "00_tiny.ipynb")
    docs, real_docs = tmp_path / "docs", build_site.ROOT / "docs"
    (docs / "_static").mkdir(parents=True)
    shutil.copy(real_docs / "conf.py", docs)
    shutil.copytree(real_docs / "extensions", docs / "extensions")
    (docs / "_static" / "course.css").touch()
    (docs / "lab.html").write_text("<title>lab</title>")
    words = "```{glossary}\ngenerator\n  [Here](lessons/00_tiny.ipynb#questions).\n```"
    (docs / "glossary.md").write_text(f"# Glossary\n\n{words}\n")
    toc = "```{toctree}\nglossary\nlessons/00_tiny\n```"
    (docs / "index.md").write_text(f"# Index\n\n{{{{ l00.teaching }}}} min\n\n{toc}\n")
    return tmp_path


def build(root):
    return build_site.main([str(root / "out")], root=root)


def test_a_page_links_terms_and_repeats_the_header(root, capfd):
    assert build(root) == 0, capfd.readouterr().err
    lesson = (root / "out" / "lessons" / "00_tiny.html").read_text()
    assert 'href="../glossary.html#term-generator"' in lesson
    assert "5 min" in (root / "out" / "index.html").read_text()


def test_a_broken_link_fails_the_build(root, capfd):
    glossary = root / "docs" / "glossary.md"
    glossary.write_text(glossary.read_text().replace("#questions", "#answers"))
    assert build(root) != 0
    assert "'answers'" in capfd.readouterr().err


def test_without_the_lab_the_build_says_what_is_missing(root, capsys):
    (root / "docs" / "lab.html").unlink()
    assert build(root) == 1
    assert "lab.html is missing" in capsys.readouterr().err


LESSONS = read_lessons(build_site.ROOT)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_the_teachers_page_plans_and_prepares(lesson):
    guide = build_site.ROOT / "docs" / "teaching" / f"lesson_{lesson.number}.md"
    parts = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", guide.read_text(), re.M))
    for minutes in ("50", "90"):
        rows = re.findall(r"^\| (\d+) \|", parts[f"{minutes} minutes"], re.M)
        assert sum(map(int, rows)) == int(minutes)
    places = re.findall(r"ipynb#([\w-]+)\)[^|]* \|", parts["Before each prediction"])
    assert asking_sections(lesson) - set(places) == set()


def asking_sections(lesson):
    """Where, as in a link, the lesson's core asks for a prediction."""
    found, heading = set(), ""
    for cell in lesson.cells:
        if cell.kind != "markdown" or "optional" in cell.tags:
            continue
        for line in cell.source.splitlines():
            if line.startswith("#"):
                heading = line.lstrip("# ")
            if line.startswith("**Predict") and "(optional)" not in heading:
                found.add(make_id(heading))
    return found
