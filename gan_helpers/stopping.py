"""The stop button of a notebook, or Ctrl-C, held back until a good moment."""

import contextlib
import signal
import threading
import types
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def hold_stop() -> Iterator[Callable[[], bool]]:
    """Hold back a first SIGINT; yields a function that says whether one has come."""
    came: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(
        before
    ):
        yield lambda: False  # signals go elsewhere
        return

    def hold(number: int, frame: types.FrameType | None) -> None:
        came.append(number)
        signal.signal(signal.SIGINT, before)  # a second one is not held back

    signal.signal(signal.SIGINT, hold)
    try:
        yield lambda: bool(came)
    finally:
        signal.signal(signal.SIGINT, before)
