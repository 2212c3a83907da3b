"""Floor 8: questions to the identity provider over HTTPS: to the addresses it was allowed, and to no other.

Redirects are refused, proxies of the environment are not used, answers are small and come in time.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from geo_service.base.errors import InputError, NotReady
from geo_service.streets.http_exchange import straight_opener

TIMEOUT_S = 10.0
MAX_BYTES = 1_000_000

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_REMEDY = "check the address of the sign-in service and the network between"


@dataclass(frozen=True)
class IssuerReply:
    """What the provider answered."""

    status_code: int
    body: bytes

    def json(self) -> object:
        """Return the body as JSON; a ValueError when it is none."""
        return orjson.loads(self.body)

    def raise_for_status(self) -> None:
        """Raise unless the provider did what it was asked."""
        if self.status_code >= 400:
            raise NotReady(
                f"the sign-in service answered {self.status_code}", remedy="try again", code="issuer_unreachable"
            )


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address that may be asked.

    Raises
    ------
    InputError
        Unless it is ``https://``; ``http://`` only on this machine.

    Examples
    --------
    >>> origin_of("https://login.example/realms/city")
    'https://login.example'
    """
    try:
        parts = urllib.parse.urlsplit(address)
        local = parts.scheme == "http" and parts.hostname in _LOOPBACK
        sound = bool(parts.hostname) and (parts.scheme == "https" or local) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or "@" in parts.netloc or not address.isprintable():
        raise InputError(f"{address!r} is no address of a sign-in service", remedy="give https://host/path")
    return f"{parts.scheme}://{parts.netloc}"


class IssuerExchange:
    """Asks an identity provider.

    Parameters
    ----------
    allowed
        Addresses whose origins may be asked.
    timeout_s
        Seconds to wait for a connection and for each part of an answer.
    """

    def __init__(self, allowed: Iterable[str], *, timeout_s: float = TIMEOUT_S) -> None:
        self._allowed = frozenset(origin_of(address) for address in allowed)
        self._timeout_s = timeout_s
        self._opener = straight_opener()

    def require_allowed(self, url: str) -> None:
        """Raise unless an address lies with the provider.

        Raises
        ------
        NotReady
            When it lies elsewhere.
        """
        try:
            known = origin_of(url) in self._allowed
        except InputError:
            known = False
        if not known:
            raise NotReady(
                "the sign-in service names an address that is not its own",
                remedy="add its origin to GEO_SERVICE_OIDC_ORIGINS if it belongs to the service",
                code="issuer_not_allowed",
            )

    def get(self, url: str) -> IssuerReply:
        """Ask for a document."""
        return self._ask(urllib.request.Request(url, headers={"Accept": "application/json"}))  # noqa: S310  # see _ask

    def post(self, url: str, form: str, headers: Mapping[str, str]) -> IssuerReply:
        """Send a form, encoded."""
        return self._ask(urllib.request.Request(url, data=form.encode(), headers=dict(headers)))  # noqa: S310  # see _ask

    def _ask(self, request: urllib.request.Request) -> IssuerReply:
        self.require_allowed(request.full_url)
        try:
            try:
                response = self._opener.open(request, timeout=self._timeout_s)
            except urllib.error.HTTPError as error:
                response = error  # also an answer
            with response:
                status = int(response.status or 0)
                if 300 <= status < 400:
                    raise _not_reached("it redirects to another address")
                body: bytes = response.read(MAX_BYTES + 1)
                if len(body) > MAX_BYTES:
                    raise _not_reached("its answer is too long")
                return IssuerReply(status, body)
        except (OSError, http.client.HTTPException) as error:  # URLError and timeouts are OSErrors
            raise _not_reached(type(error).__name__) from error


def _not_reached(why: str) -> NotReady:
    return NotReady(f"the sign-in service cannot be asked: {why}", remedy=_REMEDY, code="issuer_unreachable")
