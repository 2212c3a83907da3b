"""Routers on other machines: the real clients against a small server on 127.0.0.1 that answers as theirs do.

The answers are written by us in the shapes that OSRM's and Valhalla's documents describe.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import GeoServiceError, InputError, NotReady
from geo_service.streets.check import faults
from geo_service.streets.exchange import Reply, square
from geo_service.streets.http_exchange import HttpExchange
from geo_service.streets.model import UNREACHABLE, Profile, Router, Snap, Vehicle
from geo_service.streets.osrm import OsrmRouter
from geo_service.streets.polyline import decode_polyline
from geo_service.streets.valhalla import MAX_PLACES, ValhallaRouter

LON, LAT = 12.33, 51.32
Answer = tuple[int, bytes]


class FakeServer:
    """Answers requests by a function of path, query and body, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answer: Callable[[str, dict[str, str], dict], Answer] = lambda path, query, body: (404, b"")
        self.asked: list[tuple[str, str, dict[str, str], dict]] = []
        self.headers: dict[str, str] = {}
        self.silent = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply(b"{}")

            def do_POST(self) -> None:
                self._reply(self.rfile.read(int(self.headers["Content-Length"])))

            def _reply(self, body: bytes) -> None:
                parts = urlsplit(self.path)
                query = {key: value[0] for key, value in parse_qs(parts.query).items()}
                server.asked.append((self.command, parts.path, query, json.loads(body)))
                status, said = server.answer(parts.path, query, json.loads(body))
                if status == 0:  # says nothing until the test is over
                    server.silent.wait(10)
                    return
                self.send_response(status)
                for name, value in server.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said) + (1 if status == 299 else 0)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *args) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.silent.set()
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake
    fake.close()


def osrm(server: FakeServer, **options) -> OsrmRouter:
    return OsrmRouter(HttpExchange(server.address, timeout_s=5), **options)


def valhalla(server: FakeServer, mover=Profile.VAN, **options) -> ValhallaRouter:
    return ValhallaRouter(HttpExchange(server.address, timeout_s=5), mover, **options)


def says(status: int, answer) -> Callable[..., Answer]:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return lambda path, query, asked: (status, body)


def spots(count: int) -> list[Snap]:
    """Return places that tell their number by their longitude."""
    return [Snap(-1, 0.0, LON + number / 1000, LAT, 0.0) for number in range(count)]


def as_table(path: str, query: dict[str, str], body: dict) -> Answer:
    """Answer as OSRM does for `spots`: from place i to place j it takes 10 i + j + 0.5 seconds and twice the metres."""
    places = [round((float(one.split(",")[0]) - LON) * 1000) for one in path.rsplit("/", 1)[1].split(";")]
    numbers = range(len(places))
    rows, columns = (
        [int(n) for n in query[name].split(";")] if name in query else numbers for name in ("sources", "destinations")
    )
    seconds = [[10 * places[a] + places[b] + 0.5 for b in columns] for a in rows]
    metres = [[2 * entry for entry in row] for row in seconds]
    return 200, json.dumps({"code": "Ok", "durations": seconds, "distances": metres}).encode()


# OSRM


@pytest.mark.parametrize("max_table", [2, 3, 4, 7, 100])
def test_an_osrm_matrix_is_the_same_in_whatever_blocks_it_is_asked(server, max_table):
    server.answer = as_table
    router: Router = osrm(server, max_table=max_table)
    matrix = router.matrix(spots(7))
    expected = np.array([[10 * i + j + 1 for j in range(7)] for i in range(7)])
    np.fill_diagonal(expected, 0)
    np.testing.assert_array_equal(matrix.seconds, expected)
    np.testing.assert_array_equal(matrix.metres, np.where(expected > 0, 2 * expected - 1, 0))
    assert matrix.seconds.dtype == matrix.metres.dtype == np.int32
    for method, path, query, _ in server.asked:
        assert method == "GET"
        assert path.startswith("/table/v1/driving/12.33")
        assert query["annotations"] == "duration,distance"
        assert len(path.split(";")) <= max_table


def test_small_osrm_matrices(server):
    server.answer = as_table
    assert osrm(server).matrix([]).seconds.shape == (0, 0)
    assert osrm(server).matrix(spots(1)).seconds.tolist() == [[0]]
    assert server.asked == []


def test_where_osrm_knows_no_way_the_matrix_says_so(server):
    table = {"code": "Ok", "durations": [[0, None], [12.4, 0]], "distances": [[0, 55.5], [99.6, 0]]}
    server.answer = says(200, table)
    matrix = osrm(server).matrix(spots(2))
    assert matrix.seconds.tolist() == [[0, UNREACHABLE], [12, 0]]
    assert matrix.metres.tolist() == [[0, UNREACHABLE], [100, 0]]


