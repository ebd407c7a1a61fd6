"""The page of a class's votes: one file, without a script and without a network."""

import re
from html import escape

from latex2mathml.converter import convert
from lesson_predictions import Question
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

LONGEST = 200  # characters of an answer that are shown
NOTHING = "Nothing is saved for this one: try it in the lesson."
HEAD = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Votes: {title}</title>
<style>
body {{ margin: 0; color: #222; background: #fff; font: 22px/1.35 sans-serif; }}
header, section {{ max-width: 1180px; margin: 0 auto; padding: 20px 30px; }}
section {{ min-height: calc(100vh - 42px); border-top: 2px solid #ccc; }}
h1, h2 {{ margin: 0 0 0.5em; font-size: 22px; color: #444; }}
p, ul, pre {{ margin: 0 0 0.6em; }}
.lead {{ font-size: 18px; color: #444; }}
.question {{ font-size: 28px; }}
nav a, h2 a {{ padding: 0 0.3em; color: #00518a; }}
details {{ margin-top: 16px; }}
.votes {{ width: 100%; border-collapse: collapse; }}
.votes th {{ width: 45%; padding: 3px 12px 3px 0; text-align: left;
  font-weight: normal; white-space: pre-wrap; overflow-wrap: anywhere; }}
.votes td:last-child {{ width: 2em; text-align: right; font-weight: bold; }}
.bar {{ height: 24px; background: #5b4a8a; }}
.none th {{ color: #595959; font-style: italic; }}
.none .bar {{ background: #bbb; }}
summary {{ padding: 6px 12px; background: #eee; font-weight: bold; cursor: pointer; }}
details img {{ display: block; max-width: 100%; max-height: 68vh; margin: 12px auto; }}
pre {{ overflow-x: auto; font-size: 18px; }}
details > div {{ padding: 12px 0; }}
</style>
<body>
"""


def votes_page(
    title: str, questions: list[Question], tallies: list[list[tuple[str, int]]]
) -> str:
    """The page's HTML.

    Args:
        title: The lesson's.
        questions: Its questions, in order.
        tallies: For each of them the answers with their counts, as `votes.tally` gives
            them. An answer is text of a stranger: it is shown as it is, never as HTML.
    """
    links = "".join(f'<a href="#q{n}">{n}</a>' for n in range(1, len(questions) + 1))
    parts = [
        HEAD.format(title=escape(title)),
        f"<header><h1>Predictions: {escape(title)}</h1>\n<nav>{links}</nav></header>",
    ]
    for number, (question, rows) in enumerate(zip(questions, tallies, strict=True), 1):
        parts.append(_section(number, len(questions), question, rows))
    return "\n".join([*parts, "</body>", "</html>", ""])


def _section(number: int, of: int, question: Question, rows: list) -> str:
    after = f'<a href="#q{number + 1}">next</a>' if number < of else ""
    return "\n".join(
        [
            f'<section id="q{number}"><h2>{number} of {of} · '
            f"{_inline(question.section)} {after}</h2>",
            f'<div class="lead">{_markdown(question.lead)}</div>',
            f'<div class="question">{_markdown(question.text)}</div>',
            _bars(rows),
            "<details><summary>What came out</summary><div>",
            _what_came(question),
            "</div></details></section>",
        ]
    )


def _bars(rows: list[tuple[str, int]]) -> str:
    """A table: answer, bar, count; the longest bar fills its column."""
    most = max(count for _, count in rows)
    lines = []
    for answer, count in rows:
        shown = answer if len(answer) <= LONGEST else answer[: LONGEST - 1] + "…"
        bar = f'<div class="bar" style="width: {100 * count / most:.0f}%"></div>'
        row = "<tr>" if answer else '<tr class="none">'
        label = f'<th scope="row">{escape(shown or "no answer")}</th>'
        lines.append(f"{row}{label}<td>{bar}</td><td>{count}</td></tr>")
    return '<table class="votes">' + "\n".join(lines) + "</table>"


def _what_came(question: Question) -> str:
    says = question.says
    caption = says.split("\n\n")[0].replace("*", "").replace("\n", " ")
    parts = [
        f'<img alt="{escape(caption)}" src="data:image/png;base64,{escape(figure)}">'
        for figure in question.figures
    ]
    if question.printed.strip():
        parts.insert(0, f'<pre tabindex="0">{escape(question.printed.rstrip())}</pre>')
    return "\n".join([*parts, _markdown(says)]) if parts else f"<p>{NOTHING}</p>"


def _math(text: str, options: dict) -> str:
    return convert(text, display="block" if options["display_mode"] else "inline")


MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
MARKDOWN.use(dollarmath_plugin, renderer=_math, double_inline=True)


def _markdown(text: str) -> str:
    """A text of the course as HTML; a link to another page of it only as its words."""
    return re.sub(r"</?a\b[^>]*>", "", MARKDOWN.render(text))


def _inline(text: str) -> str:
    return re.sub(r"</?a\b[^>]*>", "", MARKDOWN.renderInline(text))
