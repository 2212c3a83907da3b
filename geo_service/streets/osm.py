"""Floor 1: an OSM file made into a street network, with an account of every way that is a street."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyproj

from geo_service.base.errors import FileUnreadable
from geo_service.base.progress import OnProgress, Progress, silent
from geo_service.base.report import ImportReport, Refused, Warned
from geo_service.base.units import kilometres
from geo_service.streets.graph import TurnGraph, with_fringe
from geo_service.streets.limits import limits, unread_limits
from geo_service.streets.model import Profile
from geo_service.streets.network import LIMITS, PROFILES, StreetNetwork
from geo_service.streets.osm_file import OsmContent, OsmWay, read_osm_file
from geo_service.streets.profiles import ROUND, STREETS, blocks, is_conditional, permission
from geo_service.streets.restrictions import junctions, resolve

_ELLIPSOID = pyproj.Geod(ellps="WGS84")
_FIX_THE_MAP = "correct the way in OpenStreetMap, or export a larger area"
_OPEN_TUNNELS = frozenset({"no", "building_passage", "avalanche_protector"})
_NOWHERE_TO_STOP = frozenset({"motorway", "motorway_link"})


@dataclass(frozen=True)
class StreetImport:
    """A street network and the account of how it was read; the rows of the report are the ways with ``highway``."""

    network: StreetNetwork
    report: ImportReport


@dataclass(frozen=True)
class _Section:
    """A stretch of a way between two nodes where streets meet or end."""

    way: OsmWay
    refs: tuple[int, ...]


def read_osm(path: Path, *, on_progress: OnProgress = silent) -> StreetImport:
    """Read the streets of an OSM file: PBF or XML, this also packed with gzip or bzip2.

    Ways that nobody may use (private ones) are read, drawn and never routed on. Ways whose nodes are partly missing,
    as at the edge of an extract, are read as far as their nodes are there.

    Parameters
    ----------
    path
        The file; its content decides on the format.
    on_progress
        Told how far the reading is; may raise `geo_service.base.errors.Cancelled`.

    Raises
    ------
    FileUnreadable
        When the file is no OSM data file, is damaged or cut off, or holds no street.
    """
    path = Path(path)
    content = read_osm_file(path, on_progress=on_progress)
    on_progress(Progress("linking streets", 0, len(content.ways)))
    stretches, refused, warnings = _accept(content)
    if not stretches:
        reason = f"all {len(refused)} ways with a highway tag were refused" if refused else "it holds no highway way"
        raise FileUnreadable(
            f"{path.name} has no street: {reason}" + (f", the first because {refused[0].reason}" if refused else ""),
            remedy="export the area from OpenStreetMap with its streets and their nodes",
            file=path.name,
        )
    network, more = _assemble(path.name, content, stretches)
    warnings += more
    network, graphs = with_fringe(network, PROFILES)
    notes = _notes(graphs)
    report = ImportReport(
        source=path.name,
        read=len(content.ways),
        accepted=len(content.ways) - len(refused),
        unchanged=0,
        refused=tuple(refused),
        warnings=tuple(warnings),
        notes=notes,
    )
    return StreetImport(replace(network, notes=notes), report)


def _accept(content: OsmContent) -> tuple[list[_Section], list[Refused], list[Warned]]:
    """Return the unbroken stretches of the ways that are streets, and what is to be said of the others."""
    stretches: list[_Section] = []
    refused: list[Refused] = []
    warnings: list[Warned] = []
    seen: set[int] = set()
    conditional = 0
    unread: Counter[str] = Counter()
    for row, way in enumerate(content.ways, start=1):
        runs = _runs(way, content.lonlat)
        reason = "another way with this id was read before" if way.id in seen else _objection(way, runs)
        if reason:
            refused.append(Refused(row, str(way.id), reason, _FIX_THE_MAP))
            continue
        seen.add(way.id)
        stretches += [_Section(way, run) for run in runs]
        conditional += is_conditional(way.tags)
        unread.update(unread_limits(way.tags))
        missing = sum(ref not in content.lonlat for ref in way.refs)
        if missing:
            text = f"{missing} of {len(way.refs)} nodes are not in the file; the stretch without them is left out"
            warnings.append(Warned(row, str(way.id), text))
    if conditional:
        text = f"{conditional} ways carry tags that depend on conditions (:conditional); they are not interpreted"
        warnings.append(Warned(0, "", text))
    if unread:
        text = f"{unread.total()} limits are not understood and left out: {', '.join(sorted(unread))}"
        warnings.append(Warned(0, "", text))
    return stretches, refused, warnings


def _objection(way: OsmWay, runs: list[tuple[int, ...]]) -> str:
    """Return why a way is not accepted, empty when it is."""
    highway = way.tags["highway"]
    if way.deleted:
        return "the way is marked as deleted"
    if highway not in STREETS:
        return f"highway={highway} is not a street to travel on"
    if way.tags.get("area") == "yes":
        return "it is an area (area=yes), not a line"
    if not runs:
        distinct = len(set(way.refs))
        if distinct < 2:
            return "it has no node" if distinct == 0 else "it has a single node"
        return f"nodes are missing in the file: no two neighbours of its {len(way.refs)} nodes are there"
    return ""


def _runs(way: OsmWay, lonlat: dict[int, tuple[float, float]]) -> list[tuple[int, ...]]:
    """Cut a way's nodes where some are missing; repeated nodes are taken once, lone nodes dropped."""
    runs: list[list[int]] = [[]]
    for ref in way.refs:
        if ref not in lonlat:
            runs.append([])
        elif not runs[-1] or runs[-1][-1] != ref:
            runs[-1].append(ref)
    return [tuple(run) for run in runs if len(run) > 1]


