"""Markdown of a lesson cut to the size of a slide: blocks, sentences, pages."""

import re

PAGE, LIST = 120, 150  # words on a slide, by `weight`, and on one that is a list
PARAGRAPH, LEAD = 55, 30  # words of a paragraph, and of one that leads to a formula
# Never cut within: formulas, code, brackets.
WHOLE = re.compile(r"\$\$.*?\$\$|`[^`]*`|\$[^$]+\$|\([^()]*\)", re.DOTALL)
ENDING = re.compile(r"(?<=[.?!])[*_\"”)]*\s+(?=[\"“*`$(\w])")
ITEM = r"- |\d+\. "
# Words to somebody at a keyboard, and what is left of them in a room.
AT_KEYBOARD = re.compile(
    r",? (?:then|and then|before you) run the cells?(?=[.:])|^Alive, below\.\s*"
)
LINK = re.compile(r"\[([^\]]+)\]\([^)\s]+\)")


def split_blocks(markdown: str) -> list[str]:
    """Headings, paragraphs, formulas, tables, and lists with all their items."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n", markdown.strip("\n")):
        heading, _, rest = block.partition("\n")
        parts = [heading, rest] if heading.startswith("#") else [block]
        for part in filter(None, parts):
            goes_on = re.match(ITEM, part) or part.startswith("  ")
            if found and re.match(ITEM, found[-1]) and goes_on:
                found[-1] += "\n" + part
            else:
                found.append(part)
    return found


def is_plain(block: str) -> bool:
    """Whether a block is a paragraph: no formula, list or table."""
    return not re.match(rf"\$\$|\||{ITEM}", block)


def units(blocks: list[str]) -> list[list[str]]:
    """Blocks that belong together: a formula, list or table with what leads to it."""
    found: list[list[str]] = []
    for block in map(for_a_room, blocks):
        if not is_plain(block):
            if found and (len(found[-1]) == 1 or block[0] != "$"):
                found[-1].append(block)
            else:
                found.append([block])
        elif block and not re.fullmatch(r"\(.*\)", block, re.DOTALL):
            found.append([block])
    return [_short(unit) for unit in found]


def _short(unit: list[str]) -> list[str]:
    """A unit with its lead cut to what fits on a slide."""
    if len(unit) > 1 and is_plain(unit[0]):
        return [last_sentences(unit[0], LEAD)[1], *unit[1:]]
    if is_plain(unit[0]):
        return [first_sentences(unit[0], PARAGRAPH)]
    return unit


def weight(block: str) -> int:
    """How much room a block takes, in words of plain text."""
    if block.startswith("$$"):
        return 14 * (1 + block.count(r"\\"))
    if block.startswith("|"):
        return 10 * block.count("\n")
    short = re.sub(r"\$[^$]+\$", lambda math: "x " * (1 + len(math[0]) // 12), block)
    return len(short.split()) + 4 * len(
        re.findall(rf"^(?:{ITEM})", block, re.MULTILINE)
    )


def pages(units: list[list[str]]) -> list[list[str]]:
    """The units put together into pages; one too long gets pages of its own."""
    found: list[list[str]] = []
    room = 0
    for unit in units:
        needed = sum(map(weight, unit))
        if needed <= room:
            found[-1] += unit
            room -= needed
        else:
            found += _cut(unit, needed)
            room = PAGE - needed
    return found


def _cut(unit: list[str], needed: int) -> list[list[str]]:
    """A unit as pages of about equal length, cut between the items of its lists."""
    n_pages = -(-needed // LIST)
    found: list[list[str]] = [[] for _ in range(n_pages)]
    before = 0
    for block in unit:
        last = -1  # the page that holds the item before
        items = re.split(rf"\n(?={ITEM})", block) if re.match(ITEM, block) else [block]
        for item in items:
            page = int((before + weight(item) / 2) * n_pages / needed)
            before += weight(item)
            if page == last:
                found[page][-1] += "\n" + item
            else:
                found[page].append(item)
            last = page
    return list(filter(None, found))


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph; code, formulas and brackets are not cut."""
    masked = WHOLE.sub(lambda part: "x" * len(part[0]), paragraph)
    cuts = [0, *(found.end() for found in ENDING.finditer(masked)), len(paragraph)]
    pairs = zip(cuts, cuts[1:], strict=False)
    return [paragraph[start:end].strip() for start, end in pairs]


def first_sentences(paragraph: str, limit: int) -> str:
    """As many first sentences as have `limit` words, one at least."""
    kept, *rest = sentences(paragraph)
    for sentence in rest:
        if weight(f"{kept} {sentence}") > limit:
            break
        kept += " " + sentence
    return kept


def last_sentences(paragraph: str, limit: int) -> tuple[str, str]:
    """The rest, and as many last sentences as have `limit` words, one at least."""
    *rest, kept = sentences(paragraph)
    while rest and weight(f"{rest[-1]} {kept}") <= limit:
        kept = f"{rest.pop()} {kept}"
    return " ".join(rest), re.sub(r"^\([^()]*\)\s+(?=\w)", "", kept)


def for_a_room(block: str) -> str:
    """A block without links, line breaks and words to somebody who can run cells."""
    if not block.startswith(("$$", "|")):
        is_list = re.match(ITEM, block)
        block = re.sub(rf"\n(?!{ITEM}) *" if is_list else r"\n", " ", block)
    return AT_KEYBOARD.sub("", LINK.sub(r"\1", block)).strip()
