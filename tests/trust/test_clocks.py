"""Clocks: every switch of summer time from 2020 to 2035 in four zones, leap days, devices and servers that are wrong.

The wall clock is told by seconds since local midnight; what lasts is measured in UTC; the order of arrival decides.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from geo_service.actions.take_report import take_report
from geo_service.api.field_reports import read_moment
from geo_service.base.clock import BERLIN, at_local, hhmm
from geo_service.outputs.day_ical import day_ical
from geo_service.outputs.day_in_force import day_in_force
from geo_service.outputs.ical_zone import berlin_zone
from geo_service.store.sqlite import SqliteStore
from geo_service.work.calendar import rest_day
from geo_service.work.field_report import ReportStatus
from tests.trust.field_desk import AT, TUESDAY, VISITS, body_of, copied, make_field_desk, report
from tests.trust.small_desk import MONDAY

ZONES = tuple(map(ZoneInfo, ("Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo")))
"""Ours; one behind UTC by half hours; one that switches by half an hour; one that switches on Fridays, at midnight."""

FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)
QUARTER_S = 900
DAY_S = 86_400


def every_day() -> Iterator[date]:
    day = FIRST
    while day <= LAST:
        yield day
        day += timedelta(days=1)


def shift_s(day: date, zone: ZoneInfo) -> int:
    """Return by how many seconds the clocks are put forward on a day, by the offsets of its two midnights."""
    ends = (datetime(one.year, one.month, one.day, 0, tzinfo=UTC) for one in (day, day + timedelta(days=1)))
    before, after = (one.replace(tzinfo=zone).utcoffset() for one in ends)
    return int((after - before).total_seconds())


def switches(zone: ZoneInfo) -> list[tuple[date, int]]:
    return [(day, by) for day in every_day() if (by := shift_s(day, zone))]


LEAP_DAYS = [date(year, 2, 29) for year in range(2020, 2036, 4)]


def test_there_are_switches_to_look_at():
    counts = [len(switches(zone)) for zone in ZONES]
    assert counts[:3] == [32, 32, 32]
    assert counts[3] == 26, "Cairo has had summer time again since 2023"
    assert {by for zone in ZONES for _, by in switches(zone)} == {3600, -3600, 1800, -1800}


@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.key)
def test_what_lasts_is_right_on_every_switch_and_leap_day(zone):
    """The wall clock reads what was asked for; a step lasts as long as it says, but for the one over the switch.

    What lies in the gap is told by the clock before it.
    """
    for day, by in [*switches(zone), *((day, 0) for day in LEAP_DAYS)]:
        for around in (day - timedelta(days=1), day, day + timedelta(days=1)):
            walls = range(0, DAY_S, QUARTER_S)
            moments = [at_local(around, wall, zone) for wall in walls]
            true = [moment.astimezone(UTC) for moment in moments]
            for wall, moment in zip(walls, moments, strict=True):
                assert (moment.date(), f"{moment:%H:%M}") == (around, hhmm(wall)), (zone.key, around)
            steps = [int((later - earlier).total_seconds()) for earlier, later in pairwise(true)]
            odd = [step for step in steps if step != QUARTER_S]
            expected = [] if around != day or not by else [QUARTER_S - by]
            assert odd in (expected, []), (zone.key, around, odd)
            night = at_local(around + timedelta(days=1), 0, zone).astimezone(UTC) - true[0]
            assert night == timedelta(seconds=DAY_S - shift_s(around, zone)), (zone.key, around)


def test_a_difference_of_wall_clocks_is_wrong_there():
    """The control: what is measured without going through UTC misses the switch."""
    day, by = switches(BERLIN)[0]
    begin, end = at_local(day, 0), at_local(day, 12 * 3600)
    assert (end - begin).total_seconds() == 12 * 3600
    assert (end.astimezone(UTC) - begin.astimezone(UTC)).total_seconds() == 12 * 3600 - by


def test_nobody_works_while_the_clocks_are_changed():
    """So that seconds since midnight are the length of the day for every shift, window and route."""
    assert all(rest_day(day) == "Sonntag" or rest_day(day) for day, _ in switches(BERLIN))
    assert all(shift_s(day, BERLIN) == 0 for day in every_day() if rest_day(day) is None)


def test_the_calendars_zone_is_ours_on_every_day():
    """The VTIMEZONE that the calendars carry, held against the zone of the system hour by hour round each switch."""
    theirs = berlin_zone().to_tz()
    noons = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in every_day()]
    for day, _ in switches(BERLIN):
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        noons += [midnight + timedelta(minutes=15 * step) for step in range(-8, 24)]
    wrong = [noon for noon in noons if noon.astimezone(theirs).utcoffset() != noon.astimezone(BERLIN).utcoffset()]
    assert wrong == []
    shifted = [noon for noon in noons if noon.astimezone(theirs).utcoffset() != noon.utcoffset()]
    assert len(shifted) == len(noons), "the control: UTC is never our time"


def test_a_calendar_tells_when_and_how_long_on_every_kind_of_day(small_desk):
    """The list of a day moved to each switch, the days around it and the leap days."""
    store = SqliteStore.open(small_desk)
    planned = day_in_force(store, MONDAY)
    store.close()
    days = {one + timedelta(days=by) for one, _ in switches(BERLIN) for by in (-1, 0, 1)} | set(LEAP_DAYS)
    stops = {f"visit.{stop.visit_id}": stop for crew in planned.crews for stop in crew.stops}
    for on in sorted(days):
        calendar = Calendar.from_ical(day_ical(replace(planned, on=on), at=AT))
        told = {str(one["uid"]).partition("@")[0]: one for one in calendar.walk("VEVENT")}
        assert stops.keys() <= told.keys()
        for key, stop in stops.items():
            begin, end = (told[key][name].dt.astimezone(UTC) for name in ("dtstart", "dtend"))
            assert begin == at_local(on, stop.arrival_s).astimezone(UTC), (on, key)
            assert (end - begin).total_seconds() == stop.end_s - stop.arrival_s, (on, key)


@pytest.fixture(scope="module")
def field_desk(tmp_path_factory) -> Path:
    return make_field_desk(tmp_path_factory.mktemp("field") / "workspace")


KINDS = ("remark", "pause", "done", "pause", "remark")
"""Without the begin of work: whether machines may run then is judged by the hour that the device tells."""


def told(store: SqliteStore, at: list[datetime], server: list[datetime]) -> list[tuple]:
    """Send a crew's reports, each with what the device's clock says, while the server's clock says what it says."""
    answers = []
    for number, (kind, device, now) in enumerate(zip(KINDS, at, server, strict=True), start=1):
        sent = replace(report(number, kind, VISITS[0], after=number - 1 if number > 1 else None), at=device)
        body = body_of(sent)
        kept = take_report(store, sent, sha256=str(number) * 64, body=body, author="phone", clock=lambda now=now: now)
        answers.append((kept.status, kept.version, kept.code))
    return answers


