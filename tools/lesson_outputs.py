"""Brings the outputs of an executed notebook into one fixed form, and judges them."""

import base64
import io
import re
import tempfile
from pathlib import Path

import nbformat
from lesson_format import executed_sources
from lesson_rules import CAPTION
from PIL import Image

MAX_BYTES = 2_000_000
LARGE_PNG = 20_000  # bytes; smaller ones are line drawings
MIME_TYPES = ("text/plain", "image/png")
OBJECT_REPR = re.compile(r"<Figure .*>|<[\w.]+ object>")
# The last one is a memory address, as in "<Line2D at 0x7f3a…>".
MACHINE_TEXT = r"/home/|/Users/|/root/|/tmp/|[A-Z]:\\Users\\| at 0x[0-9a-f]{6,}"


def normalise(notebook: nbformat.NotebookNode) -> None:
    """Bring counts and outputs of `notebook` into their fixed form, in place.

    A figure's caption becomes its text alternative; that of an exercise's answer, which
    has none, says what was asked for.
    """
    count, text_above = 0, ""
    for cell, after in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if cell.cell_type != "code":
            text_above = cell.source
            continue
        count += 1
        cell.execution_count = count
        kept: list = []
        for output in cell.outputs:
            output = _normalise_output(output, count)
            if output is None:
                continue
            if (
                kept
                and output.output_type == "stream"
                and kept[-1].output_type == "stream"
                and kept[-1].name == output.name
            ):
                kept[-1].text += output.text
            else:
                kept.append(output)
        cell.outputs = kept
        has_caption = after is not None and CAPTION.match(after.source)
        words = _plain(after.source if has_caption else f"Drawn for: {text_above}")
        for output in kept:
            if "image/png" in output.get("data", {}):
                output.metadata["image/png"] = {"alt": words}


def _plain(markdown: str) -> str:
    """The first paragraph of a text, headings left out, without its marks."""
    markdown = re.sub(r"^(Drawn for: )?#.*\s+", r"\1", markdown)
    words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", markdown.split("\n\n")[0])
    return " ".join(re.sub(r"[*`$\\]", "", words).split())


def _normalise_output(output, count: int):
    """One output in its fixed form; None for one that a saved notebook drops."""
    if output.output_type == "stream":
        return output if output.name == "stdout" else None
    if output.output_type not in ("display_data", "execute_result"):
        return output  # an error: reported, never hidden
    data = output.data
    if "application/vnd.jupyter.widget-view+json" in data:
        return None  # a live view; saved, it would be the word "VBox(…)"
    kept = {mime: data[mime] for mime in MIME_TYPES if mime in data}
    is_repr = len(data) > 1 and OBJECT_REPR.fullmatch(kept.get("text/plain", ""))
    if is_repr or "image/png" in kept:
        kept.pop("text/plain", None)  # "<Figure …>" beside the figure itself
    if "image/png" in kept:
        kept["image/png"] = _with_palette(kept["image/png"])
    if not kept:
        return None
    output.data = nbformat.from_dict(kept)
    output.metadata = nbformat.from_dict({})
    if output.output_type == "execute_result":
        output.execution_count = count
    return output


def _with_palette(encoded: str) -> str:
    """A large still PNG in 256 colours: a third of the size, with no visible loss."""
    png = base64.b64decode(encoded)
    picture = Image.open(io.BytesIO(png))
    if len(png) < LARGE_PNG or picture.mode == "P" or picture.n_frames > 1:
        return encoded
    small = io.BytesIO()
    picture.convert("RGB").quantize(256).save(small, "PNG", optimize=True)
    return base64.b64encode(small.getvalue()).decode("ascii")


def text_of(output) -> str:
    """The text of one output; empty for a picture."""
    if output.output_type == "stream":
        return output.text
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return output.data.get("text/plain", "")


