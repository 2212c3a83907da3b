"""Floor 8: the application: routers, middleware and what they share, put together around a desk."""

from __future__ import annotations

from threading import Lock

from anyio import CapacityLimiter
from fastapi import FastAPI
from starlette.middleware import Middleware

from geo_service import __version__
from geo_service.api import (
    actuals,
    alerts,
    basemap,
    board,
    calendars,
    collections,
    concerns,
    conflicts,
    day_package,
    days,
    documentation,
    downloads,
    edit_items,
    exceptions,
    field_reports,
    follow_ups,
    imports,
    indicators,
    items,
    keys,
    landing,
    locks,
    lots,
    measures,
    network,
    occasions,
    open311,
    openapi,
    photos,
    plans,
    plot_changes,
    projects,
    publication,
    queryables,
    replans,
    sign_in,
    styles,
    tiles,
    vouchers,
    weeks,
)
from geo_service.api.access import AccessControl
from geo_service.api.desk import Desk
from geo_service.api.errors import ErrorAnswers, handle_errors
from geo_service.api.feature_source import FeatureSource
from geo_service.api.field_rules import FieldRules
from geo_service.api.methods import HeadAndOptions
from geo_service.api.revisions import Revisions
from geo_service.api.security import BodyLimit, SecurityHeaders
from geo_service.api.tile_source import TileSource
from geo_service.api.uploads import answer_refusals

_PARTS = (
    landing,
    collections,
    queryables,
    items,
    edit_items,
    plot_changes,
    imports,
    tiles,
    styles,
    basemap,
    downloads,
    plans,
    replans,
    board,
    locks,
    exceptions,
    publication,
    days,
    day_package,
    weeks,
    calendars,
    field_reports,
    conflicts,
    alerts,
    follow_ups,
    actuals,
    concerns,
    open311,
    projects,
    occasions,
    network,
    indicators,
    measures,
    vouchers,
    lots,
    photos,
    keys,
    sign_in,
    documentation,
)


def create_app(desk: Desk) -> FastAPI:
    """Return the API as an application.

    Pages are added from outside with ``app.include_router`` and ``app.mount``; their routes need rows in
    `geo_service.api.access.ACCESS` like all others.
    """
    app = FastAPI(
        title=openapi.TITLE,
        version=__version__,
        description=openapi.ABOUT,
        openapi_url=None,  # ours adds the schemas that the framework cannot see
        docs_url=None,  # the framework's page loads its script from another host
        redoc_url=None,
        redirect_slashes=False,
        openapi_tags=openapi.TAGS,
        middleware=[
            Middleware(SecurityHeaders, over_tls=desk.base_url.startswith("https:")),
            Middleware(HeadAndOptions, desk=desk),
            Middleware(ErrorAnswers),
            Middleware(AccessControl, desk=desk),
            Middleware(tiles.TilesAtOnce, desk=desk),
            Middleware(BodyLimit, limits=desk.upload_limits),
            Middleware(FieldRules),
        ],
    )
    app.state.desk = desk
    app.state.revisions = Revisions()
    app.state.features = FeatureSource()
    app.state.tiles = TileSource(app.state.features, app.state.revisions)
    app.state.boards = board.Boards()
    app.state.downloads = CapacityLimiter(downloads.MOST_AT_A_TIME)
    app.state.one_run_gate = Lock()
    handle_errors(app)
    answer_refusals(app)
    for part in _PARTS:
        app.include_router(part.router)
    return app
