import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def page(browser, desk_of_my_own):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="de-DE")
    page = context.new_page()
    page.goto(desk_of_my_own.sign_in())
    page.wait_for_selector("body[data-ready]", timeout=60_000)
    yield page
    context.close()


def test_a_plan_is_made_and_shown(page):
    page.locator("#plan-from").fill("2027-03-15")
    page.locator("#plan-days").fill("1")
    page.locator("#plan-seconds").fill("1")
    page.get_by_role("button", name="Planen").click()
    expect(page.locator("#plan-bar")).to_be_visible()
    expect(page.get_by_text("Neuer Plan gilt.")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", name="Montag, 15. März 2027")).to_be_visible()
    expect(page.locator(".days input")).to_have_count(1)


def test_a_run_is_cancelled_and_the_plan_stays(page):
    page.locator("#plan-seconds").fill("30")
    page.get_by_role("button", name="Planen").click()
    page.get_by_role("button", name="Abbrechen").click()
    expect(page.get_by_text("Abgebrochen, der bisherige Plan gilt weiter.")).to_be_visible(timeout=60_000)
    expect(page.locator(".days input")).to_have_count(2)


def test_bad_wishes_are_explained(page):
    page.locator("#plan-days").evaluate("(input) => { input.removeAttribute('max'); }")
    page.locator("#plan-days").fill("600")
    page.get_by_role("button", name="Planen").click()
    expect(page.locator(".planning .bad")).to_contain_text("Die Planung ist gescheitert")
    expect(page.get_by_role("button", name="Planen")).to_be_visible()
