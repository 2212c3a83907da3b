"""Floor 8: crews' reports over HTTP: sent once or many times, kept once, answered with a receipt that names them."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Annotated, Any, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, Field, model_validator

from geo_service.actions.take_report import take_report
from geo_service.api.access import require_own_crew
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import FIRST_DAY, LAST_DAY, Day
from geo_service.api.identity import IdentityHere
from geo_service.base.errors import NotFound
from geo_service.store.field import KeptReport
from geo_service.work.field_report import (
    OBSTACLE,
    OF_A_VISIT,
    AgainstRule,
    FieldReport,
    FollowUp,
    PhotoNote,
    Quantity,
    ReportKind,
)

router = APIRouter(prefix="/field-reports", tags=["Field reports"])

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_WORDS = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
_MOST_LISTED = 5000

ReportInPath = Annotated[
    str,
    Path(pattern=_UUID, description="UUID that the device made.", examples=["018f2c1e-7b1a-7c3d-9f10-3a5b8c2d4e6f"]),
]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
VisitId = Annotated[str, Field(pattern=r"^[\w.\- ]{1,200}$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]


def read_obstacle(value: object) -> str:
    """Read the code of an obstacle.

    Raises
    ------
    ValueError
        For everything else.
    """
    if isinstance(value, str) and value in OBSTACLE:
        return value
    raise ValueError(f"a reason is one of {', '.join(OBSTACLE)}")


def read_moment(value: object) -> datetime:
    """Read an ISO moment with its offset, in the years 2000 to 2099.

    Raises
    ------
    ValueError
        For everything else, a local time without offset among it.

    Examples
    --------
    >>> read_moment("2026-11-26T08:31:00+01:00").isoformat()
    '2026-11-26T08:31:00+01:00'
    """
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("there is no such moment") from None
        if FIRST_DAY <= moment.date() <= LAST_DAY:
            return moment
    raise ValueError("a moment is written 2026-11-24T08:30:00+01:00, from 2000 to 2099")


Moment = Annotated[datetime, BeforeValidator(read_moment)]
ObstacleCode = Annotated[str, BeforeValidator(read_obstacle), Field(json_schema_extra={"enum": list(OBSTACLE)})]


class _Told(BaseModel, extra="forbid", strict=True):
    pass


class QuantityTold(_Told):
    """An amount that was worked or carried away."""

    unit: Literal["m2", "m3", "plants", "t"]
    amount: float = Field(ge=0, le=1_000_000, allow_inf_nan=False)
    waste_key: str = Field(default="", pattern=r"^([0-9]{6}\*?)?$", description="AVV key of m3 and t.")


class PhotoTold(_Told):
    """A picture that is sent apart."""

    sha256: Sha256
    role: Literal["before", "after", "find", "obstacle", "signature"]
    taken_at: Moment | None = None


class FollowUpTold(_Told):
    """Work that the crew asks for."""

    work: str = Field(min_length=1, max_length=100, pattern=_WORDS, description="Code of the catalogue, or words.")
    note: str = Field(default="", max_length=300, pattern=_WORDS)

    @model_validator(mode="after")
    def says_what(self) -> FollowUpTold:
        """Refuse blank words."""
        if not self.work.strip():
            raise ValueError("work says what is to be done")
        return self


class AgainstTold(_Told):
    """An act against a rule that bound at that time."""

    rule: str = Field(min_length=1, max_length=300, pattern=_WORDS)
    reason: str = Field(min_length=1, max_length=300, pattern=_WORDS)


class FieldReportRequest(_Told):
    """What a crew reports."""

    kind: Literal["start", "pause", "resume", "done", "not_possible", "found", "remark", "reorder", "day_closed"]
    crew: Code
    day: Day = Field(description="The day of the list.")
    plan_id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="The plan that the device took along.")
    at: Moment = Field(description="What the device's clock said, with its offset.")
    visit_id: VisitId | None = None
    plot: str | None = Field(default=None, pattern=r"^[\w.\- ]{1,80}$", description="Of what is about no visit.")
    base_version: int = Field(default=0, ge=0, le=1_000_000, description="Version of the visit that was shown.")
    after: str | None = Field(default=None, pattern=_UUID, description="Own earlier report that this one builds on.")
    minutes: int | None = Field(default=None, ge=0, le=1440, description="Booked, of the whole crew on the plot.")
    timed_minutes: int | None = Field(default=None, ge=0, le=1440, description="Measured by the device.")
    quantities: list[QuantityTold] = Field(default=[], max_length=50)
    photos: list[PhotoTold] = Field(default=[], max_length=50)
    reason: ObstacleCode | None = Field(default=None, description="Why it was not possible.")
    remark: str = Field(default="", max_length=1000, pattern=_WORDS)
    follow_up: FollowUpTold | None = None
    waste_key: str | None = Field(default=None, pattern=r"^[0-9]{6}\*?$", description="AVV key of what was found.")
    against: AgainstTold | None = None
    order: list[VisitId] | None = Field(default=None, max_length=200)

    @model_validator(mode="after")
    def fits_its_kind(self) -> FieldReportRequest:
        """Refuse a report that lacks what its kind needs."""
        if self.kind in {kind.value for kind in OF_A_VISIT} and self.visit_id is None:
            raise ValueError(f"{self.kind} names a visit_id")
        if (self.kind == "not_possible") != (self.reason is not None):
            raise ValueError("reason belongs to not_possible, and not_possible needs it")
        if (self.kind == "reorder") != (self.order is not None):
            raise ValueError("order belongs to reorder, and reorder needs it")
        if self.kind == "found" and self.visit_id is None and self.plot is None:
            raise ValueError("found names a visit_id or a plot")
        if self.waste_key is not None and self.kind != "found":
            raise ValueError("waste_key belongs to found; what is carried away stands in quantities")
        return self

    def report(self, report_id: str) -> FieldReport:
        """Return the report as a value."""
        return FieldReport(
            report_id=report_id,
            kind=ReportKind(self.kind),
            crew=self.crew,
            day=self.day,
            plan_id=self.plan_id,
            at=self.at,
            visit_id=self.visit_id or "",
            plot=self.plot or "",
            base_version=self.base_version,
            after="" if self.after == report_id else self.after or "",
            minutes=self.minutes,
            timed_minutes=self.timed_minutes,
            quantities=tuple(Quantity(one.unit, one.amount, one.waste_key) for one in self.quantities),
            photos=tuple(PhotoNote(one.sha256, one.role, one.taken_at) for one in self.photos),
            reason=self.reason or "",
            remark=self.remark,
            follow_up=FollowUp(self.follow_up.work, self.follow_up.note) if self.follow_up else None,
            waste_key=self.waste_key or "",
            against=AgainstRule(self.against.rule, self.against.reason) if self.against else None,
            order=tuple(self.order or ()),
        )


class Receipt(BaseModel):
    """What became of a report; the same for the same report, whenever it is sent again."""

    report_id: str
    sha256: str = Field(description="Of the body as it was received.")
    status: Literal["accepted", "waiting", "conflict", "rejected"] = Field(
        description="`waiting` until the report it builds on arrives; all others are final."
    )
    version: int = Field(description="Version of the visit for reports that build on this one.")
    code: str = Field(description="Why it was refused; empty otherwise.")
    reason: str = Field(description="In German.")
    reason_en: str
    received_at: datetime
    photos_missing: list[str] = Field(description="SHA-256 of pictures that it names and that have not arrived yet.")


class ReportAnswer(Receipt):
    """A report with its receipt."""

    author: str
    report: FieldReportRequest


class ReportList(BaseModel):
    """Reports in the order in which the desk received them."""

    reports: list[ReportAnswer]


class ReportQuery(BaseModel, extra="forbid"):
    """Which reports are listed."""

    day: Day | None = Field(default=None, description="Of the list.")
    crew: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$", description="Code of a crew.")


async def _bytes_of(request: Request) -> bytes:
    return await request.body()


@router.put(
    "/{report_id}",
    status_code=201,
    summary="Send a report",
    description="Keeps a crew's report and answers with a receipt. The same report again gets the same receipt; other "
    "contents under the same id are kept aside and answered 409. 202: it waits for the report it builds on.",
    responses={
        202: {"model": Receipt, "description": "It waits for the report that it builds on"},
        **problems(401, 403, 404, 409, 413, 422),
    },
)
async def send_report(
    report_id: ReportInPath,
    asked: Annotated[FieldReportRequest, Body()],
    body: Annotated[bytes, Depends(_bytes_of)],
    desk: DeskHere,
    who: IdentityHere,
    response: Response,
) -> Receipt:
    """Keep a report."""
    require_own_crew(who, asked.crew)
    fingerprint = hashlib.sha256(body).hexdigest()

    def keep() -> Receipt:
        kept = take_report(
            desk.store,
            asked.report(report_id),
            sha256=fingerprint,
            body=body,
            author=who.label,
            clock=desk.clock,
        )
        return receipt(desk, kept)

    told = await run_sync(keep)
    response.status_code = 202 if told.status == "waiting" else 201
    return told


@router.get(
    "",
    summary="List reports",
    description=f"In the order in which the desk received them, at most {_MOST_LISTED}; a crew sees its own.",
    responses=problems(400, 401, 403, 404),
)
def list_reports(asked: Annotated[ReportQuery, Query()], desk: DeskHere, who: IdentityHere) -> ReportList:
    """Return reports with their receipts."""
    crew = asked.crew or who.crew or None
    if crew is not None:
        require_own_crew(who, crew)
    found = desk.store.field_reports(day=asked.day, crew=crew)[-_MOST_LISTED:]
    return ReportList(reports=[report_answer(desk, kept) for kept in found])


@router.get("/{report_id}", summary="Read a report", responses=problems(401, 403, 404))
def read_report(report_id: ReportInPath, desk: DeskHere, who: IdentityHere) -> ReportAnswer:
    """Return one report with its receipt."""
    kept = desk.store.field_report(report_id)
    if kept is None:
        raise NotFound("there is no such report", remedy="GET /field-reports lists them")
    require_own_crew(who, kept.report.crew)
    return report_answer(desk, kept)


def receipt(desk: Desk, kept: KeptReport) -> Receipt:
    """Return what the device is told."""
    return Receipt(**_receipt(desk, kept))


def _receipt(desk: Desk, kept: KeptReport) -> dict[str, Any]:
    named = dict.fromkeys(note.sha256 for note in kept.report.photos)
    there = desk.store.photos(named) if named else {}
    return {
        "report_id": kept.report.report_id,
        "sha256": kept.sha256,
        "status": kept.status.value,
        "version": kept.version,
        "code": kept.code,
        "reason": kept.reason,
        "reason_en": kept.reason_en,
        "received_at": kept.received_at,
        "photos_missing": [one for one in named if one not in there],
    }


def report_answer(desk: Desk, kept: KeptReport) -> ReportAnswer:
    """Return a report with its receipt."""
    return ReportAnswer(**_receipt(desk, kept), author=kept.author, report=request_of(kept.report))


def request_of(told: FieldReport) -> FieldReportRequest:
    """Return a report in the form in which it is sent."""
    return FieldReportRequest.model_construct(
        kind=told.kind.value,
        crew=told.crew,
        day=told.day,
        plan_id=told.plan_id,
        at=told.at,
        visit_id=told.visit_id or None,
        plot=told.plot or None,
        base_version=told.base_version,
        after=told.after or None,
        minutes=told.minutes,
        timed_minutes=told.timed_minutes,
        quantities=[
            QuantityTold.model_construct(unit=one.unit, amount=one.amount, waste_key=one.waste_key)
            for one in told.quantities
        ],
        photos=[
            PhotoTold.model_construct(sha256=one.sha256, role=one.role, taken_at=one.taken_at) for one in told.photos
        ],
        reason=told.reason or None,
        remark=told.remark,
        follow_up=None
        if told.follow_up is None
        else FollowUpTold.model_construct(work=told.follow_up.work, note=told.follow_up.note),
        waste_key=told.waste_key or None,
        against=None
        if told.against is None
        else AgainstTold.model_construct(rule=told.against.rule, reason=told.against.reason),
        order=list(told.order) or None,
    )
