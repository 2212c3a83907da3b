"""Floor 8: the commands `geo-service exception` and `geo-service rules`: what the law allows here, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from geo_service.base.clock import Clock
from geo_service.command_options import DEFAULT_WORKSPACE, Workspace

if TYPE_CHECKING:
    from geo_service.store.protocol import Store

Plot = Annotated[str, typer.Argument(help="Code of a plot.")]
Work = Annotated[str, typer.Argument(help="Code of a work, such as coppice_hedge.")]


class Ground(StrEnum):
    """Grounds of an exception after BNatSchG §39(5)."""

    ORDERED = "ordered"
    PUBLIC_INTEREST = "public_interest"
    TRAFFIC_SAFETY = "traffic_safety"
    PERMITTED_BUILDING = "permitted_building"


def add_to(
    app: typer.Typer, opened: Callable[[Path], AbstractContextManager[Store]], clock: Clock, author: str
) -> None:
    """Add the commands to the application."""
    app.add_typer(_exceptions(opened, clock, author), name="exception")

    @app.command()
    def rules(
        workspace: Workspace = DEFAULT_WORKSPACE,
        leipzig_noise: Annotated[
            bool | None, typer.Option(help="Hours for motor garden tools after PolVO Leipzig §17.")
        ] = None,
        municipal_exempt: Annotated[bool | None, typer.Option(help="The city's own crews are exempt from it.")] = None,
    ) -> None:
        """Tell which rules hold beside federal law, and change them: another city has other hours."""
        with opened(workspace) as store:
            now = store.rules()
            told = {"leipzig_noise": leipzig_noise, "municipal_exempt": municipal_exempt}
            wanted = replace(now, **{name: value for name, value in told.items() if value is not None})
            if wanted != now:
                with store.change(author=author, reason="changed the rules", at=clock()) as tx:
                    tx.set_rules(wanted)
        for name in told:
            typer.echo(f"{name.replace('_', '-')}: {'yes' if getattr(wanted, name) else 'no'}")


def _exceptions(opened: Callable[[Path], AbstractContextManager[Store]], clock: Clock, author: str) -> typer.Typer:
    app = typer.Typer(help="Exceptions to the cutting ban (BNatSchG §39(5)): add, list, remove.", no_args_is_help=True)

    @app.command()
    def add(
        plot: Plot,
        work: Work,
        code: Annotated[Ground, typer.Option(help="Ground of the exception.")],
        evidence: Annotated[str, typer.Option(help="The order, permit or report it rests on.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
    ) -> None:
        """Let a work be planned in the time of the ban on a plot."""
        from geo_service.actions.give_exception import give_exception
        from geo_service.work.cutting import ExceptionCode

        with opened(workspace) as store:
            give_exception(store, plot, work, ExceptionCode(code.value), evidence, author=author, clock=clock)
        Console(stderr=True).print(f"{work} may be planned on {plot} all year: {code.value}", markup=False)

    @app.command(name="list")
    def list_(workspace: Workspace = DEFAULT_WORKSPACE) -> None:
        """List the exceptions."""
        with opened(workspace) as store:
            codes = {plot.plot_id: plot.code for plot in store.plots()}
            kept = store.exceptions()
        table = Table("plot", "work", "code", "evidence", "by", "since", box=None)
        for one in kept:
            given = one.exception
            told = (given.code.value, given.evidence, one.author, one.at.date().isoformat())
            table.add_row(codes.get(one.plot_id, one.plot_id), one.work, *told)
        Console().print(table, markup=False)

    @app.command()
    def remove(plot: Plot, work: Work, workspace: Workspace = DEFAULT_WORKSPACE) -> None:
        """Take an exception back."""
        from geo_service.actions.give_exception import take_exception_back

        with opened(workspace) as store:
            take_exception_back(store, plot, work, author=author, clock=clock)
        Console(stderr=True).print(f"{work} on {plot} keeps to the ban again", markup=False)

    return app
