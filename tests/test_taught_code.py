"""What a lesson teaches and what later lessons import must not drift apart."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TAUGHT = {
    "quadratic": "02_quadratic_gan.py",
    "svhn": "04_dcgan_svhn.py",
    "stacked": "06_stacked_models.py",
    "fashion": "05_dcgan_fashion_mnist.py",
}


def definitions(path):
    """Each top-level function and class of a file as its syntax tree, by name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.name: ast.dump(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


@pytest.mark.parametrize(("module", "lesson"), TAUGHT.items())
def test_the_package_holds_what_the_lesson_teaches(module, lesson):
    packaged = definitions(ROOT / "gan_helpers" / f"{module}.py")
    taught = definitions(ROOT / "notebooks" / "source" / lesson)
    assert packaged, "nothing in the package's module"
    assert packaged == {name: taught.get(name) for name in packaged}
