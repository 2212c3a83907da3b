"""Floor 1: turn restrictions: OSM relations resolved to pairs of directed edges, for whom they hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

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
}
"""Vehicle words in ``except`` and ``restriction:...`` that mean a profile."""

_VALUES = frozenset(
    f"{kind}_{turn}"
    for kind in ("no", "only")
    for turn in ("left_turn", "right_turn", "straight_on", "u_turn", "entry", "exit")
)


@dataclass(frozen=True)
class TurnRule:
    """A restriction between two directed edges that meet in a node.

    Attributes
    ----------
    start, end
        Directed edges: from, to.
    only
        True: this is the one turn allowed from ``start``; False: it is forbidden.
    profiles
        Whom it binds, in the order of `PROFILES`.
    relation
        OSM relation id.
    """

    start: int
    end: int
    only: bool
    profiles: tuple[bool, ...]
    relation: int


@dataclass(frozen=True)
class Junctions:
    """Which directed edges of a way arrive at a node and leave it, keyed by (way id, node index).

    ``open_edges``, bool, shape (edges,): whether any vehicle may use each edge.
    """

    arriving: dict[tuple[int, int], list[int]]
    leaving: dict[tuple[int, int], list[int]]
    open_edges: npt.NDArray[np.bool_]


def junctions(
    ways: Iterable[int],
    section_way: npt.NDArray[np.int64],
    section_nodes: npt.NDArray[np.int32],
    open_edges: npt.NDArray[np.bool_],
) -> Junctions:
    """List the edges of some ways by way and node."""
    found = Junctions(defaultdict(list), defaultdict(list), open_edges)
    for section in np.flatnonzero(np.isin(section_way, np.fromiter(ways, dtype=np.int64))).tolist():
        way = int(section_way[section])
        first, last = section_nodes[section].tolist()
        for edge, tail, head in ((2 * section, first, last), (2 * section + 1, last, first)):
            found.leaving[way, tail].append(edge)
            found.arriving[way, head].append(edge)
    return found


def binding(relation: OsmRestriction) -> tuple[str, tuple[bool, ...]]:
    """Return the restriction's value and whom it binds, in the order of `PROFILES`.

    A plain ``restriction`` binds van and bicycle, one with a vehicle word those it names; ``except`` frees.

    Examples
    --------
    >>> binding(OsmRestriction(1, {"restriction": "no_left_turn", "except": "bicycle;psv"}, ()))
    ('no_left_turn', (True, False, False))
    >>> binding(OsmRestriction(1, {"restriction:hgv": "no_left_turn"}, ()))
    ('', (False, False, False))
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
    if any(kind == "w" for kind, _ in vias):
        return "it leads via a way, which is not supported"
    if len(vias) > 1:
        return "it has more than one via node"
    for _, way in starts + ends:
        if way not in known_ways:
            return f"its way {way} is not among the streets read"
    node = node_index.get(vias[0][1])
    if node is None:
        return f"its via node {vias[0][1]} is not among the streets read"
    only = value.startswith("only_")
    rules = []
    for _, start in starts:
        for _, end in ends:
            arriving, leaving = at.arriving.get((start, node), []), at.leaving.get((end, node), [])
            if not arriving or not leaving:
                return f"ways {start} and {end} do not meet in its via node"
            arriving = [edge for edge in arriving if at.open_edges[edge]]
            leaving = [edge for edge in leaving if at.open_edges[edge]]
            if len(arriving) > 1 or len(leaving) > 1:
                return f"ways {start} and {end} do not end at its via node, so the turn meant is not clear"
            if arriving and leaving:
                rules.append(TurnRule(arriving[0], leaving[0], only, profiles, relation.id))
            elif only:
                return f"no vehicle may go from way {start} to way {end} anyway"
    return rules
