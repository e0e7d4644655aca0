"""A file's bytes as text, and how much there is to read in it before anything does."""

MOST_LINES = 2_000_000  # of a file, or of all that an archive holds: more would take minutes, and all the memory
_BEGIN_MORE = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029{["


def decoded(data: bytes) -> str | None:
    """As UTF-8, as UTF-16 with its mark, or as what Chinese Windows writes; None: as none of these."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def lines_of(text: str) -> int:
    """How many lines, objects and lists begin in a text, whatever kind of file it is."""
    return sum(map(text.count, _BEGIN_MORE))
