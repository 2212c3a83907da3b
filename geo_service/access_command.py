"""Floor 8: the command `geo-service access`: who holds a key to the desk."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from geo_service.base.clock import Clock
from geo_service.base.errors import NotFound

if TYPE_CHECKING:
    from geo_service.store.protocol import Store

Workspace = Annotated[Path, typer.Option("--workspace", "-w", help="Folder of the workspace.")]


class Role(StrEnum):
    """What a key opens."""

    PLANNER = "planner"
    VIEWER = "viewer"


def build(opened: Callable[[Path], AbstractContextManager[Store]], clock: Clock) -> typer.Typer:
    """Return the command with its subcommands."""
    app = typer.Typer(help="Keys to the desk: list, add, revoke.", no_args_is_help=True)

    @app.command()
    def add(
        label: Annotated[str, typer.Argument(help="Whom or what it is for, such as 'QGIS in the office'.")],
        workspace: Workspace = Path("workspace"),
        role: Annotated[Role, typer.Option(help="What it opens.")] = Role.VIEWER,
        days: Annotated[int, typer.Option(min=1, max=366, help="Days it is valid.")] = 90,
        link: Annotated[str, typer.Option(help="Address of the desk: make a sign-in link for a browser instead.")] = "",
    ) -> None:
        """Make a key and print it once; use it as Bearer token, or as password with any user name.

        With --link the key becomes a link that signs one browser in, once, within a day: for a crew's phone.
        """
        from geo_service.api.tokens import mint

        with opened(workspace) as store:
            lifetime = timedelta(days=1 if link else days)
            secret, token = mint(role.value, label, clock(), lifetime, once=bool(link))
            store.put_token(token)
        typer.echo(f"{link.rstrip('/')}/sign-in?token={secret}" if link else secret)

    @app.command(name="list")
    def list_(workspace: Workspace = Path("workspace")) -> None:
        """List the keys; the keys themselves are not kept."""
        with opened(workspace) as store:
            tokens = store.tokens()
        table = Table("id", "role", "label", "made", "expires", "revoked", box=None)
        for token in tokens:
            revoked = token.revoked_at.date().isoformat() if token.revoked_at else ""
            made, expires = token.made_at.date().isoformat(), token.expires_at.date().isoformat()
            table.add_row(token.token_id[:8], token.role, token.label, made, expires, revoked)
        Console().print(table, markup=False)

    @app.command()
    def revoke(
        token_id: Annotated[str, typer.Argument(help="The id that `list` shows.")],
        workspace: Workspace = Path("workspace"),
    ) -> None:
        """Revoke a key at once."""
        with opened(workspace) as store:
            found = [token for token in store.tokens() if token.token_id.startswith(token_id)]
            if len(found) != 1:
                raise NotFound(f"{len(found)} keys have the id {token_id!r}", remedy="see `geo-service access list`")
            store.put_token(replace(found[0], revoked_at=clock()))

    return app
