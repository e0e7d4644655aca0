"""Handovers through the store: nothing before their owner leaves, then their words to whom they named, then nothing."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from skills.freezing import Halt, Left, Resume, Returned
from skills.handing import EndHandover, Handover
from skills.membership import Joined, Narrower
from skills.words import Venue
from tests.store.test_freezing import order

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BEN, CY = "lark:t:ou_ana", "lark:t:ou_ben", "lark:t:ou_cy"
OPS, DEV, P2P = "lark:t:oc_ops", "lark:t:oc_dev", "lark:t:oc_p2p"
ROLLBACK = "rollback the gateway"


async def offered(company: "Company", *people: str, days: float = 60, **more: Any) -> str | bool:
    """The id of what Ana was offered to sign; False: there is nothing to sign."""
    wish = Handover(people or (BEN,), company.now + timedelta(days=days), **more)
    offer = await company.store.offer_handover(company.claim(), ANA, wish, "en")
    assert offer is not None
    return offer if isinstance(offer, bool) else offer.id


async def signed(company: "Company", *people: str, days: float = 60, **more: Any) -> Joined | None:
    """Ana signs it."""
    offer = await offered(company, *people, days=days, **more)
    return await company.store.sign_handover(company.claim(), str(offer), ANA, company.notice)


async def leaves(company: "Company", person: str = ANA) -> None:
    """The platform says that somebody left."""
    await company.store.depart(company.claim(), person)


async def found(company: "Company", asker: str = BEN, chat: str = P2P, *, direct: bool = True) -> list[str]:
    """What somebody is answered with, and whether the double can be named at all."""
    texts = await company.find(ANA, asker, "rollback", chat, direct=direct)
    doubles = await company.store.doubles(asker, Venue(chat, direct))
    assert bool(texts) == bool(doubles)
    return texts


@pytest.fixture
async def ana(company: "Company") -> None:
    """Ana's double answers in ops, with one thing said."""
    await company.join(ANA)
    await company.say(ANA, ROLLBACK)


async def test_nobody_gets_anything_before_its_owner_leaves(ana: None, company: "Company") -> None:
    """Signed and asleep it opens nothing and records nothing, to nobody's eyes but its owner's."""
    assert await signed(company) is not None
    assert await found(company) == []
    assert await company.store.handover(BEN) is None
    mine = await company.store.handover(ANA)
    assert mine is not None
    assert (mine.state, mine.people, mine.sources) == ("signed", (BEN,), (OPS,))
    assert await company.store.joined_scopes(ANA) == []
    await company.leave(ANA)
    assert await company.store.handover(ANA) is None


async def test_a_leaver_without_one_leaves_nothing(ana: None, company: "Company") -> None:
    """Offered is not signed: everything freezes, and goes."""
    assert isinstance(await offered(company), str)
    await leaves(company)
    assert await found(company) == []
    company.later(days=31)
    await company.store.prune()
    (job,) = await company.jobs("erase")
    assert (await company.store.erase(job["erasure"])).counts["messages"] == 1