def test_osrm_snaps_one_place_after_the_other(server):
    def nearest(path, query, body):
        if path.endswith("13.000000,51.000000"):
            return 400, b'{"code": "NoSegment", "message": "Could not find a matching segment for coordinate 0"}'
        waypoint = {"distance": 4.2, "name": "Friedrichstraße", "location": [12.5, 51.5], "hint": "x"}
        return 200, json.dumps({"code": "Ok", "waypoints": [waypoint]}).encode()

    server.answer = nearest
    found = osrm(server, max_snap_m=50.0).snap(np.array([(12.4, 51.4), (13.0, 51.0), (np.nan, 1.0), (12.0, 95.0)]))
    assert found == [Snap(-1, 0.0, 12.5, 51.5, 4.2), None, None, None]
    assert [path for _, path, _, _ in server.asked] == [
        "/nearest/v1/driving/12.400000,51.400000",
        "/nearest/v1/driving/13.000000,51.000000",
    ]
    assert server.asked[0][2]["radiuses"] == "50"
    assert osrm(server, max_snap_m=4.0).snap(np.array([(12.4, 51.4)])) == [None]


ROUTE = {
    "code": "Ok",
    "routes": [
        {
            "duration": 61.5,
            "distance": 500.4,
            "geometry": {"type": "LineString", "coordinates": [[12.33, 51.32], [12.331, 51.32], [12.331, 51.321]]},
            "legs": [
                {
                    "steps": [
                        {"name": "Lützner Straße", "distance": 300.0},
                        {"name": "Lützner Straße", "distance": 50.4},
                        {"name": "", "ref": "B 87", "distance": 150.0},
                        {"name": "Am Kanal", "distance": 0.0},
                    ]
                }
            ],
        }
    ],
    "waypoints": [],
}


def test_an_osrm_path_has_line_and_legs_and_no_edges(server):
    server.answer = says(200, ROUTE)
    path = osrm(server).path(*spots(2))
    assert path is not None
    assert (path.seconds, path.metres, path.edges) == (62, 500, ())
    assert [(leg.name, leg.length_m) for leg in path.legs] == [("Lützner Straße", 350.4), ("B 87", 150.0)]
    np.testing.assert_array_equal(path.lonlat, [(12.33, 51.32), (12.331, 51.32), (12.331, 51.321)])
    ((_, asked, query, _),) = server.asked
    assert asked == "/route/v1/driving/12.330000,51.320000;12.331000,51.320000"
    assert (query["geometries"], query["overview"], query["steps"]) == ("geojson", "full", "true")


def test_the_checker_says_that_a_path_without_edges_has_none(server, draw):
    server.answer = says(200, ROUTE)
    path = osrm(server).path(*spots(2))
    network = draw({1: (0, 0), 2: (90, 0)}, [(10, [1, 2], {})]).network
    assert faults(network, Profile.VAN, path) == ["the path has no edges"]


def test_where_osrm_finds_no_route_there_is_no_path(server):
    server.answer = says(400, {"code": "NoRoute", "message": "Impossible route between points"})
    assert osrm(server).path(*spots(2)) is None


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (400, {"code": "InvalidQuery", "message": "Query string malformed close to position 12"}, "router_refused"),
        (400, {"code": "TooBig", "message": "Too many table coordinates"}, "too_many_places"),
        (500, b"oops", "router_refused"),
        (429, {"message": "Too Many Requests"}, "router_refused"),
        (200, b"<html>", "router_answer"),
        (200, b"", "router_answer"),
        (200, b"\xff\xfe", "router_answer"),
        (200, [], "router_answer"),
        (200, {"code": "Ok"}, "router_answer"),
        (200, {"code": "Ok", "durations": [[0, 1]], "distances": [[0, 1], [1, 0]]}, "router_answer"),
        (200, {"code": "Ok", "durations": [[0, 1], [1]], "distances": [[0, 1], [1, 0]]}, "router_answer"),
        (200, {"code": "Ok", "durations": [[0, -1], [1, 0]], "distances": [[0, 1], [1, 0]]}, "router_answer"),
        (200, {"code": "Ok", "durations": [[0, 1e12], [1, 0]], "distances": [[0, 1], [1, 0]]}, "router_answer"),
        (200, {"code": "Ok", "durations": [[0, "x"], [1, 0]], "distances": [[0, 1], [1, 0]]}, "router_answer"),
        (200, {"code": "Ok", "durations": [[0, 1], [1, 0]]}, "router_answer"),
        (400, {"code": "NoSegment"}, "router_refused"),
    ],
)
def test_what_osrm_should_not_say_to_a_table_is_an_error_with_a_remedy(server, status, answer, code):
    server.answer = says(status, answer)
    with pytest.raises(GeoServiceError) as caught:
        osrm(server).matrix(spots(2))
    assert caught.value.code == code
    assert caught.value.remedy
    assert len(caught.value.message) < 400


