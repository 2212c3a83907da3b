"""Floor 8: what the pages of the neighbourhood ask of the rest of the house; `geo_service.main` puts it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from fastapi import Request

from geo_service.base.clock import BERLIN, Clock
from geo_service.store.photo_folder import PhotoPlace
from geo_service.store.protocol import Store


@dataclass(frozen=True)
class Who:
    """Who looks at a page or sends a form; ``role`` is empty when not signed in, ``name`` is for the ledger."""

    role: str = ""
    name: str = ""

    def is_one_of(self, roles: frozenset[str]) -> bool:
        """Whether the person has one of some roles."""
        return self.role in roles


MODERATORS = frozenset({"moderator", "planner", "admin"})
CONFIDANTS = frozenset({"moderator", "admin"})
"""Who reads what was said in confidence: contacts and mediations."""
PLANNERS = frozenset({"planner", "admin"})
STAFF = frozenset({"viewer", "moderator", "planner", "admin"})
READERS = STAFF | {"analyst"}


@dataclass(frozen=True)
class PageDesk:
    """Everything the pages work with.

    Attributes
    ----------
    clock
        Aware time in UTC.
    who_of
        Tells who asks.
    photos
        Where the files of photos lie, None: photos are not taken.
    base_url
        Where the desk is reached, without a slash at the end.
    own_text
        Returns what whoever runs the desk wrote for ``"imprint"`` or ``"accessibility"``; empty: nothing yet.
    """

    store: Store
    clock: Clock
    who_of: Callable[[Request], Who]
    photos: PhotoPlace | None
    base_url: str
    own_text: Callable[[str], str] = lambda name: ""

    def today(self) -> date:
        """Return the local date."""
        return self.clock().astimezone(BERLIN).date()