async def test_after_leaving_it_answers_whom_it_names_alone_until_its_end(ana: None, company: "Company") -> None:
    """Not others, not in a chat, not its owner, nothing said since, and nothing at its end; then all of it goes."""
    until = company.now + timedelta(days=60)
    await company.join(ANA, DEV)
    await company.say(ANA, "rollback of dev", DEV)
    assert await signed(company, chats=(OPS,)) is not None
    await leaves(company)
    assert await found(company) == [ROLLBACK]
    grant = await company.grant(ANA, BEN, P2P, direct=True)
    assert grant is not None
    assert grant.handed == until
    (passage,) = await company.store.recall(grant, "rollback")
    answer = await company.store.deliver(grant, [passage.id])
    assert answer is not None
    assert await company.store.shown(answer.id, "lark", P2P, "om_a")
    why = await company.store.why(BEN, answer.id)
    assert why is not None
    assert [basis.scope for basis in why.bases] == ["(handover)"]
    for asker, chat, direct in ((CY, P2P, True), (ANA, P2P, True), (BEN, OPS, False), (BEN, DEV, False)):
        assert await found(company, asker, chat, direct=direct) == []
    await company.say(ANA, "rollback said since")
    assert await found(company) == [ROLLBACK]
    company.later(days=31)
    await company.store.prune()
    for job in await company.jobs("erase"):
        await company.store.erase(job["erasure"])
    assert [row.chat for row in await company.rows("SELECT chat FROM message", ANA)] == [OPS]
    assert await found(company) == [ROLLBACK]
    company.now = until - timedelta(seconds=1)
    assert await found(company) == [ROLLBACK]
    company.now = until
    assert await found(company) == []
    assert await company.store.deliver(grant, [passage.id]) is None
    await company.store.prune()
    for job in await company.jobs("erase"):
        await company.store.erase(job["erasure"])
    assert await company.rows("SELECT 1 FROM message", ANA) == []
    assert await company.rows("SELECT 1 FROM passage", ANA) == []
    assert await company.store.handover(ANA) is None
    assert await company.store.verify(ANA) is None


async def test_it_gives_no_more_than_the_double_gave_on_the_last_day(company: "Company") -> None:
    """Paused, kept to oneself, shared from later on only, or shown to nobody but its owner: no more than that."""
    await company.join(ANA, back=30)
    await company.say(ANA, ROLLBACK, at=company.now - timedelta(days=20))
    await company.join(ANA, DEV)
    await company.say(ANA, "rollback of dev", DEV)
    assert await signed(company) is not None
    await company.store.withhold(company.claim(), ANA, ["dev"])
    await leaves(company)
    assert await found(company) == [ROLLBACK]
    await order(company, Returned(ANA))
    assert await found(company) == []
    await leaves(company)  # paused since, and never resumed
    assert await found(company) == []
    await order(company, Returned(ANA))
    await company.store.resume(company.claim(), ANA, None)
    await leaves(company)
    assert await found(company) == [ROLLBACK]
    await order(company, Returned(ANA))
    await company.store.resume(company.claim(), ANA, None)
    await company.join(ANA)  # from today on
    await leaves(company)
    assert await company.find(ANA, BEN, "rollback", P2P, direct=True) == []


@pytest.mark.parametrize("since_then", ["kept to oneself", "lapsed", "over"])
async def test_what_does_not_answer_on_the_last_day_is_not_handed_over(
    ana: None, company: "Company", since_then: str
) -> None:
    """Though it was signed: a chat kept to oneself since, one that has lapsed, a handover whose day is over."""
    assert await signed(company, days=5 if since_then == "over" else 120) is not None
    if since_then == "kept to oneself":
        await company.join(ANA, audience="me", back=1)
    else:
        company.later(days=6 if since_then == "over" else 91)
    await leaves(company)
    assert await found(company) == []


async def test_a_coarser_chat_is_handed_over_no_finer(ana: None, company: "Company") -> None:
    """Its level and its look before each answer are those of the last day, where they are less than was signed."""
    assert await signed(company) is not None
    await company.store.narrow_scope(company.claim(), ANA, "default", Narrower(level="outline"))
    await leaves(company)
    assert await found(company) == [""]
    await order(company, Returned(ANA))
    await company.store.resume(company.claim(), ANA, None)
    assert await signed(company) is not None
    await company.join(ANA, back=1)  # in full again: it was signed as coarse as it was
    await leaves(company)
    assert await found(company) == [""]
    await order(company, Returned(ANA))
    await company.store.resume(company.claim(), ANA, None)
    await company.store.narrow_scope(company.claim(), ANA, "default", Narrower(review=True))
    await leaves(company)
    assert await found(company) == []


async def test_what_its_owner_keeps_to_themselves_goes_after_thirty_days(ana: None, company: "Company") -> None:
    """A handover holds no word that it gives nobody."""
    company.later(hours=1)
    await company.say(ANA, "rollback of my mortgage")
    assert await signed(company) is not None
    await company.store.withhold(company.claim(), ANA, ["mortgage"])
    await leaves(company)
    company.later(days=31)
    await company.store.prune()
    for job in await company.jobs("erase"):
        await company.store.erase(job["erasure"])
    assert len(await company.rows("SELECT 1 FROM message", ANA)) == 1
    assert await found(company) == [ROLLBACK]


