"""Floor 8: who may do what: ONE table from route to roles, consulted before anything else is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from geo_service.api.audit import audit
from geo_service.api.desk import Desk
from geo_service.api.identity import Identity, find_identity, session_cookie, shows_token
from geo_service.api.neighbourhood_access import NEIGHBOURHOOD
from geo_service.api.rate_limit import asker_of
from geo_service.api.roles import ADMINS, CREW, CREWS, EVERYONE, MODERATORS, PLANNERS, READERS, REPORTERS, STAFF
from geo_service.base.errors import NotAllowed, NotFound, TooManyRequests
from geo_service.outputs.record_layers import RECORD_LAYERS

_PUBLIC_LAYERS = ("quarters", "plots", "streets", *RECORD_LAYERS)
"""Collections of which anybody sees what may be published."""

ACCESS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/"): EVERYONE,
    ("GET", "/healthz"): EVERYONE,
    ("GET", "/docs"): EVERYONE,
    ("GET", "/docs/page.css"): EVERYONE,
    ("GET", "/openapi.json"): EVERYONE,
    ("GET", "/conformance"): EVERYONE,
    ("GET", "/collections"): EVERYONE,
    ("GET", "/collections/quarters"): EVERYONE,
    ("GET", "/collections/quarters/items"): EVERYONE,
    ("GET", "/collections/quarters/items/{fid}"): EVERYONE,
    ("GET", "/collections/plots"): EVERYONE,  # what may be published of them; readers see all
    ("GET", "/collections/plots/items"): EVERYONE,
    ("GET", "/collections/plots/items/{fid}"): EVERYONE,
    ("POST", "/collections/plots/items"): PLANNERS,
    ("PUT", "/collections/plots/items/{fid}"): PLANNERS,
    ("PATCH", "/collections/plots/items/{fid}"): PLANNERS,
    ("DELETE", "/collections/plots/items/{fid}"): PLANNERS,
    ("POST", "/plots/{plot}/split"): PLANNERS,
    ("POST", "/plots/{plot}/retire"): PLANNERS,
    ("POST", "/plots/merge"): PLANNERS,
    ("GET", "/collections/streets"): EVERYONE,
    ("GET", "/collections/streets/items"): EVERYONE,
    ("GET", "/collections/streets/items/{fid}"): EVERYONE,
    **{
        ("GET", f"/collections/{name}/{rest}"): EVERYONE
        for name in _PUBLIC_LAYERS
        for rest in ("queryables", "sortables", "schema")
    },
    **{
        ("GET", f"/collections/{name}/tiles{rest}"): EVERYONE
        for name in _PUBLIC_LAYERS
        for rest in ("", "/WebMercatorQuad", "/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}")
    },
    **{("GET", f"/collections/{name}/download.{{suffix}}"): EVERYONE for name in _PUBLIC_LAYERS},
    **{
        ("GET", f"/collections/{name}{rest}"): EVERYONE
        for name in RECORD_LAYERS
        for rest in ("", "/items", "/items/{fid}")
    },
    ("GET", "/tileMatrixSets"): EVERYONE,
    ("GET", "/tileMatrixSets/WebMercatorQuad"): EVERYONE,
    ("GET", "/tiles"): EVERYONE,  # of the collections that one may see
    ("GET", "/tiles/WebMercatorQuad"): EVERYONE,
    ("GET", "/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}"): EVERYONE,
    ("GET", "/basemap.pmtiles"): EVERYONE,
    ("GET", "/basemap/{tileMatrix}/{tileRow}/{tileCol}"): EVERYONE,
    ("GET", "/styles"): EVERYONE,  # those that one may use
    ("GET", "/styles/plots"): EVERYONE,
    ("GET", "/styles/plots/legend.{suffix}"): EVERYONE,
    ("GET", "/styles/plots-dark"): EVERYONE,
    ("GET", "/styles/plots-dark/legend.{suffix}"): EVERYONE,
    **{
        ("GET", f"/styles/{name}{theme}{rest}"): EVERYONE
        for name in RECORD_LAYERS
        for theme in ("", "-dark")
        for rest in ("", "/legend.{suffix}")
    },
    ("GET", "/styles/{style}"): READERS,
    ("GET", "/styles/{style}/legend.{suffix}"): READERS,
    ("GET", "/sprites/{sheet}"): EVERYONE,
    ("GET", "/collections/{collection}"): READERS,  # visits, routes, and what may be added
    ("GET", "/collections/{collection}/queryables"): READERS,
    ("GET", "/collections/{collection}/sortables"): READERS,
    ("GET", "/collections/{collection}/schema"): READERS,
    ("GET", "/collections/{collection}/items"): READERS,
    ("GET", "/collections/{collection}/items/{fid}"): READERS,
    ("GET", "/collections/{collection}/tiles"): READERS,
    ("GET", "/collections/{collection}/tiles/WebMercatorQuad"): READERS,
    ("GET", "/collections/{collection}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}"): READERS,
    ("GET", "/collections/{collection}/download.{suffix}"): READERS,
    ("GET", "/workspace.gpkg"): READERS,
    ("GET", "/plans"): READERS,
    ("POST", "/plans"): PLANNERS,
    ("GET", "/plans/{plan_id}"): READERS,
    ("DELETE", "/plans/{plan_id}"): PLANNERS,
    ("GET", "/plans/{plan_id}/progress"): READERS,
    ("GET", "/plans/{plan_id}/compare/{other}"): READERS,
    ("GET", "/plans/{plan_id}/moves"): READERS,
    ("GET", "/plans/{plan_id}/proposed-moves"): READERS,
    ("POST", "/plans/{plan_id}/accept"): PLANNERS,
    ("POST", "/replans"): PLANNERS,
    ("GET", "/schedule"): STAFF,
    ("POST", "/schedule/trials"): PLANNERS,
    ("POST", "/schedule/moves"): PLANNERS,
    ("POST", "/schedule/undo"): PLANNERS,
    ("GET", "/schedule/changes"): STAFF,
    ("GET", "/events"): READERS,
    ("DELETE", "/events/{event_id}"): PLANNERS,
    ("GET", "/locks"): READERS,
    ("PUT", "/visits/{visit_id}/lock"): PLANNERS,
    ("DELETE", "/visits/{visit_id}/lock"): PLANNERS,
    ("GET", "/exceptions"): READERS,
    ("PUT", "/plots/{plot}/exceptions/{work}"): PLANNERS,
    ("DELETE", "/plots/{plot}/exceptions/{work}"): PLANNERS,
    ("PUT", "/plots/{plot}/publication"): MODERATORS,
    ("GET", "/days/{day}.{suffix}"): STAFF,  # files tell ways in and dangers as people wrote them down
    ("GET", "/days/{day}"): READERS,
    ("GET", "/days/{day}/crews/{crew}.{suffix}"): CREWS,
    ("GET", "/days/{day}/crews/{crew}/package"): CREWS,
    ("GET", "/days/{day}/crews/{crew}"): CREWS | READERS,
    ("GET", "/weeks/{day}/crews/{crew}.pdf"): CREWS,
    ("GET", "/calendars/{secret}.ics"): EVERYONE,  # the secret in the address is the key
    ("GET", "/me"): EVERYONE,
    ("PUT", "/field-reports/{report_id}"): REPORTERS,
    ("GET", "/field-reports"): CREWS,
    ("GET", "/field-reports/{report_id}"): CREWS,
    ("GET", "/photos/{sha256}"): CREWS,
    ("PUT", "/photos/{sha256}"): REPORTERS,
    ("PATCH", "/photos/{sha256}"): REPORTERS,
    ("GET", "/conflicts"): STAFF,
    ("PUT", "/conflicts/{conflict_id}/settlement"): PLANNERS,
    ("GET", "/alerts"): STAFF,
    ("PUT", "/alerts/{alert_id}/answer"): PLANNERS,
    ("GET", "/follow-ups"): STAFF,
    ("GET", "/actuals"): READERS,
    ("GET", "/waste-totals"): READERS,
    ("PUT", "/catalogue/{work}/standard"): PLANNERS,
    ("POST", "/imports/preview"): PLANNERS,
    ("POST", "/imports"): PLANNERS,
    ("GET", "/sign-in"): EVERYONE,
    ("GET", "/sign-in/oidc"): EVERYONE,
    ("GET", "/sign-in/oidc/callback"): EVERYONE,
    ("POST", "/sign-out"): EVERYONE,
    ("GET", "/access/enrolments"): PLANNERS,
    ("POST", "/access/enrolments"): PLANNERS,
    ("DELETE", "/access/enrolments/{token_id}"): PLANNERS,
    ("GET", "/access/tokens"): ADMINS,
    ("POST", "/access/tokens"): ADMINS,
    ("DELETE", "/access/tokens/{token_id}"): ADMINS,
    **NEIGHBOURHOOD,
    # the pages of geo_service.web
    ("GET", "/map"): EVERYONE,
    ("GET", "/map/setup.json"): EVERYONE,
    ("GET", "/map/landscape.geojson"): EVERYONE,
    ("GET", "/map/first.json"): EVERYONE,  # what may be published; readers see all
    ("GET", "/map/plots/{plot}.json"): STAFF,  # moves tell reasons, visits who came
    ("GET", "/board"): EVERYONE,  # what it shows it asks for
    ("GET", "/inbox"): EVERYONE,  # the page itself asks a visitor to sign in
    ("POST", "/inbox/alerts/{alert_id}"): PLANNERS,
    ("POST", "/inbox/conflicts/{conflict_id}"): PLANNERS,
    ("POST", "/inbox/follow-ups/{event_id}/withdrawal"): PLANNERS,
    ("POST", "/inbox/standards/{work}"): PLANNERS,
    ("GET", "/crew"): EVERYONE,  # the app; what it shows it asks for
    ("GET", "/crew.webmanifest"): EVERYONE,
    ("GET", "/crew-icon-{name}.png"): EVERYONE,
    ("GET", "/crew-map-worker.mjs"): EVERYONE,
    ("GET", "/service-worker.js"): EVERYONE,
    ("GET", "/crew/{crew}"): EVERYONE,  # the page itself asks a visitor to sign in
    ("GET", "/static/{path:path}"): EVERYONE,
}
"""Method and path template -> the roles that may; the first row that matches counts.

