"""Find the official files on this machine, or download them and check them.

Nothing is trusted because it has the right name: what comes from the network or the
cache must have the right SHA-256. Files in a folder of one's own are checked by their
readers only, so that a class may use a subset of its own.
"""

import gzip
import hashlib
import os
import queue
import socket
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from gan_helpers.data.formats import describe_start
from gan_helpers.data.imageset import DataError
from gan_helpers.data.registry import REGISTRY, RemoteFile

# Debian's package dataset-fashion-mnist installs below this folder.
SYSTEM_ROOT = Path("/usr/share/datasets")
CONNECT_SECONDS = 2.0
READ_SECONDS = 8.0
ATTEMPTS = 3
PAUSE_SECONDS = 1.0
_PORTS = {"http": 80, "https": 443, "socks4": 1080, "socks5": 1080, "socks5h": 1080}


class DataUnavailable(DataError):
    """The files are not where they were looked for; other places may have them."""


def find_files(keys: tuple[str, ...], *, source: str | None) -> tuple[list[Path], str]:
    """The paths of the registry's files `keys`, and their provenance.

    Args:
        keys: names in `REGISTRY`.
        source: None looks everywhere: the folder in GAN_DATA_DIR, Debian's folder, the
            cache, the network. "local" (the first two), "cached" or "download" (even
            when the cache has the file) looks there only.

    Returns:
        The paths in the order of `keys`, and "local", "cached" or "downloaded": where
        the one from farthest away came from.

    Raises:
        DataUnavailable: a file was not found.
        DataError: GAN_DATA_DIR names something that is not a folder.
    """
    found = [_find_file(REGISTRY[key], source) for key in keys]
    farthest = max(
        (provenance for _, provenance in found),
        key=("local", "cached", "downloaded").index,
    )
    return [path for path, _ in found], farthest


def _find_file(remote: RemoteFile, source: str | None) -> tuple[Path, str]:
    if source in (None, "local"):
        path = _find_local(remote)
        if path is not None:
            return path, "local"
        if source == "local":
            raise DataUnavailable(
                f"{remote.file} is neither in the folder that GAN_DATA_DIR names "
                f"({os.environ.get('GAN_DATA_DIR') or 'not set'}) nor in "
                f"{SYSTEM_ROOT / remote.folder}. Put it there; data/README.md says "
                "where to get it."
            )
    cached = cache_dir() / remote.folder / remote.file
    if source in (None, "cached"):
        # Path.is_file() raises where the folder may not be entered; isfile() does not.
        if os.path.isfile(cached) and is_intact(cached, remote):
            return cached, "cached"
        if source == "cached":
            state = "damaged" if os.path.isfile(cached) else "missing"
            raise DataUnavailable(
                f"{cached} is {state}. Use source='download' to fetch it, "
                "or source=None to look everywhere."
            )
    download(remote, cached)
    return cached, "downloaded"


def _find_local(remote: RemoteFile) -> Path | None:
    folders = [SYSTEM_ROOT / remote.folder]
    own_folder = _folder_named_by("GAN_DATA_DIR")
    if own_folder:
        if not os.path.isdir(own_folder):
            raise DataError(
                f"GAN_DATA_DIR is {str(own_folder)!r}, which is not a folder. "
                "Set it to the folder with the data files, or unset it."
            )
        folders = [own_folder, own_folder / remote.folder, *folders]
    for folder in folders:
        if os.path.isfile(folder / remote.file):
            return folder / remote.file
    return None


def cache_dir() -> Path:
    """Where downloads are kept: GAN_CACHE_DIR, or the user's cache folder."""
    own_folder = _folder_named_by("GAN_CACHE_DIR")
    if own_folder:
        return own_folder
    import pooch

    return Path(pooch.os_cache("gan-course"))


def _folder_named_by(variable: str) -> Path | None:
    """The folder that an environment variable names, None where it is not set."""
    name = os.environ.get(variable, "").strip()
    try:
        return Path(name).expanduser() if name else None
    except RuntimeError as error:
        raise DataError(
            f"{variable} is {name!r}, but there is no such user. Name a folder."
        ) from error