def _machine_pattern(root: Path) -> re.Pattern:
    """What no saved text may hold: the folders of this machine, and of any other."""
    folders = [str(path) for path in (root, Path.home(), tempfile.gettempdir())]
    # A container's home may be "/", which would match every slash.
    patterns = [rf"{re.escape(folder)}\b" for folder in folders if len(folder) > 1]
    return re.compile("|".join([*patterns, MACHINE_TEXT]))


def output_problems(notebook: nbformat.NotebookNode, root: Path) -> list[tuple]:
    """What is wrong with the saved outputs, as (cell number, rule, message)."""
    problems = []
    machine = _machine_pattern(root)
    count = 0
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        count += 1
        if cell.execution_count != count:
            text = f"execution count {cell.execution_count}, expected {count}"
            problems.append((number, "execution-count", text))
        for output in cell.outputs:
            problems += [(number, *found) for found in _one_output(output, machine)]
    if "widgets" in notebook.metadata:
        problems.append((0, "widget-state", "widget state in the metadata"))
    size = len(to_text(notebook).encode())
    if size > MAX_BYTES:
        text = f"{size:,} bytes, at most {MAX_BYTES:,}: use smaller or fewer figures"
        problems.append((0, "size", text))
    return problems


def compared_problems(notebook: nbformat.NotebookNode) -> list[tuple]:
    """Cells whose output the tests compare although a saved notebook drops parts of it.

    nbval fails on any output that a run has and the saved notebook has not.
    """
    problems = []
    for number, cell in enumerate(notebook.cells, start=1):
        if "nbval-check-output" not in cell.metadata.get("tags", ()):
            continue
        kinds = [
            kind
            for output in cell.get("outputs", ())
            for kind in [output.get("name"), *output.get("data", {})]
            if kind not in (None, "stdout", "text/plain")
        ]
        if kinds:
            text = f"tagged nbval-check-output, it may only print; it gives {kinds[0]}"
            problems.append((number, "compared", text))
    return problems


def _one_output(output, machine: re.Pattern) -> list[tuple[str, str]]:
    found = []
    if output.output_type == "error":
        found.append(("error-output", text_of(output)))
    if output.output_type == "stream" and output.name != "stdout":
        found.append(("stderr", f"output on {output.name}: {output.text[:60]!r}"))
    bad = [mime for mime in output.get("data", {}) if mime not in MIME_TYPES]
    if bad:
        found.append(("mime-type", f"{', '.join(bad)}, expected text or PNG"))
    match = machine.search(text_of(output))
    if match:
        line = match.string[: match.end() + 30].splitlines()[-1][-90:]
        text = f"{line!r} names this machine: do not print it"
        found.append(("machine-path", text))
    return found


def to_text(notebook: nbformat.NotebookNode) -> str:
    """The notebook as the text of its file."""
    return nbformat.v4.writes(notebook) + "\n"


def read_notebook(path: Path) -> nbformat.NotebookNode | None:
    """The saved notebook as it stands; None where there is none that can be read."""
    try:
        return nbformat.v4.reads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, AttributeError):
        return None


def is_executed(saved: nbformat.NotebookNode | None, expected) -> bool:
    """Whether `saved` holds the outputs of the code of `expected`, at our budget.

    All its metadata but the licence must be ours: Jupyter changes them when it runs a
    notebook, and outputs of such a run are from another machine or budget.
    """
    if saved is None or not saved.cells:
        return False
    if {**saved.metadata, "license": expected.metadata.license} != expected.metadata:
        return False
    code_cells = [cell for cell in saved.cells if cell.cell_type == "code"]
    same = executed_sources(saved.cells) == executed_sources(expected.cells)
    return same and all(cell.execution_count for cell in code_cells)


def keep_outputs(notebook: nbformat.NotebookNode, saved) -> bool:
    """Copy the saved outputs into `notebook` if its code is still the executed one."""
    if not is_executed(saved, notebook):
        return False
    pairs = zip(
        [cell for cell in notebook.cells if cell.cell_type == "code"],
        [cell for cell in saved.cells if cell.cell_type == "code"],
        strict=True,
    )
    for cell, old in pairs:
        cell.outputs = old.outputs
    return True
