"""Promises of a long answer shown whole: where it stands, to those who read it there, and decided again each time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from adapters.base import Address, Card, Click, Message, Receive
from adapters.folding import first_screen
from bot.app import Fenshen
from bot.sentences import say
from skills.store import Store
from skills.words import Claim
from tests.bot.conftest import Company
from tests.bot.reviewed import DEV, OPS, Desk

Shown = tuple[Address, Card]
Settled = Callable[[], Awaitable[None]]
Says = Callable[..., Message]
Asks = Callable[..., Awaitable[Shown]]
ANA = "lark:t:ana"
LONG = "the seal is kept behind the printer; " + "write the day and what it is for into the book, " * 5
HIS = "I restart the seal printer by hand; " + "then I wait until all of its lights are green again, " * 5
QUESTION = "ask Ana where the seal is kept"


@dataclass
class Hall:
    """A chat in which long answers stand, and everybody's hands."""

    receive: Receive
    settled: Settled
    says: Says
    taps: Callable[..., Click]
    company: Company

    def place(self, card: Card) -> str:
        """The message in which a card stands."""
        return next(id_ for id_, (_, stands) in self.company.standing.items() if stands == card)

    async def taps_on(self, card: Card, person: str = "cy", **other: str) -> list[Card]:
        """Tap the button that its first screen has; what the bot sent then."""
        self.company.sent.clear()
        way = next(b for b in first_screen(card).buttons if b.action == "unfold")
        click = replace(self.taps(person, way.action, way.value), chat=OPS, message=self.place(card))
        click = replace(click, **other)  # type: ignore[arg-type]
        await self.receive(click)
        await self.receive(click)
        await self.settled()
        return [sent for _, sent in self.company.sent]

    async def tells(self, person: str, text: str, **more: object) -> list[Shown]:
        """Say something to the bot; what it sent then."""
        self.company.sent.clear()
        await self.receive(self.says(person, text, **{"to_bot": True, **more}))
        await self.settled()
        return list(self.company.sent)


@pytest.fixture
async def hall(
    receive: Receive,
    settled: Settled,
    says: Says,
    taps: Callable[..., Click],
    company: Company,
    joins: Callable[..., Awaitable[None]],
) -> Hall:
    """Ana and Bo have doubles in the group, and have spoken of the seal at length."""
    for person, words in (("ana", LONG), ("bo", HIS)):
        await joins(person, "join_today")
        await receive(says(person, words))
    return Hall(receive, settled, says, taps, company)


async def test_elsewhere_nothing_unfolds(hall: Hall, asks: Asks) -> None:
    """Not in another chat, not from another card, not by an id that never was: the one refusal, told alone."""
    _, card = await asks("bo", QUESTION)
    await asks("bo", "ask Cy where the seal is kept")
    refusal = say("en", "unfold_none")
    for person, text, where in (
        ("cy", f"/show {card.answer}", {"direct": True}),
        ("cy", f"/show {card.answer}", {"chat": "dev"}),
        ("cy", "/show ZZZZZZ", {}),
        ("cy", "show all", {}),
    ):
        ((to, told),) = await hall.tells(person, text, **where)
        assert (told.text in (refusal, say("zh", "unfold_none")), told.quotes, to.person) == (True, (), "lark:t:cy")
    for other in ({"chat": "lark:t:dev"}, {"message": "m1"}):
        assert [(told.text, told.quotes) for told in await hall.taps_on(card, **other)] == [(refusal, ())]
    assert hall.company.standing[hall.place(card)][1] == card


async def test_what_was_taken_back_does_not_unfold(hall: Hall, asks: Asks, store: Store) -> None:
    """Paused, retracted or erased alike."""
    refusal = say("en", "unfold_none")
    _, card = await asks("bo", QUESTION)
    assert await store.pause(Claim("lark", "e-pause"), ANA, None)
    assert [(told.text, told.quotes) for told in await hall.taps_on(card)] == [(refusal, ())]
    assert await store.resume(Claim("lark", "e-resume"), ANA, None)
    assert await store.retract(Claim("lark", "e-retract"), ANA, str(card.answer))
    assert [(told.text, told.quotes) for told in await hall.taps_on(card)] == [(refusal, ())]


async def test_whoever_reads_it_there_has_all_of_it_by_a_tap_or_a_word(hall: Hall, asks: Asks) -> None:
    """The same card in the same place, with everything that stood on it; nothing is sent."""
    _, card = await asks("bo", QUESTION)
    place = hall.place(card)
    for way in (hall.taps_on(card), hall.tells("cy", "show all", reply_to=place)):
        hall.company.standing[place] = (hall.company.standing[place][0], card)
        assert await way == []
        assert hall.company.standing[place][1] == replace(card, unfold=None)
    assert [quote.text for quote in card.quotes] == [LONG]


