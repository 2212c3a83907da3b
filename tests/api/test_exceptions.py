"""Exceptions to the cutting ban over HTTP."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from geo_service.api.exceptions import ExceptionList

GIVEN = {"code": "traffic_safety", "evidence": "Az. 36-12/27"}
PATH = "/plots/KLZ-0001/exceptions/coppice_hedge"


@pytest.fixture
def client(own_desk):
    catalogue = own_desk.store.catalogue()
    (kind,) = catalogue.kinds.values()
    cutting = replace(kind, code="coppice_hedge", woody_cut=True, season=((10, 1), (2, 29)))
    with own_desk.store.change(author="a", reason="b", at=own_desk.now[0]) as tx:
        tx.put_catalogue(replace(catalogue, kinds={**catalogue.kinds, cutting.code: cutting}))
    with own_desk.client("planner") as one:
        yield one


def test_an_exception_comes_and_goes(own_desk, client: httpx.Client, problem) -> None:
    assert client.put(PATH, json=GIVEN).status_code == 200
    (told,) = ExceptionList.model_validate_json(client.get("/exceptions").content).exceptions
    assert (told.plot, told.task, told.code, told.evidence, told.author) == (
        "KLZ-0001",
        "coppice_hedge",
        "traffic_safety",
        "Az. 36-12/27",
        "Ada",
    )
    assert client.put(PATH, json=GIVEN | {"code": "ordered"}).status_code == 200
    assert [kept.exception.code for kept in own_desk.store.exceptions()] == ["ordered"]
    assert client.delete(PATH).status_code == 204
    assert own_desk.store.exceptions() == []
    problem(client.delete(PATH), 404)


@pytest.mark.parametrize(
    "body",
    [{}, {"code": "ordered"}, {**GIVEN, "code": "because"}, {**GIVEN, "evidence": ""}, {**GIVEN, "more": 1}, []]
    + [{**GIVEN, "evidence": value} for value in ("a\u0000b", "x" * 501, 1, None, True)],
)
def test_bodies_that_do_not_fit(own_desk, client: httpx.Client, problem, body) -> None:
    problem(client.put(PATH, json=body), 422)
    assert own_desk.store.exceptions() == []


def test_blank_evidence_and_work_that_needs_none(own_desk, client: httpx.Client, problem) -> None:
    problem(client.put(PATH, json=GIVEN | {"evidence": "  "}), 400)
    problem(client.put("/plots/KLZ-0001/exceptions/mow_lawn", json=GIVEN), 400)
    assert own_desk.store.exceptions() == []


@pytest.mark.parametrize("value", ["nothing", "%00", "<b>", "x" * 4000, "%2e%2e%2fetc", "'", "NaN", "%F0%9F%8C%B3"])
def test_plots_and_works_that_are_not_there(client: httpx.Client, problem, value: str) -> None:
    problem(client.put(f"/plots/{value}/exceptions/coppice_hedge", json=GIVEN), 404)
    problem(client.put(f"/plots/KLZ-0001/exceptions/{value}", json=GIVEN), 404)
