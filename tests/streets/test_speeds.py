from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.streets.speeds import VAN_KMH, bicycle_kmh, foot_kmh, limit_kmh, parse_maxspeed, van_kmh


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("30", 30),
        ("30 km/h", 30),
        ("20 mph", 32.18688),
        ("20mph", 32.18688),
        ("walk", 7),
        ("DE:walk", 7),
        ("none", 130),
        ("DE:urban", 50),
        ("AT:rural", 100),
        ("DE:zone:30", 30),
        ("DE:zone30", 30),
        ("zone20", 20),
        ("DE:30", 30),
        ("DE:living_street", 7),
        ("DE:bicycle_road", 30),
        ("50; 30", 30),
    ],
)
def test_a_limit_is_understood(text, kmh):
    assert parse_maxspeed(text) == pytest.approx(kmh)


@pytest.mark.parametrize("text", ["", "signals", "variable", "0", "-30", "fast", "DE:unknown", "1e999", "nan", "٣٠x"])
def test_what_gives_no_number_is_none(text):
    assert parse_maxspeed(text) is None


@given(st.text(max_size=12))
def test_no_text_breaks_the_parser(text):
    kmh = parse_maxspeed(text)
    assert kmh is None or 0 < kmh < 2000


def test_the_direction_and_the_sign_itself_come_first():
    tags = {"maxspeed:forward": "30", "maxspeed": "50", "source:maxspeed": "DE:urban"}
    assert (limit_kmh(tags, "forward"), limit_kmh(tags, "backward")) == (30, 50)
    assert limit_kmh({"maxspeed": "signals", "zone:maxspeed": "DE:30"}, "forward") == 30
    assert limit_kmh({"name": "Am Markt"}, "forward") is None


def test_a_van_drives_below_the_limit_and_slow_streets_stay_slow():
    assert van_kmh("primary", 50) == 40
    assert van_kmh("motorway", 130) == 100
    assert van_kmh("service", 50) == VAN_KMH["service"]
    assert van_kmh("service", 10) == 8
    assert van_kmh("residential", None) == 25


def test_bicycles_and_walkers_have_their_own_pace():
    assert (bicycle_kmh("residential", 50), bicycle_kmh("residential", 7), bicycle_kmh("footway", None)) == (15, 7, 8)
    assert (foot_kmh("residential"), foot_kmh("steps")) == (5, 2.5)
