"""Alerts, follow-ups, actual minutes and waste over HTTP; each answer is read back by its own model."""

from __future__ import annotations

import uuid
from datetime import timedelta

import httpx
import pytest

from geo_service.api.actuals import ActualsAnswer, WasteAnswer, WorkStandard
from geo_service.api.alerts import AlertAnswer, AlertList
from geo_service.api.follow_ups import FollowUpList

TUESDAY, UNTIL_TUESDAY = "2026-11-24", timedelta(hours=23)
PICTURE = "cd" * 32


@pytest.fixture
def phone(own_desk):
    """Return a way to send a report as the crew would, and to read the receipt."""
    own_desk.now[0] += UNTIL_TUESDAY
    with own_desk.client("own-crew") as client:

        def send(kind: str, number: int = 1, **fields: object) -> dict[str, object]:
            body = {
                "kind": kind,
                "crew": "crew-1",
                "day": TUESDAY,
                "plan_id": "plan-1",
                "visit_id": f"KLZ-{number:04d}.mow_lawn.{TUESDAY}.1",
                "plot": f"KLZ-{number:04d}",
                "at": "2026-11-24T11:30:00+01:00",
                **fields,
            }
            told = client.put(f"/field-reports/{uuid.uuid5(uuid.NAMESPACE_URL, repr(body))}", json=body)
            assert told.status_code == 201, told.text
            assert told.json()["status"] == "accepted", told.text
            return told.json()

        yield send


@pytest.fixture
def planner(own_desk):
    with own_desk.client("planner") as client:
        yield client


def alerts(client: httpx.Client, **query: str) -> list[AlertAnswer]:
    return AlertList.model_validate_json(client.get("/alerts", params=query).content).alerts


def test_a_hazardous_find_is_an_alert_with_key_plot_and_picture(own_desk, phone, planner, problem) -> None:
    phone("found", waste_key="170605*", photos=[{"sha256": PICTURE, "role": "find"}], remark="Platten")
    (told,) = alerts(planner)
    assert (told.kind, told.plot, told.waste_key, told.crew, told.remark) == (
        "hazardous",
        "KLZ-0001",
        "170605*",
        "crew-1",
        "Platten",
    )
    assert [(one.sha256, one.role, one.received) for one in told.photos] == [(PICTURE, "find", False)]
    assert told.decisions == ["seen", "go_on", "order"]
    assert "hazardous waste 170605* found" in alerts(planner, lang="en")[0].text

    path = f"/alerts/{told.alert}/answer"
    problem(planner.put(path, json={"decision": "go_on"}), 400)
    done = planner.put(path, json={"decision": "go_on", "note": "Fachfirma war da"})
    assert AlertAnswer.model_validate_json(done.content).answered_by == "Ada"
    assert problem(planner.put(path, json={"decision": "seen"}), 409)["code"] == "answered"
    assert (alerts(planner), len(alerts(planner, state="all"))) == ([], 1)
    problem(planner.put("/alerts/77/answer", json={"decision": "seen"}), 404)


@pytest.mark.parametrize(
    "body",
    [{}, [], {"decision": "ignore"}, {"decision": "seen", "more": 1}, {"decision": "later", "from": "2026-02-30"}]
    + [{"decision": "order", "work": "x", "minutes": value} for value in (0, 361, "60", 1.5, True, None)]
    + [{"decision": "seen", "note": value} for value in ("a\nb", "x" * 301, 1, None)],
)
def test_answers_that_do_not_fit(own_desk, phone, planner, problem, body) -> None:
    phone("not_possible", reason="wet")
    problem(planner.put("/alerts/1/answer", json=body), 422)
    assert len(alerts(planner)) == 1


def test_a_follow_up_is_listed_with_who_and_why_and_withdrawn_as_the_event_it_is(phone, planner) -> None:
    phone("done", minutes=25, follow_up={"work": "Zaun flicken", "note": "zwei Latten"})
    (told,) = FollowUpList.model_validate_json(planner.get("/follow-ups").content).follow_ups
    assert (told.plot, told.work, told.state, told.priority) == ("KLZ-0001", "Zaun flicken", "open", 2)
    assert told.why == "Folge von Rasen mähen am 24.11.2026, Kolonne 1: zwei Latten"
    (english,) = planner.get("/follow-ups", params={"lang": "en"}).json()["follow_ups"]
    assert english["why"].startswith("follow-up of mow lawn on 2026-11-24")
    assert planner.delete(f"/events/{told.event}").status_code == 204
    assert planner.get("/follow-ups").json() == {"follow_ups": []}


