"""Floor 8: signing a browser in by a one-time link, and out."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse

from geo_service.api.desk import DeskHere
from geo_service.api.errors import problems
from geo_service.api.identity import SESSION_COOKIE
from geo_service.api.tokens import SESSION, open_session, valid_token

router = APIRouter(tags=["Access"])

_log = logging.getLogger(__name__)


@router.get(
    "/sign-in",
    status_code=303,
    response_class=RedirectResponse,
    summary="Sign a browser in",
    description="Opens a session of twelve hours from a one-time link, sets an HttpOnly cookie and leads to the map.",
    response_description="The session is open; on to /map",
    responses=problems(400, 401),
)
def sign_in(
    desk: DeskHere, token: Annotated[str, Query(min_length=1, max_length=200, description="From the link.")]
) -> RedirectResponse:
    """Change a one-time link for a session."""
    secret, session = open_session(desk.store, token, desk.clock())
    _log.info("signed in: session %s, role %s", session.token_id, session.role)
    response = RedirectResponse("/map", status_code=303, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int(SESSION.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=desk.base_url.startswith("https:"),
    )
    return response


@router.post(
    "/sign-out",
    status_code=303,
    response_class=RedirectResponse,
    summary="Sign a browser out",
    description="Revokes the session of the cookie, if any, and leads to the map.",
    response_description="No session any more; on to /map",
    responses=problems(403),
)
def sign_out(desk: DeskHere, request: Request) -> RedirectResponse:
    """End the session of the cookie."""
    now = desk.clock()
    session = valid_token(desk.store, request.cookies.get(SESSION_COOKIE, ""), now)
    if session is not None:
        desk.store.put_token(replace(session, revoked_at=now))
        _log.info("signed out: session %s", session.token_id)
    response = RedirectResponse("/map", status_code=303, headers={"Cache-Control": "no-store"})
    response.delete_cookie(SESSION_COOKIE)
    return response
