"""A recorded run as one HTML file that plays without a kernel and without a network."""

import base64
import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gan_helpers.lab.messages import handle
from gan_helpers.lab.view import WEB, read_panels, read_web
from gan_helpers.pixels import scale_bytes, to_bytes
from gan_helpers.plotting import tile_images

if TYPE_CHECKING:
    from gan_helpers.lab.engine import Lab

MAX_BYTES = 3_000_000
_QUALITIES = (85, 70, 55, 40, 25, 10)  # of WebP, the best that fits is taken
_LEVELS = 65534  # and one more, 65535, for what is not a number


def encode_array(array: np.ndarray) -> dict:
    """An array as JSON: uint8 as it is, else 16 bits between each column's extremes.

    The error is at most 1/131,068 of the column's range; NaN stays NaN.
    """
    array = np.asarray(array)
    encoded = {"dtype": "uint8", "shape": list(array.shape)}
    if array.dtype != np.uint8:
        columns = array.reshape(-1, array.shape[-1] if array.ndim > 1 else 1)
        finite = np.isfinite(columns)
        low = np.where(finite, columns, np.inf).min(axis=0, initial=np.inf)
        high = np.where(finite, columns, -np.inf).max(axis=0, initial=-np.inf)
        low, high = np.where(low <= high, (low, high), 0.0)  # 0 for an empty column
        width = np.where(high > low, high - low, 1.0)
        levels = (np.where(finite, columns, 0.0) - low) * (_LEVELS / width)
        array = np.where(finite, np.round(levels), _LEVELS + 1).astype("<u2")
        encoded |= {"dtype": "float", "low": low.tolist(), "high": high.tolist()}
    return {**encoded, "data": base64.b64encode(array.tobytes()).decode("ascii")}


def encode_sheet(pictures: np.ndarray, quality: int) -> str:
    """Pictures uint8 (n, h, w, c) as one, six to a row, in a form that HTML holds."""
    sheet = tile_images(scale_bytes(pictures), columns=6)[1:-1, 1:-1]
    target = io.BytesIO()
    Image.fromarray(to_bytes(sheet).squeeze()).convert("RGB").save(
        target, "WEBP", quality=quality
    )
    return "data:image/webp;base64," + base64.b64encode(target.getvalue()).decode()


def _encode_frame(frame: dict, quality: int) -> dict:
    arrays = dict(frame["arrays"])
    encoded = {name: value for name, value in frame.items() if name != "arrays"}
    if "pictures" in arrays:
        encoded["sheet"] = encode_sheet(arrays.pop("pictures"), quality)
    return {**encoded, "arrays": {k: encode_array(v) for k, v in arrays.items()}}


def _encode_frames(frames: list[dict], room: int) -> tuple[list[dict], int]:
    """All frames, or every k-th, in at most `room` bytes; and k."""
    quality = next((q for q in _QUALITIES if _size(frames, q) < room), _QUALITIES[-1])
    every = 1
    while True:
        # The newest frame is kept whatever the stride.
        kept = frames[::-every][::-1]
        encoded = [_encode_frame(frame, quality) for frame in kept]
        if len(json.dumps(encoded)) <= room or len(kept) == 1:
            return encoded, every
        every *= 2


def _size(frames: list[dict], quality: int) -> float:
    """Estimated bytes of all frames, with a margin, from ten of them or more."""
    some = frames[:: max(1, len(frames) // 10)]
    size = len(json.dumps([_encode_frame(frame, quality) for frame in some]))
    return 1.05 * size * len(frames) / len(some)


def _history(lab: "Lab") -> dict:
    """What a view gets at its start: whole curves, and an image lab's real pictures."""
    content, buffers = handle(lab, {"type": "hello", "request": 0, "view": "0-player"})
    arrays = {
        described["name"]: np.frombuffer(buffer, described["dtype"]).reshape(
            described["shape"]
        )
        for described, buffer in zip(content["arrays"], buffers, strict=True)
    }
    curves = {name: encode_array(arrays[name]) for name in ("losses", "quality")}
    if "real_pictures" not in arrays:
        return {"curves": curves}
    sheet = encode_sheet(arrays["real_pictures"], _QUALITIES[0])
    return {"curves": curves, "real_sheet": sheet}


def save_html(lab: "Lab", path: Path | str) -> Path:
    """Write what `lab` recorded as one HTML file of at most 3 MB (`MAX_BYTES`).

    Open it in any browser: it needs no kernel and no network. Where the pictures of an
    image lab do not fit, they lose quality first, and then every second frame goes.

    Returns:
        The path. A file that is there is replaced only once the new one is complete.
    """
    path = Path(path)
    scripts = f"{read_panels()}\n{read_web('player.js')}"
    page = (WEB / "player.html").read_text(encoding="utf-8")
    page = page.replace("{{style}}", read_web("lab.css")).replace("{{script}}", scripts)
    with lab.lock:  # a view may go on training in another thread
        history = _history(lab)
        recorded = [lab.recorded(k) for k in range(len(lab.record.frames))]
        settings = [s for s in lab.settings() if s["value"] is not None]
    room = MAX_BYTES - len(page.encode()) - len(json.dumps(history)) - 10_000
    frames, every = _encode_frames(recorded, room)
    about = "; ".join(f"{s['label']}: {s['value']}" for s in settings)
    about = f"Settings at the end. {about}."
    if every > 1:
        about += f" One recorded frame in {every} is kept."
    run = {"kind": lab.kind, "frames": frames, "about": about, **history}
    # Whatever a text of the lab says, it cannot end the script that it stands in.
    text = json.dumps(run, allow_nan=False).replace("<", "\\u003c")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(page.replace("{{run}}", text), encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
