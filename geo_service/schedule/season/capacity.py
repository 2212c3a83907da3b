"""Floor 4: what crews can do in each week, by groups of crews: by skill, machine and people, and in lawful hours.

A visit needs one crew that has all it asks for. So for each set of able crews, and for unions of such sets, all that
only they can do must fit into their hours: then the work of a week can be shared out among the crews (Hall 1935).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from geo_service.plots.model import Baunvo
from geo_service.routes.timing import busy_limit_s
from geo_service.schedule.season.horizon import DAYS, Horizon
from geo_service.schedule.season.model import Resource, ResourceName
from geo_service.work.calendar import rest_day
from geo_service.work.model import Catalogue, Crew, Window, WorkKind
from geo_service.work.noise import STRICT, Rules, intersect, ruling, spans

TRAVEL_SHARE = 0.25
"""Share of a crew's day on the road: travel can take 25 % of it (GALK); the planner sets it to what the days show."""

MOST_UNIONS = 64
"""Of so many sets of crews all unions are watched; of more, the sets alone."""

WHOLE_DAY: tuple[Window, ...] = ((0, 24 * 3600),)

_Crews = frozenset[str]
_Hours = tuple[Window, ...]
_Group = tuple[_Crews, _Hours]
_Names = dict[_Group, list[ResourceName]]


@dataclass(frozen=True)
class Asked:
    """What a visit asks for: who is able, in which hours of the day, and how that reads."""

    able: _Crews
    hours: _Hours
    name_de: str
    name_en: str


