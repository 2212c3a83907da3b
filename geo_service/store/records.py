"""Floor 5: records: documents of the neighbourhood and of the money, all kept in the same way, each of a kind.

A kind says how a frozen dataclass becomes a document, by what it is called and by what it is looked up. A field that is
added later needs a default, so that documents that were kept before can still be read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

Link = tuple[str, str]
"""Name and value by which a record can be looked up: ``("plot", "KLZ-0012")``."""


def no_links(record: object) -> Iterable[Link]:
    """Return nothing: a record that is looked up by its id only."""
    return ()


@dataclass(frozen=True)
class RecordKind(Generic[T]):
    """How one kind of records is kept.

    Attributes
    ----------
    name
        What the ledger calls it: ``"concern"``. Never changed once released.
    type
        The frozen dataclass.
    key
        Returns the id of a record, unique in its kind.
    links
        Returns by what it can be looked up.
    """

    name: str
    type: type[T]
    key: Callable[[T], str]
    links: Callable[[T], Iterable[Link]] = no_links

    @cached_property
    def adapter(self) -> TypeAdapter[T]:
        """Turns records into documents and back."""
        return TypeAdapter(self.type)


@dataclass(frozen=True)
class Kept(Generic[T]):
    """A record as kept; ``version`` counts how often it was written."""

    record: T
    version: int


class RecordWriting(Protocol):
    """What an open transaction can write of records."""

    def put_record(self, kind: RecordKind[T], record: T, *, expected: int | None = None) -> int:
        """Keep a record or replace the one with its id; return its version.

        Parameters
        ----------
        expected
            The version that the writer saw, 0: there must be none yet.

        Raises
        ------
        Conflict
            When another version is kept; ``fields`` name both.
        """
        ...

    def drop_record(self, kind: RecordKind[T], record_id: str) -> None:
        """Delete a record; nothing of it stays but its id in the ledger."""
        ...

    def next_number(self, series: str) -> int:
        """Return the next number of a series: 1, 2, 3 ... without a gap, whatever else fails."""
        ...


class RecordReads(Protocol):
    """What can be read of records."""

    def record(self, kind: RecordKind[T], record_id: str) -> Kept[T] | None:
        """One record by its id."""
        ...

    def records(
        self, kind: RecordKind[T], *, ids: Collection[str] | None = None, link: Link | None = None
    ) -> list[Kept[T]]:
        """Records in order of their ids: all, those with some ids, or those that a link leads to."""
        ...
