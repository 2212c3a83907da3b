"""Records: kept by kind, looked up by id and by links, replaced only in the version that was seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
import shapely

from geo_service.base.errors import Conflict
from geo_service.base.shapes import Shape
from geo_service.store.records import Kept, RecordKind


@dataclass(frozen=True)
class Bench:
    """Something that no kind of ours is."""

    bench_id: str
    place: Shape
    seen_at: datetime
    plots: tuple[str, ...] = ()


BENCH = RecordKind("bench", Bench, lambda one: one.bench_id, lambda one: [("plot", code) for code in one.plots])
STONE = RecordKind("stone", Bench, lambda one: one.bench_id)
RED = Bench("b-1", shapely.Point(12.3219, 51.3188), datetime(2026, 11, 23, 6, tzinfo=UTC), ("KLZ-0001", "KLZ-0002"))


def test_a_record_comes_back_as_it_was(store, change):
    with change() as tx:
        assert tx.put_record(BENCH, RED, expected=0) == 1
    assert store.record(BENCH, "b-1") == Kept(RED, 1)
    assert store.record(STONE, "b-1") is None
    assert store.record(BENCH, "b-2") is None
    assert [(one.what, one.key) for one in store.changed_since(0)] == [("bench", "b-1")]


def test_links_lead_to_it_as_long_as_they_hold(store, change):
    with change() as tx:
        tx.put_record(BENCH, RED)
        tx.put_record(BENCH, replace(RED, bench_id="b-0"))
    assert [one.record.bench_id for one in store.records(BENCH, link=("plot", "KLZ-0002"))] == ["b-0", "b-1"]
    with change() as tx:
        tx.put_record(BENCH, replace(RED, plots=()))
    assert [one.record.bench_id for one in store.records(BENCH, link=("plot", "KLZ-0002"))] == ["b-0"]
    assert [one.version for one in store.records(BENCH)] == [1, 2]
    assert [one.record.bench_id for one in store.records(BENCH, ids={"b-1", "b-9"})] == ["b-1"]
    assert store.records(STONE) == []


def test_another_version_is_refused_and_named(store, change):
    with change() as tx:
        tx.put_record(BENCH, RED)
    with pytest.raises(Conflict) as refused, change() as tx:
        tx.put_record(BENCH, replace(RED, plots=()), expected=0)
    assert (refused.value.code, refused.value.fields["kept"], refused.value.fields["seen"]) == ("record_changed", 1, 0)
    assert store.record(BENCH, "b-1") == Kept(RED, 1)


def test_a_dropped_record_is_gone_with_its_links(store, change):
    with change() as tx:
        tx.put_record(BENCH, RED)
    with change() as tx:
        tx.drop_record(BENCH, "b-1")
    assert store.record(BENCH, "b-1") is None
    assert store.records(BENCH, link=("plot", "KLZ-0001")) == []


def test_numbers_of_a_series_have_no_gap(store, change):
    with change() as tx:
        assert [tx.next_number("voucher 2026") for _ in range(2)] == [1, 2]
    with pytest.raises(RuntimeError), change() as tx:
        tx.next_number("voucher 2026")
        raise RuntimeError
    with change() as tx:
        assert (tx.next_number("voucher 2026"), tx.next_number("voucher 2027")) == (3, 1)


def test_records_go_with_the_place_that_they_are_about(store, change):
    with change() as tx:
        tx.put_record(BENCH, RED)
        tx.next_number("voucher 2026")
        tx.clear()
    assert store.records(BENCH) == []
    with change() as tx:
        assert tx.next_number("voucher 2026") == 1
