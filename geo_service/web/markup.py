"""Floor 8: HTML and SVG as values: every text is escaped unless it was made here.

One page is drawn on the server; a templating library would be a dependency for one template. `tag` escapes by
construction, which is the one thing that must not be forgotten.
"""

from __future__ import annotations

from html import escape


class Markup(str):
    """Text that is markup already: made by `tag` or `join`, never from what people typed."""

    __slots__ = ()


Child = str | int | None
"""What may stand in a tag: `Markup` as it is, other text escaped, numbers as they are, None left out."""

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """Return an element with its children.

    Parameters
    ----------
    name
        Name of the element.
    children
        See `Child`.
    attributes
        By name; a trailing underscore is dropped, others become hyphens. True writes the bare name,
        None and False leave the attribute out.

    Examples
    --------
    >>> tag("p", "Tor <links>", class_="note", hidden=False)
    '<p class="note">Tor &lt;links&gt;</p>'
    >>> tag("a", tag("b", "KLZ-0012"), href='?a="1"&b=2', aria_label="Karte")
    '<a href="?a=&quot;1&quot;&amp;b=2" aria-label="Karte"><b>KLZ-0012</b></a>'
    >>> tag("br")
    '<br>'
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(*children)}</{name}>")


def join(*children: Child) -> Markup:
    """Return the children one after another.

    Examples
    --------
    >>> join("1 < 2", None, tag("br"), 3)
    '1 &lt; 2<br>3'
    """
    return Markup("".join(_child(child) for child in children))


def head_of(title: str, *styles: str) -> Markup:
    """Return the head of one of the desk's own pages, with its style sheets by name."""
    return join(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="robots", content="noindex"),
        tag("title", title),
        tag("link", rel="icon", type="image/svg+xml", href="/static/icon.svg"),
        *(tag("link", rel="stylesheet", href=f"/static/css/{name}.css") for name in styles),
    )


def document(*, lang: str, head: Markup, body: Markup) -> str:
    """Return a whole HTML page."""
    return "<!doctype html>\n" + tag("html", tag("head", head), body, lang=lang)


def _child(child: Child) -> str:
    if child is None:
        return ""
    return child if isinstance(child, Markup) else escape(str(child))


def _attribute(key: str, value: str | int | bool | None) -> str:
    name = key.removesuffix("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
