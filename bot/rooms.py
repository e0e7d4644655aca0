"""The composition root: every room of the bot is made here, once, and handed what it needs."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from adapters.base import Platform
from adapters.history import History
from bot.agreement import Agreed
from bot.announcing import Announcing
from bot.answering import Answering
from bot.borrowing import Borrowing
from bot.clicks import Clicks
from bot.credit import Crediting
from bot.drafting import Drafting
from bot.erasing import Erasing
from bot.feedback import Feedback
from bot.floor import Floor
from bot.handovers import Handovers
from bot.inbox import Inbox
from bot.interviewing import Interviewing
from bot.jobs import Handler, handlers
from bot.joining import Joining
from bot.learning import Learning
from bot.leftovers import Leftovers
from bot.metrics import Metrics
from bot.models import limits_of, models_of, provider_of
from bot.mydata import MyData
from bot.mydouble import MyDouble
from bot.objecting import Objections
from bot.owning import Owning
from bot.page_writing import PageWriting
from bot.pages import Pages
from bot.preparing import Answerer, Preparing
from bot.previewing import Previewing
from bot.questions import Questions
from bot.reaching import Reaching
from bot.receipts import Receipts, controller_of
from bot.relaying import Relay
from bot.remembering import Remembering
from bot.reminders import Reminders
from bot.retracting import Retracting
from bot.reviewing import Reviewing
from bot.scoping import Scoping
from bot.settings import Settings
from bot.speaking import Speaking
from bot.streaming import Streaming
from bot.takeout import Takeout
from bot.taking_down import TakingDown
from bot.tells import Maker, Tells
from bot.unfolding import Unfolding
from bot.waiting import Waiting
from bot.withholding import Withholding
from bot.wording import Wording, Writer
from skills.ground import Ground
from skills.store import Store


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the running bot holds on to; every other room is reached through these."""

    inbox: Inbox
    answering: Answering
    learning: Learning
    borrowing: Borrowing
    handlers: Mapping[str, Handler]


@dataclass(frozen=True, slots=True)
class Base:
    """What every room may stand on."""

    store: Store
    platforms: Mapping[str, Platform]
    histories: Mapping[str, History]
    settings: Settings


@dataclass(frozen=True, slots=True)
class Talk:
    """Questions and answers: what is asked of a double, and what is put to the person."""

    answering: Answering
    questions: Questions
    objections: Objections
    relay: Relay
    reaching: Reaching
    remembering: Remembering
    waiting: Waiting


def furnish(
    ground: Ground,
    platforms: Mapping[str, Platform],
    histories: Mapping[str, History],
    settings: Settings,
    answerer: Callable[[], Awaitable[Answerer]],
    writer: Callable[[], Writer],
    metrics: Metrics,
    step: float,
) -> Rooms:
    """Make every room. `answerer` and `writer` load what answers and what writes, at the first need."""
    store, models = ground.store, models_of(settings)
    base = Base(store, platforms, histories, settings)
    floor = Floor(ground.meaning)
    wording = Wording(store, floor, provider_of(models), writer if models else None, metrics)
    preparing = Preparing(store, answerer, floor, wording)
    drafting = Drafting(store, platforms, preparing, floor, wording.provider)
    streaming = Streaming(store, platforms, wording.provider, settings.model_seconds)
    talk = _talk(base, Answering(store, platforms, preparing, drafting, floor, streaming, metrics, step))
    owning = _owning(base, talk, wording.provider)
    page_writing = PageWriting(store, platforms, floor, wording.provider, writer if models else None, metrics)
    tells = Tells(store, platforms, frozenset(histories), settings.public_url, _makers(base, talk, owning))
    learning = Learning(store, platforms, histories, tells, talk.objections)
    taking_down = TakingDown(store, platforms, owning.retracting)
    work = handlers(store, tells, learning, talk.objections, taking_down, streaming, page_writing)
    borrowing = Borrowing(store, platforms, learning)
    return Rooms(_inbox(base, talk, owning, borrowing), talk.answering, learning, borrowing, work)


