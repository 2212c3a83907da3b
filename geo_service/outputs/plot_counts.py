"""Floor 7: plots counted in cells, for tiles too far out to show them one by one.

A tile has 16 by 16 cells, and a plot counts where its centroid lies: in one cell of one tile at each zoom, so that
the counts of all tiles add up to the register. (Cells rather than quarters: plots outside every quarter count too,
and a cell is as large on the screen at every zoom.)
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from itertools import chain

import numpy as np
import numpy.typing as npt
import shapely

from geo_service.outputs.collections import Property
from geo_service.outputs.feature_columns import Numbers, Texts
from geo_service.outputs.feature_table import FeatureTable
from geo_service.outputs.features import Features
from geo_service.outputs.tile_geometry import Drawing, Drawn, Paths
from geo_service.outputs.tile_grid import HALF_WORLD_M, TILE_UNITS, TileAddress, to_web_mercator
from geo_service.outputs.vector_tile import Attributes, Value, encode_layer
from geo_service.plots.model import PlotState

COUNTS_LAYER = "plot_counts"

CELL_ZOOMS = 4
"""Cells of a tile are the tiles this many zooms further in: 2⁴ by 2⁴ of them."""

_STATES = tuple(state.value for state in PlotState)
_NUMBER_OF = {state: number for number, state in enumerate(_STATES)}


def count_properties(*, public_only: bool) -> tuple[Property, ...]:
    """Return the properties of a cell; the public is not told in which state plots are."""
    together = (
        Property("count", "integer", "Anzahl der Flächen", "number of plots"),
        Property("area_m2", "number", "Größe in m²", "area in m²"),
    )
    by_state = (
        (
            Property(state, "integer", f"Anzahl im Stand {state}", f"number of plots in the state {state}"),
            Property(f"{state}_m2", "number", f"Größe im Stand {state} in m²", f"area in the state {state} in m²"),
        )
        for state in _STATES
    )
    return together if public_only else (*together, *chain.from_iterable(by_state))


class PlotCounts:
    """Plots as counts and areas by cell; a cell is a point in the middle of its plots."""

    def __init__(
        self, geometries: npt.NDArray[np.object_], area_m2: npt.NDArray[np.float64], states: Sequence[str] | None
    ) -> None:
        placed = np.flatnonzero(~(shapely.is_missing(geometries) | shapely.is_empty(geometries)))
        self._placed = placed
        self._centres = to_web_mercator(shapely.get_coordinates(shapely.centroid(geometries[placed])))
        self._area_m2 = area_m2[placed]
        self._states: npt.NDArray[np.int64] | None = None
        if states is not None:
            numbers = (_NUMBER_OF[state] for state in states)
            self._states = np.fromiter(numbers, np.int64, len(states))[placed]

    @classmethod
    def of(cls, features: Features, *, public_only: bool) -> PlotCounts:
        """Count plots that are told as features."""
        area_m2 = np.array([row["area_m2"] for row in features.properties], np.float64)
        states = None if public_only else [str(row["state"]) for row in features.properties]
        return cls(features.geometries, area_m2, states)

    @classmethod
    def of_table(cls, table: FeatureTable, *, public_only: bool) -> PlotCounts:
        """Count plots that stand in a table."""
        area_m2, state = table.columns["area_m2"], table.columns.get("state")
        assert isinstance(area_m2, Numbers)
        if public_only or state is None:
            return cls(table.geometries, area_m2.numbers, None)
        assert isinstance(state, Texts)
        return cls(table.geometries, area_m2.numbers, state.texts[state.codes].tolist())

    def edited(self, hidden: npt.NDArray[np.bool_], new: PlotCounts) -> PlotCounts:
        """Return the counts without the plots that are hidden, and with those of others.

        Parameters
        ----------
        hidden
            For each of the features that these counts were made of.
        """
        other = copy(self)
        stays = ~hidden[self._placed]
        other._placed = np.flatnonzero(stays)  # positions mean nothing any more: an edit begins at the first counts
        other._centres = np.concatenate([self._centres[stays], new._centres])
        other._area_m2 = np.concatenate([self._area_m2[stays], new._area_m2])
        if self._states is not None and new._states is not None:
            other._states = np.concatenate([self._states[stays], new._states])
        return other

    def tile(self, address: TileAddress) -> bytes:
        """Return the cells of a tile as a layer, empty when no plot lies there."""
        across = 1 << (address.zoom + CELL_ZOOMS)
        steps = (self._centres * (1, -1) + HALF_WORLD_M) * (across / (2 * HALF_WORLD_M))
        cells = np.clip(np.floor(steps), 0, across - 1).astype(np.int64)
        here = ((cells >> CELL_ZOOMS) == (address.column, address.row)).all(axis=1)
        numbers, cell = np.unique(cells[here] @ (1, across), return_inverse=True)
        counts = np.bincount(cell)
        middles = np.column_stack([np.bincount(cell, axis) for axis in self._centres[here].T]) / counts[:, None]
        one_each = np.ones(len(numbers), np.int64)
        inside = np.clip(np.floor(address.to_units(middles)), 0, TILE_UNITS - 1)  # maps drop points on the far sides
        drawing = Drawing.of(Paths(inside, one_each, one_each), Drawn.POINT)
        columns: dict[str, Sequence[Value]] = {
            "count": counts.tolist(),
            "area_m2": np.bincount(cell, self._area_m2[here]).round(2).tolist(),
        }
        if self._states is not None:
            for number, state in enumerate(_STATES):
                is_so = self._states[here] == number
                columns[state] = np.bincount(cell, is_so).astype(np.int64).tolist()
                columns[f"{state}_m2"] = np.bincount(cell, self._area_m2[here] * is_so).round(2).tolist()
        attributes = Attributes.of(columns, len(numbers))
        return encode_layer(COUNTS_LAYER, Drawn.POINT, numbers.astype(np.uint64), attributes, drawing)
