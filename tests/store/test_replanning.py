"""What every store keeps around a plan in force: drafts, moves, locks, visits done, events, exceptions, rules."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from geo_service.schedule.events import CrewAbsent, DoneEarly, Rain, Refused, UrgentVisit, VehicleBroken
from geo_service.schedule.model import Remedy
from geo_service.store.model import KeptException, Move, Plan, UnservedVisit, VisitDone, VisitLock
from geo_service.store.schema import MIGRATIONS, migrate
from geo_service.work.cutting import CuttingException, ExceptionCode
from geo_service.work.noise import STRICT, Rules

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 23, 6, tzinfo=UTC)
EVENTS = (
    Rain(DAY, DAY + timedelta(days=1), frozenset({"green"}), frozenset({"mower"})),
    CrewAbsent("crew-1", DAY),
    VehicleBroken("crew-2", DAY, None, frozenset({"tipper"})),
    UrgentVisit("KLZ-0001", "Sofa holen", "Anruf", DAY, 1800, 2, frozenset({"machines"}), volume_m3=1.5),
    DoneEarly("v", DAY),
    Refused("v", "Tor zu", DAY),
)


def plan(plan_id="a", **changes) -> Plan:
    return replace(Plan(plan_id, AT, "ada", DAY, (DAY,), 1, (), (), ()), **changes)


def test_a_draft_is_kept_beside_the_plan_in_force(store, change):
    assert store.plan_in_force() is None
    with change() as tx:
        tx.put_plan(plan("a"))
    with change() as tx:
        tx.put_plan(plan("b"), in_force=False)
    assert (store.plan_in_force(), store.plan().plan_id) == ("a", "a")
    assert [one.plan_id for one in store.plans()] == ["b", "a"]
    with change() as tx:
        tx.put_in_force("b")
    assert (store.plan_in_force(), store.plan().plan_id) == ("b", "b")


def test_costs_events_and_remedies_come_back(store, change):
    remedy = Remedy(
        "displace", "würde verdrängen: v", "would displace: v", "crew-1", DAY, displaces=("v",), needs=("x",)
    )
    left_out = (
        UnservedVisit("v2", "22", "PL-0001", "clear", DAY, "no_time", "kein Platz", "no room", remedy),
        UnservedVisit("v3", "22", "PL-0001", "clear", DAY, "no_time", "kein Platz"),
    )
    told = plan(costs={"travel_s": 5, "unserved_s": 7}, events=EVENTS, unserved=left_out)
    with change() as tx:
        tx.put_plan(told)
    assert store.plan() == told
    assert [one.remedy_in("en") for one in store.plan().unserved] == ["would displace: v", ""]


def test_moves_come_back_the_newest_first(store, change):
    move = Move(
        "a", "v", "KLZ-0001", "clear", "crew-1", DAY, "crew-2", DAY + timedelta(days=1), "Regen", "rain", "ada", AT
    )
    gone = replace(move, plan_id="b", new_crew="", new_on=None, at=AT + timedelta(hours=1))
    with change() as tx:
        tx.put_plan(plan("a"))
        tx.put_plan(plan("b"))
        tx.put_moves([move, gone])
    assert store.moves() == [gone, move]
    assert store.moves("a") == [move]
    assert store.moves("c") == []


def test_a_lock_is_replaced_and_lifted(store, change):
    lock = VisitLock("v", "crew-1", DAY, "Ortstermin", "ada", AT)
    with change() as tx:
        tx.put_lock(lock)
        tx.put_lock(replace(lock, visit_id="a"))
    announced = replace(lock, window=(32_400, 36_000))
    with change() as tx:
        tx.put_lock(announced)
    assert store.locks() == [replace(lock, visit_id="a"), announced]
    with change() as tx:
        tx.drop_locks(["a", "nothing"])
    assert store.locks() == [announced]


def test_visits_done_come_back_and_are_corrected(store, change, plots):
    done = VisitDone("KLZ-0001.clear.first.1", "11", "clear", DAY, "crew-1", 1, 3, "ada", AT)
    with change() as tx:
        tx.put_plots(plots)
        tx.record_visit(done)
    with change() as tx:
        tx.record_visit(replace(done, crew="crew-2"))
    assert store.visits_done() == [replace(done, crew="crew-2")]
    assert store.last_done() == {}, "a visit is not the whole work"


def test_events_come_back_until_they_are_withdrawn(store, change):
    with change() as tx:
        for event in EVENTS:
            tx.put_event(event, author="ada", at=AT)
    kept = store.events()
    assert tuple(one.event for one in kept) == EVENTS
    with change() as tx:
        tx.drop_event(kept[0].event_id)
        tx.put_event(EVENTS[0], author="bea", at=AT)
    assert [one.event_id for one in store.events()] == [*(one.event_id for one in kept[1:]), kept[-1].event_id + 1]


def test_exceptions_come_back_one_for_each_work_on_a_plot(store, change, plots):
    given = CuttingException(ExceptionCode.TRAFFIC_SAFETY, "Az. 36-12/27")
    kept = KeptException("11", "coppice_hedge", given, "ada", AT)
    other = replace(kept, exception=CuttingException(ExceptionCode.ORDERED, "Bescheid"))
    with change() as tx:
        tx.put_plots(plots)
        tx.put_exception(kept)
        tx.put_exception(other)
    assert store.exceptions() == [other]
    with change() as tx:
        tx.drop_exception("11", "coppice_hedge")
    assert store.exceptions() == []


def test_rules_are_strict_until_somebody_says_otherwise(store, change):
    assert store.rules() == STRICT
    with change() as tx:
        tx.set_rules(Rules(leipzig_noise=False))
    assert store.rules() == Rules(leipzig_noise=False)


def test_clearing_takes_all_of_it_but_the_rules(store, change, plots):
    done = VisitDone("v", "11", "clear", DAY, "", 1, 1, "ada", AT)
    with change() as tx:
        tx.set_rules(Rules(leipzig_noise=False))
        tx.put_plots(plots)
        tx.put_plan(plan("a"))
        tx.put_moves([Move("a", "v", "KLZ-0001", "clear", "crew-1", DAY, "", None, "Regen", "rain", "ada", AT)])
        tx.put_lock(VisitLock("v", "crew-1", DAY, "", "ada", AT))
        tx.record_visit(done)
        tx.put_event(EVENTS[0], author="ada", at=AT)
        tx.put_exception(KeptException("11", "x", CuttingException(ExceptionCode.ORDERED, "y"), "ada", AT))
    with change() as tx:
        tx.clear()
    kept = (store.moves(), store.locks(), store.visits_done(), store.events(), store.exceptions())
    assert kept == ([], [], [], [], [])
    assert store.rules() == Rules(leipzig_noise=False)


def test_the_ledger_tells_of_all_of_it(store, change, plots):
    with change() as tx:
        tx.put_plots(plots)
        tx.put_lock(VisitLock("v", "crew-1", DAY, "", "ada", AT))
        tx.put_event(EVENTS[0], author="ada", at=AT)
        tx.record_visit(VisitDone("v", "11", "clear", DAY, "", 1, 1, "ada", AT))
    assert {one.what for one in store.ledger()} == {"plot", "lock", "event", "visit"}


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_plan_of_an_older_schema_is_still_read(tmp_path, version, monkeypatch):
    db = sqlite3.connect(tmp_path / "desk.sqlite", isolation_level=None)
    with monkeypatch.context() as older:
        older.setattr("geo_service.store.schema.MIGRATIONS", MIGRATIONS[:version])
        migrate(db)
    columns = "plan_id, made_at, author, from_on, days, seed, figures, notes, warnings, kept_out, in_force"
    values = ("old", AT.isoformat(), "ada", "2026-11-24", '["2026-11-24"]', 1, "{}", "[]", "[]", "[]", 1)
    db.execute(f"INSERT INTO plan ({columns}) VALUES ({', '.join('?' * 11)})", values)
    unserved = ("old", "v", "p", "KLZ-0001", "clear", "2026-11-24", "no_time", "kein Platz", "")
    db.execute(
        "INSERT INTO plan_unserved (plan_id, visit_id, plot_id, plot_code, work, due_on, code, reason, reason_en) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        unserved,
    )
    db.close()
    from geo_service.store.sqlite import SqliteStore

    store = SqliteStore.open(tmp_path)
    assert (store.plan().costs, store.plan().events, store.plan().unserved[0].remedy) == ({}, (), None)
    store.close()
