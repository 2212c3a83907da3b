"""Floor 1: questions to a router on another machine over HTTP: the one module below the store that uses the network.

It asks the server it was given and no other: redirects are refused, proxies of the environment are not used.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

from geo_service.base.errors import InputError, NotReady
from geo_service.streets.exchange import Reply

TIMEOUT_S = 30.0
MAX_BYTES = 256 * 1024 * 1024
"""Largest answer that is read: a table of 3,000 places has about 200 MB."""


def straight_opener() -> urllib.request.OpenerDirector:
    """Return what opens HTTP and HTTPS addresses themselves: it follows no redirect and uses no proxy."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


class HttpExchange:
    """Asks one server over HTTP or HTTPS.

    Parameters
    ----------
    address
        ``http://host:port`` or ``https://host/path``, nothing else.
    timeout_s
        Seconds to wait for a connection and for each part of an answer.

    Raises
    ------
    InputError
        When the address is another one.
    """

    def __init__(self, address: str, *, timeout_s: float = TIMEOUT_S, max_bytes: int = MAX_BYTES) -> None:
        try:
            parts = urllib.parse.urlsplit(address)
            sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            sound = False
        if not sound or parts.query or parts.fragment or "@" in parts.netloc or not address.isprintable():
            raise InputError(
                f"{address!r} is no address of a router",
                remedy="give http://host:port or https://host, without a name, query or #",
                code="router_address",
            )
        self._host = parts.netloc
        self._base = urllib.parse.urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._opener = straight_opener()

    def ask(self, path: str, query: Mapping[str, str], body: bytes | None = None) -> Reply:
        """Ask for a path below the address: with a body (JSON) by POST, else by GET.

        Raises
        ------
        NotReady
            When no answer comes, it redirects elsewhere or is too long.
        """
        url = f"{self._base}/{urllib.parse.quote(path.lstrip('/'), safe='/,;.-')}"
        if query:
            url += "?" + urllib.parse.urlencode(query, safe=",;.")
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body is not None else {})
        request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310  # scheme checked above
        try:
            try:
                response = self._opener.open(request, timeout=self._timeout_s)
            except urllib.error.HTTPError as error:
                response = error  # also an answer
            with response:
                status = int(response.status or 0)
                if 300 <= status < 400:
                    raise NotReady(
                        f"{self._host} redirects to another address",
                        remedy="give the address of the router itself",
                        code="router_redirects",
                    )
                return Reply(status, self._read(response))
        except (OSError, http.client.HTTPException) as error:  # URLError and timeouts are OSErrors
            reason = getattr(error, "reason", None) or error
            raise NotReady(
                f"no answer from {self._host}: {reason or type(error).__name__}",
                remedy="start the router, or check its address and the network between",
                code="router_unreachable",
            ) from error

    def _read(self, response: http.client.HTTPResponse | urllib.error.HTTPError) -> bytes:
        body: bytes = response.read(self._max_bytes + 1)
        if len(body) > self._max_bytes:
            raise NotReady(
                f"the answer of {self._host} is longer than {self._max_bytes} bytes",
                remedy="ask for fewer places at once",
                code="router_answer",
            )
        promised = response.headers.get("Content-Length", "")
        if promised.isdecimal() and len(body) < int(promised):
            raise http.client.IncompleteRead(body, int(promised) - len(body))
        return body
