"""Lark's REST API for the bot: members, names, authors, files and history, and what to do when it fails."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.base import (
    Address,
    Button,
    Card,
    File,
    Message,
    Recalled,
    Refused,
    Unavailable,
)
from adapters.history import Reached
from adapters.lark.client import Lark
from adapters.lark.settings import Credentials, Timings
from adapters.lark.simulator import LarkSimulator
from adapters.world import Chat, Person, World

OPS, ANA, BO = "lark:cli_a1:oc_ops", "lark:cli_a1:ou_ana", "lark:cli_a1:ou_bo"
CARD = Card("Title", "the answer", label="AI 分身", answer="A7F3C2", buttons=(Button("good", "👍", {"answer": "A7"}),))
HASTY = Timings(first_retry=0.01, tries=2)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_members_are_all_people_of_a_chat(lark: Lark, world: World) -> None:
    """However many pages it takes, everybody who can read the chat is told, by name."""
    crowd = {f"ou_{n}": Person(f"ou_{n}", f"N{n}") for n in range(230)}
    world.people |= crowd
    world.chats["oc_all"] = Chat("oc_all", "all", False, tuple(crowd))
    members = await lark.members("lark:cli_a1:oc_all")
    assert members == {f"lark:cli_a1:{p.id}": p.name for p in crowd.values()}


async def test_untold_members_are_none_not_nobody(lark: Lark, simulator: LarkSimulator) -> None:
    """Without the permission nobody knows who reads: that is not an empty chat."""
    simulator.faults.denied.add("im:chat.members:read")
    assert await lark.members(OPS) is None


async def test_other_names_are_those_of_the_directory_and_none_where_it_does_not_tell(
    lark: Lark, simulator: LarkSimulator, world: World
) -> None:
    """The nickname and the English name, without the name on display; nobody of another app is asked about."""
    world.people["ou_ana"] = Person("ou_ana", "王小明", en_name="Ming Wang", nickname="明仔")
    world.people["ou_bo"] = Person("ou_bo", "Bo", en_name="Bo")
    assert await lark.also_called(ANA) == ("明仔", "Ming Wang")
    assert [await lark.also_called(who) for who in (BO, "lark:cli_a1:ou_none", "lark:other:ou_ana")] == [()] * 3
    simulator.faults.denied.add("contact:user.base:readonly")
    assert await lark.also_called(ANA) == ()


async def test_members_and_names_are_asked_for_seldom(company: Any, simulator: LarkSimulator) -> None:
    """Within a minute the same question is not put to Lark twice."""
    lark = Lark(company.credentials())
    await lark.author(OPS, "om_none")  # the token is fetched
    assert [await lark.chat_name(OPS) for _ in range(3)] == ["支付运维"] * 3
    assert [len(await lark.members(OPS) or ()) for _ in range(3)] == [3] * 3
    assert len([r for r in simulator.tenant.requests if "/chats/" in r]) == 2
    await lark.aclose()


async def test_an_unknown_chat_has_no_name(lark: Lark) -> None:
    """A name that cannot be told is empty."""
    assert await lark.chat_name("lark:cli_a1:oc_none") == ""


async def test_an_author_is_told_only_of_this_chats_messages(lark: Lark, simulator: LarkSimulator) -> None:
    """Who wrote it, if a person did and it stands in that chat."""
    said = simulator.world.post("oc_ops", "ou_ana", "hello")
    sent = await lark.send(Address(chat=OPS), CARD, "k")
    assert await lark.author(OPS, said.id) == ANA
    assert await lark.author(OPS, sent.message) is None
    assert await lark.author("lark:cli_a1:oc_ana", said.id) is None
    assert await lark.author(OPS, "om_none") is None


async def test_a_file_is_fetched_up_to_its_limit(company: Any, inbox: Any) -> None:
    """A file's bytes are read, no further than allowed, and only with the message it came with."""
    async with company.listening(inbox) as lark:
        said = await company.simulator.say("ou_ana", "oc_ana", "", file=("messages.jsonl", b"x" * 100_000))
        message = await inbox.next()
        assert isinstance(message, Message)
        assert message.file is not None
        assert await lark.fetch(message.file, said, 100_000) == b"x" * 100_000
        for file, of, limit in (
            (message.file, said, 99_999),
            (message.file, "om_none", 10**6),
            (File("", "../../../chats"), said, 10**6),
        ):
            with pytest.raises(Refused):
                await lark.fetch(file, of, limit)


