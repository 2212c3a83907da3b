"""The calendar of a crew over HTTP: opened by its address and by nothing else; what moves is told to those who read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import icalendar
import pytest

from geo_service.api.calendar_keys import CALENDAR, crew_of_calendar, open_calendar
from geo_service.api.tokens import fingerprint
from geo_service.base.errors import NotFound
from geo_service.store.model import Move, VisitLock

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
IDS = {number: f"KLZ-{number:04d}.mow_lawn.2026-11-24.1" for number in range(1, 7)}


def secret_of(desk, crew: str = "crew-1", **how: object) -> str:
    return open_calendar(desk.store, crew, "", desk.now[0], **how)


def read(desk, secret: str) -> dict[str, icalendar.Event]:
    """Read a feed as a calendar does: without any header."""
    with desk.client() as client:
        answer = client.get(f"/calendars/{secret}.ics")
    assert answer.status_code == 200, answer.text
    calendar = icalendar.Calendar.from_ical(answer.content)
    return {str(event["uid"]).removesuffix("@geo-service"): event for event in calendar.events}


def sequence(event: icalendar.Event) -> int:
    return int(event["sequence"])


def test_the_address_alone_opens_the_plan_of_one_crew(own_desk) -> None:
    told = read(own_desk, secret_of(own_desk))
    assert {key for key in told if key.startswith("visit.")} == {f"visit.{IDS[number]}" for number in (1, 2, 3, 6)}
    assert {f"crew-day.crew-1.{on}" for on in (TUESDAY, WEDNESDAY)} <= set(told)
    other = read(own_desk, secret_of(own_desk, "crew-2"))
    assert {key for key in other if key.startswith("visit.")} == {f"visit.{IDS[5]}"}


def test_what_a_calendar_must_know_of_the_answer(own_desk) -> None:
    secret = secret_of(own_desk)
    with own_desk.client() as client:
        answer = client.get(f"/calendars/{secret}.ics")
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["x-robots-tag"] == "noindex"
        again = {"If-None-Match": answer.headers["etag"]}
        assert client.get(f"/calendars/{secret}.ics", headers=again).status_code == 304
        assert client.head(f"/calendars/{secret}.ics").status_code == 200
        own_desk.now[0] += timedelta(days=1)
        assert client.get(f"/calendars/{secret}.ics", headers=again).status_code == 200, "another day, another window"
        english = client.get(f"/calendars/{secret}.ics", params={"lang": "en"})
        assert b"mow lawn" in english.content


def test_ways_in_and_dangers_stay_out_of_it(own_desk) -> None:
    text = " ".join(str(value) for event in read(own_desk, secret_of(own_desk)).values() for value in event.values())
    assert "Schlüssel 7" not in text
    assert "Glas" not in text
    with own_desk.client("planner") as client:
        whole = client.get("/days/2026-11-24/crews/crew-1.ics").text
    assert "Schlüssel 7" in whole, "the day's own file tells it"


def test_only_its_hash_is_kept_and_it_opens_nothing_else(own_desk, problem) -> None:
    secret = secret_of(own_desk)
    token = own_desk.store.token(fingerprint(secret))
    assert (token.role, token.crew, token.label) == (CALENDAR, "crew-1", "calendar of crew-1")
    with own_desk.client(None, Authorization=f"Bearer {secret}") as client:
        for path in ("/plans", "/days/2026-11-24", "/days/2026-11-24/crews/crew-1.pdf", "/collections/plots", "/me"):
            problem(client.get(path), 403)
        problem(client.post("/plans", json={"from": "2026-11-24"}), 403)
    with own_desk.client() as client:
        assert client.get("/sign-in", params={"token": secret}, follow_redirects=False).status_code == 401


@pytest.mark.parametrize("kind", ["planner", "own-crew", "viewer", "expired", "revoked"])
def test_no_other_key_opens_a_calendar(own_desk, problem, kind: str) -> None:
    with own_desk.client() as client:
        problem(client.get(f"/calendars/{own_desk.secrets[kind]}.ics"), 404)


def test_whatever_is_wrong_the_answer_is_the_same(own_desk, problem) -> None:
    gone, late = secret_of(own_desk), secret_of(own_desk, lifetime=timedelta(hours=1))
    unknown = "x" * 43
    own_desk.store.revoke_token(own_desk.store.token(fingerprint(gone)).token_id, own_desk.now[0])
    own_desk.now[0] += timedelta(hours=2)
    with own_desk.client() as client:
        told = [problem(client.get(f"/calendars/{secret}.ics"), 404) for secret in (gone, late, unknown)]
    assert told[0]["detail"] == told[1]["detail"] == told[2]["detail"]


def test_revoking_ends_it_at_once(own_desk) -> None:
    secret = secret_of(own_desk)
    read(own_desk, secret)
    with own_desk.client("admin") as client:
        listed = client.get("/access/tokens").json()["tokens"]
        (calendar,) = [one for one in listed if one["role"] == CALENDAR]
        assert (calendar["crew"], calendar["kind"], calendar["state"]) == ("crew-1", "calendar", "valid")
        assert client.delete(f"/access/tokens/{calendar['token_id']}").status_code == 204
    with own_desk.client() as client:
        assert client.get(f"/calendars/{secret}.ics").status_code == 404


def test_a_crew_that_is_no_more_has_no_calendar(own_desk, problem) -> None:
    secret = secret_of(own_desk, "crew-2")
    crews = [crew for crew in own_desk.store.crews() if crew.code != "crew-2"]
    with own_desk.store.change(author="tests", reason="fewer", at=own_desk.now[0]) as tx:
        tx.put_crews(crews)
    assert crew_of_calendar(own_desk.store, secret, own_desk.now[0]) == "crew-2"
    with own_desk.client() as client:
        problem(client.get(f"/calendars/{secret}.ics"), 404)
    with pytest.raises(NotFound):
        secret_of(own_desk, "crew-2")


def change(desk, reason: str = "tests"):
    desk.now[0] += timedelta(minutes=5)
    return desk.store.change(author="tests", reason=reason, at=desk.now[0])


def replanned(desk, plan_id: str, *, without: int, moved_to: int | None = None, late_s: int = 0):
    """Put a plan in force in which crew 1 has not one of its visits any more; crew 2 may have it; all begin later."""
    plan = desk.store.plan()
    routes = []
    taken = None
    for route in plan.routes:
        stops = []
        for stop in route.stops:
            if stop.visit.visit_id == IDS[without]:
                taken = stop
            else:
                shifted = (stop.arrival_s + late_s, stop.start_s + late_s, stop.end_s + late_s)
                arrival_s, start_s, end_s = shifted
                stops.append(replace(stop, order=len(stops) + 1, arrival_s=arrival_s, start_s=start_s, end_s=end_s))
        routes.append(replace(route, stops=tuple(stops)))
    move = Move(
        *(plan_id, IDS[without], f"KLZ-{without:04d}", "mow_lawn", "crew-1", TUESDAY),
        *("crew-2" if moved_to else "", TUESDAY if moved_to else None, "krank", "ill", "Ada", desk.now[0]),
    )
    if moved_to:
        other = next(index for index, route in enumerate(routes) if route.crew_day.crew == "crew-2")
        stops = routes[other].stops
        routes[other] = replace(routes[other], stops=(*stops, replace(taken, order=len(stops) + 1)))
    with change(desk) as tx:
        tx.put_plan(replace(plan, plan_id=plan_id, routes=tuple(routes), made_at=desk.now[0]))
        tx.put_moves([move])


def test_a_visit_that_moves_to_another_crew_is_cancelled_here_and_confirmed_there(own_desk) -> None:
    one, two = secret_of(own_desk), secret_of(own_desk, "crew-2")
    before = read(own_desk, one)
    replanned(own_desk, "plan-2", without=2, moved_to=2)
    after, there = read(own_desk, one), read(own_desk, two)
    key = f"visit.{IDS[2]}"
    assert str(after[key]["status"]) == "CANCELLED"
    assert "Kolonne 2" in str(after[key]["description"])
    assert str(there[key]["status"]) == "CONFIRMED"
    assert sequence(after[key]) > sequence(before[key])
    assert "krank" not in str(after[key].to_ical())


def test_a_visit_that_is_dropped_is_cancelled_until_a_week_after(own_desk) -> None:
    secret = secret_of(own_desk)
    replanned(own_desk, "plan-2", without=2)
    assert str(read(own_desk, secret)[f"visit.{IDS[2]}"]["status"]) == "CANCELLED"
    own_desk.now[0] += timedelta(days=8)  # Tuesday is seven days ago
    assert f"visit.{IDS[2]}" in read(own_desk, secret)
    own_desk.now[0] += timedelta(days=1)
    assert f"visit.{IDS[2]}" not in read(own_desk, secret)


def test_the_sequence_rises_with_every_change_and_never_falls(own_desk) -> None:
    """Through hours, address, lock, crew and back again: what stays the same keeps its number."""
    secret = secret_of(own_desk)
    key, other = f"visit.{IDS[1]}", f"visit.{IDS[3]}"
    told = [read(own_desk, secret)]
    uids = set(told[0])

    with change(own_desk) as tx:  # the address of one plot
        tx.put_plots([replace(own_desk.store.plot("KLZ-0001"), address="Dieskaustraße 1 b")])
    told.append(read(own_desk, secret))
    assert sequence(told[1][key]) > sequence(told[0][key])
    assert sequence(told[1][other]) == sequence(told[0][other]), "nothing happened to this one"
    assert set(told[1]) == uids

    with change(own_desk) as tx:  # hours told to somebody
        tx.put_lock(VisitLock(IDS[1], "crew-1", TUESDAY, "Schule", "Ada", own_desk.now[0], (25200, 28800)))
    told.append(read(own_desk, secret))
    assert "angekündigt 07–08 Uhr" in str(told[2][key]["summary"])
    assert sequence(told[2][key]) > sequence(told[1][key])
    assert sequence(told[2][other]) == sequence(told[1][other])

    with change(own_desk) as tx:
        tx.drop_locks([IDS[1]])
    told.append(read(own_desk, secret))
    assert sequence(told[3][key]) > sequence(told[2][key])

    replanned(own_desk, "plan-2", without=2, late_s=600)  # later hours for all that stays
    told.append(read(own_desk, secret))
    assert told[4][key]["dtstart"].dt - told[3][key]["dtstart"].dt == timedelta(minutes=10)
    assert sequence(told[4][key]) > sequence(told[3][key])

    with change(own_desk) as tx:  # the first plan again: the visit is back
        tx.put_in_force("plan-1")
    told.append(read(own_desk, secret))
    back = f"visit.{IDS[2]}"
    assert str(told[4][back]["status"]) == "CANCELLED"
    assert str(told[5][back]["status"]) == "CONFIRMED"
    for uid in uids:
        numbers = [sequence(one[uid]) for one in told if uid in one]
        assert numbers == sorted(numbers), uid
        told_so_far: dict[int, bytes] = {}
        for one in told:
            if uid in one:
                assert told_so_far.setdefault(sequence(one[uid]), one[uid].to_ical()) == one[uid].to_ical()


def test_what_is_none_of_its_business_changes_no_event(own_desk) -> None:
    secret = secret_of(own_desk)
    before = {key: event.to_ical() for key, event in read(own_desk, secret).items()}
    own_desk.keep_token("viewer", "another")
    with change(own_desk) as tx:
        tx.put_plots([replace(own_desk.store.plot("KLZ-0012"), address="anderswo")])
    assert {key: event.to_ical() for key, event in read(own_desk, secret).items()} == before


def test_the_owner_objects_and_the_place_is_gone(own_desk) -> None:
    secret = secret_of(own_desk)
    assert "location" in read(own_desk, secret)[f"visit.{IDS[1]}"]
    with change(own_desk) as tx:
        tx.put_plots([replace(own_desk.store.plot("KLZ-0001"), public=False)])
    hidden = read(own_desk, secret)[f"visit.{IDS[1]}"]
    assert "location" not in hidden
    assert "geo" not in hidden


def test_without_a_plan_the_calendar_is_empty(own_desk) -> None:
    secret = secret_of(own_desk)
    with change(own_desk) as tx:
        tx.clear()
    assert read(own_desk, secret) == {}


@pytest.mark.parametrize("secret", ["", "a.b", "%00", "..%2f..", "x" * 200, "ä"])
def test_other_addresses_are_refused(own_desk, secret: str) -> None:
    with own_desk.client() as client:
        assert client.get(f"/calendars/{secret}.ics").status_code in {400, 404}
