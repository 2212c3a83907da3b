"""Plots drawn, replaced, changed, deleted, split, merged, retired over HTTP, on the version that was looked at."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import numpy as np
import pytest
import shapely
from shapely import box
from shapely.geometry import mapping

from geo_service.api.crs import SYSTEMS
from geo_service.api.schemas import Feature

from .conftest import X0, Y0, plot_at

ITEMS = "/collections/plots/items"
UTM = "http://www.opengis.net/def/crs/EPSG/0/25833"
LATITUDE_FIRST = "http://www.opengis.net/def/crs/EPSG/0/4326"
MERGE = {"Content-Type": "application/merge-patch+json"}


def metres(west: float, south: float, width: float = 40, height: float = 30) -> dict[str, object]:
    """Make an outline, metres east and north of the first plots' corner."""
    return mapping(box(X0 + west, Y0 + south, X0 + west + width, Y0 + south + height))


def feature(geometry: dict[str, object], **properties: object) -> dict[str, object]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def draw(client: httpx.Client, outline: dict[str, object], crs: str = UTM, **properties: object) -> httpx.Response:
    return client.post(ITEMS, json=feature(outline, **properties), headers={"Content-Crs": f"<{crs}>"})


@pytest.fixture
def planner(own_desk):
    with own_desk.client("planner") as client:
        yield client


def test_a_drawn_plot_is_there(own_desk, planner) -> None:
    response = draw(planner, metres(150, 200), name="Ecke", care_areas="lawn:300")
    assert response.status_code == 201, response.text
    told = Feature.model_validate_json(response.content)
    assert response.headers["location"] == f"{own_desk.url}{ITEMS}/{told.id}"
    assert response.headers["content-type"] == "application/geo+json"
    assert (told.id, told.properties["area_m2"], told.properties["name"]) == ("KLZ-0013", 1200.0, "Ecke")
    again = planner.get(response.headers["location"])
    assert again.headers["etag"] == response.headers["etag"]
    assert again.headers["etag"].startswith(f'"{told.version}-')
    assert Feature.model_validate_json(again.content) == told.model_copy(update={"remarks": []})
    kept = own_desk.store.plot("KLZ-0013")
    assert kept.geometry.equals(box(X0 + 150, Y0 + 200, X0 + 190, Y0 + 230))
    assert kept.history[0].author == "Ada"
    assert "KLZ-0013" in {one["id"] for one in planner.get(ITEMS).json()["features"]}


@pytest.mark.parametrize("crs", SYSTEMS)
def test_an_outline_is_taken_in_each_system(own_desk, planner, crs: str) -> None:
    shape = box(X0 + 150, Y0 + 200, X0 + 190, Y0 + 230)
    degrees = np.array([SYSTEMS[UTM].read(shape)], dtype=object)
    sent = mapping(replace(SYSTEMS[crs], decimals=9).written(degrees)[0])
    response = draw(planner, sent, crs)
    assert response.status_code == 201, response.text
    kept = own_desk.store.plot(response.json()["id"]).geometry
    assert shapely.hausdorff_distance(kept, shape) < 0.002


def test_what_is_odd_is_told(planner) -> None:
    told = Feature.model_validate_json(draw(planner, metres(110, 5)).content)
    assert {"code", "text", "text_en", "plot"} == set(told.remarks[0])
    assert "KLZ-0001" in {one["plot"] for one in told.remarks}


def test_a_code_can_be_wished_for(planner, problem) -> None:
    assert draw(planner, metres(150, 200), code="KLZ-0100").json()["id"] == "KLZ-0100"
    assert problem(draw(planner, metres(150, 300), code="KLZ-0100"), 409)["code"] == "code_taken"
    sent = feature(metres(150, 400)) | {"id": "KLZ-0101"}
    assert planner.post(ITEMS, json=sent, headers={"Content-Crs": UTM}).json()["id"] == "KLZ-0101"


