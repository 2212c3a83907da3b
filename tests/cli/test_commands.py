"""Commands one by one: empty workspaces, bad input, exit codes, the promised JSON."""

from __future__ import annotations

import json

import pytest


def square(lon: float, lat: float, size: float = 0.001, **properties) -> dict:
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def write(path, *features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


def test_an_empty_workspace_has_catalogue_and_crews_and_says_what_is_next(desk):
    assert desk("init") == 0
    assert "import streets" in desk.err
    assert desk("status", "--as", "json") == 0
    assert (desk.json["plots"], desk.json["sample"], len(desk.json["crews"])) == (0, False, 4)


def test_a_workspace_is_not_made_twice(desk):
    assert desk("init") == 0
    assert desk("init") == 2
    assert "already a workspace" in desk.err


def test_without_a_workspace_the_remedy_is_named(desk):
    assert desk("status") == 2
    assert "geo-service init" in desk.err


@pytest.mark.parametrize("command", [("plan",), ("plan", "--as", "json")])
def test_planning_nothing_says_what_is_missing(desk, command):
    desk("init")
    assert desk(*command) == 2
    assert "import plots" in desk.err


def test_importing_again_changes_nothing(desk, tmp_path):
    desk("init")
    file = write(tmp_path / "lots.geojson", square(12.33, 51.32, id="a"), square(12.34, 51.32, id="b"))
    assert desk("import", "plots", file, "--as", "json") == 0
    assert (desk.json["read"], desk.json["accepted"], desk.json["unchanged"]) == (2, 2, 0)
    assert desk("import", "plots", file, "--as", "json") == 0
    assert (desk.json["read"], desk.json["accepted"], desk.json["unchanged"]) == (2, 0, 2)


def test_an_edited_row_alone_changes(desk, tmp_path):
    desk("init")
    file = tmp_path / "lots.geojson"
    write(file, square(12.33, 51.32, id="a"), square(12.34, 51.32, id="b"))
    desk("import", "plots", file)
    write(file, square(12.33, 51.32, id="a"), square(12.34, 51.32, size=0.0011, id="b"))
    assert desk("import", "plots", file, "--as", "json") == 0
    assert (desk.json["accepted"], desk.json["unchanged"]) == (1, 1)
    desk("status", "--as", "json")
    assert desk.json["plots"] == 2


@pytest.mark.parametrize("kind", ["plots", "quarters", "streets"])
@pytest.mark.parametrize(
    "content", [b"", b"hello", b"{", b'{"type": "FeatureCollection", "features": []}', b"\x00" * 99]
)
def test_a_file_that_is_none_ends_in_a_report(desk, tmp_path, kind, content):
    desk("init")
    file = tmp_path / "file.geojson"
    file.write_bytes(content)
    assert desk("import", kind, file, "--as", "json") == 2
    report = desk.json
    assert report["read"] == report["accepted"] + len(report["refused"]) + report["unchanged"]
    assert "error: " in desk.err
    assert "Traceback" not in desk.err


def test_a_file_that_is_not_there(desk, tmp_path):
    desk("init")
    for kind in ("plots", "quarters", "streets"):
        assert desk("import", kind, tmp_path / "nothing.geojson") == 2
        assert "nothing.geojson" in desk.err


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--days", "0"),
        ("plan", "--days", "many"),
        ("plan", "--seconds", "-1"),
        ("plan", "--from", "tomorrow-ish"),
        ("day", "2026-13-01"),
        ("nonsense",),
        ("import", "trees", "x"),
        ("serve", "--port", "70000"),
    ],
)
def test_bad_words_are_explained_and_end_with_2(desk, words):
    desk("init")
    assert desk(*words) == 2
    assert desk.err.startswith("error: ")
    assert len(desk.err.strip().splitlines()) == 1


def test_real_data_replaces_the_sample(demo, tmp_path):
    file = write(tmp_path / "lots.geojson", square(12.33, 51.32, id="a"))
    assert demo("import", "plots", file, "--as", "json") == 0
    assert any("sample" in note and "removed" in note for note in demo.json["notes"])
    demo("status", "--as", "json")
    assert (demo.json["sample"], demo.json["plots"], demo.json["quarters"]) == (False, 1, 0)
    assert demo("demo", "--no-serve") == 2
    assert "real data" in demo.err
