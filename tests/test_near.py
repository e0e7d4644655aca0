"""Promises of the tests' network: nothing leaves this machine, whichever way it is tried."""

import asyncio
import socket

import httpx
import pytest

ELSEWHERE = "192.0.2.1"  # of nobody, by RFC 5737


def test_no_socket_reaches_another_machine() -> None:
    """Not at once, not by and by, and not by a datagram."""
    with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        with pytest.raises(OSError, match="a test wanted to reach"):
            stream.connect((ELSEWHERE, 80))
        with pytest.raises(OSError, match="a test wanted to reach"):
            stream.connect_ex((ELSEWHERE, 80))
        with pytest.raises(OSError, match="a test wanted to reach"):
            datagrams.sendto(b"", (ELSEWHERE, 80))


def test_no_other_machine_is_looked_up() -> None:
    """Neither is its address."""
    for look_up in (socket.gethostbyname, socket.gethostbyname_ex, lambda host: socket.getaddrinfo(host, 80)):
        with pytest.raises(OSError, match="a test wanted to look up"):
            look_up("elsewhere.example")


async def test_neither_does_what_stands_on_sockets() -> None:
    """The event loop's own ways, and the client of HTTP."""
    with pytest.raises(OSError, match="a test wanted to"):
        await asyncio.open_connection(ELSEWHERE, 80)
    with pytest.raises(OSError, match="a test wanted to"):
        await asyncio.get_running_loop().getaddrinfo("elsewhere.example", 80)
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://{ELSEWHERE}/")