def test_a_change_names_its_version(own_desk, planner, problem) -> None:
    path = f"{ITEMS}/KLZ-0001"
    seen = planner.get(path)
    body = {"properties": {"name": "Neu"}}
    assert problem(planner.patch(path, json=body), 428)["code"] == "version_missing"
    assert problem(planner.put(path, json=seen.json()), 428)["code"] == "version_missing"
    assert problem(planner.delete(path), 428)["code"] == "version_missing"
    assert problem(planner.patch(path, json=body, headers={"If-Match": "x"}), 400)["code"] == "invalid_parameter"
    changed = planner.patch(path, json=body, headers={"If-Match": seen.headers["etag"], **MERGE})
    assert (changed.status_code, changed.json()["properties"]["name"]) == (200, "Neu")
    assert own_desk.store.plot("KLZ-0001").name == "Neu"
    assert planner.get(path).headers["etag"] == changed.headers["etag"] != seen.headers["etag"]


def test_the_second_editor_gets_both_versions(own_desk, planner, problem) -> None:
    path = f"{ITEMS}/KLZ-0001"
    tag = planner.get(path).headers["etag"]
    with own_desk.client("admin") as other:
        theirs = other.patch(path, json={"properties": {"name": "Von anderen"}}, headers={"If-Match": "*"})
    for method, body in (
        ("PATCH", {"properties": {"name": "Von mir", "hazard_note": ""}}),
        ("PUT", feature(metres(100, 0), name="Von mir", area_m2=1)),
    ):
        told = problem(planner.request(method, path, json=body, headers={"If-Match": tag, "Content-Crs": UTM}), 412)
        fields = told["fields"]
        assert told["code"] == "changed_meanwhile"
        assert fields["stands"]["name"] == "Von anderen"
        assert fields["sent"]["name"] == "Von mir"
        assert fields["version"] == theirs.json()["version"] != fields["expected"]
        assert fields["stands_outline"]["type"] == "Polygon"
    assert problem(planner.delete(path, headers={"If-Match": tag}), 412)["fields"]["stands"]["name"] == "Von anderen"
    assert own_desk.store.plot("KLZ-0001").name == "Von anderen"
    assert planner.patch(
        path, json={"properties": {"name": "Von mir"}}, headers={"If-Match": theirs.headers["etag"]}
    ).is_success


def test_of_many_editors_at_once_one_wins(own_desk, planner) -> None:
    path = f"{ITEMS}/KLZ-0002"
    headers = {"If-Match": planner.get(path).headers["etag"]}
    bodies = [{"properties": {"name": f"Editor {number}"}} for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda body: planner.patch(path, json=body, headers=headers), bodies))
    assert sorted(one.status_code for one in answers) == [200] + [412] * 5
    winner = next(one for one in answers if one.status_code == 200)
    assert own_desk.store.plot("KLZ-0002").name == winner.json()["properties"]["name"]


def test_what_was_read_can_be_sent_back(own_desk, planner) -> None:
    """A GIS writes whole features: nothing of one changes but what was edited, and rounded degrees are no change."""
    path = f"{ITEMS}/KLZ-0003"
    for crs in SYSTEMS:
        before = own_desk.store.plot("KLZ-0003")
        read = planner.get(path, params={"crs": crs})
        headers = {"If-Match": read.headers["etag"], "Content-Crs": read.headers["content-crs"]}
        same = planner.put(path, json=read.json(), headers=headers)
        assert same.status_code == 200, same.text
        assert own_desk.store.plot("KLZ-0003") == before
        body = read.json()
        body["properties"]["hazard_note"] = f"Bienen {crs}"
        assert planner.put(path, json=body, headers=headers).status_code == 200
        assert own_desk.store.plot("KLZ-0003") == replace(before, hazard_note=f"Bienen {crs}")


def test_a_replacement_empties_what_it_does_not_name(own_desk, planner) -> None:
    path = f"{ITEMS}/KLZ-0005"
    before = own_desk.store.plot("KLZ-0005")
    read = planner.get(path).json()
    body = feature(read["geometry"], address="Neue Straße 1")
    assert planner.put(path, json=body, headers={"If-Match": f'"{read["version"]}"'}).status_code == 200
    now = own_desk.store.plot("KLZ-0005")
    assert (now.name, now.address, now.access_note, now.parcels) == ("", "Neue Straße 1", "", ())
    assert (now.state, now.care_areas, now.public, now.code) == (
        before.state,
        before.care_areas,
        before.public,
        before.code,
    )


