"""Promises to the others in a chat: they are told once what is learned there, and may keep themselves out of it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text

from adapters.base import Address, Card, Click, Mention, Message, Reaction, Receive, Unavailable
from bot.objecting import Objections
from bot.sentences import say
from skills.database import Database
from skills.store import Store
from skills.words import Claim, Said, Strike

Shown = tuple[Address, Card]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Settled = Callable[[], Awaitable[None]]
ANA, BO, CY, OPS, DEV = "lark:t:ana", "lark:t:bo", "lark:t:cy", "lark:t:ops", "lark:t:dev"


def unprompted(sent: list[Shown]) -> list[Shown]:
    """What stands in a group without being a reply to anybody."""
    return [(to, card) for to, card in sent if to.chat and to.reply_to is None and "direct" not in to.chat]


@pytest.fixture
def objects(receive: Receive, settled: Settled, says: Says) -> Callable[..., Awaitable[None]]:
    """Somebody says in the group that they object, or that they do not any more."""

    async def object_(person: str, words: str = "我反对", **where: object) -> None:
        await receive(says(person, words, to_bot=True, **where))
        await settled()

    return object_


Objects = Callable[..., Awaitable[None]]


async def test_only_for_oneself_nothing_is_announced(joins: Joins, announced: list[Shown]) -> None:
    """Nobody else is answered, so nobody else need know."""
    await joins("ana", "join_me")
    assert announced == []


async def test_a_chat_is_told_once_and_never_again(
    joins: Joins, receive: Receive, settled: Settled, says: Says, announced: list[Shown]
) -> None:
    """Whoever joins, leaves and joins again later: one card, without names or numbers, in the language of the chat's
    name: that of whoever joined first would point at them.
    """
    await joins("ana", "join_me")
    for person in ("ana", "bo", "cy"):
        await joins(person, "join_here")
    await receive(says("ana", "/optout", to_bot=True))
    await settled()
    await joins("ana", "join_today")
    ((to, card),) = announced
    assert (to.chat, to.reply_to) == (OPS, None)
    assert card.text == say("en", "announce_text")
    assert [button.action for button in card.buttons] == ["learn", "object"]
    assert not any(word in repr(card).casefold() for word in ("ana", 'bo"', 'cy"', ":t:ana"))


async def test_every_chat_is_told_for_itself(joins: Joins, announced: list[Shown]) -> None:
    """Not for all together."""
    await joins("ana", "join_today")
    await joins("ana", "join_today", chat="dev")
    assert [to.chat for to, _ in announced] == [OPS, DEV]


async def test_nothing_else_is_said_in_a_group_unprompted(
    joins: Joins, asks: Asks, receive: Receive, settled: Settled, says: Says, sent: list[Shown], announced: list[Shown]
) -> None:
    """Talk, memories, pauses, objections and leaving bring no word into it but what answers somebody."""
    await joins("ana", "join_today")
    mine = says("ana", "the gateway restarts at nine")
    await receive(mine)
    sent.clear()
    for person, words in (
        ("ana", "/pause"),
        ("ana", "/resume"),
        ("cy", "我反对"),
        ("cy", "撤回反对"),
        ("ana", "/optout"),
    ):
        await receive(says(person, words, to_bot=True))
        await settled()
    await receive(says("bo", "how is everybody"))
    await settled()
    assert unprompted(sent) == []
    assert len(announced) == 1


async def test_learn_more_brings_the_consent_card_to_the_tapper_alone(
    joins: Joins,
    receive: Receive,
    settled: Settled,
    taps: Taps,
    sent: list[Shown],
    announced: list[Shown],
    store: Store,
) -> None:
    """Which opts nobody in by itself."""
    await joins("ana", "join_today")
    ((_, card),) = announced
    sent.clear()
    reaction = await receive(taps("bo", "learn", card.buttons[0].value))
    await settled()
    assert isinstance(reaction, Reaction)
    ((to, offered),) = sent
    assert to.person == BO
    assert any(button.action == "join_here" for button in offered.buttons)
    assert not await store.is_owner(BO)


async def test_who_objects_must_be_somebody(receive: Receive, settled: Settled, says: Says, store: Store) -> None:
    """An external contact without a stable id could not be kept out, and is told so."""
    await receive(says(None, "我反对", to_bot=True))
    await settled()
    assert await store.objectors(OPS) == frozenset()


async def test_what_names_or_mentions_an_objector_is_not_kept_there(
    joins: Joins, objects: Objects, receive: Receive, says: Says, store: Store
) -> None:
    """By plain name or by mention; other words, other chats and the objector's own words are kept."""
    for chat in ("ops", "dev"):
        await joins("ana", "join_today", chat=chat)
    await joins("cy", "join_today")
    await objects("cy")
    await receive(says("ana", "Cy broke the gateway"))
    await receive(says("ana", "@C. broke it", mentions=(Mention(CY, "C."),)))
    await receive(says("ana", "the gateway restarts at nine"))
    await receive(says("ana", "Cy wrote the runbook", chat="dev"))
    await receive(says("cy", "I, Cy, restart it by hand"))
    assert {p.text for p in await store.own(ANA)} == {"the gateway restarts at nine", "Cy wrote the runbook"}
    assert [p.text for p in await store.own(CY)] == ["I, Cy, restart it by hand"]


