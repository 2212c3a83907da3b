"""Floor 6: urgent work as visits: what is due anyway is hurried, what is not becomes a visit of its own."""

from __future__ import annotations

import math
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError, NotFound
from geo_service.plots.model import Plot
from geo_service.schedule.dates import job_of
from geo_service.schedule.events import UrgentVisit, words
from geo_service.store.model import VisitDone
from geo_service.work.cutting import CuttingException
from geo_service.work.hours import HOUR_S
from geo_service.work.lawful import Lawbook
from geo_service.work.model import Catalogue, RateTier, Visit, WorkKind
from geo_service.work.noise import Rules

_DAY = (6 * HOUR_S, 20 * HOUR_S)


def urgent_id(event: UrgentVisit) -> str:
    """Return the id of the visit that an urgent report makes; the same report makes the same visit.

    Examples
    --------
    >>> urgent_id(UrgentVisit("KLZ-0001", "Sperrmüll abholen", "Anruf", date(2026, 11, 26)))
    'KLZ-0001.urgent.2026-11-26-1e3af3d6.1'
    """
    if event.follows is not None:
        return f"{event.plot}.follow_up.{event.follows.report_id[:8]}.1"
    told = zlib.crc32(f"{event.work}\n{event.reason}".encode())
    return f"{event.plot}.urgent.{event.latest_on}-{told:08x}.1"


def require_known(events: Iterable[UrgentVisit], plots: Iterable[Plot], catalogue: Catalogue) -> None:
    """Refuse urgent visits to plots, or with machines, that nobody knows.

    Raises
    ------
    NotFound
        There is no such plot.
    InputError
        There is no such machine.
    """
    codes = {plot.code for plot in plots}
    for event in events:
        if event.plot not in codes:
            raise NotFound(f"no plot {event.plot}", remedy="name the code of a plot", plot=event.plot)
        strange = sorted(event.machines - catalogue.machines.keys())
        if strange:
            known = ", ".join(sorted(catalogue.machines))
            raise InputError(f"there is no machine '{strange[0]}'", remedy=f"name one of: {known}")


def with_urgent(
    visits: Sequence[Visit],
    events: Sequence[UrgentVisit],
    *,
    plots: Sequence[Plot],
    catalogue: Catalogue,
    days: Sequence[date],
    rules: Rules,
    exceptions: Mapping[tuple[str, str], CuttingException],
    records: Collection[VisitDone] = (),
    since: Mapping[UrgentVisit, datetime] | None = None,
) -> tuple[Visit, ...]:
    """Return the visits with the urgent ones among them; a report about a plot that is gone is left aside.

    Parameters
    ----------
    records
        What was noted as done.
    since
        When the reports came in that are kept; whatever did their work later answers them.
    """
    by_code = {plot.code: plot for plot in plots}
    lawbook = Lawbook(catalogue.machines, tuple(days), _DAY, rules)
    asked = list(visits)
    for event in events:
        plot = by_code.get(event.plot)
        if plot is None or answering(event, plot.plot_id, records, (since or {}).get(event)) is not None:
            continue
        same = [visit for visit in asked if (visit.plot_id, visit.work) == (plot.plot_id, event.work)]
        first = min(same, key=lambda visit: visit.due_on, default=None)
        if first is not None:
            job = job_of(first)
            asked = [_hurried(visit, event, min(days)) if job_of(visit) == job else visit for visit in asked]
            continue
        kind = catalogue.kinds.get(event.work) or _kind_of(event)
        asked.append(_visit(plot, kind, event, lawbook, min(days), exceptions.get((plot.plot_id, kind.code))))
    return tuple(asked)


def answering(
    event: UrgentVisit, plot_id: str, records: Collection[VisitDone], since: datetime | None
) -> VisitDone | None:
    """Return the visit that answers a report: its own, or one that did its work on the plot after it came in.

    The visit that the report is about does not answer it, nor what was done before and only told later.
    """
    mine = urgent_id(event)
    about = event.follows.visit_id if event.follows else ""
    for one in records:
        same = (one.plot_id, one.work) == (plot_id, event.work) and one.visit_id != about
        later = since is not None and one.at > since and one.done_on >= since.astimezone(BERLIN).date()
        if one.visit_id == mine or (same and later):
            return one
    return None


def _hurried(visit: Visit, event: UrgentVisit, first_day: date) -> Visit:
    de, en = words(event)
    return replace(
        visit,
        priority=min(visit.priority, event.priority),
        earliest_on=min(visit.earliest_on, first_day),
        due_on=min(visit.due_on, first_day),
        latest_on=min(visit.latest_on, event.latest_on),
        why=f"{de}; {visit.why}",
        why_en=f"{en}; {visit.why_en}",
    )


def _kind_of(event: UrgentVisit) -> WorkKind:
    """Return work in free words as a kind of work."""
    return WorkKind(
        code=event.work,
        name_de=event.work,
        name_en=event.work,
        minutes_fixed=math.ceil(event.service_s / 60),
        rates=(RateTier(math.inf, 0.0),),
        people=event.people,
        skills=event.skills,
        machines=event.machines,
        priority=event.priority,
    )


def _visit(
    plot: Plot, kind: WorkKind, event: UrgentVisit, lawbook: Lawbook, first_day: date, given: CuttingException | None
) -> Visit:
    machines = kind.machines_for(kind.area_m2(plot))
    lawful = lawbook.lawful_days(plot, kind, machines, given if kind.woody_cut else None)
    de, en = words(event)
    own = event.work == kind.code and kind.volume_m3_per_m2 == 0
    return Visit(
        visit_id=urgent_id(event),
        plot_id=plot.plot_id,
        plot_code=plot.code,
        work=kind.code,
        earliest_on=first_day,
        due_on=first_day,
        latest_on=event.latest_on,
        service_s=kind.service_s(kind.area_m2(plot)),
        people=kind.people,
        skills=kind.skills,
        machines=machines,
        volume_m3=event.volume_m3 if own else kind.volume_m3_per_m2 * kind.area_m2(plot),
        priority=event.priority,
        why=de,
        why_en=en,
        day_windows=dict(lawful.windows),
        forbidden=dict(lawful.forbidden),
        waste_key=event.waste_key if own else kind.waste_key,
        wet_sensitive=kind.waits_for_dry(lawbook.machines[code] for code in machines),
    )
