"""What a section was measured on: processor, cores, versions."""

import os
import platform
from importlib import metadata
from pathlib import Path

# What TensorFlow's kernels choose by: vectors, and products of bfloat16 numbers.
FLAGS = ("avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16")
PACKAGES = ("tensorflow", "keras", "numpy")


def describe() -> dict[str, str]:
    """The machine in words, by what is described."""
    first = read_processor()
    names = [name for name in FLAGS if name in first.get("flags", "").split()]
    versions = [f"{name} {metadata.version(name)}" for name in PACKAGES]
    return {
        "processor": first.get("model name") or platform.processor() or "not known",
        "cores": str(os.cpu_count()),
        "instructions": ", ".join(names) or "not known",
        "memory": f"{memory() / 2**30:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "versions": ", ".join([f"Python {platform.python_version()}", *versions]),
    }


def has_bfloat16(described: dict[str, str]) -> bool:
    """Whether a machine, as `describe` has it, multiplies bfloat16 by itself."""
    return "bf16" in described["instructions"]


def read_processor() -> dict[str, str]:
    """The first processor's lines in /proc/cpuinfo; nothing where there is none."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.split("\n\n")[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def memory() -> int:
    """Bytes of memory; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def show(described: dict[str, str]) -> str:
    """One line of Markdown."""
    return (
        f"{described['processor']}, {described['cores']} cores "
        f"({described['instructions']}), {described['memory']}, {described['system']}; "
        f"{described['versions']}."
    )
