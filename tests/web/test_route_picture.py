import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations
from math import hypot

from hypothesis import given
from hypothesis import strategies as st

from geo_service.web.route_picture import HEIGHT, RADIUS, WIDTH, _apart, route_picture

places = st.lists(st.tuples(st.floats(40, WIDTH - 40), st.floats(40, HEIGHT - 40)), min_size=1, max_size=12)


@given(places)
def test_discs_stay_in_the_picture(points):
    edge = RADIUS
    for x, y in _apart(points):
        assert edge <= x <= WIDTH - edge
        assert edge <= y <= HEIGHT - edge


def test_discs_at_the_same_place_do_not_cover_each_other():
    moved = _apart([(180.0, 135.0)] * 6)
    assert min(hypot(a[0] - b[0], a[1] - b[1]) for a, b in combinations(moved, 2)) >= 2 * RADIUS


def test_the_picture_is_well_formed_and_has_every_stop(a_stop, a_crew):
    crew = a_crew("crew-1", tuple(a_stop(order) for order in (1, 2, 3)))
    svg = ET.fromstring(route_picture(crew, "#0072b2", "Skizze <der> Fahrt"))
    assert svg.findtext("title") == "Skizze <der> Fahrt"
    assert [link.get("href") for link in svg.iter("a")] == ["#stop-1", "#stop-2", "#stop-3"]


def test_north_is_up_and_east_is_right(a_stop, a_crew):
    crew = a_crew("crew-1", (a_stop(1, lon=12.34, lat=51.35, leg=(), outline=()),), way_back=())
    svg = route_picture(replace(crew, depot=(12.30, 51.30)), "#0072b2", "x")
    disc = re.search(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)
    assert disc
    house = re.search(r'<path d="M([\d.]+) ([\d.]+)v', svg)
    assert house
    assert float(disc[1]) > float(house[1])
    assert float(disc[2]) < float(house[2])


def test_a_crew_that_stays_where_it_is_still_has_a_picture(a_stop, a_crew):
    crew = a_crew("crew-1", (a_stop(1, lon=12.318, lat=51.327, leg=(), outline=()),), way_back=())
    assert "nan" not in route_picture(crew, "#0072b2", "x")
