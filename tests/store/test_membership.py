"""Scopes that owners join by their names, through the store: recorded, answered elsewhere, narrowed, left."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from skills.membership import Joined, Narrower, Yes
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from skills.words import Passage, Said

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO, CY = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:ou_cy"
OPS, DEV, HR, P2P = "lark:t:oc_ops", "lark:t:oc_dev", "lark:t:oc_hr", "lark:t:oc_p2p"
NAME = "ops-to-dev"
ROLLBACK = "Rollback of the payment service: switch the flag, then redeploy"


def scope(
    sources: tuple[str, ...] = (OPS,),
    chats: tuple[str, ...] = (DEV,),
    people: tuple[str, ...] = (),
    words: tuple[str, ...] = (),
    **ceiling: Any,
) -> ScopeDocument:
    """What an admin writes."""
    return ScopeDocument(Sources(sources, words), Readers(chats, people), Ceiling(**{"mode": "auto", **ceiling}))


async def join(company: "Company", document: ScopeDocument | None = None, *, back: int = 0) -> Joined | None:
    """An admin writes it, where given, and Ana says yes to how it stands."""
    if document is not None:
        await company.store.put_scope(NAME, document, "ada")
    offer = await company.store.offer_scope(company.claim(), ANA, NAME, "en")
    if not offer or isinstance(offer, bool):
        return None
    yes = Yes("Ana", company.now - timedelta(days=back), 90, company.notice)
    return await company.store.join_scope(company.claim(), offer.id, ANA, yes)


async def found(company: "Company", asker: str, chat: str, *, direct: bool = False) -> list[Passage]:
    """What somebody is answered with."""
    return list(await company.ask(ANA, asker, "payment rollback", chat, direct=direct))


@pytest.mark.parametrize(
    "document",
    [scope(sources=()), scope(chats=()), scope(level="withheld"), ScopeDocument(audience=Readers((), (), ("d",)))],
)
async def test_a_scope_about_nothing_cannot_be_joined(company: "Company", document: ScopeDocument) -> None:
    """Without a chat or a reader, or forbidden, there is nothing to say yes to."""
    assert await join(company, document) is None
    assert await company.store.offer_scope(company.claim(), ANA, "unknown", "en") is False
    await company.ceiling("default")
    assert await company.store.offer_scope(company.claim(), ANA, "default", "en") is False


async def test_nobody_joins_by_anothers_offer_or_by_one_that_is_out_of_date(company: "Company") -> None:
    """A yes is to the version that was shown, by the one to whom it was shown."""
    await company.store.put_scope(NAME, scope(), "ada")
    offer = await company.store.offer_scope(company.claim(), ANA, NAME, "en")
    assert offer
    assert not isinstance(offer, bool)
    yes = Yes("Ana", company.now, 90, company.notice)
    assert await company.store.join_scope(company.claim(), offer.id, BO, yes) is None
    await company.store.put_scope(NAME, scope(chats=(DEV, HR)), "ada")
    assert await company.store.join_scope(company.claim(), offer.id, ANA, yes) is None
    assert await company.store.joined_scopes(ANA) == []


async def test_what_is_said_in_a_source_is_answered_to_its_audience_alone(company: "Company") -> None:
    """Recorded under one chat, read in another, by both searches, at the door and beside it."""
    await join(company, scope(people=(CY,)))
    await company.say(ANA, ROLLBACK)
    (passage,) = await found(company, BO, DEV)
    assert (passage.text, passage.chat, passage.speech) == (ROLLBACK, OPS, "quotes")
    assert await found(company, BO, OPS) == []
    assert await found(company, BO, P2P, direct=True) == []
    assert len(await found(company, CY, P2P, direct=True)) == 1
    grant = await company.grant(ANA, BO, DEV)
    assert grant is not None
    assert [double.owner for double in await company.store.doubles(BO, grant.venue)] == [ANA]
    assert await company.store.holds(grant)
    answered = await company.store.deliver(grant, [passage.id])
    assert answered is not None
    assert await company.store.shown(answered.id, "lark", DEV, "om_x")
    why = await company.store.why(ANA, answered.id)
    assert why is not None
    assert [basis.scope for basis in why.bases] == [NAME]


async def test_two_scopes_hold_a_message_once_and_the_widest_is_shown(company: "Company") -> None:
    """Joined beside "where said, there answered", it stores nothing twice and changes nothing there."""
    await company.join(ANA, OPS)
    await join(company, scope(level="outline"))
    await company.say(ANA, ROLLBACK)
    assert len(await company.rows("SELECT 1 FROM message", ANA)) == 1
    assert [p.text for p in await found(company, BO, OPS)] == [ROLLBACK]
    assert [p.text for p in await found(company, BO, DEV)] == [""]
    assert [p.text for p in await found(company, ANA, P2P, direct=True)] == [ROLLBACK]


async def test_earlier_words_are_answered_elsewhere_only_by_a_yes_of_their_own(company: "Company") -> None:
    """What was said before the yes is left out, unless that was the button."""
    await company.join(ANA, OPS)
    await company.say(ANA, ROLLBACK)
    company.later(hours=1)
    await join(company, scope())
    assert await found(company, BO, DEV) == []
    await join(company, back=90)
    assert len(await found(company, BO, DEV)) == 1
    kinds = [
        row.kind for row in await company.rows(f"SELECT kind FROM consent_event WHERE scope = '{NAME}' ORDER BY seq")
    ]
    assert kinds == ["given", "given", "look_back"]


async def test_only_messages_with_its_words_are_recorded_and_answered(company: "Company") -> None:
    """A scope limited to words learns nothing else, and shows nothing else of what another scope learned."""
    await join(company, scope(words=("payment", "on call")))
    await company.say(ANA, "The canteen opens at eleven, payment by card")
    await company.say(ANA, "The canteen is closed on Friday")
    assert len(await company.rows("SELECT 1 FROM message", ANA)) == 1
    company.later(minutes=1)
    await company.join(ANA, OPS)
    await company.say(ANA, "The canteen has soup today")
    texts = {passage.text for passage in await company.ask(ANA, BO, "canteen", DEV)}
    assert texts == {"The canteen opens at eleven, payment by card"}
    assert len(await company.ask(ANA, BO, "canteen", OPS)) == 1
    await company.leave(ANA, HR)
    assert {p.text for p in await company.ask(ANA, BO, "canteen", DEV)} == texts


async def test_an_admins_next_version_narrows_at_once_and_widens_nothing(company: "Company") -> None:
    """The new chat, the finer level and the model wait for a new yes; what is taken away is gone at once."""
    await join(company, scope(level="outline"))
    await company.say(ANA, ROLLBACK)
    await company.store.put_scope(NAME, scope(chats=(DEV, HR), words=(), level="full"), "ada")
    assert [p.text for p in await found(company, BO, DEV)] == [""]
    assert await found(company, BO, HR) == []
    grant = await company.grant(ANA, BO, DEV)
    await company.store.put_scope(NAME, scope(chats=(HR,)), "ada")
    assert grant is not None
    assert not await company.store.holds(grant)
    assert await found(company, BO, DEV) == []
    company.later(minutes=1)
    await join(company)
    assert [p.text for p in await found(company, BO, HR)] == []  # said before this yes
    await company.store.delete_scope(NAME, "ada")
    assert await found(company, BO, HR) == []


async def test_an_owner_takes_back_part_and_it_acts_on_the_next_question(company: "Company") -> None:
    """A coarser level, fewer readers, an earlier end; never the reverse."""
    await join(company, scope(chats=(DEV, HR), people=(CY,)))
    await company.say(ANA, ROLLBACK)
    narrow, claim = company.store.narrow_scope, company.claim
    assert await narrow(claim(), ANA, "unknown", Narrower("outline")) is False
    assert await narrow(claim(), ANA, NAME, Narrower(until=company.now + timedelta(days=120))) is False
    less = await narrow(claim(), ANA, NAME, Narrower("outline", company.now + timedelta(days=9), frozenset({HR, CY})))
    assert isinstance(less, Joined)
    assert (less.level, less.chats, less.people, less.until) == ("outline", (DEV,), (), company.now + timedelta(days=9))
    assert [p.text for p in await found(company, BO, DEV)] == [""]
    assert await found(company, BO, HR) == []
    assert await found(company, CY, P2P, direct=True) == []
    company.later(days=9)
    assert await found(company, BO, DEV) == []


async def test_narrowing_does_not_put_off_the_end_that_an_admin_set(company: "Company") -> None:
    """The days of a ceiling are counted from the yes."""
    await join(company, scope(days=10))
    await company.say(ANA, ROLLBACK)
    company.later(days=9)
    await company.store.narrow_scope(company.claim(), ANA, NAME, Narrower("outline"))
    company.later(days=1)
    assert await found(company, BO, DEV) == []


async def test_leaving_a_scope_erases_what_no_other_consent_holds(company: "Company") -> None:
    """What another scope holds is sealed under a new key and stays; the rest is gone, and proved to be."""
    await join(company, scope(sources=(OPS, DEV), chats=(HR,)))
    await company.join(ANA, OPS)
    await company.say(ANA, ROLLBACK)
    await company.say(ANA, "Rollback of the payment front end: revert", DEV)
    assert len(await found(company, BO, HR)) == 2
    gone = await company.store.leave(company.claim(), ANA, scope=NAME)
    assert gone is not None
    assert (gone.chat, gone.scope) == (None, NAME)
    assert await found(company, BO, HR) == []
    await company.store.erase(gone.id)
    done = await company.store.erasure(gone.id)
    assert done is not None
    assert (done.residue, done.counts["messages"]) == (0, 1)
    assert len(await company.rows("SELECT 1 FROM message", ANA)) == 1
    assert [p.text for p in await found(company, BO, OPS)] == [ROLLBACK]
    assert await company.store.joined_scopes(ANA) == []


async def test_what_was_answered_under_a_scope_that_was_left_is_taken_down(company: "Company") -> None:
    """Though the chat's own consent holds its words, and what was answered in that chat stays."""
    await join(company, scope())
    await company.join(ANA, OPS)
    await company.say(ANA, ROLLBACK)
    given = {}
    for chat in (DEV, OPS):
        grant = await company.grant(ANA, BO, chat)
        assert grant is not None
        answer = await company.store.deliver(grant, [p.id for p in await company.store.recall(grant, "rollback")])
        assert answer is not None
        assert await company.store.shown(answer.id, "lark", chat, f"om_in_{chat}", "en")
        given[chat] = answer.id
    gone = await company.store.leave(company.claim(), ANA, scope=NAME)
    assert gone is not None
    done = await company.store.erase(gone.id)
    assert (done.residue, done.counts["answers"]) == (0, 1)
    assert [(place.answer, place.chat) for place in await company.store.placed(ANA)] == [(given[DEV], DEV)]
    assert await company.store.standing(given[OPS]) is not None


