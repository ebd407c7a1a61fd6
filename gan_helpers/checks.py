"""Automatic checks of exercises: one line that says what holds and what does not."""

from collections.abc import Callable, Mapping


def check(exercise: str, answer, tests: Mapping[str, Callable]) -> None:
    """Print whether `answer` passes the tests of an exercise.

    The line starts with ✓ when all pass, with ✗ and the first test that fails when one
    does, and with ○ while the exercise is open. Nothing is raised, so that an
    unfinished exercise does not stop the lesson.

    Args:
        exercise: Its number, such as "2.1".
        answer: What the student made; None or ... means "not attempted yet".
        tests: What should hold, in words, to a function of the answer that returns
            whether it does. They run in order, up to the first that fails.
    """
    if answer is None or answer is ...:
        print(f"○ Exercise {exercise}: not attempted yet")
        return
    for number, (statement, test) in enumerate(tests.items(), start=1):
        place = f"check {number} of {len(tests)}"
        try:
            passed = test(answer)
        except Exception as error:  # any mistake in a student's answer ends up here
            problem = f"{type(error).__name__}: {error}"
            print(f"✗ Exercise {exercise}: {place}, {statement!r}, raised {problem}")
            return
        if not passed:
            print(f"✗ Exercise {exercise}: {place} fails. Expected: {statement}")
            return
    print(f"✓ Exercise {exercise}: all {len(tests)} checks pass")
