from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import FileUnreadable
from geo_service.plots.account import Account, report_of_failure

rows = st.integers(0, 9)
events = st.one_of(
    st.tuples(st.just("refuse"), rows), st.tuples(st.just("repair"), rows), st.tuples(st.just("warn"), rows)
)


@given(st.lists(events, max_size=30), st.sets(rows))
def test_the_report_always_adds_up(happened: list[tuple[str, int]], unchanged: set[int]) -> None:
    account = Account()
    for what, row in happened:
        match what:
            case "refuse":
                account.refuse(row, f"reason {row}", "remedy")
            case "repair":
                account.repair(row, "mended", 0.5)
            case _:
                account.warn(row, "odd")
    account.unchanged |= unchanged & set(account.open_rows(10))
    report = account.report("file", [str(row) for row in range(10)])
    assert report.read == 10 == report.accepted + len(report.refused) + report.unchanged
    refused = {one.row for one in report.refused}
    assert refused == {row + 1 for what, row in happened if what == "refuse"}
    assert refused.isdisjoint(one.row for one in (*report.repaired, *report.warnings))


def test_the_first_refusal_stands_and_repairs_add_up() -> None:
    account = Account()
    account.refuse(0, "first", "a")
    account.refuse(0, "second", "b")
    account.repair(1, "axes swapped")
    account.repair(1, "it crosses itself", 2.5)
    report = account.report("file", ["x", "y"])
    assert [(one.row, one.id, one.reason) for one in report.refused] == [(1, "x", "first")]
    assert [(one.row, one.reason, one.area_change_m2) for one in report.repaired] == [
        (2, "axes swapped; it crosses itself", 2.5)
    ]


def test_a_file_that_fails_counts_as_one_refused_row() -> None:
    report = report_of_failure(Path("dir/plots.zip"), FileUnreadable("it is broken", remedy="fetch it again"))
    assert report.as_json() == {
        "source": "plots.zip",
        "read": 1,
        "accepted": 0,
        "repaired": [],
        "refused": [{"row": 0, "id": "", "reason": "it is broken", "remedy": "fetch it again"}],
        "warnings": [],
        "unchanged": 0,
        "notes": [],
    }
