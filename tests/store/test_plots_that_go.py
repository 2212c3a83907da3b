"""Plots that are removed, and work that is told anew."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from shapely import box

from geo_service.plots.model import Plot, PlotState, StateChange
from geo_service.store.model import VisitDone
from geo_service.store.sqlite import SqliteStore

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    made = SqliteStore.create(tmp_path / "workspace")
    history = (StateChange(PlotState.REGISTERED, AT, "ada", ""),)
    with made.change(author="ada", reason="made", at=AT) as tx:
        for number in (1, 2):
            outline = box(313_000 + 100 * number, 5_690_000, 313_050 + 100 * number, 5_690_050)
            tx.put_plots([Plot(f"p{number}", f"KLZ-000{number}", outline, 25833, 2500.0, history=history)])
            tx.record_done(f"p{number}", "mow_lawn", date(2026, 10, 1))
            tx.record_done(f"p{number}", "mow_lawn", date(2026, 11, 1))
            done = VisitDone(f"KLZ-000{number}.mow.1", f"p{number}", "mow_lawn", date(2026, 11, 1), "", 1, 1, "ada", AT)
            tx.record_visit(done)
    yield made
    made.close()


def test_a_plot_goes_with_all_that_is_kept_of_it_and_the_ledger_tells(store):
    with store.change(author="bob", reason="gone", at=AT) as tx:
        tx.drop_plots(["p1"])
    assert [plot.code for plot in store.plots()] == ["KLZ-0002"]
    assert [plot.code for plot in store.plots(bbox=(0, 40, 20, 60))] == ["KLZ-0002"]
    assert [one.plot_id for one in store.visits_done()] == ["p2"]
    assert {plot_id for plot_id, _ in store.last_done()} == {"p2"}
    assert [(line.what, line.key, line.author) for line in store.ledger(1)] == [("plot", "p1", "bob")]
    with store.change(author="bob", reason="again", at=AT) as tx:
        tx.put_plots([Plot("p3", "KLZ-0001", box(313_100, 5_690_000, 313_150, 5_690_050), 25833, 2500.0)])
    assert [plot.plot_id for plot in store.plots(bbox=(0, 40, 20, 60))] == ["p3", "p2"]


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (date(2026, 10, 15), date(2026, 10, 15)),
        (date(2026, 10, 1), date(2026, 10, 1)),
        (date(2026, 11, 20), date(2026, 11, 20)),
        (None, None),
    ],
)
def test_work_is_told_anew_and_records_of_visits_stay(store, told, known):
    with store.change(author="bob", reason="merged", at=AT) as tx:
        tx.restate_done("p1", "mow_lawn", told)
    assert store.last_done().get(("p1", "mow_lawn")) == known
    assert store.last_done()["p2", "mow_lawn"] == date(2026, 11, 1)
    assert len(store.visits_done()) == 2
    assert any(line.key.startswith("p1.mow_lawn") for line in store.ledger(3))
