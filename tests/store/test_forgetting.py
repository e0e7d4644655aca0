"""What was forgotten does not come back by itself: not from the chat's history, a file, or a late event."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from skills.earlier import Kept
from skills.imports import Whose, read_file
from skills.words import Said
from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
DEV = "lark:t:oc_dev"
WORDS, OTHER = "the launch window is Thursday", "we release on Tuesday"


async def again(company: Company, message: str, words: str = WORDS, chat: str = Company.ops, **more: object) -> int:
    """The history is read, and tells a message of Ana's as it stands there; returns whether it was recorded."""
    fields = {"at": company.now - timedelta(hours=1), "source": "history", **more}
    return await company.store.backfill(ANA, chat, [Said(ANA, chat, message, text=words, **fields)])  # type: ignore[arg-type]


def whose(company: Company) -> Whose:
    """Ana's file."""
    return Whose(ANA, frozenset({"Ana"}), {company.ops: "ops"}, company.now, company.ops)


async def filed(company: Company, data: str) -> int:
    """Ana sends a file with her words of that chat; returns how many were recorded."""
    lines = read_file(data.encode(), whose(company))
    assert lines.saids
    return await company.store.backfill(ANA, company.ops, lines.saids)


def line(company: Company, words: str = WORDS) -> str:
    """A chat export that tells no ids: each line a time, a name and what was said."""
    at = company.now - timedelta(hours=1)
    return f"{at:%Y-%m-%d %H:%M} Ana：{words}\n{at:%Y-%m-%d %H:%M} Bo：all right\n"


@pytest.fixture
async def forgotten(company: Company) -> str:
    """What Ana said an hour ago, and has forgotten since."""
    await company.join(ANA, back=30)
    message = await company.say(ANA, WORDS, at=company.now - timedelta(hours=1))
    assert await company.store.drop(company.claim(), ANA, company.ops, message) is True
    return message


async def test_no_reading_brings_back_what_its_owner_has_forgotten(company: Company, forgotten: str) -> None:
    """Nor a file, with ids or without, nor a redelivery however late; what else was said is kept, and nothing is told.

    Her colleague may say the same words, and she herself on another occasion.
    """
    company.later(days=4)
    await company.store.prune()
    said = company.now - timedelta(days=4, hours=1)
    assert await again(company, forgotten, at=said) == 0
    assert await company.store.record(company.claim(forgotten), Said(ANA, company.ops, forgotten, said, WORDS))
    row = {"id": forgotten, "chat": company.ops, "sender": ANA, "text": WORDS, "at": said.isoformat()}
    assert await filed(company, json.dumps(row)) == 0
    company.now -= timedelta(days=4)
    assert await filed(company, line(company)) == 0
    assert await filed(company, line(company, OTHER)) == 1
    assert await company.find(ANA, BO, "launch window") == []
    await company.join(BO)
    assert await company.store.backfill(BO, company.ops, [Said(BO, company.ops, forgotten, company.now, WORDS)]) == 1
    assert await again(company, "om_later") == 1
    assert await company.find(ANA, BO, "launch window") == [WORDS]


async def test_of_what_was_forgotten_nothing_can_be_read(company: Company, forgotten: str) -> None:
    """Neither its words nor its id stand anywhere but sealed; when she leaves, nothing of it stands at all."""
    company.later(days=4)
    await company.store.prune()
    seen = company.everything()
    assert WORDS not in seen
    assert forgotten not in seen
    assert len(await company.rows("SELECT 1 FROM forgotten", ANA)) == 2
    assert await company.rows("SELECT 1 FROM forgotten", BO) == []
    left = await company.leave(ANA)
    assert left is not None
    await company.store.erase(left.id)
    assert await company.rows("SELECT 1 FROM forgotten", ANA) == []


async def test_its_owner_alone_has_it_remembered_again(company: Company, forgotten: str) -> None:
    """By their own word, for that very message; and what is forgotten again is gone again."""
    at = company.now - timedelta(hours=1)
    kept = Said(ANA, company.ops, forgotten, at, WORDS, source="note")
    assert await company.store.keep(company.claim(), kept) is True
    assert await company.find(ANA, BO, "launch window") == [WORDS]
    assert await company.rows("SELECT 1 FROM forgotten", ANA) == []
    assert await company.store.drop(company.claim(), ANA, None, forgotten) is True
    assert await again(company, forgotten) == 0


