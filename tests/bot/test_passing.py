"""What an owner is told of a chat that is read for them: how far it is, for how long still, and what was left out."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.base import Click, Message, Receive
from bot.passing import Passed, found, read_as
from bot.sentences import Language, say
from skills.earlier import Kept
from skills.scopes import Readers, ScopeDocument, Sources
from skills.store import Store
from skills.words import Consent, Tell
from tests.bot.conftest import Shown

Joins = Callable[..., Awaitable[Shown]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Settled = Callable[[], Awaitable[None]]
NOW = datetime(2031, 5, 14, tzinfo=UTC)
ANA = "lark:t:ana"


def passing(says: Says, days: float, seconds: float) -> Passed:
    """A reading of ninety days that has come so far in so many seconds."""
    passed = Passed(ANA, NOW - timedelta(days=90), NOW, began=time.monotonic() - seconds)
    passed.take(says("ana", "hello", at=NOW - timedelta(days=90 - days)))
    return passed


@pytest.mark.parametrize(
    ("days", "seconds", "minutes"), [(1, 60, None), (45, 130, 2), (30, 62, 2), (89.9, 60, 0), (120, 60, 0)]
)
def test_how_long_it_will_take_is_told_once_it_can_be(
    says: Says, days: float, seconds: float, minutes: int | None
) -> None:
    """By how many of the days are behind it, in whole minutes."""
    assert passing(says, days, seconds).minutes == minutes


def test_a_thread_that_is_older_does_not_throw_it_back(says: Says) -> None:
    """Threads come last, whenever they were."""
    passed = passing(says, 80, 80)
    passed.take(says("ana", "long ago", at=NOW - timedelta(days=85)))
    assert passed.minutes == 0


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("seconds", "sentence"), [(310, "joined_left"), (50, "joined_soon")])
def test_the_card_tells_it(says: Says, language: Language, seconds: float, sentence: str) -> None:
    """In both languages."""
    tell = Tell(
        "joined", "lark", person=ANA, ids={"chat": "c", **passing(says, 45, seconds).progress}, language=language
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
    assert read_as(language, chats, 2) == "\n\n".join([say(language, "lend_done", read=7, kept=2), left_out, gaps])


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
