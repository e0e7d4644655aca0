"""What owners do about drafts, by word or by tap: see, send, word anew, answer by themselves, or let them be."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapters.base import Card, Click, Message, Platform, Quote, Reaction
from bot import cards, draft_cards
from bot.belonging import Belonging
from bot.draft_cards import Shown
from bot.drafting import unpacked
from bot.grounding import Quoted
from bot.meant import chat_name, person_name
from bot.notice import notice
from bot.questions import LONGEST, Question
from bot.sentences import Language, say
from bot.showing import Showing, line
from bot.support.told import Told, counted
from bot.waiting import Waiting
from skills.drafting import Draft, slot_of
from skills.onward import Onward
from skills.store import Store
from skills.words import Claim, Double, Notice, PutQuestion, Tell

# what `/review CODE WORD` does, in the words of both languages
WAYS: Mapping[str, str] = {
    "send": "draft_send",
    "发送": "draft_send",
    "always": "draft_on",
    "以后都发": "draft_on",
    "myself": "draft_put",
    "自己答": "draft_put",
    "no": "draft_no",
    "不发": "draft_no",
    "withhold": "draft_withhold",
    "不分享": "draft_withhold",
}
NOT_SENT: Mapping[str, str] = {"gone": "draft_gone", "not_any_more": "draft_not_any_more"}


class Reviewing:
    """Whose draft it is the store decides; whatever is tapped twice, or too late, is said and changes nothing."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], waiting: Waiting) -> None:
        self._store = store
        self._platforms = platforms
        self._waiting = waiting
        self._belonging = Belonging(store, platforms)
        self._showing = Showing(platforms)

    async def said(self, message: Message, words: Sequence[str], tell: Tell) -> None:
        """`/review` lists, `/review CODE` shows, and with a word it does what the button says."""
        claim, id_ = Claim(message.platform, message.event, message.id), words[0].upper() if words else ""
        way = WAYS.get(words[1].casefold()) if len(words) > 1 else None
        if not words:
            await self._store.claim(claim, replace(tell, card="drafts"))
        elif way is None:
            await self._store.claim(claim, replace(_of(tell, id_), card="draft"))
        else:
            rest = " ".join(words[2:]).strip()
            own = rest if way == "draft_send" else ""
            await self._do(claim, "draft_own" if own else way, _of(tell, id_), own=own, shown=rest)

    async def tapped(self, click: Click, tell: Tell) -> Reaction | None:
        """The same by a button; the card that was tapped becomes what came of it."""
        claim, tell = Claim(click.platform, click.event), _of(tell, click.value.get("draft", ""))
        own = click.form.get("own", "").strip()
        if click.action == "draft_show":
            await self._store.claim(claim, replace(tell, card="draft"))
        elif click.action == "draft_own" and not own:
            return Reaction(say(tell.language, "draft_empty", draft=tell.ids["draft"]))
        else:
            slot = f"draft:{click.event}"
            await self._store.fill(slot, click.platform, click.chat, click.message, editable=True)
            await self._do(claim, click.action, replace(tell, slot=slot), own=own, shown=click.value.get("shown", ""))
        return None

    async def card(self, tell: Tell) -> Card:
        """One draft as it would be sent; the sentence for one that is gone."""
        language, draft = tell.language, await self._store.find_draft(str(tell.person), tell.ids["draft"])
        if draft is None or draft.state != "open":
            return cards.plain(language, "draft_gone", title="drafts_title")
        shown, double = await self._shown(draft, language), await self._double(draft)
        quotes = (await self._showing.quotes(self._question(draft), double, _quoted(draft), "")).quotes
        told = [line(language, one) for one in _told(draft)]
        more = {"provider": draft.provider, "onward": draft.onward}
        return draft_cards.draft(language, shown, told=told, quotes=quotes, **more)

    async def cards(self, tell: Tell) -> Card:
        """All that wait."""
        waiting = await self._store.drafts(str(tell.person))
        return draft_cards.drafts(tell.language, [await self._shown(draft, tell.language) for draft in waiting])

    async def outcome(self, tell: Tell) -> Card:
        """What the draft's card becomes once it was sent."""
        draft, language = await self._store.find_draft(str(tell.person), tell.ids["draft"]), tell.language
        if draft is None or draft.answer is None:
            return cards.plain(language, "draft_gone", title="drafts_title")
        asker = await self._asker(draft) or say(language, "somebody")
        scope = tell.ids.get("scope", "")
        sentence = "draft_sent_on" if scope else "draft_sent"
        told = say(language, sentence, asker=asker, answer=draft.answer, scope=scope)
        return replace(cards.plain(language, "drafts_none", title="drafts_title"), text=told)

    async def answer(self, tell: Tell) -> Card | None:
        """The answer for its asker; None where it may not be given any more, or stands already."""
        draft = await self._store.find_draft(tell.ids["owner"], tell.ids["draft"])
        if draft is None or draft.answer is None or await self._store.standing(draft.answer) is None:
            return None
        if any(place.message for place in (await self._store.places(draft.answer))[:1]):
            return None
        question, double, answer = self._question(draft), await self._double(draft), draft.answer
        named = {"name": double.name, "answer": answer}
        if draft.provider is None or draft.own:
            # whole at once: what its owner looked at is not laid out anew
            card = replace(await self._showing.quotes(question, double, _quoted(draft), answer), unfold=None)
            label = say(draft.language, "reviewed_label", **named)
            return self._own(card, draft, named) if draft.own else replace(card, label=label)
        told = _told(draft)
        card = await self._showing.told(question, double, told, answer, draft.provider)
        label = say(draft.language, "reviewed_told_label", **named, provider=draft.provider)
        return replace(card, label=label, unfold=None)

    def _own(self, card: Card, draft: Draft, named: Mapping[str, str]) -> Card:
        """The owner's words of just now in place of what was quoted."""
        said = Quote(draft.said, named["name"], "", self._store.now(), "")
        text = say(draft.language, "reviewed_own_text", name=named["name"])
        note = say(draft.language, "reviewed_own_note", name=named["name"])
        label = say(draft.language, "reviewed_own_label", **named)
        return replace(card, text=text, quotes=(said,), note=note, label=label)

    async def _do(self, claim: Claim, way: str, tell: Tell, *, own: str, shown: str) -> None:
        person, id_ = str(tell.person), tell.ids["draft"]
        match way:
            case "draft_send" | "draft_own" | "draft_on":
                await self._send(claim, tell, own=own if way == "draft_own" else "", shown=shown, on=way == "draft_on")
            case "draft_no":
                done = await self._store.decline_draft(claim, person, id_, replace(tell, card="draft_declined"))
                await self._unless(done is not False, claim, tell)
            case "draft_withhold":
                done = await self._store.withhold_draft(claim, person, id_, replace(tell, card="withheld"))
                await self._unless(done is not False, claim, tell)
            case _:
                put = await self._store.put_draft(claim, person, id_)
                if put:
                    form = replace(tell, card="put", ids={**tell.ids, "put": put.id})
                    await self._store.claim(Claim(claim.platform, f"{claim.event}:put"), form)
                await self._unless(put is not False, claim, tell)

    async def _send(self, claim: Claim, tell: Tell, *, own: str, shown: str, on: bool) -> None:
        person, id_ = str(tell.person), tell.ids["draft"]
        draft = await self._store.find_draft(person, id_)
        onward = self._yes(draft, tell.language, shown) if on and draft is not None else None
        if draft is None or (on and onward is None):
            # nothing, or another card, was shown: this one is
            await self._store.claim(claim, replace(tell, card="draft"))
            return
        venue, ids = draft.venue, {"owner": person, "draft": id_}
        where = {"chat": venue.chat, "reply_to": draft.asked, "thread": draft.thread, "slot": slot_of(person, id_)}
        if draft.aside:
            where = {"person": draft.asker, "slot": slot_of(person, id_)}
        within = await self._belonging.of(draft.asker, draft.platform, venue)
        brings = Tell("reviewed", draft.platform, **where, language=draft.language, ids=ids)
        done = replace(tell, card="draft_sent", ids={**tell.ids, **({"scope": onward.scope} if onward else {})})
        hers = {"own": own[:LONGEST], "onward": onward, "sentences": counted(_told(draft)), "within": within}
        outcome = await self._store.send_draft(claim, person, id_, brings, done, **hers)  # type: ignore[arg-type]
        await self._unless(outcome not in NOT_SENT, claim, tell, NOT_SENT.get(outcome, ""))

    def _yes(self, draft: Draft, language: Language, shown: str) -> Onward | None:
        """The yes to what the button's card showed; None where it showed something else, or nothing of the kind."""
        if draft.onward is None:
            return None
        text = draft_cards.yes_of(language, draft.onward)
        sha256 = draft_cards.digest(text)
        if not shown or not sha256.startswith(shown.casefold()):
            return None
        return Onward(draft.onward, Notice(notice(language).version, language, sha256))

    async def _unless(self, well: bool, claim: Claim, tell: Tell, sentence: str = "draft_gone") -> None:
        """Say why nothing was done; claimed apart, because the attempt claimed the event."""
        if not well:
            await self._store.claim(Claim(claim.platform, f"{claim.event}:said"), replace(tell, card=sentence))

    async def _shown(self, draft: Draft, language: Language) -> Shown:
        ids = (draft.platform, draft.venue.chat, draft.asker, draft.owner, draft.asked, draft.question)
        words = await self._waiting.words(PutQuestion("", *ids, draft.language))
        alone = say(language, "draft_alone")
        where = alone if draft.venue.direct else await chat_name(self._platforms[draft.platform], draft.venue.chat)
        name = (await self._double(draft)).name
        return Shown(draft.id, await self._asker(draft), draft.at, where or say(language, "this_chat"), words, name)

    async def _asker(self, draft: Draft) -> str:
        return await person_name(self._platforms[draft.platform], draft.asker, draft.venue.chat)

    async def _double(self, draft: Draft) -> Double:
        named = draft.name or await person_name(self._platforms[draft.platform], draft.owner, draft.venue.chat)
        return Double(draft.owner, named or say(draft.language, "somebody"))

    def _question(self, draft: Draft) -> Question:
        """What was asked, as far as the card of an answer looks at it: not a word of it."""
        at, venue = draft.at, draft.venue
        where = (draft.platform, "", draft.asked, venue.chat, venue.direct)
        message = Message(*where, draft.asker, "", at, "", to_bot=True, thread=draft.thread)
        return Question(message, "", None, draft.owner, draft.language, draft.question, aside=draft.aside)


def _quoted(draft: Draft) -> Sequence[Quoted]:
    """Each quote as it is shown: what was said in one go together."""
    return [Quoted("\n".join(p.text for p in run), run[0], tuple(p.id for p in run[1:])) for run in draft.quotes if run]


def _told(draft: Draft) -> Sequence[Told]:
    """A model's sentences, where one wrote."""
    passages = [passage for run in draft.quotes for passage in run]
    return () if draft.provider is None else unpacked(draft.said, passages)


def _of(tell: Tell, draft: str) -> Tell:
    return replace(tell, ids={**tell.ids, "draft": draft})
