"""What changed since a revision, and plots read by id and part by part."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from geo_service.store.model import VisitLock


def many(plots, count: int):
    return [replace(plots[1], plot_id=f"p{number}", code=f"KLZ-{1000 + number}") for number in range(count)]


def test_nothing_changed_in_an_empty_store(store) -> None:
    assert store.newest_changes() == {}
    assert store.changed_since(0) == []


def test_each_kind_has_its_newest_revision(store, change, plots, now) -> None:
    with change() as tx:
        tx.put_plots(many(plots, 3))
    first = store.revision()
    with change() as tx:
        tx.put_lock(VisitLock("v", "crew-1", date(2026, 11, 24), "", "Ada", now))
    with change():
        pass  # a revision without any change
    assert store.newest_changes() == {"plot": first, "lock": first + 1}
    assert [(one.revision, one.what, one.key) for one in store.changed_since(first)] == [(first + 1, "lock", "v")]
    assert store.changed_since(store.revision()) == []
    assert {one.key for one in store.changed_since(0) if one.what == "plot"} == {"p0", "p1", "p2"}


def test_an_edit_tells_which_plots_it_touched(store, change, plots) -> None:
    with change() as tx:
        tx.put_plots(many(plots, 5))
    before = store.revision()
    with change() as tx:
        tx.put_plots([replace(many(plots, 5)[2], name="Neu")])
    with change() as tx:
        tx.drop_plots(["p4"])
    assert [one.key for one in store.changed_since(before)] == ["p4", "p2"]


def test_too_much_is_told_as_such(store, change, plots) -> None:
    with change() as tx:
        tx.put_plots(many(plots, 5))
    assert len(store.changed_since(0, most=5)) == 5
    assert store.changed_since(0, most=4) is None


def test_plots_by_id(store, change, plots) -> None:
    with change() as tx:
        tx.put_plots([*plots, *many(plots, 3)])
    assert [one.code for one in store.plots(ids=["p2", "p0", "nothing"])] == ["KLZ-1000", "KLZ-1002"]
    assert store.plots(ids=[]) == []
    assert store.plots(ids=["11"], public_only=True) == [one for one in plots[:1] if one.public]
    assert store.plots(ids=["11"]) == plots[:1]


def test_plots_part_by_part(store, change, plots) -> None:
    with change() as tx:
        tx.put_plots([*plots, *many(plots, 7)])
    everything, found, after = store.plots(), [], ""
    while part := store.plots(after=after, limit=3):
        assert len(part) <= 3
        found += part
        after = part[-1].code
    assert found == everything
    assert store.plots(limit=0) == []
