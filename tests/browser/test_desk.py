"""The planner's desk in the browser: search, filter, table, address, drawer, what stands there when nothing does."""

import csv
import io
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK = "/map?side=plots&table=1"


def query(page):
    return parse_qs(urlsplit(page.url).query)


def plots_of(page):
    return page.evaluate("async () => (await (await fetch('/collections/plots/items?limit=10000')).json()).features")


def rows(page):
    return page.locator("#grid .body [data-code]")


def test_a_filter_narrows_map_table_and_count_and_writes_the_address(look):
    sight = look(1366, 768)
    page = sight.open(DESK)
    known = [one["properties"] for one in plots_of(page)]
    greened = [one for one in known if one["state"] == "greened"]
    expect(page.locator("#found")).to_contain_text(f"{len(known)} Flächen")
    page.locator("#filter-state-greened").check()
    expect(page.locator("#found")).to_contain_text(f"{len(greened)} von {len(known)} Flächen")
    expect(page.locator("#grid")).to_have_attribute("aria-rowcount", str(len(greened) + 1))
    assert query(page)["state"] == ["greened"]
    wanted = greened[0]["address"]
    page.locator("#filter-q").press_sequentially(wanted.lower())
    expect(rows(page).first).to_contain_text(wanted)
    expect(page.locator("#filter-q")).to_be_focused()
    page.wait_for_function("() => location.search.includes('q=')")
    assert query(page)["q"] == [wanted.lower()]
    again = look(1366, 768)
    again.open(page.url.removeprefix(sight.base))
    expect(again.page.locator("#found")).to_have_text(page.locator("#found").inner_text())
    page.locator("#filter-clear").click()
    expect(page.locator("#found")).to_contain_text(f"{len(known)} Flächen")
    assert not {"q", "state"} & query(page).keys()
    assert sight.complaints == []


def test_the_other_filters_hold_what_they_say(look):
    page = look(1366, 768).open(DESK)
    known = [one["properties"] for one in plots_of(page)]
    page.locator("#filter-tenure").select_option("lease")
    count = sum(one["tenure_kind"] == "lease" for one in known)
    expect(page.locator("#found")).to_contain_text(f"{count} von")
    page.locator("#filter-tenure").select_option("")
    page.locator("#filter-last").select_option("never")
    count = sum(one["last_visit_on"] is None for one in known)
    expect(page.locator("#found")).to_contain_text(f"{count} von")
    page.locator("#filter-last").select_option("")
    page.locator("#filter-due").select_option("nothing")
    count = sum(one["due_on"] is None for one in known)
    expect(page.locator("#found")).to_contain_text(f"{count} von")


def test_the_table_sorts_opens_and_stays_in_step_with_the_map(look):
    page = look(1366, 768).open(DESK)
    areas = sorted((one["properties"]["area_m2"], one["properties"]["code"]) for one in plots_of(page))
    page.locator("#sort-area_m2").click()
    expect(rows(page).first).to_have_attribute("data-code", areas[0][1])
    page.locator("#sort-area_m2").click()
    expect(rows(page).first).to_have_attribute("data-code", areas[-1][1])
    expect(page.locator("[role=columnheader][aria-sort=descending]")).to_have_text("Größe ▾")
    assert query(page)["sort"] == ["-area_m2"]
    rows(page).nth(1).click()
    expect(page.locator("#drawer h2")).to_have_text(areas[-2][1])
    assert query(page)["plot"] == [areas[-2][1]]
    page.wait_for_function("() => location.hash.startsWith('#map=15')")
    page.locator("#drawer-close").click()
    page.locator("#in-view").check()
    expect(rows(page)).not_to_have_count(0)
    assert int(page.locator("#grid").get_attribute("aria-rowcount")) < len(areas)
    assert query(page)["only"] == ["view"]


