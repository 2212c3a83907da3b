"""The servers of `layers`: each started with one worker, asked whether it is up, watched and ended.

PostgreSQL runs as a cluster of its own in the benchmark's folder, on a socket there and a free port of this machine;
its processes count as part of tipg and of pygeoapi. PostgreSQL refuses to run as root: then it is run as another user.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

BESIDE = Path(__file__).parent
POSTGRES_HOMES = "/usr/lib/postgresql/*/bin"
UNPRIVILEGED = ("postgres", "nobody")
UP_S = 60.0
FIRST_ANSWER_S = 1200.0
"""A server may take so long to read a million plots."""

MOST_IN_TILE = 200_000
DATABASE = "layers"

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "512MB",
    "work_mem": "64MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "fsync": "off",
    "max_wal_size": "4GB",
}
"""Of PostgreSQL: everything fits into memory, as ours does. One query uses one process, as one worker ought to."""

_TICKS = os.sysconf("SC_CLK_TCK")


class Missing(Exception):
    """A peer cannot be run here; the text says why."""


@dataclass
class Server:
    """A process that answers.

    Attributes
    ----------
    behind
        Whose processes work for it, too.
    """

    name: str
    base: str
    process: subprocess.Popen[bytes]
    behind: tuple[Server, ...] = ()
    log: Path | None = None

    def processes(self) -> list[int]:
        """Return the ids of its processes and of those behind it."""
        own = list(_family(self.process.pid))
        return [*own, *(one for server in self.behind for one in server.processes())]

    def cpu_s(self) -> float:
        """Return the seconds of computing so far."""
        return sum(_cpu_s(one) for one in self.processes())

    def memory_mb(self) -> tuple[float, float]:
        """Return the memory of its own processes and of those behind it, MB; what is shared is shared out."""
        own = sum(_pss_mb(one) for one in _family(self.process.pid))
        return own, sum(_pss_mb(one) for server in self.behind for one in server.processes())

    def wait(self, path: str, headers: dict[str, str] | None = None, seconds: float = UP_S) -> None:
        """Wait until it answers an address.

        Raises
        ------
        Missing
            When it ends, or does not answer in time.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise Missing(f"{self.name} ended with {self.process.returncode}: {self.last_words()}")
            try:
                with urllib.request.urlopen(
                    urllib.request.Request(self.base + path, headers=headers or {}), timeout=seconds
                ):
                    return
            except urllib.error.HTTPError as error:
                raise Missing(f"{self.name} answers {error.code} to {path}: {error.read()[:300]!r}") from error
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        raise Missing(f"{self.name} did not answer {path} within {seconds:.0f} s: {self.last_words()}")

    def last_words(self) -> str:
        """Return the end of what it wrote."""
        return self.log.read_text(errors="replace")[-600:].strip() if self.log and self.log.exists() else ""


@dataclass(frozen=True)
class Place:
    """Where servers work: folders, and who is running."""

    folder: Path
    servers: list[Server] = field(default_factory=list)

    def start(
        self, name: str, command: list[str], port: int, *, env: dict[str, str] | None = None, user: str | None = None
    ) -> Server:
        """Start a server; its output goes to a file."""
        log = self.folder / f"{name}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, stdout=out, stderr=out, cwd=self.folder, env={**os.environ, **(env or {})}, user=user
            )
        server = Server(name, f"http://127.0.0.1:{port}", process, log=log)
        self.servers.append(server)
        return server

    def end(self) -> None:
        """End all servers, those started last first."""
        for server in reversed(self.servers):
            process = server.process
            process.send_signal(signal.SIGINT)  # PostgreSQL: ends at once and in order
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def start_ours(place: Place, workspace: Path) -> Server:
    """Serve a workspace as ``geo-service serve`` does."""
    port = free_port()
    return place.start("ours", [sys.executable, str(BESIDE / "layers_desk.py"), str(workspace), str(port)], port)


