"""Promises of several people on one card: each in a part of their own, never mixed, each refused like anybody."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from adapters.base import Address, Card, Mention, Message, Receive
from bot.sentences import say
from skills.store import Store
from skills.words import Claim

Shown = tuple[Address, Card]
Hook = Callable[[Address, Card], Awaitable[None]]
Says = Callable[..., Message]
Settled = Callable[[], Awaitable[None]]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
ANA, BO, CY = "lark:t:ana", "lark:t:bo", "lark:t:cy"
HERS, HIS = "the gateway restarts at nine", "I restart the gateway by hand"


@pytest.fixture
async def both(joins: Joins, receive: Receive, says: Says) -> None:
    """Ana and Bo have doubles in the group and have spoken of the gateway."""
    for person, words in (("ana", HERS), ("bo", HIS)):
        await joins(person, "join_today")
        await receive(says(person, words))


async def test_whoever_has_nothing_there_gets_the_one_sentence_in_their_part(
    both: None, joins: Joins, asks: Asks
) -> None:
    """Unknown, not opted in and only for herself alike, beside the words of one who answers."""
    await joins("cy", "join_me")
    faces = set()
    for name in ("Zoe", "Cy", "Di"):
        _, card = await asks("cy", f"ask Ana and {name} when the gateway restarts")
        ana, other = card.parts
        assert [quote.text for quote in ana.quotes] == [HERS]
        assert (other.title, other.text) == (name, say("en", "nothing_named", name=name))
        faces.add(repr(replace(other, title="", text="")))
    assert len(faces) == 1


async def test_each_speaks_in_a_part_of_their_own(both: None, asks: Asks, store: Store) -> None:
    """Own words, own label, own answer, own credit; one message."""
    _, card = await asks("cy", "ask Ana and Bo when the gateway restarts")
    assert [(p.title, [q.text for q in p.quotes]) for p in card.parts] == [
        (say("en", "answer_title", name="Ana"), [HERS]),
        (say("en", "answer_title", name="Bo"), [HIS]),
    ]
    assert all(part.answer and part.answer in part.label for part in card.parts)
    assert (card.quotes, card.answer) == ((), None)
    keys = ("ask_button", "why_button_of")
    assert [b.label for b in card.buttons] == [say("en", key, name=name) for name in ("Ana", "Bo") for key in keys]
    assert [await store.answered(owner, 7) for owner in (ANA, BO)] == [1, 1]


async def test_whoever_is_named_twice_speaks_once(both: None, asks: Asks, store: Store) -> None:
    """And is credited once."""
    _, card = await asks("cy", "ask Ana and ANA when the gateway restarts", mentions=())
    assert [q.text for q in card.quotes] == [HERS]
    assert await store.answered(ANA, 7) == 1


async def test_mentions_that_follow_one_another_ask_each_of_them(both: None, asks: Asks) -> None:
    """One that comes later is talked of, not asked."""
    mentions = (Mention(ANA, "Ana"), Mention(BO, "Bo"))
    _, card = await asks("cy", "@Ana 和 @Bo gateway restarts 什么时候", mentions=mentions)
    assert [len(part.quotes) for part in card.parts] == [1, 1]
    _, card = await asks("cy", "@Ana 什么时候 gateway restarts，@Bo 说过吗", mentions=mentions)
    assert ([q.text for q in card.quotes], card.parts) == ([HERS], ())


async def test_of_those_who_leave_while_it_is_on_its_way_only_the_part_is_taken_back(
    both: None, asks: Asks, hooks: list[Hook], standing: dict[str, Shown], store: Store
) -> None:
    """What the others said beside it stays."""

    async def bo_leaves(to: Address, card: Card) -> None:
        if card.parts:
            hooks.clear()
            await store.leave(Claim("lark", "left"), BO)

    hooks.append(bo_leaves)
    await asks("cy", "ask Ana and Bo when the gateway restarts")
    (card,) = [card for _, card in standing.values() if card.parts]
    assert [p.text for p in card.parts] == [say("en", "answer_text", name="Ana"), say("en", "withdrawn_text")]
    assert [q.text for q in card.parts[0].quotes] == [HERS]
    assert card.parts[1].quotes == ()


@pytest.mark.parametrize("words", ["/retract {}", "/leave"])
@pytest.mark.parametrize("nth", [0, 1])
async def test_a_part_that_is_taken_back_later_keeps_its_place(
    both: None,
    asks: Asks,
    receive: Receive,
    says: Says,
    settled: Settled,
    standing: dict[str, Shown],
    words: str,
    nth: int,
) -> None:
    """By itself, or with all that its owner said."""
    _, card = await asks("cy", "ask Ana and Bo when the gateway restarts")
    await receive(says(("ana", "bo")[nth], words.format(card.parts[nth].answer), direct=True))
    await settled()
    (card,) = [card for _, card in standing.values() if card.parts]
    stays = say("en", "answer_text", name=("Bo", "Ana")[nth])
    assert [p.text for p in card.parts] == [stays, say("en", "withdrawn_text")][:: 1 if nth else -1]


async def test_each_of_several_can_be_asked_in_person(both: None, joins: Joins, asks: Asks, receive: Receive) -> None:
    """The button under the card names one, and the question is put to that one."""
    _, card = await asks("cy", "ask Ana and Bo what the wifi password is")
    values = [button.value["question"] for button in card.buttons if button.action == "ask_person"]
    assert len(set(values)) == 2
