"""Floor 8: the commands `geo-service backup` and `geo-service restore`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from geo_service.base.clock import Clock
from geo_service.base.progress import OnProgress
from geo_service.command_options import DEFAULT_WORKSPACE, Workspace

NewWorkspace = Annotated[Path, typer.Option("--workspace", "-w", help="Folder of the new workspace; it is made.")]


def add_to(app: typer.Typer, bar: Callable[[], AbstractContextManager[OnProgress]], clock: Clock) -> None:
    """Add the commands to the application."""

    @app.command()
    def backup(
        file: Annotated[Path, typer.Argument(help="Backup to write, such as desk-2026-11-26.zip.")],
        workspace: Workspace = DEFAULT_WORKSPACE,
    ) -> None:
        """Write database and photos as of now into one file, while the desk works; keys to the desk are left out."""
        from geo_service.actions.backup import back_up

        with bar() as on_progress:
            made = back_up(workspace, file, at=clock(), on_progress=on_progress)
        _say(f"wrote {file}: change {made.revision}, {made.photos} photos")
        if made.photos_missing:
            _say(f"warning: {len(made.photos_missing)} photos that reports name are not in {workspace / 'photos'}")

    @app.command()
    def restore(
        file: Annotated[Path, typer.Argument(help="Backup to read.")],
        workspace: NewWorkspace,
    ) -> None:
        """Verify a backup and make a new workspace from it."""
        from geo_service.actions.restore import restore as make

        with bar() as on_progress:
            made = make(file, workspace, on_progress=on_progress)
        _say(f"made the workspace {workspace} as of {made.made_at}: change {made.revision}, {made.photos} photos")
        _say(f"keys are made anew: geo-service access add LABEL --workspace {workspace}")


def _say(text: str) -> None:
    Console(stderr=True).print(text, markup=False, highlight=False, soft_wrap=True)
