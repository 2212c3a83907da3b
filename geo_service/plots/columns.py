"""Floor 1: the one table of a plot's columns, as files carry them: how each is written, read and what it means.

The sample in ``data/``, every export and every import share it, so what is exported can be imported again. Columns
with other names are recognised by `geo_service.plots.synonyms`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

import geopandas as gpd
from shapely import Point

from geo_service.base.clock import require_aware
from geo_service.base.crs import WGS84_EPSG, transform_geometry
from geo_service.base.errors import CrsMismatch
from geo_service.plots.model import (
    Baunvo,
    CareArea,
    CareKind,
    Contamination,
    OwnerKind,
    Plot,
    PlotState,
    StateChange,
    TenureKind,
)
from geo_service.plots.parcels import format_parcels, parse_parcels

Value = str | float | bool | None
"""What a column of a file holds: flat, and the same in GeoJSON, GeoPackage and CSV."""

Choice = TypeVar("Choice", bound=StrEnum)

_YES = frozenset({"true", "t", "1", "yes", "y", "ja", "j", "wahr"})
_NO = frozenset({"false", "f", "0", "no", "n", "nein", "falsch"})


@dataclass(frozen=True)
class Column:
    """A column of a plot.

    Attributes
    ----------
    name
        As it stands in files.
    what
        What it holds, with unit and form.
    write
        Plot to value; None is an empty cell.
    parse
        Non-empty value to what the plot keeps; raises ValueError. None for columns that are only written.
    clears
        True when an empty cell empties the field of a plot that is already known; False when it leaves it alone.
    """

    name: str
    what: str
    write: Callable[[Plot], Value]
    parse: Callable[[Any], Any] | None
    clears: bool = True


def plot_properties(plot: Plot) -> dict[str, Value]:
    """Return all fields of a plot but its geometry, flat and fit for JSON, by column name.

    Access is in degrees (EPSG:4326), areas in square metres, dates ISO 8601. Owner names are not among them, but
    ``history`` names authors: leave it out of what is public.
    """
    return {column.name: column.write(plot) for column in COLUMNS}


def plots_frame(plots: Sequence[Plot]) -> gpd.GeoDataFrame:
    """Return plots as a GeoDataFrame in their plan CRS, one column per entry of `COLUMNS`.

    Raises
    ------
    CrsMismatch
        When the plots are in different reference systems.
    """
    found = sorted({plot.epsg for plot in plots})
    if len(found) > 1:
        raise CrsMismatch(f"plots in EPSG {found} cannot share a table", remedy="import them into one workspace")
    rows = {column.name: [column.write(plot) for plot in plots] for column in COLUMNS}
    return gpd.GeoDataFrame(rows, geometry=[plot.geometry for plot in plots], crs=found[0] if found else None)


def parse_values(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Read the values of a row that stand in columns of ours.

    Parameters
    ----------
    values
        By column name; other names are passed over.

    Returns
    -------
    tuple
        What was read, by column name (None: the cell is empty and clears the field), and complaints in words
        about values that could not be read, which are left out.

    Examples
    --------
    >>> parse_values({"baunvo": "WA", "care_areas": "lawn:800;hedge:60", "public": "nein", "state": "gone"})[0]
    ... # doctest: +NORMALIZE_WHITESPACE
    {'baunvo': <Baunvo.WA: 'WA'>,
     'care_areas': (CareArea(kind=<CareKind.LAWN: 'lawn'>, area_m2=800.0),
                    CareArea(kind=<CareKind.HEDGE: 'hedge'>, area_m2=60.0)),
     'public': False}
    """
    read: dict[str, Any] = {}
    complaints: list[str] = []
    for name, value in values.items():
        column = COLUMN.get(name)
        if column is None or column.parse is None:
            continue
        if is_empty(value):
            if column.clears:
                read[name] = None
            continue
        try:
            read[name] = column.parse(value)
        except (ValueError, TypeError, KeyError) as error:
            complaints.append(f"{name} {str(value)[:60]!r} cannot be read ({error}) and was left out")
    return read, complaints


