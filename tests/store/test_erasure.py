"""Erased means gone: key destroyed, rows deleted, proved by a probe; and each step can be done again."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from skills import erasure, probe, resealing
from skills import tables as t
from skills.keyring import Keyring
from skills.notes import titled
from skills.queue import Queue
from skills.store import Store
from skills.upkeep import UnknownErasure
from skills.vault import Vault
from skills.words import Erasure, Said, Tell, Venue

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"
WORDS = ("message", "passage", "posting", "citation", "answer", "ledger_payload")


async def _answered(company: "Company", chat: str = OPS) -> str:
    """Ana has said two things in a chat, and Bo was answered with one; the answer's id."""
    await company.join(ANA, chat)
    await company.say(ANA, f"rollback the gateway {chat}", chat)
    await company.say(ANA, f"canary in {chat}", chat)
    grant = await company.grant(ANA, BO, chat)
    assert grant is not None
    found = await company.store.recall(grant, "rollback")
    answered = await company.store.deliver(grant, [found[0].id])
    assert answered is not None
    await company.store.shown(answered.id, "lark", chat, f"card-{answered.id}")
    return answered.id


async def _left(company: "Company", chat: str | None = None) -> Erasure:
    gone = await company.leave(ANA, chat)
    assert gone is not None
    return gone


async def _nothing_is_left(company: "Company", done: Erasure) -> bool:
    rows = [row for table in WORDS for row in await company.rows(f"SELECT 1 FROM {table}", ANA)]
    keys = [row.key_id for row in await company.rows("SELECT key_id FROM owner_key")]
    return done.residue == 0 and not rows and [await company.keyring.key(key) for key in keys] == [None] * len(keys)


async def test_an_erasure_that_is_not_there_cannot_be_done(company: "Company") -> None:
    """It raises, so that the job is seen to fail."""
    with pytest.raises(UnknownErasure):
        await company.store.erase("nothing")
    assert await company.store.erasure("nothing") is None


async def test_after_leaving_nothing_is_left_and_the_probe_says_so(company: "Company") -> None:
    """All rows go, the key is destroyed, samples found before are not found after, the counts are true."""
    await _answered(company)
    gone = await _left(company)
    assert gone.key_destroyed_at is None
    company.later(seconds=1)
    done = await company.store.erase(gone.id)
    assert await _nothing_is_left(company, done)
    assert (done.stopped_at, done.key_destroyed_at, done.erased_at) == (gone.stopped_at, company.now, company.now)
    assert done.counts["messages"] == done.counts["passages"] == 2
    assert done.counts["answers"] == 1
    assert done.counts["sampled"] == done.counts["found_before"] > 2
    assert done.counts["vacuumed"] == 1
    assert done == await company.store.erasure(gone.id) == await company.store.erase(gone.id)
    assert await company.store.verify(ANA) is None


async def test_an_answer_goes_though_what_it_cites_was_kept_under_a_heading_since(company: "Company") -> None:
    """Its words were recorded anew then, so that it cites nothing any more; and it was its owner's all the same."""
    answer = await _answered(company)
    for row in await company.rows("SELECT message FROM message", ANA):
        kept = titled(Said(ANA, OPS, row.message, company.now, "canary anew", source="kept"), "How to roll back")
        assert await company.store.keep(company.claim(), kept)
    assert [row.id for row in await company.rows("SELECT id FROM answer", ANA)] == [answer]
    assert await company.rows("SELECT 1 FROM citation", ANA) == []
    assert await _nothing_is_left(company, await company.store.erase((await _left(company)).id))
    assert await company.rows("SELECT 1 FROM answer", ANA) == []


async def test_an_answer_whose_words_are_taken_back_goes_with_them(company: "Company") -> None:
    """With its credit; where it stood is kept until it is taken down."""
    answer = await _answered(company)
    for row in await company.rows("SELECT message FROM message", ANA):
        await company.store.forget(company.claim(), OPS, row.message)
    assert await company.rows("SELECT 1 FROM answer UNION ALL SELECT 1 FROM credit", ANA) == []
    assert [place.answer for place in await company.store.placed(ANA)] == [answer]


async def test_an_answer_that_cites_nothing_any_more_goes_too(company: "Company") -> None:
    """It still names who asked."""
    await _answered(company)
    company.alter("DELETE FROM passage")
    assert len(await company.rows("SELECT 1 FROM answer", ANA)) == 1
    gone = await _left(company)
    await company.store.erase(gone.id)
    assert await company.rows("SELECT 1 FROM answer", ANA) == []


