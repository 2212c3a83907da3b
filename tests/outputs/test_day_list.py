from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import inf

import pytest
from shapely import Polygon

from geo_service.base.errors import NotFound
from geo_service.outputs.day_list import build_day
from geo_service.work.model import Machine, RateTier
from geo_service.work.noise import STRICT, Rules


@pytest.fixture
def build(plan, plots, crews, places, catalogue, quarters, on):
    """Return a function that builds a day of the made-up plan with some inputs changed."""

    def made(on=on, **changed):
        inputs = {
            "plan": plan,
            "plots": plots,
            "crews": crews,
            "places": places,
            "catalogue": catalogue,
            "quarters": quarters,
            "revision": 7,
            "sample": True,
        }
        return build_day(on, **{**inputs, **changed})

    return made


def test_a_stop_tells_all_a_crew_needs(day):
    stop = day.crews[0].stops[2]
    assert (stop.order, stop.plot, stop.address, stop.quarter) == (3, "KLZ-0003", "Dieskaustraße 21", "Kleinzschocher")
    assert (stop.task, stop.task_de, stop.task_in("en")) == ("mow_lawn", "Rasen mähen", "mow lawn")
    assert stop.access_note == "Tor links, Schlüssel am Bund 7"
    assert stop.rule_note == "Freischneider 09–13, 15–17 Uhr (32. BImSchV §7)"
    assert stop.area_m2 == 400
    assert stop.contamination == "no"
    assert stop.streets == ("1. Querstraße", "Lange Straße 2")


def test_a_stop_lies_where_the_crew_enters_and_its_outline_in_degrees(day, plots):
    stop = day.crews[0].stops[4]
    assert stop.leg[-1] == (stop.lon, stop.lat)
    assert len(stop.outline) == 2, "plot 5 has two parts"
    assert all(Polygon(ring).is_valid for ring in stop.outline)
    assert 12.3 < stop.lon < 12.4
    assert 51.3 < stop.lat < 51.4


def test_crews_come_in_their_order_with_sums_and_colours(day):
    assert [crew.crew for crew in day.crews] == ["crew-1", "crew-2"]
    first, second = day.crews
    assert first.colour == "#0072b2"
    assert second.colour == "#d55e00", "a crew without a colour takes the palette's"
    assert first.volume_m3 == pytest.approx(12 * 0.4)
    assert first.way_back_s == 600
    assert first.way_back_m == 2500
    assert (first.depot_name, first.people) == ("Betriebshof West", 2)


def test_what_is_no_colour_never_reaches_a_page(build, crews):
    odd = [replace(crew, colour="red;}") for crew in crews]
    assert [crew.colour for crew in build(crews=odd).crews] == ["#0072b2", "#d55e00"]


def test_a_crew_that_does_not_go_out_is_told(day):
    assert "Kolonne Quartier: kein Einsatz an diesem Tag" in day.notes


def test_the_sample_is_told_first_and_once(day, build, plan):
    assert day.notes[0] == "Schematische Beispieldaten"
    assert sum("eispieldaten" in note for note in day.notes) == 1
    assert build(lang="en").notes[0] == "Schematic sample data"
    real = build(plan=replace(plan, notes=()), sample=False)
    assert not real.sample
    assert not any("eispieldaten" in note for note in real.notes)


def test_a_plan_made_on_the_sample_says_so_even_after_the_sample_has_gone(build):
    assert build(sample=False).sample


def test_unserved_are_those_due_by_that_day(day, build, on):
    assert [one.plot for one in day.unserved] == ["KLZ-0016"]
    assert day.unserved[0].task_de == "Rasen mähen"
    thursday = build(on=on + timedelta(days=3))
    assert [one.plot for one in thursday.unserved] == ["KLZ-0016", "KLZ-0015"]
    assert thursday.crews == ()


def test_a_day_outside_the_plan_is_empty(build, on):
    after = build(on=on + timedelta(days=30))
    assert after.crews == ()
    assert after.unserved == ()


def test_english_takes_english_reasons_and_rules(build):
    day = build(lang="en")
    assert day.unserved[0].reason == "no crew has time"
    stop = day.crews[0].stops[0]
    assert stop.why == "last done 2026-10-01, every 14 to 21 days"
    assert stop.rule_note.startswith("brushcutter")


def test_a_plot_that_left_the_register_keeps_its_place_on_the_list(build, plots):
    stop = build(plots=plots[1:]).crews[0].stops[0]
    assert stop.plot == "KLZ-0001"
    assert (stop.lon, stop.lat) == stop.leg[-1]
    assert stop.outline == ()
    assert stop.contamination == "unknown"


def test_a_crew_that_was_dismissed_and_a_missing_line_still_make_a_list(build, plan, crews):
    day = build(crews=crews[1:], plan=replace(plan, lines=()))
    assert [crew.crew for crew in day.crews] == ["crew-2", "crew-1"]
    assert day.crews[1].name == "crew-1"
    assert day.crews[1].stops[0].leg == ()


def test_without_a_depot_the_day_begins_where_the_way_back_ends(build, plan):
    crew = build(places=[]).crews[0]
    assert crew.depot == plan.lines[0].legs[-1][-1]
    assert crew.depot_name == "Betriebshof"


def test_one_crew_of_a_day(day):
    alone = day.only("crew-2")
    assert [crew.crew for crew in alone.crews] == ["crew-2"]
    assert alone.unserved == day.unserved
    with pytest.raises(NotFound, match="crew-9"):
        day.only("crew-9")


def test_the_agenda_holds_breaks_where_they_fall(day):
    kinds = [type(entry).__name__ for entry in day.crews[0].agenda()]
    assert kinds == ["DayStop"] * 6 + ["DayBreak"] + ["DayStop"] * 6
    assert type(next(day.crews[1].agenda())).__name__ == "DayBreak"


@pytest.mark.parametrize(("lang", "said"), [("de", "vorher auf Nester prüfen"), ("en", "check for nests before")])
def test_what_the_law_asks_the_crew_to_check_stands_with_the_rule(build, plan, lang, said):
    route = plan.routes[0]
    heeding = replace(route.stops[2].visit, heed="vorher auf Nester prüfen", heed_en="check for nests before")
    stops = tuple(replace(stop, visit=heeding) if stop.order == 3 else stop for stop in route.stops)
    changed = replace(plan, routes=(replace(route, stops=stops), *plan.routes[1:]))
    note = build(plan=changed, lang=lang).crews[0].stops[2].rule_note
    assert "32. BImSchV §7" in note
    assert note.endswith(said)


def test_another_city_is_not_told_of_the_hours_of_leipzig(build, catalogue):
    def said(rules):
        return [stop.rule_note for crew in build(rules=rules, catalogue=quiet).crews for stop in crew.stops]

    tilling = {"machines": frozenset({"tiller"}), "rates": (RateTier(inf, 0.1),)}
    kinds = {code: replace(kind, **tilling) for code, kind in catalogue.kinds.items()}
    quiet = replace(catalogue, kinds=kinds, machines={"tiller": Machine("tiller", "Fräse", "tiller")})
    assert any("PolVO Leipzig §17" in note for note in said(STRICT))
    assert not any("PolVO" in note for note in said(Rules(leipzig_noise=False)))
