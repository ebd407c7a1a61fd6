"""Automatic checks of exercises: what holds, what does not, and perhaps why."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    import keras

SHOWN = 60  # characters of a found value in a hint
NO_TESTS: Mapping[str, Callable] = {}


def check(
    exercise: str,
    answer: Any,
    tests: Mapping[str, Callable],
    mistakes: Mapping[str, Callable] = NO_TESTS,
) -> None:
    """Print whether `answer` passes the tests of an exercise.

    The line starts with ✓ when all pass, with ✗ and the first test that fails when one
    does, and with ○ while the exercise is open. After ✗ a second line says what was
    found, or which mistake it looks like. Nothing is raised, so that an unfinished
    exercise does not stop the lesson.

    Args:
        exercise: Its number, such as "2.1".
        answer: What the student wrote: a function, which the tests call, or a value. It
            is open while it is `...`, the stub's mark, or returns that.
        tests: What should hold, in words, to a function of the answer that returns
            whether it does, such as by `same`. They run in order, up to the first that
            fails.
        mistakes: A hint, to a function of the answer that returns whether it is the one
            to give. They are asked in order when a test has failed; one that raises an
            error is not it.
    """
    calls = _Calls(answer)
    for number, (statement, test) in enumerate(tests.items(), start=1):
        place = f"check {number} of {len(tests)}"
        calls.last = answer
        try:
            passed = test(calls.answer)
        except Exception as error:  # any mistake in a student's answer ends up here
            line, passed = f"{place}, {statement!r}, raised {_describe(error)}", ""
        else:
            line = f"{place} fails. Expected: {statement}"
        if calls.open:
            print(f"○ Exercise {exercise}: not attempted yet")
            return
        if not passed:
            print(f"✗ Exercise {exercise}: {line}")
            difference = str(passed) if isinstance(passed, _Difference) else ""
            hint = _find_hint(answer, mistakes) or calls.say() or difference
            if hint:
                print(f"  Hint: {hint}")
            return
    print(f"✓ Exercise {exercise}: all {len(tests)} checks pass")


class _Calls:
    """An answer, and what it returned: `...` means open, None a forgotten return."""

    def __init__(self, answer: Any):
        self.open, self.last, self.answer = answer is ..., answer, answer
        is_network = hasattr(answer, "weights")  # tests look into it
        if callable(answer) and not is_network:

            @functools.wraps(answer, updated=())
            def watched(*args: Any, **kwargs: Any) -> Any:
                self.last = answer(*args, **kwargs)
                self.open = self.open or self.last is ...
                return self.last

            self.answer = watched

    def say(self) -> str:
        return "it gives None; is there a return?" if self.last is None else ""


class _Difference(str):
    """What `same` found to differ; false, as a test's result."""

    def __bool__(self) -> bool:
        return False


def same(
    found: Any, expected: ArrayLike, *, atol: float = 1e-5, rtol: float = 1e-5
) -> Any:
    """Whether two results agree; if not, something false that says what was found.

    Numbers, lists, arrays and tensors of any float type count alike, and axes of length
    1 do not matter: (z,) is as good as (1, z).
    """
    if found is None:
        return _Difference("it gives None.")
    array, wanted = np.asarray(found), np.asarray(expected)
    if np.squeeze(array).shape != np.squeeze(wanted).shape:
        return _Difference(f"its shape is {array.shape}, expected {wanted.shape}.")
    close = np.allclose(np.squeeze(array), np.squeeze(wanted), atol=atol, rtol=rtol)
    texts = (np.array2string(x, precision=4, threshold=8) for x in (array, wanted))
    shown, right = (" ".join(text.split())[:SHOWN] for text in texts)
    return True if close else _Difference(f"it gives {shown}, expected {right}.")


def same_as_dense(
    network: "keras.Model",
    inputs: np.ndarray,
    plan: Sequence[tuple[int, Callable | None]],
) -> Any:
    """Whether a network computes dense layers; if not, false as from `same`.

    Its weights are set to known numbers, equal ones for equal shapes: so it does not
    matter which kinds of layers hold them, nor in which order.

    Args:
        network: A Keras network that has its weights; they are lost.
        inputs: (n, ...), each of the n in one row or not.
        plan: A pair (units, activation) for each layer, the activation a function of
            arrays, or None for a linear layer.
    """
    found, expected = [], []
    for seed in range(3):  # one set may hide a ReLU, where all it gets is positive
        network.set_weights([_known(w.shape, seed) for w in network.get_weights()])
        found.append(network(inputs))
        rows = np.reshape(inputs, (len(inputs), -1))
        for units, activation in plan:
            rows = rows @ _known((rows.shape[1], units), seed) + _known((units,), seed)
            rows = activation(rows) if activation else rows
        expected.append(rows)
    result = same(np.concatenate(found), np.concatenate(expected), atol=0.01, rtol=0.01)
    return result or _Difference(f"with known weights {result}")


def _known(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Numbers for a kernel or a bias, of a size that keeps outputs near 1."""
    return np.random.default_rng(seed).normal(0, 1.5 / shape[0] ** 0.5, shape)


def _describe(error: Exception) -> str:
    """An error's kind and message, without the way there through compiled code."""
    lines = f"{type(error).__name__}: {error}".strip().splitlines()
    compiled = lines[0].endswith("in user code:")
    return lines[-1].strip() if compiled else "\n".join(lines)


def _find_hint(answer: Any, mistakes: Mapping[str, Callable]) -> str:
    """The first mistake that the answer makes, in words; "" for none."""
    for hint, makes in mistakes.items():
        try:
            if makes(answer):
                return hint
        except Exception:  # asked about an answer of another form
            continue
    return ""
