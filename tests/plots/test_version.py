"""The version of a plot changes with each of its fields, and with nothing else."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, box

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
from geo_service.plots.version import plot_version

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
PLOT = Plot(
    plot_id="p1",
    code="KLZ-0001",
    geometry=box(310_000, 5_690_000, 310_040, 5_690_020),
    epsg=25833,
    area_m2=800.0,
    access=Point(310_000, 5_690_000),
    care_areas=(CareArea(CareKind.LAWN, 800.0),),
    history=(StateChange(PlotState.REGISTERED, AT, "ada", ""),),
)
OTHERS = {
    "plot_id": "p2",
    "code": "KLZ-0002",
    "geometry": box(310_000, 5_690_000, 310_040.002, 5_690_020),
    "epsg": 25832,
    "area_m2": 800.01,
    "name": "Ecke",
    "address": "Weg 1",
    "quarter": "52",
    "parcels": (Parcel("", "114a Lindenau"),),
    "access": Point(310_000.01, 5_690_000),
    "access_note": "Tor",
    "hazard_note": "Glas",
    "owner_kind": OwnerKind.CITY,
    "tenure": Tenure(TenureKind.LEASE, date(2026, 1, 1)),
    "baunvo": Baunvo.WA,
    "contamination": Contamination.NO,
    "care_areas": (CareArea(CareKind.LAWN, 700.0),),
    "state": PlotState.CLEARED,
    "public": False,
    "source": "desk",
    "source_id": "7",
    "history": (StateChange(PlotState.REGISTERED, AT, "bob", ""),),
}


@pytest.mark.parametrize("name", [one.name for one in fields(Plot)])
def test_each_field_counts(name):
    assert plot_version(replace(PLOT, **{name: OTHERS[name]})) != plot_version(PLOT)


def test_it_is_the_same_in_another_process():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from shapely import box\nfrom geo_service.plots.model import Plot\n"
            "from geo_service.plots.version import plot_version\n"
            "print(plot_version(Plot('p1', 'KLZ-0001', box(0, 0, 10, 10), 25833, 100.0)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert told == plot_version(Plot("p1", "KLZ-0001", box(0, 0, 10, 10), 25833, 100.0))


@given(turn=st.integers(0, 3), back=st.booleans(), shift=st.floats(-2e-4, 2e-4))
def test_how_an_outline_is_written_does_not_count(turn, back, shift):
    ring = [(0.0, 0.0), (40.0, 0.0), (40.0, 20.0), (0.0, 20.0)]
    ring = ring[turn:] + ring[:turn]
    drawn = shapely.Polygon([(x + shift, y) for x, y in (reversed(ring) if back else ring)])
    same = replace(PLOT, geometry=shapely.Polygon([(0, 0), (40, 0), (40, 20), (0, 20)]))
    assert plot_version(replace(PLOT, geometry=drawn)) == plot_version(same)


def test_the_order_of_parts_does_not_count():
    one, two = box(0, 0, 1, 1), box(5, 5, 6, 6)
    assert plot_version(replace(PLOT, geometry=MultiPolygon([one, two]))) == plot_version(
        replace(PLOT, geometry=MultiPolygon([two, one]))
    )
