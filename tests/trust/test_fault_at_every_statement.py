"""A fault at the n-th SQL statement, for every n of every action: what is kept is as before or as after, never between.

The fault enters where the store opens its file. After it the same store must still serve, and the action done again
must lead to where it leads without a fault. Of actions that search or read large files, each change meets every
statement that writes with its first row, and every eighth of the others; a release meets all.
"""

from __future__ import annotations

import json
import math
import shutil
import sqlite3
import struct
import zlib
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import shapely

from geo_service.actions.accept_plan import accept_plan
from geo_service.actions.accept_proposal import accept_proposal
from geo_service.actions.answer_alert import Answer, answer_alert
from geo_service.actions.comment_finding import comment_finding
from geo_service.actions.edit_plot import change_plot, create_plot, delete_plot, retire_plot
from geo_service.actions.freeze_report import freeze_report
from geo_service.actions.give_exception import give_exception, take_exception_back
from geo_service.actions.import_plots import import_plots
from geo_service.actions.import_quarters import import_quarters
from geo_service.actions.import_streets import import_streets
from geo_service.actions.keep_photo import keep_photo
from geo_service.actions.lock_visits import announce_visit, lock_visit, unlock_visit
from geo_service.actions.make_workspace import make_workspace
from geo_service.actions.merge_plots import merge_plots
from geo_service.actions.move_visit import move_visit, set_aside
from geo_service.actions.plan_period import PlanRequest, plan_period
from geo_service.actions.record_visit import record_visit
from geo_service.actions.replan import ReplanRequest, replan
from geo_service.actions.resolve_conflict import resolve_conflict
from geo_service.actions.run_planning import cancel_runs, close_dead_run, close_stale_runs, run_in
from geo_service.actions.sample import load_sample
from geo_service.actions.set_publication import set_publication
from geo_service.actions.set_standard import set_standard
from geo_service.actions.split_plot import split_plot
from geo_service.actions.take_report import take_report
from geo_service.actions.undo_move import undo_move
from geo_service.actions.withdraw_event import withdraw_event
from geo_service.base.errors import Conflict, GeoServiceError
from geo_service.base.progress import after_iterations
from geo_service.schedule.events import CrewAbsent
from geo_service.store.model import Run, RunStatus
from geo_service.store.photo_folder import PhotoFolder
from geo_service.store.sqlite import FILE_NAME, SqliteStore
from geo_service.work.actuals import Quartiles, Standard, TierActuals
from geo_service.work.cutting import ExceptionCode
from geo_service.work.field_report import FieldReport, FollowUp, PhotoNote, ReportKind
from tests.trust.child_cases import CHILDREN
from tests.trust.concern_cases import CONCERNS, PHOTO
from tests.trust.digests import broken, differing, digest
from tests.trust.faulty import Fault, connect_with
from tests.trust.money_cases import MONEY
from tests.trust.network_cases import NETWORK
from tests.trust.small_desk import AT, MONDAY, PLOTS
from tests.trust.writing_actions import writing_actions

HOW = {"author": "tester", "clock": lambda: AT + timedelta(hours=4)}
SHORT = ReplanRequest(seconds=1.0)
OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
  <node id="1" lat="51.3125" lon="12.3160"/> <node id="2" lat="51.3125" lon="12.3300"/>
  <way id="11"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="Dieskaustraße"/></way>
