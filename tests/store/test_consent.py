"""Only a person's own tap on their own offer switches their double on, and switching it off ends everything at once."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import ProgrammingError

from skills.words import Tell

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"
CARD = Tell("receipt", "lark", person=ANA, slot="s1")


async def _tap(company: "Company", offer: str, person: str = ANA, **more: Any) -> Any:
    wish = {"claim": company.claim(), "person": person, "name": "Ana", "audience": "chat", "since": company.now}
    return await company.store.join(**{**wish, "notice": company.notice, "offer_id": offer, **more})


async def test_nobody_takes_up_an_offer_made_to_somebody_else(company: "Company") -> None:
    """A card that was passed on opts nobody in."""
    offer = await company.offer(ANA)
    assert await _tap(company, offer, BO) is None
    assert not await company.store.is_owner(BO)
    assert not await company.store.is_owner(ANA)


async def test_an_unknown_offer_opts_nobody_in(company: "Company") -> None:
    """Card values alone create no consent."""
    assert await _tap(company, "made-up") is None
    assert await company.rows("SELECT 1 FROM owner") == []


async def test_an_offer_ends_after_a_week(company: "Company") -> None:
    """What was offered long ago cannot be taken up."""
    offer = await company.offer(ANA)
    company.later(days=7, seconds=1)
    await company.store.prune()
    assert await _tap(company, offer) is None


async def test_the_database_itself_tells_by_ids_who_joined_and_who_objects_and_no_word(company: "Company") -> None:
    """What its readers are warned of: ids and times are plain, for they are the proof; words and names are not."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    await company.store.object(company.claim(), BO, OPS)
    seen = company.everything()
    assert await company.rows(f"SELECT 1 FROM consent_event WHERE owner = '{ANA}' AND chat = '{OPS}'", ANA)
    assert await company.rows(f"SELECT 1 FROM objection WHERE person = '{BO}' AND chat = '{OPS}'")
    assert [word for word in ("rollback", "gateway", "Ana") if word in seen] == []


async def test_a_declined_offer_leaves_no_trace(company: "Company") -> None:
    """No table tells who refused."""
    offer = await company.offer(ANA)
    assert await company.store.latest_offer(ANA) is not None
    assert await company.store.decline(company.claim(), offer, BO)
    assert await company.store.find_offer(offer) is not None
    assert await company.store.decline(company.claim(), offer, ANA)
    assert await company.store.find_offer(offer) is None
    assert ANA not in company.everything()


async def test_nobody_joins_where_an_admin_forbids_it(company: "Company") -> None:
    """A withholding ceiling refuses the default scope in its chats, and only there."""
    await company.ceiling("default-ops", chats=(OPS,), level="withheld")
    assert await company.join(ANA, OPS) is None
    assert await company.join(ANA, DEV) is not None


async def test_no_admin_action_opts_anyone_in(company: "Company") -> None:
    """Scopes come and go; the only owners are those who tapped."""
    await company.offer(ANA)
    await company.ceiling("default")
    await company.ceiling("payments", chats=(OPS,))
    await company.store.delete_scope("default", "ada")
    assert not await company.store.is_owner(ANA)
    assert await company.grant(ANA, BO) is None


async def test_a_join_is_a_consent_event_a_ledger_entry_and_the_cards_that_follow(company: "Company") -> None:
    """One tap, one transaction."""
    offer = await company.offer(ANA)
    given = await _tap(company, offer, then=[CARD])
    assert (given.chat, given.audience, given.since, given.notice) == (OPS, "chat", company.now, "1")
    assert given.until == company.now + timedelta(days=90)
    assert [job["card"] for job in await company.jobs("tell")] == ["receipt"]
    assert [row.kind for row in await company.rows("SELECT kind FROM ledger", ANA)] == ["given"]
    event = (await company.rows("SELECT id, notice_sha256, language FROM consent_event"))[0]
    assert tuple(event) == (given.receipt, company.notice.sha256, "zh")


async def test_a_click_delivered_again_changes_nothing(company: "Company") -> None:
    """The live consent comes back and no card is sent twice."""
    offer, claim = await company.offer(ANA), company.claim()
    first = await _tap(company, offer, claim=claim, then=[CARD])
    again = await _tap(company, offer, claim=claim, then=[CARD])
    assert again == first
    assert len(await company.jobs("tell")) == 1
    assert len(await company.rows("SELECT 1 FROM consent_event")) == 1


async def test_the_same_button_tapped_twice_changes_nothing(company: "Company") -> None:
    """An impatient double tap is one consent."""
    offer = await company.offer(ANA)
    first = await _tap(company, offer, then=[CARD])
    company.later(seconds=2)
    assert await _tap(company, offer, then=[CARD]) == first
    assert len(await company.jobs("tell")) == 1


async def test_looking_back_is_a_consent_event_of_its_own(company: "Company") -> None:
    """Earlier words need their own button and their own record."""
    await company.join(ANA, back=90)
    kinds = await company.rows("SELECT kind, since FROM consent_event ORDER BY seq")
    assert [tuple(row) for row in kinds] == [("given", company.now), ("look_back", company.now - timedelta(days=90))]


async def test_switching_the_audience_is_a_new_event_and_acts_at_once(company: "Company") -> None:
    """From "only me" to "here" and back; what was recorded stays recorded."""
    offer = await company.offer(ANA)
    await _tap(company, offer, audience="me")
    await company.say(ANA, "rollback the gateway")
    assert await company.find(ANA, BO, "rollback") == []
    assert await company.find(ANA, ANA, "rollback", direct=True) == ["rollback the gateway"]
    company.later(minutes=5)
    await _tap(company, offer, since=company.now - timedelta(days=1))
    assert await company.find(ANA, BO, "rollback") == ["rollback the gateway"]
    await _tap(company, offer, audience="me", since=company.now - timedelta(days=1))
    assert await company.find(ANA, BO, "rollback") == []
    assert [c.messages for c in await company.store.consents(ANA)] == [1]


