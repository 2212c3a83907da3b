"""Concerns: which steps may follow, what a merge keeps, what is forgotten, and which may be the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import InputError, RuleBroken
from geo_service.neighbourhood.concern import (
    NEXT,
    Concern,
    Report,
    Status,
    Step,
    Told,
    check_told,
    forgotten,
    merged,
    published,
    stepped,
)
from geo_service.neighbourhood.concern_services import CONCERN_KINDS
from geo_service.neighbourhood.concern_twins import twins_of

AT = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def concern(number: int = 1, *, after: timedelta = timedelta(), words: str = "Sofa am Zaun", **how: object) -> Concern:
    name = f"A-2026-{number:04d}"
    told = Told("dumped_waste", 12.33, 51.32, words, name=f"Person {number}", mail=f"p{number}@post.example")
    made = Concern(
        number=name,
        kind="dumped_waste",
        lon=12.33,
        lat=51.32,
        reports=(Report(name, told, AT + after, f"{number:064x}", photos=(f"{number:064x}",)),),
        steps=(Step(Status.NEW, AT + after, "resident", "gemeldet"),),
    )
    return replace(made, **how)  # type: ignore[arg-type]


def step(status: Status, reason: str = "gesehen") -> Step:
    return Step(status, AT + timedelta(hours=1), "Mo", reason)


@given(st.lists(st.sampled_from(Status), max_size=8))
def test_only_steps_of_the_table_are_made_and_all_are_kept(steps):
    now = concern()
    for status in steps:
        if status in NEXT[now.status]:
            now = stepped(now, step(status))
        else:
            with pytest.raises(RuleBroken):
                stepped(now, step(status))
    assert all(later.status in NEXT[earlier.status] for earlier, later in zip(now.steps, now.steps[1:], strict=False))
    assert now.is_open is not now.status.is_closed


def test_a_step_needs_a_reason():
    with pytest.raises(InputError, match="without a reason"):
        stepped(concern(), step(Status.CHECKED, " "))


def test_moderator_1_merging_duplicates_keeps_both_reporters():
    kept, twin = concern(1), concern(2, after=timedelta(hours=2))
    whole, empty = merged(kept, twin, AT)
    assert [one.told.mail for one in whole.reports] == ["p1@post.example", "p2@post.example"]
    assert {one.secret_sha256 for one in whole.reports} == {f"{1:064x}", f"{2:064x}"}
    assert (empty.reports, empty.merged_into, empty.is_open) == ((), kept.number, False)
    with pytest.raises(RuleBroken, match="was merged into"):
        stepped(empty, step(Status.CHECKED))
    with pytest.raises(InputError):
        merged(kept, kept, AT)


def test_nothing_is_public_before_it_was_checked_nor_a_picture_of_another():
    with pytest.raises(RuleBroken, match="not checked"):
        published(concern(), "Müll", (), AT)
    checked = stepped(concern(), step(Status.CHECKED))
    with pytest.raises(InputError, match="no such picture"):
        published(checked, "Müll", ("f" * 64,), AT)
    assert published(checked, " Müll ", (f"{1:064x}",), AT).public_text == "Müll"


def test_what_is_forgotten_tells_of_nobody_and_the_link_still_works():
    gone = forgotten(concern(), AT)
    report = gone.reports[0]
    told = (report.told.words, report.told.name, report.told.mail, report.photos)
    assert told == ("", "", "", ()) and report.secret_sha256 == concern().reports[0].secret_sha256
    assert forgotten(gone, AT + timedelta(days=1)) == gone


@pytest.mark.parametrize(
    "told",
    [
        Told("party", 12.3, 51.3, "laut"),
        Told("litter", float("nan"), 51.3),
        Told("litter", 12.3, 91.0),
        Told("other", 12.3, 51.3, "  "),
        Told("idea", 12.3, 51.3),
        Told("litter", 12.3, 51.3, "x" * 2001),
        Told("litter", 12.3, 51.3, mail="kein Postfach"),
        Told("litter", 12.3, 51.3, name="x" * 201),
    ],
)
def test_a_report_that_nobody_can_work_with_is_refused(told):
    with pytest.raises(InputError) as refused:
        check_told(told)
    assert refused.value.remedy


def test_every_kind_has_words_in_three_languages():
    for kind in CONCERN_KINDS:
        assert all(kind.name(lang) and kind.hint(lang) for lang in ("de", "en", "easy"))


def test_twins_are_near_soon_and_alike():
    first = concern(1)
    same = concern(2, after=timedelta(days=1), lat=51.3203, words="altes Sofa beim Zaun")
    far = concern(3, lat=51.33)
    late = concern(4, after=timedelta(days=90))
    other = concern(5, lat=51.3209, kind="noise", words="laute Feier")
    gone = concern(6, merged_into="A-2026-0001")
    found = twins_of(first, [first, same, far, late, other, gone])
    assert [one.concern.number for one in found] == ["A-2026-0002"]
    assert found[0].score > 0.6 and 30 < found[0].away_m < 40
