"""Links the first mention of each glossary term on a page to the glossary."""

import re

from docutils import nodes
from sphinx.application import Sphinx

GLOSSARY = "glossary"
# Inside these a term stays as it is: it is a link already, code, or a heading.
CLOSED = (
    nodes.reference,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.raw,
    nodes.title,
    nodes.rubric,
)


def setup(app: Sphinx) -> dict:
    """Sphinx calls this."""
    app.connect("doctree-resolved", link_terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def link_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link each term's first mention in `doctree`, in place; not in the glossary."""
    if docname == GLOSSARY:
        return
    terms = {
        name.lower(): anchor
        for name, _, kind, _, anchor, _ in app.env.domains["std"].get_objects()
        if kind == "term"
    }
    page = app.builder.get_relative_uri(docname, GLOSSARY)
    linked: set[str] = set()
    for text in list(doctree.findall(nodes.Text)):
        if _is_open(text):
            new = _with_links(text.astext(), terms, linked, page)
            if len(new) > 1:
                text.parent.replace(text, new)


def _is_open(node: nodes.Node) -> bool:
    inside = False
    while node := node.parent:
        if isinstance(node, CLOSED):
            return False
        inside = inside or isinstance(node, nodes.paragraph)
    return inside


def _with_links(text: str, terms: dict, linked: set, page: str) -> list[nodes.Node]:
    """`text` in pieces; those that mention a term not yet `linked` are links."""
    pieces, end = [], 0
    for match in _pattern(terms).finditer(text):
        anchor = terms[match["term"].lower()]
        if anchor in linked:
            continue
        linked.add(anchor)
        link = nodes.reference(
            "", match[0], refuri=f"{page}#{anchor}", internal=True, classes=["term"]
        )
        pieces += [nodes.Text(text[end : match.start()]), link]
        end = match.end()
    return [*pieces, nodes.Text(text[end:])]


def _pattern(terms: dict) -> re.Pattern:
    """Any of the terms as a word of its own, also in the plural, the longest first."""
    names = sorted(terms, key=len, reverse=True)
    words = "|".join(re.escape(name).replace(r"\ ", r"\s") for name in names)
    return re.compile(rf"(?<![\w-])(?P<term>{words})(?:s|es)?(?![\w-])", re.IGNORECASE)
