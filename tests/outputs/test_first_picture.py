import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from geo_service.outputs.first_picture import FirstPicture
from geo_service.store.sqlite import SqliteStore

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path, plots, quarters):
    store = SqliteStore.create(tmp_path / "workspace")
    with store.change(author="t", reason="t", at=AT) as tx:
        tx.set_plan_crs(25833)
        tx.put_quarters(quarters)
        tx.put_plots([replace(plots[0], public=False), *plots[1:]])
    yield store
    store.close()


def test_every_plot_is_there_with_its_state_and_a_place_in_the_box(store):
    told = json.loads(FirstPicture(store).json(public_only=False))
    plots = store.plots()
    assert told["codes"] == [plot.code for plot in plots]
    assert told["states"] == [plot.state.value for plot in plots]
    west, south, east, north = told["box"]
    assert 12 < west < east < 13
    assert 51 < south < north < 52
    assert all(west < lon < east for lon in told["lon"])
    assert all(south < lat < north for lat in told["lat"])
    assert len(told["lon"]) == len(told["lat"]) == len(plots)


def test_the_public_sees_no_state_and_nothing_that_an_owner_objected_to(store):
    told = json.loads(FirstPicture(store).json(public_only=True))
    hidden = [plot.code for plot in store.plots() if not plot.public]
    assert hidden
    assert told["states"] is None
    assert not set(hidden) & set(told["codes"])
    assert len(told["codes"]) == len(store.plots()) - len(hidden)


def test_it_is_made_once_and_anew_after_a_change(store):
    picture = FirstPicture(store)
    first = picture.json(public_only=False)
    assert picture.json(public_only=False) is first
    with store.change(author="t", reason="t", at=AT) as tx:
        tx.drop_plots([store.plots()[0].plot_id])
    assert len(json.loads(picture.json(public_only=False))["codes"]) == len(json.loads(first)["codes"]) - 1


def test_without_plots_there_is_nothing_to_frame(tmp_path):
    store = SqliteStore.create(tmp_path / "empty")
    assert json.loads(FirstPicture(store).json(public_only=False)) == {
        "codes": [],
        "states": [],
        "lon": [],
        "lat": [],
        "box": None,
    }
    store.close()
