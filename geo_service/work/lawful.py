"""Floor 2: the days on which a work is lawful on a plot, with their hours, and the rule for every other day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from geo_service.plots.model import Baunvo, Plot
from geo_service.work.calendar import rest_day
from geo_service.work.cutting import CuttingException, cutting_refusal
from geo_service.work.model import Machine, Window, WorkKind
from geo_service.work.noise import Rules, intersect, ruling
from geo_service.work.season import in_season
from geo_service.work.tenure import tenure_refusal

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_Hours = dict[date, "tuple[Window, ...] | str"]


@dataclass(frozen=True)
class LawfulDays:
    """For each day of a period either its stretches (seconds since local midnight) or the rule that forbids it."""

    windows: dict[date, tuple[Window, ...]]
    forbidden: dict[date, str]

    def longest_stretch_s(self, within: Window) -> int:
        """Return the longest stretch of any day inside ``within``, seconds; 0 when there is none."""
        distinct = set(self.windows.values())
        return max((end - start for windows in distinct for start, end in intersect(windows, (within,))), default=0)


@dataclass
class Lawbook:
    """Answers for one period; the hours of machines in a zone are worked out once.

    Parameters
    ----------
    days
        The days asked about.
    shift
        Seconds since local midnight within which anybody works at all.
    """

    machines: dict[str, Machine]
    days: Sequence[date]
    shift: Window
    rules: Rules
    _hours: dict[tuple[frozenset[str], Baunvo], _Hours] = field(default_factory=dict)

    def lawful_days(
        self, plot: Plot, kind: WorkKind, codes: frozenset[str], exception: CuttingException | None
    ) -> LawfulDays:
        """Return when ``kind`` may be done on ``plot`` with the machines of these codes.

        An exception to the cutting ban lifts the season, too.
        """
        windows: dict[date, tuple[Window, ...]] = {}
        forbidden: dict[date, str] = {}
        for day, hours in self._hours_of(codes, plot.baunvo).items():
            reason = tenure_refusal(plot.tenure, day) or cutting_refusal(kind, day, exception)
            if reason is None and exception is None and not in_season(kind.season, day):
                reason = f"{kind.name_de}: außerhalb der Saison {season_de(kind)}"
            if isinstance(hours, str):
                forbidden[day] = hours
            elif reason is not None:
                forbidden[day] = reason
            else:
                windows[day] = hours
        return LawfulDays(windows, forbidden)

    def _hours_of(self, codes: frozenset[str], baunvo: Baunvo) -> _Hours:
        key = codes, baunvo
        if key not in self._hours:
            self._hours[key] = {day: self._hours_on(day, codes, baunvo) for day in self.days}
        return self._hours[key]

    def _hours_on(self, day: date, codes: frozenset[str], baunvo: Baunvo) -> tuple[Window, ...] | str:
        rest = rest_day(day)
        if rest is not None:
            return f"{rest}: keine Arbeit an Sonn- und Feiertagen (ArbZG §9)"
        found = ruling((self.machines[code] for code in sorted(codes)), baunvo, day, self.rules)
        return intersect(found.windows, (self.shift,)) or f"außerhalb der Arbeitszeit: {'; '.join(found.rules)}"


def season_de(kind: WorkKind) -> str:
    """Write the season of a work in German, ``"01.04.–31.10."``; empty when it has none."""
    return "–".join(
        "Ende Februar" if (month, day) == (2, 29) else f"{day:02d}.{month:02d}." for month, day in kind.season or ()
    )


def season_en(kind: WorkKind) -> str:
    """Write the season of a work in English, ``"1 Apr to 31 Oct"``; empty when it has none."""
    return " to ".join(
        "the end of February" if (month, day) == (2, 29) else f"{day} {_MONTHS[month - 1]}"
        for month, day in kind.season or ()
    )
