"""What a workspace holds, as text in both languages."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from geo_service.outputs.status_text import print_status, status_json
from geo_service.store.sqlite import SqliteStore


@pytest.fixture
def store(tmp_path, plan, plots, crews, catalogue, quarters):
    opened = SqliteStore.create(tmp_path / "workspace")
    with opened.change(author="anna", reason="made up", at=datetime(2026, 11, 23, 5, 30, tzinfo=UTC)) as tx:
        tx.set_plan_crs(25833)
        tx.put_quarters(quarters)
        tx.put_plots(plots)
        tx.put_crews(crews)
        tx.put_catalogue(catalogue)
        tx.put_plan(plan)
        tx.set_sample(True)
    yield opened
    opened.close()


def said(store, lang):
    out = io.StringIO()
    print_status(Console(file=out, width=100, color_system=None), store, lang)
    return out.getvalue()


def test_in_german(store, plots):
    text = said(store, "de")
    assert "Schematische Beispieldaten" in text
    assert "in Pflege" in text
    assert "maintained" not in text
    assert f"{sum(plot.area_m2 for plot in plots):,.0f} m²".replace(",", ".") in text
    assert "23.11.2026 – 27.11.2026" in text
    assert "23.11.2026 06:30  anna: made up" in text, "local time"


def test_in_english(store):
    text = said(store, "en")
    assert "Schematic sample data" in text
    assert "maintained" in text
    assert "2026-11-23 – 2026-11-27" in text


def test_states_are_counted_in_the_order_of_a_plots_life(store, plots):
    text = said(store, "de")
    assert text.index("erfasst") < text.index("geräumt") < text.index("zurückgegeben")
    assert sum(status_json(store)["plots_by_state"].values()) == len(plots)


def test_an_empty_workspace(tmp_path):
    empty = SqliteStore.create(tmp_path / "empty")
    text = said(empty, "de")
    assert "keiner" in text
    assert status_json(empty)["plan"] is None
    empty.close()
