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


def test_the_score_is_the_binomial_tail():
    quiz = Quiz(REAL, FAKE, rounds=6, seed=0)
    other = {"left": "right", "right": "left"}
    assert quiz.score() == (0, 0, 1.0)
    results = [quiz.answer(side) for side in quiz.real_side[:5]]
    results.append(quiz.answer(other[quiz.real_side[5]]))
    assert results == [True] * 5 + [False]
    correct, asked, p = quiz.score()
    assert (correct, asked) == (5, 6)
    assert p == pytest.approx((comb(6, 5) + comb(6, 6)) / 2**6)
    assert "may be luck" in quiz.verdict()


def test_wrong_answers_and_numbers_are_refused():
    quiz = Quiz(REAL, FAKE, rounds=1)
    with pytest.raises(ValueError, match="'middle', expected 'left' or 'right'"):
        quiz.answer("middle")
    quiz.answer("left")
    with pytest.raises(ValueError, match="All 1 pairs are answered"):
        quiz.answer("left")
    with pytest.raises(ValueError, match="rounds is 21, expected 1 to 20"):
        Quiz(REAL, FAKE, rounds=21)


def test_the_buttons_answer_and_the_pictures_change():
    quiz = Quiz(REAL, FAKE, rounds=8, seed=1)
    box, status = quiz.show().children
    pictures = [column.children[0] for column in box.children]
    buttons = [column.children[1] for column in box.children]
    for side in quiz.real_side:
        shown = [
            np.asarray(Image.open(io.BytesIO(picture.value))).mean()
            for picture in pictures
        ]
        assert ("left", "right")[int(np.argmax(shown))] == side
        buttons[("left", "right").index(side)].click()
    assert "8 of 8 right" in status.value and "can tell" in status.value
    assert all(button.disabled for button in buttons)
