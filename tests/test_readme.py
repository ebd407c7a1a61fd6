"""The README says what the lessons say of themselves, and its links lead somewhere."""

import re
from pathlib import Path

import readme_pictures
from lesson_source import read_lessons

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LESSONS = read_lessons(ROOT)


def test_each_lesson_has_its_row():
    rows = re.findall(
        r"^\| !\[\]\(notebooks/pictures/(\d\d)\.png\) "
        r"\| \[(\d\d) (.+?)\]\((.+?)\) \| (\d+) \| (\d+) \|",
        README,
        flags=re.MULTILINE,
    )
    expected = [
        (one.number, one.number, one.title, f"notebooks/{one.name}.ipynb")
        + (str(one.teaching), str(one.minutes))
        for one in LESSONS
    ]
    assert rows == expected


def test_links_and_pictures_exist():
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets
    missing = [target for target in targets if not (ROOT / target).exists()]
    assert not missing


def test_each_lesson_has_a_figure_for_the_readme():
    assert sorted(readme_pictures.FIGURES) == [lesson.number for lesson in LESSONS]
    for number in readme_pictures.FIGURES:
        assert readme_pictures.find_figure(number).width > 200
