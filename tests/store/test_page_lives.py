"""Random lives of pages: whatever happens in whatever order, no page shows a word that consent does not hold."""

import os
import random
import secrets
from dataclasses import replace

from skills.page_words import Listed, Page
from skills.pages import Change
from skills.words import Said
from tests.store.conftest import Company
from tests.store.paged import TALK, tell

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
CHATS = (Company.ops, "lark:t:oc_dev")
LIVES = max(int(os.environ.get("FENSHEN_TEST_LIVES", "400")) // 200, 2)  # `make deep` lives more
STEPS = 10
SEED = int(os.environ.get("FENSHEN_TEST_SEED") or secrets.randbits(32))
WAYS = (
    *("used", "used", "used", "used", "withheld", "shared"),
    *("pinned", "unpinned", "dropped", "merged", "titled"),
)
SUBJECTS = (
    "to roll back payments freeze the ledger then run payctl rollback {n}",
    "the Osaka warehouse vendor contract lies in the legal drive folder {n}",
    "we decided that the gateway release window moves to Tuesday number {n}",
)


class Life:
    """One owner with two chats, somebody who asks, and what the plain history says is recorded where."""

    def __init__(self, company: Company, dice: random.Random) -> None:
        self.company, self.dice, self.store = company, dice, company.store
        self.joined: dict[str, str] = {}  # chat → audience
        self.there: dict[str, dict[str, str]] = {chat: {} for chat in CHATS}  # chat → message → words
        self.n = 0
        self.opened = 0
        self.begun: list[str] = []  # erasures that wait

    async def begin(self) -> None:
        """One chat is on, and pages of it are used."""
        await self.company.join(ANA, CHATS[0], back=30)
        self.joined[CHATS[0]] = "chat"
        for subject in SUBJECTS:
            await self.say(CHATS[0], subject, 4)
        await self.store.distil(ANA)
        for page in await self.store.pages(ANA):
            await self.store.change_page(self.company.claim(), ANA, page.id, Change("used"))
        await self.look()

    async def step(self) -> None:
        """Do one thing, then look at all that is shown."""
        weights = {self.talk: 5, self.join: 3, self.change: 12, self.forget: 1, self.leave: 1, self.withhold: 1}
        await self.dice.choices(list(weights), list(weights.values()))[0]()
        await self.store.distil(ANA)
        await self.look()

    async def join(self) -> None:
        """Switch a chat on, or over."""
        chat, audience = self.dice.choice(CHATS), self.dice.choice(("chat", "chat", "me"))
        await self.company.join(ANA, chat, audience=audience, back=30)  # type: ignore[arg-type]
        self.joined[chat] = audience

    async def talk(self) -> None:
        """Say something in a chat that may be none of the owner's."""
        await self.say(self.dice.choice(CHATS), self.dice.choice(SUBJECTS), self.dice.randint(2, 5))

    async def say(self, chat: str, subject: str, many: int) -> None:
        """Say several things on one subject, among other talk."""
        first, self.n = self.n, self.n + many
        words = [subject.format(n=n) for n in range(first, self.n)]
        words += [f"{talk} {self.n}-{n}" for n, talk in enumerate(TALK * 3)]
        self.company.later(minutes=30)
        ids = await tell(self.company, ANA, words, chat)
        if chat in self.joined:
            self.there[chat] |= dict(zip(ids, words, strict=True))

    async def forget(self) -> None:
        """Take a message back."""
        chat = self.dice.choice(CHATS)
        if self.there[chat]:
            message = self.dice.choice(list(self.there[chat]))
            await self.store.forget(self.company.claim(), chat, message)
            del self.there[chat][message]

    async def leave(self) -> None:
        """Leave one chat; half the time it is erased at once, else later."""
        chat = self.dice.choice(CHATS)
        erasure = await self.company.leave(ANA, chat)
        if erasure is not None:
            self.begun.append(erasure.id)
        if self.begun and self.dice.random() < 0.5:
            await self.store.erase(self.begun.pop())
        self.joined.pop(chat, None)
        self.there[chat] = {}

    async def withhold(self) -> None:
        """Keep a subject back, or share what was kept back."""
        kept = await self.store.withheld(ANA)
        if kept and self.dice.random() < 0.6:
            await self.store.allow(self.company.claim(), ANA, self.dice.choice(list(kept)).id)
        else:
            await self.store.withhold(self.company.claim(), ANA, [self.dice.choice(("Osaka", "payctl", "gateway"))])

    async def change(self) -> None:
        """Something that an owner does to a page, then back, which must be exact."""
        pages = await self.store.pages(ANA)
        if not pages:
            return
        page, other = self.dice.choice(pages), self.dice.choice(pages)
        before = await self.whole()
        why = self.dice.choice(WAYS)
        if why == "titled":
            said = Said(ANA, "", f"om_t{self.company.claim().event}", self.company.now, f"our way {self.n}")
            done = await self.store.title_page(self.company.claim(), said, page.id)
        else:
            mine = Change(why, other.id, self.dice.randint(1, page.lines + 1))  # type: ignore[arg-type]
            done = await self.store.change_page(self.company.claim(), ANA, page.id, mine)
        if not done:
            assert await self.whole() == before
        elif self.dice.random() < 0.5:
            after = await self.whole()
            latest = (await self.store.page_history(ANA, page.id))[0].version
            for version, as_it_was in ((latest - 1, before), (latest, after)):
                assert await self.store.change_page(self.company.claim(), ANA, page.id, Change("back", "", version))
                assert await self.whole() == as_it_was

    async def whole(self) -> dict[str, Page]:
        """Every page as it stands, but for how many versions it has."""
        found = {page.id: await self.store.page(ANA, page.id) for page in await self.store.pages(ANA)}
        return {id_: replace(page, version=0) for id_, page in found.items() if page is not None}

    async def look(self) -> None:
        """Nothing stands on any page or version that is not recorded, and nothing opens that is not shared."""
        held = {words for chat in CHATS for words in self.there[chat].values()}
        pages = await self.store.pages(ANA)
        for listed in pages:
            page = await self.store.page(ANA, listed.id)
            assert page is not None
            assert listed.chat in self.joined
            assert {line.text for line in page.lines} <= held
            assert {line.chat for line in page.lines} == {listed.chat}
            for version in await self.store.page_history(ANA, listed.id):
                shown = {line.text for line in (*version.added, *version.removed)}
                assert shown <= held
            await self.open(listed, page)

    async def open(self, listed: Listed, page: Page) -> None:
        """What somebody else may have of a page."""
        grant = await self.company.grant(ANA, BO, listed.chat)
        found = None if grant is None else await self.store.open_page(grant, listed.title)
        if found is None:
            return
        self.opened += 1
        assert self.joined.get(listed.chat) == "chat"
        shown, kept_back = {line.id for line in found.lines}, set[str]()
        for each in await self.store.pages(ANA):
            there = await self.store.page(ANA, each.id)
            assert there is not None
            kept_back |= there.kept_back
            if each.state != "active":
                assert shown.isdisjoint(line.id for line in there.lines) or each.id != listed.id
        assert shown.isdisjoint(kept_back)
        assert {line.text for line in found.lines} <= set(self.there[listed.chat].values())


async def test_whatever_happens_no_page_outlives_its_evidence_or_leaves_its_consent(company: Company) -> None:
    """Seeded lives of joining, talking, changing, taking back, withholding and leaving."""
    print(f"FENSHEN_TEST_SEED={SEED}")  # noqa: T201
    dice, opened = random.Random(SEED), 0
    for _ in range(LIVES):
        life = Life(company, dice)
        await life.begin()
        for _ in range(STEPS):
            await life.step()
        opened += life.opened
        erasure = await company.leave(ANA)
        for id_ in [*life.begun, *([erasure.id] if erasure else [])]:
            await company.store.erase(id_)
        for table in ("page", "page_version", "page_line", "page_seen"):
            assert await company.rows(f"SELECT 1 FROM {table}", ANA) == []
    assert opened  # or nothing was tried
