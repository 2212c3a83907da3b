"""Floor 8: signing a browser in by a one-time link or with an identity provider, and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse

from geo_service.api.access import set_session_cookie
from geo_service.api.audit import audit
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.identity import session_cookie
from geo_service.api.oidc import BEGUN_FOR, SignInService
from geo_service.api.roles import CREW
from geo_service.api.tokens import SESSION, mint, open_session, valid_token
from geo_service.base.errors import InputError, NotFound
from geo_service.store.model import Token

router = APIRouter(tags=["Access"])

BEGUN_COOKIE = "desk_begun"
CALLBACK = "/sign-in/oidc/callback"
NO_STORE = {"Cache-Control": "no-store"}

Text = Annotated[str, Query(max_length=4000, description="From the identity provider.")]


@router.get(
    "/sign-in",
    status_code=303,
    response_class=RedirectResponse,
    summary="Sign a browser in",
    description="Opens a session from a one-time link, sets an HttpOnly cookie and leads on: to the map, or to the "
    "crew's app. A session lasts twelve hours; that of a crew's phone 90 days after it was last used. Without a "
    "link it leads to the identity provider, where one is set up.",
    response_description="The session is open; on to /map or /crew",
    responses=problems(400, 401, 429),
)
def sign_in(
    desk: DeskHere,
    request: Request,
    token: Annotated[str, Query(max_length=200, description="From the link.")] = "",
) -> RedirectResponse:
    """Change a one-time link for a session."""
    if not token:
        if desk.sign_in_service is not None:
            return RedirectResponse("/sign-in/oidc", status_code=303, headers=NO_STORE)
        raise InputError("the address holds no key", remedy="open the whole link that `geo-service serve` printed")
    secret, session = open_session(desk.store, token, desk.clock())
    return _signed_in(desk, request, secret, session)


@router.get(
    "/sign-in/oidc",
    status_code=303,
    response_class=RedirectResponse,
    summary="Sign a browser in with the identity provider",
    description="Leads to the identity provider of the city, where one is set up.",
    response_description="On to the identity provider",
    responses=problems(404, 409, 429),
)
def sign_in_there(desk: DeskHere) -> RedirectResponse:
    """Begin to sign in with the identity provider."""
    begun = _service(desk).begin(desk.base_url + CALLBACK, desk.clock())
    response = RedirectResponse(begun.url, status_code=303, headers=NO_STORE)
    response.set_cookie(
        BEGUN_COOKIE,
        begun.browser,
        max_age=int(BEGUN_FOR.total_seconds()),
        path=CALLBACK,
        httponly=True,
        samesite="lax",
        secure=desk.base_url.startswith("https:"),
    )
    return response


@router.get(
    CALLBACK,
    status_code=303,
    response_class=RedirectResponse,
    summary="Come back from the identity provider",
    description="Changes the provider's code for a session of twelve hours. Who has no role here is told so.",
    response_description="The session is open; on to /map or /crew",
    responses=problems(400, 401, 403, 404, 409, 429),
)
def come_back(
    desk: DeskHere,
    request: Request,
    state: Text = "",
    code: Text = "",
    iss: Text = "",
    error: Text = "",
) -> RedirectResponse:
    """End a sign-in with the identity provider."""
    service, now = _service(desk), desk.clock()
    sent = {"state": state, "code": code, "iss": iss, "error": error}
    answer = {name: value for name, value in sent.items() if value}
    person = service.finish(answer, request.cookies.get(BEGUN_COOKIE, ""), desk.base_url + CALLBACK, now)
    secret, session = mint(person.role, person.label, now, SESSION, crew=person.crew, subject=person.subject)
    desk.store.put_token(session)
    response = _signed_in(desk, request, secret, session)
    response.delete_cookie(BEGUN_COOKIE, path=CALLBACK)
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
    now, name = desk.clock(), session_cookie(desk.base_url)
    session = valid_token(desk.store, request.cookies.get(name, ""), now)
    if session is not None:
        desk.store.revoke_token(session.token_id, now)
        audit("signed_out", now, request, token=session.token_id, role=session.role)
    response = RedirectResponse("/map", status_code=303, headers=NO_STORE)
    response.delete_cookie(name, secure=desk.base_url.startswith("https:"), httponly=True, samesite="lax")
    return response


def _signed_in(desk: Desk, request: Request, secret: str, session: Token) -> RedirectResponse:
    """Hand the session to the browser and lead on; the session that the browser had before ends."""
    now, name = desk.clock(), session_cookie(desk.base_url)
    before = valid_token(desk.store, request.cookies.get(name, ""), now)
    if before is not None:
        desk.store.revoke_token(before.token_id, now)
    audit("signed_in", now, request, token=session.token_id, role=session.role)
    onward = "/crew" if session.role == CREW else "/map"
    response = RedirectResponse(onward, status_code=303, headers=NO_STORE)
    set_session_cookie(response, desk, secret, session.expires_at)
    return response


def _service(desk: Desk) -> SignInService:
    if desk.sign_in_service is None:
        raise NotFound("no sign-in service is set up here", remedy="sign in by a link that `geo-service serve` prints")
    return desk.sign_in_service
