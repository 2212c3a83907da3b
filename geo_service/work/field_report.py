"""Floor 2: what a crew reports from the field, what its reasons mean, and how a visit stands after it. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal


class ReportKind(StrEnum):
    """What a report tells."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    DONE = "done"
    NOT_POSSIBLE = "not_possible"
    FOUND = "found"
    REMARK = "remark"
    REORDER = "reorder"
    DAY_CLOSED = "day_closed"


OUTCOMES = frozenset({ReportKind.DONE, ReportKind.NOT_POSSIBLE})
"""Kinds that end a visit."""

OF_A_VISIT = OUTCOMES | {ReportKind.START, ReportKind.PAUSE, ReportKind.RESUME}
"""Kinds that cannot be told without a visit."""

Outcome = Literal["", "done", "not_possible"]

Unit = Literal["m2", "m3", "plants", "t"]

PhotoRole = Literal["before", "after", "find", "obstacle", "signature"]


class ReportStatus(StrEnum):
    """What became of a report; only ``WAITING`` changes, once."""

    ACCEPTED = "accepted"
    WAITING = "waiting"
    CONFLICT = "conflict"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Obstacle:
    """Why a visit was not possible, in the words of the list; ``lasts`` when waiting alone does not end it."""

    code: str
    name_de: str
    name_en: str
    lasts: bool = False


OBSTACLES = (
    Obstacle("parked_over", "zugeparkt", "parked over"),
    Obstacle("wet", "zu nass", "too wet"),
    Obstacle("gate_locked", "Tor verschlossen", "gate locked", lasts=True),
    Obstacle("nest", "Nest gefunden (BNatSchG §44)", "nest found (BNatSchG §44)", lasts=True),
    Obstacle("hazardous_waste", "gefährlicher Abfall", "hazardous waste", lasts=True),
    Obstacle("no_access", "kein Zugang", "no access", lasts=True),
    Obstacle("machine_broken", "Maschine defekt", "machine broken"),
    Obstacle("refused", "vor Ort untersagt", "refused on site", lasts=True),
    Obstacle("other", "anderer Grund", "another reason"),
)

OBSTACLE = {one.code: one for one in OBSTACLES}


@dataclass(frozen=True)
class Quantity:
    """An amount that was worked or carried away; ``waste_key`` is the AVV key of ``m3`` and ``t``, or empty."""

    unit: Unit
    amount: float
    waste_key: str = ""


@dataclass(frozen=True)
class PhotoNote:
    """A picture that a report names: its SHA-256 in hexadecimal, what it shows, when the device says it was taken."""

    sha256: str
    role: PhotoRole
    taken_at: datetime | None = None


@dataclass(frozen=True)
class FollowUp:
    """Work that a crew asks for after its visit: a code of the catalogue or free words."""

    work: str
    note: str = ""


@dataclass(frozen=True)
class AgainstRule:
    """An act against a rule that bound at that time, with the reason that the crew gave."""

    rule: str
    reason: str


@dataclass(frozen=True)
class FieldReport:
    """A report as a crew made it.

    Attributes
    ----------
    report_id
        UUID made by the device: the same report sent again is the same report.
    plan_id
        The plan in force when the crew took its day along.
    visit_id, plot
        What it is about; a reorder and the close of a day are about neither.
    base_version
        Version of the visit that the device showed.
    after
        report_id of the own earlier report on the visit that this one builds on, or empty.
    at
        What the device's clock said, aware. The desk's order decides, never this.
    minutes, timed_minutes
        Minutes that are booked, and those that the device measured.
    reason
        Code of an `Obstacle`.
    waste_key
        AVV key of what was found; a starred key is hazardous and stops the job.
    order
        visit_ids in the order in which the crew means to go.
    """

    report_id: str
    kind: ReportKind
    crew: str
    day: date
    plan_id: str
    at: datetime
    visit_id: str = ""
    plot: str = ""
    base_version: int = 0
    after: str = ""
    minutes: int | None = None
    timed_minutes: int | None = None
    quantities: tuple[Quantity, ...] = ()
    photos: tuple[PhotoNote, ...] = ()
    reason: str = ""
    remark: str = ""
    follow_up: FollowUp | None = None
    waste_key: str = ""
    against: AgainstRule | None = None
    order: tuple[str, ...] = ()

    @property
    def plot_code(self) -> str:
        """Code of the plot that it is about: named, or in the id of its visit; empty when it is about none.

        Examples
        --------
        >>> from datetime import UTC
        >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> FieldReport("1", ReportKind.DONE, "crew-1", at.date(), "p", at, "KLZ-0012.mow_lawn.2026-05-04.1").plot_code
        'KLZ-0012'
        """
        return self.plot or self.visit_id.rsplit(".", 3)[0]

    @property
    def is_hazardous(self) -> bool:
        """Whether it tells of hazardous waste: the job stops.

        Examples
        --------
        >>> from datetime import UTC
        >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> FieldReport("1", ReportKind.FOUND, "crew-1", at.date(), "p", at, waste_key="170605*").is_hazardous
        True
        """
        return self.kind is ReportKind.FOUND and self.waste_key.endswith("*")

    @property
    def changes_visit(self) -> bool:
        """Whether it changes how its visit stands, so that two of them about one version exclude each other."""
        return bool(self.visit_id) and (self.kind in OUTCOMES or self.is_hazardous)


@dataclass(frozen=True)
class VisitCourse:
    """How a visit stands after all that was told of it.

    Attributes
    ----------
    version
        Count of what changed it: outcomes, hazardous finds, moves by planners.
    stopped
        Hazardous waste was found: nobody goes on before the planner says so.
    report_id
        The report that its outcome comes from, or empty when a planner noted it.
    """

    visit_id: str
    version: int = 0
    outcome: Outcome = ""
    stopped: bool = False
    report_id: str = ""
    crew: str = ""
    done_on: date | None = None
    minutes: int | None = None
    quantities: tuple[Quantity, ...] = ()
    reason: str = ""
    remark: str = ""
    author: str = ""
    changed_at: datetime | None = None
