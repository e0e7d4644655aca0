"""Promises of answering: the owner's own words or the one sentence, in one message, to whoever may read them."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from adapters.base import Address, Card, Mention, Message, Receive
from bot.sentences import say
from skills import quota
from skills.scopes import Ceiling, ScopeDocument
from skills.store import Store

Shown = tuple[Address, Card]
Says = Callable[..., Message]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
ANA, OPS = "lark:t:ana", "lark:t:ops"
RESTART = "the gateway restarts at nine, after the nightly backup"


@pytest.fixture
async def ana(joins: Joins, receive: Receive, says: Says) -> Message:
    """Ana has a double in the group; this is what she said there."""
    await joins("ana", "join_today")
    said = says("ana", RESTART)
    await receive(said)
    return said


def _face(card: Card, name: str) -> str:
    """All of the card but what must differ: whose name was asked for, and the question's own id."""
    buttons = tuple(replace(b, value=dict.fromkeys(b.value, "")) for b in card.buttons)
    return re.sub(name, "NAME", repr(replace(card, buttons=buttons)))


async def test_every_kind_of_no_has_the_same_face(ana: Message, joins: Joins, asks: Asks, store: Store) -> None:
    """Unknown, not opted in, only for herself, elsewhere, withheld, nothing found: one card, one button."""
    await joins("cy", "join_me")
    await joins("di", "join_today", chat="dev")
    faces = {
        _face((await asks("bo", f"ask {name} when the gateway restarts"))[1], name)
        for name in ("Zoe", "Bo", "Cy", "Di")
    }
    faces.add(_face((await asks("bo", "ask Ana for the wifi password"))[1], "Ana"))
    await store.put_scope("default-ops", ScopeDocument(ceiling=Ceiling(level="withheld")), by="admin")
    faces.add(_face((await asks("bo", "ask Ana when the gateway restarts"))[1], "Ana"))
    (face,) = faces
    assert say("en", "nothing_named", name="NAME") in face
    assert "ask_person" in face


async def test_nothing_is_asked_behind_an_endless_text(ana: Message, asks: Asks) -> None:
    """What the floor does not read, because it is too much to read, is not looked for either."""
    question = "when the gateway restarts"
    assert (await asks("bo", f"ask Ana {question}{' please' * 400}"))[1].quotes
    assert (await asks("bo", f"ask Ana{' please' * 400} {question}"))[1].quotes == ()


async def test_a_spent_quota_has_the_face_of_every_other_no(ana: Message, asks: Asks) -> None:
    """Who has asked too often in a day is not told so: Ana's double says what it says where it has nothing."""
    asked = [
        f"ask Ana when the gateway restarts{' please' * n}" for n in range(quota.FOR_ONE)
    ]  # the same again is no answer
    spent = [await asks("bo", each) for each in asked]
    assert all(card.quotes for _, card in spent)
    _, card = await asks("bo", "ask Ana when the gateway restarts")
    assert _face(card, "Ana") == _face((await asks("bo", "ask Zoe when the gateway restarts"))[1], "Zoe")
    assert (await asks("cy", "ask Ana when the gateway restarts"))[1].quotes


async def test_what_one_chat_was_told_is_not_answered_in_another(ana: Message, asks: Asks) -> None:
    """Where said, there answered: not in the next group, and not in a colleague's direct chat."""
    for where in ({"chat": "dev"}, {"direct": True}):
        _, card = await asks("bo", "ask Ana when the gateway restarts", **where)
        assert card.quotes == ()


async def test_only_me_answers_nobody_else(joins: Joins, receive: Receive, says: Says, asks: Asks) -> None:
    """Under "only me" the owner is answered alone with the bot, and nobody in the group, not even the owner."""
    await joins("ana", "join_me")
    await receive(says("ana", RESTART))
    for person in ("bo", "ana"):
        assert (await asks(person, "ask Ana when the gateway restarts"))[1].quotes == ()
    _, card = await asks("ana", "when does the gateway restart", direct=True)
    assert [q.text for q in card.quotes] == [RESTART]
    assert card.note == say("en", "self_note")


async def test_an_answer_is_the_owners_own_words_with_their_source(ana: Message, asks: Asks) -> None:
    """Verbatim, with who, where and when, under the label, as a reply to the question."""
    to, card = await asks("bo", "ask Ana when the gateway restarts", id="om_q", thread="th_1")
    (quote,) = card.quotes
    assert (quote.text, quote.who, quote.where, quote.message) == (RESTART, "Ana", "ops", ana.id)
    assert abs((quote.at - ana.at).total_seconds()) < 1
    assert card.answer is not None
    assert card.answer in card.label
    assert (to.chat, to.reply_to, to.thread) == (OPS, "om_q", "th_1")


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Ana 怎么 restarts the gateway", {}),
        ("Ana's gateway restarts?", {}),
        ("@Ana when the gateway restarts", {"mentions": (Mention(ANA, "Ana"),)}),
        ("the gateway restarts after the nightly backup, Ana?", {}),
        ("when does the gateway restart", {"reply_to": "om_hers"}),
    ],
)
async def test_a_colleague_is_meant_by_mention_by_name_or_by_a_reply(
    ana: Message, asks: Asks, authors: dict[str, str], text: str, more: dict[str, object]
) -> None:
    """Whichever way comes naturally."""
    authors["om_hers"] = ANA
    _, card = await asks("bo", text, **more)
    assert [q.text for q in card.quotes] == [RESTART]


async def test_a_mention_is_known_by_its_id_and_not_by_its_name(ana: Message, asks: Asks) -> None:
    """Somebody else who calls himself Ana is somebody else."""
    _, card = await asks("bo", "@Ana when the gateway restarts", mentions=(Mention("lark:t:other", "Ana"),))
    assert card.quotes == ()


async def test_where_an_admin_allows_an_outline_no_word_is_shown(ana: Message, asks: Asks, store: Store) -> None:
    """The card says when and where, and nothing of what."""
    await store.put_scope("default-outline", ScopeDocument(ceiling=Ceiling(level="outline")), by="admin")
    _, card = await asks("bo", "ask Ana when the gateway restarts")
    assert [(q.text, q.message) for q in card.quotes] == [("", ana.id)]
    assert "gateway" not in repr(card)
    assert card.answer is not None
