"""A class's votes: what each student predicted, tallied, beside what came out.

    make votes FOLDER=handed-in LESSON=02    # writes votes.html and votes.csv there

A prediction is what a student wrote under a question, in the question's own cell. The
page is to be projected: it names nobody. The table is for the teacher: it does.
"""

import argparse
import difflib
import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import nbformat
from lesson_code import ROOT, find_numbered
from lesson_format import notebook_path
from lesson_predictions import Question, find_questions
from marks import find_notebooks, name_in, write_table
from votes_page import votes_page

PAGE, TABLE = "votes.html", "votes.csv"
CHANGED, MISSING = "question changed", "question missing"
NUMBER = r"(?<!\w)-?\d+(?:[.,]\d+)*"
WORD = re.compile(rf"{NUMBER}|[^\W_]+|[^\w\s]")


class Vote(NamedTuple):
    """What one notebook holds under one question.

    Attributes:
        notebook: The file, from the folder.
        question: Its number in the lesson, from 1.
        asked: The question, in one line.
        answer: As the student wrote it; "" for none.
        counted_as: What it is counted under: equal for equal answers.
        remark: "question changed" or "question missing", else "".
    """

    notebook: str
    question: int
    asked: str
    answer: str
    counted_as: str
    remark: str


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status, 0 when the page was written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="with the notebooks, at any depth")
    parser.add_argument("lesson", help="its number, such as 02")
    options = parser.parse_args(arguments)
    folder = Path(options.folder)
    try:
        lesson = find_numbered(options.lesson)
    except LookupError as error:
        print(error, file=sys.stderr)
        return 1
    paths = find_notebooks(options.folder)
    questions = find_questions(_read(notebook_path(ROOT, lesson, solved=False)))
    votes = _collect(paths, folder, questions)
    if not votes:
        print(
            f"There is no notebook of lesson {lesson.heading} in {options.folder!r}, "
            "expected the students' .ipynb files. Name their folder: make votes "
            f"FOLDER=path LESSON={lesson.number}.",
            file=sys.stderr,
        )
        return 1
    tallies = [tally(votes, number) for number in range(1, len(questions) + 1)]
    page = votes_page(lesson.heading, questions, tallies)
    (folder / PAGE).write_text(page, encoding="utf-8", errors="backslashreplace")
    print(f"Written: {folder / PAGE} and {write_table(folder / TABLE, votes)}")
    return 0


def _collect(paths: list[Path], folder: Path, questions: list[Question]) -> list[Vote]:
    """The votes of all notebooks; a line is printed for each, readable or not."""
    votes = []
    for path in paths:
        name = name_in(path, folder)
        try:
            found = read_votes(name, _read(path), questions)
        except Exception as error:  # whatever a file called .ipynb may hold
            print(f"{name}: cannot be read: {ascii(str(error)[:100])}")
            continue
        print(f"{name}: {_summary(found)}")
        votes += found
    return votes


def _read(path: Path):
    return nbformat.read(path, as_version=4)


def _summary(votes: list[Vote]) -> str:
    """One notebook's votes in a line."""
    if not votes:
        return "it has no question of this lesson"
    answered = sum(bool(vote.answer) for vote in votes)
    remarks = [f"; {vote.question}: {vote.remark}" for vote in votes if vote.remark]
    return f"{answered} of {len(votes)} answered" + "".join(remarks)


def read_votes(name: str, notebook, questions: list[Question]) -> list[Vote]:
    """The votes of a notebook; none where no question of the lesson is left."""
    votes = []
    for number, question in enumerate(questions, start=1):
        asked = " ".join(question.text.split())
        sources = _cells_of(notebook, question)
        found = [answer_in(source, question.source) for source in sources]
        answer, remark = max(found, key=lambda one: bool(one[0]), default=("", MISSING))
        votes.append(Vote(name, number, asked, answer, normalise(answer), remark))
    return [] if all(vote.remark == MISSING for vote in votes) else votes


def _cells_of(notebook, question: Question) -> list[str]:
    """The cells with a question: by its id, or, where that was lost, by its words."""
    cells = [cell for cell in notebook.cells if cell.cell_type != "code"]
    same = [cell.source for cell in cells if cell.get("id") == question.cell_id]
    words = " ".join(question.text.split())
    return same or [c.source for c in cells if words in " ".join(c.source.split())]


def answer_in(written: str, asked: str) -> tuple[str, str]:
    """(what a student added to a cell, the remark), from its text and the course's.

    Where the question itself was changed, lines that share most of their words with it
    are taken for the question, and what follows its last word for the answer.
    """
    ours = asked.split()
    places = list(re.finditer(r"\S+", written))
    theirs = [place.group() for place in places]
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    kept = {block.b + k for block in blocks for k in range(block.size)}
    remark = ""
    if len(kept) < len(ours):
        whole = bool(blocks) and blocks[-1].a + blocks[-1].size == len(ours)
        end = max(kept) if whole else len(theirs)  # where the question ends at last
        remark, kept = CHANGED, _lines_of_question(written, kept)
        kept = {i for i in kept if i <= end}
    # A kept word becomes blanks: what stands between stays as it was written.
    text = list(written)
    for i in kept:
        start, end = places[i].span()
        text[start:end] = " " * (end - start)
    lines = [line.strip() for line in "".join(text).splitlines()]
    return "\n".join(filter(None, lines)), remark


def _lines_of_question(written: str, same: set[int]) -> set[int]:
    """The words of all lines of which most words are the question's."""
    asked: set[int] = set()
    first = 0
    for line in written.splitlines():
        words = set(range(first, first + len(line.split())))
        first += len(words)
        if 2 * len(words & same) > len(words):
            asked |= words
    return asked


def normalise(answer: str) -> str:
    """The answer without what does not count: case, blanks, punctuation.

    A number keeps its sign, point and percent sign, a comparison its symbol.
    """
    text = unicodedata.normalize("NFKC", answer).casefold().replace("\u2212", "-")
    text = re.sub(r"['’`]", "", text)
    text = re.sub(r"^\s*>+(?!\s*[-.\d])", "", text, flags=re.M)  # a quotation
    words = [word for word in WORD.findall(text) if not _is_mark(word)]
    return " ".join(words) or " ".join(text.split())


def _is_mark(word: str) -> bool:
    return word != "%" and all(unicodedata.category(c)[0] == "P" for c in word)


def tally(votes: list[Vote], number: int) -> list[tuple[str, int]]:
    """(answer, count) of a question, the most frequent first, "" for none at the end.

    Of answers that count as one the spelling used most is shown.
    """
    cast = [vote for vote in votes if vote.question == number]
    counts = Counter(vote.counted_as for vote in cast)
    blank = counts.pop("", 0)
    rows = []
    for counted_as, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        spelt = Counter(v.answer for v in cast if v.counted_as == counted_as)
        rows.append((spelt.most_common(1)[0][0], count))
    return rows + [("", blank)] * bool(blank)


if __name__ == "__main__":
    sys.exit(main())