def test_columns_are_chosen_and_the_csv_has_what_is_shown(look):
    page = look(1366, 768).open(DESK + "&state=greened")
    page.locator("#columns summary").click()
    page.locator("#column-parcels").check()
    page.locator("#column-state").uncheck()
    with page.expect_download() as download:
        page.locator("#csv").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    greened = {one["id"]: one["properties"] for one in plots_of(page) if one["properties"]["state"] == "greened"}
    assert {row["Kürzel"] for row in table} == greened.keys()
    assert "Stand" not in table[0]
    first = greened[table[0]["Kürzel"]]
    assert float(table[0]["Größe (m²)"].replace(",", ".")) == first["area_m2"]
    assert table[0]["Letzter Besuch"] == (first["last_visit_on"] or "")
    assert "parcels" in query(page)["cols"][0]


def test_a_parcel_is_found_and_its_agreement_warned_of(look):
    sight = look()
    page = sight.open("/map")
    known = [one["properties"] for one in plots_of(page)]
    page.get_by_role("combobox", name="Fläche, Flurstück").fill(known[5]["parcels"].split("=")[0])
    expect(page.get_by_role("option").first).to_contain_text(known[5]["code"])
    today = page.evaluate("async () => (await (await fetch('/map/setup.json')).json()).today")
    ended = next((one for one in known if (one["tenure_until"] or "9999") < today), None)
    page.goto(f"{sight.base}/map?side=plots&tenure=ends")
    page.wait_for_selector("body[data-ready]", timeout=60_000)
    if ended:
        page.goto(f"{sight.base}/map?plot={ended['code']}")
        expect(page.locator("#tenure-warning")).to_contain_text("abgelaufen", timeout=30_000)


def test_the_drawer_tells_what_was_done_and_the_steps_of_its_life(look):
    page = look().open("/map")
    code = plots_of(page)[0]["id"]
    page.get_by_role("combobox", name="Fläche, Flurstück").fill(code)
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("heading", name="Verlauf")).to_be_visible()
    expect(drawer.get_by_role("heading", name="Zuletzt erledigt")).to_be_visible()
    expect(drawer.get_by_role("heading", name="Kommende Besuche")).to_be_visible()


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (500, '{"code":"incident","fields":{"incident":"abc123"}}', "Vorfall abc123"),
        (401, '{"code":"session_ended"}', "nicht mehr angemeldet"),
        (403, '{"code":"role_missing"}', "mit diesem Zugang nicht erlaubt"),
    ],
)
def test_a_refusal_is_told_with_what_to_do(look, status, body, says):
    sight = look()
    sight.page.route(
        "**/map/setup.json",
        lambda route: route.fulfill(status=status, body=body, content_type="application/problem+json"),
    )
    sight.page.goto(sight.base + "/map")
    state = sight.page.locator("#state")
    expect(state).to_contain_text(says, timeout=30_000)
    assert state.locator("button, a").count() == 1


def test_an_empty_filter_and_an_empty_register_say_so(look):
    sight = look(1366, 768)
    page = sight.open(DESK + "&q=gibtesnicht")
    expect(page.locator("#grid")).to_contain_text("Keine Fläche passt zum Filter")
    expect(page.locator("#found")).to_contain_text("0 von")


def test_thousands_of_rows_are_few_elements(look):
    sight = look(1366, 768)
    nothing = '{"codes":[],"states":[],"lon":[],"lat":[],"box":null}'
    sight.page.route("**/map/first.json", lambda route: route.fulfill(body=nothing, content_type="application/json"))

    def many(route):
        answer = route.fetch().json()
        one = answer["features"][0]
        answer["features"] = [
            one | {"id": f"X-{n:05d}", "properties": one["properties"] | {"code": f"X-{n:05d}", "area_m2": n}}
            for n in range(5000)
        ]
        route.fulfill(json=answer)

    sight.page.route("**/collections/plots/items?*", many)
    page = sight.open(DESK)
    expect(page.locator("#found")).to_contain_text("5.000 Flächen")
    assert rows(page).count() < 60
    page.locator("#grid").focus()
    page.keyboard.press("End")
    expect(page.locator("[data-code='X-04999']")).to_be_visible()
    assert rows(page).count() < 60
