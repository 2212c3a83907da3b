"""Floor 4: how a visit that was left out could be served after all: the cheapest way, tried on the plan as it stands.

What is compared is seconds of driving, as in the objective: a minute of overtime costs a minute and its surcharge, a
visit that gives way costs what leaving it out costs, a trip to a facility that is not known yet counts as an hour.
Whatever is told was timed exactly: with 40 minutes more it fits, with 39 it does not at the same place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from geo_service.routes.model import CrewDay, Route
from geo_service.routes.timing import VOLUME_TOLERANCE_M3, busy_limit_s
from geo_service.schedule.crew_days import rested
from geo_service.schedule.dates import days_after, left_out_cost_s, predecessors
from geo_service.schedule.model import Placement, Problem, Remedy, Solution, Unserved
from geo_service.schedule.standing import Gap, Standing
from geo_service.schedule.unserved import reasons, weekday_de, weekday_en
from geo_service.work.calendar import rest_day
from geo_service.work.model import Visit

TRIP_S = 3600
"""What a trip to a facility that is not known counts against other ways."""

MOST_DISPLACED = 3
EXACT_TRIES = 40
"""So many orders without other visits are timed exactly for a visit."""

Later = Callable[[Visit], "date | None"]
"""Tells the first lawful working day after the period on which a visit could be done."""


def unknown(_: Visit) -> date | None:
    """Know nothing of the days after the period."""
    return None


def explained(problem: Problem, solution: Solution, later: Later = unknown) -> Solution:
    """Return the solution with the reason of locked visits seen from their lock, and a remedy for all it leaves out."""
    crew_days = rested([day for day in problem.crew_days if rest_day(day.on) is None])
    return replace(solution, unserved=_explained(problem, crew_days, solution.routes, solution.unserved, later))


def why_not(
    problem: Problem,
    routes: Sequence[Route],
    left_out: Iterable[Visit],
    *,
    crew_days: Sequence[CrewDay] | None = None,
    later: Later = unknown,
) -> tuple[Unserved, ...]:
    """Return for each visit why it is in none of the routes of a plan, and the cheapest way to serve it after all.

    Parameters
    ----------
    crew_days
        All of the period with the shifts that count; by default the working days of the problem, rested.
    """
    if crew_days is None:
        crew_days = rested([day for day in problem.crew_days if rest_day(day.on) is None])
    waiting = predecessors(problem.visits)
    told = _reasons(problem, crew_days, routes, left_out, waiting)
    return _explained(problem, crew_days, routes, told, later)


def _explained(
    problem: Problem, crew_days: Sequence[CrewDay], routes: Sequence[Route], told: Sequence[Unserved], later: Later
) -> tuple[Unserved, ...]:
    waiting, locks = predecessors(problem.visits), _locks(problem)
    finder = _Finder(Standing(problem, crew_days, routes), waiting, later)
    answer = []
    for one in told:
        found = one
        if one.visit.visit_id in locks and one.code != "lock":
            (found,) = _reasons(problem, crew_days, routes, [one.visit], waiting)
        answer.append(replace(found, remedy=finder.remedy(found)))
    return tuple(answer)


def _reasons(
    problem: Problem,
    crew_days: Sequence[CrewDay],
    routes: Sequence[Route],
    left_out: Iterable[Visit],
    waiting: Mapping[str, Sequence[str]],
) -> tuple[Unserved, ...]:
    first_day, matrices = min(problem.days), problem.matrices
    return reasons(
        left_out, crew_days, first_day, problem.matrix, routes, waiting, locks=_locks(problem), matrices=matrices
    )


def _locks(problem: Problem) -> dict[str, Placement]:
    return {visit_id: problem.in_force[visit_id] for visit_id in problem.locked if visit_id in problem.in_force}


@dataclass(frozen=True)
class _Way:
    """A way to serve a visit and what it costs, seconds of driving."""

    cost_s: float
    remedy: Remedy


class _Finder:
    """Finds remedies on one plan."""

    def __init__(self, plan: Standing, waiting: Mapping[str, Sequence[str]], later: Later) -> None:
        self._plan, self._waiting, self._later = plan, waiting, later
        self._weights = plan.problem.weights
        self._last_day = max(plan.problem.days)
        placed = plan.done_on
        self._needed = {before for visit_id in placed for before in waiting.get(visit_id, ())}

    def remedy(self, one: Unserved) -> Remedy | None:
        """Return the cheapest way to serve a visit after all; None when none was found."""
        visit = one.visit
        match one.code:
            case "no_time" | "capacity" | "window":
                return self._room(visit) or self._after_the_period(visit)
            case "too_long" | "too_large":
                return self._room(visit) or self._split(visit)
            case "no_skill" | "no_machine" | "too_few_people":
                return self._with_needs(visit)
            case "predecessor":
                return self._behind(visit)
            case "tenure":
                return Remedy("renew", "mit einer verlängerten Vereinbarung", "with the agreement prolonged")
            case "law" | "no_crew_day":
                return self._after_the_period(visit)
            case "lock":
                return Remedy("unlock", "ohne die Festlegung", "without the lock")
            case _:
                return None

    def _room(self, visit: Visit) -> Remedy | None:
        days = self._after_predecessors(visit, self._plan.open_to(visit))
        ways = [self._more_time(visit, days), self._facility_trip(visit, days)]
        best = min((way.cost_s for way in ways if way is not None), default=math.inf)
        ways.append(self._displace(visit, days, best))
        found = [way for way in ways if way is not None]
        return min(found, key=lambda way: way.cost_s).remedy if found else None

    def _after_predecessors(self, visit: Visit, days: list[int]) -> list[int]:
        before = [self._plan.done_on.get(visit_id) for visit_id in self._waiting.get(visit.visit_id, ())]
        if any(on is None for on in before):
            return []
        earliest = max((on.toordinal() + days_after(visit) for on in before if on is not None), default=0)
        return [day for day in days if self._plan.days[day].on.toordinal() >= earliest]

    def _more_time(self, visit: Visit, days: list[int]) -> _Way | None:
        plan = self._plan
        best: tuple[int, Gap, int] | None = None
        for gap in plan.gaps(visit, days):
            least = max(1, math.ceil(gap.short_s / 60))
            order = plan.with_visit(gap, visit)
            for side, room in enumerate(plan.more_min[gap.day]):
                most = room if best is None else min(room, best[0] - 1)
                if least > most or not self._fits_longer(gap.day, order, side, most):
                    continue
                low, high = least, most
                while low < high:
                    middle = (low + high) // 2
                    low, high = (low, middle) if self._fits_longer(gap.day, order, side, middle) else (middle + 1, high)
                best = (high, gap, side)
        if best is None:
            return None
        minutes, gap, side = best
        day = plan.days[gap.day]
        lead_de, lead_en = (" vor Schichtbeginn", " before the shift") if side == 0 else ("", "")
        return _Way(
            60 * minutes * (1 + self._weights.overtime),
            Remedy(
                "more_time",
                f"mit {minutes} Minuten mehr{lead_de} am {weekday_de(day.on)}, {day.crew}",
                f"with {minutes} minutes more{lead_en} on {weekday_en(day.on)}, {day.crew}",
                day.crew,
                day.on,
                minutes=minutes,
            ),
        )

    def _fits_longer(self, day: int, order: Sequence[Visit], side: int, minutes: int) -> bool:
        before, after = (minutes, 0) if side == 0 else (0, minutes)
        return self._plan.fits(self._plan.longer(day, before, after), order)

    def _facility_trip(self, visit: Visit, days: list[int]) -> _Way | None:
        """Return where a visit fits but for the load of a vehicle that knows no facility."""
        plan = self._plan
        light = replace(visit, volume_m3=0.0, supply_m3=0.0)
        for gap in plan.gaps(visit, [day for day in days if self._is_full(day, visit)]):
            if gap.short_s:
                break
            day = plan.days[gap.day]
            if plan.fits(day, plan.with_visit(gap, light)):
                text = f"mit einer Leerung zwischendurch am {weekday_de(day.on)}, {day.crew}"
                text_en = f"with the vehicle emptied in between on {weekday_en(day.on)}, {day.crew}"
                return _Way(TRIP_S, Remedy("facility_trip", text, text_en, day.crew, day.on))
        return None

    def _is_full(self, number: int, visit: Visit) -> bool:
        day, order = self._plan.days[number], self._plan.orders[number]
        load = sum(one.volume_m3 + one.supply_m3 for one in (*order, visit))
        return not day.facilities and load > day.capacity_m3 + VOLUME_TOLERANCE_M3

    def _displace(self, visit: Visit, days: list[int], worth_s: float) -> _Way | None:
        """Return which visits of lower priority would give way for less than ``worth_s``."""
        plan = self._plan
        offers: list[tuple[float, int, tuple[int, ...]]] = []
        for number in days:
            free_s = int(plan.limit_s[number] - plan.busy_s[number]) - visit.service_s
            giving = sorted(
                (left_out_cost_s(one, self._last_day, self._weights), -one.service_s, at)
                for at, one in enumerate(plan.orders[number])
                if self._gives_way(one, visit)
            )
            offers += [(cost, number, (at,)) for cost, _, at in giving]
            several: list[int] = []
            cost_s = 0.0
            for cost, less_s, at in giving[:MOST_DISPLACED]:
                several.append(at)
                cost_s, free_s = cost_s + cost, free_s - less_s
                if len(several) > 1 and free_s >= -self._drive_around_s(number):
                    offers.append((cost_s, number, tuple(sorted(several))))
        tries = EXACT_TRIES
        for cost_s, number, going in sorted(offers):
            if cost_s >= worth_s or tries <= 0:
                break
            order = plan.orders[number]
            freed = sum(order[at].service_s for at in going) + self._drive_around_s(number)
            if plan.busy_s[number] - freed + visit.service_s > plan.limit_s[number]:
                continue
            staying = [one for at, one in enumerate(order) if at not in going]
            for at in dict.fromkeys((going[0], *range(len(staying) + 1))):
                tries -= 1
                if plan.fits(plan.days[number], [*staying[:at], visit, *staying[at:]]):
                    return _Way(cost_s, self._displacing(number, [order[gone] for gone in going]))
                if tries <= 0:
                    break
        return None

    def _drive_around_s(self, number: int) -> int:
        """Return all driving of a crew-day: the most that leaving stops out can save."""
        return int(self._plan.busy_s[number]) - sum(one.service_s for one in self._plan.orders[number])

    def _gives_way(self, one: Visit, to: Visit) -> bool:
        return (
            one.priority > to.priority
            and one.visit_id not in self._plan.problem.locked
            and one.visit_id not in self._needed
        )

    def _displacing(self, number: int, going: Sequence[Visit]) -> Remedy:
        day = self._plan.days[number]
        names = ", ".join(one.visit_id for one in going)
        return Remedy(
            "displace",
            f"würde am {weekday_de(day.on)}, {day.crew} verdrängen: {names}",
            f"would displace on {weekday_en(day.on)}, {day.crew}: {names}",
            day.crew,
            day.on,
            displaces=tuple(one.visit_id for one in going),
        )

    def _with_needs(self, visit: Visit) -> Remedy | None:
        """Return the crew that would fit with what it lacks: the fewest things, then the least drive."""
        plan = self._plan
        days = self._after_predecessors(visit, plan.open_to(visit, whatever_it_needs=True))
        lacking = {day: _lacking(plan.days[day], visit) for day in days}
        for count in sorted({len(needs) for needs in lacking.values()}):
            alike = [day for day in days if len(lacking[day]) == count and lacking[day]]
            for gap in plan.gaps(visit, alike):
                if gap.short_s:
                    break
                day = plan.days[gap.day]
                if plan.fits(day, plan.with_visit(gap, visit)):
                    return _equipped(day, visit, lacking[gap.day])
        return None

    def _split(self, visit: Visit) -> Remedy | None:
        """Return into how many parts a visit must be cut to fit stretches, crew-days and vehicles one by one."""
        days = [self._plan.days[day] for day in self._plan.open_to(replace(visit, volume_m3=0.0, supply_m3=0.0))]
        longest = max(
            (
                min(closes, day.shift[1]) - max(opens, day.shift[0])
                for day in days
                for opens, closes in visit.day_windows[day.on]
            ),
            default=0,
        )
        longest = min(longest, max((busy_limit_s(day.shift, day.max_work_s) for day in days), default=0))
        largest = max((day.capacity_m3 for day in days), default=0.0)
        if longest <= 0 or (visit.volume_m3 > 0 and largest <= 0):
            return None
        parts = max(math.ceil(visit.service_s / longest), math.ceil(visit.volume_m3 / largest) if largest else 1)
        if parts < 2:
            return None
        return Remedy("split", f"in {parts} Teilen", f"in {parts} parts", parts=parts)

    def _behind(self, visit: Visit) -> Remedy | None:
        undone = tuple(one for one in self._waiting.get(visit.visit_id, ()) if one not in self._plan.done_on)
        if not undone:
            return self._after_the_period(visit)
        names = ", ".join(undone)
        return Remedy("before", f"sobald {names} erledigt ist", f"once {names} is done", displaces=undone)

    def _after_the_period(self, visit: Visit) -> Remedy | None:
        return _from(self._later(visit))


def after_the_period(one: Unserved, later: Later) -> Remedy | None:
    """Return the first day after the period as the remedy of a visit that no search took on for want of time."""
    return _from(later(one.visit)) if one.code in {"no_time", "capacity", "law", "no_crew_day"} else None


def _from(on: date | None) -> Remedy | None:
    if on is None:
        return None
    return Remedy(
        "other_date",
        f"erst nach dem Zeitraum, ab {weekday_de(on)}",
        f"only after the period, from {weekday_en(on)}",
        on=on,
    )


def _lacking(day: CrewDay, visit: Visit) -> tuple[str, ...]:
    """Return what a crew lacks: skills, machines, and people as ``"+2"``."""
    people = (f"+{visit.people - day.people}",) if visit.people > day.people else ()
    return (*sorted(visit.skills - day.skills), *sorted(visit.machines - day.machines), *people)


def _equipped(day: CrewDay, visit: Visit, needs: tuple[str, ...]) -> Remedy:
    skills, machines = sorted(visit.skills - day.skills), sorted(visit.machines - day.machines)
    people = max(0, visit.people - day.people)
    de = [
        *(f"der Befähigung '{skill}'" for skill in skills),
        *(f"dem Gerät '{machine}'" for machine in machines),
        *([f"{people} Person{'en' if people > 1 else ''} mehr"] if people else []),
    ]
    en = [
        *(f"the skill '{skill}'" for skill in skills),
        *(f"the machine '{machine}'" for machine in machines),
        *([f"{people} more {'people' if people > 1 else 'person'}"] if people else []),
    ]
    return Remedy(
        "skill" if skills else "machine" if machines else "people",
        f"{day.crew} am {weekday_de(day.on)} mit {' und '.join(de)}",
        f"{day.crew} on {weekday_en(day.on)} with {' and '.join(en)}",
        day.crew,
        day.on,
        needs=needs,
    )
