"""Floor 5: the seam to whatever keeps the data. SQLite implements it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from geo_service.base.progress import Progress
from geo_service.plots.model import Plot, Quarter
from geo_service.schedule.events import Event
from geo_service.store.field import FieldReads, FieldWriting
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
from geo_service.store.records import RecordReads, RecordWriting
from geo_service.streets.network import StreetNetwork
from geo_service.work.model import Catalogue, Crew
from geo_service.work.noise import Rules

BBox = tuple[float, float, float, float]
"""min lon, min lat, max lon, max lat, degrees."""


class Writing(FieldWriting, RecordWriting, Protocol):
    """An open transaction: everything or nothing. Made by `Store.change`."""

    def set_plan_crs(self, epsg: int) -> None:
        """Decide the plan CRS; only while no geometry is kept."""
        ...

    def set_sample(self, sample: bool) -> None:
        """Say whether the workspace holds the schematic sample."""
        ...

    def put_quarters(self, quarters: Iterable[Quarter]) -> None:
        """Replace all quarters."""
        ...

    def put_plots(self, plots: Iterable[Plot]) -> None:
        """Insert plots or replace those with the same ``plot_id``."""
        ...

    def drop_plots(self, plot_ids: Iterable[str]) -> None:
        """Remove plots with their history, their visits done and their exceptions."""
        ...

    def clear(self) -> None:
        """Remove everything that belongs to a place, plans and records too; crews and catalogue stay."""
        ...

    def put_streets(self, network: StreetNetwork) -> None:
        """Replace the street network."""
        ...

    def put_landscape(self, geojson: bytes) -> None:
        """Replace the parks, waters and railways behind the map: GeoJSON in degrees."""
        ...

    def put_places(self, places: Iterable[Place]) -> None:
        """Insert or replace places by code."""
        ...

    def put_crews(self, crews: Iterable[Crew]) -> None:
        """Replace all crews."""
        ...

    def put_catalogue(self, catalogue: Catalogue) -> None:
        """Replace the catalogue of work."""
        ...

    def put_plan(self, plan: Plan, in_force: bool = True) -> None:
        """Keep a checked plan, and put it in force unless it is a draft."""
        ...

    def put_in_force(self, plan_id: str) -> None:
        """Put a plan in force that is kept already."""
        ...

    def put_moves(self, moves: Iterable[Move]) -> None:
        """Keep what a plan moved; the versions of these visits rise."""
        ...

    def put_lock(self, lock: VisitLock) -> None:
        """Keep a visit on its crew-day, or replace its lock."""
        ...

    def drop_locks(self, visit_ids: Iterable[str]) -> None:
        """Lift locks."""
        ...

    def put_event(self, event: Event, *, author: str, at: datetime) -> None:
        """Let an event hold for all plans that are made from now on."""
        ...

    def drop_event(self, event_id: int) -> None:
        """Withdraw an event."""
        ...

    def put_exception(self, kept: KeptException) -> None:
        """Keep an exception to the cutting ban, or replace the one for the same work on the same plot."""
        ...

    def drop_exception(self, plot_id: str, work: str) -> None:
        """Take an exception to the cutting ban back."""
        ...

    def set_rules(self, rules: Rules) -> None:
        """Say which rules hold beside federal law."""
        ...

    def record_visit(self, done: VisitDone) -> None:
        """Note that a visit was done, or correct the note; `record_done` tells that the whole work was."""
        ...

    def record_done(self, plot_id: str, work: str, done_on: date) -> None:
        """Note that work was done on a plot."""
        ...

    def restate_done(self, plot_id: str, work: str, done_on: date | None) -> None:
        """Say anew when work was last done on the whole of a plot, or that it never was; records of visits stay."""
        ...


class Store(FieldReads, RecordReads, Protocol):
    """Reads, and opens transactions. Geometry comes back in the plan CRS."""

    def change(self, *, author: str, reason: str, at: datetime) -> AbstractContextManager[Writing]:
        """Open a transaction; it rolls back when the block raises, and the ledger tells author, reason and time."""
        ...

    def close(self) -> None:
        """Release the workspace."""
        ...

    def revision(self) -> int:
        """Count of committed transactions: changes whenever any data changes."""
        ...

    def plan_crs(self) -> int | None:
        """EPSG code of the plan CRS, None until the first import decides it."""
        ...

    def is_sample(self) -> bool:
        """Whether the workspace still holds the schematic sample data."""
        ...

    def plots(
        self,
        *,
        bbox: BBox | None = None,
        public_only: bool = False,
        ids: Collection[str] | None = None,
        after: str = "",
        limit: int | None = None,
    ) -> list[Plot]:
        """All plots in order of code; ``bbox`` in degrees.

        ``ids``: only those with these ``plot_id``; ``after``: only those with a code beyond it; ``limit``: at most so
        many. The last two read many plots part by part.
        """
        ...

    def plot(self, code: str) -> Plot | None:
        """One plot by code."""
        ...

    def quarters(self) -> list[Quarter]:
        """All quarters in order of key."""
        ...

    def streets(self) -> StreetNetwork | None:
        """The street network, None until it is imported."""
        ...

    def street_licence(self) -> str:
        """Licence and attribution of the street network; empty without one."""
        ...

    def landscape(self) -> bytes | None:
        """Parks, waters and railways behind the map as GeoJSON in degrees, or None."""
        ...

    def places(self) -> list[Place]:
        """All places in order of code."""
        ...

    def crews(self) -> list[Crew]:
        """All crews in order of code."""
        ...

    def catalogue(self) -> Catalogue:
        """The catalogue of work."""
        ...

    def last_done(self) -> dict[tuple[str, str], date]:
        """Day of the last visit by (plot_id, work)."""
        ...

    def plan(self, plan_id: str | None = None) -> Plan | None:
        """One plan by id, or the one in force."""
        ...

    def plans(self) -> list[Plan]:
        """All plans, newest first, without routes and lines."""
        ...

    def plan_in_force(self) -> str | None:
        """Id of the plan in force."""
        ...

    def moves(self, plan_id: str | None = None) -> list[Move]:
        """What a plan moved, or all moves, the newest first."""
        ...

    def locks(self) -> list[VisitLock]:
        """All locks in order of visit."""
        ...

    def visits_done(self) -> list[VisitDone]:
        """All visits that were noted as done, in order of day and visit."""
        ...

    def events(self) -> list[KeptEvent]:
        """The events that hold, the oldest first."""
        ...

    def exceptions(self) -> list[KeptException]:
        """The exceptions to the cutting ban in order of plot and work."""
        ...

    def rules(self) -> Rules:
        """Which rules hold beside federal law."""
        ...

    def ledger(self, limit: int = 100) -> list[Change]:
        """The newest changes first."""
        ...

    def last_changes(self, what: str) -> dict[str, Change]:
        """The newest change of each thing of a kind (``"plan"``, ``"plot"``, ``"lock"`` ...) by its key."""
        ...

    def newest_changes(self) -> dict[str, int]:
        """The newest revision in which a thing of each kind changed."""
        ...

    def changed_since(self, revision: int, *, most: int = 10_000) -> list[Changed] | None:
        """What changed in later revisions, the newest first; None when it is more than ``most``."""
        ...

    def put_run(self, run: Run) -> None:
        """Note a planning run that was asked for."""
        ...

    def move_run(
        self, run_id: str, status: RunStatus, progress: Progress | None = None, error: dict[str, str] | None = None
    ) -> None:
        """Tell how a run stands. Not in the ledger."""
        ...

    def cancel_run(self, run_id: str) -> None:
        """Ask a run to stop; the run itself notices."""
        ...

    def run(self, run_id: str) -> Run | None:
        """One planning run."""
        ...

    def runs(self) -> list[Run]:
        """All planning runs, newest first."""
        ...

    def put_token(self, token: Token) -> None:
        """Keep a token or replace it by ``token_id``."""
        ...

    def token(self, sha256: str) -> Token | None:
        """One token by the hash of its secret."""
        ...

    def tokens(self) -> list[Token]:
        """All tokens, newest first."""
        ...

    def use_token_once(self, token_id: str, at: datetime) -> bool:
        """Mark a one-time token as used; False when it was used before."""
        ...

    def revoke_token(self, token_id: str, at: datetime) -> bool:
        """Revoke a token and the sessions that it opened; False when there is none that still could open anything."""
        ...

    def prolong_token(self, token_id: str, expires_at: datetime) -> bool:
        """Move the end of a token, unless it was revoked meanwhile."""
        ...
