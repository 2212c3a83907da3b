"""The command that proposes a season."""

from __future__ import annotations

import json

import pytest

SHORT = ("season", "--from", "2027-01-01", "--weeks", "6")


def test_a_season_as_text_json_and_figure(demo, tmp_path):
    assert demo(*SHORT) == 0, demo.err
    assert "Saison ab 01.01.2027, 6 Wochen" in demo.text
    assert demo(*SHORT, "--as", "json") == 0
    first = demo.json
    assert len(first["weeks"]) == 6
    assert demo(*SHORT, "--as", "json", "-o", tmp_path / "season.json", "--seed", "1") == 0
    assert json.loads((tmp_path / "season.json").read_text()) == first
    assert demo(*SHORT, "--as", "png", "-o", tmp_path / "season.png", "--lang", "en") == 0
    assert (tmp_path / "season.png").read_bytes().startswith(b"\x89PNG")
    assert demo(*SHORT, "-o", tmp_path / "season.txt", "--lang", "en") == 0
    assert "Season from 2027-01-01" in (tmp_path / "season.txt").read_text()


@pytest.mark.parametrize(
    "words",
    [("--weeks", "0"), ("--from", "soon"), ("--as", "png"), ("--seconds", "0"), ("--reserve", "1.5"), ("--seed", "-2")],
)
def test_bad_words_are_explained_and_end_with_2(desk, words):
    desk("init")
    assert desk("season", *words) == 2
    assert desk.err.startswith("error: ")


def test_a_file_that_cannot_be_written_is_told(demo, tmp_path):
    assert demo(*SHORT, "--as", "json", "-o", tmp_path / "nowhere" / "season.json") == 2
    assert "cannot write" in demo.err