async def test_only_its_owner_signs_it_and_only_what_was_shown(ana: None, company: "Company") -> None:
    """Not somebody else's tap, not what an admin has forbidden since, not as another kind of consent, and only once."""
    offer = str(await offered(company))
    sign = company.store.sign_handover
    assert await sign(company.claim(), offer, BEN, company.notice) is None
    assert await company.store.latest_offer(ANA) is None
    await company.ceiling("default-a", chats=(OPS,), days=30)
    assert await sign(company.claim(), offer, ANA, company.notice) is None
    await company.ceiling("default-a", chats=(OPS,), level="withheld")
    assert await sign(company.claim(), offer, ANA, company.notice) is None
    await company.ceiling("default-a", chats=(OPS,))
    await order(company, Halt(ANA))
    assert await sign(company.claim(), offer, ANA, company.notice) is None
    await order(company, Resume(ANA))
    await company.join(CY)
    other = await company.store.offer_handover(
        company.claim(), CY, Handover((BEN,), company.later(days=1) + timedelta(days=9)), "en"
    )
    assert other is not None
    assert not isinstance(other, bool)
    assert await sign(company.claim(), other.id, ANA, company.notice) is None
    await company.join(ANA, DEV)
    both = str(await offered(company))
    await company.leave(ANA, DEV)
    assert await sign(company.claim(), both, ANA, company.notice) is None
    assert await sign(company.claim(), offer, ANA, company.notice) is not None
    assert await sign(company.claim(), offer, ANA, company.notice) is not None
    events = await company.rows("SELECT kind FROM consent_event WHERE scope = '(handover)'", ANA)
    assert [row.kind for row in events] == ["signed"]
    company.later(days=60)
    assert await sign(company.claim(), offer, ANA, company.notice) is None


async def test_there_has_to_be_somebody_something_and_some_time(ana: None, company: "Company") -> None:
    """Nobody but its owner, no chat that answers, a day that is over, a chat under review: nothing to be signed."""
    assert await offered(company, ANA) is False
    assert await offered(company, days=0) is False
    assert await offered(company, chats=(DEV,)) is False
    await company.join(ANA, DEV, audience="me")
    assert await offered(company, chats=(DEV,)) is False
    await company.ceiling("default-a", chats=(OPS,), mode="review")
    assert await offered(company) is False
    await company.ceiling("default-a", chats=(OPS,), days=20)
    short = await company.store.find_offer(str(await offered(company, days=60)))
    assert short is not None
    assert short.until == company.now + timedelta(days=20)
    await company.ceiling("default-a", chats=(OPS,))
    longest = await company.store.find_offer(str(await offered(company, days=400)))
    assert longest is not None
    assert longest.until == company.now + timedelta(days=180)


async def test_signing_anew_takes_the_place_of_what_was_signed(ana: None, company: "Company") -> None:
    """Other people, another chat, an earlier end: nothing of the former one is left."""
    await company.join(ANA, DEV)
    assert await signed(company, BEN) is not None
    again = await signed(company, CY, days=5, chats=(OPS,))
    assert again is not None
    assert (again.people, again.sources) == ((CY,), (OPS,))
    assert again.until == company.now + timedelta(days=5)
    await leaves(company)
    assert await found(company) == []
    assert await found(company, CY) == [ROLLBACK]


async def test_it_can_be_ended_before_leaving_and_by_order_after(ana: None, company: "Company") -> None:
    """Ended it is as if there had never been one; after leaving an admin ends it at once, and tells nothing by that."""
    end = company.store.end_handover
    assert await end(company.claim(), ANA) is False
    await signed(company)
    claim = company.claim()
    assert await end(claim, ANA) is True
    assert await end(claim, ANA) is None
    await leaves(company)
    assert await found(company) == []
    await order(company, Returned(ANA))
    await company.store.resume(company.claim(), ANA, None)
    await signed(company)
    await leaves(company)
    assert await found(company) == [ROLLBACK]
    answer = await order(company, EndHandover(ANA))
    assert answer == await order(company, EndHandover(CY)) == await order(company, EndHandover("lark:t:ou_x"))
    assert await found(company) == []


