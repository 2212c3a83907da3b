from __future__ import annotations

from dataclasses import replace

from geo_service.schedule.fit import Fit

HOUR = 3600


def test_knows_needs_dates_law_and_shift(make_visit, make_crew_day, days):
    plain = make_visit("plain", 1, days)
    crew_days = [make_crew_day("crew-1", days[0]), make_crew_day("crew-1", days[1], shift=(7 * HOUR, 9 * HOUR))]
    evening = dict.fromkeys(days, ((8 * HOUR + 1800, 20 * HOUR),))
    cases = {
        "plain": (plain, [True, True]),
        "skill": (replace(plain, skills=frozenset({"woody"})), [False, False]),
        "date": (replace(plain, earliest_on=days[1]), [False, True]),
        "last day": (replace(plain, latest_on=days[0]), [True, False]),
        "law": (replace(plain, day_windows={days[1]: ((0, 86_400),)}), [False, True]),
        "shift": (replace(plain, day_windows=evening), [True, False]),
        "length": (replace(plain, service_s=2 * HOUR + 1), [True, False]),
        "nowhere": (replace(plain, place=-1), [True, True]),
    }
    fit = Fit([visit for visit, _ in cases.values()], crew_days, days[0])

    assert dict(zip(cases, fit.possible.tolist(), strict=True)) == {name: row for name, (_, row) in cases.items()}
    assert fit.limit_s.tolist() == [7.5 * HOUR, 2 * HOUR]
    assert fit.starts[0][days[0]] == ((6 * HOUR, 19 * HOUR),)


def test_without_visits_or_crew_days_nothing_is_possible(make_visit, days):
    assert Fit([], [], days[0]).possible.shape == (0, 0)
    assert Fit([make_visit("one", 1, days)], [], days[0]).possible.shape == (1, 0)
