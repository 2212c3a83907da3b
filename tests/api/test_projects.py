"""Projects over HTTP: published with their phases, kept by moderators, seen around a plot."""

from __future__ import annotations

import pytest

from .conftest import lonlat

PARK = {
    "title": "Pocketpark Birkenstraße",
    "geometry": {"type": "Point", "coordinates": list(lonlat(1))},
    "phase": {"phase": "preparation", "on": "2026-02-10"},
    "carrier": "Grünwerk",
    "tendered_on": "2026-05-04",
    "awarded_on": "2026-06-19",
    "approvals": [{"reference": "P-26-07", "on": "2026-04-20"}],
    "cost_cents": 4_850_000,
    "sources": [{"name": "EFRE", "percent": 75.0}, {"name": "Stadt", "percent": 25.0}],
    "plots": ["KLZ-0001"],
    "published": True,
}


@pytest.fixture
def mo(own_desk):
    with own_desk.client("moderator") as client:
        yield client


@pytest.fixture
def anybody(own_desk):
    with own_desk.client() as client:
        yield client


def test_moderator_4_a_phase_change_is_public_with_its_date(mo, anybody):
    made = mo.post("/projects", json=PARK)
    assert made.status_code == 201, made.text
    code = made.json()["project"]
    step = {"phase": "concept", "on": "2026-06-19", "reason": "Zuschlag, intern besprochen"}
    assert mo.post(f"/projects/{code}/phases", json=step).status_code == 201
    shown = anybody.get(f"/projects/{code}")
    assert [(one["name"], one["on"]) for one in shown.json()["phases"]] == [
        ("in Vorplanung/Ausschreibung", "2026-02-10"),
        ("in Planung/Konzeption", "2026-06-19"),
    ]
    assert "intern" not in shown.text and shown.json()["plots"] == []
    feature = anybody.get(f"/collections/projects/items/{code}").json()["properties"]
    assert (feature["phase_de"], feature["phase_on"]) == ("in Planung/Konzeption", "2026-06-19")
    for wrong in ({**step, "on": "2026-01-01", "phase": "underway"}, step):
        assert mo.post(f"/projects/{code}/phases", json=wrong).status_code == 422
    assert mo.post(f"/projects/{code}/phases", json={**step, "phase": "underway", "reason": ""}).status_code == 400


def test_what_is_not_published_is_for_readers_and_an_objection_hides_it(own_desk, mo, anybody):
    code = mo.post("/projects", json={**PARK, "published": False}).json()["project"]
    assert anybody.get(f"/projects/{code}").status_code == 404
    assert mo.get(f"/projects/{code}").json()["published"] is False
    changed = mo.put(f"/projects/{code}", json={**PARK, "plots": ["KLZ-0004"], "version": 1})  # its owner objected
    assert changed.status_code == 200 and anybody.get(f"/projects/{code}").status_code == 404
    assert code not in anybody.get("/collections/projects/items").text
    assert mo.put(f"/projects/{code}", json={**PARK, "version": 1}).status_code == 409
    with own_desk.client("viewer") as viewer:
        assert viewer.post("/projects", json=PARK).status_code == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"geometry": {"type": "Point"}}, 400),
        ({"geometry": {"type": "Point", "coordinates": [400, 51]}}, 400),
        ({"sources": [{"name": "EFRE", "percent": 75.0}]}, 400),
        ({"awarded_on": "2026-01-01"}, 400),
        ({"plots": ["KLZ-9999"]}, 404),
        ({"phase": {"phase": "dreaming", "on": "2026-02-10"}}, 422),
    ],
)
def test_a_project_that_contradicts_itself_is_refused(mo, change, status):
    answer = mo.post("/projects", json={**PARK, **change})
    assert answer.status_code in {status, 422} and answer.json()["remedy"]


def test_around_a_plot_stands_what_is_planned_there(mo):
    code = mo.post("/projects", json=PARK).json()["project"]
    near = mo.get("/plots/KLZ-0001/surroundings").json()["near"]
    assert (near[0]["what"], near[0]["away_m"]) in {("concern", 0.0), ("project", 0.0), ("occasion", 0.0)}
    assert {"project", "occasion", "concern"} <= {one["what"] for one in near}
    assert code in {one["key"] for one in near}
    far = mo.get("/plots/KLZ-0012/surroundings", params={"within_m": 50}).json()["near"]
    assert code not in {one["key"] for one in far}
