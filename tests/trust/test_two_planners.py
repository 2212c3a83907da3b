"""Two planners edit one plan: one wins, the other is told both versions, and nothing that was acknowledged is lost.

Races of two threads on one workspace, and interleavings that are laid out: the second planner acts as a whole before
the n-th question that the first one asks the store.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from geo_service.actions.accept_plan import accept_plan
from geo_service.actions.give_exception import give_exception
from geo_service.actions.lock_visits import announce_visit, lock_visit
from geo_service.actions.plan_period import PlanRequest, plan_period
from geo_service.actions.replan import ReplanRequest, replan
from geo_service.api.errors import problem_of
from geo_service.base.errors import Conflict, NotFound
from geo_service.base.progress import after_iterations
from geo_service.schedule.events import CrewAbsent, Rain
from geo_service.store.sqlite import SqliteStore
from geo_service.work.cutting import ExceptionCode
from tests.trust.small_desk import AT, MONDAY, PLAN_ID

Act = Callable[[Any], object]
DRAFTS = ("draft-a", "draft-b")
SHORT = after_iterations(1)


def by(author: str) -> dict[str, Any]:
    return {"author": author, "clock": lambda: AT}


@pytest.fixture(scope="module")
def with_drafts(small_desk, tmp_path_factory) -> Path:
    """Return the small desk with two drafts of the same rest, each without another crew; nobody changes it."""
    folder = tmp_path_factory.mktemp("drafts") / "workspace"
    shutil.copytree(small_desk, folder)
    store = SqliteStore.open(folder)
    crews = sorted({route.crew_day.crew for route in store.plan().routes})
    for name, crew in zip(DRAFTS, crews, strict=False):
        events = [CrewAbsent(crew, MONDAY)]
        replan(store, events, ReplanRequest(0, 1, draft=True), plan_id=name, stop=SHORT, **by("ada"))
    store.close()
    return folder


@dataclass
class Outcome:
    """What became of one planner's act: its answer, or the refusal."""

    answer: object = None
    refusal: Conflict | NotFound | None = None


def tried(act: Act, store: Any) -> Outcome:
    try:
        return Outcome(answer=act(store))
    except (Conflict, NotFound) as error:
        return Outcome(refusal=error)


def race(folder: Path, acts: tuple[Act, Act]) -> list[Outcome]:
    """Let two threads act at once, each with the workspace open for itself."""
    together = Barrier(2)

    def go(act: Act) -> Outcome:
        store = SqliteStore.open(folder)
        try:
            together.wait(timeout=30)
            return tried(act, store)
        finally:
            store.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(go, acts))


class Interrupted:
    """A store whose ``at``-th question is preceded by something that somebody else does as a whole."""

    def __init__(self, store: SqliteStore, at: int, other: Callable[[], None]) -> None:
        self._store, self._left, self._other, self.asked = store, at, other, 0

    def __getattr__(self, name: str) -> Any:
        self.asked += 1
        if self.asked == self._left:
            self._other()
        return getattr(self._store, name)


def interleaved(folder: Path, acts: tuple[Act, Act], at: int) -> tuple[list[Outcome], bool]:
    """Let the second planner act before the first one's ``at``-th question; tell whether there were so many.

    Once the first one's transaction is open it is alone, so the interruption may lie on its beginning at the latest.
    """
    second: list[Outcome] = []
    mine, other = SqliteStore.open(folder), SqliteStore.open(folder)
    open_now = [False]

    def interrupt() -> None:
        if not open_now[0]:
            second.append(tried(acts[1], other))

    class Once(Interrupted):
        def __getattr__(self, name: str) -> Any:
            found = super().__getattr__(name)
            open_now[0] = open_now[0] or name == "change"
            return found

    try:
        first = tried(acts[0], Once(mine, at, interrupt))
        happened = bool(second)
        if not happened:
            second.append(tried(acts[1], other))
        return [first, *second], happened
    finally:
        mine.close()
        other.close()


def accepting(name: str, author: str) -> Act:
    return lambda store: accept_plan(store, name, expected=PLAN_ID, **by(author))


def giving(evidence: str, author: str) -> Act:
    return lambda store: give_exception(
        store, "PLW-0004", "coppice_hedge", ExceptionCode.TRAFFIC_SAFETY, evidence, **by(author)
    )


def announcing(visit_id: str, hours: int, author: str) -> Act:
    return lambda store: announce_visit(
        store, visit_id, window=(0, hours * 3600), reason=f"up to {hours}", **by(author)
    )


