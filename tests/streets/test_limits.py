from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import NotReady
from geo_service.streets.limits import limits, parse_limit, unread_limits
from geo_service.streets.model import Profile, Vehicle
from geo_service.streets.network import LIMITS
from geo_service.streets.router import make_router


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [
        ("3.5", 3.5),
        ("3.5 t", 3.5),
        ("3,5t", 3.5),
        ("2800 kg", 2.8),
        ("10000 lbs", 4.5359237),
        ("6 st", 5.44310844),
        ("none", math.inf),
        ("default", math.inf),
        ("unsigned", math.inf),
        ("", None),
        ("heavy", None),
        ("0", None),
        ("3.5 m", None),
        ("-1", None),
        ("7'6\"", None),
    ],
)
def test_weights(text, tonnes):
    found = parse_limit(text, "weight_t")
    assert found == (None if tonnes is None else pytest.approx(tonnes))


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("2.1", 2.1),
        ("2.1 m", 2.1),
        ("210 cm", 2.1),
        ("7'6\"", 2.286),
        ("7' 6\"", 2.286),
        ("7'", 2.1336),
        ("7 ft 6 in", 2.286),
        ("12'11.5\"", 3.9497),
        ("default", math.inf),
        ("below_default", None),
        ("3.5 t", None),
        ("0", None),
        ("0'", None),
    ],
)
@pytest.mark.parametrize("name", ["height_m", "width_m"])
def test_heights_and_widths(text, metres, name):
    found = parse_limit(text, name)
    assert found == (None if metres is None else pytest.approx(metres))


@given(st.text(max_size=12), st.sampled_from(LIMITS))
def test_any_text_is_a_positive_limit_or_none(text, name):
    found = parse_limit(text, name)
    assert found is None or found > 0


def test_the_lowest_of_several_signs_holds():
    tags = {"maxweight": "7.5", "maxweightrating": "3.5", "maxheight": "default", "maxheight:physical": "3.9"}
    assert limits(tags) == (3.5, 3.9, math.inf)
    assert limits({}) == (math.inf,) * 3


def test_what_is_not_understood_is_named(draw):
    assert unread_limits({"maxheight": "below_default", "maxwidth": "2", "maxweight": "?"}) == [
        "maxweight=?",
        "maxheight=below_default",
    ]
    done = draw({1: (0, 0), 2: (90, 0)}, [(10, [1, 2], {"maxheight": "below_default"})])
    (warning,) = done.report.warnings
    assert warning.reason == "1 limits are not understood and left out: maxheight=below_default"


def test_a_vehicle_has_a_size_that_makes_sense():
    for size in (-1, math.inf, math.nan):
        with pytest.raises(ValueError, match="height_m"):
            Vehicle(Profile.VAN, height_m=size)


BRIDGE = {1: (0, 0), 2: (200, 0), 3: (200, 200), 4: (0, 200), 5: (-100, 0), 6: (300, 0)}
"""A street from 5 over 1 and 2 to 6, and the way round over 4 and 3."""

ROUND = [(11, [2, 3], {}), (12, [3, 4], {}), (13, [4, 1], {}), (14, [5, 1], {}), (15, [2, 6], {})]


@pytest.mark.parametrize(
    ("tags", "vehicle", "fits"),
    [
        ({"maxweight": "3.5"}, Profile.VAN, True),
        ({"maxweight": "3.5"}, Vehicle(Profile.VAN, weight_t=3.6), False),
        ({"maxweight": "2.8"}, Profile.VAN, False),
        ({"maxweight": "2.8"}, Vehicle(Profile.VAN, weight_t=2.0), True),
        ({"maxweight": "7.5"}, Profile.TRUCK, True),
        ({"maxweight": "7.5"}, Vehicle(Profile.TRUCK, weight_t=12.0), False),
        ({"maxheight": "2.5"}, Profile.VAN, False),
        ({"maxheight": "2.5"}, Profile.FOOT, True),
        ({"maxheight": "default"}, Profile.TRUCK, True),
        ({"maxwidth": "2.3"}, Profile.VAN, True),
        ({"maxwidth": "2.3"}, Profile.TRUCK, False),
        ({"maxwidth": "0.8"}, Profile.BICYCLE, True),
        ({"maxwidth": "0.8"}, Profile.CARGO_BIKE, False),
        ({"hgv": "no"}, Profile.TRUCK, False),
        ({"hgv": "no"}, Profile.VAN, True),
    ],
)
@pytest.mark.parametrize("engine", ["cch", "dijkstra"])
def test_who_does_not_fit_drives_round(draw, edge_of, snap_on, tags, vehicle, fits, engine):
    network = draw(BRIDGE, [(10, [1, 2], tags), *ROUND]).network
    router = make_router(network, vehicle, engine)
    places = [snap_on(network, edge_of(network, a, b), 0.5) for a, b in ((5, 1), (2, 6))]
    path = router.path(*places)
    assert path is not None
    assert path.metres == (300 if fits else 700)


@pytest.mark.parametrize(
    ("vehicle", "fits"), [(Profile.CARGO_BIKE, True), (Vehicle(Profile.CARGO_BIKE, width_m=1.2), False)]
)
def test_a_cycle_barrier_with_a_width_stops_what_is_wider(draw, edge_of, snap_on, vehicle, fits):
    barrier = {"barrier": "cycle_barrier", "maxwidth": "1"}
    network = draw(BRIDGE | {7: (100, 0)}, [(10, [1, 7, 2], {}), *ROUND], (), {7: barrier}).network
    places = [snap_on(network, edge_of(network, a, b), 0.5) for a, b in ((5, 1), (2, 6))]
    path = make_router(network, vehicle).path(*places)
    assert path is not None
    assert path.metres == (300 if fits else 700)


def test_nothing_is_left_for_a_giant(draw):
    network = draw({1: (0, 0), 2: (90, 0)}, [(10, [1, 2], {"maxweight": "16"})]).network
    with pytest.raises(NotReady, match="truck"):
        make_router(network, Vehicle(Profile.TRUCK, weight_t=40.0))
