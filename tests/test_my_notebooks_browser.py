"""What a student sees who starts the course: lesson 00, and no question."""

import shutil
import sys
from pathlib import Path

from browser import KERNEL_READY, SECONDS, open_browser, serve

ROOT = Path(__file__).resolve().parents[1]
SHOWN = """() => [document.querySelector(".jp-NotebookPanel h1")?.innerText,
  document.querySelectorAll(".Toastify__toast, .jp-Dialog").length]"""


def test_lesson_00_opens_and_nothing_is_asked(tmp_path):
    for name in ("notebooks", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name)
    program = [sys.executable, str(tmp_path / "tools" / "my_notebooks.py"), "open"]
    (home := tmp_path / "home").mkdir()
    asked = []
    with serve(tmp_path, home, program) as server, open_browser() as browser:
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{server.url}?token={server.token}")
        page.wait_for_selector(".jp-NotebookPanel [data-status=idle]", timeout=60_000)
        page.wait_for_function(KERNEL_READY, timeout=60 * SECONDS)
        page.wait_for_timeout(3 * SECONDS)  # the question would be there by now
        heading, questions = page.evaluate(SHOWN)
        assert heading.startswith("00 · Start here")
        assert questions == 0
    # By these two the server looks for news and newer versions.
    assert not [
        url for url in asked if "lab/api/news" in url or "lab/api/update" in url
    ]
