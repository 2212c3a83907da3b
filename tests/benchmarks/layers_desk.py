"""Serve a workspace as ``geo-service serve`` does; a signal decides whether tiles are kept.

Usage: python tests/benchmarks/layers_desk.py WORKSPACE PORT
SIGUSR1: no tile is kept from now on, so that each one is made; SIGUSR2: they are again.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

from geo_service import main
from geo_service.api import tile_source
from geo_service.outputs.tile_cache import TileCache

if __name__ == "__main__":
    opened = main.open_desk

    def open_desk(*given: Any, **named: Any) -> Any:
        """Open the desk and obey the signals."""
        app = opened(*given, **named)
        for number, most_bytes in ((signal.SIGUSR1, 0), (signal.SIGUSR2, tile_source.MOST_BYTES)):
            keep = TileCache(most_bytes)
            signal.signal(number, lambda *_, keep=keep: setattr(app.state.tiles, "_tiles", keep))
        return app

    main.open_desk = open_desk
    main.serve(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2]))
