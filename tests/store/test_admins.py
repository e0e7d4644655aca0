"""The promise over all that admins can order: no sequence of it gives anybody a double, or shows a word more."""

import random
from collections.abc import Callable

import pytest

from skills.agreement import Agreement, Forbids
from skills.freezing import Halt, Left, Resume, Returned
from skills.ordering import DeleteScope, Order, PutScope
from skills.rules import Rules
from skills.ruling import AllowChat, ForbidChat, SetRules
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from tests.store.conftest import Company

JOINED, PAUSED, GONE, REFUSED = PEOPLE = [f"lark:t:ou_{name}" for name in ("ana", "bo", "cy", "di")]
ASKER = "lark:t:ou_ed"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"
Allowed = set[tuple[str, str, str]]


async def company_of_four(company: Company) -> None:
    """One joined in two chats, one paused, one left the company, one declined."""
    for person, chat in ((JOINED, OPS), (JOINED, DEV), (PAUSED, OPS), (GONE, OPS)):
        await company.join(person, chat)
        await company.say(person, "rollback the gateway", chat)
    await company.store.pause(company.claim(), PAUSED, None)
    await company.store.depart(company.claim(), GONE)
    await company.store.decline(company.claim(), await company.offer(REFUSED), REFUSED)


async def allowed(company: Company) -> Allowed:
    """(owner, chat, text) of all that anybody is shown anywhere, owners themselves included; "" is where alone."""
    found: Allowed = set()
    for owner in PEOPLE:
        for chat in (OPS, DEV):
            found |= {(owner, chat, text) for text in await company.find(owner, ASKER, "rollback", chat)}
        found |= {(owner, "", text) for text in await company.find(owner, owner, "rollback", direct=True)}
    return found | {(owner, chat, "") for owner, chat, _ in found}


def drawn(dice: random.Random) -> Order:
    """Anything that an admin may order, about anybody and any chat, as wide as it can be said."""
    person, chat = dice.choice(PEOPLE), dice.choice([OPS, DEV])
    name = dice.choice(["default", "default-a", "wide"])
    chats: tuple[str, ...] = dice.choice([(), (OPS,), (OPS, DEV)])
    readers = Readers(chats, dice.choice([(), (ASKER, *PEOPLE)]))
    document = ScopeDocument(Sources(chats), readers, Ceiling(dice.choice(["full", "outline", "withheld"]), days=180))
    makers: list[Callable[[], Order]] = [
        lambda: PutScope(name, document),
        lambda: PutScope(name, ScopeDocument()),
        lambda: Halt(dice.choice([person, "*"])),
        lambda: Left(person),
        lambda: ForbidChat(chat),
        lambda: SetRules(Rules(dice.choice([None, 3650]), dice.choice([None, 20]), dice.choice([None, 100]))),
    ]
    wider: list[Callable[[], Order]] = [
        lambda: DeleteScope(name),
        lambda: Resume(dice.choice([*PEOPLE, "*"])),
        lambda: AllowChat(chat),
        lambda: Returned(person),
    ]
    return dice.choice(wider if dice.random() < 0.7 else makers)()  # or soon nothing would be shown


@pytest.mark.parametrize("seed", range(3))
async def test_no_sequence_of_admins_orders_gives_anybody_a_double_or_shows_a_word_more(
    company: Company, seed: int
) -> None:
    """After every one of them, what is shown is within what owners switched on, and who declined has nothing on."""
    dice = random.Random(seed)
    await company_of_four(company)
    before, shown = await allowed(company), 0
    assert {owner for owner, _, _ in before} == {JOINED}
    for _ in range(40):
        await company.order(drawn(dice))
        now = await allowed(company)
        assert now <= before
        assert await company.store.consents(REFUSED) == []
        shown += bool(now)
    assert shown >= 4  # or this would prove nothing
    back: list[Order] = [Resume(), *map(Resume, PEOPLE), AllowChat(OPS), AllowChat(DEV), SetRules(Rules())]
    for order in back:
        await company.order(order)
    assert await allowed(company) <= before


async def test_an_agreement_shows_no_word_more(company: Company) -> None:
    """Whatever numbers it names, and when a newer one forbids nothing any more."""
    await company_of_four(company)
    before = await allowed(company)
    for version, forbids in enumerate((Forbids((OPS,)), Forbids(answers_to_one=20, retention_days=3650), Forbids()), 1):
        await company.store.agree(Agreement(version, f"{version}" * 64, "规则", "rules", forbids))
        assert await allowed(company) <= before
    assert await allowed(company) == before
