import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = "/crew/crew-1?date=2026-11-23"


@pytest.mark.parametrize(("width", "crew"), [(320, "crew-1"), (360, "crew-1"), (360, "crew-3"), (1024, "crew-2")])
def test_nothing_is_wider_than_the_screen(look, width, crew):
    sight = look(width, 740)
    page = sight.open(f"/crew/{crew}?date=2026-11-23")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert sight.foreign == []
    assert sight.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_needs_no_javascript(look, scheme):
    page = look(360, 740, java_script_enabled=False, color_scheme=scheme).open(PAGE)
    expect(page.locator("p.date")).to_have_text("Montag, 23. November 2026")
    assert page.locator("li.stop").count() > 3
    first = page.locator("li.stop").first
    expect(first.locator("h2")).to_be_visible()
    assert first.get_by_role("link", name="Route").get_attribute("href").startswith("geo:51.")


def test_what_is_tapped_is_large_enough(look):
    page = look(360, 740).open(PAGE)
    for button in page.locator("a.button:visible").all():
        assert button.bounding_box()["height"] >= 44


def test_the_picture_leads_to_the_card(look):
    page = look(360, 740).open(PAGE)
    page.locator('.picture a[href="#stop-2"]').click()
    expect(page.locator("#stop-2 article")).to_be_in_viewport()


def test_the_next_day_is_one_tap_away(look):
    page = look(360, 740).open(PAGE)
    page.get_by_role("link", name="Di 24.11.").click()
    expect(page.locator("p.date, h1").first).to_contain_text("24. November")


def test_the_other_language_is_one_tap_away(look):
    page = look(360, 740).open(PAGE)
    page.get_by_role("link", name="EN", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("p.date")).to_have_text("Monday, 23 November 2026")


def test_on_paper_there_are_boxes_to_tick_and_no_buttons(look):
    page = look(800, 1100).open(PAGE)
    page.emulate_media(media="print")
    expect(page.locator("p.tick").first).to_be_visible()
    expect(page.locator("a.go").first).to_be_hidden()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_visitor_is_told_to_sign_in(look):
    sight = look(360, 740, anonymous=True)
    answer = sight.page.goto(sight.base + PAGE)
    assert answer.status == 401
    assert "Zahlenschloss" not in sight.page.content()