def what_is_kept(store: SqliteStore) -> tuple:
    course = store.course(VISITS[0])
    seqs = [(one.seq, one.report.kind.value) for one in sorted(store.field_reports(), key=lambda one: one.seq)]
    return course.version, course.outcome, seqs, [one.visit_id for one in store.visits_done()]


STEADY = [AT + timedelta(minutes=10 * step) for step in range(len(KINDS))]


def test_whatever_a_device_says_the_order_of_arrival_decides(field_desk, seed):
    """Devices up to 48 hours wrong, in four zones, running backward: the same becomes of each report."""
    with copied(field_desk) as store:
        expected = told(store, STEADY, STEADY), what_is_kept(store)
    assert {status for status, _, _ in expected[0]} == {ReportStatus.ACCEPTED}
    chance = Random(seed)
    wrongs = [timedelta(hours=hours) for hours in (-48, -1, 0, 1, 48)]
    for zone in ZONES:
        for _ in range(5):
            offs = [chance.choice(wrongs) for _ in KINDS]
            device = [(moment + off).astimezone(zone) for moment, off in zip(STEADY, offs, strict=True)]
            with copied(field_desk) as store:
                assert (told(store, device, STEADY), what_is_kept(store)) == expected, (seed, zone.key, offs)
                kept = sorted(store.field_reports(), key=lambda one: one.seq)
                assert [one.report.at for one in kept] == device, "the device's time is kept as it was said"
                assert [one.report.at.utcoffset() for one in kept] == [one.utcoffset() for one in device]


def test_a_server_that_is_put_back_loses_nothing(field_desk):
    """Its clock steps back an hour between two reports, at each place: the same becomes of each."""
    with copied(field_desk) as store:
        expected = told(store, STEADY, STEADY), what_is_kept(store)
    for step in range(len(KINDS)):
        server = [now - timedelta(hours=1) if number >= step else now for number, now in enumerate(STEADY)]
        with copied(field_desk) as store:
            assert (told(store, STEADY, server), what_is_kept(store)) == expected, step
            revisions = [change.revision for change in store.ledger()]
            assert revisions in (sorted(revisions), sorted(revisions, reverse=True))
            received = [one.received_at for one in sorted(store.field_reports(), key=lambda one: one.seq)]
            assert (received == sorted(received)) is (step == 0), "the clock did step back"


