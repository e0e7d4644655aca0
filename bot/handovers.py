"""Handovers as their owners make them: to whom and until when in words, signed by one tap, taken back by another."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapters.base import Card, Click, Message, Platform, PlatformError, Reaction
from bot import days, handover_cards
from bot.meant import own_chats, person_name
from bot.names import matching
from bot.notice import handover_notice
from bot.sentences import Language, say
from skills.handing import Handover
from skills.membership import Joined, Narrower
from skills.store import Store
from skills.words import HANDOVER, Claim, Notice, Offer, Tell

OFF = frozenset({"off", "end", "收回", "取消"})
ALL = frozenset({"all", "全部"})
SIGN: Mapping[str, str] = {"sign": "handover_sign", "签名": "handover_sign", "no": "decline", "不签": "decline"}
WITHOUT = frozenset({"without", "去掉"})
_BETWEEN = re.compile(r"[\s,，、;；&+@]+|(?<=[\u3400-\u9fff])[和与及](?=[\u3400-\u9fff])")
_FILLING = frozenset({"to", "until", "and", "for", "给", "到", "至", "和", "与", *ALL})


class Handovers:
    """Whoever is named has to be told by the owner; nobody else learns that there is one."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], public_url: str | None) -> None:
        self._store, self._platforms, self._public_url = store, platforms, public_url

    async def said(self, message: Message, words: str, tell: Tell) -> None:
        """Show what is signed or how it is done; else sign, narrow or end it, or draw one up from names and a day."""
        claim, first = Claim(message.platform, message.event, message.id), words.split()[:2]
        verb, rest = (first[0].casefold() if first else ""), "".join(first[1:])
        if not first:
            await self._store.claim(claim, replace(tell, card="handover"))
        elif verb in OFF:
            await self._end(claim, tell)
        elif verb in SIGN:
            await self._signed(claim, message.platform, SIGN[verb], rest.upper(), tell)
        elif verb in WITHOUT:
            people = [m.person for m in message.mentions if m.person] or [rest]
            await self._narrow(claim, people, tell)
        else:
            named = [mention.person for mention in message.mentions]
            here = None if message.direct or ALL & set(words.casefold().split()) else (message.chat,)
            await self._draw(claim, words, named, here, tell)

    async def tapped(self, click: Click, tell: Tell) -> None:
        """The same by a button; a card that was tapped shows what became of it."""
        claim, slot = Claim(click.platform, click.event), f"handover:{click.event}"
        if click.action == "handover_draw":
            words = " ".join(click.form.get(name, "") for name in ("people", "until"))
            await self._draw(claim, words, [], None, tell)
            return
        await self._store.fill(slot, click.platform, click.chat, click.message, editable=True)
        if click.action == "handover_off":
            await self._end(claim, replace(tell, slot=slot))
        else:
            await self._narrow(claim, [click.value.get("without", "")], replace(tell, slot=slot))

    async def choose(
        self, claim: Claim, platform: str, offer: Offer, action: str, *, language: Language
    ) -> Reaction | None:
        """Sign what was offered, or not; None when it cannot be signed like this any more."""
        tell = Tell("handover", platform, person=offer.person, slot=f"offer:{offer.id}", language=language)
        if action == "decline":
            await self._store.decline(claim, offer.id, offer.person, replace(tell, card="handover_declined"))
            return Reaction()
        if action != "handover_sign":
            return None
        shown = handover_notice(language, offer)
        notice = Notice(shown.version, language, shown.sha256)
        done = await self._store.sign_handover(claim, offer.id, offer.person, notice, tell)
        return Reaction(say(language, "handover_toast")) if done else None

    async def card(self, tell: Tell) -> Card:
        """What is signed; or how it is done, where nothing is."""
        found = await self._store.handover(str(tell.person))
        if found is None:
            return handover_cards.how(tell.language)
        names = await self._names(tell, found.people, found.sources)
        return handover_cards.signed(tell.language, found, names)

    async def offer_card(self, tell: Tell) -> Card | None:
        """The card that asks for a signature; None when the offer is gone."""
        offer = await self._store.find_offer(tell.ids["offer"])
        if offer is None:
            return None
        base = self._public_url.rstrip("/") if self._public_url else None
        url = f"{base}/notice?about=handover&language={tell.language}" if base else None
        names = await self._names(tell, offer.people, offer.chats)
        joined = [one.scope for one in await self._store.joined_scopes(offer.person)]
        return handover_cards.offer(tell.language, offer, names, url, joined)

    async def unclear(self, tell: Tell) -> Card:
        """It cannot be drawn up like this: what is missing, and the lines to fill in."""
        return handover_cards.how(tell.language, tell.card)

    async def scopes(self, tell: Tell) -> Card:
        """Scopes that are joined by name are not handed over, and why; what is instead."""
        joined = [one.scope for one in await self._store.joined_scopes(str(tell.person))]
        return handover_cards.not_scopes(tell.language, joined)

    async def notice(self, tell: Tell) -> Card:
        """The whole notice, for those who cannot open the page."""
        return Card(say(tell.language, "notice_title"), handover_notice(tell.language, None).full)

    async def beside(self, card: Card, tell: Tell) -> Card:
        """My double, with the handover that is signed, if one is."""
        found: Joined | None = await self._store.handover(str(tell.person))
        if found is None:
            return card
        names = await self._names(tell, found.people, found.sources)
        return handover_cards.beside(tell.language, card, found, names)

    async def line(self, tell: Tell) -> str | None:
        """A handover in one line, for whoever signed it: to whom, until when, and that it sleeps; None: none is."""
        found = await self._store.handover(str(tell.person))
        if found is None:
            return None
        return handover_cards.line(tell.language, found, await self._names(tell, found.people, found.sources))

    async def _draw(
        self, claim: Claim, words: str, named: Sequence[str | None], here: tuple[str, ...] | None, tell: Tell
    ) -> None:
        """Put a card to be signed to its owner alone; what is not clear is asked for, and nothing guessed."""
        joined = [one.scope for one in await self._store.joined_scopes(str(tell.person))]
        if set(joined) & set(words.casefold().split()):
            await self._store.claim(claim, replace(tell, card="handover_scopes"))
            return
        span = days.span(words, self._store.now())
        people = named or await self._people(tell, days.without(words))
        told = [person for person in people if person is not None]
        if span is None or not told or len(told) < len(people):
            await self._store.claim(claim, replace(tell, card="handover_unclear"))
            return
        wish, offered = Handover(tuple(told), span[1], here), replace(tell, card="handover_offer")
        if await self._store.offer_handover(claim, str(tell.person), wish, tell.language, offered) is False:
            await self._say(
                claim,
                tell,
                "handover_scopes"
                if joined and not await self._store.consents(str(tell.person))
                else "handover_nothing",
            )

    async def _people(self, tell: Tell, words: str) -> Sequence[str | None]:
        """Whom names mean, among those who are in the owner's own chats; None for each that is nobody's, or of two."""
        names = [one for one in _BETWEEN.split(words) if one and one.casefold() not in _FILLING]
        members: dict[str, str] = {}
        for chat in await self._store.sources(str(tell.person)) if names else ():
            try:
                members |= await self._platforms[tell.platform].members(chat) or {}
            except PlatformError:
                continue
        found = [matching({id_: (name,) for id_, name in members.items()}, one, one) for one in names]
        return list(dict.fromkeys(ids[0] if len(ids) == 1 else None for ids in found))

    async def _signed(self, claim: Claim, platform: str, action: str, code: str, tell: Tell) -> None:
        offer = await self._store.find_offer(code)
        if offer is None or offer.person != tell.person or offer.scope != HANDOVER:
            await self._store.claim(claim, replace(tell, card="handover_forbidden"))
        elif await self.choose(claim, platform, offer, action, language=offer.language) is None:
            await self._say(claim, tell, "handover_forbidden")

    async def _narrow(self, claim: Claim, people: Sequence[str], tell: Tell) -> None:
        less = Narrower(without=frozenset(people))
        shown = replace(tell, card="handover")
        if await self._store.narrow_scope(claim, str(tell.person), HANDOVER, less, shown) is False:
            await self._say(claim, shown, "handover")

    async def _end(self, claim: Claim, tell: Tell) -> None:
        ended = replace(tell, card="handover_ended")
        if await self._store.end_handover(claim, str(tell.person), ended) is False:
            await self._say(claim, tell, "handover_none")

    async def _say(self, claim: Claim, tell: Tell, card: str) -> None:
        """Claimed apart, so that it is said, and only once."""
        await self._store.claim(Claim(claim.platform, f"{claim.event}:refused"), replace(tell, card=card))

    async def _names(self, tell: Tell, people: Sequence[str], chats: Sequence[str]) -> Mapping[str, str]:
        of = self._platforms[tell.platform]
        names = await own_chats(self._store, of, str(tell.person), chats)
        return {**names} | {person: await person_name(of, person, next(iter(chats), "")) for person in people}
