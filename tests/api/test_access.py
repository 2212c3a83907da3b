"""Who may do what: every route has a row, and every row holds for every kind of visitor."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fastapi import APIRouter
from starlette.applications import Starlette

from geo_service.api.access import ACCESS, rows_for, unlisted
from geo_service.api.roles import ANONYMOUS, CREW, EVERYONE, ROLES
from geo_service.api.tokens import fingerprint

from .conftest import add_pages

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

FILLED = {
    "{collection}": "visits",
    "{fid}": "KLZ-0001",
    "{plan_id}": "plan-1",
    "{other}": "plan-1",
    "{event_id}": "1",
    "{report_id}": "018f2c1e-7b1a-7c3d-9f10-3a5b8c2d4e6f",
    "{conflict_id}": "1",
    "{alert_id}": "1",
    "{sha256}": "0" * 64,
    "{token_id}": "0" * 32,
    "{secret}": "x" * 43,
    "{visit_id}": "KLZ-0001.mow_lawn.2026-11-24.1",
    "{plot}": "KLZ-0001",
    "{work}": "mow_lawn",
    "{day}": "2026-11-24",
    "{crew}": "crew-1",
    "{name}": "192",
    "{suffix}": "csv",
    "{measure}": "W26",
    "{voucher}": "W26-00001",
    "{claim}": "W26-C001",
    "{lot}": "W26-L01",
    "{carrier}": "gruenwerk",
    "{number}": "A-2026-0042",
    "{service}": "litter",
    "{report}": "R-2026-Q3-1",
    "{project}": "V-001",
    "{occasion}": "sprechzeit",
    "{contact}": "0" * 32,
    "{mediation}": "M-0001",
    "{path:path}": "nothing.css",
    "{style}": "plots-by-state",
    "{sheet}": "light.json",
    "{tileMatrix}": "14",
    "{tileRow}": "5461",
    "{tileCol}": "8752",
}
VISITORS = {
    **{role: role for role in ("viewer", "analyst", "moderator", "planner", "admin")},
    "anonymous": None,
    "own-crew": CREW,
    "other-crew": CREW,
    "expired": None,
    "revoked": None,
}
"""Kind of visitor -> the role that its token gives."""

OWN_BY_ID: set[tuple[str, str]] = {
    ("PUT", "/field-reports/{report_id}"),
    ("GET", "/field-reports"),
    ("GET", "/field-reports/{report_id}"),
    ("GET", "/photos/{sha256}"),
    ("PUT", "/photos/{sha256}"),
    ("PATCH", "/photos/{sha256}"),
}
"""Routes for crews that do not name the crew in the path: tests of their own show that foreign ones answer 404."""


def address(template: str) -> str:
    for hole, value in FILLED.items():
        template = template.replace(hole, value)
    assert "{" not in template, f"say what stands in {template}"
    return template


def test_every_route_has_a_row(desk) -> None:
    assert unlisted(desk.app) == []


def test_the_pages_have_rows_too(own_desk) -> None:
    add_pages(own_desk.app)
    assert unlisted(own_desk.app) == []
    with own_desk.client() as client:
        for path in ("/map", "/map/setup.json", "/map/first.json", "/map/landscape.geojson", "/static/css/crew.css"):
            assert client.get(path).status_code == 200
        assert "Bitte anmelden" in client.get("/crew/crew-1", headers={"Accept": "text/html"}).text


def test_a_route_without_a_row_is_found_out_and_answers_nobody(own_desk, problem) -> None:
    router = APIRouter()
    router.add_api_route("/secrets", lambda: "all of them")
    router.add_api_route("/plans", lambda: "gone", methods=["PATCH"])
    own_desk.app.include_router(router)
    own_desk.app.mount("/files", Starlette())
    assert unlisted(own_desk.app) == ["GET /secrets", "PATCH /plans", "GET /files/{path:path}"]
    with own_desk.client("planner") as client:
        problem(client.get("/secrets"), 404)
        assert problem(client.patch("/plans"), 405)["code"] == "method_not_allowed"


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize(("method", "template"), ACCESS)
def test_a_row_holds(module_desk, method: str, template: str, visitor: str) -> None:
    roles, role = ACCESS[(method, template)], VISITORS[visitor]
    with module_desk.client(None if visitor == "anonymous" else visitor) as client:
        response = client.request(method, address(template))
    if visitor in {"expired", "revoked"}:
        assert response.status_code == 401
    elif visitor == "other-crew" and role in roles and "{crew}" in template:
        assert response.status_code == 404
    elif visitor in roles or role in roles:
        assert response.status_code not in {401, 403}
        assert response.status_code < 500
        if visitor == "own-crew" and "{crew}" in template and template != "/crew/{crew}":  # served by other floors
            assert response.status_code == 200
    else:
        assert response.status_code == (401 if visitor == "anonymous" else 403)


def test_every_role_is_tried() -> None:
    assert {ANONYMOUS if role is None else role for role in VISITORS.values()} == set(ROLES)
    assert frozenset().union(*ACCESS.values()) == set(ROLES)


@pytest.mark.parametrize(("method", "template"), ACCESS)
def test_an_address_falls_under_its_own_row(method: str, template: str) -> None:
    """A row above it would give another one's roles, and the wrong crew."""
    row = rows_for(address(template))[method]
    assert row.template == template
    assert row.values.get("crew", "crew-1") == "crew-1"


