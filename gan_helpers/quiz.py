"""The quiz "which is real?": people as the two-sample test.

`Quiz` keeps the rounds and the score and needs no widget; `Quiz.show()` is its view.
"""

import io

import numpy as np

from gan_helpers.metrics import chance_p_value

SIDES = ("left", "right")


class Quiz:
    """Pairs of one real and one generated picture, in random order.

    Args:
        real_images, fake_images: (n, h, w, c) in [-1, 1], n at least `rounds`.
        rounds: How many pairs are shown.
        seed: Which pictures, and which of the two is on the left.
    """

    def __init__(
        self,
        real_images: np.ndarray,
        fake_images: np.ndarray,
        *,
        rounds: int = 12,
        seed: int = 0,
    ):
        fewest = min(len(real_images), len(fake_images))
        if not 1 <= rounds <= fewest:
            raise ValueError(
                f"rounds is {rounds}, expected 1 to {fewest}, the number of pictures."
            )
        rng = np.random.default_rng(seed)
        real = real_images[rng.permutation(len(real_images))[:rounds]]
        fake = fake_images[rng.permutation(len(fake_images))[:rounds]]
        self.real_side = [SIDES[k] for k in rng.integers(2, size=rounds)]
        self.pairs = [
            np.stack([r, f] if side == "left" else [f, r])
            for r, f, side in zip(real, fake, self.real_side, strict=True)
        ]
        self.answers: list[str] = []

    @property
    def over(self) -> bool:
        """Whether every pair has been answered."""
        return len(self.answers) == len(self.pairs)

    def answer(self, side: str) -> bool:
        """Say that the picture on `side`, "left" or "right", is real; was it?

        Raises:
            ValueError: Another word, or the quiz is over.
        """
        if side not in SIDES:
            raise ValueError(f"side is {side!r}, expected 'left' or 'right'.")
        if self.over:
            raise ValueError(f"All {len(self.pairs)} pairs are answered. Make another.")
        self.answers.append(side)
        return side == self.real_side[len(self.answers) - 1]

    def score(self) -> tuple[int, int, float]:
        """Right answers, answers, and the probability of at least as many by chance.

        The probability is `metrics.chance_p_value`'s; 1 before the first answer.
        """
        asked = len(self.answers)
        correct = sum(
            a == b for a, b in zip(self.answers, self.real_side, strict=False)
        )
        return correct, asked, chance_p_value(correct, asked) if asked else 1.0

    def verdict(self) -> str:
        """The score in words."""
        correct, asked, p = self.score()
        text = f"{correct} of {asked} right"
        if not asked:
            return text
        text += f"; guessing would do as well with probability {p:.2g}"
        if self.over:
            told = p < 0.05
            text += ". You can tell them apart." if told else ". That may be luck."
        return text

    def show(self):
        """The quiz as a widget: two pictures and two buttons."""
        import ipywidgets as widgets

        pictures = [widgets.Image(width=160, height=160) for _ in SIDES]
        buttons = [widgets.Button(description=f"{side} is real") for side in SIDES]
        status = widgets.Label()

        def refresh(before=""):
            status.value = f"{before}{self.verdict()}"
            if self.over:
                for button in buttons:
                    button.disabled = True
                return
            for picture, image in zip(
                pictures, self.pairs[len(self.answers)], strict=True
            ):
                picture.value = _to_png(image)

        def press(button):
            right = self.answer(SIDES[buttons.index(button)])
            refresh("Right! " if right else "No: the other one was real. ")

        for button in buttons:
            button.on_click(press)
        refresh()
        columns = [widgets.VBox(part) for part in zip(pictures, buttons, strict=True)]
        return widgets.VBox([widgets.HBox(columns), status])


def _to_png(image: np.ndarray) -> bytes:
    from PIL import Image

    pixels = np.round((image.clip(-1, 1) + 1) * 127.5).astype(np.uint8).squeeze()
    target = io.BytesIO()
    Image.fromarray(pixels).resize((160, 160), Image.Resampling.NEAREST).save(
        target, "PNG"
    )
    return target.getvalue()
