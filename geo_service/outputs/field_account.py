"""Floor 7: what the store's records of done visits say: jobs with their minutes, and waste by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from geo_service.plots.model import Plot
from geo_service.store.model import VisitDone
from geo_service.store.protocol import Store
from geo_service.work.actuals import Booked, TierActuals, actuals, whole_jobs
from geo_service.work.field_report import Quantity, ReportKind, ReportStatus, VisitCourse
from geo_service.work.model import Catalogue
from geo_service.work.waste_totals import WasteEntry


@dataclass(frozen=True)
class FieldActuals:
    """Booked minutes against the standard.

    Attributes
    ----------
    rows
        By work and tier of area.
    left
        Booked visits that are held against nothing: work that the catalogue does not know, no area, no minutes.
    unfinished
        Booked parts of jobs of which other parts are not done yet.
    """

    rows: tuple[TierActuals, ...]
    left: tuple[Booked, ...]
    unfinished: tuple[Booked, ...]


def field_actuals(store: Store, from_on: date | None = None, until_on: date | None = None) -> FieldActuals:
    """Return what was booked against the standard, of jobs that ended from a day to a day, both inclusive."""
    catalogue = store.catalogue()
    whole, unfinished = whole_jobs(_booked(store, catalogue))
    mine = [one for one in whole if (from_on or one.on) <= one.on <= (until_on or one.on)]
    rows, left = actuals(mine, catalogue)
    return FieldActuals(rows, left, tuple(unfinished))


def waste_entries(store: Store) -> list[WasteEntry]:
    """Return what was carried away with done visits, and what crews found."""
    plots = {plot.plot_id: plot for plot in store.plots()}
    kinds = store.catalogue().kinds
    courses = store.courses()
    entries: list[WasteEntry] = []
    for done in store.visits_done():
        course = courses.get(done.visit_id)
        if course is None or course.outcome != "done":
            continue
        plot = plots.get(done.plot_id)
        usual = kinds[done.work].waste_key if done.work in kinds else ""
        code = plot.code if plot else done.plot_id
        entries += _entries(done.done_on, code, course.quantities, usual, found=False)
    for kept in store.field_reports():
        told = kept.report
        if told.kind is ReportKind.FOUND and kept.status is ReportStatus.ACCEPTED and told.waste_key:
            found = _entries(told.day, told.plot, told.quantities, told.waste_key, found=True)
            entries += found or [WasteEntry(told.day, told.plot, told.waste_key, found=True)]
    return entries


def _entries(on: date, plot: str, quantities: Iterable[Quantity], usual: str, *, found: bool) -> list[WasteEntry]:
    """Return an entry for each waste key; amounts without a key are of the usual one."""
    by_key: dict[str, dict[str, float]] = {}
    for one in quantities:
        key = one.waste_key or usual
        if one.unit in ("m3", "t") and key:
            amounts = by_key.setdefault(key, {})
            amounts[one.unit] = amounts.get(one.unit, 0.0) + one.amount
    return [
        WasteEntry(on, plot, key, found, m3=amounts.get("m3"), t=amounts.get("t")) for key, amounts in by_key.items()
    ]


def _booked(store: Store, catalogue: Catalogue) -> list[tuple[Booked, int]]:
    plots = {plot.plot_id: plot for plot in store.plots()}
    people = {crew.code: crew.people for crew in store.crews()}
    courses = store.courses()
    by_job: dict[str, list[tuple[VisitDone, VisitCourse]]] = {}
    for done in store.visits_done():
        course = courses.get(done.visit_id)
        if course is not None and course.outcome == "done" and course.minutes is not None:
            by_job.setdefault(done.visit_id.rpartition(".")[0], []).append((done, course))
    booked = []
    for parts in by_job.values():
        area_m2 = _area(parts, plots, catalogue)
        for done, course in parts:
            plot = plots.get(done.plot_id)
            one = Booked(
                visit_id=done.visit_id,
                plot=plot.code if plot else done.plot_id,
                work=done.work,
                area_m2=area_m2,
                minutes=float(course.minutes or 0),
                people=people.get(done.crew, 1),
                on=done.done_on,
                crew=done.crew,
            )
            booked.append((one, done.parts))
    return booked


def _area(parts: Iterable[tuple[VisitDone, VisitCourse]], plots: Mapping[str, Plot], catalogue: Catalogue) -> float:
    """Return the square metres of a job: as the crew told them for every part, else as the register has them."""
    told = [sum(one.amount for one in course.quantities if one.unit == "m2") for _, course in parts]
    if all(told):
        return float(sum(told))
    done = next(done for done, _ in parts)
    plot, kind = plots.get(done.plot_id), catalogue.kinds.get(done.work)
    return kind.area_m2(plot) if plot is not None and kind is not None else 0.0
