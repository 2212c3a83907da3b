"""Floor 7: the facts that indicators and reports are worked out from, read once, as one document that can be frozen.

Nothing personal is in them: no authors, no reporters, no words of anybody. What is not known is None, and why stands
in ``gaps``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

import orjson
import shapely
from pydantic import TypeAdapter

from geo_service.base.clock import BERLIN
from geo_service.base.crs import LEIPZIG_EPSG
from geo_service.base.errors import StoreError
from geo_service.neighbourhood.concern_services import CONCERN_KIND
from geo_service.outputs.net_areas import net_areas_m2
from geo_service.outputs.play_reach import PlayReach, play_reach
from geo_service.plots.model import Plot
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.kinds_money import MEASURE, VOUCHER
from geo_service.store.protocol import Store
from geo_service.work.model import Catalogue, WorkKind

WHOLE_AREA = ""
"""Quarter of what belongs to none alone."""


@dataclass(frozen=True)
class PlotFact:
    """A plot: square metres of its outline without what other plots cover already, and its states by local day.

    ``share`` is ``net_m2`` over the whole outline: what counts of areas on it. ``wkb`` is the outline in the plan CRS,
    hexadecimal. ``state`` holds today, ``states`` are dated.
    """

    code: str
    quarter: str
    state: str
    net_m2: float
    share: float
    wkb: str
    states: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True)
class VisitFact:
    """Work that was done.

    Attributes
    ----------
    visit
        Id of the visit; empty where only the last day of the work is known.
    care
        The kind of area that it is done on, or empty.
    due_on, latest_on
        When it truly fell due, and the last day that is on time; None: it had no such day.
    area_m2
        As the crew told, else as the register has it.
    people
        In the crew, None: unknown.
    """

    visit: str
    plot: str
    quarter: str
    work: str
    care: str
    done_on: date
    due_on: date | None
    latest_on: date | None
    area_m2: float
    minutes: int | None = None
    people: int | None = None
    standard_minutes: float | None = None


@dataclass(frozen=True)
class ConcernFact:
    """A concern: theme, whether it praises, the days on which it came and was answered first."""

    concern: str
    quarter: str
    theme: str
    praise: bool
    received_on: date
    answered_on: date | None = None


@dataclass(frozen=True)
class SpendingFact:
    """A voucher; ``on`` is the day on which the service ended, ``shares`` what each fund bears, in cents."""

    number: str
    measure: str
    quarter: str
    plot: str
    work: str
    cost_kind: str
    on: date
    gross_cents: int
    shares: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Source:
    """Where facts come from and under which licence; either may be empty."""

    what: str
    source: str
    licence: str


@dataclass(frozen=True)
class Facts:
    """Everything that indicators are worked out from.

    Attributes
    ----------
    as_of
        The local day on which they were read.
    quarters
        Quarters of the programme in which something lies.
    concerns, spending, play
        None where the workspace has no such source; ``gaps`` tells why, by name of the field.
    """

    epsg: int
    as_of: date
    sample: bool
    quarters: tuple[str, ...]
    plots: tuple[PlotFact, ...] = ()
    visits: tuple[VisitFact, ...] = ()
    concerns: tuple[ConcernFact, ...] | None = None
    spending: tuple[SpendingFact, ...] | None = None
    play: tuple[PlayReach, ...] | None = None
    funds: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    gaps: Mapping[str, str] = field(default_factory=dict)


_FACTS = TypeAdapter(Facts)


def facts_text(facts: Facts) -> str:
    """Write facts as JSON, always the same for the same facts."""
    return canonical(_FACTS.dump_python(facts, mode="json"))


def facts_of(text: str) -> Facts:
    """Read facts back.

    Raises
    ------
    StoreError
        When the text is none of ours.
    """
    try:
        return _FACTS.validate_json(text)
    except ValueError as error:
        raise StoreError("the frozen facts of a report cannot be read", remedy="restore a backup") from error


def canonical(value: Any) -> str:
    """Write a value as JSON with sorted keys and no spaces: the same value gives the same text."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def digest(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def facts_until(facts: Facts, until_on: date) -> Facts:
    """Return the facts without what happened after a day: what a report about the time before rests on."""
    concerns, spending = facts.concerns, facts.spending
    return Facts(
        epsg=facts.epsg,
        as_of=facts.as_of,
        sample=facts.sample,
        quarters=facts.quarters,
        plots=tuple(_plot_until(one, until_on) for one in facts.plots),
        visits=tuple(one for one in facts.visits if one.done_on <= until_on),
        concerns=None if concerns is None else tuple(_until(concerns, until_on)),
        spending=None if spending is None else tuple(one for one in spending if one.on <= until_on),
        play=facts.play,
        funds=facts.funds,
        sources=facts.sources,
        gaps=facts.gaps,
    )


