"""Trainings in turn: other work on a machine makes the steps of all of them slower."""

import math
import time
from collections.abc import Iterable

from gan_helpers import training

N_STEPS = 20  # at a turn, at most: less where they take over a second


class Turns:
    """A training that counts its steps, and the seconds of processor time they took.

    Start the program with OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1, so that they are
    seconds of one core. Compiling is not counted.
    """

    def __init__(self, step: training.Step):
        self.run = training.compile_loop(step, max_steps=N_STEPS)
        self.run(0, 1)
        self.steps, self.spent = 1, 0.0

    def advance(self, share: float) -> None:
        """Some steps more; `share` is the share of the whole time that is spent."""
        a_second = int(self.steps / self.spent) if self.spent else 1
        n = min(max(1, a_second), N_STEPS)
        start = time.process_time()
        self.run(self.steps, n)
        self.spent += time.process_time() - start
        self.steps += n


def train_in_turn(runs: Iterable, seconds: float) -> None:
    """Always the one that has had the least, until each has had `seconds`."""
    runs = list(runs)
    while runs and (run := min(runs, key=lambda run: run.spent)).spent < seconds:
        run.advance(run.spent / seconds)


def falling(share: float, end: float) -> float:
    """By what the first rate is multiplied: half a cosine, from 1 down to `end`."""
    return end + (1 - end) * (1 + math.cos(math.pi * share)) / 2
