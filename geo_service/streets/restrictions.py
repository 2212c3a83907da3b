"""Floor 1: turn restrictions: OSM relations resolved to directed edges, for whom they hold.

A restriction leads from a way to a way, via a node or via ways that link them end to end. Its ways are told as the
directed edges that are driven, in order. Both kinds mean the whole way: ``no_`` forbids to drive it from beginning to
end; ``only_`` demands of whoever leaves the first way at that end to drive it to its end, as "the only routing
originating from the from member leads to the to member" (OSM wiki, Relation:restriction).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from geo_service.base.report import Warned
from geo_service.streets.model import Profile
from geo_service.streets.network import PROFILES
from geo_service.streets.osm_file import OsmRestriction

_MEANT = {
    Profile.VAN: frozenset({"goods", "motorcar", "motor_vehicle", "vehicle"}),
    Profile.BICYCLE: frozenset({"bicycle", "vehicle"}),
    Profile.FOOT: frozenset({"foot"}),
    Profile.TRUCK: frozenset({"hgv", "motor_vehicle", "vehicle"}),
    Profile.CARGO_BIKE: frozenset({"cargo_bike", "bicycle", "vehicle"}),
}
"""Vehicle words in ``except`` and ``restriction:...`` that mean a profile."""

_VALUES = frozenset(
    f"{kind}_{turn}"
    for kind in ("no", "only")
    for turn in ("left_turn", "right_turn", "straight_on", "u_turn", "entry", "exit")
)


@dataclass(frozen=True)
class TurnRule:
    """A restriction on the way from one directed edge to another.

    Attributes
    ----------
    start, end
        Directed edges: from, to.
    via
        Directed edges between them, in order; empty where the two meet in a node.
    only
        True: this is the one way allowed from ``start``; False: it is forbidden.
    profiles
        Whom it binds, in the order of `PROFILES`.
    relation
        OSM relation id.
    """

    start: int
    end: int
    via: tuple[int, ...]
    only: bool
    profiles: tuple[bool, ...]
    relation: int


@dataclass(frozen=True)
class Junctions:
    """Which directed edges of a way arrive at a node and leave it, keyed by (way id, node index).

    ``open_edges``, bool, shape (edges,): whether any vehicle may use each edge. ``courses``: by way id its edges in
    drawing direction with the nodes where they begin and end.
    """

    arriving: dict[tuple[int, int], list[int]]
    leaving: dict[tuple[int, int], list[int]]
    open_edges: npt.NDArray[np.bool_]
    courses: dict[int, list[tuple[int, int, int]]]


def junctions(
    ways: Iterable[int],
    section_way: npt.NDArray[np.int64],
    section_nodes: npt.NDArray[np.int32],
    open_edges: npt.NDArray[np.bool_],
) -> Junctions:
    """List the edges of some ways by way and node."""
    found = Junctions(defaultdict(list), defaultdict(list), open_edges, defaultdict(list))
    for section in np.flatnonzero(np.isin(section_way, np.fromiter(ways, dtype=np.int64))).tolist():
        way = int(section_way[section])
        first, last = section_nodes[section].tolist()
        found.courses[way].append((2 * section, first, last))
        for edge, tail, head in ((2 * section, first, last), (2 * section + 1, last, first)):
            found.leaving[way, tail].append(edge)
            found.arriving[way, head].append(edge)
    return found


def binding(relation: OsmRestriction) -> tuple[str, tuple[bool, ...]]:
    """Return the restriction's value and whom it binds, in the order of `PROFILES`.

    A plain ``restriction`` binds all but those on foot, one with a vehicle word those it names; ``except`` frees.

    Examples
    --------
    >>> binding(OsmRestriction(1, {"restriction": "no_left_turn", "except": "bicycle;psv"}, ()))
    ('no_left_turn', (True, False, False, True, False))
    >>> binding(OsmRestriction(1, {"restriction:hgv": "no_left_turn"}, ()))
    ('no_left_turn', (False, False, False, True, False))
    """
    tags = relation.tags
    free = {word.strip() for word in tags.get("except", "").split(";")}
    value, bound = "", [False] * len(PROFILES)
    for place, profile in enumerate(PROFILES):
        own = [tags[key] for word in sorted(_MEANT[profile]) if (key := f"restriction:{word}") in tags]
        said = own or ([tags["restriction"]] if "restriction" in tags and profile is not Profile.FOOT else [])
        typed_for = tags.get("type", "").removeprefix("restriction").lstrip(":")
        if said and not (free & _MEANT[profile]) and (not typed_for or typed_for in _MEANT[profile]):
            value, bound[place] = said[0], True
    return value, tuple(bound)


def resolve(
    relations: Iterable[OsmRestriction], node_index: dict[int, int], known_ways: set[int], at: Junctions
) -> tuple[list[TurnRule], list[Warned]]:
    """Turn relations into rules between edges; what cannot be applied is a warning with the relation's id."""
    rules: list[TurnRule] = []
    warnings: list[Warned] = []
    for relation in relations:
        found = _one(relation, node_index, known_ways, at)
        if isinstance(found, str):
            warnings.append(Warned(0, str(relation.id), f"turn restriction {relation.id} not applied: {found}"))
        else:
            rules += found
    return rules, warnings


