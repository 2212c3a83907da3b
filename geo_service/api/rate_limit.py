"""Floor 8: how often something may be asked: ONE table from route to limit, held by token buckets in this process."""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from geo_service.base.errors import TooManyRequests

MOST_BUCKETS = 10_000
"""How many askers are remembered; the one that asked longest ago is forgotten first."""


@dataclass(frozen=True)
class Limit:
    """How often a group of routes may be asked by one asker.

    Attributes
    ----------
    group
        Routes of one group share a bucket.
    burst
        How many requests may come at once.
    every_s
        Seconds after which one more may come.
    by_address
        Whether the asker is an address (nobody is signed in yet) or a token.
    """

    group: str
    burst: int
    every_s: float
    by_address: bool = False


SIGN_IN = Limit("sign-in", burst=20, every_s=6, by_address=True)
PLANNING = Limit("planning", burst=20, every_s=15)
KEYS = Limit("keys", burst=40, every_s=5)
IMPORTS = Limit("imports", burst=20, every_s=15)
CONCERNS = Limit("concerns", burst=10, every_s=60, by_address=True)
PICTURES = Limit("pictures of concerns", burst=30, every_s=20, by_address=True)

LIMITS: dict[tuple[str, str], Limit] = {
    ("GET", "/sign-in"): SIGN_IN,
    ("GET", "/sign-in/oidc"): SIGN_IN,
    ("GET", "/sign-in/oidc/callback"): SIGN_IN,
    ("POST", "/plans"): PLANNING,
    ("POST", "/replans"): PLANNING,
    ("POST", "/lots"): PLANNING,
    ("POST", "/concerns"): CONCERNS,
    ("POST", "/concern"): CONCERNS,
    ("POST", "/reports"): PLANNING,
    ("POST", "/open311/v2/requests.{suffix}"): CONCERNS,
    ("PUT", "/concerns/status/{secret}/photos/{sha256}"): PICTURES,
    ("POST", "/imports/preview"): IMPORTS,
    ("POST", "/imports"): IMPORTS,
    ("POST", "/access/enrolments"): KEYS,
    ("POST", "/access/tokens"): KEYS,
}
"""Method and path template -> its limit; what has no row is not limited."""


class RateLimiter:
    """Counts requests in buckets that fill again with time; safe to use from several threads."""

    def __init__(self, limits: Mapping[tuple[str, str], Limit] = LIMITS, *, most_buckets: int = MOST_BUCKETS) -> None:
        self._limits = limits
        self._most = most_buckets
        self._left: OrderedDict[tuple[str, str], tuple[float, datetime]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Count the buckets that are kept."""
        return len(self._left)

    def limit(self, method: str, template: str) -> Limit | None:
        """Return the limit of a route."""
        return self._limits.get((method, template))

    def take(self, limit: Limit, asker: str, at: datetime) -> None:
        """Count a request.

        Raises
        ------
        TooManyRequests
            When the bucket is empty; such a request is not counted.
        """
        key = (limit.group, asker)
        with self._lock:
            left, since = self._left.pop(key, (float(limit.burst), at))
            passed_s = max(0.0, (at - since).total_seconds())  # a clock that was set back only delays
            left = min(float(limit.burst), left + passed_s / limit.every_s)
            allowed = left >= 1
            self._left[key] = (left - 1 if allowed else left, at)
            while len(self._left) > self._most:
                self._left.popitem(last=False)
        if not allowed:
            wait_s = math.ceil((1 - left) * limit.every_s)
            raise TooManyRequests(
                "too many requests of this kind", remedy=f"ask again in {wait_s} seconds", retry_after_s=wait_s
            )


def asker_of(address: str) -> str:
    """Return what stands for an address: itself, or the network of an IPv6 address, of which one machine has many.

    Examples
    --------
    >>> asker_of("192.0.2.7"), asker_of("2001:db8::7"), asker_of("testclient")
    ('192.0.2.7', '2001:db8::/64', 'testclient')
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False))
