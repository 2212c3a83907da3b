"""Floor 6: what own crews did becomes vouchers: each done visit is calculated, a planner books what is proposed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from geo_service.actions.book_voucher import book
from geo_service.actions.money_records import all_measures, all_vouchers
from geo_service.base.clock import BERLIN
from geo_service.base.errors import NotFound, NotReady, RuleBroken
from geo_service.funding.measure import Measure
from geo_service.funding.rates import Load, RateTable, VisitCost, cost_of_visit, rates_on
from geo_service.funding.voucher import OWN_CREWS, Spending, Voucher, paid_visits
from geo_service.store.kinds_money import RATES
from geo_service.store.protocol import Store
from geo_service.work.field_report import Quantity


@dataclass(frozen=True)
class Proposal:
    """A done visit of own crews that no voucher pays yet, calculated.

    Attributes
    ----------
    minutes, people
        Of the crew on the plot; minutes are None when nobody told them.
    cost
        None while no prices hold on the day.
    measure
        Code of the measure that could pay it, or empty: the youngest that works there on that day.
    """

    visit_id: str
    plot: str
    work: str
    quarter: str
    crew: str
    done_on: date
    minutes: int | None
    people: int
    cost: VisitCost | None
    measure: str

    @property
    def complete(self) -> bool:
        """Whether it can be booked as it stands."""
        return bool(self.measure) and self.cost is not None and not self.cost.missing and self.cost.gross_cents > 0


def proposals(store: Store) -> list[Proposal]:
    """Return the done visits that no voucher pays, the oldest first."""
    paid = paid_visits(all_vouchers(store))
    tables = [kept.record for kept in store.records(RATES)]
    measures = all_measures(store)
    plots = {plot.plot_id: plot for plot in store.plots()}
    quarters = {one.key: one.group for one in store.quarters()}
    people = {crew.code: crew.people for crew in store.crews()}
    kinds, courses = store.catalogue().kinds, store.courses()
    found = []
    for done in store.visits_done():
        plot = plots.get(done.plot_id)
        if done.visit_id in paid or plot is None or done.crew not in people:
            continue
        course = courses.get(done.visit_id)
        usual = kinds[done.work].waste_key if done.work in kinds else ""
        minutes = course.minutes if course else None
        loads = _loads(course.quantities if course else (), usual)
        rates = rates_on(tables, done.done_on)
        quarter = quarters.get(plot.quarter, "")
        found.append(
            Proposal(
                visit_id=done.visit_id,
                plot=plot.code,
                work=done.work,
                quarter=quarter,
                crew=done.crew,
                done_on=done.done_on,
                minutes=minutes,
                people=people[done.crew],
                cost=None if rates is None else cost_of_visit(minutes, people[done.crew], loads, rates),
                measure=_paying(measures, quarter, done.done_on),
            )
        )
    return sorted(found, key=lambda one: (one.done_on, one.visit_id))


def book_visits(store: Store, visit_ids: Iterable[str], *, author: str, clock: Callable[[], datetime]) -> list[Voucher]:
    """Book visits as they are proposed: all of them or none.

    Raises
    ------
    NotFound
        When a visit is not proposed: it was not done by own crews, or is paid already.
    NotReady
        When no prices hold on its day, or no measure works there on that day.
    RuleBroken
        When its minutes were not told or something of it has no price (rule ``no_price``), or it may not be charged.
    """
    now, wanted = clock(), list(dict.fromkeys(visit_ids))
    with store.change(author=author, reason=f"vouchers for {len(wanted)} visits of own crews", at=now) as tx:
        open_ones = {one.visit_id: one for one in proposals(store)}
        booked = []
        for visit_id in wanted:
            if visit_id not in open_ones:
                raise NotFound(
                    f"visit {visit_id} waits for no voucher", remedy="name a visit that is proposed", visit=visit_id
                )
            spending = spending_of(store, open_ones[visit_id], on=now.astimezone(BERLIN).date())
            booked.append(book(store, tx, spending, author=author, at=now))
        return booked


def spending_of(store: Store, proposal: Proposal, *, on: date) -> Spending:
    """Return what would be booked for a proposal; see `book_visits` for what is refused."""
    cost = proposal.cost
    if cost is None or not proposal.measure:
        raise NotReady(
            f"no prices or no measure hold for {proposal.plot} on {proposal.done_on}",
            remedy="keep prices of own work from that day on, and a measure that works there",
        )
    if cost.missing or cost.gross_cents == 0:
        raise RuleBroken(
            f"visit {proposal.visit_id} cannot be calculated: {', '.join(cost.missing) or 'it cost nothing'}",
            remedy="have the minutes told, or keep a price for the waste key",
            rule="no_price",
            missing=list(cost.missing),
        )
    kind = store.catalogue().kinds.get(proposal.work)
    return Spending(
        measure=proposal.measure,
        dated_on=on,
        served_from=proposal.done_on,
        served_until=proposal.done_on,
        gross_cents=cost.gross_cents,
        vat_cents=0,
        cost_kind="crews",
        carrier=OWN_CREWS,
        text=f"{kind.name_de if kind else proposal.work}, {proposal.minutes} min × {proposal.people} Personen",
        quarter=proposal.quarter,
        plot=proposal.plot,
        work=proposal.work if kind else "",
        visit=proposal.visit_id,
    )


def _loads(quantities: Iterable[Quantity], usual: str) -> list[Load]:
    """Return what was carried away; an amount without a key is of the usual one of its work."""
    loads = []
    for one in quantities:
        if one.unit in ("m3", "t") and one.amount > 0:
            loads.append(Load(one.waste_key or usual, "t" if one.unit == "t" else "m3", one.amount))
    return loads


def _paying(measures: Iterable[Measure], quarter: str, on: date) -> str:
    fitting = [
        one
        for one in measures
        if (first := one.chargeable_from(quarter)) is not None
        and first <= on <= one.until_on
        and "crews" in one.cost_kinds
    ]
    return max(fitting, key=lambda one: one.from_on).code if fitting else ""


def prices_on(store: Store, on: date) -> RateTable | None:
    """Return the prices of own work that hold on a day."""
    return rates_on([kept.record for kept in store.records(RATES)], on)
