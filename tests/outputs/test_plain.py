"""Whatever people or files write into names, addresses and notes, no output breaks."""

from __future__ import annotations

import csv
import io
import itertools
import json
from dataclasses import replace

import gpxpy
import icalendar
import pyogrio
import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_service.outputs.collections import PLOTS, QUARTERS, VISITS
from geo_service.outputs.day_csv import day_csv
from geo_service.outputs.day_geojson import day_geojson
from geo_service.outputs.day_gpx import day_gpx
from geo_service.outputs.day_ical import day_ical
from geo_service.outputs.day_json import day_json
from geo_service.outputs.day_sheet import day_sheet
from geo_service.outputs.day_text import day_text
from geo_service.outputs.features import plot_features, quarter_features, visit_features
from geo_service.outputs.frames import frame_of
from geo_service.outputs.plain import plain, plain_values
from geo_service.outputs.register_map import register_figure

NASTY = (
    "=cmd|' /C calc'!A0",
    "#let x = 1; #panic() $a^2$ *b* _c_ `d` <e> @f \\u{41} // g /* h",
    "\x00\x01\x1b[31m\x7f\x85\u2028\ufeff",
    "\ud800 \udfff \ufffe\uffff",
    "]]><!--&lt;&#0;",
    "'\"\"',;\r\n\t|",
    "\u202egnp.exe\u2066",
    "[bold red]x[/] :smile:",
    "x" * 500,
    "ä" * 60 + " 漢字 🌳 عربى",
    "BEGIN:VEVENT\r\nUID:x",
    "$\\frac{1}{0}$ %s {0} ${x}",
)

texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=500))

quick = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def filled(day, text):
    """Return the day with ``text`` in every field that people or files fill."""
    fields = ("plot", "plot_name", "address", "quarter", "task_de", "access_note", "hazard_note", "rule_note", "why")
    first, *others = day.crews
    stop, *rest = first.stops
    stop = replace(stop, **dict.fromkeys(fields, text), visit_id=text, streets=(text,))
    first = replace(first, name=text, vehicle=text, depot_name=text, stops=(stop, *rest))
    unserved = tuple(replace(one, plot=text, reason=text) for one in day.unserved)
    return replace(day, crews=(first, *others), unserved=unserved, notes=(text,), licence=text)


@quick
@given(text=texts)
def test_plain_text_has_one_line_and_stays_plain(text):
    once = plain(text)
    assert plain(once) == once
    assert once.encode("utf-8").decode() == once
    assert len(once.splitlines()) <= 1
    assert plain_values({"a": (text, 3, None)}) == {"a": (once, 3, None)}


@quick
@given(text=texts)
def test_no_text_breaks_a_list(day, now, text):
    shown = filled(day, text)
    wanted = plain(text)
    assert json.loads(json.dumps(day_json(shown)).encode())["crews"][0]["stops"][0]["address"] == wanted
    features = json.loads(day_geojson(shown))["features"]
    assert features[0]["properties"]["crew_name"] == wanted
    assert max(map(len, day_text(shown).splitlines())) <= 100
    rows = list(csv.DictReader(io.StringIO(day_csv(shown).decode("utf-8-sig"), newline="")))
    assert len(rows) == 20
    assert rows[0]["address"] in (wanted, f"'{wanted}")
    gpx = gpxpy.parse(day_gpx(shown, at=now).decode())
    assert len(gpx.waypoints) == 17
    told = icalendar.Calendar.from_ical(day_ical(shown, at=now)).walk("VEVENT")
    assert len(told) == 17
    assert len({str(event["uid"]) for event in told}) == 17


def test_no_nasty_text_breaks_features_frames_and_maps(plan, plots, quarters, catalogue, crews, tmp_path):
    nasty = [
        replace(plot, name=text, address=text, access_note=text, code=f"{text}{number}", source=text)
        for number, (plot, text) in enumerate(zip(plots, itertools.cycle(NASTY)))
    ]
    odd = [replace(quarter, name=text, group=text) for quarter, text in zip(quarters, NASTY[1:], strict=False)]
    found = (plot_features(nasty), visit_features(plan, nasty, catalogue), quarter_features(odd))
    for number, (collection, features) in enumerate(zip((PLOTS, VISITS, QUARTERS), found, strict=True)):
        assert len(json.loads(features.geojson(note=NASTY[3]))["features"]) == len(features.ids)
        file, frame = tmp_path / f"{number}.gpkg", frame_of(collection, features, 25833)
        pyogrio.write_dataframe(frame.drop(columns=["geometry", "arrival", "departure"], errors="ignore"), file)
        assert len(pyogrio.read_dataframe(file)) == len(features.ids)
    register_figure(nasty, odd).savefig(io.BytesIO(), format="raw", dpi=30)


def test_no_nasty_text_breaks_a_sheet(day, now):
    first, *others = day.crews
    nasty = itertools.cycle(NASTY)
    stops = tuple(
        replace(stop, plot=next(nasty), address=next(nasty), access_note=next(nasty), hazard_note=next(nasty))
        for stop in first.stops
    )
    shown = replace(day, crews=(replace(first, name=NASTY[1], stops=stops), *others))
    reader = pypdf.PdfReader(io.BytesIO(day_sheet(shown, at=now)))
    assert "KLZ-0015" in reader.pages[-1].extract_text()
    assert "Rückkehr: Betriebshof West" in "".join(page.extract_text() for page in reader.pages[:-1])


@pytest.mark.slow
@settings(quick, max_examples=25)
@given(text=texts)
def test_no_text_at_all_breaks_a_sheet(day, now, text):
    pages = pypdf.PdfReader(io.BytesIO(day_sheet(filled(day, text).only("crew-1"), at=now))).pages
    assert "KLZ-0012" in "".join(page.extract_text() for page in pages)


def test_markup_is_printed_and_never_run(day, now):
    sheet = day_sheet(filled(day, "#panic() *b* $x$").only("crew-1"), at=now)
    text = pypdf.PdfReader(io.BytesIO(sheet)).pages[0].extract_text()
    assert "#panic() *b* $x$" in text
