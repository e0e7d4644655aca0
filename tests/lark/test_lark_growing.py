"""Promises of cards that grow on Lark, through the real SDK: one message, whatever CardKit refuses on the way."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from adapters.base import Address, Button, Card, Refused, Sent
from adapters.growing import Streams
from adapters.lark.cards import write_card
from adapters.lark.client import Lark
from adapters.lark.growing import SCOPE
from adapters.lark.simulator import LarkSimulator
from tests.lark.conftest import QUICK

ANA = "lark:cli_a1:ou_ana"
CARDS = "/open-apis/cardkit/v1/cards"
FIRST = Card("Ana 的分身", "先停网关。", note="…", label="AI 分身 · #A7", answer="A7F3C2", growing=True)
SECOND = replace(FIRST, text="先停网关。\n再跑 *rollback.sh*。")
WHOLE = Card(
    "Ana 的分身", SECOND.text, label="AI 分身 · #A7", answer="A7F3C2", buttons=(Button("why", "为什么", {"a": "1"}),)
)
LATE = {"code": 300317, "msg": "sequence number compare failed"}


@pytest.fixture
async def grower(company: Any) -> AsyncIterator[Lark]:
    """A client whose cards may grow."""
    client = Lark(company.credentials(), QUICK, growing=True)
    await client.members("lark:cli_a1:oc_ops")  # its token is fetched
    company.simulator.tenant.requests.clear()
    yield client
    await client.aclose()


def shown(simulator: LarkSimulator, sent: Sent) -> Card | None:
    """What stands in the message now."""
    return simulator.card(simulator.world.posts[sent.message])


def asked(simulator: LarkSimulator) -> list[str]:
    """What was asked of the platform, but for the token; ids left out."""
    paths = [one for one in simulator.tenant.requests if "tenant_access_token" not in one]
    return ["/".join(p for p in path.split("/") if not p.startswith(("AAq", "om_"))) for path in paths]


async def begin(lark: Lark) -> Sent:
    """A card of one sentence, to Ana."""
    return await lark.send(Address(person=ANA), FIRST, "k")


async def test_a_card_grows_under_the_readers_eyes_and_ends_as_a_whole(grower: Lark, simulator: LarkSimulator) -> None:
    """Created, sent, grown by its whole text, closed, replaced: five calls, one message, in this order."""
    assert isinstance(grower, Streams)
    assert grower.streams
    sent = await begin(grower)
    assert shown(simulator, sent) == FIRST
    await grower.update(sent, SECOND)
    assert shown(simulator, sent) == SECOND
    await grower.update(sent, WHOLE)
    assert shown(simulator, sent) == WHOLE
    assert len(simulator.world.posts) == 1
    assert asked(simulator) == [
        f"POST {CARDS}",
        "POST /open-apis/im/v1/messages",
        f"PUT {CARDS}/elements/text/content",
        f"PATCH {CARDS}/settings",
        f"PUT {CARDS}",
    ]


async def test_without_the_permission_a_card_comes_whole_and_none_is_tried_again(
    grower: Lark, simulator: LarkSimulator
) -> None:
    """It stands as it was sent until it is finished; from then on nothing grows, and nothing more is asked."""
    simulator.faults.denied.add(SCOPE)
    sent = await begin(grower)
    await grower.update(sent, SECOND)
    assert shown(simulator, sent) == replace(FIRST, growing=False)
    await grower.update(sent, WHOLE)
    assert shown(simulator, sent) == WHOLE
    assert not grower.streams
    await grower.send(Address(person=ANA), FIRST, "again")
    assert [one for one in asked(simulator) if "cardkit" in one] == [f"POST {CARDS}"]


async def test_where_it_is_not_wanted_no_card_grows(lark: Lark, simulator: LarkSimulator) -> None:
    """The operator's setting; the card comes like any other."""
    assert not lark.streams
    sent = await begin(lark)
    await lark.update(sent, WHOLE)
    assert shown(simulator, sent) == WHOLE
    assert not any("cardkit" in one for one in asked(simulator))


@pytest.mark.parametrize("code", [200850, 300309, 300313, 99991400])
async def test_a_card_that_grows_no_more_is_still_replaced(grower: Lark, simulator: LarkSimulator, code: int) -> None:
    """Its window is closed, its mode is off, or whatever else Lark says: what is shown stays until the last word."""
    sent = await begin(grower)
    simulator.faults.fail_next("/content", 400, {"code": code, "msg": "no"}, times=9)
    if code == 99991400:
        simulator.faults.failures = simulator.faults.failures[:1]  # too fast is waited for, and then it grows
    await grower.update(sent, SECOND)
    assert shown(simulator, sent) == (SECOND if code == 99991400 else FIRST)
    await grower.update(sent, replace(SECOND, text="x"))
    await grower.update(sent, WHOLE)
    assert shown(simulator, sent) == WHOLE
    assert simulator.tenant.requests.count(f"PUT {CARDS}/AAq000001/elements/text/content") == (
        3 if code == 99991400 else 1
    )