def _plot_until(one: PlotFact, until_on: date) -> PlotFact:
    kept = tuple(step for step in one.states if step[0] <= until_on)
    state = one.state if len(kept) == len(one.states) else kept[-1][1] if kept else ""
    return PlotFact(one.code, one.quarter, state, one.net_m2, one.share, one.wkb, kept or one.states[:1])


def _until(concerns: tuple[ConcernFact, ...], until_on: date) -> Iterator[ConcernFact]:
    for one in concerns:
        if one.received_on <= until_on:
            answered = one.answered_on if one.answered_on is not None and one.answered_on <= until_on else None
            yield ConcernFact(one.concern, one.quarter, one.theme, one.praise, one.received_on, answered)


def watch_facts(store: Store, as_of: date) -> Facts:
    """Read the facts of a workspace.

    Parameters
    ----------
    as_of
        The local day of today.
    """
    groups = {one.key: one.group for one in store.quarters()}
    plots, catalogue = store.plots(), store.catalogue()
    quarter_of = {plot.code: groups.get(plot.quarter, WHOLE_AREA) for plot in plots}
    gaps: dict[str, str] = {}
    measures = [one.record for one in store.records(MEASURE)]
    spending = tuple(_spending(store)) if measures else None
    if spending is None:
        gaps["spending"] = "no_measure"
    concerns = concern_facts(store, groups)
    if concerns is None:
        gaps["concerns"] = "no_concern"
    reach, gap = play_reach(store)
    if gap:
        gaps["play"] = gap
    used = {*quarter_of.values(), *(one.quarter for one in spending or ()), *(one.quarter for one in concerns or ())}
    return Facts(
        epsg=store.plan_crs() or LEIPZIG_EPSG,
        as_of=as_of,
        sample=store.is_sample(),
        quarters=tuple(sorted(used - {WHOLE_AREA})),
        plots=tuple(_plots(plots, quarter_of)),
        visits=tuple(_visits(store, plots, quarter_of, catalogue)),
        concerns=concerns,
        spending=spending,
        play=reach,
        funds=tuple(dict.fromkeys(fund.code for one in measures for fund in one.funds)),
        sources=tuple(_sources(store, plots)),
        gaps=gaps,
    )


def _plots(plots: list[Plot], quarter_of: Mapping[str, str]) -> Iterator[PlotFact]:
    for plot, net_m2 in zip(plots, net_areas_m2([one.geometry for one in plots]), strict=True):
        yield PlotFact(
            code=plot.code,
            quarter=quarter_of[plot.code],
            state=plot.state.value,
            net_m2=round(net_m2, 4),
            share=round(net_m2 / plot.geometry.area, 9) if plot.geometry.area > 0 else 0.0,
            wkb=shapely.to_wkb(plot.geometry, hex=True, byte_order=1),
            states=tuple((one.at.astimezone(BERLIN).date(), one.state.value) for one in plot.history),
        )


