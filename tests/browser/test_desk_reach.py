"""The desk for everybody: no serious fault for axe, tablets, large letters, little motion; and quick."""

import gzip

import pytest
from playwright.sync_api import expect

from tests.browser.axe import serious
from tests.browser.test_map import too_wide

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_GZIPPED = 500_000
"""Bytes of scripts and styles before the first plots are seen."""

MOST_IN_ALL = 520_000
"""Of the whole page, the map library with its worker (442,000) among it."""


def plot_in_the_drawer(page):
    page.get_by_role("combobox", name="Fläche, Flurstück").fill("klz")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Verlauf")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(look, scheme):
    page = look(1366, 768, color_scheme=scheme).open("/map?side=plots&table=1")
    assert serious(page) == []
    plot_in_the_drawer(page)
    page.locator("#columns summary").click()
    assert serious(page) == []
    page.locator("#plot-edit").click()
    expect(page.locator("#edit-name")).to_be_visible()
    assert serious(page) == []
    page.locator("#tool-close").click()
    page.locator("#tool-draw").click()
    page.locator("#coordinates summary").click()
    assert serious(page) == []
    page.locator("#tool-close").click()
    page.locator("#tool-import").click()
    assert serious(page) == []
    page.locator("#tool-close").click()
    page.locator("#tab-day").click()
    assert serious(page) == []


def test_axe_would_find_a_fault(look):
    page = look().open("/map")
    page.evaluate("() => document.querySelector('.brand').insertAdjacentHTML('beforeend', '<button></button>')")
    assert "button-name" in {fault for fault, *_ in serious(page)}


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (768, 1024)])
def test_a_tablet_has_room_for_all_of_it(look, width, height):
    sight = look(width, height, has_touch=True)
    page = sight.open("/map?side=plots&table=1")
    page.locator("#grid .body [data-code]").first.tap()
    expect(page.locator("#drawer h2")).to_be_visible()
    assert too_wide(page) == []
    for button in page.locator("#tools button, #drawer .actions button, #drawer-close").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 36, button.inner_text()
    assert sight.complaints == []


def test_at_twice_the_size_everything_can_be_reached(look):
    """1366 by 768 at 200 % is a window of 683 by 384."""
    page = look(683, 384, device_scale_factor=2).open("/map?side=plots&table=1")
    assert too_wide(page) == []
    for one in ("#filter-q", "#share", "#tool-table", "#grid", "#tab-day"):
        page.locator(one).scroll_into_view_if_needed()
        expect(page.locator(one)).to_be_in_viewport()


def test_little_is_loaded_before_the_first_plots(look, desk):
    page = look(1366, 768).open("/map")
    loaded = page.evaluate(
        """() => {
          const [seen] = performance.getEntriesByName("plots-painted");
          return performance.getEntriesByType("resource").filter((one) => /\\.(m?js|css)(\\?|$)/.test(one.name))
            .map((one) => [one.name, one.responseEnd < seen.startTime]);
        }"""
    )
    weights = {one: len(gzip.compress(page.request.get(one).body(), 9)) for one, _ in loaded}
    assert any("maplibre-gl-worker.mjs" in one for one in weights), "the worker counts too"
    assert not any("terra-draw" in one for one in weights), "what draws is loaded when somebody draws"
    assert sum(weights[one] for one, before in loaded if before) <= MOST_GZIPPED
    assert sum(weights.values()) <= MOST_IN_ALL


def test_the_first_picture_comes_before_the_library(look):
    sight = look(1366, 768)
    page = sight.open("/map")
    marks = page.evaluate(
        "() => Object.fromEntries(performance.getEntriesByType('mark').map((one) => [one.name, one.startTime]))"
    )
    assert marks["plots-painted"] < marks["map-painted"]
    expect(page.locator("#sketch")).to_have_count(0)
