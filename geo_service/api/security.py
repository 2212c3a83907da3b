"""Floor 8: what every answer carries, and how large a request may be."""

from __future__ import annotations

from anyio import fail_after
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo_service.api.uploads import UploadLimits, drop_body, too_large, too_slow

HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "worker-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=(), display-capture=()",
    "Cache-Control": "no-store",
}
"""Sent with every answer: nothing is loaded from elsewhere, nobody frames the desk, nothing is kept unless it says so.

A crew's page asks for the own position and for photos; nothing else of a device is used.
"""

HSTS = "max-age=31536000"
"""Sent where the desk is reached over TLS: for a year the browser does not try without."""

MAX_BODY_BYTES = 1_000_000
_STREAMED = ("/photos/", "/imports")
"""Bodies sent to these addresses and below are bounded where they are read, see `geo_service.api.uploads`."""


class SecurityHeaders:
    """ASGI middleware: adds `HEADERS` to every answer that does not set them itself.

    Parameters
    ----------
    over_tls
        Whether clients reach the desk over TLS.
    """

    def __init__(self, app: ASGIApp, *, over_tls: bool) -> None:
        self._app = app
        headers = HEADERS | ({"Strict-Transport-Security": HSTS} if over_tls else {})
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the answer's headers."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in self._headers if one[0] not in said)]
            await send(message)

        await self._app(scope, receive, complete)


class BodyLimit:
    """ASGI middleware: reads the body before anybody works with it: 413 above `MAX_BODY_BYTES`, 408 when it trickles.

    A body somewhat too large is read on for a moment and dropped, so that the sender gets to read the answer.
    """

    def __init__(self, app: ASGIApp, limits: UploadLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request whose body fits."""
        if scope["type"] != "http" or scope["path"].startswith(_STREAMED) or not _has_body(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        body = bytearray()
        more = True
        try:
            with fail_after(self._limits.whole_s):
                while more and len(body) <= MAX_BODY_BYTES:
                    with fail_after(self._limits.piece_s):
                        message = await receive()
                    if message["type"] == "http.disconnect":
                        return
                    body += message.get("body", b"")
                    more = message.get("more_body", False)
        except TimeoutError:
            await too_slow().answer(Request(scope))(scope, receive, send)
            return
        if len(body) > MAX_BODY_BYTES:
            if more:
                await drop_body(receive, self._limits)
            await too_large(MAX_BODY_BYTES).answer(Request(scope))(scope, receive, send)
            return
        handed_over = False

        async def replay() -> Message:
            nonlocal handed_over
            if handed_over:
                return await receive()
            handed_over = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        await self._app(scope, replay, send)


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
