"""Promises of model words: an owner's own yes, to one provider, asked for in SQL wherever words would go to it."""

import pytest

from skills.words import Grant, Passage
from tests.store.conftest import Company

ANA, BO, OPS, DEV = "lark:t:ou_ana", "lark:t:ou_bo", Company.ops, "lark:t:oc_dev"
ALONE = "lark:t:direct-ana"
PROVIDER, OTHER = "openai:m1 · api.example", "openai:m1 · api.other"
SHA = "cd" * 32


class Speaker:
    """Ana with a double in two chats, asking it alone."""

    def __init__(self, company: Company) -> None:
        self.company = company

    async def set_up(self) -> None:
        """One sentence in each chat."""
        for chat in (OPS, DEV):
            await self.company.join(ANA, chat)
            await self.company.say(ANA, f"the gateway restarts at nine in {chat[-3:]}", chat)

    async def speaks(self, provider: str = PROVIDER) -> bool | None:
        """Ana says yes."""
        return await self.company.store.let_speak(self.company.claim(), ANA, provider, SHA, "zh")

    async def asked(self) -> tuple[Grant, list[Passage]]:
        """What a question recalls, and by which grant."""
        grant = await self.company.grant(ANA, ANA, ALONE, direct=True)
        assert grant is not None
        return grant, list(await self.company.store.recall(grant, "when does the gateway restart"))

    async def shown(self, provider: str = PROVIDER) -> list[str]:
        """In which chats was said what the provider's model is shown."""
        grant, found = await self.asked()
        assert len(found) == 2
        return sorted(p.chat for p in await self.company.store.outside(grant, found, provider))


@pytest.fixture
async def ana(company: Company) -> Speaker:
    """Ana, who has said neither yes nor no."""
    speaker = Speaker(company)
    await speaker.set_up()
    return speaker


async def test_without_a_yes_no_word_goes_to_a_model(ana: Speaker) -> None:
    """Having a double is no yes to a model: quotes are the default."""
    assert await ana.shown() == []
    assert await ana.company.store.spoken(ANA) is None


async def test_a_yes_is_to_one_provider(ana: Speaker) -> None:
    """Whoever changes the provider, or the model, asks again."""
    assert await ana.speaks() is True
    assert await ana.shown() == [DEV, OPS]
    assert await ana.shown(OTHER) == []
    await ana.speaks(OTHER)
    assert await ana.shown(OTHER) == [DEV, OPS]
    assert await ana.shown(PROVIDER) == []


async def test_a_yes_is_withdrawn_by_one_word_and_counts_for_what_is_asked_next(ana: Speaker) -> None:
    """Each is an event of its own, and what was granted before is stale."""
    await ana.speaks()
    before, found = await ana.asked()
    assert await ana.company.store.quote_only(ana.company.claim(), ANA) is True
    assert await ana.company.store.quote_only(ana.company.claim(), ANA) is False
    assert await ana.company.store.outside(before, found, PROVIDER) == []
    assert await ana.shown() == []
    rows = await ana.company.rows("SELECT kind, provider FROM speaking ORDER BY seq", ANA)
    assert [tuple(row) for row in rows] == [("given", PROVIDER), ("withdrawn", PROVIDER)]


async def test_until_answers_can_be_reviewed_a_model_writes_for_the_owner_alone(ana: Speaker) -> None:
    """Not for a colleague, and not in the group, not even for its owner."""
    await ana.speaks()
    for asker in (BO, ANA):
        grant = await ana.company.grant(ANA, asker, OPS)
        assert grant is not None
        found = await ana.company.store.recall(grant, "when does the gateway restart")
        assert found
        assert await ana.company.store.outside(grant, found, PROVIDER) == []
        assert await ana.company.store.deliver(grant, [found[0].id], PROVIDER) is None
        assert await ana.company.store.deliver(grant, [found[0].id]) is not None


async def test_a_models_answer_is_decided_again_at_the_door(ana: Speaker) -> None:
    """A yes that was withdrawn while the model wrote is none; quotes still go out."""
    await ana.speaks()
    grant, found = await ana.asked()
    assert await ana.company.store.deliver(grant, [found[0].id], PROVIDER) is not None
    assert await ana.company.store.deliver(grant, [found[0].id], OTHER) is None
    await ana.company.store.quote_only(ana.company.claim(), ANA)
    grant, found = await ana.asked()
    assert await ana.company.store.deliver(grant, [found[0].id], PROVIDER) is None
    assert await ana.company.store.deliver(grant, [found[0].id]) is not None


async def test_an_admins_ceiling_keeps_a_chat_to_quotes(ana: Speaker) -> None:
    """A ceiling that says nothing of it says quotes; one that allows a model allows what the owner did."""
    await ana.speaks()
    await ana.company.ceiling("default-ops", chats=(OPS,))
    assert await ana.shown() == [DEV]
    await ana.company.ceiling("default-ops", chats=(OPS,), words="model")
    assert await ana.shown() == [DEV, OPS]
    await ana.company.ceiling("default", words="quotes")
    assert await ana.shown() == []
    await ana.company.store.delete_scope("default", "ada")
    assert await ana.shown() == [DEV, OPS]


async def test_whoever_leaves_and_comes_back_has_not_said_yes(ana: Speaker) -> None:
    """Leaving one chat leaves the yes for the others; leaving everything ends it."""
    await ana.speaks()
    await ana.company.leave(ANA, DEV)
    assert await ana.company.store.spoken(ANA) is not None
    await ana.company.leave(ANA)
    assert await ana.company.store.spoken(ANA) is None
    assert await ana.speaks() is False
    await ana.set_up()
    assert await ana.shown() == []


async def test_nobody_without_a_double_says_yes(company: Company) -> None:
    """There is nothing to write with."""
    assert await company.store.let_speak(company.claim(), BO, PROVIDER, SHA, "zh") is False
    assert await company.store.spoken(BO) is None


async def test_a_yes_and_a_no_that_come_twice_count_once(ana: Speaker) -> None:
    """A redelivery changes nothing."""
    claim, withdrawal = ana.company.claim(), ana.company.claim()
    assert await ana.company.store.let_speak(claim, ANA, PROVIDER, SHA, "zh") is True
    assert await ana.company.store.let_speak(claim, ANA, PROVIDER, SHA, "zh") is None
    assert await ana.company.store.quote_only(withdrawal, ANA) is True
    assert await ana.company.store.quote_only(withdrawal, ANA) is None


async def test_nobody_else_reads_who_said_yes(ana: Speaker) -> None:
    """Behind row-level security: without the owner, and for another one, there is no row."""
    await ana.speaks()
    assert await ana.company.rows("SELECT * FROM speaking") == []
    assert await ana.company.rows("SELECT * FROM speaking", BO) == []
    assert len(await ana.company.rows("SELECT * FROM speaking", ANA)) == 1


async def test_what_its_owner_keeps_to_themselves_goes_to_no_provider(ana: Speaker) -> None:
    """Alone, owners are quoted what they keep from others; to a model it is not shown."""
    await ana.speaks()
    await ana.company.store.withhold(ana.company.claim(), ANA, ["gateway"])
    assert await ana.shown() == []
    grant, found = await ana.asked()
    assert await ana.company.store.deliver(grant, [found[0].id], PROVIDER) is None
    assert await ana.company.store.deliver(grant, [found[0].id]) is not None
