"""The schedule board in a browser: dragged with the mouse and a finger, moved by keys, refused, undone, locked."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from geo_service.actions.move_visit import move_visit
from geo_service.actions.try_move import Verdict, try_move
from geo_service.schedule.compare import placements
from geo_service.schedule.model import Placement
from tests.browser.axe import serious
from tests.browser.board_desk import AT, BoardDesk, a_move, board_desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass(frozen=True)
class Moves:
    """What can be moved on the plan that all tests begin with, and what cannot."""

    good: Verdict
    second: Verdict
    first: Verdict
    bad: Verdict
    leaving: str


@pytest.fixture(scope="module")
def still(workspace, browser, tmp_path_factory) -> Iterator[BoardDesk]:
    """A desk for tests that change nothing."""
    with board_desk(shutil.copytree(workspace, tmp_path_factory.mktemp("still") / "workspace"), browser) as one:
        yield one


@pytest.fixture(scope="module")
def moves(still) -> Moves:
    board = still.board()
    ids = [stop.visit.visit_id for route in board.routes for stop in route.stops]
    leaving = next(one for one in ids if try_move(board, one, None, None).ok)
    good = a_move(board, ok=True)
    return Moves(
        good,
        a_move(board, ok=True, beside=good),
        a_move(board, ok=True, position=1),
        a_move(board, ok=False, other_day=True, position=1),
        leaving,
    )


@pytest.fixture
def desk(workspace, browser, tmp_path, moves) -> Iterator[BoardDesk]:
    with board_desk(shutil.copytree(workspace, tmp_path / "workspace"), browser) as one:
        yield one
        assert one.unexpected() == []


PLACE = """() => [...document.querySelector(".ghost-slot").parentNode.children]
  .filter((one) => one.matches(".slot, .ghost-slot")).findIndex((one) => one.matches(".ghost-slot")) + 1"""


def card(page: Page, visit: str):
    return page.locator(f'.card[data-visit="{visit}"]')


def cell(page: Page, at: Placement):
    return page.locator(f'.cell[data-crew="{at.crew}"][data-day="{at.on}"]')


def lies(page: Page, visit: str, at: Placement) -> None:
    expect(cell(page, at).locator(f'.card[data-visit="{visit}"]:not(.pending)')).to_have_count(1)


def drag(page: Page, visit: str, at: Placement) -> None:
    """Take a card up and hold it over the load bar of a crew-day."""
    page.locator("#set-compact").check()
    page.locator("#set-overview").check()
    page.locator("#set-overview").uncheck()
    card(page, visit).scroll_into_view_if_needed()
    box = card(page, visit).bounding_box()
    page.mouse.move(box["x"] + 50, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 70, box["y"] + 16, steps=3)
    page.evaluate("(c) => c.scrollIntoView({block: 'start', inline: 'center'})", cell(page, at).element_handle())
    box = cell(page, at).locator(".load").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 26, steps=4)


def test_a_move_in_the_window_of_a_visit_is_undone_and_done_again(desk, moves):
    verdict = moves.good
    page = desk.look()
    lies(page, verdict.visit_id, verdict.old)
    crew = cell(page, verdict.new)
    page.locator("#tab-hints").click()
    card(page, verdict.visit_id).click()
    page.locator("#to-day").select_option(verdict.new.on.isoformat())
    page.locator("#to-crew").select_option(verdict.new.crew)
    expect(page.locator("dialog .badge.yes")).to_be_visible()
    expect(page.locator("dialog .effects")).to_contain_text("Fahrt")
    page.locator("#to-reason").fill("Anruf der Schule")
    page.locator(".move-form .go").click()
    lies(page, verdict.visit_id, verdict.new)
    expect(page.locator("#moved")).to_contain_text("liegt jetzt bei")
    made = desk.store.plan()
    assert placements(made.routes)[verdict.visit_id] == verdict.new
    assert [one.reason for one in desk.store.moves(made.plan_id)] == ["vom Planer: Anruf der Schule"]
    page.keyboard.press("Control+z")
    lies(page, verdict.visit_id, verdict.old)
    assert desk.store.plan_in_force() == "plan-1"
    page.locator("#redo").click()
    lies(page, verdict.visit_id, verdict.new)
    expect(crew).to_be_visible()


def test_a_drop_moves_and_a_drop_that_cannot_be_is_explained(desk, moves):
    good, bad = moves.first, moves.bad
    page = desk.look(size=(1280, 1000))
    drag(page, bad.visit_id, bad.new)
    expect(page.locator("#verdict.no .against li")).not_to_have_count(0)
    expect(page.locator(".ghost-slot.no")).to_have_count(1)
    page.mouse.up()
    expect(page.locator("#refused")).to_contain_text("Der Einsatz bleibt, wo er ist.")
    lies(page, bad.visit_id, bad.old)
    assert desk.store.plan_in_force() == "plan-1"

    drag(page, good.visit_id, good.new)
    expect(page.locator("#verdict.yes .effects")).to_contain_text("Fahrt")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator("#verdict")).to_be_hidden()
    lies(page, good.visit_id, good.old)

    drag(page, good.visit_id, good.new)
    page.locator("#verdict.yes").wait_for()
    page.mouse.up()
    lies(page, good.visit_id, good.new)
    assert placements(desk.store.plan().routes)[good.visit_id] == good.new
    expect(page.locator("dialog")).to_have_count(0)


def test_a_finger_takes_a_card_by_its_grip(desk, moves):
    good = moves.first
    page = desk.look(size=(1024, 1400), has_touch=True)
    page.locator("#set-compact").check()
    for crew in {one.code for one in desk.store.crews()} - {good.old.crew, good.new.crew}:
        page.locator(f"#fold-{crew}").click()
    hand = page.context.new_cdp_session(page)

    def touch(kind: str, x: float = 0, y: float = 0) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    card(page, good.visit_id).scroll_into_view_if_needed()
    box = card(page, good.visit_id).locator(".grip").bounding_box()
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    touch("touchStart", *at)
    touch("touchMove", at[0] + 12, at[1] + 4)
    page.evaluate("(c) => c.scrollIntoView({block: 'start', inline: 'center'})", cell(page, good.new).element_handle())
    over = cell(page, good.new).locator(".load").bounding_box()
    touch("touchMove", over["x"] + 40, over["y"] + 20)
    touch("touchMove", over["x"] + 44, over["y"] + 24)
    page.locator("#verdict.yes").wait_for()
    touch("touchEnd")
    lies(page, good.visit_id, good.new)


def test_everything_goes_by_keys(desk, moves):
    verdict = moves.good
    page = desk.look()
    card(page, verdict.visit_id).focus()
    page.keyboard.press("m")
    expect(page.locator("#live")).to_contain_text("Pfeiltasten")
    crews = [one.code for one in desk.store.crews()]
    forward = verdict.new.on > verdict.old.on
    if verdict.new.on != verdict.old.on:
        page.keyboard.press("ArrowRight" if forward else "ArrowLeft")
    steps = crews.index(verdict.new.crew) - crews.index(verdict.old.crew)
    for _ in range(abs(steps)):
        page.keyboard.press("PageDown" if steps > 0 else "PageUp")
    expect(cell(page, verdict.new)).to_have_class(re.compile("target"))
    for _ in range(40):
        place = page.evaluate(PLACE)
        if place == verdict.position:
            break
        page.keyboard.press("ArrowDown" if place < verdict.position else "ArrowUp")
    expect(page.locator("#verdict.yes")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("geht")
    page.keyboard.press("Enter")
    lies(page, verdict.visit_id, verdict.new)
    expect(card(page, verdict.visit_id)).to_be_focused()

    page.keyboard.press("l")
    expect(card(page, verdict.visit_id)).to_have_class(re.compile("locked"))
    assert desk.store.locks()[0].visit_id == verdict.visit_id
    page.keyboard.press("l")
    expect(card(page, verdict.visit_id)).not_to_have_class(re.compile("locked"))
    first = page.evaluate("document.activeElement.dataset.visit")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.visit") != first
    page.keyboard.press("Delete")
    expect(page.locator("dialog #aside-reason")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)


def test_two_planners_the_second_sees_who_was_quicker_and_keeps_the_intention(desk, moves):
    desk.expected = ("409",)
    first, second = moves.good, moves.second
    ada = desk.look("Ada")
    card(ada, second.visit_id).click()
    ada.locator("#to-day").select_option(second.new.on.isoformat())
    ada.locator("#to-crew").select_option(second.new.crew)
    expect(ada.locator("dialog .badge.yes")).to_be_visible()
    move_visit(
        desk.store, first.visit_id, first.new.crew, first.new.on, expected="plan-1", plan_id="by-bea", reason="zuerst",
        author="Bea", clock=lambda: AT,
    )  # fmt: skip
    ada.locator(".move-form .go").click()
    told = ada.locator("#conflict")
    expect(told).to_contain_text("Bea um 05:00")
    expect(told).to_contain_text("zuerst")
    lies(ada, first.visit_id, first.new)
    assert desk.store.plan_in_force() == "by-bea"
    told.get_by_role("button", name="Erneut prüfen").click()
    expect(ada.locator("#to-crew")).to_have_value(second.new.crew)
    expect(ada.locator("#to-day")).to_have_value(second.new.on.isoformat())
    ada.locator("dialog .badge.yes").wait_for()
    ada.locator(".move-form .go").click()
    lies(ada, second.visit_id, second.new)


def test_a_visit_is_set_aside_with_its_reason_and_planned_again_from_the_list(desk, moves):
    visit = moves.leaving
    at = placements(desk.store.plan().routes)[visit]
    page = desk.look()
    card(page, visit).click()
    page.locator("dialog #aside-reason").fill("Baustelle")
    page.locator("dialog #aside").click()
    line = page.locator(f'.off[data-visit="{visit}"]:not(.pending)')
    expect(line).to_contain_text("vom Planer: Baustelle")
    expect(card(page, visit)).to_have_count(0)
    line.get_by_role("button", name="Einplanen").click()
    page.locator("#to-day").select_option(at.on.isoformat())
    page.locator("#to-crew").select_option(at.crew)
    page.locator("dialog .badge.yes").wait_for()
    page.locator(".move-form .go").click()
    lies(page, visit, at)
    expect(page.locator(f'.off[data-visit="{visit}"]')).to_have_count(0)


def test_an_hour_is_announced_and_a_locked_visit_is_not_moved(desk, moves):
    verdict = moves.good
    page = desk.look()
    card(page, verdict.visit_id).click()
    page.locator("#announce").click()
    expect(card(page, verdict.visit_id)).to_contain_text("angekündigt")
    assert desk.store.locks()[0].window is not None
    card(page, verdict.visit_id).click()
    page.locator("#to-day").select_option(verdict.new.on.isoformat())
    page.locator("#to-crew").select_option(verdict.new.crew)
    expect(page.locator('dialog [data-rule="locked"]')).to_be_visible()
    expect(page.locator(".move-form .go")).to_be_disabled()
    page.locator("#unlock").click()
    expect(card(page, verdict.visit_id)).not_to_contain_text("angekündigt")


def test_a_move_that_gets_no_answer_is_taken_back(desk, moves):
    desk.expected = ("ERR_FAILED",)
    verdict = moves.good
    page = desk.look()
    card(page, verdict.visit_id).click()
    page.locator("#to-day").select_option(verdict.new.on.isoformat())
    page.locator("#to-crew").select_option(verdict.new.crew)
    page.locator("dialog .badge.yes").wait_for()
    page.route("**/schedule/moves*", lambda route: route.abort())
    page.locator(".move-form .go").click()
    expect(page.locator("#refused")).to_contain_text("alles wie vorher")
    lies(page, verdict.visit_id, verdict.old)
    page.unroute("**/schedule/moves*")
    page.locator("#refused").get_by_role("button", name="Erneut versuchen").click()
    lies(page, verdict.visit_id, verdict.new)


def test_who_may_not_plan_reads_and_who_is_not_signed_in_is_led_to_it(still):
    still.expected = ("401", "403")
    page = still.look("Vic", "/board?lang=en", role="viewer")
    expect(page.locator(".cell .card").first).to_be_visible()
    expect(page.locator("#undo")).to_have_count(0)
    page.locator(".cell .card").first.click()
    expect(page.locator("dialog dl")).to_be_visible()
    expect(page.locator(".move-form, .lock-form, .aside-form")).to_have_count(0)
    page = still.look("")
    expect(page.locator(".standing.sign-in a")).to_have_attribute("href", "/sign-in")
    page = still.look("Crew", role="analyst")
    expect(page.locator(".standing.not-for-you")).to_be_visible()
    assert still.unexpected() == []


@pytest.mark.parametrize(
    ("size", "scheme", "lang"),
    [((1024, 768), "light", "de"), ((768, 1024), "dark", "en")],
)
def test_it_fits_and_axe_finds_nothing_serious(still, size, scheme, lang):
    page = still.look(path=f"/board?lang={lang}", size=size, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
    head = page.locator(".date").first
    top = head.bounding_box()["y"]
    page.locator("#scroller").evaluate("(one) => one.scrollTo(200, 400)")
    assert head.bounding_box()["y"] == top
    assert page.locator("tr > th.crew").first.bounding_box()["x"] == page.locator("#scroller").bounding_box()["x"]
    assert serious(page) == []
    if scheme == "dark":
        return
    for tab in ("hints", "planning"):
        page.locator(f"#tab-{tab}").click()
        assert serious(page, ".panel") == []
    page.locator(".cell .card").first.click()
    assert serious(page, "dialog") == []
    page.keyboard.press("Escape")
    page.locator(".cell .card").first.focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.locator("#verdict.yes, #verdict.no").wait_for()
    assert serious(page, "#stage") == []


def test_every_word_stands_in_both_languages(still):
    found = still.look().evaluate(
        """async () => {
          const { WORDS } = await import("/static/board/words.js");
          const holes = (text) => (text.match(/\\{\\d\\}/g) ?? []).sort().join();
          const keys = Object.keys(WORDS.de);
          return {
            keys: keys.length, english: Object.keys(WORDS.en).sort().join() === keys.sort().join(),
            holes: keys.filter((key) => holes(WORDS.de[key]) !== holes(WORDS.en[key] ?? "")),
            empty: keys.filter((key) => !WORDS.de[key] || !WORDS.en[key]),
          };
        }"""
    )
    assert found.pop("keys") > 100
    assert found == {"english": True, "holes": [], "empty": []}


def test_axe_would_find_a_picture_without_words(still):
    page = still.look()
    page.evaluate("() => { const one = document.querySelector('.load'); one.ariaLabel = ''; one.title = ''; }")
    assert serious(page, "td.cell") != []
