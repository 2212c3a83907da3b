"""Replanning, drafts, locks and visits done on the command line."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime

import pytest

from geo_service.actions.make_workspace import make_workspace
from geo_service.actions.plan_period import PlanRequest, plan_period
from geo_service.actions.sample import load_sample
from geo_service.base.progress import after_iterations
from geo_service.store.sqlite import SqliteStore

BEFORE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def two_days(sample, tmp_path_factory):
    """Return a workspace planned for two days from Monday, 23 November 2026."""
    folder = tmp_path_factory.mktemp("two-days") / "workspace"
    store = make_workspace(folder, defaults=sample, author="tester", at=BEFORE)
    load_sample(store, sample, at=BEFORE)
    how = PlanRequest(date(2026, 11, 23), 2)
    plan_period(store, how, plan_id="first", author="tester", clock=lambda: BEFORE, stop=after_iterations(2))
    store.close()
    return folder


@pytest.fixture
def desk(new_desk, two_days, tmp_path):
    """Return a desk on a copy of the workspace planned for two days."""
    return new_desk(shutil.copytree(two_days, tmp_path / "workspace"))


@pytest.fixture
def last(desk):
    """Return the last stop of the last crew-day of the plan in force; nobody has begun it by seven in the morning."""
    store = SqliteStore.open(desk.workspace)
    stop = store.plan().routes[-1].stops[-1]
    store.close()
    return stop


def test_rain_is_answered_and_the_moves_are_listed(desk):
    assert desk("replan", "--rain", "2026-11-24", "--seconds", "0", "--as", "json") == 0, desk.err
    made = desk.json
    assert (made["checked"], made["draft"], made["from"], made["days"]) == (True, False, "2026-11-23", 2)
    assert made["costs"].keys() >= {"travel_s", "unserved_s"}
    assert desk("plans", "moves") == 0
    assert all(move["visit"] in desk.text for move in made["moves"][:1])
    assert desk("events", "list") == 0
    assert "Regen am 24.11.2026" in desk.text
    assert desk("events", "withdraw", "1") == 0
    assert desk("events", "withdraw", "1") == 2


def test_a_draft_is_compared_and_accepted(desk):
    assert desk("replan", "--absent", "crew-2:2026-11-24", "--seconds", "0", "--draft", "--lang", "en") == 0, desk.err
    assert "visits stay" in desk.text
    draft = desk.err.split()[-1]
    assert desk("plans", "list") == 0
    assert [line.split()[0] for line in desk.text.splitlines() if "first" in line] == ["*"]
    assert desk("plans", "compare", "first", draft[:8]) == 0
    assert "Einsätze bleiben" in desk.text
    assert desk("plans", "accept", draft[:8], "--instead-of", draft[:8]) == 2
    assert "somebody put the plan first in force meanwhile" in desk.err
    assert desk("plans", "accept", draft[:8], "--instead-of", "first") == 0, desk.err
    assert "is in force" in desk.err
    assert desk("plans", "accept", draft[:8]) == 2
    assert desk("plans", "accept", "nothing") == 2


def test_a_period_planned_as_a_draft_is_not_in_force(desk):
    assert desk("plan", "--from", "2026-11-23", "--days", "1", "--seconds", "0", "--draft") == 0, desk.err
    assert "geo-service plans accept" in desk.err
    assert desk("status", "--as", "json") == 0
    assert desk.json["plan"]["plan"] == "first"


def test_locking_announcing_and_unlocking(desk, last):
    visit = last.visit.visit_id
    assert desk("lock", visit, "--reason", "Ortstermin") == 0, desk.err
    assert desk("locks") == 0
    assert visit in desk.text and "Ortstermin" in desk.text
    assert desk("lock", visit, "--announce") == 0
    assert f"begun between {last.start_s // 3600:02d}:00 and {last.start_s // 3600 + 1:02d}:00" in desk.err
    assert desk("lock", visit, "--hours", "06:00-18:00") == 0
    assert desk("lock", visit, "--hours", "at six") == 2
    assert desk("unlock", visit) == 0
    assert desk("unlock", visit) == 2


def test_a_visit_done_and_a_visit_refused(desk, last):
    visit = last.visit.visit_id
    assert desk("done", visit, "2026-11-23", "--crew", "crew-4") == 0, desk.err
    assert "was done on 2026-11-23 by crew-4" in desk.err
    assert desk("done", visit, "2026-11-30") == 2
    assert desk("done", "nothing", "today") == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--rain", "tomorrow"),
        ("--rain", "2026-11-25:2026-11-24"),
        ("--absent", "crew-2"),
        ("--absent", "crew-9:2026-11-24"),
        ("--urgent", "KLZ-0001:clear"),
        ("--urgent", "KLZ-0001:clear:2026-11-24"),
        ("--refused", "nothing"),
        ("--done", "nothing:2026-11-23"),
        ("--seconds", "-1"),
    ],
)
def test_bad_words_are_explained(desk, words):
    assert desk("replan", *words) == 2
    assert desk.err.startswith("error: ")
    assert "Remedy" in desk.err
