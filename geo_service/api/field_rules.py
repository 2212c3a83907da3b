"""Floor 8: who may read and write which field: ONE table of fields beside the one of routes.

Features, tiles and their descriptions are made of what a role may read; JSON answers lose what it may not. What nobody
published, and plots whose owner objected, are for readers only. An analyst works with everything but what people wrote
in their own words and who they are: ways in (key holders, phone numbers), dangers, reasons, remarks, authors, photos.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo_service.api.access import Row
from geo_service.api.identity import Identity
from geo_service.api.roles import ADMINS, CREWS, EVERYONE, MODERATION, MODERATORS, PLANNERS, READERS, REPORTERS, STAFF
from geo_service.base.errors import NotAllowed
from geo_service.outputs.collections import COLLECTIONS, Collection, Property
from geo_service.outputs.record_layers import RECORD_LAYERS, RecordLayer

Roles = frozenset[str]

PUBLIC = "public"
"""What those see who see what anybody sees, see `sight_of`."""


def _rows(*groups: tuple[Roles, str]) -> dict[str, Roles]:
    return {name: roles for roles, names in groups for name in names.split()}


def _of_layer(layer: RecordLayer) -> dict[str, Roles]:
    def who(one: Property) -> Roles:
        if one.public:
            return EVERYONE
        return STAFF if one.name in layer.staff_only else READERS

    return {one.name: who(one) for one in layer.collection.properties}


_IN_OWN_WORDS = _rows(
    (CREWS, "access_note hazard_note why why_en who lock_reason remark note evidence photos"),
    (CREWS, "author reason reason_en"),
)
"""Fields of answers that tell of persons, or that people fill in their own words."""

_PROJECT = _rows(
    (MODERATORS, "title geometry phase about carrier tendered_on awarded_on approvals cost_cents sources plots"),
    (MODERATORS, "published source version"),
)
_OCCASION = _rows((MODERATORS, "kind title first_on starts minutes rule on_holidays about place where lon lat version"))
_CONTACT = _rows(
    (MODERATION, "kind name person role topics emails phones address url quarter note consent delete_by version")
)
_MEDIATION = _rows((MODERATION, "topic concern plot outcome parties meetings agreement ended_on follow_up_on version"))

READ: dict[str, dict[str, Roles]] = {
    # collections: every property has a row; what has none is nobody's
    "quarters": _rows((EVERYONE, "key name short group area_m2")),
    "plots": _rows(
        (EVERYONE, "code address quarter parcels area_m2"),  # BauGB §200(3)
        (READERS, "plot_id name state care_areas access_lon access_lat owner_kind tenure_kind tenure_from"),
        (READERS, "tenure_until baunvo contamination public source source_id due due_on last_visit_on"),
        (STAFF, "access_note hazard_note history"),
    ),
    "streets": _rows((EVERYONE, "name highway oneway length_m osm_way")),
    "visits": _rows(
        (READERS, "task task_de task_en plot status date crew order arrival departure service_s drive_s length_m"),
        (READERS, "volume_m3 due_on code plan"),
        (STAFF, "why why_en reason reason_en"),  # urgent and refused work, as somebody told it
    ),
    "routes": _rows(
        (READERS, "crew crew_name colour date start end stops work_s drive_s wait_s length_m plan"),
    ),
    **{name: _of_layer(layer) for name, layer in RECORD_LAYERS.items()},
    # other JSON answers, by the first part of their path: what has no row is for all who may ask
    "plans": _IN_OWN_WORDS,
    "schedule": _IN_OWN_WORDS,
    "locks": _IN_OWN_WORDS,
    "exceptions": _IN_OWN_WORDS,
    "events": _IN_OWN_WORDS | _rows((CREWS, "text")),
    "days": _IN_OWN_WORDS,
    "actuals": _IN_OWN_WORDS,
    "waste-totals": _IN_OWN_WORDS,
    "indicators": _IN_OWN_WORDS,
    "reports": _IN_OWN_WORDS,
    "measures": _IN_OWN_WORDS,
    "vouchers": _IN_OWN_WORDS | _rows((STAFF, "text document_sha256")),
    "visit-costs": _IN_OWN_WORDS | _rows((STAFF, "text")),
    "claims": _IN_OWN_WORDS,
    "lots": _IN_OWN_WORDS,
    "carriers": _rows((STAFF, "contact email phone")),
    "crew-rates": _rows((STAFF, "source")),
}
"""Collection or part of the API -> field -> the roles that may read it."""

WRITE: dict[tuple[str, str], dict[str, Roles]] = {
    ("POST", "/plans"): _rows((PLANNERS, "from days seconds seed draft")),
    ("POST", "/replans"): _rows((PLANNERS, "events seconds seed draft")),
    ("POST", "/schedule/trials"): _rows((PLANNERS, "plan visit targets")),
    ("POST", "/schedule/moves"): _rows((PLANNERS, "plan visit crew day position draft reason")),
    ("POST", "/schedule/undo"): _rows((PLANNERS, "plan")),
    ("PUT", "/visits/{visit_id}/lock"): _rows((PLANNERS, "reason announced opens closes")),
    ("PUT", "/plots/{plot}/exceptions/{work}"): _rows((PLANNERS, "code evidence")),
    **{
        route: _rows((PLANNERS, "type id geometry properties reason links attribution version"))
        for route in (
            ("POST", "/collections/plots/items"),
            ("PUT", "/collections/plots/items/{fid}"),
            ("PATCH", "/collections/plots/items/{fid}"),
        )
    },
    ("POST", "/plots/{plot}/split"): _rows((PLANNERS, "line outlines reason")),
    ("POST", "/plots/{plot}/retire"): _rows((PLANNERS, "reason")),
    ("POST", "/plots/merge"): _rows((PLANNERS, "plots reason")),
    ("PUT", "/plots/{plot}/publication"): _rows((MODERATORS, "public reason")),
    ("PUT", "/field-reports/{report_id}"): _rows(
        (REPORTERS, "kind crew day plan_id visit_id plot base_version after at minutes timed_minutes quantities"),
        (REPORTERS, "photos reason remark follow_up waste_key against order"),
    ),
    ("PUT", "/conflicts/{conflict_id}/settlement"): _rows((PLANNERS, "choice reason")),
    ("PUT", "/alerts/{alert_id}/answer"): _rows((PLANNERS, "decision note from until work minutes")),
    ("PUT", "/catalogue/{work}/standard"): _rows((PLANNERS, "minutes_fixed rates reason")),
    # concerns
    ("POST", "/concerns"): _rows((EVERYONE, "kind lon lat words place name mail phone lang")),
    ("POST", "/concerns/{number}/check"): _rows((MODERATORS, "reason answer version kind lon lat plot")),
    ("POST", "/concerns/{number}/order"): _rows(
        (MODERATORS, "reason answer version work plot latest_on minutes people volume_m3 waste_key note")
    ),
    ("POST", "/concerns/{number}/forwarding"): _rows((MODERATORS, "reason answer version body reference")),
    **{
        ("POST", f"/concerns/{{number}}/{step}"): _rows((MODERATORS, "reason answer version"))
        for step in ("closing", "rejection", "reopening")
    },
    ("POST", "/concerns/{number}/merge"): _rows((MODERATORS, "twin reason version")),
    ("PUT", "/concerns/{number}/publication"): _rows((MODERATORS, "text photos version")),
    ("POST", "/projects"): _PROJECT,
    ("PUT", "/projects/{project}"): _PROJECT,
    ("POST", "/projects/{project}/phases"): _rows((MODERATORS, "phase on reason")),
    # occasions, contacts, mediations
    ("POST", "/occasions"): _OCCASION,
    ("PUT", "/occasions/{occasion}"): _OCCASION,
    ("PUT", "/occasions/{occasion}/off"): _rows((MODERATORS, "on reason")),
    ("POST", "/contacts"): _CONTACT,
    ("PUT", "/contacts/{contact}"): _CONTACT,
    ("POST", "/mediations"): _MEDIATION,
    ("PUT", "/mediations/{mediation}"): _MEDIATION,
    ("POST", "/reports"): _rows((MODERATORS, "period note")),
    # the money
    ("PUT", "/measures/{measure}"): _rows(
        (PLANNERS, "name programme from_on until_on funds starts cost_kinds fictional source version")
    ),
    ("POST", "/measures/{measure}/approvals"): _rows((PLANNERS, "reference approved_on gross_cents note")),
    ("POST", "/vouchers"): _rows(
        (PLANNERS, "measure dated_on served_from served_until gross_cents vat_cents cost_kind carrier text quarter"),
        (PLANNERS, "plot work visit lot document_sha256"),
    ),
    ("POST", "/vouchers/{voucher}/correction"): _rows((PLANNERS, "gross_cents vat_cents reason document_sha256")),
    ("POST", "/vouchers/{voucher}/cancellation"): _rows((PLANNERS, "reason")),
    ("POST", "/visit-costs"): _rows((PLANNERS, "visits")),
    ("POST", "/claims"): _rows((PLANNERS, "measure kind until_on note")),
    ("POST", "/lots"): _rows((PLANNERS, "title measure quarter works from_on until_on")),
    ("PUT", "/lots/{lot}/bids/{carrier}"): _rows((PLANNERS, "received_on prices note")),
    ("PUT", "/lots/{lot}/award"): _rows((PLANNERS, "carrier reason")),
    ("POST", "/lots/{lot}/acceptances"): _rows(
        (PLANNERS, "served_from served_until positions deductions vat_percent document_sha256 close")
    ),
    ("PUT", "/carriers/{carrier}"): _rows((PLANNERS, "name own contact email phone")),
    ("PUT", "/crew-rates/{day}"): _rows((PLANNERS, "person_hour_cents vehicle_hour_cents disposal source")),
    ("POST", "/access/enrolments"): _rows((PLANNERS, "crew label hours")),
    ("POST", "/access/tokens"): _rows((ADMINS, "role label crew days link")),
}
"""Route -> field of its body -> the roles that may write it; a field without a row is refused by the route itself."""


@lru_cache(maxsize=256)
def seen_by(collection: Collection, role: str) -> tuple[Property, ...]:
    """Return the properties of a collection that a role may read."""
    rows = READ[collection.name]
    return tuple(one for one in collection.properties if role in rows.get(one.name, ()))


def sees_unpublished(role: str) -> bool:
    """Whether a role sees plots whose owner objected to publication."""
    return role in READERS


@lru_cache(maxsize=64)
def sight_of(role: str) -> str:
    """Return the same text for all roles that see the same of all collections, so that what is kept is kept once.

    Examples
    --------
    >>> sight_of("anonymous") == sight_of("crew") == "public", sight_of("viewer") == sight_of("admin")
    (True, True)
    >>> len({sight_of("anonymous"), sight_of("analyst"), sight_of("planner")})
    3
    """
    for first in ("anonymous", "planner", "analyst"):
        if _sight(first) == _sight(role):
            return PUBLIC if first == "anonymous" else first
    return role


def _sight(role: str) -> object:
    return sees_unpublished(role), [[p.name for p in seen_by(one, role)] for one in COLLECTIONS.values()]


@lru_cache(maxsize=256)
def hidden_from(part: str, role: str) -> frozenset[str]:
    """Return the fields of a part of the API that a role may not read."""
    if part in COLLECTIONS:
        return frozenset()  # made of what may be read
    return frozenset(name for name, roles in READ.get(part, {}).items() if role not in roles)


def without(value: Any, hidden: frozenset[str]) -> Any:
    """Return a JSON value with the hidden fields emptied, at any depth; their types stay.

    Examples
    --------
    >>> without({"id": 1, "author": "Ada", "stops": [{"who": "Bea", "m": 2}]}, frozenset({"author", "who"}))
    {'id': 1, 'author': '', 'stops': [{'who': '', 'm': 2}]}
    """
    if isinstance(value, dict):
        return {name: _empty(one) if name in hidden else without(one, hidden) for name, one in value.items()}
    return [without(one, hidden) for one in value] if isinstance(value, list) else value


def _empty(value: Any) -> Any:
    if isinstance(value, str):
        return ""
    return [] if isinstance(value, list) else None


class FieldRules:
    """ASGI middleware: refuses bodies with a field that the role may not write, empties what it may not read.

    Raises
    ------
    NotAllowed
        For such a field, with code ``field_forbidden``.
    """

    def __init__(self, app: ASGIApp, write: Mapping[tuple[str, str], Mapping[str, Roles]] = WRITE) -> None:
        self._app = app
        self._write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on that writes what it may, and its answer as far as it may be read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = Request(scope).state
        who: Identity = state.identity
        row: Row | None = state.row
        rules = self._write.get((scope["method"], row.template)) if row else None
        if rules is not None and any(who.role not in roles for roles in rules.values()):
            receive = await _held_against(rules, who, receive)
        hidden = hidden_from(scope["path"].split("/")[1].partition(".")[0], who.role) if who.signed_in else frozenset()
        await self._app(scope, receive, _Emptied(send, hidden) if hidden else send)


async def _held_against(rules: Mapping[str, Roles], who: Identity, receive: Receive) -> Receive:
    """Read a body and raise when it has a field that the role may not write; return what gives the body again."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        sent = None  # the route says what is wrong with it
    names = sorted(rules.keys() & sent.keys()) if isinstance(sent, dict) else []
    forbidden = [name for name in names if who.role not in rules[name]]
    if forbidden:
        raise NotAllowed(
            f"the role {who.role} may not write: {', '.join(forbidden)}",
            remedy="leave it out, or ask a planner",
            code="field_forbidden",
            signed_in=True,
            fields=forbidden,
        )
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class _Emptied:
    """Sends an answer on; of JSON the hidden fields are emptied."""

    def __init__(self, send: Send, hidden: frozenset[str]) -> None:
        self._send = send
        self._hidden = hidden
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if Headers(raw=message["headers"]).get("content-type", "").partition(";")[0] == "application/json":
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body", False):
                return
            start, self._start = self._start, None
            body = orjson.dumps(without(orjson.loads(self._body), self._hidden)) if self._body else b""
            MutableHeaders(scope=start)["content-length"] = str(len(body))
            await self._send(start)
            message = {"type": "http.response.body", "body": body}
        await self._send(message)