def test_the_day_of_a_report_is_the_one_it_names(field_desk):
    """Just before and after midnight here, while UTC has another date."""
    for now in (datetime(2026, 11, 24, 22, 59, tzinfo=UTC), datetime(2026, 11, 24, 23, 1, tzinfo=UTC)):
        with copied(field_desk) as store:
            sent = replace(report(1, "done", VISITS[0]), at=now)
            take_report(store, sent, sha256="1" * 64, body=b"1", author="phone", clock=lambda now=now: now)
            assert [one.done_on for one in store.visits_done()] == [TUESDAY]


@pytest.mark.parametrize(
    "text", ["2026-11-26T08:31:00", "2026-11-26", "1700000000", "2026-11-26T08:31:00 Europe/Berlin"]
)
def test_a_moment_without_offset_is_refused(text):
    with pytest.raises(ValueError, match="a moment is written"):
        read_moment(text)
    assert read_moment("2026-11-26T08:31:00+01:00").utcoffset() == timedelta(hours=1)


PACKAGE = Path(__file__).parents[2] / "geo_service"
LOCAL_BY_NATURE = {"base/clock.py", "neighbourhood/recurrence.py", "outputs/ical_zone.py"}
"""Where a naive datetime is meant: seconds on a wall clock, and the rules of RFC 5545."""

READ_THE_CLOCK = {"main.py", "actions/run_planning.py"}
"""Who may ask the machine what time it is."""


def naive(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Return where code makes a datetime without zone, or reads the clock of the machine."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        owner = (
            node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
        )
        named = {one.arg for one in node.keywords}
        zoned = bool(named & {"tz", "tzinfo"})
        if name in ("utcnow", "utcfromtimestamp") or (name == "today" and owner in ("date", "datetime")):
            yield node.lineno, f"{owner}.{name}"
        elif name in ("now", "fromtimestamp") and owner == "datetime":
            yield node.lineno, "clock" if zoned or len(node.args) > (name == "fromtimestamp") else f"naive {name}"
        elif name == "datetime" and len(node.args) >= 3 and not zoned and len(node.args) < 8:
            yield node.lineno, "naive datetime"
        elif (name == "combine" and not zoned and len(node.args) < 3) or name == "strptime":
            yield node.lineno, f"naive {name}"
        elif name == "replace" and any(
            one.arg == "tzinfo" and isinstance(one.value, ast.Constant) and one.value.value is None
            for one in node.keywords
        ):
            yield node.lineno, "zone taken away"


def test_no_naive_datetime_is_made():
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        here = path.relative_to(PACKAGE).as_posix()
        for line, what in naive(ast.parse(path.read_text(encoding="utf-8"))):
            allowed = (what == "clock" and here in READ_THE_CLOCK) or (what != "clock" and here in LOCAL_BY_NATURE)
            found += [] if allowed else [f"{here}:{line}: {what}"]
    assert found == []


def test_naive_datetimes_are_found():
    """The control."""
    code = (
        "datetime.now()\ndatetime.utcnow()\ndate.today()\ndatetime(2026, 1, 1)\ndatetime.combine(day, time())\n"
        "datetime.strptime(x, y)\nmoment.replace(tzinfo=None)\ndatetime.fromtimestamp(1)\ndatetime.now(UTC)\n"
    )
    assert [line for line, _ in naive(ast.parse(code))] == list(range(1, 10))


def moments_in(value: object) -> Iterator[datetime]:
    """Return every datetime inside a value of the store."""
    if isinstance(value, datetime):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from moments_in(getattr(value, one.name))
    elif isinstance(value, dict):
        for inner in (*value.keys(), *value.values()):
            yield from moments_in(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from moments_in(inner)


def test_the_store_gives_aware_moments_only(small_desk, field_desk):
    seen = []
    for folder in (small_desk, field_desk):
        store = SqliteStore.open(folder)
        held = [store.plan(), store.plans(), store.plots(), store.ledger(), store.locks(), store.visits_done()]
        held += [store.moves(), store.events(), store.exceptions(), store.runs(), store.tokens(), store.field_reports()]
        seen += list(moments_in(held))
        store.close()
    assert len(seen) > 10
    assert [one for one in seen if one.tzinfo is None] == []
    assert list(moments_in([{"a": (datetime(2026, 1, 1, tzinfo=UTC),)}]))
