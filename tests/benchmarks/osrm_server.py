"""An OSRM server of one's own, prepared from an OSM file, for as long as a benchmark asks it.

The programs come with the wheel `osrm-bindings`, which exists for Python 3.12 and newer. They run without Python, so
an unpacked wheel will do on an older one:

    pip download --no-deps --only-binary=:all: --python-version 3.12 osrm-bindings
    python -m zipfile -e osrm_bindings-*.whl FOLDER
"""

from __future__ import annotations

import gzip
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WHY = "osrm-bindings is not installed" + (
    f" and has no wheel for Python {sys.version_info[0]}.{sys.version_info[1]}" if sys.version_info < (3, 12) else ""
)
MISSING = f"OSRM is not measured: {WHY}; unpack its wheel and say --osrm FOLDER"
PROGRAMS = ("osrm-extract", "osrm-contract", "osrm-routed")


@dataclass(frozen=True)
class Server:
    """A running server."""

    address: str
    pid: int

    def cpu_s(self) -> float:
        """Return seconds of computing so far; 0 where the machine does not tell."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return 0.0
        user, system = stat.read_text().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def find_osrm(asked: Path | None) -> Path | None:
    """Return the folder with ``bin`` and ``share``: that of an unpacked wheel, else that of the installed package."""
    spec = importlib.util.find_spec("osrm")
    here = (
        [asked / "osrm", asked]
        if asked
        else [Path(one) for one in (spec.submodule_search_locations or [])]
        if spec
        else []
    )
    return next((one.resolve() for one in here if (one / "bin" / PROGRAMS[0]).is_file()), None)


@contextmanager
def osrm_server(osrm: Path, streets: Path, folder: Path, max_table: int) -> Iterator[Server]:
    """Prepare the streets for cars and start a server with one thread."""
    for program in PROGRAMS:
        (osrm / "bin" / program).chmod(0o755)
    name, *endings = streets.name.split(".")
    source = folder / (f"{name}.osm.pbf" if "pbf" in endings else f"{name}.osm")
    with gzip.open(streets) if endings[-1] == "gz" else streets.open("rb") as packed, source.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    base = folder / f"{name}.osrm"
    profile = osrm / "share" / "profiles" / "car.lua"
    for program, *arguments in ((PROGRAMS[0], "-p", profile, source), (PROGRAMS[1], base)):
        subprocess.run([osrm / "bin" / program, *arguments], check=True, capture_output=True, cwd=folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [osrm / "bin" / PROGRAMS[2], "-i", "127.0.0.1", "-p", str(port), "-t", "1"]
    command += ["--max-table-size", str(max_table), base]
    log = folder / "osrm-routed.log"
    with log.open("wb") as said:
        server = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, cwd=folder)
    try:
        while "waiting for requests" not in log.read_text():
            if server.poll() is not None:
                raise RuntimeError(f"osrm-routed did not start: {log.read_text()}")
            time.sleep(0.05)
        yield Server(f"http://127.0.0.1:{port}", server.pid)
    finally:
        server.terminate()
        server.wait()


def load() -> float:
    """Return how many processes wait for a core, over the last minute: what else the machine does."""
    return round(os.getloadavg()[0], 1)