def test_null_empties_a_property(own_desk, planner) -> None:
    response = planner.patch(f"{ITEMS}/KLZ-0006", json={"properties": {"hazard_note": None}}, headers={"If-Match": "*"})
    assert response.json()["properties"]["hazard_note"] is None
    now = own_desk.store.plot("KLZ-0006")
    assert (now.hazard_note, now.access_note) == ("", plot_at(6).access_note)


def test_a_new_outline_is_measured(own_desk, planner) -> None:
    headers = {"If-Match": "*", "Content-Crs": f"<{UTM}>"}
    response = planner.patch(f"{ITEMS}/KLZ-0006", json={"geometry": metres(600, 0, 30, 10)}, headers=headers)
    assert response.json()["properties"]["area_m2"] == 300.0
    assert own_desk.store.plot("KLZ-0006").geometry.area == pytest.approx(300)


def test_an_edit_is_in_the_next_answers(own_desk, planner) -> None:
    """In collections, boxes and tiles, for the public too."""
    with own_desk.client() as anybody:
        before = anybody.get(ITEMS)
        assert before.json()["numberMatched"] == 11
        made = draw(planner, metres(150, 2000)).json()
        now = anybody.get(ITEMS, headers={"If-None-Match": before.headers["etag"]})
        assert now.json()["numberMatched"] == 12
        asked = {"bbox": f"{X0 + 100},{Y0 + 1900},{X0 + 300},{Y0 + 2100}", "bbox-crs": UTM}
        assert [one["id"] for one in anybody.get(ITEMS, params=asked).json()["features"]] == [made["id"]]
        planner.delete(f"{ITEMS}/{made['id']}", headers={"If-Match": "*"})
        assert anybody.get(ITEMS).json()["numberMatched"] == 11
        assert anybody.get(ITEMS, params=asked).json()["features"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("area_m2", 5.0), ("code", "KLZ-0099"), ("plot_id", "x"), ("history", "[]"), ("source", "x"), ("public", False)],
)
def test_what_is_read_only_stays(own_desk, planner, problem, name: str, value: object) -> None:
    before = own_desk.store.plot("KLZ-0001")
    response = planner.patch(f"{ITEMS}/KLZ-0001", json={"properties": {name: value}}, headers={"If-Match": "*"})
    told = problem(response, 422)
    assert (told["code"], told["fields"]["columns"]) == ("read_only", [name])
    assert name in told["detail"]
    assert own_desk.store.plot("KLZ-0001") == before


def test_the_id_stays(planner, problem) -> None:
    response = planner.patch(f"{ITEMS}/KLZ-0001", json={"id": "KLZ-0002"}, headers={"If-Match": "*"})
    assert problem(response, 422)["fields"]["columns"] == ["id"]


RING = [[12.3186, 51.3127], [12.319, 51.3127], [12.319, 51.313], [12.3186, 51.3127]]


@pytest.mark.parametrize(
    ("geometry", "place"),
    [
        (None, "geometry"),
        ({"type": "Point", "coordinates": [12.3, 51.3]}, "geometry"),
        ({"type": "Polygon", "coordinates": []}, "coordinates"),
        ({"type": "Polygon", "coordinates": [RING[:3]]}, "coordinates > 0"),
        ({"type": "Polygon", "coordinates": [[*RING[:3], RING[1]]]}, "ends where it begins"),
        ({"type": "Polygon", "coordinates": [[*RING[:3], [1, True]]]}, "coordinates > 0 > 3"),
        ({"type": "Polygon", "coordinates": [[*RING[:3], [1, "2"]]]}, "coordinates > 0 > 3"),
        ({"type": "Polygon", "coordinates": [[*RING[:3], [1e999, 2]]]}, "coordinates > 0 > 3"),
        ({"type": "Polygon", "coordinates": [RING], "crs": {}}, "crs"),
    ],
)
def test_an_outline_that_is_none_is_refused(own_desk, planner, problem, geometry: object, place: str) -> None:
    revision = own_desk.store.revision()
    import json

    content = json.dumps(feature(geometry)).replace("Infinity", "1e999")
    told = problem(planner.post(ITEMS, content=content, headers={"Content-Type": "application/geo+json"}), 422)
    assert place in told["detail"]
    assert own_desk.store.revision() == revision


