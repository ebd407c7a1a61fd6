"""The predictions of a lesson: each question, and what the lesson shows after it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lesson_rules import CAPTION

PREDICT = "**Predict"
PARAGRAPHS = 2  # of the text under a result: what it is, and what follows


class Question(NamedTuple):
    """One prediction that a lesson asks for.

    Attributes:
        cell_id: Its Markdown cell in the course's notebook.
        source: All of that cell's text.
        section: The heading above it.
        lead: The paragraph before it in its cell, "" where there is none or a caption.
        text: The question, in Markdown.
        printed: What the next cells printed.
        figures: Their pictures: PNG, in base64.
        says: What the lesson says of them, in Markdown; "" where it shows nothing.
    """

    cell_id: str
    source: str
    section: str
    lead: str
    text: str
    printed: str
    figures: list[str]
    says: str


def find_questions(notebook) -> list[Question]:
    """The predictions of one of the course's own, executed notebooks, in order."""
    found, section = [], ""
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type != "markdown":
            continue
        blocks = _blocks(cell.source)
        for index, block in enumerate(blocks):
            if block.startswith("#"):
                section = block.splitlines()[0].lstrip("# ")
            if _asks(block):
                lead, text = _question(blocks, index)
                came = _what_came(notebook.cells[place + 1 :])
                found.append(Question(cell.id, cell.source, section, lead, text, *came))
                break
    return found


def _blocks(source: str) -> list[str]:
    """The paragraphs of a Markdown cell."""
    return [part.strip() for part in re.split(r"\n\s*\n", source) if part.strip()]


def _asks(block: str) -> bool:
    """Whether a paragraph asks for a prediction; a list only speaks of them."""
    return PREDICT in block and not block.startswith(("- ", "#", "|"))


def _question(blocks: list[str], index: int) -> tuple[str, str]:
    """(the paragraph before, the question); a list that it announces belongs to it."""
    before = blocks[index - 1] if index else ""
    lead = "" if before.startswith("#") or CAPTION.match(before) else before
    rest = blocks[index + 1 :] if blocks[index].endswith(":") else []
    lists = [block for block in rest if block.startswith("- ")]
    return lead, "\n\n".join([blocks[index], *lists])


def _what_came(cells: list) -> tuple[str, list[str], str]:
    """(printed, figures, text) of the first results after a question.

    They end with the first text below a result; a new section or question ends the
    search.
    """
    printed, figures = "", []
    for cell in cells:
        if cell.cell_type == "code":
            for data in map(_data, cell.outputs):
                printed += data.get("text/plain", "")
                figures += [data["image/png"]] if "image/png" in data else []
        elif printed or figures:
            return printed, figures, "\n\n".join(_says(_blocks(cell.source)))
        elif cell.source.startswith("#") or PREDICT in cell.source:
            break
    return printed, figures, ""


def _data(output) -> dict[str, str]:
    """A picture without its Python name, or else the text."""
    if output.output_type == "stream":
        return {"text/plain": output.text if output.name == "stdout" else ""}
    data = output.get("data", {})
    if "image/png" in data:
        return {"image/png": data["image/png"].replace("\n", "")}
    return {"text/plain": data.get("text/plain", "") + "\n"} if data else {}


def _says(blocks: list[str]) -> Iterator[str]:
    """The first paragraphs below a result, up to what leads to the next question."""
    ends = [i for i, block in enumerate(blocks) if _asks(block) or block[0] == "#"]
    end = ends[0] if ends else len(blocks)
    # The paragraph above a question mostly belongs to that question.
    end = end - 1 if ends and end > 1 and blocks[end][0] != "#" else end
    yield from blocks[: min(end, PARAGRAPHS)]
