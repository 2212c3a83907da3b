"""Files of plots over HTTP: tried first, then taken; who may, how large, what is told of each row."""

from __future__ import annotations

import json

import pytest

from geo_service.api import imports

PLACE = (12.3205, 51.3155)


def square(lon: float = PLACE[0], lat: float = PLACE[1], **properties: object) -> dict[str, object]:
    ring = [[lon, lat], [lon + 0.0004, lat], [lon + 0.0004, lat + 0.0002], [lon, lat + 0.0002], [lon, lat]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def file_of(*features: dict[str, object]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


NEW = square(code="KLZ-0501", name="Neu")
POINT = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": PLACE}}
BOW_RING = [[12.321, 51.316], [12.3214, 51.3162], [12.3214, 51.316], [12.321, 51.3162], [12.321, 51.316]]
BOW = square(code="KLZ-0502") | {"geometry": {"type": "Polygon", "coordinates": [BOW_RING]}}
"""Crosses itself."""

PREVIEW = "/imports/preview?name=plots.geojson"


def test_a_preview_tells_each_row_with_its_place_and_changes_nothing(own_desk) -> None:
    before = own_desk.store.revision()
    with own_desk.client("planner") as client:
        answer = client.post(PREVIEW, content=file_of(NEW, POINT, BOW))
    assert answer.status_code == 200
    told = answer.json()
    assert own_desk.store.revision() == before == told["revision"]
    assert own_desk.store.plot("KLZ-0501") is None
    assert told["read"] == told["accepted"] + told["refused"] + told["unchanged"] == 3
    assert told["refused"] >= 1
    first, point, _ = told["rows"]
    assert (first["row"], first["outcome"], first["code"]) == (1, "new", "KLZ-0501")
    assert first["outline"]["type"] in {"Polygon", "MultiPolygon"}
    assert first["lon"] == pytest.approx(PLACE[0], abs=0.001)
    assert (point["outcome"], point["code"], point["outline"]) == ("refused", "", None)
    assert "point" in point["reason"]
    assert point["remedy"]


def test_what_the_preview_showed_is_what_is_imported(own_desk) -> None:
    with own_desk.client("planner") as client:
        revision = client.post(PREVIEW, content=file_of(NEW, POINT)).json()["revision"]
        address = f"/imports?name=plots.geojson&revision={revision}"
        answer = client.post(address, content=file_of(NEW, POINT))
        assert answer.status_code == 201
        assert (answer.json()["accepted"], answer.json()["refused"]) == (1, 1)
        assert own_desk.store.plot("KLZ-0501").name == "Neu"
        again = client.post(PREVIEW, content=file_of(NEW)).json()
        assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 1)


def test_a_preview_that_has_passed_is_not_imported(own_desk, problem) -> None:
    with own_desk.client("planner") as client:
        revision = client.post(PREVIEW, content=file_of(NEW)).json()["revision"]
        with own_desk.store.change(author="t", reason="t", at=own_desk.now[0]) as tx:
            tx.drop_plots([own_desk.store.plots()[-1].plot_id])
        refused = client.post(f"/imports?name=plots.geojson&revision={revision}", content=file_of(NEW))
        assert problem(refused, 409)["code"] == "changed_since_preview"
        assert own_desk.store.plot("KLZ-0501") is None


@pytest.mark.parametrize("visitor", ["viewer", "analyst", "moderator", "own-crew"])
def test_only_planners_import(own_desk, problem, visitor: str) -> None:
    with own_desk.client(visitor) as client:
        problem(client.post(PREVIEW, content=file_of(NEW)), 403)


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("plots.geojson", b"", 422, "file_empty"),
        ("plots", file_of(NEW), 422, "file_kind"),
        ("plots.geojson", b"{", 400, None),
        ("../../etc/passwd.csv", b"a", 400, None),
        ("a\x00.csv", b"a", 400, None),
    ],
)
def test_what_is_no_file_of_plots_is_refused(own_desk, problem, name, body, status, code) -> None:
    with own_desk.client("planner") as client:
        told = problem(client.post("/imports/preview", params={"name": name}, content=body), status)
    assert code is None or told["code"] == code
    assert told["remedy"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(own_desk, problem, monkeypatch) -> None:
    monkeypatch.setattr(imports, "MAX_BYTES", 1000)
    with own_desk.client("planner") as client:
        refused = client.post(PREVIEW, content=b" " * 1001)
        assert problem(refused, 413)["code"] == "body_too_large"
        assert client.post(PREVIEW, content=file_of(NEW)).status_code == 200


def test_a_preview_of_very_many_rows_lists_first_what_asks_attention(own_desk, monkeypatch) -> None:
    monkeypatch.setattr(imports, "MOST_ROWS", 2)
    many = [square(PLACE[0] + n * 0.001, code=f"KLZ-06{n:02d}") for n in range(4)]
    with own_desk.client("planner") as client:
        told = client.post(PREVIEW, content=file_of(*many, POINT)).json()
    assert told["rows_left_out"] == 3
    assert [row["row"] for row in told["rows"]] == [1, 5]
    assert told["new"] == 4


def test_the_reason_is_told_in_german_where_it_is_known(own_desk) -> None:
    with own_desk.client("planner") as client:
        bow, point = client.post(PREVIEW, content=file_of(BOW, POINT)).json()["rows"]
    assert "kreuzt sich" in bow["reason_de"] + bow["repaired_de"]
    assert point["reason_de"] == "ein Punkt, kein Umriss"
    assert point["remedy_de"].startswith("den Umriss zeichnen")
