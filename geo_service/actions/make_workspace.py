"""Floor 6: make a workspace: a folder with one database, the default catalogue and four crews."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from geo_service.base.errors import Conflict
from geo_service.store.connection import Connect, connect
from geo_service.store.sqlite import SqliteStore
from geo_service.work.catalogue import read_catalogue
from geo_service.work.crews import read_crews


def make_workspace(
    folder: Path, *, defaults: Path, author: str, at: datetime, connect: Connect = connect
) -> SqliteStore:
    """Make an empty workspace with the catalogue and the crews found in ``defaults``.

    A workspace that was begun and never written to, because the machine stopped, is made whole.

    Raises
    ------
    Conflict
        When the folder already holds a workspace; it stays as it is.
    """
    catalogue, crews = read_catalogue(defaults / "catalogue.json"), read_crews(defaults / "crews.json")
    store = SqliteStore.create(folder, connect)
    try:
        with store.change(author=author, reason="made the workspace", at=at) as tx:
            _require_new(store, folder)
            tx.put_catalogue(catalogue)
            tx.put_crews(crews)
            tx.set_sample(False)
    except BaseException:
        store.close()
        raise
    return store


def _require_new(store: SqliteStore, folder: Path) -> None:
    if store.revision() > 1:  # the change that is open is the first
        raise Conflict(
            f"there is already a workspace in {folder}", remedy="use it, or choose another folder with --workspace"
        )
