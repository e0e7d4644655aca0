"""Where a word stands in bytes, in whatever form it may have been left there."""

import gc
import zlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_GZIP, _ZLIB = b"\x1f\x8b\x08", (b"\x78\x01", b"\x78\x9c", b"\x78\xda")
_UNPACKED = 2**20


def forms(word: str) -> set[bytes]:
    """A word as it is in each encoding, and as Base64 wherever it may begin in it."""
    plain = {word.encode(encoding) for encoding in ENCODINGS}
    # of three places in Base64 each is written otherwise; its ends depend on what stands beside it
    coded = {b64encode(bytes(n) + one)[4 if n else 0 : -4] for one in plain for n in range(3)}
    return plain | coded | {one.hex().encode() for one in plain}


def stands(blob: bytes, word: str) -> bool:
    """Whether it stands there, or in anything packed that begins there."""
    wanted = forms(word)
    return any(form in text for text in (blob, *_unpacked(blob)) for form in wanted)


def files_with(word: str, *roots: Path) -> list[Path]:
    """All files below, of which one byte after the other is looked at."""
    paths = (path for root in roots for path in sorted(root.rglob("*")) if path.is_file())
    return [path for path in paths if stands(path.read_bytes(), word)]


def living(word: str) -> list[str]:
    """What kind of thing holds a text or bytes with this word, of all that this process can still reach."""
    gc.collect()
    found = []
    for holder in gc.get_objects():
        for one in gc.get_referents(holder):
            text = one.decode("latin-1") if isinstance(one, bytes) else one
            if type(text) is str and one is not word and word in text:
                found.append(f"{type(holder).__name__}: {text[:60]!r}")
    return found


def _unpacked(blob: bytes) -> Iterator[bytes]:
    for start, bits in ((_GZIP, 31), *((start, 15) for start in _ZLIB)):
        at = blob.find(start)
        while at >= 0:
            with suppress(zlib.error):
                yield zlib.decompressobj(bits).decompress(blob[at:], _UNPACKED)
            at = blob.find(start, at + 1)
