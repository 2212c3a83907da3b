"""Floor 8: what concerns look like over HTTP: what is told, what a moderator does, what is answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field

from geo_service.actions.check_concern import Checked
from geo_service.actions.order_concern import OrderAsked
from geo_service.api.fields import Day
from geo_service.neighbourhood.concern import MAX_LINE, MAX_WORDS, STATUS_WORDS, Concern, Report, Told
from geo_service.neighbourhood.concern_services import CONCERN_KIND, CONCERN_KINDS
from geo_service.neighbourhood.concern_twins import Twin

_LINE = r"^[^\x00-\x1f\x7f]*$"
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

NumberInPath = Annotated[
    str, Path(pattern=r"^A-[0-9]{4}-[0-9]{4,8}$", description="Number of a concern.", examples=["A-2026-0042"])
]
SecretInPath = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9_-]{32,64}$", description="From the reporter's link; it is the key to the answer.")
]
KindCode = Annotated[str, Field(pattern=rf"^({'|'.join(one.code for one in CONCERN_KINDS)})$")]
Line = Annotated[str, Field(max_length=MAX_LINE, pattern=_LINE)]
Words = Annotated[str, Field(max_length=MAX_WORDS, pattern=_TEXT)]
Reason = Annotated[str, Field(min_length=1, max_length=300, pattern=_LINE, description="Why; kept with the step.")]
Answer = Annotated[str, Field(max_length=MAX_WORDS, pattern=_TEXT, description="The reporter reads it; may be empty.")]
Seen = Annotated[int | None, Field(ge=0, le=2**53, description="Version that you saw; another one is a conflict.")]


class KindAnswer(BaseModel):
    """A kind of concern."""

    code: str
    name: str
    hint: str = Field(description="What belongs to it.")
    theme: str
    stance: Literal["complaint", "idea", "praise"]


class KindList(BaseModel):
    """In the order in which they are offered."""

    kinds: list[KindAnswer]


class ConcernTold(BaseModel, extra="forbid", strict=True):
    """What somebody reports. Contact is free; it is deleted half a year after the concern is closed."""

    kind: KindCode
    lon: float = Field(ge=-180, le=180, description="Degrees east.")
    lat: float = Field(ge=-90, le=90, description="Degrees north.")
    words: Words = Field(default="", description="Never public.")
    place: Line = Field(default="", description="Where, in words; never public.")
    name: Line = Field(default="", description="Never public.")
    mail: Line = Field(default="", description="Never public.")
    phone: Line = Field(default="", description="Never public.")
    lang: Literal["de", "en", "easy"] = Field(default="de", description="In which the reporter reads the answer.")

    def told(self, *, counter: bool) -> Told:
        """Return it as a value."""
        return Told(**self.model_dump(), channel="counter" if counter else "page")


class ReportedAnswer(BaseModel):
    """What a reporter takes along."""

    number: str
    secret: str = Field(description="Leads to the status; told once and kept nowhere.")
    link: str = Field(description="The page that shows the status.")


class StatusStep(BaseModel):
    """A step, for its reporter."""

    status: str
    words: str
    on: date
    answer: str


class StatusAnswer(BaseModel):
    """Where a concern stands, for its reporter."""

    number: str = Field(description="Under which it was reported.")
    now: str = Field(description="Number under which it goes on, when it was merged into another one.")
    kind: str
    status: str
    words: str = Field(description="The status in the reporter's language.")
    steps: list[StatusStep]
    photos: list[str] = Field(description="SHA-256 of the reporter's pictures that arrived.")


class ReportAnswer(BaseModel):
    """One report, for moderators."""

    number: str
    at: datetime
    channel: str
    words: str
    place: str
    name: str
    mail: str
    phone: str
    photos: list[str]
    forgotten_at: datetime | None = Field(description="When words, contact and pictures were deleted.")


class StepAnswer(BaseModel):
    """One step of its history."""

    status: str
    at: datetime
    author: str
    reason: str
    answer: str


class ForwardingAnswer(BaseModel):
    """To whom it went, under which reference there."""

    body: str
    reference: str
    at: datetime


class OrderAnswer(BaseModel):
    """The visit that it became."""

    visit: str
    plot: str
    task: str
    latest_on: date
    waste_key: str
    done_by: str
    done_on: date | None


class TwinAnswer(BaseModel):
    """A concern that may be the same."""

    number: str
    kind: str
    status: str
    score: float = Field(description="0 to 1.")
    away_m: float


class ConcernRow(BaseModel):
    """A concern in a list, for moderators."""

    number: str
    kind: str
    status: str
    lon: float
    lat: float
    plot: str
    quarter: str
    reported_at: datetime
    changed_at: datetime
    report_count: int
    published: bool
    version: int


class ConcernList(BaseModel):
    """The oldest first."""

    concerns: list[ConcernRow]


class ConcernAnswer(ConcernRow):
    """A concern, for moderators."""

    reports: list[ReportAnswer]
    steps: list[StepAnswer]
    forwardings: list[ForwardingAnswer]
    orders: list[OrderAnswer]
    public_text: str
    public_photos: list[str]
    merged_into: str
    twins: list[TwinAnswer] = Field(description="Concerns that may be the same, the likeliest first.")


class _Step(BaseModel, extra="forbid", strict=True):
    """What each step needs."""

    reason: Reason
    answer: Answer = ""
    version: Seen = None


class StepTold(_Step):
    """A step."""


class CheckTold(_Step):
    """What a moderator finds; what is left out stays as reported."""

    kind: KindCode | None = None
    lon: float | None = Field(default=None, ge=-180, le=180)
    lat: float | None = Field(default=None, ge=-90, le=90)
    plot: str | None = Field(default=None, max_length=80, pattern=_LINE, description="Code; empty: on none.")

    def found(self) -> Checked:
        """Return it as a value."""
        place = None if self.lon is None or self.lat is None else (self.lon, self.lat)
        return Checked(self.reason, self.answer, self.kind, place, self.plot)


class OrderTold(_Step):
    """What is to be done; what is left out comes from the kind of concern."""

    work: str = Field(default="", max_length=100, pattern=_LINE, description="Code of the catalogue, or words.")
    plot: str = Field(default="", max_length=80, pattern=_LINE, description="Code; empty: that of the concern.")
    latest_on: Day | None = None
    minutes: int = Field(default=0, ge=0, le=360, description="Of work in words.")
    people: int = Field(default=1, ge=1, le=6)
    volume_m3: float = Field(default=0, ge=0, le=100)
    waste_key: str | None = Field(default=None, max_length=7, pattern=r"^([0-9]{6}\*?)?$", description="AVV key.")
    note: str = Field(default="", max_length=200, pattern=_LINE, description="For the crew.")

    def asked(self) -> OrderAsked:
        """Return it as a value."""
        return OrderAsked(**self.model_dump(exclude={"version"}))


class ForwardTold(_Step):
    """Who takes care of it."""

    body: Annotated[str, Field(min_length=1, max_length=MAX_LINE, pattern=_LINE)]
    reference: Annotated[str, Field(min_length=1, max_length=MAX_LINE, pattern=_LINE, description="Their number.")]


class MergeTold(BaseModel, extra="forbid", strict=True):
    """Which concern is the same as this one."""

    twin: Annotated[str, Field(pattern=r"^A-[0-9]{4}-[0-9]{4,8}$")]
    reason: Reason
    version: Seen = None


class PublicationTold(BaseModel, extra="forbid", strict=True):
    """What everybody may see of a concern."""

    text: Words = Field(default="", description="A moderator's words.")
    photos: list[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = Field(
        default=[], max_length=20, description="SHA-256 of pictures that show neither faces nor plates."
    )
    version: Seen = None


def row_of(concern: Concern, version: int) -> dict[str, object]:
    """Return what a list tells of a concern."""
    return {
        "number": concern.number,
        "kind": concern.kind,
        "status": str(concern.status),
        "lon": concern.lon,
        "lat": concern.lat,
        "plot": concern.plot,
        "quarter": concern.quarter,
        "reported_at": concern.reported_at,
        "changed_at": concern.changed_at,
        "report_count": len(concern.reports),
        "published": concern.is_public,
        "version": version,
    }


def whole_of(concern: Concern, version: int, twins: list[Twin]) -> ConcernAnswer:
    """Return all of a concern."""
    return ConcernAnswer.model_validate(
        row_of(concern, version)
        | {
            "reports": [_report(one) for one in concern.reports],
            "steps": [
                {"status": str(one.status), "at": one.at, "author": one.author, "reason": one.reason}
                | {"answer": one.answer}
                for one in concern.steps
            ],
            "forwardings": [
                {"body": one.body, "reference": one.reference, "at": one.at} for one in concern.forwardings
            ],
            "orders": [
                {"visit": one.visit_id, "plot": one.plot, "task": one.work, "latest_on": one.latest_on}
                | {"waste_key": one.waste_key, "done_by": one.done_by, "done_on": one.done_on}
                for one in concern.orders
            ],
            "public_text": concern.public_text,
            "public_photos": list(concern.public_photos),
            "merged_into": concern.merged_into,
            "twins": [
                {"number": one.concern.number, "kind": one.concern.kind, "status": str(one.concern.status)}
                | {"score": round(one.score, 2), "away_m": round(one.away_m, 1)}
                for one in twins
            ],
        }
    )


def status_of(concern: Concern, report: Report) -> StatusAnswer:
    """Return where a concern stands as one of its reporters reads it: no other report, no author, no reason."""
    lang = report.told.lang
    kind = CONCERN_KIND[concern.kind]
    return StatusAnswer(
        number=report.number,
        now=concern.number,
        kind=kind.name(lang),
        status=str(concern.status),
        words=STATUS_WORDS[concern.status][lang],
        steps=[
            StatusStep(
                status=str(one.status), words=STATUS_WORDS[one.status][lang], on=one.at.date(), answer=one.answer
            )
            for one in concern.steps
        ],
        photos=list(report.photos),
    )


def _report(one: Report) -> dict[str, object]:
    told = one.told
    return {
        "number": one.number,
        "at": one.at,
        "channel": told.channel,
        "words": told.words,
        "place": told.place,
        "name": told.name,
        "mail": told.mail,
        "phone": told.phone,
        "photos": list(one.photos),
        "forgotten_at": one.forgotten_at,
    }
