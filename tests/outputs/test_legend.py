"""Legends and patterns: a swatch and a name for each class, in both forms and languages; patterns repeat seamlessly."""

from __future__ import annotations

import io
import json
from datetime import date
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from geo_service.outputs.legend import legend_png, legend_svg
from geo_service.outputs.map_classes import MAPS, classes_of
from geo_service.outputs.map_colours import Look, channels
from geo_service.outputs.sprites import SIDE, pattern_image, sprite_index, sprite_picture
from geo_service.web.colours import map_colours

TODAY = date(2026, 11, 26)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def legends(crews):
    def of(name: str, theme: str):
        colours = map_colours(theme)
        return MAPS[name], classes_of(MAPS[name], colours, today=TODAY, crews=crews), colours

    return of


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", MAPS)
def test_both_forms_show_every_class(legends, name: str, theme: str, lang: str) -> None:
    the_map, classes, colours = legends(name, theme)
    root = ET.fromstring(legend_svg(the_map, classes, colours, lang=lang))
    texts = [one.text for one in root.iter(f"{SVG}text")]
    assert texts == [the_map.title(lang), *(one.name(lang) for one in classes)]
    width, height = int(root.get("width")), int(root.get("height"))
    drawn = {one.get("fill") for one in root.iter(f"{SVG}rect")} | {
        one.get("stroke") for one in root.iter(f"{SVG}line")
    }
    assert {one.look.fill for one in classes} <= drawn
    picture = Image.open(io.BytesIO(legend_png(the_map, classes, colours, lang=lang)))
    assert picture.size == (2 * width, 2 * height)
    seen = {tuple(colour) for colour in np.asarray(picture.convert("RGB")).reshape(-1, 3).tolist()}
    assert {channels(one.look.fill) for one in classes} <= seen
    edge = np.asarray(picture.convert("RGB"))[:, -8:]
    assert (edge == channels(colours.ground["quarter_fill"])).all(), "a name runs out of the picture"


def test_names_are_escaped(legends, crews) -> None:
    from dataclasses import replace

    the_map, _, colours = legends("routes-by-crew", "light")
    odd = classes_of(the_map, colours, today=TODAY, crews=[replace(crews[0], name='<b>&"')])
    assert '<b>&"' in [one.text for one in ET.fromstring(legend_svg(the_map, odd, colours)).iter(f"{SVG}text")]


@pytest.mark.parametrize("ratio", [1, 2])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list_says_where_each_pattern_stands(theme: str, ratio: int) -> None:
    colours = map_colours(theme)
    index = json.loads(sprite_index(colours, ratio=ratio))
    picture = Image.open(io.BytesIO(sprite_picture(colours, ratio=ratio)))
    assert len({(one["x"], one["y"]) for one in index.values()}) == len(index)
    for name, place in index.items():
        looks, _, code = name.partition("-")
        look = colours.looks[looks][code]
        box = (place["x"], place["y"], place["x"] + place["width"], place["y"] + place["height"])
        pixels = np.asarray(picture.crop(box))
        assert pixels.shape == (SIDE * ratio, SIDE * ratio, 4)
        assert place["pixelRatio"] == ratio
        assert (pixels[..., 3] > 150).any() and (pixels[..., 3] == 0).any()
        assert {tuple(one) for one in pixels[pixels[..., 3] > 0][:, :3].tolist()} == {channels(look.mark)}


@pytest.mark.parametrize("pattern", ["hatch", "dots", "level", "cross"])
def test_patterns_repeat_without_a_seam(pattern: str) -> None:
    """What is drawn twice as wide and cut in the middle is what is drawn once."""
    look = Look("#ffffff", "#000000", "#000000", pattern)
    alpha = np.asarray(pattern_image(look, SIDE, 1))[..., 3].astype(int)
    assert np.abs(alpha - np.roll(alpha, (8, 8), (0, 1))).max() <= 1
    wide = np.asarray(pattern_image(look, 3 * SIDE, 1))[SIDE : 2 * SIDE, SIDE : 2 * SIDE, 3].astype(int)
    assert np.abs(wide - alpha).max() <= 1
