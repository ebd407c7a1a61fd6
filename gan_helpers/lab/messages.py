"""The view's protocol: one message in, one reply out, testable without a browser.

A message is a dict with a "type"; what else it holds, and what comes back, stands in
the functions below. `handle` never raises: whatever does not fit is answered with a
reply of type "error", whose "text" says what was expected, and changes nothing.
"""

import bisect
import numbers
import time
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from gan_helpers import settings as course_settings

if TYPE_CHECKING:
    from gan_helpers.lab.engine import Lab
    from gan_helpers.lab.recording import Record

MAX_STEPS = 1000  # of one "step" message
MAX_MILLISECONDS = 1000
_CURVES = ("losses", "quality")
# The iteration up to which the views have the curves of a record, of which every new
# branch of a run has its own.
_SENT: "WeakKeyDictionary[Record, int]" = WeakKeyDictionary()


def handle(lab: "Lab", message: object) -> tuple[dict, list]:
    """Do what a message of the view asks for.

    Returns:
        The reply: content that JSON can hold, and buffers, the bytes of the arrays
        that content["arrays"] lists by name, dtype and shape, in that order. Floats
        are float32, whatever the lab computes in.
    """
    message = message if isinstance(message, dict) else {}
    kind = message.get("type")
    reply = {"type": "frame", "ok": True, "to": kind}
    reply |= {key: message.get(key) for key in ("request", "view")}
    try:
        if not isinstance(kind, str) or kind not in _ANSWERS:
            raise ValueError(
                f"The message type {kind!r} is unknown, expected one of "
                f"{', '.join(_ANSWERS)}."
            )
        with lab.lock:
            reply |= _ANSWERS[kind](lab, message)
    except ValueError as error:
        reply |= {"type": "error", "ok": False, "text": str(error)}
    except Exception as error:  # a student's own function may raise anything
        text = f"{type(error).__name__}: {error}"
        reply |= {"type": "error", "ok": False, "text": text[:500]}
    return _pack(reply)


def _hello(lab: "Lab", message: dict) -> dict:
    """{"type": "hello"}: the present frame, the settings and the whole history."""
    return _show(lab, static=True)


def _train(lab: "Lab", message: dict) -> dict:
    """{"type": "frame", "ms": 30}: train about so long, and show what came of it."""
    milliseconds = _number(message, "ms", 1, MAX_MILLISECONDS)
    lab.train_for(milliseconds)
    return _show(lab)


def _step(lab: "Lab", message: dict) -> dict:
    """{"type": "step", "who": "d" | "g" | "both", "n": 1}: single steps."""
    who, n = message.get("who"), message.get("n", 1)
    n = int(_number({"n": n}, "n", 1, MAX_STEPS, whole=True))
    if who == "both":
        lab.step(n)
    elif who in ("d", "g"):
        for _ in range(n):
            lab.d_step() if who == "d" else lab.g_step()
    else:
        raise ValueError(f"who is {who!r}, expected d, g or both.")
    return _show(lab)


def _set(lab: "Lab", message: dict) -> dict:
    """{"type": "set", "name": ..., "value": ...}: change a setting."""
    lab.set(message.get("name"), message.get("value"))
    # Losses, and their levels at equilibrium, are the new ones from now on.
    return _show(lab, anew=message.get("name") in ("loss", "penalty_kind"))


def _scrub(lab: "Lab", message: dict) -> dict:
    """{"type": "scrub", "iteration": i}: show a recorded frame, and change nothing."""
    index = _index(lab, message)
    return {**lab.recorded(index), **_place(lab, index)}


def _rewind(lab: "Lab", message: dict) -> dict:
    """{"type": "rewind", "iteration": i}: return to a recorded frame."""
    asked = _index(lab, message)
    index = lab.rewind(asked)
    reply = _show(lab)
    if index != asked:
        reply["text"] = (
            f"Frame {asked} is kept as a picture only; the nearest earlier one with "
            f"networks is {index}. {reply['text']}"
        )
    return reply


