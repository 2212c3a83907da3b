"""Floor 1: the account of an import while it runs: what happens to each row, told once at the end as a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from geo_service.base.errors import GeoServiceError
from geo_service.base.report import ImportReport, Refused, Repaired, Warned


@dataclass
class Account:
    """What happened to the rows of a file, by row index from 0; the report counts rows from 1.

    The first refusal of a row stands; repairs of one row are told together; repairs and warnings of rows that
    are refused in the end are not told, because nothing of them is kept.
    """

    refusals: dict[int, tuple[str, str]] = field(default_factory=dict)
    repairs: dict[int, tuple[str, float]] = field(default_factory=dict)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unchanged: set[int] = field(default_factory=set)

    def refuse(self, row: int, reason: str, remedy: str) -> None:
        """Leave a row out, with the reason and what to do about it."""
        self.refusals.setdefault(row, (reason, remedy))

    def repair(self, row: int, reason: str, area_change_m2: float = 0.0) -> None:
        """Note that a row was mended; the change is new minus declared area, square metres."""
        reasons, change = self.repairs.get(row, ("", 0.0))
        self.repairs[row] = (f"{reasons}; {reason}" if reasons else reason, change + area_change_m2)

    def warn(self, row: int, reason: str) -> None:
        """Note that something is odd about a row that is taken all the same."""
        self.warnings.append((row, reason))

    def note(self, text: str) -> None:
        """Note something about the file as a whole, once."""
        if text not in self.notes:
            self.notes.append(text)

    def open_rows(self, rows: int) -> list[int]:
        """Return the rows of ``rows`` that are not refused."""
        return [row for row in range(rows) if row not in self.refusals]

    def report(self, source: str, ids: Sequence[str]) -> ImportReport:
        """Close the account; ``ids`` holds the id of every row, empty where it has none."""
        kept = [row for row in range(len(ids)) if row not in self.refusals]
        repaired = [(row, *self.repairs[row]) for row in kept if row in self.repairs]
        return ImportReport(
            source=source,
            read=len(ids),
            accepted=len(kept) - len(self.unchanged),
            unchanged=len(self.unchanged),
            repaired=tuple(Repaired(row + 1, ids[row], reason, round(change, 3)) for row, reason, change in repaired),
            refused=tuple(Refused(row + 1, ids[row], *self.refusals[row]) for row in sorted(self.refusals)),
            warnings=tuple(
                Warned(row + 1, ids[row], reason) for row, reason in sorted(self.warnings) if row not in self.refusals
            ),
            notes=tuple(self.notes),
        )


def report_of_failure(path: Path, error: GeoServiceError, notes: Iterable[str] = ()) -> ImportReport:
    """Return the report of a file that could not be understood at all: one refused row, number 0.

    Examples
    --------
    >>> from geo_service.base.errors import FileUnreadable
    >>> report = report_of_failure(Path("plots.gpkg"), FileUnreadable("it is empty", remedy="export it again"))
    >>> report.read, report.refused[0].row, report.refused[0].remedy
    (1, 0, 'export it again')
    """
    return ImportReport(
        source=path.name,
        read=1,
        accepted=0,
        unchanged=0,
        refused=(Refused(0, "", error.message, error.remedy),),
        notes=tuple(notes),
    )
