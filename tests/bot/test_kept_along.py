"""Promises of an export that comes back: what its owner had kept to themselves, nobody else is told then either."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.base import Address, Card, Message, Receive
from bot.app import Fenshen
from bot.archive import unzipped
from bot.learning import Learning
from bot.objecting import Objections
from bot.receipts import Controller
from bot.takeout import exported
from bot.tells import Tells
from skills.database import Database
from skills.earlier import Kept
from skills.kept_along import past_withheld
from skills.keyring import DirectoryKeyring
from skills.pages import Change
from skills.queue import Queue
from skills.readings import Reading
from skills.store import Store
from skills.vault import Vault
from skills.words import Claim, Said
from tests.store.paged import ROLLBACK, TALK, VENDOR

ANA, OPS = "lark:t:ana", "lark:t:ops"
CONTROLLER = Controller("Example", "1 Example Road", "privacy@example.org", "CN", "here")
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Asks = Callable[..., Awaitable[tuple[Address, Card]]]
Answers = Callable[..., Awaitable[list[list[str]]]]
SAID = {
    "topic": "the zeppelin charter moves to March",
    "message": "the turquoise wombat migrates on Sunday",
    "answer": "the stamp cabinet is behind the printer",
    "open": "the gateway restarts at nine",
    "wrong": "the launch window is Thursday afternoon",
}
RIGHT, NOTED = "the launch window is Friday morning", "the espresso machine is descaled every second Tuesday"
WITHHELD = (
    "when is the zeppelin charter",
    "when does the turquoise wombat migrate",
    "where is the stamp cabinet",
    "where is the vendor contract of the Osaka warehouse",
)
OPEN = (
    "when does the gateway restart",
    "when is the launch window",
    "when is the espresso machine descaled",
    "how do we roll back payments",
)


@pytest.fixture
def answers(asks: Asks) -> Answers:
    """What somebody is told on each question, without where it comes from."""

    async def ask(questions: Sequence[str], person: str = "bo", **where: object) -> list[list[str]]:
        return [[q.text for q in (await asks(person, f"ask Ana {q}", **where))[1].quotes] for q in questions]

    return ask


@pytest.fixture
async def told(
    joins: Callable[..., Awaitable[None]],
    receive: Receive,
    says: Says,
    settled: Settled,
    asks: Asks,
    store: Store,
    history: list[Message],
) -> str:
    """Ana said and kept a few things, put one right, and keeps back some of it in every way; the page kept back.

    What she said in the chat, its history has ever after.
    """
    await joins("ana", "join_today")
    ids: dict[str, str] = {}
    for n, (name, text) in enumerate((*enumerate((*ROLLBACK, *VENDOR, *TALK)), *SAID.items())):
        message = says("ana", text)
        message = replace(message, at=message.at + timedelta(hours=n))
        await receive(message)
        history.append(message)
        ids[str(name)] = message.id
        await settled()
    now = datetime.now(UTC)
    await settled()
    assert await store.keep(Claim("lark", "k"), Said(ANA, OPS, "note:om_k", now, NOTED, source="note"))
    right = Said(ANA, OPS, "om_right", now, RIGHT, source="kept")
    assert await store.correct(Claim("lark", "c"), ANA, ids["wrong"], right)
    pages = [await store.page(ANA, page.id) for page in await store.pages(ANA)]
    (page,) = [page.listed.id for page in pages if page and {line.text for line in page.lines} == {*VENDOR}]
    assert await store.change_page(Claim("lark", "p"), ANA, page, Change("withheld"))
    assert await store.withhold(Claim("lark", "t"), ANA, ["zeppelin"])
    assert await store.withhold_message(Claim("lark", "m"), ANA, ids["message"])
    answer = (await asks("bo", f"ask Ana {WITHHELD[2]}"))[1].answer
    assert await store.retract(Claim("lark", "a"), ANA, str(answer))
    return page


@pytest.fixture
def again(
    receive: Receive, says: Says, settled: Settled, joins: Callable[..., Awaitable[None]], store: Store
) -> Callable[[], Awaitable[bytes]]:
    """Ana takes everything along, leaves, all of it is erased, and she joins anew; her export."""

    async def again_() -> bytes:
        made = await exported(store, None, ANA, CONTROLLER, "en")
        assert made is not None
        await receive(says("ana", "leave", to_bot=True, direct=True))
        await settled()
        assert await store.withheld(ANA) == []
        await joins("ana")
        return made[1]

    return again_


def rows(data: bytes, name: str) -> list[dict[str, object]]:
    """The objects of a file of an archive, one a line."""
    return [json.loads(line) for line in (unzipped(data) or {})[name].splitlines()]


def held(data: bytes) -> list[tuple[object, ...]]:
    """Each message with what it is, and whether it is kept back."""
    names = ("id", "chat", "text", "thread", "withheld")
    purpose = ("note", "kept", "interview")
    return [
        (*(row[name] for name in names), row["source"] if row["source"] in purpose else "")
        for row in rows(data, "messages.jsonl")
    ]


async def test_the_same_is_answered_and_the_same_is_not(
    told: str, answers: Answers, fenshen: Fenshen, store: Store, again: Callable[[], Awaitable[bytes]], settled: Settled
) -> None:
    """By topic, message, answer and page; the owner alone is told, and shares it again as before.

    The chat's history was read anew before: it has the words that were put right, and all that was kept back.
    """
    before = (await answers(OPEN), await answers(WITHHELD), await answers(WITHHELD, "ana", direct=True))
    assert [bool(texts) for texts in before[0]] == [True] * 4
    assert before[1] == [[]] * 4
    assert [bool(texts) for texts in before[2]] == [True] * 4
    archive = await again()
    outcome, counts = await fenshen.learning.take_in(ANA, archive)
    assert (outcome, counts["pages"], counts["withheld"] != "0") == ("imported", "2", True)
    await settled()
    assert (await answers(OPEN), await answers(WITHHELD), await answers(WITHHELD, "ana", direct=True)) == before
    second = await exported(store, None, ANA, CONTROLLER, "en")
    assert second is not None
    assert [row for row in held(second[1]) if row[2] != SAID["wrong"]] == held(archive)
    kinds = sorted(one.kind for one in await store.withheld(ANA))
    assert kinds == ["message", "message", "message", "page", "topic"]  # alone, answered, put right
    assert await store.change_page(Claim("lark", "s"), ANA, told, Change("shared"))
    assert all(await answers(WITHHELD[3:], "cy"))
    for one in await store.withheld(ANA):
        await store.allow(Claim("lark", one.id), ANA, one.id)
    assert all(await answers(WITHHELD[:3], "cy"))


async def test_what_is_kept_back_stays_so_though_nothing_but_the_messages_come_back(
    told: str,
    answers: Answers,
    fenshen: Fenshen,
    again: Callable[[], Awaitable[bytes]],
    settled: Settled,
    history: list[Message],
) -> None:
    """The file alone, signed by nobody, says which of them are."""
    history.clear()
    files = unzipped(await again())
    assert files is not None
    assert (await fenshen.learning.take_in(ANA, files["messages.jsonl"]))[0] == "imported"
    await settled()
    assert await answers(WITHHELD) == [[]] * 4
    assert [bool(texts) for texts in await answers(OPEN)] == [True] * 4


class BreakingOff(Store):
    """A store that breaks off as soon as a word is there."""

    async def learn(self, owner: str, chat: str, saids: Sequence[Said], there: Reading | None = None) -> Kept:
        """Record, and come no further."""
        await super().learn(owner, chat, saids, there)
        raise ConnectionError


async def test_what_was_kept_back_is_so_before_the_first_word_is_there(
    told: str,
    answers: Answers,
    fenshen: Fenshen,
    again: Callable[[], Awaitable[bytes]],
    history: list[Message],
    database: Database,
    vault: Vault,
    keyring: DirectoryKeyring,
    queue: Queue,
) -> None:
    """Broken off before the pages, nothing that they kept back is told, nor anything else."""
    history.clear()
    archive = await again()
    store = BreakingOff(database, vault, keyring, queue, lambda: datetime.now(UTC))
    platforms, lists = fenshen.platforms, Objections(store, fenshen.platforms)
    learning = Learning(store, platforms, {}, Tells(store, platforms, frozenset(), None), lists)
    with pytest.raises(ConnectionError):
        await learning.take_in(ANA, archive)
    assert await answers(WITHHELD) == [[]] * 4
    assert [bool(texts) for texts in await answers(OPEN)] == [True] * 4


def test_what_nothing_else_would_keep_back_is_kept_back_by_itself() -> None:
    """A topic whose words are lost or reach it no more, an answer, something unknown; and what was put right, twice."""
    kept = [
        {"id": "T", "kind": "topic", "words": "zeppelin", "chat": None, "message": None},
        {"id": "L", "kind": "topic", "words": None, "chat": None, "message": None},
        {"id": "M", "kind": "message", "words": None, "chat": OPS, "message": "gone"},
        {"id": "A", "kind": "answer", "words": None, "chat": None, "message": None},
        {"id": "P", "kind": "page", "words": None, "chat": OPS, "message": None},
    ]
    by = {
        "reached": ["T"], "lost": ["L"], "other words": ["T"], "both": ["A", "T"], "unknown": ["X"], "older": None,
        "paged": ["P"], "paged too": ["P", "T"], "answered too": ["A", "P"], "open": [],
    }  # fmt: skip
    messages = [
        {"id": id_, "chat": OPS, "text": "nothing" if id_ == "other words" else "a zeppelin", "withheld": ids != []}
        | ({} if ids is None else {"withheld_by": ids})
        for id_, ids in by.items()
    ]
    notes = [
        {"message": "first", "by": "second"},
        {"message": "second", "by": "open"},
        {"message": "both", "by": "open"},
    ]
    ledger = [{"kind": "corrected", "content": json.dumps(note)} for note in notes]
    past = past_withheld(kept, messages, [{"kind": "corrected", "content": None}, *ledger])
    assert past.topics == ("zeppelin",)
    alone = {"lost", "other words", "both", "unknown", "older", "answered too", "gone", "first", "second"}
    assert past.messages == {(OPS, id_) for id_ in alone}
    assert past.on_pages == {(OPS, "paged"), (OPS, "paged too")}
