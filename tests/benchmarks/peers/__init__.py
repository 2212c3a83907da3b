"""The engines that ours is measured against, each behind one function: ``solve(task, seconds=, seed=, cores=)``.

They are no dependency: a peer that is not installed is named and left out. ``pip install --group bench`` has them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from peers.task import Answer

Solve = Callable[..., Answer]


@dataclass(frozen=True)
class Peer:
    """An engine: its name, the module that must be installed, our module that speaks to it."""

    name: str
    package: str
    adapter: str

    @property
    def is_here(self) -> bool:
        """Tell whether the engine is installed."""
        return find_spec(self.package) is not None

    @property
    def solve(self) -> Solve:
        """Return the function that asks the engine."""
        found: Solve = import_module(self.adapter).solve
        return found


PEERS = {
    peer.name: peer
    for peer in (
        Peer("pyvrp", "pyvrp", "peers.by_pyvrp"),
        Peer("vroom", "vroom", "peers.by_vroom"),
        Peer("ortools", "ortools", "peers.by_ortools"),
    )
}


def installed() -> list[Peer]:
    """Return the peers that are installed, and say which are not."""
    for peer in PEERS.values():
        if not peer.is_here:
            print(f"without {peer.name}: pip install --group bench")
    return [peer for peer in PEERS.values() if peer.is_here]
