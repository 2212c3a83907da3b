"""What waits for a planner, read from a store in which reports came in; the same for lists, follow-ups and figures."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from rich.console import Console

from geo_service.actions.take_report import take_report
from geo_service.outputs.field_account import field_actuals, waste_entries
from geo_service.outputs.field_day import field_day
from geo_service.outputs.field_json import reports_json, standards_json
from geo_service.outputs.field_text import print_alerts, print_reports, print_standards, ratio_bar
from geo_service.outputs.follow_ups import asked_works
from geo_service.outputs.inbox import inbox
from geo_service.outputs.standards_figure import standards_figure
from geo_service.store.sqlite import SqliteStore
from geo_service.work.actuals import Booked, Quartiles, actuals
from geo_service.work.field_report import FieldReport, FollowUp, PhotoNote, Quantity, ReportKind


@pytest.fixture
def store(planned_sample, tmp_path):
    opened = SqliteStore.open(shutil.copytree(planned_sample, tmp_path / "workspace"))
    yield opened
    opened.close()


@pytest.fixture
def first_day(store):
    """Return the first day of the plan and its longest route."""
    plan = store.plan()
    routes = [route for route in plan.routes if route.crew_day.on == plan.days[0]]
    return plan.days[0], max(routes, key=lambda route: len(route.stops))


@pytest.fixture
def tell(store, first_day):
    on, route = first_day
    at = datetime(on.year, on.month, on.day, 14, 0, tzinfo=UTC)

    def send(kind, number, hours=0, **fields):
        visit, now = route.stops[number].visit, at + timedelta(hours=hours)
        report = FieldReport(
            f"{kind}-{number}-{len(store.field_reports())}",
            ReportKind(kind),
            route.crew_day.crew,
            on,
            store.plan_in_force(),
            now,
            visit.visit_id,
            visit.plot_code,
            base_version=store.course(visit.visit_id).version,
        )
        report = replace(report, **fields)
        return take_report(store, report, sha256=report.report_id, body=b"", author="Tel", clock=lambda: now)

    return send


def text_of(printing, *about) -> str:
    out = io.StringIO()
    printing(Console(file=out, width=120, color_system=None), *about)
    return out.getvalue()


def test_nothing_waits_where_nothing_came_in(store, first_day):
    box = inbox(store, first_day[0])
    assert (box.waiting, box.conflicts, box.alerts, box.follow_ups, box.hazardous) == (0, (), (), (), None)
    assert {crew.count("open") for crew in box.crews} == {len(crew.visits) for crew in box.crews}


def test_what_came_in_waits_with_plot_address_work_and_pictures(store, first_day, tell):
    on, route = first_day
    tell("done", 0, minutes=30)
    tell("done", 0, minutes=45, base_version=0, photos=(PhotoNote("ab" * 32, "after"),))
    tell("found", 1, waste_key="170605*", quantities=(Quantity("t", 2.5, "170605*"),))
    tell("start", 1)
    box = inbox(store, on)
    (conflict,), (alert,) = box.conflicts, box.alerts
    plot = store.plot(route.stops[0].visit.plot_code)
    kind = store.catalogue().kinds[route.stops[0].visit.work]

    assert (conflict.about.plot, conflict.about.address) == (plot.code, plot.address or plot.name)
    assert (conflict.about.task("de"), conflict.about.task("en")) == (kind.name_de, kind.name_en)
    assert (conflict.conflict.desk.minutes, conflict.phone.report.minutes) == (30, 45)
    assert [(one.note.sha256, one.received) for one in conflict.phone_photos] == [("ab" * 32, False)]
    assert (alert.alert.kind, box.hazardous.t, box.hazardous.level) == ("hazardous", 2.5, "over")
    assert [(kept.code, about.plot) for kept, about in box.refused] == [("job_stopped", route.stops[1].visit.plot_code)]


def test_refused_reports_are_shown_for_a_week(store, first_day, tell):
    on, _ = first_day
    tell("done", 0, crew="crew-99")
    assert len(inbox(store, on + timedelta(days=6)).refused) == 1
    assert inbox(store, on + timedelta(days=7)).refused == ()


def test_a_follow_up_is_open_then_done(store, first_day, tell):
    tell("done", 0, minutes=30, follow_up=FollowUp("Sofa holen", "am Zaun"))
    (asked,) = asked_works(store)
    assert (asked.state, asked.crew, asked.on) == ("open", "", None)
    assert asked.work_in(store.catalogue(), "de") == "Sofa holen"
    assert asked.why("en").startswith("follow-up of ") and asked.why("de").endswith(": am Zaun")


def test_a_follow_up_that_is_due_anyway_is_done_by_the_visit_that_does_it(store, first_day, tell):
    _, route = first_day
    wanted = route.stops[1].visit
    tell("done", 0, minutes=30, plot=wanted.plot_code, follow_up=FollowUp(wanted.work))
    tell("done", 1, hours=1, minutes=30)
    (asked,) = asked_works(store)
    assert (asked.state, asked.crew, asked.on) == ("done", route.crew_day.crew, route.crew_day.on)


def test_the_day_by_crew_as_lines_and_document(store, first_day, tell):
    on, route = first_day
    tell("done", 0, minutes=30, photos=(PhotoNote("ab" * 32, "after"),))
    tell("not_possible", 1, reason="wet")
    tell("start", 2)
    (crew,) = field_day(store, on, route.crew_day.crew)
    told = text_of(print_reports, on, (crew,), store.catalogue(), "de")

    assert [one.state for one in crew.visits[:4]] == ["done", "not_possible", "begun", "open"]
    assert (crew.minutes, crew.planned_minutes) == (30, crew.visits[0].planned_minutes)
    assert (
        "nicht möglich: zu nass" in told and "0 von 1 Fotos" in told.replace("\n", " ") and "fehlt: Foto abab" in told
    )
    assert reports_json(on, (crew,))["crews"][0]["visits"][1]["reason"] == "wet"
    assert "alert" not in text_of(print_alerts, inbox(store, on).alerts, "en").lower().replace("open alerts", "")


def test_minutes_are_held_against_the_area_that_the_crew_told_else_that_of_the_register(store, first_day, tell):
    _, route = first_day
    single = [number for number, stop in enumerate(route.stops) if stop.visit.parts == 1][:2]
    tell("done", single[0], minutes=30)
    tell("done", single[1], minutes=30, quantities=(Quantity("m2", 123.0), Quantity("m3", 2.0, "200301")))
    found = field_actuals(store)
    sums = sum(row.jobs for row in found.rows) + len(found.left)

    assert sums == 2
    assert [(one.waste_key, one.m3, one.found) for one in waste_entries(store)] == [("200301", 2.0, False)]
    assert all(row["verdict"] == "too_few" for row in standards_json(found)["works"])
    assert field_actuals(store, until_on=date(2000, 1, 1)).rows == ()


def test_a_figure_has_a_band_for_each_row_and_a_mark_for_each_proposal(store):
    catalogue = store.catalogue()
    kind = catalogue.kinds["inspect"]
    jobs = [
        Booked(
            f"P-{n}.inspect.x.1",
            f"P-{n}",
            "inspect",
            200.0 * n,
            2 * kind.service_s(200 * n) / 60,
            2,
            date(2026, 5, n),
            "c",
        )
        for n in range(1, 13)
    ]
    rows, _ = actuals(jobs, catalogue)
    found = replace(field_actuals(store), rows=rows)
    (axes,) = standards_figure(found, catalogue).axes
    proposals = [line for line in axes.lines if line.get_marker() == "D"]

    assert len(axes.patches) == len(rows) == len(proposals) == 1
    assert proposals[0].get_xdata()[0] == pytest.approx(200, abs=10)
    assert standards_figure(field_actuals(store), catalogue).axes[0].get_title("left") == "Noch keine Minuten gebucht"
    assert "30,0 + 0,0100/m²" in text_of(print_standards, found, catalogue, "de")


@pytest.mark.parametrize("ratio", [0.0, 0.3, 1.0, 1.7, 9.0])
def test_a_bar_is_as_long_as_it_is(ratio, store):
    kind = store.catalogue().kinds["inspect"]
    job = Booked(
        "P.inspect.x.1", "P", "inspect", 500, max(1.0, ratio * kind.service_s(500) / 60), 2, date(2026, 5, 1), "c"
    )
    (row,), _ = actuals([job], store.catalogue())
    bar = ratio_bar(replace(row, ratio=Quartiles(ratio / 2, ratio, ratio * 2)))
    assert len(bar) == 21 and bar.count("█") == 1
