"""Floor 8: errors on the wire: ONE table from error class to HTTP status, told as RFC 9457 problem+json.

A browser that asks for a page gets the same words as a page.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import orjson
from fastapi import FastAPI, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo_service.api.page import message_page, wants_page
from geo_service.base.errors import (
    Cancelled,
    CheckFailed,
    Conflict,
    GeoServiceError,
    InputError,
    NotAllowed,
    NotFound,
    NotReady,
    PictureRefused,
    RuleBroken,
    SchemaTooNew,
    StoreBusy,
    StoreError,
    StoreFull,
    TooManyRequests,
)
from geo_service.outputs.plain import plain, plain_values

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class VersionMissing(InputError):
    """A change does not name the version that it rests on."""


class VersionPassed(Conflict):
    """Somebody changed what a change rests on."""


STATUS: tuple[tuple[type[GeoServiceError], int], ...] = (
    (VersionMissing, 428),
    (VersionPassed, 412),
    (RuleBroken, 422),
    (PictureRefused, 422),
    (InputError, 400),
    (NotFound, 404),
    (NotAllowed, 403),  # 401 when nobody is signed in
    (TooManyRequests, 429),
    (Conflict, 409),
    (NotReady, 409),
    (Cancelled, 409),
    (CheckFailed, 500),
    (StoreFull, 507),
    (StoreBusy, 503),
    (SchemaTooNew, 503),
    (StoreError, 500),
    (GeoServiceError, 500),
)
"""The first row that fits counts. A 500 keeps its words in the log."""

RETRY_AFTER_S = 5
MOST_REASONS = 20

_BY_PLACE = (("path", 404), ("query", 400), ("body", 422))
"""Part of the request that does not fit -> status, the first that occurs: an address that cannot be is not there."""

_WHEN = {
    400: "The address or a parameter does not fit",
    401: "Nobody is signed in, or the token is not valid",
    403: "The role may not do this",
    404: "There is no such thing",
    409: "It does not fit what is there now",
    412: "Somebody changed it meanwhile; `fields` has both versions",
    408: "The body came too slowly",
    413: "The body is too large",
    415: "The body is of a kind that is not taken",
    416: "There are no such bytes",
    422: "The body does not fit",
    428: "`If-Match` is missing",
    429: "Too many requests of this kind; `Retry-After` says when to ask again",
    507: "The disk is full",
}
"""What the OpenAPI text says of a status."""

_GERMAN = {
    400: "Die Angabe passt nicht",
    401: "Bitte anmelden",
    403: "Das ist nicht erlaubt",
    404: "Nicht gefunden",
    409: "Das geht gerade nicht",
    412: "Inzwischen geändert",
    429: "Zu viele Anfragen",
    500: "Fehler im Programm",
    503: "Gerade nicht bereit",
    507: "Der Speicher ist voll",
}
"""Titles of pages for people."""


class Problem(BaseModel, extra="forbid"):
    """What went wrong, after RFC 9457."""

    type: str = Field(default="about:blank", description="Always `about:blank`: `code` tells errors apart.")
    title: str = Field(description="The name of the HTTP status.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="Where and why, in one sentence.")
    code: str = Field(description="Stable name of the error.")
    remedy: str = Field(default="", description="What can be done about it; empty when nothing can.")
    fields: dict[str, Any] = Field(default_factory=dict, description="Details for programs.")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI text of the errors that an operation can answer."""
    told: dict[int | str, str] = {status: _WHEN[status] for status in statuses}
    told["default"] = "Any other error"
    content = {
        MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
        "text/html": {"schema": {"type": "string"}},
    }
    return {status: {"description": when, "content": content} for status, when in told.items()}


def status_of(error: GeoServiceError) -> int:
    """Return the HTTP status of an error.

    Examples
    --------
    >>> status_of(NotFound("no plot")), status_of(NotAllowed("no", signed_in=False)), status_of(NotAllowed("no"))
    (404, 401, 403)
    """
    if isinstance(error, NotAllowed) and error.fields.get("signed_in") is False:
        return 401
    return next(status for kind, status in STATUS if isinstance(error, kind))


