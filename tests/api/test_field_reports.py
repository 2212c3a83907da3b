"""Reports over HTTP: receipts, what is sent twice, what does not fit, and who may send and read."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

import pytest

VISIT = "KLZ-0001.mow_lawn.2026-11-24.1"
OTHERS = "KLZ-0005.mow_lawn.2026-11-24.1"


def address(number: int = 1) -> str:
    return f"/field-reports/{UUID(int=number)}"


def body(kind: str = "done", **more: object) -> bytes:
    told = {
        "kind": kind,
        "crew": "crew-1",
        "day": "2026-11-24",
        "plan_id": "plan-1",
        "at": "2026-11-24T10:30:00+01:00",
        "visit_id": VISIT,
        **more,
    }
    return json.dumps(told).encode()


@pytest.fixture
def planner(own_desk):
    with own_desk.client("planner", **{"Content-Type": "application/json"}) as client:
        yield client


@pytest.fixture
def crew(own_desk):
    own_desk.secrets["phone"] = own_desk.keep_token("crew", "phone of crew 1", crew="crew-1")
    with own_desk.client("phone", **{"Content-Type": "application/json"}) as client:
        yield client


def test_a_receipt_names_the_report_and_its_contents(planner) -> None:
    sent = body(minutes=30, photos=[{"sha256": "a" * 64, "role": "after"}])
    answer = planner.put(address(), content=sent)
    told = answer.json()
    assert answer.status_code == 201
    assert (told["report_id"], told["sha256"]) == (str(UUID(int=1)), hashlib.sha256(sent).hexdigest())
    assert (told["status"], told["version"], told["photos_missing"]) == ("accepted", 1, ["a" * 64])
    again = planner.put(address(), content=sent)
    assert (again.status_code, again.json()) == (201, told)


def test_other_contents_are_refused_and_kept(own_desk, planner, problem) -> None:
    planner.put(address(), content=body(minutes=30))
    told = problem(planner.put(address(), content=body(minutes=31)), 409)
    assert told["code"] == "other_body"
    assert len(own_desk.store.asides(str(UUID(int=1)))) == 1


def test_white_space_is_other_contents(planner, problem) -> None:
    planner.put(address(), content=body())
    problem(planner.put(address(), content=body() + b"\n"), 409)


def test_waiting_is_202_until_the_predecessor_comes(planner) -> None:
    later = body(after=str(UUID(int=1)))
    assert planner.put(address(2), content=later).status_code == 202
    planner.put(address(1), content=body("start"))
    settled = planner.put(address(2), content=later)
    assert (settled.status_code, settled.json()["status"]) == (201, "accepted")


def test_refused_is_kept_with_its_reason(planner) -> None:
    answer = planner.put(address(), content=body("start", at="2026-11-24T10:30:00+01:00", visit_id="KLZ-0001.x.y.1"))
    assert (answer.status_code, answer.json()["status"], answer.json()["code"]) == (201, "rejected", "visit_unknown")
    assert answer.json()["reason"] != answer.json()["reason_en"]
    assert planner.get(address()).json()["report"]["visit_id"] == "KLZ-0001.x.y.1"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "nap"},
        {"visit_id": None},
        {"crew": "../x"},
        {"day": "2026-02-30"},
        {"at": "2026-11-24T10:30:00"},
        {"at": 1732440600},
        {"minutes": -1},
        {"minutes": 1441},
        {"minutes": True},
        {"base_version": -1},
        {"reason": "wet"},
        {"order": [VISIT]},
        {"waste_key": "170605*"},
        {"after": "1"},
        {"quantities": [{"unit": "m2", "amount": -1}]},
        {"quantities": [{"unit": "acre", "amount": 1}]},
        {"photos": [{"sha256": "A" * 64, "role": "after"}]},
        {"remark": "x" * 1001},
        {"remark": "\u0000"},
        {"follow_up": {"work": " "}},
        {"against": {"rule": "x"}},
        {"extra": 1},
    ],
    ids=str,
)
def test_what_does_not_fit(own_desk, planner, problem, changes) -> None:
    problem(planner.put(address(), content=body(**changes)), 422)
    assert own_desk.store.field_reports() == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1e999"])
def test_numbers_that_are_none(planner, problem, number) -> None:
    sent = body(quantities=[{"unit": "m2", "amount": 1}]).replace(b'"amount": 1', f'"amount": {number}'.encode())
    problem(planner.put(address(), content=sent), 422)


@pytest.mark.parametrize("name", ["1", "x" * 36, str(UUID(int=1)).upper().replace("0", "A"), "..%2f"])
def test_ids_that_are_none(planner, problem, name) -> None:
    problem(planner.put(f"/field-reports/{name}", content=body()), 404)


def test_every_kind_is_read_back_as_it_was_sent(planner) -> None:
    sent = {
        1: body("start", base_version=0, against={"rule": "32. BImSchV §7", "reason": "Gefahr"}),
        2: body("not_possible", reason="nest", remark="Amsel", follow_up={"work": "inspect", "note": "im Mai"}),
        3: body("found", waste_key="170605*", visit_id=None, plot="KLZ-0002"),
        4: body("reorder", visit_id=None, order=[VISIT]),
        5: body("done", quantities=[{"unit": "m3", "amount": 1.5, "waste_key": "200201"}], minutes=12),
    }
    for number, content in sent.items():
        planner.put(address(number), content=content)
    found = planner.get("/field-reports", params={"day": "2026-11-24", "crew": "crew-1"}).json()["reports"]
    assert len(found) == len(sent)
    for one, content in zip(found, sent.values(), strict=True):
        told = json.loads(content)
        assert {name: one["report"][name] for name in told} == {
            name: [{"waste_key": "", **each} for each in value] if name == "quantities" else value
            for name, value in told.items()
        }


def test_a_crew_sends_and_reads_its_own_only(own_desk, crew, planner, problem) -> None:
    assert crew.put(address(1), content=body()).status_code == 201
    problem(crew.put(address(2), content=body(crew="crew-2", visit_id=OTHERS)), 404)
    planner.put(address(3), content=body(crew="crew-2", visit_id=OTHERS))
    assert [one["report_id"] for one in crew.get("/field-reports").json()["reports"]] == [str(UUID(int=1))]
    problem(crew.get("/field-reports?crew=crew-2"), 404)
    problem(crew.get(address(3)), 404)
    assert len(own_desk.store.field_reports()) == 2


def test_conflicts_are_listed_with_both_sides_and_settled(crew, planner, problem) -> None:
    crew.put(address(1), content=body(minutes=30))
    crew.put(address(2), content=body(minutes=50))
    (found,) = planner.get("/conflicts").json()["conflicts"]
    assert (found["desk"]["minutes"], found["phone"]["report"]["minutes"]) == (30, 50)
    problem(crew.get("/conflicts"), 403)
    where = f"/conflicts/{found['conflict']}/settlement"
    problem(planner.put(where, content=b'{"choice": "phone", "reason": " "}'), 422)
    settled = planner.put(where, content=b'{"choice": "phone", "reason": "nachgefragt"}').json()
    assert (settled["choice"], settled["reason"]) == ("phone", "nachgefragt")
    problem(planner.put(where, content=b'{"choice": "desk", "reason": "nein"}'), 409)
    assert planner.get("/conflicts").json()["conflicts"] == []
    assert len(planner.get("/conflicts?state=all").json()["conflicts"]) == 1
