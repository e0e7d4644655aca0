"""Cards waiting to be sent: made from ids when their turn comes, sent once, replaced where they stand."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from adapters.base import Address, Card, Platform, Refused, Sent, Unreachable
from adapters.history import Lending
from bot import announcing, cards, files, leftovers, letters
from bot.meant import also_called, chat_name, own_chat, own_chats, person_name
from bot.passing import found
from bot.sentences import Language, say
from bot.suggesting import LOOKED_AT, suggestions
from skills.store import Store
from skills.words import Consent, Tell

log = logging.getLogger("fenshen.tells")

Maker = Callable[[Tell], Awaitable[Card | None]]
NONE: Mapping[str, Maker] = MappingProxyType({})


class Tells:
    """Makes and sends the cards that the store has promised."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        histories: frozenset[str],
        public_url: str | None,
        more: Mapping[str, Maker] = NONE,
    ) -> None:
        """`more` makes the cards that are gathered in rooms of their own, by name."""
        self._store = store
        self._platforms = platforms
        self._histories = histories
        self._public_url = public_url
        self._makers: Mapping[str, Maker] = {
            **more,
            "offer": self._offer,
            "joined": self._joined,
            "found": self._joined,
            "declined": self._declined,
            "stopped": self._stopped,
            "erased": self._erased,
            "imported": self._imported,
            "import_where": self._import_where,
            "objected": self._objected,
            "unobjected": self._objected,
            "remembered": self._remembered,
            "corrected": self._remembered,
            "remember_where": self._remember_where,
            "halted": self._ordered,
            "unhalted": self._ordered,
            "returned": self._ordered,
        }

    async def tell(self, tell: Tell) -> None:
        """Send one card. Raises PlatformError where another try may help."""
        if tell.platform not in self._platforms:
            log.warning("a card waits for %s, which is not set up: dropped", tell.platform)
            return
        card = await self._made(tell)
        if card is None:
            return
        try:
            sent = await self._put(tell, card)
        except Unreachable:
            await self._answer_where_asked(tell)
            return
        if card.answer is not None:
            await self._stands(tell, card, card.answer, sent)

    async def _stands(self, tell: Tell, card: Card, answer: str, sent: Sent) -> None:
        """Remember where an answer stands; whose owner left while it was on its way is replaced at once."""
        where = sent.platform, sent.chat, sent.message, tell.language
        if not await self._store.shown(answer, *where):
            await self._platforms[tell.platform].update(sent, cards.without(tell.language, card, [answer]))
            await self._store.replaced([answer])

    async def _made(self, tell: Tell) -> Card | None:
        maker = self._makers.get(tell.card)
        if maker is not None:
            return await maker(tell)
        match tell.card:
            case "help":
                return cards.help_card(tell.language)
            case "notice":
                return cards.full_notice(tell.language)
            case _:
                return cards.plain(
                    tell.language, tell.card, limit=tell.ids.get("limit", ""), codes=tell.ids.get("codes", "")
                )

    async def _put(self, tell: Tell, card: Card) -> Sent:
        platform = self._platforms[tell.platform]
        slot = tell.slot or _own_slot(tell)
        standing = await self._store.slot(slot) if slot else None
        if standing is not None and standing.editable:
            there = Sent(tell.platform, standing.chat, standing.message, editable=True)
            try:
                await platform.update(there, card)
                return there
            except Refused:
                log.info("a card can no longer be replaced on %s: sent anew", tell.platform)
        to = Address(chat=tell.chat, person=tell.person, reply_to=tell.reply_to, thread=tell.thread)
        sent = await platform.send(to, card, key=_key(tell))
        if slot:
            await self._store.fill(slot, sent.platform, sent.chat, sent.message, editable=sent.editable)
        return sent

    async def _answer_where_asked(self, tell: Tell) -> None:
        """The person cannot be written to privately: say so where they asked, without saying what they asked for."""
        chat = tell.ids.get("origin")
        if chat is None:
            log.info("a card could not be delivered on %s", tell.platform)
            return
        to = Address(chat=chat, reply_to=tell.ids.get("asked"))
        await self._platforms[tell.platform].send(to, cards.plain(tell.language, "unreachable"), key=_key(tell))

    async def _ordered(self, tell: Tell) -> Card:
        """What an admin ordered about this owner's double."""
        return cards.plain(tell.language, tell.card, title="scopes_title")

    async def _offer(self, tell: Tell) -> Card | None:
        offer = await self._store.find_offer(tell.ids["offer"])
        if offer is None:
            return None
        url = f"{self._public_url.rstrip('/')}/notice?language={tell.language}" if self._public_url else None
        chat = await chat_name(self._platforms[tell.platform], offer.chat)
        by_file = tell.platform not in self._histories
        return cards.offer(tell.language, offer_id=offer.id, chat=chat, by_file=by_file, notice_url=url)

    async def _joined(self, tell: Tell) -> Card | None:
        consent = await self._consent(str(tell.person), tell.ids["chat"])
        if consent is None:
            return None
        await self._learn_name(tell, consent)
        chat = await own_chat(self._store, self._platforms[tell.platform], consent.owner, consent.chat)
        proposed = await self._proposed(consent.owner, consent.chat, tell.language)
        card = cards.joined(
            tell.language,
            consent,
            chat=chat,
            state=found(tell, consent, proposes=bool(proposed), listed=tell.platform in self._histories),
            questions=proposed,
            by_file=tell.platform not in self._histories,
            lend=_unread(tell, self._histories) and isinstance(self._platforms[tell.platform], Lending),
        )
        return await leftovers.beside(self._store, card, tell, consent.chat)

    async def _declined(self, tell: Tell) -> Card | None:
        """Nothing was switched on by this no; what an earlier yes switched on is not denied."""
        standing = await self._joined(replace(tell, card="found"))
        return cards.declined(tell.language) if standing is None else standing

    async def _proposed(self, owner: str, chat: str | None, language: Language) -> Sequence[str]:
        own = await self._store.own(owner, chat, LOOKED_AT)
        return suggestions([passage.text for passage in own], language)

    async def _consent(self, owner: str, chat: str) -> Consent | None:
        return next((c for c in await self._store.consents(owner) if c.chat == chat), None)

    async def _learn_name(self, tell: Tell, consent: Consent) -> None:
        """Colleagues ask by name: learn the owner's from the platform, where the tap did not carry it."""
        platform = self._platforms[tell.platform]
        if name := await person_name(platform, consent.owner, consent.chat):
            await self._store.rename(consent.owner, name, await also_called(platform, consent.owner))

    async def _stopped(self, tell: Tell) -> Card | None:
        erasure = await self._store.erasure(tell.ids["erasure"])
        if erasure is None:
            return cards.plain(tell.language, "leave_nothing")
        if erasure.erased_at is not None:
            return await self._with_exports(cards.erased(tell.language, erasure), erasure.owner, tell.language)
        if erasure.leftover:
            return Card(say(tell.language, "stopped_title"), say(tell.language, "stopped_leftover"))
        if erasure.since and erasure.until:
            card = cards.stopped_window(tell.language, erasure.since, erasure.until)
            return await self._with_exports(card, erasure.owner, tell.language)
        chat = await chat_name(self._platforms[tell.platform], erasure.chat) if erasure.chat else None
        if erasure.scope is not None:
            return Card(say(tell.language, "stopped_title"), say(tell.language, "stopped_scope", scope=erasure.scope))
        return await self._with_exports(cards.stopped(tell.language, chat), erasure.owner, tell.language)

    async def _erased(self, tell: Tell) -> Card | None:
        erasure = await self._store.erasure(tell.ids["erasure"])
        if erasure is None:
            return None
        return await self._with_exports(cards.erased(tell.language, erasure), erasure.owner, tell.language)

    async def _with_exports(self, card: Card, owner: str, language: Language) -> Card:
        """Copies that left the house are named to whoever leaves: nobody else can delete them."""
        times = await self._store.exports(owner)
        days = ", ".join(dict.fromkeys(cards.day(at) for at in times))
        return replace(card, note=say(language, "export_left", times=len(times), days=days)) if times else card

    async def _objected(self, tell: Tell) -> Card:
        name = await chat_name(self._platforms[tell.platform], tell.ids["chat"])
        if tell.card == "unobjected":
            return announcing.unobjected(tell.language, name)
        return announcing.objected(tell.language, tell.ids["chat"], name)

    async def _remembered(self, tell: Tell) -> Card:
        chat = tell.ids["chat"]
        name = await own_chat(self._store, self._platforms[tell.platform], str(tell.person), chat)
        drawn = letters.corrected if tell.card == "corrected" else letters.remembered
        return drawn(tell.language, chat, tell.ids["message"], name)

    async def _remember_where(self, tell: Tell) -> Card:
        platform = self._platforms[tell.platform]
        owner = str(tell.person)
        chats = await own_chats(self._store, platform, owner, await self._store.sources(owner))
        return letters.remember_where(tell.language, {key: tell.ids[key] for key in ("note", "from")}, chats)

    async def _imported(self, tell: Tell) -> Card:
        named = ("kept", "others", "known", "out", "bad", "withheld", "pages")
        counts = {name: int(tell.ids.get(name, "0")) for name in named}
        return files.imported(tell.language, counts, await self._proposed(tell.ids["owner"], None, tell.language))

    async def _import_where(self, tell: Tell) -> Card:
        platform, owner = self._platforms[tell.platform], tell.ids["owner"]
        chats = await own_chats(self._store, platform, owner, await self._store.sources(owner))
        file = {"owner": owner, "from": tell.ids["from"], "file": tell.ids["asked"], "key": tell.ids["key"]}
        about = tell.ids.get("about", "0") != "0"
        return files.import_where(tell.language, int(tell.ids["found"]), file, chats, about=about)


def _unread(tell: Tell, histories: frozenset[str]) -> bool:
    """Whether the owner wants what was said before, and the bot itself cannot read it."""
    wanted = tell.platform not in histories and tell.ids.get("look_back") == "yes"
    return wanted or tell.ids.get("why") == "history_refused"


def _own_slot(tell: Tell) -> str | None:
    """A consent card becomes the receipt: its slot is the offer, whose id only the store knew beforehand."""
    return f"offer:{tell.ids['offer']}" if tell.card in ("offer", "scope_offer", "handover_offer") else None


def _key(tell: Tell) -> str:
    """The same waiting card has the same key however often it is tried."""
    parts = [tell.card, tell.slot, tell.chat, tell.person, tell.reply_to, *sorted(tell.ids.values())]
    return "tell:" + ":".join(part or "" for part in parts)
