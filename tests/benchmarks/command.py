"""What all benchmark commands share: their options, one JSON line per case, a table at the end."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

DATA = Path(__file__).parents[3] / "shared" / "data"
"""Real data beside the checkout; commands that are given no file look there."""

WIDTH = 120
"""Of tables, in characters."""

LONG_S = 5
"""What takes longer than this at first was compiled."""

Row = dict[str, object]


def options(doc: str | None, *, files: bool, seconds: float = 60.0) -> argparse.ArgumentParser:
    """Return a parser of the options that every command has."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    if files:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="instances; without: those beside us")
    parser.add_argument("--seconds", type=float, default=seconds, help="of search, for each engine and instance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cores", type=int, default=2, help="that each engine may use")
    parser.add_argument("--short", action="store_true", help="few instances, few seconds: shows that it runs")
    return parser


def files(asked: Sequence[Path], folder: str, short: Sequence[str], *, is_short: bool) -> list[Path]:
    """Return the instances to run: those asked for, else those of a folder of the data, a few of them when short."""
    if asked:
        return list(asked)
    here = sorted(path for path in (DATA / folder).glob("*") if path.is_file())
    if not here:
        print(f"no instance given and none at {DATA / folder}")
    return [path for path in here if path.stem in short] if is_short else here


def compile_first(solve: Callable[..., object], problem: object) -> None:
    """Let our engine solve a problem for a moment, so that no measured run compiles it."""
    began = time.perf_counter()
    solve(problem, seconds=0.01, seed=0, cores=1)
    seconds = time.perf_counter() - began
    if seconds > LONG_S:
        print(f"compiled in {seconds:.0f} s, which is not measured", flush=True)


class Report:
    """Rows, each printed as a JSON line as soon as it is known, and as a table in the end."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.rows: list[Row] = []

    def add(self, row: Row) -> None:
        """Take a row and print it."""
        self.rows.append(row)
        print(json.dumps(row, ensure_ascii=False), flush=True)

    def sum_up(self, row: Row) -> None:
        """Print a row that stands for all others and is not part of the table."""
        print(json.dumps(row, ensure_ascii=False), flush=True)

    def table(self) -> None:
        """Print all rows as a table."""
        if not self.rows:
            return
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        table = Table(title=self.title)
        for name in names:
            table.add_column(name, justify="left" if isinstance(self.rows[0].get(name), str) else "right")
        for row in self.rows:
            table.add_row(*(_told(row.get(name)) for name in names))
        Console(width=WIDTH).print(table)


def gap(cost: float | None, reference: float | None) -> float | None:
    """Return by how much a cost exceeds a reference, as a share of it; None when one is missing.

    >>> gap(102.0, 100.0), gap(None, 100.0)
    (0.02, None)
    """
    return None if cost is None or not reference else round(cost / reference - 1, 6) + 0.0


def mean(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that are there; None when none is."""
    there = [value for value in values if value is not None]
    return round(sum(there) / len(there), 6) if there else None


def _told(value: object) -> str:
    return "–" if value is None else f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
