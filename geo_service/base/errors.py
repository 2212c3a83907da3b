"""Floor 0: every error the house raises on purpose.

::

    GeoServiceError                 code, message, remedy, fields
    ├── InputError                  something a person or a file gave us is wrong (CLI exit 2, HTTP 400)
    │   ├── FileUnreadable          a file cannot be opened or understood as a whole
    │   ├── CrsMissing              coordinates without a coordinate reference system
    │   ├── CrsMismatch             two geometries in different reference systems meet
    │   ├── PictureRefused          a picture is broken, too large or not what it is said to be (HTTP 422)
    │   └── RuleBroken              a law or house rule forbids it; the rule is named (HTTP 422)
    ├── NotFound                    there is no such thing, or it is not yours to see (HTTP 404)
    ├── NotAllowed                  you may not do this (HTTP 401 or 403)
    ├── TooManyRequests             you ask too often (HTTP 429)
    ├── Conflict                    somebody else changed it meanwhile (HTTP 409)
    ├── NotReady                    a step before this one is missing: no streets, no plots (CLI exit 2, HTTP 409)
    ├── Cancelled                   a person stopped the run; what was good before stays
    ├── CheckFailed                 an independent checker refused a solver's answer: our fault, never stored
    └── StoreError                  the workspace cannot keep or give data
        ├── StoreFull               the disk is full (HTTP 507)
        ├── StoreBusy               locked by another writer for too long (HTTP 503)
        └── SchemaTooNew            written by a newer version of this program

An error has a stable ``code`` (the class's snake-case name unless given), a message that says where and why,
a ``remedy`` that says what to do, and ``fields`` with the machine-readable details.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = [
    "Cancelled",
    "CheckFailed",
    "Conflict",
    "CrsMismatch",
    "CrsMissing",
    "FileUnreadable",
    "GeoServiceError",
    "InputError",
    "NotAllowed",
    "NotFound",
    "NotReady",
    "PictureRefused",
    "RuleBroken",
    "SchemaTooNew",
    "StoreBusy",
    "StoreError",
    "StoreFull",
    "TooManyRequests",
]


class GeoServiceError(Exception):
    """An error with a stable code, a reason and a remedy.

    Parameters
    ----------
    message
        Where and why, in one sentence.
    remedy
        What the person can do about it, in one sentence; empty when nothing can be done.
    code
        Stable machine-readable name; by default the class name in snake case.
    fields
        Machine-readable details.

    Examples
    --------
    >>> error = NotFound("no plot KLZ-9999", remedy="list the plots with `geo-service status`", plot="KLZ-9999")
    >>> error.code, error.fields
    ('not_found', {'plot': 'KLZ-9999'})
    >>> print(error)
    no plot KLZ-9999
    """

    def __init__(self, message: str, *, remedy: str = "", code: str = "", **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.code = code or re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()
        self.fields = fields


class InputError(GeoServiceError):
    """Something a person or a file gave us is wrong."""


class FileUnreadable(InputError):
    """A file cannot be opened or understood as a whole."""


class CrsMissing(InputError):
    """Coordinates without a coordinate reference system."""


class CrsMismatch(InputError):
    """Two geometries in different reference systems meet."""


class PictureRefused(InputError):
    """A picture is broken, too large or not what it is said to be."""


class RuleBroken(InputError):
    """A law or house rule forbids it; ``fields['rule']`` names the rule."""


class NotFound(GeoServiceError):
    """There is no such thing, or it is not yours to see."""


class NotAllowed(GeoServiceError):
    """You may not do this; ``fields['signed_in']`` tells 403 from 401."""


class TooManyRequests(GeoServiceError):
    """You ask too often; ``fields['retry_after_s']`` says when to ask again."""


class Conflict(GeoServiceError):
    """Somebody else changed it meanwhile."""


class NotReady(GeoServiceError):
    """A step before this one is missing."""


class Cancelled(GeoServiceError):
    """A person stopped the run."""


class CheckFailed(GeoServiceError):
    """An independent checker refused a solver's answer."""


class StoreError(GeoServiceError):
    """The workspace cannot keep or give data."""


class StoreFull(StoreError):
    """The disk is full."""


class StoreBusy(StoreError):
    """Locked by another writer for too long."""


class SchemaTooNew(StoreError):
    """Written by a newer version of this program."""
