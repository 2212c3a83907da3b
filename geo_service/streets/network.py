"""Floor 1: the street network as arrays: nodes, sections with shape, directed edges, permissions, turn restrictions."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo_service.base.errors import SchemaTooNew, StoreError
from geo_service.streets.model import Profile

PROFILES = tuple(Profile)
"""Order of the first axis of every per-profile array."""

OSM_LICENCE = "© OpenStreetMap contributors, ODbL 1.0"

FORMAT_VERSION = 1
"""Version of `StreetNetwork.to_bytes`."""


@dataclass(frozen=True)
class StreetLine:
    """A street section for the map.

    Attributes
    ----------
    section
        Index of the section.
    name
        Street name or number, empty where there is none.
    highway
        Class as in OSM: ``"residential"``, ``"primary"`` ...
    oneway
        Whether a van may use it in one direction only; ``lonlat`` then runs in that direction.
    way
        OSM way id.
    lonlat
        float64, shape (k, 2), degrees.
    """

    section: int
    name: str
    highway: str
    oneway: bool
    way: int
    lonlat: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StreetNetwork:
    """Streets cut into sections between crossings, each with two directed edges.

    Section ``s`` has the edges ``2 * s``, along its shape, and ``2 * s + 1``, against it: the opposite of edge
    ``e`` is ``e ^ 1`` and its section ``e >> 1``. Whether an edge may be used is a matter of the profile; first
    axes of length 3 follow `PROFILES`. With n nodes, s sections, k shape points and t turn restrictions:

    Attributes
    ----------
    source
        Name of the file it was read from.
    licence
        What must be shown with it.
    node_lonlat
        float64, shape (n, 2), degrees.
    node_id
        int64, shape (n,), OSM node ids.
    node_blocked
        bool, shape (3, n): a barrier that the profile cannot pass stands on the node.
    section_nodes
        int32, shape (s, 2): first and last node.
    section_length_m
        float64, shape (s,), geodesic metres on the WGS 84 ellipsoid.
    section_way
        int64, shape (s,), OSM way ids.
    section_name, section_highway
        int32, shape (s,), indices into `names` and `highways`.
    section_stop
        bool, shape (s,): one may stop here to work; not on motorways and in tunnels.
    shape_offset
        int64, shape (s + 1,): section ``i`` has the points ``shape_offset[i]`` to ``shape_offset[i + 1]``.
    shape_lonlat
        float64, shape (k, 2), degrees, from first to last node inclusive.
    edge_seconds
        float64, shape (3, 2 s): driving seconds without turns, infinite where the profile may not go.
    edge_destination
        bool, shape (3, 2 s): only to reach a place on it (destination, delivery, driveways), never through; so is
        every edge that can only be reached over such edges.
    turn_from, turn_to
        int32, shape (t,), directed edges that meet in a node.
    turn_only
        bool, shape (t,): True when this is the one turn allowed from there, False when it is forbidden.
    turn_profiles
        bool, shape (3, t): whom it binds.
    turn_relation
        int64, shape (t,), OSM relation ids.
    names, highways
        Street names (the first is empty) and highway classes.
    notes
        What a reader must know about the network as a whole.
    """

    source: str
    licence: str
    node_lonlat: npt.NDArray[np.float64]
    node_id: npt.NDArray[np.int64]
    node_blocked: npt.NDArray[np.bool_]
    section_nodes: npt.NDArray[np.int32]
    section_length_m: npt.NDArray[np.float64]
    section_way: npt.NDArray[np.int64]
    section_name: npt.NDArray[np.int32]
    section_highway: npt.NDArray[np.int32]
    section_stop: npt.NDArray[np.bool_]
    shape_offset: npt.NDArray[np.int64]
    shape_lonlat: npt.NDArray[np.float64]
    edge_seconds: npt.NDArray[np.float64]
    edge_destination: npt.NDArray[np.bool_]
    turn_from: npt.NDArray[np.int32]
    turn_to: npt.NDArray[np.int32]
    turn_only: npt.NDArray[np.bool_]
    turn_profiles: npt.NDArray[np.bool_]
    turn_relation: npt.NDArray[np.int64]
    names: tuple[str, ...]
    highways: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n, s, k, t = len(self.node_lonlat), len(self.section_nodes), len(self.shape_lonlat), len(self.turn_from)
        shapes = {
            "node_lonlat": (n, 2),
            "node_id": (n,),
            "node_blocked": (3, n),
            "section_nodes": (s, 2),
            "section_length_m": (s,),
            "section_way": (s,),
            "section_name": (s,),
            "section_highway": (s,),
            "section_stop": (s,),
            "shape_offset": (s + 1,),
            "shape_lonlat": (k, 2),
            "edge_seconds": (3, 2 * s),
            "edge_destination": (3, 2 * s),
            "turn_from": (t,),
            "turn_to": (t,),
            "turn_only": (t,),
            "turn_profiles": (3, t),
            "turn_relation": (t,),
        }
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape:
                raise ValueError(f"{name} has the shape {array.shape}, expected {shape}")
            array.flags.writeable = False
        ends = self.shape_offset
        if ends[0] != 0 or ends[-1] != k or np.any(np.diff(ends) < 2):
            raise ValueError("shape_offset does not cut the shape points into sections of two points or more")
        for name, limit in (
            ("section_nodes", n),
            ("section_name", len(self.names)),
            ("section_highway", len(self.highways)),
            ("turn_from", 2 * s),
            ("turn_to", 2 * s),
        ):
            array = getattr(self, name)
            if array.size and not 0 <= array.min() <= array.max() < limit:
                raise ValueError(f"{name} points outside 0 to {limit - 1}")

    @property
    def sections(self) -> int:
        """Number of street sections."""
        return len(self.section_nodes)

    @property
    def edges(self) -> int:
        """Number of directed edges, twice the sections."""
        return 2 * len(self.section_nodes)

    @cached_property
    def tail(self) -> npt.NDArray[np.int32]:
        """Node where each directed edge begins, shape (edges,)."""
        return self.section_nodes.reshape(-1)

    @cached_property
    def head(self) -> npt.NDArray[np.int32]:
        """Node where each directed edge ends, shape (edges,)."""
        return self.section_nodes[:, ::-1].reshape(-1)

    @cached_property
    def length_m(self) -> npt.NDArray[np.float64]:
        """Metres of each directed edge, shape (edges,)."""
        return np.repeat(self.section_length_m, 2)

    def usable(self, profile: Profile) -> npt.NDArray[np.bool_]:
        """Whether the profile may use each directed edge, shape (edges,)."""
        usable: npt.NDArray[np.bool_] = np.isfinite(self.edge_seconds[PROFILES.index(profile)])
        return usable

    def edge_name(self, edge: int) -> str:
        """Street name of a directed edge, empty where there is none."""
        return self.names[int(self.section_name[edge >> 1])]

    def edge_lonlat(self, edge: int) -> npt.NDArray[np.float64]:
        """Shape of a directed edge in its direction, float64, shape (k, 2), degrees."""
        section = edge >> 1
        shape = self.shape_lonlat[self.shape_offset[section] : self.shape_offset[section + 1]]
        return shape[::-1] if edge & 1 else shape

    def bounds(self) -> tuple[float, float, float, float]:
        """Return min lon, min lat, max lon, max lat in degrees."""
        low, high = self.shape_lonlat.min(axis=0), self.shape_lonlat.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def geometries(self) -> npt.NDArray[np.object_]:
        """Return one shapely LineString per section in drawing direction, EPSG:4326, lon lat; all at once."""
        points = np.diff(self.shape_offset)
        section = np.repeat(np.arange(self.sections), points)
        lines: npt.NDArray[np.object_] = shapely.linestrings(self.shape_lonlat, indices=section)
        return lines

    def lines(self) -> Iterator[StreetLine]:
        """Yield every street section once, for the map and for lists."""
        usable = self.usable(Profile.VAN).reshape(-1, 2)
        oneway = usable[:, 0] != usable[:, 1]
        edge = 2 * np.arange(self.sections) + (oneway & usable[:, 1])
        rows = zip(
            edge.tolist(),
            self.section_name.tolist(),
            self.section_highway.tolist(),
            oneway.tolist(),
            self.section_way.tolist(),
            strict=True,
        )
        for section, (directed, name, highway, one, way) in enumerate(rows):
            yield StreetLine(section, self.names[name], self.highways[highway], one, way, self.edge_lonlat(directed))

    def to_bytes(self) -> bytes:
        """Write the network as a compressed npz archive with a JSON header."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        texts = {name: arrays.pop(name) for name in ("source", "licence", "names", "highways", "notes")}
        header = json.dumps({"version": FORMAT_VERSION, **texts}, ensure_ascii=False)
        out = io.BytesIO()
        np.savez_compressed(out, header=np.frombuffer(header.encode(), dtype=np.uint8), **arrays)
        return out.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> StreetNetwork:
        """Read what `to_bytes` wrote.

        Raises
        ------
        StoreError
            When the bytes are damaged or are something else.
        SchemaTooNew
            When a newer version of this program wrote them.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                arrays: dict[str, Any] = {name: archive[name] for name in archive.files}
            texts = json.loads(arrays.pop("header").tobytes().decode())
            version = texts.pop("version")
            if version > FORMAT_VERSION:
                raise SchemaTooNew(
                    f"the street network was written in format {version}, this program reads up to {FORMAT_VERSION}",
                    remedy="install the newer version, or import the streets again",
                )
            texts = {name: tuple(text) if isinstance(text, list) else text for name, text in texts.items()}
            return cls(**texts, **arrays)
        except (
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            OSError,
            EOFError,
            zipfile.BadZipFile,
            zlib.error,
        ) as e:
            raise StoreError(
                f"the kept street network is damaged: {e}", remedy="import the streets again", code="streets_damaged"
            ) from e
