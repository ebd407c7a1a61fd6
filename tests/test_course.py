"""The map of the course, and what lesson 00 says about a machine."""

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from data_files import isolate
from lesson_source import read_lessons
from matplotlib.text import Text
from test_environment import COLAB, PROJECT, locked

from gan_helpers import course, data, settings
from gan_helpers.course import lessons, machine, map_pictures
from gan_helpers.data import DataError
from gan_helpers.data.registry import REGISTRY

ROOT = Path(__file__).resolve().parents[1]


# The map


def test_the_lessons_are_those_that_the_headers_tell():
    told = [
        (
            one.number,
            one.title,
            one.minutes,
            tuple(re.findall(r"\b\d\d\b", one.prerequisites)),
        )
        for one in read_lessons(ROOT)
    ]
    assert [tuple(lesson[:4]) for lesson in course.LESSONS] == told
    assert {lesson.work for lesson in course.LESSONS} <= set(machine.REFERENCE)


@pytest.mark.parametrize(
    ("number", "time", "here"),
    [("01", "2 min", "1 min"), ("02", "4 h", "8 h"), ("03", "18 h", "36 h")],
)
def test_the_budget_in_force_and_the_price_of_full_are_said(
    number, time, here, capsys, monkeypatch, tmp_path
):
    some = (
        course.Lesson("01", "a", 1, full_minutes=2),
        course.Lesson("02", "b", 4, work="convolution", full_minutes=225),
        course.Lesson("03", "c", 9, work="convolution", full_minutes=1080),
    )
    monkeypatch.setattr(lessons, "LESSONS", some)
    monkeypatch.setenv("GAN_BUDGET", "fast")
    monkeypatch.setenv("GAN_CACHE_DIR", str(tmp_path))
    start = "Budget: fast. With GAN_BUDGET=full this lesson takes about"
    told = f"{start} {time} on two cores without a GPU (lesson 00 measures yours).\n"
    for damaged in (None, "{", "[]", '{"dense": 1}'):
        if damaged:
            (tmp_path / "speed.json").write_text(damaged)
        course.announce_budget(number)
        out, err = capsys.readouterr()
        assert (out, err) == ("", told)  # a saved notebook keeps nothing of it
    (tmp_path / "speed.json").write_text('{"dense": 0.5, "convolution": 2.0}')
    course.announce_budget(number)
    assert capsys.readouterr().err == f"{start} {here} here.\n"


def test_each_lesson_stands_below_those_that_it_needs(monkeypatch):
    chain = (
        course.Lesson("00", "a", 1),
        course.Lesson("01", "b", 1),
        course.Lesson("02", "c", 1, ("00",)),
        course.Lesson("03", "d", 1, ("01", "02")),
    )
    monkeypatch.setattr(lessons, "LESSONS", chain)
    rows = [[lesson.number for lesson in row] for row in lessons.arrange()]
    assert rows == [["00", "01"], ["02"], ["03"]]


def test_the_map_shows_each_lesson_with_its_picture():
    drawn = {}
    figure = course.draw_map(
        {
            lesson.number: lambda ax, n=lesson.number: drawn.setdefault(n, ax)
            for lesson in course.LESSONS
        }
    )
    (ax,) = figure.axes
    figure.canvas.draw()
    texts = [text.get_text().replace("\n", " ") for text in ax.texts]
    for lesson in course.LESSONS:
        assert f"{lesson.number} · {lesson.title}" in texts
        assert f"{lesson.minutes} min" in texts
        assert lesson.says in texts
        assert drawn[lesson.number] in ax.child_axes
    assert max(text.get_text().count("\n") for text in ax.texts) == 1  # two lines
    arrows = sum(len(lessons.direct_needs(lesson)) for lesson in course.LESSONS)
    assert texts.count("") == arrows
    for text in filter(Text.get_text, ax.texts):
        box = text.get_window_extent()
        inside = [
            frame
            for frame in (patch.get_window_extent() for patch in ax.patches)
            if frame.contains(box.x0, box.y0) and frame.contains(box.x1, box.y1)
        ]
        assert inside, f"{text.get_text()!r} runs out of its frame"
    plt.close(figure)


def test_the_map_leaves_out_what_another_need_implies(monkeypatch):
    chain = (
        course.Lesson("00", "a", 1),
        course.Lesson("01", "b", 1),
        course.Lesson("02", "c", 1, ("00",)),
        course.Lesson("03", "d", 1, ("00", "01", "02")),
        course.Lesson("04", "e", 1, ("00", "03")),
    )
    monkeypatch.setattr(lessons, "LESSONS", chain)
    arrows = [lessons.direct_needs(lesson) for lesson in chain]
    assert arrows == [[], [], ["00"], ["01", "02"], ["03"]]


def test_a_lesson_without_a_picture_is_named():
    # What is trained in lesson 00 has to come from there.
    with pytest.raises(ValueError, match="lesson 00, 03"):
        course.draw_map({})


