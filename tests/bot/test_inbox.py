"""Promises of the inbox: acknowledged means committed, redelivered means nothing, and strangers leave no trace."""

import logging
from collections.abc import Awaitable, Callable, Iterator

import psycopg
import pytest

from adapters.base import Address, Card, Click, Departed, File, Mention, Message, Recalled, Receive
from bot.sentences import say
from skills.database import libpq_url
from skills.store import Store

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Joins = Callable[..., Awaitable[None]]
ANA, OPS = "lark:t:ana", "lark:t:ops"
CANARY = "zyzzyva"


@pytest.fixture
def traces(migrate_url: str) -> Callable[[str], list[str]]:
    """The tables in which a word stands in any column, as text or as bytes, whoever may read the row."""

    def look(word: str) -> list[str]:
        hexed = word.encode().hex()
        with psycopg.connect(libpq_url(migrate_url)) as connection:
            tables = [
                row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            ]
            return list(found(connection, tables, f"{word}|{hexed}"))

    def found(connection: "psycopg.Connection[tuple[object, ...]]", tables: list[str], pattern: str) -> Iterator[str]:
        for table in tables:
            name = psycopg.sql.Identifier(table)
            # the owner of a table is under its row security too; nothing of this is committed
            connection.execute(psycopg.sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(name))
            count = psycopg.sql.SQL("SELECT count(*) FROM {} AS t WHERE t::text ~ %s").format(name)
            row = connection.execute(count, [pattern]).fetchone()
            if row is not None and row[0]:
                yield table
        connection.rollback()

    return look


