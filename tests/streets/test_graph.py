from __future__ import annotations

import numpy as np
import pytest

from geo_service.streets.graph import TurnGraph, turn_graph
from geo_service.streets.model import Profile
from geo_service.streets.turns import TURN_COSTS


def turns(graph: TurnGraph) -> dict[tuple[int, int, int], float]:
    """Return the turn cost in seconds by (node before, node, node after)."""
    network, found = graph.network, {}
    for tail, head, cost in zip(graph.arc_tail, graph.arc_head, graph.arc_ds, strict=True):
        before, after = int(graph.state_edge[tail]), int(graph.state_edge[head])
        nodes = network.node_id[[network.tail[before], network.head[before], network.head[after]]]
        found[tuple(nodes.tolist())] = (int(cost) - int(graph.edge_ds[after])) / 10
    return found


def test_turns_cost_what_is_documented(cross):
    van = turns(turn_graph(cross().network, Profile.VAN))
    cost = TURN_COSTS[Profile.VAN]
    assert van[2, 1, 4] == 0
    assert van[2, 1, 3] == cost.right_s
    assert van[2, 1, 5] == cost.left_s
    assert van[1, 2, 1] == cost.round_s
    assert (2, 1, 2) not in van
    assert len(van) == 4 * 3 + 4
    assert set(turns(turn_graph(cross().network, Profile.FOOT)).values()) == {0, 1}


def test_a_bend_is_no_turn(draw):
    network = draw({1: (0, 0), 2: (100, 0), 3: (100, 100)}, [(10, [1, 2], {}), (11, [2, 3], {})]).network
    assert turns(turn_graph(network, Profile.VAN)) == {(1, 2, 3): 0, (3, 2, 1): 0, (2, 3, 2): 20, (2, 1, 2): 20}


def test_a_forbidden_turn_is_gone_for_those_it_binds(cross):
    network = cross([(7, 20, 1, 50, {"restriction": "no_left_turn", "except": "bicycle"})]).network
    assert (2, 1, 5) not in turns(turn_graph(network, Profile.VAN))
    assert (2, 1, 5) in turns(turn_graph(network, Profile.BICYCLE))


def test_only_one_turn_is_left(cross):
    network = cross([(7, 20, 1, 40, {"restriction": "only_straight_on"})]).network
    van = turns(turn_graph(network, Profile.VAN))
    assert {end for start, via, end in van if (start, via) == (2, 1)} == {4}
    assert {end for start, via, end in van if (start, via) == (5, 1)} == {2, 3, 4}


def test_several_only_turns_are_all_left(cross):
    only = {"restriction": "only_straight_on"}
    network = cross([(7, 20, 1, 40, only), (8, 20, 1, 30, only)]).network
    assert {end for start, via, end in turns(turn_graph(network, Profile.VAN)) if (start, via) == (2, 1)} == {3, 4}


def test_a_barrier_is_a_dead_end_on_both_sides(cross):
    more, nodes = [(60, [3, 6], {}), (61, [6, 4], {})], {6: (100, 100)}
    network = cross(more=more, nodes=nodes, node_tags={6: {"barrier": "bollard"}}).network
    van, bicycle = turns(turn_graph(network, Profile.VAN)), turns(turn_graph(network, Profile.BICYCLE))
    assert {turn for turn in van if turn[1] == 6} == {(3, 6, 3), (4, 6, 4)}
    assert {turn for turn in bicycle if turn[1] == 6} == {(3, 6, 4), (4, 6, 3)}


def test_one_turns_round_where_the_only_way_on_is_a_trap(cross):
    network = cross(more=[(60, [3, 6], {"oneway": "yes"})], nodes={6: (200, 0)}).network
    graph = turn_graph(network, Profile.VAN)
    assert (1, 3, 1) in turns(graph)
    trap = np.repeat(network.section_way == 60, 2)
    assert not graph.reached[trap].any()
    assert graph.reached[~trap].all()


def test_the_largest_part_is_kept(draw):
    nodes = {1: (0, 0), 2: (100, 0), 3: (200, 0), 8: (900, 0), 9: (950, 0)}
    network = draw(nodes, [(10, [1, 2], {}), (11, [2, 3], {}), (12, [8, 9], {})]).network
    graph = turn_graph(network, Profile.VAN)
    assert set(network.section_way[np.flatnonzero(graph.reached) >> 1].tolist()) == {10, 11}


def test_destination_only_edges_have_a_beginning_and_an_end(cross):
    network = cross(more=[(60, [1, 6], {"access": "destination"})], nodes={6: (70, 70)}).network
    graph = turn_graph(network, Profile.VAN)
    assert graph.states == 8 + 2 * 2
    lane = np.flatnonzero(graph.fringe)
    assert set(network.section_way[lane >> 1].tolist()) == {60}
    begins, ends = set(graph.start_state[lane].tolist()), set(graph.end_state[lane].tolist())
    for tail, head in zip(graph.arc_tail.tolist(), graph.arc_head.tolist(), strict=True):
        assert not (tail in ends and head not in ends)
        assert not (head in begins and tail not in begins)


def test_a_profile_without_streets_has_an_empty_graph(draw):
    network = draw({1: (0, 0), 2: (9, 0)}, [(10, [1, 2], {"highway": "footway"})]).network
    assert turn_graph(network, Profile.VAN).states == 0
    assert turn_graph(network, Profile.FOOT).states == 2


@pytest.mark.parametrize("profile", list(Profile))
def test_the_shortest_edge_still_takes_time(draw, profile):
    network = draw({1: (0, 0), 2: (0, 0), 3: (100, 0)}, [(10, [1, 2], {}), (11, [2, 3], {})]).network
    assert turn_graph(network, profile).edge_ds.min() == 1
