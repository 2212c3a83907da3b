"""A plan as text: German without English words, English without German ones; the same figures as the JSON."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from geo_service.outputs.plan_text import SHOWN, plan_json, print_plan
from geo_service.outputs.words import KEPT_OUT
from geo_service.schedule.model import Remedy
from geo_service.work.model import NotDue

KEPT = (
    NotDue("KLZ-0001", "mow_lawn", "season", "Saison 1. April bis 31. Oktober", "season 1 Apr to 31 Oct"),
    NotDue("KLZ-0002", "mow_lawn", "season", "Saison 1. April bis 31. Oktober", "season 1 Apr to 31 Oct"),
    NotDue("KLZ-0003", "", "state", "Fläche ist zurückgegeben", "the plot is returned"),
)


@pytest.fixture
def made(plan):
    whole = {"drive_s": 4000.0, "work_s": 90_000.0, "length_m": 1_234_567.0, "cost_s": 1.0, "seconds": 2.5}
    return replace(plan, figures={**plan.figures, **whole, "iterations": 3.0}, kept_out=KEPT)


REMEDY = Remedy(
    "more_time", "mit 40 Minuten mehr am Do 26.11.2026, crew-2", "with 40 minutes more", "crew-2", minutes=40
)


def said(plan, lang, catalogue=None):
    out = io.StringIO()
    print_plan(Console(file=out, width=100, color_system=None), plan, lang, catalogue=catalogue)
    return out.getvalue()


def test_in_german(made, catalogue):
    text = said(made, "de", catalogue)
    assert "Plan ab 23.11.2026, 5 Arbeitstage" in text
    assert "1.234,6 km" in text
    assert "Nicht in diesem Plan: 2 außerhalb der Saison, 1 Fläche ruht oder ist zurückgegeben" in text
    assert "KLZ-0016 Rasen mähen: keine Kolonne hat Zeit" in text
    assert not {"season", "state", "mow_lawn", "no crew has time"} & set(text.replace(":", "").split())


def test_in_english(made, catalogue):
    text = said(made, "en", catalogue)
    assert "Plan from 2026-11-23, 5 working days" in text
    assert "1,234.6 km" in text
    assert "Kept out of this plan: 2 out of season, 1 plot set aside or returned" in text
    assert "KLZ-0016 mow lawn: no crew has time" in text
    assert "erst nach dem 30. September" in text, "a reason that is not known in English stands in German"


def test_without_a_catalogue_the_codes_stand(made):
    assert "KLZ-0016 mow_lawn: keine Kolonne hat Zeit" in said(made, "de")


def test_long_lists_say_how_many_are_not_shown(made, catalogue):
    many = tuple(replace(made.unserved[0], plot_code=f"KLZ-{number:04d}") for number in range(SHOWN + 3))
    text = said(replace(made, unserved=many), "de", catalogue)
    assert "… und 3 weitere" in text
    assert len(plan_json(replace(made, unserved=many))["reasons"]) == SHOWN + 3


def test_the_parts_of_the_objective_are_told(made):
    plan = replace(made, costs={"travel_s": 4000, "dates_s": 0, "unserved_s": 12_000})

    assert "Zielwert in Sekunden Fahrt: 16.000 = Fahrt 4.000, nicht eingeplant 12.000" in said(plan, "de")
    assert "Objective in seconds of driving: 16,000 = travel 4,000, unserved 12,000" in said(plan, "en")
    assert plan_json(plan)["costs"] == {"travel_s": 4000, "dates_s": 0, "unserved_s": 12_000}
    assert "Zielwert" not in said(made, "de"), "older plans do not know them"


def test_the_remedy_stands_behind_the_reason(made):
    plan = replace(made, unserved=(replace(made.unserved[0], remedy=REMEDY),))

    assert "; Abhilfe: mit 40 Minuten mehr am Do 26.11.2026, crew-2" in said(plan, "de")
    assert "; remedy: with 40 minutes more" in said(plan, "en")
    (told,) = plan_json(plan)["reasons"]
    assert (told["remedy"]["kind"], told["remedy"]["minutes"], told["remedy"]["on"]) == ("more_time", 40, None)
    assert plan_json(made)["reasons"][0]["remedy"] is None


def test_every_code_has_words_in_both_languages():
    told = NotDue.__doc__.partition("Codes:")[2]
    codes = {part.strip("`") for part in told.replace(".", "").replace("\n", " ").split(", ")}
    assert {code.strip(" `") for code in codes} == set(KEPT_OUT["de"]) == set(KEPT_OUT["en"])
