"""Plots drawn, changed, split, merged and imported in the browser, with the mouse and without."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from geo_service.store.sqlite import SqliteStore
from tests.browser.conftest import Sight, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FREE = (12.3402, 51.3391)
"""A place of the sample without plots."""


@pytest.fixture(scope="module")
def edited(workspace, tmp_path_factory):
    """Serve a copy that the tests of this module change, each of them other plots."""
    folder = shutil.copytree(workspace, tmp_path_factory.mktemp("edited") / "workspace")
    store = SqliteStore.open(folder)
    with store.change(author="t", reason="its plots stay", at=datetime(2026, 11, 23, tzinfo=UTC)) as tx:
        tx.set_sample(False)
    store.close()
    with served(folder) as here:
        yield here


@pytest.fixture
def planner(browser, edited):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="de-DE", reduced_motion="reduce")
    sight = Sight(context.new_page(), edited.base)
    sight.page.goto(edited.sign_in())
    yield sight
    context.close()


def told(page):
    return page.locator("#told")


def at(page, lon, lat):
    """Return where a place lies on the screen, as the map tells by its address: #map=zoom/lat/lon, north up."""
    return page.evaluate(
        """([lon, lat]) => {
          const [zoom, south, west] = location.hash.slice(5).split("/").map(Number);
          const y = (of) => (1 - Math.asinh(Math.tan(of * Math.PI / 180)) / Math.PI) / 2;
          const box = document.querySelector("#map").getBoundingClientRect();
          const scale = 512 * 2 ** zoom;
          const [x, down] = [(lon - west) / 360 * scale, (y(lat) - y(south)) * scale];
          return [box.x + box.width / 2 + x, box.y + box.height / 2 + down];
        }""",
        [lon, lat],
    )


def open_plot(page, code):
    page.get_by_role("combobox", name="Fläche, Flurstück").fill(code)
    page.keyboard.press("Enter")
    expect(page.locator("#drawer h2")).to_have_text(code)


def ring_of(store, code):
    from geo_service.plots.drawn import degrees_of

    plot = store.plot(code)
    outline = degrees_of(plot.geometry, plot.epsg)
    return [*(outline if outline.geom_type == "Polygon" else outline.geoms[0]).exterior.coords]


def type_places(page, places):
    page.locator("#coordinates summary").click()
    page.locator("#places").fill("\n".join(f"{lon:.6f}; {lat:.6f}" for lon, lat in places))
    page.locator("#places-take").click()


def test_a_plot_is_drawn_with_the_mouse_and_snaps_to_its_neighbour(planner, edited):
    code = edited.store.plots()[0].code
    ring = ring_of(edited.store, code)
    (lon, lat), *_ = ring
    page = planner.open(f"/map?table=0#map=18/{lat:.5f}/{lon:.5f}")
    page.locator("#tool-draw").click()
    expect(page.locator("#area")).to_contain_text("EPSG:25833")
    x, y = at(page, lon, lat)
    for dx, dy in ((5, 4), (90, -70), (90, 10)):
        page.mouse.move(x + dx - 2, y + dy)
        page.mouse.move(x + dx, y + dy)
        page.mouse.click(x + dx, y + dy)
        page.wait_for_timeout(320)  # two clicks within 300 ms are a double click
    page.locator("#undo").click()
    page.locator("#redo").click()
    page.locator("#finish").click()
    expect(page.locator("#area")).to_contain_text("3 Ecken")
    page.locator("#draw-name").fill("Am Nachbarn")
    page.locator("#tool-save").click()
    expect(told(page)).to_contain_text("ist angelegt", timeout=20_000)
    made = page.locator("#drawer h2").inner_text()
    assert edited.store.plot(made).name == "Am Nachbarn"
    corners = ring_of(edited.store, made)
    assert min(abs(a - lon) + abs(b - lat) for a, b in corners) < 2e-7, "the first corner is the neighbour's"
    assert planner.complaints == []