async def test_what_was_kept_before_is_erased_and_no_longer_answered(
    joins: Joins,
    objects: Objects,
    receive: Receive,
    says: Says,
    asks: Asks,
    store: Store,
    standing: dict[str, tuple[Address, Card]],
) -> None:
    """From everybody's double in that chat, and from what was answered; what others said of other things stays."""
    await joins("ana", "join_today")
    await receive(says("ana", "Cy restarts the gateway at nine"))
    await receive(says("ana", "the runbook is in the wiki"))
    assert (await asks("bo", "ask Ana who restarts the gateway"))[1].quotes
    await objects("cy")
    assert [p.text for p in await store.own(ANA)] == ["the runbook is in the wiki"]
    assert not any("restarts the gateway" in repr(card.quotes) for _, card in standing.values())
    assert (await asks("bo", "ask Ana who restarts the gateway"))[1].quotes == ()
    assert await store.verify(ANA) is None


async def test_history_files_and_notes_keep_an_objector_out_too(
    joins: Joins, objects: Objects, receive: Receive, settled: Settled, says: Says, history: list[Message], store: Store
) -> None:
    """Whatever way words come in."""
    await objects("cy")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    history.append(says("ana", "Cy said so", at=yesterday))
    history.append(says("ana", "@x said so", at=yesterday, mentions=(Mention(CY, "x"),)))
    history.append(says("ana", "I said so", at=yesterday))
    await joins("ana", "join_here")
    await receive(says("ana", "记住：Cy 管证书", direct=True))
    await settled()
    assert [p.text for p in await store.own(ANA)] == ["I said so"]


async def test_an_objection_can_be_withdrawn(
    joins: Joins,
    objects: Objects,
    receive: Receive,
    settled: Settled,
    says: Says,
    taps: Taps,
    sent: list[Shown],
    store: Store,
) -> None:
    """By the button of the card that only the objector has."""
    await joins("ana", "join_today")
    await objects("cy")
    (card,) = [card for to, card in sent if to.person == CY]
    assert card.text == say("zh", "objected_text", chat="ops")
    await receive(taps("cy", "unobject", card.buttons[0].value))
    await settled()
    await receive(says("ana", "Cy wrote the runbook"))
    assert [p.text for p in await store.own(ANA)] == ["Cy wrote the runbook"]


async def test_an_objection_tells_nobody_who_objects(
    joins: Joins, objects: Objects, sent: list[Shown], store: Store, admin: httpx.AsyncClient
) -> None:
    """Only the objector gets a card; whoever runs the bot, and its admins, learn that there is one, in which chat."""
    await joins("ana", "join_today")
    sent.clear()
    await objects("cy")
    assert [to.person for to, _ in sent] == [CY]
    assert await store.objected_chats() == [OPS]
    told = await admin.get("/admin/v1/rules")
    assert told.json()["objected_chats"] == [OPS]
    assert CY not in told.text


async def test_a_strike_that_is_done_again_finds_nothing_more(store: Store, joins: Joins) -> None:
    """So that it may be cut off anywhere."""
    await joins("ana", "join_today")
    await store.object(Claim("lark", "o1"), CY, OPS)
    assert [await store.strike(ANA, OPS, lambda text: True) for _ in range(2)] == [0, 0]


class Away:
    """A platform that tells nothing just now."""

    async def person_name(self, person: str, chat: str) -> str:
        """Nothing."""
        raise Unavailable

    async def members(self, chat: str) -> None:
        """Nothing."""
        raise Unavailable


async def test_while_an_objectors_names_are_not_told_striking_waits(
    store: Store, joins: Joins, database: Database
) -> None:
    """It fails, so that it is tried again; and what is kept meanwhile is looked at later, once for all of it."""
    await joins("ana", "join_today")
    await store.object(Claim("lark", "o1"), CY, OPS)
    away = Objections(store, {"lark": Away()})  # type: ignore[dict-item]
    with pytest.raises(Unavailable):
        await away.strike(Strike("lark", OPS, CY))
    said = Said(ANA, OPS, "om_1", datetime.now(UTC), "Cy broke the gateway")
    for _ in range(2):
        assert [one.about for one in await away.about(OPS, [said], {})] == [()]
    async with database.transaction() as connection:
        waiting = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'strike' AND status = 'todo'")
        assert await connection.scalar(waiting) == 1
