"""Floor 7: the day list as tables for a terminal; readable at 100 columns."""

from __future__ import annotations

import io

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from geo_service.base.clock import hhmm
from geo_service.base.units import minutes
from geo_service.outputs.day import Day, DayBreak, DayCrew, DayStop, DayTrip
from geo_service.outputs.day_marks import marks
from geo_service.outputs.day_sums import day_sums, waste_sums
from geo_service.outputs.day_trip import what_is_done
from geo_service.outputs.plain import plain_values
from geo_service.outputs.words import long_date, words

WIDTH = 100
"""Columns that a list is made for."""


def print_day(console: Console, day: Day, lang: str = "de") -> None:
    """Print a day: a table for each crew, then what is unserved and the notes."""
    console.print(day_tables(day, lang=lang))


def day_text(day: Day, *, lang: str = "de", width: int = WIDTH) -> str:
    """Return a day as plain text of ``width`` columns, without colours."""
    out = io.StringIO()
    print_day(Console(file=out, width=width, color_system=None, legacy_windows=False), day, lang)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def day_tables(day: Day, *, lang: str = "de") -> RenderableType:
    """Return a day as something rich can print."""
    day = plain_values(day)
    said = words(lang)
    parts: list[RenderableType] = [Text(f"{said['day']} {long_date(day.on, lang)}", style="bold")]
    if not day.crews:
        parts.append(Text(said["nothing"]))
    for crew in day.crews:
        parts += [Text(), _crew_table(crew, lang)]
    if day.unserved:
        parts += [Text(), _unserved_table(day, lang)]
    if day.notes:
        parts.append(Text())
    parts += [Text(f"! {note}") for note in day.notes]
    if day.licence:
        parts.append(Text(f"{said['streets']}: {day.licence}", style="dim"))
    return Group(*parts)


def _crew_table(crew: DayCrew, lang: str) -> Table:
    said = words(lang)
    title = Text(f"{crew.name} ({crew.crew})", style="bold")
    people = f"{crew.people} {said['people' if crew.people != 1 else 'person']}"
    facts = (crew.vehicle, people, f"{hhmm(crew.start_s)}–{hhmm(crew.end_s)}")
    title.append("".join(f" · {fact}" for fact in facts if fact), style="not bold")
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), caption_justify="left")
    table.caption = Text("\n".join([day_sums(crew, lang), *waste_sums(crew, lang)]), style="bold")
    table.add_column(said["number"], justify="right", no_wrap=True)
    table.add_column(said["arrival"], no_wrap=True)
    table.add_column(said["plot"], no_wrap=True)
    table.add_column(said["address"], ratio=3)
    table.add_column(said["task"], ratio=3)
    table.add_column(said["minutes"], justify="right", no_wrap=True)
    table.add_column(said["drive_min"], justify="right", no_wrap=True)
    for entry in crew.agenda():
        table.add_row(*_row(entry, lang))
    back = f"{said['back']}: {crew.last_name}"
    table.add_row("", hhmm(crew.end_s), "", Text(back), "", "", str(minutes(crew.way_back_s)))
    return table


def _row(entry: DayStop | DayTrip | DayBreak, lang: str) -> tuple[RenderableType, ...]:
    if isinstance(entry, DayBreak):
        return _break_row(entry, words(lang))
    return _trip_row(entry, lang) if isinstance(entry, DayTrip) else _stop_row(entry, lang)


def _trip_row(trip: DayTrip, lang: str) -> tuple[RenderableType, ...]:
    hours = f"{hhmm(trip.start_s)}–{hhmm(trip.end_s)}"
    done = ", ".join(part for part in (what_is_done(trip, lang), hours) if part)
    work, drive = minutes(trip.end_s - trip.start_s), minutes(trip.drive_s)
    return "", hhmm(trip.arrival_s), "", Text(f"→ {trip.name}", style="italic"), Text(done), str(work), str(drive)


def _stop_row(stop: DayStop, lang: str) -> tuple[RenderableType, ...]:
    waits = stop.start_s - stop.arrival_s >= 60
    return (
        str(stop.order),
        hhmm(stop.arrival_s),
        Text(stop.plot),
        Text(stop.address or stop.plot_name),
        _task(stop, f" ({words(lang)['from']} {hhmm(stop.start_s)})" if waits else "", lang),
        str(minutes(stop.end_s - stop.start_s)),
        str(minutes(stop.drive_s)),
    )


def _task(stop: DayStop, waits: str, lang: str) -> Text:
    task = Text(stop.task_in(lang) + waits)
    for mark in marks(stop, lang):
        task.append(f"\n! {mark}", style="bold")
    return task


def _break_row(rest: DayBreak, said: dict[str, str]) -> tuple[RenderableType, ...]:
    pause = f"{said['break']} {hhmm(rest.start_s)}–{hhmm(rest.end_s)}"
    return "", hhmm(rest.start_s), "", Text(pause, style="italic"), "", str(minutes(rest.end_s - rest.start_s)), ""


def _unserved_table(day: Day, lang: str) -> Table:
    said = words(lang)
    table = Table(
        title=Text(f"{said['unserved']}: {len(day.unserved)}", style="bold"), title_justify="left", box=SIMPLE_HEAD
    )
    table.add_column(said["plot"], no_wrap=True)
    table.add_column(said["task"])
    table.add_column(said["reason"], ratio=1)
    for one in day.unserved:
        table.add_row(Text(one.plot), Text(one.task_in(lang)), Text(one.reason))
    return table
