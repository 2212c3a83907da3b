"""The frame of the pages: who finds which places, in which language, and what somebody else is told."""

from __future__ import annotations

import pytest

from geo_service.web.frame import PLACES, Frame, places_for
from geo_service.web.markup import tag
from geo_service.web.page_desk import PLANNERS, Who


def page(role: str = "planner", lang: str = "de", **what: object) -> str:
    return Frame("/inbox", lang, Who(role, "Ada"), **what).page("Titel", tag("p", "Inhalt"))  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["", "crew", "viewer", "analyst", "moderator", "planner", "admin"])
def test_the_navigation_has_the_places_of_a_role_and_no_other(role):
    found = {path for path, _, _ in places_for(role)}
    assert found == {path for path, _, _, roles in PLACES if role in roles}
    assert {path for path, *_ in PLACES if f'href="{path}"' in page(role)} == found


def test_where_one_is_is_marked_and_the_language_stays():
    english = page(lang="en")
    assert '<a href="/inbox?lang=en" aria-current="page">Inbox</a>' in english
    assert 'hreflang="de"' in english and '<html lang="en">' in english


def test_somebody_else_is_told_whose_page_it_is():
    assert Frame("/inbox", "de", Who("planner", "Ada")).refusal(PLANNERS) is None
    for who, status, words in ((Who(), 401, "Bitte anmelden"), (Who("viewer", "Vi"), 403, "für andere Aufgaben")):
        refused = Frame("/inbox", "de", who).refusal(PLANNERS)
        assert refused is not None and refused.status_code == status
        assert words in bytes(refused.body).decode()


def test_trouble_and_what_was_done_are_told_without_markup_of_others():
    told = page(said="gut", trouble="<b>schlecht</b>", sample=True)
    assert 'role="status">gut' in told and "&lt;b&gt;schlecht" in told and "Schematische Beispieldaten" in told
