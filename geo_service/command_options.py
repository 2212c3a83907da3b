"""Floor 8: options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_WORKSPACE = Path("workspace")


class Lang(StrEnum):
    """Language of what people read."""

    DE = "de"
    EN = "en"


class ReportFormat(StrEnum):
    """How a report is printed."""

    TEXT = "text"
    JSON = "json"


Workspace = Annotated[Path, typer.Option("--workspace", "-w", help="Folder of the workspace.")]
Language = Annotated[Lang, typer.Option("--lang", help="Language of what is printed.")]
As = Annotated[ReportFormat, typer.Option("--as", help="How to print.")]
