"""The money in a browser: a voucher is checked, split and booked; a lot goes from its bids to the accepted work."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from geo_service.api.tokens import mint
from geo_service.store.kinds_money import LOT, VOUCHER
from tests.browser.axe import serious
from tests.browser.conftest import Sight, served

pytestmark = pytest.mark.browser

DECEMBER = datetime(2026, 12, 15, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(workspace, tmp_path):
    with served(shutil.copytree(workspace, tmp_path / "workspace"), lambda: DECEMBER) as here:
        yield here


@pytest.fixture
def sight(browser, desk):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE", reduced_motion="reduce")
    found = Sight(context.new_page(), desk.base)
    secret, link = mint("planner", "Ada", DECEMBER, timedelta(minutes=5), once=True)
    desk.store.put_token(link)
    found.page.goto(f"{desk.base}/sign-in?token={secret}")
    yield found
    context.close()
    assert [one for one in found.complaints if "status of 422" not in one] == [] and found.foreign == []


def vouchers(desk):
    return {one.record.number: one.record for one in desk.store.records(VOUCHER)}


def test_a_voucher_is_checked_split_booked_and_corrected(desk, sight):
    page = sight.page
    page.goto(desk.base + "/money")
    assert serious(page) == []
    expect(page.locator("#measure-W26 .bar-picture")).to_be_visible()
    page.goto(desk.base + "/money/vouchers/new")
    assert serious(page) == []
    before = vouchers(desk).keys()
    for name, value in {"amount": "100,01", "text": "Splitt", "from": "2025-12-01", "until": "2026-12-01"}.items():
        page.fill(f'[name="{name}"]', value)
    page.select_option('[name="cost_kind"]', "material")
    page.select_option('[name="carrier"]', "gruenwerk")
    page.get_by_role("button", name="Prüfen").click()
    expect(page.locator(".said.bad")).to_contain_text("außerhalb der Laufzeit")  # told in German
    page.fill('[name="from"]', "2026-12-01")
    page.get_by_role("button", name="Prüfen").click()
    expect(page.locator(".split")).to_contain_text("75,01 €")
    expect(page.locator(".split")).to_contain_text("25,00 €")
    page.get_by_role("button", name="Buchen").click()
    page.wait_for_url(re.compile("said=voucher"))
    (number,) = vouchers(desk).keys() - before
    assert sum(vouchers(desk)[number].by_fund.values()) == 100_01
    page.locator("summary", has_text="Korrigieren").click()
    form = page.locator('form[action*="correction"]')
    form.locator('[name="amount"]').fill("-10,00")
    form.locator('[name="reason"]').fill("Skonto")
    form.get_by_role("button").click()
    page.wait_for_url(re.compile("said=voucher"))
    (correction,) = [one for one in vouchers(desk).values() if one.refers_to == number]
    assert correction.gross_cents == -10_00
    page.goto(desk.base + "/money/vouchers?measure=W26&from=2026-12-01")
    assert serious(page) == []
    expect(page.locator("tfoot")).to_contain_text("90,01 €")


def test_a_lot_goes_from_its_bids_to_accepted_work(desk, sight):
    page = sight.page
    page.goto(desk.base + "/money/lots/W26-L02")
    assert serious(page) == []
    page.locator("summary", has_text="Vergeben").click()
    page.locator('form[action*="award"] [name="reason"]').fill("günstigstes Angebot")
    page.locator('form[action*="award"] button').click()
    page.wait_for_url(re.compile("said=award"))
    form = page.locator('form[action*="acceptances"]')
    for name, value in {"from": "2026-12-02", "until": "2026-12-03", "accepted-01.03.0010": "1"}.items():
        form.locator(f'[name="{name}"]').fill(value)
    form.locator('[name="reason-01.03.0010"]').fill("vor Ort gesehen")
    form.locator('[name="deduction"]').fill("5,00")
    form.locator('[name="deduction_reason"]').fill("zu spät")
    form.get_by_role("button").click()
    page.wait_for_url(re.compile("said=accept"))
    lot = desk.store.record(LOT, "W26-L02").record
    (accepted,) = lot.acceptances
    assert (accepted.net_cents, accepted.deductions[0].cents) == (43_00, 5_00)
    assert vouchers(desk)[accepted.voucher].gross_cents == 51_17
    page.goto(desk.base + "/money/lots")
    assert serious(page) == []
    page.goto(desk.base + "/money/claims")
    assert serious(page) == []
    expect(page.locator(".chip.good").first).to_have_text("stimmt mit den Belegen überein")
