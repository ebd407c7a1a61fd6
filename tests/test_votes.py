"""A class's votes: what was added to a question, what counts as equal, the page."""

import copy
import csv
import re
from html.parser import HTMLParser
from pathlib import Path

import marks
import nbformat
import pytest
import votes
from lesson_code import ROOT, all_lessons
from lesson_format import notebook_path
from lesson_predictions import find_questions

NOTEBOOKS = {
    lesson.number: nbformat.read(
        notebook_path(ROOT, lesson, solved=False), as_version=4
    )
    for lesson in all_lessons()
}
QUESTIONS = {number: find_questions(book) for number, book in NOTEBOOKS.items()}
ASKED = """\
All lie in a heap.

**Predict.** Will the heap grow, or
in the end will it shrink?"""
LESSON = "02"


@pytest.mark.parametrize("number", QUESTIONS)
def test_every_prediction_of_a_lesson_is_found(number):
    bold = [
        line
        for cell in NOTEBOOKS[number].cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if "**Predict" in line and not line.startswith("- ")
    ]
    assert len(QUESTIONS[number]) == len(bold) > 0


@pytest.mark.parametrize("number", QUESTIONS)
def test_something_came_out_of_each(number):
    for question in QUESTIONS[number]:
        # What is to be tried by hand has no saved answer: a list, or a live cell next.
        cells = NOTEBOOKS[number].cells
        after = cells[[cell.id for cell in cells].index(question.cell_id) + 1 :]
        code = next(cell.source for cell in after if cell.cell_type == "code")
        by_hand = "@interact(" in code or "_lab.show()" in code
        live = question.text.split("\n\n")[0].endswith(":") or by_hand
        assert bool(question.printed.strip() or question.figures) != live
        assert "**Predict" not in question.says


def written_in(number, write, *, ids):
    """A copy of a notebook, each question's cell as `write` makes it of its text."""
    book = copy.deepcopy(NOTEBOOKS[number])
    asked = {question.cell_id: question for question in QUESTIONS[number]}
    for cell in book.cells:
        if cell.id in asked:
            cell.source = write(asked[cell.id])
        if not ids:
            del cell["id"]
    return book


def inside(question):
    """An answer at the question, with what else the cell holds below it."""
    return question.source.replace(question.text, question.text + "\n\nIt will: 0.5.")


PLACES = {
    "below": lambda question: question.source + "\n\nIt will: 0.5.",
    "same line": lambda question: question.source + " It will: 0.5.",
    "inside": inside,
    "broken anew": lambda question: (
        " ".join(question.source.split()) + "\nIt will: 0.5."
    ),
}


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("number", QUESTIONS)
def test_an_answer_is_found_at_each_question(number, place, ids):
    book = written_in(number, PLACES[place], ids=ids)
    found = votes.read_votes("a", book, QUESTIONS[number])
    assert {(vote.answer, vote.remark) for vote in found} == {("It will: 0.5.", "")}


@pytest.mark.parametrize("number", QUESTIONS)
def test_untouched_questions_are_blank(number):
    found = votes.read_votes("a", NOTEBOOKS[number], QUESTIONS[number])
    assert {(vote.answer, vote.remark) for vote in found} == {("", "")}


@pytest.mark.parametrize(
    ("written", "answer", "changed"),
    [
        (ASKED + "\n> **grow**\n> twice", "> **grow**\n> twice", False),
        (ASKED.replace("All lie", "They lie") + "\n\ngrow", "grow", True),
        (ASKED.replace("shrink?", "shrink now?") + "\n\nno", "no", True),
        (ASKED.replace("shrink", "explode") + "\n\nit will grow", "it will grow", True),
        (ASKED.replace("grow", "burst") + " neither", "neither", True),
        ("it will become larger", "it will become larger", True),
        ("", "", True),
    ],
)
def test_a_changed_question(written, answer, changed):
    remark = votes.CHANGED if changed else ""
    assert votes.answer_in(written, ASKED) == (answer, remark)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Both fall!", "  both\nFALL."),
        ("don't know", "Don’t know…"),
        ("**No**", "> no"),
        ("non-saturating", "Non saturating"),
        ("−4", "-4"),
        ("Ｇ", "g"),
        ("ÜBER", "über"),
    ],
)
def test_equal_answers(one, other):
    assert votes.normalise(one) == votes.normalise(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("-4", "4"), ("0.5", "5"), ("1.386", "1386"), ("< 1", "> 1"), ("5%", "5")]
    + [("yes", "no"), ("?", "!"), ("a+b", "a b")],
)
def test_other_answers(one, other):
    assert votes.normalise(one) != votes.normalise(other)


