from datetime import date

import pytest

from geo_service.outputs.words import MONTHS, WEEKDAYS, long_date, number
from geo_service.web.words import WORDS, as_lang, short_date


def test_both_languages_have_the_same_words():
    assert WORDS["de"].keys() == WORDS["en"].keys()
    assert all(word.strip() for words in WORDS.values() for word in words.values())


def test_placeholders_are_the_same_in_both_languages():
    def holes(text):
        return sorted(part.split("}")[0] for part in text.split("{")[1:])

    for key, word in WORDS["de"].items():
        assert holes(word) == holes(WORDS["en"][key]), key


def test_weeks_and_years_are_complete():
    assert {len(days) for days in WEEKDAYS.values()} == {7}
    assert {len(months) for months in MONTHS.values()} == {12}


@pytest.mark.parametrize(
    ("asked", "lang"), [("en", "en"), ("en-GB", "en"), ("EN", "en"), ("de", "de"), ("fr", "de"), ("", "de")]
)
def test_german_unless_english_is_asked_for(asked, lang):
    assert as_lang(asked) == lang


def test_dates_and_numbers_as_each_language_writes_them():
    day = date(2027, 3, 1)
    assert (long_date(day, "de"), long_date(day, "en")) == ("Montag, 1. März 2027", "Monday, 1 March 2027")
    assert (short_date(day, "de"), short_date(day, "en")) == ("Mo 1.3.", "Mon 1/3")
    assert (number(1234567.89, "de", 1), number(1234567.89, "en", 1)) == ("1.234.567,9", "1,234,567.9")
