"""Floor 8: kinds of values that the routes of the money share: numbers of records, cents, lines, the funds' parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, Field

from geo_service.funding.cents import MOST_CENTS
from geo_service.outputs.money_export import MEDIA

_LINE = r"^[^\x00-\x1f\x7f]*$"
_SAYS = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"

Line = Annotated[str, Field(max_length=300, pattern=_LINE)]
"""A line of text, or nothing."""

Said = Annotated[str, Field(min_length=1, max_length=300, pattern=_SAYS)]
"""A line of text that says something."""

Cents = Annotated[int, Field(ge=-MOST_CENTS, le=MOST_CENTS, description="Whole cents.")]
Digest = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$", description="SHA-256 of the document, or empty.")]

MEASURE = r"^[A-Za-z0-9][A-Za-z0-9.]{0,15}$"
MeasureCode = Annotated[str, Field(pattern=MEASURE, description="Code of a measure.", examples=["2.2"])]
CarrierCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", description="Code of a carrier.")]
PlotCode = Annotated[str, Field(pattern=r"^[\w.\- ]{0,80}$", description="Code of a plot, or empty.")]
WorkCode = Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{0,39})?$", description="Code of a work, or empty.")]
QuarterName = Annotated[
    str, Field(max_length=80, pattern=_LINE, description="Quarter of the programme; empty: the whole area.")
]
VisitId = Annotated[str, Field(pattern=r"^[\w.\- ]{0,200}$", description="Id of a visit that was done, or empty.")]
OZ = Annotated[str, Field(pattern=r"^[0-9]{2}\.[0-9]{2}\.[0-9]{4}$", description="Ordinal number of a position.")]
LotCode = Annotated[str, Field(pattern=r"^([A-Za-z0-9.]{1,16}-L[0-9]{2,4})?$", description="Code of a lot, or empty.")]

MeasureInPath = Annotated[str, Path(pattern=MEASURE, description="Code of a measure.", examples=["2.2"])]
VoucherInPath = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9.]{1,16}-[0-9]{5,8}$", description="Number of a voucher.", examples=["W26-00001"])
]
ClaimInPath = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9.]{1,16}-C[0-9]{3,6}$", description="Number of a claim.", examples=["2.2-C001"])
]
LotInPath = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9.]{1,16}-L[0-9]{2,4}$", description="Code of a lot.", examples=["W26-L01"])
]
CarrierInPath = Annotated[
    str, Path(pattern=r"^[a-z][a-z0-9_-]{0,39}$", description="Code of a carrier.", examples=["gruenwerk"])
]


class FundPart(BaseModel):
    """What one fund bears."""

    fund: str
    cents: int


def fund_parts(by_fund: Mapping[str, int]) -> list[FundPart]:
    """Return what each fund bears as an answer tells it."""
    return [FundPart(fund=fund, cents=cents) for fund, cents in by_fund.items()]


def file_answer(*forms: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI text of an answer that is a file of one of some forms."""
    content = {MEDIA[one].partition(";")[0]: {"schema": {"type": "string"}} for one in forms}
    return {200: {"description": "The file", "content": content}}
