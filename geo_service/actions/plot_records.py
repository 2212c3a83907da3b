"""Floor 6: what is kept of a plot beside itself: visits, reports, plans, locks, urgent reports, exceptions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from geo_service.base.errors import NotFound
from geo_service.plots.drawn import degrees_of
from geo_service.plots.model import Plot
from geo_service.plots.remarks import Remark
from geo_service.schedule.events import UrgentVisit
from geo_service.store.protocol import Store, Writing

_MARGIN = 1e-4  # degrees, about ten metres


def found_plot(store: Store, code: str) -> Plot:
    """Return a plot by its code.

    Raises
    ------
    NotFound
        There is none.
    """
    plot = store.plot(code)
    if plot is None:
        raise NotFound(f"no plot {code}", remedy="name the code of a plot", plot=code)
    return plot


def neighbours(store: Store, plot: Plot) -> list[Plot]:
    """Return the other plots whose boxes a plot meets."""
    west, south, east, north = degrees_of(plot.geometry, plot.epsg).bounds
    near = store.plots(bbox=(west - _MARGIN, south - _MARGIN, east + _MARGIN, north + _MARGIN))
    return [one for one in near if one.plot_id != plot.plot_id]


def records_of(store: Store, plot: Plot) -> tuple[Remark, ...]:
    """Return what is kept of a plot, in words; empty when nothing is, so that it can be deleted without a loss."""
    work = {name for plot_id, name in store.last_done() if plot_id == plot.plot_id}
    given = sum(kept.plot_id == plot.plot_id for kept in store.exceptions())
    counted = (
        (len(work), "erledigte Arbeiten", "works done"),
        (max(0, len(plot.history) - 1), "Schritte seines Lebens", "steps of its life"),
        (given, "Ausnahmen vom Schnittverbot", "exceptions to the cutting ban"),
    )
    told = [Remark("records", f"{count} {de}", f"{count} {en}") for count, de, en in counted if count]
    return (*told, *own_records(store, plot))


def own_records(store: Store, plot: Plot) -> tuple[Remark, ...]:
    """Return what was recorded or planned on this very plot, wherever else its work may count."""
    code = plot.code
    reports = [kept.report for kept in store.field_reports()]
    counted = (
        (sum(one.plot_id == plot.plot_id for one in store.visits_done()), "erledigte Einsätze", "visits done"),
        (sum(code == one.plot or _is_of(one.visit_id, code) for one in reports), "Meldungen", "reports"),
        (sum(alert.plot == code for alert in store.alerts()), "Warnungen", "alerts"),
        (len(urgent_of(store, code)), "dringende Meldungen", "urgent reports"),
        (sum(_is_of(lock.visit_id, code) for lock in store.locks()), "Festlegungen", "locks"),
        (_planned(store, [code]), "Einsätze im gültigen Plan", "visits of the plan in force"),
    )
    return tuple(Remark("records", f"{count} {de}", f"{count} {en}") for count, de, en in counted if count)


def planned_remarks(store: Store, codes: Collection[str]) -> tuple[Remark, ...]:
    """Say how many visits of the plan in force were planned on plots as they were."""
    count = _planned(store, codes)
    if not count:
        return ()
    return (
        Remark(
            "planned",
            f"{count} Einsätze des gültigen Plans beruhen auf dem Stand davor: bitte neu planen",
            f"{count} visits of the plan in force rest on how it was before: plan anew",
        ),
    )


def urgent_of(store: Store, code: str) -> list[tuple[int, UrgentVisit]]:
    """Return the urgent reports about a plot that hold, with their ids."""
    return [
        (kept.event_id, kept.event)
        for kept in store.events()
        if isinstance(kept.event, UrgentVisit) and kept.event.plot == code
    ]


def drop_claims(store: Store, tx: Writing, code: str) -> tuple[Remark, ...]:
    """Withdraw the urgent reports about a plot and lift the locks of its visits; say which."""
    told = []
    for event_id, event in urgent_of(store, code):
        tx.drop_event(event_id)
        what = event.reason or event.work
        told.append(Remark("event", f"dringende Meldung zurückgezogen: {what}", f"urgent report withdrawn: {what}"))
    return (*told, *drop_locks_of(store, tx, code))


def drop_locks_of(store: Store, tx: Writing, code: str) -> tuple[Remark, ...]:
    """Lift the locks of a plot's visits; say which."""
    locked: Sequence[str] = [lock.visit_id for lock in store.locks() if _is_of(lock.visit_id, code)]
    if locked:
        tx.drop_locks(locked)
    return tuple(Remark("lock", f"Festlegung aufgehoben: {one}", f"lock lifted: {one}") for one in locked)


def _planned(store: Store, codes: Collection[str]) -> int:
    plan = store.plan()
    if plan is None:
        return 0
    stops = [stop.visit.plot_code for route in plan.routes for stop in route.stops]
    return sum(code in codes for code in [*stops, *(one.plot_code for one in plan.unserved)])


def _is_of(visit_id: str, code: str) -> bool:
    return visit_id.startswith(f"{code}.")
