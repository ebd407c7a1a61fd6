"""What a student reads under an exercise."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_helpers import checks

TESTS = {
    "a list": lambda answer: isinstance(answer, list),
    "three long": lambda answer: len(answer) == 3,
}
DOUBLES = {
    "6 for 3": lambda f: checks.same(f(3), 6),
    "0 for 0": lambda f: checks.same(f(0), 0),
}
SQUARES = {"you square it": lambda f: f(3) == 9, "never": lambda f: 1 / 0}


def said(capsys, *arguments):
    checks.check(*arguments)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (..., "○ Exercise 2.1: not attempted yet"),
        ([1, 2, 3], "✓ Exercise 2.1: all 2 checks pass"),
        ([1], "✗ Exercise 2.1: check 2 of 2 fails. Expected: three long"),
        ((1, 2, 3), "✗ Exercise 2.1: check 1 of 2 fails. Expected: a list"),
    ],
)
def test_check_says_what_holds(answer, line, capsys):
    assert said(capsys, "2.1", answer, TESTS) == line + "\n"


@pytest.mark.parametrize(
    ("answer", "line", "hint"),
    [
        (lambda x: 2 * x, "✓ Exercise 1.1: all 2 checks pass", ""),
        (lambda x: ..., "○ Exercise 1.1: not attempted yet", ""),
        (lambda x: x**2, "✗ Exercise 1.1: check 1 of 2 fails", "you square it"),
        (lambda x: x + 3, "✗ Exercise 1.1: check 2 of 2 fails", "it gives 3, expected"),
        (lambda x: None, "✗ Exercise 1.1: check 1 of 2 fails", "is there a return?"),
        (lambda: 6, "✗ Exercise 1.1: check 1 of 2, '6 for 3', raised TypeError", ""),
        (lambda x: [2 * x] * 2, "✗ Exercise 1.1: check 1 of 2", "its shape is (2,)"),
        (None, "✗ Exercise 1.1: check 1 of 2", "is there a return?"),
    ],
)
def test_a_function_is_called_and_what_looks_like_the_mistake_is_said(
    answer, line, hint, capsys
):
    first, *rest = said(capsys, "1.1", answer, DOUBLES, SQUARES).splitlines()
    assert first.startswith(line)
    assert [text.startswith("  Hint: ") and hint in text for text in rest] == (
        [True] if hint else []
    )


def test_a_right_none_is_no_forgotten_return(capsys):
    tests = {"silent": lambda f: f() is None, "loud": lambda f: f() is not None}
    assert said(capsys, "7.2", lambda: None, tests).count("None") == 1
    assert said(capsys, "7.2", lambda: 3, tests) == (
        "✗ Exercise 7.2: check 1 of 2 fails. Expected: silent\n"
    )


def test_an_open_part_of_a_test_is_open_even_where_it_raises(capsys):
    tests = {"sum": lambda f: f(1) + 1 == 3}
    assert said(capsys, "1.2", lambda x: ..., tests).startswith("○")


def test_a_network_is_an_answer(capsys):
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    tests = {"a column": lambda net: net(np.zeros((3, 2))).shape == (3, 1)}
    assert said(capsys, "2.1", network, tests).startswith("✓")
    assert said(
        capsys, "2.1", lambda: network, {"3": lambda f: f().count_params() == 3}
    )


@pytest.mark.parametrize(
    "found",
    [
        [1.0, 2.0],
        (1, 2),
        np.float32([[1, 2]]),
        tf.constant([[1.0], [2.0]]),
        tf.Variable([1.0, 2.0 + 1e-6]),
    ],
)
def test_results_of_any_kind_compare(found):
    assert checks.same(found, [1.0, 2.0])


@pytest.mark.parametrize(
    ("found", "expected", "words"),
    [
        ([1, 2.1], [1, 2], "it gives [1. 2.1], expected [1 2]."),
        (1.0, [1, 2], "its shape is (), expected (2,)."),
        ([[1, 2], [3, 4]], [1, 2, 3, 4], "its shape is (2, 2), expected (4,)."),
        (np.nan, 0.5, "it gives nan, expected 0.5."),
        (None, 0.5, "it gives None."),
    ],
)
def test_a_difference_is_false_and_says_what_was_found(found, expected, words):
    result = checks.same(found, expected)
    assert not result
    assert str(result) == words


POINTS = np.float32([[1, -2], [-0.5, 1.5], [2, 2]])
BENT = [(3, np.tanh), (1, None)]


class LastFirst(keras.Model):
    """Its weights are in another order than its layers are used in."""

    def __init__(self):
        super().__init__()
        self.last, self.first = keras.layers.Dense(1), keras.layers.Dense(3)
        self(POINTS)

    def call(self, x):
        return self.last(tf.tanh(self.first(x)))


def dense(*activations):
    units = [3] * (len(activations) - 1) + [1]
    pairs = zip(units, activations, strict=True)
    hidden = [keras.layers.Dense(n, activation=name) for n, name in pairs]
    return keras.Sequential([keras.Input((2,)), *hidden])


def functional():
    points = keras.Input((2,))
    hidden = keras.layers.Activation("tanh")(keras.layers.Dense(3)(points))
    return keras.Model(points, keras.layers.Dense(1)(hidden))


@pytest.mark.parametrize("network", [dense("tanh", None), functional(), LastFirst()])
def test_networks_count_by_what_they_compute(network):
    assert checks.same_as_dense(network, POINTS, BENT)
    plan = [(3, np.tanh), (1, np.tanh)]
    assert not checks.same_as_dense(network, POINTS, plan)


@pytest.mark.parametrize(
    "activations",
    [(None, None), ("tanh", "relu"), ("sigmoid", None), ("tanh", "tanh", None)],
)
def test_networks_that_compute_something_else_differ(activations):
    result = checks.same_as_dense(dense(*activations), POINTS, BENT)
    assert not result
    assert str(result).startswith("with known weights it gives [[")


def test_pictures_are_flattened_for_dense_layers():
    layers = [keras.layers.Flatten(), keras.layers.Dense(2, activation="relu")]
    network = keras.Sequential([keras.Input((2, 3, 1)), *layers])
    pictures = np.arange(24).reshape(4, 2, 3, 1) / 12 - 1
    plan = [(2, lambda x: np.maximum(x, 0))]
    assert checks.same_as_dense(network, pictures, plan)
    wide = checks.same_as_dense(network, pictures, [*plan, (5, None)])
    assert str(wide) == "with known weights its shape is (12, 2), expected (12, 5)."


def test_an_error_in_compiled_code_is_told_in_one_line(capsys):
    compiled = {"a sum": lambda f: tf.function(lambda x: f(x))(tf.constant(1)) == 2}
    line = said(capsys, "0.2", lambda x: np.float32(x) + 1, compiled)
    assert line.startswith("✗ Exercise 0.2: check 1 of 1, 'a sum', raised Not")
    assert "symbolic" in line and line.count("\n") == 1
