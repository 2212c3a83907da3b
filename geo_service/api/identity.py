"""Floor 8: who asks: found from a Bearer token, a Basic password or the browser's session cookie."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast

from anyio.to_thread import run_sync
from fastapi import Depends, Request

from geo_service.api.desk import Desk
from geo_service.api.roles import ANONYMOUS, CREW
from geo_service.api.tokens import prolong, valid_token
from geo_service.base.errors import NotAllowed
from geo_service.store.model import Token

SESSION_COOKIE = "desk_session"


@dataclass(frozen=True)
class Identity:
    """Who asks.

    Attributes
    ----------
    role
        One of `geo_service.api.roles.ROLES`.
    label
        Whom the token was made for; author of what is changed.
    by_cookie
        True when a browser sent the session cookie by itself, so that another site may have caused the request.
    crew
        Code of the crew whose days it may see and report on; empty for all other roles.
    token_id
        Of the token shown; empty without one.
    expires_at
        When the token ends, aware, UTC.
    ended
        True when a session cookie was sent that opens nothing any more.
    prolonged
        True when the session was prolonged by this request: the browser must be told.
    """

    role: str = ANONYMOUS
    label: str = ""
    by_cookie: bool = False
    crew: str = ""
    token_id: str = ""
    expires_at: datetime | None = None
    ended: bool = False
    prolonged: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether a valid token was shown."""
        return self.role != ANONYMOUS


def session_cookie(base_url: str) -> str:
    """Return the name of the session cookie; with TLS browsers hold the prefix against its attributes.

    Examples
    --------
    >>> session_cookie("https://desk.example"), session_cookie("http://127.0.0.1:8000")
    ('__Host-desk_session', 'desk_session')
    """
    return f"__Host-{SESSION_COOKIE}" if base_url.startswith("https:") else SESSION_COOKIE


def shows_token(desk: Desk, request: Request) -> bool:
    """Whether the request carries anything that `find_identity` would look at."""
    return "authorization" in request.headers or session_cookie(desk.base_url) in request.cookies


async def find_identity(desk: Desk, request: Request) -> Identity:
    """Find out who asks.

    A token is looked up here and now: that takes 15 microseconds, handing it to a thread four times as long. Only
    where something may be written, because the session of a crew's phone is prolonged, is it done in a thread.

    A token that is wrong, expired or revoked is refused when it was sent on purpose. An old cookie is sent by
    itself and leaves the browser anonymous.

    Raises
    ------
    NotAllowed
        When a token was sent as Bearer or as Basic password and opens nothing.
    """
    header = request.headers.get("authorization")
    if header is not None:
        secret = _secret_of(header)
        token = None if secret is None else valid_token(desk.store, secret, desk.clock())
        if token is None:
            raise NotAllowed(
                "this token is not valid: unknown, expired or revoked",
                remedy="make a key with `geo-service access add` and send it as Bearer or as Basic password",
                code="token_invalid",
                signed_in=False,
            )
        return _identity(token)
    cookie = request.cookies.get(session_cookie(desk.base_url))
    now = desk.clock()
    token = None if cookie is None else valid_token(desk.store, cookie, now)
    if token is None:
        return Identity(ended=cookie is not None)
    longer = await run_sync(prolong, desk.store, token, now) if token.role == CREW else None
    return _identity(longer or token, by_cookie=True, prolonged=longer is not None)


def _identity(token: Token, *, by_cookie: bool = False, prolonged: bool = False) -> Identity:
    crew = token.crew if token.role == CREW else ""
    return Identity(
        role=token.role,
        label=token.label,
        by_cookie=by_cookie,
        crew=crew,
        token_id=token.token_id,
        expires_at=token.expires_at,
        prolonged=prolonged,
    )


def _secret_of(header: str) -> str | None:
    """Return the token in an ``Authorization`` header.

    Examples
    --------
    >>> _secret_of("Bearer abc"), _secret_of("Basic Z2RhbDphYmM="), _secret_of("Basic !")
    ('abc', 'abc', None)
    """
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            _, colon, password = base64.b64decode(rest.strip(), validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        return password if colon else None
    return None


async def identity_of(request: Request) -> Identity:
    """Return who asks, as `geo_service.api.access.AccessControl` found out for this request."""
    return identify(request)


def identify(request: Request) -> Identity:
    """Return who asks; for pages that are mounted beside the API."""
    return cast(Identity, getattr(request.state, "identity", Identity()))


IdentityHere = Annotated[Identity, Depends(identity_of)]
"""A parameter of an endpoint that receives who asks."""