What has no row here answers 404 or 405, whatever serves it. Where the template names a crew, the role crew gets its
own only: any other answers 404, see `AccessControl`. What a role gets of a body says `geo_service.api.field_rules`.
"""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_PATTERNS = tuple(
    (path.partition("{")[0], compile_path(path)[0], method, path, roles) for (method, path), roles in ACCESS.items()
)
"""Of each row what its paths begin with, which is quickly looked at, and the pattern of the whole."""


@dataclass(frozen=True)
class Row:
    """The row of the table that an address falls under.

    Attributes
    ----------
    template
        Its path.
    values
        What stands in the holes of the template.
    """

    template: str
    roles: frozenset[str]
    values: Mapping[str, str]


def rows_for(path: str) -> dict[str, Row]:
    """Return the row of each method for a path; empty when the table does not know it."""
    found: dict[str, Row] = {}
    for beginning, pattern, method, template, roles in _PATTERNS:
        if path.startswith(beginning) and method not in found and (fits := pattern.match(path)):
            found[method] = Row(template, roles, fits.groupdict())
    return found


def roles_for(path: str) -> dict[str, frozenset[str]]:
    """Return the roles that may, by method, for a path; empty when the table does not know it.

    Examples
    --------
    >>> sorted(roles_for("/plans")["POST"]), sorted(roles_for("/days/2026-11-24")["GET"]), roles_for("/etc")
    (['admin', 'planner'], ['admin', 'analyst', 'moderator', 'planner', 'viewer'], {})
    """
    return {method: row.roles for method, row in rows_for(path).items()}


def allowed_methods(path: str, identity: Identity | None = None) -> str:
    """Return the methods that an address knows as a header writes them, empty when the table does not know it.

    With an identity only those that it may use.

    Examples
    --------
    >>> allowed_methods("/plans"), allowed_methods("/etc")
    ('GET, HEAD, OPTIONS, POST', '')
    """
    known = roles_for(path)
    methods = {method for method, roles in known.items() if identity is None or identity.role in roles}
    if known:
        methods |= {"HEAD", "OPTIONS"} if "GET" in methods else {"OPTIONS"}
    return ", ".join(sorted(methods))


class AccessControl:
    """ASGI middleware: finds out who asks, holds it against the table, and leaves identity and row in the state.

    What is refused here or further in goes into the audit log.

    Raises
    ------
    NotFound
        For a path without a row, and for what belongs to another crew.
    HTTPException
        405 for a path that has rows, but none for the method.
    NotAllowed
        When the role is not in the row, or when another site may have made a signed-in browser ask.
    TooManyRequests
        When the limit of the route is used up, see `geo_service.api.rate_limit`.
    """

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, or raise."""
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        request.state.identity = Identity()
        method = "GET" if request.method == "HEAD" else request.method
        rows = rows_for(scope["path"])
        row = request.state.row = rows.get(method)
        try:
            if row is None:
                _refuse_unknown(rows, scope["path"])
            else:
                await self._admit(request, method, row)
            await self._app(scope, receive, self._told(request, send))
        except (NotAllowed, TooManyRequests, ForeignCrew) as error:
            who: Identity = request.state.identity
            audit(
                "refused",
                self._desk.clock(),
                request,
                code=error.code,
                method=method,
                route=row.template if row else "",
                role=who.role,
                token=who.token_id,
            )
            raise

    async def _admit(self, request: Request, method: str, row: Row) -> None:
        desk = self._desk
        limit = desk.limiter.limit(method, row.template)
        if limit is not None and limit.by_address:
            desk.limiter.take(limit, asker_of(request.client.host if request.client else ""), desk.clock())
        if shows_token(desk, request):
            request.state.identity = await find_identity(desk, request)
        identity: Identity = request.state.identity
        require(row.roles, identity)
        if "crew" in row.values:
            require_own_crew(identity, row.values["crew"])
        if identity.by_cookie and request.method not in _SAFE:
            _require_same_site(request)
        if limit is not None and not limit.by_address:
            desk.limiter.take(limit, identity.token_id, desk.clock())

    def _told(self, request: Request, send: Send) -> Send:
        """Return a sender that tells the browser of a session that was prolonged."""
        identity: Identity = request.state.identity
        if not identity.prolonged or identity.expires_at is None:
            return send
        name = session_cookie(self._desk.base_url)
        told = Response()
        set_session_cookie(told, self._desk, request.cookies[name], identity.expires_at)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if not any(one.startswith(f"{name}=") for one in headers.getlist("set-cookie")):
                    headers.append("set-cookie", told.headers["set-cookie"])
            await send(message)

        return send_with_cookie


