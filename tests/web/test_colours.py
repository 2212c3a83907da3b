import pytest

from geo_service.web.colours import PALETTE, crew_colour, ink_on


@pytest.mark.parametrize("colour", ["", "red", "#12345", "#1234567", "url(x)", '#12345"', "#12345g", "#123456\n"])
def test_what_is_no_colour_never_reaches_a_page(colour):
    assert crew_colour(colour, 0) == PALETTE[0]


def test_the_palette_starts_again():
    assert crew_colour("", len(PALETTE)) == PALETTE[0]


@pytest.mark.parametrize("colour", PALETTE)
def test_white_reads_on_the_palette(colour):
    assert ink_on(colour) == "#ffffff"


def test_black_on_yellow():
    assert ink_on("#f0e442") == "#000000"
