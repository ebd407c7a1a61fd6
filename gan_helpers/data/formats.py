"""Read the files in which the data sets are published, without trusting them.

Nothing here unpickles: a pickled file can run any program, so it is refused. Every
damaged file becomes a DataError that names the file, what was found in it and what to
do.
"""

import gzip
import io
import tarfile
import zlib
from pathlib import Path

import numpy as np

from gan_helpers.data.imageset import DataError

CIFAR_MEMBERS = tuple(f"data_batch_{i}.bin" for i in range(1, 6)) + ("test_batch.bin",)
CIFAR_ROW = 1 + 3 * 32 * 32  # one label, then the red, the green and the blue plane
ADVICE = "Replace it with the file as published; data/README.md says where to get it."


def _damaged(path: Path, found: str) -> DataError:
    return DataError(f"{path} cannot be used: {found}. {ADVICE}")


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror or error}. "
            "Check that the file is there and that you may read it."
        ) from error


def describe_start(head: bytes) -> str:
    """What a file that is not in the expected format seems to be."""
    if not head:
        return "it is empty"
    text = head.lstrip()[:14].decode("latin-1")
    if text.lower().startswith(("<!doctype", "<html", "<?xml")):
        return (
            f"it starts with {text!r}, so it is a web page saved in place of the data"
        )
    if head[0] == 0x80 and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "it is a Python pickle, which is never opened here"
    return f"it starts with the bytes {head[:4].hex(' ')}"


def open_gzip(path: Path) -> bytes:
    """The bytes of a file, decompressed where it is a .gz file.

    Raises:
        DataError: the file cannot be read, or its compressed data is damaged.
    """
    content = _read_bytes(path)
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise _damaged(
            path, f"its {len(content):,} compressed bytes are damaged or cut short"
        ) from error


def read_idx(path: str | Path) -> np.ndarray:
    """The uint8 array in an idx file (MNIST's format), compressed or not.

    Raises:
        DataError: the file is missing, damaged or in another format.
    """
    path = Path(path)
    content = open_gzip(path)
    # Bytes of 1 to 4 dimensions; a damaged header can name up to 255.
    if content[:3] != b"\0\0\x08" or content[3:4] not in (b"\1", b"\2", b"\3", b"\4"):
        raise _damaged(
            path,
            f"{describe_start(content)}, where an idx file of bytes starts with "
            "00 00 08 and the number of dimensions",
        )
    dimensions = content[3]
    header = 4 + 4 * dimensions
    shape = tuple(
        int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(dimensions)
    )
    promised = header + int(np.prod(shape, dtype=object))
    if len(content) != promised:
        raise _damaged(
            path, f"{len(content):,} bytes where the header promises {promised:,}"
        )
    # A copy, because an array over `bytes` cannot be written to.
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape).copy()


def read_svhn_mat(path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 (N, 32, 32, 3) and labels int64 (N,), 0 to 9, of an SVHN .mat file.

    The file says 10 for the digit 0; the labels returned say 0.

    Raises:
        DataError: the file is missing, damaged or in another format.
    """
    path = Path(path)
    variables = _load_mat(path)
    images, labels = (variables.get(key) for key in ("X", "y"))
    if not isinstance(images, np.ndarray) or not isinstance(labels, np.ndarray):
        raise _damaged(path, "it lacks the variable X or y")
    if images.dtype != np.uint8 or images.shape[:-1] != (32, 32, 3):
        raise _damaged(
            path,
            f"X is {images.dtype} {images.shape}, where uint8 (32, 32, 3, N) was "
            "expected",
        )
    if labels.size != images.shape[-1]:
        raise _damaged(path, f"{labels.size} labels for {images.shape[-1]} pictures")
    if labels.dtype.kind not in "uif" or not np.isin(labels, range(1, 11)).all():
        raise _damaged(path, "y holds a label that is not 1 to 10")
    images = np.ascontiguousarray(images.transpose(3, 0, 1, 2))
    return images, labels.ravel().astype(np.int64) % 10


def _load_mat(path: Path) -> dict:
    import scipy.io

    content = _read_bytes(path)
    if not content.startswith(b"MATLAB 5.0 MAT-file"):
        raise _damaged(
            path,
            f"{describe_start(content)}, where a MATLAB 5.0 MAT-file was expected",
        )
    try:
        return scipy.io.loadmat(io.BytesIO(content), variable_names=["X", "y"])
    # scipy fails in a dozen ways on damaged files, with no common exception.
    except Exception as error:
        raise _damaged(
            path, f"its {len(content):,} bytes are damaged or cut short ({error})"
        ) from error


def read_cifar_binary(path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 (N, 32, 32, 3) and labels int64 (N,), 0 to 9, of CIFAR-10.

    `path` is the archive of the *binary* version, `cifar-10-binary.tar.gz`. The five
    training files come first, then the test file; nothing is written to disk.

    Raises:
        DataError: the file is missing, damaged or in another format.
    """
    path = Path(path)
    members = _read_members(path)
    rows = []
    for name in CIFAR_MEMBERS:
        if name not in members and name.removesuffix(".bin") in members:
            raise _damaged(
                path,
                "it is the version made of Python pickles, which are never opened "
                "here, where cifar-10-binary.tar.gz was expected",
            )
        if name not in members:
            raise _damaged(path, f"it holds no {name}")
        size = len(members[name])
        if size == 0 or size % CIFAR_ROW:
            raise _damaged(
                path, f"{name} has {size:,} bytes, no multiple of {CIFAR_ROW:,}"
            )
        rows.append(np.frombuffer(members[name], np.uint8).reshape(-1, CIFAR_ROW))
    table = np.concatenate(rows)
    labels = table[:, 0].astype(np.int64)
    if labels.max() > 9:
        raise _damaged(path, f"label {labels.max()} found, expected 0 to 9")
    planes = table[:, 1:].reshape(-1, 3, 32, 32)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), labels


def _read_members(path: Path) -> dict[str, bytes]:
    """The data files inside CIFAR-10's archive, by name, read in memory."""
    content = _read_bytes(path)
    if content[:2] != b"\x1f\x8b":
        raise _damaged(
            path, f"{describe_start(content)}, where a .tar.gz archive was expected"
        )
    members = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            for member in archive:
                name = Path(member.name).name
                wanted = name.startswith(("data_batch_", "test_batch"))
                if member.isfile() and wanted and (file := archive.extractfile(member)):
                    members[name] = file.read()
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise _damaged(
            path, f"its {len(content):,} bytes are damaged or cut short ({error})"
        ) from error
    return members


def read_npz(path: str | Path) -> dict[str, np.ndarray]:
    """The arrays of an .npz file by name; Python objects in it are refused.

    Raises:
        DataError: the file is missing, damaged or in another format.
    """
    path = Path(path)
    content = _read_bytes(path)
    if content[:2] != b"PK":
        raise _damaged(path, f"{describe_start(content)}, where an .npz was expected")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    # As with scipy: encrypted, cut short and lying headers each fail in another way.
    except Exception as error:
        raise _damaged(
            path,
            f"its {len(content):,} bytes are damaged, or hold Python objects, which "
            f"are never opened here ({error})",
        ) from error