@pytest.mark.parametrize("replaced", [True, False])
async def test_where_answers_stood_is_kept_until_they_are_taken_down(company: "Company", replaced: bool) -> None:
    """But for those that were replaced already, while they were on their way."""
    answer = await _answered(company)
    if replaced:
        await company.store.replaced([answer])
    gone = await _left(company)
    await company.store.erase(gone.id)
    places = await company.store.placed(ANA)
    assert [place.answer for place in places] == ([] if replaced else [answer])
    for place in places:
        await company.store.taken_down(place)
    assert await company.store.placed(ANA) == []


async def test_a_probe_that_could_not_find_its_samples_is_seen(company: "Company") -> None:
    """Samples are looked for before the deletion too, and again after: rows that come back are counted."""
    await _answered(company)
    gone = await _left(company)
    await company.store.destroy_keys(gone)
    rows = await company.rows("SELECT * FROM message", ANA)
    passages = await company.rows("SELECT * FROM passage", ANA)
    await company.store.delete_words(gone)
    async with company.database.transaction(owner=ANA) as connection:
        await connection.execute(t.passage.insert(), [dict(row._mapping) for row in passages])
        await connection.execute(t.message.insert(), [dict(row._mapping) for row in rows])
    async with company.database.transaction(owner=ANA) as connection:
        row = await erasure.find(connection, gone.id)
        assert row is not None
        assert await probe.look(connection, ANA, row.probe) == 2


async def test_the_receipt_is_sent_when_all_is_erased(company: "Company") -> None:
    """One card, with the erasure's id, and not before; its slot outlives the other cards about the owner."""
    await _answered(company)
    await company.store.fill("s-receipt", "lark", "c", "m1", True, about=ANA)
    await company.store.fill("s-other", "lark", "c", "m2", True, about=ANA)
    receipt = Tell("erased", "lark", person=ANA, slot="s-receipt", ids={"a": "b"})
    gone = await company.store.leave(company.claim(), ANA, receipt=receipt)
    assert gone is not None
    assert await company.jobs("tell") == []
    await company.store.erase(gone.id)
    await company.store.erase(gone.id)
    (told,) = await company.jobs("tell")
    assert (told["card"], told["ids.erasure"], told["ids.a"]) == ("erased", gone.id, "b")
    assert await company.store.slot("s-receipt") is not None
    assert await company.store.slot("s-other") is None


async def test_every_step_can_be_broken_off_and_done_again(company: "Company") -> None:
    """A crash before, between and after any two steps changes nothing about the end."""
    await _answered(company)
    gone = await _left(company)
    await company.store.destroy_keys(gone)
    await company.store.destroy_keys(gone)
    assert await company.store.replay_tombstones() == 1
    await company.store.delete_words(gone)
    await company.store.delete_words(gone)
    assert await _nothing_is_left(company, await company.store.erase(gone.id))


async def test_a_key_destroyed_but_not_yet_noted_is_no_obstacle(company: "Company") -> None:
    """A crash right after the keyring's part."""
    await _answered(company)
    gone = await _left(company)
    for row in await company.rows("SELECT key_id FROM owner_key"):
        await company.keyring.destroy(row.key_id)
    assert await _nothing_is_left(company, await company.store.erase(gone.id))


async def test_a_begun_erasure_goes_on_after_a_restart(company: "Company") -> None:
    """Its job is enqueued again at the start if it was lost, and never twice."""
    await _answered(company)
    gone = await _left(company)
    async with company.database.transaction() as connection:
        await connection.execute(text("UPDATE procrastinate_jobs SET status = 'failed'"))
    await company.store.replay_tombstones()
    await company.store.prune()
    assert await company.jobs("erase") == [{"erasure": gone.id}]


async def test_two_workers_may_do_the_same_erasure(company: "Company") -> None:
    """At least once is enough."""
    await _answered(company)
    gone = await _left(company)
    done = await asyncio.gather(company.store.erase(gone.id), company.store.erase(gone.id))
    assert done[0].erased_at == done[1].erased_at
    kinds = [row.kind for row in await company.rows("SELECT kind FROM ledger ORDER BY seq", ANA)]
    assert kinds == ["given", "answered", "stopped", "erased"]


async def test_leaving_one_chat_reseals_the_other_before_the_old_key_goes(company: "Company") -> None:
    """What stays is readable under a new key; what went is under a destroyed one; new words never knew the old."""
    await _answered(company, OPS)
    kept = await _answered(company, DEV)
    gone = await _left(company, OPS)
    await company.say(ANA, "said meanwhile", DEV)
    assert len(await company.find(ANA, BO, "rollback", DEV)) == 1
    done = await company.store.erase(gone.id)
    assert done.residue == 0
    assert done.counts["messages"] == 2
    assert await company.find(ANA, BO, "rollback", DEV) == [f"rollback the gateway {DEV}"]
    assert await company.find(ANA, BO, "said meanwhile", DEV) == ["said meanwhile"]
    assert [double.name for double in await company.store.doubles(BO, Venue(DEV, False))] == ["Ana"]
    assert await company.rows(f"SELECT 1 FROM passage WHERE chat = '{OPS}'", ANA) == []
    live = {row.key_id for row in await company.rows("SELECT key_id FROM owner")}
    assert len(live) == 1
    for table in ("message", "passage", "ledger_payload"):
        assert {row.key_id for row in await company.rows(f"SELECT key_id FROM {table}", ANA)} == live
    assert [row.id for row in await company.rows("SELECT id FROM answer", ANA)] == [kept]
    assert await company.store.verify(ANA) is None


