"""Floor 0: what an import read, took, mended and refused. Data, not print."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Repaired:
    """A row that was taken after mending; ``area_change_m2`` is new minus old area, square metres."""

    row: int
    id: str
    reason: str
    area_change_m2: float


@dataclass(frozen=True)
class Refused:
    """A row that was not taken, why, and what to do about it. Row 0 with no other row: the whole file."""

    row: int
    id: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Warned:
    """A row that was taken although something is odd about it."""

    row: int
    id: str
    reason: str


@dataclass(frozen=True)
class ImportReport:
    """The account of an import. Rows count from 1; always ``read == accepted + len(refused) + unchanged``.

    A file that cannot be understood at all counts as one refused row, number 0, so that nothing is silent.
    """

    source: str
    read: int
    accepted: int
    unchanged: int
    repaired: tuple[Repaired, ...] = ()
    refused: tuple[Refused, ...] = ()
    warnings: tuple[Warned, ...] = ()
    notes: tuple[str, ...] = ()  # about the file as a whole: CRS, layer, encoding, swapped axes

    def __post_init__(self) -> None:
        if self.read != self.accepted + len(self.refused) + self.unchanged:
            raise ValueError(f"the report loses rows: {self}")

    def with_notes(self, notes: tuple[str, ...]) -> ImportReport:
        """Return the report with more notes."""
        return replace(self, notes=(*self.notes, *notes))

    def as_json(self) -> dict[str, Any]:
        """Return the report as the JSON object that the command line and the API print."""
        return {
            "source": self.source,
            "read": self.read,
            "accepted": self.accepted,
            "repaired": [vars(one) for one in self.repaired],
            "refused": [vars(one) for one in self.refused],
            "warnings": [vars(one) for one in self.warnings],
            "unchanged": self.unchanged,
            "notes": list(self.notes),
        }