@pytest.mark.parametrize("number", ["04", "05", "06", "07", "11"])
def test_a_sheet_on_the_map_shows_eighteen_pictures(number):
    ax = plt.subplots()[1]
    map_pictures.PICTURES[number](ax)
    sheet = np.atleast_3d(ax.images[0].get_array())
    side = (sheet.shape[0] - 1) // 3  # of a picture and its line
    assert sheet.shape[:2] == (3 * side + 1, 6 * side + 1)
    tiles = [
        sheet[side * row + 1 : side * (row + 1), side * k + 1 : side * (k + 1)]
        for row, k in np.ndindex(3, 6)
    ]
    assert min(tile.std() for tile in tiles) > 0.02
    if number == "11":  # trousers, bags and boots: a row is of one kind
        clothes = data.load_fashion_mnist(split="test", source="bundled")
        shown = np.reshape(tiles, (18, -1)) * 255
        pixels = clothes.images.reshape(len(clothes.images), -1).astype(float)
        nearest = [np.abs(pixels - one).sum(axis=1).argmin() for one in shown]
        kinds = clothes.labels[nearest].reshape(3, 6)
        assert (kinds == [[1], [8], [9]]).all()


@pytest.mark.parametrize("number", map_pictures.PICTURES)
def test_a_lesson_has_a_picture_without_training(number):
    ax = plt.subplots()[1]
    map_pictures.PICTURES[number](ax)
    assert ax.has_data()
    plt.close(ax.figure)


# Versions


def test_tested_versions_are_those_of_the_lock_and_of_colab():
    lock = {name: version for name, version, _ in locked("requirements.lock")}
    for name, tested in machine.TESTED.items():
        expected = "3.11" if name == "python" else lock[name]
        assert tested == (expected, COLAB[name])


@pytest.fixture
def installed(monkeypatch):
    """The versions found, to be changed by a test, and the limits of pyproject.toml."""
    versions = {name: tested[0] for name, tested in machine.TESTED.items()}
    project = Message()
    project["Requires-Python"] = PROJECT["requires-python"]
    for line in PROJECT["dependencies"]:
        project["Requires-Dist"] = line
    project["Requires-Dist"] = "keras>=99; extra == 'other'"

    def version(name):
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(machine.metadata, "version", version)
    monkeypatch.setattr(machine.metadata, "metadata", lambda name: project)
    monkeypatch.setattr(
        machine.platform,
        "python_version_tuple",
        lambda: (*versions["python"].split("."), "7"),
    )
    return versions


def verdicts():
    return {name: (found, verdict) for name, found, verdict in course.check_versions()}


def test_all_is_tested_where_the_lock_is_installed(installed):
    assert verdicts() == {name: (installed[name], "tested") for name in installed}


@pytest.mark.parametrize("name", machine.TESTED)
def test_all_is_tested_on_colab(installed, name):
    installed[name] = COLAB[name]
    assert verdicts()[name] == (COLAB[name], "tested")


@pytest.mark.parametrize(
    ("name", "found", "words"),
    [
        ("keras", "3.14.0", "should work; tested: 3.15.1 and 3.13.2"),
        ("python", "3.12", "should work; tested: 3.11 and 3.13"),
        ("keras", "3.12.9", 'does not fit: run  %pip install "keras<4,>=3.13"'),
        ("tensorflow", "2.22.0", '%pip install "tensorflow<2.22,>=2.20"'),
        ("python", "3.14", "does not fit: install python<3.14,>=3.11 and"),
    ],
)
def test_other_versions_get_a_verdict_and_a_remedy(installed, name, found, words):
    installed[name] = found
    assert verdicts()[name][0] == found
    assert words in verdicts()[name][1]


def test_a_missing_package_is_named_with_its_remedy(installed):
    del installed["anywidget"]
    found, verdict = verdicts()["anywidget"]
    assert found == "missing"
    assert '%pip install "anywidget<1,>=0.9.18"' in verdict


