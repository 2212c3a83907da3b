"""The quarter watch in a browser: figures with gaps, a comment on a finding, a report that is frozen and downloaded."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from geo_service.api.tokens import mint
from geo_service.store.kinds_watch import FROZEN_REPORT, WATCH_COMMENT
from tests.browser.axe import serious
from tests.browser.conftest import Sight, served

pytestmark = pytest.mark.browser


TODAY = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk_then(workspace, tmp_path):
    """Serve a copy on a day of the sample's last quarter."""
    with served(shutil.copytree(workspace, tmp_path / "workspace"), lambda: TODAY) as here:
        yield here


def test_a_moderator_comments_and_freezes_a_report(browser, desk_then):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE", reduced_motion="reduce")
    sight = Sight(context.new_page(), desk_then.base)
    page, store = sight.page, desk_then.store
    secret, kept = mint("moderator", "Mo", TODAY, timedelta(minutes=5), once=True)
    store.put_token(kept)
    try:
        page.goto(f"{sight.base}/sign-in?token={secret}")
        page.goto(sight.base + "/watch")
        assert serious(page) == []
        expect(page.locator("#trees .gap")).to_contain_text("kein Baumkataster")
        row = page.locator("#findings tbody tr").first
        row.locator('input[name="text"]').fill("nasser Sommer")
        row.get_by_role("button").click()
        page.wait_for_url(re.compile("said=comment"))
        assert [one.record.text for one in store.records(WATCH_COMMENT)] == ["nasser Sommer"]

        page.goto(sight.base + "/watch/reports")
        assert serious(page) == []
        page.select_option('select[name="period"]', index=1)
        page.get_by_role("button", name="Bericht einfrieren").click()
        page.wait_for_url(re.compile("said=freeze"))
        (frozen,) = [one.record for one in store.records(FROZEN_REPORT)]
        expect(page.locator("code")).to_have_text(frozen.digest)
        expect(page.locator("#differences")).to_contain_text("nichts berichtigt")
        assert serious(page) == []
        with page.expect_download() as download:
            page.get_by_role("link", name="PDF").click()
        assert download.value.suggested_filename == f"{frozen.number}.pdf"
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto(sight.base + "/watch")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    finally:
        context.close()
    assert sight.complaints == [] and sight.foreign == []
