"""Floor 8: the audit log: sign-ins, refusals and keys, one JSON line each, in UTC, without personal data.

Neither names nor secrets nor addresses are written: a key is told by its id, a route by its template, and where a
request came from by a hash with a secret that ends with the process, so that many refusals of one origin can be seen.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from datetime import datetime

import orjson
from starlette.requests import Request

from geo_service.base.clock import require_aware

LOGGER = "geo_service.audit"

_log = logging.getLogger(LOGGER)
_KEY = secrets.token_bytes(32)


def audit(event: str, at: datetime, request: Request | None = None, **told: str) -> None:
    """Write a line.

    Parameters
    ----------
    event
        What happened: ``signed_in``, ``signed_out``, ``refused``, ``token_made``, ``token_revoked`` ...
    at
        When, aware.
    request
        Where it came from, as a hash.
    told
        What is no personal data: ids of tokens, roles, codes, templates of routes. Empty texts are left out.
    """
    if not _log.isEnabledFor(logging.INFO):
        return
    line = {"at": require_aware(at).isoformat(timespec="milliseconds"), "event": event}
    line |= {name: value for name, value in told.items() if value}
    if request is not None and request.client is not None:
        line["from"] = hmac.digest(_KEY, request.client.host.encode(), "sha256").hex()[:8]
    _log.info(orjson.dumps(line).decode())
