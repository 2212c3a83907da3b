"""Floor 8: who may do what: ONE table from route to roles, consulted before anything else is done."""

from __future__ import annotations

from urllib.parse import urlsplit

from anyio.to_thread import run_sync
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Mount, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from geo_service.api.desk import Desk
from geo_service.api.identity import ANONYMOUS, PLANNER, VIEWER, Identity, find_identity, shows_token
from geo_service.base.errors import NotAllowed, NotFound

EVERYONE = frozenset({ANONYMOUS, VIEWER, PLANNER})
READERS = frozenset({VIEWER, PLANNER})
PLANNERS = frozenset({PLANNER})

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
    ("GET", "/collections/streets"): EVERYONE,
    ("GET", "/collections/streets/items"): EVERYONE,
    ("GET", "/collections/streets/items/{fid}"): EVERYONE,
    **{
        ("GET", f"/collections/{name}/tiles{rest}"): EVERYONE
        for name in ("quarters", "plots", "streets")
        for rest in ("", "/WebMercatorQuad", "/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}")
    },
    ("GET", "/tileMatrixSets"): EVERYONE,
    ("GET", "/tileMatrixSets/WebMercatorQuad"): EVERYONE,
    ("GET", "/tiles"): EVERYONE,  # of the collections that one may see
    ("GET", "/tiles/WebMercatorQuad"): EVERYONE,
    ("GET", "/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}"): EVERYONE,
    ("GET", "/collections/{collection}"): READERS,  # visits, routes, and what may be added
    ("GET", "/collections/{collection}/items"): READERS,
    ("GET", "/collections/{collection}/items/{fid}"): READERS,
    ("GET", "/collections/{collection}/tiles"): READERS,
    ("GET", "/collections/{collection}/tiles/WebMercatorQuad"): READERS,
    ("GET", "/collections/{collection}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}"): READERS,
    ("GET", "/plans"): READERS,
    ("POST", "/plans"): PLANNERS,
    ("GET", "/plans/{plan_id}"): READERS,
    ("DELETE", "/plans/{plan_id}"): PLANNERS,
    ("GET", "/plans/{plan_id}/progress"): READERS,
    ("GET", "/plans/{plan_id}/compare/{other}"): READERS,
    ("GET", "/plans/{plan_id}/moves"): READERS,
    ("POST", "/plans/{plan_id}/accept"): PLANNERS,
    ("POST", "/replans"): PLANNERS,
    ("GET", "/events"): READERS,
    ("DELETE", "/events/{event_id}"): PLANNERS,
    ("GET", "/locks"): READERS,
    ("PUT", "/visits/{visit_id}/lock"): PLANNERS,
    ("DELETE", "/visits/{visit_id}/lock"): PLANNERS,
    ("GET", "/exceptions"): READERS,
    ("PUT", "/plots/{plot}/exceptions/{work}"): PLANNERS,
    ("DELETE", "/plots/{plot}/exceptions/{work}"): PLANNERS,
    ("GET", "/days/{day}"): READERS,
    ("GET", "/days/{day}.{suffix}"): READERS,
    ("GET", "/days/{day}/crews/{crew}"): READERS,
    ("GET", "/days/{day}/crews/{crew}.{suffix}"): READERS,
    ("GET", "/sign-in"): EVERYONE,
    ("POST", "/sign-out"): EVERYONE,
    # the pages of geo_service.web
    ("GET", "/map"): EVERYONE,
    ("GET", "/map/setup.json"): EVERYONE,
    ("GET", "/map/landscape.geojson"): EVERYONE,
    ("GET", "/crew/{crew}"): EVERYONE,  # the page itself asks a visitor to sign in
    ("GET", "/static/{path:path}"): EVERYONE,
}
"""Method and path template -> the roles that may; the first row that matches counts.

What has no row here answers 404 or 405, whatever serves it.
"""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_PATTERNS = tuple((compile_path(path)[0], method, roles) for (method, path), roles in ACCESS.items())


def roles_for(path: str) -> dict[str, frozenset[str]]:
    """Return the roles that may, by method, for a path; empty when the table does not know it.

    Examples
    --------
    >>> sorted(roles_for("/plans")["POST"]), sorted(roles_for("/collections/visits/items")["GET"]), roles_for("/etc")
    (['planner'], ['planner', 'viewer'], {})
    """
    found: dict[str, frozenset[str]] = {}
    for pattern, method, roles in _PATTERNS:
        if pattern.match(path):
            found.setdefault(method, roles)
    return found


def allowed_methods(path: str) -> str:
    """Return the methods that an address knows as a header writes them, empty when the table does not know it.

    Examples
    --------
    >>> allowed_methods("/plans"), allowed_methods("/etc")
    ('GET, HEAD, OPTIONS, POST', '')
    """
    methods = set(roles_for(path))
    if methods:
        methods |= {"HEAD", "OPTIONS"} if "GET" in methods else {"OPTIONS"}
    return ", ".join(sorted(methods))


class AccessControl:
    """ASGI middleware: finds out who asks, holds it against the table, and leaves the identity in the request's state.

    Raises
    ------
    NotFound
        For a path without a row.
    HTTPException
        405 for a path that has rows, but none for the method.
    NotAllowed
        When the role is not in the row, or when another site may have made a signed-in browser ask.
    """

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, or raise."""
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        if scope["type"] == "http":
            request = Request(scope)
            request.state.identity = await self._admit(request)
        await self._app(scope, receive, send)

    async def _admit(self, request: Request) -> Identity:
        by_method = roles_for(request.scope["path"])
        if not by_method:
            raise NotFound("there is nothing at this address", remedy="see /docs for what there is")
        roles = by_method.get("GET" if request.method == "HEAD" else request.method)
        if roles is None:
            raise HTTPException(405, headers={"Allow": allowed_methods(request.scope["path"])})
        identity = Identity()
        if shows_token(request):
            identity = await run_sync(find_identity, self._desk, request)
        require(roles, identity)
        if identity.by_cookie and request.method not in _SAFE:
            _require_same_site(request)
        return identity


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
