"""Somebody lets the bot read as them by DingTalk's own client: as themselves, once, and nothing is left of it."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.base import PlatformError, Refused, Unavailable
from adapters.dingtalk.dws import Dws
from adapters.dingtalk.lending import Lender, LendingDingTalk
from adapters.dingtalk.settings import Settings
from adapters.history import Login, NotAllowed
from tests.dingtalk.scripted import QUICK, WEI, StandIn

PERSON = "dingtalk:demo:staff_wei"
HOLDER = """
import asyncio, sys
from pathlib import Path
from adapters.dingtalk.dws import Dws
from adapters.dingtalk.lending import Lender

async def main() -> None:
    await Lender(Dws(sys.argv[1], Path(sys.argv[2]))).ask()
    print("asked", flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture
def stand_in(tmp_path: Path) -> StandIn:
    """The client, where it says yes for 王伟 as soon as it is told to."""
    return StandIn(tmp_path)


@pytest.fixture
async def lender(stand_in: StandIn) -> AsyncIterator[Lender]:
    """Who starts it; afterwards nothing is left, whatever a test did."""
    made = Lender(stand_in.dws())
    yield made
    await made.aclose()
    assert stand_in.left == []


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


async def _all_gone(stand_in: StandIn) -> None:
    async with asyncio.timeout(10):
        while not all(_gone(one["pid"]) for one in stand_in.asked):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("no", Refused),
        ("late no", Refused),
        ("closed", NotAllowed),
        ("closed in English", NotAllowed),
        ("closed to her", NotAllowed),
        ("unsure", Unavailable),
    ],
)
async def test_a_no_is_a_no_hers_or_the_companys(
    stand_in: StandIn, lender: Lender, answer: str, why: type[PlatformError]
) -> None:
    """What the client writes about it stays with the client; of her login nothing is left at once."""
    login = await lender.ask()
    stand_in.answer(answer)
    with pytest.raises(PlatformError) as refused:
        await lender.lent(login, PERSON)
    assert type(refused.value) is why
    assert "CLI" not in str(refused.value)
    assert stand_in.left == []


async def test_a_yes_that_is_faster_than_its_page_is_a_yes(stand_in: StandIn, lender: Lender) -> None:
    """Whoever is logged in by the time that the page is read has not been refused."""
    stand_in.answer("yes")
    login = await lender.ask()
    assert await lender.lent(login, PERSON)
    await lender.forget(login)


async def test_a_page_runs_out_and_its_client_is_ended(stand_in: StandIn, lender: Lender) -> None:
    """Nobody said anything; a yes that comes after it is nobody's, for nothing waits for it."""
    login = await lender.ask()
    with pytest.raises(Refused):
        await lender.lent(replace(login, seconds=0.1), PERSON)
    assert stand_in.left == []
    await _all_gone(stand_in)
    with pytest.raises(Refused):
        await lender.lent(login, PERSON)


@pytest.mark.parametrize("other", [{"staff": "staff_li"}, {"corp": "other"}, {"staff": "staff_li", "name": "王伟"}])
async def test_the_yes_of_somebody_else_is_none_and_is_forgotten_at_once(
    stand_in: StandIn, lender: Lender, other: dict[str, str]
) -> None:
    """Another colleague, or she herself in another company: logged out before anybody is told, and nothing is read."""
    stand_in.write(me=WEI | other)
    login = await lender.ask()
    stand_in.answer("yes")
    with pytest.raises(Refused):
        await lender.lent(login, PERSON)
    assert stand_in.left == []
    assert [" ".join(one["words"][:3]) for one in stand_in.asked][1:] == [
        "contact user get-self",
        "auth logout --yes",
    ]


@pytest.mark.parametrize("shown", [{"open": ""}, {"told": ["open_wei", "open_other"]}])
async def test_whose_messages_they_are_is_never_guessed(
    stand_in: StandIn, lender: Lender, shown: dict[str, object]
) -> None:
    """Where the directory shows her namesakes alone, or her twice, nothing is read."""
    stand_in.write(me=WEI | shown)
    login = await lender.ask()
    stand_in.answer("yes")
    with pytest.raises(Unavailable):
        await lender.lent(login, PERSON)
    assert stand_in.left == []


@pytest.mark.parametrize(("login", "why"), [("dies", Refused), ("silent", Unavailable)])
async def test_a_client_that_shows_no_page_bothers_nobody(stand_in: StandIn, login: str, why: type[Exception]) -> None:
    """It ends, or says nothing for too long: it is over, and its directory with it."""
    stand_in.write(login=login)
    with pytest.raises(why):
        await Lender(stand_in.dws(replace(QUICK, link=0.3))).ask()
    assert stand_in.left == []
    await _all_gone(stand_in)


async def test_a_client_that_is_not_there_is_no_refusal(stand_in: StandIn) -> None:
    """That is the operator's to put right, and `fenshen doctor` says so; nobody is told that the company forbids it."""
    missing = Lender(Dws(str(stand_in.here / "nothing"), stand_in.under, QUICK))
    with pytest.raises(Unavailable):
        await missing.ask()
    assert stand_in.left == []
    finding = await missing.finding()
    assert not finding.ok
    assert "DINGTALK_DWS" in finding.cure


@pytest.mark.parametrize("page", ["https://evil.example/device/verify.htm", "http://login.dingtalk.com/verify.htm"])
async def test_a_page_that_is_not_dingtalks_is_shown_to_nobody(stand_in: StandIn, page: str) -> None:
    """Whatever the client writes, owners are sent to DingTalk's own page alone, and encrypted."""
    stand_in.write(page=page)
    with pytest.raises(Unavailable):
        await Lender(stand_in.dws(replace(QUICK, link=0.3))).ask()


