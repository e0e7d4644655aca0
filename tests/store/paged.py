"""What a page is made of in tests: things said about two subjects, and whatever else people say."""

from collections.abc import Sequence
from datetime import timedelta

from skills.page_words import Listed, Page
from skills.pages import Change
from skills.words import Said
from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
DEV = "lark:t:oc_dev"
ROLLBACK = (
    "to roll back payments first freeze the ledger then run payctl rollback with the release tag",
    "rolling back payments: freeze the ledger, run payctl rollback, then check the reconciliation report",
    "payments rollback again: freeze the ledger before you run payctl rollback or the report is wrong",
)
VENDOR = (
    "the vendor contract for the Osaka warehouse is kept in the legal drive under suppliers",
    "vendor contract of the Osaka warehouse: renewal is due in October, legal drive has the draft",
    "for the Osaka warehouse vendor contract ask the legal drive owners before renewal",
)
TALK = ("lunch was great today thanks everybody for coming along", "anyone seen the grey umbrella by the door?")


async def tell(company: Company, owner: str, words: Sequence[str], chat: str = Company.ops) -> list[str]:
    """Say these things, an hour apart, as one hears them from a chat's history; the ids of the messages."""
    ids = [f"om_said_{company.claim().event}_{n}" for n, _ in enumerate(words)]
    since = company.now - timedelta(hours=len(words))
    saids = [
        Said(owner, chat, id_, since + timedelta(hours=n), text, source="history")
        for n, (id_, text) in enumerate(zip(ids, words, strict=True))
    ]
    await company.store.backfill(owner, chat, saids)
    return ids


async def distilled(company: Company, owner: str, chat: str = Company.ops) -> list[Listed]:
    """Pages of an owner who joined, told all of the above, and has seen nothing yet; by title."""
    await company.join(owner, chat, back=30)
    await tell(company, owner, (*ROLLBACK, *VENDOR, *TALK), chat)
    await company.store.distil(owner)
    return sorted(await company.store.pages(owner), key=lambda page: page.title)


async def used(company: Company, owner: str, chat: str = Company.ops) -> list[Listed]:
    """The same, and the owner has taken every page into use."""
    for page in await distilled(company, owner, chat):
        assert await company.store.change_page(company.claim(), owner, page.id, Change("used"))
    return sorted(await company.store.pages(owner), key=lambda page: page.title)


async def shown(company: Company, page: Listed) -> Page:
    """A page as Ana sees it."""
    there = await company.store.page(ANA, page.id)
    assert there is not None
    return there


def texts(page: Page) -> list[str]:
    """Its lines."""
    return [line.text for line in page.lines]


async def opened(
    company: Company, words: str, asker: str = BO, chat: str = Company.ops, *, direct: bool = False
) -> list[str]:
    """The lines of Ana's that a title opens for somebody; none without a page."""
    grant = await company.grant(ANA, asker, chat, direct=direct)
    found = None if grant is None else await company.store.open_page(grant, words)
    return [] if found is None else [line.text for line in found.lines]


async def change(company: Company, page: Listed, why: str, **more: object) -> bool | None:
    """What Ana does to a page."""
    return await company.store.change_page(company.claim(), ANA, page.id, Change(why, **more))  # type: ignore[arg-type]
