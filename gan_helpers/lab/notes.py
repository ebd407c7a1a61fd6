"""What the clinic says of a lab's run, for the line of text under the picture."""

import numpy as np
from numpy.typing import ArrayLike

from gan_helpers.clinic.chart import Chart, Reading
from gan_helpers.clinic.symptoms import read_chart

# Readings to a diagnosis, which costs more than one; a run that has begun is not ill.
EVERY = 40
REMEMBERED = 60  # readings that a diagnosis goes by


class Notes:
    """Readings of a run, and the findings on them.

    Attributes:
        text: A sentence that names what was found last, or "".
    """

    def __init__(self) -> None:
        self._readings: list[tuple[int, Reading]] = []
        self._losses: list[np.ndarray] = []
        self._seen, self.text = 0, ""

    def add(
        self, iteration: int, seen: dict, losses: np.ndarray, real: ArrayLike
    ) -> None:
        """A look at this iteration; one at an earlier one begins anew from there.

        Args:
            seen: What a scene observed: "fake", and the logits of both kinds.
            losses: D's and G's, (2,).
            real: Real samples as `seen["fake"]` has generated ones.
        """
        if self._readings and self._readings[-1][0] == iteration:
            return
        while self._readings and self._readings[-1][0] >= iteration:
            self._readings.pop()
            self._losses.pop()
            self._seen, self.text = len(self._readings), ""
        self._readings.append((iteration, _as_reading(seen)))
        self._losses.append(losses)
        del self._readings[:-REMEMBERED], self._losses[:-REMEMBERED]
        self._seen += 1
        if self._seen % EVERY == 0:
            d_loss, g_loss = np.transpose(self._losses).astype(float)
            # A look at iteration i sees what the losses of iteration i - 1 led to.
            numbers = np.array([number - 1 for number, _ in self._readings])
            chart = Chart(numbers, d_loss, g_loss, self._readings, np.asarray(real))
            names = [finding.name for finding in read_chart(chart)[0]]
            self.text = f" Clinic: {', '.join(names)}." if names else ""


def _as_reading(seen: dict) -> Reading:
    real, fake = (seen[f"{kind}_logits"][:, 0] for kind in ("real", "fake"))
    return Reading(fake_points=seen["fake"][:256], real_logits=real, fake_logits=fake)