def is_intact(path: Path, remote: RemoteFile) -> bool:
    """Whether the file at `path` has the SHA-256 that `remote` promises."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as raw:
            packed = remote.hash_decompressed and raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream = gzip.GzipFile(fileobj=raw) if packed else raw
            while block := stream.read(1 << 20):
                digest.update(block)
    except (OSError, EOFError, zlib.error):
        return False
    return digest.hexdigest() == remote.sha256


def download(remote: RemoteFile, target: Path) -> None:
    """Download a file to `target`, which changes only once the new bytes are right.

    Each host that is asked is named on stderr; one that cannot be reached is given up
    after 2 * CONNECT_SECONDS at most.
    A damaged file at `target` is removed even when nothing can be had in its place.

    Raises:
        DataUnavailable: no address gave the right bytes, or `target` cannot be written.
    """
    temporary = _make_temporary(target)
    try:
        if target.is_file() and not is_intact(target, remote):
            target.unlink()
        troubles = []
        for url in remote.urls:
            # Whoever waits should know for what: without a network, for seconds.
            host = urlsplit(url).hostname
            print(f"Asking {host} for {remote.file} …", file=sys.stderr, flush=True)
            trouble = _try_url(url, temporary, remote)
            if trouble is None:
                temporary.chmod(0o644)
                os.replace(temporary, target)
                return
            troubles.append(f"{url}: {trouble}")
    finally:
        temporary.unlink(missing_ok=True)
    raise DataUnavailable(
        f"{remote.file} could not be downloaded ({'; '.join(troubles)}). Try again "
        "later, or put the file into a folder and set GAN_DATA_DIR to it."
    )


def _make_temporary(target: Path) -> Path:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name}.", suffix=".part"
        )
    except OSError as error:
        raise DataUnavailable(
            f"The cache folder {target.parent} cannot be written: "
            f"{error.strerror or error}. Set GAN_CACHE_DIR to a folder that can."
        ) from error
    os.close(handle)
    return Path(name)


def _try_url(url: str, temporary: Path, remote: RemoteFile) -> str | None:
    """Download `url` to `temporary`; what went wrong in words, or None."""
    import requests

    try:
        if not _is_reachable(url):
            return "no connection"
    except ValueError as error:
        return f"the proxy cannot be used: {error}"
    trouble = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            print(f"{url}: {trouble}; trying again", file=sys.stderr, flush=True)
            time.sleep(PAUSE_SECONDS * attempt)
        try:
            _download_once(url, temporary)
        except requests.HTTPError as error:
            code = error.response.status_code if error.response is not None else 0
            trouble = f"the server answered {code}"
            if code < 500:
                return trouble
        # Any OSError, to take in a full disk; ValueError is a nonsensical header.
        except (OSError, ValueError) as error:
            # A host that hangs will hang again: go on to the next one.
            if isinstance(error, requests.Timeout) or "timed out" in str(error):
                return f"no answer within {READ_SECONDS:g} s"
            reason = getattr(error, "strerror", None) or type(error).__name__
            trouble = f"the download broke off ({reason})"
        else:
            if is_intact(temporary, remote):
                return None
            return f"what it sent does not have the right SHA-256: {_tell(temporary)}"
    return trouble


def _download_once(url: str, temporary: Path) -> None:
    import pooch
    from tqdm import tqdm

    # pooch's own bar turns into a widget in notebooks, which saved ones cannot show.
    # It sets the total, but takes a bar without one for none at all.
    name = url.rsplit("/", 1)[-1]
    with tqdm(desc=name, total=1, unit="B", unit_scale=True, ncols=79) as bar:
        fetch = pooch.HTTPDownloader(
            progressbar=bar, chunk_size=1 << 16, timeout=(CONNECT_SECONDS, READ_SECONDS)
        )
        fetch(url, str(temporary), None)


def _tell(path: Path) -> str:
    with path.open("rb") as file:
        return f"{path.stat().st_size:,} bytes, {describe_start(file.read(128))}"


def _is_reachable(url: str) -> bool:
    """Whether a connection to the host of `url`, or to its proxy, opens in time.

    Looking up a name can take far longer than any timeout given to a connection, so
    the attempt runs in a thread of its own and is left behind when it is late.

    Raises:
        ValueError: The proxy that the environment names is no address.
    """
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy and not proxy_bypass(parts.hostname or ""):
        address = _proxy_address(proxy)
    else:
        address = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    answers: queue.SimpleQueue = queue.SimpleQueue()

    def connect() -> None:
        try:
            socket.create_connection(address, CONNECT_SECONDS).close()
            answers.put(True)
        except (OSError, UnicodeError):  # no such name, or one that cannot be
            answers.put(False)

    threading.Thread(target=connect, daemon=True).start()
    try:
        # Twice: a host may have an address of the newer kind that leads nowhere.
        return answers.get(timeout=2 * CONNECT_SECONDS)
    except queue.Empty:
        return False


def _proxy_address(proxy: str) -> tuple[str, int]:
    """Host and port of a proxy, as `http_proxy` and the like name it."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        host, port = parts.hostname, parts.port
    except ValueError:  # a bracket not closed, or a port that is no number
        host = port = None
    if not host:
        # The text may hold a password: it is not repeated.
        raise ValueError(
            "the environment (https_proxy, http_proxy, all_proxy) does not name an "
            "address such as http://proxy:8080; characters such as # and @ in a "
            "password are written %23 and %40"
        )
    return host, port or _PORTS.get(parts.scheme, 80)