async def test_leaving_a_chat_leaves_it_in_every_scope(company: "Company") -> None:
    """Out of a chat means that nothing of it is answered anywhere."""
    await company.join(ANA, OPS)
    await join(company, scope())
    await company.say(ANA, ROLLBACK)
    await company.leave(ANA, OPS)
    assert await found(company, BO, DEV) == []
    assert await company.store.joined_scopes(ANA) == []


async def test_a_quota_of_a_scope_counts_for_each_asker_and_day(company: "Company") -> None:
    """One answer, and the next tomorrow; what was answered stands."""
    await join(company, scope(quota=1))
    await company.say(ANA, ROLLBACK)
    grant = await company.grant(ANA, BO, DEV)
    assert grant is not None
    (passage,) = await company.store.recall(grant, "payment rollback")
    answered = await company.store.deliver(grant, [passage.id])
    assert answered is not None
    assert await company.store.shown(answered.id, "lark", DEV, "om_x")
    assert await company.grant(ANA, BO, DEV) is None
    assert await company.grant(ANA, CY, DEV) is not None
    company.later(days=1)
    assert await company.grant(ANA, BO, DEV) is not None


async def test_a_pause_stops_a_scope_too_and_names_each_chat_once(company: "Company") -> None:
    """Nothing is answered or recorded meanwhile; resumed, it goes on as it was."""
    await company.join(ANA, OPS)
    await join(company, scope())
    await company.say(ANA, ROLLBACK)
    assert await company.store.pause(company.claim(), ANA, None)
    assert await found(company, BO, DEV) == []
    assert list(await company.store.paused(ANA)) == [OPS]
    assert await company.store.resume(company.claim(), ANA, None)
    assert len(await found(company, BO, DEV)) == 1


