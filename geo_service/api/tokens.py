"""Floor 8: keys to the desk: made here, shown once, kept only as SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from geo_service.base.errors import NotAllowed
from geo_service.store.model import Token
from geo_service.store.protocol import Store

SESSION = timedelta(hours=12)
"""How long a browser stays signed in."""

_REMEDY = "ask for a new sign-in link with `geo-service serve`"


def mint(role: str, label: str, at: datetime, lifetime: timedelta, *, once: bool = False) -> tuple[str, Token]:
    """Make a token.

    Parameters
    ----------
    role
        What it opens, see `geo_service.api.access`.
    label
        Whom it was made for; the author of what is done with it.
    at, lifetime
        When it was made (aware, UTC) and how long it is valid.
    once
        True for a sign-in link, which opens a session once and nothing else.

    Returns
    -------
    tuple
        The secret (256 random bits), to be shown once, and the token to keep with `Store.put_token`.

    Examples
    --------
    >>> from datetime import UTC
    >>> secret, token = mint("planner", "Desk", datetime(2026, 11, 23, tzinfo=UTC), SESSION)
    >>> token.sha256 == fingerprint(secret), token.expires_at.isoformat()
    (True, '2026-11-23T12:00:00+00:00')
    """
    secret = secrets.token_urlsafe(32)
    token = Token(
        token_id=uuid4().hex,
        sha256=fingerprint(secret),
        role=role,
        label=label,
        made_at=at,
        expires_at=at + lifetime,
        once=once,
    )
    return secret, token


def fingerprint(secret: str) -> str:
    """Return the SHA-256 of a secret in hexadecimal, by which the store finds its token."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def valid_token(store: Store, secret: str, at: datetime) -> Token | None:
    """Return the token of a secret when it opens something at ``at``: known, not expired, not revoked, no link."""
    token = store.token(fingerprint(secret))
    return token if token is not None and not token.once and _lives(token, at) else None


def open_session(store: Store, secret: str, at: datetime) -> tuple[str, Token]:
    """Change the secret of a sign-in link, once, for a session of twelve hours.

    Raises
    ------
    NotAllowed
        When the link is unknown, expired, revoked or was used before.
    """
    link = store.token(fingerprint(secret))
    if link is None or not link.once or not _lives(link, at):
        raise NotAllowed("this sign-in link is not valid", remedy=_REMEDY, code="link_invalid", signed_in=False)
    if not store.use_token_once(link.token_id, at):
        raise NotAllowed("this sign-in link was used before", remedy=_REMEDY, code="link_used", signed_in=False)
    session_secret, session = mint(link.role, link.label, at, SESSION)
    store.put_token(session)
    return session_secret, session


def _lives(token: Token, at: datetime) -> bool:
    return token.revoked_at is None and at < token.expires_at
