"""Floor 8: Open311 GeoReport v2 (discovery, services, requests) in JSON and XML, over the same concerns.

What the standard leaves no room for stays behind: its status is ``open`` or ``closed``, the words stand in
``status_notes``. A request tells of place and text only once a moderator released it; before, whoever names its id gets
its status and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson
from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from geo_service.actions.report_concern import report_concern
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems, status_of
from geo_service.base.errors import GeoServiceError, InputError, NotFound, StoreError
from geo_service.neighbourhood.concern import MAX_LINE, MAX_WORDS, STATUS_WORDS, Concern, Told
from geo_service.neighbourhood.concern_services import CONCERN_KIND, CONCERN_KINDS
from geo_service.outputs.concern_features import public_concerns
from geo_service.store.kinds_concerns import CONCERN

router = APIRouter(prefix="/open311/v2", tags=["Concerns"])

MOST = 1000
"""So many requests are listed at most, as the standard asks."""

SPAN = timedelta(days=90)
"""How long ago requests may be from when no day is named, as the standard asks."""

CHANGESET = "2026-11-26T00:00:00Z"
_GROUPS = {
    "waste": "Sauberkeit",
    "greenery": "Grün",
    "safety": "Sicherheit",
    "peace": "Ruhe",
    "ideas": "Ideen",
    "other": "Sonstiges",
}

SuffixInPath = Annotated[Literal["json", "xml"], Path(description="json or xml.")]
ServiceInPath = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$", description="Code of a service.", examples=["litter"])]
RequestInPath = Annotated[
    str, Path(pattern=r"^A-[0-9]{4}-[0-9]{4,8}$", description="Number of a concern.", examples=["A-2026-0042"])
]

_TEXT = {"application/json": {"schema": {}}, "text/xml": {"schema": {"type": "string"}}}


def _answers(*statuses: int, done: int = 200) -> dict[int | str, dict[str, Any]]:
    return {done: {"description": "The answer", "content": _TEXT}} | problems(*statuses)


class Open311Query(BaseModel, extra="forbid"):
    """What every call may carry; one area is served, and nobody needs a key."""

    jurisdiction_id: str = Field(default="", max_length=200, description="Not needed.")
    api_key: str = Field(default="", max_length=200, description="Not needed.")


class RequestsQuery(Open311Query):
    """Which requests are listed."""

    service_request_id: str = Field(default="", max_length=2000, description="Ids with commas; others do not matter.")
    service_code: str = Field(default="", max_length=400, description="Codes with commas.")
    status: str = Field(
        default="", pattern=r"^((open|closed)(,(open|closed))*)?$", description="With a comma for both."
    )
    start_date: str = Field(default="", max_length=40, description="ISO 8601; 90 days ago when left out.")
    end_date: str = Field(default="", max_length=40, description="ISO 8601; now when left out.")


class ServiceAnswer(BaseModel):
    """A kind of concern as Open311 tells it."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: str
    keywords: str
    group: str


