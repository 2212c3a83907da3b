"""Parquet: another program reads every kind of value back, row groups tell their bounds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.outputs.parquet import ROWS_IN_GROUP, Column, write_parquet

VALUES = {
    "text": st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    "bytes": st.binary(max_size=40),
    "whole": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(allow_nan=False),
    "truth": st.booleans(),
    "day": st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    "time": st.datetimes(datetime(1950, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
}


def written(path, columns: list[Column], **metadata: str) -> str:
    with path.open("wb") as file:
        write_parquet(file, columns, metadata)
    return f"'{path}'"


@pytest.fixture
def ask():
    with duckdb.connect() as database:
        yield lambda query: database.execute(query).fetchall()


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_kind_of_value_is_read_back(tmp_path_factory, data) -> None:
    count = data.draw(st.integers(0, 40))
    columns = [
        Column(kind, kind, data.draw(st.lists(st.none() | value, min_size=count, max_size=count)))
        for kind, value in VALUES.items()
    ]
    file = written(tmp_path_factory.mktemp("parquet") / "a.parquet", columns)
    names = [f"epoch_us({kind})" if kind == "time" else f'"{kind}"' for kind in VALUES]
    with duckdb.connect() as database:
        rows = database.execute(f"SELECT {', '.join(names)} FROM {file}").fetchall()
    read = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    for column, values in zip(columns, read, strict=True):
        expected = [one if one is None or column.kind != "time" else _micros(one) for one in column.values]
        assert list(values) == expected


def _micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def test_structures_and_row_groups(tmp_path, ask) -> None:
    count = 2 * ROWS_IN_GROUP + 7
    sides = [
        Column(side, "number", [None if row % 5 == 0 else row + 0.5 for row in range(count)], "box") for side in "xy"
    ]
    file = written(tmp_path / "a.parquet", [Column("n", "whole", range(count)), *sides], note="für alle")
    assert ask(f"SELECT n, box.x, box IS NULL FROM {file} WHERE n IN (5, 6)") == [(5, None, True), (6, 6.5, False)]
    groups = ask(
        "SELECT row_group_num_rows, stats_min_value, stats_max_value, stats_null_count "
        f"FROM parquet_metadata({file}) WHERE path_in_schema = 'box, x' ORDER BY row_group_id"
    )
    assert groups == [(5000, "1.5", "4999.5", 1000), (5000, "5001.5", "9999.5", 1000), (7, "10001.5", "10006.5", 2)]
    assert ask(f"SELECT decode(value) FROM parquet_kv_metadata({file})") == [("für alle",)]
    assert ask(f"SELECT count(*) FROM {file} WHERE box.x > 9999") == [(6,)]


def test_columns_have_one_length(tmp_path) -> None:
    with pytest.raises(ValueError, match="do not make a table"):
        written(tmp_path / "a", [Column("a", "whole", [1]), Column("b", "whole", [])])
