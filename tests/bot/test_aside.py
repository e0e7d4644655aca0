"""Promises of a question in a group whose readers may not have the answer, but whose asker may: to them alone."""

from collections.abc import Awaitable, Callable

import pytest

from adapters.base import Address, Card, Click, Message, Receive
from bot.sentences import say
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from skills.store import Store

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[list[Shown]]]
ANA, BO, OPS, DEV = "lark:t:ana", "lark:t:bo", "lark:t:ops", "lark:t:dev"
WORDS, QUESTION = "the stamp cabinet is on the second shelf", "ask Ana where the stamp cabinet is"


@pytest.fixture
async def for_bo(receive: Receive, settled: Settled, says: Says, taps: Taps, store: Store) -> None:
    """What Ana says in ops, Bo may have alone, and nobody else anywhere."""
    await store.put_scope("to-bo", ScopeDocument(Sources((OPS,)), Readers((), (BO,)), Ceiling(mode="auto")), "ada")
    await receive(says("ana", "/join to-bo", direct=True))
    await settled()
    offer = await store.latest_offer(ANA)
    assert offer is not None
    await receive(taps("ana", "join_today", {"offer": offer.id}))
    await receive(says("ana", WORDS))
    await settled()


@pytest.fixture
def asked(receive: Receive, settled: Settled, says: Says, sent: list[Shown]) -> Asks:
    """Ask in a group, and take all that is sent for it."""

    async def ask(person: str, text: str = QUESTION, **more: object) -> list[Shown]:
        sent.clear()
        await receive(says(person, text, **{"to_bot": True, "chat": "dev", **more}))
        await settled()
        return list(sent)

    return ask


def face(card: Card) -> str:
    """All that is seen of a card."""
    return repr((card.title, card.text, card.note, card.label, card.quotes, [b.label for b in card.buttons]))


async def test_who_is_not_covered_gets_the_one_sentence_and_nothing_alone(for_bo: None, asked: Asks) -> None:
    """Cy asks the same."""
    ((to, card),) = await asked("cy")
    assert (to.person, to.chat, card.quotes) == (None, DEV, ())


async def test_a_question_that_names_nobody_is_not_answered_aside(for_bo: None, asked: Asks) -> None:
    """Not even to an owner, out of their own words: nobody was asked."""
    ((to, card),) = await asked("ana", "where is the stamp cabinet")
    assert (to.person, card.quotes) == (None, ())


async def test_the_group_sees_what_it_sees_of_every_no_and_the_asker_alone_the_answer(
    for_bo: None, asked: Asks
) -> None:
    """With where it was asked, and a label of its own."""
    ((_, never),) = await asked("cy", "ask Ana where the stamp cabinet is")
    (in_group, there), (alone, card) = await asked("bo")
    assert (in_group.chat, in_group.person) == (DEV, None)
    assert face(there) == face(never)
    assert (alone.person, alone.chat) == (BO, None)
    assert [quote.text for quote in card.quotes] == [WORDS]
    assert say("en", "aside_note", chat="dev") in card.note
    assert card.answer


async def test_where_the_group_may_have_it_nothing_is_sent_aside(for_bo: None, joins: Joins, asked: Asks) -> None:
    """One question, one message."""
    await joins("ana", "join_here")
    ((to, card),) = await asked("bo", chat="ops")
    assert (to.chat, [quote.text for quote in card.quotes]) == (OPS, [WORDS])


async def test_asked_again_at_once_it_is_told_once_more_to_nobody(for_bo: None, asked: Asks) -> None:
    """The group's sentence is said again; the answer, which has not changed, is not."""
    assert len(await asked("bo")) == 2
    ((to, _),) = await asked("bo")
    assert to.chat == DEV


async def test_what_is_withheld_or_paused_is_not_told_aside_either(
    for_bo: None, asked: Asks, receive: Receive, settled: Settled, says: Says
) -> None:
    """It is decided like every answer."""
    await receive(says("ana", "withhold: stamp cabinet", direct=True))
    await settled()
    assert len(await asked("bo")) == 1


async def test_an_answer_aside_is_one_answer_of_its_owners(for_bo: None, asked: Asks, store: Store) -> None:
    """Recorded, credited and taken back like any other."""
    _, (_, card) = await asked("bo")
    assert card.answer
    assert await store.credit(ANA) == 1
    assert await store.standing(card.answer) is not None


async def test_who_is_covered_alone_after_a_look_is_drafted_for_and_answered_alone(
    for_bo: None, asked: Asks, receive: Receive, settled: Settled, says: Says, store: Store, sent: list[Shown]
) -> None:
    """The group sees the one sentence, then and later; nothing comes before the owner sends it, nor to others."""
    await receive(says("ana", "/narrow to-bo mode review", direct=True))
    await settled()
    ((_, never),) = await asked("cy")
    assert await store.drafts(ANA) == []
    shown = [(to, card) for to, card in await asked("bo") if to.person != ANA]
    assert [(to.chat, to.person, face(card)) for to, card in shown] == [(DEV, None, face(never))]
    (draft,) = await store.drafts(ANA)
    assert (draft.asker, draft.aside, draft.venue.direct) == (BO, True, True)
    sent.clear()
    await receive(says("ana", f"/review {draft.id} send", direct=True))
    await settled()
    ((to, card),) = [(to, card) for to, card in sent if card.answer]
    assert (to.person, to.chat) == (BO, None)
    assert [quote.text for quote in card.quotes] == [WORDS]
    assert say("en", "aside_note", chat="dev") in card.note
    assert [to.chat for to, _ in sent if to.chat == DEV] == []


async def test_who_is_answered_alone_at_once_is_not_drafted_for_besides(
    for_bo: None, asked: Asks, store: Store
) -> None:
    """One question, one answer."""
    assert len(await asked("bo")) == 2
    assert await store.drafts(ANA) == []
