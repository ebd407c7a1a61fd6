"""Which taught modules a lesson's outputs depend on, by what its code uses.

A cell may import one (`from gan_helpers.taught import fashion`), or use a function of
the package that does: what such a function uses is followed, definition by definition,
so that a lesson depends on what it calls and not on all that stands beside it.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "gan_helpers"
TAUGHT = f"{PACKAGE}.taught."


def taught_texts(sources: Iterable[str], texts: Mapping[str, str]) -> list[str]:
    """The texts of the taught modules that code depends on, in the order of topics.

    Args:
        sources: The code of cells; one with a mistake depends on nothing.
        texts: Each taught module's text, by its topic. A topic without a text is left
            out: running the code will say so.
    """
    found: dict[str, str] = {}
    waiting = set().union(*map(topics_used, sources))
    while waiting:
        topic = waiting.pop()
        if topic in texts and topic not in found:
            found[topic] = texts[topic]
            waiting |= topics_used(texts[topic])
    return [found[topic] for topic in sorted(found)]


def topics_used(code: str) -> set[str]:
    """The topics whose modules this code imports, itself or by what it uses."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return set()
    # A cell has its imports in an earlier one: a name of the package means its module.
    aliases = {name: f"{PACKAGE}.{name}" for name in _modules()} | _imports(tree)
    waiting, seen = set(_used(tree, aliases)), set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting |= _uses_of(name)
    found = (name for name in seen if name.startswith(TAUGHT))
    return {name.removeprefix(TAUGHT).split(".")[0] for name in found}


@cache
def _modules() -> frozenset[str]:
    """The names of the package's modules and packages."""
    paths = (ROOT / PACKAGE).glob("[!_]*")
    return frozenset(path.stem for path in paths) - {"taught"}


def _imports(tree: ast.AST) -> dict[str, str]:
    """What each name that an import binds stands for, those in functions included."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            found |= {
                alias.asname or alias.name: f"{node.module}.{alias.name}"
                for alias in node.names
            }
        elif isinstance(node, ast.Import):
            found |= {
                alias.asname or PACKAGE: alias.name if alias.asname else PACKAGE
                for alias in node.names
                if alias.name.split(".")[0] == PACKAGE
            }
    return found


def _used(tree: ast.AST, aliases: Mapping[str, str]) -> Iterator[str]:
    """Full names (gan_helpers.course.draw_map) of what is imported or used."""
    yield from _imports(tree).values()
    for node in ast.walk(tree):
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if isinstance(node, ast.Name) and node.id in aliases:
            yield ".".join([aliases[node.id], *parts])


@cache
def _uses_of(name: str) -> frozenset[str]:
    """Full names that the definition called `name` uses; none for a module's name."""
    module, _, rest = name.partition(".")
    folder, path = ROOT / module, None
    parts = rest.split(".") if rest else []
    while parts and path is None:
        part = parts.pop(0)
        module, folder = f"{module}.{part}", folder / part
        if folder.with_suffix(".py").is_file():
            path = folder.with_suffix(".py")
        elif not folder.is_dir():  # a name of the package itself
            parts.insert(0, part)
            module, path = module.rpartition(".")[0], folder.parent / "__init__.py"
    if path is None or not parts or name.startswith(TAUGHT):
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = {one: f"{module}.{one}" for node in tree.body for one in _defines(node)}
    aliases = _imports(tree) | own
    if parts[0] not in own:
        return frozenset({aliases[parts[0]]} if parts[0] in aliases else ())
    nodes = [node for node in tree.body if parts[0] in _defines(node)]
    return frozenset(use for node in nodes for use in _used(node, aliases))


def _defines(node: ast.stmt) -> set[str]:
    """The names that a statement at the top of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return set()
    names = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
    return {one.id for one in names if isinstance(one.ctx, ast.Store)}
