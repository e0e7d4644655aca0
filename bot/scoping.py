"""Scopes by name, as their owners see them: offered, joined, narrowed and left, by word or by tap, to them alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from adapters.base import Card, Click, Platform, Reaction
from adapters.history import Lending
from bot import cards, leftovers, scope_cards
from bot.meant import also_called, department_name, own_chats, person_name
from bot.notice import scope_notice
from bot.passing import of_one
from bot.sentences import Language, say
from skills.agreement import Forbids
from skills.membership import Joined, Narrower, Yes
from skills.scopes import plain
from skills.store import Store
from skills.words import DEFAULT, Backfill, Claim, Notice, Offer, Tell

DAYS = 90  # how far a yes may look back, and how long it lasts
SIDES: Mapping[str, str] = {
    "level": "level",
    "程度": "level",
    "until": "until",
    "到": "until",
    "mode": "mode",
    "方式": "mode",
}
WITHOUT = frozenset({"without", "去掉"})
REVIEW = frozenset({"review", "审阅"})
LEVELS: Mapping[str, str] = {"outline": "outline", "提纲": "outline", "withheld": "withheld", "不答": "withheld"}


class Scoping:
    """An admin writes a scope; whoever joins it does so from their own hand, and takes back what they like."""

    def __init__(
        self, store: Store, platforms: Mapping[str, Platform], histories: frozenset[str], public_url: str | None
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._histories = histories
        self._public_url = public_url

    async def join(self, claim: Claim, scope: str, tell: Tell) -> None:
        """Put the consent card of a scope to whoever asks for it."""
        offered = replace(tell, card="scope_offer")
        if await self._store.offer_scope(claim, str(tell.person), scope.casefold(), tell.language, offered) is False:
            await self._say(claim, tell, "scope_unknown")

    async def choose(
        self, claim: Claim, platform: str, offer: Offer, action: str, *, language: Language, name: str
    ) -> Reaction | None:
        """Take up an offered scope in one of its ways; None when it is no longer there to take."""
        slot, scope = f"offer:{offer.id}", await self._store.scope(str(offer.scope))
        tell = Tell("scope", platform, person=offer.person, slot=slot, language=language)
        tell = replace(tell, ids={"scope": str(offer.scope), "new": "yes"})
        if action == "decline":
            await self._store.decline(claim, offer.id, offer.person, replace(tell, card="scope_declined"))
            return Reaction()
        if scope is None or action not in ("join_here", "join_today"):
            return None
        now, shown = self._store.now(), scope_notice(language, scope.name, scope.version, plain(scope.document))
        since = now - timedelta(days=DAYS) if action == "join_here" else now
        notice = Notice(shown.version, language, shown.sha256)
        chats = scope.document.sources.chats
        reads = action == "join_here" and platform in self._histories
        fills = [Backfill(platform, offer.person, chat, slot, language, scope.name) for chat in chats if reads]
        told = [Tell("announce", platform, chat=chat, ids={"chat": chat}) for chat in chats]
        yes = Yes(name, since, DAYS, notice)
        done = await self._store.join_scope(claim, offer.id, offer.person, yes, tell, *fills, announce=told)
        return Reaction(say(language, "joined_toast")) if done else None

    async def narrow(self, claim: Claim, words: tuple[str, ...], tell: Tell) -> None:
        """Take back what the words say, or show all sides of the scope, or of all, and what can be taken back."""
        scope, *less = words or (DEFAULT,)
        card = "scopes" if scope.casefold() == DEFAULT else "scope"  # the built-in one stands on My double
        tell = replace(tell, card=card, ids={**tell.ids, "scope": scope.casefold()})
        if not less:
            await self._store.claim(claim, tell)
            return
        narrower, person = _narrower(less), str(tell.person)
        if card == "scopes" and narrower is not None and narrower.level == "withheld":
            await self._store.claim(claim, replace(tell, card="scope_pause_instead"))
        elif (
            narrower is None or await self._store.narrow_scope(claim, person, scope.casefold(), narrower, tell) is False
        ):
            known = card == "scopes" or scope.casefold() in {j.scope for j in await self._store.joined_scopes(person)}
            await self._say(claim, tell, "scope_no_less" if known else "scope_not_joined")

    async def tapped(self, click: Click, tell: Tell) -> Reaction | None:
        """The same by a tap: the card that was tapped shows how the scope stands then; or the consent card anew."""
        if click.action == "scope_join":
            await self.join(Claim(click.platform, click.event), click.value.get("scope", ""), tell)
            return None
        words = (click.value.get("scope", ""), *(w for key in ("level", "without", "mode") for w in _pair(click, key)))
        slot = f"narrowed:{click.event}"
        await self._store.fill(slot, click.platform, click.chat, click.message, editable=len(words) > 1)
        await self.narrow(Claim(click.platform, click.event), words, replace(tell, slot=slot))
        return None

    async def offer_card(self, tell: Tell) -> Card | None:
        """The consent card; None when the offer is gone."""
        offer = await self._store.find_offer(tell.ids["offer"])
        scope = None if offer is None or offer.scope is None else await self._store.scope(offer.scope)
        if offer is None or scope is None or scope.version != offer.version:
            return cards.plain(tell.language, "scope_unknown")
        agreement = await self._store.agreement()
        agreed = Forbids() if agreement is None else agreement.forbids
        sides = scope_cards.offered(scope, self._store.now(), DAYS, agreed)
        names = await self._names(tell, sides)
        url = (
            f"{self._public_url.rstrip('/')}/notice?about=scope&language={tell.language}" if self._public_url else None
        )
        return scope_cards.offer(
            tell.language, offer.id, scope.name, scope_cards.terms(tell.language, sides, names), url
        )

    async def card(self, tell: Tell) -> Card:
        """How a scope stands that its owner joined; "new" right after their yes."""
        found = await self._store.joined_scopes(str(tell.person))
        one = next((joined for joined in found if joined.scope == tell.ids["scope"]), None)
        if one is None:
            return cards.plain(tell.language, "scope_not_joined", title="scopes_title")
        names = await self._names(tell, scope_cards.standing(one))
        if tell.ids.get("new"):
            await self._learn_name(tell.platform, one)
        title = "scope_joined_title" if tell.ids.get("new") else "scope_title"
        card = await leftovers.beside(self._store, scope_cards.joined(tell.language, one, names, title), tell)
        if read := of_one(tell):
            name = names.get(tell.ids["of"]) or say(tell.language, "this_chat")
            if many := tell.ids.get("chats"):
                name = say(tell.language, "chats_read", n=many)
            card = replace(card, text=f"{card.text}\n\n{name}：{read}")
        if (why := tell.ids.get("why")) is None:
            return card
        text = f"{card.text}\n\n{say(tell.language, 'found_partly', why=say(tell.language, why))}"
        lends = isinstance(self._platforms[tell.platform], Lending)
        lend = (cards.lend_button(tell.language, scope=one.scope),) if lends else ()
        return replace(card, text=text, buttons=(*lend, *card.buttons))

    async def changed(self, tell: Tell) -> Card | None:
        """An admin changed a scope that this owner joined; None when they have left it meanwhile."""
        scope, what = tell.ids["scope"], tell.ids["what"].split()
        one = next((j for j in await self._store.joined_scopes(str(tell.person)) if j.scope == scope), None)
        if one is None:
            return None
        sides = scope_cards.standing(one)
        names = await self._names(tell, sides)
        text = "" if "gone" in what else scope_cards.terms(tell.language, sides, names)
        return scope_cards.changed(tell.language, scope, what, one, text)

    async def declined(self, tell: Tell) -> Card:
        """Nothing was joined, and nobody knows."""
        return cards.plain(tell.language, "scope_declined", title="declined_title")

    async def notice(self, tell: Tell) -> Card:
        """The whole notice of scopes, for those who cannot open the page."""
        return Card(say(tell.language, "notice_title"), scope_notice(tell.language, "", 0, {}).full)

    async def beside(self, card: Card, tell: Tell, found: "list[Joined]") -> Card:
        """My double with the scopes that were joined by name, each with its way out."""
        lines, buttons = [], []
        for one in found:
            names = await self._names(tell, scope_cards.standing(one))
            lines.append(scope_cards.line(tell.language, one, names))
            buttons += [scope_cards.narrow_button(tell.language, one), scope_cards.leave_button(tell.language, one)]
        return scope_cards.beside(card, lines, buttons)

    async def _learn_name(self, platform: str, one: Joined) -> None:
        """Colleagues ask by name, alone too, where no member list tells it: learn it where the words are said."""
        of, where = self._platforms[platform], one.sources[0]
        if name := await person_name(of, one.owner, where):
            await self._store.rename(one.owner, name, await also_called(of, one.owner))

    async def _names(self, tell: Tell, sides: scope_cards.Sides) -> Mapping[str, str]:
        of = self._platforms[tell.platform]
        names = {**await own_chats(self._store, of, str(tell.person), (*sides.sources, *sides.chats))}
        where = next(iter(sides.sources), "")
        names |= {person: await person_name(of, person, where) for person in sides.people}
        return names | {one: await department_name(of, one) for one in sides.departments}

    async def _say(self, claim: Claim, tell: Tell, sentence: str) -> None:
        """Claimed apart, so that it is said, and only once."""
        await self._store.claim(Claim(claim.platform, f"{claim.event}:refused"), replace(tell, card=sentence))


def _pair(click: Click, key: str) -> tuple[str, ...]:
    return (key, click.value[key]) if click.value.get(key) else ()


def _narrower(words: list[str]) -> Narrower | None:
    """What is to be taken back; None where the words do not say."""
    side, rest = words[0].casefold(), words[1:]
    if side in WITHOUT and rest:
        return Narrower(without=frozenset(rest))
    if SIDES.get(side) == "level" and len(rest) == 1 and (level := LEVELS.get(rest[0].casefold())):
        return Narrower("outline" if level == "outline" else "withheld")
    if SIDES.get(side) == "mode" and len(rest) == 1 and rest[0].casefold() in REVIEW:
        return Narrower(review=True)
    if SIDES.get(side) == "until" and len(rest) == 1:
        try:
            day = datetime.fromisoformat(rest[0])
        except ValueError:
            return None
        return Narrower(until=day if day.tzinfo else day.replace(tzinfo=UTC))
    return None