def start_ceiling(place: Place, length: int) -> Server:
    """Start a server that does nothing, see `layers_client.serve_nothing`."""
    port = free_port()
    program = "import asyncio, sys; from layers_client import serve_nothing; asyncio.run(serve_nothing(*map(int, sys.argv[1:])))"  # noqa: E501
    command = [sys.executable, "-c", program, str(port), str(length)]
    return place.start(f"ceiling-{length}", command, port, env={"PYTHONPATH": str(BESIDE)})


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL of our own."""

    server: Server
    programs: Path
    port: int
    folder: Path
    user: str | None

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"postgresql://bench@127.0.0.1:{self.port}/{DATABASE}"

    def sql(self, *commands: str, database: str = DATABASE, rows: Iterable[bytes] = ()) -> str:
        """Run commands, feed the last one with rows; return what they say.

        Raises
        ------
        Missing
            When one fails, as without PostGIS.
        """
        words = [part for one in commands for part in ("-c", one)]
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "bench", "-d", database]
        command = [str(self.programs / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *where, *words]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as psql:
            assert psql.stdin is not None
            assert psql.stdout is not None
            assert psql.stderr is not None
            with contextlib.suppress(BrokenPipeError):
                for row in rows:
                    psql.stdin.write(row)
                psql.stdin.close()
            said, wrong = psql.stdout.read().decode(), psql.stderr.read().decode()
        if psql.returncode:
            raise Missing(f"PostgreSQL: {wrong.strip()[:400]}")
        return said.strip()

    def bench(self, script: str, *, seconds: float, connections: int) -> tuple[float, float]:
        """Run a script by pgbench; return queries a second and mean milliseconds."""
        file = self.folder / "script.sql"
        file.write_text(script, encoding="utf-8")
        command = [str(self.programs / "pgbench"), "-n", "-M", "prepared", "-f", str(file), "-c", str(connections)]
        command += ["-T", str(max(1, round(seconds))), "-h", "127.0.0.1", "-p", str(self.port), "-U", "bench", DATABASE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"pgbench: {done.stderr.strip()[:400]}")
        told = dict(line.split(" = ", 1) for line in done.stdout.splitlines() if " = " in line)
        return float(told["tps"].split()[0]), float(told["latency average"].split()[0])


def start_postgres(place: Place) -> Cluster:
    """Make a cluster with PostGIS and an empty database.

    Raises
    ------
    Missing
        When PostgreSQL or PostGIS is not installed.
    """
    homes = sorted(Path("/").glob(POSTGRES_HOMES.lstrip("/")))
    if not homes:
        raise Missing("PostgreSQL is not installed: apt-get install postgresql postgresql-15-postgis-3")
    programs, port = homes[-1], free_port()
    user = next((one for one in UNPRIVILEGED if _known(one)), None) if os.geteuid() == 0 else None
    folder = place.folder / "postgres"
    folder.mkdir()
    if user is not None:
        for parent in (place.folder, folder):
            parent.chmod(0o755)
        shutil.chown(folder, user)
    made = subprocess.run(
        [
            str(programs / "initdb"),
            "-D",
            str(folder / "data"),
            "-U",
            "bench",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        ],
        capture_output=True,
        text=True,
        user=user,
        cwd=folder,
        check=False,
    )
    if made.returncode:
        raise Missing(f"initdb: {made.stderr.strip()[:400]}")
    settings = {**SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
    words = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = place.start("postgres", [str(programs / "postgres"), "-D", str(folder / "data"), *words], port, user=user)
    cluster = Cluster(server, programs, port, folder, user)
    until = time.monotonic() + UP_S
    ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode:
        if server.process.poll() is not None or time.monotonic() > until:
            raise Missing(f"PostgreSQL does not start: {server.last_words()}")
        time.sleep(0.1)
    cluster.sql(f"CREATE DATABASE {DATABASE}", database="postgres")
    cluster.sql("CREATE EXTENSION postgis")
    return cluster


def start_tipg(place: Place, peers: Path, cluster: Cluster) -> Server:
    """Serve the table by tipg with one worker of uvicorn.

    Raises
    ------
    Missing
        When it is not installed there.
    """
    program = _program(peers, "tipg", "uvicorn")
    port = free_port()
    env = {
        "DATABASE_URL": cluster.url,
        "TIPG_DB_SCHEMAS": '["public"]',
        "TIPG_TABLE_CONFIG": json.dumps({"public_plots": {"geomcol": "geom", "pk": "code"}}),
        "TIPG_MAX_FEATURES_PER_TILE": str(MOST_IN_TILE),
        "TIPG_TILE_BUFFER": "64",  # as ours
        "TIPG_CATALOG_TTL": "100000",
    }
    command = [program, "tipg.main:app", "--port", str(port), "--workers", "1", "--log-level", "warning"]
    server = place.start("tipg", command, port, env=env)
    server.behind = (cluster.server,)
    server.wait("/collections/public.plots")
    return server


def start_pygeoapi(place: Place, peers: Path, cluster: Cluster, bbox: list[float]) -> Server:
    """Serve the table by pygeoapi with one worker of gunicorn with four threads.

    Raises
    ------
    Missing
        When it is not installed there.
    """
    program = _program(peers, "pygeoapi", "gunicorn")
    port = free_port()
    config, openapi = place.folder / "pygeoapi.json", place.folder / "pygeoapi-openapi.json"
    config.write_text(json.dumps(_pygeoapi_config(cluster, port, bbox)), encoding="utf-8")
    env = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi), "PYTHONWARNINGS": "ignore"}
    made = subprocess.run(
        [str(peers / "bin" / "pygeoapi"), "openapi", "generate", str(config), "--output-file", str(openapi)],
        capture_output=True, text=True, env={**os.environ, **env}, check=False,
    )  # fmt: skip
    if made.returncode:
        raise Missing(f"pygeoapi: {made.stderr.strip()[-400:]}")
    command = [program, "-w", "1", "--threads", "4", "-b", f"127.0.0.1:{port}", "pygeoapi.flask_app:APP"]
    server = place.start("pygeoapi", command, port, env=env)
    server.behind = (cluster.server,)
    server.wait("/collections/plots?f=json")
    return server


def _pygeoapi_config(cluster: Cluster, port: int, bbox: list[float]) -> dict[str, object]:
    data = {"host": "127.0.0.1", "port": cluster.port, "dbname": DATABASE, "user": "bench", "password": "none"}
    provider = {"data": {**data, "search_path": ["public"]}, "id_field": "code", "table": "plots", "geom_field": "geom"}
    text = {"en": "plots"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": 10_000},
            "map": {"url": "https://tile.example/{z}/{x}/{y}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": text,
                "description": text,
                "keywords": {"en": ["plots"]},
                "terms_of_service": "none",
                "url": "https://example.org",
            },
            "license": {"name": "none", "url": "https://example.org"},
            "provider": {"name": "bench", "url": "https://example.org"},
            "contact": {"name": "bench", "email": "bench@example.org"},
        },
        "resources": {
            "plots": {
                "type": "collection",
                "title": text,
                "description": text,
                "keywords": {"en": ["plots"]},
                "extents": {"spatial": {"bbox": bbox, "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}},
                "providers": [
                    {"type": "feature", "name": "PostgreSQL", **provider},
                    {
                        "type": "tile",
                        "name": "MVT-postgresql",
                        **provider,
                        "options": {"zoom": {"min": 0, "max": 18}},
                        "format": {"name": "pbf", "mimetype": "application/vnd.mapbox-vector-tile"},
                        "storage_crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
                    },
                ],
            }
        },
    }


def _program(peers: Path, package: str, program: str) -> str:
    found = peers / "bin" / program
    if not list(peers.glob(f"lib/python3*/site-packages/{package}")) or not found.exists():
        raise Missing(f"{package} and {program} are not in {peers}")
    return str(found)


def _known(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _family(pid: int) -> Iterator[int]:
    """Yield a process and those that it started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in task.read_text().split():
                yield from _family(int(child))


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _pss_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
