"""The register that all servers of `layers` serve: plots by the seed, in our store and as rows for PostGIS.

Plots lie as densely whatever their number, about as if Leipzig had 100,000: some 1,000 in a tile of zoom 14. A box or a
tile that is asked for lies wholly among them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import shapely

from geo_service.actions.make_workspace import make_workspace
from geo_service.api.feature_source import parts_of
from geo_service.api.field_rules import seen_by
from geo_service.api.tokens import mint
from geo_service.base.crs import LEIPZIG_EPSG, WGS84_EPSG, transform_xy
from geo_service.outputs.collections import PLOTS, Property
from geo_service.outputs.tile_grid import TileAddress, tile_at
from geo_service.plots.model import (
    Baunvo,
    CareArea,
    CareKind,
    Contamination,
    OwnerKind,
    Parcel,
    Plot,
    PlotState,
    Tenure,
    TenureKind,
)
from geo_service.store.protocol import Store

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DAYS = 60
"""A benchmark may run so many days after it was begun: the token lives on."""

ROLE = "viewer"
"""Sees all columns but those in people's own words."""

SAMPLE = Path(__file__).parents[2] / "data" / "leipzig_west"

X0, Y0 = 300_000.0, 5_670_000.0
"""South-west corner of the region, metres in EPSG:25833."""

PLOTS_PER_KM2 = 430
MAKE_AT_ONCE = 20_000

TWELVE = (
    *("code", "name", "quarter", "state", "address", "parcels", "area_m2", "owner_kind", "tenure_kind", "baunvo"),
    *("contamination", "public"),
)
"""Attributes that are asked for by name where it is said that there are twelve."""

COLUMN_TYPES = {"string": "text", "number": "double precision", "integer": "bigint", "boolean": "boolean"}
FORMS = {"date": "date", "date-time": "timestamptz"}


@dataclass(frozen=True)
class Region:
    """The square in which plots lie, and what is asked of it.

    Attributes
    ----------
    side_m
        Length of its sides, metres.
    count
        Of plots.
    """

    count: int

    @property
    def side_m(self) -> float:
        """Length of its sides, metres."""
        return 1000 * math.sqrt(self.count / PLOTS_PER_KM2)

    def boxes(self, features: int, number: int, rng: np.random.Generator) -> list[str]:
        """Return boxes in degrees, each with about so many plots, as ``bbox`` writes them."""
        side_m = 1000 * math.sqrt(min(features, self.count) / PLOTS_PER_KM2)
        corners = np.array([X0, Y0]) + rng.uniform(0, max(self.side_m - side_m, 1), (number, 2))
        low = transform_xy(corners, LEIPZIG_EPSG, WGS84_EPSG)
        high = transform_xy(corners + side_m, LEIPZIG_EPSG, WGS84_EPSG)
        return [",".join(f"{value:.6f}" for value in (*a, *b)) for a, b in zip(low, high, strict=True)]

    def tiles(self, zoom: int, number: int, rng: np.random.Generator) -> list[TileAddress]:
        """Return tiles in random order that lie wholly in the region, each once before one comes again.

        Where none fits in, the one in the middle.
        """
        x, y = X0 + self.side_m * np.array([0, 0, 1, 1]), Y0 + self.side_m * np.array([0, 1, 0, 1])
        lons, lats = transform_xy(np.column_stack([x, y]), LEIPZIG_EPSG, WGS84_EPSG).T
        west, south, east, north = max(lons[:2]), max(lats[::2]), min(lons[2:]), min(lats[1::2])
        first, last = tile_at(west, north, zoom), tile_at(east, south, zoom)
        inside = [
            TileAddress(zoom, column, row)
            for column in range(first.column + 1, last.column)
            for row in range(first.row + 1, last.row)
        ] or [tile_at((west + east) / 2, (south + north) / 2, zoom)]
        rng.shuffle(inside)  # type: ignore[arg-type]
        return [inside[place % len(inside)] for place in range(number)]