async def test_leaving_one_chat_can_be_broken_off_while_resealing(company: "Company") -> None:
    """Half resealed is found and answered like whole."""
    await company.join(ANA, OPS)
    await company.join(ANA, DEV, back=90)
    early = company.now - timedelta(days=1)
    many = [Said(ANA, DEV, f"om_x{n}", early, f"merge number {n}") for n in range(resealing.BATCH + 20)]
    assert await company.store.backfill(ANA, DEV, many) == len(many)
    gone = await _left(company, OPS)
    async with company.database.transaction(owner=ANA) as connection:
        assert await resealing.reseal(connection, company.vault, ANA, 10**6) > 0
    assert len(await company.rows("SELECT DISTINCT key_id FROM passage", ANA)) == 2
    assert len(await company.ask(ANA, BO, "merge", DEV, limit=1000)) == len(many)
    assert (await company.store.erase(gone.id)).residue == 0
    assert len(await company.ask(ANA, BO, "merge", DEV, limit=1000)) == len(many)


async def test_one_chat_after_the_other_ends_with_nothing(company: "Company") -> None:
    """Erasures that wait for one another leave neither rows nor keys behind, in either order."""
    await _answered(company, OPS)
    await _answered(company, DEV)
    first = await _left(company, OPS)
    second = await _left(company)
    assert (await company.store.erase(second.id)).residue == 0
    assert await _nothing_is_left(company, await company.store.erase(first.id))


async def test_a_restored_backup_serves_nothing_of_who_left(company: "Company", keyring: Keyring, queue: Queue) -> None:
    """Tombstones in the keyring are replayed before serving: the rows go, and the consent is withdrawn."""
    await _answered(company)
    for row in await company.rows("SELECT key_id FROM owner_key"):
        await keyring.destroy(row.key_id)  # as if this database were older than the leave
    restored = Store(company.database, Vault(keyring), keyring, queue, lambda: company.now)
    assert await restored.replay_tombstones() == 1
    for table in ("message", "passage", "posting"):
        assert await company.rows(f"SELECT 1 FROM {table}", ANA) == []
    assert not await restored.is_owner(ANA)
    assert await company.grant(ANA, BO) is None
    await company.say(ANA, "not to be recorded")
    assert await company.rows("SELECT 1 FROM message", ANA) == []
    assert await restored.replay_tombstones() == 0


async def test_what_a_restored_backup_says_of_who_left_goes_too(
    company: "Company", keyring: Keyring, queue: Queue
) -> None:
    """Their yes to a model, what they kept back and the cards they had: whoever joins anew begins anew."""
    await _answered(company)
    await company.store.let_speak(company.claim(), ANA, "api.example", "ab" * 32, "en")
    await company.store.withhold_message(company.claim(), ANA, await company.say(ANA, "the safe is open"))
    for row in await company.rows("SELECT key_id FROM owner_key"):
        await keyring.destroy(row.key_id)
    restored = Store(company.database, Vault(keyring), keyring, queue, lambda: company.now)
    await restored.replay_tombstones()
    for job in await company.jobs("erase"):
        assert (await restored.erase(job["erasure"])).residue == 0
    for table in ("withheld", "offer", "draft", "page_written"):
        assert await company.rows(f"SELECT 1 FROM {table}", ANA) == []
    await company.join(ANA)
    assert await restored.spoken(ANA) is None


async def test_nobody_elses_words_go_with_a_leaver(company: "Company") -> None:
    """An erasure is one owner's alone."""
    await company.join(BO)
    await company.say(BO, "rollback, says Bo")
    await _answered(company)
    await company.store.erase((await _left(company)).id)
    assert await company.find(BO, ANA, "rollback") == ["rollback, says Bo"]


async def test_no_key_material_or_word_stands_in_the_erasures_row(company: "Company") -> None:
    """The probe keeps digests only, and not for longer than it needs them."""
    await _answered(company)
    gone = await _left(company)
    await company.store.destroy_keys(gone)
    sealed = [bytes(row.sealed).hex() for row in await company.rows("SELECT sealed FROM message", ANA)]
    await company.store.delete_words(gone)
    assert not any(text in company.everything() for text in sealed)
    await company.store.erase(gone.id)
    assert [row.probe for row in await company.rows("SELECT probe FROM erasure")] == [None]