</osm>
"""
RAISED = (sqlite3.OperationalError, GeoServiceError)


@dataclass(frozen=True)
class Case:
    """An action on the small desk.

    Attributes
    ----------
    act
        Does it on a store; the folder holds the files of the small desk.
    before
        What must have happened before; no fault meets it.
    without
        Tables that are a course of states, not a state: the row of a planning run.
    slow
        It takes long, so that not all that could be met is met on each change.
    """

    act: Callable[[SqliteStore, Path], object]
    before: Callable[[SqliteStore, Path], object] = lambda store, files: None
    without: Collection[str] = ()
    slow: bool = False


def first_visit(store: SqliteStore) -> str:
    return stop_of(store)[1]


def stop_of(store: SqliteStore, *, kind: str = "") -> tuple[str, str]:
    """Return crew and id of the first visit in the plan in force, of a kind of work when one is named."""
    return next(
        (route.crew_day.crew, stop.visit.visit_id)
        for route in store.plan().routes
        for stop in route.stops
        if kind in ("", stop.visit.work)
    )


def report(store: SqliteStore, number: int = 1, **told: object) -> FieldReport:
    crew, visit_id = stop_of(store)
    day = next(r.crew_day.on for r in store.plan().routes for s in r.stops if s.visit.visit_id == visit_id)
    made = FieldReport(
        report_id=f"00000000-0000-4000-8000-{number:012d}",
        kind=ReportKind.DONE,
        crew=crew,
        day=day,
        plan_id=store.plan_in_force(),
        at=AT + timedelta(hours=3),
        visit_id=visit_id,
        minutes=30,
        photos=(PhotoNote("ab" * 32, "after"), PhotoNote("cd" * 32, "before")),
        follow_up=FollowUp("mow_lawn", "noch einmal"),
    )
    return replace(made, **told)


def send(store: SqliteStore, told: FieldReport, body: str = "11" * 32) -> object:
    return take_report(store, told, sha256=body, body=b"{}", **HOW)


def send_after_one_that_waits(store: SqliteStore, files: Path) -> object:
    """The report that others wait for settles them, too."""
    return send(store, report(store))


def two_wait(store: SqliteStore, files: Path) -> None:
    first = report(store).report_id
    send(store, report(store, 2, kind=ReportKind.REMARK, after=first, photos=()))
    send(store, report(store, 3, kind=ReportKind.FOUND, waste_key="170605*", after=first, photos=()))


def in_conflict(store: SqliteStore, files: Path) -> None:
    send(store, report(store, 1))
    send(store, report(store, 2, kind=ReportKind.NOT_POSSIBLE, reason="wet"))
    assert len(store.conflicts(open_only=True)) == 1


def other_body(store: SqliteStore, files: Path) -> None:
    with pytest.raises(Conflict, match="other contents"):
        send(store, report(store), "22" * 32)


def plan(store: SqliteStore, files: Path, plan_id: str = "again", *, draft: bool = False) -> object:
    request = PlanRequest(MONDAY, 3, seed=2, draft=draft)
    return plan_period(store, request, plan_id=plan_id, stop=after_iterations(1), **HOW)


def ill(store: SqliteStore, files: Path, plan_id: str = "anew", *, draft: bool = False) -> object:
    crew, _ = stop_of(store)
    events = [CrewAbsent(crew, date(2026, 11, 24), date(2026, 11, 25))]
    how = replace(SHORT, draft=draft)
    return replan(store, events, how, plan_id=plan_id, stop=after_iterations(1), **HOW)


def asked_run(store: SqliteStore, files: Path) -> None:
    asked = {"from": MONDAY.isoformat(), "days": 1, "seconds": 0.5, "seed": 1}
    store.put_run(Run("run-1", RunStatus.QUEUED, AT, "tester", asked))


def two_runs(store: SqliteStore, files: Path) -> None:
    asked_run(store, files)
    store.put_run(Run("run-2", RunStatus.RUNNING, AT, "tester", {}))


def hedge_exception(store: SqliteStore, files: Path) -> object:
    return give_exception(store, "PLW-0004", "coppice_hedge", ExceptionCode.ORDERED, "Bescheid 7", **HOW)


def hazard(store: SqliteStore, files: Path) -> None:
    send(store, report(store, kind=ReportKind.FOUND, waste_key="170605*", photos=(), follow_up=None))
    assert [alert.alert_id for alert in store.alerts()] == [1]


def photo(store: SqliteStore, files: Path) -> object:
    """Keep a picture of one pixel."""
    chunks = [b"IHDR" + struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0), b"IDAT" + zlib.compress(b"\0\x80"), b"IEND"]
    packed = [struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in chunks]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(packed)
    with TemporaryDirectory() as folder:
        place = PhotoFolder(Path(folder), free_bytes=lambda folder: 10**12)
        incoming = place.receive()
        incoming.write(png)
        return keep_photo(store, place, sha256(png).hexdigest(), incoming, **HOW)


def draw(store: SqliteStore, files: Path) -> object:
    return create_plot(store, shapely.box(12.33, 51.31, 12.3304, 51.3104), **HOW)


def drawn(store: SqliteStore) -> str:
    return next(plot.code for plot in store.plots() if plot.source == "desk")


def split(store: SqliteStore, files: Path) -> object:
    west, south, east, north = store.plot("KLZ-0001").geometry.bounds
    line = shapely.LineString([(west - 5, (south + north) / 2), (east + 5, (south + north) / 2)])
    return split_plot(store, "KLZ-0001", line=line, epsg=25833, expected=None, **HOW)


def merge(store: SqliteStore, files: Path) -> object:
    parts = sorted(plot.code for plot in store.plots() if plot.code[:4] == "KLZ-" and plot.code not in PLOTS)
    return merge_plots(store, ["KLZ-0001", *parts], expected=None, **HOW)


def leave_out(store: SqliteStore, files: Path) -> object:
    return set_aside(store, last_visit(store), reason="Nachbar", expected="three-days", plan_id="aside", **HOW)


def put_back(store: SqliteStore, files: Path) -> object:
    crew, on = next((r.crew_day.crew, r.crew_day.on) for r in store.plan("three-days").routes[::-1])
    return move_visit(store, store.plan().unserved[-1].visit_id, crew, on, expected="aside", plan_id="back", **HOW)


def proposal() -> TierActuals:
    """Return what was booked for mowing, with a proposal."""
    alike = Quartiles(1.4, 1.5, 1.6)
    told = (12, 5, 2, 400.0, 800.0, 25.0, alike, alike, Standard(10.0, 0.02), Standard(12.0, 0.03), "propose")
    return TierActuals("mow_lawn", 0.0, math.inf, *told)


CASES: dict[str, Case] = {
    "accept_proposal.accept_proposal": Case(
        lambda store, files: accept_proposal(store, "mow_lawn", [proposal()], reason="gemessen", **HOW)
    ),
    "accept_plan.accept_plan": Case(
        lambda store, files: accept_plan(store, "draft", **HOW),
        lambda store, files: ill(store, files, "draft", draft=True),
        slow=True,
    ),
    "answer_alert.answer_alert": Case(
        lambda store, files: answer_alert(store, 1, Answer("order", "bitte bald", work="Fachfirma"), **HOW), hazard
    ),
    "edit_plot.change_plot": Case(
        lambda store, files: change_plot(store, "KLZ-0001", {"name": "neu"}, expected=None, **HOW)
    ),
    "edit_plot.create_plot": Case(draw),
    "edit_plot.delete_plot": Case(lambda store, files: delete_plot(store, drawn(store), expected=None, **HOW), draw),
    "edit_plot.retire_plot": Case(
        lambda store, files: retire_plot(store, "KLZ-0001", reason="weg", expected=None, **HOW),
        lambda store, files: lock_first(store),
    ),
    "give_exception.give_exception": Case(hedge_exception),
    "give_exception.take_exception_back": Case(
        lambda store, files: take_exception_back(store, "PLW-0004", "coppice_hedge", **HOW), hedge_exception
    ),
    "import_plots.import_plots": Case(
        lambda store, files: import_plots(store, files / "changed.geojson", author="tester", at=AT),
        slow=True,
    ),
    "import_plots.import_plots in place of the sample": Case(
        lambda store, files: import_plots(store, files / "elsewhere.geojson", author="tester", at=AT),
        slow=True,
    ),
    "import_quarters.import_quarters": Case(
        lambda store, files: import_quarters(store, files / "quarters.geojson", author="tester", at=AT),
        lambda store, files: no_sample(store),
        slow=True,
    ),
    "import_streets.import_streets": Case(
        lambda store, files: import_streets(store, files / "streets.osm", author="tester", at=AT),
        slow=True,
    ),
    "keep_photo.keep_photo": Case(photo),
    "lock_visits.announce_visit": Case(lambda store, files: announce_visit(store, last_visit(store), reason="", **HOW)),
    "lock_visits.lock_visit": Case(lambda store, files: lock_visit(store, last_visit(store), reason="", **HOW)),
    "lock_visits.unlock_visit": Case(
        lambda store, files: unlock_visit(store, last_visit(store), **HOW),
        lambda store, files: lock_visit(store, last_visit(store), reason="", **HOW),
    ),
    "merge_plots.merge_plots": Case(merge, split),
    "move_visit.move_visit": Case(put_back, leave_out, slow=True),
    "move_visit.set_aside": Case(leave_out, slow=True),
    "plan_period.plan_period": Case(plan, slow=True),
    "record_visit.record_visit": Case(lambda store, files: record_visit(store, first_visit(store), MONDAY, **HOW)),
    "replan.replan": Case(ill, slow=True),
    "resolve_conflict.resolve_conflict": Case(
        lambda store, files: resolve_conflict(store, 1, "phone", reason="so war es", **HOW), in_conflict
    ),
    "run_planning.cancel_runs": Case(lambda store, files: cancel_runs(store), two_runs, ("run",)),
    "run_planning.close_dead_run": Case(lambda store, files: close_dead_run(store, "run-1"), asked_run),
    "run_planning.close_stale_runs": Case(lambda store, files: close_stale_runs(store), two_runs, ("run",)),
    "sample.load_sample": Case(
        lambda store, files: load_sample(store, files, at=AT), lambda store, files: emptied(store), slow=True
    ),
    "set_publication.set_publication": Case(
        lambda store, files: set_publication(store, "KLZ-0001", False, reason="Widerspruch", **HOW)
    ),
    "set_standard.set_standard": Case(
        lambda store, files: set_standard(
            store, "mow_lawn", minutes_fixed=12.0, rates={math.inf: 0.05}, reason="gemessen", **HOW
        )
    ),
    "split_plot.split_plot": Case(split),
    "take_report.take_report": Case(lambda store, files: send(store, report(store))),
    "take_report.take_report that others wait for": Case(send_after_one_that_waits, two_wait, slow=True),
    "take_report.take_report in conflict": Case(
        lambda store, files: send(store, report(store, 2, kind=ReportKind.NOT_POSSIBLE, reason="wet")),
        lambda store, files: send(store, report(store, 1)),
    ),
    "take_report.take_report with another body": Case(other_body, lambda store, files: send(store, report(store))),
    "undo_move.undo_move": Case(lambda store, files: undo_move(store, expected="aside", **HOW), leave_out, slow=True),
    "withdraw_event.withdraw_event": Case(lambda store, files: withdraw_event(store, 1, **HOW), ill),
    **{name: Case(act, before) for name, (act, before) in (CHILDREN | CONCERNS | MONEY | NETWORK).items()},
    "comment_finding.comment_finding": Case(
        lambda store, files: comment_finding(store, "mown_m2.Lindenau.2026-Q3", "trockener Sommer", **HOW)
    ),
    "freeze_report.freeze_report": Case(
        lambda store, files: freeze_report(store, "2026-Q3", "{}", "0" * 64, note="Quartal", **HOW)
    ),
    "concern_photo.add_photo": Case(*PHOTO, without=("photo", "change", "revision")),
}
"""The cases, by the action that each begins with; an action has a second case where it goes another way."""

ELSEWHERE = {
    "make_workspace.make_workspace",  # makes its own store: below
    "run_planning.hand_on",  # lets another process call `run_in`, and `close_dead_run` when it dies
    "run_planning.run_in",  # searches by the clock: below
    "run_planning.run_planning",  # opens the store for `run_in`
}


def lock_first(store: SqliteStore) -> None:
    visit = next(s.visit for r in store.plan().routes for s in r.stops if s.visit.plot_code == "KLZ-0001")
    lock_visit(store, visit.visit_id, reason="", author="tester", clock=lambda: AT)


def no_sample(store: SqliteStore) -> None:
    with store.change(author="tester", reason="real", at=AT) as tx:
        tx.set_sample(False)


def emptied(store: SqliteStore) -> None:
    with store.change(author="tester", reason="empty", at=AT) as tx:
        tx.clear()


def last_visit(store: SqliteStore) -> str:
    return [stop.visit.visit_id for route in store.plan().routes for stop in route.stops][-1]


@pytest.fixture(scope="session")
def files(small_desk, tmp_path_factory) -> Path:
    """Return the files of the small desk, with changed plots, with plots of elsewhere, and with few streets."""
    folder = shutil.copytree(small_desk.parent / "sample", tmp_path_factory.mktemp("files") / "files")
    plots = json.loads((folder / "plots.geojson").read_text(encoding="utf-8"))
    plots["features"] = plots["features"][:2]
    for one in plots["features"]:
        one["properties"]["name"] = "anders"
    (folder / "changed.geojson").write_text(json.dumps(plots), encoding="utf-8")
    for number, one in enumerate(plots["features"]):
        one["id"] = None
        one["properties"] = {"code": f"NEU-{number + 1:04d}"}
        one["geometry"]["coordinates"] = moved(one["geometry"]["coordinates"])
    (folder / "elsewhere.geojson").write_text(json.dumps(plots), encoding="utf-8")
    (folder / "streets.osm").write_text(OSM, encoding="utf-8")
    return folder


def moved(coordinates: list) -> list:
    if isinstance(coordinates[0], float | int):
        return [coordinates[0] + 0.9, coordinates[1] + 0.3]
    return [moved(one) for one in coordinates]


def hold(case: Case, begun: Path, files: Path, folder: Path, *, every: bool = True) -> int:
    """Meet a case with a fault at each of its statements; return how many there were.

    Parameters
    ----------
    every
        False leaves out, of a slow case, seven of eight faults at reads and at rows after the first, and of ways on.
    """
    before = digest(begun / FILE_NAME, case.without)
    fault = Fault()
    store = opened(begun, folder, fault)
    case.act(store, files)
    store.close()
    statements = list(fault.seen)
    after = digest(folder / FILE_NAME, case.without)
    assert before != after or case.without, "the action changes nothing: no fault could be seen"
    for nth, statement in enumerate(statements, start=1):
        brief = case.slow and not every and nth % 8 != 0
        if brief and (statement.startswith("SELECT") or statement == statements[nth - 2]):
            continue
        for done_first in (False, True) if statement.startswith(("BEGIN", "COMMIT")) else (False,):
            where = f"statement {nth} of {len(statements)}: {statement[:80]}"
            fault = Fault(nth=nth, done_first=done_first)
            store = opened(begun, folder, fault)
            with pytest.raises(RAISED):
                case.act(store, files)
            assert fault.seen[nth - 1] == statement, where
            now = digest(folder / FILE_NAME, case.without)
            between = differing(before, now) and differing(after, now)
            assert not between, f"between, in {sorted(between)}; {where}"
            if now == before and not brief:
                case.act(store, files)
                now = digest(folder / FILE_NAME, case.without)
                assert not differing(after, now), f"the way on leads elsewhere; {where}"
            store.close()
            assert broken(folder / FILE_NAME) == [], where
    return len(statements)


def opened(begun: Path, folder: Path, fault: Fault) -> SqliteStore:
    """Return the store of a fresh copy, whose next statements a fault may meet."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(begun, folder)
    store = SqliteStore.open(folder, connect_with(quiet := Fault()))
    store.revision()
    fault.seen = quiet.seen
    store._connections.get().__class__.fault = fault
    quiet.seen.clear()
    return store


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if case.slow else []) for name, case in CASES.items()]
)
def test_an_action_happens_whole_or_not_at_all(name, copy_desk, files, quick_folder, how_many):
    begun = copy_desk("begun")
    store = SqliteStore.open(begun)
    CASES[name].before(store, files)
    store.close()
    assert hold(CASES[name], begun, files, quick_folder / "met", every=how_many(0, 1) == 1) > 1


