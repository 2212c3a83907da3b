"""Floor 8: who asks: found from a Bearer token, a Basic password or the browser's session cookie."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from geo_service.api.desk import Desk
from geo_service.api.tokens import valid_token
from geo_service.base.errors import NotAllowed

ANONYMOUS = "anonymous"
VIEWER = "viewer"
PLANNER = "planner"

SESSION_COOKIE = "desk_session"


@dataclass(frozen=True)
class Identity:
    """Who asks.

    Attributes
    ----------
    role
        `ANONYMOUS`, `VIEWER` or `PLANNER`.
    label
        Whom the token was made for; author of what is changed.
    by_cookie
        True when a browser sent the session cookie by itself, so that another site may have caused the request.
    """

    role: str = ANONYMOUS
    label: str = ""
    by_cookie: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether a valid token was shown."""
        return self.role != ANONYMOUS


def shows_token(request: Request) -> bool:
    """Whether the request carries anything that `find_identity` would look at."""
    return "authorization" in request.headers or SESSION_COOKIE in request.cookies


def find_identity(desk: Desk, request: Request) -> Identity:
    """Find out who asks; reads the store, so call it in a worker thread.

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
        return Identity(token.role, token.label)
    cookie = request.cookies.get(SESSION_COOKIE)
    token = None if cookie is None else valid_token(desk.store, cookie, desk.clock())
    return Identity() if token is None else Identity(token.role, token.label, by_cookie=True)


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
