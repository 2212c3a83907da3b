"""Floor 2: when a machine may run: 32. BImSchV §7 by BauNVO zone, and the city's own hours.

Danger aversion and permits are exempt by law; they are decided by people and not planned here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from geo_service.base.clock import hhmm
from geo_service.plots.model import Baunvo, Plot
from geo_service.work.calendar import rest_day
from geo_service.work.hours import HOUR_S
from geo_service.work.model import Catalogue, Machine, Window, WorkKind

Lang = Literal["de", "en"]

WHOLE_DAY: Window = (0, 24 * HOUR_S)

PROTECTED = frozenset(
    {Baunvo.WS, Baunvo.WR, Baunvo.WA, Baunvo.WB, Baunvo.SO_RECREATION, Baunvo.SO_CLINIC, Baunvo.UNKNOWN}
)
"""Zones of 32. BImSchV §7(1); an unknown zone is treated as residential."""


@dataclass(frozen=True)
class Rules:
    """Which rules hold beside federal law.

    Attributes
    ----------
    leipzig_noise
        Hours for motor garden tools after PolVO Leipzig §17, in every zone; as reported, its wording was not read.
    municipal_exempt
        The city's own crews are exempt from it (unverified, so not the default).
    """

    leipzig_noise: bool = True
    municipal_exempt: bool = False


STRICT = Rules()
"""The default: every rule holds for everybody."""


@dataclass(frozen=True)
class Ruling:
    """When machines may run on a day: stretches in seconds since local midnight, and the rules that say so."""

    windows: tuple[Window, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class MachineHours:
    """When a machine may run on a plot on a day, and the laws that narrow it: ``"32. BImSchV §7"``."""

    machine: Machine
    windows: tuple[Window, ...]
    laws: str


@dataclass(frozen=True)
class _Rule:
    law: str
    clause_de: str
    clause_en: str
    windows: tuple[Window, ...]

    def cite(self, lang: Lang) -> str:
        return f"{self.law}{self.clause_de if lang == 'de' else self.clause_en}"


_DAY = _Rule("32. BImSchV §7", "(1) Nr. 1", "(1) no. 1", ((7 * HOUR_S, 20 * HOUR_S),))
_LOUD = _Rule("32. BImSchV §7", "(1) Nr. 2", "(1) no. 2", ((9 * HOUR_S, 13 * HOUR_S), (15 * HOUR_S, 17 * HOUR_S)))
_LEIPZIG = _Rule("PolVO Leipzig §17", "", "", ((7 * HOUR_S, 13 * HOUR_S), (15 * HOUR_S, 20 * HOUR_S)))


def intersect(*sides: Sequence[Window]) -> tuple[Window, ...]:
    """Return the stretches common to all sides, in order; each side is sorted and does not overlap itself.

    Examples
    --------
    >>> intersect([(7, 20)], [(9, 13), (15, 17)], [(6, 16)])
    ((9, 13), (15, 16))
    """
    common: tuple[Window, ...] = (WHOLE_DAY,)
    for side in sides:
        overlaps = ((max(a, c), min(b, d)) for a, b in common for c, d in side)
        common = tuple((start, end) for start, end in overlaps if start < end)
    return common


def ruling(machines: Iterable[Machine], baunvo: Baunvo, on: date, rules: Rules = STRICT) -> Ruling:
    """Return when all of ``machines`` may run on a plot in a zone on a day.

    Without a machine that any rule binds the whole day is open and no rule is named.

    Examples
    --------
    >>> cutter = Machine("brushcutter", "Freischneider", "brushcutter", annex_number="02", loud=True)
    >>> ruling([cutter], Baunvo.WA, date(2026, 11, 23)).windows
    ((32400, 46800), (54000, 61200))
    >>> ruling([cutter], Baunvo.GE, date(2026, 11, 18)).windows  # Buß- und Bettag
    ()
    """
    binding = tuple(dict.fromkeys(rule for machine in machines for rule in _binding(machine, baunvo, rules)))
    if binding and rest_day(on):
        return Ruling((), tuple(rule.cite("de") for rule in binding))
    return Ruling(
        intersect(*(rule.windows for rule in binding)),
        tuple(f"{rule.cite('de')}: {spans(rule.windows)} Uhr" for rule in binding),
    )


def refusal(
    machine: Machine, baunvo: Baunvo, on: date, second_of_day: int, rules: Rules = STRICT, *, lang: Lang = "de"
) -> str | None:
    """Return why ``machine`` may not run at that second since local midnight, the rule named; None when it may.

    Examples
    --------
    >>> cutter = Machine("brushcutter", "Freischneider", "brushcutter", annex_number="02", loud=True)
    >>> refusal(cutter, Baunvo.WA, date(2026, 11, 23), 8 * 3600 + 1800, lang="en")
    'brushcutter in WA at 08:30: 32. BImSchV §7(1) no. 2: 09–13 and 15–17'
    """
    rest = rest_day(on)
    for rule in _binding(machine, baunvo, rules):
        if rest is None and any(start <= second_of_day < end for start, end in rule.windows):
            continue
        hours = spans(rule.windows, lang)
        if lang == "de":
            when = rest or f"{hhmm(second_of_day)} Uhr"
            only = "nicht an Sonn- und Feiertagen" if rest else f"{hours} Uhr"
            return f"{machine.name_de} in {_zone(baunvo, lang)}, {when}: {rule.cite(lang)}: {only}"
        when = f"on {rest}" if rest else f"at {hhmm(second_of_day)}"
        only = "not on Sundays and public holidays" if rest else hours
        return f"{machine.name_en} in {_zone(baunvo, lang)} {when}: {rule.cite(lang)}: {only}"
    return None


def rule_note(
    work: WorkKind, plot: Plot, on: date, catalogue: Catalogue, *, rules: Rules = STRICT, lang: Lang = "de"
) -> str:
    """Return the hours that bind this work on this plot, short enough for a list; empty when none does.

    Only rules that narrow the hours are named: ``"Freischneider 09–13, 15–17 Uhr (32. BImSchV §7)"``.
    """
    notes: dict[tuple[tuple[Window, ...], str], list[str]] = {}
    for hours in machine_hours(work, plot, on, catalogue, rules=rules):
        name = hours.machine.name_de if lang == "de" else hours.machine.name_en
        notes.setdefault((hours.windows, hours.laws), []).append(name)
    return "; ".join(f"{', '.join(names)} {_hours(windows, lang)} ({laws})" for (windows, laws), names in notes.items())


def machine_hours(
    work: WorkKind, plot: Plot, on: date, catalogue: Catalogue, *, rules: Rules = STRICT
) -> tuple[MachineHours, ...]:
    """Return the hours of each machine of this work that a rule binds on this plot, in order of code."""
    found: list[MachineHours] = []
    for code in sorted(work.machines_for(work.area_m2(plot))):
        machine = catalogue.machines[code]
        binding = _binding(machine, plot.baunvo, rules)
        if not binding:
            continue
        windows: tuple[Window, ...] = ()
        narrowing = binding
        if not rest_day(on):
            windows = intersect(*(rule.windows for rule in binding))
            narrowing = tuple(
                rule for rule in binding if intersect(*(one.windows for one in binding if one != rule)) != windows
            )
        found.append(MachineHours(machine, windows, ", ".join(dict.fromkeys(rule.law for rule in narrowing))))
    return tuple(found)


def spans(windows: Sequence[Window], lang: Lang = "de") -> str:
    """Write stretches of a day for people, whole hours without minutes.

    Examples
    --------
    >>> spans([(32400, 46800), (54000, 61200)]), spans([(24300, 46800)], "en")
    ('09–13, 15–17', '06:45–13')
    """
    told = [f"{_clock(start)}–{_clock(end)}" for start, end in windows]
    if lang == "en" and len(told) > 1:
        return f"{', '.join(told[:-1])} and {told[-1]}"
    return ", ".join(told)


def _binding(machine: Machine, baunvo: Baunvo, rules: Rules) -> tuple[_Rule, ...]:
    """Return the rules that bind a machine in a zone, the most particular first."""
    binding: list[_Rule] = []
    if machine.annex_number and baunvo in PROTECTED:
        if machine.loud and not machine.ecolabel:
            binding.append(_LOUD)
        binding.append(_DAY)
    if machine.motor and rules.leipzig_noise and not rules.municipal_exempt:
        binding.append(_LEIPZIG)
    return tuple(binding)


def _clock(second_of_day: int) -> str:
    return hhmm(second_of_day).removesuffix(":00")


def _hours(windows: Sequence[Window], lang: Lang) -> str:
    if not windows:
        return "heute nicht" if lang == "de" else "not today"
    return f"{spans(windows)} Uhr" if lang == "de" else spans(windows, lang)


def _zone(baunvo: Baunvo, lang: Lang) -> str:
    if baunvo is Baunvo.UNKNOWN:
        return "unbekanntem Gebiet (gilt als Wohngebiet)" if lang == "de" else "an unknown zone (taken as residential)"
    return baunvo.value
