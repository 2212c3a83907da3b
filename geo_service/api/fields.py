"""Floor 8: kinds of values that come from outside: days, codes, ids; each refuses what it does not expect."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, Field

FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2099, 12, 31)


def read_day(value: object) -> date:
    """Read an ISO date between 2000 and 2099.

    Raises
    ------
    ValueError
        For everything else: numbers, times, other years.

    Examples
    --------
    >>> read_day("2026-11-24")
    datetime.date(2026, 11, 24)
    """
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise ValueError("there is no such day") from None
        if FIRST_DAY <= day <= LAST_DAY:
            return day
    raise ValueError("a day is written 2026-11-24, from 2000 to 2099")


Day = Annotated[date, BeforeValidator(read_day)]
"""A day in a body or a path."""

DayInPath = Annotated[Day, Path(description="Day, ISO 8601.", examples=["2026-11-24"])]

CrewInPath = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$", description="Code of a crew.", examples=["crew-1"])
]

VisitInPath = Annotated[
    str,
    Path(pattern=r"^[\w.\- ]{1,200}$", description="Id of a visit.", examples=["KLZ-0012.mow_lawn.2026-05-04.1"]),
]

PlotInPath = Annotated[str, Path(pattern=r"^[\w.\- ]{1,80}$", description="Code of a plot.", examples=["KLZ-0012"])]

WorkInPath = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="Code of a work.", examples=["clear"])]

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
"""A code of a crew, a work or a machine in a body."""

PlanInPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Id of a plan or of its run.")]


class Language(BaseModel, extra="forbid"):
    """The query of what is written for people."""

    lang: Literal["de", "en"] = Field(default="de", description="Language of names and notes.")


class Form(BaseModel, extra="forbid"):
    """The query of what is there as JSON and as a page."""

    f: Literal["json", "html"] | None = Field(default=None, description="json or html; else Accept decides.")


FormQuery = Annotated[Form, Query()]
"""A parameter of an endpoint that accepts ``f`` and nothing else; `geo_service.api.page.wants_page` reads it."""

LanguageQuery = Annotated[Language, Query()]
