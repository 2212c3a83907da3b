"""Urgent work: its own visit under the law, or hurried where it is due anyway."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from geo_service.actions.asked import ask_period
from geo_service.actions.urgent import urgent_id
from geo_service.schedule.events import UrgentVisit
from geo_service.store.model import VisitDone

MONDAY = date(2026, 11, 23)
BEFORE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def asked(three_days):
    """Return a way to ask for three days after a report, and to find its visit."""

    def make(report, found=urgent_id):
        with three_days.change(author="a", reason="b", at=BEFORE) as tx:
            tx.put_event(report, author="a", at=BEFORE)
        visits = ask_period(three_days, MONDAY, 3).visits
        return next((one for one in visits if one.visit_id == found(report)), None), visits

    return make


def test_free_words_become_a_visit_with_its_needs(asked, three_days):
    plot = three_days.plots()[0]
    report = UrgentVisit(
        plot.code,
        "Sofa holen",
        "Anruf",
        MONDAY,
        1800,
        2,
        frozenset({"machines"}),
        frozenset({"tipper"}),
        1.5,
        "200307",
    )
    visit, _ = asked(report)

    assert (visit.plot_id, visit.work, visit.service_s, visit.people) == (plot.plot_id, "Sofa holen", 1800, 2)
    assert (visit.machines, visit.volume_m3, visit.waste_key) == (frozenset({"tipper"}), 1.5, "200307")
    assert (visit.earliest_on, visit.due_on, visit.latest_on, visit.priority) == (MONDAY, MONDAY, MONDAY, 1)
    assert set(visit.day_windows) == {MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)}


def test_loud_machines_keep_their_hours_even_when_it_is_urgent(asked, three_days):
    plot = next(plot for plot in three_days.plots() if plot.baunvo == "WA")
    visit, _ = asked(UrgentVisit(plot.code, "Weg freischneiden", "Anruf", MONDAY, machines=frozenset({"brushcutter"})))

    assert visit.day_windows[MONDAY] == ((9 * 3600, 13 * 3600), (15 * 3600, 17 * 3600))


def test_work_of_the_catalogue_takes_its_figures(asked, three_days):
    """Coppicing is not due on this plot now, the report asks for it; where it is due anyway it is only hurried."""
    due = {(one.plot_id, one.work) for one in ask_period(three_days, MONDAY, 3).visits}
    kind = three_days.catalogue().kinds["inspect"]
    plot = next(plot for plot in three_days.plots() if (plot.plot_id, "inspect") not in due)
    visit, _ = asked(UrgentVisit(plot.code, "inspect", "Sturm", MONDAY))

    assert (visit.work, visit.service_s, visit.people) == ("inspect", kind.service_s(plot.area_m2), kind.people)
    assert visit.why == "dringend: Sturm"


def test_what_is_due_anyway_is_hurried_and_not_doubled(asked, three_days):
    before = ask_period(three_days, MONDAY, 3).visits
    first = next(one for one in before if one.work == "litter_pick" and one.parts == 1)
    _, after = asked(UrgentVisit(first.plot_code, "litter_pick", "Scherben", MONDAY))
    (hurried,) = [one for one in after if (one.plot_id, one.work) == (first.plot_id, "litter_pick")]

    assert len(after) == len(before)
    assert (hurried.visit_id, hurried.priority, hurried.latest_on) == (first.visit_id, 1, MONDAY)
    assert hurried.why == f"dringend: Scherben; {first.why}"


def test_what_is_done_or_lies_on_a_plot_that_is_gone_is_not_asked_for(asked, three_days):
    plot = three_days.plots()[0]
    report = UrgentVisit(plot.code, "Sofa holen", "Anruf", MONDAY)
    visit, _ = asked(report)
    done = VisitDone(visit.visit_id, plot.plot_id, visit.work, MONDAY, "crew-1", 1, 1, "a", BEFORE)
    with three_days.change(author="a", reason="b", at=BEFORE) as tx:
        tx.record_visit(done)
        tx.put_event(replace(report, plot="KLZ-9999"), author="a", at=BEFORE)
    visits = ask_period(three_days, MONDAY, 3).visits

    assert not any("urgent" in one.visit_id for one in visits)
