"""Floor 5: what the store keeps of the field: crews' reports, courses of visits, conflicts, alerts, photos."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from geo_service.work.field_report import FieldReport, PhotoNote, ReportStatus, VisitCourse

Choice = Literal["", "desk", "phone"]
"""How a conflict was settled: what the desk had stays, or the report that was put aside is taken."""


@dataclass(frozen=True)
class KeptReport:
    """A report as received, and what became of it.

    Attributes
    ----------
    seq
        The desk's order; 0 until it is kept.
    sha256
        Of the bytes that the device sent.
    author
        Label of the token it was sent with.
    version
        The version of its visit that it leaves to the reports that build on it.
    code, reason, reason_en
        Why it was refused; empty otherwise.
    """

    report: FieldReport
    sha256: str
    author: str
    received_at: datetime
    status: ReportStatus
    version: int = 0
    code: str = ""
    reason: str = ""
    reason_en: str = ""
    seq: int = 0


@dataclass(frozen=True)
class AsideReport:
    """Another body that came under the id of a kept report: put aside, never applied."""

    report_id: str
    sha256: str
    body: bytes
    author: str
    received_at: datetime


@dataclass(frozen=True)
class FieldConflict:
    """Two versions of one visit: what the desk had when ``report_id`` arrived, and that report.

    Attributes
    ----------
    conflict_id
        0 until it is kept.
    desk
        How the visit stood at the desk.
    choice, reason, author, settled_at
        How a planner settled it; empty while it is open.
    """

    report_id: str
    visit_id: str
    desk: VisitCourse
    opened_at: datetime
    conflict_id: int = 0
    choice: Choice = ""
    reason: str = ""
    author: str = ""
    settled_at: datetime | None = None


@dataclass(frozen=True)
class Alert:
    """What planners must see: hazardous waste was found, an act against a rule was reported.

    Attributes
    ----------
    kind
        ``"hazardous"`` or ``"against_rule"``.
    answer
        What the planner decided, in words.
    """

    report_id: str
    kind: str
    plot: str
    visit_id: str
    text: str
    text_en: str
    at: datetime
    alert_id: int = 0
    seen_by: str = ""
    seen_at: datetime | None = None
    answer: str = ""


@dataclass(frozen=True)
class Photo:
    """A picture that was received whole.

    Attributes
    ----------
    sha256
        Of the bytes that were sent, by which reports name it.
    kept_sha256
        Of the bytes that are kept; another one when metadata was taken out.
    """

    sha256: str
    kept_sha256: str
    media_type: str
    size_bytes: int
    width: int
    height: int
    received_at: datetime
    author: str


@dataclass(frozen=True)
class PhotoUse:
    """Which report names a picture, and as what.

    Attributes
    ----------
    plot
        Code of the plot that the report is about, see `FieldReport.plot_code`.
    """

    report_id: str
    visit_id: str
    plot: str
    crew: str
    day: date
    note: PhotoNote


class FieldWriting(Protocol):
    """What an open transaction can write of the field."""

    def put_report(self, kept: KeptReport) -> None:
        """Keep a report that was not kept before, with the pictures that it names."""
        ...

    def settle_report(self, kept: KeptReport) -> None:
        """Tell what became of a report that was waiting; its document stays."""
        ...

    def put_aside(self, aside: AsideReport) -> None:
        """Put another body of a kept report aside; the same body once."""
        ...

    def put_course(self, course: VisitCourse) -> None:
        """Keep how a visit stands."""
        ...

    def put_conflict(self, conflict: FieldConflict) -> None:
        """Open a conflict, or replace the one about the same report."""
        ...

    def put_alert(self, alert: Alert) -> None:
        """Tell planners, or replace the alert about the same report."""
        ...

    def put_photo(self, photo: Photo) -> None:
        """Note that a picture was received whole; the same picture once."""
        ...

    def forget_done(self, visit_id: str) -> None:
        """Take back that a visit was done, and that its work was, if nothing else says so."""
        ...


class FieldReads(Protocol):
    """What can be read of the field."""

    def field_report(self, report_id: str) -> KeptReport | None:
        """One report."""
        ...

    def field_reports(
        self, *, day: date | None = None, crew: str | None = None, visit_id: str | None = None, after: str | None = None
    ) -> list[KeptReport]:
        """Reports in the desk's order."""
        ...

    def asides(self, report_id: str) -> list[AsideReport]:
        """Other bodies that came under the id of a report."""
        ...

    def course(self, visit_id: str) -> VisitCourse:
        """How a visit stands; version 0 when nothing was told of it."""
        ...

    def courses(self, visit_ids: Collection[str] | None = None) -> dict[str, VisitCourse]:
        """How visits stand of which anything was told, by visit_id."""
        ...

    def conflicts(self, *, open_only: bool = False) -> list[FieldConflict]:
        """Conflicts, the oldest first."""
        ...

    def alerts(self, *, open_only: bool = False) -> list[Alert]:
        """Alerts, the oldest first."""
        ...

    def photo(self, sha256: str) -> Photo | None:
        """One picture by the hash of what was sent."""
        ...

    def photos(self, hashes: Iterable[str]) -> dict[str, Photo]:
        """Those of some pictures that were received whole, by hash."""
        ...

    def photo_uses(
        self, *, sha256: str | None = None, plot: str | None = None, visit_id: str | None = None
    ) -> list[PhotoUse]:
        """Which reports name pictures, in the desk's order."""
        ...
