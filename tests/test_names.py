"""One name, one meaning: what the package defines publicly, it defines once."""

import ast
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "gan_helpers"


def defined(path):
    """The public functions, classes and variables that a module itself defines."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for target in targets for part in ast.walk(target)]
            names = [part.id for part in parts if isinstance(part, ast.Name)]
        else:
            names = []
        yield from (name for name in names if not name.startswith("_"))


def test_a_public_name_is_defined_once():
    """Lessons have names of their own for what they teach, so `taught` may differ."""
    homes = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        if "taught" not in path.parts:
            for name in defined(path):
                homes[name].append(path.relative_to(PACKAGE).as_posix())
    assert homes["PointLab"] == ["lab/points.py"]
    assert homes["LOSSES"] == ["losses.py"]
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}
