"""The booklet of a crew's week over HTTP."""

from __future__ import annotations

import io

import httpx
import pytest
from pypdf import PdfReader

WEEK = "/weeks/2026-11-24/crews/crew-1.pdf"


def pages(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages]


def test_the_days_of_the_plan_in_one_file(planner: httpx.Client) -> None:
    response = planner.get(WEEK)
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"] == 'inline; filename="2026-11-24-crew-1-week.pdf"'
    told = pages(response)
    assert len(told) == 3
    assert "Wochenheft Kolonne 1" in told[0]
    assert "Dienstag, 24. November 2026" in told[1]
    assert "Mittwoch, 25. November 2026" in told[2]


def test_it_reaches_as_far_as_asked(planner: httpx.Client) -> None:
    assert len(pages(planner.get(WEEK, params={"days": 1}))) == 2
    assert len(pages(planner.get(WEEK, params={"days": 1, "plot_maps": "true"}))) == 3
    assert "Week Kolonne 1" in pages(planner.get(WEEK, params={"days": 1, "lang": "en"}))[0]


def test_a_day_on_which_a_crew_stays_in_is_told(planner: httpx.Client) -> None:
    told = pages(planner.get("/weeks/2026-11-24/crews/crew-2.pdf"))
    assert len(told) == 2
    assert "kein Einsatz an diesem Tag" in told[0]


@pytest.mark.parametrize("query", [{"days": 0}, {"days": 32}, {"days": "x"}, {"plot_maps": "x"}, {"f": "json"}])
def test_wrong_queries_are_refused(planner: httpx.Client, problem, query: dict[str, object]) -> None:
    problem(planner.get(WEEK, params=query), 400)


def test_nothing_planned(planner: httpx.Client, problem) -> None:
    told = problem(planner.get("/weeks/2026-12-24/crews/crew-1.pdf"), 404)
    assert "2026-11-25" in told["detail"]
    assert "crew-1" in problem(planner.get("/weeks/2026-11-24/crews/crew-9.pdf"), 404)["remedy"]


def test_it_is_kept_until_the_data_change(own_desk) -> None:
    with own_desk.client("planner") as client:
        tag = client.get(WEEK).headers["etag"]
        assert client.get(WEEK, headers={"If-None-Match": tag}).status_code == 304


def test_a_crew_has_its_own_only(desk, problem) -> None:
    with desk.client("own-crew") as client:
        assert client.get(WEEK).status_code == 200
        problem(client.get("/weeks/2026-11-24/crews/crew-2.pdf"), 404)
    with desk.client("analyst") as client:
        problem(client.get(WEEK), 403)