@pytest.mark.parametrize(
    ("properties", "status", "place"),
    [
        ({"made_up": 1}, 422, "made_up"),
        ({"name": "\x00"}, 422, "name"),
        ({"name": "x" * 5000}, 422, "name"),
        ({"name": ["x"]}, 422, "name"),
        ({"tenure_from": "2026-02-30"}, 400, "tenure_from"),
        ({"state": "gone"}, 400, "state"),
        ({"care_areas": "lawn:many"}, 400, "care_areas"),
        ({"quarter": "99"}, 400, "quarter"),
        ({"state": "cleared"}, 422, "reason"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_its_name(own_desk, planner, problem, properties, status, place) -> None:
    before = own_desk.store.plot("KLZ-0003")
    response = planner.patch(f"{ITEMS}/KLZ-0003", json={"properties": properties}, headers={"If-Match": "*"})
    told = problem(response, status)
    assert place in f"{told['detail']} {told['remedy']}"
    assert own_desk.store.plot("KLZ-0003") == before


def test_an_unknown_system_or_parameter_is_refused(planner, problem) -> None:
    sent = feature(metres(150, 200))
    for headers in ({"Content-Crs": "<EPSG:25833>"}, {"Content-Crs": ""}):
        assert problem(planner.post(ITEMS, json=sent, headers=headers), 400)["fields"]["parameter"] == "Content-Crs"
    problem(planner.post(f"{ITEMS}?x=1", json=sent, headers={"Content-Crs": UTM}), 400)
    problem(planner.delete(f"{ITEMS}/KLZ-0001?x=1", headers={"If-Match": "*"}), 400)
    problem(planner.post(ITEMS, json=sent), 400)  # metres as degrees


def test_only_what_nothing_is_kept_of_can_be_deleted(own_desk, planner, problem) -> None:
    made = draw(planner, metres(150, 200))
    gone = planner.delete(f"{ITEMS}/{made.json()['id']}?reason=Versehen", headers={"If-Match": made.headers["etag"]})
    assert (gone.status_code, gone.content) == (204, b"")
    problem(planner.get(f"{ITEMS}/{made.json()['id']}"), 404)
    problem(planner.delete(f"{ITEMS}/{made.json()['id']}", headers={"If-Match": "*"}), 404)
    kept = problem(planner.delete(f"{ITEMS}/KLZ-0001", headers={"If-Match": "*"}), 409)
    assert kept["code"] == "plot_has_records"
    assert own_desk.store.plot("KLZ-0001")


@pytest.mark.parametrize("visitor", [None, "viewer", "analyst", "moderator", "own-crew"])
def test_others_change_nothing(own_desk, problem, visitor: str | None) -> None:
    revision, status = own_desk.store.revision(), 403 if visitor else 401
    with own_desk.client(visitor) as client:
        problem(draw(client, metres(150, 200)), status)
        for method in ("PUT", "PATCH", "DELETE"):
            problem(client.request(method, f"{ITEMS}/KLZ-0001", headers={"If-Match": "*"}), status)
    assert own_desk.store.revision() == revision


def test_options_tell_what_one_may_do(own_desk) -> None:
    reading = "GET, HEAD, OPTIONS"
    for visitor, items, item in (
        ("planner", f"{reading}, POST", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        ("admin", f"{reading}, POST", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        ("viewer", reading, reading),
        ("revoked", reading, reading),
        (None, reading, reading),
    ):
        with own_desk.client(visitor) as client:
            assert client.options(ITEMS).headers["allow"] == items
            assert client.options(f"{ITEMS}/KLZ-0001").headers["allow"] == item
            assert client.options("/collections/streets/items").headers["allow"] == reading
    with own_desk.client() as client:
        assert client.options("/collections/visits/items").headers["allow"] == "OPTIONS"


@pytest.mark.parametrize("name", ["quarters", "streets", "visits", "routes"])
def test_other_collections_are_read_only(planner, problem, name: str) -> None:
    for method, path in (("POST", ""), ("PUT", "/1"), ("PATCH", "/1"), ("DELETE", "/1")):
        response = planner.request(method, f"/collections/{name}/items{path}", json={})
        problem(response, 405)
        assert response.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_plot_alone_is_kept_until_it_changes(own_desk, planner) -> None:
    path = f"{ITEMS}/KLZ-0001"
    first = planner.get(path)
    with own_desk.store.change(author="tests", reason="another one", at=own_desk.now[0]) as tx:
        tx.put_plots([replace(plot_at(2), name="Anders")])
    assert planner.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert planner.get(path, headers={"If-None-Match": f"W/{first.headers['etag']}"}).status_code == 304
    with own_desk.store.change(author="tests", reason="this one", at=own_desk.now[0]) as tx:
        tx.put_plots([replace(plot_at(1), name="Anders")])
    assert planner.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 200
    with own_desk.store.change(author="tests", reason="real data", at=own_desk.now[0]) as tx:
        tx.set_sample(False)
    second = planner.get(path)
    assert second.headers["etag"] != first.headers["etag"]
    for other in (f"{path}?crs={LATITUDE_FIRST}", f"{path}?f=html"):
        assert planner.get(other).headers["etag"] != second.headers["etag"]


def test_a_plot_is_split_by_a_line(own_desk, planner, problem) -> None:
    line = {"type": "LineString", "coordinates": [[X0 + 212, Y0 - 10], [X0 + 212, Y0 + 50]]}
    headers = {"Content-Crs": f"<{UTM}>"}
    assert problem(planner.post("/plots/KLZ-0002/split", json={"line": line}, headers=headers), 428)
    headers |= {"If-Match": planner.get(f"{ITEMS}/KLZ-0002").headers["etag"]}
    response = planner.post("/plots/KLZ-0002/split", json={"line": line, "reason": "Weg"}, headers=headers)
    assert response.status_code == 200, response.text
    parts = response.json()["parts"]
    assert [(one["code"], one["area_m2"]) for one in parts] == [("KLZ-0002", 360.0), ("KLZ-0013", 240.0)]
    for one in parts:
        assert planner.get(f"{ITEMS}/{one['code']}").headers["etag"] == one["etag"]
        assert one["etag"].startswith(f'"{one["version"]}-')
    assert problem(planner.post("/plots/KLZ-0002/split", json={"line": line}, headers=headers), 412)
    assert problem(planner.post("/plots/KLZ-0003/split", json={}, headers={"If-Match": "*"}), 400)
    east = {"line": {"type": "LineString", "coordinates": [[12.4, 51.3], [12.4, 51.4]]}}
    assert (
        problem(planner.post("/plots/KLZ-0003/split", json=east, headers={"If-Match": "*"}), 400)["code"] == "not_cut"
    )


def test_plots_are_merged(own_desk, planner, problem) -> None:
    made = draw(planner, metres(130, 0, 20, 20), state="cleared").json()
    plots = [
        {"code": code, "version": planner.get(f"{ITEMS}/{code}").json()["version"]} for code in ("KLZ-0001", made["id"])
    ]
    stale = [plots[0], plots[1] | {"version": "0" * 32}]
    assert problem(planner.post("/plots/merge", json={"plots": stale}), 412)["fields"]["plot"] == made["id"]
    told = planner.post("/plots/merge", json={"plots": plots, "reason": "eins"})
    assert told.status_code == 200, told.text
    assert (told.json()["plot"]["code"], told.json()["plot"]["area_m2"]) == ("KLZ-0001", 1000.0)
    assert told.json()["deleted"] == [made["id"]]
    problem(planner.get(f"{ITEMS}/{made['id']}"), 404)
    problem(planner.post("/plots/merge", json={"plots": plots[:1]}), 422)


def test_a_plot_is_retired(own_desk, planner, problem) -> None:
    problem(planner.post("/plots/KLZ-0005/retire", json={"reason": "verkauft"}), 428)
    told = planner.post("/plots/KLZ-0005/retire", json={"reason": "verkauft"}, headers={"If-Match": "*"})
    assert told.status_code == 200, told.text
    assert told.json()["plot"]["state"] == "returned"
    assert own_desk.store.plot("KLZ-0005").history[-1].reason == "verkauft"
    again = planner.post("/plots/KLZ-0005/retire", json={"reason": "verkauft"}, headers={"If-Match": "*"})
    assert problem(again, 422)["code"]