@pytest.mark.parametrize(
    "spoil",
    [
        lambda route: route.pop("duration"),
        lambda route: route.update(duration=None),
        lambda route: route.update(duration=True),
        lambda route: route.update(distance=-1),
        lambda route: route.update(legs=None),
        lambda route: route["legs"][0]["steps"].append({"name": "x"}),
        lambda route: route["legs"][0]["steps"].append(None),
        lambda route: route.update(geometry="_p~iF~ps|U"),
        lambda route: route["geometry"].update(coordinates=[[1, 2], ["a", 3]]),
        lambda route: route["geometry"].update(coordinates=[[1, 2], [300, 3]]),
        lambda route: route["geometry"].update(coordinates=[[1, 2], [3]]),
    ],
)
def test_a_spoilt_route_is_not_believed(server, spoil):
    answer = json.loads(json.dumps(ROUTE))
    spoil(answer["routes"][0])
    server.answer = says(200, answer)
    with pytest.raises(NotReady) as caught:
        osrm(server).path(*spots(2))
    assert caught.value.code == "router_answer"


@pytest.mark.parametrize(
    "waypoints",
    [None, [], [None], [{"distance": 1}], [{"location": [1], "distance": 1}], [{"location": [1, 99], "distance": 1}]],
)
def test_a_spoilt_waypoint_is_not_believed(server, waypoints):
    server.answer = says(200, {"code": "Ok", "waypoints": waypoints})
    with pytest.raises(NotReady) as caught:
        osrm(server).snap(np.array([(12.0, 51.0)]))
    assert caught.value.code == "router_answer"


def test_an_osrm_router_is_asked_for_what_makes_sense(server):
    for options in ({"max_table": 1}, {"server_profile": "../x"}):
        with pytest.raises(InputError):
            osrm(server, **options)
    assert osrm(server, profile=Profile.TRUCK).profile is Profile.TRUCK


# Valhalla


def located(*edges: tuple[float, float]) -> dict:
    found = [{"way_id": 1, "correlated_lat": lat, "correlated_lon": lon, "percent_along": 0.5} for lon, lat in edges]
    return {"input_lat": LAT, "input_lon": LON, "nodes": None, "edges": found or None}


def test_valhalla_snaps_to_the_nearest_edge(server):
    answer = [located((12.34, 51.32), (12.3301, 51.32)), located(), located((13.0, 52.0))]
    server.answer = says(200, answer)
    lonlat = np.array([(LON, LAT), (np.inf, 1.0), (LON, LAT), (LON, LAT)])
    found = valhalla(server).snap(lonlat)
    assert found[1:] == [None, None, None]
    assert (found[0].edge, found[0].lon, found[0].lat) == (-1, 12.3301, 51.32)
    assert found[0].distance_m == pytest.approx(7.0, abs=0.1)
    ((method, path, _, body),) = server.asked
    assert (method, path, body["costing"], len(body["locations"])) == ("POST", "/locate", "auto", 3)


def test_valhalla_is_asked_in_small_portions(server):
    server.answer = lambda path, query, body: (200, json.dumps([located()] * len(body["locations"])).encode())
    assert valhalla(server).snap(np.full((120, 2), 12.0)) == [None] * 120
    assert [len(body["locations"]) for _, _, _, body in server.asked] == [50, 50, 20]


LONG = [
    [{"time": 0, "distance": 0.0, "from_index": 0, "to_index": 0}, {"time": 61, "distance": 0.5}],
    [{"time": None, "distance": None, "from_index": 1, "to_index": 0}, {"time": 3, "distance": 0.1}],
]
SHORT = {"durations": [[0, 61], [None, 3]], "distances": [[0.0, 0.5], [None, 0.1]]}


@pytest.mark.parametrize("rows", [LONG, SHORT])
def test_a_valhalla_matrix_in_both_of_its_forms(server, rows):
    server.answer = says(200, {"sources_to_targets": rows, "units": "kilometers"})
    router: Router = valhalla(server)
    matrix = router.matrix(spots(2))
    assert matrix.seconds.tolist() == [[0, 61], [UNREACHABLE, 0]]
    assert matrix.metres.tolist() == [[0, 500], [UNREACHABLE, 0]]


