"""Pages in their owner's hands: the card about new ones, one page with its evidence, its edits, its versions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

from adapters.base import Card, Click, Message, Platform
from bot import cards, page_cards
from bot.budget import Limits
from bot.meant import own_chat, person_name
from bot.objecting import Objections, mentioned
from bot.page_lines import LETTERS, progress
from skills.page_words import Turn
from skills.pages import Change
from skills.store import Store
from skills.words import Claim, Said, Tell

TURNS: Mapping[str, Turn] = {
    **dict.fromkeys(("use", "用"), "used"),
    **dict.fromkeys(("withhold", "不分享"), "withheld"),
    **dict.fromkeys(("share", "分享"), "shared"),
    **dict.fromkeys(("pin", "固定"), "pinned"),
    **dict.fromkeys(("unpin", "取消固定"), "unpinned"),
    **dict.fromkeys(("drop", "去掉"), "dropped"),
    **dict.fromkeys(("merge", "并入"), "merged"),
    **dict.fromkeys(("back", "退回"), "back"),
}
VIEWS: Mapping[str, str] = {"edit": "page_edit", "修改": "page_edit", "history": "page_history", "版本": "page_history"}
TITLED = ("title", "标题")
_NUMBER = re.compile(r"\d{1,6}")


class Pages:
    """Every outcome is told to the owner alone; nobody else learns that there is a page before it is in use."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], objections: Objections, limits: Limits) -> None:
        """`limits`: what a model's tokens cost, where a model writes lines for pages."""
        self._limits = limits
        self._store = store
        self._platforms = platforms
        self._objections = objections

    async def said(self, message: Message, words: str, tell: Tell) -> None:
        """`/page K7Q2AB` shows a page; with a verb after it, something is done to it."""
        named, verb, rest = (*words.split(maxsplit=2), "", "", "")[:3]
        id_, verb = named.upper(), verb.casefold()
        shown = replace(tell, card=VIEWS.get(verb, "page"), ids={**tell.ids, "page": id_})
        claim = Claim(message.platform, message.event, message.id)
        if not id_:
            await self._store.claim(claim, replace(tell, card="pages"))
        elif verb in TITLED:
            await self._title(claim, message, id_, rest, shown)
        elif verb in TURNS:
            number = int(rest) if _NUMBER.fullmatch(rest) else 0
            line = await self._written(message, id_, rest) if TURNS[verb] == "dropped" else ""
            await self._change(claim, shown, Change(TURNS[verb], rest.upper(), number, line=line))
        else:
            await self._store.claim(claim, shown)

    async def tapped(self, click: Click, tell: Tell) -> None:
        """The same by a button; the card that was tapped shows how things stand then."""
        claim, value = Claim(click.platform, click.event), click.value
        view = click.action if click.action in ("page_edit", "page_history") else "page"
        slot = f"page:{click.event}"
        shown = replace(tell, card=view, slot=slot, ids={**tell.ids, "page": value.get("page", "")})
        if click.action in ("page", "page_edit", "page_history"):
            await self._store.claim(claim, replace(shown, slot=None))
            return
        await self._store.fill(slot, click.platform, click.chat, click.message, editable=True)
        numbers = {n: int(text) for n in ("number", "seen") if _NUMBER.fullmatch(text := value.get(n, ""))}
        if click.action == "page_retitle":
            said = Said(str(click.person), "", click.event, self._store.now(), click.form.get("title", ""))
            await self._retitle(claim, said, str(value.get("page", "")), (), shown)
        elif (why := value.get("why", "")) in get_args(Turn):
            change = Change(why, value.get("other", ""), **numbers, line=value.get("line", ""))  # type: ignore[arg-type]
            await self._change(claim, shown, change)

    async def new(self, tell: Tell) -> Card | None:
        """The card that nobody asked for: the pages which their owner has not seen."""
        found = await self._store.pages(str(tell.person))
        return page_cards.new(tell.language, [page for page in found if page.state == "new"])

    async def listed(self, tell: Tell) -> Card:
        """All pages of whoever asks."""
        person, found = str(tell.person), await self._store.pages(str(tell.person))
        name = await person_name(self._platforms[tell.platform], person, found[0].chat) if found else ""
        spent = await self._store.page_spent(person)
        how_far = progress(tell.language, spent, self._limits) if spent else ""
        return page_cards.listed(tell.language, found, name, how_far)

    async def page(self, tell: Tell) -> Card:
        """One page with its evidence."""
        there = await self._store.page(str(tell.person), tell.ids["page"])
        if there is None:
            return cards.plain(tell.language, "page_not", title="pages_title")
        platform = self._platforms[tell.platform]
        where = await own_chat(self._store, platform, str(tell.person), there.listed.chat)
        who = await person_name(platform, str(tell.person), there.listed.chat)
        quotes = [
            cards.quote(tell.language, line, who=who, where=where, url=cards.link(platform, line))
            for line in there.lines
        ]
        return page_cards.page(tell.language, there, quotes, where)

    async def edit(self, tell: Tell) -> Card:
        """What can be changed of a page."""
        there = await self._store.page(str(tell.person), tell.ids["page"])
        if there is None or there.listed.state not in ("new", "active"):
            return cards.plain(tell.language, "page_not", title="pages_title")
        mine = there.listed
        others = [
            page
            for page in await self._store.pages(str(tell.person))
            if page.id != mine.id and page.chat == mine.chat and page.state in ("new", "active")
        ]
        return page_cards.edit(tell.language, there, others)

    async def history(self, tell: Tell) -> Card:
        """What a page was."""
        there = await self._store.page(str(tell.person), tell.ids["page"])
        if there is None:
            return cards.plain(tell.language, "page_not", title="pages_title")
        return page_cards.history(
            tell.language, there, await self._store.page_history(str(tell.person), tell.ids["page"])
        )

    async def _title(self, claim: Claim, message: Message, id_: str, words: str, shown: Tell) -> None:
        said = Said(str(message.sender), "", message.id, message.at, words)
        await self._retitle(claim, said, id_, mentioned(message), shown)

    async def _retitle(self, claim: Claim, said: Said, id_: str, about: Sequence[str], shown: Tell) -> None:
        """Somebody who objects is in no title either."""
        chat = await self._store.page_chat(said.person, id_)
        if chat is not None:
            (said,) = await self._objections.about(chat, [replace(said, chat=chat)], {said.message: tuple(about)})
        if await self._store.title_page(claim, said, id_, shown) is False:
            await self._refuse(claim, shown)

    async def _written(self, message: Message, id_: str, letter: str) -> str:
        """The line of a model's that stands under this letter on the page; "": none does."""
        there = await self._store.page(str(message.sender), id_) if len(letter) == 1 else None
        lettered = zip(LETTERS, there.told if there else (), strict=False)
        return next((line.id for mark, line in lettered if mark == letter.casefold()), "")

    async def _change(self, claim: Claim, shown: Tell, change: Change) -> None:
        if await self._store.change_page(claim, str(shown.person), shown.ids["page"], change, shown) is False:
            await self._refuse(claim, shown)

    async def _refuse(self, claim: Claim, tell: Tell) -> None:
        """Claimed apart, because the attempt claimed the event."""
        refused = replace(tell, card="page_not", slot=None)
        await self._store.claim(Claim(claim.platform, f"{claim.event}:said"), refused)