def raining(work: str) -> Act:
    """Plan anew what rain on Monday forbids."""
    return lambda store: replan(
        store, [Rain(MONDAY, works=frozenset({work}))], ReplanRequest(0, 1), plan_id="moved", stop=SHORT, **by("ada")
    )


def planning(name: str, author: str) -> Act:
    return lambda store: plan_period(store, PlanRequest(MONDAY, 3, 0, 2), plan_id=name, stop=SHORT, **by(author))


def on_monday(folder: Path) -> tuple[str, str]:
    """Return a visit of Monday and its work."""
    store = SqliteStore.open(folder)
    route = next(route for route in store.plan().routes if route.crew_day.on == MONDAY)
    store.close()
    return route.stops[0].visit.visit_id, route.stops[0].visit.work


def what_is_wrong(folder: Path, outcomes: list[Outcome], kept: Callable[[SqliteStore], object]) -> str:
    """Return what a race did wrong, empty when one won, the other knows, and what is kept is the winner's."""
    won = [one for one in outcomes if one.refusal is None]
    if len(won) != 1:
        return f"{len(won)} of 2 won"
    lost = next(one.refusal for one in outcomes if one.refusal is not None)
    told = problem_of(lost)
    if told.status != 409 or not told.remedy:
        return f"the loser got {told.status}: {told.detail}"
    sides = [value for name, value in told.fields.items() if name in SIDES and value]
    if len(sides) != 2 or sides[0] == sides[1]:
        return f"not both versions in {told.fields}"
    store = SqliteStore.open(folder)
    try:
        return "" if kept(store) == won[0].answer else "what is kept is not the winner's"
    finally:
        store.close()


SIDES = ("expected", "in_force", "locked", "asked", "given", "planned")
KINDS = ("accept", "exception", "announce", "plan")


def acts_of(kind: str, folder: Path) -> tuple[tuple[Act, Act], Callable[[SqliteStore], object]]:
    """Return what two planners want at once, and how what is kept in the end is read."""
    visit_id, _ = on_monday(folder)
    if kind == "accept":
        return (accepting("draft-a", "ada"), accepting("draft-b", "ben")), lambda store: store.plan()
    if kind == "exception":
        return (giving("Gutachten 1", "ada"), giving("Gutachten 2", "ben")), lambda store: store.exceptions()[0]
    if kind == "announce":
        acts = announcing(visit_id, 20, "ada"), announcing(visit_id, 21, "ben")
        return acts, lambda store: store.locks()[0]
    return (planning("mine", "ada"), accepting("draft-b", "ben")), lambda store: store.plan()


def test_one_of_two_wins(with_drafts, quick_folder, how_many, seed):
    """Races: a fifth for drafts, which take a second, the rest for what is quick."""
    chance = random.Random(seed)
    kinds = ["accept", "accept", *("exception", "announce") * 4] * how_many(2, 20)
    chance.shuffle(kinds)
    failed = []
    for number, kind in enumerate(kinds):
        folder = shutil.copytree(with_drafts, quick_folder / str(number))
        acts, kept = acts_of(kind, folder)
        wrong = what_is_wrong(folder, race(folder, acts if chance.random() < 0.5 else acts[::-1]), kept)
        failed += [f"race {number} of {len(kinds)}, {kind}, seed {seed}: {wrong}"] if wrong else []
        shutil.rmtree(folder)
    assert failed == []


@pytest.mark.parametrize("kind", KINDS)
def test_wherever_the_other_one_comes_in_between(with_drafts, quick_folder, how_many, seed, kind):
    """Every point of the quick acts; of those that plan or check, some points on each change, every one on release."""
    first = 2 if kind == "plan" else 1  # a plan that is begun afterwards knows of the draft
    points = range(first, 200)
    if kind in ("accept", "plan") and how_many(1, 0):
        points = sorted({first, *random.Random(seed).sample(range(3, 24), 4)})
    failed, seen = [], 0
    for at in points:
        folder = shutil.copytree(with_drafts, quick_folder / f"{kind}-{at}")
        acts, kept = acts_of(kind, folder)
        outcomes, happened = interleaved(folder, acts, at)
        wrong = what_is_wrong(folder, outcomes, kept)
        failed += [f"{kind}, before question {at}: {wrong}"] if wrong else []
        shutil.rmtree(folder)
        seen += happened
        if not happened:
            break
    assert failed == []
    assert seen > 0


