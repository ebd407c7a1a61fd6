"""Which slides a lesson gives, by rules over its saved notebook.

CONTRIBUTING.md says the rules in five lines. What no slide shows becomes a note.
"""

import re
import textwrap
from dataclasses import dataclass, field

from build_site import LIVE
from lesson_predictions import PREDICT
from lesson_rules import CAPTION
from slide_text import (
    first_sentences,
    for_a_room,
    is_plain,
    last_sentences,
    pages,
    split_blocks,
    units,
    weight,
)

LEFT_OUT = {"Setup", "Settings", "Exercises", "References", "Versions"}
SKIPPED = {"setup", "solution", "check", "optional", "no-slide"}
SHOWN = "slide"
OUTPUT_LINES, CODE_LINES, COLUMNS = 16, 18, 88
BESIDE_OUTPUT = 8  # lines of code that may stand above what they print
CONTEXT, COMMENT = 60, 40  # words above a question, below an output
FIRST = 20  # words that a section's first paragraph has at least to be a slide


@dataclass
class Slide:
    """One slide, its texts in Markdown from top to bottom; `notes` are the speaker's.

    `kind` is title, text, predict, code, figure, output or live; `picture` is a PNG in
    base64 and its text alternative. `answers` says that a question stands before it.
    """

    kind: str
    heading: str
    text: list[str] = field(default_factory=list)
    question: str = ""
    code: str = ""
    output: str = ""
    picture: tuple[str, str] | None = None
    caption: str = ""
    answers: bool = False
    notes: list[str] = field(default_factory=list)


def read_slides(notebook) -> list[Slide]:
    """The slides of a saved notebook, its title first."""
    reader = _Reader(notebook.cells[0].source.splitlines()[0].lstrip("# "))
    for cell in notebook.cells[1:]:
        tags = set(cell.metadata.get("tags", ()))
        if not tags & SKIPPED:
            reader.read(cell, shown=SHOWN in tags, taught="taught" in tags)
    reader.end_section()
    return reader.slides


class _Reader:
    """Goes through the cells and collects slides."""

    def __init__(self, title: str):
        self.slides = [Slide("title", title)]
        self.heading = title
        self.silent = True  # in a section without slides
        self.fresh = False  # the section has shown nothing yet
        self.asked = False  # a question waits for its answer
        self.text: list[str] = []  # blocks that no slide shows yet
        self.output: Slide | None = None  # waits for its caption, or for a comment

    def read(self, cell, *, shown: bool, taught: bool) -> None:
        """Take one cell; `shown` is the tag that overrides the rules."""
        if cell.cell_type == "code":
            if not self.silent or shown:
                self._read_code(cell, shown=shown, taught=taught)
            return
        if shown:
            self._flush()
        for block in split_blocks(cell.source):
            if heading := re.match(r"(##+) (.*)", block):
                self.end_section()
                self.silent = heading[2] in LEFT_OUT or (
                    self.silent and heading[1] != "##"
                )
                self.heading, self.fresh = heading[2], True
            elif not self.silent or shown:
                self._read_block(block)
        if shown and not self.asked:
            text, self.text = self.text, []
            self._show([[for_a_room(block)] for block in text], text)

    def end_section(self) -> None:
        """Close what is open; a question without an output is answered in words."""
        if self.asked and (found := units(self.text)):
            answer = Slide("text", self.heading, found[0], answers=True)
            answer.notes, self.text = self.text, []
            self.slides.append(answer)
        self.asked = False
        self._flush()

    def _read_block(self, block: str) -> None:
        if self.output and (caption := CAPTION.match(block)):
            words = for_a_room(block[caption.end() :].lstrip())
            self.output.caption = f"{caption[0]} {first_sentences(words, COMMENT)}"
            self.output.notes.append(block)
            self.output = None
        elif PREDICT in block and not block.startswith("- "):
            self._ask(block)
        elif self.asked and not self.text and re.match(r"- |\d+\. ", block):
            self.slides[-1].question += "\n\n" + for_a_room(block)
        else:
            self.text.append(block)

    def _ask(self, block: str) -> None:
        before, question = block.split(PREDICT, 1)
        if before.strip():
            self.text.append(before.strip())
        if self.asked:
            self.end_section()
        context = ""
        if self.text and is_plain(self.text[-1]):
            said = self.text.pop()
            rest, context = last_sentences(for_a_room(said), CONTEXT)
            if rest and self.output:  # it begins with words about an output
                self.text.append(rest)
        self._flush()
        question = re.sub(r"^\.\*\*\s*", "", question)
        question = re.sub(r"^\*\*", "Predict", question)
        slide = Slide("predict", self.heading, question=for_a_room(question))
        if context:
            slide.text, slide.notes = [context], [said]
        self.slides.append(slide)
        self.asked, self.fresh = True, False

    def _read_code(self, cell, *, shown: bool, taught: bool) -> None:
        slide = Slide("output", self.heading, answers=self.asked)
        slide.picture, output = _outputs(cell)
        lines = cell.source.count("\n") + 1
        if LIVE.search(cell.source):
            slide.kind = "live"
        elif slide.picture:
            slide.kind = "figure"
            slide.output = output if output.count("\n") < 2 else ""
        elif output and (self.asked or shown) and _fits(output):
            slide.output = output
            both = lines + output.count("\n") + 1
            fits = lines <= BESIDE_OUTPUT and both <= OUTPUT_LINES
            if shown or (fits and "assert" not in cell.source):
                slide.code = cell.source
        elif shown or (taught and lines <= CODE_LINES and not self.asked):
            slide.kind, slide.code = "code", cell.source
        else:
            return
        self._flush()
        self.slides.append(slide)
        self.asked = self.fresh = False
        self.output = slide if slide.kind in ("figure", "output") else None

    def _flush(self) -> None:
        """Make slides of the text up to here, and notes."""
        text, self.text = self.text, []
        if self.asked:  # nothing comes between a question and its answer
            self.slides[-1].notes += text
            return
        output, self.output = self.output, None
        found = units(text)
        if output and output.kind == "output" and found and is_plain(found[0][-1]):
            output.caption = first_sentences(found.pop(0)[0], COMMENT)
            output.notes.append(text.pop(0))
        kept = [
            unit
            for number, unit in enumerate(found)
            if len(unit) > 1
            or unit[0].startswith("**")
            or (self.fresh and not number and weight(unit[0]) >= FIRST)
        ]
        self._show(kept, text)

    def _show(self, kept: list[list[str]], notes: list[str]) -> None:
        shown = [Slide("text", self.heading, page) for page in pages(kept)]
        self.slides += shown
        (shown or self.slides[-1:])[0].notes += notes
        self.fresh = self.fresh and not shown


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
    lines = "\n".join(part.strip("\n") for part in text).rstrip().splitlines()
    wrapped = [one for line in lines for one in textwrap.wrap(line, COLUMNS) or [""]]
    return picture, "\n".join(wrapped)


def _fits(output: str) -> bool:
    """Whether an output has something to say, and room on a slide."""
    lines = output.splitlines()
    is_check = len(lines) == 1 and output.endswith((": True", ": False"))
    return not is_check and len(lines) <= OUTPUT_LINES
