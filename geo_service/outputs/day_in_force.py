"""Floor 7: the day list of the plan in force, put together from the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from geo_service.base.errors import NotFound
from geo_service.outputs.day import Day
from geo_service.outputs.day_list import build_day
from geo_service.store.protocol import Store


def day_in_force(store: Store, on: date, *, crew: str | None = None, lang: str = "de") -> Day:
    """Return a day of the plan in force, of all crews or of one.

    Raises
    ------
    NotFound
        When no plan covers the day, or there is no such crew.
    """
    plan = store.plan()
    if plan is None or on not in plan.days:
        why, remedy = "there is no plan yet", "make one with `geo-service plan`"
        if plan is not None:
            why = f"the plan in force has {len(plan.days)} working days from {plan.days[0]} to {plan.days[-1]}"
            remedy = "choose a day of the plan, or plan again with `geo-service plan`"
        raise NotFound(f"nothing is planned for {on}: {why}", remedy=remedy, date=on.isoformat())
    crews = store.crews()
    if crew is not None and crew not in {one.code for one in crews}:
        raise NotFound(
            f"there is no crew {crew!r}", remedy=f"choose one of {', '.join(one.code for one in crews)}", crew=crew
        )
    day = build_day(
        on,
        plan=plan,
        plots=store.plots(),
        crews=crews,
        places=store.places(),
        catalogue=store.catalogue(),
        quarters=store.quarters(),
        revision=store.revision(),
        sample=store.is_sample(),
        lang=lang,
        licence=store.street_licence(),
        rules=store.rules(),
        locks=store.locks(),
        events=store.events(),
    )
    return day if crew is None else replace(day, crews=tuple(one for one in day.crews if one.crew == crew))
