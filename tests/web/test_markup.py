from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.web.markup import Markup, document, join, tag


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, name, attributes):
        self.tags.append(name)
        self.attributes += attributes

    def handle_data(self, data):
        self.text += data


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=60)


@given(texts, texts)
def test_text_and_attributes_come_back_as_they_were(text, value):
    reader = Reader()
    reader.feed(tag("p", text, title=value))
    reader.close()
    assert reader.tags == ["p"]
    assert reader.attributes == [("title", value)]
    assert reader.text == text


def test_markup_is_not_escaped_twice():
    assert tag("p", tag("b", "a & b")) == "<p><b>a &amp; b</b></p>"


def test_joining_text_to_markup_makes_plain_text_again():
    assert not isinstance(tag("b", "x") + "<script>", Markup)
    assert tag("p", tag("b", "x") + "<i>") == "<p>&lt;b&gt;x&lt;/b&gt;&lt;i&gt;</p>"


@pytest.mark.parametrize(("value", "written"), [(True, "<p hidden></p>"), (False, "<p></p>"), (None, "<p></p>")])
def test_attributes_that_are_flags(value, written):
    assert tag("p", hidden=value) == written


def test_a_number_nought_is_written():
    assert tag("svg", x=0) == '<svg x="0"></svg>'


def test_a_document_has_its_doctype_and_language():
    assert document(lang="de", head=join(), body=tag("body", "ä")).startswith('<!doctype html>\n<html lang="de"><head>')
