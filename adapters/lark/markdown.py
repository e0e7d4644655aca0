"""Plain text inside a Lark card: whatever its markdown or its tags could read is written as an HTML entity."""

import html
import re

# The characters that Lark documents for escaping, with & | and @: no tag, link, image, emoji, table or code can
# begin. Indentation, numbering and underlining mean something at the start of a line alone; www. would be a link.
_SPECIAL = re.compile(r"[&<>~!*/\\\[\]()#:+\"'`$_|@\r\u00b7-]|^[ \t=]+|^\d+(?=[.)])|(?<=www)\.", re.MULTILINE | re.I)


def escape(text: str) -> str:
    """`text` as a card's markdown shows it unchanged: nobody is pinged, nothing becomes a link."""
    return _SPECIAL.sub(lambda hit: "".join(f"&#{ord(c)};" for c in hit[0]), text)


def unescape(markdown: str) -> str:
    """The inverse of `escape`."""
    return html.unescape(markdown)


def quoted(text: str) -> str:
    """`text` as a block quotation, a line each."""
    return "\n".join(f"> {line}" for line in escape(text).split("\n"))


def unquoted(markdown: str) -> str:
    """The inverse of `quoted`."""
    return unescape("\n".join(line.removeprefix("> ") for line in markdown.split("\n")))
