"""Floor 8: `/calendars/{secret}.ics`: a crew's plan for calendars that subscribe; the secret in the address is the key.

Whatever is wrong with the secret, the answer is the same 404.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from geo_service import __version__
from geo_service.api.calendar_keys import crew_of_calendar
from geo_service.api.desk import DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import LanguageQuery
from geo_service.api.reading import NOT_MODIFIED
from geo_service.base.clock import BERLIN
from geo_service.base.errors import NotFound
from geo_service.outputs.calendar_feed import feed_in_force
from geo_service.outputs.day_formats import MEDIA_TYPES, DayFormat

router = APIRouter(prefix="/calendars", tags=["Days"])

ICS = MEDIA_TYPES[DayFormat.ICS]

SecretInPath = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9_-]{1,80}$",
        description="What `geo-service access calendar` printed.",
        examples=["aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9d"],
    ),
]

_FEED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Europe/Berlin with its rules; to be read again after an hour",
        "content": {ICS: {"schema": {"type": "string", "format": "binary"}}},
    },
    **NOT_MODIFIED,
    **problems(400, 404),
}


@router.get(
    "/{secret}.ics",
    response_class=Response,
    summary="Subscribe to a crew's calendar",
    description="The days of a crew in the plan in force as iCalendar. The address is the key and opens nothing else; "
    "ways in, dangers and reasons are left out, because calendars are kept by third parties.",
    responses=_FEED,
)
def calendar(secret: SecretInPath, query: LanguageQuery, request: Request, desk: DeskHere) -> Response:
    """Return the feed that a secret opens."""
    now = desk.clock()
    crew = crew_of_calendar(desk.store, secret, now)
    if crew is None or crew not in {one.code for one in desk.store.crews()}:
        raise NotFound("there is no calendar at this address", remedy="ask a planner for a new address")
    today = now.astimezone(BERLIN).date()
    tag = f'W/"{__version__}.{desk.store.revision()}.{today}.{crew}.{query.lang}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    known = {entry.strip() for entry in request.headers.get("if-none-match", "").split(",")}
    if known & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    body = feed_in_force(desk.store, crew, today, base_url=desk.base_url, lang=query.lang)
    headers["Content-Disposition"] = f'inline; filename="{crew}.ics"'
    return Response(body, headers=headers, media_type=ICS)