async def test_what_a_stranger_says_leaves_no_trace(
    receive: Receive,
    settled: Settled,
    says: Says,
    joins: Joins,
    traces: Callable[[str], list[str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who consented to nothing, or not here: group talk, questions, commands, files, names; in no table and no log."""
    caplog.set_level(logging.DEBUG)
    await joins("ana", "join_today")
    words = f"our {CANARY} is down, ask Ana about {CANARY}"
    for event in (
        says("bo", words),
        says("bo", words, chat="dev", thread="th1", reply_to="om_9", chat_name=CANARY),
        says("ana", words, chat="dev"),
        says(None, words),
        says(None, words, to_bot=True, name=CANARY),
        says("bo", words, to_bot=True, mentions=(Mention(ANA, CANARY),)),
        says("bo", words, direct=True),
        says("bo", f"/optin {CANARY}", to_bot=True),
        says("bo", f"/{CANARY}", to_bot=True),
        says("bo", words, direct=True, file=File(f"{CANARY}.jsonl", "no-such-file")),
    ):
        await receive(event)
        await settled()
    assert traces("bo") != []  # the search finds what there is: his claims and cards
    assert traces(CANARY) == []
    assert CANARY not in caplog.text


async def test_an_owners_words_stand_nowhere_in_the_clear(
    receive: Receive,
    settled: Settled,
    says: Says,
    joins: Joins,
    store: Store,
    traces: Callable[[str], list[str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Recorded, found and quoted: yet no table and no log holds a word of it, nor the owner's name."""
    caplog.set_level(logging.DEBUG)
    await joins("ana", "join_today")
    await receive(says("ana", f"the {CANARY} is restarted by the night shift", name="Quetzalina"))
    await receive(says("bo", f"ask Ana how the {CANARY} is restarted", to_bot=True))
    await settled()
    (passage,) = await store.own(ANA)
    assert CANARY in passage.text
    assert traces(CANARY) == traces("Quetzalina") == []
    assert CANARY not in caplog.text


async def test_what_is_said_to_the_bot_is_never_recorded(
    receive: Receive, settled: Settled, says: Says, joins: Joins, history: list[Message], store: Store
) -> None:
    """An owner's questions and commands are not words of their double, live or in the history."""
    asked = says("ana", f"how do I restart the {CANARY}", to_bot=True)
    history.append(asked)
    await joins("ana", "join_here")
    for message in (asked, says("ana", f"/{CANARY}", to_bot=True), says("ana", CANARY, direct=True)):
        await receive(message)
        await settled()
    assert list(await store.own(ANA)) == []


async def test_a_word_is_recorded_before_it_is_acknowledged(
    receive: Receive, says: Says, joins: Joins, store: Store
) -> None:
    """When the platform is told "taken", the database has it."""
    await joins("ana", "join_today")
    await receive(says("ana", "the gateway restarts at nine"))
    assert [p.text for p in await store.own(ANA)] == ["the gateway restarts at nine"]


async def test_a_command_is_done_before_it_is_acknowledged(
    receive: Receive, says: Says, joins: Joins, store: Store
) -> None:
    """When the platform is told "taken", the double is off, whatever becomes of the card."""
    await joins("ana", "join_today")
    await receive(says("ana", "退出", to_bot=True))
    assert list(await store.consents(ANA)) == []


@pytest.mark.parametrize("text", ["加入", "退出", "我的分身", "帮助", "/nothing", "  ", "Ana 怎么回滚支付"])
async def test_a_message_delivered_again_says_nothing_again(
    receive: Receive, settled: Settled, says: Says, sent: list[Shown], text: str
) -> None:
    """The same event, or the same message under another event: one card."""
    message = says("bo", text, to_bot=True)
    other = says("bo", text, to_bot=True, id=message.id)
    for event in (message, message, other):
        await receive(event)
        await settled()
    assert len(sent) == 1


async def test_leaving_delivered_again_does_not_leave_what_was_joined_since(
    receive: Receive, settled: Settled, says: Says, joins: Joins, sent: list[Shown], store: Store
) -> None:
    """An old command that arrives late undoes nothing."""
    await joins("ana", "join_today")
    leaving = says("ana", "退出", to_bot=True)
    await receive(leaving)
    await joins("ana", "join_today")
    before = len(sent)
    await receive(leaving)
    await settled()
    assert len(await store.consents(ANA)) == 1
    assert len(sent) == before


async def test_a_tap_delivered_again_says_nothing_again(
    receive: Receive, settled: Settled, joins: Joins, taps: Callable[..., Click], sent: list[Shown]
) -> None:
    """Leaving, reading the notice, trying a question: each tap acts once."""
    await joins("ana", "join_today")
    for click in (taps("ana", "notice", {}), taps("ana", "leave", {"chat": OPS}), taps("ana", "leave", {})):
        await receive(click)
        await settled()
        before = len(sent)
        await receive(click)
        await settled()
        assert len(sent) == before


async def test_an_unknown_button_changes_nothing(
    receive: Receive, settled: Settled, taps: Callable[..., Click], sent: list[Shown]
) -> None:
    """A card of another version, or a made-up tap, is ignored."""
    assert await receive(taps("ana", "make_me_admin", {"offer": "X"})) is None
    await settled()
    assert sent == []


async def test_a_message_that_was_taken_back_is_gone(receive: Receive, says: Says, joins: Joins, store: Store) -> None:
    """Recalled, then delivered late once more: it stays gone."""
    await joins("ana", "join_today")
    said = says("ana", "the password is hunter2")
    await receive(said)
    await receive(Recalled("lark", "r1", OPS, said.id))
    assert list(await store.own(ANA)) == []
    await receive(says("ana", "the password is hunter2", id=said.id))
    assert list(await store.own(ANA)) == []


async def test_whoever_leaves_the_company_is_asked_no_more(
    receive: Receive, settled: Settled, says: Says, joins: Joins, sent: list[Shown]
) -> None:
    """Their double ends with the event."""
    await joins("ana", "join_today")
    await receive(says("ana", "the gateway restarts at nine"))
    await receive(Departed("lark", "d1", ANA))
    await receive(says("bo", "ask Ana when the gateway restarts", to_bot=True))
    await settled()
    assert sent[-1][1].quotes == ()
    assert sent[-1][1].text == say("en", "nothing_named", name="Ana")


async def test_an_external_contact_is_refused(
    receive: Receive, settled: Settled, says: Says, joins: Joins, sent: list[Shown], store: Store
) -> None:
    """Without a stable identity: no question, no command, no file."""
    await joins("ana", "join_today")
    await receive(says("ana", "the gateway restarts at nine"))
    sent.clear()
    for event in (
        says(None, "ask Ana when the gateway restarts", to_bot=True),
        says(None, "join", to_bot=True),
        says(None, "see file", direct=True, file=File("messages.jsonl", "f1")),
    ):
        await receive(event)
        await settled()
    assert [card.text for _, card in sent] == [say("en", "no_identity")] * 3
    assert all(card.quotes == () for _, card in sent)


async def test_a_mention_without_words_gets_an_example(
    receive: Receive, settled: Settled, says: Says, sent: list[Shown]
) -> None:
    """Whoever only calls the bot learns what to say."""
    await receive(says("bo", "", to_bot=True))
    await settled()
    assert [card.text for _, card in sent] == [say("zh", "empty_question")]


@pytest.mark.parametrize("platform", ["lark", "dingtalk"])
async def test_what_shows_no_language_is_answered_in_the_one_that_its_owner_spoke(
    receive: Receive,
    settled: Settled,
    says: Says,
    taps: Callable[..., Click],
    joins: Joins,
    sent: list[Shown],
    platform: str,
) -> None:
    """After a slash and on a bare button; what a whole group reads shows nobody who has a double.

    Of whoever has none nothing is known, so they get the language of the house.
    """
    on = {"platform": platform}
    await joins("ana", "join_today", **on)
    for who in ("ana", "bo"):
        await receive(says(who, "my double", direct=True, **on))
    await settled()
    sent.clear()
    group = {"to_bot": True, "chat_name": "运维群", **on}
    for event in (
        says("ana", "/more", direct=True, **on),
        taps("ana", "more", {}, **on),
        says("ana", "/more", **group),
        says("ana", "/help", **group),
        says("ana", "/help", **{**group, "chat_name": ""}),
        says("bo", "/more", direct=True, **on),
    ):
        await receive(event)
        await settled()
    assert [card.title for _, card in sent] == [
        *[say("en", "more_title")] * 3,
        *[say("zh", "help_title")] * 2,
        say("zh", "more_title"),
    ]
