"""Ana lets her words of one chat out to another and to Bo alone, after her look; and what anybody sees of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from adapters.base import Address, Button, Card, Click, Message, Reaction, Receive
from skills.scopes import Ceiling, Readers, ScopeDocument, Sources
from skills.store import Store
from skills.words import Claim

Shown = tuple[Address, Card]
ANA, BO, OPS, DEV = "lark:t:ana", "lark:t:bo", "lark:t:ops", "lark:t:dev"
NAME = "ops-to-dev"
SCOPE = ScopeDocument(Sources((OPS,)), Readers((DEV,), (BO,)), Ceiling(mode="review"))
ROLLBACK = "Rollback of the payment service: switch the flag, then redeploy"
QUESTION = "ask Ana about the payment rollback"


@dataclass
class Desk:
    """Ana's side and Bo's side of it."""

    receive: Receive
    settled: Callable[[], Awaitable[None]]
    says: Callable[..., Message]
    taps: Callable[..., Click]
    store: Store
    sent: list[Shown]
    standing: dict[str, Shown]

    async def joins(self, document: ScopeDocument = SCOPE, platform: str = "lark") -> None:
        """Ana joins the scope and says how to roll back."""
        await self.store.put_scope(NAME, document, "ada")
        await self.receive(self.says("ana", f"/join {NAME}", direct=True, platform=platform))
        await self.settled()
        offer = await self.store.latest_offer(f"{platform}:t:ana")
        assert offer is not None
        await self.receive(self.taps("ana", "join_today", {"offer": offer.id}, platform=platform))
        await self.receive(self.says("ana", ROLLBACK, platform=platform))
        await self.settled()

    async def asked(self, text: str = QUESTION, *, person: str = "bo", **where: object) -> Card:
        """Bo asks in the other chat, or alone: the one card that he sees."""
        self.sent.clear()
        question = self.says(person, text, **({"chat": "dev", "to_bot": True} | where))
        await self.receive(question)
        await self.settled()
        ((_, card),) = [shown for shown in self.sent if shown[0].reply_to == question.id]
        return card

    def hers(self) -> list[Card]:
        """What Ana was sent alone since the last question."""
        return [card for to, card in self.sent if str(to.person).endswith(":ana")]

    async def taps_on(self, card: Card, action: str, person: str = "ana", **form: str) -> Reaction | None:
        """A tap on a button of a card, at the message where it stands."""
        message = next(id_ for id_, (_, stands) in self.standing.items() if stands == card)
        button = self.button(card, action)
        click = self.taps(person, action, button.value)
        reaction = await self.receive(
            Click(**{f: getattr(click, f) for f in click.__slots__} | {"message": message, "form": form})
        )
        await self.settled()
        return reaction

    def button(self, card: Card, action: str) -> Button:
        """A button by what it does."""
        return next(button for button in card.buttons if button.action == action)

    async def says_alone(self, text: str, person: str = "ana") -> None:
        """Words to the bot alone."""
        await self.receive(self.says(person, text, direct=True))
        await self.settled()

    def stands(self, reply_to: str | None = None) -> list[Card]:
        """The cards that stand in Bo's chats."""
        return [card for to, card in self.standing.values() if to.chat in (DEV, "lark:t:direct-bo")]

    def at(self, card: Card) -> Mapping[str, str]:
        """Where in the code is a draft: its id and language."""
        return self.button(card, "draft_send").value

    def claim(self) -> Claim:
        """A delivery that never was before."""
        message = self.says("ana", "")
        return Claim("lark", f"claim-{message.event}")
