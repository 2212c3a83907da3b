"""Floor 5: the default store: one SQLite file in a workspace folder, WAL, every commit on disk before it is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Self

import orjson

from geo_service.base.errors import NotReady, StoreError
from geo_service.base.progress import Progress
from geo_service.plots.model import Plot, Quarter
from geo_service.store.connection import Connect, Connections, connect, in_house_words
from geo_service.store.model import (
    Change,
    Changed,
    KeptEvent,
    KeptException,
    Move,
    Place,
    Plan,
    Run,
    RunStatus,
    Token,
    VisitDone,
    VisitLock,
)
from geo_service.store.protocol import BBox
from geo_service.store.rows import (
    change_of,
    event_of,
    exception_of,
    lock_of,
    move_of,
    place_of,
    plan_of,
    plots_of,
    quarter_of,
    run_of,
    token_of,
    utc_text,
    visit_done_of,
)
from geo_service.store.schema import migrate
from geo_service.store.sqlite_field import SqliteFieldReads
from geo_service.store.sqlite_records import SqliteRecordReads
from geo_service.store.writing import SqliteWriting
from geo_service.streets.network import StreetNetwork
from geo_service.work.catalogue import catalogue_from_json
from geo_service.work.crews import crews_from_json
from geo_service.work.model import Catalogue, Crew
from geo_service.work.noise import STRICT, Rules

FILE_NAME = "desk.sqlite"


class SqliteStore(SqliteFieldReads, SqliteRecordReads):
    """Implements `geo_service.store.protocol.Store`. Safe to share between threads; open one per process."""

    def __init__(self, path: Path, connect: Connect = connect) -> None:
        self._path = path
        self._connections = Connections(path, connect)

    @classmethod
    def create(cls, workspace: Path, connect: Connect = connect) -> Self:
        """Make the workspace folder and its database, or bring an existing one to the newest schema.

        Raises
        ------
        StoreError
            When the folder cannot be made: a file is in its place, or writing there is not allowed.
        """
        try:
            workspace.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the workspace {workspace} cannot be made ({error.strerror})",
                remedy="choose another folder, or check the permissions",
            ) from error
        store = cls(workspace / FILE_NAME, connect)
        try:
            with in_house_words(store._path):
                migrate(store._connections.get())
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def open(cls, workspace: Path, connect: Connect = connect) -> Self:
        """Open an existing workspace.

        Raises
        ------
        NotReady
            When there is none in the folder.
        SchemaTooNew
            When a newer version of this program wrote it.
        """
        if not (workspace / FILE_NAME).is_file():
            raise NotReady(
                f"no workspace in {workspace}", remedy=f"make one with `geo-service init --workspace {workspace}`"
            )
        return cls.create(workspace, connect)

    def close(self) -> None:
        """Release the workspace."""
        self._connections.close()

    @contextmanager
    def change(self, *, author: str, reason: str, at: datetime) -> Iterator[SqliteWriting]:
        """Open a transaction; it rolls back when the block raises, and the ledger tells author, reason and time."""
        with in_house_words(self._path), self._connections.transaction() as db:
            revision = db.execute(
                "INSERT INTO revision (at, author, reason) VALUES (?, ?, ?)", (utc_text(at), author, reason)
            ).lastrowid
            yield SqliteWriting(db, revision or 0)

    def _rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with in_house_words(self._path):
            return self._connections.get().execute(sql, values).fetchall()

    def _write(self, sql: str, *values: object) -> int:
        """Write one row outside the ledger; return how many rows changed."""
        with in_house_words(self._path):
            return self._connections.get().execute(sql, values).rowcount

    def _setting(self, name: str) -> str | None:
        rows = self._rows("SELECT value FROM setting WHERE name = ?", name)
        return rows[0]["value"] if rows else None

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """Let several reads see one state of the data."""
        with in_house_words(self._path):
            if self._connections.get().in_transaction:
                yield
            else:
                with self._connections.transaction("BEGIN"):
                    yield

    def revision(self) -> int:
        """Count of committed transactions: changes whenever any data changes."""
        return int(self._rows("SELECT coalesce(max(revision), 0) AS newest FROM revision")[0]["newest"])

    def plan_crs(self) -> int | None:
        """EPSG code of the plan CRS, None until the first import decides it."""
        value = self._setting("plan_crs")
        return None if value is None else int(value)

    def is_sample(self) -> bool:
        """Whether the workspace still holds the schematic sample data."""
        return self._setting("sample") == "1"

    def plots(
        self,
        *,
        bbox: BBox | None = None,
        public_only: bool = False,
        ids: Collection[str] | None = None,
        after: str = "",
        limit: int | None = None,
    ) -> list[Plot]:
        """All plots in order of code; ``bbox`` in degrees, tested against the plots' own boxes."""
        where = ["(public = 1 OR ? = 0)", "code > ?"]
        values: list[float | str] = [int(public_only), after]
        if ids is not None:
            where.append("plot_id IN (SELECT value FROM json_each(?))")
            values.append(orjson.dumps(list(ids)).decode())
        if bbox is not None:
            touching = "max_lon >= ? AND min_lon <= ? AND max_lat >= ? AND min_lat <= ?"
            where.append(f"seq IN (SELECT seq FROM plot_box WHERE {touching})")  # noqa: S608
            values += [bbox[0], bbox[2], bbox[1], bbox[3]]
        values.append(-1 if limit is None else limit)
        wanted = f"FROM plot WHERE {' AND '.join(where)} ORDER BY code LIMIT ?"
        with self._snapshot():
            rows = self._rows(f"SELECT * {wanted}", *values)
            history = self._rows(
                f"SELECT * FROM plot_history WHERE plot_id IN (SELECT plot_id {wanted}) ORDER BY plot_id, position",  # noqa: S608
                *values,
            )
        return plots_of(rows, history)

    def plot(self, code: str) -> Plot | None:
        """One plot by code."""
        with self._snapshot():
            rows = self._rows("SELECT * FROM plot WHERE code = ?", code)
            history = (
                self._rows("SELECT * FROM plot_history WHERE plot_id = ? ORDER BY position", rows[0]["plot_id"])
                if rows
                else []
            )
        found = plots_of(rows, history)
        return found[0] if found else None

    def quarters(self) -> list[Quarter]:
        """All quarters in order of key."""
        return [quarter_of(row) for row in self._rows("SELECT * FROM quarter ORDER BY key")]

    def streets(self) -> StreetNetwork | None:
        """The street network, None until it is imported."""
        rows = self._rows("SELECT arrays FROM street_network")
        return StreetNetwork.from_bytes(rows[0]["arrays"]) if rows else None

    def street_licence(self) -> str:
        """Licence and attribution of the street network; empty without one."""
        rows = self._rows("SELECT licence FROM street_network")
        return rows[0]["licence"] if rows else ""

    def landscape(self) -> bytes | None:
        """Parks, waters and railways behind the map as GeoJSON in degrees, or None."""
        rows = self._rows("SELECT geojson FROM landscape")
        return bytes(rows[0]["geojson"]) if rows else None

    def places(self) -> list[Place]:
        """All places in order of code."""
        return [place_of(row) for row in self._rows("SELECT * FROM place ORDER BY code")]

    def crews(self) -> list[Crew]:
        """All crews in order of code."""
        rows = self._rows("SELECT document FROM crew ORDER BY code")
        return [crew for row in rows for crew in crews_from_json(orjson.loads(row["document"]))]

    def catalogue(self) -> Catalogue:
        """The catalogue of work."""
        rows = self._rows("SELECT document FROM catalogue")
        return catalogue_from_json(orjson.loads(rows[0]["document"])) if rows else Catalogue({}, {})

    def last_done(self) -> dict[tuple[str, str], date]:
        """Day of the last visit by (plot_id, work)."""
        rows = self._rows("SELECT plot_id, work, max(done_on) AS done_on FROM visit_done GROUP BY plot_id, work")
        return {(row["plot_id"], row["work"]): date.fromisoformat(row["done_on"]) for row in rows}

    def plan(self, plan_id: str | None = None) -> Plan | None:
        """One plan by id, or the one in force."""
        with self._snapshot():
            rows = (
                self._rows("SELECT * FROM plan WHERE in_force = 1")
                if plan_id is None
                else self._rows("SELECT * FROM plan WHERE plan_id = ?", plan_id)
            )
            if not rows:
                return None
            found = rows[0]["plan_id"]
            routes = self._rows("SELECT * FROM plan_route WHERE plan_id = ? ORDER BY on_date, crew", found)
            unserved = self._rows("SELECT * FROM plan_unserved WHERE plan_id = ? ORDER BY rowid", found)
        return plan_of(rows[0], routes, unserved)

    def plans(self) -> list[Plan]:
        """All plans, newest first, without routes and lines."""
        return [plan_of(row) for row in self._rows("SELECT * FROM plan ORDER BY made_at DESC, rowid DESC")]

    def plan_in_force(self) -> str | None:
        """Id of the plan in force."""
        rows = self._rows("SELECT plan_id FROM plan WHERE in_force = 1")
        return rows[0]["plan_id"] if rows else None

    def moves(self, plan_id: str | None = None) -> list[Move]:
        """What a plan moved, or all moves, the newest first."""
        where, values = ("", ()) if plan_id is None else ("WHERE plan_id = ?", (plan_id,))
        rows = self._rows(f"SELECT * FROM plan_move {where} ORDER BY at DESC, old_on, visit_id", *values)  # noqa: S608
        return [move_of(row) for row in rows]

    def locks(self) -> list[VisitLock]:
        """All locks in order of visit."""
        return [lock_of(row) for row in self._rows("SELECT * FROM visit_lock ORDER BY visit_id")]

    def visits_done(self) -> list[VisitDone]:
        """All visits that were noted as done, in order of day and visit."""
        return [visit_done_of(row) for row in self._rows("SELECT * FROM visit_record ORDER BY done_on, visit_id")]

    def events(self) -> list[KeptEvent]:
        """The events that hold, the oldest first."""
        return [event_of(row) for row in self._rows("SELECT * FROM event ORDER BY event_id")]

    def exceptions(self) -> list[KeptException]:
        """The exceptions to the cutting ban in order of plot and work."""
        return [exception_of(row) for row in self._rows("SELECT * FROM cutting_exception ORDER BY plot_id, work")]

    def rules(self) -> Rules:
        """Which rules hold beside federal law."""
        noise, exempt = self._setting("leipzig_noise"), self._setting("municipal_exempt")
        return Rules(
            leipzig_noise=STRICT.leipzig_noise if noise is None else noise == "1",
            municipal_exempt=STRICT.municipal_exempt if exempt is None else exempt == "1",
        )

    def ledger(self, limit: int = 100) -> list[Change]:
        """The newest changes first."""
        rows = self._rows(
            "SELECT * FROM change JOIN revision USING (revision) ORDER BY revision DESC, change.rowid DESC LIMIT ?",
            limit,
        )
        return [change_of(row) for row in rows]

    def last_changes(self, what: str) -> dict[str, Change]:
        """The newest change of each thing of a kind (``"plan"``, ``"plot"``, ``"lock"`` ...) by its key."""
        rows = self._rows(
            "WITH newest AS (SELECT what, key, max(revision) AS revision FROM change WHERE what = ? GROUP BY key) "
            "SELECT * FROM newest JOIN revision USING (revision)",
            what,
        )
        return {row["key"]: change_of(row) for row in rows}

    def newest_changes(self) -> dict[str, int]:
        """The newest revision in which a thing of each kind changed."""
        rows = self._rows("SELECT what, max(revision) AS newest FROM change GROUP BY what")
        return {row["what"]: row["newest"] for row in rows}

    def changed_since(self, revision: int, *, most: int = 10_000) -> list[Changed] | None:
        """What changed in later revisions, the newest first; None when it is more than ``most``."""
        found: list[Changed] = []
        with in_house_words(self._path):
            # rows are only ever added, in order of revision: the newest stand last, whatever else the table holds
            rows = self._connections.get().execute("SELECT revision, what, key FROM change ORDER BY rowid DESC")
            with closing(rows):
                for row in rows:
                    if row["revision"] <= revision:
                        break
                    if len(found) == most:
                        return None
                    found.append(Changed(row["revision"], row["what"], row["key"]))
        return found

    def put_run(self, run: Run) -> None:
        """Note a planning run that was asked for."""
        self._write(
            "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            run.run_id,
            run.status.value,
            utc_text(run.asked_at),
            run.author,
            orjson.dumps(run.request).decode(),
            run.stage,
            run.done,
            run.total,
            run.note,
            int(run.cancel_asked),
            orjson.dumps(run.error).decode(),
        )

    def move_run(
        self, run_id: str, status: RunStatus, progress: Progress | None = None, error: dict[str, str] | None = None
    ) -> None:
        """Tell how a run stands. Not in the ledger."""
        said = (status.value, orjson.dumps(error or {}).decode())
        if progress is None:
            self._write("UPDATE run SET status = ?, error = ? WHERE run_id = ?", *said, run_id)
        else:
            self._write(
                "UPDATE run SET status = ?, error = ?, stage = ?, done = ?, total = ?, note = ? WHERE run_id = ?",
                *said,
                progress.stage,
                progress.done,
                progress.total,
                progress.note,
                run_id,
            )

    def cancel_run(self, run_id: str) -> None:
        """Ask a run to stop; the run itself notices."""
        self._write("UPDATE run SET cancel_asked = 1 WHERE run_id = ?", run_id)

    def run(self, run_id: str) -> Run | None:
        """One planning run."""
        rows = self._rows("SELECT * FROM run WHERE run_id = ?", run_id)
        return run_of(rows[0]) if rows else None

    def runs(self) -> list[Run]:
        """All planning runs, newest first."""
        return [run_of(row) for row in self._rows("SELECT * FROM run ORDER BY asked_at DESC, rowid DESC")]

    def put_token(self, token: Token) -> None:
        """Keep a token or replace it by ``token_id``."""
        self._write(
            "INSERT OR REPLACE INTO token VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            token.token_id,
            token.sha256,
            token.role,
            token.label,
            utc_text(token.made_at),
            utc_text(token.expires_at),
            None if token.revoked_at is None else utc_text(token.revoked_at),
            int(token.once),
            None if token.used_at is None else utc_text(token.used_at),
            token.crew,
            token.subject,
        )

    def token(self, sha256: str) -> Token | None:
        """One token by the hash of its secret."""
        rows = self._rows("SELECT * FROM token WHERE sha256 = ?", sha256)
        return token_of(rows[0]) if rows else None

    def tokens(self) -> list[Token]:
        """All tokens, newest first."""
        return [token_of(row) for row in self._rows("SELECT * FROM token ORDER BY made_at DESC, rowid DESC")]

    def use_token_once(self, token_id: str, at: datetime) -> bool:
        """Mark a one-time token as used; False when it was used before."""
        changed = self._write(
            "UPDATE token SET used_at = ? WHERE token_id = ? AND used_at IS NULL", utc_text(at), token_id
        )
        return changed == 1

    def revoke_token(self, token_id: str, at: datetime) -> bool:
        """Revoke a token and the sessions that it opened; False when there is none that still could open anything."""
        changed = self._write(
            "UPDATE token SET revoked_at = ? WHERE revoked_at IS NULL AND (token_id = ? OR substr(token_id, 1, ?) = ?)",
            *(utc_text(at), token_id, len(token_id) + 1, f"{token_id}."),
        )
        return changed > 0

    def prolong_token(self, token_id: str, expires_at: datetime) -> bool:
        """Move the end of a token, unless it was revoked meanwhile."""
        changed = self._write(
            "UPDATE token SET expires_at = ? WHERE token_id = ? AND revoked_at IS NULL", utc_text(expires_at), token_id
        )
        return changed == 1