def make_plots(count: int, seed: int) -> Iterator[list[Plot]]:
    """Yield plots with 4 to 9 corners and a value in every column, many at a time; their codes are in order."""
    rng = np.random.default_rng(seed)
    side_m = Region(count).side_m
    for first in range(0, count, MAKE_AT_ONCE):
        number = min(MAKE_AT_ONCE, count - first)
        corners = rng.integers(4, 10, number)
        which = np.repeat(np.arange(number), corners)
        along = np.arange(len(which)) - np.repeat(np.cumsum(corners) - corners, corners)
        turn = 2 * np.pi * (along / corners[which] + rng.random(number)[which])
        arm = rng.uniform(0.5, 1.0, len(which)) * rng.uniform(8, 22, number)[which]
        centres = np.array([X0, Y0]) + rng.uniform(0, side_m, (number, 2))
        xy = centres[which] + np.column_stack([arm * np.cos(turn), arm * np.sin(turn)])
        outlines = shapely.polygons(shapely.linearrings(xy, indices=which))
        yield [
            _plot(first + place, outline, float(area))
            for place, (outline, area) in enumerate(zip(outlines, shapely.area(outlines), strict=True))
        ]


def _plot(number: int, outline: shapely.Polygon, area_m2: float) -> Plot:
    return Plot(
        plot_id=f"id-{number:07d}",
        code=f"KLZ-{number:07d}",
        geometry=outline,
        epsg=LEIPZIG_EPSG,
        area_m2=area_m2,
        name=f"Brache {number}",
        address=f"Dieskaustraße {number % 400}",
        quarter=str(50 + number % 25),
        parcels=(Parcel("", f"{number}a Kleinzschocher"),),
        owner_kind=tuple(OwnerKind)[number % len(OwnerKind)],
        tenure=Tenure(TenureKind.OWN if number % 3 else TenureKind.PERMISSION, None, date(2027, 1 + number % 12, 1)),
        baunvo=tuple(Baunvo)[number % len(Baunvo)],
        contamination=Contamination.UNKNOWN,
        care_areas=(CareArea(CareKind.LAWN, round(0.7 * area_m2, 1)),),
        state=tuple(PlotState)[number % len(PlotState)],
        source="made up",
        source_id=str(number),
    )


def fill_store(folder: Path, count: int, seed: int) -> str:
    """Make a workspace with the plots; return the secret of a token that reads it."""
    store = make_workspace(folder, defaults=SAMPLE, author="bench", at=AT)
    try:
        with store.change(author="bench", reason="a benchmark", at=AT) as tx:
            tx.set_plan_crs(LEIPZIG_EPSG)
            for plots in make_plots(count, seed):
                tx.put_plots(plots)
        secret, token = mint(ROLE, "bench", datetime.now(UTC), timedelta(days=DAYS))
        store.put_token(token)
    finally:
        store.close()
    return secret


def columns() -> tuple[Property, ...]:
    """Return what our reader sees of plots, and so all servers serve."""
    return seen_by(PLOTS, ROLE)


def table_sql() -> str:
    """Return what makes the table for PostGIS: the columns that our reader sees, and the outline in degrees."""
    told = [f'"{one.name}" {FORMS.get(one.form, COLUMN_TYPES[one.type])}' for one in columns()]
    return f"CREATE TABLE plots ({', '.join(told)}, geom geometry(Polygon, {WGS84_EPSG}))"


def copy_rows(store: Store) -> Iterator[bytes]:
    """Yield the plots as our reader sees them as lines for COPY, with outlines as EWKB."""
    names = [one.name for one in columns()]
    for part in parts_of(store, PLOTS, role=ROLE):
        shapes = shapely.to_wkb(shapely.set_srid(part.geometries, WGS84_EPSG), hex=True, include_srid=True)
        for row, shape in zip(part.properties, shapes, strict=True):
            yield ("\t".join([*(_copied(row[name]) for name in names), shape]) + "\n").encode()


def _copied(value: object) -> str:
    """Return a value as COPY reads it.

    >>> _copied(None), _copied(True), _copied("a\\tb")
    ('\\\\N', 't', 'a\\\\tb')
    """
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
