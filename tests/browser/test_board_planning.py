"""Planning runs on the board: progress, cancelling, a draft beside the plan in force, accepted or not; no plan yet."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from geo_service.actions.make_workspace import make_workspace
from geo_service.main import sample_folder
from tests.browser.board_desk import AT, BoardDesk, board_desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG_MS = 60_000


@pytest.fixture
def desk(workspace, browser, tmp_path) -> Iterator[BoardDesk]:
    with board_desk(shutil.copytree(workspace, tmp_path / "workspace"), browser) as one:
        yield one
        assert one.unexpected() == []


def test_a_run_shows_its_progress_and_is_cancelled(desk):
    page = desk.look()
    page.locator("#tab-planning").click()
    page.locator("#plan-days").fill("2")
    page.locator("#plan-seconds").fill("60")
    page.locator("#plan-start").click()
    expect(page.locator("#plan-bar")).to_be_visible()
    expect(page.locator(".running p").first).not_to_have_text("Wartet", timeout=LONG_MS)
    page.locator("#plan-cancel").click()
    expect(page.get_by_text("Abgebrochen, der bisherige Plan gilt weiter.")).to_be_visible(timeout=LONG_MS)
    assert desk.store.plan_in_force() == "plan-1"
    expect(page.locator("#plan-start")).to_be_visible()


def test_rain_makes_a_draft_that_is_compared_refused_looked_at_and_accepted(desk):
    page = desk.look()
    crew = desk.store.plan().routes[0].crew_day.crew
    page.locator("#tab-planning").click()
    page.locator("#plan-seconds").fill("1")
    page.locator("#event-kind").select_option("crew_absent")
    page.locator(".replan-form [name=crew]").select_option(crew)
    page.locator("#replan-start").click()
    compare = page.locator(".compare")
    compare.wait_for(timeout=LONG_MS)
    draft = next(one.plan_id for one in desk.store.plans() if one.plan_id != "plan-1")
    expect(compare.locator(".objective .total")).to_have_count(1)
    expect(compare.locator(".loads .differs")).not_to_have_count(0)
    expect(compare.locator(".changed tbody tr").first).to_contain_text("fällt aus")
    compare.locator("#discard").click()
    expect(page.locator(".cell .card").first).to_be_visible()
    assert desk.store.plan_in_force() == "plan-1"

    page.locator("#older-plans summary").click()  # by the desk's clock the plan in force is younger
    page.locator(".drafts").get_by_role("button", name="Auf der Tafel ansehen").first.click()
    expect(page.locator(".which.draft")).to_be_visible()
    first = page.locator(f'.cell[data-crew="{crew}"][data-day="2026-11-23"]')
    expect(first.locator(".card")).to_have_count(0)
    page.locator("#tools").get_by_role("button", name="Vergleichen").click()
    page.locator("#accept").click()
    expect(page.locator(".notice.good")).to_contain_text("Der Entwurf gilt jetzt.")
    expect(page.locator(".which.now")).to_be_visible()
    assert desk.store.plan_in_force() == draft
    assert [one.event.kind for one in desk.store.events()] == ["crew_absent"]


def test_a_desk_without_a_plan_says_how_to_begin(browser, tmp_path):
    make_workspace(tmp_path / "empty", defaults=sample_folder(), author="tester", at=AT).close()
    with board_desk(tmp_path / "empty", browser) as desk:
        desk.expected = ("409",)
        page = desk.look()
        expect(page.locator(".standing.empty")).to_contain_text("Es gilt noch kein Plan")
        expect(page.locator("#plan-start")).to_be_visible()
        page.locator("#plan-start").click()
        expect(page.locator(".planning .said.bad")).to_contain_text("Die Planung ist gescheitert", timeout=LONG_MS)
        viewer = desk.look("Vic", role="viewer")
        expect(viewer.locator(".standing.empty")).to_contain_text("Sobald jemand plant")
        expect(viewer.locator("#plan-start")).to_have_count(0)
        assert desk.unexpected() == []


def test_without_an_answer_it_says_so_and_tries_again(desk):
    desk.expected = ("ERR_FAILED",)
    page = desk.look()
    page.route("**/schedule?*", lambda route: route.abort())
    page.get_by_text("EN", exact=True).click()
    expect(page.locator(".standing.failed")).to_contain_text("No connection")
    page.unroute("**/schedule?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".cell .card").first).to_be_visible()
    expect(page.locator(".which")).to_contain_text("in force")
