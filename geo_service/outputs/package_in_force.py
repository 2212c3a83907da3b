"""Floor 7: the package of a crew's day in the plan in force, put together from the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from geo_service.actions.concern_records import photo_uses
from geo_service.base.errors import NotFound
from geo_service.outputs.day_in_force import day_in_force
from geo_service.outputs.day_package import Ground, day_package
from geo_service.store.protocol import Store


def package_in_force(store: Store, on: date, crew: str, *, as_of: datetime, lang: str = "de") -> dict[str, Any]:
    """Return the package of a crew's day.

    Raises
    ------
    NotFound
        When no plan covers the day, or there is no such crew.
    """
    day = day_in_force(store, on, crew=crew, lang=lang)
    plan, crews = store.plan(day.plan_id), store.crews()
    position = next((index for index, one in enumerate(crews) if one.code == crew), None)
    if plan is None or position is None:  # taken away between two readings
        raise NotFound(f"nothing is planned for {on}", remedy="ask again", date=on.isoformat())
    visits = [stop.visit_id for one in day.crews for stop in one.stops]
    plots = {stop.plot for one in day.crews for stop in one.stops}
    uses = [*(use for use in store.photo_uses() if use.plot in plots), *photo_uses(store, plots)]
    received = store.photos({use.note.sha256 for use in uses})
    ground = Ground(
        plan=plan,
        crew=crews[position],
        plots=[plot for plot in store.plots() if plot.code in plots],
        places=store.places(),
        catalogue=store.catalogue(),
        quarters=store.quarters(),
        courses=store.courses(visits),
        photos=[use for use in uses if use.note.sha256 in received],
        network=store.streets(),
        landscape=store.landscape(),
        rules=store.rules(),
        position=position,
    )
    mine = [
        note for note in day.notes if not any(note.startswith(f"{one.name}: ") for one in crews if one.code != crew)
    ]
    return day_package(replace(day, notes=tuple(mine)), ground, as_of=as_of, lang=lang)
