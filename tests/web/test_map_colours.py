"""The map's colours: one source for pages and styles, distinct for colour-blind eyes, lines that stand out."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from geo_service.outputs.map_colours import channels
from geo_service.web.colours import PALETTE_FILE, _literal, map_colours

SIGHT = {
    "usual": np.eye(3),
    # Machado, Oliveira and Fernandes 2009, severity 1, on linear light
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
LEAST = 0.05
"""Of the distance in OKLab: two fills that are nearer must differ by their pattern."""


def linear(colour: str) -> np.ndarray:
    values = np.array(channels(colour)) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def oklab(light: np.ndarray) -> np.ndarray:
    """Björn Ottosson's OKLab of linear sRGB."""
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return lab @ np.cbrt(cones @ np.clip(light, 0, 1))


def distance(one: str, other: str, sight: str) -> float:
    return float(np.linalg.norm(oklab(SIGHT[sight] @ linear(one)) - oklab(SIGHT[sight] @ linear(other))))


def contrast(one: str, other: str) -> float:
    """WCAG 2."""
    lights = sorted(float(np.array([0.2126, 0.7152, 0.0722]) @ linear(colour)) for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_classes_are_told_apart_by_all_eyes(theme: str, sight: str) -> None:
    for name, looks in map_colours(theme).looks.items():
        for (code, one), (other_code, other) in combinations(looks.items(), 2):
            if "public" in (code, other_code):
                continue  # never beside the others
            apart = distance(one.fill, other.fill, sight)
            told = one.pattern != other.pattern or one.dashed != other.dashed
            assert apart >= LEAST or told, (name, code, other_code, round(apart, 3))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_outlines_stand_out_from_the_ground(theme: str) -> None:
    colours = map_colours(theme)
    for looks in colours.looks.values():
        for code, look in looks.items():
            for ground in ("paper", "quarter_fill", "green", "built"):
                assert contrast(look.line, colours.ground[ground]) >= 3, (theme, code, ground)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_patterns_are_seen_on_their_fill(theme: str) -> None:
    for looks in map_colours(theme).looks.values():
        for code, look in looks.items():
            if look.pattern != "plain":
                assert contrast(look.mark, look.fill) >= 2, (theme, code, contrast(look.mark, look.fill))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_names_can_be_read(theme: str) -> None:
    ground = map_colours(theme).ground
    for ink in ("ink", "quarter_ink", "street_ink", "green_ink", "water_ink"):
        assert contrast(ground[ink], ground["halo"]) >= 4.5, ink


def test_the_tests_can_fail() -> None:
    assert distance("#e41a1c", "#4daf4a", "deutan") < distance("#e41a1c", "#4daf4a", "usual") / 1.5
    assert distance("#e0a95a", "#b7dc95", "deutan") > distance("#d08080", "#90a060", "deutan")


def test_pages_and_styles_have_one_source() -> None:
    source = PALETTE_FILE.read_text(encoding="utf-8")
    assert set(_literal(source, "LIGHT")) == set(_literal(source, "DARK"))
    assert len(set(map_colours("light").crews)) == len(map_colours("light").crews)
    with pytest.raises(ValueError, match="no constant"):
        _literal(source, "SEPIA")
