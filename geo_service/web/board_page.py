"""Floor 8: `/board`: the schedule board. The page is one file; what it shows it asks the API for."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

PAGE = Path(__file__).parent / "static" / "board.html"
REVALIDATE = {"Cache-Control": "no-cache"}


def board_router() -> APIRouter:
    """Return the route of the board's page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/board")
    def show_board() -> FileResponse:
        return FileResponse(PAGE, headers=REVALIDATE)

    return router
