from __future__ import annotations

import pytest

from geo_service.streets.model import Profile
from geo_service.streets.profiles import STREETS, blocks, is_conditional, permission

VAN, BICYCLE, FOOT, TRUCK, CARGO_BIKE = Profile


def sketch(tags: dict[str, str], profile: Profile) -> str:
    """Draw a permission: ">" forward, "<" backward, "d" destination only, "" nothing."""
    found = permission({"highway": "residential"} | tags, profile)
    if found is None:
        return ""
    return ">" * (found.forward_kmh > 0) + "<" * (found.backward_kmh > 0) + "d" * found.destination


@pytest.mark.parametrize(
    ("tags", "van", "bicycle", "foot"),
    [
        ({}, "><", "><", "><"),
        ({"highway": "motorway"}, ">", "", ""),
        ({"highway": "motorway", "oneway": "no"}, "><", "", ""),
        ({"highway": "trunk"}, "><", "", ""),
        ({"highway": "trunk", "bicycle": "yes", "foot": "yes"}, "><", "><", "><"),
        ({"highway": "primary", "motorroad": "yes"}, "><", "", ""),
        ({"highway": "cycleway"}, "", "><", "><"),
        ({"highway": "footway"}, "", "", "><"),
        ({"highway": "footway", "bicycle": "yes"}, "", "><", "><"),
        ({"highway": "path"}, "", "><", "><"),
        ({"highway": "steps"}, "", "", "><"),
        ({"highway": "bridleway"}, "", "", ""),
        ({"highway": "pedestrian"}, "", "", "><"),
        ({"highway": "pedestrian", "motor_vehicle": "delivery"}, "><d", "", "><"),
        ({"highway": "pedestrian", "access": "yes"}, "", "", "><"),
        ({"highway": "track"}, "", "><", "><"),
        ({"highway": "track", "tracktype": "grade1"}, "><d", "><", "><"),
        ({"highway": "track", "tracktype": "grade2", "access": "no"}, "", "", ""),
        ({"highway": "track", "tracktype": "grade2", "motor_vehicle": "agricultural"}, "", "><", "><"),
        ({"highway": "track", "motor_vehicle": "destination"}, "><d", "><", "><"),
        ({"highway": "service"}, "><", "><", "><"),
        ({"highway": "service", "service": "driveway"}, "><d", "><d", "><"),
        ({"highway": "service", "service": "emergency_access"}, "", "", ""),
        ({"access": "private"}, "", "", ""),
        ({"access": "no", "foot": "yes"}, "", "", "><"),
        ({"access": "no", "motor_vehicle": "yes"}, "><", "", ""),
        ({"access": "destination"}, "><d", "><d", "><"),
        ({"vehicle": "destination", "bicycle": "yes"}, "><d", "><", "><"),
        ({"motor_vehicle": "agricultural;forestry"}, "", "><", "><"),
        ({"motor_vehicle": "agricultural;destination"}, "><d", "><", "><"),
        ({"motor_vehicle": "no", "goods": "yes"}, "><", "><", "><"),
        ({"hgv": "no"}, "><", "><", "><"),
        ({"access": "unknown"}, "><", "><", "><"),
        ({"access": "some nonsense"}, "", "", ""),
        ({"oneway": "yes"}, ">", ">", "><"),
        ({"oneway": "true"}, ">", ">", "><"),
        ({"oneway": "1"}, ">", ">", "><"),
        ({"oneway": "-1"}, "<", "<", "><"),
        ({"oneway": "reversible"}, "", "", "><"),
        ({"oneway": "no"}, "><", "><", "><"),
        ({"junction": "roundabout"}, ">", ">", "><"),
        ({"junction": "roundabout", "oneway": "-1"}, "<", "<", "><"),
        ({"oneway": "yes", "oneway:bicycle": "no"}, ">", "><", "><"),
        ({"oneway": "yes", "cycleway": "opposite_lane"}, ">", "><", "><"),
        ({"oneway": "yes", "cycleway:left:oneway": "-1"}, ">", "><", "><"),
        ({"oneway:motor_vehicle": "yes"}, ">", "><", "><"),
        ({"oneway": "yes", "oneway:foot": "yes"}, ">", ">", ">"),
        ({"motor_vehicle:backward": "no"}, ">", "><", "><"),
        ({"bicycle": "use_sidepath"}, "><", "", "><"),
    ],
)
def test_who_may_go_where(tags, van, bicycle, foot):
    assert (sketch(tags, VAN), sketch(tags, BICYCLE), sketch(tags, FOOT)) == (van, bicycle, foot)