async def test_of_a_document_the_part_that_answers_is_shown_and_all_of_it_by_a_word(
    hall: Hall, asks: Asks, receive: Receive, says: Says
) -> None:
    """With a sign that it goes on; whatever the floor bars in the rest bars the part, for a word shows all."""
    notes = "Nothing special was written on this page of the handbook. " * 20
    await receive(says("ana", document := f"{notes}The stapler lives in the blue drawer. {notes}".strip()))
    _, card = await asks("bo", "ask Ana where the stapler lives")
    (quote,) = card.quotes
    assert "The stapler lives in the blue drawer." in quote.text
    assert quote.text.startswith("… ")
    assert quote.text.endswith(" …")
    assert quote.text.strip("… ") in document
    place = hall.place(card)
    await hall.tells("cy", "show all", reply_to=place)
    assert [q.text for q in hall.company.standing[place][1].quotes] == [document]
    barred = f"{notes}The laminator lives in the red drawer. {notes}Bo's salary is 9,000 a month. {notes}"
    await receive(says("ana", barred))
    _, card = await asks("bo", "ask Ana where the laminator lives")
    assert not any("laminator" in q.text for q in card.quotes)


async def test_a_second_tap_costs_nothing(hall: Hall, asks: Asks) -> None:
    """Whoever tapped on an old picture of the card."""
    _, card = await asks("bo", QUESTION)
    place, changes = hall.place(card), list[Card]()

    async def counted(_: Address, shown: Card) -> None:
        changes.append(shown)

    hall.company.changing.append(counted)
    for person in ("cy", "bo"):
        assert await hall.taps_on(card, person) == []
        hall.company.standing[place] = (hall.company.standing[place][0], card)
    assert len(changes) == 1


async def test_an_owner_who_pauses_meanwhile_is_not_shown(hall: Hall, asks: Asks, store: Store) -> None:
    """What was on its way is replaced by a notice."""
    _, card = await asks("bo", QUESTION)
    place = hall.place(card)

    async def pauses(_: Address, __: Card) -> None:
        hall.company.changing.clear()
        await store.pause(Claim("lark", "e-pause"), ANA, None)

    hall.company.changing.append(pauses)
    await hall.taps_on(card)
    assert hall.company.standing[place][1].text == say("en", "withdrawn_text")


async def test_several_on_one_card_unfold_together(hall: Hall, asks: Asks, store: Store) -> None:
    """Each in the part of their own; whoever has paused since leaves a notice there."""
    _, card = await asks("cy", "ask Ana and Bo about the seal")
    place = hall.place(card)
    await hall.taps_on(card)
    assert hall.company.standing[place][1] == replace(card, unfold=None)
    hall.company.standing[place] = (hall.company.standing[place][0], card)
    assert await store.pause(Claim("lark", "e-pause"), "lark:t:bo", None)
    await hall.tells("cy", f"/show {card.parts[0].answer}")
    ana, bo = hall.company.standing[place][1].parts
    assert (ana, bo.quotes, bo.text) == (card.parts[0], (), say("en", "withdrawn_text"))


async def test_where_cards_cannot_be_replaced_a_word_brings_it_once_more(
    hall: Hall, asks: Asks, fixed: set[str], store: Store
) -> None:
    """As a reply to whoever said it; a tap brings no second message."""
    _, card = await asks("bo", QUESTION)
    fixed.add("lark")
    assert await hall.taps_on(card) == []
    ((to, whole),) = await hall.tells("cy", f"/show {card.answer}")
    assert (to.chat, whole) == (OPS, replace(card, unfold=None))
    ((place, *_),) = [await store.places(str(card.answer))]
    assert place.message == hall.place(whole)


async def test_of_what_is_kept_for_it_no_word_is_an_owners(hall: Hall, asks: Asks, fenshen: Fenshen) -> None:
    """The layout alone: the words are read anew."""
    _, card = await asks("bo", QUESTION)
    frame = fenshen.answering.frames.find(str(card.answer))
    assert frame is not None
    assert "printer" not in repr(frame)


async def test_what_its_owner_looked_at_is_whole_at_once_and_never_laid_out_anew(hall: Hall, store: Store) -> None:
    """Her own words in place of a draft are no passage of hers."""
    hall.company.members[DEV] = dict(hall.company.members[OPS])
    desk = Desk(hall.receive, hall.settled, hall.says, hall.taps, store, hall.company.sent, hall.company.standing)
    await desk.joins()
    await desk.asked()
    (draft,) = desk.hers()
    await desk.taps_on(draft, "draft_own", own=LONG.replace("printer", "door"))
    (answer,) = [card for card in desk.stands() if card.answer]
    assert answer.unfold is None
    ((_, told),) = await hall.tells("cy", f"/show {answer.answer}", chat="dev")
    assert (told.text, told.quotes) == (say("zh", "unfold_none"), ())
