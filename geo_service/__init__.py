"""The planning desk for the care of vacant plots.

``geo_service.open("workspace")`` opens a workspace for analysts, see `geo_service.desk.Desk`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo_service.desk import Desk

__all__ = ["__version__", "open"]
__version__ = "0.1.0"


def open(folder: str | Path) -> Desk:
    """Open a workspace for reading.

    Raises
    ------
    geo_service.base.errors.NotReady
        When there is no workspace in the folder.
    """
    from geo_service.desk import Desk  # noqa: PLC0415  loads geopandas and matplotlib only when they are needed

    return Desk(Path(folder))
