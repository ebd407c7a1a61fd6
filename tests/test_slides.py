"""Which slides a notebook gives, on made-up notebooks, and what stops `make slides`."""

import base64
import io
import shutil

import build_slides
import nbformat
import pytest
import slide_text
from browser import ROOT
from lesson_source import LessonError, read_lessons
from nbformat import v4
from PIL import Image
from slide_rules import read_slides

QUESTION = "Two coins fall.\n\n**Predict.** How often do both show heads?"


def text(source, *tags):
    return v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source, *tags, printed="", picture=False):
    cell = v4.new_code_cell(source, metadata={"tags": list(tags)}, execution_count=1)
    if printed:
        cell.outputs.append(v4.new_output("stream", name="stdout", text=printed))
    if picture:
        data = {"image/png": png(), "text/plain": "<Figure>"}
        meta = {"image/png": {"alt": "Two coins"}}
        cell.outputs.append(v4.new_output("display_data", data, metadata=meta))
    return cell


def png() -> str:
    file = io.BytesIO()
    Image.new("RGB", (70, 20), "white").save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


def slides_of(*cells):
    """The slides after the title and the words of the section."""
    opening = [text("# 02 · Coins"), text("## Two coins")]
    return read_slides(v4.new_notebook(cells=[*opening, *cells]))[1:]


def kinds(*cells) -> list[str]:
    return [slide.kind for slide in slides_of(*cells)]


def test_a_question_stands_before_its_answer():
    question, answer = slides_of(
        text(QUESTION), code("print(0.25)", printed="0.25\n"), text("A quarter. More.")
    )
    assert question.text == ["Two coins fall."]
    assert question.question == "How often do both show heads?"
    assert answer.answers and answer.output == "0.25" and answer.code == "print(0.25)"
    assert answer.caption == "A quarter. More."
    shown = [*question.text, question.question]
    assert not any("quarter" in part or "0.25" in part for part in shown)


def test_nothing_comes_between_a_question_and_its_answer():
    cells = [
        text(QUESTION),
        code("def throw():\n    return 0", "taught"),
        text("**Important.** Now throw them.\n\n$$p = 1/4$$"),
        code("plt.show()", picture=True),
        text("**Figure 2.1.** A coin. It has two sides."),
    ]
    question, figure = slides_of(*cells)
    assert (question.kind, figure.kind) == ("predict", "figure")
    assert figure.answers and figure.caption.startswith("**Figure 2.1.** A coin.")
    assert any("Now throw" in note for note in question.notes)


def test_a_question_without_output_is_answered_in_words():
    question, answer, other = slides_of(
        text(QUESTION),
        text("One time in four.\n\nMany more words.\n\n## Dice"),
        text("A die has six sides, and each of them is as likely to be on top as any "
             "of the others, if it is fair."),
    )  # fmt: skip
    assert answer.answers and answer.text == ["One time in four."]
    assert other.heading == "Dice" and not other.answers


def test_what_is_left_out():
    assert not kinds(
        code("import numpy", "setup", printed="1"),
        code("print(2)", printed="2"),
        code("def helper():\n    return 1"),
        text("Solved!", "solution"),
        code("x = 1", "check", printed="✓"),
        text("## More (optional)\n\nWords " * 30, "optional"),
        text("## Exercises\n\n**2.1** Throw a die."),
        code("answer = 6", "solution", printed="6"),
    )


def test_tags_override_the_rules():
    plain = text("Short words."), code("x = 1"), code("print(2)", printed="2")
    assert kinds(*plain) == []
    for cell in plain:
        cell.metadata["tags"] = ["slide"]
    assert kinds(*plain) == ["text", "code", "output"]
    figure = code("plt.show()", picture=True)
    assert kinds(figure) == ["figure"]
    figure.metadata["tags"] = ["no-slide"]
    assert kinds(figure) == []


def test_a_tagged_text_is_shown_alone():
    (slide,) = slides_of(text("Short words."), text("Shown words.", "slide"))
    assert slide.text == ["Shown words."]
    exercise = text("## Exercises\n\nThrow it."), text("Aloud: throw it.", "slide")
    assert [slide.text for slide in slides_of(*exercise)] == [["Aloud: throw it."]]
    question, answer = slides_of(
        text(QUESTION), text("A quarter.", "slide"), code("print(1)", printed="0.25")
    )
    assert question.notes[-1] == "A quarter." and answer.answers