async def test_after_ten_minutes_the_card_is_replaced(grower: Lark, simulator: LarkSimulator) -> None:
    """Lark closes a stream by itself, also one that is not done."""
    sent = await begin(grower)
    simulator.faults.streaming_seconds = -1
    await grower.update(sent, SECOND)
    assert shown(simulator, sent) == FIRST
    await grower.update(sent, WHOLE)
    assert shown(simulator, sent) == WHOLE


async def test_a_number_that_lark_finds_too_low_is_raised(grower: Lark, simulator: LarkSimulator) -> None:
    """Once; what was to be shown is shown."""
    sent = await begin(grower)
    simulator.faults.fail_next("/content", 400, LATE)
    await grower.update(sent, SECOND)
    assert shown(simulator, sent) == SECOND


async def test_a_change_that_got_no_answer_is_made_again(grower: Lark, simulator: LarkSimulator) -> None:
    """A gateway's error page is no answer."""
    sent = await begin(grower)
    await grower.update(sent, SECOND)
    simulator.faults.fail_next("/content", 502, "<html>")
    await grower.update(sent, replace(SECOND, text="第三"))
    assert shown(simulator, sent) == replace(SECOND, text="第三")


async def test_a_card_begun_before_a_restart_is_replaced_by_another_process(
    grower: Lark, company: Any, simulator: LarkSimulator
) -> None:
    """It asks which card the message is, and counts on from the time; by `update` too, as for an answer taken back."""
    sent = await begin(grower)
    for n in range(6):
        await grower.update(sent, replace(SECOND, text="字" * (n + 1)))
    for growing in (True, False):
        other = Lark(company.credentials(), QUICK, growing=growing)
        if growing:
            await other.recover(Address(person=ANA), WHOLE, "k")
        else:
            await other.update(sent, WHOLE)
        await other.aclose()
        assert shown(simulator, sent) == WHOLE
    assert len(simulator.world.posts) == 1


async def test_a_card_that_is_gone_cannot_be_finished(grower: Lark, simulator: LarkSimulator) -> None:
    """Whoever asked gets it as another message: that is not the adapter's to decide."""
    sent = await begin(grower)
    simulator.faults.fail_next(CARDS, 400, {"code": 200740, "msg": "card does not exist"}, times=9)
    with pytest.raises(Refused):
        await grower.update(sent, WHOLE)


async def test_the_doctor_asks_for_the_permission_only_where_cards_are_to_grow(
    grower: Lark, lark: Lark, simulator: LarkSimulator
) -> None:
    """By its name, and what is lost without it."""
    simulator.faults.denied.add(SCOPE)
    wanting, other = [[f for f in await one.diagnose() if not f.ok] for one in (grower, lark)]
    assert [f.cure for f in wanting if f.what == f"scope {SCOPE}" and "while a model writes" in f.cure]
    assert f"scope {SCOPE}" not in [f.what for f in other]


async def test_the_simulated_cardkit_is_strict(company: Any) -> None:
    """Numbers rise over all changes, an element must be there, a card is sent once, ten changes a second."""
    async with httpx.AsyncClient(base_url=company.url, trust_env=False) as rest:
        rest.headers["Authorization"] = f"Bearer {company.simulator.tenant.issue()}"

        async def code(method: str, path: str, body: Any) -> int:
            return int((await rest.request(method, path, json=body)).json()["code"])

        card = {"type": "card_json", "data": json.dumps(write_card(FIRST))}
        assert await code("POST", CARDS, {**card, "data": "{}"}) == 200861
        assert await code("POST", CARDS, {"type": "template"}) == 300301
        assert await code("POST", CARDS, card) == 0
        one, text = f"{CARDS}/AAq000001", {"content": "一", "sequence": 5}
        message = {"receive_id": "oc_ana", "msg_type": "interactive"}
        message["content"] = json.dumps({"type": "card", "data": {"card_id": "AAq000001"}})
        sends = "/open-apis/im/v1/messages?receive_id_type=chat_id"
        assert [await code("POST", sends, message) for _ in range(2)] == [0, 230099]
        assert await code("PATCH", "/open-apis/im/v1/messages/om_1", {"content": card["data"]}) == 230001
        grows = f"{one}/elements/text/content"
        assert [await code("PUT", grows, {**text, "sequence": n}) for n in (5, 5, 4, 0, "9")] == [
            *(0, 300317, 300317),
            *(300301, 300301),
        ]
        assert await code("PUT", f"{one}/elements/other/content", {**text, "sequence": 6}) == 300313
        off = {"settings": json.dumps({"config": {"streaming_mode": False}})}
        assert [await code("PATCH", f"{one}/settings", {**off, "sequence": n}) for n in (5, 6)] == [300317, 0]
        assert await code("PUT", grows, {**text, "sequence": 7}) == 300309
        assert [await code("PUT", one, {"card": card, "sequence": n}) for n in (6, 7)] == [300317, 0]
        company.simulator.faults.card_changes = 1
        more = [await code("PUT", grows, {**text, "sequence": n}) for n in (8, 9)]
        assert 99991400 in more
        assert await code("PUT", f"{CARDS}/AAq9", {"card": card, "sequence": 1}) == 200740
