import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DAY = "/map?date=2026-11-23"


def count_pixels(page, colour):
    """Count pixels of the map that have a colour exactly."""
    picture = Image.open(io.BytesIO(page.locator("#map").screenshot())).convert("RGB")
    wanted = tuple(bytes.fromhex(colour.removeprefix("#")))
    return sum(count for count, seen in picture.getcolors(maxcolors=1 << 24) if seen == wanted)


def until(page, check, every_ms=100):
    """Look again and again until it is so, for 15 s: the map draws when it can."""
    for _ in range(15_000 // every_ms):
        if check():
            return True
        page.wait_for_timeout(every_ms)
    return False


def too_wide(page):
    """Name the elements that reach beyond the right edge when the page can be scrolled sideways."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
          .filter((one) => one.getBoundingClientRect().right > innerWidth)
          .map((one) => `${one.tagName}#${one.id}.${one.className}`)"""
    )


def crews_of(page):
    return page.evaluate("async () => (await (await fetch('/days/2026-11-23')).json()).crews")


def test_the_map_asks_nobody_else_and_complains_of_nothing(look):
    sight = look()
    page = sight.open(DAY)
    page.locator(".maplibregl-ctrl-zoom-in").click()
    page.wait_for_function("location.hash.startsWith('#map=')")
    assert sight.foreign == []
    assert sight.complaints == []
    assert any("maplibre-gl-worker.mjs" in one for one in sight.requests), "the worker is a file of ours"


def test_a_page_that_asks_elsewhere_would_be_noticed(look):
    sight = look()
    page = sight.open(DAY)
    page.evaluate("fetch('http://example.invalid/tile').catch(() => null)")
    assert sight.foreign or sight.complaints


def test_the_legend_counts_the_states(look):
    page = look().open(DAY)
    found = page.evaluate("async () => (await (await fetch('/collections/plots/items?limit=10000')).json()).features")
    states = {}
    for one in found:
        states[one["properties"]["state"]] = states.get(one["properties"]["state"], 0) + 1
    rows = {row.get_attribute("data-state"): row.inner_text() for row in page.locator("#legend li").all()}
    assert rows.keys() == states.keys()
    assert len(rows) >= 4
    for state, count in states.items():
        assert rows[state].split()[-1] == str(count)
    assert "in Pflege" in rows["maintained"]


def test_choosing_a_crew_leaves_its_route_alone_on_the_map(look):
    page = look().open(DAY)
    first, second = crews_of(page)[:2]
    assert count_pixels(page, first["colour"]) > 200
    assert count_pixels(page, second["colour"]) > 200
    page.get_by_role("button", name=f"nur diese: {first['name']}").click()
    expect(page.locator(f"#crew-{second['crew']}")).not_to_be_checked()
    page.wait_for_function(f"location.search.includes('crew={first['crew']}')")
    assert until(page, lambda: count_pixels(page, second["colour"]) < 20)
    assert count_pixels(page, first["colour"]) > 200


def test_the_address_says_what_is_shown(look):
    sight = look()
    page = sight.open("/map?date=2026-11-24&crew=crew-2&lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=2, name="Tuesday")).to_be_visible()
    expect(page.locator("#crew-crew-2")).to_be_checked()
    expect(page.locator("#crew-crew-1")).not_to_be_checked()
    page.get_by_role("button", name="Show all").click()
    assert "crew=" not in page.url


def test_a_click_on_the_map_opens_the_plot(look):
    page = look().open(DAY)
    stop = crews_of(page)[0]["stops"][0]
    page.get_by_role("combobox").fill(stop["plot"])
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("heading", level=2)).to_have_text(stop["plot"])
    expect(drawer).to_contain_text(stop["arrival"])
    expect(drawer).to_contain_text(stop["task_de"])
    for word in ("Altlasten", "Eigentum", "Gebietsart", "Kommende Besuche"):
        expect(drawer).to_contain_text(word)
    page.wait_for_function("location.hash.startsWith('#map=15')")
    room, width = page.locator("#map").bounding_box(), drawer.bounding_box()["width"]
    drawer.press("Escape")
    expect(drawer).to_be_hidden()

    def opened():
        page.mouse.click(room["x"] + (room["width"] - width) / 2, room["y"] + room["height"] / 2)
        return drawer.is_visible()

    assert until(page, opened, every_ms=1000), "two clicks within half a second would zoom in"
    expect(drawer.get_by_role("heading", level=2)).to_have_text(stop["plot"])