def problem_of(error: GeoServiceError) -> Problem:
    """Return what the world may know of an error of this house; words of the store stay in the log."""
    status = status_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return incident(error)
    if status > HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s: %s", error.code, error)
    kept = isinstance(error, StoreError)
    return Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail="the desk cannot read or keep data at the moment" if kept else plain(error.message),
        code=error.code,
        remedy=plain(error.remedy),
        fields={} if kept else plain_values(error.fields),
    )


def incident(error: BaseException) -> Problem:
    """Log an error that nobody foresaw and return a problem that names only where to find it in the log."""
    number = uuid4().hex[:12]
    _log.error("incident %s", number, exc_info=error)
    return Problem(
        title=HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
        status=500,
        detail="something went wrong inside the desk",
        code="incident",
        remedy=f"ask the operator to look for incident {number} in the log",
        fields={"incident": number},
    )


def answer(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem as a response: a page for a browser, problem+json for everybody else."""
    as_page = wants_page(request)
    sent = {"Cache-Control": "no-store", **(headers or {})}
    if problem.status == HTTPStatus.UNAUTHORIZED:
        sent["WWW-Authenticate"] = _challenge(request, as_page)
    if problem.status == HTTPStatus.TOO_MANY_REQUESTS:
        sent["Retry-After"] = str(problem.fields.get("retry_after_s", RETRY_AFTER_S))
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        sent["Retry-After"] = str(RETRY_AFTER_S)
    if as_page:
        german = _GERMAN.get(problem.status, "Das ging nicht")
        page = message_page(f"{german} · {problem.title}", problem.detail, problem.remedy)
        return Response(page, problem.status, sent, "text/html; charset=utf-8")
    body = orjson.dumps(problem.model_dump(), default=str, option=orjson.OPT_NON_STR_KEYS)
    return Response(body, problem.status, sent, MEDIA_TYPE)


def _challenge(request: Request, as_page: bool) -> str:
    """Offer Basic to programs only: a browser would open its own password window."""
    in_browser = as_page or "sec-fetch-mode" in request.headers
    return 'Bearer realm="desk"' if in_browser else 'Basic realm="desk", charset="UTF-8", Bearer realm="desk"'


def _on_invalid(request: Request, error: Exception) -> Response:
    """Answer input that does not fit, by where it stands; what was sent is not told back."""
    assert isinstance(error, RequestValidationError)
    found = [
        {
            "where": [_known_place(part) for part in one["loc"]],
            "reason": _reason(one),
        }
        for one in error.errors()[:MOST_REASONS]
    ]
    places = {str(one["loc"][0]) for one in error.errors()}
    status = next((status for place, status in _BY_PLACE if place in places), 400)
    where = " > ".join(str(part) for part in found[0]["where"])
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=f"{where}: {found[0]['reason']}",
        code="invalid_input",
        remedy="see /docs for what may be sent",
        fields={"errors": found},
    )
    return answer(request, problem)


def _reason(error: Mapping[str, Any]) -> str:
    """Return why something does not fit, without what was sent."""
    if error["type"] == "union_tag_invalid":
        return plain(f"{error['ctx']['discriminator']} is none of {error['ctx']['expected_tags']}")
    return plain(str(error["msg"])).removeprefix("Value error, ")


def _known_place(part: str | int) -> str | int:
    """Return a part of a location; the name of a field that somebody made up is cut short and cleaned."""
    return part if isinstance(part, int) else plain(part)[:40]


def _on_http(request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses: wrong method, unreadable body."""
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    problem = Problem(
        title=phrase,
        status=error.status_code,
        detail=plain(error.detail),
        code=phrase.lower().replace(" ", "_").replace("-", "_"),
        remedy="see /docs for what may be sent",
    )
    return answer(request, problem, error.headers)


class ErrorAnswers:
    """ASGI middleware: turns what is raised further in into a response, so that nothing else is ever told."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer errors of this house by the table, all others as an incident."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except HTTPException as error:
            await _on_http(Request(scope), error)(scope, receive, send)
        except Exception as error:
            problem = problem_of(error) if isinstance(error, GeoServiceError) else incident(error)
            if started:  # too late for a status: break the connection so that nobody takes half for whole
                raise
            await answer(Request(scope), problem)(scope, receive, send)


def handle_errors(app: FastAPI) -> None:
    """Replace the framework's own answers to bad input; `ErrorAnswers` does the rest."""
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
