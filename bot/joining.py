"""A double switched on, paused and switched off again, by word or by tap; and whoever wants to be kept out of one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from adapters.base import Reaction
from adapters.history import History
from bot.borrowing import Borrowing
from bot.handovers import Handovers
from bot.notice import notice
from bot.scoping import Scoping
from bot.sentences import Language, say
from skills.store import Store
from skills.words import HANDOVER, Audience, Backfill, Claim, Notice, Offer, Strike, Tell

DAYS = 90  # how far a double looks back when asked to, and how long a consent lasts


class Joining:
    """Does what the person says of their own double, in one transaction, with the card that tells them."""

    def __init__(
        self,
        store: Store,
        histories: Mapping[str, History],
        scoping: Scoping,
        borrowing: Borrowing,
        handovers: Handovers,
    ) -> None:
        self._handovers = handovers
        self._store = store
        self._histories = histories
        self._scoping = scoping
        self._borrowing = borrowing

    async def lend(self, claim: Claim, words: str, tell: Tell) -> None:
        """Read what the person shares with their own eyes, once they have said so on the platform's page."""
        await self._borrowing.ask(claim, words, tell)

    async def leave(self, claim: Claim, tell: Tell, chat: str | None, scope: str | None = None) -> None:
        """Stop and erase a chat, a scope, or everything; the card of `tell` becomes the receipt of the erasure."""
        stopped = replace(tell, slot=f"left:{claim.event}")
        receipt = replace(stopped, card="erased")
        which, person = {"chat": chat, "scope": scope}, str(tell.person)
        if await self._store.leave(claim, person, **which, receipt=receipt, then=[stopped]) is None:
            # claimed apart, so that a redelivery does not say it twice
            nothing = Claim(claim.platform, f"{claim.event}:nothing")
            # what stands in other chats is not denied
            elsewhere = (chat or scope) is not None and await self._store.is_owner(person)
            await self._store.claim(nothing, replace(tell, card="scopes" if elsewhere else "leave_nothing"))

    async def switch(self, claim: Claim, tell: Tell, verb: str, chat: str | None) -> None:
        """Pause or resume one chat's double, or everything; the card of `tell` shows how things stand then."""
        turn = self._store.pause if verb == "pause" else self._store.resume
        if await turn(claim, str(tell.person), chat, tell) is False:
            await self._store.claim(Claim(claim.platform, f"{claim.event}:nothing"), tell)

    async def object(self, claim: Claim, tell: Tell, verb: str, chat: str) -> None:
        """Keep a person out of what is learned in a chat, or let them be spoken of again; `tell` says that it is so."""
        person = str(tell.person)
        if verb == "object":
            await self._store.object(claim, person, chat, tell, Strike(claim.platform, chat, person))
        else:
            await self._store.withdraw_objection(claim, person, chat, tell)

    async def choose(
        self, claim: Claim, platform: str, offer: Offer, action: str, *, language: Language, name: str
    ) -> Reaction | None:
        """Take up an offer in one of its ways; None when it is no longer there to take."""
        if offer.scope == HANDOVER:
            return await self._handovers.choose(claim, platform, offer, action, language=language)
        if offer.scope is not None:
            return await self._scoping.choose(claim, platform, offer, action, language=language, name=name)
        slot = f"offer:{offer.id}"
        ids = {"chat": offer.chat, "look_back": "no" if action == "join_today" else "yes"}
        tell = Tell("joined", platform, person=offer.person, slot=slot, language=language, ids=ids)
        if action == "decline":
            await self._store.decline(
                claim, offer.id, offer.person, replace(tell, card="declined", ids={"chat": offer.chat})
            )
            return Reaction()
        audience: Audience = "me" if action == "join_me" else "chat"
        look_back = action != "join_today"
        history = look_back and platform in self._histories
        shown = notice(language)
        now = self._store.now()
        announce = Tell("announce", platform, chat=offer.chat, ids={"chat": offer.chat})
        consent = await self._store.join(
            claim,
            offer.id,
            person=offer.person,
            name=name,
            audience=audience,
            since=now - timedelta(days=DAYS) if look_back else now,
            days=DAYS,
            notice=Notice(shown.version, language, shown.sha256),
            then=(tell, Backfill(platform, offer.person, offer.chat, slot, language)) if history else (tell,),
            announce=announce,
        )
        return Reaction(say(language, "joined_toast")) if consent else None
