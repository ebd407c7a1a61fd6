"""Which slides a lesson gives: rules over the structure of its saved notebook.

A prediction and its answer, a figure with its caption, a formula with its symbols, and
the first words of each stretch of text become slides; the whole text goes into the
speaker's notes. Setup, settings, exercises and what is optional stay out.
"""

import re
from dataclasses import dataclass, field

from slide_text import (
    MARKED,
    blocks,
    first_sentences,
    for_a_room,
    has_formula,
    pages,
    short_code,
    words,
)

LEFT_OUT = ("Setup", "Settings", "Exercises", "References", "Versions")
NO_SLIDE = {"setup", "solution", "check", "optional", "no-slide"}
WHOLE = "slide"  # the tag of a cell whose text is shown to the end
# Such a cell shows a live view, of which nothing can be saved.
LIVE = re.compile(r"^@interact\(|^(?!plt\.)\w+\.show\w*\(\)$", re.MULTILINE)
CAPTION = re.compile(r"\*\*Figure (\d+\.\d+)\.\*\*\s*")
CONTEXT = 50  # words above a question, or below an answer
ANSWER_LINES, CODE_LINES, COLUMNS = 14, 8, 80


@dataclass
class Slide:
    """One slide: what it shows, as Markdown, and what the speaker reads.

    `kind` is title, text, predict, answer, figure, code, live or end. `picture` is
    (PNG in base64, text alternative); an answer is one that follows a question.
    """

    kind: str
    heading: str
    text: list[str] = field(default_factory=list)
    question: str = ""
    picture: tuple[str, str] | None = None
    code: str = ""
    output: str = ""
    answers: bool = False
    notes: list[str] = field(default_factory=list)


def read_slides(notebook) -> list[Slide]:
    """The slides of a lesson's saved notebook (nbformat), its title first."""
    reader = _Reader()
    for cell in notebook.cells[1:]:
        reader.read(cell)
    reader.flush()
    title = notebook.cells[0].source.splitlines()[0].lstrip("# ")
    return [Slide("title", title), *reader.slides]


class _Reader:
    """Goes through the cells of a notebook and collects slides."""

    def __init__(self):
        self.slides: list[Slide] = []
        self.heading = ""
        self.silent = True  # in a section without slides
        self.pending: list[str] = []  # text that no slide shows yet
        self.whole = False  # whether all of the pending text is to be shown
        self.asked = False  # a prediction waits for its answer
        self.figure: Slide | None = None  # waits for its caption
        self.comment: Slide | None = None  # an answer that waits for its explanation

    def read(self, cell) -> None:
        tags = set(cell.metadata.get("tags", ()))
        if cell.cell_type == "markdown":
            if tags & NO_SLIDE:
                self.flush()
                return
            self.whole |= WHOLE in tags
            for block in blocks(cell.source):
                self._read_block(block)
        elif not self.silent and not tags & NO_SLIDE:
            self._read_code(cell, tags)

    def _read_block(self, block: str) -> None:
        if heading := re.match(r"(##+) (.*)", block):
            self.flush()
            self.comment = None
            if len(heading[1]) == 2:
                self.silent = heading[2] in LEFT_OUT
            self.heading, self.asked = heading[2], False
        elif self.silent:
            return
        elif self.figure and (caption := CAPTION.match(block)):
            figure, self.figure = self.figure, None
            figure.text = [block[caption.end() :]]
            figure.notes.append(f"Figure {caption[1]}")
        elif MARKED in block:
            self._ask(block)
        elif self.slides and self._continues_question(block):
            self.slides[-1].text.append(block)
        else:
            self.pending.append(block)

    def _continues_question(self, block: str) -> bool:
        last = self.slides[-1]
        is_list = re.match(r"(-|\d+\.) ", block) is not None
        return last.kind == "predict" and not self.pending and is_list

    def _ask(self, block: str) -> None:
        before, question = block.split(MARKED, 1)
        if before.strip():
            self.pending.append(before.strip())
        context, notes = self._take(before_question=True)
        question = re.sub(r"^\.?\*\*[.,]?\s*", "", question)
        asked = for_a_room(question)
        slide = Slide("predict", self.heading, question=asked, notes=[*notes, question])
        if context and words(context[-1]) <= CONTEXT:
            slide.text = context.pop()
        self._show(context, [])
        self.slides.append(slide)
        self.asked = True

    def _read_code(self, cell, tags) -> None:
        if LIVE.search(cell.source):
            self.flush()
            self.slides.append(Slide("live", self.heading))
            return
        picture, output = _outputs(cell)
        if not picture and not output:
            if "taught" in tags and (code := short_code(cell.source, CODE_LINES)):
                self.flush()
                self.slides.append(Slide("code", self.heading, code=code))
            return
        if picture:
            self.flush()
            slide = Slide("figure", self.heading, picture=picture, answers=self.asked)
            self.slides.append(slide)
            self.figure = slide
            if self.asked and _fits(output):
                self.slides.append(
                    Slide("answer", self.heading, output=output, answers=True)
                )
        elif self.asked and _fits(output):
            self.flush()
            code = short_code(cell.source, CODE_LINES)
            slide = Slide("answer", self.heading, output=output, answers=True)
            lines = (code + "\n" + output).count("\n")
            slide.code = code if lines <= ANSWER_LINES else ""
            self.slides.append(slide)
            self.comment = slide
        else:
            self.flush()
            self.comment = Slide("left out", self.heading)
        self.asked = False

    def flush(self) -> None:
        """Turn the pending text into slides and notes."""
        self._show(*self._take())

    def _take(self, *, before_question: bool = False) -> tuple[list, list]:
        """The pages of the pending text that are worth a slide, and all of it."""
        pending, whole = self.pending, self.whole
        self.pending, self.whole = [], False
        notes, kept = list(pending), []
        if self.comment:
            comment, self.comment = self.comment, None
            if comment.kind == "answer" and pending and not has_formula(pending[0]):
                comment.text = first_sentences(pending.pop(0), CONTEXT)
            elif pending and not before_question:
                pending = [block for block in pending if has_formula(block)]
        found = pages(pending)
        for number, page in enumerate(found):
            is_last = before_question and number == len(found) - 1
            if whole or number == 0 or is_last or any(map(has_formula, page)):
                kept.append(page)
        return kept, notes

    def _show(self, kept: list, notes: list) -> None:
        shown = [Slide("text", self.heading, text=page) for page in kept]
        self.slides += shown
        if notes and self.slides:
            (shown or self.slides)[-1 if not shown else 0].notes += notes


def _outputs(cell) -> tuple[tuple[str, str] | None, str]:
    """The last picture of a cell with its text alternative, and its text."""
    picture, text = None, []
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            alt = output.metadata.get("image/png", {}).get("alt", "")
            picture = data["image/png"], alt
        else:
            text.append(output.get("text") or data.get("text/plain", ""))
    return picture, "\n".join(part.strip("\n") for part in text).rstrip()


def _fits(output: str) -> bool:
    lines = output.splitlines()
    return 0 < len(lines) <= ANSWER_LINES and max(map(len, lines)) <= COLUMNS