class Capacity:
    """The hours of crews in the weeks of a horizon.

    Parameters
    ----------
    travel_share
        Share of the working time that is driven, taken off.
    rules
        Noise rules in force; they narrow the hours of machines.

    Attributes
    ----------
    resources
        The groups with their hours, then what nobody can do; `resources_of` names them by index.
    """

    def __init__(
        self,
        crews: Sequence[Crew],
        catalogue: Catalogue,
        horizon: Horizon,
        *,
        travel_share: float = TRAVEL_SHARE,
        rules: Rules = STRICT,
    ) -> None:
        self._crews = {crew.code: crew for crew in crews}
        self._catalogue = catalogue
        self._horizon = horizon
        self._kept_share = 1.0 - travel_share
        self._rules = rules
        self._asked: dict[tuple[str, frozenset[str], Baunvo], Asked] = {}
        self._dates = [horizon.date(day) for day in range(horizon.days)]
        self._ordinary_day = next((on for on in self._dates if rest_day(on) is None), horizon.from_on)
        machines = [(kind, machines) for kind in catalogue.kinds.values() for machines in _machine_sets(kind)]
        for kind, needed in machines:
            for zone in Baunvo:
                self._ask(kind, needed, zone)
        self._names = self._groups()
        self._nobody = list(dict.fromkeys((one.name_de, one.name_en) for one in self._asked.values() if not one.able))
        self.resources = self._resources()
        self._of: dict[tuple[str, frozenset[str], Baunvo], tuple[int, ...]] = {}

    def asked(self, kind: WorkKind, machines: frozenset[str], zone: Baunvo) -> Asked:
        """Return what a work with these machines asks for in a zone of land use."""
        return self._asked[kind.code, machines, zone]

    def resources_of(self, kind: WorkKind, machines: frozenset[str], zone: Baunvo) -> tuple[int, ...]:
        """Return the resources that a visit uses."""
        key = (kind.code, machines, zone)
        if key not in self._of:
            asked = self._asked[key]
            self._of[key] = (
                tuple(
                    number
                    for number, (crews, hours) in enumerate(self._names)
                    if asked.able <= crews and intersect(asked.hours, hours) == asked.hours
                )
                if asked.able
                else (len(self._names) + self._nobody.index((asked.name_de, asked.name_en)),)
            )
        return self._of[key]

    def weekdays(self, able: _Crews) -> tuple[int, ...]:
        """Return the days of the week on which any of the crews works; of all crews when nobody is able."""
        crews = [self._crews[code] for code in (able or self._crews)]
        return tuple(sorted({weekday for crew in crews for weekday in crew.weekdays})) or (0, 1, 2, 3, 4)

    def _ask(self, kind: WorkKind, machines: frozenset[str], zone: Baunvo) -> None:
        able = frozenset(
            crew.code
            for crew in self._crews.values()
            if crew.people >= kind.people and kind.skills <= crew.skills and machines <= crew.machines
        )
        found = ruling(
            (self._catalogue.machines[code] for code in sorted(machines)), zone, self._ordinary_day, self._rules
        )
        hours = intersect(found.windows, WHOLE_DAY)
        machines_in_order = [self._catalogue.machines[code] for code in sorted(machines)]
        de = [f"{kind.people} Personen", *sorted(kind.skills), *(one.name_de for one in machines_in_order)]
        en = [f"{kind.people} people", *sorted(kind.skills), *(one.name_en for one in machines_in_order)]
        self._asked[kind.code, machines, zone] = Asked(able, hours, ", ".join(de), ", ".join(en))

    def _groups(self) -> _Names:
        names: _Names = {}

        def add(crews: Iterable[str], hours: _Hours, code: str, de: str, en: str) -> None:
            group = (frozenset(crews), hours)
            if group[0]:
                names.setdefault(group, []).append(ResourceName(code, de, en))

        crews = self._crews.values()
        add(self._crews, WHOLE_DAY, "crews", "aller Kolonnen", "all crews")
        for skill in sorted({skill for crew in crews for skill in crew.skills}):
            add(
                (crew.code for crew in crews if skill in crew.skills),
                *(WHOLE_DAY, f"skill:{skill}", f"der Befähigung {skill}", f"skill {skill}"),
            )
        for code in sorted({machine for crew in crews for machine in crew.machines}):
            machine = self._catalogue.machines.get(code)
            de, en = (machine.name_de, machine.name_en) if machine else (code, code)
            add(
                (crew.code for crew in crews if code in crew.machines),
                *(WHOLE_DAY, f"machine:{code}", f"der Maschine {de}", f"machine {en}"),
            )
        for people in sorted({kind.people for kind in self._catalogue.kinds.values() if kind.people > 1}):
            add(
                (crew.code for crew in crews if crew.people >= people),
                *(WHOLE_DAY, f"people:{people}", f"der Kolonnen ab {people} Personen", f"crews of {people} or more"),
            )
        told = [one for one in self._asked.values() if one.able]
        for able in _unions({one.able for one in told}):
            name = " + ".join(sorted(able))
            if (able, WHOLE_DAY) not in names:
                add(able, WHOLE_DAY, f"crews:{name}", f"von {name}", f"{name}")
        for hours in sorted({one.hours for one in told if one.hours != WHOLE_DAY}):
            inside = {one.able for one in told if intersect(one.hours, hours) == one.hours}
            text = spans(hours)
            for able in _unions(inside):
                who = "" if able == frozenset(self._crews) else " " + " + ".join(sorted(able))
                add(
                    able,
                    *(hours, f"hours:{text}{who}", f"in den Zeiten {text} Uhr{who}", f"in the hours {text}{who}"),
                )
        return names

    def _resources(self) -> tuple[Resource, ...]:
        weeks = range(self._horizon.weeks)
        made = (
            Resource(tuple(names), tuple(self._capacity_s(crews, hours, week) for week in weeks), crews)
            for (crews, hours), names in self._names.items()
        )
        idle = (0,) * self._horizon.weeks
        return (*made, *(Resource((ResourceName(f"nobody:{en}", de, en),), idle) for de, en in self._nobody))

    def _capacity_s(self, crews: _Crews, hours: _Hours, week: int) -> int:
        days = self._dates[DAYS * week : DAYS * (week + 1)]
        return int(sum(self._day_s(self._crews[code], hours, on) for on in days for code in crews) * self._kept_share)

    def _day_s(self, crew: Crew, hours: _Hours, on: date) -> int:
        if on < self._horizon.from_on or on.weekday() not in crew.weekdays or rest_day(on) is not None:
            return 0
        shift = (crew.shift_start_s, crew.shift_end_s)
        return min(busy_limit_s(shift, crew.regular_s), sum(end - start for start, end in intersect((shift,), hours)))


def _machine_sets(kind: WorkKind) -> set[frozenset[str]]:
    return {tier.machines or kind.machines for tier in kind.rates} | {kind.machines}


def _unions(sets: set[_Crews]) -> list[_Crews]:
    """Return sets of crews and the unions of those that overlap, in a fixed order; without unions when too many."""
    found = set(sets)
    fresh = set(sets)
    while fresh and len(found) <= MOST_UNIONS:
        made = {one | other for one in fresh for other in sets if one & other and not (one <= other or other <= one)}
        fresh = made - found
        found |= fresh
    if len(found) > MOST_UNIONS:
        found = set(sets)
    return sorted(found, key=lambda crews: (len(crews), sorted(crews)))
