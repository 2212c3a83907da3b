"""A new workspace: ready for work, and never made over another."""

from __future__ import annotations

import pytest

from geo_service.actions.make_workspace import make_workspace
from geo_service.base.errors import Conflict, GeoServiceError
from geo_service.store.sqlite import FILE_NAME


def test_it_has_crews_catalogue_and_a_first_line_in_the_ledger(empty):
    assert [crew.code for crew in empty.crews()] == ["crew-1", "crew-2", "crew-3", "crew-4"]
    assert {"clear", "green", "mow_lawn"} <= set(empty.catalogue().kinds)
    assert (empty.plots(), empty.plan_crs(), empty.is_sample()) == ([], None, False)
    assert {change.author for change in empty.ledger()} == {"tester"}


def test_a_workspace_that_is_there_stays(tmp_path, sample, now, empty):
    with pytest.raises(Conflict, match="already a workspace"):
        make_workspace(tmp_path / "empty", defaults=sample, author="x", at=now)
    assert empty.revision() == 1


def test_without_defaults_nothing_is_made(tmp_path, now):
    with pytest.raises(GeoServiceError):
        make_workspace(tmp_path / "w", defaults=tmp_path / "nowhere", author="x", at=now)
    assert not (tmp_path / "w" / FILE_NAME).exists()