async def test_what_it_alone_holds_is_erased_when_it_is_ended(ana: None, company: "Company") -> None:
    """After the thirty days nothing else holds the words: its end, by whomever, erases them."""
    for ends in ("owner", "admin"):
        await company.join(ANA)
        await company.say(ANA, ROLLBACK)
        await signed(company)
        await leaves(company)
        company.later(days=31)
        await company.store.prune()
        for job in await company.jobs("erase"):
            await company.store.erase(job["erasure"])
        assert await found(company) == [ROLLBACK]
        if ends == "owner":
            assert await company.store.end_handover(company.claim(), ANA) is True
        else:
            await order(company, EndHandover(ANA))
            await company.store.prune()
        for job in await company.jobs("erase"):
            await company.store.erase(job["erasure"])
        assert await company.rows("SELECT 1 FROM message", ANA) == []


async def test_it_sleeps_again_when_its_owner_comes_back(ana: None, company: "Company") -> None:
    """Nothing is answered by it then, and it begins again on the next leaving, to its old end."""
    mine = await signed(company)
    assert mine is not None
    await order(company, Left(ANA))
    await leaves(company)  # the platform says the same once more
    assert await found(company) == [ROLLBACK]
    await order(company, Returned(ANA))
    again = await company.store.handover(ANA)
    assert again is not None
    assert (again.state, again.until) == ("signed", mine.until)
    assert await found(company) == []
    await company.store.resume(company.claim(), ANA, None)
    company.later(days=59)
    await leaves(company)
    assert await found(company) == [ROLLBACK]


async def test_it_goes_with_the_consent_that_it_rests_on(ana: None, company: "Company") -> None:
    """Leaving the chat, or letting it lapse, leaves nothing to be handed over; one that ends takes nothing along."""
    await company.join(ANA, DEV)
    await signed(company)
    await company.leave(ANA, OPS)
    mine = await company.store.handover(ANA)
    assert mine is not None
    assert mine.sources == (DEV,)
    company.later(days=60)
    await company.store.prune()
    assert await company.store.handover(ANA) is None
    assert len(await company.store.consents(ANA)) == 1
    await signed(company, days=100)
    company.later(days=61)  # the chat's consent ended thirty days ago
    await company.store.prune()
    for job in await company.jobs("erase"):
        await company.store.erase(job["erasure"])
    assert await company.store.handover(ANA) is None
    assert await company.rows("SELECT 1 FROM passage", ANA) == []


async def test_halts_and_quotas_bind_it_too(ana: None, company: "Company") -> None:
    """An admin's halt stops it at once, and nobody has more of it in a day than of any double."""
    await signed(company)
    await leaves(company)
    grant = await company.grant(ANA, BEN, P2P, direct=True)
    assert grant is not None
    (passage,) = await company.store.recall(grant, "rollback")
    await order(company, Halt(ANA))
    assert await found(company) == []
    assert await company.store.deliver(grant, [passage.id]) is None
    await order(company, Resume(ANA))
    grant = await company.grant(ANA, BEN, P2P, direct=True)
    for _ in range(20):
        assert grant is not None
        assert await company.store.deliver(grant, [passage.id]) is not None
    assert await company.grant(ANA, BEN, P2P, direct=True) is None


async def test_the_table_itself_takes_no_handover_that_is_more(ana: None, company: "Company") -> None:
    """Not one that is simply given, not one in a model's words, and nothing else that says it was handed over."""
    await signed(company)
    for change in ("kind = 'given'", "speech = 'model'", "speech = NULL", "scope = 'other'"):
        with pytest.raises(Exception, match="handover_check"):
            company.alter(f"UPDATE consent_event SET {change} WHERE scope = '(handover)'")