class Page(HTMLParser):
    """What a page holds: its words, tags and addresses, and its votes by section."""

    def __init__(self, text):
        super().__init__()
        self.words, self.tags, self.addresses, self.votes = "", [], [], []
        self.cell = None  # the one that is being read
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [v for k, v in attributes if k in ("src", "href")]
        if tag == "table" and ("class", "votes") in attributes:
            self.votes.append([])
        elif tag == "tr":
            self.votes[-1].append([])
        elif tag in ("th", "td"):
            self.cell = ""

    def handle_data(self, data):
        self.words += data
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self.votes[-1][-1].append(self.cell)
            self.cell = None


ANSWERS = {  # of the first two questions
    "ann/annabel.ipynb": ("25 times", "0 and 0"),
    'b "ö" 名.ipynb': ("25 TIMES.", ""),
    "<i>c.ipynb": ("25 times", "<script>x()</script> & <b>"),
    "d,\n=1.ipynb": ("", "0 and 0"),
}
TALLY = [
    [["25 times", "", "3"], ["no answer", "", "1"]],
    [
        ["0 and 0", "", "2"],
        ["<script>x()</script> & <b>", "", "1"],
        ["no answer", "", "1"],
    ],
]


@pytest.fixture
def handed_in(tmp_path):
    questions = QUESTIONS[LESSON]
    for name, answers in ANSWERS.items():
        added = dict(zip([q.cell_id for q in questions], answers, strict=False))
        book = copy.deepcopy(NOTEBOOKS[LESSON])
        for cell in book.cells:
            cell.source += "\n\n" * (cell.id in added) + added.get(cell.id, "")
        (tmp_path / name).parent.mkdir(exist_ok=True)
        nbformat.write(book, tmp_path / name)
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    (tmp_path / "empty.ipynb").write_text("{}", encoding="utf-8")
    nbformat.write(NOTEBOOKS["03"], tmp_path / "other.ipynb")
    return tmp_path


def test_a_class_is_tallied(handed_in, capsys):
    assert votes.main([str(handed_in), "2"]) == 0
    told = capsys.readouterr().out
    assert "broken.ipynb: cannot be read" in told
    assert "empty.ipynb: " in told and "ann/annabel.ipynb: 2 of " in told
    assert "other.ipynb: it has no question of this lesson" in told
    with (handed_in / votes.TABLE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    count = len(QUESTIONS[LESSON])
    assert len(rows) == count * len(ANSWERS)
    for name, answers in ANSWERS.items():
        own = [row["answer"] for row in rows if row["notebook"] == name]
        assert own == [*answers, *[""] * (count - len(answers))]
    page = Page((handed_in / votes.PAGE).read_text(encoding="utf-8"))
    assert page.votes[:2] == TALLY
    assert page.votes[2:] == [[["no answer", "", "4"]]] * (count - 2)
    assert "script" not in page.tags and "b" not in page.tags
    assert all(re.match(r"#q\d+$|data:image/png;base64,", a) for a in page.addresses)
    for name in ANSWERS:
        assert Path(name).stem not in page.words


def test_a_notebook_that_lost_a_question_says_so(handed_in):
    book = copy.deepcopy(NOTEBOOKS[LESSON])
    gone = QUESTIONS[LESSON][3].cell_id
    book.cells = [cell for cell in book.cells if cell.id != gone]
    found = votes.read_votes("a", book, QUESTIONS[LESSON])
    assert [vote.question for vote in found if vote.remark] == [4]
    assert found[3].remark == votes.MISSING and found[3].answer == ""


@pytest.mark.parametrize(
    ("folder", "lesson", "told"),
    [("", "02", "There is no notebook"), (".", "", "no lesson ''"), (".", "x", "'x'")],
)
def test_what_is_not_there_is_told(tmp_path, capsys, folder, lesson, told):
    assert votes.main([folder and str(tmp_path), lesson]) == 1
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_text_can_be_written():
    name = marks.name_in(Path("in/a\udcff.ipynb"), Path("in"))
    assert name == "a\\udcff.ipynb"
