"""An owner's objection: kept with its reason, and not lifted by a file."""

from __future__ import annotations

import json

import pytest

from geo_service.actions.import_plots import PlotSource, import_plots
from geo_service.actions.set_publication import set_publication
from geo_service.base.errors import InputError, NotFound

SQUARE = [[12.33, 51.32], [12.331, 51.32], [12.331, 51.321], [12.33, 51.321], [12.33, 51.32]]


@pytest.fixture
def register(empty, tmp_path, now):
    """Return a store with one plot, and a function that imports it again with what a file says of it."""

    def again(**said: object):
        properties = {"code": "KLZ-0001", "source_id": "17"} | said
        feature = {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
            "properties": properties,
        }
        file = tmp_path / "plots.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
        return import_plots(empty, file, how=PlotSource(None, None, 0.0), author="tester", at=now)

    again()
    return empty, again


def test_it_is_kept_with_who_and_why(register, now) -> None:
    store, _ = register
    revision = store.revision()
    kept = set_publication(store, "KLZ-0001", False, reason="objection", author="Mo", clock=lambda: now)
    assert (kept.public, store.plot("KLZ-0001").public) == (False, False)
    change = store.ledger(1)[0]
    assert (change.author, change.reason) == ("Mo", "KLZ-0001 withheld from the public: objection")
    assert store.revision() == revision + 1
    set_publication(store, "KLZ-0001", False, reason="again", author="Mo", clock=lambda: now)
    assert store.revision() == revision + 1


@pytest.mark.parametrize(("code", "reason", "error"), [("KLZ-9", "x", NotFound), ("KLZ-0001", " \t", InputError)])
def test_what_does_not_fit_changes_nothing(register, now, code: str, reason: str, error: type[Exception]) -> None:
    store, _ = register
    revision = store.revision()
    with pytest.raises(error):
        set_publication(store, code, False, reason=reason, author="Mo", clock=lambda: now)
    assert store.revision() == revision


def test_a_file_does_not_lift_an_objection_and_is_warned_of(register, now) -> None:
    store, again = register
    set_publication(store, "KLZ-0001", False, reason="objection", author="Mo", clock=lambda: now)
    report = again(public=True, name="meadow")
    assert (store.plot("KLZ-0001").public, store.plot("KLZ-0001").name) == (False, "meadow")
    assert "stays withheld" in json.dumps(report.as_json())
    assert "stays withheld" not in json.dumps(again(name="garden").as_json())


def test_a_file_can_withhold(register) -> None:
    """The control: what a file says is heeded where it protects."""
    store, again = register
    assert store.plot("KLZ-0001").public
    again(public=False)
    assert not store.plot("KLZ-0001").public
