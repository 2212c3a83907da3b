"""Floor 6: a concern becomes a visit in one step: its place, plot, pictures and waste key come along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from geo_service.actions.concern_records import drop_order, the_concern
from geo_service.actions.urgent import require_known, urgent_id
from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError, RuleBroken
from geo_service.neighbourhood.concern import Concern, Order, Status, Step, stepped
from geo_service.neighbourhood.concern_services import concern_kind
from geo_service.schedule.events import UrgentVisit
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.protocol import Store
from geo_service.work.waste import waste_key

WITHIN = timedelta(days=14)
"""How soon it should be done unless a day is named; the most urgent kinds within three days."""

_URGENT_WITHIN = timedelta(days=3)


@dataclass(frozen=True)
class OrderAsked:
    """What is to be done; whatever is left out comes from the kind of concern.

    Attributes
    ----------
    work
        Code of the catalogue, or words; then ``minutes``, ``people`` and ``volume_m3`` count.
    plot
        Code of the plot; empty: that of the concern.
    note
        For the crew; what the reporter wrote is not passed on.
    """

    reason: str
    work: str = ""
    plot: str = ""
    latest_on: date | None = None
    minutes: int = 0
    people: int = 1
    volume_m3: float = 0.0
    waste_key: str | None = None
    note: str = ""
    answer: str = ""


def order_concern(
    store: Store,
    number: str,
    asked: OrderAsked,
    *,
    author: str,
    clock: Callable[[], datetime],
    seen: int | None = None,
) -> Concern:
    """Ask for a visit on the concern's plot; every plan made from now on heeds it, and its end closes the concern.

    Raises
    ------
    InputError
        When the work, the reason or a day is missing or wrong, or the waste is hazardous: that is no crew's work.
    RuleBroken
        When the concern lies on no plot, was not checked or was merged.
    NotFound, Conflict
        As in `geo_service.actions.check_concern.check_concern`.
    """
    now = clock()
    with store.change(author=author, reason=f"{number} ordered: {asked.reason}"[:500], at=now) as tx:
        before = the_concern(store, number).record
        after = stepped(before, Step(Status.ORDERED, now, author, asked.reason.strip(), asked.answer.strip()))
        event = _event(before, asked, now.astimezone(BERLIN).date())
        require_known([event], store.plots(), store.catalogue())
        order = Order(urgent_id(event), event.plot, event.work, event.latest_on, now, event.waste_key)
        drop_order(store, tx, before)
        tx.put_event(event, author=author, at=now)
        after = replace(after, orders=(*before.orders, order), plot=after.plot or event.plot)
        tx.put_record(CONCERN, after, expected=seen)
    return after


def _event(concern: Concern, asked: OrderAsked, today: date) -> UrgentVisit:
    kind = concern_kind(concern.kind)
    plot, work = asked.plot.strip() or concern.plot, asked.work.strip() or kind.work
    if not plot:
        raise RuleBroken(
            f"{concern.number} lies on no plot of ours",
            remedy="forward it, or name the plot",
            rule="concern_without_plot",
            concern=concern.number,
        )
    if not work:
        raise InputError("the work is missing", remedy="name a work of the catalogue, or say what is to be done")
    latest_on = asked.latest_on or today + (_URGENT_WITHIN if kind.priority == 1 else WITHIN)
    if latest_on < today:
        raise InputError(f"{latest_on} has passed", remedy="name today or a later day")
    key = kind.waste_key if asked.waste_key is None else asked.waste_key
    if key and waste_key(key).hazardous:
        raise InputError(
            f"{key} is hazardous waste: a crew may not take it away",
            remedy="forward it to a specialist firm",
            code="hazardous",
        )
    return UrgentVisit(
        plot=plot,
        work=work,
        reason=f"Anliegen {concern.number}: {asked.note.strip() or kind.name_de}"[:300],
        latest_on=latest_on,
        service_s=60 * (asked.minutes or kind.minutes),
        people=asked.people,
        volume_m3=asked.volume_m3,
        waste_key=key,
        priority=kind.priority,
    )
