"""The quarter watch and frozen reports over HTTP."""

from __future__ import annotations

import io

import openpyxl


def test_figures_say_what_they_are_and_what_is_missing(planner):
    told = planner.get("/indicators", params={"period": "2026-Q4", "quarter": "*", "lang": "en"}).json()
    found = {(one["indicator"], one["part"]): one for one in told["indicators"]}
    assert found["plots", ""]["value"] == 12 and found["complaints", "waste"]["value"] == 3
    assert (found["trees", ""]["value"], found["trees", ""]["gap"]) == (None, "no register of trees in the workspace")
    assert all(one["definition"] and one["source"] for one in told["kinds"])
    eight = planner.get("/indicators", params={"indicator": "plots", "quarter": "*"}).json()["indicators"]
    assert len({one["period"] for one in eight}) == 8
    assert planner.get("/indicators", params={"period": "2026-Q5"}).status_code == 400


def test_files_carry_where_they_come_from(planner):
    csv = planner.get("/indicators.csv", params={"period": "2026-Q4"}).content.decode("utf-8-sig")
    assert "Quelle: Quartiersbeobachtung" in csv and "Beispieldaten" in csv
    book = openpyxl.load_workbook(io.BytesIO(planner.get("/indicators.xlsx").content))
    assert book.active["A3"].value == "indicator"


def test_a_report_is_frozen_read_and_held_against_later(own_desk):
    with own_desk.client("moderator") as mo, own_desk.client("analyst") as analyst:
        early = mo.post("/reports", json={"period": "2026-Q4"})
        assert early.status_code == 400 and "ends on" in early.json()["detail"]
        made = mo.post("/reports", json={"period": "2026-Q3", "note": "Quartal"})
        assert made.status_code == 201 and made.json()["number"] == "R-2026-Q3-1"
        assert analyst.post("/reports", json={"period": "2026-Q3"}).status_code == 403
        told = analyst.get("/reports/R-2026-Q3-1").json()
        assert told["sha256"] == made.json()["sha256"] and told["differences"] == []
        assert (told["author"], told["note"]) == ("", "")  # an analyst reads no words of people
        pdf = analyst.get("/reports/R-2026-Q3-1.pdf")
        assert pdf.content.startswith(b"%PDF") and pdf.content == analyst.get("/reports/R-2026-Q3-1.pdf").content
        assert analyst.get("/reports/R-2026-Q3-9").status_code == 404
        assert [one["number"] for one in analyst.get("/reports").json()["reports"]] == ["R-2026-Q3-1"]
