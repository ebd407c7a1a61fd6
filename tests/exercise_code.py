"""The answers in tests/answers, on which each exercise's check is tried."""

import re
from dataclasses import dataclass
from pathlib import Path

ANSWERS = Path(__file__).with_name("answers")
ROW = re.compile(r"# %% (\d+\.\d) (right|wrong): (.+)")
HINT = "# hint: "


@dataclass(frozen=True)
class Answer:
    """A row of the table: an answer to an exercise, and what its check should say."""

    slug: str
    exercise: str
    right: bool
    name: str
    code: str
    hint: str  # words that a wrong answer's second line contains

    def __str__(self):
        return f"{self.exercise} {'right' if self.right else 'wrong'}: {self.name}"


def read_answers(path: Path) -> list[Answer]:
    """The answers in tests/answers/SLUG.py, each below a line `# %% 2.1 wrong: why`."""
    found = []
    for part in re.split(r"^(?=# %% )", path.read_text(encoding="utf-8"), flags=re.M)[
        1:
    ]:
        head, _, code = part.partition("\n")
        match = ROW.fullmatch(head)
        if not match:
            raise ValueError(
                f"{path}: {head!r}, expected '# %% 2.1 right: what it is'."
            )
        exercise, verdict, name = match.groups()
        hints = [line[len(HINT) :] for line in code.splitlines() if HINT in line]
        hint = " ".join(hints)
        found.append(Answer(path.stem, exercise, verdict == "right", name, code, hint))
    return found
