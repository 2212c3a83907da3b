"""Two editors on one plot, two planners on one board: one wins, the other is told both versions, nothing is lost.

Races of two threads, and interleavings that are laid out: see `tests.trust.test_two_planners`.
"""

from __future__ import annotations

import pytest
import shapely

from geo_service.actions.board import open_board
from geo_service.actions.edit_plot import change_plot, create_plot, delete_plot
from geo_service.actions.merge_plots import merge_plots
from geo_service.actions.move_visit import move_visit
from geo_service.actions.split_plot import split_plot
from geo_service.actions.try_move import try_move
from geo_service.plots.version import plot_version
from geo_service.store.sqlite import SqliteStore
from tests.trust.small_desk import PLAN_ID
from tests.trust.test_two_planners import by, interleaved, race

CODE = "KLZ-0001"


def naming(name, seen, code=CODE):
    return lambda store: change_plot(store, code, {"name": name}, expected=seen, **by(name))


def splitting(seen):
    def act(store):
        west, south, east, north = store.plot(CODE).geometry.bounds
        line = shapely.LineString([(west - 5, (south + north) / 2), (east + 5, (south + north) / 2)])
        return split_plot(store, CODE, line=line, epsg=25833, expected=seen, **by("split"))

    return act


def drawing(lon, author):
    return lambda store: create_plot(store, shapely.box(lon, 51.31, lon + 3e-4, 51.3103), **by(author))


def seen_in(folder, code=CODE):
    store = SqliteStore.open(folder)
    try:
        return plot_version(store.plot(code))
    finally:
        store.close()


def require_one_winner(folder, outcomes):
    won = [one for one in outcomes if one.refusal is None]
    lost = [one.refusal for one in outcomes if one.refusal is not None]
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0].code == "changed_meanwhile"
    assert lost[0].fields["stands"] != lost[0].fields["sent"] or "outline" in lost[0].fields["columns"]
    assert lost[0].fields["version"] == seen_in(folder)
    return won[0].answer


def test_two_editors_race_for_a_plot(copy_desk, how_many):
    folder = copy_desk()
    for number in range(how_many(10, 100)):
        seen = seen_in(folder)
        answer = require_one_winner(folder, race(folder, (naming(f"a{number}", seen), naming(f"b{number}", seen))))
        assert answer.version == seen_in(folder)


@pytest.mark.parametrize("second", ["name", "split"])
def test_the_second_editor_acts_before_any_question_of_the_first(copy_desk, second):
    at, more = 1, True
    while more:
        folder = copy_desk(f"at-{at}")
        seen = seen_in(folder)
        other = naming("second", seen) if second == "name" else splitting(seen)
        outcomes, more = interleaved(folder, (naming("first", seen), other), at)
        require_one_winner(folder, outcomes)
        at += 1
    assert at > 4, "there were questions to act between"


def test_two_plots_drawn_at_once_get_two_codes(copy_desk):
    at, more = 1, True
    while more:
        folder = copy_desk(f"at-{at}")
        outcomes, more = interleaved(folder, (drawing(12.33, "ada"), drawing(12.331, "bob")), at)
        codes = [one.answer.plot.code for one in outcomes]
        ids = [one.answer.plot.plot_id for one in outcomes]
        assert len(set(codes)) == len(set(ids)) == 2
        store = SqliteStore.open(folder)
        assert {store.plot(code).plot_id for code in codes} == set(ids)
        assert {line.reason for line in store.ledger(2)} == {f"drew the plot {code}" for code in codes}
        store.close()
        at += 1
    assert at > 4


def test_a_split_and_a_drawing_at_once_get_codes_of_their_own(copy_desk):
    at, more = 1, True
    while more:
        folder = copy_desk(f"at-{at}")
        (split, drawn), more = interleaved(folder, (splitting(None), drawing(12.33, "bob")), at)
        codes = [*(part.code for part in split.answer.parts), drawn.answer.plot.code]
        assert len(set(codes)) == len(codes)
        at += 1
    assert at > 4


@pytest.mark.parametrize("what", ["delete", "merge"])
def test_a_plot_that_is_changed_is_neither_deleted_nor_merged_meanwhile(copy_desk, what):
    at, more = 1, True
    while more:
        folder = copy_desk(f"at-{at}")
        store = SqliteStore.open(folder)
        made = create_plot(store, shapely.box(12.33, 51.31, 12.3303, 51.3103), **by("ada"))
        near = create_plot(store, shapely.box(12.3303, 51.31, 12.3306, 51.3103), **by("ada"))
        store.close()
        versions = {made.plot.code: made.version, near.plot.code: near.version}

        def act(one, made=made, versions=versions):
            if what == "delete":
                return delete_plot(one, made.plot.code, expected=made.version, **by("delete"))
            return merge_plots(one, list(versions), expected=versions, **by("merge"))

        outcomes, more = interleaved(folder, (act, naming("x", made.version, made.plot.code)), at)
        assert sum(one.refusal is None for one in outcomes) == 1
        at += 1
    assert at > 2


def test_who_names_no_version_overwrites_and_that_is_seen(copy_desk):
    """The control: without the version an editor who comes later wins, too."""
    folder = copy_desk()
    outcomes, _ = interleaved(folder, (naming("a", None), naming("b", None)), 1)
    with pytest.raises(AssertionError):
        require_one_winner(folder, outcomes)


def moves_of(folder):
    """Return two possible moves of two visits of the plan in force."""
    store = SqliteStore.open(folder)
    board = open_board(store, clock=by("x")["clock"])
    found = []
    for visit in (stop.visit for route in board.routes for stop in route.stops):
        for day in board.problem.crew_days:
            verdict = try_move(board, visit.visit_id, day.crew, day.on)
            if verdict.ok and verdict.old != verdict.new:
                found.append(verdict)
                break
    store.close()
    return found[:2]


def moving(verdict, author):
    return lambda store: move_visit(
        store, verdict.visit_id, verdict.new.crew, verdict.new.on, expected=PLAN_ID, plan_id=author, **by(author)
    )


def test_two_planners_race_for_the_board(copy_desk, how_many):
    first, second = moves_of(copy_desk("seen"))
    for number in range(how_many(5, 50)):
        folder = copy_desk(f"race-{number}")
        outcomes = race(folder, (moving(first, "ada"), moving(second, "bob")))
        won = [one.answer for one in outcomes if one.refusal is None]
        lost = [one.refusal for one in outcomes if one.refusal is not None]
        assert (len(won), len(lost)) == (1, 1)
        store = SqliteStore.open(folder)
        assert store.plan() == won[0].plan
        assert lost[0].fields == {"expected": PLAN_ID, "in_force": won[0].plan.plan_id}
        assert len(store.plans()) == 2
        store.close()
