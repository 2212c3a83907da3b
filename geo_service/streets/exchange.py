"""Floor 1: the seam to routers on other machines, and what their answers have in common. No network here.

`geo_service.streets.osrm` and `geo_service.streets.valhalla` ask through an `Exchange`; the one over HTTP is
`geo_service.streets.http_exchange`. Whatever a server answers is checked before it is believed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import orjson

from geo_service.base.errors import NotReady
from geo_service.streets.model import UNREACHABLE, PathLeg, Snap, TravelMatrix

_SAID = 200
"""Characters of a server's words that are passed on."""


@dataclass(frozen=True)
class Reply:
    """Status and body of an answer, whatever the status is."""

    status: int
    body: bytes


class Exchange(Protocol):
    """Asks one server."""

    def ask(self, path: str, query: Mapping[str, str], body: bytes | None = None) -> Reply:
        """Ask for a path below the server's address: with a body by POST, else by GET.

        Raises
        ------
        NotReady
            When no answer comes.
        """
        ...


def not_understood(server: str, reason: str) -> NotReady:
    """Return the error for an answer that is not what the server's interface promises."""
    return NotReady(
        f"the answer of {server} is not understood: {reason}",
        remedy=f"check that the address is that of {server} and its version is supported",
        code="router_answer",
    )


def refused(server: str, status: int, said: str) -> NotReady:
    """Return the error for a request that the server did not fulfil."""
    words = " ".join(said.split())[:_SAID]
    return NotReady(
        f"{server} refused the request with status {status}" + (f": {words}" if words else ""),
        remedy=f"see the log of {server}; its data must cover the area and its limits the number of places",
        code="router_refused",
        status=status,
    )


def read_json(server: str, reply: Reply) -> Any:
    """Read an answer as JSON.

    Raises
    ------
    NotReady
        When it is something else; with the status where that tells an error.
    """
    try:
        return orjson.loads(reply.body)
    except orjson.JSONDecodeError as error:
        if reply.status >= 400:
            raise refused(server, reply.status, "") from error
        raise not_understood(server, "it is no JSON") from error


def number(server: str, value: Any, what: str) -> float:
    """Return a finite number of 0 or more.

    Raises
    ------
    NotReady
        When it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise not_understood(server, f"{what} is no number of 0 or more")
    return float(value)


def half_up(value: float) -> int:
    """Round to a whole number, halves up, as the router of this house does."""
    return math.floor(value + 0.5)


def square(server: str, rows: Any, height: int, width: int, what: str, scale: float = 1.0) -> npt.NDArray[np.int32]:
    """Return a table of numbers as whole units, int32, `UNREACHABLE` where the server says null.

    Raises
    ------
    NotReady
        When it has another shape or other content.
    """
    if not isinstance(rows, list) or len(rows) != height:
        raise not_understood(server, f"{what} has not {height} rows")
    if any(not isinstance(row, list) or len(row) != width for row in rows):
        raise not_understood(server, f"{what} has rows that are not {width} long")
    try:
        table = np.array(rows, dtype=np.float64) * scale  # null becomes nan
    except (TypeError, ValueError) as error:
        raise not_understood(server, f"{what} holds something else than numbers") from error
    if np.any(table < 0) or np.any(table >= UNREACHABLE - 1):
        raise not_understood(server, f"{what} holds numbers that cannot be")
    return np.where(np.isnan(table), UNREACHABLE, np.floor(table + 0.5)).astype(np.int32)


def whole_matrix(seconds: npt.NDArray[np.int32], metres: npt.NDArray[np.int32]) -> TravelMatrix:
    """Return the matrix with zeros on its diagonal, and both figures missing where one is."""
    lost = (seconds == UNREACHABLE) | (metres == UNREACHABLE)
    seconds, metres = np.where(lost, UNREACHABLE, seconds), np.where(lost, UNREACHABLE, metres)
    np.fill_diagonal(seconds, 0)
    np.fill_diagonal(metres, 0)
    return TravelMatrix(seconds.astype(np.int32), metres.astype(np.int32))


def merged_legs(stretches: Iterable[tuple[str, float]]) -> tuple[PathLeg, ...]:
    """Join stretches of the same street.

    Examples
    --------
    >>> merged_legs([("A", 100.0), ("A", 50.0), ("", 0.0), ("B", 70.0)])
    (PathLeg(name='A', length_m=150.0), PathLeg(name='B', length_m=70.0))
    """
    legs: list[PathLeg] = []
    for name, length_m in stretches:
        if length_m <= 0:
            continue
        if legs and legs[-1].name == name:
            length_m += legs.pop().length_m  # noqa: PLW2901
        legs.append(PathLeg(name, length_m))
    return tuple(legs)


def line(server: str, lonlat: Any, ends: Sequence[Snap]) -> npt.NDArray[np.float64]:
    """Return a way's line, float64, shape (k, 2), degrees; that of a way of no length has two equal places.

    Raises
    ------
    NotReady
        When it is no list of places in degrees.
    """
    try:
        found = np.array(lonlat, dtype=np.float64).reshape(-1, 2)
    except (TypeError, ValueError) as error:
        raise not_understood(server, "the way's line is no list of places") from error
    if not np.isfinite(found).all() or np.any(np.abs(found) > (180.0, 90.0)):
        raise not_understood(server, "the way's line leaves the earth")
    return found if len(found) > 1 else np.array([(end.lon, end.lat) for end in ends])


def one_place(server: str, lonlat: Any) -> tuple[float, float]:
    """Return longitude and latitude of a place in degrees.

    Raises
    ------
    NotReady
        When it is none.
    """
    found = line(server, [lonlat, lonlat], ())
    if found.shape != (2, 2):
        raise not_understood(server, "a place has not two numbers")
    return float(found[0, 0]), float(found[0, 1])


def sane_places(lonlat: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return places as an array of shape (n, 2), and the numbers of those that lie on the earth."""
    places = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    sane = np.isfinite(places).all(axis=1) & (np.abs(places) <= (180.0, 90.0)).all(axis=1)
    return places, np.flatnonzero(sane)
