"""What readers can see of a text: no character that hides, turns round or carries anything."""

import re
import unicodedata

# soft hyphens, zero-width and bidirectional marks, tag characters, variation selectors that carry bytes
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff"
    "\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.|mailto:|data:|javascript:)[^\s<>()（）\[\]，。；、“”\"']*", re.I)
_MARKED = re.compile(r"!?\[[^\]]*\]\([^)]*\)|</?[a-z][^>]*>", re.I)


def visible(text: str) -> str:
    """A text as everybody reads it, on one line."""
    plain = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return " ".join(_CONTROL.sub(" ", plain).split())


def brings_in(text: str, cited: str) -> bool:
    """Whether a text has a link, an image or a tag that does not stand in what it cites."""
    found = (match[0].rstrip(".,;:!?") for pattern in (_LINK, _MARKED) for match in pattern.finditer(text))
    return any(one not in cited for one in found)