def test_without_a_mouse_a_plot_is_drawn_changed_and_split(planner, edited):
    lon, lat = FREE
    page = planner.open("/map?table=0")
    page.locator("#tool-draw").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer h2")).to_have_text("Neue Fläche")
    page.locator("#coordinates summary").focus()
    page.keyboard.press("Enter")
    page.locator("#places").focus()
    page.keyboard.type(f"{lon}; {lat}\nkein Ort")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#places-fault")).to_contain_text("Zeile 2")
    expect(page.locator("#places")).to_be_focused()
    page.locator("#places").fill("")
    page.keyboard.type(f"{lon}; {lat}\n{lon + 0.0006}; {lat}\n{lon + 0.0006}; {lat + 0.0003}\n{lon}; {lat + 0.0003}")
    page.locator("#places-take").press("Enter")
    expect(page.locator("#area")).to_contain_text("4 Ecken")
    page.locator("#tool-save").press("Enter")
    expect(told(page)).to_contain_text("ist angelegt", timeout=20_000)
    code = page.locator("#drawer h2").inner_text()
    assert edited.store.plot(code).area_m2 == pytest.approx(1395, abs=15)
    page.locator("#plot-edit").press("Enter")
    page.locator("#edit-address").fill("Neue Straße 1")
    page.locator("#edit-state").select_option("cleared")
    page.locator("#tool-save").press("Enter")
    expect(page.locator("#edit-reason-fault")).to_contain_text("Grund")
    page.locator("#edit-reason").fill("heute geräumt")
    page.locator("#tool-save").press("Enter")
    expect(told(page)).to_contain_text("ist gespeichert", timeout=20_000)
    kept = edited.store.plot(code)
    assert (kept.address, kept.state.value, kept.history[-1].reason) == ("Neue Straße 1", "cleared", "heute geräumt")
    page.locator("#plot-split").press("Enter")
    expect(page.locator("#places")).to_be_attached()
    type_places(page, [(lon + 0.0003, lat - 0.0001), (lon + 0.0003, lat + 0.0004)])
    page.locator("#tool-save").press("Enter")
    expect(told(page)).to_contain_text(f"{code} ist geteilt", timeout=20_000)
    page.locator("#tab-plots").press("Enter")
    page.locator("#picked-merge").press("Enter")
    page.locator("#tool-save").press("Enter")
    expect(told(page)).to_contain_text("umfasst jetzt alle Teile", timeout=20_000)
    assert edited.store.plot(code).area_m2 == pytest.approx(kept.area_m2, abs=0.1)


def test_what_the_program_refuses_stands_at_its_field_and_nothing_is_lost(planner, edited):
    code = edited.store.plots()[3].code
    page = planner.open("/map?table=0")
    open_plot(page, code)
    page.locator("#plot-edit").click()
    page.locator("#edit-name").fill("Anders")
    page.locator("#edit-care_areas").fill("Unsinn")
    page.locator("#tool-save").click()
    expect(page.locator("#edit-care_areas")).to_have_attribute("aria-invalid", "true", timeout=20_000)
    expect(page.locator("#edit-name")).to_have_value("Anders")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_contain_text("noch nicht gespeichert")
    page.locator("#dialog-no").click()
    expect(page.locator("#edit-name")).to_have_value("Anders")
    page.locator("#tool-leave").click()
    page.locator("#dialog-yes").click()
    expect(page.locator("#plot-edit")).to_be_visible()
    assert edited.store.plot(code).name != "Anders"


def test_two_editors_choose_between_both_versions(planner, edited):
    code = edited.store.plots()[4].code
    page = planner.open("/map?table=0")
    open_plot(page, code)
    page.locator("#plot-edit").click()
    page.locator("#edit-name").fill("Von mir")
    page.locator("#edit-access_note").fill("Tor links")
    page.evaluate(
        """async (code) => {
          const address = `/collections/plots/items/${code}`;
          const tag = (await fetch(address)).headers.get("ETag");
          const body = JSON.stringify({ properties: { name: "Vom anderen", hazard_note: "Glas" } });
          const headers = { "If-Match": tag, "Content-Type": "application/merge-patch+json" };
          await fetch(address, { method: "PATCH", headers, body });
        }""",
        code,
    )
    page.locator("#tool-save").click()
    expect(page.locator("#drawer h2")).to_contain_text("inzwischen geändert", timeout=20_000)
    row = page.locator(".both .differs")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Von mir")
    expect(row).to_contain_text("Vom anderen")
    expect(page.locator("#drawer")).to_contain_text("Glas")
    expect(page.locator("#choice-access_note-mine")).to_be_checked()
    expect(page.locator("#tool-save")).to_be_disabled()
    page.locator("#choice-name-theirs").check()
    page.locator("#tool-save").click()
    expect(told(page)).to_contain_text("ist gespeichert", timeout=20_000)
    kept = edited.store.plot(code)
    assert (kept.name, kept.access_note, kept.hazard_note) == ("Vom anderen", "Tor links", "Glas")


