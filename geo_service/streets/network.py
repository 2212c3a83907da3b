"""Floor 1: the street network as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class StreetNetwork:
    """Streets as directed edges between nodes. PLACEHOLDER: the streets helper defines the arrays."""

    source: str
    licence: str
    node_lonlat: npt.NDArray[np.float64]
    notes: tuple[str, ...] = field(default=())
