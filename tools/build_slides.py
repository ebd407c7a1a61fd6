"""Writes each lesson as slides, build/slides/NN_slug.html, from its saved notebook.

    python tools/build_slides.py [folder]

Nothing is executed, and a browser loads nothing from a network. nbconvert turns
Markdown and code into HTML, reveal.js shows the slides. (nbconvert's own slides follow
the cells, which here are not slides, and load four libraries from a network.)
"""

import re
import shutil
import struct
import sys
from base64 import b64decode
from html import escape
from pathlib import Path

import nbformat
from lesson_format import build_command, notebook_path
from lesson_source import Lesson, LessonError, read_lessons
from nbconvert.filters import Highlight2HTML, markdown2html
from slide_rules import Slide, read_slides
from slide_text import for_a_room, weight

ROOT = Path(__file__).resolve().parents[1]
FILES = Path(__file__).parent / "slides"
ROOMY, DENSE = 50, 95  # words up to which letters are large, above which small
BESIDE = 1.75  # a picture less wide for its height has its caption at its side
# Pixels: letters of code at most and at least, room for it, width and height of one.
CODE, CODE_ROOM, LETTER = (32, 16), (1110, 310), (0.61, 1.35)
COMMENT_ROOM = 190  # more height where nothing stands below
LEAST_TEXT = 20  # pixels of the smallest letters, but for code
LAB = "lab.html"
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="reveal/reveal.css">
<link rel="stylesheet" href="slides.css">
</head>
{body}
</html>
"""
DECK = """\
<body>
<div class="reveal"><div class="slides">
{sections}
</div></div>
<script>
window.MathJax = {{
  tex: {{ inlineMath: [["$", "$"]], processEscapes: true }},
  chtml: {{ matchFontHeight: false }},
  options: {{ enableMenu: false }},
}};
</script>
<script src="reveal/reveal.js"></script>
<script src="reveal/notes.js"></script>
<script>
Reveal.initialize({{
  width: 1280, height: 720, margin: 0, center: false, display: "flex", hash: true,
  slideNumber: "c/t", transition: "none", controls: false, pdfMaxPagesPerSlide: 1,
  plugins: [RevealNotes],
}});
</script>
<script src="mathjax/tex-chtml.js"></script>
</body>"""
LIVE = f"""\
<h1>Live, in the notebook</h1>
<p>No notebook at hand? Play with <a href="{LAB}">the lab in the page</a>.</p>"""
INDEX = """\
<body class="index">
<h1>Slides</h1>
<p>Arrow keys turn the pages, <kbd>S</kbd> opens the speaker's notes, <kbd>F</kbd> fills
the screen, <kbd>O</kbd> shows an overview.</p>
<ol start="0">
{items}
</ol>
</body>"""


def main(arguments: list[str], *, root: Path = ROOT) -> int:
    """The command line; returns the exit status."""
    target = Path(arguments[0]) if arguments else root / "build" / "slides"
    try:
        decks = {one: lesson_slides(root, one) for one in read_lessons(root)}
    except LessonError as error:
        print(error, file=sys.stderr)
        return 1
    shutil.rmtree(target, ignore_errors=True)  # no page of an earlier build stays
    shutil.copytree(FILES, target)
    shutil.copytree(root / "docs" / "_static" / "mathjax", target / "mathjax")
    shutil.copy(root / "docs" / LAB, target)
    items = []
    for lesson, slides in decks.items():
        page = f"{lesson.name}.html"
        sections = "\n".join(map(section, slides))
        body = DECK.format(sections=sections)
        _write(target / page, lesson.heading, body)
        title = escape(lesson.title)
        items.append(f'<li><a href="{page}">{title}</a>, {len(slides)} slides</li>')
    _write(target / "index.html", "Slides", INDEX.format(items="\n".join(items)))
    print(f"Open {target / 'index.html'}")
    return 0


def _write(path: Path, title: str, body: str) -> None:
    path.write_text(PAGE.format(title=escape(title), body=body), encoding="utf-8")


def lesson_slides(root: Path, lesson: Lesson) -> list[Slide]:
    """The slides of a lesson, with what the teacher's page says before each question.

    Raises:
        LessonError: the notebook is missing or was not executed, or the teacher's page
            has another number of predictions.
    """
    path = notebook_path(root, lesson, solved=False)
    mend = f"Run: {build_command(lesson.number, force=True)}"
    if not path.is_file():
        raise LessonError(f"{path} is missing: slides show its figures. {mend}")
    notebook = nbformat.read(path, 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if not_run := sum(cell.execution_count is None for cell in code):
        raise LessonError(
            f"{path}: {not_run} of {len(code)} code cells were not executed, so slides "
            f"would lack their figures. {mend}"
        )
    slides = read_slides(notebook)
    guide = root / "docs" / "teaching" / f"lesson_{lesson.number}.md"
    rows = predictions(guide.read_text(encoding="utf-8"))
    questions = [slide for slide in slides if slide.kind == "predict"]
    if len(rows) != len(questions):
        raise LessonError(
            f"{guide}: {len(rows)} rows under 'Before each prediction', but the lesson "
            f"has {len(questions)} that are not optional. Write one row for each."
        )
    for slide, (say, expect) in zip(questions, rows, strict=True):
        slide.notes[:0] = [f"**Say:** {say}", f"**Expect:** {expect}"]
    return slides


def predictions(guide: str) -> list[tuple[str, str]]:
    """What to say and what to expect, from the table of a teacher's page.

    Rows that lead to an optional section are left out: slides have none.
    """
    _, _, table = guide.partition("## Before each prediction\n")
    rows = re.findall(r"^\|(.+)\|$", table.partition("\n## ")[0], re.MULTILINE)
    cells = [re.split(r"(?<!\\)\|", row) for row in rows[2:]]
    return [
        (say.strip(), expect.strip())
        for where, say, expect in cells
        if "-optional)" not in where
    ]


def section(slide: Slide) -> str:
    """One slide in HTML."""
    if slide.kind == "title":
        parts = [
            f"<h1>{escape(slide.heading)}</h1>",
            "<p>Learn GANs by running them · text under CC BY 4.0</p>",
        ]
    else:
        heading = re.sub(r"</?p>", "", markdown2html(slide.heading)).strip()
        body = "\n".join(_body(slide))
        parts = [f"<h2>{heading}</h2>", f'<div class="body">\n{body}\n</div>']
    if slide.notes:
        notes = "\n\n".join(map(for_a_room, slide.notes))
        parts.append(f'<aside class="notes">{markdown2html(notes)}</aside>')
    answers = " answer" if slide.answers else ""
    inside = "\n".join(parts)
    return f'<section class="{slide.kind}{answers}">\n{inside}\n</section>'


def _body(slide: Slide) -> list[str]:
    parts = []
    if slide.text:
        words = sum(map(weight, slide.text))
        size = "roomy" if words <= ROOMY else "dense" if words > DENSE else ""
        parts.append(_box(f"text {size}", "\n\n".join(slide.text)))
    if slide.question:
        long = "long" if weight(slide.question) > ROOMY else ""
        named = slide.question.startswith("Predict")
        label = "" if named else '<b class="label">Predict</b>'
        parts.append(_box(f"question {long}", slide.question, label))
    if slide.kind == "live":
        parts.append(LIVE)
    code_and_output = f"{slide.code}\n{slide.output}".strip()
    pixels = _code_size(code_and_output, has_comment=bool(slide.caption))
    pixels = min(pixels, LEAST_TEXT) if slide.picture else pixels
    box = f'<div class="{{}}" style="font-size: {pixels}px">{{}}</div>'.format
    if slide.code:
        code = Highlight2HTML()(slide.code, language="python")
        parts.append(box("source", code))
    if slide.picture:
        parts.append(_picture(*slide.picture))
    printed = slide.output and box("printed", f"<pre>{escape(slide.output)}</pre>")
    caption = slide.caption and _box("caption", slide.caption)
    if printed or caption:
        parts.append(f'<div class="said">{printed}{caption}</div>')
    return parts


def _picture(png: str, alt: str) -> str:
    width, height = struct.unpack(">II", b64decode(png)[16:24])
    tall = ' class="tall"' if width < BESIDE * height else ""
    source = f"data:image/png;base64,{png.strip()}"
    return f'<figure{tall}><img src="{source}" alt="{escape(alt)}"></figure>'


def _code_size(text: str, *, has_comment: bool) -> int:
    """Pixels of the letters with which lines of code and output fit on a slide."""
    lines = text.splitlines() or [""]
    counts = max(map(len, lines)) or 1, len(lines)
    width, height = CODE_ROOM
    room = width, height if has_comment else height + COMMENT_ROOM
    sizes = (int(a / b / n) for a, b, n in zip(room, LETTER, counts, strict=True))
    largest, least = CODE
    return max(least, min(largest, *sizes))


def _box(name: str, markdown: str, label: str = "") -> str:
    return f'<div class="{name.strip()}">{label}{markdown2html(markdown)}</div>'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
