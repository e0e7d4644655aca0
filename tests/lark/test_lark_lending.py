"""Somebody lets the bot read as them: on Lark's own page, as themselves, for one reading, and for nobody else."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import httpx
import pytest

from adapters.base import Message, Refused, Unavailable, Unreachable
from adapters.history import Login
from adapters.lark.client import Lark
from adapters.lark.lending import SCOPES
from adapters.lark.simulator import LarkSimulator
from adapters.world import Chat, World

ALONE, OPS = "lark:cli_a1:oc_alone", "lark:cli_a1:oc_ops"
ANA, BO = "lark:cli_a1:ou_ana", "lark:cli_a1:ou_bo"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
CLOSED = (Refused, Unreachable)


@pytest.fixture(autouse=True)
def alone(simulator: LarkSimulator, world: World) -> None:
    """A chat of Ana's in which there is no bot, and a platform that does not make tests wait."""
    world.chats["oc_alone"] = Chat("oc_alone", "老同事", False, ("ou_ana",))
    simulator.tenant.without_bot.add("oc_alone")
    world.post("oc_alone", "ou_ana", "证书每年三月换。")
    simulator.faults.login_interval = 0.05


async def _said(lark: Lark, login: Login, person: str, chat: str = ALONE) -> list[str]:
    eyes = await lark.lent(login, person)
    return [seen.text async for seen in eyes.history(chat, since=LONG_AGO) if isinstance(seen, Message)]


async def test_whoever_says_no_lends_nothing(lark: Lark, simulator: LarkSimulator) -> None:
    """A no is told at once, and the code is of no use after it."""
    login = await lark.ask_login()
    simulator.logins.answer(login.code, None)
    for _ in range(2):
        with pytest.raises(Refused):
            await lark.lent(login, ANA)


async def test_the_yes_of_somebody_else_is_none(lark: Lark, simulator: LarkSimulator) -> None:
    """A page that was passed on lends nobody's eyes, not even to the one who opened it."""
    login = await lark.ask_login()
    simulator.logins.answer(login.code, "ou_bo")
    with pytest.raises(Refused):
        await lark.lent(login, ANA)


async def test_a_page_runs_out(lark: Lark, simulator: LarkSimulator) -> None:
    """Nobody said anything: it is over after the time that Lark gave it."""
    simulator.faults.login_expires = 0.3
    with pytest.raises(Refused):
        await asyncio.wait_for(lark.lent(await lark.ask_login(), ANA), 20)
    simulator.faults.login_expires = None
    given = await lark.ask_login()
    with pytest.raises(Refused):
        await asyncio.wait_for(lark.lent(Login(given.url, given.code, 0.2, given.wait, given.secret), ANA), 20)


async def test_where_the_app_may_not_ask_there_is_no_page(lark: Lark, simulator: LarkSimulator) -> None:
    """An admin has not approved reading as a person: it is refused before anybody is bothered."""
    simulator.faults.denied.add("im:message.group_msg:get_as_user")
    with pytest.raises(Refused):
        await lark.ask_login()


@pytest.mark.parametrize("page", ["javascript:alert(1)", "http://elsewhere.example/device", ""])
async def test_a_page_that_is_no_secure_one_is_shown_to_nobody(lark: Lark, simulator: LarkSimulator, page: str) -> None:
    """Whatever answers in Lark's place, owners are sent to https alone, or to where the app itself is."""
    found = {"verification_uri": page, "user_code": "ABC", "device_code": "d"}
    simulator.faults.fail_next("device_authorization", 200, found)
    with pytest.raises(Refused):
        await lark.ask_login()


async def test_a_platform_that_does_not_answer_is_no_refusal(lark: Lark, simulator: LarkSimulator) -> None:
    """Another try may help, so nothing is denied; while somebody makes up their mind it is tried again by itself."""
    simulator.faults.fail_next("device_authorization", 502, {})
    with pytest.raises(Unavailable):
        await lark.ask_login()
    login = await lark.ask_login()
    simulator.logins.answer(login.code, "ou_ana")
    simulator.faults.fail_next("oauth/token", 502, {}, times=2)
    assert await _said(lark, login, ANA) == ["证书每年三月换。"]


async def test_what_the_bot_cannot_read_is_read_with_its_owners_eyes(lark: Lark, simulator: LarkSimulator) -> None:
    """Once Ana has said yes on Lark's page, what she can read is read, and by her token alone."""
    with pytest.raises(CLOSED):
        _ = [m async for m in lark.history(ALONE, since=LONG_AGO)]
    login = await lark.ask_login()
    reading = asyncio.create_task(_said(lark, login, ANA))
    async with httpx.AsyncClient() as browser:
        page = await browser.get(login.url)
        assert login.code in page.text
        await browser.post(login.url, data={"person": "ou_ana"})
    assert await asyncio.wait_for(reading, 20) == ["证书每年三月换。"]
    with pytest.raises(CLOSED):
        _ = [m async for m in lark.history(ALONE, since=LONG_AGO)]


async def test_eyes_see_what_their_owner_sees_and_no_more(lark: Lark, simulator: LarkSimulator, world: World) -> None:
    """A chat that Ana is not in stays closed, though somebody else is, and so does all but reading."""
    world.chats["oc_bos"] = Chat("oc_bos", "Bo", False, ("ou_bo",))
    simulator.tenant.without_bot.add("oc_bos")
    login = await lark.ask_login()
    simulator.logins.answer(login.code, "ou_ana")
    eyes = await lark.lent(login, ANA)
    with pytest.raises(CLOSED):
        _ = [m async for m in eyes.history("lark:cli_a1:oc_bos", since=LONG_AGO)]
    ((token, (person, scopes)),) = simulator.tenant.lent.items()
    assert (person, scopes) == ("ou_ana", frozenset(SCOPES.split()))
    assert token not in f"{eyes}"
    assert login.secret not in f"{login}"


async def test_a_yes_is_used_once_and_a_token_that_ran_out_is_not_tried_again(
    lark: Lark, simulator: LarkSimulator
) -> None:
    """A code that was taken up opens nothing; without its token the reading ends, and the app's own stays out of it."""
    login = await lark.ask_login()
    simulator.logins.answer(login.code, "ou_ana")
    eyes = await lark.lent(login, ANA)
    with pytest.raises(Refused):
        await lark.lent(login, ANA)
    simulator.tenant.lent.clear()
    before = len(simulator.tenant.requests)
    with pytest.raises(CLOSED):
        _ = [m async for m in eyes.history(ALONE, since=LONG_AGO)]
    asked = [r for r in simulator.tenant.requests[before:] if r.endswith("/im/v1/messages")]
    assert len(asked) == 1


async def test_lark_is_asked_no_more_often_than_it_likes(lark: Lark, simulator: LarkSimulator) -> None:
    """Told to slow down, the bot does, and what is said meanwhile still counts."""
    login = await lark.ask_login()
    hasty = Login(login.url, login.code, login.seconds, 0.0, login.secret)
    reading = asyncio.create_task(_said(lark, hasty, ANA))
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(reading), 0.5)
    assert simulator.logins.asked <= 20
    simulator.logins.answer(login.code, "ou_ana")
    assert await asyncio.wait_for(reading, 30) == ["证书每年三月换。"]
