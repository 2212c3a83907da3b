"""The commands around what crews report, on a workspace where some came in."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from geo_service.actions.take_report import take_report
from geo_service.store.sqlite import SqliteStore
from geo_service.work.field_report import FieldReport, FollowUp, PhotoNote, Quantity, ReportKind

ASBESTOS = (Quantity("t", 1.7, "170605*"),)


@pytest.fixture
def came_in(demo, new_desk, tmp_path, now, monkeypatch):
    """Return a desk on a copy of the planned sample: two visits done in three versions, a find, one not possible."""
    monkeypatch.setenv("COLUMNS", "160")  # long names of works break no line
    workspace = shutil.copytree(demo.workspace, tmp_path / "reported")
    store = SqliteStore.open(workspace)
    plan = store.plan()
    route = next(route for route in plan.routes if route.crew_day.on == now.date() and len(route.stops) > 3)
    visits = [stop.visit for stop in route.stops]

    def tell(number, kind, visit, **fields):
        report = FieldReport(
            f"report-{number}",
            ReportKind(kind),
            route.crew_day.crew,
            now.date(),
            plan.plan_id,
            now,
            visit.visit_id,
            visit.plot_code,
            base_version=store.course(visit.visit_id).version,
        )
        report = replace(report, **fields)
        take_report(store, report, sha256=f"{number:064d}", body=b"", author="phone", clock=lambda: now)

    tell(1, "done", visits[0], minutes=30, photos=(PhotoNote("ab" * 32, "after"),))
    tell(2, "done", visits[0], minutes=55, base_version=0, remark="zu zweit")
    tell(3, "done", visits[1], minutes=20, follow_up=FollowUp("Zaun flicken"))
    tell(4, "found", visits[2], waste_key="170605*", quantities=ASBESTOS)
    tell(5, "not_possible", visits[3], reason="gate_locked", remark="neues Schloss")
    store.close()
    desk = new_desk(workspace)
    desk.visits, desk.crew = visits, route.crew_day.crew
    return desk


def test_what_came_in_by_crew_with_photos_and_minutes_against_the_plan(came_in):
    assert came_in("reports", "today", "--crew", came_in.crew, "--as", "json") == 0, came_in.err
    (told,) = came_in.json["crews"]
    states = [one["state"] for one in told["visits"]]
    assert states[:4] == ["done", "done", "stopped", "not_possible"]
    assert (told["minutes"], told["photos"], told["photos_missing"]) == (50, 1, ["ab" * 32])
    assert (told["conflicts"], told["refused"], told["closed"]) == (1, [], False)

    assert came_in("reports", "today", "--crew", came_in.crew) == 0
    assert "nicht möglich: Tor verschlossen" in came_in.text
    assert "0 von 1 Fotos" in came_in.text.replace("\n", " ")
    assert "fehlt: Foto abababab" in came_in.text
    assert came_in("reports", "2026-11-01", "--lang", "en") == 0
    assert "Nothing came in." in came_in.text


def test_alerts_are_listed_and_answered_once(came_in):
    assert came_in("alerts", "list", "--as", "json") == 0
    hazardous, hindered = came_in.json["alerts"]
    assert (hazardous["kind"], hindered["kind"]) == ("hazardous", "not_possible")
    assert came_in("alerts", "list", "--lang", "en") == 0
    assert "hazardous waste 170605* found" in came_in.text

    assert came_in("alerts", "answer", str(hazardous["alert"]), "go_on") == 2
    assert "without a reason" in came_in.err
    assert came_in("alerts", "answer", str(hazardous["alert"]), "go_on", "--note", "Fachfirma war da") == 0
    later = ("alerts", "answer", str(hindered["alert"]), "later", "--from", "2027-01-04", "--note", "Schlüssel")
    assert came_in(*later) == 0
    assert came_in(*later) == 2
    assert "was answered by tester" in came_in.err
    assert came_in("alerts", "list") == 0
    assert came_in.text.strip() == "Keine offenen Hinweise."


def test_a_conflict_is_shown_side_by_side_and_resolved(came_in):
    assert came_in("conflicts", "list") == 0
    assert "30 min" in came_in.text and "55 min" in came_in.text and "zu zweit" in came_in.text
    assert came_in("conflicts", "list", "--as", "json") == 0
    (told,) = came_in.json["conflicts"]
    assert (told["desk"]["minutes"], told["phone"]["minutes"]) == (30, 55)
    assert came_in("conflicts", "resolve", str(told["conflict"]), "phone", "--reason", "gefragt") == 0
    assert came_in("conflicts", "list", "--lang", "en") == 0
    assert came_in.text.strip() == "No open conflicts."
    assert came_in("reports", "today", "--as", "json") == 0
    assert came_in.json["crews"][0]["visits"][0]["minutes"] in {55, None}


def test_standards_are_told_drawn_set_and_accepted_only_when_proposed(came_in, tmp_path):
    assert came_in("standards", "list") == 0
    assert "zu wenige" in came_in.text
    assert came_in("standards", "list", "--as", "json") == 0
    assert {row["verdict"] for row in came_in.json["works"]} == {"too_few"}
    assert came_in("standards", "list", "--as", "png", "-o", tmp_path / "standards.png") == 0
    assert (tmp_path / "standards.png").read_bytes().startswith(b"\x89PNG")
    assert came_in("standards", "accept", "litter_pick", "--reason", "r") == 2
    assert "nothing is proposed" in came_in.err
    assert came_in("standards", "set", "mow_lawn", "--fixed", "12", "--rate", "rest=0.03", "--reason", "Probe") == 0
    store = SqliteStore.open(came_in.workspace)
    kind = store.catalogue().kinds["mow_lawn"]
    store.close()
    assert (kind.minutes_fixed, [tier.minutes_per_m2 for tier in kind.rates]) == (12, [0.06, 0.03])


def test_what_is_proposed_is_accepted_with_its_reason(came_in, now):
    """Nine inspections of different size take twice as long as the catalogue says."""
    store = SqliteStore.open(came_in.workspace)
    kind = store.catalogue().kinds["inspect"]
    with store.change(author="a", reason="b", at=now) as tx:
        from geo_service.store.model import VisitDone
        from geo_service.work.field_report import VisitCourse

        sizes = [plot for plot in store.plots() if plot.area_m2 <= 5000][:9]
        for plot in sizes:
            visit_id, on = f"{plot.code}.inspect.2026-11-01.1", now.date() - timedelta(days=10)
            tx.record_visit(VisitDone(visit_id, plot.plot_id, "inspect", on, "crew-1", 1, 1, "a", now))
            minutes = 2 * kind.service_s(plot.area_m2) // 60
            tx.put_course(VisitCourse(visit_id, 1, "done", crew="crew-1", done_on=on, minutes=minutes))
    assert came_in("standards", "accept", "inspect", "--reason", "neun Begehungen") == 0, came_in.err
    accepted = store.catalogue().kinds["inspect"]
    newest = store.ledger(1)[0]
    store.close()

    assert accepted.service_s(1000) == pytest.approx(2 * kind.service_s(1000), rel=0.15)
    assert accepted.rates[1] == kind.rates[1]
    assert newest.reason.endswith("(neun Begehungen)")


def test_waste_by_key_and_the_year_against_the_exemption(came_in):
    assert came_in("waste") == 0
    assert "1,70 t von 2 t" in came_in.text and "fast erreicht" in came_in.text
    assert came_in("waste", "--as", "json") == 0
    (year,) = came_in.json["hazardous"]
    assert (year["t"], year["level"], year["by_key"]) == (1.7, "near", {"170605*": 1.7})


@pytest.mark.parametrize(
    "words",
    [
        ("reports", "soon"),
        ("reports", "today", "--crew", "crew-99"),
        ("waste", "--from", "2026-12-01", "--until", "2026-11-01"),
        ("alerts", "answer", "99", "seen"),
        ("alerts", "answer", "1", "perhaps"),
        ("conflicts", "resolve", "99", "desk", "--reason", "r"),
        ("conflicts", "resolve", "1", "both", "--reason", "r"),
        ("standards", "list", "--as", "png"),
        ("standards", "set", "mow_lawn", "--fixed", "5", "--rate", "fast", "--reason", "r"),
        ("standards", "set", "mow_lawn", "--fixed", "5", "--rate", "rest=nan", "--reason", "r"),
        ("standards", "set", "mow_lawn", "--fixed", "nan", "--reason", "r"),
        ("standards", "set", "mow_lawn", "--fixed", "5", "--rate", "77=1", "--reason", "r"),
        ("standards", "set", "nothing", "--fixed", "5", "--reason", "r"),
    ],
)
def test_bad_words_are_explained_and_end_with_2(desk, words):
    desk("init")
    assert desk(*words) == 2
    assert desk.err.startswith("error: ")
