"""The planner's inbox in a browser, with and without script: a matter is decided by a form, and the page says so."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from geo_service.actions.take_report import take_report
from geo_service.work.field_report import FieldReport, ReportKind
from tests.browser.conftest import Sight

pytestmark = pytest.mark.browser

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def tell(store, kind, stop, route, **fields):
    report = FieldReport(
        report_id=f"{kind}-{len(store.field_reports())}",
        kind=ReportKind(kind),
        crew=route.crew_day.crew,
        day=route.crew_day.on,
        plan_id="plan-1",
        at=AT,
        visit_id=stop.visit.visit_id,
        plot=stop.visit.plot_code,
        **fields,
    )
    return take_report(store, report, sha256=report.report_id, body=b"", author="Tel", clock=lambda: AT)


@pytest.mark.parametrize("script", [True, False])
def test_matters_are_decided_by_forms_with_or_without_script(browser, desk_of_my_own, script):
    store = desk_of_my_own.store
    route = next(route for route in store.plan().routes if len(route.stops) > 2)
    tell(store, "done", route.stops[0], route, minutes=30)
    tell(store, "done", route.stops[0], route, minutes=45, remark="zu <zweit>")
    tell(store, "not_possible", route.stops[1], route, reason="gate_locked", remark="neues Schloss")
    context = browser.new_context(viewport={"width": 820, "height": 1180}, locale="de-DE", java_script_enabled=script)
    page = context.new_page()
    sight = Sight(page, desk_of_my_own.base)
    try:
        page.goto(desk_of_my_own.sign_in())
        page.goto(desk_of_my_own.base + "/inbox")
        assert page.title() == "Posteingang (2)"
        assert page.locator("article.conflict td", has_text="zu <zweit>").is_visible()

        page.locator("article.not_possible summary", has_text="Später planen").click()
        form = page.locator("article.not_possible details[open] form")
        form.locator("input[name=from]").fill("2099-01-04")
        form.locator("input[name=note]").fill("Schlüssel kommt")
        form.locator("button").click()
        page.wait_for_url(re.compile(r"said=answered"))
        assert page.locator(".said.good").is_visible()

        page.locator("article.conflict input[name=reason]").fill("die Kolonne gefragt")
        page.locator("article.conflict button", has_text="Telefon übernehmen").click()
        page.wait_for_url(re.compile(r"said=settled"))
        assert page.locator(".empty").is_visible()
        wide = "() => document.documentElement.scrollWidth <= window.innerWidth"
        assert not script or page.evaluate(wide)
    finally:
        context.close()
    assert sight.complaints == []
    assert store.course(route.stops[0].visit.visit_id).minutes == 45
    assert [one.seen_by for one in store.alerts()] == ["Browser"]
    assert store.conflicts()[0].reason == "die Kolonne gefragt"


def test_the_map_leads_planners_to_it(look):
    to_inbox = '#site a[href="/inbox"]'
    assert look().open("/map").locator(to_inbox).is_visible()
    assert look(anonymous=True).open("/map").locator(to_inbox).count() == 0
