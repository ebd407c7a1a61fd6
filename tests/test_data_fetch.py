"""The search for files, and downloads from a server on this machine."""

import gzip
import hashlib
import re
import socket
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from data_files import closed_port, isolate

from gan_helpers.data import fetch
from gan_helpers.data.bundled import bundled_dir
from gan_helpers.data.fetch import DataUnavailable, find_files
from gan_helpers.data.imageset import DataError
from gan_helpers.data.registry import REGISTRY, RemoteFile

GOOD = bytes(range(256)) * 400
OLD = b"an earlier, good version"
HTML = b"<!DOCTYPE html><html>Please log in</html>"


class Handler(BaseHTTPRequestHandler):
    """Answers with the next of the server's replies; the last one is repeated.

    A reply is the content, a status number, or "hang", "stall", "slow", "cut" or
    "unsized": silence, silence after the first bytes, a pause after them, too few
    bytes, too few of unknown number.
    """

    def do_GET(self):
        self.server.paths.append(self.path)
        replies = self.server.replies
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply == "hang":
            self.server.over.wait(20)
            return
        content = reply if isinstance(reply, bytes) else GOOD
        self.send_response(reply if isinstance(reply, int) else 200)
        if reply != "unsized":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if reply == "slow":
            self.wfile.write(content[:1000])
            self.wfile.flush()
            self.server.over.wait(0.4)
            content = content[1000:]
        if reply in ("stall", "cut", "unsized"):
            content = content[:1000]
        self.wfile.write(content)
        self.wfile.flush()
        if reply == "stall":
            self.server.over.wait(20)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    """A web server on this machine that plays the internet."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.replies, server.paths, server.over = [GOOD], [], threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}/file.bin"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def cached(monkeypatch, tmp_path, server):
    """Where the registry's only test file is kept, on a machine without data."""
    isolate(monkeypatch, tmp_path)
    register(monkeypatch, server.url)
    return tmp_path / "cache" / "some-set" / "file.bin"


def register(monkeypatch, *urls, content=GOOD, decompressed=False):
    sha256 = hashlib.sha256(content).hexdigest()
    remote = RemoteFile("some-set", "file.bin", urls, sha256, decompressed)
    monkeypatch.setitem(REGISTRY, "test", remote)


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def find(source=None):
    (path,), provenance = find_files(("test",), source=source)
    return path, provenance


def assert_nothing_left(cached):
    assert list(cached.parent.iterdir()) == []


def test_download_once_then_use_the_cache(cached, server, capsys):
    assert find() == (cached, "downloaded")
    assert cached.read_bytes() == GOOD
    assert [path.name for path in cached.parent.iterdir()] == ["file.bin"]
    assert find() == (cached, "cached")
    assert len(server.paths) == 1
    assert capsys.readouterr().out == ""


def test_progress_is_shown_on_stderr(cached, server, capsys):
    server.replies = ["slow"]
    assert find() == (cached, "downloaded")
    out, err = capsys.readouterr()
    assert out == ""
    assert "file.bin: 100%" in err
    assert "102k/102k" in err


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (HTML, "SHA-256: 41 bytes, .*web page"),
        (GOOD[:-1], "SHA-256: 102,399 bytes"),
        ("cut", "broke off"),
        ("unsized", "SHA-256: 1,000 bytes"),
        (404, "the server answered 404"),
        (500, "the server answered 500"),
    ],
)
def test_bad_answers_leave_nothing_behind(cached, server, reply, message):
    server.replies = [reply]
    with pytest.raises(DataUnavailable, match=message) as error:
        find()
    assert server.url in str(error.value)
    assert "GAN_DATA_DIR" in str(error.value)
    assert_nothing_left(cached)


@pytest.mark.parametrize("first", [500, 503, "cut"])
def test_a_passing_trouble_is_tried_again(cached, server, first):
    server.replies = [first, GOOD]
    assert find() == (cached, "downloaded")
    assert len(server.paths) == 2


def test_a_missing_page_is_not_asked_for_again(cached, server):
    server.replies = [404]
    with pytest.raises(DataUnavailable):
        find()
    assert len(server.paths) == 1


