"""Floor 2: the crews as a JSON document: reading it strictly, and writing it back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from geo_service.base.clock import hhmm
from geo_service.streets.model import Profile
from geo_service.work.calendar import SUNDAY
from geo_service.work.entry import Entry, open_entry, read_document
from geo_service.work.hours import MAX_WORK_BALANCED_S, MAX_WORK_S, rest_is_kept
from geo_service.work.model import Crew

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


def read_crews(path: Path) -> tuple[Crew, ...]:
    """Read the crews from a JSON file.

    Raises
    ------
    FileUnreadable
        When the file cannot be read or is no JSON.
    InputError
        When an entry is wrong: entry, field, reason and remedy are named.
    """
    return crews_from_json(read_document(path), place=path.name)


def crews_from_json(document: Any, *, place: str = "crews") -> tuple[Crew, ...]:
    """Read crews from a parsed document: the list ``crews`` and, if wished, a ``note``.

    Raises
    ------
    InputError
        When an entry is wrong: entry, field, reason and remedy are named.
    """
    whole = open_entry(document, place)
    whole.text("note", "")
    crews: dict[str, Crew] = {}
    for entry in whole.entries("crews", "code"):
        crew = _crew(entry)
        if crew.code in crews:
            entry.refuse("code", "stands twice", "give each crew its own code")
        crews[crew.code] = crew
    whole.close()
    return tuple(crews.values())


def crews_to_json(crews: Iterable[Crew]) -> dict[str, Any]:
    """Return the document that `crews_from_json` reads back to equal crews."""
    return {"crews": [_crew_to_json(crew) for crew in crews]}


def _crew(entry: Entry) -> Crew:
    crew = Crew(
        code=entry.code("code"),
        name=entry.text("name"),
        people=entry.whole("people", 1, 20),
        skills=entry.codes("skills"),
        machines=entry.codes("machines"),
        vehicle=entry.text("vehicle"),
        capacity_m3=entry.number("capacity_m3", 0, 100),
        shift_start_s=entry.time_s("shift_start"),
        shift_end_s=entry.time_s("shift_end"),
        depot=entry.code("depot"),
        weekdays=entry.wholes("weekdays", 0, SUNDAY, (0, 1, 2, 3, 4)),
        colour=entry.text("colour", ""),
        regular_s=entry.time_s("regular", MAX_WORK_S),
        max_work_s=entry.time_s("max_work", MAX_WORK_S),
        profile=entry.choice("profile", Profile).value if entry.has("profile") else "",
        ends_empty=entry.flag("ends_empty", False),
        end=entry.code("end", ""),
    )
    if crew.shift_end_s <= crew.shift_start_s:
        entry.refuse("shift_end", "does not lie after shift_start", "write a later time of the same day")
    if not 0 < crew.max_work_s <= MAX_WORK_BALANCED_S:
        entry.refuse("max_work", "is not up to 10 h (ArbZG §3)", 'write up to "10:00", above "08:00" only if balanced')
    if not 0 < crew.regular_s <= crew.max_work_s:
        entry.refuse("regular", "is nothing, or more than max_work", 'write hours and minutes as "07:48"')
    if not rest_is_kept(crew.shift_end_s, crew.shift_start_s):
        entry.refuse("shift_end", "leaves less than 11 h of rest until the next day (ArbZG §5)", "shorten the shift")
    if not crew.weekdays or SUNDAY in crew.weekdays or len(set(crew.weekdays)) != len(crew.weekdays):
        entry.refuse("weekdays", "is empty, repeats a day or holds a Sunday (ArbZG §9)", "list days from 0 (Mon) to 5")
    if crew.colour and not _COLOUR.fullmatch(crew.colour):
        entry.refuse("colour", "is no colour", 'write it as "#0072B2"')
    entry.close()
    return crew


def _crew_to_json(crew: Crew) -> dict[str, Any]:
    fields = vars(crew) | {
        "skills": sorted(crew.skills),
        "machines": sorted(crew.machines),
        "weekdays": list(crew.weekdays),
        "shift_start": hhmm(crew.shift_start_s),
        "shift_end": hhmm(crew.shift_end_s),
        "regular": hhmm(crew.regular_s),
        "max_work": hhmm(crew.max_work_s),
        "profile": crew.profile or None,
    }
    told_otherwise = {"shift_start_s", "shift_end_s", "regular_s", "max_work_s"}
    return {name: value for name, value in fields.items() if name not in told_otherwise}
