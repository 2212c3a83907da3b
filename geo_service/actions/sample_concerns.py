"""Floor 6: the concerns of the sample: made up, in all states that there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import cast

from geo_service.actions.concern_records import hash_of
from geo_service.base.clock import BERLIN
from geo_service.neighbourhood.concern import (
    Channel,
    Concern,
    Forwarding,
    Order,
    Report,
    Status,
    Step,
    Told,
    check_told,
    concern_number,
)
from geo_service.neighbourhood.concern_services import Wording
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.protocol import Writing
from geo_service.work.entry import Entry, open_entry, read_document

FILE = "concerns.json"
AUTHOR = "Beispiel"


def load_sample_concerns(tx: Writing, folder: Path) -> None:
    """Write the concerns of the sample into an open transaction; nobody has the links to their status.

    Raises
    ------
    FileUnreadable
        When the file cannot be read or is no JSON.
    InputError
        When an entry is wrong.
    """
    whole = open_entry(read_document(folder / FILE), FILE)
    whole.text("note")
    made: list[Concern] = []
    for entry in whole.entries("concerns"):
        into = entry.whole("merged_into", 1, 1000) - 1 if entry.has("merged_into") else None
        concern = _concern(tx, entry)
        if into is not None:
            kept = made[into]
            made[into] = replace(kept, reports=(*kept.reports, *concern.reports))
            concern = replace(concern, reports=(), merged_into=kept.number)
        made.append(concern)
    for concern in made:
        tx.put_record(CONCERN, concern)
    whole.close()


def _concern(tx: Writing, entry: Entry) -> Concern:
    lon, lat, kind = entry.number("lon", -180, 180), entry.number("lat", -90, 90), entry.text("kind")
    tellings = entry.entries("reports")
    year = _moment(tellings[0], "at").astimezone(BERLIN).year
    number = concern_number(year, tx.next_number(f"concern {year}"))
    reports = tuple(_report(one, number, kind, lon, lat) for one in tellings)
    steps = [Step(Status.NEW, reports[0].at, "resident", "gemeldet")]
    steps += [
        Step(one.choice("status", Status), _moment(one, "at"), AUTHOR, one.text("reason"), one.text("answer", ""))
        for one in entry.entries("steps")
    ]
    plot = entry.text("plot", "")
    made = Concern(
        number=number,
        kind=kind,
        lon=lon,
        lat=lat,
        reports=reports,
        steps=tuple(steps),
        plot=plot,
        quarter=entry.text("quarter"),
        public_text=entry.text("public_text", ""),
        published_at=_moment(entry, "published_at") if entry.has("published_at") else None,
        forwardings=tuple(
            Forwarding(one.text("body"), one.text("reference"), _moment(one, "at"))
            for one in (entry.entries("forwardings") if entry.has("forwardings") else ())
        ),
        orders=tuple(_order(one, plot) for one in (entry.entries("orders") if entry.has("orders") else ())),
        merged_at=_moment(entry, "merged_at") if entry.has("merged_at") else None,
    )
    entry.close()
    return made


def _report(entry: Entry, number: str, kind: str, lon: float, lat: float) -> Report:
    told = Told(
        kind,
        lon,
        lat,
        words=entry.text("words", ""),
        place=entry.text("place", ""),
        name=entry.text("name", ""),
        mail=entry.text("mail", ""),
        phone=entry.text("phone", ""),
        lang=cast(Wording, entry.text("lang", "de")),
        channel=cast(Channel, entry.text("channel", "page")),
    )
    check_told(told)
    report = Report(number, told, _moment(entry, "at"), hash_of(f"Beispiel {number}"))
    entry.close()
    return report


def _order(entry: Entry, plot: str) -> Order:
    at, done_on = _moment(entry, "at"), date.fromisoformat(entry.text("done_on"))
    visit = f"{plot}.urgent.{entry.text('latest_on')}-00000000.1"
    latest_on = date.fromisoformat(entry.text("latest_on"))
    made = Order(visit, plot, entry.text("work"), latest_on, at, entry.text("waste_key", ""), visit, done_on)
    entry.close()
    return made


def _moment(entry: Entry, name: str) -> datetime:
    text = entry.text(name)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        entry.refuse(name, "is no moment", 'write it as "2026-11-22T10:15:00+01:00"')
    if moment.tzinfo is None:
        entry.refuse(name, "has no zone", 'write it as "2026-11-22T10:15:00+01:00"')
    return moment
