"""Floor 1: concerns (Anliegen): what residents bring, the steps that it goes through, and what may be told of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from geo_service.base.errors import InputError, RuleBroken
from geo_service.neighbourhood.concern_services import Wording, concern_kind

MAX_WORDS = 2000
MAX_LINE = 200
MAX_PHOTOS = 3
"""With one report."""


class Status(StrEnum):
    """Where a concern stands: neu, geprüft, Auftrag, weitergeleitet, erledigt, abgelehnt."""

    NEW = "new"
    CHECKED = "checked"
    ORDERED = "ordered"
    FORWARDED = "forwarded"
    DONE = "done"
    REJECTED = "rejected"

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is to happen."""
        return self in (Status.DONE, Status.REJECTED)


STATUS_WORDS: Mapping[Status, Mapping[Wording, str]] = {
    Status.NEW: {"de": "neu", "en": "new", "easy": "Wir haben Ihre Nachricht bekommen."},
    Status.CHECKED: {"de": "geprüft", "en": "checked", "easy": "Wir haben Ihre Nachricht gelesen."},
    Status.ORDERED: {"de": "Auftrag erteilt", "en": "work ordered", "easy": "Bald kommt jemand und kümmert sich."},
    Status.FORWARDED: {"de": "weitergeleitet", "en": "forwarded", "easy": "Jemand anderes kümmert sich darum."},
    Status.DONE: {"de": "erledigt", "en": "done", "easy": "Es ist fertig."},
    Status.REJECTED: {"de": "abgelehnt", "en": "rejected", "easy": "Wir können hier leider nichts tun."},
}
"""What each is called in German, English and easy German."""

NEXT: Mapping[Status, frozenset[Status]] = {
    Status.NEW: frozenset({Status.CHECKED, Status.REJECTED}),
    Status.CHECKED: frozenset({Status.ORDERED, Status.FORWARDED, Status.DONE, Status.REJECTED}),
    Status.ORDERED: frozenset({Status.CHECKED, Status.FORWARDED, Status.DONE, Status.REJECTED}),
    Status.FORWARDED: frozenset({Status.CHECKED, Status.ORDERED, Status.FORWARDED, Status.DONE, Status.REJECTED}),
    Status.DONE: frozenset({Status.CHECKED, Status.ORDERED}),
    Status.REJECTED: frozenset({Status.CHECKED}),
}
"""Which step may follow which; from closed back to checked means opened again."""

Channel = Literal["page", "counter", "open311"]


@dataclass(frozen=True)
class Told:
    """What somebody tells.

    Attributes
    ----------
    kind
        Code of a `geo_service.neighbourhood.concern_services.ConcernKind`.
    lon, lat
        Where, degrees.
    words
        In the reporter's own words; never public.
    place
        Where, in words: ``"hinter dem Spielplatz"``.
    name, mail, phone
        Of the reporter, all free to leave empty; never public.
    lang
        The language in which the reporter reads the answer.
    """

    kind: str
    lon: float
    lat: float
    words: str = ""
    place: str = ""
    name: str = ""
    mail: str = ""
    phone: str = ""
    lang: Wording = "de"
    channel: Channel = "page"


@dataclass(frozen=True)
class Report:
    """One report of a concern; a merged concern has several.

    Attributes
    ----------
    number
        Under which it came: the concern's own, or that of one that was merged into it.
    secret_sha256
        Of the secret in the reporter's status link.
    photos
        SHA-256 of the pictures, as they were sent.
    forgotten_at
        When words, contact and pictures were deleted.
    """

    number: str
    told: Told
    at: datetime
    secret_sha256: str
    photos: tuple[str, ...] = ()
    forgotten_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """One step: what it became, when, by whom, why; ``answer`` is for the reporter to read and may be empty."""

    status: Status
    at: datetime
    author: str
    reason: str
    answer: str = ""


