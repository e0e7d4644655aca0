"""What no bot on DingTalk can read, its owner lets it read with their own login: once, and nobody else's words stay."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.company import Company
from bot.demo.stage import Simulated, simulated
from bot.demo.visiting import Visit
from bot.demo.visitor import Message
from bot.learning import PROGRESS_SECONDS
from bot.settings import Settings
from tests.dingtalk.scripted import StandIn
from tests.scanned import files_with

WEI, JUN, SUPPORT = "dingtalk:demo:staff_wei", "dingtalk:demo:staff_jun", "cid_support"
HERS, HIS = "POS 机掉线先拔电源，等三分钟再插。", "对账密码贴在显示器背面。"
ASKED = "@分身 魏来 POS 机掉线怎么办"
Open = Callable[..., AbstractAsyncContextManager[Visit]]
Until = Callable[[str], Awaitable[Message]]


@pytest.fixture
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> StandIn:
    """The client, in which 魏来 has said something and somebody else, too: yesterday, in China."""
    made = StandIn(tmp_path_factory.mktemp("client"))
    at = datetime.now(UTC) + timedelta(hours=8) - timedelta(days=1)
    for n, (who, text) in enumerate((("wei", HERS), ("jun", HIS), ("wei", "@分身 李娜 怎么对账"), ("wei", "[图片]"))):
        made.say(SUPPORT, who, f"{at + timedelta(seconds=n):%Y-%m-%d %H:%M:%S}", text)
    made.write(me={"staff": "staff_wei", "corp": "demo", "name": "魏来", "open": "open_wei"})
    return made


@pytest.fixture
def settings(tmp_path: Path, stand_in: StandIn) -> Settings:
    """The operator has named the client."""
    return Settings(data=tmp_path, dingtalk_dws=str(stand_in.path))


@pytest.fixture
async def among(settings: Settings, company: Company) -> AsyncIterator[Simulated]:
    """The company's platforms."""
    async with simulated(settings, company) as found:
        yield found


@pytest.fixture
def until(whole: Visit) -> Until:
    """The last of what the bot told 魏来 that says this, once there is one."""

    async def wait(part: str) -> Message:
        async with asyncio.timeout(30):
            while True:
                said = await whole.page.read(WEI, await whole.page.direct(WEI))
                if found := [m for m in said if m["sender"] == "bot" and part in m["text"]]:
                    return found[-1]
                await asyncio.sleep(0.05)

    return wait


async def _asked(whole: Visit, until: Until) -> Message:
    """魏来 joins, with what was said before, and taps; the card with DingTalk's page."""
    joined = await whole.page.join(WEI, SUPPORT, "join_here")
    assert "用你自己的钉钉账号" in joined["text"]
    await whole.page.click(WEI, joined["id"], "lend")
    return await until("代码应是")


@pytest.mark.parametrize(("answer", "said"), [("no", "什么都没有读"), ("closed", "允许成员通过 CLI")])
async def test_a_no_is_told_on_the_card_that_asked(
    whole: Visit, stand_in: StandIn, until: Until, settings: Settings, answer: str, said: str
) -> None:
    """Hers, or the company's, with what an admin would switch on; of her login nothing is left."""
    login = await _asked(whole, until)
    stand_in.answer(answer)
    assert (await until(said))["id"] == login["id"]
    assert not list((settings.data / "logins").iterdir())
    assert not await whole.ground.store.own(WEI, None, 10)


async def test_her_own_words_answer_and_nobody_elses_are_anywhere(
    whole: Visit, stand_in: StandIn, until: Until, settings: Settings
) -> None:
    """From the tap to the answer: page and code, her yes, what was kept and why the rest was not, and her quote."""
    login = await _asked(whole, until)
    assert "VQNJ-DFND" in login["text"]
    assert "读完就退出登录并删掉" in str(login["card"])
    assert [b["url"] for b in login["card"]["actions"] if b.get("url")] == [
        "https://login.dingtalk.com/oauth2/device/verify.htm?user_code=VQNJ-DFND"
    ]
    stand_in.write(slow=PROGRESS_SECONDS + 0.1)  # where each update costs a call, that is no reason for one
    updates = whole.fenshen.platforms["dingtalk"].calls  # type: ignore[attr-defined]
    stand_in.answer("yes")
    done = await until("其中新记下你自己的 1 条")
    assert done["id"] == login["id"]
    assert "读了 4 条" in done["text"]
    assert "别人的 1 条，对机器人说的 1 条，没有文字的 1 条" in done["text"]
    assert whole.fenshen.platforms["dingtalk"].calls - updates == 1  # type: ignore[attr-defined]
    assert not list((settings.data / "logins").iterdir())
    assert stand_in.asked[-1]["words"][:2] == ["auth", "logout"]
    answer = await whole.page.ask(JUN, SUPPORT, ASKED)
    assert [q["text"] for q in answer["card"]["quotes"]] == [HERS]
    assert files_with("显示器背面", settings.data) == []
    # read again, by another yes, nothing is there twice
    stand_in.write(slow=0)
    stand_in.unanswered()
    await whole.page.say(WEI, await whole.page.direct(WEI), "以我的身份读取")
    await until("代码应是")
    stand_in.answer("yes")
    assert "其中新记下你自己的 0 条" in (await until("其中新记下你自己的 0 条"))["text"]
    assert len(await whole.ground.store.own(WEI, None, 10)) == 1


async def test_lent_again_a_reading_that_broke_off_goes_on_and_counts_all_of_it(
    whole: Visit, stand_in: StandIn, until: Until
) -> None:
    """The first page is not asked for again, and the end tells of both."""
    at = datetime.now(UTC) + timedelta(hours=8) - timedelta(hours=20)
    said = list(stand_in.script["said"])
    for n in range(150):
        one = {"openMessageId": f"more{n}==", "openConversationId": SUPPORT, "senderOpenDingTalkId": "open_wei"}
        said.append(
            one | {"createTime": f"{at + timedelta(seconds=n):%Y-%m-%d %H:%M:%S}", "content": f"第 {n} 台换了电池"}
        )
    stand_in.write(said=said, wrong={"2": "dies"})
    await _asked(whole, until)
    stand_in.answer("yes")
    await until("中途断了")
    stand_in.write(wrong={})
    stand_in.unanswered()
    await whole.page.say(WEI, await whole.page.direct(WEI), "以我的身份读取")
    await until("代码应是")
    stand_in.answer("yes")
    done = await until("读完了")
    assert "读了 154 条，其中新记下你自己的 151 条" in done["text"]
    pages = [one["words"][one["words"].index("--time") + 1] for one in stand_in.asked if "message" in one["words"]]
    assert (pages.count(pages[0]), min(pages[1:]) > pages[0]) == (1, True)


async def test_when_the_bot_stops_no_login_is_left(opened: Open, stand_in: StandIn, settings: Settings) -> None:
    """The page is of no use any more: whoever says yes to it then says it to nobody."""
    async with opened() as whole:
        joined = await whole.page.join(WEI, SUPPORT, "join_here")
        await whole.page.click(WEI, joined["id"], "lend")
        async with asyncio.timeout(30):
            while not stand_in.asked:
                await asyncio.sleep(0.01)
    assert not list((settings.data / "logins").iterdir())
