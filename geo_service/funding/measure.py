"""Floor 3: measures of a programme: funds, approvals, duration, when each quarter began, and what may be charged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from geo_service.base.errors import InputError

WHOLE_AREA = ""
"""The quarter of what belongs to none alone."""


@dataclass(frozen=True)
class CostKind:
    """What money is spent on; ``name_de`` and ``name_en`` are for people."""

    code: str
    name_de: str
    name_en: str


COST_KINDS = {
    one.code: one
    for one in (
        CostKind("crews", "Eigene Kolonnen", "own crews"),
        CostKind("services", "Leistungen Dritter", "services of others"),
        CostKind("disposal", "Entsorgung", "disposal"),
        CostKind("material", "Pflanzen und Material", "plants and material"),
        CostKind("equipment", "Geräte und Fahrzeuge", "equipment and vehicles"),
        CostKind("staff", "Personal des Quartiersmanagements", "staff of the neighbourhood management"),
        CostKind("rooms", "Räume und Nebenkosten", "rooms and running costs"),
        CostKind("publicity", "Öffentlichkeitsarbeit", "public relations"),
        CostKind("children", "Kinderbüro", "children's office"),
        CostKind("planning", "Planung und Gutachten", "planning and expert opinions"),
    )
}
"""By code. What of these a measure pays says `Measure.cost_kinds`."""


@dataclass(frozen=True)
class Fund:
    """Who bears part of a measure: ``parts`` in proportion to the other funds, such as 75 and 25."""

    code: str
    name: str
    parts: int


@dataclass(frozen=True)
class QuarterStart:
    """The day on which a measure began to work in a quarter of the programme."""

    quarter: str
    from_on: date


@dataclass(frozen=True)
class Approval:
    """Money that was granted, of all funds together; a cut has a minus.

    Attributes
    ----------
    reference
        File number of the notice, unique in its measure.
    """

    reference: str
    approved_on: date
    gross_cents: int
    note: str = ""


@dataclass(frozen=True)
class Measure:
    """A measure that vouchers are charged to.

    Attributes
    ----------
    code
        ``"2.2"``.
    from_on, until_on
        Its duration, both days inclusive.
    starts
        The quarters that it works in, each with its start. A quarter may have begun before the duration: then it
        worked, but what it spent until the duration began is paid by other money. Both bounds hold.
    cost_kinds
        Codes of what it pays.
    fictional
        A sample that nobody granted; said wherever it is shown.
    source
        What its facts rest on.
    """

    code: str
    name: str
    programme: str
    from_on: date
    until_on: date
    funds: tuple[Fund, ...]
    starts: tuple[QuarterStart, ...]
    cost_kinds: tuple[str, ...]
    approvals: tuple[Approval, ...] = ()
    fictional: bool = False
    source: str = ""

    def chargeable_from(self, quarter: str = WHOLE_AREA) -> date | None:
        """Return the first day whose cost may be charged for a quarter: the later of the two bounds that hold.

        The whole area is bound by the duration alone. None when the measure does not work in the quarter.

        Examples
        --------
        >>> from datetime import date
        >>> starts = (QuarterStart("Kleinzschocher", date(2002, 3, 1)), QuarterStart("Leutzsch", date(2003, 3, 1)))
        >>> city = (Fund("city", "Stadt", 1),)
        >>> one = Measure("2.2", "", "", date(2002, 6, 1), date(2006, 12, 31), city, starts, ())
        >>> [one.chargeable_from(name) for name in ("Kleinzschocher", "Leutzsch", "", "Grünau")]
        [datetime.date(2002, 6, 1), datetime.date(2003, 3, 1), datetime.date(2002, 6, 1), None]
        """
        if quarter == WHOLE_AREA:
            return self.from_on
        start = next((one.from_on for one in self.starts if one.quarter == quarter), None)
        return None if start is None else max(start, self.from_on)

    def approved_cents(self, on: date) -> int:
        """Return what is approved by a day."""
        return sum(one.gross_cents for one in self.approvals if one.approved_on <= on)

    @property
    def parts(self) -> dict[str, int]:
        """What each fund bears, by code, as `geo_service.funding.split.split_cents` asks."""
        return {one.code: one.parts for one in self.funds}

    def check(self) -> None:
        """Refuse a measure that could not be charged to.

        Raises
        ------
        InputError
            When it ends before it begins, has no funds, names something twice, or a cost kind that is unknown.
        """
        if self.until_on < self.from_on:
            raise InputError(f"measure {self.code} ends before it begins", remedy="write the days the other way round")
        if not self.funds or any(one.parts < 1 for one in self.funds):
            raise InputError(f"measure {self.code} has a fund that bears nothing", remedy="give each fund its part")
        unknown = sorted(set(self.cost_kinds) - COST_KINDS.keys())
        if unknown or not self.cost_kinds:
            raise InputError(
                f"measure {self.code} pays for unknown kinds of cost: {', '.join(unknown) or 'none'}",
                remedy=f"name some of {', '.join(COST_KINDS)}",
            )
        for what, names in (
            ("fund", [one.code for one in self.funds]),
            ("quarter", [one.quarter for one in self.starts]),
            ("approval", [one.reference for one in self.approvals]),
            ("kind of cost", list(self.cost_kinds)),
        ):
            doubles = sorted(name for name, times in Counter(names).items() if times > 1)
            if doubles:
                raise InputError(f"measure {self.code} names {what} {doubles[0]} twice", remedy="name each once")