def is_empty(value: Any) -> bool:
    """Tell whether a cell holds nothing: None, NaN, or a text of blanks."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and math.isnan(value))


def plain_text(value: Any) -> str:
    """Write a cell as text: whole numbers without point or exponent, texts stripped.

    Examples
    --------
    >>> plain_text(2.516302013e13), plain_text(" Weg "), plain_text(12.5), plain_text(None)
    ('25163020130000', 'Weg', '12.5', '')
    """
    if is_empty(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def format_care(areas: Sequence[CareArea]) -> str:
    """Write care areas into one column: ``kind:m²`` joined by semicolons.

    Examples
    --------
    >>> format_care([CareArea(CareKind.LAWN, 800.0), CareArea(CareKind.HEDGE, 60.5)])
    'lawn:800;hedge:60.5'
    """
    return ";".join(f"{area.kind}:{_number(area.area_m2)}" for area in areas)


def parse_care(value: Any) -> tuple[CareArea, ...]:
    """Read what `format_care` writes, or the same as a JSON object of kind to square metres.

    Raises
    ------
    ValueError
        When a kind is unknown or an area is not a finite number of at least 0.
    """
    if isinstance(value, dict):
        pairs = [(str(kind), area) for kind, area in value.items()]
    else:
        pairs = [(kind.strip(), area) for kind, _, area in (part.partition(":") for part in str(value).split(";"))]
    areas = []
    for kind, area in pairs:
        area_m2 = float(area)
        if not (math.isfinite(area_m2) and area_m2 >= 0):
            raise ValueError(f"{area!r} is no area")
        areas.append(CareArea(_choice(CareKind)(kind), area_m2))
    return tuple(areas)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _choice(kind: type[Choice]) -> Callable[[Any], Choice]:
    by_name = {member.value.lower(): member for member in kind}

    def parse(value: Any) -> Choice:
        try:
            return by_name[str(value).strip().lower()]
        except KeyError:
            raise ValueError(f"known are {', '.join(member.value for member in kind)}") from None

    return parse


def _parse_yes_no(value: Any) -> bool:
    word = plain_text(value).lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("known are true and false")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _parse_date(value: Any) -> date:
    return date.fromisoformat(str(value).strip()[:10])


def _parse_degrees(value: Any) -> float:
    degrees = float(value)
    if not -180 <= degrees <= 180:
        raise ValueError("no degrees")
    return degrees


def _parse_parcels(value: Any) -> Any:
    return parse_parcels(json.dumps(value) if isinstance(value, list) else plain_text(value))


def _format_history(history: Sequence[StateChange]) -> str | None:
    steps = [[step.state.value, step.at.isoformat(), step.author, step.reason] for step in history]
    return json.dumps(steps, ensure_ascii=False) if steps else None


def _parse_history(value: Any) -> tuple[StateChange, ...]:
    steps = json.loads(value) if isinstance(value, str) else value
    return tuple(
        StateChange(PlotState(state), require_aware(datetime.fromisoformat(at)), str(author), str(reason))
        for state, at, author, reason in steps
    )


def _access(plot: Plot) -> tuple[float, float] | None:
    if plot.access is None:
        return None
    point = transform_geometry(plot.access, plot.epsg, WGS84_EPSG)
    return round(point.x, 8), round(point.y, 8)


def access_point(lon: float, lat: float, epsg: int) -> Point:
    """Return the access point of columns ``access_lon`` and ``access_lat`` in the plan CRS."""
    return Point(transform_geometry(Point(lon, lat), WGS84_EPSG, epsg))


COLUMNS: tuple[Column, ...] = (
    Column("plot_id", "stable id (UUID)", lambda p: p.plot_id, plain_text, clears=False),
    Column("code", "short code, unique in the workspace: KLZ-0012", lambda p: p.code, plain_text, clears=False),
    Column("name", "name", lambda p: p.name or None, plain_text),
    Column("address", "street and house number", lambda p: p.address or None, plain_text),
    Column("quarter", "key of the quarter", lambda p: p.quarter or None, plain_text, clears=False),
    Column("state", "registered, cleared, greened, maintained, set_aside, returned", lambda p: p.state.value,
           _choice(PlotState), clears=False),
    Column("area_m2", "area in m², written only: the outline decides", lambda p: round(p.area_m2, 2), None),
    Column("care_areas", "what asks for care, in m²: lawn:800;hedge:60", lambda p: format_care(p.care_areas) or None,
           parse_care, clears=False),
    Column("parcels", "parcels: KEY=display;KEY=display", lambda p: format_parcels(p.parcels) or None, _parse_parcels),
    Column("access_lon", "where the crew enters, degrees", lambda p: (_access(p) or (None,))[0], _parse_degrees),
    Column("access_lat", "where the crew enters, degrees", lambda p: (_access(p) or (None, None))[1], _parse_degrees),
    Column("access_note", "how to get in", lambda p: p.access_note or None, plain_text),
    Column("hazard_note", "what is dangerous there", lambda p: p.hazard_note or None, plain_text),
    Column("owner_kind", "city, private, company, state, church, railway, unknown", lambda p: p.owner_kind.value,
           _choice(OwnerKind)),
    Column("tenure_kind", "own, permission, lease, none", lambda p: p.tenure.kind.value, _choice(TenureKind)),
    Column("tenure_from", "first day, ISO", lambda p: _iso(p.tenure.from_on), _parse_date),
    Column("tenure_until", "last day, ISO", lambda p: _iso(p.tenure.until_on), _parse_date),
    Column("baunvo", "land use after BauNVO: WA, MI, GE ...", lambda p: p.baunvo.value, _choice(Baunvo)),
    Column("contamination", "yes, no, unknown", lambda p: p.contamination.value, _choice(Contamination)),
    Column("public", "false once the owner objected", lambda p: p.public, _parse_yes_no, clears=False),
    Column("source", "where it was read from", lambda p: p.source or None, plain_text, clears=False),
    Column("source_id", "its id there", lambda p: p.source_id or None, plain_text, clears=False),
    Column("history", "steps of its life: JSON list of [state, time, author, reason]",
           lambda p: _format_history(p.history), _parse_history, clears=False),
)  # fmt: skip
"""All columns in the order in which files carry them."""

COLUMN: dict[str, Column] = {column.name: column for column in COLUMNS}
"""The columns by name."""
