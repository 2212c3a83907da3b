"""The outbox contract: whatever is lost, doubled, late or out of order, each report has one effect and none is lost."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from geo_service.actions import take_report as tested
from geo_service.actions.record_visit import record_visit
from geo_service.actions.resolve_conflict import resolve_conflict
from geo_service.base.errors import Conflict
from geo_service.store.sqlite import SqliteStore
from geo_service.work.field_report import FieldReport
from geo_service.work.field_verdict import judge
from tests.trust.field_desk import AT, TUESDAY, VISITS, body_of, copied, make_field_desk, move, report, send
from tests.trust.outbox_model import Desk

OWN = VISITS[:3]


@pytest.fixture(scope="session")
def field_desk(tmp_path_factory):
    return make_field_desk(tmp_path_factory.mktemp("field") / "workspace")


def same(store: SqliteStore, model: Desk) -> None:
    """Hold the desk against the model."""
    kept = {one.report.report_id: one for one in store.field_reports()}
    assert kept.keys() == model.came.keys()
    for report_id, told in model.came.items():
        assert kept[report_id].report == told
        assert kept[report_id].status.value == model.fate.get(report_id, "waiting")
        if report_id in model.fate:
            assert kept[report_id].version == model.seen[report_id]
    courses = store.courses()
    for visit in VISITS:
        course = courses.get(visit)
        assert (course.version if course else 0) == model.version(visit)
        assert (course.outcome if course else "") == model.outcome.get(visit, "")
        assert (course.stopped if course else False) == (visit in model.stopped)
    assert {one.report_id for one in store.conflicts(open_only=True)} == model.open_conflicts
    done = {visit for visit, outcome in model.outcome.items() if outcome == "done"}
    assert {one.visit_id for one in store.visits_done()} == done
    assert {(plot, work) for plot, work in store.last_done()} == {(f"id-{int(one[4:8])}", "mow_lawn") for one in done}


class Phones(RuleBasedStateMachine):
    """Two phones of a crew and a planner on three visits, over a network that loses, doubles and reorders."""

    desk = None  # the folder that is copied

    @initialize()
    def open(self) -> None:
        self.context = copied(self.desk)
        self.store = self.context.__enter__()
        self.model = Desk()
        self.count = 0
        self.shown = [dict.fromkeys(OWN, 0), dict.fromkeys(OWN, 0)]
        self.last: list[dict[str, FieldReport]] = [{}, {}]
        self.boxes: list[list[FieldReport]] = [[], []]

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.context.__exit__(None, None, None)

    @rule(
        phone=st.sampled_from([0, 1]),
        visit=st.sampled_from(OWN),
        kind=st.sampled_from(["start", "pause", "remark", "done", "done", "not_possible", "found"]),
    )
    def note(self, phone: int, visit: str, kind: str) -> None:
        self.count += 1
        before = self.last[phone].get(visit)
        after = None if before is None else UUID(before.report_id).int
        told = report(self.count, kind, visit, base=self.shown[phone][visit], after=after)
        self.last[phone][visit] = told
        self.boxes[phone].append(told)

    @precondition(lambda self: any(self.boxes))
    @rule(data=st.data(), lost=st.sampled_from([True, *[False] * 9]), twice=st.booleans())
    def send(self, data: st.DataObject, lost: bool, twice: bool) -> None:
        phone = data.draw(st.sampled_from([one for one in (0, 1) if self.boxes[one]]))
        told = data.draw(st.sampled_from(self.boxes[phone]))
        before = self.store.revision() if told.report_id in self.model.came else None
        receipts = [send(self.store, told) for _ in range(1 + twice)]
        self.model.arrive(told)
        assert all(one.report.report_id == told.report_id for one in receipts)
        assert receipts[0] == receipts[-1]
        if before is not None:
            assert self.store.revision() == before
        if not lost and receipts[-1].status != "waiting":
            self.boxes[phone].remove(told)

    @precondition(lambda self: self.model.came)
    @rule(data=st.data())
    def send_other_contents(self, data: st.DataObject) -> None:
        told = self.model.came[data.draw(st.sampled_from(sorted(self.model.came)))]
        body = body_of(told) + b" "
        with pytest.raises(Conflict, match="kept aside"):
            send(self.store, replace(told, remark="other"), body)
        assert body in {aside.body for aside in self.store.asides(told.report_id)}

    @rule(phone=st.sampled_from([0, 1]), visit=st.sampled_from(OWN))
    def refresh(self, phone: int, visit: str) -> None:
        """Take the day along again: a visit without own unsettled reports begins a new chain."""
        if all(one.visit_id != visit for one in self.boxes[phone]):
            self.shown[phone][visit] = self.store.course(visit).version
            self.last[phone].pop(visit, None)

    @rule(visit=st.sampled_from(OWN))
    def planner_moves(self, visit: str) -> None:
        move(self.store, visit)
        self.model.planner(visit, "moved")

    @rule(visit=st.sampled_from(OWN))
    def planner_notes_done(self, visit: str) -> None:
        record_visit(self.store, visit, TUESDAY, author="ada", clock=lambda: AT)
        self.model.planner(visit, "noted", "done")

    @precondition(lambda self: self.model.open_conflicts)
    @rule(data=st.data(), choice=st.sampled_from(["desk", "phone"]))
    def planner_settles(self, data: st.DataObject, choice: str) -> None:
        report_id = data.draw(st.sampled_from(sorted(self.model.open_conflicts)))
        (found,) = [one for one in self.store.conflicts(open_only=True) if one.report_id == report_id]
        resolve_conflict(self.store, found.conflict_id, choice, reason="asked", author="ada", clock=lambda: AT)
        if choice == "phone":
            self.model.take_phone(report_id)
        else:
            self.model.open_conflicts.discard(report_id)

    @invariant()
    def desk_equals_model(self) -> None:
        if hasattr(self, "store"):
            same(self.store, self.model)


def play(desk, examples: int, steps: int, phases=tuple(Phase)) -> None:
    machine = type("Machine", (Phones,), {"desk": desk})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
def test_two_phones_and_a_planner(field_desk, how_many) -> None:
    play(field_desk, how_many(200, 5000), how_many(50, 100))


def test_the_model_finds_a_desk_that_overwrites(field_desk, monkeypatch) -> None:
    """The control: a desk that takes whatever comes last must not pass."""

    def last_wins(told, course, earlier=None, refusal=None):
        return judge(replace(told, base_version=course.version, after=""), course, None, refusal)

    monkeypatch.setattr(tested, "judge", last_wins)
    with pytest.raises(AssertionError):
        play(field_desk, 100, 30, [Phase.generate])


def entries() -> list[FieldReport]:
    """Six entries of one phone: a chain of three, a chain of two, and one whose visit the planner moved."""
    first, second, third = OWN
    return [
        report(1, "start", first),
        report(2, "done", first, after=1, minutes=30),
        report(3, "done", first, after=2, minutes=35),
        report(4, "done", second, minutes=20),
        report(5, "remark", second, after=4, remark="Glas am Rand"),
        report(6, "done", third, minutes=10),
    ]


def end_state(store: SqliteStore) -> object:
    return (
        {one.report.report_id: (one.report, one.status, one.version) for one in store.field_reports()},
        store.courses(),
        [(one.report_id, one.desk.version) for one in store.conflicts()],
        [(one.visit_id, one.done_on, one.crew) for one in store.visits_done()],
    )


@pytest.mark.slow
def test_every_order_ends_alike(field_desk, seed) -> None:
    """All 720 orders of six entries, each sent twice, a tenth of the answers lost and asked for again."""
    chance = random.Random(seed)
    ends = []
    for order in permutations(entries()):
        with copied(field_desk) as store:
            move(store, OWN[2])
            sendings = [*order, *order]
            for told in sendings:
                kept = send(store, told)
                if chance.random() < 0.1:
                    assert send(store, told) == kept
            ends.append(end_state(store))
    first = ends[0]
    assert len(ends) == 720
    assert all(end == first for end in ends)
    reports, courses, conflicts, done = first
    statuses = [reports[str(UUID(int=number))][1].value for number in range(1, 7)]
    assert statuses == ["accepted"] * 5 + ["conflict"]
    assert (courses[OWN[0]].version, courses[OWN[0]].minutes) == (2, 35)
    assert [one[0] for one in conflicts] == [str(UUID(int=6))]
    assert [one[0] for one in done] == list(OWN[:2])


def test_whoever_comes_second_is_in_conflict(field_desk) -> None:
    mine, theirs = report(1, "done", OWN[0], minutes=30), report(2, "done", OWN[0], minutes=50)
    for order in ([mine, theirs], [theirs, mine]):
        with copied(field_desk) as store:
            statuses = [send(store, told).status.value for told in order]
            assert statuses == ["accepted", "conflict"]
            assert store.course(OWN[0]).minutes == order[0].minutes
            (conflict,) = store.conflicts(open_only=True)
            assert store.field_report(conflict.report_id).report == order[1]


@pytest.mark.slow
def test_full_boxes_in_any_order(field_desk, how_many, seed) -> None:
    """Boxes of a hundred entries of two phones, shuffled, doubled, with lost answers."""
    for number in range(how_many(5, 1000)):
        chance = random.Random(seed + number)
        model, boxes, last = Desk(), [], {}
        for count in range(1, 101):
            visit, phone = chance.choice(OWN), chance.choice("ab")
            kind = chance.choice(["start", "pause", "remark", "done", "not_possible"])
            after = last.get((phone, visit))
            boxes.append(report(count, kind, visit, after=after))
            last[phone, visit] = count
        sendings = [*boxes, *chance.sample(boxes, 100)]
        chance.shuffle(sendings)
        with copied(field_desk) as store:
            for told in sendings:
                kept = send(store, told)
                model.arrive(told)
                if chance.random() < 0.1:
                    assert send(store, told) == kept
            same(store, model)
            assert not set(model.came) - set(model.fate), "nothing waits once all have come"