@pytest.mark.parametrize(("layout", "seconds"), [("box", 600.0), ("newer", 600.0), ("plain", 600.0)])
async def test_page_and_code_are_found_in_what_each_version_writes(
    stand_in: StandIn, lender: Lender, layout: str, seconds: float
) -> None:
    """In a box or not, in colours or not, in Chinese or English, with the code in the link where there is one."""
    stand_in.write(layout=layout)
    login = await lender.ask()
    assert (login.code, login.seconds) == ("VQNJ-DFND", seconds)
    assert login.url.startswith("https://login.dingtalk.com/oauth2/device/verify.htm")
    assert login.url.endswith("user_code=VQNJ-DFND") == (layout != "plain")
    assert login.secret not in f"{login}"


async def test_the_client_gets_nothing_of_ours(
    stand_in: StandIn, lender: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a secret nor a home: its environment is a handful of names, and all its places lie in the directory."""
    monkeypatch.setenv("DINGTALK_CLIENT_SECRET", "hush")
    monkeypatch.setenv("DATABASE_URL", "postgresql://hush@db")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    await _lent(stand_in, lender)
    (home, *_) = stand_in.under.iterdir()
    assert home.stat().st_mode & 0o077 == 0
    assert stand_in.under.stat().st_mode & 0o077 == 0
    for one in stand_in.asked:
        env = one["env"]
        assert "hush" not in f"{env}"
        assert env["HTTPS_PROXY"] == "http://proxy.example:3128"
        assert {env[name] for name in ("HOME", "TMPDIR")} == {str(home)}
        assert {Path(env[f"DWS_{name}_DIR"]).parent for name in ("CONFIG", "CACHE", "KEYCHAIN")} == {home}
        known = {
            "PATH",
            "LANG",
            "LC_ALL",
            "LC_CTYPE",
            "HOME",
            "TMPDIR",
            "TZ",
            "BROWSER",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
        }
        assert {name for name in env if not name.startswith("DWS_") and "proxy" not in name.lower()} <= known


async def test_what_was_lent_is_logged_out_and_gone(stand_in: StandIn, lender: Lender) -> None:
    """The token lies in the directory for as long as the reading lasts, and no longer; forgetting twice is once."""
    login = await _lent(stand_in, lender)
    assert [one for one in stand_in.left if one.name == "token"]
    await lender.forget(login)
    await lender.forget(login)
    assert stand_in.left == []
    assert [one["words"] for one in stand_in.asked][-1] == ["auth", "logout", "--yes"]


async def test_whoever_is_stopped_while_they_wait_leaves_nothing(stand_in: StandIn, lender: Lender) -> None:
    """The client and whatever it started are ended with the one who waited for it."""
    login = await lender.ask()
    waiting = asyncio.create_task(lender.lent(login, PERSON))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert stand_in.left == []
    await _all_gone(stand_in)


async def test_whoever_is_stopped_while_they_read_is_not_held_up(stand_in: StandIn, lender: Lender) -> None:
    """There is no time to log out: the directory goes, and with it all that the login was."""
    login = await _lent(stand_in, lender)

    async def reading() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await lender.forget(login)

    under_way = asyncio.create_task(reading())
    await asyncio.sleep(0)
    under_way.cancel()
    await asyncio.gather(under_way, return_exceptions=True)
    assert stand_in.left == []
    assert stand_in.asked[-1]["words"][0] == "contact"


async def test_what_a_killed_bot_left_goes_at_the_next_start(stand_in: StandIn) -> None:
    """Its directory and the client that went on waiting in it; what another bot holds beside it stays."""
    stand_in.write(quiet=True)  # one that writes would end of that: nobody reads it any more
    words = (sys.executable, "-c", HOLDER, str(stand_in.path), str(stand_in.under))
    holder = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    assert holder.stdout
    assert await holder.stdout.readline() == b"asked\n"
    Lender(stand_in.dws())
    (held,) = stand_in.under.iterdir()
    (asked,) = stand_in.asked
    assert not _gone(asked["pid"])
    holder.send_signal(signal.SIGKILL)
    await holder.wait()
    young = stand_in.under / "young"
    young.mkdir()
    Lender(stand_in.dws())
    assert not held.exists()
    assert young.exists()  # about to be locked by whoever made it
    os.utime(young, (time.time() - 3600,) * 2)
    Lender(stand_in.dws())
    assert stand_in.left == []
    await _all_gone(stand_in)


async def test_the_doctor_says_which_version_there_is(stand_in: StandIn, settings: Settings) -> None:
    """Its line stands among DingTalk's own; one that starts but tells no version is none that can be relied on."""
    platform = LendingDingTalk(settings, stand_in.dws())
    said = {one.what: one for one in await platform.diagnose()}
    stand_in.write(version="usage: something else")
    odd = {one.what: one for one in await platform.diagnose()}
    await platform.ask_login()
    await platform.aclose()  # whoever was asked, with it
    what = "DingTalk: reading as an owner (dws)"
    assert said[what].ok
    assert "1.0.62" in said[what].cure
    assert not odd[what].ok
    assert stand_in.left == []


async def _lent(stand_in: StandIn, lender: Lender) -> Login:
    login = await lender.ask()
    stand_in.answer("yes")
    await lender.lent(login, PERSON)
    return login
