"""Promises of credit: its owner reads it first, as a card and as a table, and nothing of it tells who asked."""

import csv
import io
from collections.abc import Awaitable, Callable

import pytest

from adapters.base import Address, Card, Message, Receive
from bot.credit import COLUMNS, table
from bot.sentences import say
from skills.credits import Credit
from skills.store import Store
from skills.words import Claim

Shown = tuple[Address, Card]
ANA = "lark:t:ana"
Gets = Callable[..., Awaitable[Card]]


@pytest.fixture
def gets(
    receive: Receive, settled: Callable[[], Awaitable[None]], says: Callable[..., Message], sent: list[Shown]
) -> Gets:
    """Ask for it, and take the card that comes alone."""

    async def get(person: str, words: str = "/credit", platform: str = "lark") -> Card:
        sent.clear()
        await receive(says(person, words, platform=platform, direct=True))
        await settled()
        to, card = sent[-1]
        assert to.person == f"{platform}:t:{person}"
        return card

    return get


Earns = Callable[..., Awaitable[Card]]


@pytest.fixture
def earns(
    joins: Callable[..., Awaitable[None]],
    receive: Receive,
    says: Callable[..., Message],
    asks: Callable[..., Awaitable[Shown]],
) -> Earns:
    """Ana's double answers Bo, and Ana."""

    async def earn(platform: str = "lark") -> Card:
        await joins("ana", "join_today", platform=platform)
        await receive(says("ana", "the gateway restarts at nine", platform=platform))
        await asks("ana", "when does the gateway restart", direct=True, platform=platform)
        return (await asks("bo", "ask Ana when the gateway restarts", platform=platform))[1]

    return earn


async def test_whoever_has_earned_nothing_reads_so(earns: Earns, gets: Gets) -> None:
    """Bo, who asked, has no credit and no way to Ana's."""
    await earns()
    card = await gets("bo")
    assert (card.text, card.buttons) == (say("zh", "credit_none"), ())
    assert (await gets("bo", "/credit file")).text == say("zh", "credit_none")


async def test_its_owner_reads_the_sum_and_gets_the_table(
    earns: Earns, gets: Gets, given: list[tuple[Address, str, bytes]], store: Store
) -> None:
    """One for each answer to a colleague, none for one's own; the table says when, for which answer and where."""
    answer = await earns()
    card = await gets("ana")
    assert card.text == say("zh", "credit_text", credit=1, month=1)
    assert [b.action for b in card.buttons] == ["credit_file"]
    await gets("ana", "/credit file")
    ((to, name, data),) = given
    assert (to.person, name.endswith(".csv")) == (ANA, True)
    head, line = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert tuple(head) == COLUMNS
    assert line[1:] == [answer.answer, "ops", "1"]
    assert "bo" not in data.decode().casefold()
    await store.retract(Claim("lark", "e-retract"), ANA, str(answer.answer))
    assert (await gets("ana")).text == say("zh", "credit_text", credit=0, month=0)
    assert [one.value for one in await store.credits(ANA)] == [1, -1]


async def test_where_no_file_can_be_sent_it_says_where_the_table_is(earns: Earns, gets: Gets) -> None:
    """On DingTalk in the export."""
    await earns("dingtalk")
    for words in ("/credit", "/credit file"):
        card = await gets("ana", words, "dingtalk")
        assert say("zh", "credit_elsewhere") in card.text
        assert card.buttons == ()


def test_no_cell_is_a_formula(store: Store) -> None:
    """A chat may be called anything."""
    line = table([Credit(store.now(), "A7F3C2", "c", False, 1)], {"c": "=HYPERLINK(1)"}).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in line
