"""The public page in a browser: layers on the map, lists beside them, on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import serious

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_everybody_sees_what_is_public(look, width, scheme):
    sight = look(width, 800, anonymous=True, color_scheme=scheme)
    page = sight.open("/neighbourhood")
    page.wait_for_selector("#public-map[data-ready]", timeout=30_000)
    page.locator('#layers input[value="concerns"]').check()
    expect(page.locator("#dates")).to_contain_text("Als Kalender abonnieren")
    expect(page.locator("#concerns")).to_contain_text("Altreifen")
    page.locator("#plots summary").click()
    expect(page.locator("#plots tbody")).to_contain_text("Dieskaustraße 25")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.goto(f"{sight.base}/neighbourhood/imprint")
    expect(page.locator("main")).to_contain_text("Vorlage, noch nicht ausgefüllt")
    assert sight.complaints == [] and sight.foreign == []
