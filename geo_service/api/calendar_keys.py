"""Floor 8: keys of calendars: a secret in the address that opens the feed of one crew and nothing else.

A calendar that subscribes sends no headers, so the address itself is the key. Its token has a kind of its own, which no
row of `geo_service.api.access.ACCESS` names: sent as Bearer, as password or as a cookie it opens nothing. It expires
and is listed and revoked like any other.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from geo_service.api.tokens import fingerprint, require_crew, valid_token
from geo_service.store.model import Token
from geo_service.store.protocol import Store

CALENDAR = "calendar"
"""What stands as role in the token of a calendar."""

LIFETIME = timedelta(days=366)


def open_calendar(store: Store, crew: str, label: str, at: datetime, lifetime: timedelta = LIFETIME) -> str:
    """Make the key of a crew's calendar, keep its hash, and return the secret (256 random bits), to be shown once.

    Raises
    ------
    NotFound
        When there is no such crew.
    """
    require_crew(store, crew)
    secret = secrets.token_urlsafe(32)
    store.put_token(
        Token(
            token_id=uuid4().hex,
            sha256=fingerprint(secret),
            role=CALENDAR,
            label=label or f"calendar of {crew}",
            made_at=at,
            expires_at=at + lifetime,
            crew=crew,
        )
    )
    return secret


def crew_of_calendar(store: Store, secret: str, at: datetime) -> str | None:
    """Return whose calendar a secret opens at ``at``; None for a key of another kind, expired, revoked or unknown."""
    token = valid_token(store, secret, at)
    return token.crew if token is not None and token.role == CALENDAR else None


def calendar_address(base_url: str, secret: str) -> str:
    """Return the address that a calendar subscribes to.

    Examples
    --------
    >>> calendar_address("https://desk.example/", "abc")
    'https://desk.example/calendars/abc.ics'
    """
    return f"{base_url.rstrip('/')}/calendars/{secret}.ics"
