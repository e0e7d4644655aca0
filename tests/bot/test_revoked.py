"""Promises of the door: what is withdrawn between the question and the answer is not shown, or does not stay shown."""

from collections.abc import Awaitable, Callable, Sequence

import psycopg
import pytest

from adapters.base import Address, Card, Message, Receive
from bot.app import Fenshen
from bot.double import Double
from bot.grounding import Quoted
from bot.preparing import Answerer
from bot.sentences import say
from skills.database import libpq_url
from skills.scopes import Ceiling, ScopeDocument
from skills.store import Store
from skills.words import Grant

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
Hook = Callable[[Address, Card], Awaitable[None]]
ANA = "lark:t:ana"
RESTART = "the gateway restarts at nine, after the nightly backup"
ASKED = "ask Ana when the gateway restarts"


class Interrupted:
    """The quoting double, with something that happens after it has found its words; it may break, too."""

    def __init__(self, double: Double, after: "list[Callable[[], Awaitable[object]]]") -> None:
        self._double, self._after = double, after

    async def answer(self, grant: Grant, question: str) -> Sequence[Quoted]:
        """What the double says, by the time that it is too late."""
        found = await self._double.answer(grant, question)
        for happens in self._after:
            await happens()
        return found


@pytest.fixture
def after() -> list[Callable[[], Awaitable[object]]]:
    """What happens between the thought and the word."""
    return []


@pytest.fixture
def answerer(store: Store, after: list[Callable[[], Awaitable[object]]]) -> Callable[[], Answerer]:
    """The quoting double, interrupted."""
    return lambda: Interrupted(Double(store.recall), after)


@pytest.fixture
async def ana(joins: Joins, receive: Receive, says: Says) -> None:
    """Ana has a double in the group and said one thing there."""
    await joins("ana", "join_today")
    await receive(says("ana", RESTART))


async def _forbid(store: Store) -> None:
    await store.put_scope("default", ScopeDocument(ceiling=Ceiling(level="withheld")), by="admin")


async def test_what_is_withdrawn_before_the_answer_is_never_sent(
    ana: None, asks: Asks, receive: Receive, says: Says, after: list[Callable[[], Awaitable[object]]]
) -> None:
    """Ana leaves while her double is thinking: the one sentence, as if it had never been."""
    after.append(lambda: receive(says("ana", "退出", to_bot=True)))
    _, card = await asks("bo", ASKED)
    assert card.text == say("en", "nothing_named", name="Ana")
    assert card.answer is None
    assert RESTART not in repr(card)


async def test_what_an_admin_forbids_before_the_answer_is_never_sent(
    ana: None, asks: Asks, store: Store, after: list[Callable[[], Awaitable[object]]]
) -> None:
    """A narrower scope acts on the answer that is just being made."""
    after.append(lambda: _forbid(store))
    assert (await asks("bo", ASKED))[1].text == say("en", "nothing_named", name="Ana")


@pytest.mark.parametrize("by", ["word", "admin"])
async def test_what_is_withdrawn_while_the_answer_is_on_its_way_is_replaced(
    ana: None,
    asks: Asks,
    receive: Receive,
    says: Says,
    store: Store,
    hooks: list[Hook],
    standing: dict[str, Shown],
    by: str,
) -> None:
    """The card that had left already turns into the notice."""

    async def happens(to: Address, card: Card) -> None:
        if card.quotes:
            await (receive(says("ana", "退出", to_bot=True)) if by == "word" else _forbid(store))

    hooks.append(happens)
    to, sent = await asks("bo", ASKED)
    assert [q.text for q in sent.quotes] == [RESTART]
    (stands,) = [card for where, card in standing.values() if where == to]
    assert stands.text == say("en", "withdrawn_text")
    assert RESTART not in repr(stands)


async def test_what_an_admin_cuts_to_an_outline_while_the_answer_is_on_its_way_is_replaced(
    ana: None, asks: Asks, store: Store, hooks: list[Hook], standing: dict[str, Shown]
) -> None:
    """Words that may no longer be read there do not stay."""

    async def happens(to: Address, card: Card) -> None:
        if card.quotes:
            await store.put_scope("default", ScopeDocument(ceiling=Ceiling(level="outline")), by="admin")

    hooks.append(happens)
    await asks("bo", ASKED)
    assert RESTART not in repr(list(standing.values()))


async def test_a_double_that_breaks_says_so_and_the_next_question_is_answered(
    ana: None, asks: Asks, after: list[Callable[[], Awaitable[object]]], caplog: pytest.LogCaptureFixture
) -> None:
    """Trouble is one friendly card, the log has the error's class alone, and the process lives."""

    async def breaks() -> None:
        raise RuntimeError(RESTART)

    after.append(breaks)
    _, card = await asks("bo", ASKED)
    assert card.text == say("en", "trouble")
    assert "RuntimeError" in caplog.text
    assert RESTART not in caplog.text
    after.clear()
    assert [q.text for q in (await asks("bo", ASKED))[1].quotes] == [RESTART]


async def test_a_card_that_cannot_be_sent_takes_nothing_with_it(
    ana: None, fenshen: Fenshen, receive: Receive, settled: Settled, says: Says, asks: Asks, hooks: list[Hook]
) -> None:
    """The platform fails in the middle of an answer: the answer is lost, the bot is not."""

    async def fails(to: Address, card: Card) -> None:
        raise ConnectionError

    hooks.append(fails)
    await receive(says("bo", ASKED, to_bot=True))
    await settled()
    assert not fenshen.answering.busy
    hooks.clear()
    assert [q.text for q in (await asks("bo", ASKED))[1].quotes] == [RESTART]


@pytest.mark.parametrize("table", ["ledger", "ledger_payload", "citation", "credit"])
async def test_without_its_entry_in_the_ledger_no_answer_leaves(
    ana: None, asks: Asks, migrate_url: str, table: str
) -> None:
    """While it cannot be written, the asker gets one friendly line without a word of Ana's; afterwards the answer."""

    def alter(*statements: str) -> None:
        with psycopg.connect(libpq_url(migrate_url), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    alter(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full; END $$",
        f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION full_disk()",
    )
    _, card = await asks("bo", ASKED)
    assert card.text == say("en", "trouble")
    assert card.answer is None
    assert RESTART not in repr(card)
    alter(f"DROP TRIGGER full_disk ON {table}")
    assert RESTART in repr((await asks("bo", ASKED))[1])