def _talk(base: Base, answering: Answering) -> Talk:
    store, platforms = base.store, base.platforms
    questions = Questions(store.now)
    objections = Objections(store, platforms)
    relay = Relay(store, platforms, questions, objections)
    reaching = Reaching(store, platforms, relay)
    remembering = Remembering(store, platforms, objections)
    waiting = Waiting(store, platforms, questions, relay, answering)
    return Talk(answering, questions, objections, relay, reaching, remembering, waiting)


def _owning(base: Base, talk: Talk, provider: str | None) -> Owning:
    store, platforms, learned = base.store, base.platforms, frozenset(base.histories)
    handovers, leftovers = Handovers(store, platforms, base.settings.public_url), Leftovers(store)
    return Owning(
        Retracting(store, platforms),
        Withholding(store, platforms),
        MyData(store, platforms, talk.questions, handovers),
        Interviewing(store, platforms, learned, talk.objections),
        Reminders(store, platforms, talk.waiting),
        Speaking(store, provider),
        Scoping(store, platforms, learned, base.settings.public_url),
        Previewing(store, platforms, talk.answering),
        Reviewing(store, platforms, talk.waiting),
        Feedback(store, platforms),
        Erasing(store, platforms, leftovers),
        leftovers,
        Pages(store, platforms, talk.objections, limits_of(base.settings)),
        Unfolding(store, platforms, talk.answering),
        handovers,
    )


def _inbox(base: Base, talk: Talk, owning: Owning, borrowing: Borrowing) -> Inbox:
    store, language = base.store, base.settings.language
    joining = Joining(store, base.histories, owning.scoping, borrowing, owning.handovers)
    clicks = Clicks(
        store,
        joining,
        talk.answering,
        talk.questions,
        talk.relay,
        talk.reaching,
        talk.remembering,
        talk.waiting,
        owning,
        language,
    )
    return Inbox(
        store,
        base.platforms,
        talk.answering,
        talk.questions,
        clicks,
        joining,
        talk.relay,
        talk.remembering,
        talk.objections,
        owning,
        language,
    )


def _makers(base: Base, talk: Talk, owning: Owning) -> Mapping[str, Maker]:
    """Cards that are made when their turn comes to be sent, each by the room that knows what stands then."""
    store, controller = base.store, controller_of(base.settings)
    takeout = Takeout(store, base.platforms, controller)
    crediting = Crediting(store, base.platforms)
    mine = MyDouble(store, base.platforms, talk.waiting, owning.scoping, owning.handovers)
    return {
        "announce": Announcing(base.platforms, base.settings.language).card,
        "scopes": mine.card,
        "more": mine.more,
        "ceiling_changed": mine.changed,
        "put": talk.waiting.form,
        "rules": Agreed(store, owning.handovers).card,
        "receipt": Receipts(store, controller).told,
        "credit": crediting.card,
        "credit_file": crediting.send,
        "feedback": owning.feedback.card,
        "why": owning.retracting.explained,
        "retracted": owning.retracting.retracted,
        "withheld": owning.withholding.card,
        "export": takeout.how,
        "export_file": takeout.send,
        "mydata": owning.mydata.card,
        "interview": owning.interviewing.card,
        "interview_where": owning.interviewing.where,
        "renewal": owning.reminders.renewal,
        "scope": owning.scoping.card,
        "scope_offer": owning.scoping.offer_card,
        "scope_declined": owning.scoping.declined,
        "scope_changed": owning.scoping.changed,
        "scope_notice": owning.scoping.notice,
        "handover": owning.handovers.card,
        "handover_offer": owning.handovers.offer_card,
        "handover_notice": owning.handovers.notice,
        "handover_unclear": owning.handovers.unclear,
        "handover_nothing": owning.handovers.unclear,
        "handover_scopes": owning.handovers.scopes,
        "draft": owning.reviewing.card,
        "drafts": owning.reviewing.cards,
        "draft_sent": owning.reviewing.outcome,
        "reviewed": owning.reviewing.answer,
        "weekly": owning.reminders.weekly,
        "speak": owning.speaking.card,
        "erase": owning.erasing.card,
        "erase_what": owning.erasing.what,
        "leftover": owning.leftovers.card,
        "pages_new": owning.pages.new,
        "pages": owning.pages.listed,
        "page": owning.pages.page,
        "page_edit": owning.pages.edit,
        "page_history": owning.pages.history,
    }
