"""An owner looks first, on both platforms: whoever asks sees the one sentence until she sends, over a restart too."""

from contextlib import suppress

import httpx
import pytest

from bot.demo.visiting import Visit
from skills.ground import Ground
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from tests.whole.conftest import Open

ANA, BO, OPS = "lark:demo:ou_ana", "lark:demo:ou_bo", "oc_ops"
WEI, JUN, SUPPORT = "dingtalk:demo:staff_wei", "dingtalk:demo:staff_jun", "cid_support"
SAID = "印章柜子在二楼打印机后面"
BOTH = pytest.mark.parametrize(
    ("owner", "asker", "chat", "name"), [(ANA, BO, OPS, "Ana"), (WEI, JUN, SUPPORT, "魏来")], ids=["lark", "dingtalk"]
)


async def _switched_on(visit: Visit, owner: str, asker: str, chat: str) -> None:
    """She joins a scope by which this colleague may ask alone, after her look, and says a sentence in the group.

    On DingTalk only what mentions the bot is heard, so she keeps it there, with a double of her own.
    """
    source = f"{owner.rpartition(':')[0]}:{chat}"
    document = ScopeDocument(Sources((source,)), Readers((), (asker,)), Ceiling(mode="review"))
    await visit.ground.store.put_scope("seal-alone", document, "ada")
    hers = await visit.page.direct(owner)
    await visit.page.say(owner, hers, "/join seal-alone")
    await visit.page.click(owner, (await visit.page.last_card(owner, hers))["id"], "join_today")
    await visit.page.read(owner, hers)
    if owner == WEI:
        await visit.page.join(owner, chat, "join_me")
    await visit.page.say(owner, chat, f"@分身 记住：{SAID}" if owner == WEI else SAID)
    await visit.page.read(owner, chat)


@BOTH
async def test_nothing_is_sent_before_she_looks_and_once_when_she_does(
    whole: Visit, owner: str, asker: str, chat: str, name: str
) -> None:
    """The draft is hers alone; two taps bring one answer, in the place of the one sentence where it can be replaced."""
    page = whole.page
    await _switched_on(whole, owner, asker, chat)
    hers, his = await page.direct(owner), await page.direct(asker)
    nothing = await page.ask(asker, his, f"{name} 印章柜子在哪里")
    assert nothing["card"]["quotes"] == []
    draft = await page.last_card(owner, hers)
    assert SAID in str(draft["card"]["quotes"])
    assert "印章柜子在哪里" in draft["card"]["text"]
    assert SAID not in str(await page.read(asker, his))
    await page.click(owner, draft["id"], "draft_send")
    with suppress(httpx.HTTPStatusError):  # the card may say by now that it was sent, and has no such button
        await page.click(owner, draft["id"], "draft_send")
    answers = [m for m in await page.read(asker, his) if SAID in str(m)]
    assert len(answers) == 1
    assert f"{name} 看过" in str(answers[0])
    assert await whole.ground.store.credit(owner) == 1


@BOTH
async def test_a_draft_outlives_a_restart(
    opened: Open, ground: Ground, owner: str, asker: str, chat: str, name: str
) -> None:
    """The process that asked is gone; her word sends it all the same."""
    async with opened() as before:
        await _switched_on(before, owner, asker, chat)
        await before.page.ask(asker, await before.page.direct(asker), f"{name} 印章柜子在哪里")
    (draft,) = await ground.store.drafts(owner)
    async with opened() as after:
        hers, his = await after.page.direct(owner), await after.page.direct(asker)
        await after.page.say(owner, hers, f"/review {draft.id} send")
        await after.page.read(owner, hers)
        assert len([m for m in await after.page.read(asker, his) if SAID in str(m)]) == 1
