"""Floor 5: the tables of the SQLite workspace, as numbered migrations; a migration happens whole or not at all."""

from __future__ import annotations

import sqlite3

from geo_service.base.errors import SchemaTooNew

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE setting (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE revision (
            revision INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            author TEXT NOT NULL,
            reason TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE change (
            revision INTEGER NOT NULL REFERENCES revision,
            what TEXT NOT NULL,
            key TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX change_by_key ON change (what, key, revision)",
        """CREATE TABLE quarter (
            key TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            short TEXT NOT NULL UNIQUE,
            quarter_group TEXT NOT NULL,
            geometry BLOB NOT NULL,
            epsg INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE plot (
            seq INTEGER PRIMARY KEY,
            plot_id TEXT NOT NULL UNIQUE,
            code TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            address TEXT NOT NULL,
            quarter TEXT NOT NULL,
            state TEXT NOT NULL,
            owner_kind TEXT NOT NULL,
            tenure_kind TEXT NOT NULL,
            tenure_from TEXT,
            tenure_until TEXT,
            baunvo TEXT NOT NULL,
            contamination TEXT NOT NULL,
            parcels TEXT NOT NULL,
            care_areas TEXT NOT NULL,
            access BLOB,
            access_note TEXT NOT NULL,
            hazard_note TEXT NOT NULL,
            public INTEGER NOT NULL,
            source TEXT NOT NULL,
            source_id TEXT NOT NULL,
            area_m2 REAL NOT NULL,
            geometry BLOB NOT NULL,
            epsg INTEGER NOT NULL
        ) STRICT""",
        "CREATE VIRTUAL TABLE plot_box USING rtree (seq, min_lon, max_lon, min_lat, max_lat)",
        """CREATE TABLE plot_history (
            plot_id TEXT NOT NULL REFERENCES plot (plot_id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            state TEXT NOT NULL,
            at TEXT NOT NULL,
            author TEXT NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (plot_id, position)
        ) STRICT""",
        """CREATE TABLE street_network (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            licence TEXT NOT NULL,
            arrays BLOB NOT NULL
        ) STRICT""",
        """CREATE TABLE landscape (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            geojson BLOB NOT NULL
        ) STRICT""",
        """CREATE TABLE place (
            code TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            address TEXT NOT NULL,
            lon REAL NOT NULL,
            lat REAL NOT NULL
        ) STRICT""",
        "CREATE TABLE crew (code TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT",
        "CREATE TABLE catalogue (id INTEGER PRIMARY KEY CHECK (id = 1), document TEXT NOT NULL) STRICT",
        """CREATE TABLE visit_done (
            plot_id TEXT NOT NULL REFERENCES plot (plot_id) ON DELETE CASCADE,
            work TEXT NOT NULL,
            done_on TEXT NOT NULL,
            PRIMARY KEY (plot_id, work, done_on)
        ) STRICT""",
        """CREATE TABLE plan (
            plan_id TEXT PRIMARY KEY,
            made_at TEXT NOT NULL,
            author TEXT NOT NULL,
            from_on TEXT NOT NULL,
            days TEXT NOT NULL,
            seed INTEGER NOT NULL,
            figures TEXT NOT NULL,
            notes TEXT NOT NULL,
            warnings TEXT NOT NULL,
            kept_out TEXT NOT NULL,
            in_force INTEGER NOT NULL
        ) STRICT""",
        "CREATE UNIQUE INDEX one_plan_in_force ON plan (in_force) WHERE in_force = 1",
        """CREATE TABLE plan_route (
            plan_id TEXT NOT NULL REFERENCES plan (plan_id) ON DELETE CASCADE,
            on_date TEXT NOT NULL,
            crew TEXT NOT NULL,
            route TEXT NOT NULL,
            line TEXT NOT NULL,
            PRIMARY KEY (plan_id, on_date, crew)
        ) STRICT""",
        """CREATE TABLE plan_unserved (
            plan_id TEXT NOT NULL REFERENCES plan (plan_id) ON DELETE CASCADE,
            visit_id TEXT NOT NULL,
            plot_id TEXT NOT NULL,
            plot_code TEXT NOT NULL,
            work TEXT NOT NULL,
            due_on TEXT NOT NULL,
            code TEXT NOT NULL,
            reason TEXT NOT NULL,
            reason_en TEXT NOT NULL,
            PRIMARY KEY (plan_id, visit_id)
        ) STRICT""",
        """CREATE TABLE run (
            run_id TEXT PRIMARY KEY,
            status TEXT NOT NULL,
            asked_at TEXT NOT NULL,
            author TEXT NOT NULL,
            request TEXT NOT NULL,
            stage TEXT NOT NULL,
            done INTEGER NOT NULL,
            total INTEGER NOT NULL,
            note TEXT NOT NULL,
            cancel_asked INTEGER NOT NULL,
            error TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE token (
            token_id TEXT PRIMARY KEY,
            sha256 TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL,
            label TEXT NOT NULL,
            made_at TEXT NOT NULL,
            expires_at TEXT NOT NULL,
            revoked_at TEXT,
            once INTEGER NOT NULL,
            used_at TEXT
        ) STRICT""",
    ),
    ("ALTER TABLE place ADD COLUMN facility TEXT NOT NULL DEFAULT '{}'",),
    (  # parts of the objective, remedies, moves, locks, visits done, events, exceptions to the cutting ban
        "ALTER TABLE plan ADD COLUMN costs TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE plan ADD COLUMN events TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE plan_unserved ADD COLUMN remedy TEXT NOT NULL DEFAULT 'null'",
        """CREATE TABLE plan_move (
            plan_id TEXT NOT NULL REFERENCES plan (plan_id) ON DELETE CASCADE,
            visit_id TEXT NOT NULL,
            plot_code TEXT NOT NULL,
            work TEXT NOT NULL,
            old_crew TEXT NOT NULL,
            old_on TEXT NOT NULL,
            new_crew TEXT NOT NULL,
            new_on TEXT,
            reason TEXT NOT NULL,
            reason_en TEXT NOT NULL,
            author TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX plan_move_by_visit ON plan_move (visit_id)",
        """CREATE TABLE visit_lock (
            visit_id TEXT PRIMARY KEY,
            crew TEXT NOT NULL,
            on_date TEXT NOT NULL,
            reason TEXT NOT NULL,
            author TEXT NOT NULL,
            at TEXT NOT NULL,
            opens_s INTEGER,
            closes_s INTEGER
        ) STRICT""",
        """CREATE TABLE visit_record (
            visit_id TEXT PRIMARY KEY,
            plot_id TEXT NOT NULL REFERENCES plot (plot_id) ON DELETE CASCADE,
            work TEXT NOT NULL,
            done_on TEXT NOT NULL,
            crew TEXT NOT NULL,
            part INTEGER NOT NULL,
            parts INTEGER NOT NULL,
            author TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE event (
            event_id INTEGER PRIMARY KEY AUTOINCREMENT,
            document TEXT NOT NULL,
            author TEXT NOT NULL,
            at TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE cutting_exception (
            plot_id TEXT NOT NULL REFERENCES plot (plot_id) ON DELETE CASCADE,
            work TEXT NOT NULL,
            code TEXT NOT NULL,
            evidence TEXT NOT NULL,
            author TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (plot_id, work)
        ) STRICT""",
    ),
    (  # what crews report: reports, courses of visits, conflicts, alerts, photos; whose a token is
        "ALTER TABLE token ADD COLUMN crew TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE token ADD COLUMN subject TEXT NOT NULL DEFAULT ''",
        """CREATE TABLE field_report (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            report_id TEXT NOT NULL UNIQUE,
            sha256 TEXT NOT NULL,
            document TEXT NOT NULL,
            crew TEXT NOT NULL,
            on_date TEXT NOT NULL,
            kind TEXT NOT NULL,
            visit_id TEXT NOT NULL,
            plot TEXT NOT NULL,
            after TEXT NOT NULL,
            author TEXT NOT NULL,
            received_at TEXT NOT NULL,
            status TEXT NOT NULL,
            version INTEGER NOT NULL,
            code TEXT NOT NULL,
            reason TEXT NOT NULL,
            reason_en TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX field_report_by_day ON field_report (on_date, crew)",
        "CREATE INDEX field_report_by_visit ON field_report (visit_id)",
        "CREATE INDEX field_report_by_after ON field_report (after) WHERE after <> ''",
        """CREATE TABLE field_report_aside (
            report_id TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            body BLOB NOT NULL,
            author TEXT NOT NULL,
            received_at TEXT NOT NULL,
            PRIMARY KEY (report_id, sha256)
        ) STRICT""",
        """CREATE TABLE visit_course (
            visit_id TEXT PRIMARY KEY,
            version INTEGER NOT NULL,
            document TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE field_conflict (
            conflict_id INTEGER PRIMARY KEY AUTOINCREMENT,
            report_id TEXT NOT NULL UNIQUE,
            visit_id TEXT NOT NULL,
            desk TEXT NOT NULL,
            opened_at TEXT NOT NULL,
            choice TEXT NOT NULL DEFAULT '',
            reason TEXT NOT NULL DEFAULT '',
            author TEXT NOT NULL DEFAULT '',
            settled_at TEXT
        ) STRICT""",
        """CREATE TABLE alert (
            alert_id INTEGER PRIMARY KEY AUTOINCREMENT,
            report_id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            plot TEXT NOT NULL,
            visit_id TEXT NOT NULL,
            text TEXT NOT NULL,
            text_en TEXT NOT NULL,
            at TEXT NOT NULL,
            seen_by TEXT NOT NULL DEFAULT '',
            seen_at TEXT,
            answer TEXT NOT NULL DEFAULT ''
        ) STRICT""",
        """CREATE TABLE photo (
            sha256 TEXT PRIMARY KEY,
            kept_sha256 TEXT NOT NULL,
            media_type TEXT NOT NULL,
            size_bytes INTEGER NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            received_at TEXT NOT NULL,
            author TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE photo_of (
            report_id TEXT NOT NULL REFERENCES field_report (report_id) ON DELETE CASCADE,
            sha256 TEXT NOT NULL,
            role TEXT NOT NULL,
            taken_at TEXT,
            PRIMARY KEY (report_id, sha256)
        ) STRICT""",
        "CREATE INDEX photo_of_by_photo ON photo_of (sha256)",
    ),
    (
        """CREATE TABLE record (
            kind TEXT NOT NULL,
            record_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (kind, record_id)
        ) STRICT""",
        """CREATE TABLE record_link (
            kind TEXT NOT NULL,
            record_id TEXT NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (kind, name, value, record_id),
            FOREIGN KEY (kind, record_id) REFERENCES record (kind, record_id) ON DELETE CASCADE
        ) STRICT""",
        "CREATE INDEX record_link_by_record ON record_link (kind, record_id)",
        """CREATE TABLE series (
            name TEXT PRIMARY KEY,
            last INTEGER NOT NULL
        ) STRICT""",
    ),
)
"""Statements by schema version; the version is the count applied, kept in ``PRAGMA user_version``."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the newest schema, one transaction per version.

    Raises
    ------
    SchemaTooNew
        When it was written by a newer version of this program.
    """
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise SchemaTooNew(
            f"the workspace has schema {version}, this program knows {len(MIGRATIONS)}",
            remedy="update geo-service on this machine",
            found=version,
            known=len(MIGRATIONS),
        )
    while version < len(MIGRATIONS):
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            for statement in MIGRATIONS[version] if version < len(MIGRATIONS) else ():
                connection.execute(statement)
            version = min(version + 1, len(MIGRATIONS))
            connection.execute(f"PRAGMA user_version = {version}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