def test_actual_minutes_against_the_standard_and_the_next_standard(own_desk, phone, planner, problem) -> None:
    for number in (1, 2, 3):
        phone("done", number, minutes=60)
    told = ActualsAnswer.model_validate_json(planner.get("/actuals").content)
    (row,) = told.works
    assert (row.work, row.name, row.jobs, row.plots, row.crews) == ("mow_lawn", "Rasen mähen", 3, 3, 1)
    assert (row.minutes, row.person_minutes) == (180, 360)
    assert (row.standard.minutes_fixed, row.standard.minutes_per_m2, row.up_to_m2) == (10, 0.05, None)
    assert row.ratio.middle == pytest.approx(60 / 40)  # 10 min and 600 m² at 0.05
    assert (row.verdict, row.proposal) == ("too_few", None)
    assert planner.get("/actuals", params={"until": "2026-11-23"}).json()["works"] == []
    problem(planner.get("/actuals", params={"from": "2026-11-25", "until": "2026-11-24"}), 400)

    wanted = {"minutes_fixed": 15, "rates": [{"up_to_m2": None, "minutes_per_m2": 0.07}], "reason": "drei Wochen"}
    answer = planner.put("/catalogue/mow_lawn/standard", json=wanted)
    kept = WorkStandard.model_validate_json(answer.content)
    assert (kept.minutes_fixed, kept.rates[0].minutes_per_m2) == (15, 0.07)
    assert own_desk.store.catalogue().kinds["mow_lawn"].service_s(600) == 57 * 60
    newest = own_desk.store.ledger(1)[0]
    assert (newest.author, newest.what) == ("Ada", "catalogue")
    assert newest.reason == "standard of mow_lawn: 15 min; up to inf m²: 0.07 min/m² (drei Wochen)"


@pytest.mark.parametrize(
    ("work", "body", "status"),
    [
        ("nothing", {"minutes_fixed": 1, "reason": "r"}, 404),
        ("mow_lawn", {"minutes_fixed": 1, "reason": " "}, 422),
        ("mow_lawn", {"minutes_fixed": 601, "reason": "r"}, 422),
        ("mow_lawn", {"minutes_fixed": 0, "rates": [{"up_to_m2": None, "minutes_per_m2": 0}], "reason": "r"}, 400),
        ("mow_lawn", {"minutes_fixed": 1, "rates": [{"up_to_m2": 50, "minutes_per_m2": 1}], "reason": "r"}, 400),
        ("mow_lawn", {"minutes_fixed": 1, "rates": [{"up_to_m2": None, "minutes_per_m2": 1}] * 2, "reason": "r"}, 422),
    ],
)
def test_a_standard_that_cannot_be_changes_nothing(own_desk, planner, problem, work, body, status) -> None:
    before = own_desk.store.catalogue()
    problem(planner.put(f"/catalogue/{work}/standard", json=body), status)
    assert own_desk.store.catalogue() == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "9" * 400, "true", "null", '"1"'])
def test_trap_numbers_in_a_standard(own_desk, planner, problem, number) -> None:
    for body in (
        f'{{"minutes_fixed": {number}, "reason": "r"}}',
        f'{{"minutes_fixed": 1, "rates": [{{"up_to_m2": null, "minutes_per_m2": {number}}}], "reason": "r"}}',
    ):
        headers = {"Content-Type": "application/json"}
        response = planner.put("/catalogue/mow_lawn/standard", content=body, headers=headers)
        problem(response, response.status_code)
        assert response.status_code in {400, 422}


def test_waste_by_key_and_the_hazardous_total_of_the_year(phone, planner) -> None:
    phone("done", 1, minutes=30, quantities=[{"unit": "m3", "amount": 1.5, "waste_key": "200301"}])
    phone(
        "done",
        2,
        minutes=30,
        quantities=[{"unit": "m3", "amount": 0.5, "waste_key": "200301"}, {"unit": "m2", "amount": 600}],
    )
    phone("found", 3, waste_key="170605*", quantities=[{"unit": "t", "amount": 1.7, "waste_key": "170605*"}])
    told = WasteAnswer.model_validate_json(planner.get("/waste-totals").content)
    (key,) = told.carried_away
    assert (key.waste_key, key.name, key.m3, key.times, key.hazardous) == (
        "200301",
        "gemischte Siedlungsabfälle",
        2.0,
        2,
        False,
    )
    (year,) = told.hazardous
    assert (year.year, year.t, year.limit_t, year.level, year.by_key) == (2026, 1.7, 2.0, "near", {"170605*": 1.7})


def test_an_analyst_reads_sums_and_no_words(own_desk, phone) -> None:
    phone("not_possible", reason="wet", remark="Herr M. war da")
    with own_desk.client("analyst") as client:
        assert client.get("/actuals").status_code == client.get("/waste-totals").status_code == 200
        assert client.get("/alerts").status_code == client.get("/follow-ups").status_code == 403
