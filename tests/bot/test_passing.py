"""What an owner is told of a chat that is read for them: how far it is, for how long still, and what was left out."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from adapters.base import Click, Message, Receive, Refused, Unavailable
from adapters.history import Reached
from bot.app import Fenshen
from bot.learning import Learning
from bot.objecting import Objections
from bot.passing import Passed, far_in, found, read_as
from bot.scoping import Scoping
from bot.sentences import Language, say
from bot.tells import Tells
from skills.database import Database
from skills.earlier import Kept
from skills.membership import Yes
from skills.readings import Reading
from skills.scopes import Readers, ScopeDocument, Sources
from skills.store import Store
from skills.words import Backfill, Claim, Consent, Notice, Offer, Said, Tell
from tests.bot.conftest import Shown

Joins = Callable[..., Awaitable[Shown]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Settled = Callable[[], Awaitable[None]]
NOW = datetime(2031, 5, 14, tzinfo=UTC)
ANA, OPS, DEV = "lark:t:ana", "lark:t:ops", "lark:t:dev"


def passing(says: Says, days: float, seconds: float) -> Passed:
    """A reading of ninety days that has come so far in so many seconds."""
    reached = NOW - timedelta(days=90 - days)
    passed = Passed(ANA, NOW - timedelta(days=90), NOW, reached=reached, began=time.monotonic() - seconds)
    passed.take(says("ana", "hello", at=reached))
    return passed


@pytest.mark.parametrize(
    ("days", "seconds", "minutes"), [(1, 60, None), (45, 130, 2), (30, 62, 2), (89.9, 60, 0), (120, 60, 0)]
)
def test_how_long_it_will_take_is_told_once_it_can_be(
    says: Says, days: float, seconds: float, minutes: int | None
) -> None:
    """By how many of the days are behind it, in whole minutes."""
    assert passing(says, days, seconds).minutes == minutes


def test_a_thread_that_went_on_for_long_does_not_hurry_it(says: Says) -> None:
    """Threads come with the page on which they begin: how far it is, is told by what was begun."""
    passed = passing(says, 45, 130)
    passed.take(says("ana", "much later", at=NOW))
    assert passed.minutes == 2


def test_one_that_goes_on_after_a_break_is_as_fast_as_it_is_now(says: Says) -> None:
    """Half of the days are behind it before it goes on: of the rest it has done half in a minute or so."""
    there = Reading("r", NOW - timedelta(days=90), NOW - timedelta(days=45), read=8)
    passed = Passed.going_on(ANA, there, NOW)
    assert far_in([passed]) == {"read": "8", "own": "8"}
    passed.reached, passed.began = NOW - timedelta(days=22.5), time.monotonic() - 130
    assert (passed.minutes, passed.read) == (2, 8)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("seconds", "sentence"), [(310, "joined_left"), (50, "joined_soon")])
def test_the_card_tells_it(says: Says, language: Language, seconds: float, sentence: str) -> None:
    """In both languages."""
    tell = Tell(
        "joined", "lark", person=ANA, ids={"chat": "c", **far_in([passing(says, 45, seconds)])}, language=language
    )
    consent = Consent(ANA, "c", "chat", NOW, NOW, "1", 3)
    told = found(tell, consent, proposes=False, listed=True)
    assert told == say(language, "joined_progress", read=1, found=1) + say(language, sentence, minutes=5)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_reading_as_its_owner_says_over_all_chats_what_was_left_out_and_why(says: Says, language: Language) -> None:
    """And that a moment was too full to be listed; of what there is nothing of, nothing is said."""
    chats = [passing(says, 1, 1) for _ in range(2)]
    chats[0].kept, chats[1].kept = 1, 1
    done = say(language, "lend_done", read=2, kept=2)
    assert read_as(language, chats) == done
    for message in (
        says("bo", "not hers"),
        says("ana", "to the bot", to_bot=True),
        says("ana", ""),
        says("ana", "known"),
        says("ana", "not to be kept"),
    ):
        chats[1].take(message)
    chats[1].add(Kept(0, known=1))
    left_out = say(language, "lend_left_out", others=1, to_bot=1, empty=1, known=1, out=1)
    gaps = say(language, "lend_gaps", moments=2)
    chats[0].gaps = chats[1].gaps = 1
    assert read_as(language, chats) == "\n\n".join([say(language, "lend_done", read=7, kept=2), left_out, gaps])


async def test_the_receipt_says_what_was_left_out_and_why(
    joins: Joins, says: Says, history: list[Message], standing: dict[str, Shown]
) -> None:
    """Each once, by its reason; and what was there before the job ran a second time is no loss."""
    now = datetime.now(UTC)
    history += [
        says("ana", "the gateway restarts at nine", at=now - timedelta(days=2)),
        says("bo", "not hers", at=now - timedelta(days=2)),
        says("bo", "nor this", at=now - timedelta(days=2)),
        says("bo", "nor that", at=now - timedelta(days=2)),
        says("ana", "a question to the bot", at=now - timedelta(days=2), to_bot=True),
        says("ana", "and one more", at=now - timedelta(days=2), to_bot=True),
        says("ana", "", at=now - timedelta(days=2)),
    ]
    await joins("ana", "join_here")
    ((_, card),) = standing.values()
    assert say("zh", "found_passed", passed=7, others=3, to_bot=2, empty=1, known=0, out=0) in card.text
    await joins("ana", "join_here")
    again = [card for _, card in standing.values()][-1]
    assert say("zh", "found_passed", passed=7, others=3, to_bot=2, empty=1, known=1, out=0) in again.text


async def test_of_a_scopes_chats_it_is_told_what_was_read_and_left_out(
    receive: Receive,
    settled: Settled,
    says: Says,
    taps: Taps,
    store: Store,
    history: list[Message],
    standing: dict[str, Shown],
) -> None:
    """On the card that shows how the scope stands, with the chat's name."""
    yesterday = {"at": datetime.now(UTC) - timedelta(days=1)}
    history += [says("ana", "rollback by script", **yesterday), says("bo", "not hers", **yesterday)]
    scope = ScopeDocument(Sources(("lark:t:ops",)), Readers(("lark:t:dev",)))
    await store.put_scope("ops-to-dev", scope, "ada")
    await receive(says("ana", "/join ops-to-dev", direct=True))
    offer = await store.latest_offer(ANA)
    assert offer is not None
    await receive(taps("ana", "join_here", {"offer": offer.id}))
    await settled()
    left_out = say("zh", "found_passed", passed=2, others=1, to_bot=0, empty=0, known=0, out=0)
    assert list(standing.values())[-1][1].text.endswith(f"ops：{left_out}")


