"""Functions, classes and constants as the lessons define them; no lesson is run.

lesson = from_lesson("02_quadratic_gan", "cross_entropy")
lesson.cross_entropy(logits, 0.9)
"""

import ast
from pathlib import Path
from types import SimpleNamespace

SOURCES = Path(__file__).resolve().parents[1] / "notebooks" / "source"


def from_lesson(lesson: str | int, *names: str) -> SimpleNamespace:
    """What a lesson's source binds to these names, and with them all they use.

    Only the statements that are needed run, in the lesson's order: imports, functions,
    classes, CONSTANTS in capitals, and what was asked for by name. So no data is loaded
    and nothing trained, unless a constant does; what else a function needs is missing
    when it is called. Of a name that the lesson binds twice the last one counts.

    Args:
        lesson: The slug, "02_quadratic_gan", or the number, 2.

    Raises:
        LookupError: There is no such lesson, or it does not bind a name.
    """
    pattern = f"{lesson:02d}_*.py" if isinstance(lesson, int) else f"{lesson}.py"
    found = sorted(SOURCES.glob(pattern))
    if len(found) != 1:
        raise LookupError(f"{len(found)} lessons are {pattern}, expected one.")
    tree = ast.parse(found[0].read_text(encoding="utf-8"))
    missing = set(names) - {name for node in tree.body for name in _bound(node)}
    if missing:
        raise LookupError(f"{found[0].name} does not define {sorted(missing)}.")
    tree.body = _needed(tree.body, set(names))
    module = {"__name__": found[0].stem}
    exec(compile(tree, found[0], "exec"), module)
    return SimpleNamespace(**{name: module[name] for name in names})


def _needed(statements: list[ast.stmt], names: set[str]) -> list[ast.stmt]:
    """The statements that bind the names, and those that these use in turn."""
    needed, todo = set(), names
    while todo:
        chosen = {
            k
            for k, node in enumerate(statements)
            if any(
                name in todo and (name in names or _is_definition(node, name))
                for name in _bound(node)
            )
        }
        todo = {
            node.id
            for k in chosen - needed
            for node in ast.walk(statements[k])
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        needed |= chosen
    return [node for k, node in enumerate(statements) if k in needed]


def _bound(node: ast.stmt) -> set[str]:
    """The names that a statement of a lesson's top level binds."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(a.asname or a.name).partition(".")[0] for a in node.names}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    return {
        child.id
        for child in ast.walk(node)
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store)
    }


def _is_definition(node: ast.stmt, name: str) -> bool:
    """Whether to run a statement for a name that something else uses."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
        return True
    return isinstance(node, ast.Assign | ast.AnnAssign) and name.isupper()