def test_a_course_that_is_not_installed_knows_only_what_it_was_tested_on(
    installed, monkeypatch
):
    def unknown(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(machine.metadata, "metadata", unknown)
    installed["keras"] = "3.0.0"
    assert verdicts()["keras"][1].startswith("should work")
    assert verdicts()["numpy"][1] == "tested"


# Data


class Handler(BaseHTTPRequestHandler):
    """Answers a question for a file's size; to any other request it says 500."""

    def do_HEAD(self):
        self.server.asked.append(self.path)
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Length", self.server.length)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def host(monkeypatch, tmp_path) -> Iterator[ThreadingHTTPServer]:
    """A machine without data, and a host that has every file of the registry."""
    isolate(monkeypatch, tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.length = [], "3000000"
    url = f"http://127.0.0.1:{server.server_port}/"
    set_url(monkeypatch, *REGISTRY, url=url)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


def set_url(monkeypatch, *keys, url):
    for key in keys:
        remote = REGISTRY[key]
        changed = replace(remote, urls=(url + remote.file,))
        monkeypatch.setitem(REGISTRY, key, changed)


def where(**options):
    return {name: place for name, _, place in course.find_data(**options)}


def test_what_each_data_set_is_for():
    for lesson, keys, _ in machine.DATA.values():
        assert set(keys) <= set(REGISTRY)
        assert re.fullmatch(r"\d\d", lesson)


def test_files_that_a_host_has_can_be_downloaded_and_are_not(host, tmp_path):
    assert where() == {
        "SVHN": "can be downloaded (6 MB)",
        "Fashion-MNIST": "can be downloaded (6 MB)",
        "CIFAR-10": "can be downloaded (3 MB)",
        "flags": "bundled",
    }
    assert len(host.asked) == 5
    assert list(tmp_path.rglob("*")) == []


def test_one_file_on_this_machine_leaves_the_other_to_be_downloaded(
    host, monkeypatch, tmp_path
):
    monkeypatch.setenv("GAN_DATA_DIR", str(tmp_path))
    (tmp_path / "train_32x32.mat").touch()
    assert where()["SVHN"] == "can be downloaded (3 MB)"
    (tmp_path / "test_32x32.mat").touch()
    host.asked.clear()
    assert where()["SVHN"] == "local"
    assert not any("32x32" in path for path in host.asked)


def test_a_file_that_the_host_does_not_have_gets_a_stand_in(host, monkeypatch):
    url = f"http://127.0.0.1:{host.server_port}/missing/"
    set_url(monkeypatch, "svhn-test", url=url)
    assert "synthetic house numbers will stand in" in where()["SVHN"]
    assert "can be downloaded" in where()["CIFAR-10"]


def test_a_nonsensical_size_counts_as_no_answer(host):
    host.length = "plenty"
    assert "synthetic ships will stand in" in where()["CIFAR-10"]


def test_without_a_network_everything_has_a_stand_in(monkeypatch, tmp_path):
    isolate(monkeypatch, tmp_path)
    places = where()
    assert places.pop("flags") == "bundled"
    assert all("will stand in" in place for place in places.values())


def test_a_host_that_never_answers_is_given_up(monkeypatch, tmp_path):
    isolate(monkeypatch, tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        set_url(monkeypatch, *REGISTRY, url=url)
        # Would hang for ever if the wait had no bound.
        assert "will stand in" in where(wait=0.2)["CIFAR-10"]


def test_a_damaged_file_in_the_cache_does_not_count(monkeypatch, tmp_path):
    isolate(monkeypatch, tmp_path)
    damaged = tmp_path / "cache" / "cifar-10" / "cifar-10-binary.tar.gz"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"half of it")
    assert "will stand in" in where()["CIFAR-10"]


def test_a_data_folder_that_does_not_exist_is_an_error(monkeypatch, tmp_path):
    isolate(monkeypatch, tmp_path)
    monkeypatch.setenv("GAN_DATA_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match="nowhere.*not a folder"):
        course.find_data()


# Speed, tables and views


def test_speed_is_relative_to_the_reference_machine(monkeypatch, tmp_path):
    monkeypatch.setenv("GAN_CACHE_DIR", str(tmp_path / "cache"))

    steps = []

    def seconds(function):
        steps.append(len(function()))  # the real training steps, once
        return 0.26

    monkeypatch.setattr(settings, "seconds_per_call", seconds)
    monkeypatch.setattr(machine, "REFERENCE", {"dense": 0.52, "convolution": 0.13})
    speed = course.measure_speed()
    assert speed == machine.known_speed() == {"dense": 0.5, "convolution": 2.0}
    assert steps == [200, 10]  # what the times of the reference machine are for
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["speed.json"]
    for nowhere in ("/proc/none", "~no-such-user"):  # where nothing can be kept
        monkeypatch.setenv("GAN_CACHE_DIR", nowhere)
        assert course.measure_speed() == speed
        assert machine.known_speed() is None
    pictures = course.Lesson("20", "pictures", 10, work="convolution")
    assert course.expected_minutes(pictures, speed) == 20
    assert course.expected_minutes(pictures._replace(work="dense"), speed) == 5


def shown(monkeypatch):
    """What is displayed from here on."""
    displayed = []
    monkeypatch.setattr("IPython.display.display", displayed.append)
    return displayed


def test_a_table_is_markdown(monkeypatch):
    displayed = shown(monkeypatch)
    course.show_table(["a", "b"], [(1, "x|y"), (2, "z")])
    assert displayed[0].data.splitlines() == [
        "| a | b |",
        "| --- | --- |",
        r"| 1 | x\|y |",
        "| 2 | z |",
    ]


def test_the_live_check_answers_the_browser(monkeypatch):
    displayed = shown(monkeypatch)
    course.show_live_check()
    (view,) = displayed
    sent = []
    monkeypatch.setattr(view, "send", sent.append)
    view._handle_msg(
        {"content": {"data": {"method": "custom", "content": {}}}, "buffers": []}
    )
    assert sent == [{}]
    assert view._esm == machine.LIVE_CHECK


def test_importing_the_course_loads_neither_tensorflow_nor_matplotlib():
    code = (
        "import sys, gan_helpers.course;"
        "print([m for m in ('tensorflow', 'keras', 'matplotlib') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert (run.stdout.strip(), run.stderr) == ("[]", "")
