"""Floor 8: keys to the desk: made here, shown once, kept only as SHA-256.

A session that was opened by a link has an id that begins with the link's: what revokes the link revokes the session.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from geo_service.api.roles import CREW, GIVEN
from geo_service.base.errors import InputError, NotAllowed, NotFound
from geo_service.store.model import Token
from geo_service.store.protocol import Store

SESSION = timedelta(hours=12)
"""How long a browser stays signed in."""

CREW_SESSION = timedelta(days=90)
"""How long a crew's phone stays signed in after it was last used: through a winter's pause, not for ever."""

CREW_SESSION_AT_MOST = timedelta(days=366)
"""After this a phone is enrolled anew, however much it is used."""

PROLONGED_EVERY = timedelta(days=1)
"""A session in use is prolonged at most this often, so that reading does not write each time."""

ENROLMENT = timedelta(hours=24)
"""How long the code that enrols a phone is good."""

_REMEDY = "die Planung gibt einen neuen aus · ask the planners for a new one (`geo-service access enrol`, or `serve`)"


def mint(
    role: str,
    label: str,
    at: datetime,
    lifetime: timedelta,
    *,
    once: bool = False,
    crew: str = "",
    subject: str = "",
    opened_by: str = "",
) -> tuple[str, Token]:
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
    crew
        Code of the crew, for the role crew and no other.
    subject
        Whom an identity provider vouched for.
    opened_by
        Id of the link that opened it, for a session.

    Returns
    -------
    tuple
        The secret (256 random bits), to be shown once, and the token to keep with `Store.put_token`.

    Raises
    ------
    InputError
        For a role that no key can have, a crew's key without a crew, or another one with a crew.

    Examples
    --------
    >>> from datetime import UTC
    >>> secret, token = mint("planner", "Desk", datetime(2026, 11, 23, tzinfo=UTC), SESSION)
    >>> token.sha256 == fingerprint(secret), token.expires_at.isoformat()
    (True, '2026-11-23T12:00:00+00:00')
    """
    if role not in GIVEN:
        raise InputError(f"no key can have the role {role!r}", remedy=f"choose from: {', '.join(GIVEN)}")
    if (role == CREW) != bool(crew):
        raise InputError("a crew's key names its crew, and no other key does", remedy="give role and crew together")
    secret = secrets.token_urlsafe(32)
    own_id = uuid4().hex
    token = Token(
        token_id=f"{opened_by}.{own_id[:8]}" if opened_by else own_id,
        sha256=fingerprint(secret),
        role=role,
        label=label,
        made_at=at,
        expires_at=at + lifetime,
        once=once,
        crew=crew,
        subject=subject,
    )
    return secret, token


def fingerprint(secret: str) -> str:
    """Return the SHA-256 of a secret in hexadecimal, by which the store finds its token."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def valid_token(store: Store, secret: str, at: datetime) -> Token | None:
    """Return the token of a secret when it opens something at ``at``: known, not expired, not revoked, no link."""
    token = store.token(fingerprint(secret))
    return token if token is not None and not token.once and _lives(token, at) else None


def session_lifetime(role: str) -> timedelta:
    """Return how long a session lasts: a crew's phone is prolonged while it is used, see `prolong`."""
    return CREW_SESSION if role == CREW else SESSION


def open_session(store: Store, secret: str, at: datetime) -> tuple[str, Token]:
    """Change the secret of a sign-in link, once, for a session.

    Raises
    ------
    NotAllowed
        When the link is unknown, expired, revoked or was used before.
    """
    link = store.token(fingerprint(secret))
    if link is None or not link.once or not _lives(link, at):
        raise NotAllowed(
            "dieser Anmeldelink gilt nicht · this sign-in link is not valid",
            remedy=_REMEDY,
            code="link_invalid",
            signed_in=False,
        )
    if not store.use_token_once(link.token_id, at):
        raise NotAllowed(
            "dieser Anmeldelink wurde schon benutzt · this sign-in link was used before",
            remedy=_REMEDY,
            code="link_used",
            signed_in=False,
        )
    session_secret, session = mint(
        link.role, link.label, at, session_lifetime(link.role), crew=link.crew, opened_by=link.token_id
    )
    store.put_token(session)
    kept = store.token(link.sha256)
    if kept is None or kept.revoked_at is not None:  # revoked while the session was opened
        store.revoke_token(session.token_id, at)
        raise NotAllowed(
            "dieser Anmeldelink gilt nicht · this sign-in link is not valid",
            remedy=_REMEDY,
            code="link_invalid",
            signed_in=False,
        )
    return session_secret, session


def sign_in_link(base_url: str, secret: str) -> str:
    """Return the address that signs a browser in.

    Examples
    --------
    >>> sign_in_link("https://desk.example/", "abc")
    'https://desk.example/sign-in?token=abc'
    """
    return f"{base_url.rstrip('/')}/sign-in?token={secret}"


def require_crew(store: Store, crew: str) -> None:
    """Raise unless there is a crew of that code.

    Raises
    ------
    NotFound
        With the codes that there are.
    """
    codes = [one.code for one in store.crews()]
    if crew not in codes:
        raise NotFound(f"there is no crew {crew}", remedy=f"choose from: {', '.join(codes)}", crew=crew)


def enrol(store: Store, crew: str, label: str, at: datetime, lifetime: timedelta = ENROLMENT) -> tuple[str, Token]:
    """Make a link that signs one phone of a crew in, once, and keep it.

    Raises
    ------
    NotFound
        When there is no such crew.
    """
    require_crew(store, crew)
    secret, token = mint(CREW, label or f"phone of {crew}", at, lifetime, once=True, crew=crew)
    store.put_token(token)
    return secret, token


def is_session(token: Token) -> bool:
    """Whether a token is the session of a browser."""
    return "." in token.token_id or bool(token.subject)


def state_of(token: Token, at: datetime) -> str:
    """Return whether a token is ``valid``, or was ``revoked``, ``used`` as a link or ``expired``."""
    if token.revoked_at is not None:
        return "revoked"
    if token.used_at is not None:
        return "used"
    return "valid" if at < token.expires_at else "expired"


def prolong(store: Store, session: Token, at: datetime) -> Token | None:
    """Prolong the session of a crew's phone that is in use.

    Returns
    -------
    Token or None
        The session with its new end, None when it stays as it is.
    """
    if session.role != CREW:
        return None
    ends = min(at + CREW_SESSION, session.made_at + CREW_SESSION_AT_MOST)
    if ends - session.expires_at < PROLONGED_EVERY or not store.prolong_token(session.token_id, ends):
        return None
    return replace(session, expires_at=ends)


def _lives(token: Token, at: datetime) -> bool:
    return token.revoked_at is None and at < token.expires_at