@router.get(
    "/discovery.{suffix}",
    response_class=Response,
    summary="Open311: where the endpoint is",
    description="GeoReport v2: endpoint and formats.",
    responses=_answers(400, 404),
)
def discovery(suffix: SuffixInPath, asked: Annotated[Open311Query, Query()], desk: DeskHere) -> Response:
    """Return where which formats are served."""
    told = {
        "changeset": CHANGESET,
        "contact": f"{desk.base_url}/neighbourhood/imprint",
        "key_service": "no key is needed",
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": f"{desk.base_url}/open311/v2",
                "changeset": CHANGESET,
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return _written(told, suffix, "discovery", {"endpoints": "endpoint", "formats": "format"})


@router.get(
    "/services.{suffix}",
    response_class=Response,
    summary="Open311: what may be reported",
    description="GeoReport v2: the kinds of concerns.",
    responses=_answers(400, 404),
)
def services(suffix: SuffixInPath, asked: Annotated[Open311Query, Query()]) -> Response:
    """Return the kinds of concerns."""
    told = [
        ServiceAnswer(
            service_code=one.code,
            service_name=one.name_de,
            description=one.hint_de,
            metadata=False,
            type="realtime",
            keywords=",".join(one.keywords),
            group=_GROUPS[one.theme],
        ).model_dump()
        for one in CONCERN_KINDS
    ]
    return _written(told, suffix, "services", {"services": "service"})


@router.get(
    "/services/{service}.{suffix}",
    response_class=Response,
    summary="Open311: what a service asks for",
    description="GeoReport v2: nothing more than place and words.",
    responses=_answers(400, 404),
)
def service(service: ServiceInPath, suffix: SuffixInPath, asked: Annotated[Open311Query, Query()]) -> Response:
    """Return that a service asks for nothing more than place and words."""
    if service not in CONCERN_KIND:
        return _refused(NotFound("there is no such service", remedy="see services"), suffix)
    return _written(
        {"service_code": service, "attributes": []}, suffix, "service_definition", {"attributes": "attribute"}
    )


@router.get(
    "/requests.{suffix}",
    response_class=Response,
    summary="Open311: requests and their status",
    description="GeoReport v2: what a moderator released; of requests that are named, at least how they stand.",
    responses=_answers(400, 404),
)
def requests(suffix: SuffixInPath, asked: Annotated[RequestsQuery, Query()], desk: DeskHere) -> Response:
    """Return what is public of concerns; of those that are named and not public, only how they stand."""
    try:
        return _requests(_found(desk, asked), suffix)
    except InputError as error:
        return _refused(error, suffix)


@router.get(
    "/requests/{number}.{suffix}",
    response_class=Response,
    summary="Open311: one request",
    description="GeoReport v2: how it stands; place and words once a moderator released it.",
    responses=_answers(400, 404),
)
def one_request(
    number: RequestInPath, suffix: SuffixInPath, asked: Annotated[Open311Query, Query()], desk: DeskHere
) -> Response:
    """Return one concern."""
    found = _named(desk, [number])
    if not found:
        return _refused(NotFound("there is no such request", remedy="name its service_request_id"), suffix)
    return _requests(found, suffix)


@router.post(
    "/requests.{suffix}",
    response_class=Response,
    status_code=201,
    summary="Open311: report something",
    description="Form fields of GeoReport v2: service_code, lat, long, description, address_string, first_name, "
    "last_name, email, phone, media_url. A picture's address is passed on to the moderator and not fetched.",
    responses=_answers(400, 404, 413, 429, done=201),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}},
        }
    },
)
async def post_request(suffix: SuffixInPath, request: Request, desk: DeskHere) -> Response:
    """Keep what somebody reports through another system."""
    body = await request.body()

    def keep() -> Response:
        try:
            done = report_concern(desk.store, _told(body), author="open311", clock=desk.clock)
        except StoreError:
            raise
        except GeoServiceError as error:
            return _refused(error, suffix)
        notice = f"Stand des Anliegens: {desk.base_url}/concern/{done.secret}"
        told = [{"service_request_id": done.concern.number, "service_notice": notice, "account_id": ""}]
        return _written(told, suffix, "service_requests", {"service_requests": "request"}, status=201)

    return await run_sync(keep)


def _told(body: bytes) -> Told:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=100, errors="strict")
    except ValueError:
        raise InputError("the form cannot be read", remedy="send application/x-www-form-urlencoded") from None
    sent = dict(pairs)

    def line(name: str, longest: int = MAX_LINE) -> str:
        text = " ".join(sent.get(name, "").split())
        if len(text) > longest or not text.isprintable():
            raise InputError(f"{name} is too long or holds control characters", remedy=f"up to {longest} letters")
        return text

    def degrees(name: str) -> float:
        try:
            value = float(sent.get(name, ""))
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise InputError(f"{name} is missing or no number", remedy="degrees, as 51.3188")
        return value

    picture = line("media_url", 1000)
    words = line("description", MAX_WORDS) + (f" (Bild: {picture})" if picture else "")
    return Told(
        kind=line("service_code"),
        lon=degrees("long"),
        lat=degrees("lat"),
        words=words[:MAX_WORDS],
        place=line("address_string"),
        name=f"{line('first_name', 90)} {line('last_name', 90)}".strip(),
        mail=line("email"),
        phone=line("phone"),
        channel="open311",
    )


