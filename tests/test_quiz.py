"""The quiz counts right answers, and its buttons do what they say."""

import io
from math import comb

import numpy as np
import pytest
from PIL import Image

from gan_helpers.quiz import Quiz

REAL = np.full((20, 8, 8, 1), 1.0, "float32")
FAKE = np.full((20, 8, 8, 1), -1.0, "float32")


def test_each_pair_holds_a_real_and_a_generated_picture_where_it_says():
    quiz = Quiz(REAL, FAKE, rounds=20, seed=3)
    for pair, side in zip(quiz.pairs, quiz.real_side, strict=True):
        assert pair.shape == (2, 8, 8, 1)
        assert pair[("left", "right").index(side)].mean() == 1
        assert pair.mean() == 0
    assert set(quiz.real_side) == {"left", "right"}


def test_pictures_of_one_number_are_shown_together():
    numbers = np.linspace(0, 0.9, 10).reshape(10, 1, 1, 1)
    quiz = Quiz(numbers, numbers - 1, rounds=10, seed=4)
    for pair in quiz.pairs:
        assert abs(pair[0] - pair[1]).item() == pytest.approx(1)
    assert len({pair.max().round(2) for pair in quiz.pairs}) == 10
    with pytest.raises(ValueError, match="20 real and 19 generated"):
        Quiz(REAL, FAKE[1:])


def play(quiz, correct):
    """The current player gets the first `correct` pairs right and the others wrong."""
    other = {"left": "right", "right": "left"}
    for k, side in enumerate(quiz.real_side):
        quiz.answer(side if k < correct else other[side])


def test_the_score_is_the_binomial_tail():
    quiz = Quiz(REAL, FAKE, rounds=6, seed=0)
    assert quiz.score() == (0, 0, 1.0)
    assert quiz.answer(quiz.real_side[0])
    quiz = Quiz(REAL, FAKE, rounds=6, seed=0)
    play(quiz, 5)
    correct, asked, p = quiz.score()
    assert (correct, asked) == (5, 6)
    assert p == pytest.approx((comb(6, 5) + comb(6, 6)) / 2**6)
    assert "may be luck" in quiz.verdict()


def test_the_best_of_a_class_is_judged_as_that():
    """Of 25 guessers one passes in 8 % of classes; "10 of 12" would be 39 %."""
    tails = [sum(comb(12, i) for i in range(k, 13)) / 2**12 for k in range(13)]
    quiz = Quiz(REAL, FAKE, rounds=12)
    nobody = 1.0
    for player in range(1, 26):
        quiz.earlier = [(6, 12)] * (player - 1)
        passed = []
        for correct in range(8, 13):
            quiz._deal()
            play(quiz, correct)
            best = 1 - (1 - tails[correct]) ** player
            assert ("can tell" in quiz.verdict()) == (best < 0.05)
            assert (f"of {player} guessers" in quiz.verdict()) == (player > 1)
            if best < 0.05:
                passed.append(correct)
        nobody *= 1 - tails[min(passed)]
    assert 1 - (1 - tails[10]) ** 25 == pytest.approx(0.385, abs=0.001)
    assert 1 - nobody == pytest.approx(0.082, abs=0.001)


def test_probabilities_are_shown_between_rounds_only():
    quiz = Quiz(REAL, FAKE, rounds=4, seed=1)
    for side in quiz.real_side:
        assert "probability" not in quiz.verdict() + quiz.class_verdict()
        quiz.answer(side)
    assert "probability 0.062" in quiz.verdict()
    assert "probability 0.062" in quiz.class_verdict()
    quiz.next_player()
    assert "probability 0.062" in quiz.class_verdict()
    quiz.answer("left")
    assert quiz.verdict() == f"{int(quiz.real_side[0] == 'left')} of 1 right"
    assert "probability" not in quiz.verdict() + quiz.class_verdict()


def test_wrong_answers_and_numbers_are_refused():
    quiz = Quiz(REAL, FAKE, rounds=1)
    with pytest.raises(ValueError, match="'middle', expected 'left' or 'right'"):
        quiz.answer("middle")
    quiz.answer("left")
    with pytest.raises(ValueError, match="All 1 pairs are answered"):
        quiz.answer("left")
    with pytest.raises(ValueError, match="rounds is 21, expected 1 to 20"):
        Quiz(REAL, FAKE, rounds=21)


def test_each_player_has_other_pairs_and_all_answers_count_for_the_class():
    rng = np.random.default_rng(5)
    quiz = Quiz(*rng.uniform(-1, 1, size=(2, 30, 8, 8, 1)), rounds=6, seed=2)
    assert quiz.class_score() == (0, 0, 1.0)
    assert quiz.class_verdict() == "The class, 0 players: 0 of 0 right"
    first = quiz.pairs
    quiz.next_player()  # nobody has played yet
    assert quiz.earlier == []
    assert not any(
        np.array_equal(*pair) for pair in zip(first, quiz.pairs, strict=True)
    )

    for side in quiz.real_side:
        quiz.answer(side)
    quiz.next_player()
    assert (quiz.answers, quiz.earlier) == ([], [(6, 6)])
    for _ in range(2):  # and the player leaves
        quiz.answer("left")
    right = quiz.real_side[:2].count("left")
    quiz.next_player()
    assert quiz.earlier == [(6, 6), (right, 2)]
    quiz.answer(quiz.real_side[0])
    correct, asked, p = quiz.class_score()
    assert (correct, asked) == (7 + right, 9)
    tail = sum(comb(9, k) for k in range(correct, 10)) / 2**9
    assert p == pytest.approx(tail)
    assert quiz.class_verdict().startswith(
        f"The class, 3 players: {correct} of 9 right"
    )
    assert quiz.score() == (1, 1, 0.5)


def parts_of(view):
    """The pictures, the two buttons, the status, "Next player" and the class's line."""
    box, status, onwards, total = view.children
    pictures, buttons = zip(*(column.children for column in box.children), strict=True)
    return pictures, buttons, status, onwards, total


def shown_real(pictures):
    """Which of the two shown pictures is the real one, all white."""
    shown = [np.asarray(Image.open(io.BytesIO(one.value))).mean() for one in pictures]
    return ("left", "right")[int(np.argmax(shown))]


def test_the_buttons_answer_and_the_pictures_change():
    quiz = Quiz(REAL, FAKE, rounds=8, seed=1)
    pictures, buttons, status, _, total = parts_of(quiz.show())
    assert [button.description for button in buttons] == [
        "left is real",
        "right is real",
    ]
    for side in quiz.real_side:
        assert shown_real(pictures) == side
        buttons[("left", "right").index(side)].click()
    assert "8 of 8 right" in status.value and "can tell" in status.value
    assert "The class, 1 player: 8 of 8" in total.value
    before = status.value
    buttons[0].click()  # too late: nothing changes
    assert (status.value, len(quiz.answers)) == (before, 8)


def test_next_player_starts_anew_and_the_class_adds_up():
    quiz = Quiz(REAL, FAKE, rounds=4, seed=1)
    pictures, buttons, status, onwards, total = parts_of(quiz.show())
    assert onwards.description == "Next player"
    for player in range(3):
        for side in quiz.real_side:
            assert shown_real(pictures) == side
            buttons[("left", "right").index(side)].click()
        assert f"{player + 1} player" in total.value
        assert "Press “Next player”" in status.value
        onwards.click()
        assert status.value == f"Player {player + 2}: 0 of 0 right"
    assert total.value == (
        "The class, 3 players: 12 of 12 right; guessing would do as well with "
        "probability 0.00024"
    )
