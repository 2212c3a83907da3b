"""Floor 8: one plot as a feature, with its version and the entity tag that a change of it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from urllib.parse import quote

import numpy as np
import orjson

from geo_service import __version__
from geo_service.api.crs import CRS84, Crs
from geo_service.api.feature_pages import Page
from geo_service.api.feature_source import FeatureSource, plot_as_seen
from geo_service.api.items_query import Shape
from geo_service.api.reading import GEOJSON, JSON, Reading
from geo_service.api.schemas import Link
from geo_service.outputs.collections import PLOTS, Collection
from geo_service.outputs.feature_table import FeatureTable
from geo_service.outputs.plain import plain
from geo_service.plots.model import Plot
from geo_service.plots.remarks import Remark
from geo_service.plots.version import plot_version


@dataclass(frozen=True)
class PlotFeature:
    """A plot as a reader sees it, with its version: both of one moment, for it is read from the store by itself.

    Attributes
    ----------
    tag
        The entity tag: the version, and a digest of how the feature is shown.
    """

    page: Page
    version: str
    tag: str

    @classmethod
    def of(cls, reading: Reading, plot: Plot, crs: Crs = CRS84) -> PlotFeature | None:
        """Return a plot as a reader sees it, None when it is not for the reader."""
        source: FeatureSource = reading.request.app.state.features
        role = reading.who.role
        seen = plot_as_seen(reading.desk.store, plot, role)
        if not len(seen.ids):
            return None
        table = FeatureTable([seen], reading.seen(PLOTS), multi=source.is_multi(PLOTS, role))
        page = Page(table, 1, np.array([0]), None)
        version = plot_version(plot)
        form = "html" if reading.as_page else "json"
        shown = [__version__, form, crs.uri, reading.attribution, table.encoded(table.all())[0].decode()]
        return cls(page, version, f'"{version}-{blake2b(orjson.dumps(shown), digest_size=4).hexdigest()}"')

    def told(self, reading: Reading, crs: Crs = CRS84, remarks: Iterable[Remark] | None = None) -> bytes:
        """Return the feature as GeoJSON with its version, links, and what an editor must know."""
        key = quote(str(self.page.keys()[0]), safe="")
        links = item_links(reading, PLOTS, f"/collections/plots/items/{key}")
        members = {} if remarks is None else {"remarks": remarks_told(remarks)}
        return told_alone(reading, self.page.encoded(Shape(crs))[0], links, version=self.version, **members)


def item_links(reading: Reading, collection: Collection, path: str) -> list[Link]:
    """Return the links of a feature that is told alone."""
    here = f"{reading.desk.base_url}/collections/{collection.name}"
    title = f"{collection.title_de} · {collection.title_en}"
    return [*reading.self_links(path, GEOJSON), Link(href=here, rel="collection", type=JSON, title=title)]


def told_alone(reading: Reading, feature: bytes, links: list[Link], **members: object) -> bytes:
    """Return a feature with what must be read with it."""
    further = {"attribution": reading.attribution, "links": [link.model_dump() for link in links], **members}
    return b"%b,%b" % (feature.removesuffix(b"}"), orjson.dumps(further).removeprefix(b"{"))


def remarks_told(remarks: Iterable[Remark]) -> list[dict[str, str]]:
    """Return remarks as answers carry them."""
    return [
        {"code": one.code, "text": plain(one.text), "text_en": plain(one.text_en), "plot": one.plot} for one in remarks
    ]
