"""Arrays in files: whole or not at all, and nothing is ever unpickled."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras


def write_arrays(path: Path, arrays: dict[str, Any]) -> None:
    """Write plain arrays by name, in NumPy's format; the folder is made if missing.

    They go into a file of another name, which is renamed once it is complete, so that
    a write that is cut off replaces no good file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    try:
        with open(temporary, "wb") as file:
            np.savez(file, **arrays)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """What `write_arrays` wrote, every byte checked against the file's checksums."""
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def fill_weights(
    model: "keras.Model", arrays: dict[str, np.ndarray], path: Path
) -> None:
    """Set the weights of a Keras model to `weight_0`, `weight_1`... from `path`.

    They may be of another float type. Arrays of other names are passed over.

    Raises:
        ValueError: They belong to other layers. The model is as it was.
    """
    count = sum(name.startswith("weight_") for name in arrays)
    weights = [arrays[f"weight_{i}"] for i in range(count)]
    found = [weight.shape for weight in weights]
    expected = [tuple(weight.shape) for weight in model.weights]
    if found != expected:
        raise ValueError(
            f"{path} holds weights of the shapes {found}, expected {expected}, those "
            f"of {model.name!r}. Train them again, or restore both file and code from "
            "one version of the course."
        )
    model.set_weights([weight.astype("float32") for weight in weights])


def flatten_value(value: Any) -> dict[str, np.ndarray]:
    """Arrays, numbers and text in tuples, lists and dicts, as arrays by name.

    Raises:
        TypeError: `value` holds something else.
    """
    arrays: dict[str, np.ndarray] = {}

    def describe(part: Any) -> dict[str, list] | int:
        if isinstance(part, dict):
            return {"dict": [[key, describe(x)] for key, x in part.items()]}
        if isinstance(part, list | tuple):
            kind = "list" if isinstance(part, list) else "tuple"
            return {kind: [describe(x) for x in part]}
        array = np.asarray(part)
        if array.dtype.hasobject:
            raise TypeError(
                f"There is a {type(part).__name__} in a snapshot, expected arrays, "
                "numbers and text, in tuples, lists or dicts: a checkpoint keeps no "
                "other. Let the snapshot function return these."
            )
        arrays[str(len(arrays))] = array
        return len(arrays) - 1

    return {"structure": np.array(json.dumps(describe(value))), **arrays}


def rebuild_value(arrays: dict[str, np.ndarray]) -> Any:
    """The value that `flatten_value` was given; its numbers are NumPy's now."""

    def rebuild(part: dict[str, list] | int) -> Any:
        if isinstance(part, int):
            return arrays[str(part)][()]
        [(kind, parts)] = part.items()
        if kind == "dict":
            return {key: rebuild(x) for key, x in parts}
        return {"list": list, "tuple": tuple}[kind](map(rebuild, parts))

    return rebuild(json.loads(str(arrays["structure"])))