def told_of(owner: str, says: Says, chat: str = "ops") -> list[Message]:
    """Six things in a chat, a minute apart, of each sort one or two."""
    began = datetime.now(UTC) - timedelta(days=2)
    kinds: list[tuple[str, str, dict[str, bool]]] = [
        (owner, "the gateway restarts at nine", {}),
        ("bo", "not hers", {}),
        (owner, "the rollback script lives in tools", {}),
        (owner, "to the bot", {"to_bot": True}),
        (owner, "", {}),
        (owner, "the launch window is Thursday", {}),
    ]
    at = (began + timedelta(minutes=n) for n in range(len(kinds)))
    return [says(who, text, at=when, chat=chat, **more) for (who, text, more), when in zip(kinds, at, strict=True)]


@pytest.mark.parametrize("nth", range(1, 7))
async def test_a_reading_that_broke_off_goes_on_there_and_counts_nothing_twice(
    composed: Fenshen, store: Store, says: Says, database: Database, nth: int
) -> None:
    """Before whichever page; asked for again is that one alone. What was known before the reading stays known."""
    since, pages = await switched_on(store), Pages(told_of("ana", says), {nth})
    learning, first = reads(composed, store, pages), pages.told[0]
    assert await store.backfill(ANA, OPS, [Said(ANA, OPS, first.id, first.at, first.text, source="history")]) == 1
    work = Backfill("lark", ANA, OPS, "offer:1", "en")
    with pytest.raises(Unavailable):
        await learning.backfill(work)
    (there,) = [await store.readings(ANA, "offer:1")]
    assert [one.read for one in there.values()] == ([nth - 1] if nth > 1 else [])
    await learning.backfill(work)
    assert [m.id for m in pages.listed] == [m.id for m in (*pages.told[:nth], *pages.told[nth - 1 :])]
    args = await last_told(database)
    counts = {"passed": "6", "others": "1", "to_bot": "1", "empty": "1", "known": "1", "out": "0"}
    assert {name: args[f"ids.{name}"] for name in counts} == counts
    assert len(await store.own(ANA)) == 3
    assert await store.readings(ANA, "offer:1") == {}
    assert since == await store.learns_since(ANA, OPS)


