"""Floor 6: the projects of the sample: made up, but for the programme's own measure."""

from __future__ import annotations

import json
from pathlib import Path

import shapely

from geo_service.neighbourhood.project import Grant, Phase, PhaseStep, Project, Source, check_project
from geo_service.store.kinds_projects import PROJECT
from geo_service.store.protocol import Writing
from geo_service.work.entry import Entry, open_entry, read_document

FILE = "projects.json"


def load_sample_projects(tx: Writing, folder: Path) -> None:
    """Write the projects of the sample into an open transaction.

    Raises
    ------
    FileUnreadable
        When the file cannot be read or is no JSON.
    InputError
        When an entry is wrong.
    """
    whole = open_entry(read_document(folder / FILE), FILE)
    whole.text("note")
    for entry in whole.entries("projects"):
        tx.put_record(PROJECT, _project(entry, f"V-{tx.next_number('project'):03d}"))
    whole.close()


def _project(entry: Entry, code: str) -> Project:
    entry.has("geometry")
    made = Project(
        code=code,
        title=entry.text("title"),
        shape=shapely.from_geojson(json.dumps(entry.fields.get("geometry"))),
        phases=tuple(
            PhaseStep(one.choice("phase", Phase), one.day("on"), one.text("reason", ""))
            for one in entry.entries("phases")
        ),
        about=entry.text("about", ""),
        carrier=entry.text("carrier", ""),
        tendered_on=entry.day("tendered_on") if entry.has("tendered_on") else None,
        awarded_on=entry.day("awarded_on") if entry.has("awarded_on") else None,
        approvals=tuple(
            Grant(one.text("reference"), one.day("on"))
            for one in (entry.entries("approvals") if entry.has("approvals") else ())
        ),
        cost_cents=entry.whole("cost_cents", 0, 10**12) if entry.has("cost_cents") else None,
        sources=tuple(
            Source(one.text("name"), one.number("percent", 0, 100))
            for one in (entry.entries("sources") if entry.has("sources") else ())
        ),
        plots=tuple(entry.texts("plots")) if entry.has("plots") else (),
        published=entry.flag("published", True),
        source=entry.text("source", ""),
    )
    check_project(made)
    entry.close()
    return made