@pytest.mark.parametrize("reply", [404, HTML])
def test_second_mirror_after_bad_answer(cached, server, monkeypatch, reply):
    register(monkeypatch, server.url + "?first", server.url + "?second")
    server.replies = [reply, GOOD]
    assert find() == (cached, "downloaded")
    assert server.paths == ["/file.bin?first", "/file.bin?second"]


def test_second_mirror_after_dead_one(cached, server, monkeypatch):
    register(monkeypatch, f"http://127.0.0.1:{closed_port()}/file.bin", server.url)
    assert find() == (cached, "downloaded")


@pytest.mark.parametrize("reply", ["hang", "stall"])
def test_hanging_server_is_left_behind(cached, server, monkeypatch, reply):
    monkeypatch.setattr(fetch, "READ_SECONDS", 0.5)
    server.replies = [reply]
    start = time.perf_counter()
    with pytest.raises(DataUnavailable, match="no answer within 0.5 s"):
        find()
    assert time.perf_counter() - start < 5
    assert_nothing_left(cached)


def test_offline_is_noticed_within_seconds(cached, monkeypatch, capsys):
    closed = f"http://127.0.0.1:{closed_port()}/file.bin"
    register(monkeypatch, closed, closed)
    start = time.perf_counter()
    with pytest.raises(DataUnavailable, match="no connection"):
        find()
    assert time.perf_counter() - start < 5
    # Said before each wait, and never in what a notebook saves.
    assert capsys.readouterr() == ("", 2 * "Asking 127.0.0.1 for file.bin …\n")


def test_name_server_that_never_answers(cached, monkeypatch):
    monkeypatch.setattr(fetch, "CONNECT_SECONDS", 0.3)
    over = threading.Event()

    def never_answers(*args):
        over.wait(20)
        raise OSError("too late")

    monkeypatch.setattr(socket, "create_connection", never_answers)
    start = time.perf_counter()
    with pytest.raises(DataUnavailable, match="no connection"):
        find()
    over.set()
    assert time.perf_counter() - start < 5


