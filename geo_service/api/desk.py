"""Floor 8: what the API needs from the rest of the house, put in by `geo_service.main`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends, Request

from geo_service.api.oidc import SignInService
from geo_service.api.rate_limit import RateLimiter
from geo_service.api.uploads import UploadLimits
from geo_service.base.clock import Clock
from geo_service.store.model import Run
from geo_service.store.photo_folder import PhotoPlace
from geo_service.store.protocol import Store


@dataclass(frozen=True)
class Desk:
    """Everything the API works with.

    Attributes
    ----------
    store
        Read from several worker threads at the same time.
    clock
        Aware time in UTC.
    submit_run
        Starts a planning run that the store already knows, and returns at once; the run tells its progress and how
        it ended in the store.
    base_url
        Where the desk is reached, without a slash at the end: ``"http://127.0.0.1:8000"``. Links begin with it.
    poll_s
        Seconds between two looks at a planning run while somebody watches its progress.
    limiter
        Counts what may be asked only so often.
    sign_in_service
        The identity provider that people sign in with, None when there is none.
    photos
        Where the files of photos lie, None: photos are not taken.
    upload_limits
        How long a body may take.
    basemap
        Where the basemap lies when there is one, None: it is not served.
    """

    store: Store
    clock: Clock
    submit_run: Callable[[Run], None]
    base_url: str
    poll_s: float = 0.5
    limiter: RateLimiter = field(default_factory=RateLimiter)
    sign_in_service: SignInService | None = None
    photos: PhotoPlace | None = None
    upload_limits: UploadLimits = field(default_factory=UploadLimits)
    basemap: Path | None = None


async def desk_of(request: Request) -> Desk:
    """Return the desk that the application was created with."""
    return cast(Desk, request.app.state.desk)


DeskHere = Annotated[Desk, Depends(desk_of)]
"""A parameter of an endpoint that receives the desk."""