def _visits(
    store: Store, plots: list[Plot], quarter_of: Mapping[str, str], catalogue: Catalogue
) -> Iterator[VisitFact]:
    """Return all work on record by day, and the last day of work that has no record of its own."""
    by_id = {plot.plot_id: plot for plot in plots}
    people = {crew.code: crew.people for crew in store.crews()}
    courses = store.courses()
    found, told = [], set()
    for done in store.visits_done():
        plot, kind = by_id.get(done.plot_id), catalogue.kinds.get(done.work)
        course = courses.get(done.visit_id)
        told.add((done.plot_id, done.work, done.done_on))
        if plot is None:
            continue
        stated = sum(one.amount for one in course.quantities if one.unit == "m2") if course else 0.0
        whole = kind.area_m2(plot) if kind else 0.0
        due_on, latest_on = _due(done.visit_id, kind)
        found.append(
            VisitFact(
                visit=done.visit_id,
                plot=plot.code,
                quarter=quarter_of[plot.code],
                work=done.work,
                care=kind.care.value if kind and kind.care else "",
                done_on=done.done_on,
                due_on=due_on,
                latest_on=latest_on,
                area_m2=round(float(stated) or whole / done.parts, 2),
                minutes=course.minutes if course and course.outcome == "done" else None,
                people=people.get(done.crew),
                standard_minutes=round(kind.service_s(whole) / 60 / done.parts, 2) if kind and whole > 0 else None,
            )
        )
    for (plot_id, work), done_on in store.last_done().items():
        plot, kind = by_id.get(plot_id), catalogue.kinds.get(work)
        if plot is not None and (plot_id, work, done_on) not in told:
            care, area = (kind.care.value if kind.care else "", kind.area_m2(plot)) if kind else ("", 0.0)
            found.append(VisitFact("", plot.code, quarter_of[plot.code], work, care, done_on, None, None, area))
    yield from sorted(found, key=lambda one: (one.done_on, one.plot, one.work, one.visit))


def _due(visit_id: str, kind: WorkKind | None) -> tuple[date | None, date | None]:
    """Return when a visit truly fell due, as its id tells, and its last day: half of the interval's width later."""
    anchor = visit_id.split(".")[-2] if visit_id.count(".") >= 3 else ""
    try:
        due_on = date.fromisoformat(anchor)
    except ValueError:
        return None, None
    if kind is None or kind.interval_days is None:
        return due_on, None
    shortest, longest = kind.interval_days
    return due_on, date.fromordinal(due_on.toordinal() + longest - (shortest + longest) // 2)


def _spending(store: Store) -> Iterator[SpendingFact]:
    for kept in store.records(VOUCHER):
        one, told = kept.record, kept.record.spending
        shares = tuple((share.fund, share.cents) for share in one.split)
        yield SpendingFact(
            one.number,
            told.measure,
            told.quarter,
            told.plot,
            told.work,
            told.cost_kind,
            told.served_until,
            told.gross_cents,
            shares,
        )


def concern_facts(store: Store, groups: Mapping[str, str]) -> tuple[ConcernFact, ...] | None:
    """Return what residents brought, without who and without words; None where nothing was ever brought."""
    kept = [one.record for one in store.records(CONCERN) if not one.record.merged_into]
    found = []
    for one in kept:
        kind, answered = CONCERN_KIND[one.kind], one.first_answer_at
        found.append(
            ConcernFact(
                concern=one.number,
                quarter=groups.get(one.quarter, WHOLE_AREA),
                theme=str(kind.theme),
                praise=kind.stance == "praise",
                received_on=one.reported_at.astimezone(BERLIN).date(),
                answered_on=None if answered is None else answered.astimezone(BERLIN).date(),
            )
        )
    return tuple(found) or None


def _sources(store: Store, plots: list[Plot]) -> Iterator[Source]:
    licence = "CC0-1.0" if store.is_sample() else ""
    yield Source("plots", ", ".join(sorted({plot.source for plot in plots if plot.source})), licence)
    network = store.streets()
    if network is not None:
        yield Source("streets", network.source, network.licence)
    yield Source("own_records", "geo_service", "")


def records_of(text: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the single records of a facts' text by part and key, to compare one text with another.

    Examples
    --------
    >>> records_of('{"plots": [{"code": "KLZ-0001", "net_m2": 1.0}]}')
    {('plots', 'KLZ-0001'): {'code': 'KLZ-0001', 'net_m2': 1.0}}
    """
    told = json.loads(text)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for part, name in (("plots", "code"), ("visits", "visit"), ("concerns", "concern"), ("spending", "number")):
        for one in told.get(part) or ():
            found[part, one[name] or f"{one['plot']}.{one['work']}.{one['done_on']}"] = one
    for one in told.get("play") or ():
        found["play", one["quarter"]] = one
    return found
