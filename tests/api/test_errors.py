"""Errors on the wire: one table, problem+json, nothing told that should not be."""

from __future__ import annotations

import inspect
import logging
from math import nan

import pytest

from geo_service.api.errors import STATUS, Problem, problem_of, status_of
from geo_service.base import errors
from geo_service.base.errors import (
    CheckFailed,
    Conflict,
    FileUnreadable,
    GeoServiceError,
    InputError,
    NotAllowed,
    NotFound,
    NotReady,
    RuleBroken,
    StoreBusy,
    StoreError,
    StoreFull,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("x"), 400),
        (FileUnreadable("x"), 400),
        (RuleBroken("x"), 422),
        (NotFound("x"), 404),
        (NotAllowed("x", signed_in=False), 401),
        (NotAllowed("x", signed_in=True), 403),
        (Conflict("x"), 409),
        (NotReady("x"), 409),
        (StoreBusy("x"), 503),
        (StoreFull("x"), 507),
        (StoreError("x"), 500),
        (CheckFailed("x"), 500),
    ],
)
def test_the_status_of_an_error(error: GeoServiceError, status: int) -> None:
    assert status_of(error) == status


def test_every_error_of_the_house_has_a_status_and_no_row_is_hidden_by_one_above() -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, GeoServiceError)]
    assert len(kinds) > 10
    for kind in kinds:
        assert status_of(kind("x")) in range(400, 600)
    rows = [kind for kind, _ in STATUS]
    for position, kind in enumerate(rows):
        assert not any(issubclass(kind, above) for above in rows[:position])


def test_a_problem_tells_reason_remedy_and_fields() -> None:
    told = problem_of(NotFound("no plot KLZ-9999", remedy="list the plots", plot="KLZ-9999"))
    assert told == Problem(
        title="Not Found",
        status=404,
        detail="no plot KLZ-9999",
        code="not_found",
        remedy="list the plots",
        fields={"plot": "KLZ-9999"},
    )


def test_what_the_store_says_stays_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        told = problem_of(StoreFull("the disk of /srv/desk is full", path="/srv/desk"))
    assert "/srv/desk" not in told.model_dump_json()
    assert "/srv/desk" in caplog.text


def answer_of(own_desk, error: Exception, **headers: str):
    def fail() -> None:
        raise error

    own_desk.store.revision = fail
    with own_desk.client(**headers) as client:
        return client.get("/healthz")


def test_an_unexpected_error_is_an_incident_and_nothing_else(own_desk, problem, caplog) -> None:
    told = problem(answer_of(own_desk, ZeroDivisionError("secret of the house")), 500)
    assert told["code"] == "incident"
    assert "secret" not in str(told)
    number = told["fields"]["incident"]
    assert f"incident {number}" in caplog.text
    assert "secret of the house" in caplog.text


def test_a_busy_store_says_when_to_come_back(own_desk, problem) -> None:
    response = answer_of(own_desk, StoreBusy("locked"))
    problem(response, 503)
    assert response.headers["retry-after"] == "5"


def test_a_browser_gets_a_page(own_desk) -> None:
    response = answer_of(own_desk, NotReady("there are no <plots>", remedy="import some"), Accept="text/html")
    assert response.status_code == 409
    assert response.headers["content-type"].startswith("text/html")
    assert "There are no &lt;plots&gt;." in response.text
    assert "Import some." in response.text
    assert "Das geht gerade nicht · Conflict" in response.text


def test_refusals_are_logged_with_neither_token_nor_line_breaks(anybody, caplog) -> None:
    with caplog.at_level(logging.INFO):
        anybody.get("/collections/visits/items/a%0Ab", headers={"Authorization": "Bearer wrong-secret"})
    assert '"refused"' in caplog.text
    assert "token_invalid" in caplog.text
    assert "wrong-secret" not in caplog.text
    assert "a\nb" not in caplog.text


def test_fields_that_json_cannot_carry_are_told_all_the_same(own_desk, problem) -> None:
    told = problem(answer_of(own_desk, Conflict("x \ud800", at=object, number=nan, text="\ud800", many={1: 2})), 409)
    assert set(told["fields"]) == {"at", "number", "text", "many"}


@pytest.mark.parametrize(("method", "path"), [("PUT", "/plans"), ("DELETE", "/"), ("PATCH", "/collections/plots")])
def test_a_wrong_method(planner, problem, method: str, path: str) -> None:
    response = planner.request(method, path)
    problem(response, 405)
    assert "allow" in response.headers