async def test_whoever_leaves_takes_along_how_far_a_reading_was(composed: Fenshen, store: Store, says: Says) -> None:
    """What still runs then notes nothing anew."""
    await switched_on(store)
    with pytest.raises(Unavailable):
        await reads(composed, store, Pages(told_of("ana", says), {4})).backfill(
            Backfill("lark", ANA, OPS, "offer:1", "en")
        )
    there = (await store.readings(ANA, "offer:1"))[OPS]
    assert "reading.owner" in (await store.holdings(ANA)).rows
    await store.leave(Claim("lark", "l"), ANA)
    await store.stands(ANA, OPS, there)
    assert await store.learn(ANA, OPS, [], there) == Kept()
    assert await store.readings(ANA, "offer:1") == {}
    assert "reading.owner" not in (await store.holdings(ANA)).rows


async def test_of_a_scope_of_several_chats_all_that_was_read_is_added_up(
    receive: Receive,
    settled: Settled,
    says: Says,
    taps: Taps,
    store: Store,
    history: list[Message],
    standing: dict[str, Shown],
) -> None:
    """Of the last chat as little as of the first; nothing is lost by one that has nothing."""
    for chat in ("ops", "dev"):
        history += told_of("ana", says, chat)
    sources = Sources((OPS, DEV, "lark:t:quiet"))
    await store.put_scope("both", ScopeDocument(sources, Readers((DEV,))), "ada")
    await receive(says("ana", "/join both", direct=True))
    offer = await store.latest_offer(ANA)
    assert offer is not None
    await receive(taps("ana", "join_here", {"offer": offer.id}))
    await settled()
    left_out = say("zh", "found_passed", passed=12, others=2, to_bot=2, empty=2, known=0, out=0)
    card = list(standing.values())[-1][1]
    assert card.text.endswith(f"{say('zh', 'chats_read', n=3)}：{left_out}")


async def test_while_a_scopes_chats_are_read_its_card_says_how_far_and_for_how_long(
    receive: Receive,
    settled: Settled,
    says: Says,
    taps: Taps,
    store: Store,
    fenshen: Fenshen,
    standing: dict[str, Shown],
) -> None:
    """Of the first by its name, from the second on over all; it breaks off there, so that the card stays as it was."""
    await store.put_scope("both", ScopeDocument(Sources((DEV, OPS)), Readers((DEV,))), "ada")
    await receive(says("ana", "/join both", direct=True))
    offer = await store.latest_offer(ANA)
    assert offer is not None
    await receive(taps("ana", "join_here", {"offer": offer.id}))
    await settled()
    pages = Pages([message for chat in ("dev", "ops") for message in told_of("ana", says, chat)])
    learning = reads(fenshen, store, pages)
    soon = say("en", "joined_soon")
    for chat, nth, told in ((DEV, 5, f"dev：{say('en', 'joined_progress', read=4, found=2)}{soon}"), (OPS, 11, "")):
        pages.breaks.add(nth)
        with pytest.raises(Unavailable):
            await learning.backfill(Backfill("lark", ANA, chat, "slot", "en", "both"))
        assert list(standing.values())[-1][1].text.endswith(told)
    many = say("en", "chats_read", n=2)
    assert f"{many}：{say('en', 'joined_progress', read=9, found=4)}{soon}" in list(standing.values())[-1][1].text


