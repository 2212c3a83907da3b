"""Floor 8: the command `geo-service season`: the weeks of a whole season, as text, JSON or a figure."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from geo_service.base.clock import BERLIN, Clock
from geo_service.base.errors import InputError
from geo_service.base.progress import OnProgress
from geo_service.command_options import DEFAULT_WORKSPACE, Lang, Workspace

if TYPE_CHECKING:
    from geo_service.store.protocol import Store


class SeasonFormat(StrEnum):
    """How a season is told."""

    TEXT = "text"
    JSON = "json"
    PNG = "png"


def add_to(
    app: typer.Typer,
    opened: Callable[[Path], AbstractContextManager[Store]],
    bar: Callable[[], AbstractContextManager[OnProgress]],
    clock: Clock,
) -> None:
    """Add the command to the application."""

    @app.command()
    def season(
        workspace: Workspace = DEFAULT_WORKSPACE,
        from_: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD or 'today'.")] = "today",
        weeks: Annotated[int, typer.Option(help="Weeks to plan.")] = 52,
        seconds: Annotated[
            float | None, typer.Option(help="Seconds to search; by default as the work asks for, repeatable.")
        ] = None,
        seed: Annotated[int, typer.Option(help="Seed of the search.")] = 1,
        reserve: Annotated[
            float | None, typer.Option(help="Share of each week kept free for bad weather; by default a tenth.")
        ] = None,
        as_: Annotated[SeasonFormat, typer.Option("--as", help="What to make.")] = SeasonFormat.TEXT,
        output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")] = None,
        lang: Annotated[Lang, typer.Option("--lang", help="Language of the text and the figure.")] = Lang.DE,
    ) -> None:
        """Propose the weeks of all work over a season: law, capacity and weather reserve kept. Nothing is stored."""
        from geo_service.actions.plan_season import SeasonRequest, plan_season
        from geo_service.outputs.season_text import print_season, season_json
        from geo_service.schedule.season.demand import SeasonRules

        if as_ is SeasonFormat.PNG and output is None:
            raise InputError("a figure is not for the terminal", remedy="name a file with -o FILE.png")
        rules = SeasonRules() if reserve is None else SeasonRules(reserve=reserve)
        request = SeasonRequest(_day(from_, clock), weeks, seconds, seed=seed, rules=rules)
        with opened(workspace) as store:
            with bar() as on_progress:
                plan = plan_season(store, request, on_progress=on_progress)
            catalogue = store.catalogue()
        if as_ is SeasonFormat.PNG and output is not None:
            from geo_service.outputs.season_figure import season_png

            _write(output, season_png(plan, lang=lang.value))
        elif as_ is SeasonFormat.JSON:
            text = json.dumps(season_json(plan), ensure_ascii=False, indent=1) + "\n"
            if output is None:
                sys.stdout.write(text)
            else:
                _write(output, text.encode())
        elif output is None:
            print_season(Console(), plan, lang.value, catalogue=catalogue)
        else:
            told = io.StringIO()
            print_season(Console(file=told, width=120), plan, lang.value, catalogue=catalogue)
            _write(output, told.getvalue().encode())


def _day(text: str, clock: Clock) -> date:
    if text in ("today", "heute"):
        return clock().astimezone(BERLIN).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no date", remedy="write it as YYYY-MM-DD, or 'today'") from None


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"cannot write {path} ({error.strerror})", remedy="choose another file with -o") from error
