"""Floor 8: the commands around what crews report: what came in, alerts, conflicts, standards, waste."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from geo_service.base.clock import BERLIN, Clock
from geo_service.base.errors import InputError, NotFound
from geo_service.command_options import DEFAULT_WORKSPACE, As, Lang, Language, ReportFormat, Workspace

if TYPE_CHECKING:
    from geo_service.store.protocol import Store


class StandardsFormat(StrEnum):
    """How standards are told."""

    TEXT = "text"
    JSON = "json"
    PNG = "png"


class Side(StrEnum):
    """Which version of a visit holds."""

    DESK = "desk"
    PHONE = "phone"


class Decision(StrEnum):
    """What a planner decides about an alert."""

    SEEN = "seen"
    GO_ON = "go_on"
    LATER = "later"
    URGENT = "urgent"
    ORDER = "order"


From = Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")]
Until = Annotated[str, typer.Option("--until", help="Last day, YYYY-MM-DD.")]


@dataclass(frozen=True)
class FieldWiring:
    """What these commands need from outside: see `geo_service.cli.Wiring`."""

    opened: Callable[[Path], AbstractContextManager[Store]]
    clock: Clock
    author: str

    def today(self) -> date:
        """Return the local date."""
        return self.clock().astimezone(BERLIN).date()


def add_to(app: typer.Typer, wiring: FieldWiring) -> None:
    """Add the commands to the application."""
    _add_reports(app, wiring)
    _add_waste(app, wiring)
    app.add_typer(_alerts(wiring), name="alerts")
    app.add_typer(_conflicts(wiring), name="conflicts")
    app.add_typer(_standards(wiring), name="standards")


def _add_reports(app: typer.Typer, wiring: FieldWiring) -> None:
    @app.command()
    def reports(
        on: Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD or 'today'.")] = "today",
        workspace: Workspace = DEFAULT_WORKSPACE,
        crew: Annotated[str | None, typer.Option(help="Only this crew.")] = None,
        as_: As = ReportFormat.TEXT,
        lang: Language = Lang.DE,
    ) -> None:
        """Tell what came in of a day: visits, minutes against the plan, photos received, what is missing."""
        from geo_service.outputs.field_day import field_day
        from geo_service.outputs.field_json import reports_json
        from geo_service.outputs.field_text import print_reports

        day = wiring.today() if on in ("today", "heute") else _day(on)
        with wiring.opened(workspace) as store:
            if crew is not None and crew not in {one.code for one in store.crews()}:
                raise NotFound(f"no crew {crew}", remedy=f"name one of: {', '.join(one.code for one in store.crews())}")
            crews, catalogue = field_day(store, day, crew), store.catalogue()
        if as_ is ReportFormat.JSON:
            _print_json(reports_json(day, crews))
        else:
            print_reports(Console(), day, crews, catalogue, lang.value)


def _add_waste(app: typer.Typer, wiring: FieldWiring) -> None:
    @app.command()
    def waste(
        workspace: Workspace = DEFAULT_WORKSPACE,
        from_: From = "",
        until: Until = "",
        as_: As = ReportFormat.TEXT,
        lang: Language = Lang.DE,
    ) -> None:
        """Tell what was carried away by AVV key, and the hazardous tonnes of each year against the exemption."""
        from geo_service.outputs.field_account import waste_entries
        from geo_service.outputs.field_json import waste_json
        from geo_service.outputs.field_text import print_waste
        from geo_service.work.waste_totals import carried_away, hazardous_years

        first, last = _period(from_, until)
        with wiring.opened(workspace) as store:
            entries = waste_entries(store)
        carried, years = carried_away(entries, first or date.min, last or date.max), hazardous_years(entries)
        if as_ is ReportFormat.JSON:
            _print_json(waste_json(carried, years))
        else:
            print_waste(Console(), carried, years, lang.value)


def _alerts(wiring: FieldWiring) -> typer.Typer:
    app = typer.Typer(help="What crews told that a planner must see: list, answer.", no_args_is_help=True)

    @app.command(name="list")
    def list_(workspace: Workspace = DEFAULT_WORKSPACE, as_: As = ReportFormat.TEXT, lang: Language = Lang.DE) -> None:
        """List open alerts: hazardous waste, what was not possible, other finds, acts against a rule."""
        from geo_service.outputs.field_json import alerts_json
        from geo_service.outputs.field_text import print_alerts
        from geo_service.outputs.inbox import inbox

        with wiring.opened(workspace) as store:
            open_ = inbox(store, wiring.today()).alerts
        if as_ is ReportFormat.JSON:
            _print_json(alerts_json(open_))
        else:
            print_alerts(Console(), open_, lang.value)

    @app.command()
    def answer(
        alert: Annotated[int, typer.Argument(help="Number of an alert.")],
        decision: Annotated[
            Decision, typer.Argument(help="seen, go_on (a stopped job), later, urgent, order (further work).")
        ],
        workspace: Workspace = DEFAULT_WORKSPACE,
        note: Annotated[str, typer.Option(help="Why; the crew reads it.")] = "",
        from_: Annotated[str, typer.Option("--from", help="later: not before this day, YYYY-MM-DD.")] = "",
        until: Annotated[str, typer.Option("--until", help="urgent, order: by this day, YYYY-MM-DD.")] = "",
        work: Annotated[str, typer.Option(help="order: code of the catalogue, or words.")] = "",
        minutes: Annotated[int, typer.Option(min=1, max=360, help="order: minutes of work in words.")] = 60,
    ) -> None:
        """Answer an alert, once; every plan made from now on heeds it."""
        from geo_service.actions.answer_alert import Answer, answer_alert

        told = Answer(decision.value, note, _day_or_none(from_), _day_or_none(until), work, minutes)
        with wiring.opened(workspace) as store:
            seen = answer_alert(store, alert, told, author=wiring.author, clock=wiring.clock)
        _say(f"answered: {seen.text_en}: {seen.answer}")

    return app


def _conflicts(wiring: FieldWiring) -> typer.Typer:
    app = typer.Typer(help="Two versions of one visit: list, resolve.", no_args_is_help=True)

    @app.command(name="list")
    def list_(workspace: Workspace = DEFAULT_WORKSPACE, as_: As = ReportFormat.TEXT, lang: Language = Lang.DE) -> None:
        """List open conflicts, both versions side by side."""
        from geo_service.outputs.field_json import conflicts_json
        from geo_service.outputs.field_text import print_conflicts
        from geo_service.outputs.inbox import inbox

        with wiring.opened(workspace) as store:
            open_ = inbox(store, wiring.today()).conflicts
        if as_ is ReportFormat.JSON:
            _print_json(conflicts_json(open_))
        else:
            print_conflicts(Console(), open_, lang.value)

    @app.command()
    def resolve(
        conflict: Annotated[int, typer.Argument(help="Number of a conflict.")],
        side: Annotated[Side, typer.Argument(help="desk: what it had stays. phone: the report put aside is taken.")],
        reason: Annotated[str, typer.Option(help="Why.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
    ) -> None:
        """Settle a conflict; both versions stay readable."""
        from geo_service.actions.resolve_conflict import resolve_conflict

        with wiring.opened(workspace) as store:
            settled = resolve_conflict(
                store, conflict, side.value, reason=reason, author=wiring.author, clock=wiring.clock
            )
        _say(f"settled: {settled.visit_id}: {settled.choice}")

    return app


def _standards(wiring: FieldWiring) -> typer.Typer:
    app = typer.Typer(help="Booked minutes against the catalogue: list, accept, set.", no_args_is_help=True)

    @app.command(name="list")
    def list_(
        workspace: Workspace = DEFAULT_WORKSPACE,
        from_: From = "",
        until: Until = "",
        as_: Annotated[StandardsFormat, typer.Option("--as", help="What to make.")] = StandardsFormat.TEXT,
        output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write a figure to.")] = None,
        lang: Language = Lang.DE,
    ) -> None:
        """Tell booked minutes against the standard, with spread and outliers, and what the standard should be."""
        from geo_service.outputs.field_account import field_actuals
        from geo_service.outputs.field_json import standards_json
        from geo_service.outputs.field_text import print_standards

        if as_ is StandardsFormat.PNG and output is None:
            raise InputError("a figure is not for the terminal", remedy="name a file with -o FILE.png")
        with wiring.opened(workspace) as store:
            found, catalogue = field_actuals(store, *_period(from_, until)), store.catalogue()
        if as_ is StandardsFormat.PNG and output is not None:
            from geo_service.outputs.standards_figure import standards_png

            _write(output, standards_png(found, catalogue, lang=lang.value))
            _say(f"wrote {output}")
        elif as_ is StandardsFormat.JSON:
            _print_json(standards_json(found))
        else:
            print_standards(Console(), found, catalogue, lang.value)

    @app.command()
    def accept(
        work: Annotated[str, typer.Argument(help="Code of a work, such as mow_lawn.")],
        reason: Annotated[str, typer.Option(help="Why; the ledger keeps it.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
    ) -> None:
        """Put what is proposed for a work into the catalogue."""
        from geo_service.actions.accept_proposal import accept_proposal
        from geo_service.outputs.field_account import field_actuals

        with wiring.opened(workspace) as store:
            rows = field_actuals(store).rows
            accept_proposal(store, work, rows, reason=reason, author=wiring.author, clock=wiring.clock)
        _say(f"the catalogue has new minutes for {work}")

    @app.command(name="set")
    def set_(
        work: Annotated[str, typer.Argument(help="Code of a work, such as mow_lawn.")],
        fixed: Annotated[float, typer.Option(help="Minutes whatever the area.")],
        reason: Annotated[str, typer.Option(help="Why; the ledger keeps it.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
        rate: Annotated[
            list[str] | None,
            typer.Option(help="LIMIT=MINUTES per m² for a tier, such as 1500=0.06; 'rest' is the last."),
        ] = None,
    ) -> None:
        """Set the minutes of a work by hand; tiers that are not named keep theirs."""
        from geo_service.actions.set_standard import set_standard

        with wiring.opened(workspace) as store:
            set_standard(
                store,
                work,
                minutes_fixed=fixed,
                rates=dict(_rate(text) for text in rate or ()),
                reason=reason,
                author=wiring.author,
                clock=wiring.clock,
            )
        _say(f"the catalogue has new minutes for {work}")

    return app


def _rate(text: str) -> tuple[float, float]:
    limit, equals, minutes = text.partition("=")
    try:
        told = math.inf if limit == "rest" else float(limit), float(minutes)
    except ValueError:
        equals = ""
        told = 0.0, 0.0
    if not equals or not math.isfinite(told[1]):
        raise InputError(f"{text!r} is no rate", remedy="write it as 1500=0.06, or rest=0.025")
    return told


def _period(from_: str, until: str) -> tuple[date | None, date | None]:
    first, last = _day_or_none(from_), _day_or_none(until)
    if first and last and last < first:
        raise InputError(f"{last} lies before {first}", remedy="name the first day with --from")
    return first, last


def _day_or_none(text: str) -> date | None:
    return _day(text) if text else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no date", remedy="write it as YYYY-MM-DD") from None


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"cannot write {path} ({error.strerror})", remedy="choose another file with -o") from error


def _say(text: str) -> None:
    Console(stderr=True).print(text, markup=False, highlight=False, soft_wrap=True)


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
