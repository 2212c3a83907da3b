"""Floor 7: the day lists of the plan in force, put together from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from geo_service.base.errors import NotFound
from geo_service.outputs.day import Day
from geo_service.outputs.day_list import build_day
from geo_service.store.model import Plan
from geo_service.store.protocol import Store

WEEK = 7
"""Days that a booklet reaches, the first one counted."""


def day_in_force(store: Store, on: date, *, crew: str | None = None, lang: str = "de") -> Day:
    """Return a day of the plan in force, of all crews or of one.

    Raises
    ------
    NotFound
        When no plan covers the day, or there is no such crew.
    """
    plan = store.plan()
    if plan is None or on not in plan.days:
        raise _nothing(f"nothing is planned for {on}", plan, on)
    return _days(store, plan, [on], crew, lang)[0]


def week_in_force(store: Store, from_on: date, *, crew: str, days: int = WEEK, lang: str = "de") -> tuple[Day, ...]:
    """Return the working days of the plan in force from a date on, each with one crew, or none when it stays in.

    Parameters
    ----------
    days
        How many days of the calendar it reaches, the first one counted.

    Raises
    ------
    NotFound
        When the plan has no day there, or there is no such crew.
    """
    plan = store.plan()
    until_on = from_on + timedelta(days=days)
    wanted = [on for on in plan.days if from_on <= on < until_on] if plan is not None else []
    if plan is None or not wanted:
        raise _nothing(f"nothing is planned from {from_on} to {until_on - timedelta(days=1)}", plan, from_on)
    return _days(store, plan, wanted, crew, lang)


def days_in_force(store: Store, from_on: date, *, crew: str, lang: str = "de") -> tuple[Day, ...]:
    """Return all days of the plan in force from a date on, each with one crew or none; none without a plan.

    Raises
    ------
    NotFound
        When there is no such crew.
    """
    plan = store.plan()
    _require_crew(store, crew)
    return _days(store, plan, [on for on in plan.days if on >= from_on], crew, lang) if plan is not None else ()


def _require_crew(store: Store, crew: str) -> None:
    codes = [one.code for one in store.crews()]
    if crew not in codes:
        raise NotFound(f"there is no crew {crew!r}", remedy=f"choose one of {', '.join(codes)}", crew=crew)


def _days(store: Store, plan: Plan, wanted: Sequence[date], crew: str | None, lang: str) -> tuple[Day, ...]:
    if crew is not None:
        _require_crew(store, crew)
    crews = store.crews()
    plots, places, catalogue, quarters = store.plots(), store.places(), store.catalogue(), store.quarters()
    revision, sample, licence, rules = store.revision(), store.is_sample(), store.street_licence(), store.rules()
    locks, events = store.locks(), store.events()
    days = tuple(
        build_day(
            on,
            plan=plan,
            plots=plots,
            crews=crews,
            places=places,
            catalogue=catalogue,
            quarters=quarters,
            revision=revision,
            sample=sample,
            lang=lang,
            licence=licence,
            rules=rules,
            locks=locks,
            events=events,
        )
        for on in wanted
    )
    if crew is None:
        return days
    return tuple(replace(day, crews=tuple(one for one in day.crews if one.crew == crew)) for day in days)


def _nothing(what: str, plan: Plan | None, on: date) -> NotFound:
    why, remedy = "there is no plan yet", "make one with `geo-service plan`"
    if plan is not None:
        why = f"the plan in force has {len(plan.days)} working days from {plan.days[0]} to {plan.days[-1]}"
        remedy = "choose a day of the plan, or plan again with `geo-service plan`"
    return NotFound(f"{what}: {why}", remedy=remedy, date=on.isoformat())
