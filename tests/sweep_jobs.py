"""Runs that the workers of test_sweeps.py import: numpy alone, quick to start."""

import os
import signal
import time
from pathlib import Path

import numpy as np


def draw(seed, rate, folder=None):
    """A sum whose last bit depends on all that went in; leaves a mark that it ran."""
    noise = np.random.default_rng(seed).normal(size=1000)
    found = float(np.sum(np.sin(rate * noise)))
    if folder is not None:
        mark(folder, f"ran {seed} {rate}")
    return {"found": found}


def draw_unmarked(seed, rate, folder):
    return draw(seed, rate)


def draw_until_killed(seed, rate, folder):
    """In a worker with VICTIM in its environment the second run waits for its end."""
    mark(folder, f"began in {os.getpgrp()}")
    mine = len(list(Path(folder).glob(f"began in {os.getpgrp()} *")))
    time.sleep(60 if "VICTIM" in os.environ and mine > 1 else 0.1)
    return draw(seed, rate, folder)


def draw_or_raise(seed, rate, folder):
    if seed == 2:
        raise FloatingPointError(f"diverged at {rate}")
    return draw(seed, rate, folder)


def draw_or_die(seed, rate, folder):
    """One job kills each worker that has it."""
    if (seed, rate) == (1, 0.3):
        os.kill(os.getpid(), signal.SIGKILL)
    return draw(seed, rate, folder)


def mark(folder, text):
    """Add an empty file with this name and a number."""
    Path(folder, f"{text} #{time.time_ns()}").touch()
