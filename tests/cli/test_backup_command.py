"""`geo-service backup` and `geo-service restore` as a person gives them."""

from __future__ import annotations


def test_a_workspace_comes_back_from_its_backup(desk, new_desk, tmp_path):
    assert desk("init") == 0
    assert desk("access", "add", "Ada") == 0
    file = tmp_path / "desk.zip"
    assert desk("backup", file) == 0
    assert f"wrote {file}: change 1, 0 photos" in desk.err
    again = new_desk(tmp_path / "again")
    assert again("restore", file) == 0
    assert "as of 2026-11-23T06:00:00+00:00: change 1, 0 photos" in again.err
    assert "keys are made anew: geo-service access add" in again.err
    assert again("access", "list") == 0
    assert "Ada" not in again.text
    assert again("status") == 0


def test_what_cannot_be_done_is_told_with_what_to_do(desk, new_desk, tmp_path):
    assert desk("backup", tmp_path / "desk.zip") == 2
    assert "no workspace" in desk.err
    assert desk("init") == 0
    assert desk("backup", tmp_path / "desk.zip") == 0
    assert desk("backup", tmp_path / "desk.zip") == 2
    assert "never overwrites" in desk.err
    assert desk("restore", tmp_path / "desk.zip") == 2
    assert "restore into a new folder" in desk.err
    (tmp_path / "cut.zip").write_bytes((tmp_path / "desk.zip").read_bytes()[:-100])
    again = new_desk(tmp_path / "again")
    assert again("restore", tmp_path / "cut.zip") == 2
    assert "cut off" in again.err
    assert "another copy of the backup" in again.err
    assert not again.workspace.exists()
    assert desk("backup", tmp_path / "no" / "folder.zip") == 1
    assert "check the folder" in desk.err
