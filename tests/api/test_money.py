"""The money over HTTP: booked, refused by name, corrected, claimed, tendered and downloaded, each by who may."""

from __future__ import annotations

import csv
import io

import pyogrio
import pytest
from pypdf import PdfReader

from geo_service.api.lots import LotAnswer
from geo_service.api.measures import ClaimAnswer, MeasureAnswer, MeasureList
from geo_service.api.vouchers import VoucherAnswer, VoucherList

MEASURE = {
    "name": "Quartiersservice",
    "from_on": "2026-01-01",
    "until_on": "2026-12-31",
    "funds": [{"code": "efre", "name": "EFRE", "parts": 75}, {"code": "city", "name": "Stadt", "parts": 25}],
    "starts": [
        {"quarter": "Kleinzschocher", "from_on": "2025-03-01"},
        {"quarter": "Plagwitz", "from_on": "2026-11-01"},
    ],
    "cost_kinds": ["services", "crews"],
    "version": 0,
}
VOUCHER = {
    "measure": "W26",
    "dated_on": "2026-11-20",
    "served_from": "2026-11-16",
    "served_until": "2026-11-20",
    "gross_cents": 119_02,
    "vat_cents": 19_00,
    "cost_kind": "services",
    "carrier": "gruenwerk",
    "text": '=HYPERLINK("http://example.org")',
    "plot": "KLZ-0001",
    "work": "mow_lawn",
}


@pytest.fixture(scope="module")
def funded(module_desk):
    """Return the desk with a measure, an approval and a carrier."""
    with module_desk.client("planner") as client:
        MeasureAnswer.model_validate_json(client.put("/measures/W26", json=MEASURE).raise_for_status().content)
        granted = {"reference": "B-1", "approved_on": "2026-01-05", "gross_cents": 1_000_00}
        client.post("/measures/W26/approvals", json=granted).raise_for_status()
        firm = {"name": "Grünwerk", "contact": "Frau Beispiel", "email": "a@example.org", "phone": "0341 0000-1"}
        client.put("/carriers/gruenwerk", json=firm).raise_for_status()
    return module_desk


@pytest.fixture(scope="module")
def client(funded):
    with funded.client("planner") as one:
        yield one


def book(client, **change):
    return client.post("/vouchers", json=VOUCHER | change)


def test_a_voucher_is_booked_split_and_counted(funded, client, problem):
    made = VoucherAnswer.model_validate_json(book(client).raise_for_status().content)
    assert (made.number, made.quarter, made.author) == ("W26-00001", "Kleinzschocher", "Ada")
    assert [(one.fund, one.cents) for one in made.by_fund] == [("efre", 8926), ("city", 2976)]
    assert client.get("/vouchers/W26-00001").json() == made.model_dump(mode="json")
    (measure,) = MeasureList.model_validate_json(client.get("/measures").content).measures
    assert (measure.left_cents, measure.total.gross_cents) == (1_000_00 - 119_02, 119_02)
    assert sum(one.gross_cents for one in measure.by_quarter) == measure.total.gross_cents
    starts = {one.quarter: str(one.chargeable_from) for one in measure.starts}
    assert starts == {"Kleinzschocher": "2026-01-01", "Plagwitz": "2026-11-01"}
    found = VoucherList.model_validate_json(client.get("/vouchers?plot=KLZ-0001&cost_kind=services").content)
    assert [one.number for one in found.vouchers] == ["W26-00001"]
    assert client.get("/vouchers?quarter=Plagwitz&from=2026-01-01").json()["vouchers"] == []
    problem(client.get("/vouchers/W26-99999"), 404)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"served_from": "2025-12-31"}, "duration"),
        ({"plot": "KLZ-0007", "served_from": "2026-10-31"}, "quarter_start"),
        ({"plot": "", "work": "", "quarter": "Grünau"}, "quarter"),
        ({"cost_kind": "rooms"}, "cost_kind"),
        ({"gross_cents": 1_000_01}, "approval"),
    ],
)
def test_what_may_not_be_charged_is_refused_by_the_name_of_its_rule(funded, client, problem, change, rule):
    before = funded.store.revision()
    told = problem(book(client, **change), 422)
    assert told["fields"]["rule"] == rule
    assert told["remedy"]
    assert funded.store.revision() == before


def test_corrections_claims_and_their_differences(client, problem):
    number = book(client, gross_cents=100_00).json()["number"]
    fix = client.post(f"/vouchers/{number}/correction", json={"gross_cents": -1, "vat_cents": 0, "reason": "Aufmaß"})
    assert (fix.status_code, fix.json()["refers_to"]) == (201, number)
    asked = {"measure": "W26", "kind": "advance", "until_on": "2026-11-23"}
    claim = ClaimAnswer.model_validate_json(client.post("/claims", json=asked).raise_for_status().content)
    assert claim.reproduces
    assert number in claim.vouchers
    assert sum(one.cents for one in claim.by_fund) == claim.gross_cents
    assert problem(client.post("/claims", json=asked), 422)["fields"]["rule"] == "nothing_to_claim"
    gone = client.post(f"/vouchers/{number}/cancellation", json={"reason": "doppelt"}).raise_for_status().json()
    after = client.get(f"/claims/{claim.number}").json()
    assert (after["changed"], after["changed_cents"], after["digest"]) == ([gone["number"]], -99_99, claim.digest)
    again = client.post(f"/vouchers/{number}/cancellation", json={"reason": "noch einmal"})
    assert problem(again, 422)["fields"]["rule"] == "cancelled"