def test_valhalla_is_never_asked_for_a_large_matrix(server):
    with pytest.raises(InputError) as caught:
        valhalla(server).matrix(spots(MAX_PLACES + 1))
    assert caught.value.code == "too_many_places"
    assert caught.value.fields == {"places": 51, "most": 50}
    assert server.asked == []
    assert valhalla(server).matrix(spots(1)).seconds.tolist() == [[0]]
    assert valhalla(server).matrix([]).seconds.shape == (0, 0)


def test_a_truck_tells_its_size_and_a_van_does_not(server):
    server.answer = says(200, {"sources_to_targets": LONG})
    valhalla(server, Vehicle(Profile.TRUCK, weight_t=12.0, height_m=3.5)).matrix(spots(2))
    valhalla(server, Profile.FOOT).matrix(spots(2))
    truck, foot = (body for _, _, _, body in server.asked)
    assert truck["costing"] == "truck"
    assert truck["costing_options"] == {"truck": {"weight": 12.0, "height": 3.5}}
    assert (foot["costing"], "costing_options" in foot) == ("pedestrian", False)


SHAPE = "_ycriAoogpUo}@?o}@o}@"
TRIP = {
    "trip": {
        "status": 0,
        "legs": [
            {
                "summary": {"time": 61.5, "length": 0.5},
                "shape": SHAPE,
                "maneuvers": [
                    {"street_names": ["Lützner Straße"], "length": 0.35},
                    {"length": 0.1},
                    {"street_names": ["Am Kanal"], "length": 0.05},
                    {"length": 0.0},
                ],
            }
        ],
    }
}


def test_a_valhalla_path_has_line_and_legs_and_no_edges(server):
    server.answer = says(200, TRIP)
    path = valhalla(server).path(*spots(2))
    assert path is not None
    assert (path.seconds, path.metres, path.edges) == (62, 500, ())
    assert [(leg.name, round(leg.length_m)) for leg in path.legs] == [
        ("Lützner Straße", 350),
        ("", 100),
        ("Am Kanal", 50),
    ]
    np.testing.assert_array_equal(path.lonlat, decode_polyline(SHAPE))


def test_where_valhalla_finds_no_path_there_is_none(server):
    server.answer = says(400, {"error_code": 442, "error": "No path could be found for input", "status_code": 400})
    assert valhalla(server).path(*spots(2)) is None
    server.answer = says(400, {"error_code": 171, "error": "No suitable edges near location", "status_code": 400})
    assert valhalla(server).snap(np.array([(LON, LAT)])) == [None]
    with pytest.raises(NotReady):
        valhalla(server).matrix(spots(2))


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (400, {"error_code": 154, "error": "Path distance exceeds the max distance limit"}, "router_refused"),
        (503, b"", "router_refused"),
        (200, b"{", "router_answer"),
        (200, {}, "router_answer"),
        (200, [1], "router_answer"),
        (200, None, "router_refused"),
        (200, {"sources_to_targets": None}, "router_answer"),
        (200, {"sources_to_targets": [[{"time": 1}]]}, "router_answer"),
        (200, {"sources_to_targets": {"durations": [[0, 1], [1, 0]]}}, "router_answer"),
        (200, {"sources_to_targets": [LONG[0]]}, "router_answer"),
    ],
)
def test_what_valhalla_should_not_say_is_an_error_with_a_remedy(server, status, answer, code):
    server.answer = says(status, answer)
    with pytest.raises(NotReady) as caught:
        valhalla(server).matrix(spots(2))
    assert caught.value.code == code
    assert caught.value.remedy


@pytest.mark.parametrize(
    "spoil",
    [
        lambda leg: leg.update(shape="_p~"),
        lambda leg: leg.update(shape="é"),
        lambda leg: leg.update(shape=None),
        lambda leg: leg.update(summary={}),
        lambda leg: leg["summary"].update(time="1"),
        lambda leg: leg.update(maneuvers=[{"street_names": []}]),
        lambda leg: leg.update(maneuvers=3),
    ],
)
def test_a_spoilt_trip_is_not_believed(server, spoil):
    answer = json.loads(json.dumps(TRIP))
    spoil(answer["trip"]["legs"][0])
    server.answer = says(200, answer)
    with pytest.raises(NotReady) as caught:
        valhalla(server).path(*spots(2))
    assert caught.value.code == "router_answer"


