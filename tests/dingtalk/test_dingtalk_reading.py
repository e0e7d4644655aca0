"""A group read with its owner's login: their own words once each, nobody else's at all, and no end that is not told."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.base import Message, PlatformError, Recalled, Refused, Unavailable
from adapters.dingtalk.dws import Home, Patience
from adapters.dingtalk.reading import Eyes
from adapters.dingtalk.whose import Own
from adapters.history import Reached
from tests.dingtalk.scripted import QUICK, StandIn

CID = "cidOps=="
GROUP = f"dingtalk:demo:{CID}"
OWN = Own("dingtalk:demo:staff_wei", "open_wei")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
DAY = "2026-08-12"
Look = Callable[..., Eyes]


@pytest.fixture
def stand_in(tmp_path: Path) -> StandIn:
    """The client, in which 王伟 is logged in."""
    made = StandIn(tmp_path)
    made.write(chats=[CID])
    return made


@pytest.fixture
async def look(stand_in: StandIn) -> AsyncIterator[Look]:
    """Her eyes, with some of the patience changed."""
    homes = []

    def made(**patience: Any) -> Eyes:
        home = Home(stand_in.dws(replace(QUICK, **patience)))
        homes.append(home)
        config = home.path / "config"
        config.mkdir()
        (config / "token").touch()
        return Eyes(home, OWN)

    yield made
    for home in homes:
        home.remove()


async def _read(eyes: Eyes, chat: str = GROUP, since: datetime = LONG_AGO) -> list[Message]:
    return [seen async for seen in eyes.history(chat, since=since) if isinstance(seen, Message)]


async def _texts(eyes: Eyes) -> list[str]:
    return [message.text for message in await _read(eyes)]


@pytest.mark.parametrize(
    "chat",
    [
        "dingtalk:other:cidOps==",
        "dingtalk:demo:@staff_wei",
        "dingtalk:demo:--user",
        "dingtalk:demo:cid;rm -rf /",
        "dingtalk:demo:",
    ],
)
async def test_what_is_no_group_of_the_company_is_not_asked_for(stand_in: StandIn, look: Look, chat: str) -> None:
    """No id becomes a flag, a direct chat or a group of another company: the client is not even started."""
    with pytest.raises(Refused):
        await _read(look(), chat)
    assert not stand_in.asked


async def test_a_group_she_is_not_in_is_closed_to_her_eyes_too(stand_in: StandIn, look: Look) -> None:
    """The platform refuses it, as it does some groups without telling why; it is no breakage."""
    with pytest.raises(Refused):
        await _read(look(), "dingtalk:demo:cidElsewhere==")


@pytest.mark.parametrize("wrong", ["garbage", "dies", "hangs", "huge", "over"])
async def test_a_client_that_fails_in_the_middle_breaks_the_reading_off(
    stand_in: StandIn, look: Look, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever it does, it is told, within its time, and none of what it writes: what was read before it stays read."""
    for n in range(6):
        stand_in.say(CID, "wei", f"{DAY} 16:30:0{n}", f"第 {n} 句")
    stand_in.write(wrong={"2": wrong}, huge=300_000)
    came: list[str] = []

    async def read() -> None:
        async for message in look(order=1.5, most=100_000).history(GROUP, since=LONG_AGO):
            came.extend([message.text] if isinstance(message, Message) else [])

    with pytest.raises(Unavailable) as told:
        await read()
    assert came == [f"第 {n} 句" for n in range(4)]
    assert "hunter2" not in f"{told.value}{caplog.text}"


@pytest.mark.parametrize("inclusive", [True, False])
async def test_a_reading_goes_on_where_it_broke_off_and_asks_for_no_page_before_that(
    stand_in: StandIn, look: Look, inclusive: bool
) -> None:
    """Whether or not a page holds its own first second: all of it is told once, though a page may end within one."""
    for n in range(14):
        stand_in.say(CID, "wei", f"{DAY} 16:30:{min(n, 3) if n < 6 else n:02}", f"第 {n} 句")
    stand_in.write(inclusive=inclusive)
    whole = [seen async for seen in look().history(GROUP, since=LONG_AGO)]
    every = [seen.text for seen in whole if isinstance(seen, Message)]
    assert every == [f"第 {n} 句" for n in range(14)]
    marks = [n for n, seen in enumerate(whole) if isinstance(seen, Reached)]
    pages, again = _pages(stand_in), []
    for n in marks:
        reached, before = whole[n], _pages(stand_in)
        assert isinstance(reached, Reached)
        first = [seen.text for seen in whole[:n] if isinstance(seen, Message)]
        rest = [seen async for seen in look().history(GROUP, since=LONG_AGO, after=reached.at)]
        assert first + [seen.text for seen in rest if isinstance(seen, Message)] == every
        again.append(_pages(stand_in) - before)
    assert len(marks) >= 3
    assert again == sorted(again, reverse=True)
    assert (again[-1], again[0] <= pages, again[1] < pages) == (1, True, True)