def _cut(stretches: list[_Section], at: set[int]) -> list[_Section]:
    """Cut stretches where streets meet and at the nodes given."""
    uses = Counter(ref for stretch in stretches for ref in stretch.refs)
    sections = []
    for stretch in stretches:
        refs = stretch.refs
        inner = [i for i in range(1, len(refs) - 1) if uses[refs[i]] > 1 or refs[i] in at]
        cuts = [0, *inner, len(refs) - 1]
        sections += [_Section(stretch.way, refs[a : b + 1]) for a, b in pairwise(cuts)]
    return sections


def _assemble(source: str, content: OsmContent, stretches: list[_Section]) -> tuple[StreetNetwork, list[Warned]]:
    vias = {ref for one in content.restrictions for kind, ref, role in one.members if kind == "n" and role == "via"}
    sections = _cut(stretches, vias | set(content.barriers))
    refs = np.fromiter((ref for section in sections for ref in section.refs), dtype=np.int64)
    offset = np.concatenate([[0], np.cumsum([len(section.refs) for section in sections])]).astype(np.int64)
    shape = np.array([content.lonlat[ref] for ref in refs.tolist()], dtype=np.float64).reshape(-1, 2)
    ends = np.column_stack([refs[offset[:-1]], refs[offset[1:] - 1]])
    node_id, flat = np.unique(ends, return_inverse=True)
    nodes = flat.reshape(-1, 2).astype(np.int32)
    node_index = {ref: index for index, ref in enumerate(node_id.tolist())}
    length_m = _lengths(shape, offset)
    ways = {section.way.id: section.way for section in sections}
    section_way = np.array([section.way.id for section in sections], dtype=np.int64)
    names, highways = ["", *sorted({_name(way) for way in ways.values()} - {""})], sorted(STREETS)
    name_index = {name: index for index, name in enumerate(names)}
    seconds, destination = _driving(sections, ways, length_m)
    blocked = np.zeros((len(PROFILES), len(node_id)), dtype=np.bool_)
    node_limits = np.full((len(LIMITS), len(node_id)), np.inf)
    for ref, tags in content.barriers.items():
        if ref in node_index:
            blocked[:, node_index[ref]] = [blocks(tags, profile) for profile in PROFILES]
            node_limits[:, node_index[ref]] = limits(tags)
    driven = np.isfinite(seconds[[profile is not Profile.FOOT for profile in PROFILES]])
    vehicles = np.asarray(driven.any(axis=0), dtype=np.bool_)
    turning = {ref for one in content.restrictions for kind, ref, _ in one.members if kind == "w"}
    at = junctions(turning, section_way, nodes, vehicles)
    rules, warnings = resolve(content.restrictions, node_index, set(ways), at)
    network = StreetNetwork(
        source=source,
        licence=content.licence,
        node_lonlat=np.array([content.lonlat[ref] for ref in node_id.tolist()]),
        node_id=node_id,
        node_blocked=blocked,
        section_nodes=nodes,
        section_length_m=length_m,
        section_way=section_way,
        section_name=np.array([name_index[_name(one.way)] for one in sections], dtype=np.int32),
        section_highway=np.array([highways.index(one.way.tags["highway"]) for one in sections], dtype=np.int32),
        section_stop=np.array([_may_stop(one.way) for one in sections], dtype=np.bool_),
        shape_offset=offset,
        shape_lonlat=shape,
        edge_seconds=seconds,
        edge_destination=destination,
        turn_from=np.array([rule.start for rule in rules], dtype=np.int32),
        turn_to=np.array([rule.end for rule in rules], dtype=np.int32),
        turn_only=np.array([rule.only for rule in rules], dtype=np.bool_),
        turn_profiles=np.array([rule.profiles for rule in rules], dtype=np.bool_).reshape(-1, len(PROFILES)).T.copy(),
        turn_relation=np.array([rule.relation for rule in rules], dtype=np.int64),
        turn_via=np.array([edge for rule in rules for edge in rule.via], dtype=np.int32),
        turn_via_turn=np.array([turn for turn, rule in enumerate(rules) for _ in rule.via], dtype=np.int32),
        section_roundabout=np.array([one.way.tags.get("junction") in ROUND for one in sections], dtype=np.bool_),
        section_limits=np.array([limits(one.way.tags) for one in sections], dtype=np.float64).T.copy(),
        node_limits=node_limits,
        names=tuple(names),
        highways=tuple(highways),
    )
    return network, warnings


