"""Floor 8: all that a phone takes along for a crew's day, in one answer."""

from __future__ import annotations

import gzip
from typing import Any

import orjson
from fastapi import APIRouter, Response

from geo_service.api.errors import problems
from geo_service.api.fields import CrewInPath, DayInPath, LanguageQuery
from geo_service.api.reading import JSON, NOT_MODIFIED, ReadingHere
from geo_service.outputs.package_in_force import package_in_force

router = APIRouter(prefix="/days", tags=["Days"])

_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Times of the day in seconds since local midnight, degrees lon, lat",
        "content": {
            JSON: {
                "schema": {
                    "type": "object",
                    "required": ["crew", "date", "plan_id", "revision", "as_of", "stops", "catalogue", "map", "photos"],
                }
            }
        },
    },
    **NOT_MODIFIED,
    **problems(400, 401, 403, 404),
}


@router.get(
    "/{day}/crews/{crew}/package",
    response_class=Response,
    summary="Take a crew's day along",
    description="Everything that a phone needs for the day without network: stops with access, dangers, the hours that "
    "bind, how the visits stand and earlier photos; ways, catalogue, and the map around. A crew that does not go out "
    "gets a package without stops.",
    responses=_ANSWER,
)
def crew_package(day: DayInPath, crew: CrewInPath, query: LanguageQuery, reading: ReadingHere) -> Response:
    """Return the package, packed when the client takes that."""
    unchanged = reading.unchanged()
    if unchanged is not None:
        return unchanged
    desk = reading.desk
    revision = reading.revision  # before the first look at the data: what is told is at least as new
    told = package_in_force(desk.store, day, crew, as_of=desk.clock(), lang=query.lang) | {"revision": revision}
    body = orjson.dumps(told)
    headers = {"Vary": "Accept, Accept-Encoding, Authorization, Cookie"}
    if _takes_gzip(reading.request.headers.get("accept-encoding", "")):
        body = gzip.compress(body, 6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return reading.answer(body, JSON, headers)


def _takes_gzip(accepted: str) -> bool:
    """Whether a client takes gzip.

    Examples
    --------
    >>> _takes_gzip("br, gzip;q=0.5"), _takes_gzip("gzip;q=0"), _takes_gzip("")
    (True, False, False)
    """
    for one in accepted.lower().split(","):
        name, _, quality = one.strip().partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "").rstrip("0.") != "q="
    return False
