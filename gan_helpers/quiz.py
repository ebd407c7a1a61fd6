"""The quiz "which is real?": people as the two-sample test.

`Quiz` keeps the rounds and the scores and needs no widget; `Quiz.show()` is its view.
A test by chance is worth what it promises only if nobody looks for the moment or for
the player that suits: so probabilities stand where a round is over, and the best of a
class is judged as the best of so many.
"""

import io
from typing import TYPE_CHECKING

import numpy as np

from gan_helpers.metrics import chance_p_value
from gan_helpers.pixels import to_bytes

if TYPE_CHECKING:
    import ipywidgets

SIDES = ("left", "right")


class Quiz:
    """Pairs of one real and one generated picture, in random order, for many players.

    Args:
        real_images, fake_images: (n, h, w, c) each in [-1, 1], n at least `rounds`.
            Pictures of the same number are shown together, so let them show the same
            kind of thing: else the kind may give the answer away.
        rounds: How many pairs each player is shown.
        seed: Which pictures, and which of the two is on the left.

    Attributes:
        pairs: The current player's pairs, (2, h, w, c) each, left and right.
        real_side: "left" or "right" for each of them.
        answers: What the current player has said so far.
        earlier: (right answers, answers) of each player before.
    """

    def __init__(
        self,
        real_images: np.ndarray,
        fake_images: np.ndarray,
        *,
        rounds: int = 12,
        seed: int = 0,
    ):
        n = len(real_images)
        if len(fake_images) != n:
            raise ValueError(
                f"There are {n} real and {len(fake_images)} generated pictures, "
                "expected pairs: equally many, in matching order."
            )
        if not 1 <= rounds <= n:
            raise ValueError(f"rounds is {rounds}, expected 1 to {n}, the pairs given.")
        self._images = real_images, fake_images
        self._rounds = rounds
        self._rng = np.random.default_rng(seed)
        self.earlier: list[tuple[int, int]] = []
        self._deal()

    def _deal(self) -> None:
        rows = self._rng.permutation(len(self._images[0]))[: self._rounds]
        real, fake = (images[rows] for images in self._images)
        sides = self._rng.integers(2, size=self._rounds)
        self.real_side = [SIDES[k] for k in sides]
        self.pairs = [
            np.stack([r, f] if side == "left" else [f, r])
            for r, f, side in zip(real, fake, self.real_side, strict=True)
        ]
        self.answers: list[str] = []

    @property
    def over(self) -> bool:
        """Whether the current player has answered every pair."""
        return len(self.answers) == len(self.pairs)

    def answer(self, side: str) -> bool:
        """Say that the picture on `side`, "left" or "right", is real; was it?

        Raises:
            ValueError: Another word, or the quiz is over.
        """
        if side not in SIDES:
            raise ValueError(f"side is {side!r}, expected 'left' or 'right'.")
        if self.over:
            raise ValueError(
                f"All {len(self.pairs)} pairs are answered. Call next_player()."
            )
        self.answers.append(side)
        return side == self.real_side[len(self.answers) - 1]

    def next_player(self) -> None:
        """New pairs for a new player; what was answered so far counts for the class.

        That includes an unfinished round: to leave out some answers after they are
        known would make the class's test dishonest.
        """
        if self.answers:
            correct, asked, _ = self.score()
            self.earlier.append((correct, asked))
        self._deal()

    def score(self) -> tuple[int, int, float]:
        """The player's right answers, answers, and the probability of that by chance.

        The probability, of at least as many, is `metrics.chance_p_value`'s; 1 before
        the first answer.
        """
        correct = sum(
            a == b for a, b in zip(self.answers, self.real_side, strict=False)
        )
        return _with_chance(correct, len(self.answers))

    def class_score(self) -> tuple[int, int, float]:
        """As `score`, over all answers of all players so far.

        Whoever guesses is right half the time whatever the pictures, because the sides
        are drawn anew: so the answers may be added up although pictures come again.
        """
        scores = [*self.earlier, self.score()[:2]]
        return _with_chance(*(sum(part) for part in zip(*scores, strict=True)))

    def verdict(self) -> str:
        """The player's score in words, and what it is worth once the round is over.

        One guesser in fifty gets 10 of 12 or more, and in a class of 25 who guess
        somebody does in 39 % of classes. So a player is judged as the best of all so
        far, 1 - (1 - p)^players; told by that, in 8 % of such classes somebody passes.
        """
        correct, asked, p = self.score()
        if not self.over:
            return _in_words(correct, asked)
        players = len(self.earlier) + 1
        best = 1 - (1 - p) ** players
        text = _in_words(correct, asked, p)
        if players > 1:
            text += f", the best of {players} guessers with {best:.2g}"
        return text + (
            ". You can tell them apart." if best < 0.05 else ". That may be luck."
        )

    def class_verdict(self) -> str:
        """The class's score in words, with its probability between two rounds only.

        It holds for a number of players that was decided before. Whoever watches it and
        stops where it is small will find it below 0.05 too often.
        """
        players = len(self.earlier) + bool(self.answers)
        noun = "player" if players == 1 else "players"
        correct, asked, p = self.class_score()
        between = asked and (self.over or not self.answers)
        words = _in_words(correct, asked, p if between else None)
        return f"The class, {players} {noun}: {words}"

    def show(self) -> "ipywidgets.VBox":
        """The quiz as a widget: two pictures, a button for each, and the scores.

        All buttons stay enabled, so that the keyboard's focus is never lost.
        """
        import ipywidgets as widgets

        pictures = [widgets.Image(width=160, height=160) for _ in SIDES]
        buttons = [widgets.Button(description=f"{side} is real") for side in SIDES]
        onwards = widgets.Button(description="Next player")
        # Not labels, which cut off what does not fit into one line.
        status, total = widgets.HTML(), widgets.HTML()

        def refresh(before: str = "") -> None:
            after = " Press “Next player” to go on." if self.over else ""
            status.value = f"{before}{self.verdict()}{after}"
            total.value = self.class_verdict()
            if not self.over:
                images = self.pairs[len(self.answers)]
                for picture, image in zip(pictures, images, strict=True):
                    picture.value = _to_png(image)

        def press(button: widgets.Button) -> None:
            if self.over:
                return
            right = self.answer(SIDES[buttons.index(button)])
            refresh("Right! " if right else "No: the other one was real. ")

        def go_on(_: widgets.Button) -> None:
            self.next_player()
            refresh(f"Player {len(self.earlier) + 1}: ")

        for button in buttons:
            button.on_click(press)
        onwards.on_click(go_on)
        refresh()
        columns = [widgets.VBox(part) for part in zip(pictures, buttons, strict=True)]
        return widgets.VBox([widgets.HBox(columns), status, onwards, total])


def _with_chance(correct: int, asked: int) -> tuple[int, int, float]:
    return correct, asked, chance_p_value(correct, asked) if asked else 1.0


def _in_words(correct: int, asked: int, p: float | None = None) -> str:
    text = f"{correct} of {asked} right"
    if p is not None:
        text += f"; guessing would do as well with probability {p:.2g}"
    return text


def _to_png(image: np.ndarray) -> bytes:
    from PIL import Image

    pixels = to_bytes(image).squeeze()
    target = io.BytesIO()
    Image.fromarray(pixels).resize((160, 160), Image.Resampling.NEAREST).save(
        target, "PNG"
    )
    return target.getvalue()
