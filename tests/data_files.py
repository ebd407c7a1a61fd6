"""Tiny files in the formats in which the data sets are published, for the tests."""

import gzip
import io
import os
import socket
import struct
import tarfile
from dataclasses import replace

import numpy as np
import scipy.io

from gan_helpers.data import fetch
from gan_helpers.data.formats import CIFAR_MEMBERS
from gan_helpers.data.registry import REGISTRY


def idx_bytes(array):
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


def write_idx(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(idx_bytes(array)))
    return path


def write_mat(path, images, labels):
    """`images` uint8 (N, 32, 32, 3), `labels` as SVHN writes them: 1 to 10."""
    path.parent.mkdir(parents=True, exist_ok=True)
    variables = {"X": images.transpose(1, 2, 3, 0), "y": labels.reshape(-1, 1)}
    scipy.io.savemat(path, variables, do_compression=True)
    return path


def write_tar(path, members):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def cifar_members(images, labels):
    """Spread `images` uint8 (6 * k, 32, 32, 3) over CIFAR-10's six files, in order."""
    planes = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    rows = np.concatenate([labels[:, None].astype(np.uint8), planes], axis=1)
    parts = np.split(rows, len(CIFAR_MEMBERS))
    return {
        name: part.tobytes() for name, part in zip(CIFAR_MEMBERS, parts, strict=True)
    }


class Bomb:
    """Creates the folder `marker` when somebody unpickles it."""

    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return os.mkdir, (self.marker,)


def closed_port():
    """A port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def isolate(monkeypatch, folder):
    """A machine with no data on it, an empty cache, and no network."""
    monkeypatch.setattr(fetch, "SYSTEM_ROOT", folder / "system")
    monkeypatch.setattr(fetch, "PAUSE_SECONDS", 0.01)
    monkeypatch.setenv("GAN_CACHE_DIR", str(folder / "cache"))
    monkeypatch.delenv("GAN_DATA_DIR", raising=False)
    for name in ("http_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    nowhere = f"http://127.0.0.1:{closed_port()}/"
    for key, remote in REGISTRY.items():
        urls = (nowhere + remote.file,) * len(remote.urls)
        monkeypatch.setitem(REGISTRY, key, replace(remote, urls=urls))