def test_what_a_crew_may_reach_is_its_own() -> None:
    """A route for crews names the crew in its path, or stands in the list of those with tests of their own."""
    for_crews = {row for row, roles in ACCESS.items() if CREW in roles and roles != EVERYONE}
    assert {row for row in for_crews if "{crew}" not in row[1]} == OWN_BY_ID


@pytest.mark.parametrize("crew", ["crew-2", "crew-9", "CREW-1", "crew-1%20", "%63rew-2", "crew-1.", "crew-1.x"])
@pytest.mark.parametrize("rest", ["", ".json", ".pdf"])
def test_a_crew_sees_its_own_days_only(desk, problem, crew: str, rest: str) -> None:
    with desk.client("own-crew") as client:
        assert client.get(f"/days/2026-11-24/crews/crew-1{rest}").status_code == 200
        problem(client.get(f"/days/2026-11-24/crews/{crew}{rest}"), 404)
        for path in ("/days/2026-11-24", "/days/2026-11-24.json", "/collections/visits/items", "/plans"):
            problem(client.get(path), 403)


def test_what_is_foreign_answers_like_what_is_not_there(desk) -> None:
    with desk.client("own-crew") as client:
        assert client.get("/days/2026-11-24/crews/crew-2").content == client.get("/days/2026-11-24/crews/x").content


def test_a_crew_sees_of_the_register_what_anybody_sees(desk, anybody) -> None:
    with desk.client("own-crew") as client:
        for path in ("/collections/plots/items", "/collections/plots", "/collections"):
            assert client.get(path).json().keys() == anybody.get(path).json().keys()
        mine, all_ = (one.get("/collections/plots/items").json()["features"] for one in (client, anybody))
    assert mine == all_
    assert "KLZ-0004" not in {one["id"] for one in mine}
    assert "access_note" not in mine[0]["properties"]


@pytest.mark.parametrize("visitor", ["viewer", "analyst", "moderator", "planner", "admin", "own-crew"])
def test_a_revocation_holds_at_the_next_request(own_desk, problem, visitor: str) -> None:
    with own_desk.client(visitor) as client:
        assert client.get("/days/2026-11-24/crews/crew-1").status_code == 200
        kept = own_desk.store.token(fingerprint(own_desk.secrets[visitor]))
        assert own_desk.store.revoke_token(kept.token_id, own_desk.now[0])
        problem(client.get("/days/2026-11-24/crews/crew-1"), 401)
        assert not own_desk.store.revoke_token(kept.token_id, own_desk.now[0])
