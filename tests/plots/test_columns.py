from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from geo_service.base.errors import CrsMismatch
from geo_service.plots.columns import (
    COLUMN,
    COLUMNS,
    access_point,
    format_care,
    parse_care,
    parse_values,
    plain_text,
    plot_properties,
    plots_frame,
)
from geo_service.plots.model import (
    Baunvo,
    CareArea,
    CareKind,
    Contamination,
    OwnerKind,
    Parcel,
    Plot,
    PlotState,
    StateChange,
    Tenure,
    TenureKind,
)

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20).map(str.strip)
days = st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
plots = st.builds(
    Plot,
    plot_id=st.uuids().map(str),
    code=st.just("KLZ-0012"),
    geometry=st.just(box(313384, 5688683, 313400, 5688700)),
    epsg=st.just(25833),
    area_m2=st.just(272.0),
    name=texts,
    address=texts,
    quarter=st.sampled_from(["", "52"]),
    parcels=st.lists(st.builds(Parcel, st.just("095653___05443______"), texts), max_size=2).map(tuple),
    access=st.one_of(st.none(), st.builds(Point, st.floats(312000, 314000), st.floats(5688000, 5689000))),
    access_note=texts,
    hazard_note=texts,
    owner_kind=st.sampled_from(OwnerKind),
    tenure=st.builds(Tenure, st.sampled_from(TenureKind), days, days),
    baunvo=st.sampled_from(Baunvo),
    contamination=st.sampled_from(Contamination),
    care_areas=st.lists(st.builds(CareArea, st.sampled_from(CareKind), st.floats(0, 1e6)), max_size=3).map(tuple),
    state=st.sampled_from(PlotState),
    public=st.booleans(),
    source=texts,
    source_id=texts,
    history=st.lists(st.builds(StateChange, st.sampled_from(PlotState), moments, texts, texts), max_size=2).map(tuple),
)


@settings(deadline=None)
@given(plots)
def test_every_field_reads_back_from_json(plot: Plot) -> None:
    properties = json.loads(json.dumps(plot_properties(plot)))
    assert list(properties) == [column.name for column in COLUMNS]
    said, complaints = parse_values(properties)
    assert complaints == []
    for field in ("plot_id", "name", "address", "quarter", "access_note", "hazard_note", "source", "source_id"):
        assert (said.get(field) or "") == getattr(plot, field)
    for field in ("owner_kind", "baunvo", "contamination", "state", "public"):
        assert said[field] is getattr(plot, field)
    for field in ("parcels", "care_areas", "history"):
        assert (said.get(field) or ()) == getattr(plot, field)
    assert (said["tenure_kind"], said["tenure_from"], said["tenure_until"]) == (
        plot.tenure.kind,
        plot.tenure.from_on,
        plot.tenure.until_on,
    )
    if plot.access is None:
        assert said["access_lon"] is said["access_lat"] is None
    else:
        assert access_point(said["access_lon"], said["access_lat"], 25833).distance(plot.access) < 0.01


def test_the_frame_has_the_table_of_columns_and_the_plan_crs() -> None:
    plot = Plot("id", "KLZ-0001", box(0, 0, 10, 10), 25833, 100.0, public=False)
    frame = plots_frame([plot])
    assert list(frame.columns) == [*(column.name for column in COLUMNS), "geometry"]
    assert frame.crs.to_epsg() == 25833
    assert not frame["public"][0]
    assert len(plots_frame([])) == 0


def test_plots_in_two_reference_systems_share_no_frame() -> None:
    one = Plot("a", "A-0001", box(0, 0, 1, 1), 25833, 1.0)
    other = Plot("b", "A-0002", box(0, 0, 1, 1), 25832, 1.0)
    with pytest.raises(CrsMismatch, match="25832, 25833"):
        plots_frame([one, other])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("baunvo", "XX"),
        ("state", "gone"),
        ("public", "perhaps"),
        ("tenure_from", "31.12.2026"),
        ("care_areas", "lawn:-5"),
        ("care_areas", "lawn:nan"),
        ("care_areas", "roses:5"),
        ("access_lon", 5688683),
        ("history", "[[1]]"),
        ("parcels", "x=y"),
    ],
)
def test_what_cannot_be_read_is_left_out_with_a_complaint(name: str, value: Any) -> None:
    said, complaints = parse_values({name: value})
    assert said == {}
    assert len(complaints) == 1
    assert complaints[0].startswith(name)


@pytest.mark.parametrize("empty", [None, "", "  ", float("nan")])
def test_an_empty_cell_clears_texts_but_never_reopens_a_plot_to_the_public(empty: Any) -> None:
    assert parse_values({"hazard_note": empty, "public": empty, "state": empty}) == ({"hazard_note": None}, [])


def test_other_columns_and_the_written_area_are_passed_over() -> None:
    assert parse_values({"owner_name": "somebody", "area_m2": 12.0}) == ({}, [])
    assert COLUMN["area_m2"].parse is None


def test_care_areas_also_come_as_an_object() -> None:
    assert format_care(parse_care({"lawn": 800, "hedge": "60.5"})) == "lawn:800;hedge:60.5"


@given(st.integers(-(2**53), 2**53))
def test_whole_numbers_have_no_point(value: int) -> None:
    assert plain_text(float(value)) == str(value)