def lock_against_plan(folder: Path, outcomes: list[Outcome]) -> str:
    """Return what is wrong after a lock and a new plan met: who was told yes must find it so."""
    locked, planned = outcomes
    store = SqliteStore.open(folder)
    try:
        if planned.refusal is None and store.plan_in_force() != "moved":
            return "the plan that was acknowledged is not in force"
        lock = next(iter(store.locks()), None)
        if locked.refusal is None:
            if lock is None:
                return "the lock that was acknowledged is gone"
            stops = [(stop, route) for route in store.plan().routes for stop in route.stops]
            there = [route.crew_day for stop, route in stops if stop.visit.visit_id == lock.visit_id]
            if [(day.crew, day.on) for day in there] != [(lock.crew, lock.on)]:
                return "the plan in force does not keep to the lock"
        refused = [one.refusal for one in outcomes if one.refusal is not None]
        bare = [one for one in refused if isinstance(one, Conflict) and not one.fields.get("planned")]
        return f"not both versions: {bare[0].fields}" if bare else ""
    finally:
        store.close()


def test_a_lock_set_while_it_is_planned_anew_is_never_lost(with_drafts, quick_folder, how_many, seed):
    visit_id, work = on_monday(with_drafts)
    acts = (lambda store: lock_visit(store, visit_id, reason="Ortstermin", **by("ben")), raining(work))
    failed = []
    for number in range(how_many(2, 40)):
        folder = shutil.copytree(with_drafts, quick_folder / f"race-{number}")
        wrong = lock_against_plan(folder, race(folder, acts))
        failed += [f"race {number}: {wrong}"] if wrong else []
        shutil.rmtree(folder)
    for at in sorted(random.Random(seed).sample(range(1, 24), 2)) if how_many(1, 0) else range(1, 60):
        folder = shutil.copytree(with_drafts, quick_folder / f"between-{at}")
        (planned, locked), _ = interleaved(folder, acts[::-1], at)
        wrong = lock_against_plan(folder, [locked, planned])
        failed += [f"before question {at}: {wrong}"] if wrong else []
        shutil.rmtree(folder)
    for at in range(1, 12):
        folder = shutil.copytree(with_drafts, quick_folder / f"before-{at}")
        outcomes, happened = interleaved(folder, acts, at)
        wrong = lock_against_plan(folder, outcomes)
        failed += [f"planned before question {at} of the lock: {wrong}"] if wrong else []
        shutil.rmtree(folder)
        if not happened or (at > 1 and how_many(1, 0)):
            break
    assert failed == [], f"seed {seed}"


def test_a_planner_may_change_what_is_his(with_drafts, quick_folder):
    folder = shutil.copytree(with_drafts, quick_folder / "own")
    visit_id, _ = on_monday(folder)
    store = SqliteStore.open(folder)
    for act in (
        announcing(visit_id, 20, "ada"),
        announcing(visit_id, 21, "ada"),
        giving("1", "ada"),
        giving("2", "ada"),
    ):
        act(store)
    assert (store.locks()[0].window, store.exceptions()[0].exception.evidence) == ((0, 21 * 3600), "2")
    store.close()


def test_a_blind_planner_is_found_out(with_drafts, quick_folder):
    """The control: without looking again both win, and the second one's word stands over the first one's."""

    def blindly(name: str) -> Act:
        def act(store: Any) -> object:
            with store.change(author=name, reason="without looking", at=AT) as tx:
                tx.put_in_force(name)
            return store.plan(name)

        return act

    folder = shutil.copytree(with_drafts, quick_folder / "blind")
    outcomes = race(folder, (blindly("draft-a"), blindly("draft-b")))
    assert what_is_wrong(folder, outcomes, lambda store: store.plan()) == "2 of 2 won"

    visit_id, _ = on_monday(with_drafts)
    folder = shutil.copytree(with_drafts, quick_folder / "blind-lock")
    store = SqliteStore.open(folder)
    kept = lock_visit(store, visit_id, reason="Ortstermin", **by("ben"))
    with store.change(author="ada", reason="without looking", at=AT) as tx:
        tx.put_in_force("draft-a")
        tx.drop_locks([visit_id])
    store.close()
    assert "gone" in lock_against_plan(folder, [Outcome(answer=kept), Outcome(refusal=NotFound("x"))])


def test_drafts_differ(with_drafts):
    """What is raced for is not the same thing twice."""
    store = SqliteStore.open(with_drafts)
    plans = [store.plan(name) for name in (PLAN_ID, *DRAFTS)]
    store.close()
    assert all(one.routes != other.routes for one, other in pairwise(plans))