async def test_history_is_every_persons_words_of_a_chat(lark: Lark, simulator: LarkSimulator) -> None:
    """Roots, their threads between; not the bot's, nothing before `since`; what was recalled or edited is told."""
    world, start = simulator.world, datetime(2026, 3, 2, tzinfo=UTC)
    world.post("oc_ops", "ou_ana", "too early", at=start - timedelta(days=1))
    roots = [world.post("oc_ops", "ou_ana", f"r{n}", at=start + timedelta(minutes=n)) for n in range(120)]
    root = world.post("oc_ops", "ou_bo", "topic", at=start - timedelta(days=2), thread="omt_1")
    inner = [
        world.post("oc_ops", "ou_bo", f"t{n}", at=start + timedelta(hours=n), thread="omt_1", reply_to=root.id)
        for n in range(60)
    ]
    world.edit(roots[3].id, recalled=True)
    world.edit(roots[5].id, thread="omt_2")  # a thread's first message is listed in the chat and in the thread
    await lark.send(Address(chat=OPS), CARD, "k")
    seen = [one async for one in lark.history(OPS, since=start)]
    found = [one for one in seen if isinstance(one, Message)]
    assert [(one.chat, one.message) for one in seen if isinstance(one, Recalled)] == [(OPS, roots[3].id)]
    step = 25 - 2  # the topic and what is too early are among the first: its thread is read before what follows them
    assert [m.id for m in found] == [p.id for p in (*roots[:3], *roots[4:step], *inner, *roots[step:])]
    assert [m.id for m in found if m.edited] == [roots[5].id]
    assert (found[0].sender, found[0].name, found[0].chat_name) == (ANA, "Ana", "支付运维")
    assert next(m for m in found if m.text == "t59").thread == "omt_1"


async def test_a_history_goes_on_where_it_broke_off_and_asks_for_no_page_before_that(
    lark: Lark, simulator: LarkSimulator
) -> None:
    """Wherever that was: what was told until it was last said how far it is, and what follows, is all of it once."""
    world, start = simulator.world, datetime(2026, 3, 2, tzinfo=UTC)
    for n in range(160):  # the second page ends within a second
        at = start + timedelta(seconds=min(n, 97) if n < 104 else n)
        root = world.post("oc_ops", "ou_ana", f"r{n}", at=at, thread=f"omt_{n}" if n % 40 == 0 else None)
        if root.thread:
            world.post("oc_ops", "ou_bo", f"t{n}", at=start + timedelta(hours=n), thread=root.thread, reply_to=root.id)
    whole = [seen async for seen in lark.history(OPS, since=start)]
    every = [seen.id for seen in whole if isinstance(seen, Message)]
    pages = _listed(simulator)
    assert (len(every), len(set(every)), pages) == (164, 164, 4 + 4)
    marks = [n for n, seen in enumerate(whole) if isinstance(seen, Reached)]
    again = []
    for n in marks:
        reached, before = whole[n], _listed(simulator)
        assert isinstance(reached, Reached)
        first = [seen.id for seen in whole[:n] if isinstance(seen, Message)]
        rest = [seen async for seen in lark.history(OPS, since=start, after=reached.at)]
        assert first + [seen.id for seen in rest if isinstance(seen, Message)] == every
        again.append(_listed(simulator) - before)
    assert again == [3 + 3, 3 + 2, 2 + 2, 2 + 1, 1, 1, 1]