def _refuse_unknown(rows: Mapping[str, Row], path: str) -> None:
    if not rows:
        raise NotFound("there is nothing at this address", remedy="see /docs for what there is")
    raise HTTPException(405, headers={"Allow": allowed_methods(path)})


class ForeignCrew(NotFound):
    """What is asked for belongs to another crew: for the one who asks it is not there."""


def require_own_crew(identity: Identity, crew: str) -> None:
    """Raise when a crew asks for what belongs to another one; all other roles pass.

    The one check of objects: the middleware calls it for a crew that stands in the path, endpoints for a crew that
    stands in a body or in what an id leads to.

    Raises
    ------
    ForeignCrew
        A `NotFound`, answered like anything that is not there.
    """
    if identity.role == CREW and identity.crew != crew:
        raise ForeignCrew(
            "there is nothing at this address", remedy="ask a planner for your own crew's code", code="not_found"
        )


def set_session_cookie(response: Response, desk: Desk, secret: str, expires_at: datetime) -> None:
    """Hand a session to the browser: out of reach of scripts and other sites, with TLS sent over TLS only."""
    response.set_cookie(
        session_cookie(desk.base_url),
        secret,
        max_age=int((expires_at - desk.clock()).total_seconds()),
        httponly=True,
        samesite="lax",
        secure=desk.base_url.startswith("https:"),
    )