def _found(desk: Desk, asked: RequestsQuery) -> list[dict[str, Any]]:
    if asked.service_request_id:
        return _named(desk, asked.service_request_id.split(",")[:MOST])
    now = desk.clock()
    until = _moment(asked.end_date, "end_date", now)
    since = _moment(asked.start_date, "start_date", until - SPAN)
    if since > until:
        raise InputError("start_date lies after end_date", remedy="swap them")
    codes = {one.strip() for one in asked.service_code.split(",")} - {""}
    wanted = set(asked.status.split(",")) - {""}
    rows = [
        _public(desk, one)
        for one in public_concerns(desk.store)
        if since <= one.reported_at <= until
        and (not codes or one.kind in codes)
        and (not wanted or _status(one) in wanted)
    ]
    return rows[::-1][:MOST]


def _named(desk: Desk, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """Return requests by id: public ones whole, of others only how they stand; merged ones stand like the other."""
    public = {one.number: one for one in public_concerns(desk.store)}
    rows = []
    for number in dict.fromkeys(one.strip() for one in numbers):
        if number in public:
            rows.append(_public(desk, public[number]))
            continue
        kept = desk.store.record(CONCERN, number)
        if kept is None:
            continue
        stands = kept.record
        if stands.merged_into:
            other = desk.store.record(CONCERN, stands.merged_into)
            stands = stands if other is None else other.record
        rows.append({"service_request_id": number} | _standing(stands))
    return rows


def _standing(concern: Concern) -> dict[str, Any]:
    return {
        "status": _status(concern),
        "status_notes": STATUS_WORDS[concern.status]["de"],
        "updated_datetime": _iso(concern.changed_at),
    }


def _public(desk: Desk, concern: Concern) -> dict[str, Any]:
    kind = CONCERN_KIND[concern.kind]
    photo = next(iter(concern.public_photos), "")
    return {
        "service_request_id": concern.number,
        **_standing(concern),
        "service_name": kind.name_de,
        "service_code": kind.code,
        "description": concern.public_text,
        "agency_responsible": concern.forwardings[-1].body if concern.forwardings else "",
        "requested_datetime": _iso(concern.reported_at),
        "lat": concern.lat,
        "long": concern.lon,
        "media_url": f"{desk.base_url}/concerns/{concern.number}/photos/{photo}" if photo else "",
    }


def _status(concern: Concern) -> str:
    return "open" if concern.is_open else "closed"


def _moment(text: str, name: str, default: datetime) -> datetime:
    if not text:
        return default
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{name} is no moment", remedy="write it as 2026-11-26T08:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _requests(rows: Sequence[Mapping[str, Any]], suffix: str) -> Response:
    return _written(rows, suffix, "service_requests", {"service_requests": "request"})


def _refused(error: GeoServiceError, suffix: str) -> Response:
    status = 400 if isinstance(error, InputError) else status_of(error)
    text = f"{error.message}. {error.remedy}" if error.remedy else error.message
    return _written([{"code": status, "description": text}], suffix, "errors", {"errors": "error"}, status=status)


def _written(
    told: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    suffix: str,
    root: str,
    items: Mapping[str, str],
    status: int = 200,
) -> Response:
    """Write an answer as JSON, or as XML with its root element and the names of the items in lists."""
    headers = {"Cache-Control": "no-cache"}
    if suffix == "json":
        return Response(orjson.dumps(told), status, headers, media_type="application/json")
    return Response(xml_of(told, root, items), status, headers, media_type="text/xml; charset=utf-8")


def xml_of(told: Any, root: str, items: Mapping[str, str]) -> bytes:
    """Return values as XML; what XML cannot carry is left out of texts.

    Examples
    --------
    >>> xml_of([{"code": 400, "ok": False}], "errors", {"errors": "error"}).decode().partition("?>")[2].strip()
    '<errors><error><code>400</code><ok>false</ok></error></errors>'
    """
    top = Element(root)
    _fill(top, told, items)
    text: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    return text


def _fill(element: Element, told: Any, items: Mapping[str, str]) -> None:
    if isinstance(told, Mapping):
        for name, value in told.items():
            _fill(SubElement(element, name), value, items)
    elif isinstance(told, list | tuple):
        for value in told:
            _fill(SubElement(element, items[element.tag]), value, items)
    elif isinstance(told, bool):
        element.text = str(told).lower()
    elif told != "":
        element.text = "".join(letter for letter in str(told) if letter >= " " or letter in "\t\n")
