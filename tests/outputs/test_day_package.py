"""The package of a crew's day: complete, in both languages, and small enough for a depot's network."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import orjson
import pytest

from geo_service.outputs.day import DayUrgent
from geo_service.outputs.day_package import MOST_PHOTOS, Ground, day_package
from geo_service.outputs.package_in_force import package_in_force
from geo_service.store.field import PhotoUse
from geo_service.store.sqlite import SqliteStore
from geo_service.work.field_report import PhotoNote, Quantity, VisitCourse
from geo_service.work.noise import Rules
from geo_service.work.waste import WASTE
from tests.outputs.package_model import Package

AS_OF = datetime(2026, 11, 23, 5, 45, tzinfo=UTC)
H = 3600


@pytest.fixture(scope="session")
def ground(plan, crews, plots, places, catalogue, quarters, network) -> Ground:
    return Ground(plan, crews[0], plots, places, catalogue, quarters, {}, (), network=network)


def told(day, ground: Ground, **changes: object) -> Package:
    package = day_package(day, ground, as_of=AS_OF, **changes)
    return Package.model_validate_json(orjson.dumps(package), strict=True)


def photo(number: int, on: date, role: str = "after", **changes: object) -> PhotoUse:
    note = PhotoNote(f"{number:064x}", role, datetime(2026, 10, 1, 8, tzinfo=UTC))
    return replace(PhotoUse(f"r-{number}", "", "KLZ-0001", "crew-2", on, note), **changes)


def test_the_package_is_what_the_list_says(day, ground) -> None:
    package = told(day, ground)
    mine = day.crews[0]
    assert [(stop.order, stop.visit_id, stop.arrival_s) for stop in package.stops] == [
        (stop.order, stop.visit_id, stop.arrival_s) for stop in mine.stops
    ]
    assert package.crew.model_dump() == {
        "code": "crew-1",
        "name": mine.name,
        "vehicle": mine.vehicle,
        "people": mine.people,
        "colour": mine.colour,
    }
    assert (package.plan_id, package.revision, package.date) == (day.plan_id, day.revision, day.on)
    assert (package.depot.name, package.depot.lon) == (mine.depot_name, mine.depot[0])
    assert [rest.after for rest in package.breaks] == [rest.after for rest in mine.breaks]
    assert package.way_back == list(mine.way_back)
    assert package.as_of == AS_OF


def test_why_stands_in_both_languages(day, ground) -> None:
    stop = told(day, ground).stops[0]
    assert (stop.why, stop.why_en) == (
        "zuletzt am 01.10.2026, alle 14 bis 21 Tage",
        "last done 2026-10-01, every 14 to 21 days",
    )
    assert {one.key for one in told(day, ground).catalogue.waste_keys} == set(WASTE)
    assert {one.key for one in told(day, ground).catalogue.waste_keys if one.hazardous} >= {"170605*", "170503*"}


def test_the_hours_that_bind_stand_by_machine_with_their_law(day, ground) -> None:
    mowing, litter = told(day, ground).stops[:2]
    assert litter.rules == []
    (rule,) = mowing.rules
    assert (rule.machine, rule.machine_de, rule.machine_en) == ("brushcutter", "Freischneider", "brushcutter")
    assert rule.windows == [(9 * H, 13 * H), (15 * H, 17 * H)]
    assert rule.cite == "32. BImSchV §7"
    assert rule.cite in mowing.rule_note
    exempt = told(day, replace(ground, rules=Rules(leipzig_noise=False))).stops[0].rules
    assert [one.windows for one in exempt] == [rule.windows]


def test_how_a_visit_stands(day, ground) -> None:
    first, second = day.crews[0].stops[:2]
    course = VisitCourse(
        first.visit_id,
        version=3,
        outcome="done",
        report_id="018f2c1e-7b1a-7c3d-9f10-3a5b8c2d4e6f",
        minutes=35,
        quantities=(Quantity("m3", 1.5, "200201"),),
    )
    package = told(day, replace(ground, courses={first.visit_id: course}))
    assert package.stops[0].version == package.stops[0].course.version == 3
    assert (package.stops[0].course.outcome, package.stops[0].course.minutes) == ("done", 35)
    assert package.stops[0].course.quantities[0].waste_key == "200201"
    assert package.stops[1].visit_id == second.visit_id
    assert package.stops[1].course.model_dump() == {
        "version": 0,
        "outcome": "",
        "stopped": False,
        "minutes": None,
        "quantities": [],
        "reason": "",
        "report_id": "",
    }


def test_marks_of_the_planner(day, ground) -> None:
    first = replace(day.crews[0].stops[0], locked=True, announced=(9 * H, 10 * H), urgent=DayUrgent("Scherben", "Desk"))
    crew = replace(day.crews[0], stops=(first, *day.crews[0].stops[1:]))
    stop = told(replace(day, crews=(crew, *day.crews[1:])), ground).stops[0]
    assert (stop.locked, stop.announced) == (True, (9 * H, 10 * H))
    assert stop.urgent is not None
    assert stop.urgent.model_dump() == {"who": "Desk", "why": "Scherben", "why_en": "Scherben"}


def test_the_pictures_that_help_most_are_taken_along(day, ground) -> None:
    october, november = date(2026, 10, 1), date(2026, 11, 1)
    uses = (
        photo(1, october, "obstacle"),
        photo(2, november, "before"),
        photo(3, november, "signature"),
        photo(4, november, "after"),
        photo(5, november, "find", visit_id="KLZ-0001.mow_lawn.2026-11-01.1"),
        photo(6, november, "after", plot="KLZ-0999"),
    )
    package = told(day, replace(ground, photos=uses))
    assert [(int(one.sha256, 16), one.role) for one in package.stops[0].photos] == [
        (5, "find"),
        (4, "after"),
        (2, "before"),
    ]
    assert len(package.stops[0].photos) == MOST_PHOTOS
    assert all(not stop.photos for stop in package.stops[1:])
    assert package.photos == sorted(one.sha256 for one in package.stops[0].photos)


def test_trips_and_another_end(tipping_day, ground, places) -> None:
    package = told(tipping_day, ground)
    assert [(trip.after, trip.name) for trip in package.trips] == [
        (3, "Wertstoffhof Ost"),
        (6, "Wertstoffhof Ost"),
        (6, "Gärtnerei"),
    ]
    assert package.trips[-1].lon is None
    assert package.end_at is not None
    assert package.end_at.name == "Wertstoffhof Ost"


def test_a_crew_that_stays_gets_a_package_without_stops(day, ground, places) -> None:
    package = told(replace(day, crews=day.crews[1:]), replace(ground, position=1))
    assert package.stops == package.trips == package.photos == []
    assert (package.start_s, package.end_s) == (7 * H, 15 * H)
    assert package.depot.lon == places[0].lon
    assert package.map is not None
    assert package.map.streets.features
    nowhere = told(replace(day, crews=()), replace(ground, places=()))
    assert nowhere.map is None


def test_what_is_written_is_one_line(day, ground, crews) -> None:
    noisy = replace(crews[0], name="Kolonne\u202e 1\nB", vehicle="Trans\x00porter")
    package = told(day, replace(ground, crew=noisy))
    assert (package.crew.name, package.crew.vehicle) == ("Kolonne 1 B", "Transporter")


def test_the_package_of_the_sample_is_small_and_says_what_the_store_says(planned_sample) -> None:
    store = SqliteStore.open(planned_sample)
    try:
        sizes = []
        for crew in store.crews():
            package = package_in_force(store, date(2026, 11, 23), crew.code, as_of=AS_OF)
            told = Package.model_validate_json(orjson.dumps(package), strict=True)
            assert told.map is not None
            assert told.stops
            assert not any("kein Einsatz" in note for note in told.notes)
            west, south, east, north = told.map.bounds
            for stop in told.stops:
                assert west < stop.lon < east
                assert south < stop.lat < north
                assert stop.outline
            sizes.append(len(gzip.compress(orjson.dumps(package), 6)))
        assert max(sizes) < 60_000
        english = package_in_force(store, date(2026, 11, 23), "crew-1", as_of=AS_OF, lang="en")
        assert any("schematic" in note.lower() for note in english["notes"])
    finally:
        store.close()


def test_pictures_that_never_arrived_are_not_promised(planned_sample, tmp_path) -> None:
    import shutil

    from geo_service.store.field import KeptReport, Photo
    from geo_service.work.field_report import FieldReport, ReportKind, ReportStatus

    store = SqliteStore.open(shutil.copytree(planned_sample, tmp_path / "workspace"))
    on = date(2026, 11, 23)
    plot = package_in_force(store, on, "crew-1", as_of=AS_OF)["stops"][0]["plot"]
    there, missing = "a" * 64, "b" * 64
    notes = (PhotoNote(there, "after"), PhotoNote(missing, "find"))
    report = FieldReport(
        "r-1", ReportKind.REMARK, "crew-2", on - timedelta(days=9), "p", AS_OF, plot=plot, photos=notes
    )
    with store.change(author="tests", reason="a report with photos", at=AS_OF) as tx:
        tx.put_report(KeptReport(report, "0" * 64, "phone", AS_OF, ReportStatus.ACCEPTED))
        tx.put_photo(Photo(there, there, "image/jpeg", 10, 1, 1, AS_OF, "phone"))
    package = package_in_force(store, on, "crew-1", as_of=AS_OF)
    store.close()
    assert package["photos"] == [there]
    assert [one["sha256"] for one in package["stops"][0]["photos"]] == [there]