def _lengths(shape: npt.NDArray[np.float64], offset: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return geodesic metres of each section."""
    _, _, metres = _ELLIPSOID.inv(shape[:-1, 0], shape[:-1, 1], shape[1:, 0], shape[1:, 1])
    along = np.concatenate([[0.0], np.cumsum(metres)])
    length_m: npt.NDArray[np.float64] = along[offset[1:] - 1] - along[offset[:-1]]
    return length_m


def _driving(
    sections: list[_Section], ways: dict[int, OsmWay], length_m: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return seconds and destination-only per profile and edge."""
    seconds = np.empty((len(PROFILES), 2 * len(sections)))
    destination = np.empty(seconds.shape, dtype=np.bool_)
    for place, profile in enumerate(PROFILES):
        by_way = {way.id: permission(way.tags, profile) for way in ways.values()}
        found = [by_way[section.way.id] for section in sections]
        kmh = np.array([(one.forward_kmh, one.backward_kmh) if one else (0.0, 0.0) for one in found]).reshape(-1)
        seconds[place] = np.inf
        np.divide(np.repeat(length_m, 2) * 3.6, kmh, out=seconds[place], where=kmh > 0)
        destination[place] = np.repeat([one is not None and one.destination for one in found], 2)
    return seconds, destination


def _name(way: OsmWay) -> str:
    return " ".join((way.tags.get("name") or way.tags.get("ref") or "").split())


def _may_stop(way: OsmWay) -> bool:
    return way.tags["highway"] not in _NOWHERE_TO_STOP and way.tags.get("tunnel", "no") in _OPEN_TUNNELS


def _notes(graphs: list[TurnGraph]) -> tuple[str, ...]:
    """Say how much of the network each profile may use and reach."""
    network = graphs[0].network
    notes = [f"{network.sections} street sections, {kilometres(float(network.section_length_m.sum()))}"]
    for graph in graphs:
        usable = network.usable(graph.profile)
        apart = usable & ~graph.reached
        text = f"{graph.profile}: {int(usable.sum())} directed edges"
        if apart.any():
            length = kilometres(float(network.length_m[apart].sum()))
            text += f", of them {int(apart.sum())} ({length}) cut off from the main network and not used"
        notes.append(text)
    return tuple(notes)
