"""Who may do what: every route has a row, and every row holds for every kind of visitor."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fastapi import APIRouter
from starlette.applications import Starlette

from geo_service.api.access import ACCESS, unlisted
from geo_service.web.pages import Desk, Viewer, pages_router, static_files

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

FILLED = {
    "{collection}": "visits",
    "{fid}": "KLZ-0001",
    "{plan_id}": "plan-1",
    "{other}": "plan-1",
    "{event_id}": "1",
    "{visit_id}": "KLZ-0001.mow_lawn.2026-11-24.1",
    "{plot}": "KLZ-0001",
    "{work}": "mow_lawn",
    "{day}": "2026-11-24",
    "{crew}": "crew-1",
    "{suffix}": "csv",
    "{path:path}": "nothing.css",
    "{tileMatrix}": "14",
    "{tileRow}": "5461",
    "{tileCol}": "8752",
}
VISITORS = {"anonymous": None, "viewer": "viewer", "planner": "planner", "expired": "expired", "revoked": "revoked"}


def address(template: str) -> str:
    for hole, value in FILLED.items():
        template = template.replace(hole, value)
    assert "{" not in template, f"say what stands in {template}"
    return template


def test_every_route_has_a_row(desk) -> None:
    assert unlisted(desk.app) == []


def test_the_pages_have_rows_too(own_desk) -> None:
    pages = Desk(lambda on, lang: None, tuple, NOW.date, lambda: True, lambda: None)
    own_desk.app.include_router(pages_router(pages, lambda request: Viewer()))
    own_desk.app.mount("/static", static_files())
    assert unlisted(own_desk.app) == []
    with own_desk.client() as client:
        for path in ("/map", "/map/setup.json", "/map/landscape.geojson", "/static/css/crew.css"):
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
    roles = ACCESS[(method, template)]
    with module_desk.client(VISITORS[visitor]) as client:
        response = client.request(method, address(template))
    if visitor in {"expired", "revoked"}:
        assert response.status_code == 401
    elif visitor in roles:
        assert response.status_code not in {401, 403, 500}
    else:
        assert response.status_code == (401 if visitor == "anonymous" else 403)
