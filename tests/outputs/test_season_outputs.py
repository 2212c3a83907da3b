"""A season as text, JSON and figure: the same figures; missing stays missing."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from rich.console import Console

from geo_service.outputs.season_figure import load_shares, season_figure, season_png
from geo_service.outputs.season_text import SHOWN, bar, print_season, season_json
from geo_service.schedule.season.horizon import Horizon
from geo_service.schedule.season.model import Resource, ResourceName, Rhythm, SeasonNeed, SeasonProblem, Step, Zone
from geo_service.schedule.season.search import Effort
from geo_service.schedule.season.solve import solve_season
from geo_service.work.model import NotDue

HOUR = 3600


@pytest.fixture(scope="module")
def season():
    horizon = Horizon(date(2027, 1, 1), 20)
    names = (ResourceName("crews", "aller Kolonnen", "all crews"), ResourceName("skill:x", "der x", "skill x"))
    woody = (ResourceName("skill:woody", "der Befähigung woody", "skill woody"),)
    steps = Step("mow_lawn", HOUR, (0,), rhythm=Rhythm(18, 30)), Step("prune", HOUR, (0, 1))
    needs = tuple(
        SeasonNeed(f"n{number}", f"p{number}", f"KLZ-{number:04d}", 0, (steps[number % 2],), on, on, on)
        for number in range(8)
        for on in [date(2027, 1, 11) + timedelta(days=number // 2)]
    )
    problem = SeasonProblem(
        horizon,
        needs,
        (Resource(names, (0, *[4 * HOUR] * 19), frozenset("ab")), Resource(woody, (0, *[HOUR] * 19), frozenset("a"))),
        (Zone("52.1", "52 1", 1800),),
        reserve=0.0,
        kept_out=(NotDue("KLZ-0099", "", "state", "Fläche ist zurückgegeben", "the plot is returned"),),
    )
    return solve_season(problem, effort=Effort(iterations=200, workers=1))


def said(plan, lang="de", catalogue=None):
    out = io.StringIO()
    print_season(Console(file=out, width=120, color_system=None), plan, lang, catalogue=catalogue)
    return out.getvalue()


def test_in_german(season, catalogue):
    text = said(season, "de", catalogue)
    assert "Saison ab 01.01.2027, 20 Wochen" in text
    assert "2026-W53  28.12.2026  kein Dienst" in text
    assert "4 × prune: zu groß" not in text
    assert "× prune: Kapazität der Befähigung woody in Woche 2027-W02 ist voll" in text
    assert "Nicht in dieser Saison: 1 Fläche ruht oder ist zurückgegeben" in text
    assert "100 %" in text


def test_in_english(season, catalogue):
    text = said(season, "en", catalogue)
    assert "Season from 2027-01-01, 20 weeks" in text
    assert "capacity of skill woody in week 2027-W02 is full" in text
    assert not {"Woche", "kein", "voll"} & set(text.split())


def test_a_search_ended_early_says_so_and_long_lists_are_cut(season):
    listed = tuple(replace(season.left_out[0], reason=f"Grund {number}") for number in range(SHOWN + 2))
    text = said(replace(season, stopped=True, left_out=listed))
    assert "vorzeitig beendet" in text
    assert "… und 2 weitere" in text


def test_the_bar_has_always_the_same_length():
    assert {len(bar(share / 100)) for share in range(-5, 120)} == {20}
    assert bar(1.0) == "█" * 20


def test_the_json_holds_every_visit_and_every_reason(season):
    told = json.loads(json.dumps(season_json(season)))
    assert len(told["visits"]) == told["served"] == int(season.served.sum())
    assert len(told["reasons"]) == told["left_out"] == len(season.left_out)
    assert told["resources"][0]["load_s"][0] is None, "nobody works in the first week"
    minutes = sum(visit["minutes"] for visit in told["visits"])
    assert minutes * 60 == sum(load or 0 for load in told["resources"][0]["load_s"])
    assert told["cost_s"]["overload"] == 0


def test_the_figure_shows_missing_as_missing(season):
    shares = load_shares(season)
    assert np.isnan(shares[:, 0]).all()
    assert np.nanmax(shares) == 1.0
    heat, zones, *_ = season_figure(season).axes
    assert len(heat.patches) == 2, "one hatched field for each group"
    assert heat.images[0].get_cmap().name == "cividis"
    assert [label.get_text() for label in heat.get_yticklabels()] == ["aller Kolonnen +", "der Befähigung woody"]
    assert sum(one.get_height() for one in zones.patches) == season.zones_opened.sum()
    assert "Jan\n2027" in {label.get_text() for label in zones.get_xticklabels()}
    assert "left out" in season_figure(season, lang="en").axes[0].get_title(loc="left")


def test_the_png_is_one(season):
    assert season_png(season, dpi=40).startswith(b"\x89PNG")
