"""Floor 8: the command `geo-service access`: who holds a key to the desk, and which phones crews use."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from geo_service import calendar_command
from geo_service.base.clock import Clock
from geo_service.base.errors import NotFound
from geo_service.command_options import DEFAULT_WORKSPACE, Workspace

if TYPE_CHECKING:
    from geo_service.store.protocol import Store


class Role(StrEnum):
    """What a key opens."""

    VIEWER = "viewer"
    CREW = "crew"
    ANALYST = "analyst"
    MODERATOR = "moderator"
    PLANNER = "planner"
    ADMIN = "admin"


def build(opened: Callable[[Path], AbstractContextManager[Store]], clock: Clock) -> typer.Typer:
    """Return the command with its subcommands."""
    app = typer.Typer(help="Keys to the desk: list, add, enrol phones, revoke.", no_args_is_help=True)

    @app.command()
    def add(
        label: Annotated[str, typer.Argument(help="Whom or what it is for, such as 'QGIS in the office'.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
        role: Annotated[Role, typer.Option(help="What it opens.")] = Role.VIEWER,
        crew: Annotated[str, typer.Option(help="Code of the crew, with --role crew.")] = "",
        days: Annotated[int, typer.Option(min=1, max=366, help="Days it is valid.")] = 90,
        link: Annotated[str, typer.Option(help="Address of the desk: make a sign-in link for a browser instead.")] = "",
    ) -> None:
        """Make a key and print it once; use it as Bearer token, or as password with any user name.

        With --link the key becomes a link that signs one browser in, once, within a day.
        """
        from geo_service.api.tokens import mint, require_crew, sign_in_link

        with opened(workspace) as store:
            if crew:
                require_crew(store, crew)
            lifetime = timedelta(days=1 if link else days)
            secret, token = mint(role.value, label, clock(), lifetime, once=bool(link), crew=crew)
            store.put_token(token)
        typer.echo(sign_in_link(link, secret) if link else secret)

    @app.command()
    def enrol(
        crew: Annotated[str, typer.Argument(help="Code of the crew.")],
        link: Annotated[str, typer.Option(help="Address at which the phone reaches the desk.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
        label: Annotated[str, typer.Option(help="Which phone it is.")] = "",
        hours: Annotated[int, typer.Option(min=1, max=168, help="How long the code is good.")] = 24,
        output: Annotated[Path | None, typer.Option("--output", "-o", help="Picture to write, .png or .svg.")] = None,
    ) -> None:
        """Print a code that signs one phone of a crew in, once: it then sees its crew's own days.

        The phone stays signed in for 90 days after it was last used, or until the code is revoked.
        """
        from geo_service.api.qr import qr_lines, require_picture, write_qr
        from geo_service.api.tokens import enrol as enrolled
        from geo_service.api.tokens import sign_in_link

        if output is not None:
            require_picture(output)
        with opened(workspace) as store:
            secret, token = enrolled(store, crew, label, clock(), timedelta(hours=hours))
        address = sign_in_link(link, secret)
        if output is None:
            sys.stdout.write(qr_lines(address))
        else:
            write_qr(address, output)
        typer.echo(address)
        _say(f"good once, for {hours} h; take it back with: geo-service access revoke {token.token_id[:8]}")

    @app.command(name="list")
    def list_(workspace: Workspace = DEFAULT_WORKSPACE) -> None:
        """List the keys and the sessions that links opened; the keys themselves are not kept."""
        from geo_service.api.tokens import state_of

        with opened(workspace) as store:
            tokens = store.tokens()
        table = Table(box=None, padding=(0, 1, 0, 0))
        table.add_column("id", min_width=17)  # as `revoke` wants it
        for name, least in (("role", 9), ("crew", 6), ("label", 9)):
            table.add_column(name, min_width=least, overflow="fold")
        for name, least in (("made", 10), ("expires", 10), ("state", 7)):
            table.add_column(name, min_width=least)
        for token in tokens:
            own, dot, session = token.token_id.partition(".")
            made, expires = token.made_at.date().isoformat(), token.expires_at.date().isoformat()
            told = (token.role, token.crew, token.label, made, expires, state_of(token, clock()))
            table.add_row(f"{own[:8]}{dot}{session}", *told)
        Console().print(table, markup=False)

    @app.command()
    def revoke(
        token_id: Annotated[str, typer.Argument(help="The id that `list` shows.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
    ) -> None:
        """Revoke a key at once; with a link the session that it opened ends, with a code the phone's."""
        with opened(workspace) as store:
            own, dot, session = token_id.partition(".")
            ids = [token.token_id for token in store.tokens()]
            found = [one for one in ids if one.startswith(own) and one.partition(".")[1:] == (dot, session)]
            if len(found) != 1:
                raise NotFound(f"{len(found)} keys have the id {token_id!r}", remedy="see `geo-service access list`")
            store.revoke_token(found[0], clock())

    calendar_command.add_to(app, opened, clock)
    return app


def _say(text: str) -> None:
    Console(stderr=True).print(text, markup=False, highlight=False, soft_wrap=True)