@pytest.mark.parametrize(
    ("tags", "truck", "cargo_bike"),
    [
        ({}, "><", "><"),
        ({"hgv": "no"}, "", "><"),
        ({"hgv": "destination"}, "><d", "><"),
        ({"hgv": "delivery", "motor_vehicle": "no"}, "><d", "><"),
        ({"hgv": "designated"}, "><", "><"),
        ({"hgv:backward": "no"}, ">", "><"),
        ({"goods": "no", "motorcar": "no"}, "><", "><"),
        ({"motor_vehicle": "no"}, "", "><"),
        ({"motor_vehicle": "no", "goods": "yes"}, "", "><"),
        ({"oneway": "yes", "oneway:hgv": "no"}, "><", ">"),
        ({"oneway": "yes", "cycleway": "opposite_lane"}, ">", "><"),
        ({"highway": "motorway"}, ">", ""),
        ({"highway": "primary", "motorroad": "yes"}, "><", ""),
        ({"highway": "cycleway"}, "", "><"),
        ({"highway": "cycleway", "cargo_bike": "no"}, "", ""),
        ({"highway": "footway"}, "", ""),
        ({"highway": "footway", "bicycle": "yes"}, "", "><"),
        ({"highway": "steps", "bicycle": "yes"}, "", ""),
        ({"highway": "track", "tracktype": "grade1"}, "><d", "><"),
        ({"highway": "pedestrian", "hgv": "delivery"}, "><d", ""),
    ],
)
def test_where_trucks_and_cargo_bikes_may_go(tags, truck, cargo_bike):
    assert (sketch(tags, TRUCK), sketch(tags, CARGO_BIKE)) == (truck, cargo_bike)


@pytest.mark.parametrize("highway", sorted(STREETS - {"steps"}))
@pytest.mark.parametrize("maxspeed", [None, "30", "50", "none"])
def test_trucks_and_cargo_bikes_are_never_quicker_than_van_and_bicycle(highway, maxspeed):
    tags = {"highway": highway, "motor_vehicle": "yes", "bicycle": "yes"}
    tags |= {"maxspeed": maxspeed} if maxspeed else {}
    for slow, quick in ((TRUCK, VAN), (CARGO_BIKE, BICYCLE)):
        a, b = permission(tags, slow), permission(tags, quick)
        assert (a is None) == (b is None)
        assert a is None or 0 < a.forward_kmh < b.forward_kmh


def test_a_pushed_bicycle_is_slow():
    found = permission({"highway": "footway", "bicycle": "dismount"}, BICYCLE)
    assert found is not None
    assert (found.forward_kmh, found.backward_kmh) == (4, 4)


@pytest.mark.parametrize("highway", sorted(STREETS))
@pytest.mark.parametrize("profile", list(Profile))
def test_every_class_has_an_answer(highway, profile):
    found = permission({"highway": highway, "motor_vehicle": "yes", "bicycle": "yes", "foot": "yes"}, profile)
    assert found is None or found.forward_kmh > 0


@pytest.mark.parametrize(
    ("tags", "stopped"),
    [
        ({}, ""),
        ({"barrier": "bollard"}, "vt"),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, ""),
        ({"barrier": "bollard", "goods": "yes"}, "t"),
        ({"barrier": "cycle_barrier"}, "vtc"),
        ({"barrier": "cycle_barrier", "bicycle": "yes"}, "vtc"),
        ({"barrier": "cycle_barrier", "cargo_bike": "yes"}, "vt"),
        ({"barrier": "cycle_barrier", "cargo_bike": "no"}, "vtc"),
        ({"barrier": "cycle_barrier", "maxwidth:physical": "1.6"}, "vt"),
        ({"barrier": "lift_gate"}, ""),
        ({"barrier": "lift_gate", "hgv": "no"}, "t"),
        ({"barrier": "gate"}, ""),
        ({"barrier": "gate", "access": "private"}, "vbftc"),
        ({"barrier": "gate", "access": "no", "foot": "yes"}, "vbtc"),
        ({"barrier": "turnstile"}, "vbtc"),
        ({"barrier": "wall"}, "vbftc"),
        ({"barrier": "entrance"}, ""),
    ],
)
def test_whom_a_barrier_stops(tags, stopped):
    assert "".join(str(profile)[0] for profile in Profile if blocks(tags, profile)) == stopped


def test_conditions_are_seen():
    assert is_conditional({"access:conditional": "no @ (22:00-06:00)"})
    assert not is_conditional({"access": "no"})