@pytest.mark.parametrize(
    "answer",
    [{}, [1, 2], [1], [{"edges": 3}], [{"edges": [{}]}], [{"edges": [{"correlated_lon": 500, "correlated_lat": 1}]}]],
)
def test_a_spoilt_place_is_not_believed(server, answer):
    server.answer = says(200, answer)
    with pytest.raises(NotReady) as caught:
        valhalla(server).snap(np.array([(LON, LAT)]))
    assert caught.value.code == "router_answer"


# The way over HTTP


@pytest.mark.parametrize(
    "address",
    [
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "127.0.0.1:5000",
        "http://",
        "http://name:word@127.0.0.1",
        "http://127.0.0.1/?x=1",
        "http://127.0.0.1/#x",
        "http://127.0.0.1:99999",
        "http://[::1",
        "http://127.0.0.1\r\nHost: x",
    ],
)
def test_only_addresses_of_web_servers_are_taken(address):
    with pytest.raises(InputError) as caught:
        HttpExchange(address)
    assert caught.value.code == "router_address"


def test_a_path_in_the_address_is_kept(server):
    server.answer = says(200, b"{}")
    assert HttpExchange(f"{server.address}/osrm/").ask("table/v1/x", {"a": "1;2"}) == Reply(200, b"{}")
    assert server.asked == [("GET", "/osrm/table/v1/x", {"a": "1;2"}, {})]


def test_nobody_is_sent_elsewhere(server):
    other = FakeServer()
    other.answer = says(200, b"{}")
    server.headers = {"Location": f"{other.address}/secret"}
    for status in (301, 302, 307, 308):
        server.answer = says(status, b"")
        with pytest.raises(NotReady) as caught:
            HttpExchange(server.address).ask("table", {})
        assert caught.value.code == "router_redirects"
    assert other.asked == []
    other.close()


def test_proxies_of_the_environment_are_not_asked(server, monkeypatch):
    other = FakeServer()
    monkeypatch.setenv("http_proxy", other.address)
    monkeypatch.setenv("all_proxy", other.address)
    server.answer = says(200, b"{}")
    assert HttpExchange(server.address).ask("x", {}).status == 200
    assert other.asked == []
    other.close()


def test_a_server_that_says_nothing_is_given_up(server):
    server.answer = says(0, b"")
    with pytest.raises(NotReady) as caught:
        HttpExchange(server.address, timeout_s=0.05).ask("x", {})
    assert caught.value.code == "router_unreachable"


def test_an_answer_that_is_cut_off_is_no_answer(server):
    server.answer = says(299, b"{}")  # says that it is one byte longer, and hangs up
    with pytest.raises(NotReady) as caught:
        HttpExchange(server.address, timeout_s=0.5).ask("x", {})
    assert caught.value.code == "router_unreachable"


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_without_end_is_not_read(server, status):
    server.answer = says(status, b" " * 2000)
    with pytest.raises(NotReady) as caught:
        HttpExchange(server.address, max_bytes=1000).ask("x", {})
    assert caught.value.code == "router_answer"


def test_where_no_server_is_the_error_says_so():
    gone = FakeServer()
    gone.close()
    with pytest.raises(NotReady) as caught:
        osrm(gone).matrix(spots(2))
    assert caught.value.code == "router_unreachable"
    assert caught.value.remedy


# Parts


@given(st.lists(st.tuples(st.integers(-180_000_000, 180_000_000), st.integers(-90_000_000, 90_000_000)), max_size=20))
def test_packed_lines_are_unpacked(places):
    def packed(number: int) -> str:
        number, text = ~(number << 1) if number < 0 else number << 1, ""
        while number >= 32:
            text += chr((32 | (number & 31)) + 63)
            number >>= 5
        return text + chr(number + 63)

    text, lon, lat = "", 0, 0
    for east, north in places:
        text += packed(north - lat) + packed(east - lon)
        lon, lat = east, north
    np.testing.assert_allclose(decode_polyline(text) * 1e6, np.array(places).reshape(-1, 2), atol=1e-4)


@given(st.text(max_size=30))
def test_any_text_is_a_line_or_an_error(text):
    with contextlib.suppress(ValueError):
        assert decode_polyline(text).shape[1] == 2


@given(
    st.recursive(st.none() | st.integers() | st.floats() | st.text(max_size=3) | st.booleans(), st.lists, max_leaves=8)
)
def test_any_answer_is_a_table_or_an_error(rows):
    try:
        table = square("OSRM", rows, 2, 2, "it")
    except NotReady:
        return
    assert table.shape == (2, 2)
    assert (table >= 0).all()
