"""Floor 8: HEAD and OPTIONS of every address: what GET would answer without its body, and what may be asked."""

from __future__ import annotations

from anyio import CancelScope
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo_service.api.access import allowed_methods
from geo_service.api.desk import Desk
from geo_service.api.identity import Identity, find_identity, shows_token
from geo_service.base.errors import NotAllowed

_OWN_HEAD = "/photos/"
"""Addresses below answer HEAD themselves: it tells how much has arrived."""

_BY_ROLE = "/collections/"

_CHANGES_SOMETHING = frozenset({"/sign-in"})
"""Addresses that HEAD must leave alone: whoever only looks at a sign-in link must not use it up."""


class HeadAndOptions:
    """ASGI middleware: answers OPTIONS by the table of access, and HEAD by asking GET and sending the head alone.

    Of collections OPTIONS tells what the one who asks may do; editors in a GIS go by it.
    """

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        method = scope["method"] if scope["type"] == "http" else ""
        if method == "HEAD" and scope["path"] not in _CHANGES_SOMETHING and not scope["path"].startswith(_OWN_HEAD):
            await self._head(scope, receive, send)
        elif method == "OPTIONS" and (allowed := allowed_methods(scope["path"])):
            by_role = scope["path"].startswith(_BY_ROLE)
            if by_role:
                allowed = allowed_methods(scope["path"], await self._who(Request(scope)))
            headers = {"Allow": allowed} | ({"Vary": "Authorization, Cookie"} if by_role else {})
            await Response(status_code=204, headers=headers)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _who(self, request: Request) -> Identity:
        """Return who asks; whose token is not valid may do what anybody may."""
        try:
            shown = shows_token(self._desk, request)
            return await find_identity(self._desk, request) if shown else Identity()
        except NotAllowed:
            return Identity()

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = False

        async def send_head(message: Message) -> None:
            nonlocal told
            if not told and message["type"] == "http.response.start":
                told = True
                await send(message)
                await send({"type": "http.response.body", "body": b""})
                work.cancel()  # a stream of events would go on

        with CancelScope() as work:
            await self._app({**scope, "method": "GET"}, receive, send_head)
