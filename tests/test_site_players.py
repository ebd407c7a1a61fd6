"""The script that records the lessons' labs for the web site."""

import json

import site_players
from lesson_code import find_lesson


def test_a_lessons_lab_is_recorded_as_far_as_it_says(monkeypatch, tmp_path, capsys):
    _, *names = site_players.LABS["quadratic_gan"]
    monkeypatch.setattr(site_players, "LABS", {"quadratic_gan": (6, *names)})
    monkeypatch.setattr(site_players, "FRAMES", 3)
    monkeypatch.setattr(site_players, "PLAYERS", tmp_path)
    site_players.main()
    [path] = tmp_path.iterdir()
    run = path.read_text().partition('id="run">')[2].partition("</script>")[0]
    frames = [frame["iteration"] for frame in json.loads(run)["frames"]]
    assert frames == [0, 2, 4, 6]
    assert f"{path.name}: 6 iterations" in capsys.readouterr().out


def test_each_of_them_is_a_lesson_that_makes_its_lab():
    for slug, (_, name, *_) in site_players.LABS.items():
        sources = [cell.source for cell in find_lesson(slug).cells]
        assert any(f"{name} = lab." in source for source in sources), slug
