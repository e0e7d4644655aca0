"""What people do about their own words and answers, by word or by tap, each with the room that does it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from adapters.base import Click, Message, Reaction
from bot.commands import Command
from bot.erasing import Erasing
from bot.feedback import Feedback
from bot.handovers import Handovers
from bot.interviewing import Interviewing
from bot.leftovers import Leftovers
from bot.mydata import MyData
from bot.pages import Pages
from bot.previewing import Previewing
from bot.reminders import OFF, Reminders
from bot.retracting import Retracting
from bot.reviewing import Reviewing
from bot.scoping import Scoping
from bot.speaking import Speaking
from bot.unfolding import Unfolding
from bot.withholding import Withholding
from skills.words import Tell

PAGES = ("page", "page_edit", "page_history", "page_do", "page_retitle")
HANDOVERS = ("handover_draw", "handover_less", "handover_off")
# the buttons that `tapped` knows
TAPS = frozenset(
    "why unfold useful useless retract withhold_answer allow unask renew weekly speak quote narrow scope_join"
    " erase erase_days erase_leftover page page_edit page_history page_do page_retitle"
    " handover_draw handover_less handover_off"
    " interview interview_skip interview_stop interview_undo"
    " draft_show draft_send draft_on draft_own draft_put draft_no draft_withhold".split()
)


@dataclass(frozen=True, slots=True)
class Owning:
    """Hands on what somebody said or tapped; whose it is, the store decides."""

    retracting: Retracting
    withholding: Withholding
    mydata: MyData
    interviewing: Interviewing
    reminders: Reminders
    speaking: Speaking
    scoping: Scoping
    previewing: Previewing
    reviewing: Reviewing
    feedback: Feedback
    erasing: Erasing
    leftovers: Leftovers
    pages: Pages
    unfolding: Unfolding
    handovers: Handovers

    async def said(self, message: Message, command: Command, tell: Tell) -> None:
        """A command in words."""
        words = " ".join(command.words)
        if (room := self._by_word().get(command.verb)) is not None:
            await room(message, words, tell)
            return
        match command.verb:
            case "useful" | "useless":
                await self.feedback.said(message, command.verb, words, tell)
            case "unask":
                await self.mydata.unask(message, tell)
            case "review":
                await self.reviewing.said(message, command.words, tell)
            case "renew":
                await self.reminders.renew(message, tell)
            case "speak" | "quote":
                await self.speaking.said(message, command.verb, words, tell)
            case "weekly":
                await self.reminders.told_weekly(message, words.casefold() not in OFF, tell)
            case "interview" | "skip" | "stop":
                await self.interviewing.said(message, command.verb, tell)

    def _by_word(self) -> Mapping[str, Callable[[Message, str, Tell], Awaitable[None]]]:
        """The commands that take whatever follows them."""
        return {
            "why": self.retracting.why,
            "retract": self.retracting.retract,
            "withhold": self.withholding.withhold,
            "allow": self.withholding.allow,
            "preview": self.previewing.said,
            "erase": self.erasing.said,
            "page": self.pages.said,
            "pages": self.pages.said,
            "show": self.unfolding.said,
            "handover": self.handovers.said,
        }

    def _by_tap(self) -> Mapping[str, Callable[[Click, Tell], Awaitable[None]]]:
        """The buttons that show nothing at once."""
        return {
            **dict.fromkeys(("why", "retract"), self.retracting.tapped),
            "unask": self.mydata.unask,
            "unfold": self.unfolding.tapped,
            **dict.fromkeys(("speak", "quote"), self.speaking.tapped),
            **dict.fromkeys(("erase", "erase_days"), self.erasing.tapped),
            "erase_leftover": self.leftovers.tapped,
            **dict.fromkeys(PAGES, self.pages.tapped),
            **dict.fromkeys(HANDOVERS, self.handovers.tapped),
        }

    async def tapped(self, click: Click, tell: Tell) -> Reaction | None:
        """A button."""
        if (room := self._by_tap().get(click.action)) is not None:
            await room(click, tell)
            return None
        match click.action:
            case action if action.startswith("draft_"):
                return await self.reviewing.tapped(click, tell)
            case "useful" | "useless":
                return await self.feedback.tapped(click, tell)
            case "renew":
                return await self.reminders.renew(click, tell)
            case "weekly":
                return await self.reminders.told_weekly(click, False, tell)
            case "narrow" | "scope_join":
                return await self.scoping.tapped(click, tell)
            case "interview" | "interview_skip" | "interview_stop" | "interview_undo":
                return await self.interviewing.tapped(click, tell)
            case _:
                await self.withholding.tapped(click, tell)
        return None
