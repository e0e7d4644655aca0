"""The two cards that nobody asked for, alone with the owner: what runs out, all in one, and what the week was."""

from collections.abc import Mapping
from dataclasses import replace

from adapters.base import Button, Card, Click, Message, Platform, Reaction
from bot import cards
from bot.meant import own_chats
from bot.mydouble import DAYS, happened
from bot.notice import notice
from bot.sentences import say
from bot.waiting import Waiting
from bot.waits import answer_now
from skills.store import Store
from skills.words import DEFAULT, Claim, Notice, Tell

RENEWED = 90  # days
MOST_LEFT = 3
OFF = frozenset({"off", "no", "stop", "停", "关", "关闭"})


class Reminders:
    """Makes both cards from how things stand when they are sent, and does what their buttons say."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], waiting: Waiting) -> None:
        self._store = store
        self._platforms = platforms
        self._waiting = waiting

    async def renewal(self, tell: Tell) -> Card | None:
        """All that ends soon, renewed by one tap; None when it was renewed or left meanwhile."""
        language, ending = tell.language, await self._store.ending(str(tell.person))
        if not ending:
            return None
        here, platform = say(language, "this_chat"), self._platforms[tell.platform]
        chats = [consent for consent in ending if consent.scope == DEFAULT]
        scopes = {consent.scope: consent.until for consent in ending if consent.scope != DEFAULT}
        told = await own_chats(self._store, platform, str(tell.person), [consent.chat for consent in chats])
        names = {chat: name or here for chat, name in told.items()}
        lines = [say(language, "renewal_line", chat=names[c.chat], until=cards.day(c.until)) for c in chats]
        lines += [say(language, "renewal_scope", scope=s, until=cards.day(until)) for s, until in scopes.items()]
        value = {"language": language}
        renew = say(language, "renew_button", days=RENEWED)
        buttons = [Button("renew", renew, value, style="primary", command="/renew")]
        buttons.append(Button("notice", say(language, "notice_button"), value, command="/notice"))
        buttons += [cards.leave_button(language, c.chat, names[c.chat]) for c in chats[:MOST_LEFT]]
        text = "\n".join([*lines, "", say(language, "renewal_text", days=RENEWED)])
        return Card(say(language, "renewal_title"), text, buttons=tuple(buttons))

    async def weekly(self, tell: Tell) -> Card | None:
        """What the double did and could not do these seven days, and what waits; None when that is nothing any more."""
        person, language = str(tell.person), tell.language
        answered = await self._store.answered(person, days=DAYS)
        unanswered = await self._store.unanswered(person, days=DAYS)
        waits, waiting = await self._waiting.shown(person)
        lines = happened(language, answered, unanswered, waits, waiting)
        if not lines:
            return None
        stop = Button("weekly", say(language, "weekly_stop"), {"language": language}, command="/weekly off")
        buttons = (*(answer_now(language, one) for one in waits), stop)
        return Card(say(language, "weekly_title"), "\n".join(lines), note=say(language, "weekly_note"), buttons=buttons)

    async def renew(self, event: Message | Click, tell: Tell) -> Reaction | None:
        """Renew what ends soon; the card tapped, or a new one, shows then how things stand."""
        claim, person = _claim(event), str(tell.person)
        slot = f"switched:{event.event}" if isinstance(event, Click) else None
        if isinstance(event, Click):
            await self._store.fill(f"switched:{event.event}", event.platform, event.chat, event.message, editable=True)
        shown = notice(tell.language)
        read = Notice(shown.version, tell.language, shown.sha256)
        card = "scopes" if await self._store.ending(person) else "renew_nothing"
        done = await self._store.renew(claim, person, read, RENEWED, replace(tell, card=card, slot=slot))
        if done is None:
            return None
        return Reaction(say(tell.language, "renewed_toast" if done else "renew_nothing"))

    async def told_weekly(self, event: Message | Click, wanted: bool, tell: Tell) -> Reaction:
        """Write to somebody once a week, or not any more, and say so."""
        sentence = "weekly_on" if wanted else "weekly_off"
        then = [replace(tell, card=sentence)] if isinstance(event, Message) else []
        await self._store.weekly(_claim(event), str(tell.person), wanted=wanted, then=then)
        done = say(tell.language, sentence)
        return Reaction(done, cards.plain(tell.language, sentence) if isinstance(event, Click) else None)


def _claim(event: Message | Click) -> Claim:
    return Claim(event.platform, event.event, event.id if isinstance(event, Message) else None)
