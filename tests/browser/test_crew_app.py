"""The crew app as a crew lead uses it: the day in the pocket, the list, the forms, the rule that binds, the map."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.fake_desk import DAY, FakeDesk, stop_at
from tests.browser.phone import FORM, in_the_field, jpeg_with_notes

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CUTTER = {
    "machine": "brushcutter",
    "machine_de": "Freischneider",
    "machine_en": "brushcutter",
    "windows": [[32400, 46800], [54000, 61200]],
    "cite": "32. BImSchV §7",
}
MORNING = "2026-11-26T08:20:00+01:00"


def visit(order):
    return f"KLZ-{order:04d}.mow_lawn.{DAY}.1"


def day_with_everything():
    desk = FakeDesk()
    first, second = desk.add_picture(10), desk.add_picture(200)
    desk.stops[0] |= {
        "hazard_note": "Glasscherben am Zaun",
        "contamination": "unknown",
        "photos": [{"sha256": first, "role": "before", "taken_at": "2026-10-01T10:00:00+02:00"}],
    }
    desk.stops[1] |= {"rules": [CUTTER], "rule_note": "Freischneider 09–13, 15–17 Uhr (32. BImSchV §7)"}
    desk.stops[2] |= {"urgent": {"who": "Ada", "why": "Scherben am Weg", "why_en": "glass on the path"}}
    desk.stops[3] |= {"volume_m3": 2.5, "waste_key": "200201"}
    assert second in desk.pictures
    return desk


@pytest.fixture
def field(browser):
    """Go out without a service worker: what most tests here are about does not need it, and it takes a while."""
    with in_the_field(browser, day_with_everything(), service_workers="block") as here:
        yield here


@pytest.fixture
def phone(field):
    here = field.phone()
    here.page.clock.install(time=MORNING)
    here.open().take_day(wait=False)
    here.page.wait_for_selector("#stand.bad")
    return here


@pytest.fixture
def whole_field(browser):
    with in_the_field(browser, day_with_everything()) as here:
        yield here


def test_one_tap_takes_the_day_and_it_opens_in_flight_mode_after_a_restart(whole_field):
    field = whole_field
    phone = field.phone().open().take_day()
    expect(phone.page.locator("#stand")).to_contain_text("vollständig, Stand 06:45")
    field.line.cut()
    phone.page.close()
    again = field.phone().open(query="")
    expect(again.page.locator(".next h2")).to_contain_text("KLZ-0001")
    again.go(f"visit={visit(1)}")
    expect(again.page.locator(".fact.access")).to_contain_text("Zahlenschloss")
    picture = again.page.locator(".pictures img")
    expect(picture).to_have_js_property("naturalWidth", 320)
    again.go("map")
    again.page.wait_for_selector("#map[data-drawn]", timeout=60_000)
    assert again.complaints == []


def test_what_is_missing_is_listed_until_it_is_there(browser):
    desk = day_with_everything()
    missing = next(iter(desk.pictures))
    data = desk.pictures.pop(missing)
    desk.pictures["0" * 64] = data  # a picture that does not have its hash
    with in_the_field(browser, desk) as field:
        phone = field.phone().open().take_day(wait=False)
        expect(phone.page.locator("#missing")).to_contain_text("2 von 3 Bildern fehlen")
        del desk.pictures["0" * 64]
        desk.pictures[missing] = data
        desk.revision += 1
        phone.page.locator("#take-day").click()
        expect(phone.page.locator("#stand")).to_contain_text("vollständig")


def test_a_visit_is_started_paused_and_done_with_minutes_quantities_and_photos(field, phone):
    page = phone.page
    page.locator("#tab-list").click()
    page.locator("#next-start").click()
    page.wait_for_selector("#next-done")
    page.clock.fast_forward("00:12:00")
    page.locator("#next-open").click()
    page.locator("#act-pause").click()
    page.clock.fast_forward("00:05:00")
    page.locator("#act-resume").click()
    page.clock.fast_forward("00:20:00")
    page.locator("#act-done").click()
    page.wait_for_selector(FORM)
    assert page.input_value("#field-minutes") == "32"
    page.get_by_role("button", name="5 mehr").click()
    assert page.input_value("#field-minutes") == "35"
    page.fill("#amount-0", "410,5")
    page.locator("#add-quantity").click()
    page.fill("#amount-1", "1,5")
    page.select_option("#key-1", "200201")
    phone.photo("before", jpeg_with_notes(1)).photo("after", jpeg_with_notes(2))
    page.fill("#field-remark", "Tor klemmt")
    phone.note()
    reports = field.desk.reports.values()
    assert phone.settle(lambda: len(field.desk.photos) == 2 and any(one["kind"] == "done" for one in reports))
    report = next(one for one in reports if one["kind"] == "done")
    assert (report["minutes"], report["timed_minutes"], report["remark"]) == (35, 32, "Tor klemmt")
    assert report["quantities"] == [
        {"unit": "m2", "amount": 410.5, "waste_key": ""},
        {"unit": "m3", "amount": 1.5, "waste_key": "200201"},
    ]
    assert [one["role"] for one in report["photos"]] == ["before", "after"]
    assert {one["sha256"] for one in report["photos"]} == set(field.desk.photos)
    for data in field.desk.photos.values():
        picture = Image.open(io.BytesIO(data))
        assert max(picture.size) == 1600
        assert not picture.getexif()
        assert b"MAKER-OF-CAMERAS" not in data
    assert b"MAKER-OF-CAMERAS" in jpeg_with_notes(1)
    expect(page.locator("#pill")).to_have_text("alles bestätigt")
    assert phone.complaints == []


def test_a_signature_is_a_picture_of_the_report(field, phone):
    phone.start(visit(1)).go(f"done={visit(1)}")
    phone.page.locator("#sign-open").click()
    canvas = phone.page.locator("canvas.signature")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    mouse = phone.page.mouse
    mouse.move(box["x"] + 20, box["y"] + 20)
    mouse.down()
    mouse.move(box["x"] + 120, box["y"] + 60)
    mouse.move(box["x"] + 180, box["y"] + 30)
    mouse.up()
    assert phone.settle(lambda: len(phone.kept("photos")) == 1)
    phone.note()
    assert phone.settle(lambda: len(field.desk.photos) == 1)
    assert next(iter(field.desk.photos.values())).startswith(b"\x89PNG")
    assert [one["role"] for one in list(field.desk.reports.values())[-1]["photos"]] == ["signature"]


def test_the_rule_that_binds_now_is_shown_and_an_act_against_it_needs_a_reason(field, phone):
    page = phone.page
    phone.go(f"visit={visit(2)}")
    expect(page.locator(".rule-now")).to_have_text("Freischneider erst ab 09:00: 32. BImSchV §7")
    page.locator("#act-start").click()
    page.wait_for_selector(FORM)
    page.locator("#note-it").click()
    expect(page.get_by_role("alert")).to_contain_text("Bitte einen Grund wählen")
    assert field.desk.reports == {}
    page.get_by_label("ohne dieses Gerät gearbeitet").check()
    phone.note()
    assert phone.settle(lambda: len(field.desk.reports) == 1)
    (report,) = field.desk.reports.values()
    assert report["against"] == {"rule": "32. BImSchV §7", "reason": "ohne dieses Gerät gearbeitet"}


def test_within_the_hours_a_visit_begins_at_once(field, phone):
    phone.page.clock.set_fixed_time("2026-11-26T09:05:00+01:00")
    phone.start(visit(2))
    assert phone.settle(lambda: len(field.desk.reports) == 1)
    assert next(iter(field.desk.reports.values()))["against"] is None


def test_not_possible_has_a_reason_a_picture_and_what_is_to_follow(field, phone):
    page = phone.page
    phone.go(f"not_possible={visit(1)}")
    page.locator("#note-it").click()
    expect(page.get_by_role("alert")).to_contain_text("Grund")
    page.get_by_label("Tor verschlossen").check()
    phone.photo("obstacle", jpeg_with_notes(3))
    page.select_option("#field-follow", "litter_pick")
    phone.note()
    assert phone.settle(lambda: len(field.desk.photos) == 1)
    (report,) = field.desk.reports.values()
    assert (report["kind"], report["reason"]) == ("not_possible", "gate_locked")
    assert report["follow_up"] == {"work": "litter_pick", "note": ""}
    expect(page.locator(".chip.not_possible")).to_be_visible()


def test_a_hazardous_find_stops_the_job_and_says_so(field, phone):
    page = phone.page
    phone.start(visit(1)).go(f"found={visit(1)}")
    page.select_option("#field-key", "170605*")
    expect(page.get_by_role("alert").filter(has_text="Planung")).to_be_visible()
    expect(page.locator("#note-it")).to_have_text("Fund notieren, Arbeit stoppen")
    phone.photo("find", jpeg_with_notes(4)).note()
    expect(page.locator(".chip.stopped")).to_be_visible()
    expect(page.locator("#act-resume")).to_have_count(0)
    assert phone.settle(lambda: len(field.desk.photos) == 1)
    assert list(field.desk.reports.values())[-1]["waste_key"] == "170605*"


def test_a_find_beside_the_visits_names_a_plot(field, phone):
    phone.go("")
    phone.page.locator("#found-anywhere").click()
    phone.page.wait_for_selector(FORM)
    phone.page.fill("#field-remark", "Sperrmüll am Weg")
    phone.page.locator("#note-it").click()
    expect(phone.page.get_by_role("alert").first).to_contain_text("Fläche wählen")
    phone.page.select_option("#field-plot", "KLZ-0003")
    phone.note()
    assert phone.settle(lambda: len(field.desk.reports) == 1)
    (report,) = field.desk.reports.values()
    assert (report["visit_id"], report["plot"]) == (None, "KLZ-0003")


def test_the_order_is_changed_by_keys_alone_and_stays(field, phone):
    page = phone.page
    phone.go("order")
    page.locator(f"[id='down-{visit(1)}']").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("main [role=status]")).to_have_text("KLZ-0001 jetzt an Stelle 3")
    page.locator("#save-order").click()
    page.wait_for_selector("#list")
    assert phone.settle(lambda: len(field.desk.reports) == 1)
    (report,) = field.desk.reports.values()
    assert report["order"][:3] == [visit(2), visit(3), visit(1)]
    phone.open(query="")
    assert page.locator(".stop strong").first.inner_text() == "KLZ-0002"


def test_what_the_desk_inserts_and_takes_away_is_told_and_own_work_stays(field, phone):
    phone.start(visit(1))
    assert phone.settle(lambda: len(field.desk.reports) == 1)
    urgent = stop_at(20, urgent={"who": "Ada", "why": "Scherben am Spielplatz", "why_en": "glass"})
    field.desk.stops = [urgent, *field.desk.stops[1:]]
    field.desk.revision += 1
    phone.open(query="")
    row = phone.page.locator(f"[id='row-{visit(20)}']")
    expect(row).to_contain_text("neu")
    row.click()
    expect(phone.page.locator(".note.urgent")).to_have_text("Dringend, von Ada: Scherben am Spielplatz")
    phone.go("")
    gone = phone.page.locator(".gone")
    expect(gone).to_contain_text("KLZ-0001")
    gone.get_by_role("link").click()
    phone.done(visit(1), 20)
    assert phone.settle(lambda: len(field.desk.reports) == 2)


def test_a_form_survives_the_death_of_its_window(field, phone):
    phone.go(f"done={visit(1)}").photo("after", jpeg_with_notes(5))
    phone.page.fill("#field-minutes", "47")
    phone.page.fill("#field-remark", "halb geschrieben")
    assert phone.settle(lambda: any(one.get("remark") for one in phone.kept("drafts")))
    phone.page.close()
    again = field.phone().open(query="").go(f"done={visit(1)}")
    assert again.page.input_value("#field-minutes") == "47"
    assert again.page.input_value("#field-remark") == "halb geschrieben"
    expect(again.page.locator(".thumbs li")).to_have_count(1)


def test_a_wrong_clock_is_told(browser):
    with in_the_field(browser, day_with_everything()) as field:
        phone = field.phone()
        phone.page.clock.install(time="2030-01-01T08:00:00+01:00")
        phone.open()
        expect(phone.page.locator("#banners")).to_contain_text(re.compile(r"Die Uhr des Telefons geht \d+ Tage vor"))


def test_the_next_stop_is_handed_to_the_navigator(phone):
    phone.go("")
    href = phone.page.locator(".next").get_by_role("link", name="Route").get_attribute("href")
    assert re.fullmatch(r"geo:51\.\d{6},12\.\d{6}\?q=51\.\d{6},12\.\d{6}\(KLZ-0001\)", href)


def test_the_map_shows_the_tour_and_where_one_is(field, phone):
    field.context.grant_permissions(["geolocation"])
    field.context.set_geolocation({"latitude": 51.3222, "longitude": 12.3222})
    asked = []
    phone.page.on("request", lambda request: asked.append(request.url))
    phone.go("map")
    phone.page.wait_for_selector("#map[data-drawn]", timeout=60_000)
    expect(phone.page.locator(".here")).to_have_count(0)
    phone.page.locator("#map-here").click()
    expect(phone.page.locator(".here")).to_be_visible()
    expect(phone.page.locator(".map-said")).to_contain_text("m bis Stopp 1")
    assert [one for one in asked if not one.startswith((field.line.base, "blob:", "data:"))] == []
    assert phone.complaints == []


def test_english_is_one_tap_away_and_stays(field, phone):
    phone.go("day")
    phone.page.locator("#language").click()
    expect(phone.page.locator("#stand")).to_have_text("Not complete yet")
    phone.open(query="")
    expect(phone.page.locator("html")).to_have_attribute("lang", "en")
    expect(phone.page.locator("#next-start")).to_have_text("Start")


def test_a_planner_chooses_a_crew_and_a_visitor_is_told_to_sign_in(browser):
    desk = day_with_everything()
    desk.role = "anonymous"
    with in_the_field(browser, desk) as field:
        phone = field.phone().open()
        expect(phone.page.locator("#banners")).to_contain_text("nicht angemeldet")
        desk.role = "planner"
        phone.open(query=f"?date={DAY}&crew=crew-1").take_day()
        expect(phone.page.locator("#top")).to_contain_text("Kolonne Grün")


def test_the_day_is_closed_with_all_photos_received(field, phone):
    for order in range(1, 15):
        photos = (jpeg_with_notes(order, (200, 150)),) if order < 4 else ()
        phone.done(visit(order), 10 + order, photos)
    phone.go("day")
    phone.page.locator("#close-day").click()
    expect(phone.page.locator("#close h2")).to_have_text("Tag abgeschlossen")
    expect(phone.page.locator("#day-photos")).to_have_text("3 von 3 Fotos angekommen")
    expect(phone.page.locator("#day-reports")).to_have_text("15 von 15 Meldungen bestätigt")
    assert sorted(one["kind"] for one in field.desk.reports.values()) == ["day_closed", *["done"] * 14]
