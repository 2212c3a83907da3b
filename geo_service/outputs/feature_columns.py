"""Floor 7: the values of one property of many features, as numbers or as codes of texts; an edit puts few in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from geo_service.outputs.collections import Property

Places = npt.NDArray[np.intp]
"""Positions of features."""

Mask = npt.NDArray[np.bool_]
Scalar = TypeVar("Scalar", bound=np.generic)

_ABSENT = -1


@dataclass(frozen=True)
class Splice:
    """How an edit changes rows: some leave, others come in.

    Attributes
    ----------
    kept
        Positions of the rows that stay, ascending; None when all rows stay in their places and ``at`` are replaced.
    at
        With ``kept``: before which of the kept rows each new one goes. Without: which rows are replaced.
    """

    kept: Places | None
    at: Places

    def put(self, rows: npt.NDArray[Scalar], new: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
        """Return rows with the new ones among them."""
        if self.kept is None:
            out = rows.copy()
            out[self.at] = new
            return out
        return np.insert(rows[self.kept], self.at, new)

    def moved(self, count: int) -> Places:
        """Return where each of ``count`` rows is afterwards, -1 for those that left or were replaced."""
        out = np.arange(count, dtype=np.intp)
        if self.kept is None:
            out[self.at] = _ABSENT
            return out
        out[:] = _ABSENT
        out[self.kept] = np.arange(len(self.kept)) + np.searchsorted(self.at, np.arange(len(self.kept)), side="right")
        return out


@dataclass(frozen=True)
class Numbers:
    """Numbers, or true and false as 1 and 0; NaN where there is none."""

    numbers: npt.NDArray[np.float64]

    def take(self, places: Places) -> Numbers:
        """Return the values of some features."""
        return Numbers(self.numbers[places])

    def missing(self) -> Mask:
        """Return where there is no value."""
        return np.isnan(self.numbers)

    def equal(self, wanted: str | float | bool | None) -> Mask:
        """Return where the value is the one wanted; None for no value."""
        if wanted is None:
            return self.missing()
        if isinstance(wanted, str):
            return np.zeros(len(self.numbers), dtype=np.bool_)
        found: Mask = self.numbers == float(wanted)
        return found

    def ranks(self, places: Places) -> npt.NDArray[np.float64]:
        """Return numbers in the order of the values of some features, NaN where there is none."""
        return self.numbers[places]

    def rank_of(self, value: object) -> float:
        """Return what `ranks` would tell of a value; NaN for what is no number."""
        return float(value) if isinstance(value, float | int) else float("nan")

    def value_at(self, place: int) -> float | None:
        """Return the value of one feature."""
        value = float(self.numbers[place])
        return None if np.isnan(value) else value

    def changed(self, splice: Splice, new: Numbers) -> Numbers:
        """Return the column after an edit."""
        return Numbers(splice.put(self.numbers, new.numbers))


@dataclass(frozen=True)
class Texts:
    """Texts, each different one kept once.

    Attributes
    ----------
    codes
        int32 into ``texts``; -1 where there is no text, or an empty one.
    texts
        Different texts in ascending order; after edits some may stand there that no feature has any more.
    """

    codes: npt.NDArray[np.int32]
    texts: npt.NDArray[np.object_]

    def take(self, places: Places) -> Texts:
        """Return the values of some features."""
        return Texts(self.codes[places], self.texts)

    def missing(self) -> Mask:
        """Return where there is no value."""
        absent: Mask = self.codes < 0
        return absent

    def equal(self, wanted: str | float | bool | None) -> Mask:
        """Return where the value is the one wanted; None for no value."""
        if wanted is None:
            return self.missing()
        at = self.place_of(wanted) if isinstance(wanted, str) else None
        if at is None:
            return np.zeros(len(self.codes), dtype=np.bool_)
        found: Mask = self.codes == at
        return found

    def place_of(self, text: str) -> int | None:
        """Return the code of a text, None when it does not occur."""
        at = self.first_from(text)
        return at if at < len(self.texts) and self.texts[at] == text else None

    def first_from(self, text: str) -> int:
        """Return the code of the first text that is not below another one."""
        return int(np.searchsorted(self.texts, text)) if len(self.texts) else 0

    def ranks(self, places: Places) -> npt.NDArray[np.float64]:
        """Return numbers in the order of the values of some features, NaN where there is none."""
        codes = self.codes[places]
        return np.where(codes < 0, np.nan, codes)

    def rank_of(self, value: object) -> float:
        """Return what `ranks` would tell of a value: between two whole numbers for one that does not occur."""
        if not isinstance(value, str) or not value:
            return float("nan")
        at = self.place_of(value)
        return float(at) if at is not None else self.first_from(value) - 0.5

    def value_at(self, place: int) -> str | None:
        """Return the value of one feature."""
        code = int(self.codes[place])
        return None if code < 0 else str(self.texts[code])

    def changed(self, splice: Splice, new: Texts) -> Texts:
        """Return the column after an edit; most edits bring no or few new texts."""
        unknown = [text for text in new.texts.tolist() if self.place_of(text) is None]
        if not unknown:
            texts, codes = self.texts, self.codes
        else:
            slots = np.array([self.first_from(text) for text in unknown], dtype=np.intp)
            texts = np.insert(self.texts, slots, np.array(unknown, dtype=object))
            shift = np.searchsorted(slots, np.arange(len(self.texts)), side="right").astype(np.int32)
            recode = np.append(np.arange(len(self.texts), dtype=np.int32) + shift, np.int32(_ABSENT))
            codes = recode[self.codes]
        own = np.append(np.searchsorted(texts, new.texts), _ABSENT).astype(np.int32) if len(texts) else None
        return Texts(splice.put(codes, new.codes if own is None else own[new.codes]), texts)


Column = Numbers | Texts


class GrowingColumn:
    """The values of a property while they come in, part by part.

    Examples
    --------
    >>> growing = GrowingColumn(Property("state", "string", "", ""))
    >>> growing.add(["b", None, "a", ""])
    >>> column = growing.column()
    >>> column.codes.tolist(), column.texts.tolist()
    ([1, -1, 0, -1], ['a', 'b'])
    """

    def __init__(self, one: Property) -> None:
        self._is_text = one.type == "string"
        self._known: dict[str, int] = {}
        self._parts: list[npt.NDArray[Any]] = []

    def add(self, values: Sequence[Any]) -> None:
        """Take more values, as JSON carries them."""
        if self._is_text:
            known = self._known
            codes = (
                _ABSENT if value is None or value == "" else known.setdefault(str(value), len(known))
                for value in values
            )
            self._parts.append(np.fromiter(codes, np.int32, len(values)))
        else:
            numbers = (np.nan if value is None else float(value) for value in values)
            self._parts.append(np.fromiter(numbers, np.float64, len(values)))

    def column(self, order: Places | None = None) -> Column:
        """Return all values, in another order where one is given."""
        values = np.concatenate(self._parts) if self._parts else np.empty(0, np.int32 if self._is_text else np.float64)
        values = values if order is None else values[order]
        if not self._is_text:
            return Numbers(values.astype(np.float64, copy=False))
        texts = np.empty(len(self._known), dtype=object)
        texts[:] = sorted(self._known)
        rank = np.empty(len(texts) + 1, dtype=np.int32)
        rank[np.fromiter(map(self._known.__getitem__, texts), np.intp, len(texts))] = np.arange(len(texts))
        rank[-1] = _ABSENT
        return Texts(rank[values], texts)
