"""Floor 8: the command `geo-service access calendar`: an address to which calendars subscribe."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from geo_service.base.clock import Clock

if TYPE_CHECKING:
    from geo_service.store.protocol import Store


def add_to(app: typer.Typer, opened: Callable[[Path], AbstractContextManager[Store]], clock: Clock) -> None:
    """Add the command to `geo-service access`."""

    @app.command()
    def calendar(
        crew: Annotated[str, typer.Argument(help="Code of the crew.")],
        link: Annotated[str, typer.Option(help="Address at which calendars reach the desk.")],
        workspace: Annotated[Path, typer.Option("--workspace", "-w", help="Folder of the workspace.")] = Path(
            "workspace"
        ),
        label: Annotated[str, typer.Option(help="Whose calendar it is.")] = "",
        days: Annotated[int, typer.Option(min=1, max=366, help="Days it is valid.")] = 366,
    ) -> None:
        """Print an address to which a calendar subscribes: it shows the plan of one crew and opens nothing else.

        Who has the address reads the calendar, and so does the service that keeps it: access notes, hazards and
        reasons stay out of it.
        """
        from geo_service.api.calendar_keys import calendar_address, open_calendar

        with opened(workspace) as store:
            secret = open_calendar(store, crew, label, clock(), timedelta(days=days))
        typer.echo(calendar_address(link, secret))
        Console(stderr=True).print(
            "take it back with `geo-service access revoke`; `geo-service access list` shows its id",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
