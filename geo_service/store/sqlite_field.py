"""Floor 5: the field in SQLite: reports, courses, conflicts, alerts and photos, read and written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date, datetime

from pydantic import TypeAdapter

from geo_service.store.field import Alert, AsideReport, FieldConflict, KeptReport, Photo, PhotoUse
from geo_service.store.rows import moment_value, utc_text
from geo_service.work.field_report import FieldReport, PhotoNote, ReportStatus, VisitCourse

REPORT = TypeAdapter(FieldReport)
COURSE = TypeAdapter(VisitCourse)

_MOST_VALUES = 500
"""Values in one list of a statement."""


class SqliteFieldWriting:
    """Implements `geo_service.store.field.FieldWriting` on one open transaction."""

    _db: sqlite3.Connection
    _note: Callable[[str, Iterable[str]], None]

    def put_report(self, kept: KeptReport) -> None:
        """Keep a report that was not kept before, with the pictures that it names."""
        told = kept.report
        self._db.execute(
            "INSERT INTO field_report (report_id, sha256, document, crew, on_date, kind, visit_id, plot, after, author,"
            " received_at, status, version, code, reason, reason_en)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(told.report_id, kept.sha256, REPORT.dump_json(told).decode(), told.crew, told.day.isoformat()),
                *(
                    told.kind.value,
                    told.visit_id,
                    told.plot_code,
                    told.after,
                    kept.author,
                    utc_text(kept.received_at),
                ),
                *(kept.status.value, kept.version, kept.code, kept.reason, kept.reason_en),
            ),
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO photo_of VALUES (?, ?, ?, ?)",
            [
                (told.report_id, note.sha256, note.role, None if note.taken_at is None else note.taken_at.isoformat())
                for note in told.photos
            ],
        )
        self._note("report", [told.report_id])

    def settle_report(self, kept: KeptReport) -> None:
        """Tell what became of a report that was waiting; its document stays."""
        self._db.execute(
            "UPDATE field_report SET status = ?, version = ?, code = ?, reason = ?, reason_en = ?"
            " WHERE report_id = ? AND status = 'waiting'",
            (kept.status.value, kept.version, kept.code, kept.reason, kept.reason_en, kept.report.report_id),
        )
        self._note("report", [kept.report.report_id])

    def put_aside(self, aside: AsideReport) -> None:
        """Put another body of a kept report aside; the same body once."""
        self._db.execute(
            "INSERT OR IGNORE INTO field_report_aside VALUES (?, ?, ?, ?, ?)",
            (aside.report_id, aside.sha256, aside.body, aside.author, utc_text(aside.received_at)),
        )
        self._note("report_aside", [aside.report_id])

    def put_course(self, course: VisitCourse) -> None:
        """Keep how a visit stands."""
        self._db.execute(
            "INSERT OR REPLACE INTO visit_course VALUES (?, ?, ?)",
            (course.visit_id, course.version, COURSE.dump_json(course).decode()),
        )
        self._note("course", [course.visit_id])

    def raise_versions(self, visit_ids: Iterable[str]) -> None:
        """Raise the versions of visits that a plan moved: what crews report of the old ones is in conflict."""
        for visit_id in visit_ids:
            rows = self._db.execute("SELECT * FROM visit_course WHERE visit_id = ?", (visit_id,)).fetchall()
            course = course_of(rows[0]) if rows else VisitCourse(visit_id)
            self.put_course(replace(course, version=course.version + 1))

    def put_conflict(self, conflict: FieldConflict) -> None:
        """Open a conflict, or replace the one about the same report."""
        settled = None if conflict.settled_at is None else utc_text(conflict.settled_at)
        self._db.execute(
            "INSERT INTO field_conflict (report_id, visit_id, desk, opened_at, choice, reason, author, settled_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (report_id) DO UPDATE SET choice = excluded.choice,"
            " reason = excluded.reason, author = excluded.author, settled_at = excluded.settled_at",
            (
                *(conflict.report_id, conflict.visit_id, COURSE.dump_json(conflict.desk).decode()),
                *(utc_text(conflict.opened_at), conflict.choice, conflict.reason, conflict.author, settled),
            ),
        )
        self._note("conflict", [conflict.report_id])

    def put_alert(self, alert: Alert) -> None:
        """Tell planners, or replace the alert about the same report."""
        seen = None if alert.seen_at is None else utc_text(alert.seen_at)
        self._db.execute(
            "INSERT INTO alert (report_id, kind, plot, visit_id, text, text_en, at, seen_by, seen_at, answer)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (report_id) DO UPDATE SET"
            " seen_by = excluded.seen_by, seen_at = excluded.seen_at, answer = excluded.answer",
            (
                *(alert.report_id, alert.kind, alert.plot, alert.visit_id, alert.text, alert.text_en),
                *(utc_text(alert.at), alert.seen_by, seen, alert.answer),
            ),
        )
        self._note("alert", [alert.report_id])

    def put_photo(self, photo: Photo) -> None:
        """Note that a picture was received whole; the same picture once."""
        self._db.execute(
            "INSERT OR IGNORE INTO photo VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(photo.sha256, photo.kept_sha256, photo.media_type, photo.size_bytes, photo.width, photo.height),
                *(utc_text(photo.received_at), photo.author),
            ),
        )
        self._note("photo", [photo.sha256])

    def forget_done(self, visit_id: str) -> None:
        """Take back that a visit was done, and that its work was, if nothing else says so."""
        rows = self._db.execute("SELECT * FROM visit_record WHERE visit_id = ?", (visit_id,)).fetchall()
        for row in rows:
            self._db.execute("DELETE FROM visit_record WHERE visit_id = ?", (visit_id,))
            same = (row["plot_id"], row["work"], row["done_on"])
            others = self._db.execute(
                "SELECT 1 FROM visit_record WHERE plot_id = ? AND work = ? AND done_on = ?", same
            ).fetchall()
            if not others:
                self._db.execute("DELETE FROM visit_done WHERE plot_id = ? AND work = ? AND done_on = ?", same)
        self._note("visit", [visit_id])


class SqliteFieldReads:
    """Implements `geo_service.store.field.FieldReads`."""

    _rows: Callable[..., list[sqlite3.Row]]

    def field_report(self, report_id: str) -> KeptReport | None:
        """One report."""
        rows = self._rows("SELECT * FROM field_report WHERE report_id = ?", report_id)
        return report_of(rows[0]) if rows else None

    def field_reports(
        self, *, day: date | None = None, crew: str | None = None, visit_id: str | None = None, after: str | None = None
    ) -> list[KeptReport]:
        """Reports in the desk's order."""
        asked = {
            "on_date": None if day is None else day.isoformat(),
            "crew": crew,
            "visit_id": visit_id,
            "after": after,
        }
        where, values = _where(asked)
        rows = self._rows(f"SELECT * FROM field_report {where} ORDER BY seq", *values)  # noqa: S608
        return [report_of(row) for row in rows]

    def asides(self, report_id: str) -> list[AsideReport]:
        """Other bodies that came under the id of a report."""
        rows = self._rows("SELECT * FROM field_report_aside WHERE report_id = ? ORDER BY rowid", report_id)
        return [
            AsideReport(
                row["report_id"],
                row["sha256"],
                bytes(row["body"]),
                row["author"],
                datetime.fromisoformat(row["received_at"]),
            )
            for row in rows
        ]

    def course(self, visit_id: str) -> VisitCourse:
        """How a visit stands; version 0 when nothing was told of it."""
        return self.courses([visit_id]).get(visit_id, VisitCourse(visit_id))

    def courses(self, visit_ids: Collection[str] | None = None) -> dict[str, VisitCourse]:
        """How visits stand of which anything was told, by visit_id."""
        if visit_ids is None:
            rows = self._rows("SELECT * FROM visit_course ORDER BY visit_id")
        else:
            rows = self._listed("SELECT * FROM visit_course WHERE visit_id IN", visit_ids)
        return {row["visit_id"]: course_of(row) for row in rows}

    def conflicts(self, *, open_only: bool = False) -> list[FieldConflict]:
        """Conflicts, the oldest first."""
        where = "WHERE settled_at IS NULL" if open_only else ""
        rows = self._rows(f"SELECT * FROM field_conflict {where} ORDER BY conflict_id")  # noqa: S608
        return [conflict_of(row) for row in rows]

    def alerts(self, *, open_only: bool = False) -> list[Alert]:
        """Alerts, the oldest first."""
        where = "WHERE seen_at IS NULL" if open_only else ""
        rows = self._rows(f"SELECT * FROM alert {where} ORDER BY alert_id")  # noqa: S608
        return [alert_of(row) for row in rows]

    def photo(self, sha256: str) -> Photo | None:
        """One picture by the hash of what was sent."""
        return self.photos([sha256]).get(sha256)

    def photos(self, hashes: Iterable[str]) -> dict[str, Photo]:
        """Those of some pictures that were received whole, by hash."""
        rows = self._listed("SELECT * FROM photo WHERE sha256 IN", list(hashes))
        return {row["sha256"]: photo_of(row) for row in rows}

    def photo_uses(
        self, *, sha256: str | None = None, plot: str | None = None, visit_id: str | None = None
    ) -> list[PhotoUse]:
        """Which reports name pictures, in the desk's order."""
        where, values = _where({"photo_of.sha256": sha256, "plot": plot, "visit_id": visit_id})
        rows = self._rows(
            "SELECT photo_of.*, visit_id, plot, crew, on_date FROM photo_of JOIN field_report USING (report_id)"  # noqa: S608
            f" {where} ORDER BY seq, photo_of.rowid",
            *values,
        )
        return [
            PhotoUse(
                row["report_id"],
                row["visit_id"],
                row["plot"],
                row["crew"],
                date.fromisoformat(row["on_date"]),
                PhotoNote(row["sha256"], row["role"], moment_value(row["taken_at"])),
            )
            for row in rows
        ]

    def _listed(self, sql: str, values: Collection[str]) -> list[sqlite3.Row]:
        wanted, found = list(values), []
        for first in range(0, len(wanted), _MOST_VALUES):
            some = wanted[first : first + _MOST_VALUES]
            found += self._rows(f"{sql} ({', '.join('?' * len(some))})", *some)
        return found


