"""What an answer depends on: one collection's edit makes no other one new; tables and layers take edits in."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread

import pytest

from geo_service.api import feature_source, tile_source
from geo_service.api.feature_source import FeatureSource
from geo_service.api.revisions import MADE_OF, Revisions
from geo_service.api.tile_source import TileSource
from geo_service.outputs.collections import COLLECTIONS, PLOTS, STREETS, VISITS
from geo_service.outputs.record_layers import RECORD_LAYERS
from geo_service.outputs.tile_grid import tile_at
from geo_service.store.sqlite import SqliteStore

from .conftest import NOW, fill, lonlat, plot_at


@pytest.fixture
def store(tmp_path):
    one = SqliteStore.create(tmp_path / "workspace")
    fill(one, tmp_path)
    yield one
    one.close()


def put(store, *plots, gone=()) -> None:
    with store.change(author="tests", reason="an edit", at=NOW) as tx:
        tx.put_plots(plots)
        tx.drop_plots(gone)


def test_every_collection_says_what_it_is_made_of() -> None:
    assert MADE_OF.keys() == COLLECTIONS.keys()
    assert all("workspace" in kinds for kinds in MADE_OF.values())


ON_PLOTS = [name for name, layer in RECORD_LAYERS.items() if "plot" in layer.kinds]


def test_each_kind_has_a_revision_of_its_own(store) -> None:
    known = Revisions()
    before = {name: known.of_collections(store, [one]) for name, one in COLLECTIONS.items()}
    assert set(before.values()) == {1}
    put(store, replace(plot_at(1), name="Neu"))
    after = {name: known.of_collections(store, [one]) for name, one in COLLECTIONS.items()}
    assert after == before | {"plots": 2, "visits": 2} | dict.fromkeys(ON_PLOTS, 2)
    assert Revisions().of_collections(store, [PLOTS]) == 2  # another worker, which was not there before
    assert known.of(store, ["nothing"]) == 0
    assert known.of_collections(store, []) == 0


def test_very_many_changes_are_seen_as_well(store, monkeypatch) -> None:
    known = Revisions()
    assert known.of_collections(store, [PLOTS]) == 1
    monkeypatch.setattr(store, "changed_since", lambda revision: None)
    put(store, plot_at(1))
    assert known.of_collections(store, [PLOTS]) == 2


def test_an_answer_about_streets_is_kept_while_plots_change(own_desk) -> None:
    paths = (
        "/collections/streets/items",
        "/collections/streets",
        "/tiles/WebMercatorQuad/14/5461/8752?collections=streets",
    )
    with own_desk.client("planner") as client:
        tags = {path: client.get(path).headers["etag"] for path in paths}
        plots = client.get("/collections/plots/items").headers["etag"]
        put(own_desk.store, replace(plot_at(1), name="Neu"))
        for path, tag in tags.items():
            assert client.get(path, headers={"If-None-Match": tag}).status_code == 304, path
        assert client.get("/collections/plots/items", headers={"If-None-Match": plots}).status_code == 200
        lock = {"reason": "", "announced": False}
        plots = client.get("/collections/plots/items").headers["etag"]
        assert client.put("/visits/KLZ-0001.mow_lawn.2026-11-24.1/lock", json=lock).status_code == 200
        assert client.get("/collections/plots/items", headers={"If-None-Match": plots}).status_code == 304


class Counting:
    """A store that tells how it was read."""

    def __init__(self, store) -> None:
        self._store = store
        self.read: list[object] = []

    def __getattr__(self, name: str):
        return getattr(self._store, name)

    def plots(self, **asked):
        found = self._store.plots(**asked)
        self.read.append("all" if asked.get("ids") is None else sorted(one.code for one in found))
        return found


def pages(source, store, name: str, role: str = "planner"):
    collection = COLLECTIONS[name]
    return source.get(store, collection, Revisions().of_collections(store, [collection]), role)


@pytest.mark.parametrize("role", ["planner", "analyst", "anonymous"])
def test_an_edit_reads_what_was_edited_alone(store, role: str) -> None:
    source, counting = FeatureSource(), Counting(store)
    first = pages(source, counting, "plots", role)
    assert pages(source, counting, "plots", role) is first
    counting.read.clear()
    put(
        store,
        replace(plot_at(2), name="Neu", address="Neue Straße 2"),
        replace(plot_at(20), code="PLW-0001"),
        gone=["id-3"],
    )
    second = pages(source, counting, "plots", role)
    assert counting.read == [["KLZ-0002", "PLW-0001"]]
    fresh = pages(FeatureSource(), store, "plots", role)
    everything = second.table.all()
    assert second.table.encoded(everything) == fresh.table.encoded(fresh.table.all())
    assert b"Neue Stra" in b"".join(second.table.encoded(everything))
    assert len(first) == len(second) == (12 if role != "anonymous" else 11)
    put(store, replace(plot_at(2), public=False), replace(plot_at(1), code="KLZ-0500"))
    third, fresh = pages(source, counting, "plots", role), pages(FeatureSource(), store, "plots", role)
    assert third.table.encoded(third.table.all()) == fresh.table.encoded(fresh.table.all())
    assert ("KLZ-0002" in set(third.table.ids)) is (role != "anonymous")
    assert "all" not in counting.read


def test_many_edits_or_another_place_are_read_anew(store, monkeypatch) -> None:
    source, counting = FeatureSource(), Counting(store)
    pages(source, counting, "plots")
    monkeypatch.setattr(feature_source, "MOST_EDITS", 1)
    counting.read.clear()
    put(store, plot_at(1), plot_at(2))
    pages(source, counting, "plots")
    assert counting.read[0] == "all"
    with store.change(author="tests", reason="cleared", at=NOW) as tx:
        tx.clear()
    assert len(pages(source, counting, "plots")) == 0


def test_visits_are_made_anew_only_where_one_of_their_plots_changed(store) -> None:
    source = FeatureSource()
    first = pages(source, store, "visits").table
    put(store, replace(plot_at(12), name="nicht im Plan"))
    assert pages(source, store, "visits").table is first
    put(store, replace(plot_at(1), name="im Plan"))
    assert pages(source, store, "visits").table is not first


def test_threads_that_want_the_same_make_it_once(store) -> None:
    source, counting, together = FeatureSource(), Counting(store), Barrier(4)
    found = []

    def ask() -> None:
        together.wait()
        found.append(source.get(counting, PLOTS, 1, "planner"))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(one) for one in found}) == 1
    assert counting.read.count("all") == 2  # the only part, and that there is no further one


def test_what_could_not_be_made_is_made_at_the_next_request(store, monkeypatch) -> None:
    source = FeatureSource()
    with monkeypatch.context() as broken:
        broken.setattr(feature_source, "parts_of", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            source.get(store, STREETS, 1, "planner")
    assert len(source.get(store, STREETS, 1, "planner")) > 0


def test_layers_take_edits_in(store, monkeypatch) -> None:
    made = []
    original = tile_source.layer_of_table
    monkeypatch.setattr(
        tile_source, "layer_of_table", lambda one, *rest, **more: made.append(one.name) or original(one, *rest, **more)
    )
    source = TileSource(FeatureSource(), Revisions())
    address = tile_at(*lonlat(2), 16)
    first = source.layer(store, "plots", "planner")
    source.layer(store, "streets", "planner")
    for number in range(3):
        put(store, replace(plot_at(2), name=f"Neu {number}"), gone=["id-1"])
        tile = source.layer(store, "plots", "planner").tile(address)
        assert f"Neu {number}".encode() in tile
        assert b"KLZ-0002" in tile
        assert b"KLZ-0001" not in tile
        assert b"KLZ-0001" in first.tile(address)
        source.layer(store, "streets", "planner")
    assert made == ["plots", "streets"]
    monkeypatch.setattr(tile_source, "MOST_EDITED", 1)
    put(store, replace(plot_at(3), name="Zu viel"))
    assert b"Zu viel" in source.layer(store, "plots", "planner").tile(address)
    assert made == ["plots", "streets", "plots"]
    visits = source.layer(store, VISITS.name, "planner")
    put(store, replace(plot_at(12), name="nicht im Plan"))
    assert source.layer(store, VISITS.name, "planner") is visits
