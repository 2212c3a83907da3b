"""What the public may see: withheld and published with a reason."""

from __future__ import annotations

import pytest

from geo_service.store.sqlite import SqliteStore


@pytest.mark.slow
def test_a_plot_is_withheld_and_published_again(demo):
    assert demo("plots", "withhold", "KLZ-0001", "--reason", "objection of 12.11.2026") == 0
    assert "gone from everything public" in demo.err
    store = SqliteStore.open(demo.workspace)
    assert not store.plot("KLZ-0001").public
    assert store.ledger(1)[0].reason == "KLZ-0001 withheld from the public: objection of 12.11.2026"
    assert demo("plots", "publish", "KLZ-0001", "--reason", "taken back") == 0
    assert store.plot("KLZ-0001").public
    store.close()


@pytest.mark.slow
@pytest.mark.parametrize("words", [("KLZ-0001", "--reason", " "), ("KLZ-9999", "--reason", "x"), ("KLZ-0001",)])
def test_what_does_not_fit_changes_nothing(demo, words):
    assert demo("plots", "withhold", *words) == 2
    store = SqliteStore.open(demo.workspace)
    assert store.plot("KLZ-0001").public
    store.close()