def _listed(simulator: LarkSimulator) -> int:
    """How many pages were asked for so far."""
    return sum(
        request.startswith("GET") and request.endswith("/im/v1/messages") for request in simulator.tenant.requests
    )


async def test_history_without_its_permission_is_refused(lark: Lark, simulator: LarkSimulator) -> None:
    """A chat that may not be read is not an empty chat."""
    simulator.faults.denied.add("im:message.group_msg")
    with pytest.raises(Refused):
        _ = [message async for message in lark.history(OPS, since=LONG_AGO)]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, {"code": 99991400, "msg": "frequency"}),
        (400, {"code": 230020, "msg": "frequency"}),
        (503, {"code": 1, "msg": "busy"}),
        (502, "<html>bad gateway</html>"),
        (200, "null"),
        (200, "[]"),
    ],
)
async def test_a_passing_failure_is_tried_again(lark: Lark, simulator: LarkSimulator, status: int, body: Any) -> None:
    """Limits, gateways and half answers pass; only what lasts is told, as unavailable, and nothing is sent twice."""
    simulator.faults.fail_next("/im/v1/messages", status, body, times=2)
    await lark.send(Address(chat=OPS), CARD, "k1")
    simulator.faults.fail_next("/im/v1/messages", status, body, times=9)
    with pytest.raises(Unavailable):
        await lark.send(Address(chat=OPS), CARD, "k2")
    assert len(simulator.world.posts) == 1
    told = lark.outcomes["busy"] + lark.outcomes["failed"]
    assert lark.calls == sum(lark.outcomes.values())
    assert told >= 3
    assert bool(lark.outcomes["failed"]) == (not isinstance(body, dict))


async def test_the_platforms_own_wait_is_honoured(lark: Lark, simulator: LarkSimulator) -> None:
    """When Lark says how long to wait, it is waited so long; longer than bearable is unavailable at once."""
    limit = {"code": 99991400, "msg": "frequency"}
    clock = asyncio.get_running_loop().time
    simulator.faults.fail_next("/im/v1/messages", 429, limit, {"x-ogw-ratelimit-reset": "1"})
    started = clock()
    await lark.send(Address(chat=OPS), CARD, "k1")
    assert clock() - started >= 1
    simulator.faults.fail_next("/im/v1/messages", 429, limit, {"x-ogw-ratelimit-reset": "3600"})
    with pytest.raises(Unavailable):
        await lark.send(Address(chat=OPS), CARD, "k2")


async def test_a_revoked_token_is_renewed(lark: Lark, simulator: LarkSimulator) -> None:
    """A token that Lark no longer knows is replaced by a new one, for files too, and nobody notices."""
    said = simulator.world.post("oc_ops", "ou_ana", "", file=("f", b"bytes"))
    await lark.send(Address(chat=OPS), CARD, "k1")
    simulator.tenant.tokens.clear()
    await lark.send(Address(chat=OPS), CARD, "k2")
    simulator.tenant.tokens.clear()
    assert await lark.fetch(File("f", f"file_{said.id}"), said.id, 100) == b"bytes"


async def test_a_wrong_secret_is_refused(company: Any) -> None:
    """No token, no service, and no endless trying."""
    company.simulator.tenant.app_id = "cli_wrong"  # the SDK keeps tokens for the process, by app
    lark = Lark(Credentials("cli_wrong", "not the secret", company.url))
    with pytest.raises(Refused):
        await lark.send(Address(chat="lark:cli_wrong:oc_ops"), CARD, "k")
    await lark.aclose()


async def test_an_unreachable_platform_is_unavailable() -> None:
    """A dead address is worth trying again later."""
    lark = Lark(Credentials("cli_dead", "s", "http://127.0.0.1:9"), HASTY)
    with pytest.raises(Unavailable):
        await lark.send(Address(chat="lark:cli_dead:oc_ops"), CARD, "k")
