"""Floor 8: all pages of the neighbourhood and of the money, put together on one desk."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter

from geo_service.web.concern_pages import concern_router
from geo_service.web.moderation_pages import moderation_router
from geo_service.web.money_pages import money_router
from geo_service.web.network_pages import network_router
from geo_service.web.page_desk import PageDesk
from geo_service.web.public_pages import public_router
from geo_service.web.watch_pages import watch_router

PARTS: tuple[Callable[[PageDesk], APIRouter], ...] = (
    concern_router,
    moderation_router,
    network_router,
    money_router,
    watch_router,
    public_router,
)
"""Each returns the routes of a part; who may ask for them says `geo_service.api.access`."""


def neighbourhood_pages(desk: PageDesk) -> APIRouter:
    """Return the routes of all parts."""
    router = APIRouter(include_in_schema=False)
    for part in PARTS:
        router.include_router(part(desk))
    return router
