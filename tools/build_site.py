"""Builds the web site of the course in build/site from docs/ and the saved notebooks.

    python tools/build_site.py [folder]

Nothing is executed and nothing is loaded from a network. The pages are made in
build/site-source: a copy of docs/, and each lesson with its solutions folded in.
"""

import json
import re
import shutil
import sys
from html import escape
from pathlib import Path

import nbformat
from lesson_format import notebook_path
from lesson_source import Lesson, LessonError, read_lessons
from sphinx.cmd.build import main as sphinx

from gan_helpers.course.lessons import LESSONS
from gan_helpers.lab import OnePointLab

ROOT = Path(__file__).resolve().parents[1]
LAB = "lab.html"
# Such a cell shows a live view, of which nothing can be saved.
LIVE = re.compile(r"^@interact\(|^(?!plt\.)(\w+)\.show\w*\(\)$", re.MULTILINE)
LIVE_NOTE = """\
:::{{admonition}} Live in the notebook
:class: tip
This cell opens controls that need Python. Open the notebook to use them, or play with a
GAN here, in the page: <a href="../{LAB}">the lab</a>.
:::"""
PLAYERS = "_static/players"  # in docs, by tools/site_players.py
PLAYER = """\
<p>A run of this lab, recorded: press Play, or drag the time.</p>
<iframe class="player" src="../{address}" title="A recorded run of this lab"
loading="lazy"></iframe>"""
PANELS = "_static/panels"  # written here: a page is all that they need
PANEL = """\
<p>This one needs no Python: it works here, too.</p>
<iframe class="player" src="../{address}" title="The panel of this cell"
loading="lazy"></iframe>"""
FOLDED = '<details class="solution"><summary>Show a solution</summary>'
PROMPTS = {
    "check": ("Show the check", "Hide the check"),
    "setup": ("Show the setup", "Hide the setup"),
}


def main(arguments: list[str], *, root: Path = ROOT) -> int:
    """The command line; returns the exit status, 0 when there was not a warning."""
    target = Path(arguments[0]) if arguments else root / "build" / "site"
    try:
        source = stage(root, target.with_name(f"{target.name}-source"))
    except LessonError as error:
        print(error, file=sys.stderr)
        return 1
    doctrees = target.with_name(f"{target.name}-doctrees")
    shutil.rmtree(target, ignore_errors=True)  # no page of an earlier build stays
    options = ["--fail-on-warning", "--keep-going", "--quiet", "-j", "2"]
    status = sphinx([*options, "-E", "-d", str(doctrees), str(source), str(target)])
    if not status:
        print(f"Open {target / 'index.html'}")
    return status


def stage(root: Path, source: Path) -> Path:
    """Write all that Sphinx reads into the folder `source`, anew; returns it."""
    docs, lessons = root / "docs", read_lessons(root)
    if not (docs / LAB).is_file():
        raise LessonError(f"{docs / LAB} is missing: the front page shows it.")
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(docs, source)
    shutil.copytree(root / "notebooks" / "pictures", source / "_static" / "pictures")
    panels = source / PANELS
    panels.mkdir(parents=True)
    page = OnePointLab().as_html()
    (panels / "one_point_lab.html").write_text(page, encoding="utf-8")
    (source / "lessons").mkdir()
    for lesson in lessons:
        versions = [
            nbformat.read(notebook_path(root, lesson, solved=solved), 4)
            for solved in (False, True)
        ]
        page = source / "lessons" / f"{lesson.name}.ipynb"
        nbformat.write(lesson_page(*versions, source), page)
    numbers = {f"l{one.number}": _numbers(one) for one in lessons}
    (source / "numbers.json").write_text(json.dumps(numbers), encoding="utf-8")
    (source / "lessons.html").write_text(lesson_cards(lessons), encoding="utf-8")
    return source


def _numbers(lesson: Lesson) -> dict:
    keys = ("title", "minutes", "teaching", "optional")
    return {key: getattr(lesson, key) for key in keys}


def lesson_page(open_one, solved_one, source: Path) -> nbformat.NotebookNode:
    """One notebook from a learner's and a solved one: solutions follow, folded.

    Text alternatives move to where the pages are made from, live cells get what
    `source` has for them, and the cells of the setup and the checks are folded.
    """
    asked = [cell for cell in open_one.cells if _is_solution(cell)]
    unsolved = {cell.id: cell for cell in open_one.cells}  # checks not attempted yet
    cells, run = [], []
    for cell in [*solved_one.cells, None]:
        if cell is not None and _is_solution(cell):
            run.append(cell)
            continue
        if run:
            cells += [asked.pop(0) for one in run if one.cell_type == "code"]
            cells += [_markdown(FOLDED), *run, _markdown("</details>")]
            run = []
        if cell is not None:
            cells.append(unsolved.get(cell.id, cell))
    cells[0] = _markdown(_title(open_one.cells[0].source))
    page = nbformat.v4.new_notebook(metadata=open_one.metadata)
    for cell in cells:
        page.cells.append(_dressed(cell))
        if cell.cell_type == "code" and (live := LIVE.search(cell.source)):
            page.cells += _below_live_cell(live[1], source)
    return page


def _below_live_cell(name: str | None, source: Path):
    """The panel itself, if a page is all it needs; else a note and a recorded run."""
    panel, player = (f"{folder}/{name}.html" for folder in (PANELS, PLAYERS))
    if (source / panel).is_file():
        return [_markdown(PANEL.format(address=panel))]
    found = [_markdown(LIVE_NOTE.format(LAB=LAB))]
    if (source / player).is_file():
        found.append(_markdown(PLAYER.format(address=player)))
    return found


def _is_solution(cell) -> bool:
    return "solution" in cell.metadata.get("tags", ())


def _markdown(text: str):
    return nbformat.v4.new_markdown_cell(text)


def _title(text: str) -> str:
    """A title cell without its last line: the pages have links of their own."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(one for one in paragraphs if ".ipynb" not in one)


def _dressed(cell):
    """A cell with what myst-nb needs to know of it in its metadata."""
    cell = nbformat.from_dict(cell)
    if cell.cell_type != "code":
        return cell
    tags = cell.metadata.get("tags", [])
    options: dict = {}
    for output in cell.outputs:
        if alt := output.get("metadata", {}).get("image/png", {}).get("alt"):
            options["image"] = {"alt": alt}
    for tag, (show, hide) in PROMPTS.items():
        if tag in tags:
            cell.metadata["tags"] = [*tags, "hide-input"]
            options |= {"code_prompt_show": show, "code_prompt_hide": hide}
    cell.metadata["mystnb"] = options
    return cell


def lesson_cards(lessons: list[Lesson]) -> str:
    """The lessons as a list of links in HTML, for the front page."""
    says = {one.number: one.says for one in LESSONS}
    cards = [
        f'<li><a href="lessons/{one.name}.html"><img src="_static/pictures/'
        f'{one.number}.png" alt=""><strong>{escape(one.heading)}</strong>'
        f"<span>{escape(says[one.number])}</span>"
        f"<small>{one.teaching} min to teach, {one.minutes} to run</small></a></li>"
        for one in lessons
    ]
    return "\n".join(['<ol class="lessons">', *cards, "</ol>"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
