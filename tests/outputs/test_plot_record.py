from datetime import UTC, date, datetime, timedelta

import pytest

from geo_service.outputs.plot_record import MOST, plot_record
from geo_service.store.model import KeptException, Move, VisitDone
from geo_service.store.sqlite import SqliteStore
from geo_service.work.cutting import CuttingException, ExceptionCode

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


def done(plot, number):
    on = DAY - timedelta(days=number)
    return VisitDone(f"{plot.code}.{number}", plot.plot_id, "mow_lawn", on, "crew-1", 1, 2, "t", AT)


@pytest.fixture
def store(tmp_path, plots, catalogue, crews, plan):
    store = SqliteStore.create(tmp_path / "workspace")
    with store.change(author="t", reason="t", at=AT) as tx:
        tx.set_plan_crs(25833)
        tx.put_catalogue(catalogue)
        tx.put_plots(plots)
        tx.put_crews(crews)
        tx.put_plan(plan)
        for number in range(3):
            tx.record_visit(done(plots[0], number))
        tx.record_visit(done(plots[1], 9))
        tx.put_exception(
            KeptException(
                plots[0].plot_id, "mow_lawn", CuttingException(ExceptionCode.TRAFFIC_SAFETY, "Gutachten"), "t", AT
            )
        )
        tx.put_moves(
            [Move(plan.plan_id, "v", plots[0].code, "mow_lawn", "crew-1", DAY, "", None, "Regen", "rain", "Bea", AT)]
        )
    yield store
    store.close()


def test_it_tells_what_was_done_the_newest_first(store, plots):
    told = plot_record(store, plots[0].code)
    assert [one["date"] for one in told["done"]] == ["2026-11-20", "2026-11-19", "2026-11-18"]
    assert told["done"][0] | {"task_de": "", "task_en": ""} == {
        "date": "2026-11-20",
        "task": "mow_lawn",
        "task_de": "",
        "task_en": "",
        "crew": "crew-1",
        "part": 1,
        "parts": 2,
    }


def test_it_tells_moves_with_their_reasons_and_exceptions_with_their_evidence(store, plots):
    told = plot_record(store, plots[0].code)
    (move,) = told["moves"]
    assert (move["reason"], move["reason_en"], move["author"]) == ("Regen", "rain", "Bea")
    assert (move["old_date"], move["new_date"]) == ("2026-11-20", None)
    assert [one["evidence"] for one in told["exceptions"]] == ["Gutachten"]


def test_nothing_of_other_plots_is_told(store, plots):
    told = plot_record(store, plots[1].code)
    assert [one["date"] for one in told["done"]] == ["2026-11-11"]
    assert told["moves"] == told["exceptions"] == told["photos"] == []


def test_the_oldest_are_left_out_of_very_many(store, plots):
    with store.change(author="t", reason="t", at=AT) as tx:
        for number in range(10, 10 + MOST):
            tx.record_visit(done(plots[0], number))
    told = plot_record(store, plots[0].code)["done"]
    assert len(told) == MOST
    assert told[0]["date"] == "2026-11-20"


def test_what_is_not_there_has_no_record(store):
    assert plot_record(store, "KLZ-9999") is None