def _where(asked: dict[str, str | None]) -> tuple[str, list[str]]:
    """Return the condition that the named columns have the values that are not None."""
    given = {column: value for column, value in asked.items() if value is not None}
    if not given:
        return "", []
    return "WHERE " + " AND ".join(f"{column} = ?" for column in given), list(given.values())


def report_of(row: sqlite3.Row) -> KeptReport:
    """Build a report from its row."""
    return KeptReport(
        report=REPORT.validate_json(row["document"]),
        sha256=row["sha256"],
        author=row["author"],
        received_at=datetime.fromisoformat(row["received_at"]),
        status=ReportStatus(row["status"]),
        version=row["version"],
        code=row["code"],
        reason=row["reason"],
        reason_en=row["reason_en"],
        seq=row["seq"],
    )


def course_of(row: sqlite3.Row) -> VisitCourse:
    """Build the course of a visit from its row."""
    return COURSE.validate_json(row["document"])


def conflict_of(row: sqlite3.Row) -> FieldConflict:
    """Build a conflict from its row."""
    return FieldConflict(
        report_id=row["report_id"],
        visit_id=row["visit_id"],
        desk=COURSE.validate_json(row["desk"]),
        opened_at=datetime.fromisoformat(row["opened_at"]),
        conflict_id=row["conflict_id"],
        choice=row["choice"],
        reason=row["reason"],
        author=row["author"],
        settled_at=moment_value(row["settled_at"]),
    )


def alert_of(row: sqlite3.Row) -> Alert:
    """Build an alert from its row."""
    return Alert(
        report_id=row["report_id"],
        kind=row["kind"],
        plot=row["plot"],
        visit_id=row["visit_id"],
        text=row["text"],
        text_en=row["text_en"],
        at=datetime.fromisoformat(row["at"]),
        alert_id=row["alert_id"],
        seen_by=row["seen_by"],
        seen_at=moment_value(row["seen_at"]),
        answer=row["answer"],
    )


def photo_of(row: sqlite3.Row) -> Photo:
    """Build a picture from its row."""
    return Photo(
        sha256=row["sha256"],
        kept_sha256=row["kept_sha256"],
        media_type=row["media_type"],
        size_bytes=row["size_bytes"],
        width=row["width"],
        height=row["height"],
        received_at=datetime.fromisoformat(row["received_at"]),
        author=row["author"],
    )
