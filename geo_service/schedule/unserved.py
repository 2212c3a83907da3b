"""Floor 4: why a visit was left out: the reason that binds, with its code, in words that help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from geo_service.base.clock import hhmm
from geo_service.base.units import hours, minutes
from geo_service.routes.model import CrewDay, Route
from geo_service.routes.timing import VOLUME_TOLERANCE_M3, busy_limit_s, time_route, why_unfit
from geo_service.schedule.dates import days_after, may_lie_on
from geo_service.schedule.model import Placement, Unserved
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.model import Visit
from geo_service.work.tenure import NAMES_DE

WEEKDAYS_DE = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_DECIMALS = 7
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def before_roads(visit: Visit, crew_days: Sequence[CrewDay], first_day: date) -> Unserved | None:
    """Return why no crew-day could ever do a visit, whatever the roads; None when one could."""
    return _needs(visit, crew_days) or _dates(visit, [day for day in crew_days if not why_unfit(day, visit)], first_day)


def _needs(visit: Visit, crew_days: Sequence[CrewDay]) -> Unserved | None:
    if not crew_days:
        return Unserved(visit, "no_crew_day", "im Zeitraum arbeitet keine Kolonne", "no crew works in the period")
    people = max(day.people for day in crew_days)
    if visit.people > people:
        return Unserved(
            visit,
            "too_few_people",
            f"braucht {visit.people} Personen, die größte Kolonne hat {people}",
            f"needs {visit.people} people, the largest crew has {people}",
        )
    for code, asked, had, de, en in (
        ("no_skill", visit.skills, [day.skills for day in crew_days], "Befähigung", "skill"),
        ("no_machine", visit.machines, [day.machines for day in crew_days], "Gerät", "machine"),
    ):
        lacking = sorted(asked - frozenset[str]().union(*had))
        if lacking:
            names = ", ".join(f"'{name}'" for name in lacking)
            return Unserved(visit, code, f"keine Kolonne hat {de} {names}", f"no crew has the {en} {names}")
    able = [
        day
        for day in crew_days
        if visit.people <= day.people and visit.skills <= day.skills and visit.machines <= day.machines
    ]
    if not able:
        asked_names = ", ".join(sorted(visit.skills | visit.machines))
        return Unserved(
            visit,
            "no_skill" if visit.skills else "no_machine",
            f"keine Kolonne hat alles zugleich: {visit.people} Personen, {asked_names}",
            f"no crew has all of it at once: {visit.people} people, {asked_names}",
        )
    capacity = max(day.capacity_m3 for day in able)
    if all(why_unfit(day, visit) for day in able):
        volume, carried = _apart(visit.volume_m3, capacity)
        return Unserved(
            visit,
            "too_large",
            f"es fallen {_de_number(volume)} m³ an, das größte geeignete Fahrzeug fasst {_de_number(carried)} m³",
            f"yields {volume} m³, the largest fitting vehicle carries {carried} m³",
        )
    return None


def _dates(visit: Visit, able: Sequence[CrewDay], first_day: date) -> Unserved | None:
    dated = [day for day in able if may_lie_on(visit, day.on, first_day)]
    if not dated:
        return Unserved(
            visit,
            "no_crew_day",
            f"keine geeignete Kolonne arbeitet zwischen {_de(visit.earliest_on)} und {_de(visit.latest_on)}",
            f"no fitting crew works between {_en(visit.earliest_on)} and {_en(visit.latest_on)}",
        )
    lawful = [day for day in dated if any(opens < closes for opens, closes in visit.day_windows.get(day.on, ()))]
    if not lawful:
        rules = Counter(visit.forbidden.get(day.on, "") for day in dated)
        rule = ", ".join(name for name, _ in rules.most_common(3) if name)
        return Unserved(
            visit,
            "tenure" if rule and all(is_end_of_right(name) for name in rules) else "law",
            f"an jedem Tag des Zeitraums verboten: {rule or 'kein erlaubtes Zeitfenster'}",
            f"forbidden on every day of the period: {rule or 'no window allowed'}",
        )
    needed = hours(visit.service_s)
    longest = max(closes - opens for day in lawful for opens, closes in visit.day_windows[day.on])
    if visit.service_s > longest:
        return Unserved(
            visit,
            "too_long",
            f"braucht {needed}, der längste erlaubte Abschnitt hat {hours(longest)}",
            f"needs {needed}, the longest stretch is {hours(longest)}",
        )
    roomiest = max(busy_limit_s(day.shift, day.max_work_s) for day in lawful)
    if visit.service_s > roomiest:
        return Unserved(
            visit,
            "too_long",
            f"braucht {needed}, ein Einsatztag fasst höchstens {hours(roomiest)}",
            f"needs {needed}, a crew-day holds {hours(roomiest)} at most",
        )
    for day in lawful:
        for opens, closes in (
            visit.day_windows[day.on] if visit.service_s <= busy_limit_s(day.shift, day.max_work_s) else ()
        ):
            if min(closes, day.shift[1]) - max(opens, day.shift[0]) >= visit.service_s:
                return None
    windows = sorted({window for day in lawful for window in visit.day_windows[day.on]})
    allowed = ", ".join(f"{hhmm(opens)}-{hhmm(closes)}" for opens, closes in windows)
    shifts = ", ".join(f"{hhmm(start)}-{hhmm(end)}" for start, end in sorted({day.shift for day in lawful}))
    return Unserved(
        visit,
        "window",
        f"braucht {needed}; erlaubt sind {allowed}, die Schichten gehen {shifts}",
        f"needs {needed}; allowed are {allowed}, the shifts are {shifts}",
    )


def is_end_of_right(rule: str) -> bool:
    """Tell whether it is the right to work on the plot that forbids a day, and no law.

    Examples
    --------
    >>> is_end_of_right("Gestattung endet am 30.11.2026"), is_end_of_right("BNatSchG §39(5): ...")
    (True, False)
    """
    return any(rule.startswith((f"{name} endet am ", f"{name} beginnt erst am ")) for name in NAMES_DE.values())


def by_road(
    visit: Visit,
    crew_days: Sequence[CrewDay],
    matrix: TravelMatrix,
    matrices: Mapping[str, TravelMatrix] | None = None,
) -> tuple[list[CrewDay], Unserved | None]:
    """Return the crew-days that could do a visit with nothing else to do, and why it is none of them.

    Parameters
    ----------
    crew_days
        Those that may do it before roads are looked at.
    matrices
        Travel by profile, as in `Problem`.
    """
    seconds = {day: (matrices or {}).get(day.profile, matrix).seconds for day in crew_days}
    if visit.place < 0:
        return [], Unserved(
            visit,
            "off_network",
            "die Fläche liegt abseits des Straßennetzes",
            "the plot lies off the street network",
        )
    reachable = [
        day
        for day in crew_days
        if UNREACHABLE not in (seconds[day][day.depot_place, visit.place], seconds[day][visit.place, day.last_place])
    ]
    if not reachable:
        return [], Unserved(
            visit,
            "unreachable",
            "kein Weg führt vom Betriebshof hin und zurück",
            "no way leads from the depot and back",
        )
    able, refused = _able_alone(visit, reachable, matrix, matrices or {})
    if able:
        return able, None
    if refused == {"no_facility"}:
        key = f" (AVV {visit.waste_key})" if visit.waste_key else ""
        return [], Unserved(
            visit,
            "no_facility",
            f"es fällt Abfall an{key} und das Fahrzeug muss leer zurückkommen; an keinem möglichen Einsatztag nimmt "
            "ihn eine offene, erreichbare Anlage",
            f"yields waste{key} and the vehicle must come back empty; on none of the crew-days that could serve it "
            "does an open facility within reach take it",
        )
    drive = min(
        int(seconds[day][day.depot_place, visit.place]) + int(seconds[day][visit.place, day.last_place])
        for day in reachable
    )
    return [], Unserved(
        visit,
        "too_long",
        f"{hours(visit.service_s)} Arbeit und {hours(drive)} Fahrt hin und zurück passen an keinem Tag "
        "in Schicht, Pause und erlaubte Zeiten",
        f"{hours(visit.service_s)} of work and {hours(drive)} of driving fit into shift, break and allowed hours "
        "on no day",
    )


def _able_alone(
    visit: Visit, crew_days: Sequence[CrewDay], matrix: TravelMatrix, matrices: Mapping[str, TravelMatrix]
) -> tuple[list[CrewDay], set[str]]:
    """Return the crew-days that can do a visit with nothing else to do, and the codes of why the others cannot.

    Of those that are alike one is timed.
    """
    answers: dict[tuple[object, ...], str] = {}
    able = []
    for day in crew_days:
        alike = (
            *(day.shift, day.depot_place, day.last_place, day.profile, day.max_work_s, day.capacity_m3),
            *(day.facilities, day.ends_empty, visit.day_windows[day.on]),
        )
        if alike not in answers:
            timed = time_route(day, [visit], matrices.get(day.profile, matrix))
            answers[alike] = "" if isinstance(timed, Route) else timed.code
        if not answers[alike]:
            able.append(day)
    return able, set(answers.values()) - {""}


def waiting_in_vain(visit: Visit, before: Sequence[str]) -> Unserved:
    """Return the reason of a visit whose predecessors are not done in the period."""
    names = ", ".join(before[:3])
    return Unserved(
        visit,
        "predecessor",
        f"wartet auf {names}, das im Zeitraum nicht erledigt wird",
        f"waits for {names}, which is not done in the period",
    )


def over_capacity(visit: Visit, crew_days: int, due: str, holds: str) -> Unserved:
    """Return the reason of a visit that others go before, on ``crew_days`` that hold less than is due."""
    due_de, holds_de = due.replace(".", ","), holds.replace(".", ",")
    return Unserved(
        visit,
        "no_time",
        f"für {crew_days} mögliche Einsatztage sind {due_de} fällig, sie fassen {holds_de}; "
        "dringendere Arbeiten gehen vor",
        f"{due} are due for {crew_days} possible crew-days that hold {holds}; more urgent work goes first",
    )


def no_time(visit: Visit, able: Sequence[CrewDay], routes: Mapping[tuple[str, date], Route]) -> Unserved:
    """Return the reason of a visit that would fit a crew-day if others were not there.

    Parameters
    ----------
    able
        The crew-days that could do it alone; never empty.
    routes
        By crew and date.
    """
    free = {}
    for day in able:
        route = routes.get((day.crew, day.on))
        free[day] = busy_limit_s(day.shift, day.max_work_s) - (route.drive_s + route.work_s if route else 0)
    roomiest = max(able, key=lambda day: free[day])
    where_de = f"{weekday_de(roomiest.on)}, {roomiest.crew}, {minutes(free[roomiest])} min"
    where_en = f"{weekday_en(roomiest.on)}, {roomiest.crew}, {minutes(free[roomiest])} min"
    with_time = [day for day in able if free[day] >= visit.service_s]
    if with_time and all(_is_full(routes, day, visit) for day in with_time):
        left = max(day.capacity_m3 - _load_m3(routes, day) for day in with_time)
        volume, free_m3 = _apart(visit.volume_m3, left)
        return Unserved(
            visit,
            "capacity",
            f"es fallen {_de_number(volume)} m³ an; wo noch Zeit ist, ist die Ladefläche voll "
            f"(höchstens {_de_number(free_m3)} m³ frei)",
            f"yields {volume} m³; where time is left the vehicle is full ({free_m3} m³ free at most)",
        )
    if with_time:
        return Unserved(
            visit,
            "no_time",
            f"auf keinem der {len(able)} möglichen Einsatztage ist in den erlaubten Zeiten Platz; "
            f"am meisten Zeit bleibt {where_de}",
            f"none of the {len(able)} crew-days that could serve it has room in the allowed hours; "
            f"most time is left on {where_en}",
        )
    return Unserved(
        visit,
        "no_time",
        f"alle {len(able)} möglichen Einsatztage sind voll; am wenigsten belegt: {where_de} frei",
        f"all {len(able)} crew-days that could serve it are full; the least loaded: {where_en} left",
    )


def _is_full(routes: Mapping[tuple[str, date], Route], day: CrewDay, visit: Visit) -> bool:
    """Tell whether a vehicle that is not emptied during the day has no room left for what a visit yields."""
    return not day.facilities and _load_m3(routes, day) + visit.volume_m3 > day.capacity_m3 + VOLUME_TOLERANCE_M3


def _load_m3(routes: Mapping[tuple[str, date], Route], day: CrewDay) -> float:
    route = routes.get((day.crew, day.on))
    return sum(stop.visit.volume_m3 for stop in route.stops) if route else 0.0


def reasons(
    left_out: Iterable[Visit],
    crew_days: Sequence[CrewDay],
    first_day: date,
    matrix: TravelMatrix,
    routes: Iterable[Route],
    waiting: Mapping[str, Sequence[str]],
    locks: Mapping[str, Placement] | None = None,
    matrices: Mapping[str, TravelMatrix] | None = None,
) -> tuple[Unserved, ...]:
    """Return for each visit why it is in none of the routes of a plan.

    Parameters
    ----------
    crew_days
        All of the period, with the shifts that count.
    waiting
        Ids of the visits that must lie on an earlier date, by the id of the visit that waits for them.
    locks
        The crew-days that visits are locked to, by visit_id.
    matrices
        Travel by profile, as in `Problem`.
    """
    by_day = {(route.crew_day.crew, route.crew_day.on): route for route in routes}
    done_on = {stop.visit.visit_id: route.crew_day.on for route in by_day.values() for stop in route.stops}
    answer = []
    for visit in left_out:
        lock = (locks or {}).get(visit.visit_id)
        open_to = [day for day in crew_days if lock is None or (day.crew, day.on) == (lock.crew, lock.on)]
        never = before_roads(visit, open_to, first_day)
        able: list[CrewDay] = []
        if never is None:
            fitting = [day for day in open_to if _may_do(day, visit, first_day)]
            able, never = by_road(visit, fitting, matrix, matrices)
        if never is None:
            able, never = _after_others(visit, able, waiting.get(visit.visit_id, ()), done_on)
        if never is None and lock is not None:
            others = by_day.get((lock.crew, lock.on))
            kept = [stop.visit for stop in others.stops if stop.visit.visit_id in (locks or {})] if others else []
            if not _fits_beside(visit, able[0], kept, (matrices or {}).get(able[0].profile, matrix)):
                never = no_time(visit, able, by_day)
        if never is not None and lock is not None:
            never = _locked(visit, lock, never)
        answer.append(never or no_time(visit, able, by_day))
    return tuple(answer)


def _fits_beside(visit: Visit, day: CrewDay, others: Sequence[Visit], matrix: TravelMatrix) -> bool:
    """Tell whether a crew-day can do a visit between others, in their order, with nothing else to do."""
    orders = ([*others[:at], visit, *others[at:]] for at in range(len(others) + 1))
    return any(isinstance(time_route(day, order, matrix), Route) for order in orders)


def _locked(visit: Visit, lock: Placement, there: Unserved) -> Unserved:
    """Return the reason of a visit that its lock keeps from every crew-day but one that cannot do it."""
    return Unserved(
        visit,
        "lock",
        f"festgelegt auf {weekday_de(lock.on)}, {lock.crew}; dort: {there.reason}",
        f"locked to {weekday_en(lock.on)}, {lock.crew}; there: {there.reason_en}",
    )


def _after_others(
    visit: Visit, able: list[CrewDay], before: Sequence[str], done_on: Mapping[str, date]
) -> tuple[list[CrewDay], Unserved | None]:
    undone = [visit_id for visit_id in before if visit_id not in done_on]
    if undone:
        return [], waiting_in_vain(visit, undone)
    if not before:
        return able, None
    latest = max(before, key=done_on.__getitem__)
    later = [day for day in able if (day.on - done_on[latest]).days >= days_after(visit)]
    if later:
        return later, None
    wait = days_after(visit)
    return [], Unserved(
        visit,
        "predecessor",
        f"kann erst {wait} Tage nach der Vorarbeit am {_de(done_on[latest])} beginnen: dann bleibt kein Einsatztag",
        f"can begin {wait} days after the work before it on {_en(done_on[latest])}: no crew-day is left then",
    )


def _may_do(day: CrewDay, visit: Visit, first_day: date) -> bool:
    return not why_unfit(day, visit) and bool(visit.day_windows.get(day.on)) and may_lie_on(visit, day.on, first_day)


def _apart(more: float, less: float) -> tuple[str, str]:
    """Write two numbers of which one exceeds the other with as many decimals as show it.

    Examples
    --------
    >>> _apart(5.84, 5.0), _apart(5.04, 5.0)
    (('5.8', '5.0'), ('5.04', '5.00'))
    """
    written = ((f"{more:.{decimals}f}", f"{less:.{decimals}f}") for decimals in range(1, MOST_DECIMALS))
    return next((pair for pair in written if pair[0] != pair[1]), (f"{more:.9g}", f"{less:.9g}"))


def _de_number(text: str) -> str:
    return text.replace(".", ",")


def weekday_de(day: date) -> str:
    """Write a date with its day of the week in German.

    Examples
    --------
    >>> weekday_de(date(2026, 11, 26)), weekday_en(date(2026, 11, 26))
    ('Do 26.11.2026', 'Thu 26 Nov 2026')
    """
    return f"{WEEKDAYS_DE[day.weekday()]} {_de(day)}"


def weekday_en(day: date) -> str:
    """Write a date with its day of the week in English, as `weekday_de`."""
    return f"{WEEKDAYS_EN[day.weekday()]} {_en(day)}"


def _de(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _en(day: date) -> str:
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"