def test_an_outline_is_changed_and_a_discarded_change_is_none(planner, edited):
    code = edited.store.plots()[6].code
    before = edited.store.plot(code)
    page = planner.open("/map?table=0")
    open_plot(page, code)
    page.locator("#plot-shape").click()
    expect(page.locator("#area")).to_contain_text("Ecken", timeout=20_000)
    expect(page.locator("#tool-save")).to_be_disabled()
    page.locator("#tool-close").click()
    expect(page.locator("#plot-shape")).to_be_visible()
    page.locator("#plot-shape").click()
    (lon, lat), *_ = ring_of(edited.store, code)
    type_places(page, [(lon, lat), (lon + 0.0004, lat), (lon + 0.0004, lat + 0.0002), (lon, lat + 0.0002)])
    page.locator("#tool-save").click()
    expect(told(page)).to_contain_text("ist gespeichert", timeout=20_000)
    assert edited.store.plot(code).area_m2 != pytest.approx(before.area_m2, abs=1)


def feature(lon, lat, **properties):
    ring = [[lon, lat], [lon + 0.0003, lat], [lon + 0.0003, lat + 0.0002], [lon, lat + 0.0002], [lon, lat]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def test_a_file_is_dropped_looked_at_and_taken(planner, edited):
    lon, lat = FREE[0] - 0.004, FREE[1]
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
    text = json.dumps({"type": "FeatureCollection", "features": [feature(lon, lat, code="PLW-0901"), point]})
    page = planner.open("/map?table=0")
    page.evaluate(
        """(text) => {
          const files = new DataTransfer();
          files.items.add(new File([text], "plots.geojson"));
          const how = { bubbles: true, cancelable: true, dataTransfer: files };
          const on = (kind) => document.body.dispatchEvent(new DragEvent(kind, how));
          on("dragover");
          on("drop");
        }""",
        text,
    )
    report = page.locator("#import-rows")
    expect(report.locator("li")).to_have_count(2, timeout=20_000)
    expect(report).to_contain_text("PLW-0901")
    expect(report).to_contain_text("abgelehnt")
    assert edited.store.plot("PLW-0901") is None, "a preview changes nothing"
    page.locator("#group-refused").check()
    expect(report.locator("li")).to_have_count(1)
    page.locator("#import-go").click()
    expect(told(page)).to_contain_text("1 neu", timeout=20_000)
    assert edited.store.plot("PLW-0901") is not None


def test_a_file_on_its_way_is_stopped(planner, edited):
    page = planner.open("/map?table=0")
    page.route("**/imports/preview*", lambda route: None)  # answered by nobody
    page.locator("#tool-import").click()
    before = edited.store.revision()
    files = [{"name": "a.csv", "mimeType": "text/csv", "buffer": b"a;b"}]
    page.locator("#import-file").set_input_files(files)
    page.locator("#import-cancel").click()
    expect(page.locator("#tool-message")).to_contain_text("Abgebrochen")
    expect(page.locator("#import-file")).to_be_attached()
    page.unroute("**/imports/preview*")
    page.locator("#import-file").set_input_files([{**files[0], "name": "a.exe"}])
    expect(page.locator("#tool-message")).to_be_visible(timeout=20_000)
    assert edited.store.revision() == before


def test_a_viewer_has_no_tools(look):
    page = look(anonymous=True).open("/map")
    expect(page.locator("#tools button")).to_have_count(1)
    expect(page.locator("#side-plots")).to_be_visible()