async def test_a_chat_that_may_not_be_read_is_still_told_of_when_another_was_and_a_wider_yes_begins_anew(
    composed: Fenshen, store: Store, says: Says, database: Database
) -> None:
    """What was read of it before counts; where the days have changed, none of it is behind."""
    since, scope = await switched_on(store), ScopeDocument(Sources((OPS, DEV)), Readers((DEV,)))
    await store.put_scope("both", scope, "ada")
    offer = await store.offer_scope(Claim("lark", "o2"), ANA, "both", "en")
    assert isinstance(offer, Offer)
    yes = Yes("Ana", since, 90, Notice("1", "en", "0" * 64))
    assert await store.join_scope(Claim("lark", "j2"), offer.id, ANA, yes)
    pages = Pages([*told_of("ana", says), *told_of("ana", says, "dev")], shut={3})
    learning = reads(composed, store, pages)
    for chat in (OPS, DEV):
        await learning.backfill(Backfill("lark", ANA, chat, "slot", "en", "both"))
    told = await last_told(database)
    assert (told["ids.why"], told["ids.passed"], told["ids.others"]) == ("history_refused", str(2 + 6), "2")
    there = (await store.readings(ANA, "slot"))[DEV]
    await store.stands(ANA, DEV, replace(there, since=there.since - timedelta(days=9)))
    pages.listed.clear()
    pages.shut.clear()
    await learning.backfill(Backfill("lark", ANA, DEV, "slot", "en", "both"))
    assert len(pages.listed) == len(told_of("ana", says))


async def last_told(database: Database) -> dict[str, Any]:
    """The ids of the last card that waits."""
    last = "SELECT args FROM procrastinate_jobs WHERE task_name = 'tell' ORDER BY id DESC LIMIT 1"
    async with database.transaction() as connection:
        return dict(await connection.scalar(text(last)))


@dataclass
class Pages:
    """A history whose every message is a page by itself; before some it breaks off."""

    told: list[Message]
    breaks: set[int] = field(default_factory=set)
    listed: list[Message] = field(default_factory=list)
    shut: set[int] = field(default_factory=set)  # before which of them the chat is closed

    async def history(self, chat: str, *, since: datetime, after: datetime | None = None) -> AsyncIterator[Any]:
        """What is not behind, each telling how far it is. Raises Unavailable where it is told to."""
        for seen in self.told:
            if seen.chat == chat and seen.at >= max(since, after or since):
                self.listed.append(seen)
                if len(self.listed) in self.breaks:
                    raise Unavailable
                if len(self.listed) in self.shut:
                    raise Refused
                yield seen
                yield Reached(seen.at + timedelta(microseconds=1))


def reads(fenshen: Fenshen, store: Store, pages: Pages) -> Learning:
    """What reads them, telling of every page."""
    platforms = fenshen.platforms
    cards = {"scope": Scoping(store, platforms, frozenset(), None).card}
    tells = Tells(store, platforms, frozenset(), None, cards)
    return Learning(store, platforms, {"lark": pages}, tells, Objections(store, platforms), pause=0.0)


async def switched_on(store: Store) -> datetime:
    """Ana has said yes to the last ninety days of the group; from when on."""
    offer = await store.offer(Claim("lark", "o"), ANA, OPS, "en")
    assert offer is not None
    since, shown = datetime.now(UTC) - timedelta(days=90), Notice("1", "en", "0" * 64)
    fixed = {"person": ANA, "name": "Ana", "audience": "chat", "since": since, "notice": shown}
    assert await store.join(Claim("lark", "j"), offer.id, **fixed)  # type: ignore[arg-type]
    return since