def require(roles: frozenset[str], identity: Identity) -> None:
    """Raise unless the identity has one of the roles.

    Raises
    ------
    NotAllowed
        With ``signed_in`` telling 401 from 403.
    """
    if identity.role in roles:
        return
    if identity.signed_in:
        raise NotAllowed(
            f"the role {identity.role} may not do this", remedy="ask a planner", code="role_missing", signed_in=True
        )
    if identity.ended:
        raise NotAllowed(
            "this browser is not signed in any more: the session ended or was revoked",
            remedy="sign in again with a new link or code; what waits on this device is not lost",
            code="session_ended",
            signed_in=False,
        )
    raise NotAllowed(
        "sign in first",
        remedy="open the sign-in link that `geo-service serve` prints; for programs make a key with "
        "`geo-service access add` and send it as Bearer or as Basic password",
        code="sign_in_first",
        signed_in=False,
    )


def _require_same_site(request: Request) -> None:
    """Refuse a change that a signed-in browser was made to send by another site.

    Browsers say where a request comes from in ``Sec-Fetch-Site``; on plain HTTP beyond this machine only in ``Origin``.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        ours = site in {"same-origin", "none"}
    else:
        ours = urlsplit(request.headers.get("origin", "")).netloc == request.headers.get("host")
    if not ours:
        raise NotAllowed(
            "a change with the session cookie must come from the desk's own pages",
            remedy="send the token as Bearer instead of the cookie",
            code="cross_site",
            signed_in=True,
        )


def unlisted(app: FastAPI) -> list[str]:
    """List the routes of an application, mounted ones included, that have no row in the table.

    Such a route answers 404 or 405 to everybody; a test keeps this list empty.
    """
    missing = []
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount):
            wanted = [("GET", f"{route.path}/{{path:path}}")]
        else:
            wanted = [(method, str(route.path)) for method in sorted((route.methods or {"WEBSOCKET"}) - {"HEAD"})]
        missing += [f"{method} {path}" for method, path in wanted if (method, path) not in ACCESS]
    return missing


def may_read(path: str, identity: Identity) -> bool:
    """Whether somebody may read what is at a path."""
    return identity.role in roles_for(path).get("GET", frozenset())
