from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.plots import synonyms
from geo_service.plots.model import Parcel, PlotState
from geo_service.plots.synonyms import id_text, recognise


def recognised(**columns: list[Any]) -> Any:
    return recognise(columns, len(next(iter(columns.values()))))


@given(st.integers(0, 2**53))
def test_ids_kept_as_floating_point_get_their_digits_back(number: int) -> None:
    for written in (number, float(number), str(number), f"{number}.0", f"{number}.000"):
        assert id_text(written) == str(number)


@pytest.mark.parametrize("text", ["007", "12-34", "1.5", "DEBYvAAAAABLuMUK", "1e", "1.25e1", "1e99999999999999999999"])
def test_other_ids_stay_as_they_are(text: str) -> None:
    assert id_text(text) == text


def test_rounded_ids_are_noted() -> None:
    assert any("last digits are lost" in note for note in recognised(PIN=[2.0**60, 2.0**60 + 4096]).notes)


def test_the_first_column_in_the_list_that_tells_rows_apart_is_the_id() -> None:
    same = ["x"] * 10
    numbers = [str(number) for number in range(10)]
    assert recognised(PIN=same, objectid=numbers).ids == numbers
    assert recognised(PIN=[None] * 10, OPA_ID=numbers).ids == numbers
    assert recognised(colour=numbers).ids == [""] * 10


def test_ways_and_relations_are_told_apart() -> None:
    found = recognised(osm_type=["way", "relation"], osm_id=[7, 7.0])
    assert (found.ids, found.keys) == (["7", "7"], ["way/7", "relation/7"])


@pytest.mark.parametrize(
    ("columns", "address"),
    [
        ({"addr:street": "Karl-Heine-Straße", "addr:housenumber": "3"}, "Karl-Heine-Straße 3"),
        ({"Straße": "Markt", "Hausnummer": 1.0}, "Markt 1"),
        ({"STREET_NUM": 10500.0, "STREET_DIR": "S", "STREET_NAM": "Wabash", "STREET_TYP": "Ave"}, "10500 S Wabash Ave"),
        ({"lagebeztxt": "Tungerstraße"}, "Tungerstraße"),
        ({"Address": "2150 WEBSTER ST", "addr:street": "x", "addr:housenumber": "1"}, "2150 WEBSTER ST"),
    ],
)
def test_addresses(columns: dict[str, Any], address: str) -> None:
    found = recognise({name: [value, None] for name, value in columns.items()}, 2)
    assert found.rows[0]["address"] == address
    assert "address" not in found.rows[1]


def test_columns_of_ours_come_first() -> None:
    said = recognised(address=["A 1"], adresse=["B 2"], name=["x"], bezeichnung=["y"], quarter=["52"], ortsteil=["z"])
    assert {"address": "A 1", "name": "x", "quarter": "52"}.items() <= said.rows[0].items()


def test_a_column_that_only_has_our_name_is_not_read_as_ours() -> None:
    found = recognised(state=["PA", "PA"], id=["1", "2"])
    assert "state" not in found.rows[0]
    assert any("'state' holds something else ('PA')" in note for note in found.notes)
    assert recognised(state=["greened", "PA"]).rows[0]["state"] is PlotState.GREENED
    assert recognised(state=["greened", "PA"]).complaints[1] != []


def test_source_and_plot_id_count_only_together_as_an_export_writes_them() -> None:
    assert recognised(source=["Bing"], id=["1"]).rows[0] == {}
    ours = recognised(plot_id=["8f26b42e-6032-5c47-93b8-e6a3e191f5af"], source=["a.gpkg"], source_id=["17"])
    assert (ours.rows[0]["source"], ours.ids) == ("a.gpkg", ["17"])


def test_parcels_with_and_without_the_form_of_a_key() -> None:
    found = recognised(
        flstkennz=["160115002004250001__", "114a"], flurstnr=["425/1", None], gemarkung=["Melchendorf", None]
    )
    assert found.rows[0]["parcels"] == (Parcel("160115002004250001__", "425/1 Melchendorf, Flur 2"),)
    assert found.rows[1]["parcels"] == (Parcel("", "114a"),)
    assert "has not the form" in found.complaints[1][0]


def test_owners_names_are_never_read() -> None:
    names = {name for group in (synonyms.NAMES, synonyms.ADDRESSES, synonyms.IDS, synonyms.KINDS) for name in group}
    assert [name for name in names if "own" in name or "proprio" in name or "eigent" in name] == []
