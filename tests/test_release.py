"""What has to agree in a release: its version, its licences, its citation."""

import json
import re
import tomllib
from pathlib import Path

import yaml

import gan_helpers

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
NOTEBOOKS = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("notebooks/*/*.ipynb")]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_all_places_name_one_version():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = {
        "package": gan_helpers.__version__,
        "citation": str(CITATION["version"]),
        "changes": re.findall(r"^## ([\d.]+)", changes, re.M)[0],
    }
    for path in NOTEBOOKS:
        cell = json.loads(path.read_text(encoding="utf-8"))["cells"][1]
        [wheel] = re.findall(r"gan_course-([\d.]+)-py3", "".join(cell["source"]))
        found[path.name] = wheel
    assert set(found.values()) == {PROJECT["version"]}, found


def test_the_citation_has_the_fields_that_its_format_requires():
    assert {"authors", "cff-version", "message", "title"} <= set(CITATION)
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["authors"] == PROJECT["authors"]
    assert CITATION["license"] == ["MIT", "CC-BY-4.0"]


def test_both_licences_are_there_and_the_readme_names_them():
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    text = (ROOT / "LICENSE-TEXT.md").read_text(encoding="utf-8")
    assert "creativecommons.org/licenses/by/4.0/legalcode" in text
    for path in NOTEBOOKS:
        metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        assert metadata["license"] == "MIT AND CC-BY-4.0", path.name
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(LICENSE)" in readme and "(LICENSE-TEXT.md)" in readme


def test_the_paper_cites_what_it_lists_and_lists_what_it_cites():
    paper = ROOT / "docs" / "paper"
    text = (paper / "paper.md").read_text(encoding="utf-8")
    works = (paper / "paper.bib").read_text(encoding="utf-8")
    cited = set(re.findall(r"@(\w+)", text))
    listed = re.findall(r"^@\w+\{(\w+),$", works, re.M)
    assert sorted(cited) == listed  # each once, in order
    assert len(re.findall(r"^  doi = \{10\.\d{4,}/\S+\}$", works, re.M)) == len(listed)


def test_the_paper_has_what_the_journal_asks_for():
    text = (ROOT / "docs" / "paper" / "paper.md").read_text(encoding="utf-8")
    _, front, body = text.split("---\n", 2)
    fields = yaml.safe_load(front)
    assert fields["authors"][0]["name"] == PROJECT["authors"][0]["name"]
    assert {"title", "tags", "affiliations", "date", "bibliography"} <= set(fields)
    parts = dict(re.findall(r"^# (.+)\n((?:(?!# ).*\n)*)", body, re.M))
    assert {"Summary", "Statement of need", "References"} <= set(parts)
    assert parts["Use in a classroom"].strip().startswith("None has been recorded yet.")
