"""Every implementation of the store, and a few objects to keep in it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from shapely import Point, box

from geo_service.plots.model import (
    Baunvo,
    CareArea,
    CareKind,
    Contamination,
    OwnerKind,
    Parcel,
    Plot,
    PlotState,
    Quarter,
    StateChange,
    Tenure,
    TenureKind,
)
from geo_service.store.sqlite import SqliteStore


@pytest.fixture(params=["sqlite"])
def store(request, tmp_path):
    """Return an empty store, once for each implementation."""
    opened = {"sqlite": SqliteStore.create}[request.param](tmp_path / "workspace")
    yield opened
    opened.close()


@pytest.fixture
def change(store, now):
    """Return a way to open a transaction without naming author and reason each time."""
    return lambda reason="a test": store.change(author="tester", reason=reason, at=now)


@pytest.fixture
def plots() -> list[Plot]:
    """Return a plot with every field filled and a plot with none."""
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return [
        Plot(
            plot_id="11",
            code="KLZ-0001",
            geometry=box(313000, 5688000, 313100, 5688050),
            epsg=25833,
            area_m2=5000.0,
            name="Ecke am Markt",
            address="Dieskaustraße 50",
            quarter="52",
            parcels=(Parcel("14041300900010002__", "90001/2 Kleinzschocher"), Parcel("", "114a Lindenau")),
            access=Point(313001, 5688001),
            access_note="Tor links",
            hazard_note="Glas",
            owner_kind=OwnerKind.PRIVATE,
            tenure=Tenure(TenureKind.PERMISSION, date(2024, 1, 1), date(2027, 1, 1)),
            baunvo=Baunvo.WA,
            contamination=Contamination.NO,
            care_areas=(CareArea(CareKind.LAWN, 4000.0), CareArea(CareKind.HEDGE, 60.5)),
            state=PlotState.CLEARED,
            public=False,
            source="list.geojson",
            source_id="7",
            history=(
                StateChange(PlotState.REGISTERED, moment, "ada", "found"),
                StateChange(PlotState.CLEARED, moment, "ben", "cleared by crew-1"),
            ),
        ),
        Plot(plot_id="22", code="PL-0001", geometry=box(314000, 5689000, 314010, 5689010), epsg=25833, area_m2=100.0),
    ]


@pytest.fixture
def quarter() -> Quarter:
    """Return one quarter."""
    return Quarter("52", "Kleinzschocher", "KLZ", "Kleinzschocher", box(312000, 5687000, 315000, 5690000), 25833)
