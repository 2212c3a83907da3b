"""Floor 1: mediations: conflicts on a concern or a plot that a moderator helps to settle. They are confidential."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geo_service.base.errors import InputError


class Outcome(StrEnum):
    """How a mediation stands."""

    OPEN = "open"
    AGREED = "agreed"
    ENDED = "ended"


@dataclass(frozen=True)
class Party:
    """Who takes part, how they are reached, and what they want."""

    name: str
    position: str = ""
    reached: str = ""


@dataclass(frozen=True)
class Meeting:
    """A meeting: when, who came, what was said."""

    on: date
    present: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Mediation:
    """A conflict and the way to its end.

    Attributes
    ----------
    concern, plot
        Number of the concern or code of the plot that it is about; one of them at least.
    meetings
        In order of day.
    agreement, ended_on
        What was agreed, or why it ended without; and when.
    follow_up_on
        When to look whether it holds, or how it goes on.
    """

    mediation_id: str
    topic: str
    concern: str = ""
    plot: str = ""
    outcome: Outcome = Outcome.OPEN
    parties: tuple[Party, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    agreement: str = ""
    ended_on: date | None = None
    follow_up_on: date | None = None


def check_mediation(mediation: Mediation) -> None:
    """Refuse a mediation that contradicts itself.

    Raises
    ------
    InputError
        When it has no topic or is about nothing, a party has no name, the meetings are not in order of day, or what
        was agreed and how it stands do not fit.
    """
    if not mediation.topic.strip():
        raise InputError("the mediation has no topic", remedy="say in a few words what the conflict is about")
    if not (mediation.concern or mediation.plot):
        raise InputError("the mediation is about nothing", remedy="name a concern or a plot")
    if any(not one.name.strip() for one in mediation.parties):
        raise InputError("a party has no name", remedy="write who takes part, a role is enough")
    days = [one.on for one in mediation.meetings]
    if days != sorted(days):
        raise InputError("the meetings are not in order", remedy="put the earlier meeting first")
    if mediation.outcome is Outcome.OPEN:
        if mediation.ended_on is not None:
            raise InputError("an open mediation has an end", remedy="say how it ended, or leave the day out")
        return
    if mediation.ended_on is None or not mediation.agreement.strip():
        raise InputError(
            "the end of the mediation is not told", remedy="write what was agreed, or why it ended without, and when"
        )
    if mediation.outcome is Outcome.AGREED and len(mediation.parties) < 2:
        raise InputError("an agreement needs two parties", remedy="add who agreed")


def to_follow_up(mediations: Iterable[Mediation], today: date) -> list[Mediation]:
    """Return the mediations whose day to follow up has come, the one that waits longest first."""
    due = [(one.follow_up_on, one.mediation_id, one) for one in mediations if one.follow_up_on is not None]
    return [one for on, _, one in sorted(due, key=lambda found: found[:2]) if on <= today]