def test_an_aside_is_no_comment():
    answer = slides_of(
        text(QUESTION), code("print(1)", printed="0.25"), text("(Run it twice.)")
    )[-1]
    assert answer.caption == "" and answer.output == "0.25"
    question, formula = slides_of(text(QUESTION), text("(Aside.)"), text("$$1/4$$"))
    assert formula.answers and formula.text == ["$$1/4$$"]


def test_short_taught_code_is_shown():
    lines = "\n".join(f"x = {k}" for k in range(30))
    assert kinds(code("def f():\n    return 1", "taught")) == ["code"]
    assert kinds(code(lines, "taught")) == []


def test_a_formula_stands_with_the_words_before_and_the_symbols_after():
    (slide,) = slides_of(
        text("Aside, long ago.\n\nThe chance is\n\n$$p = q^2$$\n\n- $q$ is one coin's.")
    )
    assert slide.text == ["The chance is", "$$p = q^2$$", "- $q$ is one coin's."]
    assert "Aside, long ago." in slide.notes


def test_a_long_list_is_cut_between_its_items_into_even_pages():
    items = [f"- {'word ' * 24}{k}." for k in range(8)]
    first, second = slides_of(text("\n".join(items)))
    assert [slide.text[0].count("\n- ") for slide in (first, second)] == [3, 3]
    assert "\n".join([*first.text, *second.text]) == "\n".join(items)


def test_sentences_are_not_cut_within_formulas_code_or_brackets():
    paragraph = "Take $a. B$ and `c. D` (e. F) now. G follows."
    assert slide_text.sentences(paragraph) == [
        "Take $a. B$ and `c. D` (e. F) now.",
        "G follows.",
    ]


def test_lines_are_joined_so_that_mathematics_makes_no_list():
    assert slide_text.for_a_room("so $1\n+ 2$ [here](a.ipynb)") == "so $1 + 2$ here"
    assert slide_text.for_a_room("- a\n  b\n- c") == "- a b\n- c"
    assert slide_text.for_a_room("Draw it, then run the cell.") == "Draw it."


@pytest.fixture
def course(tmp_path):
    """A course with one lesson, copied; it may be damaged."""
    for name in ("notebooks/source", "notebooks", "docs/teaching"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    for name in (
        "notebooks/source/00_start_here.py",
        "notebooks/00_start_here.ipynb",
        "docs/teaching/lesson_00.md",
    ):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_notebook_without_outputs_is_named_with_its_remedy(course, capsys):
    path = course / "notebooks" / "00_start_here.ipynb"
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, path)
    assert build_slides.main([str(course / "slides")], root=course) == 1
    said = capsys.readouterr().err
    assert "00_start_here.ipynb" in said and "not executed" in said
    assert "python tools/notebooks.py build 00 --force" in said
    assert not (course / "slides").exists()
    path.unlink()
    assert build_slides.main([str(course / "slides")], root=course) == 1
    assert "is missing" in capsys.readouterr().err


def test_a_row_for_an_optional_section_belongs_to_no_slide():
    rows = "| [A](l.ipynb#a) | say | expect |\n| [B](l.ipynb#b-optional) | x | y |\n"
    guide = (
        f"## Before each prediction\n\n| w | s | e |\n| - | - | - |\n{rows}\n## Next"
    )
    assert build_slides.predictions(guide) == [("say", "expect")]


def test_a_prediction_without_a_row_in_the_teachers_page_is_named(course):
    guide = course / "docs" / "teaching" / "lesson_00.md"
    lesson = read_lessons(course)[0]
    kept = build_slides.lesson_slides(course, lesson)
    first = next(slide for slide in kept if slide.kind == "predict")
    assert first.notes[0].startswith("**Say:**")
    words = guide.read_text(encoding="utf-8")
    row = words.partition("## Before each prediction\n")[2].strip().split("\n")[2]
    guide.write_text(words.replace(row + "\n", ""), encoding="utf-8")
    with pytest.raises(LessonError, match="1 rows .* has 2"):
        build_slides.lesson_slides(course, lesson)