async def test_what_is_not_recorded_yet_is_not_recorded_later(company: Company) -> None:
    """An owner may be faster than the reading of the chat; somebody else's word about a message bars nothing."""
    await company.join(ANA, back=30)
    await company.join(BO)
    assert await company.store.drop(company.claim(), ANA, company.ops, "om_a") is False
    assert await company.store.drop(company.claim(), BO, company.ops, "om_b") is False
    assert (await again(company, "om_a"), await again(company, "om_b", OTHER)) == (0, 1)


async def test_the_wrong_words_do_not_come_back_after_a_correction(company: Company) -> None:
    """Neither under their id nor in a file without ids; a correction that no consent covers bars nothing."""
    await company.join(ANA, back=30)
    old = await company.say(ANA, WORDS, at=company.now - timedelta(hours=1))
    right = Said(ANA, company.ops, "om_c", company.now, "the launch window is Friday", source="note")
    early = Said(ANA, company.ops, "om_c", company.now - timedelta(days=99), "too early", source="note")
    assert await company.store.correct(company.claim(), ANA, old, early) is False
    assert await company.rows("SELECT 1 FROM forgotten", ANA) == []
    assert await company.store.correct(company.claim(), ANA, old, right) is True
    assert await again(company, old) == 0
    assert await filed(company, line(company)) == 0
    assert await company.find(ANA, BO, "launch window") == [right.text]


async def test_what_a_file_told_without_an_id_is_known_in_the_chat_again(company: Company) -> None:
    """By its words and its day, in whichever time zone the file tells it; a week before it is another message."""
    await company.join(ANA, back=30)
    assert await filed(company, line(company)) == 1
    (row,) = await company.rows("SELECT message FROM message", ANA)
    assert await company.store.drop(company.claim(), ANA, None, row.message) is True
    assert await filed(company, line(company)) == 0
    assert await again(company, "om_1") == 0
    assert await again(company, "om_2", at=company.now - timedelta(hours=20)) == 0
    assert await again(company, "om_3", at=company.now - timedelta(days=7)) == 1


async def test_what_was_told_to_the_bot_is_known_in_the_chat_too(company: Company) -> None:
    """There it may stand under an id of the platform's own."""
    await company.join(ANA, back=30)
    note = Said(ANA, company.ops, "note:om_1", company.now, WORDS, source="note")
    assert await company.store.keep(company.claim(), note) is True
    assert await company.store.drop(company.claim(), ANA, None, note.message) is True
    assert await again(company, "msg1==") == 0
    assert await again(company, "msg2==", OTHER) == 1


async def test_what_was_struck_for_an_objector_stays_away_when_they_object_no_more(company: Company) -> None:
    """And where their name is not known any more."""
    await company.join(ANA, back=30)
    message = await company.say(ANA, "Bo restarts the gateway", at=company.now - timedelta(hours=1))
    await company.store.object(company.claim(), BO, company.ops)
    assert await company.store.strike(ANA, company.ops, lambda words: "Bo" in words) == 1
    assert await again(company, message, "Bo restarts the gateway") == 0
    await company.store.withdraw_objection(company.claim(), BO, company.ops)
    assert await again(company, message, "Bo restarts the gateway") == 0


async def test_what_an_objector_is_spared_is_erased_in_three_steps(company: Company) -> None:
    """Gone at once; then its key is destroyed, what stays is under a new one, and a probe proves it."""
    await company.join(ANA)
    await company.say(ANA, "Bo restarts the gateway")
    await company.say(ANA, "the gateway hums")
    (old,) = [row.key_id for row in await company.rows("SELECT key_id FROM owner")]
    await company.store.object(company.claim(), BO, company.ops)
    assert [await company.store.strike(ANA, company.ops, lambda words: "Bo" in words) for _ in range(2)] == [1, 0]
    assert await company.find(ANA, BO, "gateway") == ["the gateway hums"]
    (job,) = await company.jobs("erase")
    done = await company.store.erase(job["erasure"])
    assert (done.residue, done.counts["messages"]) == (0, 1)
    assert done.counts["sampled"] == done.counts["found_before"] > 0
    assert await company.keyring.key(old) is None
    assert await company.find(ANA, BO, "gateway") == ["the gateway hums"]
    assert await company.store.verify(ANA) is None