def test_files_carry_their_source_and_no_formula(funded, client, tmp_path):
    book(client).raise_for_status()
    rows = list(csv.DictReader(io.StringIO(client.get("/vouchers.csv").content.decode("utf-8-sig"))))
    assert rows[0]["text"].startswith("'=HYPERLINK")
    assert all(int(one["efre_cents"]) + int(one["city_cents"]) == int(one["gross_cents"]) for one in rows)
    assert "Quelle:" in rows[0]["note"]
    assert "Beispieldaten" in rows[0]["note"]
    (tmp_path / "belege.xlsx").write_bytes(client.get("/vouchers.xlsx?cost_kind=services").content)
    frame = pyogrio.read_dataframe(tmp_path / "belege.xlsx", read_geometry=False)
    cells = [str(cell) for row in frame.to_numpy().tolist() for cell in row]
    assert '=HYPERLINK("http://example.org")' in cells
    assert any(cell.startswith("Quelle:") for cell in cells)


def test_a_lot_is_drafted_tendered_awarded_and_accepted(client, problem, tmp_path):
    asked = {"title": "Rasen", "measure": "W26", "quarter": "Kleinzschocher", "works": ["mow_lawn"]}
    asked |= {"from_on": "2026-11-16", "until_on": "2026-12-18"}
    lot = LotAnswer.model_validate_json(client.post("/lots", json=asked).raise_for_status().content)
    assert (lot.code, lot.state) == ("W26-L01", "draft")
    assert lot.positions[0].oz == "01.01.0010"
    bid = {"received_on": "2026-11-20", "prices": [{"oz": one.oz, "unit_cents": 7} for one in lot.positions]}
    assert problem(client.put("/lots/W26-L01/bids/gruenwerk", json=bid), 422)["fields"]["rule"] == "not_tendered"
    client.put("/lots/W26-L01/tender").raise_for_status()
    client.put("/lots/W26-L01/bids/gruenwerk", json=bid).raise_for_status()
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(client.get("/lots/W26-L01/bill.pdf").content)).pages
    )
    assert "01.01.0010" in text
    assert "Leistungsverzeichnis Los W26-L01" in text
    assert "Beispieldaten" in text
    client.put("/lots/W26-L01/award", json={"carrier": "gruenwerk", "reason": "einziges Angebot"}).raise_for_status()
    work = {"served_from": "2026-11-16", "served_until": "2026-11-20"}
    first = lot.positions[0]
    rows = [{"oz": first.oz, "accepted": first.per_cycle}]
    accepted = client.post("/lots/W26-L01/acceptances", json=work | {"positions": rows})
    assert problem(accepted, 422)["fields"]["rule"] == "reported"
    rows = [{"oz": first.oz, "reported": first.per_cycle, "accepted": first.per_cycle}]
    cut = [{"cents": 1_00, "reason": "Schnittgut liegt noch"}]
    done = client.post("/lots/W26-L01/acceptances", json=work | {"positions": rows, "deductions": cut})
    voucher = client.get(f"/vouchers/{done.raise_for_status().json()['voucher']}").json()
    net = 7 * first.per_cycle - 100
    assert voucher["gross_cents"] == net + (2 * net * 19 + 100) // 200
    assert (voucher["lot"], voucher["carrier"]) == ("W26-L01", "gruenwerk")


def test_an_analyst_reads_figures_but_no_words_of_suppliers(funded, problem):
    with funded.client("analyst") as analyst, funded.client("viewer") as viewer:
        assert viewer.get("/vouchers/W26-00001").json()["text"].startswith("=HYPERLINK")
        told = analyst.get("/vouchers/W26-00001").json()
        assert (told["text"], told["author"], told["gross_cents"]) == ("", "", 119_02)
        (firm,) = analyst.get("/carriers").json()["carriers"]
        assert (firm["code"], firm["contact"], firm["email"], firm["phone"]) == ("gruenwerk", "", "", "")
        assert viewer.get("/carriers").json()["carriers"][0]["contact"] == "Frau Beispiel"
        problem(analyst.get("/vouchers.csv"), 403)
        problem(viewer.post("/claims", json={}), 403)
    with funded.client() as anybody:
        for path in ("/measures", "/vouchers", "/claims", "/lots", "/carriers", "/crew-rates", "/visit-costs"):
            problem(anybody.get(path), 401)


def test_prices_of_own_work_and_what_waits_for_a_voucher(client, problem):
    table = {"person_hour_cents": 4200, "vehicle_hour_cents": 0, "source": "Kalkulation 2026"}
    table["disposal"] = [{"waste_key": "200301", "unit": "m3", "cents": 8000}]
    client.put("/crew-rates/2026-01-01", json=table).raise_for_status()
    assert client.get("/crew-rates").json()["rates"][0]["disposal"] == table["disposal"]
    assert client.get("/visit-costs").json() == {"proposals": []}
    problem(client.post("/visit-costs", json={"visits": ["KLZ-0001.mow_lawn.2026-11-24.1"]}), 404)
