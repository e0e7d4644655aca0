"""Ana's scope by which Bo may ask her alone, after she has looked at each answer."""

from collections.abc import Sequence
from typing import Any, Literal

from skills.drafting import Asked, Draft
from skills.membership import Narrower, Yes
from skills.onward import Onward
from skills.reviewing import Outcome
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from skills.words import Grant, Notice, Passage, Venue
from tests.store.conftest import Company

ANA, BO, CY = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:ou_cy"
OPS, DEV = Company.ops, "lark:t:oc_dev"
ALONE = "lark:t:direct-bo"
SAID = "the gateway restarts at nine"
QUESTION = "when does the gateway restart"
TO_BO = ScopeDocument(Sources((OPS,)), Readers((DEV,), (BO, CY)), Ceiling(mode="review"))
ONWARD = Onward("ops-to-bo", Notice("1", "en", "cd" * 32))


class Reviewer:
    """Ana, who looks at what her double would say; Bo, who asks it alone."""

    def __init__(self, company: Company) -> None:
        self.company, self.store = company, company.store
        self.questions = 0

    async def set_up(self, document: ScopeDocument = TO_BO, name: str = "ops-to-bo") -> None:
        """Ana joins the scope, then says something."""
        await self.store.put_scope(name, document, "ada")
        offer = await self.store.offer_scope(self.company.claim(), ANA, name, "en")
        assert not isinstance(offer, bool)
        assert offer is not None
        yes = Yes("Ana", self.company.now, 90, self.company.notice)
        assert await self.store.join_scope(self.company.claim(), offer.id, ANA, yes)

    async def says(self, words: str = SAID) -> str:
        """Ana says something in the source chat."""
        return await self.company.say(ANA, words)

    async def grant(self, asker: str = BO, venue: Venue | None = None) -> Grant | None:
        """What a draft for an asker would be made by."""
        where = venue or Venue(f"lark:t:direct-{asker[-2:]}", True)
        return await self.store.grant(ANA, asker=asker, venue=where, readers=None, mode="review")

    async def found(self, asker: str = BO, question: str = QUESTION) -> tuple[Grant, Sequence[Passage]]:
        """What a draft could be made of."""
        grant = await self.grant(asker)
        assert grant is not None
        return grant, await self.store.recall(grant, question)

    def asked(self, **more: Any) -> Asked:
        """One more question."""
        self.questions += 1
        return Asked("lark", f"om_q{self.questions}", f"q{self.questions}", "en", stands=("m1", True), **more)

    async def drafts(self, asker: str = BO, question: str = QUESTION, said: str = "", **more: Any) -> str | None:
        """A draft of what is found on a question, as the bot makes one; its id."""
        grant, found = await self.found(asker, question)
        return await self.store.draft(grant, self.asked(), [[p.id] for p in found], said, **more)

    async def sends(self, id_: str, **more: Any) -> Outcome:
        """Ana lets it out."""
        return await self.store.send_draft(self.company.claim(), ANA, id_, **more)

    async def waits(self) -> Sequence[Draft]:
        """What Ana sees."""
        return await self.store.drafts(ANA)

    async def answers(self) -> list[Any]:
        """What was recorded as sent."""
        return await self.company.rows("SELECT * FROM answer ORDER BY at", ANA)

    async def narrows(self, level: Literal["outline", "withheld"] | None = None, **more: Any) -> None:
        """Ana takes something back."""
        await self.store.narrow_scope(self.company.claim(), ANA, "ops-to-bo", Narrower(level=level, **more))
