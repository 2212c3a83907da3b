"""Floor 8: the commands around a plan in force: plan anew, compare and accept drafts, lock visits, note them done."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from geo_service.base.clock import BERLIN, Clock, hhmm
from geo_service.base.errors import InputError, NotFound
from geo_service.base.progress import OnProgress
from geo_service.command_options import DEFAULT_WORKSPACE, As, Lang, Language, ReportFormat, Workspace

if TYPE_CHECKING:
    from geo_service.schedule.events import Refused, UrgentVisit
    from geo_service.store.protocol import Store
    from geo_service.work.model import Window

SEPARATOR = ":"
WIDE = 400


@dataclass(frozen=True)
class PlanWiring:
    """What these commands need from outside: see `geo_service.cli.Wiring`."""

    opened: Callable[[Path], AbstractContextManager[Store]]
    bar: Callable[[], AbstractContextManager[OnProgress]]
    clock: Clock
    author: str
    new_id: Callable[[], str]


def add_to(app: typer.Typer, wiring: PlanWiring) -> None:
    """Add the commands to the application."""
    _add_replan(app, wiring)
    _add_locks(app, wiring)
    app.add_typer(_plans(wiring), name="plans")
    app.add_typer(_events(wiring), name="events")


def _add_replan(app: typer.Typer, wiring: PlanWiring) -> None:
    @app.command(name="replan")
    def replan_(
        workspace: Workspace = DEFAULT_WORKSPACE,
        rain: Annotated[list[str] | None, typer.Option(help="DATE or DATE:LAST: wet work moves.")] = None,
        absent: Annotated[list[str] | None, typer.Option(help="CREW:DATE or CREW:DATE:LAST.")] = None,
        broken: Annotated[list[str] | None, typer.Option(help="CREW:DATE or CREW:DATE:LAST: no vehicle.")] = None,
        urgent: Annotated[list[str] | None, typer.Option(help="PLOT:WORK:LATEST, with --reason.")] = None,
        done: Annotated[list[str] | None, typer.Option(help="VISIT:DATE: done early.")] = None,
        refused: Annotated[list[str] | None, typer.Option(help="VISIT or VISIT:DATE, with --reason.")] = None,
        reason: Annotated[str, typer.Option(help="Why something is urgent or refused.")] = "",
        seconds: Annotated[float, typer.Option(help="Seconds to search for a better plan.")] = 20.0,
        seed: Annotated[int, typer.Option(help="Seed of the search.")] = 1,
        draft: Annotated[bool, typer.Option("--draft", help="Keep the plan without putting it in force.")] = False,
        as_: As = ReportFormat.TEXT,
        lang: Language = Lang.DE,
    ) -> None:
        """Plan anew what is left of the plan in force, with as few changes as can be, and list what moves."""
        from geo_service.actions.accept_plan import compare_plans
        from geo_service.actions.replan import ReplanRequest, replan
        from geo_service.outputs.plan_text import plan_json, print_plan
        from geo_service.schedule.events import CrewAbsent, DoneEarly, Event, Rain, VehicleBroken

        events: list[Event] = [
            *(Rain(*_days(text, text)) for text in rain or ()),
            *(CrewAbsent(crew, *_days(days, text)) for text in absent or () for crew, days in [_split(text)]),
            *(VehicleBroken(crew, *_days(days, text)) for text in broken or () for crew, days in [_split(text)]),
            *(_urgent(text, reason) for text in urgent or ()),
            *(DoneEarly(visit, _day(day, text)) for text in done or () for visit, day in [_split(text)]),
            *(_refused(text, reason) for text in refused or ()),
        ]
        how = ReplanRequest(seconds, seed, draft)
        with wiring.opened(workspace) as store:
            old = store.plan_in_force()
            with wiring.bar() as on_progress:
                made = replan(
                    store,
                    events,
                    how,
                    plan_id=wiring.new_id(),
                    author=wiring.author,
                    clock=wiring.clock,
                    on_progress=on_progress,
                )
            moves = [
                (one.visit_id, one.reason_en if lang is Lang.EN else one.reason) for one in store.moves(made.plan_id)
            ]
            seen = compare_plans(store, old or made.plan_id, made.plan_id)
            catalogue = store.catalogue()
        if as_ is ReportFormat.JSON:
            moved = [{"visit": visit_id, "reason": why} for visit_id, why in moves]
            _print_json({**plan_json(made), "draft": draft, "moves": moved})
            return
        print_plan(Console(), made, lang.value, catalogue=catalogue)
        _print_lines(seen.lines(lang.value))
        if draft:
            _say(f"a draft; put it in force with: geo-service plans accept {made.plan_id}")

    @app.command(name="done")
    def done_(
        visit: Annotated[str, typer.Argument(help="Id of a visit of the plan in force.")],
        on: Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD or 'today'.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
        crew: Annotated[str, typer.Option(help="Who did it, when not the crew of the plan.")] = "",
    ) -> None:
        """Note that a visit was done; its next due date moves."""
        from geo_service.actions.record_visit import record_visit

        day = wiring.clock().astimezone(BERLIN).date() if on in ("today", "heute") else _day(on, on)
        with wiring.opened(workspace) as store:
            noted = record_visit(store, visit, day, crew=crew, author=wiring.author, clock=wiring.clock)
        _say(f"noted: {noted.visit_id} was done on {noted.done_on} by {noted.crew}")


def _add_locks(app: typer.Typer, wiring: PlanWiring) -> None:
    @app.command()
    def lock(
        visit: Annotated[str, typer.Argument(help="Id of a visit of the plan in force.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
        reason: Annotated[str, typer.Option(help="Why it must stay.")] = "",
        announce: Annotated[bool, typer.Option("--announce", help="Keep the hour around its planned start.")] = False,
        hours: Annotated[str, typer.Option(help="Hours that were announced, such as 09:00-11:00.")] = "",
    ) -> None:
        """Keep a visit on its crew-day, whatever is planned later; with the hours announced to somebody."""
        from geo_service.actions.lock_visits import announce_visit, lock_visit

        author, clock = wiring.author, wiring.clock
        with wiring.opened(workspace) as store:
            if announce or hours:
                window = _hours(hours) if hours else None
                kept = announce_visit(store, visit, window=window, reason=reason, author=author, clock=clock)
            else:
                kept = lock_visit(store, visit, reason=reason, author=author, clock=clock)
        told = f", begun between {hhmm(kept.window[0])} and {hhmm(kept.window[1])}" if kept.window else ""
        _say(f"locked {kept.visit_id} to {kept.crew} on {kept.on}{told}")

    @app.command()
    def unlock(
        visit: Annotated[str, typer.Argument(help="Id of a locked visit.")], workspace: Workspace = DEFAULT_WORKSPACE
    ) -> None:
        """Lift the lock of a visit."""
        from geo_service.actions.lock_visits import unlock_visit

        with wiring.opened(workspace) as store:
            unlock_visit(store, visit, author=wiring.author, clock=wiring.clock)
        _say(f"unlocked {visit}")

    @app.command()
    def locks(workspace: Workspace = DEFAULT_WORKSPACE) -> None:
        """List locked and announced visits."""
        with wiring.opened(workspace) as store:
            kept = store.locks()
        table = Table("visit", "crew", "date", "hours", "reason", "by", box=None)
        for one in kept:
            told = f"{hhmm(one.window[0])}-{hhmm(one.window[1])}" if one.window else ""
            table.add_row(one.visit_id, one.crew, one.on.isoformat(), told, one.reason, one.author)
        _print_table(table)


def _plans(wiring: PlanWiring) -> typer.Typer:
    app = typer.Typer(help="Plans and drafts: list, compare, accept, what they moved.", no_args_is_help=True)

    @app.command(name="list")
    def list_(workspace: Workspace = DEFAULT_WORKSPACE) -> None:
        """List the plans, the newest first; the one in force is marked."""
        with wiring.opened(workspace) as store:
            plans, in_force = store.plans(), store.plan_in_force()
        table = Table("", "id", "made", "by", "from", "days", "served", "unserved", "cost s", box=None)
        for plan in plans:
            told = [f"{plan.figures.get(name, 0):.0f}" for name in ("served", "unserved", "cost_s")]
            made = f"{plan.made_at.astimezone(BERLIN):%Y-%m-%d %H:%M}"
            mark = "*" if plan.plan_id == in_force else ""
            table.add_row(mark, plan.plan_id, made, plan.author, plan.from_on.isoformat(), str(len(plan.days)), *told)
        _print_table(table)

    @app.command()
    def compare(
        old: Annotated[str, typer.Argument(help="Id of a plan, or the beginning of it.")],
        new: Annotated[str, typer.Argument(help="Id of another plan, or the beginning of it.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
        lang: Language = Lang.DE,
    ) -> None:
        """Tell what lies elsewhere in the other plan, and what each part of the objective costs in both."""
        from geo_service.actions.accept_plan import compare_plans

        with wiring.opened(workspace) as store:
            seen = compare_plans(store, _plan_id(store, old), _plan_id(store, new))
        _print_lines(seen.lines(lang.value))

    @app.command()
    def accept(
        plan: Annotated[str, typer.Argument(help="Id of a draft, or the beginning of it.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
        instead_of: Annotated[str, typer.Option(help="Only while this plan is in force; or the beginning.")] = "",
    ) -> None:
        """Put a draft in force, if it still holds."""
        from geo_service.actions.accept_plan import accept_plan

        with wiring.opened(workspace) as store:
            expected = _plan_id(store, instead_of) if instead_of else None
            made = accept_plan(
                store, _plan_id(store, plan), author=wiring.author, clock=wiring.clock, expected=expected
            )
            moved = len(store.moves(made.plan_id))
        _say(f"the plan {made.plan_id} is in force; {moved} visits moved")

    @app.command()
    def moves(
        plan: Annotated[str, typer.Argument(help="Id of a plan; by default all moves are listed.")] = "",
        workspace: Workspace = DEFAULT_WORKSPACE,
        lang: Language = Lang.DE,
    ) -> None:
        """List what plans moved, with reason and author."""
        from geo_service.actions.accept_plan import require_plan

        with wiring.opened(workspace) as store:
            kept = store.moves(require_plan(store, _plan_id(store, plan)).plan_id if plan else None)
        table = Table("visit", "from", "to", "reason", "by", "at", box=None)
        for one in kept:
            to = f"{one.new_crew} {one.new_on}" if one.new_on else "–"
            why = one.reason_en if lang is Lang.EN else one.reason
            at = f"{one.at.astimezone(BERLIN):%Y-%m-%d %H:%M}"
            table.add_row(one.visit_id, f"{one.old_crew} {one.old_on}", to, why, one.author, at)
        _print_table(table)

    return app


def _events(wiring: PlanWiring) -> typer.Typer:
    app = typer.Typer(help="What happened and holds for all plans: list, withdraw.", no_args_is_help=True)

    @app.command(name="list")
    def list_(workspace: Workspace = DEFAULT_WORKSPACE, lang: Language = Lang.DE) -> None:
        """List the events that hold."""
        from geo_service.schedule.events import words

        with wiring.opened(workspace) as store:
            kept = store.events()
        table = Table("id", "event", "by", "at", box=None)
        for one in kept:
            told = words(one.event)[lang is Lang.EN]
            table.add_row(str(one.event_id), told, one.author, f"{one.at.astimezone(BERLIN):%Y-%m-%d %H:%M}")
        _print_table(table)

    @app.command()
    def withdraw(
        event: Annotated[int, typer.Argument(help="The id that `list` shows.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
    ) -> None:
        """Withdraw an event: plans made from now on do not heed it."""
        from geo_service.actions.withdraw_event import withdraw_event

        with wiring.opened(workspace) as store:
            withdraw_event(store, event, author=wiring.author, clock=wiring.clock)
        _say("withdrawn; plan anew with: geo-service replan")

    return app


def _plan_id(store: Store, text: str) -> str:
    found = [plan.plan_id for plan in store.plans() if plan.plan_id.startswith(text)]
    if text in found:
        return text
    if len(found) != 1:
        raise NotFound(f"{len(found)} plans have the id {text!r}", remedy="see `geo-service plans list`")
    return found[0]


def _split(text: str) -> tuple[str, str]:
    name, colon, rest = text.partition(SEPARATOR)
    if not colon or not name or not rest:
        raise InputError(f"{text!r} is not two things with a colon between", remedy="see `geo-service replan --help`")
    return name, rest


def _day(text: str, whole: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} in {whole!r} is no date", remedy="write it as YYYY-MM-DD") from None


def _days(text: str, whole: str) -> tuple[date, date | None]:
    first, colon, last = text.partition(SEPARATOR)
    return _day(first, whole), _day(last, whole) if colon else None


def _urgent(text: str, reason: str) -> UrgentVisit:
    from geo_service.schedule.events import UrgentVisit

    plot, rest = _split(text)
    work, colon, latest = rest.rpartition(SEPARATOR)
    if not colon:
        raise InputError(f"{text!r} is no urgent visit", remedy="write PLOT:WORK:LATEST, and why with --reason")
    return UrgentVisit(plot, work, reason, _day(latest, text))


def _refused(text: str, reason: str) -> Refused:
    from geo_service.schedule.events import Refused

    visit, colon, day = text.partition(SEPARATOR)
    return Refused(visit, reason, _day(day, text) if colon else None)


def _hours(text: str) -> Window:
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", text)
    if found is None:
        raise InputError(f"{text!r} are no hours", remedy="write them as 09:00-11:00")
    opens, opens_min, closes, closes_min = map(int, found.groups())
    return opens * 3600 + opens_min * 60, closes * 3600 + closes_min * 60


def _print_lines(lines: tuple[str, ...]) -> None:
    for line in lines:
        Console().print(line, markup=False, highlight=False, soft_wrap=True)


def _print_table(table: Table) -> None:
    """Print a table; in a file or pipe no line is folded."""
    console = Console()
    (console if console.is_terminal else Console(width=WIDE)).print(table, markup=False)


def _say(text: str) -> None:
    Console(stderr=True).print(text, markup=False, highlight=False, soft_wrap=True)


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
