"""Promises of departments among those who may ask: each reader belongs to one, as is told, or nobody may."""

from collections.abc import Awaitable, Callable, Mapping

import pytest

from adapters.base import Address, Card, Click, Message, Receive
from bot.sentences import say
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from skills.store import Store
from tests.bot.conftest import Company

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Taps = Callable[..., Click]
Asks = Callable[..., Awaitable[list[Shown]]]
Joins = Callable[..., Awaitable[None]]
ANA, BO, CY, OPS, DEV = "lark:t:ana", "lark:t:bo", "lark:t:cy", "lark:t:ops", "lark:t:dev"
WEB, ALL = "lark:t:od_web", "lark:t:0"
WORDS, QUESTION = "the stamp cabinet is on the second shelf", "ask Ana where the stamp cabinet is"
IN_WEB = frozenset({WEB, "lark:t:od_dev", ALL})


def document(mode: str = "auto") -> ScopeDocument:
    """What Ana says in ops, for whoever belongs to web."""
    return ScopeDocument(Sources((OPS,)), Readers(departments=(WEB,)), Ceiling(mode=mode))  # type: ignore[arg-type]


@pytest.fixture
def joined(receive: Receive, settled: Settled, says: Says, taps: Taps, store: Store, company: Company) -> Joins:
    """Ana joins; Bo and Cy sit with her in dev, where all three belong to web."""

    async def join(mode: str = "auto") -> None:
        company.members[DEV] = dict(company.members[OPS])
        company.belongs = dict.fromkeys((ANA, BO, CY), IN_WEB)
        await store.put_scope("to-web", document(mode), "ada")
        await receive(says("ana", "/join to-web", direct=True))
        await settled()
        offer = await store.latest_offer(ANA)
        assert offer is not None
        await receive(taps("ana", "join_today", {"offer": offer.id}))
        await receive(says("ana", WORDS))
        await settled()

    return join


@pytest.fixture
def asked(receive: Receive, settled: Settled, says: Says, sent: list[Shown]) -> Asks:
    """Ask, and take all that is sent for it."""

    async def ask(person: str = "bo", text: str = QUESTION, **more: object) -> list[Shown]:
        sent.clear()
        await receive(says(person, text, **{"to_bot": True, "chat": "dev", **more}))
        await settled()
        return list(sent)

    return ask


def quoted(shown: list[Shown]) -> list[tuple[str | None, list[str]]]:
    """Who was told what alone; None: the chat."""
    return [(to.person, [quote.text for quote in card.quotes]) for to, card in shown]


@pytest.mark.parametrize(
    "belongs",
    [
        {ANA: IN_WEB, BO: IN_WEB},
        {ANA: IN_WEB, BO: IN_WEB, CY: frozenset({ALL})},
        {ANA: IN_WEB, BO: frozenset(), CY: IN_WEB},
        {},
        None,
    ],
)
async def test_a_group_is_answered_only_if_each_of_its_readers_belongs(
    joined: Joins, asked: Asks, company: Company, belongs: Mapping[str, frozenset[str]] | None
) -> None:
    """One who does not, whom the directory does not know, or a directory that is closed: the one sentence stands there.

    Who asked and belongs is told alone.
    """
    await joined()
    company.belongs = None if belongs is None else dict(belongs)
    alone = [(BO, [WORDS])] if belongs and WEB in belongs[BO] else []
    assert quoted(await asked()) == [(None, []), *alone]


async def test_a_group_whose_readers_all_belong_is_answered_in_it(joined: Joins, asked: Asks) -> None:
    """To a department under the one that is listed, too: the directory tells all that is above somebody."""
    await joined()
    assert quoted(await asked()) == [(None, [WORDS])]


async def test_who_moves_to_another_department_is_not_answered_any_more(
    joined: Joins, asked: Asks, company: Company
) -> None:
    """At the next question."""
    await joined()
    assert quoted(await asked(direct=True, chat="direct-bo")) == [(None, [WORDS])]
    assert company.belongs is not None
    company.belongs[BO] = frozenset({ALL})
    assert quoted(await asked(text=f"{QUESTION} please", direct=True, chat="direct-bo")) == [(None, [])]


async def test_a_chat_whose_members_are_not_told_is_covered_by_no_department(
    joined: Joins, asked: Asks, company: Company
) -> None:
    """Whoever is in it."""
    await joined()
    del company.members[DEV]
    assert quoted(await asked()) == [(None, []), (BO, [WORDS])]


async def test_no_directory_is_asked_where_no_scope_names_a_department(asked: Asks, company: Company) -> None:
    """Nobody is looked up for nothing."""
    await asked()
    assert company.looked_up == 0


async def test_a_draft_goes_only_to_who_belongs_when_it_is_sent(
    joined: Joins, asked: Asks, company: Company, receive: Receive, says: Says, settled: Settled, store: Store
) -> None:
    """What its asker was when it was drafted counts no more."""
    await joined("review")
    for moves in (False, True):
        company.belongs = dict.fromkeys((ANA, BO, CY), IN_WEB)
        company.sent.clear()
        await receive(says("bo", QUESTION, direct=True, to_bot=True, chat="direct-bo"))
        await settled()
        (draft,) = await store.drafts(ANA)
        if moves:
            company.belongs[BO] = frozenset({ALL})
        await receive(says("ana", f"/review {draft.id} send", direct=True))
        await settled()
        assert await store.answered(ANA, 1) == 1
        assert await store.drafts(ANA) == []


async def test_owners_see_departments_by_name_preview_for_them_and_take_them_back(
    joined: Joins, asked: Asks, store: Store, sent: list[Shown]
) -> None:
    """On the card of the scope, in My double and in a preview; without its last reader a scope reads nothing."""
    await joined()
    reader = say("zh", "scope_department", department="OD_WEB")
    ((_, card),) = await asked("ana", "/narrow to-web", direct=True, chat="direct-ana")
    assert reader in card.text
    ((_, mine),) = await asked("ana", "我的分身", direct=True, chat="direct-ana")
    assert reader in mine.text
    ((_, preview),) = await asked("ana", "/preview where is the stamp cabinet", direct=True, chat="direct-ana")
    (part,) = preview.parts
    assert "OD_WEB" in part.title
    assert [quote.text for quote in part.quotes] == [WORDS]
    await asked("ana", f"/narrow to-web without {WEB}", direct=True, chat="direct-ana")
    assert [one.departments for one in await store.joined_scopes(ANA)] == [()]
    assert quoted(await asked()) == [(None, [])]
