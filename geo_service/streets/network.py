"""Floor 1: the street network as arrays: nodes, sections with shape, directed edges, permissions, turn restrictions."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo_service.base.errors import SchemaTooNew, StoreError
from geo_service.streets.model import Mover, Profile, vehicle_of
from geo_service.streets.speeds import CARGO_BIKE_SHARE, TRUCK_SHARE

PROFILES = tuple(Profile)
"""Order of the first axis of every per-profile array."""

LIMITS = ("weight_t", "height_m", "width_m")
"""Order of the first axis of the arrays of limits; also names of `geo_service.streets.model.Vehicle`."""

OSM_LICENCE = "© OpenStreetMap contributors, ODbL 1.0"

FORMAT_VERSION = 2
"""Version of `StreetNetwork.to_bytes`. Version 1 knew van, bicycle and foot, no limits and no ways via ways."""

_FIRST_PROFILES = 3
_ROWS = ("node_blocked", "edge_seconds", "edge_destination", "turn_profiles")


def _none() -> Any:
    return np.empty(0)


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
    axes of length p follow `PROFILES`, those of length 3 `LIMITS`. With n nodes, s sections, k shape points, t turn
    restrictions and v edges that these lead over:

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
        bool, shape (p, n): a barrier that the profile cannot pass stands on the node.
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
        float64, shape (p, 2 s): driving seconds without turns, infinite where the profile may not go.
    edge_destination
        bool, shape (p, 2 s): only to reach a place on it (destination, delivery, driveways), never through; so is
        every edge that can only be reached over such edges.
    turn_from, turn_to
        int32, shape (t,), directed edges that meet in a node, or that the edges of `turn_via` link.
    turn_only
        bool, shape (t,): True when this is the one way allowed from there, False when it is forbidden.
    turn_profiles
        bool, shape (p, t): whom it binds.
    turn_relation
        int64, shape (t,), OSM relation ids.
    names, highways
        Street names (the first is empty) and highway classes.
    notes
        What a reader must know about the network as a whole.
    turn_via, turn_via_turn
        int32, shape (v,): directed edges between those of `turn_from` and `turn_to`, in order, and the restriction
        that each belongs to.
    section_roundabout
        bool, shape (s,): part of a roundabout.
    section_limits, node_limits
        float64, shape (3, s) and (3, n): greatest weight, height and width that may pass, infinite without a limit.

    The arrays below `notes` may be left out: no ways via ways, no roundabouts, no limits. Arrays with rows for van,
    bicycle and foot alone, as older versions kept them, are completed: a truck goes where a van goes, a cargo bike
    where a bicycle goes, both slower.
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
    turn_via: npt.NDArray[np.int32] = field(default_factory=_none)
    turn_via_turn: npt.NDArray[np.int32] = field(default_factory=_none)
    section_roundabout: npt.NDArray[np.bool_] = field(default_factory=_none)
    section_limits: npt.NDArray[np.float64] = field(default_factory=_none)
    node_limits: npt.NDArray[np.float64] = field(default_factory=_none)

    def __post_init__(self) -> None:
        for name, array in _completed(self).items():
            object.__setattr__(self, name, array)
        n, s, k, t = len(self.node_lonlat), len(self.section_nodes), len(self.shape_lonlat), len(self.turn_from)
        p, v = len(PROFILES), len(self.turn_via)
        shapes = {
            "node_lonlat": (n, 2),
            "node_id": (n,),
            "node_blocked": (p, n),
            "section_nodes": (s, 2),
            "section_length_m": (s,),
            "section_way": (s,),
            "section_name": (s,),
            "section_highway": (s,),
            "section_stop": (s,),
            "shape_offset": (s + 1,),
            "shape_lonlat": (k, 2),
            "edge_seconds": (p, 2 * s),
            "edge_destination": (p, 2 * s),
            "turn_from": (t,),
            "turn_to": (t,),
            "turn_only": (t,),
            "turn_profiles": (p, t),
            "turn_relation": (t,),
            "turn_via": (v,),
            "turn_via_turn": (v,),
            "section_roundabout": (s,),
            "section_limits": (len(LIMITS), s),
            "node_limits": (len(LIMITS), n),
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
            ("turn_via", 2 * s),
            ("turn_via_turn", t),
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

    @cached_property
    def turn_ways(self) -> tuple[tuple[int, ...], ...]:
        """All edges of each turn restriction in order: from, those of `turn_via`, to."""
        via: list[list[int]] = [[] for _ in self.turn_from]
        for edge, turn in zip(self.turn_via.tolist(), self.turn_via_turn.tolist(), strict=True):
            via[turn].append(edge)
        ends = zip(self.turn_from.tolist(), via, self.turn_to.tolist(), strict=True)
        return tuple((start, *between, end) for start, between, end in ends)

    def seconds(self, mover: Mover) -> npt.NDArray[np.float64]:
        """Driving seconds of each directed edge without turns, infinite where the mover may not go, shape (edges,)."""
        vehicle = vehicle_of(mover)
        too_big = np.repeat(_too_big(self.section_limits, mover), 2)
        return np.where(too_big, np.inf, self.edge_seconds[PROFILES.index(vehicle.profile)])

    def blocked(self, mover: Mover) -> npt.NDArray[np.bool_]:
        """Whether each node stops the mover, by a barrier or because it is too narrow or low, shape (nodes,)."""
        blocked: npt.NDArray[np.bool_] = self.node_blocked[PROFILES.index(vehicle_of(mover).profile)]
        return blocked | _too_big(self.node_limits, mover)

    def usable(self, mover: Mover) -> npt.NDArray[np.bool_]:
        """Whether the mover may use each directed edge, shape (edges,)."""
        usable: npt.NDArray[np.bool_] = np.isfinite(self.seconds(mover))
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
        arrays = {one.name: getattr(self, one.name) for one in fields(self)}
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


def _too_big(limits: npt.NDArray[np.float64], mover: Mover) -> npt.NDArray[np.bool_]:
    """Whether the mover exceeds one of the limits, shape of their last axis."""
    vehicle = vehicle_of(mover)
    size = np.array([getattr(vehicle, name) for name in LIMITS])
    return np.asarray((limits < size[:, None]).any(axis=0), dtype=np.bool_)


def _completed(network: StreetNetwork) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays that are missing, or miss the profiles that an older version did not know."""
    nodes, sections = len(network.node_lonlat), len(network.section_nodes)
    found: dict[str, npt.NDArray[Any]] = {}
    for name in ("turn_via", "turn_via_turn"):
        found[name] = getattr(network, name).astype(np.int32)
    if not network.section_roundabout.size:
        found["section_roundabout"] = np.zeros(sections, dtype=np.bool_)
    for name, count in (("section_limits", sections), ("node_limits", nodes)):
        if not getattr(network, name).size:
            found[name] = np.full((len(LIMITS), count), np.inf)
    if len(network.edge_seconds) == _FIRST_PROFILES:
        like = [PROFILES.index(known) for known in (Profile.VAN, Profile.BICYCLE)]
        for name in _ROWS:
            rows = getattr(network, name)
            found[name] = np.concatenate([rows, rows[like]])
        found["edge_seconds"][_FIRST_PROFILES:] /= [[TRUCK_SHARE], [CARGO_BIKE_SHARE]]
    return found
