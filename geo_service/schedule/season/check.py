"""Floor 4: the independent checker of a season's plan. It shares no code with the search, on purpose."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import holidays

from geo_service.routes.model import Fault
from geo_service.schedule.season.model import Rhythm, SeasonNeed, SeasonPlan, SeasonProblem, Step

SUNDAY = 6
BAN_BEGINS, BAN_ENDS = (3, 1), (9, 30)
"""BNatSchG §39(5), both inclusive."""

LEFT_OUT_CODES = frozenset({"capacity", "budget", "no_crew", "predecessor", "later", "closed"})

Found = Iterator[tuple[str, str]]
_Dates = dict[tuple[int, int], list[date]]
"""Days asked for, planned or left out, by (need, step)."""


def season_faults(plan: SeasonPlan) -> list[Fault]:
    """List everything that is wrong with a plan of a season; an empty list means it holds.

    Rules: ``placed`` (every need has its first visit planned or listed, every visit left out is listed once with code
    and words), ``rest_day``, ``season``, ``law`` (cutting ban), ``tenure``, ``weekday``, ``period`` (inside the
    horizon), ``window`` (the first visit), ``interval``, ``complete`` (no visit missing at the end), ``order`` (chains
    with settling days, nothing planned behind a step left out), ``capacity`` (with the reserve), ``load`` (told as it
    is), ``budget``.
    """
    checks = (_placed, _lawful, _windows, _intervals, _order, _capacity, _budgets)
    return [Fault(rule, text) for check in checks for rule, text in check(plan)]


def _dates(plan: SeasonPlan, *, served_only: bool = False) -> _Dates:
    monday = plan.problem.horizon.from_on - timedelta(days=plan.problem.horizon.from_on.weekday())
    found: _Dates = defaultdict(list)
    for need, step, day, served in zip(
        plan.need.tolist(), plan.step.tolist(), plan.day.tolist(), plan.served.tolist(), strict=True
    ):
        if served or not served_only:
            found[need, step].append(monday + timedelta(days=day))
    for dates in found.values():
        dates.sort()
    return found


@lru_cache(maxsize=16)
def _closed_in(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv="SN", years=year))


def _within(first: tuple[int, int], last: tuple[int, int], on: date) -> bool:
    here = (on.month, on.day)
    if first <= last:
        return first <= here <= last
    return not last < here < first


def _why_closed(need: SeasonNeed, step: Step, on: date) -> str:
    """Return the rule that closes a day, or nothing."""
    if on.weekday() == SUNDAY or on in _closed_in(on.year):
        return "rest_day"
    if on.weekday() not in step.weekdays:
        return "weekday"
    if (need.from_on is not None and on < need.from_on) or (need.until_on is not None and on > need.until_on):
        return "tenure"
    if step.woody_cut and _within(BAN_BEGINS, BAN_ENDS, on):
        return "law"
    if step.season is not None and not _within(step.season[0], step.season[1], on):
        return "season"
    return ""


class _Open:
    """The open days of steps in a horizon, kept by what they depend on."""

    def __init__(self, problem: SeasonProblem) -> None:
        horizon = problem.horizon
        self.first = horizon.from_on
        self.last = horizon.from_on - timedelta(days=horizon.from_on.weekday()) + timedelta(days=7 * horizon.weeks - 1)
        self._days: dict[object, list[date]] = {}

    def days(self, need: SeasonNeed, step: Step) -> list[date]:
        key = (need.from_on, need.until_on, step.woody_cut, step.season, step.weekdays)
        if key not in self._days:
            count = (self.last - self.first).days + 1
            every = [self.first + timedelta(days=day) for day in range(count)]
            self._days[key] = [on for on in every if not _why_closed(need, step, on)]
        return self._days[key]

    def first_from(self, need: SeasonNeed, step: Step, on: date) -> date | None:
        days = self.days(need, step)
        place = bisect_left(days, on)
        return days[place] if place < len(days) else None


def _placed(plan: SeasonPlan) -> Found:
    needs = plan.problem.needs
    dates = _dates(plan)
    closed = Counter(one.need_id for one in plan.left_out if one.code == "closed")
    known = {need.need_id for need in needs}
    if len(known) != len(needs):
        yield "placed", "two needs have the same id"
    for number, need in enumerate(needs):
        has = (number, 0) in dates
        if has == bool(closed[need.need_id]) or closed[need.need_id] > 1:
            yield (
                "placed",
                f"{need.need_id} has {'a' if has else 'no'} visit and is listed {closed[need.need_id]} times",
            )
        later = (
            Counter(one.work for one in plan.left_out if one.code == "later" and one.need_id == need.need_id)
            if (len(need.steps) > 1)
            else Counter()
        )
        for index, step in enumerate(need.steps):
            visits = len(dates.get((number, index), ()))
            if step.rhythm is None and has:
                same = [at for at, other in enumerate(need.steps) if other.work == step.work and other.rhythm is None]
                asked = sum(len(dates.get((number, at), ())) for at in same) + later[step.work]
                if visits > 1 or asked != len(same):
                    yield "placed", f"{need.need_id}: {step.work} is told {asked} times, not {len(same)}"
    listed: Counter[tuple[str, str, date]] = Counter(
        (one.need_id, one.work, one.due_on) for one in plan.left_out if one.due_on is not None
    )
    horizon = plan.problem.horizon
    monday = horizon.from_on - timedelta(days=horizon.from_on.weekday())
    left_out: Counter[tuple[str, str, date]] = Counter()
    for index in (~plan.served).nonzero()[0].tolist():
        need = needs[plan.need[index]]
        on = monday + timedelta(days=int(plan.day[index]))
        left_out[need.need_id, need.steps[plan.step[index]].work, on] += 1
    for key in (listed - left_out) | (left_out - listed):
        yield (
            "placed",
            f"{key[0]}: {key[1]} on {key[2]} is left out {left_out[key]} times but listed {listed[key]} times",
        )
    for one in plan.left_out:
        if one.code not in LEFT_OUT_CODES or not one.reason.strip() or not one.reason_en.strip():
            yield "placed", f"{one.need_id} is left out without a reason"
        if one.need_id not in known:
            yield "placed", f"{one.need_id} is listed but was not asked for"


def _lawful(plan: SeasonPlan) -> Found:
    opened = _Open(plan.problem)
    for (number, index), dates in _dates(plan, served_only=True).items():
        need = plan.problem.needs[number]
        step = need.steps[index]
        allowed = set(opened.days(need, step))
        for on in dates:
            if on in allowed:
                continue
            outside = not opened.first <= on <= opened.last
            yield ("period" if outside else _why_closed(need, step, on)), f"{need.need_id}: {step.work} on {on}"


def _in_window(opened: _Open, need: SeasonNeed, step: Step, on: date, low: date, high: date, slack: int) -> bool:
    """Tell whether a day lies in a window, or behind it within the slack when all its days are closed."""
    if low <= on <= high:
        return True
    first = opened.first_from(need, step, low)
    return first is not None and first > high and first <= on <= first + timedelta(days=slack)


def _slack(step: Step) -> int:
    if step.rhythm is None:
        return step.slack_days
    return max(step.rhythm.longest_days - step.rhythm.shortest_days, 7)


def _windows(plan: SeasonPlan) -> Found:
    opened = _Open(plan.problem)
    for (number, index), dates in _dates(plan).items():
        if index > 0:
            continue
        need = plan.problem.needs[number]
        low = max(need.earliest_on, opened.first)
        high = max(low, need.latest_on)
        if not _in_window(opened, need, need.steps[0], dates[0], low, high, _slack(need.steps[0])):
            yield "window", f"{need.need_id} begins on {dates[0]}, not from {low} to {high}"


def _intervals(plan: SeasonPlan) -> Found:
    opened = _Open(plan.problem)
    for (number, index), dates in _dates(plan).items():
        need = plan.problem.needs[number]
        step = need.steps[index]
        if step.rhythm is None:
            continue
        if step.rhythm.fixed and index == 0:
            yield from _on_fixed_dates(opened, need, step, step.rhythm, dates)
            continue
        for one, two in pairwise(dates):
            low, high = (one + timedelta(days=max(1, days)) for days in _bounds(step.rhythm))
            if not _in_window(opened, need, step, two, low, high, _slack(step)):
                yield "interval", f"{need.need_id}: {step.work} on {one} and on {two}"
        low, high = (dates[-1] + timedelta(days=max(1, days)) for days in _bounds(step.rhythm))
        following = opened.first_from(need, step, low)
        if following is not None and high <= opened.last:
            yield "complete", f"{need.need_id}: {step.work} ends on {dates[-1]} although {following} is open"


def _bounds(rhythm: Rhythm) -> tuple[int, int]:
    return rhythm.shortest_days, rhythm.longest_days


def _on_fixed_dates(opened: _Open, need: SeasonNeed, step: Step, rhythm: Rhythm, dates: list[date]) -> Found:
    apart = max(1, (rhythm.shortest_days + rhythm.longest_days) // 2)
    early, late = timedelta(days=apart - rhythm.shortest_days), timedelta(days=rhythm.longest_days - apart)
    left = set(dates[1:])
    before = dates[0]
    grid = need.due_on + timedelta(days=apart)
    while grid + late <= opened.last:
        low = max(grid - early, before + timedelta(days=1))
        first = opened.first_from(need, step, low)
        until = grid + timedelta(days=apart) - early - timedelta(days=1)
        if first is not None and first <= until:
            high = grid + late if first <= grid + late else first
            here = sorted(on for on in left if low <= on <= high)
            if len(here) != 1:
                yield "interval", f"{need.need_id}: {step.work} has {len(here)} visits around {grid}"
            left -= set(here)
            before = max([before, *here])
        grid += timedelta(days=apart)
    for on in sorted(left):
        if on < grid - early:
            yield "interval", f"{need.need_id}: {step.work} on {on} belongs to none of its dates"


def _order(plan: SeasonPlan) -> Found:
    opened = _Open(plan.problem)
    every, served = _dates(plan), _dates(plan, served_only=True)
    for (number, index), dates in every.items():
        need = plan.problem.needs[number]
        step = need.steps[index]
        if step.after < 0:
            continue
        before = every.get((number, step.after))
        if before is None:
            yield "order", f"{need.need_id}: {step.work} on {dates[0]} without {need.steps[step.after].work}"
            continue
        wait = step.settle_days if step.rhythm is None else max(step.settle_days, step.rhythm.shortest_days)
        ready = before[0] + timedelta(days=wait)
        if dates[0] < ready:
            yield "order", f"{need.need_id}: {step.work} on {dates[0]}, {need.steps[step.after].work} on {before[0]}"
        if step.rhythm is None:
            first = opened.first_from(need, step, ready)
            if first is None or dates[0] > first + timedelta(days=step.slack_days):
                yield "window", f"{need.need_id}: {step.work} on {dates[0]}, long after it could be done"
        else:
            high = max(ready, before[0] + timedelta(days=step.rhythm.longest_days))
            if not _in_window(opened, need, step, dates[0], ready, high, _slack(step)):
                yield "interval", f"{need.need_id}: {step.work} on {dates[0]}, long after it could be done"
        if (number, index) in served and before[0] not in served.get((number, step.after), ()):
            yield "order", f"{need.need_id}: {step.work} is planned, {need.steps[step.after].work} before it is not"


def _capacity(plan: SeasonPlan) -> Found:
    problem = plan.problem
    loads: Counter[tuple[int, int]] = Counter()
    for number, index, day, served in zip(
        plan.need.tolist(), plan.step.tolist(), plan.day.tolist(), plan.served.tolist(), strict=True
    ):
        if served:
            step = problem.needs[number].steps[index]
            for resource in step.resources:
                loads[resource, day // 7] += step.service_s
    for number, resource in enumerate(problem.resources):
        for week in range(problem.horizon.weeks):
            planned = loads[number, week]
            if planned > resource.capacity_s[week] * (1 - problem.reserve):
                yield (
                    "capacity",
                    f"{resource.code} in week {week}: {planned} s planned of {resource.capacity_s[week]} s",
                )
            if planned != plan.load_s[number, week]:
                yield "load", f"{resource.code} in week {week}: {planned} s planned, {plan.load_s[number, week]} s told"


def _budgets(plan: SeasonPlan) -> Found:
    for budget in plan.problem.budgets:
        spent = 0
        for number, index, served in zip(plan.need.tolist(), plan.step.tolist(), plan.served.tolist(), strict=True):
            step = plan.problem.needs[number].steps[index]
            if served and (not budget.works or step.work in budget.works):
                spent += step.cost_cents if budget.unit == "cost" else step.service_s * step.people
        if spent > budget.limit:
            yield "budget", f"{budget.name}: {spent} of {budget.limit}"
