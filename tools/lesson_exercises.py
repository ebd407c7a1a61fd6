"""The exercises of the lessons: their own answers, and what a check says of one."""

import ast
import contextlib
import functools
import io
import linecache
import types

from lesson_code import all_lessons, find_lesson
from lesson_source import Cell, Lesson, cut_solution
from lesson_taught import globals_in, standing_alone

from gan_helpers import checks


def exercises() -> list[tuple[str, str]]:
    """(the lesson's slug, the number) of every exercise with a check."""
    return [
        (lesson.slug, number)
        for lesson in all_lessons()
        for cell in lesson.cells
        for number in numbers_in(cell)
    ]


def own_answer(slug: str, exercise: str, *, solved: bool) -> str:
    """The lesson's own answer, or its stub: the solution cells above the check."""
    lesson = find_lesson(slug)
    check = check_cell(lesson, exercise)
    before = lesson.cells[: lesson.cells.index(check)]
    last = max(i for i, cell in enumerate(before) if cell.kind == "markdown")
    return "\n\n".join(
        cut_solution(cell.source, solved=solved)
        for cell in before[last:]
        if cell.kind == "code"
    )


def judge(slug: str, exercise: str, code: str) -> list[str]:
    """The lines that an exercise's check prints about the answer `code`.

    The check may use functions, classes and constants of its lesson, and what its own
    cell makes: no network or picture of the lesson, so that nothing is trained.
    """
    check = check_cell(find_lesson(slug), exercise)
    cells = code + "\n\n" + check.source
    scope = {"display": print}  # as in a notebook
    scope |= dict(_lesson_scope(slug, frozenset(globals_in(cells))))
    printed = io.StringIO()
    modules = {k: v for k, v in scope.items() if isinstance(v, types.ModuleType)}
    judges = dict(vars(checks))
    _run(code, f"<answer to {exercise}: {hash(code)}>", scope)
    scope |= modules  # an answer may not bring its own `checks`, nor change ours
    vars(checks).update(judges)
    with contextlib.redirect_stdout(printed):
        _run(check.source, f"<check of {exercise}>", scope)
    return printed.getvalue().splitlines()


def _run(code: str, file: str, scope: dict) -> None:
    # TensorFlow reads the source of a function that it compiles.
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    exec(compile(code, file, "exec"), scope)


@functools.cache
def _lesson_scope(slug: str, names: frozenset) -> dict:
    """What the lesson defines of these names, and what they use."""

    def choose(lesson, name, found):
        usable = [one for one in found if name.isupper() or not one.is_variable]
        outside = [one for one in usable if not one.in_exercise]
        return outside[-1] if outside else None

    scope: dict = {"__name__": "__main__"}  # as a notebook's: TensorFlow compiles it
    text = standing_alone(find_lesson(slug), sorted(names), choose=choose)
    _run(text, f"<{slug} for exercises: {hash(names)}>", scope)
    return scope


def check_cell(lesson: Lesson, exercise: str) -> Cell:
    for cell in lesson.cells:
        if exercise in numbers_in(cell):
            return cell
    raise LookupError(f"{lesson.path.name} has no check of exercise {exercise!r}.")


def numbers_in(cell: Cell) -> list[str]:
    """The exercises that a cell checks."""
    if "check" not in cell.tags:
        return []
    calls = [node for node in ast.walk(ast.parse(cell.source)) if _is_check(node)]
    return [call.args[0].value for call in calls]


def _is_check(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "checks.check"
