"""The analyst's rules (reporting), each by its name: figures of the watch, vouchers and frozen reports."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pypdf
import pytest
import shapely

from geo_service.actions.book_voucher import book_voucher
from geo_service.actions.freeze_report import freeze_report
from geo_service.actions.make_workspace import make_workspace
from geo_service.actions.sample import load_sample
from geo_service.base.errors import InputError
from geo_service.funding.voucher import Spending
from geo_service.outputs.indicators import OVERALL, indicators
from geo_service.outputs.net_areas import net_areas_m2
from geo_service.outputs.periods import period
from geo_service.outputs.report import differences, frozen_facts, report_again, report_of, report_sheets
from geo_service.outputs.report_pdf import report_pdf
from geo_service.outputs.spreadsheet import csv_of, xlsx_of
from geo_service.outputs.watch_facts import PlotFact, facts_of, facts_text, watch_facts
from geo_service.store.kinds_money import VOUCHER
from geo_service.store.kinds_watch import FROZEN_REPORT

TODAY = date(2026, 11, 26)
AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
Q3 = period("2026-Q3")


@pytest.fixture
def store(tmp_path, sample):
    made = make_workspace(tmp_path / "workspace", defaults=sample, author="tester", at=AT)
    load_sample(made, sample, at=AT)
    yield made
    made.close()


@pytest.fixture
def frozen(store):
    text, sha256 = frozen_facts(store, Q3, TODAY)
    return freeze_report(store, Q3.name, text, sha256, note="Quartal", author="Ada", clock=lambda: AT)


def figures(store, of=Q3):
    return {one.key: one for one in indicators(watch_facts(store, TODAY), [of])}


def test_greened_square_metres_count_overlapping_polygons_once(store):
    square = shapely.box(0, 0, 10, 10)
    assert sum(net_areas_m2([square, shapely.box(5, 0, 15, 10), square])) == pytest.approx(150)
    plot = store.plot("KLZ-0007")
    before = figures(store)["greened_m2", "", OVERALL, Q3.name].value
    twin = replace(plot, plot_id="twin", code="KLZ-9999")
    with store.change(author="t", reason="twin", at=AT) as tx:
        tx.put_plots([twin])
    assert figures(store)["greened_m2", "", OVERALL, Q3.name].value == pytest.approx(before, abs=0.01)


def test_greened_and_mown_are_two_figures(store):
    found = figures(store)
    greened, mown = (found[code, "", OVERALL, Q3.name].value for code in ("greened_m2", "mown_m2"))
    assert greened > mown > 0


def test_75_25_sums_to_the_cent_per_voucher(store):
    facts = watch_facts(store, TODAY)
    assert len(facts.spending) > 10
    for one in facts.spending:
        assert sum(cents for _, cents in one.shares) == one.gross_cents
        assert abs(dict(one.shares)["efre"] - 0.75 * one.gross_cents) < 1


def test_quarter_totals_equal_the_overall_total(store):
    found = figures(store)
    for code in ("plots", "greened_m2", "mown_m2", "visits_done", "complaints", "praise", "spent_eur"):
        parts = [one.value for key, one in found.items() if key[0] == code and not key[1] and key[2] != OVERALL]
        assert sum(parts) == pytest.approx(found[code, "", OVERALL, Q3.name].value, abs=0.001), code


def test_a_frozen_report_reproduces(store, frozen):
    kept = store.record(FROZEN_REPORT, "R-2026-Q3-1").record
    again = report_again(kept)
    assert again == report_of(facts_of(frozen.facts), Q3)
    assert facts_text(again.facts) == kept.facts
    how = {"at": kept.at, "number_of": kept.number, "digest_of": kept.digest}
    assert report_pdf(again, **how) == report_pdf(report_again(kept), **how)
    assert xlsx_of(report_sheets(again, **how), at=AT) == xlsx_of(report_sheets(report_again(kept), **how), at=AT)
    with pytest.raises(InputError, match="digest"):
        report_again(replace(kept, facts=kept.facts.replace("KLZ-0001", "KLZ-0002", 1)))


def test_later_corrections_appear_as_listed_differences(store, frozen):
    assert differences(store, frozen, TODAY) == []
    last = date(2026, 9, 30)
    told = Spending("W26", last, last, last, 119_00, 19_00, "services", "gruenwerk", "Nachtrag", quarter="Plagwitz")
    late = book_voucher(store, told, author="Ada", clock=lambda: AT)
    (found,) = differences(store, frozen, TODAY)
    assert (found.part, found.key, found.then) == ("spending", late.number, None) and "11900" in found.now
    plot = store.plot("KLZ-0007")
    with store.change(author="t", reason="survey", at=AT) as tx:
        tx.put_plots([replace(plot, geometry=plot.geometry.buffer(2))])
    changed = {(one.part, one.key, one.field) for one in differences(store, frozen, TODAY)}
    assert ("plots", "KLZ-0007", "net_m2") in changed and ("plots", "KLZ-0007", "outline") in changed
    assert report_again(frozen) == report_of(facts_of(frozen.facts), Q3)  # the report itself stays as it was
    assert len(store.records(VOUCHER)) > 0


def test_missing_data_shows_as_missing_not_0(store):
    found = figures(store)
    for code, gap in (("trees", "no_tree_source"), ("on_time_pct", "none_judged")):
        reading = found[code, "", OVERALL, Q3.name]
        assert (reading.value, reading.gap) == (None, gap)
    past = figures(store, period("2019-Q1"))
    assert past["visits_done", "", OVERALL, "2019-Q1"].value is None
    ahead = figures(store, period("2027-Q1"))
    assert all(one.value is None and one.gap == "future" for one in ahead.values())
    sheet = report_sheets(report_of(watch_facts(store, TODAY), Q3), at=AT, number_of="", digest_of="")[0]
    trees = next(row for row in sheet.rows if row[0] == "Bäume")
    assert trees[4] is None and trees[-1]
    unknown = PlotFact("X", "Lindenau", "greened", 100.0, 1.0, "", ())
    alone = replace(watch_facts(store, TODAY), plots=(unknown,))
    (reading,) = [one for one in indicators(alone, [Q3], only=["greened_m2"]) if one.quarter == OVERALL]
    assert (reading.value, reading.gap, reading.left_out) == (None, "no_history", 1)


def test_exports_carry_source_and_licence(store, frozen):
    again = report_again(frozen)
    sheets = report_sheets(again, at=AT, number_of=frozen.number, digest_of=frozen.digest)
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of(sheets, at=AT)))
    for sheet in book.worksheets:
        text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
        assert "Quelle" in text and "CC0-1.0" in text and "Beispieldaten" in text and frozen.digest in text
    assert all("CC0-1.0" in line for line in csv_of(sheets[0]).decode("utf-8-sig").splitlines()[1:])
    pdf = pypdf.PdfReader(io.BytesIO(report_pdf(again, at=AT, number_of=frozen.number, digest_of=frozen.digest)))
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert "CC0-1.0" in text and frozen.digest in "".join(text.split()) and "Quartiersbericht 2026-Q3" in text


def test_a_period_is_frozen_only_after_it_ended(store):
    with pytest.raises(InputError, match="ends on 2026-12-31"):
        frozen_facts(store, period("2026-Q4"), TODAY)
    text, _ = frozen_facts(store, period("2026-Q4"), TODAY + timedelta(days=60))
    assert '"as_of":"2027-01-25"' in text
