"""Floor 2: the catalogue of work as a JSON document: reading it strictly, and writing it back."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

from geo_service.base.errors import InputError
from geo_service.plots.model import CareKind, PlotState
from geo_service.work.entry import Entry, open_entry, read_document
from geo_service.work.model import Catalogue, Machine, RateTier, WorkKind
from geo_service.work.season import MonthDay, Season
from geo_service.work.waste import waste_key

_WET_MACHINES = frozenset({"mower", "ride_on_mower", "hedge_trimmer", "leaf_blower"})
_WET_KINDS = frozenset({"green"})
"""What is sensitive to wet in catalogues kept by older versions, which do not say so. Own estimate."""

_DAYS_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def read_catalogue(path: Path) -> Catalogue:
    """Read a catalogue of work from a JSON file.

    Raises
    ------
    FileUnreadable
        When the file cannot be read or is no JSON.
    InputError
        When an entry is wrong: entry, field, reason and remedy are named.
    """
    return catalogue_from_json(read_document(path), place=path.name)


def catalogue_from_json(document: Any, *, place: str = "catalogue") -> Catalogue:
    """Read a catalogue from a parsed document: the lists ``machines`` and ``kinds`` and, if wished, a ``note``.

    Raises
    ------
    InputError
        When an entry is wrong: entry, field, reason and remedy are named.
    """
    whole = open_entry(document, place)
    whole.text("note", "")
    machines: dict[str, Machine] = {}
    for entry in whole.entries("machines", "code"):
        machine = _machine(entry)
        if machine.code in machines:
            entry.refuse("code", "stands twice", "give each machine its own code")
        machines[machine.code] = machine
    kinds: dict[str, WorkKind] = {}
    for entry in whole.entries("kinds", "code"):
        kind = _kind(entry, machines)
        if kind.code in kinds:
            entry.refuse("code", "stands twice", "give each kind of work its own code")
        kinds[kind.code] = kind
    whole.close()
    _require_order(kinds, place)
    return Catalogue(kinds, machines)


def catalogue_to_json(catalogue: Catalogue) -> dict[str, Any]:
    """Return the document that `catalogue_from_json` reads back to an equal catalogue."""
    return {
        "machines": [dict(vars(machine)) for machine in catalogue.machines.values()],
        "kinds": [_kind_to_json(kind) for kind in catalogue.kinds.values()],
    }


def _machine(entry: Entry) -> Machine:
    code = entry.code("code")
    machine = Machine(
        code=code,
        name_de=entry.text("name_de"),
        name_en=entry.text("name_en"),
        annex_number=entry.text("annex_number", ""),
        loud=entry.flag("loud", False),
        ecolabel=entry.flag("ecolabel", False),
        motor=entry.flag("motor", True),
        source=entry.text("source"),
        wet_sensitive=entry.flag("wet_sensitive", code in _WET_MACHINES),
    )
    if machine.annex_number and not (len(machine.annex_number) == 2 and machine.annex_number.isdecimal()):
        entry.refuse("annex_number", "is no number of the annex of 32. BImSchV", 'write two digits, "02", or nothing')
    if machine.loud != (machine.annex_number in {"02", "24", "34", "35"}):
        entry.refuse("loud", "contradicts annex_number", "true for the annex numbers 02, 24, 34, 35, else false")
    entry.close()
    return machine


def _kind(entry: Entry, machines: dict[str, Machine]) -> WorkKind:
    code = entry.code("code")
    kind = WorkKind(
        code=code,
        name_de=entry.text("name_de"),
        name_en=entry.text("name_en"),
        minutes_fixed=entry.number("minutes_fixed", 0, 600),
        rates=_rates(entry, machines),
        care=entry.choice("care", CareKind) if entry.has("care") else None,
        states=entry.choices("states", PlotState),
        leads_to=entry.choice("leads_to", PlotState) if entry.has("leads_to") else None,
        people=entry.whole("people", 1, 20, 1),
        skills=entry.codes("skills"),
        machines=_known(entry, entry.codes("machines"), machines),
        volume_m3_per_m2=entry.number("volume_m3_per_m2", 0, 10, 0),
        waste_key=_waste(entry),
        season=_season(entry),
        interval_days=_interval(entry),
        after=entry.code("after", ""),
        settle_days=entry.whole("settle_days", 0, 365, 0),
        woody_cut=entry.flag("woody_cut", False),
        priority=entry.whole("priority", 1, 5, 3),
        source=entry.text("source"),
        clears_growth=entry.flag("clears_growth", False),
        ground_disturbing=entry.flag("ground_disturbing", False),
        unmapped_too=entry.flag("unmapped_too", False),
        supply=entry.code("supply", ""),
        supply_m3_per_m2=entry.number("supply_m3_per_m2", 0, 10, 0),
        wet_sensitive=entry.flag("wet_sensitive", code in _WET_KINDS),
    )
    if kind.volume_m3_per_m2 and not kind.waste_key:
        entry.refuse("waste_key", "is missing although something is carried away", "name the AVV key")
    if kind.supply_m3_per_m2 and not kind.supply:
        entry.refuse("supply", "is missing although something is brought along", 'name it, as "plants"')
    if kind.minutes_fixed == 0 and any(tier.minutes_per_m2 == 0 for tier in kind.rates):
        entry.refuse("minutes_fixed", "is 0, as is a rate: such work takes no time", "give one of them minutes")
    entry.close()
    return kind


def _rates(entry: Entry, machines: dict[str, Machine]) -> tuple[RateTier, ...]:
    tiers: list[RateTier] = []
    for item in entry.entries("rates"):
        limit = item.number("up_to_m2", 1, 1e9) if item.has("up_to_m2") else math.inf
        tiers.append(
            RateTier(limit, item.number("minutes_per_m2", 0, 60), _known(item, item.codes("machines"), machines))
        )
        item.close()
    if not tiers or tiers[-1].up_to_m2 != math.inf or any(a.up_to_m2 >= b.up_to_m2 for a, b in pairwise(tiers)):
        entry.refuse("rates", "the tiers do not rise to one without limit", "order by up_to_m2, the last one null")
    return tuple(tiers)


def _known(entry: Entry, codes: frozenset[str], machines: dict[str, Machine]) -> frozenset[str]:
    unknown = sorted(codes - set(machines))
    if unknown:
        entry.refuse("machines", f"unknown: {', '.join(unknown)}", f"one of {', '.join(machines)}")
    return codes


def _waste(entry: Entry) -> str:
    text = entry.text("waste_key", "")
    if not text:
        return ""
    try:
        return waste_key(text).key
    except InputError as error:
        entry.refuse("waste_key", error.message, error.remedy)


def _season(entry: Entry) -> Season:
    if not entry.has("season"):
        return None
    days = entry.texts("season")
    if len(days) != 2:
        entry.refuse("season", "is no pair of days", 'write ["04-01", "10-31"] or null')
    first, last = (_month_day(entry, day) for day in days)
    if first == (2, 29):
        entry.refuse("season", "begins on a day that most years lack", "begin on 02-28 or 03-01")
    return first, last


def _month_day(entry: Entry, text: str) -> MonthDay:
    month, dash, day = text.partition("-")
    if (len(month), dash, len(day)) == (2, "-", 2) and (month + day).isascii() and (month + day).isdecimal():
        found = int(month), int(day)
        if 1 <= found[0] <= 12 and 1 <= found[1] <= _DAYS_OF_MONTH[found[0] - 1]:
            return found
    return entry.refuse("season", f"{text[:20]!r} is no month and day", 'write month and day as "04-01"')


def _interval(entry: Entry) -> tuple[int, int] | None:
    if not entry.has("interval_days"):
        return None
    days = entry.wholes("interval_days", 1, 20_000)
    if len(days) != 2 or days[0] > days[1]:
        entry.refuse("interval_days", "is no pair of shortest and longest days", "write [18, 30] or null for once")
    return days[0], days[1]


def _require_order(kinds: dict[str, WorkKind], place: str) -> None:
    """Refuse predecessors that do not exist or wait for each other."""
    for kind in kinds.values():
        here = Entry({}, f"{place}, kinds, {kind.code}")
        seen, step = [kind.code], kind.after
        while step:
            if step not in kinds:
                here.refuse("after", f"there is no work {step!r}", f"one of {', '.join(kinds)}, or nothing")
            if step in seen:
                here.refuse("after", f"waits in a circle: {' after '.join([*seen, step])}", "break the circle")
            seen.append(step)
            step = kinds[step].after


def _kind_to_json(kind: WorkKind) -> dict[str, Any]:
    season = kind.season and [f"{month:02d}-{day:02d}" for month, day in kind.season]
    rates = [
        {
            "up_to_m2": None if math.isinf(tier.up_to_m2) else tier.up_to_m2,
            "minutes_per_m2": tier.minutes_per_m2,
            "machines": sorted(tier.machines),
        }
        for tier in kind.rates
    ]
    return vars(kind) | {
        "care": kind.care and kind.care.value,
        "states": [state.value for state in kind.states],
        "leads_to": kind.leads_to and kind.leads_to.value,
        "rates": rates,
        "skills": sorted(kind.skills),
        "machines": sorted(kind.machines),
        "season": season,
        "interval_days": kind.interval_days and list(kind.interval_days),
    }
