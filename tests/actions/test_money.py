"""The money of the sample through its actions: gapless numbers, corrections, own work, claims, lots to the voucher."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from geo_service.actions.accept_lot import accept_lot, reported_of
from geo_service.actions.book_visits import book_visits, proposals
from geo_service.actions.book_voucher import book_voucher, cancel_voucher, correct_voucher
from geo_service.actions.keep_measure import approve, keep_measure
from geo_service.actions.make_claim import make_claim
from geo_service.actions.money_records import all_claims, all_vouchers
from geo_service.actions.record_visit import record_visit
from geo_service.actions.sample_money import load_sample_money
from geo_service.actions.tender_lot import award_lot, draft_lot, put_bid, tender_lot
from geo_service.base.errors import Conflict, InputError, NotFound, NotReady, RuleBroken
from geo_service.funding.claims import reproduces
from geo_service.funding.lots import AcceptedPosition, Bid, Deduction, Price
from geo_service.funding.measure import Approval, Fund
from geo_service.funding.voucher import OWN_CREWS, Spending
from geo_service.outputs.money_account import accounts
from geo_service.outputs.money_frames import (
    claims_frame,
    lots_frame,
    measures_frame,
    spending_frame,
    spending_over_time_frame,
    vouchers_frame,
)
from geo_service.store.field import VisitCourse
from geo_service.store.kinds_money import LOT, MEASURE, VOUCHER
from geo_service.store.sqlite import SqliteStore
from geo_service.work.field_report import Quantity

TODAY = date(2026, 11, 26)
AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
HOW = {"author": "Ada", "clock": lambda: AT}
"""Of every action here."""


@pytest.fixture(scope="module")
def money(planned_sample, tmp_path_factory):
    """Return a store with the sample and its plan that the tests of this module share."""
    store = SqliteStore.open(shutil.copytree(planned_sample, tmp_path_factory.mktemp("money") / "workspace"))
    yield store
    store.close()


def spending(gross_cents: int = 119_00, **told: object) -> Spending:
    made = Spending("W26", TODAY, TODAY, TODAY, gross_cents, 19_00, "services", "gruenwerk", "Mahd", plot="KLZ-0012")
    return replace(made, **told)


def test_the_sample_is_whole_marked_and_proven(money):
    found = {one.measure.code: one for one in accounts(money, TODAY)}
    assert found.keys() == {"2.2", "W26"}
    assert found["W26"].measure.fictional
    west = found["2.2"].measure
    assert (west.from_on, west.until_on) == (date(2002, 6, 1), date(2006, 12, 31))
    assert west.parts == {"efre": 75, "city": 25}
    assert west.chargeable_from("Kleinzschocher") == date(2002, 6, 1)
    assert west.chargeable_from("Leutzsch") == date(2003, 3, 1)
    assert all(one.left_cents > 0 for one in found.values())
    vouchers = all_vouchers(money)
    assert 30 <= len(vouchers) <= 40
    assert {one.kind for one in vouchers} == {"original", "correction", "cancellation"}
    assert all(reproduces(one, vouchers) for one in all_claims(money))
    first, second = (kept.record for kept in money.records(LOT))
    assert (first.state, second.state) == ("awarded", "tendered")
    paid = money.record(VOUCHER, first.acceptances[0].voucher).record
    assert paid.gross_cents == first.acceptances[0].net_cents + first.acceptances[0].vat_cents
    assert paid.spending.lot == first.code
    codes = {plot.code for plot in money.plots()}
    assert {one.spending.plot for one in vouchers} - {""} <= codes
    assert {each.plot for lot in (first, second) for each in lot.positions} <= codes


def test_frames_for_analysts_add_up_with_units_in_their_names(money):
    vouchers, whole = vouchers_frame(money), measures_frame(money, TODAY)
    assert vouchers.crs.to_epsg() == 25833
    assert (vouchers["efre_cents"] + vouchers["city_cents"] == vouchers["gross_cents"]).all()
    for frame in (vouchers, spending_frame(money, TODAY), spending_over_time_frame(money, TODAY)):
        for name in ("gross_cents", "efre_cents", "city_cents"):
            assert frame.groupby("measure")[name].sum().to_dict() == whole[name].to_dict(), name
    assert vouchers.loc[vouchers["plot"].notna()].geometry.notna().all()
    claims = claims_frame(money)
    assert claims["reproduces"].all()
    assert claims["gross_cents"].sum() == vouchers.loc[vouchers["claim"].notna(), "gross_cents"].sum()
    lots = lots_frame(money)
    assert lots.loc["W26-L01", "carrier"] == "gruenwerk"
    assert lots["awarded_net_cents"].isna().to_list() == [False, True]


def test_a_voucher_is_numbered_without_a_gap_split_and_takes_its_quarter_from_its_plot(store):
    before = len(store.records(VOUCHER, link=("measure", "W26")))
    with pytest.raises(RuleBroken):
        book_voucher(store, spending(10**9), **HOW)
    made = book_voucher(store, spending(), **HOW)
    assert made.number == f"W26-{before + 1:05d}"
    assert made.by_fund == {"efre": 8925, "city": 2975}
    assert made.spending.quarter == "Kleinzschocher"
    assert [kept.record for kept in store.records(VOUCHER, link=("plot", "KLZ-0012"))][-1] == made
    for wrong, error in (
        ({"plot": "KLZ-9999"}, NotFound),
        ({"carrier": "nobody"}, NotFound),
        ({"measure": "9.9"}, NotFound),
        ({"work": "dance"}, NotFound),
        ({"visit": "KLZ-0012.x.first.1"}, NotFound),
        ({"quarter": "Leutzsch"}, InputError),
        ({"gross_cents": -1, "vat_cents": 0}, InputError),
        ({"served_until": TODAY + timedelta(days=1)}, InputError),
    ):
        with pytest.raises(error):
            book_voucher(store, spending(**wrong), **HOW)
    assert len(store.records(VOUCHER, link=("measure", "W26"))) == before + 1


def test_a_voucher_is_never_changed_but_corrected_and_cancelled_by_others(store):
    made = book_voucher(store, spending(100_01, vat_cents=0), **HOW)
    fixed = correct_voucher(store, made.number, -33_33, 0, reason="Aufmaß", **HOW)
    assert (fixed.kind, fixed.refers_to, fixed.by_fund) == ("correction", made.number, {"efre": -2500, "city": -833})
    with pytest.raises(RuleBroken) as error:
        correct_voucher(store, made.number, -66_69, 0, reason="mehr", **HOW)
    assert error.value.fields["rule"] == "below_nothing"
    gone = cancel_voucher(store, made.number, reason="doppelt", **HOW)
    chain = [made, fixed, gone]
    assert sum(one.gross_cents for one in chain) == 0
    assert [sum(one.by_fund[fund] for one in chain) for fund in ("efre", "city")] == [0, 0]
    with pytest.raises(RuleBroken) as error:
        cancel_voucher(store, made.number, reason="noch einmal", **HOW)
    assert error.value.fields["rule"] == "cancelled"
    assert store.record(VOUCHER, made.number).record == made
    assert store.record(VOUCHER, made.number).version == 1


def test_what_was_claimed_is_not_claimed_twice_and_later_changes_stand_below_the_claim(store):
    claim = make_claim(store, "W26", "advance", TODAY, **HOW)
    assert not set(claim.vouchers) & {number for one in all_claims(store)[:-1] for number in one.vouchers}
    with pytest.raises(RuleBroken) as error:
        make_claim(store, "W26", "advance", TODAY, **HOW)
    assert error.value.fields["rule"] == "nothing_to_claim"
    correct_voucher(store, claim.vouchers[0], -1, 0, reason="Rundung", **HOW)
    frame = claims_frame(store)
    assert (frame.loc[claim.number, "changed_cents"], bool(frame.loc[claim.number, "reproduces"])) == (-1, True)
    with pytest.raises(RuleBroken) as error:
        book_voucher(store, spending(measure="2.2", served_from=date(2006, 1, 2), served_until=date(2006, 1, 2)), **HOW)
    assert error.value.fields["rule"] == "final_claim"
    with pytest.raises(InputError):
        make_claim(store, "W26", "advance", TODAY + timedelta(days=1), **HOW)


def test_funds_stay_once_vouchers_are_split_and_approvals_add_up(store):
    kept = store.record(MEASURE, "W26")
    with pytest.raises(RuleBroken) as error:
        keep_measure(store, replace(kept.record, funds=(Fund("city", "Stadt", 1),)), expected=kept.version, **HOW)
    assert error.value.fields["rule"] == "funds_fixed"
    more = approve(store, "W26", Approval("N-3", TODAY, 1), **HOW)
    assert more.approved_cents(TODAY) == kept.record.approved_cents(TODAY) + 1
    with pytest.raises(InputError):
        approve(store, "W26", Approval("N-3", TODAY, 1), **HOW)
    with pytest.raises(Conflict):
        keep_measure(store, kept.record, expected=kept.version, **HOW)


def tell(store, minutes: int | None, *quantities: Quantity) -> str:
    """Let the first visit of the plan be done, with what its crew told; return its id."""
    visit = next(stop.visit for route in store.plan().routes for stop in route.stops if stop.visit.parts == 1)
    record_visit(store, visit.visit_id, date(2026, 11, 24), **HOW)
    course = store.course(visit.visit_id)
    told = VisitCourse(**{**vars(course), "minutes": minutes, "quantities": quantities})
    with store.change(author="test", reason="told", at=AT) as tx:
        tx.put_course(told)
    return visit.visit_id


def test_a_done_visit_of_own_crews_is_proposed_with_its_cost_and_booked_once(store):
    visit_id = tell(store, 50, Quantity("m3", 1.5, "200301"))
    (one,) = [each for each in proposals(store) if each.visit_id == visit_id]
    assert one.complete
    person = one.people * 50 * 4350
    assert one.cost.gross_cents == (2 * person + 60) // 120 + (2 * 50 * 1900 + 60) // 120 + 12900
    (made,) = book_visits(store, [visit_id], **HOW)
    assert (made.spending.carrier, made.spending.visit, made.gross_cents) == (OWN_CREWS, visit_id, one.cost.gross_cents)
    assert proposals(store) == []
    with pytest.raises(NotFound):
        book_visits(store, [visit_id], **HOW)
    with pytest.raises(RuleBroken) as error:
        book_voucher(store, replace(made.spending, gross_cents=1), **HOW)
    assert error.value.fields["rule"] == "visit_paid"
    cancel_voucher(store, made.number, reason="falsch", **HOW)
    assert [each.visit_id for each in proposals(store)] == [visit_id]


def test_minutes_or_prices_that_nobody_told_are_missing_not_nothing(store):
    visit_id = tell(store, None, Quantity("t", 1, "999999"))
    (one,) = proposals(store)
    assert not one.complete
    assert one.cost.missing == ("minutes", "999999")
    with pytest.raises(RuleBroken) as error:
        book_visits(store, [visit_id], **HOW)
    assert error.value.fields["rule"] == "no_price"


LOT_OF = {"measure": "W26", "quarter": "Leutzsch", "from_on": date(2026, 11, 20), "until_on": date(2027, 2, 26)}


def test_a_lot_from_the_demand_to_the_voucher(store):
    lot = draft_lot(store, title="Laub", works=("clear_leaves", "tree_check", "litter_pick"), **LOT_OF, **HOW)
    assert [one.oz for one in lot.positions] == sorted(one.oz for one in lot.positions)
    assert all(one.oz[6:].endswith("0") and one.plot.startswith("LTZ") for one in lot.positions)
    litter = next(one for one in lot.positions if one.work == "litter_pick" and one.cycles > 3)
    area = {plot.code: plot for plot in store.plots()}[litter.plot]
    assert litter.per_cycle == round(store.catalogue().kinds["litter_pick"].area_m2(area))
    assert {one.unit for one in lot.positions if one.work == "tree_check"} <= {"visit"}
    prices = tuple(Price(one.oz, 10) for one in lot.positions)
    with pytest.raises(RuleBroken, match="still a draft"):
        put_bid(store, lot.code, Bid("gruenwerk", TODAY, prices), **HOW)
    tender_lot(store, lot.code, **HOW)
    put_bid(store, lot.code, Bid("gruenwerk", TODAY, prices), **HOW)
    put_bid(store, lot.code, Bid("stadtacker", TODAY, prices[1:]), **HOW)
    with pytest.raises(RuleBroken) as error:
        award_lot(store, lot.code, "stadtacker", reason="gern", **HOW)
    assert error.value.fields["rule"] == "incomplete_bid"
    with pytest.raises(InputError):
        award_lot(store, lot.code, "gruenwerk", reason=" ", **HOW)
    award_lot(store, lot.code, "gruenwerk", reason="wirtschaftlichstes Angebot", **HOW)

    visit = next(
        stop.visit
        for route in store.plan().routes
        for stop in route.stops
        if stop.visit.plot_code == litter.plot and stop.visit.work == "litter_pick"
    )
    record_visit(store, visit.visit_id, date(2026, 11, 25), **HOW)
    kept = store.record(LOT, lot.code).record
    reported = reported_of(store, kept)
    assert reported[litter.oz] == litter.per_cycle
    assert {oz for oz, units in reported.items() if units is not None} == {litter.oz}

    how = {"served_from": date(2026, 11, 25), "served_until": date(2026, 11, 25)} | HOW
    more = [AcceptedPosition(litter.oz, litter.per_cycle, litter.per_cycle + 1)]
    with pytest.raises(RuleBroken) as error:
        accept_lot(store, lot.code, more, [], **how)
    assert error.value.fields["rule"] == "reported"
    with pytest.raises(RuleBroken) as error:
        accept_lot(store, lot.code, [replace(more[0], accepted=litter.quantity + 1, reason="so")], [], **how)
    assert error.value.fields["rule"] == "ordered"
    with pytest.raises(RuleBroken) as error:
        accept_lot(store, lot.code, [replace(more[0], accepted=1)], [Deduction(10, "Müll blieb liegen")], **how)
    assert error.value.fields["rule"] == "deduction"
    good = [replace(more[0], accepted=litter.per_cycle)]
    after, voucher = accept_lot(store, lot.code, good, [Deduction(10, "ein Sack blieb liegen")], close=True, **how)
    net = 10 * litter.per_cycle - 10
    assert (voucher.spending.vat_cents, voucher.gross_cents) == (
        round(net * 0.19 + 1e-9),
        net + round(net * 0.19 + 1e-9),
    )
    assert (voucher.spending.lot, voucher.spending.quarter) == (lot.code, "Leutzsch")
    assert (after.state, after.acceptances[0].voucher) == ("accepted", voucher.number)
    with pytest.raises(RuleBroken) as error:
        accept_lot(store, lot.code, good, [], **how)
    assert error.value.fields["rule"] == "closed"


def test_a_lot_keeps_to_the_measure_and_needs_demand(money):
    revision = money.revision()
    for change, error in (
        ({"quarter": "Grünau"}, RuleBroken),
        ({"from_on": date(2025, 12, 31)}, RuleBroken),
        ({"until_on": date(2026, 11, 19)}, InputError),
        ({"works": ("water_trees",)}, NotReady),
    ):
        with pytest.raises(error):
            draft_lot(money, title="", **{"works": (), **LOT_OF, **change}, **HOW)
    assert money.revision() == revision


def test_a_sample_voucher_that_could_not_be_charged_is_refused(store, sample, tmp_path):
    text = (sample / "money.json").read_text(encoding="utf-8")
    assert '"served_from": "2002-06-01"' in text
    (tmp_path / "money.json").write_text(text.replace('"served_from": "2002-06-01"', '"served_from": "2002-05-31"'))
    with pytest.raises(RuleBroken), store.change(author="test", reason="bad", at=AT) as tx:
        load_sample_money(tx, tmp_path)