@dataclass(frozen=True)
class Forwarding:
    """To which outside body it went, under which reference there."""

    body: str
    reference: str
    at: datetime


@dataclass(frozen=True)
class Order:
    """The visit that it became.

    Attributes
    ----------
    visit_id
        Of the visit of its own; where the work was due anyway, that visit is hurried and does it.
    done_by, done_on
        The visit that did it, and its day.
    """

    visit_id: str
    plot: str
    work: str
    latest_on: date
    at: datetime
    waste_key: str = ""
    done_by: str = ""
    done_on: date | None = None


@dataclass(frozen=True)
class Concern:
    """A concern.

    Attributes
    ----------
    number
        ``"A-2026-0042"``.
    kind, lon, lat
        As checked by a moderator; at first as reported.
    plot, quarter
        Code of the plot and key of the quarter that it lies in or beside; may be empty.
    reports
        The oldest first; empty when it was merged into another one, which then has them.
    public_text
        What a moderator wrote for the public; ``public_photos`` those pictures that show no faces or plates.
    published_at
        Since when everybody may see it; None: nobody may.
    merged_into
        Number of the concern that it is the same as.
    """

    number: str
    kind: str
    lon: float
    lat: float
    reports: tuple[Report, ...] = ()
    steps: tuple[Step, ...] = ()
    plot: str = ""
    quarter: str = ""
    public_text: str = ""
    public_photos: tuple[str, ...] = ()
    published_at: datetime | None = None
    forwardings: tuple[Forwarding, ...] = ()
    orders: tuple[Order, ...] = ()
    merged_into: str = ""
    merged_at: datetime | None = None

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.steps[-1].status

    @property
    def reported_at(self) -> datetime:
        """When it was first reported."""
        return self.steps[0].at

    @property
    def changed_at(self) -> datetime:
        """When it last made a step or was merged."""
        return max(self.steps[-1].at, self.merged_at or self.steps[-1].at)

    @property
    def first_answer_at(self) -> datetime | None:
        """When somebody first did something about it; None: nobody has."""
        return self.steps[1].at if len(self.steps) > 1 else self.merged_at

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed or merged; None while it is open."""
        return self.steps[-1].at if self.status.is_closed else self.merged_at

    @property
    def is_open(self) -> bool:
        """Whether something is still to happen."""
        return self.closed_at is None

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it; one that was merged is told of by the other."""
        return self.published_at is not None and not self.merged_into

    @property
    def photos(self) -> tuple[str, ...]:
        """Return the SHA-256 of all pictures, each once, in the order in which they came."""
        return tuple(dict.fromkeys(sha256 for one in self.reports for sha256 in one.photos))


def concern_number(year: int, count: int) -> str:
    """Return the number of the ``count``-th concern of a year.

    Examples
    --------
    >>> concern_number(2026, 42)
    'A-2026-0042'
    """
    return f"A-{year}-{count:04d}"


def check_told(told: Told) -> None:
    """Refuse a report that nobody can work with.

    Raises
    ------
    InputError
        When its kind is unknown, its place is no place on earth, words or contact are too long, or neither words nor
        a kind that speaks for itself say what it is about.
    """
    kind = concern_kind(told.kind)
    if not (math.isfinite(told.lon) and math.isfinite(told.lat) and abs(told.lon) <= 180 and abs(told.lat) <= 90):
        raise InputError("the place is no place on earth", remedy="tap the place on the map", code="bad_place")
    if len(told.words) > MAX_WORDS:
        raise InputError(f"the words are longer than {MAX_WORDS} characters", remedy="say it shorter")
    if any(len(one) > MAX_LINE for one in (told.place, told.name, told.mail, told.phone)):
        raise InputError(f"place, name or contact is longer than {MAX_LINE} characters", remedy="say it shorter")
    if told.mail and ("@" not in told.mail.strip("@") or " " in told.mail):
        raise InputError("this is no mail address", remedy="mend it or leave it empty", code="bad_mail")
    if not told.words.strip() and (kind.stance != "complaint" or kind.code == "other"):
        raise InputError("it does not say what it is about", remedy="say it in a few words", code="no_words")


