"""Floor 7: tables as spreadsheets (XLSX) and as CSV: typed cells, no formula that somebody typed, the same bytes again.

Texts are written as texts, so no spreadsheet program runs what begins like a formula; CSV, which knows no types, gets
an apostrophe in front (`geo_service.outputs.day_csv.harmless`). Below the table stand source, date and mark.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import xlsxwriter  # type: ignore[import-untyped, unused-ignore]

from geo_service.base.clock import BERLIN, require_aware
from geo_service.outputs.day_csv import harmless
from geo_service.outputs.plain import plain

Cell = str | int | float | date | None
"""None is an empty cell: what is missing is not 0."""

Form = Literal["text", "whole", "number", "cents", "day"]


@dataclass(frozen=True)
class Column:
    """A column: its heading, what stands in it, and its width in characters. Cents are shown as euros in XLSX."""

    name: str
    form: Form = "text"
    width: int = 14


@dataclass(frozen=True)
class Sheet:
    """A table.

    Attributes
    ----------
    name
        Of the sheet, at most 31 characters.
    total
        The last row, set apart, or empty.
    notes
        Lines below the table: source, date, mark of the sample.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    notes: Sequence[str] = ()


def xlsx_of(sheets: Sequence[Sheet], *, at: datetime) -> bytes:
    """Return a workbook; the same sheets and ``at`` give the same bytes."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"created": require_aware(at).astimezone(UTC), "author": "geo-service"})
    formats = {
        "text": book.add_format({"valign": "top"}),
        "whole": book.add_format({"num_format": "#,##0", "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0.##", "valign": "top"}),
        "cents": book.add_format({"num_format": '#,##0.00 "€"', "valign": "top"}),
        "day": book.add_format({"num_format": "dd.mm.yyyy", "align": "left", "valign": "top"}),
    }
    bold = {
        form: book.add_format({"bold": True, "top": 1, "num_format": num})
        for form, num in (
            ("text", "@"),
            ("whole", "#,##0"),
            ("number", "#,##0.##"),
            ("cents", '#,##0.00 "€"'),
            ("day", "dd.mm.yyyy"),
        )
    }
    title = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for one in sheets:
        sheet = book.add_worksheet(one.name[:31])
        sheet.write_string(0, 0, plain(one.title), title)
        for place, column in enumerate(one.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(2, place, column.name, head)
        for number, row in enumerate((*one.rows, *([one.total] if one.total else ()))):
            styles = bold if one.total and number == len(one.rows) else formats
            for place, (column, value) in enumerate(zip(one.columns, row, strict=True)):
                _write(sheet, 3 + number, place, value, column.form, styles[column.form])
        below = 4 + len(one.rows) + bool(one.total)
        for number, note in enumerate(one.notes):
            sheet.write_string(below + number, 0, plain(note))
        sheet.freeze_panes(3, 0)
        if one.rows:
            sheet.autofilter(2, 0, 2 + len(one.rows), len(one.columns) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
    book.close()
    return stream.getvalue()


def csv_of(sheet: Sheet) -> bytes:
    """Return a table as CSV: RFC 4180 (comma, CRLF), UTF-8 with byte order mark, whole cents, ISO days.

    The notes stand in a last column ``note`` of every row, so that they go where the rows go.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*(column.name for column in sheet.columns), "note"])
    note = plain(" | ".join(sheet.notes))
    for row in sheet.rows:
        writer.writerow([*(_cell(value) for value in row), harmless(note)])
    return text.getvalue().encode("utf-8-sig")


def stamp(source: str, *, at: datetime, sample: bool, lang: str = "de") -> tuple[str, ...]:
    """Return the notes of an export: source and licence, when it was made, and the mark of the sample."""
    local = require_aware(at).astimezone(BERLIN)
    if lang == "en":
        made = (f"Source: {source}", f"As of {local:%Y-%m-%d %H:%M} (Europe/Berlin)")
        return (*made, "Schematic sample data, made up") if sample else made
    made = (f"Quelle: {source}", f"Stand {local:%d.%m.%Y %H:%M} Uhr")
    return (*made, "Schematische Beispieldaten, erfunden") if sample else made


def _cell(value: Cell) -> str | int | float:
    if isinstance(value, str):
        return harmless(plain(value))
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, place: int, value: Cell, form: Form, style: object) -> None:
    if value is None or value == "":
        sheet.write_blank(row, place, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, place, plain(value), style)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime(value.year, value.month, value.day, tzinfo=None), style)  # noqa: DTZ001
    else:
        sheet.write_number(row, place, value / 100 if form == "cents" else value, style)
