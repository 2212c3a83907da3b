"""Floor 8: the version of a plot that a change of it rests on, as ``If-Match`` names it."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Header

from geo_service.api.errors import VersionMissing
from geo_service.base.errors import InputError

_TAG = re.compile(r'(?:W/)?"([0-9a-f]{32})(?:-[0-9a-f]{8})?"')

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description="The `ETag` of the plot that was looked at; `*` changes it whatever it is.",
    ),
]
"""A parameter of an endpoint that changes a plot."""


def expected_version(if_match: str | None) -> str | None:
    """Return the version that a change rests on, None for any.

    Parameters
    ----------
    if_match
        The header. Proxies that pack answers make tags weak; that says nothing of the version.

    Raises
    ------
    VersionMissing
        Without the header.
    InputError
        When it is no entity tag of a plot.

    Examples
    --------
    >>> expected_version('"0123456789abcdef0123456789abcdef-01234567"'), expected_version("*")
    ('0123456789abcdef0123456789abcdef', None)
    """
    if if_match is None:
        raise VersionMissing(
            "a change of a plot names the version that it rests on",
            remedy="read the plot and send its ETag as If-Match",
            code="version_missing",
        )
    if if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise InputError(
            "If-Match is no ETag of a plot",
            remedy="send the ETag as it came with the plot",
            code="invalid_parameter",
            parameter="If-Match",
        )
    return found.group(1)
