"""The long connection's binary frames (pbbp2), written by hand from their definition, apart from the SDK's codec."""

from collections.abc import Iterator
from dataclasses import dataclass

CONTROL, DATA = 0, 1
_VARINT, _BYTES = 0, 2


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; headers in the order in which they stand."""

    method: int
    headers: tuple[tuple[str, str], ...] = ()
    payload: bytes = b""
    service: int = 1
    seq: int = 0
    log: int = 0

    def header(self, key: str) -> str:
        """The header's value, "" if there is none."""
        return dict(self.headers).get(key, "")


def encode(frame: Frame) -> bytes:
    """The frame's bytes."""
    numbers = ((1, frame.seq), (2, frame.log), (3, frame.service), (4, frame.method))
    parts = [_tag(n, _VARINT) + _varint(value) for n, value in numbers]
    for key, value in frame.headers:
        parts.append(_block(5, _block(1, key.encode()) + _block(2, value.encode())))
    if frame.payload:
        parts.append(_block(8, frame.payload))
    return b"".join(parts)


def decode(data: bytes) -> Frame:
    """The frame in these bytes. Raises ValueError."""
    numbers, headers, payload = dict.fromkeys((1, 2, 3, 4), 0), [], b""
    for number, value in _fields(data):
        if isinstance(value, int):
            numbers[number] = value
        elif number == 5:
            pair = dict(_fields(value))
            headers.append((_text(pair.get(1)), _text(pair.get(2))))
        elif number == 8:
            payload = value
    return Frame(numbers[4], tuple(headers), payload, service=numbers[3], seq=numbers[1], log=numbers[2])


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else ""


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        key, at = _number(data, at)
        if key & 7 == _VARINT:
            value, at = _number(data, at)
            yield key >> 3, value
        elif key & 7 == _BYTES:
            size, at = _number(data, at)
            if at + size > len(data):
                raise ValueError("cut short")
            yield key >> 3, data[at : at + size]
            at += size
        else:
            raise ValueError(f"wire type {key & 7}")


def _number(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data):
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at
    raise ValueError("cut short")


def _tag(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))


def _block(number: int, data: bytes) -> bytes:
    return _tag(number, _BYTES) + _varint(len(data)) + data
