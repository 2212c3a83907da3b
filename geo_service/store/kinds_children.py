"""Floor 5: how children's groups, places, ideas and news sheets are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from geo_service.neighbourhood.children import ChildGroup, ChildPlace, ChildSpot
from geo_service.neighbourhood.courtyard_ideas import CourtyardIdea
from geo_service.store.records import Link, RecordKind


@dataclass(frozen=True)
class SetAside:
    """What came under an id that was taken by other contents: kept, never shown; ``body`` is the text as sent."""

    aside_id: str
    about: str
    body: str
    received_at: datetime


@dataclass(frozen=True)
class NewsSheet:
    """An issue of the children's news sheet: it tells what happened after ``since_on`` until ``issued_on``."""

    number: int
    since_on: date
    issued_on: date

    @property
    def sheet_id(self) -> str:
        """Return its number as an id that sorts."""
        return f"{self.number:05d}"


def _links(record: ChildPlace | CourtyardIdea) -> Iterable[Link]:
    yield "review", str(record.review)
    if record.group:
        yield "group", record.group


CHILD_GROUP = RecordKind("child_group", ChildGroup, lambda one: one.code)
CHILD_PLACE = RecordKind("child_place", ChildPlace, lambda one: one.place_id, _links)
COURTYARD_IDEA = RecordKind("courtyard_idea", CourtyardIdea, lambda one: one.idea_id, _links)
CHILD_ASIDE = RecordKind("child_aside", SetAside, lambda one: one.aside_id)
NEWS_SHEET = RecordKind("news_sheet", NewsSheet, lambda one: one.sheet_id)
CHILD_SPOT = RecordKind("child_spot", ChildSpot, lambda one: one.spot_id)