async def test_a_ceiling_shortens_a_consent_given_under_it_or_before(company: "Company") -> None:
    """An admin's days cap the owner's, when joining and afterwards."""
    await company.join(ANA)
    await company.ceiling("default", days=10)
    assert [c.until for c in await company.store.consents(ANA)] == [company.now + timedelta(days=10)]
    given = await company.join(BO)
    assert given is not None
    await company.store.delete_scope("default", "ada")
    assert [c.until for c in await company.store.consents(BO)] == [company.now + timedelta(days=10)]


async def test_no_consent_lasts_longer_than_180_days(company: "Company") -> None:
    """Whatever is asked for."""
    given = await company.join(ANA, days=1000)
    assert given is not None
    assert given.until == company.now + timedelta(days=180)


async def test_there_is_nothing_to_leave_for_who_never_joined(company: "Company") -> None:
    """Leaving without a double does nothing."""
    assert await company.leave(ANA) is None
    assert await company.jobs("erase") == []


async def test_when_leave_returns_everything_has_stopped(company: "Company") -> None:
    """No grant, no recall, no delivery, no recording, no name; the erasure waits as a job."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    grant = await company.grant(ANA, BO)
    assert grant is not None
    found = await company.store.recall(grant, "rollback")
    gone = await company.leave(ANA)
    assert gone is not None
    assert await company.store.recall(grant, "rollback") == []
    assert await company.store.deliver(grant, [found[0].id]) is None
    assert not await company.store.is_owner(ANA)
    assert await company.store.doubles(BO, grant.venue) == []
    await company.say(ANA, "one more")
    assert len(await company.rows("SELECT 1 FROM message", ANA)) == 1
    assert await company.jobs("erase") == [{"erasure": gone.id}]


@pytest.mark.parametrize("word", ["leave", "pause", "depart"])
async def test_what_stops_a_double_waits_behind_nobody(company: "Company", word: str) -> None:
    """With every connection taken by those who ask, it stops all the same."""
    await company.join(ANA)
    async with AsyncExitStack() as busy:
        for _ in range(10):
            await busy.enter_async_context(company.database.transaction())
        async with asyncio.timeout(10):
            match word:
                case "leave":
                    assert await company.leave(ANA) is not None
                case "pause":
                    assert await company.store.pause(company.claim(), ANA, None)
                case _:
                    assert await company.store.depart(company.claim(), ANA)
    assert await company.grant(ANA, BO) is None


async def test_a_leave_delivered_again_returns_the_same_erasure(company: "Company") -> None:
    """A redelivered opt-out is one opt-out."""
    await company.join(ANA)
    claim = company.claim()
    first = await company.store.leave(claim, ANA, then=[CARD])
    again = await company.store.leave(claim, ANA, then=[CARD])
    assert first is not None
    assert again == first
    (told,) = await company.jobs("tell")
    assert told["ids.erasure"] == first.id
    assert len(await company.jobs("erase")) == 1


async def test_leaving_one_chat_leaves_the_other_alone(company: "Company") -> None:
    """What stays is answered all the while, though on a fresh grant."""
    await company.join(ANA, OPS)
    await company.join(ANA, DEV)
    await company.say(ANA, "rollback the gateway", OPS)
    await company.say(ANA, "merge on friday", DEV)
    grant = await company.grant(ANA, BO, DEV)
    gone = await company.leave(ANA, OPS)
    assert gone is not None
    assert grant is not None
    assert gone.chat == OPS
    assert not await company.store.holds(grant)
    assert await company.find(ANA, BO, "rollback", OPS) == []
    assert await company.find(ANA, BO, "merge friday", DEV) == ["merge on friday"]
    assert [c.chat for c in await company.store.consents(ANA)] == [DEV]


async def test_leaving_the_last_chat_is_leaving_altogether(company: "Company") -> None:
    """Nothing is resealed where nothing stays."""
    await company.join(ANA, OPS)
    gone = await company.leave(ANA, OPS)
    assert gone is not None
    assert gone.chat is None


async def test_who_joins_again_starts_afresh(company: "Company") -> None:
    """Words from before leaving stay out, even when the new consent looks back and the erasure has not run yet."""
    await company.join(ANA, back=1)
    await company.say(ANA, "rollback the old gateway")
    await company.leave(ANA)
    company.later(minutes=1)
    await company.join(ANA, back=90)
    await company.say(ANA, "rollback the new gateway")
    assert await company.find(ANA, BO, "rollback") == ["rollback the new gateway"]
    (job,) = await company.jobs("erase")
    await company.store.erase(job["erasure"])
    assert await company.find(ANA, BO, "rollback") == ["rollback the new gateway"]


async def test_joining_and_leaving_at_once_end_in_one_of_the_two(company: "Company") -> None:
    """Whatever the order, events and state agree, and the ledger is whole."""
    for _ in range(4):
        offer = await company.offer(ANA)
        await asyncio.gather(_tap(company, offer), company.leave(ANA), _tap(company, offer), company.leave(ANA))
        last = (await company.rows("SELECT kind FROM consent_event ORDER BY seq DESC LIMIT 1"))[0].kind
        assert await company.store.is_owner(ANA) == (last == "given")
    assert await company.store.verify(ANA) is None


async def test_consent_events_cannot_be_changed_or_removed(company: "Company") -> None:
    """The serving login may add events and nothing else."""
    await company.join(ANA)
    for statement in ("UPDATE consent_event SET since = '2020-01-01'", "DELETE FROM consent_event"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            await company.rows(statement)
