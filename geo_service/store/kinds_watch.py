"""Floor 5: how frozen reports and moderators' comments on the quarter watch are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from geo_service.store.records import RecordKind


@dataclass(frozen=True)
class FrozenReport:
    """A report as it was given out: the facts that it rests on, never changed.

    Attributes
    ----------
    number
        ``"R-2026-Q3-1"``: the first report about the period.
    period
        ``"2026-Q3"`` or ``"2026"``.
    facts
        All facts as canonical JSON; ``digest`` is their SHA-256.
    """

    number: str
    period: str
    facts: str
    digest: str
    author: str
    at: datetime
    note: str = ""


@dataclass(frozen=True)
class WatchComment:
    """What a moderator says to a strength or a problem; ``key`` names the finding."""

    key: str
    text: str
    author: str
    at: datetime


FROZEN_REPORT = RecordKind("report", FrozenReport, lambda one: one.number, lambda one: [("period", one.period)])
WATCH_COMMENT = RecordKind("watch_comment", WatchComment, lambda one: one.key)
