"""Residents and moderators in a browser: three taps on a phone, no network, easy language; checked, merged, forwarded.

At the end the one chain: a picture of dumped waste becomes a visit, a voucher and a figure of the report.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from geo_service.actions.plan_period import PlanRequest, plan_period
from geo_service.api.tokens import mint
from geo_service.base.progress import after_iterations
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.kinds_money import VOUCHER
from tests.base import picture_files as made
from tests.browser.axe import serious
from tests.browser.conftest import FIRST, Served, Sight, served

pytestmark = pytest.mark.browser

TWO = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
"""14:00 in Leipzig, on the first day of the plan."""

SPOT = {"longitude": 12.33119, "latitude": 51.33316}
"""On plot LND-0011, a lawn in Lindenau."""


@dataclass
class Stage:
    """A desk with a clock that a test moves."""

    desk: Served
    now: list[datetime]

    def token(self, role: str, crew: str = "") -> str:
        secret, kept = mint(role, f"Ada {role}", datetime.now(UTC), timedelta(hours=2), crew=crew)
        self.desk.store.put_token(kept)
        return secret

    def client(self, role: str, crew: str = "") -> httpx.Client:
        return httpx.Client(base_url=self.desk.base, headers={"Authorization": f"Bearer {self.token(role, crew)}"})

    def sign_in(self, page: Page, role: str) -> None:
        secret, kept = mint(role, "Mo", datetime.now(UTC), timedelta(minutes=5), once=True)
        self.desk.store.put_token(kept)
        page.goto(f"{self.desk.base}/sign-in?token={secret}")


@pytest.fixture(scope="module")
def stage(workspace, tmp_path_factory) -> Iterator[Stage]:
    now = [TWO]
    copy = shutil.copytree(workspace, tmp_path_factory.mktemp("concerns") / "workspace")
    with served(copy, lambda: now[0]) as desk:
        yield Stage(desk, now)


@pytest.fixture
def phone(browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 360, "height": 740},
        locale="de-DE",
        has_touch=True,
        is_mobile=True,
        geolocation=SPOT,
        permissions=["geolocation"],
        reduced_motion="reduce",
    )
    yield context
    context.close()


@pytest.fixture
def moderator(browser, stage) -> Iterator[Sight]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE", reduced_motion="reduce")
    sight = Sight(context.new_page(), stage.desk.base)
    stage.sign_in(sight.page, "moderator")
    yield sight
    context.close()


def wide_enough(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def sent(page: Page) -> tuple[str, str]:
    """Return number and secret of what was just sent."""
    page.wait_for_url(re.compile(r"/concern/[\w-]{32,}"))
    secret = page.url.partition("/concern/")[2].partition("?")[0]
    return page.locator("dl.facts dd").first.inner_text(), secret


def step(page: Page, what: str, **fields: str) -> None:
    """Open a form of a concern, fill it in and send it."""
    form = page.locator(f"details#{what}")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    for name, value in {"reason": "vor Ort gesehen", **fields}.items():
        form.locator(f'[name="{name}"]').fill(value)
    form.locator("button.main").click()
    page.wait_for_url(re.compile(rf"said={what}"))


def test_a_resident_reports_in_three_taps_even_after_the_network_was_gone(stage, phone):
    sight = Sight(phone.new_page(), stage.desk.base)
    page = sight.page
    page.goto(stage.desk.base + "/concern")
    assert wide_enough(page) and serious(page) == []
    page.get_by_text("Verschmutzung").tap()
    page.locator("#here").tap()
    expect(page.locator("#placed")).to_contain_text("Ort gesetzt")
    page.wait_for_selector("#map[data-ready]", timeout=30_000)
    phone.set_offline(True)
    page.locator("#send").tap()
    expect(page.locator("#trouble")).to_contain_text("noch nichts gesendet")
    phone.set_offline(False)
    page.reload()
    assert page.locator('input[name="kind"]:checked').get_attribute("value") == "litter"  # nothing was lost
    page.locator("#send").tap()
    number, secret = sent(page)
    expect(page.locator(".said.good")).to_contain_text("angekommen")
    assert wide_enough(page) and serious(page) == []
    concern = stage.desk.store.record(CONCERN, number).record
    assert (concern.plot, concern.kind, concern.reports[0].photos) == ("LND-0011", "litter", ())
    page.goto(f"{stage.desk.base}/concern/{secret}?lang=leicht")
    expect(page.locator("main")).to_contain_text("Wir haben Ihre Nachricht bekommen.")
    assert [one for one in sight.complaints if "ERR_INTERNET_DISCONNECTED" not in one] == [] and sight.foreign == []


def test_without_a_script_a_street_is_enough(stage, browser):
    context = browser.new_context(java_script_enabled=False, locale="de-DE")
    try:
        page = context.new_page()
        page.goto(stage.desk.base + "/concern?lang=en")
        page.get_by_text("Broken glass").click()
        page.fill('input[name="place"]', "Nirgendwostraße 1")
        page.locator("#send").click()
        expect(page.locator(".said.bad").first).to_contain_text("do not know this street")
        page.fill('input[name="place"]', "Merseburger Str. 47b")
        page.locator("#send").click()
        number, _ = sent(page)
        assert stage.desk.store.record(CONCERN, number).record.plot == "LND-0011"
    finally:
        context.close()


def test_a_moderator_checks_merges_forwards_and_publishes(stage, moderator):
    page = moderator.page
    page.goto(stage.desk.base + "/moderation")
    assert serious(page) == []
    page.get_by_role("link", name="neue Anliegen prüfen").click()
    page.get_by_role("link", name="A-2026-0014", exact=True).click()
    expect(page.locator(".map[data-ready]")).to_be_visible(timeout=30_000)
    assert serious(page) == []
    twins = page.locator("#twins")
    twins.locator('input[name="reason"]').first.fill("dasselbe Regal")
    twins.get_by_role("button", name="Zusammenführen").first.click()
    page.wait_for_url(re.compile("said=merge"))
    whole = stage.desk.store.record(CONCERN, "A-2026-0014").record
    assert [one.number for one in whole.reports] == ["A-2026-0014", "A-2026-0015"]
    step(page, "check", answer="Danke.")
    step(page, "forward", body="Stadtreinigung", reference="SR-88")
    page.locator('textarea[name="text"]').fill("Sperrmüll an der Eduardstraße")
    page.get_by_role("button", name="Veröffentlichung speichern").click()
    page.wait_for_url(re.compile("said=publish"))
    shown = httpx.get(f"{stage.desk.base}/collections/concerns/items/A-2026-0014").json()["properties"]
    assert (shown["text"], shown["status"]) == ("Sperrmüll an der Eduardstraße", "forwarded")
    page.goto(stage.desk.base + "/moderation/concerns/A-2026-0014")
    page.locator("details#reject summary").click()
    page.locator("details#reject button.main").click()  # without a reason the browser keeps it
    assert stage.desk.store.record(CONCERN, "A-2026-0014").record.status == "forwarded"
    assert moderator.complaints == [] and moderator.foreign == []


def test_from_a_residents_picture_to_the_figures_of_the_report(stage, phone, moderator):
    """The one chain through pages and API: reported, checked, ordered, planned, done, told, paid, counted."""
    resident = phone.new_page()
    resident.goto(stage.desk.base + "/concern")
    resident.get_by_text("Abgeladener Müll").tap()
    resident.locator("#here").tap()
    picture = made.saved(made.drawn(900, 600), "JPEG", exif=made.exif())
    resident.set_input_files("#photos", {"name": "muell.jpg", "mimeType": "image/jpeg", "buffer": picture})
    expect(resident.locator("#pictures img")).to_have_count(1)
    resident.locator("#send").tap()
    number, _ = sent(resident)
    expect(resident.locator(".pictures img")).to_have_count(1)
    (photo,) = stage.desk.store.record(CONCERN, number).record.photos

    page = moderator.page
    page.goto(f"{stage.desk.base}/moderation/concerns/{number}")
    expect(page.locator(f'img[src="/photos/{photo}"]').first).to_be_visible()
    step(page, "check", answer="Wir holen es ab.")
    step(page, "order", volume="1,5", note="Sofa hinten links")

    tomorrow = FIRST + timedelta(days=1)
    store = stage.desk.store
    ask = PlanRequest(tomorrow, days=1, seed=1)
    plan = plan_period(store, ask, plan_id="chain", author="Ada", clock=lambda: TWO, stop=after_iterations(20))
    order = store.record(CONCERN, number).record.orders[-1]
    crew = next(r.crew_day.crew for r in plan.routes for s in r.stops if s.visit.visit_id == order.visit_id)

    stage.now[0] = TWO + timedelta(hours=19)
    with stage.client("crew", crew) as field:
        package = field.get(f"/days/{tomorrow}/crews/{crew}/package").json()
        (stop,) = [one for one in package["stops"] if one["visit_id"] == order.visit_id]
        assert photo in [one["sha256"] for one in stop["photos"]] and stop["plot"] == "LND-0011"
        report = {
            "kind": "done",
            "crew": crew,
            "day": tomorrow.isoformat(),
            "plan_id": "chain",
            "at": stage.now[0].isoformat(),
            "visit_id": order.visit_id,
            "minutes": 55,
            "quantities": [{"unit": "m3", "amount": 1.5, "waste_key": "200307"}],
        }
        answer = field.put(f"/field-reports/{UUID(int=7)}", json=report)
        assert answer.status_code in {200, 201} and answer.json()["status"] == "accepted", answer.text

    resident.reload()
    expect(resident.locator("strong.status")).to_have_text("erledigt")
    expect(resident.locator(".steps li")).to_have_count(4)

    with stage.client("planner") as planner:
        booked = planner.post("/visit-costs", json={"visits": [order.visit_id]})
        assert booked.status_code in {200, 201}, booked.text
        (voucher,) = [one for one in planner.get("/vouchers").json()["vouchers"] if one["visit"] == order.visit_id]
        parts = [one["cents"] for one in voucher["by_fund"]]
        assert sum(parts) == voucher["gross_cents"] > 0
        assert abs(parts[0] - 0.75 * voucher["gross_cents"]) < 1
        asked = {"period": "2026-Q4", "quarter": "Lindenau"}
        figures = planner.get("/indicators", params=asked).json()["indicators"]
    counted = {(one["indicator"], one["part"]): one["value"] for one in figures}
    concerns = [one.record for one in store.records(CONCERN)]
    assert any(one.number == number and one.status == "done" for one in concerns)
    assert counted["complaints", "waste"] >= 1
    spent = [one.record.spending for one in store.records(VOUCHER)]
    here = [one for one in spent if one.quarter == "Lindenau" and one.served_until >= FIRST.replace(month=10, day=1)]
    assert order.visit_id in {one.visit for one in here}
    assert counted["spent_eur", ""] == pytest.approx(sum(one.gross_cents for one in here) / 100)
