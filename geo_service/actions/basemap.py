"""Floor 6: what an import of streets asks of the basemap, which is drawn a floor above."""

from __future__ import annotations

from typing import Protocol

from geo_service.base.progress import OnProgress
from geo_service.streets.ground import Ground
from geo_service.streets.network import StreetNetwork


class Basemap(Protocol):
    """The map behind everything, kept beside the data; `geo_service.outputs.basemap.BasemapFile` is one."""

    def clear(self) -> None:
        """Forget it: the streets are about to change."""
        ...

    def draw(self, network: StreetNetwork, ground: Ground, *, on_progress: OnProgress) -> str:
        """Make it of streets and what lies around them, and return what to tell about it."""
        ...