def stepped(concern: Concern, step: Step) -> Concern:
    """Return a concern after a step.

    Raises
    ------
    InputError
        When the step has no reason.
    RuleBroken
        When the step may not follow, or the concern was merged into another one.
    """
    require_unmerged(concern)
    if not step.reason.strip():
        raise InputError(f"{concern.number}: a step without a reason", remedy="say why")
    if step.status not in NEXT[concern.status]:
        raise RuleBroken(
            f"{concern.number} is {concern.status}: it cannot become {step.status}",
            remedy=f"it can become {', '.join(sorted(NEXT[concern.status]))}",
            rule="concern_steps",
            concern=concern.number,
        )
    return replace(concern, steps=(*concern.steps, step))


def merged(kept: Concern, twin: Concern, at: datetime) -> tuple[Concern, Concern]:
    """Return two concerns about the same thing as one with the reports of both, and the empty one that leads there.

    Raises
    ------
    InputError
        When both are one.
    RuleBroken
        When one of them was merged already, or work was ordered for the one that would go.
    """
    if kept.number == twin.number:
        raise InputError(f"{kept.number} cannot be merged with itself", remedy="name two concerns")
    require_unmerged(kept)
    require_unmerged(twin)
    if twin.status is Status.ORDERED:
        raise RuleBroken(
            f"work is ordered for {twin.number}",
            remedy=f"merge {kept.number} into {twin.number} instead",
            rule="concern_ordered",
            concern=twin.number,
        )
    reports = sorted((*kept.reports, *twin.reports), key=lambda one: (one.at, one.number))
    whole = replace(kept, reports=tuple(reports), forwardings=(*kept.forwardings, *twin.forwardings))
    return whole, replace(twin, reports=(), merged_into=kept.number, merged_at=at)


def require_unmerged(concern: Concern) -> None:
    """Refuse to work on a concern that was merged into another one.

    Raises
    ------
    RuleBroken
        With the number of the other one.
    """
    if concern.merged_into:
        raise RuleBroken(
            f"{concern.number} was merged into {concern.merged_into}",
            remedy=f"go on with {concern.merged_into}",
            rule="concern_merged",
            concern=concern.merged_into,
        )


def published(concern: Concern, text: str, photos: tuple[str, ...], at: datetime) -> Concern:
    """Return a concern that everybody may see: with a moderator's text and the pictures that were looked at.

    Raises
    ------
    InputError
        When the text is too long, or a picture is none of the concern.
    RuleBroken
        When nobody has checked it yet, or it was merged into another one.
    """
    require_unmerged(concern)
    if concern.status is Status.NEW:
        raise RuleBroken(
            f"{concern.number} was not checked yet", remedy="check it first", rule="unchecked", concern=concern.number
        )
    if len(text) > MAX_WORDS:
        raise InputError(f"the text is longer than {MAX_WORDS} characters", remedy="say it shorter")
    if set(photos) - set(concern.photos):
        raise InputError(f"{concern.number} has no such picture", remedy="choose among its own")
    return replace(concern, public_text=text.strip(), public_photos=photos, published_at=concern.published_at or at)


def withdrawn(concern: Concern) -> Concern:
    """Return a concern that nobody else may see any more."""
    return replace(concern, public_photos=(), published_at=None)


def forgotten(concern: Concern, at: datetime) -> Concern:
    """Return a concern without its reporters' words, contact and unpublished pictures; the status links stay good."""
    reports = tuple(
        one
        if one.forgotten_at
        else replace(
            one,
            told=replace(one.told, words="", place="", name="", mail="", phone=""),
            photos=tuple(sha256 for sha256 in one.photos if sha256 in concern.public_photos),
            forgotten_at=at,
        )
        for one in concern.reports
    )
    return replace(concern, reports=reports)
