"""A workspace with the planned sample that a test may change."""

from __future__ import annotations

import shutil

import pytest

from geo_service.store.sqlite import SqliteStore


@pytest.fixture
def folder(planned_sample, tmp_path):
    """Return a copy of the planned sample's workspace."""
    return shutil.copytree(planned_sample, tmp_path / "workspace")


@pytest.fixture
def store(folder):
    """Return the open store of the copy."""
    opened = SqliteStore.open(folder)
    yield opened
    opened.close()


@pytest.fixture
def empty(tmp_path, sample, now):
    """Return the open store of a new workspace without places."""
    from geo_service.actions.make_workspace import make_workspace

    made = make_workspace(tmp_path / "empty", defaults=sample, author="tester", at=now)
    yield made
    made.close()
