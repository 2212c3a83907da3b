"""A day for the pages: two crews, one of them with every kind of note."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from geo_service.outputs.day import Day, DayBreak, DayCrew, DayStop

ON = date(2026, 11, 23)
H = 3600


def stop_at(order: int, **changes: object) -> DayStop:
    lon, lat = 12.32 + order * 0.004, 51.32 + order * 0.003
    stop = DayStop(
        order=order,
        visit_id=f"KLZ-{order:04d}.mow_lawn.2026-11-23.1",
        plot=f"KLZ-{order:04d}",
        plot_name="Eckgrundstück",
        address=f"Dieskaustraße {order}",
        quarter="Kleinzschocher",
        task="mow_lawn",
        task_de="Rasen mähen",
        task_en="Mow lawn",
        arrival_s=7 * H + order * H,
        start_s=7 * H + order * H,
        end_s=7 * H + order * H + 40 * 60,
        drive_s=420,
        length_m=2345,
        area_m2=1234.5,
        access_note="",
        hazard_note="",
        rule_note="",
        contamination="no",
        volume_m3=0.0,
        why="",
        lon=lon,
        lat=lat,
        outline=(((lon, lat), (lon + 0.0005, lat), (lon + 0.0005, lat + 0.0005), (lon, lat)),),
        leg=((lon - 0.004, lat - 0.003), (lon, lat)),
        streets=("Dieskaustraße", "Antonienstraße"),
    )
    return replace(stop, **changes)  # type: ignore[arg-type]


def crew_with(code: str, stops: tuple[DayStop, ...], **changes: object) -> DayCrew:
    crew = DayCrew(
        crew=code,
        name="Kolonne Grün",
        vehicle="Pritschenwagen",
        colour="#D55E00",
        people=3,
        depot_name="Betriebshof",
        depot=(12.318, 51.327),
        start_s=7 * H,
        end_s=15 * H,
        drive_s=3600,
        length_m=12_300,
        work_s=5 * H,
        wait_s=0,
        volume_m3=0.4,
        stops=stops,
        breaks=(DayBreak(9 * H, 9 * H + 1800, 1),),
        way_back=((12.328, 51.326), (12.318, 51.327)),
    )
    return replace(crew, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def a_stop() -> Callable[..., DayStop]:
    """Make a stop: ``a_stop(order, **changes)``."""
    return stop_at


@pytest.fixture(scope="session")
def a_crew() -> Callable[..., DayCrew]:
    """Make a crew: ``a_crew(code, stops, **changes)``."""
    return crew_with


@pytest.fixture
def stop() -> DayStop:
    return stop_at(
        1,
        access_note="Tor links, Zahlenschloss",
        hazard_note="Glasscherben",
        rule_note="Freischneider 09–13, 15–17 Uhr (32. BImSchV §7)",
        contamination="yes",
        volume_m3=0.4,
        why="zuletzt gemäht 2026-10-01",
    )


@pytest.fixture
def day(stop: DayStop) -> Day:
    later = stop_at(2, contamination="unknown", start_s=9 * H + 900)
    crews = (crew_with("crew-1", (stop, later)), crew_with("crew-2", (stop_at(1),), name="Kolonne Gehölz"))
    return Day(on=ON, plan_id="plan-1", revision=7, sample=True, notes=(), crews=crews, unserved=())