def _one(
    relation: OsmRestriction, node_index: dict[int, int], known_ways: set[int], at: Junctions
) -> list[TurnRule] | str:
    """Return the rules of one relation, none when it concerns nobody here, or the reason why not."""
    value, profiles = binding(relation)
    if not any(profiles):
        conditional = any(key.endswith(":conditional") for key in relation.tags)
        return "it depends on conditions, which are not interpreted" if conditional else []
    if value not in _VALUES:
        return f"its value {value!r} is not known"
    roles: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for kind, ref, role in relation.members:
        roles[role].append((kind, ref))
    starts, vias, ends = roles["from"], roles["via"], roles["to"]
    if not starts or not vias or not ends:
        return "a member from, via or to is missing"
    by_way = any(kind == "w" for kind, _ in vias)
    if by_way and any(kind != "w" for kind, _ in vias):
        return "it leads via nodes and ways at once"
    if not by_way and len(vias) > 1:
        return "it has more than one via node"
    for _, way in starts + ends + (vias if by_way else []):
        if way not in known_ways:
            return f"its way {way} is not among the streets read"
    if not by_way and vias[0][1] not in node_index:
        return f"its via node {vias[0][1]} is not among the streets read"
    only = value.startswith("only_")
    rules = []
    for _, start in starts:
        for _, end in ends:
            if by_way:
                found = _by_ways(start, [way for _, way in vias], end, at)
            else:
                found = _by_node(start, node_index[vias[0][1]], end, at)
            if isinstance(found, str):
                return found
            if found:
                rules.append(TurnRule(found[0], found[-1], found[1:-1], only, profiles, relation.id))
            elif only:
                return f"no vehicle may go from way {start} to way {end} anyway"
    return rules


def _by_node(start: int, node: int, end: int, at: Junctions) -> tuple[int, ...] | str:
    """Return the edges of the turn, none when no vehicle may take it anyway, or why the turn meant is not clear."""
    arriving, leaving = at.arriving.get((start, node), []), at.leaving.get((end, node), [])
    if not arriving or not leaving:
        return f"ways {start} and {end} do not meet in its via node"
    arriving = [edge for edge in arriving if at.open_edges[edge]]
    leaving = [edge for edge in leaving if at.open_edges[edge]]
    if len(arriving) > 1 or len(leaving) > 1:
        return f"ways {start} and {end} do not end at its via node, so the turn meant is not clear"
    return (arriving[0], leaving[0]) if arriving and leaving else ()


def _by_ways(start: int, vias: list[int], end: int, at: Junctions) -> tuple[int, ...] | str:
    """Return the edges from way to way over the ways between, which may be listed in any order; else as `_by_node`."""
    found: list[tuple[int, ...]] = []

    def go_on(edges: tuple[int, ...], node: int, left: list[int]) -> None:
        if not left:
            found.extend((*edges, edge) for edge in at.leaving.get((end, node), []))
        for way in left:
            rest = [other for other in left if other != way]
            for driven, first, last in _along(way, at):
                if first == node:
                    go_on((*edges, *driven), last, rest)

    if len(set(vias)) < len(vias):
        return "it leads via the same way twice"
    for (way, node), edges in list(at.arriving.items()):
        if way == start:
            for edge in edges:
                go_on((edge,), node, vias)
    if not found:
        return f"its via ways do not link way {start} with way {end} end to end"
    found = [way for way in found if all(at.open_edges[edge] for edge in way)]
    if len(found) > 1:
        return f"its ways lead from way {start} to way {end} in more than one manner, so what is meant is not clear"
    return found[0] if found else ()


def _along(way: int, at: Junctions) -> list[tuple[tuple[int, ...], int, int]]:
    """Return the edges of a whole way, its first and last node, in both directions; nothing for one with gaps."""
    course = at.courses.get(way, [])
    if not course or any(a[2] != b[1] for a, b in pairwise(course)):
        return []
    edges, first, last = tuple(edge for edge, _, _ in course), course[0][1], course[-1][2]
    return [(edges, first, last), (tuple(edge ^ 1 for edge in reversed(edges)), last, first)]