def test_a_proxy_is_used_where_one_is_set(cached, server, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
    register(monkeypatch, "http://data.invalid/file.bin")
    assert find() == (cached, "downloaded")
    assert server.paths == ["http://data.invalid/file.bin"]


BAD_PROXIES = [
    "http://user:pa#ss@127.0.0.1:8080",
    "http://proxy:port",
    "http://[::1",
    "http://127.0.0.1:99999",
    "http://:8080",
    "http://",
    "://",
    "[",
    "proxy:port",
]


@pytest.mark.parametrize("proxy", BAD_PROXIES)
@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy"])
def test_a_proxy_that_is_no_address_is_named(cached, monkeypatch, variable, proxy):
    monkeypatch.setenv(variable, proxy)
    with pytest.raises(DataUnavailable, match="http_proxy, all_proxy.* GAN_DATA_DIR"):
        find()


@pytest.mark.parametrize(
    "variables",
    [
        {"http_proxy": "socks5://127.0.0.1:{closed}"},
        {"http_proxy": "ftp://127.0.0.1:{closed}"},
        {"http_proxy": "http://" + "x" * 300 + ".invalid:1"},
        {"http_proxy": "http://a..b:1"},
        {"http_proxy": "http://127.0.0.1:{closed}", "no_proxy": "[::1, *:port,"},
        {"GAN_CACHE_DIR": "~no-such-user/cache"},
        {"GAN_CACHE_DIR": "/proc/none/cache"},
        {"GAN_CACHE_DIR": "x" * 300},
        {"GAN_DATA_DIR": "~no-such-user"},
        {"GAN_DATA_DIR": "x" * 300},
        {"REQUESTS_CA_BUNDLE": "/no/such/file"},
        {"NETRC": "/proc/self/mem"},
    ],
)
def test_whatever_the_environment_there_is_data_or_a_data_error(
    cached, monkeypatch, variables
):
    for name, value in variables.items():
        monkeypatch.setenv(name, value.replace("{closed}", str(closed_port())))
    try:
        path, _ = find()
    except DataError as error:
        assert "GAN_" in str(error)
    else:
        assert path.read_bytes() == GOOD


def test_good_file_survives_a_failed_refresh(cached, server, monkeypatch):
    register(monkeypatch, server.url, content=OLD)
    put(cached, OLD)
    for reply in (500, "cut", HTML):
        server.replies = [reply]
        with pytest.raises(DataUnavailable):
            find("download")
        assert cached.read_bytes() == OLD
        assert [path.name for path in cached.parent.iterdir()] == ["file.bin"]


def test_damaged_cache_is_fetched_again(cached):
    put(cached, GOOD[:100])
    with pytest.raises(DataUnavailable, match="is damaged"):
        find("cached")
    assert find() == (cached, "downloaded")
    assert cached.read_bytes() == GOOD


def test_damaged_cache_is_removed_when_nothing_replaces_it(cached, server):
    put(cached, GOOD[:100])
    server.replies = [500]
    with pytest.raises(DataUnavailable):
        find()
    assert_nothing_left(cached)


def test_cache_that_cannot_be_written(cached, monkeypatch, tmp_path):
    # A path below a file: unlike a read-only folder it stops the superuser too.
    put(tmp_path / "file", b"")
    monkeypatch.setenv("GAN_CACHE_DIR", str(tmp_path / "file" / "cache"))
    with pytest.raises(DataUnavailable, match="cannot be written.*Set GAN_CACHE_DIR"):
        find("download")


def test_cache_that_cannot_even_be_looked_at(cached, monkeypatch):
    # The superuser may enter every folder, but a name this long is refused to all.
    monkeypatch.setenv("GAN_CACHE_DIR", "/" + 300 * "x")
    with pytest.raises(DataUnavailable, match="cannot be written.*Set GAN_CACHE_DIR"):
        find()
    monkeypatch.setenv("GAN_DATA_DIR", "/" + 300 * "x")
    with pytest.raises(DataError, match="not a folder"):
        find()


@pytest.mark.parametrize("level", [1, 9])
def test_hash_of_decompressed_bytes(cached, server, monkeypatch, level):
    register(monkeypatch, server.url, decompressed=True)
    server.replies = [gzip.compress(GOOD, level)]
    assert find() == (cached, "downloaded")
    assert find() == (cached, "cached")
    cached.write_bytes(gzip.compress(GOOD, level)[:-10])
    assert find() == (cached, "downloaded")


@pytest.mark.parametrize("subfolder", ["", "some-set"])
def test_own_folder_wins(cached, monkeypatch, tmp_path, server, subfolder, capsys):
    own = tmp_path / "own" / subfolder / "file.bin"
    put(own, b"a subset of one's own")
    put(tmp_path / "system" / "some-set" / "file.bin", GOOD)
    put(cached, GOOD)
    monkeypatch.setenv("GAN_DATA_DIR", str(tmp_path / "own"))
    assert find() == (own, "local")
    assert find("local") == (own, "local")
    assert find("cached") == (cached, "cached")
    assert server.paths == []
    assert capsys.readouterr() == ("", "")


def test_system_folder_before_cache(cached, tmp_path):
    system = tmp_path / "system" / "some-set" / "file.bin"
    put(system, GOOD)
    put(cached, GOOD)
    assert find() == (system, "local")


def test_local_only(cached, monkeypatch, tmp_path):
    with pytest.raises(DataUnavailable, match=r"GAN_DATA_DIR names \(not set\)"):
        find("local")
    monkeypatch.setenv("GAN_DATA_DIR", str(tmp_path / "absent"))
    with pytest.raises(DataError, match="absent', which is not a folder"):
        find()


def test_farthest_provenance_is_told(cached, monkeypatch, tmp_path):
    put(tmp_path / "system" / "some-set" / "near.bin", GOOD)
    monkeypatch.setitem(
        REGISTRY, "near", replace(REGISTRY["test"], file="near.bin", urls=())
    )
    assert find_files(("near", "test"), source=None)[1] == "downloaded"
    assert find_files(("near", "test"), source=None)[1] == "cached"
    assert find_files(("near",), source=None)[1] == "local"


def test_registry_and_readme_agree():
    rows = (bundled_dir() / "README.md").read_text(encoding="utf-8").splitlines()
    for remote in REGISTRY.values():
        (row,) = [row for row in rows if f"`{remote.file}`" in row]
        assert remote.sha256 in row
        assert ("(decompressed)" in row) == remote.hash_decompressed
        assert re.fullmatch("[0-9a-f]{64}", remote.sha256)
        assert all(url.endswith(f"/{remote.file}") for url in remote.urls)