async def test_notes_and_interviews_are_kept_for_the_sources_of_a_scope(company: "Company") -> None:
    """Where a platform shows a bot nothing of what colleagues say, these are all that a scope is learned from."""
    await join(company, scope())
    assert await company.store.sources(ANA) == [OPS]
    assert await company.store.begin_interview(company.claim(), ANA, OPS, "en", ["why"]) is True
    note = Said(ANA, OPS, "note:om_1", company.now, ROLLBACK, source="note")
    assert await company.store.keep(company.claim(), note) is True
    assert [p.text for p in await found(company, BO, DEV)] == [ROLLBACK]
    await company.store.leave(company.claim(), ANA, scope=NAME)
    assert await company.store.sources(ANA) == []


async def test_what_a_scope_does_not_cover_takes_no_place_of_what_it_does(company: "Company") -> None:
    """New words without the scope's own words are refused, and the old ones stay."""
    await join(company, scope(words=("rollback",)))
    old = await company.say(ANA, ROLLBACK)
    for put in (
        company.store.correct(company.claim(), ANA, old, Said(ANA, OPS, "om_new", company.now, "ask Bo")),
        company.store.keep(company.claim(), Said(ANA, OPS, old, company.now, "ask Bo", source="note")),
    ):
        assert await put is False
    assert [p.text for p in await found(company, BO, DEV)] == [ROLLBACK]
