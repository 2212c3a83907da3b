"""Floor 7: what came in from the field and waits for a planner: conflicts, alerts, follow-ups, today's reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from geo_service.outputs.field_account import FieldActuals, field_actuals, waste_entries
from geo_service.outputs.field_day import CrewCameIn, field_day
from geo_service.outputs.follow_ups import AskedWork, asked_works
from geo_service.plots.model import Plot
from geo_service.store.field import Alert, FieldConflict, KeptReport
from geo_service.store.protocol import Store
from geo_service.work.field_report import FieldReport, PhotoNote
from geo_service.work.model import Catalogue
from geo_service.work.waste_totals import HazardousYear, hazardous_years

REFUSED_DAYS = 7
"""Refused reports are shown for so many days."""


@dataclass(frozen=True)
class InboxPhoto:
    """A picture that a report names, and whether it is here."""

    note: PhotoNote
    received: bool


@dataclass(frozen=True)
class About:
    """What a matter is about: plot with its address, work, crew; empty where nobody knows."""

    plot: str = ""
    address: str = ""
    task_de: str = ""
    task_en: str = ""
    crew: str = ""

    def task(self, lang: str) -> str:
        """Return the work in a language."""
        return self.task_en if lang == "en" else self.task_de


@dataclass(frozen=True)
class InboxAlert:
    """Something that a planner must see, with the report that tells it."""

    alert: Alert
    report: FieldReport
    about: About
    photos: tuple[InboxPhoto, ...]


@dataclass(frozen=True)
class InboxConflict:
    """Two versions of one visit: what the desk had, with its pictures, and the report that was put aside."""

    conflict: FieldConflict
    phone: KeptReport
    about: About
    desk_photos: tuple[InboxPhoto, ...]
    phone_photos: tuple[InboxPhoto, ...]


@dataclass(frozen=True)
class Inbox:
    """Everything that waits for a planner, the oldest first, and how the day stands.

    Attributes
    ----------
    refused
        Reports of the last days that were refused, the newest first.
    hazardous
        Hazardous waste of this year; None without any.
    actuals
        Booked minutes against the standards of the catalogue.
    """

    today: date
    conflicts: tuple[InboxConflict, ...]
    alerts: tuple[InboxAlert, ...]
    follow_ups: tuple[AskedWork, ...]
    refused: tuple[tuple[KeptReport, About], ...]
    crews: tuple[CrewCameIn, ...]
    hazardous: HazardousYear | None
    catalogue: Catalogue = field(default_factory=lambda: Catalogue({}, {}))
    actuals: FieldActuals = field(default_factory=lambda: FieldActuals((), (), ()))

    @property
    def waiting(self) -> int:
        """How many matters wait for a decision."""
        return len(self.conflicts) + len(self.alerts)


def inbox(store: Store, today: date) -> Inbox:
    """Return what waits for a planner."""
    look = _Look(store)
    refused = []
    for back in range(REFUSED_DAYS):
        told = [one for one in store.field_reports(day=today - timedelta(days=back)) if one.status == "rejected"]
        refused += [(one, look.about(one.report)) for one in reversed(told)]
    years = {year.year: year for year in hazardous_years(waste_entries(store))}
    return Inbox(
        today=today,
        conflicts=tuple(look.conflict(one) for one in store.conflicts(open_only=True)),
        alerts=tuple(look.alert(one) for one in store.alerts(open_only=True)),
        follow_ups=tuple(one for one in asked_works(store) if one.state != "done"),
        refused=tuple(refused),
        crews=field_day(store, today),
        hazardous=years.get(today.year),
        catalogue=look.catalogue,
        actuals=field_actuals(store),
    )


class _Look:
    """Looks up what reports are about, each plot once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._plots: dict[str, Plot | None] = {}
        self.catalogue = store.catalogue()
        self._crews = {crew.code: crew.name for crew in store.crews()}

    def alert(self, one: Alert) -> InboxAlert:
        report = self._kept(one.report_id).report
        return InboxAlert(one, report, self.about(report, one.plot), self._photos(report))

    def conflict(self, one: FieldConflict) -> InboxConflict:
        phone = self._kept(one.report_id)
        desk = self._store.field_report(one.desk.report_id) if one.desk.report_id else None
        return InboxConflict(
            one,
            phone,
            self.about(phone.report),
            self._photos(desk.report) if desk else (),
            self._photos(phone.report),
        )

    def about(self, report: FieldReport, plot: str = "") -> About:
        code = plot or report.plot or report.visit_id.partition(".")[0]
        if code not in self._plots:
            self._plots[code] = self._store.plot(code) if code else None
        found = self._plots[code]
        work = report.visit_id.split(".")[1] if report.visit_id.count(".") >= 2 else ""
        kind = self.catalogue.kinds.get(work)
        de, en = (kind.name_de, kind.name_en) if kind else ("", "")
        address = (found.address or found.name) if found else ""
        return About(code, address, de, en, self._crews.get(report.crew, report.crew))

    def _photos(self, report: FieldReport) -> tuple[InboxPhoto, ...]:
        received = self._store.photos([note.sha256 for note in report.photos])
        return tuple(InboxPhoto(note, note.sha256 in received) for note in report.photos)

    def _kept(self, report_id: str) -> KeptReport:
        kept = self._store.field_report(report_id)
        assert kept is not None, "what planners see is about a report that is kept"
        return kept
