from __future__ import annotations

import json

from geo_service.outputs.day_json import day_json


def test_json_has_the_agreed_shape(day):
    told = json.loads(json.dumps(day_json(day)))
    assert {"date", "crews", "unserved"} <= set(told)
    assert told["date"] == "2026-11-23"
    crew = told["crews"][0]
    assert {"crew", "start", "end", "drive_s", "length_m", "stops"} <= set(crew)
    assert (crew["crew"], crew["start"], crew["end"]) == ("crew-1", "07:00", "14:04")
    assert {"order", "plot", "task", "arrival", "minutes", "drive_s", "lon", "lat"} <= set(crew["stops"][0])
    stop = crew["stops"][0]
    assert (stop["order"], stop["plot"], stop["task"], stop["arrival"]) == (1, "KLZ-0001", "mow_lawn", "07:07")
    assert (stop["minutes"], stop["drive_s"]) == (25, 420)
    assert crew["breaks"] == [{"start": "10:12", "end": "10:42", "after": 6}]
    unserved = told["unserved"][0]
    assert (unserved["plot"], unserved["task"], unserved["reason"]) == (
        "KLZ-0016",
        "mow_lawn",
        "keine Kolonne hat Zeit",
    )
    assert told["sample"] is True
