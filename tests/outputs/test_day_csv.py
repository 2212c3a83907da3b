from __future__ import annotations

import csv
import io
from dataclasses import fields, replace

import pytest

from geo_service.outputs.day import DayStop, DayUrgent
from geo_service.outputs.day_csv import COLUMNS, day_csv, harmless


def test_csv_holds_every_row_once(day):
    data = day_csv(day)
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    kinds = [row["kind"] for row in rows]
    assert [kinds.count(kind) for kind in ("stop", "break", "return", "unserved")] == [15, 2, 2, 1]
    assert rows[0]["arrival"] == "07:07"
    assert float(rows[0]["lon"]) == day.crews[0].stops[0].lon
    assert sum(int(row["length_m"] or 0) for row in rows) == sum(crew.length_m for crew in day.crews)
    assert all("Schematische Beispieldaten" in row["note"] for row in rows)


@pytest.mark.parametrize("text", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", "  =cmd|' /C calc'!A0", "＝1"])
def test_csv_never_gives_a_formula(day, text):
    rows = list(csv.DictReader(io.StringIO(day_csv(changed(day, address=text)).decode("utf-8-sig"), newline="")))
    assert rows[0]["address"].startswith("'")
    assert harmless("Am Kanal 3") == "Am Kanal 3"


def changed(day, **fields):
    """Return the day with some fields of the first stop changed."""
    first, *others = day.crews
    stop, *rest = first.stops
    return replace(day, crews=(replace(first, stops=(replace(stop, **fields), *rest)), *others))


def test_no_cell_of_a_stop_is_a_formula_whatever_people_wrote(day):
    texts = {field.name: "=1+1" for field in fields(DayStop) if field.type == "str"}
    assert {"address", "access_note", "hazard_note", "lock_reason", "waste_key"} <= set(texts)
    written = changed(day, **texts, urgent=DayUrgent("=1+1", "@SUM(A1)"), locked=True)
    rows = list(csv.DictReader(io.StringIO(day_csv(written).decode("utf-8-sig"), newline="")))
    assert {name for name, cell in rows[0].items() if cell.startswith(("=", "+", "-", "@"))} == set()
    assert rows[0]["lock_reason"] == "'=1+1"
