"""Helpers for the GAN course: data, pictures, training loops, measures and checks.

What lessons use loads on first use, so `import gan_helpers` costs next to nothing.
"""

import importlib
from types import ModuleType

__all__ = [
    "checks",
    "classifiers",
    "clinic",
    "course",
    "data",
    "diagrams",
    "environment",
    "generators",
    "lab",
    "losses",
    "metrics",
    "pixels",
    "plotting",
    "quiz",
    "settings",
    "taught",
    "training",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
