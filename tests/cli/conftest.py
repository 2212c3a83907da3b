"""A command line with a clock that stands still."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geo_service import cli


class Desk:
    """Runs commands as a person would, in a workspace of its own."""

    def __init__(self, wiring: cli.Wiring, workspace: Path, capfdbinary) -> None:
        self._app = cli.build(wiring)
        self._read = capfdbinary.readouterr
        self.workspace = workspace
        self.out = b""
        self.err = ""

    def __call__(self, *words: str | Path) -> int:
        """Run one command; keep what it printed; return its exit code."""
        import sys

        before = sys.argv
        sys.argv = ["geo-service", *map(str, words), "--workspace", str(self.workspace)]
        self._read()
        try:
            code = cli.run(self._app)
        finally:
            sys.argv = before
        self.out, err = self._read()
        self.err = err.decode()
        return code

    @property
    def text(self) -> str:
        """What was printed, as text."""
        return self.out.decode()

    @property
    def json(self) -> Any:
        """What was printed, as JSON."""
        return json.loads(self.out)


@pytest.fixture
def new_desk(now, sample, capfdbinary) -> Callable[[Path], Desk]:
    """Return a maker of desks."""

    def make(workspace: Path) -> Desk:
        wiring = cli.Wiring(
            clock=lambda: now, sample=sample, author="tester", new_id=lambda: uuid.uuid4().hex, serve=lambda *_: None
        )
        return Desk(wiring, workspace, capfdbinary)

    return make


@pytest.fixture
def desk(new_desk, tmp_path) -> Desk:
    """Return a desk without a workspace yet."""
    return new_desk(tmp_path / "workspace")


@pytest.fixture(scope="module")
def planned_workspace(tmp_path_factory) -> Path:
    """Return a folder that the first test of a module fills with the planned sample."""
    return tmp_path_factory.mktemp("sample") / "workspace"


@pytest.fixture
def demo(new_desk, planned_workspace) -> Desk:
    """Return a desk on the sample, planned once for a module."""
    desk = new_desk(planned_workspace)
    if not planned_workspace.exists():
        assert desk("demo", "--no-serve", "--seconds", "1") == 0, desk.err
    return desk
