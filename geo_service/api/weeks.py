"""Floor 8: the booklet of a crew's week: the days of the plan in force from a date on, as one PDF."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from geo_service.api.errors import problems
from geo_service.api.fields import CrewInPath, DayInPath, Language
from geo_service.api.reading import NOT_MODIFIED, ReadingHere
from geo_service.outputs.day_formats import MEDIA_TYPES, DayFormat
from geo_service.outputs.day_in_force import WEEK, week_in_force

router = APIRouter(prefix="/weeks", tags=["Days"])

PDF = MEDIA_TYPES[DayFormat.PDF]


class Week(Language):
    """The query of a booklet."""

    days: int = Field(default=WEEK, ge=1, le=31, description="Days of the calendar, the first one counted.")
    plot_maps: bool = Field(default=False, description="Add a small map of each plot.")


_BOOKLET: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A cover with days, hours, plots and notes, then the sheet of each day",
        "content": {PDF: {"schema": {"type": "string", "format": "binary"}}},
    },
    **NOT_MODIFIED,
    **problems(400, 401, 403, 404),
}


@router.get(
    "/{day}/crews/{crew}.pdf",
    response_class=Response,
    summary="Read a crew's week as a booklet",
    description="The days of one crew in the plan in force, from a day on, as one PDF for printing.",
    responses=_BOOKLET,
)
def week_booklet_of_crew(
    day: DayInPath, crew: CrewInPath, query: Annotated[Week, Query()], reading: ReadingHere
) -> Response:
    """Return the booklet of one crew."""
    from geo_service.outputs.week_booklet import week_booklet  # noqa: PLC0415  the typesetter is slow to load

    unchanged = reading.unchanged()
    if unchanged is not None:
        return unchanged
    desk = reading.desk
    days = week_in_force(desk.store, day, crew=crew, days=query.days, lang=query.lang)
    body = week_booklet(
        days,
        name=next(one.name for one in desk.store.crews() if one.code == crew),
        at=desk.clock(),
        network=desk.store.streets(),
        base_url=desk.base_url,
        lang=query.lang,
        plot_maps=query.plot_maps,
    )
    name = f"{day.isoformat()}-{crew}-week.pdf"
    return reading.answer(body, PDF, {"Content-Disposition": f'inline; filename="{name}"'})