def _pages(stand_in: StandIn) -> int:
    """How many were asked for so far."""
    return sum("message" in one["words"] for one in stand_in.asked)


async def test_too_many_requests_are_made_later(stand_in: StandIn, look: Look) -> None:
    """Twice too often, and it goes on by itself; again and again, and the reading breaks off for now."""
    stand_in.say(CID, "wei", f"{DAY} 16:30:00", "先停网关")
    stand_in.write(wrong={"1": "too fast", "2": "too fast"})
    began = time.monotonic()
    assert await _texts(look(pause=0.2)) == ["先停网关"]
    assert time.monotonic() - began >= 0.6
    stand_in.write(wrong={str(n): "too fast" for n in range(20)})
    with pytest.raises(Unavailable):
        await _read(look())


def test_each_wait_after_too_many_requests_is_twice_the_last() -> None:
    """One fewer than there are tries."""
    assert Patience(pause=2.0, tries=6).pauses == [2, 4, 8, 16, 32]


async def test_a_list_that_never_ends_is_left(stand_in: StandIn, look: Look) -> None:
    """It says that there is more, and there is nothing new: after a few times nobody believes it."""
    stand_in.say(CID, "wei", f"{DAY} 16:30:00", "先停网关")
    stand_in.write(endless=True)
    with pytest.raises(Unavailable):
        await _read(look())
    assert len([one for one in stand_in.asked if "message" in one["words"]]) <= 5


async def test_other_peoples_words_are_left_where_they_are(stand_in: StandIn, look: Look) -> None:
    """Theirs are counted, without text or name; whoever is called as she is, is not her."""
    stand_in.say(CID, "li", f"{DAY} 16:30:00", "网关的密码贴在显示器背面")
    stand_in.say(CID, "wei", f"{DAY} 16:30:01", "先停网关")
    stand_in.say(CID, "li", f"{DAY} 16:30:02", "我也叫这个名字", sender="wei")
    read = await _read(look())
    assert [(m.sender, m.text, m.name) for m in read] == [(None, "", ""), (OWN.person, "先停网关", ""), (None, "", "")]


@pytest.mark.parametrize(
    ("text", "more", "kept"),
    [
        ("[图片]", {}, ""),
        ("[图片消息](mediaId=$abc)", {}, ""),
        ("看这张 [图片消息](mediaId=$abc)", {}, "看这张"),
        ("[文件] 密码.txt fileId: F1", {}, ""),
        ("[微笑][微笑]", {}, ""),
        ("好的[微笑]", {}, "好的[微笑]"),
        ("[P1] 先停网关", {}, "[P1] 先停网关"),
        ("群聊的聊天记录\n李娜:密码贴在显示器背面", {}, ""),
        ("转发", {"forwardMessages": [{"content": "密码贴在显示器背面"}]}, ""),
        ("密码贴在显示器背面 对", {"quotedMessage": {"content": "密码贴在显示器背面"}}, ""),
        ("对，就这样", {"quotedMessage": {"content": "密码贴在显示器背面"}}, "对，就这样"),
        ("我是她的助理", {"messageAiSendFlag": "DWS"}, ""),
        ("SwzNkAraDE6lUHUNlVT3||2||1||1", {}, ""),
        ("先停\u0000网关", {}, "先停网关"),
        (None, {}, ""),
    ],
)
async def test_only_what_she_wrote_herself_is_her_words(
    stand_in: StandIn, look: Look, text: str | None, more: dict[str, Any], kept: str
) -> None:
    """No picture, forward, quote or agent's message says anything, and the words beside them are kept."""
    stand_in.say(CID, "wei", f"{DAY} 16:30:00", text, **more)
    (message,) = await _read(look())
    assert (message.sender, message.text) == (OWN.person, kept)