async def test_no_old_file_brings_back_what_was_taken_back_on_the_platform(company: Company) -> None:
    """However much later, recorded before or not, and without its id."""
    await company.join(ANA, back=30)
    message = await company.say(ANA, WORDS, at=company.now - timedelta(hours=1))
    file = line(company)
    for taken_back in (message, "om_unseen"):
        await company.store.forget(company.claim(), company.ops, taken_back)
    at = company.now - timedelta(hours=1)
    company.later(days=9)
    await company.store.prune()
    assert await again(company, message, at=at) == 0
    assert await again(company, "om_unseen", OTHER, at=at) == 0
    assert await filed(company, file) == 0


async def test_leaving_one_chat_keeps_what_was_forgotten_in_the_others(company: Company) -> None:
    """Under the new key; of the chat that was left nothing stays."""
    for chat in (company.ops, DEV):
        await company.join(ANA, chat, back=30)
        await company.store.drop(company.claim(), ANA, chat, "om_a")
    left = await company.leave(ANA, DEV)
    assert left is not None
    await company.store.erase(left.id)
    assert [row.chat for row in await company.rows("SELECT chat FROM forgotten", ANA)] == [company.ops]
    assert await again(company, "om_a") == 0
    await company.join(ANA, DEV, back=30)
    assert await again(company, "om_a", chat=DEV) == 1


async def test_what_was_taken_back_goes_as_a_file_tells_it_too(company: Company) -> None:
    """The chat's message came after the file that had it without its id; what was said a minute later stays."""
    await company.join(ANA, back=30)
    assert await filed(company, line(company)) == 1
    said = company.now - timedelta(hours=1)
    message = await company.say(ANA, WORDS, at=said)
    await company.say(ANA, WORDS, at=said + timedelta(minutes=1))
    assert len(await company.store.own(ANA)) == 3
    await company.store.forget(company.claim(), company.ops, message)
    assert [p.at for p in await company.store.own(ANA)] == [said + timedelta(minutes=1)]


@pytest.mark.parametrize("zone", [0, 8])
async def test_one_message_is_recorded_once_though_a_file_tells_no_id(company: Company, zone: int) -> None:
    """By its words and its minute, in whichever time zone; so that what is kept back does not come by another way."""
    await company.join(ANA, back=30)
    message = await company.say(ANA, WORDS, at=company.now - timedelta(hours=1))
    assert await company.store.withhold_message(company.claim(), ANA, message)
    company.now += timedelta(hours=zone)
    there = read_file(line(company).encode(), whose(company)).saids
    company.now -= timedelta(hours=zone)
    assert await company.store.learn(ANA, company.ops, there) == Kept(0, known=1)
    assert await company.find(ANA, BO, "launch window") == []
    later = [replace(said, at=said.at + timedelta(minutes=1)) for said in there]
    assert await company.store.learn(ANA, company.ops, later) == Kept(1)


@pytest.mark.parametrize("read_first", [False, True])
async def test_what_the_bot_was_to_remember_is_not_recorded_again_under_the_chats_own_id(
    company: Company, read_first: bool
) -> None:
    """A bot on DingTalk may know a message by another id than its owner's own reading; what was remembered stays."""
    await company.join(ANA, back=30)
    at = company.now - timedelta(hours=1)
    note = Said(ANA, company.ops, "msgX", at, WORDS, source="note")
    for reads in (read_first, not read_first):
        if reads:
            await again(company, "openX==", at=at)
        else:
            assert await company.store.keep(company.claim(), note) is True
    assert [p.message for p in await company.store.own(ANA)] == ["msgX"]
