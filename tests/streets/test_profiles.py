from __future__ import annotations

import pytest

from geo_service.streets.model import Profile
from geo_service.streets.profiles import STREETS, blocks, is_conditional, permission

VAN, BICYCLE, FOOT = Profile


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
        ({"barrier": "bollard"}, "v"),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, ""),
        ({"barrier": "cycle_barrier"}, "v"),
        ({"barrier": "lift_gate"}, ""),
        ({"barrier": "gate"}, ""),
        ({"barrier": "gate", "access": "private"}, "vbf"),
        ({"barrier": "gate", "access": "no", "foot": "yes"}, "vb"),
        ({"barrier": "turnstile"}, "vb"),
        ({"barrier": "wall"}, "vbf"),
        ({"barrier": "entrance"}, ""),
    ],
)
def test_whom_a_barrier_stops(tags, stopped):
    assert "".join(str(profile)[0] for profile in Profile if blocks(tags, profile)) == stopped


def test_conditions_are_seen():
    assert is_conditional({"access:conditional": "no @ (22:00-06:00)"})
    assert not is_conditional({"access": "no"})