def test_every_action_that_writes_has_a_case():
    assert writing_actions() == {name.split(" ")[0] for name in CASES} | ELSEWHERE


def test_an_action_that_commits_twice_is_found(copy_desk, files, quick_folder):
    def twice(store: SqliteStore, files: Path) -> None:
        for work in ("first", "second"):
            with store.change(author="tester", reason=work, at=AT) as tx:
                tx.record_done(store.plots()[0].plot_id, work, MONDAY)

    with pytest.raises(AssertionError, match=r"between, in .*visit_done"):
        hold(Case(twice), copy_desk("begun"), files, quick_folder / "met")


def test_a_new_action_without_a_case_is_found(tmp_path):
    (tmp_path / "new_action.py").write_text(
        "from geo_service.actions.other import write\n"
        "def act(store): _inner(store)\ndef _inner(store): write(store)\ndef read(store): return store.plots()\n"
        "def part(tx, store): write(store)\n",
        encoding="utf-8",
    )
    (tmp_path / "other.py").write_text("def write(store):\n    with store.change() as tx: pass\n", encoding="utf-8")
    assert writing_actions(tmp_path) == {"new_action.act", "other.write"}


def test_a_workspace_is_made_whole_or_made_whole_later(files, quick_folder):
    def make(fault: Fault, folder: Path) -> None:
        make_workspace(folder, defaults=files, author="tester", at=AT, connect=connect_with(fault)).close()

    make(whole := Fault(), quick_folder / "whole")
    after = digest(quick_folder / "whole" / FILE_NAME)
    for nth in range(1, len(whole.seen) + 1):
        folder = quick_folder / f"at-{nth}"
        try:
            make(Fault(nth=nth), folder)
        except RAISED:
            make(Fault(), folder)
        assert not differing(after, digest(folder / FILE_NAME)), f"statement {nth}: {whole.seen[nth - 1][:80]}"
    with pytest.raises(Conflict, match="already a workspace"):
        make(Fault(), quick_folder / "whole")
    assert not differing(after, digest(quick_folder / "whole" / FILE_NAME))


@pytest.mark.slow
def test_a_planning_run_keeps_its_plan_whole_and_its_row_tells_an_end(copy_desk, files, quick_folder, how_many):
    begun = copy_desk("begun")
    store = SqliteStore.open(begun)
    asked_run(store, files)
    store.close()
    before = digest(begun / FILE_NAME, ("run",))
    for nth in count(1, how_many(5, 1)):
        fault = Fault(nth=nth)
        store = opened(begun, quick_folder / "met", fault)
        with suppress(sqlite3.OperationalError):
            run_in(store, "run-1", clock=lambda: AT)
        if len(fault.seen) < nth:
            fault.nth = 0
            break
        close_stale_runs(store)
        status, planned = store.run("run-1").status, store.plan_in_force() == "run-1"
        assert status in (RunStatus.DONE, RunStatus.FAILED), f"{status} after statement {nth}: {fault.seen[nth - 1]}"
        assert planned or digest(quick_folder / "met" / FILE_NAME, ("run",)) == before
        assert planned == (status is RunStatus.DONE), f"{status} after statement {nth}: {fault.seen[nth - 1]}"
        store.close()
    assert store.run("run-1").status is RunStatus.DONE
    assert nth > 20
    store.close()
