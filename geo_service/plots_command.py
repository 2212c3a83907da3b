"""Floor 8: the command `geo-service plots`: what of the register the public may see."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from geo_service.base.clock import Clock
from geo_service.command_options import DEFAULT_WORKSPACE, Workspace

if TYPE_CHECKING:
    from geo_service.store.protocol import Store

Code = Annotated[str, typer.Argument(help="Code of a plot.")]
Reason = Annotated[str, typer.Option(help="What it rests on, such as 'objection of 12.11.2026'.")]


def build(opened: Callable[[Path], AbstractContextManager[Store]], clock: Clock, author: str) -> typer.Typer:
    """Return the command with its subcommands."""
    app = typer.Typer(help="What the public may see of plots: withhold, publish.", no_args_is_help=True)

    def say(code: str, workspace: Path, reason: str, *, public: bool) -> None:
        from geo_service.actions.set_publication import set_publication

        with opened(workspace) as store:
            set_publication(store, code, public, reason=reason, author=author, clock=clock)
        told = f"{code} is public" if public else f"{code} is gone from everything public"
        Console(stderr=True).print(told, markup=False, highlight=False)

    @app.command()
    def withhold(code: Code, reason: Reason, workspace: Workspace = DEFAULT_WORKSPACE) -> None:
        """Withhold a plot whose owner objected (BauGB §200(3)): it is gone from everything public at once."""
        say(code, workspace, reason, public=False)

    @app.command()
    def publish(code: Code, reason: Reason, workspace: Workspace = DEFAULT_WORKSPACE) -> None:
        """Publish a plot again."""
        say(code, workspace, reason, public=True)

    return app