def test_a_stop_of_the_list_opens_its_plot(look):
    page = look().open(DAY)
    crew = crews_of(page)[0]
    page.locator(f"#stops-{crew['crew']} summary").click()
    expect(page.locator(f"#stops-{crew['crew']} button.stop")).to_have_count(len(crew["stops"]))
    page.locator(f"#stop-{crew['crew']}-2").click()
    expect(page.locator("#drawer h2")).to_have_text(crew["stops"][1]["plot"])


def test_german_and_english(look):
    page = look().open(DAY)
    expect(page.get_by_role("heading", name="Montag, 23. November 2026")).to_be_visible()
    expect(page.locator("#sample")).to_have_text("Schematische Beispieldaten")
    page.locator("#langs").get_by_text("EN").click()
    expect(page.get_by_role("heading", name="Monday, 23 November 2026")).to_be_visible()
    expect(page.locator("#sample")).to_have_text("Schematic sample data")
    expect(page.locator("#legend")).to_contain_text("maintained")
    assert "lang=en" in page.url


def test_every_word_stands_in_both_languages(look):
    page = look().open(DAY)
    keys = page.evaluate(
        """async () => {
          const { WORDS, FIELDS, VALUES } = await import("/static/js/words.js");
          const keys = (value) => typeof value === "object"
            ? Object.keys(value).sort().map((key) => [key, key === "stage" ? "" : keys(value[key])]) : "";
          return [WORDS, FIELDS, VALUES].map(({ de, en }) => [JSON.stringify(keys(de)), JSON.stringify(keys(en))]);
        }"""
    )
    for german, english in keys:
        assert german == english


def test_the_keyboard_goes_everywhere(look):
    page = look().open(DAY)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zur Tagesplanung")).to_be_focused()
    page.locator("#day-2026-11-23").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Dienstag, 24. November 2026")).to_be_visible()
    expect(page.locator("#day-2026-11-24")).to_be_focused()
    page.locator("#crew-crew-1").focus()
    page.keyboard.press("Space")
    expect(page.locator("#crew-crew-1")).not_to_be_checked()
    expect(page.locator("#crew-crew-1")).to_be_focused()
    page.get_by_role("combobox").focus()
    page.keyboard.type("dieskau")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()


def test_a_visitor_sees_the_public_layers_and_how_to_sign_in(look):
    sight = look(anonymous=True)
    page = sight.open("/map")
    expect(page.locator("#panel")).to_contain_text("Anmeldelink")
    expect(page.locator("#legend")).to_contain_text("Fläche im Register")
    expect(page.locator("#panel .crew")).to_have_count(0)
    expect(page.locator("#panel .planning")).to_have_count(0)
    expect(page.locator("#sample")).to_be_visible()
    assert sight.complaints == []
    assert not [one for one in sight.requests if re.search(r"/(days|plans|collections/(visits|routes))\b", one)]


def test_without_an_answer_it_says_so_and_tries_again(look):
    sight = look()
    sight.page.route("**/collections/plots/**", lambda route: route.abort())
    sight.page.goto(sight.base + DAY)
    state = sight.page.locator("#state")
    expect(state).to_contain_text("Keine Verbindung", timeout=30_000)
    sight.page.unroute("**/collections/plots/**")
    state.get_by_role("button", name="Erneut versuchen").click()
    expect(state).to_be_hidden(timeout=30_000)
    expect(sight.page.locator("#legend li").first).to_be_visible()


@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1366, 768, "light"), (1024, 1366, "dark"), (390, 844, "light"), (390, 844, "dark")]
)
def test_it_fits_the_screen(look, width, height, scheme):
    sight = look(width, height, color_scheme=scheme)
    page = sight.open(DAY)
    assert too_wide(page) == []
    legend, scale = (page.locator(one).bounding_box() for one in ("#legend", ".maplibregl-ctrl-scale"))
    assert legend["x"] + legend["width"] < scale["x"]
    assert sight.complaints == []


def test_without_javascript_it_points_to_the_lists(look):
    sight = look(java_script_enabled=False)
    sight.page.goto(sight.base + "/map")
    expect(sight.page.get_by_role("link", name="/crew/crew-1")).to_be_visible()