def _reset(lab: "Lab", message: dict) -> dict:
    """{"type": "reset", "seed": s | null}: start again, from another seed if given."""
    lab.reset(message.get("seed"))
    return _show(lab)


def _draw(lab: "Lab", message: dict) -> dict:
    """{"type": "draw", "points": [[x, y], ...]}: train on hand-drawn points."""
    if not hasattr(lab, "draw"):
        raise ValueError("This lab trains on pictures; it takes no drawn points.")
    lab.draw(message.get("points"))
    return _show(lab)


def _save(lab: "Lab", message: dict) -> dict:
    """{"type": "save"}: write the recorded run as a page that plays by itself."""
    name = time.strftime(f"{lab.kind}-%Y%m%d-%H%M%S.html")
    path = course_settings.output_dir("lab") / name
    lab.save_html(path)
    return {"type": "saved", "text": f"Saved as {path}"}


def _ping(lab: "Lab", message: dict) -> dict:
    """{"type": "ping"}: the kernel is there."""
    return {"type": "pong", "text": ""}


_ANSWERS = {
    "hello": _hello,
    "frame": _train,
    "step": _step,
    "set": _set,
    "scrub": _scrub,
    "rewind": _rewind,
    "reset": _reset,
    "draw": _draw,
    "save": _save,
    "ping": _ping,
}


def _show(lab: "Lab", *, static: bool = False, anew: bool = False) -> dict:
    """The newest frame, with the rows of the curves that the views lack.

    If `static`, with all rows and the arrays that a view needs once; if `anew`, the
    frame is looked at again, for what has changed without training.
    """
    index = lab.halted["last_good"] if lab.halted else len(lab.record.frames) - 1
    content = lab.frame() if anew else lab.recorded(index)
    arrays = dict(content["arrays"])
    since = -1 if static else _SENT.get(lab.record, -1)
    for name in _CURVES:
        rows = getattr(lab.record, name).array
        arrays[name] = rows[rows[:, 0] > since]
    # A hello answers one view; the others still wait for the rows since the last frame.
    if not static:
        _SENT[lab.record] = lab.iteration
    else:
        arrays |= lab.scene.static_arrays()
    reply = {**content, "arrays": arrays, "whole": since < 0, "kind": lab.kind}
    if lab.halted:
        reply["text"] = lab.frame()["text"]
    return {**reply, **_place(lab, index), "settings": lab.settings()}


def _place(lab: "Lab", index: int) -> dict:
    frames = lab.record.frames
    return {
        "index": index,
        "n_frames": len(frames),
        "frame_iterations": [frame.content["iteration"] for frame in frames],
        "halted": lab.halted,
    }


def _index(lab: "Lab", message: dict) -> int:
    """The frame of this iteration, or the one before it if it was thinned out."""
    iterations = [frame.content["iteration"] for frame in lab.record.frames]
    asked = _number(message, "iteration", 0, iterations[-1], whole=True)
    return bisect.bisect_right(iterations, asked) - 1


def _number(
    message: dict, name: str, minimum: int, maximum: int, *, whole: bool = False
) -> float:
    """A number of the message, or ValueError when it is none or out of range."""
    value: Any = message.get(name)
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if (
        not is_number
        or not minimum <= value <= maximum  # false for NaN
        or (whole and value != int(value))
    ):
        kind = "a whole number" if whole else "a number"
        raise ValueError(
            f"{name} is {value!r}, expected {kind} from {minimum} to {maximum}."
        )
    return int(value) if whole else float(value)


def _pack(reply: dict) -> tuple[dict, list]:
    """Split a reply into what JSON can hold and the arrays' bytes."""
    arrays = {
        name: np.ascontiguousarray(
            array, np.float32 if array.dtype == np.float64 else array.dtype
        )
        for name, array in reply.pop("arrays", {}).items()
    }
    listed = [
        {"name": name, "dtype": str(array.dtype), "shape": list(array.shape)}
        for name, array in arrays.items()
    ]
    buffers = [array.tobytes() for array in arrays.values()]
    return {**reply, "arrays": listed}, buffers