async def test_what_was_recalled_is_not_there(stand_in: StandIn, look: Look) -> None:
    """It is told, where it was hers; nor is what has no time or no id, or is of another chat."""
    stand_in.say(CID, "wei", f"{DAY} 16:30:00", "[你撤回了一条消息]")
    stand_in.say(CID, "bo", f"{DAY} 16:30:00", "Bo 撤回了一条消息")
    stand_in.say(CID, "wei", "", "何时说的")
    stand_in.say(CID, "wei", f"{DAY} 16:30:01", "没有号", openMessageId="")
    stand_in.say(CID, "wei", f"{DAY} 16:30:02", "先停网关")
    stray = {"openMessageId": "msgX==", "openConversationId": "cidElsewhere==", "createTime": f"{DAY} 16:30:03"}
    stand_in.write(stray=[stray | {"senderOpenDingTalkId": "open_wei", "content": "别处说的"}])
    assert await _texts(look()) == ["先停网关"]
    (recalled,) = [seen async for seen in look().history(GROUP, since=LONG_AGO) if isinstance(seen, Recalled)]
    assert (recalled.chat, recalled.message) == (GROUP, "msg0==")


async def test_what_she_said_to_a_bot_was_said_to_no_colleague(stand_in: StandIn, look: Look) -> None:
    """A bot is known by its name there; where nobody tells it, an @ in front may be one, and is left out."""
    for n, text in enumerate(("@分身 李娜 怎么回滚", "@李娜 先停网关", "先停网关 @分身")):
        stand_in.say(CID, "wei", f"{DAY} 16:30:0{n}", text)
    assert [m.to_bot for m in await _read(look())] == [True, False, True]
    stand_in.write(bots=[])
    assert [m.to_bot for m in await _read(look())] == [True, True, False]


@pytest.mark.parametrize(
    "shape", [{}, {"under": "items", "inclusive": False}, {"newest_first": True}, {"old": True, "under": "list"}]
)
async def test_every_version_lists_every_message_once_and_in_order(
    stand_in: StandIn, look: Look, shape: dict[str, Any]
) -> None:
    """Pages overlap, or end within a second; the list has this name or that, and older clients know no direction."""
    times = ["00", "00", "01", "02", "02", "02", "03", "07", "07", "08", "09", "09"]
    for n, at in enumerate(times):
        stand_in.say(CID, "wei", f"{DAY} 16:30:{at}", f"第 {n} 句")
    stand_in.write(**shape)
    eyes = look()
    read = await _read(eyes)
    assert eyes.gaps == 0
    assert [m.id for m in read] == [f"msg{n}==" for n in range(len(times))]
    assert read[0].at == datetime(2026, 8, 12, 8, 30, tzinfo=UTC)  # China's time, told without a zone
    assert {(m.event, m.chat, m.direct) for m in read} == {(m.id, GROUP, False) for m in read}


async def test_of_a_second_that_is_too_full_the_rest_is_passed_over(stand_in: StandIn, look: Look) -> None:
    """A page cannot begin within a second: what does not fit is not read but counted, what comes after it is."""
    for n in range(9):
        stand_in.say(CID, "wei", f"{DAY} 16:30:0{min(n // 6, 1)}", f"第 {n} 句")
    eyes = look()
    assert await _texts(eyes) == [f"第 {n} 句" for n in (0, 1, 2, 3, 6, 7, 8)]
    assert eyes.gaps == 1


async def test_nothing_older_than_it_may_know_is_read(stand_in: StandIn, look: Look) -> None:
    """To the very moment, though the platform lists by seconds."""
    for n in range(3):
        stand_in.say(CID, "wei", f"{DAY} 16:30:0{n}", f"第 {n} 句")
    since = datetime(2026, 8, 12, 8, 30, 1, tzinfo=UTC)
    assert [m.text for m in await _read(look(), since=since)] == ["第 1 句", "第 2 句"]
    assert [m.text for m in await _read(look(), since=since + timedelta(milliseconds=1))] == ["第 2 句"]


async def test_no_shell_ever_reads_an_order(stand_in: StandIn, look: Look) -> None:
    """Every word arrives as it was meant, one by one."""
    with pytest.raises(PlatformError):
        await look().home.ask("chat", "message", "list", "--group", "$(touch pwned); `id` | cat")
    assert stand_in.asked[0]["words"][4] == "$(touch pwned); `id` | cat"
