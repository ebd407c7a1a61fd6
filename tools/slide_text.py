"""Text of a notebook cut to the size of a slide: blocks, sentences, pages, code."""

import ast
import re

PAGE = 70  # words that can be read from the back of a room
MARKED = "**Predict"
FORMULA_WORDS = 14  # the room of a displayed formula
HIDDEN = re.compile(r"\$\$.*?\$\$|`[^`]*`|\$[^$]+\$|\([^()]*\)", re.DOTALL)
ENDING = re.compile(r"(?<=[.?!:])[*_\"”)]*\s+(?=[\"“*`$(\w])")
# Words to a reader at a keyboard, and what is left of them in a room.
AT_KEYBOARD = [
    (r",? (?:then|and then|and) run the cells?(?=[.?!])", ""),
    (r" before you run the cells?(?=[.?!])", " first"),
    (r"[^.?!]*\brun the cells?\b[^.?!]*[.?!]", ""),
]


def blocks(markdown: str) -> list[str]:
    """Headings, paragraphs, formulas, tables, and lists with all their items."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n", markdown.strip("\n")):
        lines = block.split("\n")
        if lines[0].startswith("#"):
            found.append(lines.pop(0))
        for text in _parts("\n".join(lines)):
            listed = found and _is_list(found[-1])
            if listed and (_is_list(text) or text.startswith("  ")):
                found[-1] += "\n" + text
            else:
                found.append(text)
    return found


def _parts(text: str) -> list[str]:
    """A paragraph, with the formula or the list that may stand in it apart."""
    parts = re.split(r"(\$\$.*?\$\$[.,]?)|\n(?=- |\d+\. )", text, flags=re.DOTALL)
    joined: list[str] = []
    for part in parts:
        if part and part.strip():
            part = part.strip("\n")
            if joined and _is_list(joined[-1]) and _is_list(part):
                joined[-1] += "\n" + part
            else:
                joined.append(part)
    return joined


def _is_list(block: str) -> bool:
    return re.match(r"(-|\d+\.) ", block) is not None


def has_formula(block: str) -> bool:
    """Whether a block is a displayed formula."""
    return block.lstrip().startswith("$$")


def words(text) -> int:
    """How much room a block, or a list of blocks, takes, in words of plain text."""
    if not isinstance(text, str):
        return sum(map(words, text))
    if has_formula(text):
        return FORMULA_WORDS * (1 + text.count(r"\\"))
    short = re.sub(r"\$[^$]+\$", lambda math: "x " * (1 + len(math[0]) // 12), text)
    extra = 4 * len(re.findall(r"^(?:-|\d+\.) ", text, re.MULTILINE))
    return len(short.split()) + extra


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph; code, formulas and brackets are not cut."""
    masked = HIDDEN.sub(lambda part: "x" * len(part[0]), paragraph)
    cuts = [0, *(found.end() for found in ENDING.finditer(masked)), len(paragraph)]
    return [
        paragraph[start:end].strip() for start, end in zip(cuts, cuts[1:], strict=False)
    ]


def first_sentences(block: str, limit: int) -> list[str]:
    """As many first sentences as have room, as one block; none where none has."""
    if _is_list(block):
        items = re.split(r"\n(?=- |\d+\. )", block)
        return ["\n".join(_that_fit(items, limit))] if _that_fit(items, limit) else []
    kept = _that_fit(sentences(block), limit)
    while kept and kept[-1].endswith(":"):
        kept.pop()
    return [" ".join(kept)] if kept else []


def _that_fit(parts: list[str], limit: int) -> list[str]:
    kept: list[str] = []
    for part in parts:
        if words([*kept, part]) > limit:
            break
        kept.append(part)
    return kept


def pages(text: list[str]) -> list[list[str]]:
    """The blocks of a stretch of text, put together into pages for one slide each.

    A formula stays with the words that lead to it. A paragraph too long for what is
    left of a page begins another one; one too long for any page is cut at a sentence.
    """
    found: list[list[str]] = []
    for unit in _units(text):
        if found and words(found[-1]) + words(unit) <= PAGE:
            found[-1] += unit
        else:
            found.append(list(unit))
    return found


def _units(text: list[str]) -> list[list[str]]:
    """Blocks that must not be parted: what leads to a formula or a list, and it."""
    units: list[list[str]] = []
    for block in text:
        block = for_a_room(block)
        if not block or re.fullmatch(r"\(.*\)", block, re.DOTALL):
            continue
        leads = units and not has_formula(units[-1][-1]) and not _is_list(units[-1][-1])
        if leads and (has_formula(block) or _is_list(block)):
            lead = units[-1][-1]
            if words(lead) + words(block) > PAGE and len(sentences(lead)) > 1:
                *before, last = sentences(lead)
                units[-1][-1] = " ".join(before)
                units.append([last, block])
            else:
                units[-1].append(block)
        elif words(block) > PAGE and _is_list(block):
            units += [[part] for part in _cut_list(block)]
        elif words(block) > PAGE:
            units += [[one] for one in _cut(sentences(block), " ")]
        else:
            units.append([block])
    return units


def _cut_list(block: str) -> list[str]:
    return _cut(re.split(r"\n(?=- |\d+\. )", block), "\n")


def _cut(parts: list[str], joint: str) -> list[str]:
    """Parts joined again, each result as long as a page allows."""
    found: list[str] = []
    for part in parts:
        if found and words(found[-1]) + words(part) <= PAGE:
            found[-1] += joint + part
        else:
            found.append(part)
    return found


def for_a_room(text: str) -> str:
    """Text without links and without words to somebody who can run cells."""
    text = re.sub(r"!?\[([^\]]+)\]\([^)\s]+\)", r"\1", text)
    for pattern, instead in AT_KEYBOARD:
        text = re.sub(pattern, instead, text)
    return text.strip()


def short_code(source: str, limit: int) -> str:
    """The code without docstrings and comments, or nothing if it has more lines."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic
        return ""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node):
            node.body = body[1:]
            for number in range(body[0].lineno, body[0].end_lineno + 1):
                source = _without_line(source, number)
    lines = [re.sub(r"  # .*$", "", line) for line in source.splitlines()]
    lines = [line for line in lines if line != "\0" and not line.startswith("# ")]
    text = re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip()
    longest = max(map(len, text.splitlines()), default=0)
    return text if text.count("\n") < limit and longest <= 80 else ""


def _without_line(source: str, number: int) -> str:
    lines = source.splitlines()
    lines[number - 1] = "\0"
    return "\n".join(lines)
