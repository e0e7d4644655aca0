"""The files of a ZIP, as far as there are not too many of them and they are not too large together."""

import io
import zipfile
import zlib

MOST_MEMBERS = 20_000  # a year of a company's chats is a file for each chat and day


def unpacked(data: bytes, most: int) -> list[tuple[str, bytes]] | None:
    """Each file's name and what is in it; None: too many, more than `most` bytes together, locked or broken."""
    inside: list[tuple[str, bytes]] = []
    left = most
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MOST_MEMBERS:
                return None
            for member in members:
                with archive.open(member) as opened:
                    inside.append((member.filename, opened.read(left + 1)))
                left -= len(inside[-1][1])
                if left < 0:
                    return None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError):
        return None
    return inside
